#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lexique.h"
#include "pair.h"
#include "place.h"
#include "record.h"
#include "seal.h"
#include "spelling.h"
#include "survey.h"
#include "version.h"
#include "walk.h"
#include "xap.h"

/* So many files with another stamp but the same content are read again each time rather than the
 * index written for them. */
enum { TOUCHED_MAX = 100 };

enum { PIECE = 1 << 20, PRINT_SIZE = 17 };

/* The index at hand: what an incremental run goes by. */
struct past {
	struct xap *index; /* NULL: there is none to go by */
	struct survey files;
	char *lexique; /* NOTE_LEXIQUE */
};

struct builder {
	const struct build_options *options;
	struct build_report *report;
	struct error *e;
	struct analysers analysers;
	struct past past;
	struct survey survey;
	struct lexique *lexique;
	uint64_t lexique_hash;
	struct buf text[2]; /* a file and its translation */
	const char *root;   /* of the lexique being read */
};

static void warn(struct builder *b, const char *root, const char *path, const struct error *e)
{
	b->report->warnings++;
	b->options->warn(b->options->data, root, path, e);
}

static struct survey_options survey_options(struct builder *b);

/* ---- the index at hand --------------------------------------------------------------------------
 */

/* A checksum of all that, beside the files, an index depends on. */
static void print_options(const struct build_options *o, char print[PRINT_SIZE])
{
	const struct leaf_options *pages = &o->pages;
	struct buf all = buf_new(1 << 24);
	buf_puts(&all, TROUVAILLE_VERSION);
	for (size_t i = 0; i < o->n_roots; i++)
		buf_printf(&all, "\nroot %s", o->roots[i]);
	for (size_t i = 0; i < o->n_rules; i++)
		buf_printf(&all, "\nrule %s=%s", o->rules[i].pattern, o->rules[i].language->code);
	for (size_t i = 0; i < pages->n_facets; i++)
		buf_printf(&all, "\nfacet %s", pages->facets[i]);
	for (size_t i = 0; i < pages->address.n_moves; i++)
		buf_printf(&all, "\nmove %s=%s", pages->address.moves[i].from,
			   pages->address.moves[i].to);
	const struct language *l = pages->address.language;
	buf_printf(&all, "\n%d %d %s", (int)pages->address.form, (int)pages->anchors,
		   l ? l->code : "");
	snprintf(print, PRINT_SIZE, "%016llx",
		 (unsigned long long)text_hash(TEXT_HASH_START, all.s ? all.s : "", all.n));
	buf_free(&all);
}

static void past_close(struct past *past)
{
	xap_close(past->index);
	survey_free(&past->files);
	free(past->lexique);
	*past = (struct past){0};
}

/* The index cannot be gone by, and all is built anew. */
static void past_refuse(struct builder *b, enum message why)
{
	past_close(&b->past);
	if (b->options->anew)
		b->options->anew(b->options->data, why);
}

static bool note_is(struct xap *x, const char *name, const char *value)
{
	char *note = xap_note(x, name, NULL);
	bool same = note && strcmp(note, value) == 0;
	free(note);
	return same;
}

static int read_memory(struct xap *x, struct buf *memory, struct error *e)
{
	for (size_t i = 0;; i++) {
		char name[32];
		snprintf(name, sizeof name, NOTE_FILES "%06zu", i);
		char *piece = xap_note(x, name, e);
		if (!piece)
			return -1;
		bool last = !*piece;
		buf_puts(memory, piece);
		free(piece);
		if (memory->failed)
			return error_memory(e);
		if (last)
			return 0;
	}
}

/* Recalls the files of the index; 0, or -1 with *e. */
static int past_read(struct builder *b, struct error *e)
{
	struct buf memory = buf_new(SIZE_MAX / 2);
	const struct survey_options options = survey_options(b);
	int result = read_memory(b->past.index, &memory, e);
	if (result == 0)
		result = survey_recall(&b->past.files, &options, (struct span){memory.s, memory.n},
				       e);
	buf_free(&memory);
	b->past.lexique = result == 0 ? xap_note(b->past.index, NOTE_LEXIQUE, e) : NULL;
	return b->past.lexique ? 0 : -1;
}

static void past_open(struct builder *b, const struct place *p)
{
	struct error e;
	char options[PRINT_SIZE], analyser[ANALYSERS_PRINT_SIZE];
	if (access(p->database, F_OK) != 0 || xap_is_stub(p->database))
		return;
	print_options(b->options, options);
	analysers_print(&b->analysers, analyser);
	if (seal_check(p->database, false, &e) == 0)
		b->past.index = xap_open(p->database, INDEX_FORMAT, &e);
	if (!b->past.index)
		past_refuse(b, e.status == STATUS_FORMAT ? MSG_ANEW_FORMAT : MSG_ANEW_DAMAGED);
	else if (!note_is(b->past.index, NOTE_ANALYSER, analyser))
		past_refuse(b, MSG_ANEW_ANALYSER);
	else if (!note_is(b->past.index, NOTE_OPTIONS, options))
		past_refuse(b, MSG_ANEW_OPTIONS);
	else if (past_read(b, &e) != 0)
		past_refuse(b, MSG_ANEW_DAMAGED);
}

/* ---- what has changed ---------------------------------------------------------------------------
 *
 * A page's documents tell of its translation too, so that a group of pages is written as a whole or
 * not at all. */

/* Goes through two surveys side by side, a group at a time; either side may lack it. */
struct change {
	struct survey *then, *now;
	size_t old, old_end, new, new_end; /* list[old] to before list[old_end] */
	bool same;
};

static struct change changes_of(struct builder *b)
{
	return (struct change){.then = &b->past.files, .now = &b->survey};
}

static bool is_same_file(const struct survey_entry *a, const struct survey_entry *b)
{
	return a->hash && a->hash == b->hash && a->language == b->language &&
	       strcmp(a->path, b->path) == 0 && strcmp(a->root, b->root) == 0;
}

static bool is_same_group(const struct change *c)
{
	if (c->old_end - c->old != c->new_end - c->new)
		return false;
	for (size_t i = c->old, k = c->new; i < c->old_end; i++, k++) {
		if (!is_same_file(&c->then->list[i], &c->now->list[k]))
			return false;
	}
	return true;
}

static bool change_next(struct change *c)
{
	c->old = c->old_end;
	c->new = c->new_end;
	bool old = c->old < c->then->n, new = c->new < c->now->n;
	if (!old && !new)
		return false;
	int order = !old   ? 1
		    : !new ? -1
			   : strcmp(c->then->list[c->old].group, c->now->list[c->new].group);
	if (order <= 0)
		c->old_end = survey_group_end(c->then, c->old);
	if (order >= 0)
		c->new_end = survey_group_end(c->now, c->new);
	c->same = is_same_group(c);
	return true;
}

/* Takes over what is known of the groups that are as they were. How many files are not, and how
 * many of the others have another stamp? */
static size_t take_over(struct builder *b, size_t *touched)
{
	size_t changed = 0;
	struct change c = changes_of(b);
	*touched = 0;
	while (change_next(&c)) {
		size_t old = c.old_end - c.old, new = c.new_end - c.new;
		if (!c.same) {
			changed += old > new ? old : new;
			continue;
		}
		for (size_t i = 0; i < new; i++) {
			struct survey_entry *y = &c.now->list[c.new + i];
			const struct survey_entry *x = &c.then->list[c.old + i];
			y->indexed = true;
			y->passages = x->passages;
			y->paired = x->paired;
			*touched += memcmp(&x->stamp, &y->stamp, sizeof x->stamp) != 0;
		}
	}
	return changed;
}

/* ---- from files to documents --------------------------------------------------------------------
 */

struct scribe {
	struct builder *b;
	struct xap_writer *writer; /* NULL in a dry run */
	struct spelling *spelling;
	struct buf term;
};

static int file_term(struct scribe *s, const char *path)
{
	buf_clear(&s->term);
	document_file_term(&s->term, path);
	return s->term.failed ? error_memory(s->b->e) : 0;
}

/* The first takes the place of all that the file had; one at a time, since a file may have many. */
static int put_passage(struct scribe *s, const struct leaf *l, size_t i, const struct leaf *twin,
		       int twin_i)
{
	struct error *e = s->b->e;
	struct xap_document *d = document_new(&l->page, i, twin ? &twin->page : NULL, twin_i,
					      &s->b->analysers, s->spelling, e);
	if (!d)
		return -1;
	int result = i == 0 ? xap_put_file(s->writer, s->term.s, s->term.n, &d, 1, e)
			    : xap_add_to_file(s->writer, s->term.s, s->term.n, d, e);
	xap_document_free(d);
	return result;
}

/* Writes a page; to_twin[i] is the passage of twin that translates passage i. */
static int put_leaf(struct scribe *s, struct survey_entry *entry, const struct leaf *l,
		    const struct leaf *twin, const int *to_twin)
{
	size_t n = l->passages.n;
	entry->indexed = true;
	entry->passages = n;
	entry->paired = twin != NULL;
	if (!s->writer || n == 0)
		return 0;
	if (file_term(s, entry->path) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (put_passage(s, l, i, twin, to_twin ? to_twin[i] : PAIR_NONE) != 0)
			return -1;
	}
	return 0;
}

/* A file may have changed since the survey: what then cannot be read is left out like any other. */
static int read_or_warn(struct scribe *s, struct leaf *l, struct survey_entry *entry,
			struct buf *text)
{
	struct error why;
	entry->indexed = false;
	if (leaf_read(l, entry, &s->b->options->pages, text, &why) == 0)
		return 0;
	if (why.status == STATUS_NO_MEMORY)
		return error_memory(s->b->e);
	survey_distrust(entry);
	warn(s->b, entry->root, entry->path, &why);
	return 0;
}

static int put_pair(struct scribe *s, struct survey_entry *one, struct survey_entry *other)
{
	struct leaf a, b = {0};
	int *a_to_b = NULL, *b_to_a = NULL, result = -1;
	if (read_or_warn(s, &a, one, &s->b->text[0]) != 0)
		return -1;
	if (other && read_or_warn(s, &b, other, &s->b->text[1]) != 0)
		goto done;
	const struct leaf *twin_a = b.page.path ? &b : NULL, *twin_b = a.page.path ? &a : NULL;
	if (twin_a && twin_b) {
		a_to_b = malloc((a.passages.n + 1) * sizeof *a_to_b);
		b_to_a = malloc((b.passages.n + 1) * sizeof *b_to_a);
		if (!a_to_b || !b_to_a) {
			error_memory(s->b->e);
			goto done;
		}
		if (pair_passages(&a.passages, one->language, &b.passages, other->language, a_to_b,
				  b_to_a) != 0) {
			error_memory(s->b->e);
			goto done;
		}
	}
	result = twin_b ? put_leaf(s, one, &a, twin_a, a_to_b) : 0;
	if (result == 0 && twin_a)
		result = put_leaf(s, other, &b, twin_b, b_to_a);
done:
	free(a_to_b);
	free(b_to_a);
	leaf_free(&a);
	leaf_free(&b);
	return result;
}

/* Writes the files of one group: its first page with the translation; others on their own. */
static int put_group(struct scribe *s, struct survey_entry *list, size_t n)
{
	size_t twin = survey_twin(list, n);
	int result = put_pair(s, &list[0], twin < n ? &list[twin] : NULL);
	for (size_t i = 1; result == 0 && i < n; i++) {
		if (i != twin)
			result = put_pair(s, &list[i], NULL);
	}
	return result;
}

static int put_groups(struct scribe *s)
{
	const struct build_options *o = s->b->options;
	struct change c = changes_of(s->b);
	while (change_next(&c)) {
		size_t n = c.new_end - c.new;
		if (o->stopped && o->stopped(o->data))
			return error_set(s->b->e, STATUS_IO, MSG_STOPPED, NULL);
		if (!c.same && n && put_group(s, c.now->list + c.new, n) != 0)
			return -1;
		if (o->progress && n)
			o->progress(o->data, c.new_end, c.now->n);
	}
	return 0;
}

static bool forget(void *self, const char *data, size_t n)
{
	struct scribe *s = self;
	return document_forget(data, n, &s->b->analysers, s->spelling);
}

static int drop_file(struct scribe *s, const char *path)
{
	struct error *e = s->b->e;
	if (file_term(s, path) != 0 ||
	    xap_scan(s->b->past.index, s->term.s, s->term.n, forget, s, e) != 0)
		return -1;
	return xap_put_file(s->writer, s->term.s, s->term.n, NULL, 0, e);
}

/* Drops all files of groups that changed, before any is put: one may have gone from one group to
 * another. */
static int drop_groups(struct scribe *s)
{
	struct change c = changes_of(s->b);
	while (change_next(&c)) {
		for (size_t i = c.old; !c.same && i < c.old_end; i++) {
			if (drop_file(s, c.then->list[i].path) != 0)
				return -1;
		}
	}
	return 0;
}

/* ---- the lexiques of the corpora ----------------------------------------------------------------
 */

static int take_concept(void *self, const struct concept *c, struct span line, long number)
{
	struct builder *b = self;
	(void)number;
	return lexique_add(b->lexique, c, line, b->analysers.of, b->e);
}

static void wrong_concept(void *self, const struct error *e)
{
	struct builder *b = self;
	warn(b, b->root, LEXIQUE_FILE, e);
}

/* A corpus may have none. One that cannot be read is warned of, like any other file. */
static int read_lexique(struct builder *b, const char *root)
{
	struct error why;
	const struct lexique_reader reader = {take_concept, wrong_concept, b};
	struct buf *text = &b->text[0];
	b->root = root;
	if (walk_read(text, root, LEXIQUE_FILE, &why) == 0) {
		b->lexique_hash = text_hash(b->lexique_hash, text->s, text->n + 1);
		return lexique_read(text->s, text->n, &reader);
	}
	if (why.status == STATUS_NO_MEMORY)
		return error_memory(b->e);
	if (why.status != STATUS_NOT_FOUND)
		warn(b, root, LEXIQUE_FILE, &why);
	return 0;
}

static int read_lexiques(struct builder *b)
{
	b->lexique = lexique_new(b->e);
	b->lexique_hash = TEXT_HASH_START;
	if (!b->lexique)
		return -1;
	for (size_t i = 0; i < b->options->n_roots; i++) {
		if (read_lexique(b, b->options->roots[i]) != 0)
			return -1;
	}
	b->report->concepts = lexique_count(b->lexique);
	return 0;
}

static void print_lexique(const struct builder *b, char print[PRINT_SIZE])
{
	snprintf(print, PRINT_SIZE, "%016llx", (unsigned long long)b->lexique_hash);
}

static bool is_same_lexique(const struct builder *b)
{
	char print[PRINT_SIZE];
	print_lexique(b, print);
	return strcmp(print, b->past.lexique) == 0;
}

/* ---- the index as a whole -----------------------------------------------------------------------
 */

static int put_note(struct xap_writer *w, const char *name, const char *value, struct error *e)
{
	return xap_put_note(w, name, value, strlen(value), e);
}

static int put_facet_keys(struct xap_writer *w, const struct leaf_options *o, struct error *e)
{
	struct buf keys = buf_new(FRONT_MAX_BYTES);
	for (size_t f = 0; f < o->n_facets && f + 1 < FACET_MAX; f++)
		buf_printf(&keys, "%s\n", o->facets[f]);
	int result =
		keys.failed ? error_memory(e) : put_note(w, NOTE_FACETS, keys.s ? keys.s : "", e);
	buf_free(&keys);
	return result;
}

/* What the next run is to know of the files. */
static int put_memory(struct builder *b, struct xap_writer *w)
{
	const struct survey_options options = survey_options(b);
	struct buf memory = buf_new(SIZE_MAX / 2);
	survey_remember(&memory, &b->survey, &options);
	int result = memory.failed ? error_memory(b->e) : xap_drop_notes(w, NOTE_FILES, b->e);
	for (size_t i = 0; result == 0 && i * PIECE < memory.n; i++) {
		char name[32];
		size_t rest = memory.n - i * PIECE;
		snprintf(name, sizeof name, NOTE_FILES "%06zu", i);
		result = xap_put_note(w, name, memory.s + i * PIECE, rest < PIECE ? rest : PIECE,
				      b->e);
	}
	buf_free(&memory);
	return result;
}

static int put_lexique(struct builder *b, struct xap_writer *w)
{
	char print[PRINT_SIZE];
	if (b->past.index && is_same_lexique(b))
		return 0;
	print_lexique(b, print);
	return xap_drop_notes(w, NOTE_CONCEPT, b->e) == 0 && lexique_put(b->lexique, w, b->e) == 0
		       ? put_note(w, NOTE_LEXIQUE, print, b->e)
		       : -1;
}

static int put_notes(struct scribe *s)
{
	struct xap_writer *w = s->writer;
	struct builder *b = s->b;
	char options[PRINT_SIZE], analyser[ANALYSERS_PRINT_SIZE], stamp[32];
	time_t now = time(NULL);
	struct tm utc;
	print_options(b->options, options);
	analysers_print(&b->analysers, analyser);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	if (put_facet_keys(w, &b->options->pages, b->e) != 0 ||
	    spelling_put(s->spelling, b->past.index, w, b->e) != 0 || put_lexique(b, w) != 0 ||
	    put_memory(b, w) != 0 || put_note(w, NOTE_ANALYSER, analyser, b->e) != 0 ||
	    put_note(w, NOTE_OPTIONS, options, b->e) != 0)
		return -1;
	return put_note(w, NOTE_BUILT, stamp, b->e);
}

/* An incremental run goes on from a copy of the index, of which every byte was checked. */
static int scribe_open(struct scribe *s, struct builder *b, const struct place *p)
{
	*s = (struct scribe){.b = b, .term = buf_new(4096), .spelling = spelling_new(b->e)};
	if (!s->spelling)
		return -1;
	if (!p)
		return 0;
	if (b->past.index && (seal_check(p->database, true, b->e) != 0 ||
			      xap_unpack(p->database, p->scratch, b->e) != 0))
		return -1;
	s->writer = xap_writer_open(p->scratch, INDEX_FORMAT, false, b->e);
	return s->writer ? 0 : -1;
}

static void scribe_close(struct scribe *s)
{
	xap_writer_close(s->writer);
	buf_free(&s->term);
	spelling_free(s->spelling);
}

static int write_index(struct builder *b, const struct place *p)
{
	struct scribe s;
	int result = scribe_open(&s, b, p);
	if (result == 0 && b->past.index)
		result = drop_groups(&s);
	if (result == 0)
		result = put_groups(&s);
	if (result == 0 && analysers_starved(&b->analysers))
		result = error_memory(b->e);
	if (result == 0 && p)
		result = put_notes(&s) == 0 ? xap_commit(s.writer, b->e) : -1;
	scribe_close(&s);
	if (result == 0 && p)
		result = place_switch(p, b->e);
	return result;
}

static void warn_of_survey(void *data, const char *root, const char *path, const struct error *e)
{
	warn(data, root, path, e);
}

static int by_path(const void *x, const void *y)
{
	const struct survey_entry *a = *(const struct survey_entry *const *)x,
				  *b = *(const struct survey_entry *const *)y;
	int order = strcmp(a->root, b->root);
	return order ? order : strcmp(a->path, b->path);
}

/* Tells of the pages of which the language is a guess, in order of their paths. */
static int tell_guesses(const struct builder *b)
{
	const struct build_options *o = b->options;
	const struct survey *all = &b->survey;
	const struct survey_entry **guesses = malloc((all->n + 1) * sizeof *guesses);
	size_t n = 0;
	if (!guesses)
		return error_memory(b->e);
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i].guess)
			guesses[n++] = &all->list[i];
	}
	qsort(guesses, n, sizeof *guesses, by_path);
	for (size_t i = 0; i < n; i++)
		o->guessed(o->data, guesses[i]->root, guesses[i]->path, guesses[i]->language);
	free(guesses);
	return 0;
}

static struct survey_options survey_options(struct builder *b)
{
	const struct build_options *o = b->options;
	return (struct survey_options){.roots = o->roots,
				       .n_roots = o->n_roots,
				       .rules = o->rules,
				       .n_rules = o->n_rules,
				       .known = b->past.index ? &b->past.files : NULL,
				       .now = o->now,
				       .warn = warn_of_survey,
				       .data = b};
}

static int survey_all(struct builder *b)
{
	const struct build_options *o = b->options;
	const struct survey_options options = survey_options(b);
	if (survey_read(&b->survey, &options, &b->text[0], b->e) != 0)
		return -1;
	/* an empty folder is more likely a mistake than a wish for an empty index */
	if (b->survey.n == 0)
		return error_set(b->e, STATUS_NOT_FOUND, MSG_NO_FILES, o->roots[0]);
	return o->guessed ? tell_guesses(b) : 0;
}

static void count(struct builder *b)
{
	for (size_t i = 0; i < b->survey.n; i++) {
		const struct survey_entry *y = &b->survey.list[i];
		b->report->files += y->indexed;
		b->report->passages += y->indexed ? y->passages : 0;
		b->report->paired += y->indexed && y->paired;
	}
}

/* Brings the index up to date: by what has changed while that is the smaller part. */
static int update(struct builder *b, const struct place *p)
{
	size_t touched, changed = take_over(b, &touched);
	if (b->past.index && !changed && touched <= TOUCHED_MAX && is_same_lexique(b)) {
		b->report->incremental = true;
		return 0;
	}
	if (changed > b->survey.n / 2)
		past_close(&b->past);
	if (b->past.index && write_index(b, p) == 0) {
		b->report->incremental = true;
		b->report->changed = changed;
		return 0;
	}
	if (b->past.index) {
		if (b->e->status != STATUS_CORRUPT)
			return -1;
		past_refuse(b, MSG_ANEW_DAMAGED);
		place_clear(p);
	}
	return write_index(b, p);
}

static int build(struct builder *b, const struct place *p)
{
	if (analysers_open(&b->analysers, b->e) != 0)
		return -1;
	if (p && !b->options->full)
		past_open(b, p);
	if (survey_all(b) != 0 || read_lexiques(b) != 0 || update(b, p) != 0)
		return -1;
	count(b);
	return 0;
}

int build_index(const struct build_options *options, struct build_report *report, struct error *e)
{
	struct builder b = {.options = options, .report = report, .e = e};
	struct place place;
	*report = (struct build_report){0};
	if (!options->dry_run && place_open(&place, options->index, e) != 0)
		return -1;
	for (size_t i = 0; i < 2; i++)
		b.text[i] = buf_new(WALK_MAX_FILE + 1);
	int result = build(&b, options->dry_run ? NULL : &place);
	past_close(&b.past);
	survey_free(&b.survey);
	lexique_free(b.lexique);
	analysers_close(&b.analysers);
	buf_free(&b.text[0]);
	buf_free(&b.text[1]);
	if (!options->dry_run)
		place_close(&place);
	return result;
}

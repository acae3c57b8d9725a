#include "build.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lexique.h"
#include "pair.h"
#include "place.h"
#include "record.h"
#include "roll.h"
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

/* A full build is shared out among as many scribes as there are processors: groups in turn, SHARE
 * at a time, so that the outcome does not hang on who was faster. Fewer than a few shares are not
 * worth a thread. For an index in shards each has a scribe, and its groups are told by their names,
 * so that a group stays in its shard. */
enum { SCRIBES_MAX = SHARDS_MAX, PROCESSORS_MAX = 16, SHARE = 32 };

/* Bytes of memory that the postings of all scribes take before they are written; and what notes and
 * dictionary may. */
enum { POSTINGS_MAX = 40 << 20, NOTES_MAX = 16 << 20 };

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
	char options_print[PRINT_SIZE], analysers_print[ANALYSERS_PRINT_SIZE];
	struct past past;
	struct survey survey;
	struct roll *roll; /* of a full build: what was the survey */
	size_t files;	   /* of the survey */
	bool *empty;	   /* the roots without a page */
	struct lexique *lexique;
	uint64_t lexique_hash;
	struct buf text;
	const char *root;		/* of the lexique being read */
	pthread_mutex_t telling, large; /* large: of the one large page that is parsed */
	size_t done;			/* files, for the progress told */
	atomic_bool giving_up;		/* a scribe failed */
	uint64_t run;			/* tells the shards of this one from others */
};

static void warn(struct builder *b, const char *root, const char *path, const struct error *e)
{
	pthread_mutex_lock(&b->telling);
	b->report->warnings++;
	b->options->warn(b->options->data, root, path, e);
	pthread_mutex_unlock(&b->telling);
}

static void tell_progress(struct builder *b, size_t files)
{
	if (!b->options->progress || !files)
		return;
	pthread_mutex_lock(&b->telling);
	b->done += files;
	b->options->progress(b->options->data, b->done, b->files);
	pthread_mutex_unlock(&b->telling);
}

static struct survey_options survey_options(struct builder *b);

/* ---- the index at hand --------------------------------------------------------------------------
 */

/* A checksum of all that, beside the files, an index depends on. */
static int print_options(const struct build_options *o, char print[PRINT_SIZE], struct error *e)
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
	if (o->shards)
		buf_printf(&all, "\nshards %u", o->shards);
	const struct language *l = pages->address.language;
	buf_printf(&all, "\n%d %d %s", (int)pages->address.form, (int)pages->anchors,
		   l ? l->code : "");
	snprintf(print, PRINT_SIZE, "%016llx",
		 (unsigned long long)text_hash(TEXT_HASH_START, all.s ? all.s : "", all.n));
	int result = all.failed ? error_memory(e) : 0;
	buf_free(&all);
	return result;
}

/* What tells this program and these options from others. */
static int print_all(struct builder *b)
{
	analysers_print(&b->analysers, b->analysers_print);
	if (analysers_starved(&b->analysers))
		return error_memory(b->e);
	return print_options(b->options, b->options_print, b->e);
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

/* Recalls the files of the index; 0, or -1 with *e. */
static int read_memory(struct builder *b, struct error *e)
{
	const struct survey_options options = survey_options(b);
	for (size_t i = 0;; i++) {
		char name[32];
		snprintf(name, sizeof name, NOTE_FILES "%06zu", i);
		char *piece = xap_note(b->past.index, name, e);
		if (!piece)
			return -1;
		const struct span bytes = span_of(piece);
		int result = survey_recall(&b->past.files, &options, bytes, e);
		free(piece);
		if (result != 0)
			return -1;
		if (!bytes.n)
			break;
	}
	survey_recalled(&b->past.files);
	return 0;
}

static int past_read(struct builder *b, struct error *e)
{
	if (read_memory(b, e) != 0)
		return -1;
	b->past.lexique = xap_note(b->past.index, NOTE_LEXIQUE, e);
	return b->past.lexique ? 0 : -1;
}

/* Opens what an incremental run goes by: the index, or of shards the part that belongs to the
 * whole. NULL with STATUS_OK when the index is a list that is not ours. */
static struct xap *open_index(const struct place *p, struct error *e)
{
	char *notes = NULL;
	struct xap *x = NULL;
	*e = (struct error){0};
	if (!xap_is_stub(p->database))
		return place_check(p->database, 1, e) == 0 ? xap_open(p->database, INDEX_FORMAT, e)
							   : NULL;
	if (place_shards(p, &notes, e) == 0 && notes)
		x = xap_open(notes, INDEX_FORMAT, e);
	free(notes);
	return x;
}

/* As past_refuse(), but its files are remembered until those of today are known: see check_roots().
 */
static void past_outdated(struct builder *b, enum message why)
{
	struct error ignored;
	if (read_memory(b, &ignored) != 0) {
		past_refuse(b, why);
		return;
	}
	const struct survey files = b->past.files;
	b->past.files = (struct survey){0};
	past_refuse(b, why);
	b->past.files = files;
}

static void past_open(struct builder *b, const struct place *p)
{
	struct error e;
	if (access(p->database, F_OK) != 0)
		return;
	b->past.index = open_index(p, &e);
	if (!b->past.index && e.status == STATUS_OK)
		return;
	if (!b->past.index)
		past_refuse(b, e.status == STATUS_FORMAT ? MSG_ANEW_FORMAT : MSG_ANEW_DAMAGED);
	else if (!note_is(b->past.index, NOTE_ANALYSER, b->analysers_print))
		past_outdated(b, MSG_ANEW_ANALYSER);
	else if (!note_is(b->past.index, NOTE_OPTIONS, b->options_print))
		past_outdated(b, MSG_ANEW_OPTIONS);
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

/* Of a page that could not be indexed as it is, and is as it was. */
static void warn_again(struct builder *b, struct survey_entry *entry)
{
	struct leaf l;
	struct error why;
	if (leaf_read(&l, entry, &b->options->pages, &b->text, &why) != 0) {
		warn(b, entry->root, entry->path, &why);
		return;
	}
	leaf_free(&l);
	survey_distrust(entry); /* it makes one now: the next run takes it */
}

/* Takes over what is known of the groups that are as they were. How many files are to be written or
 * dropped with the others, and how many of these have another stamp? */
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
			y->indexed = x->indexed;
			y->passages = x->passages;
			y->paired = x->paired;
			if (!x->indexed)
				warn_again(b, y);
			*touched += memcmp(&x->stamp, &y->stamp, sizeof x->stamp) != 0;
		}
	}
	return changed;
}

/* ---- from files to documents --------------------------------------------------------------------
 */

/* Writes its share of the pages. */
struct scribe {
	struct builder *b;
	size_t number, of; /* of the scribes */
	struct analysers analysers;
	struct tally *words;	   /* for the spelling dictionary */
	struct xap_writer *writer; /* on a copy of the index, or in bulk; NULL in a dry run */
	struct buf text[2];	   /* a file and its translation */
	struct buf term;
	pthread_t thread;
	bool running;
	int result;
	struct error e;
};

static int file_term(struct scribe *s, const char *path)
{
	buf_clear(&s->term);
	document_file_term(&s->term, path);
	return s->term.failed ? error_memory(&s->e) : 0;
}

/* The first takes the place of all that the file had; one at a time, since a file may have many. */
static int put_passage(struct scribe *s, const struct leaf *l, size_t i, const struct leaf *twin,
		       int twin_i)
{
	struct xap_document *d = document_new(&l->page, i, twin ? &twin->page : NULL, twin_i,
					      &s->analysers, s->words, &s->e);
	if (!d)
		return -1;
	int result = i == 0 ? xap_put_file(s->writer, s->term.s, s->term.n, &d, 1, &s->e)
			    : xap_add_to_file(s->writer, s->term.s, s->term.n, d, &s->e);
	xap_document_free(d);
	return result;
}

/* Writes a page; to_twin[i] is the passage of twin that translates passage i. */
static int put_leaf(struct scribe *s, struct survey_entry *entry, const struct leaf *l,
		    const struct leaf *twin, const int *to_twin)
{
	size_t n = l->passages.n;
	entry->indexed = true;
	entry->passages = (uint32_t)n;
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

/* What makes no page is left out; and remembered, so that the next run need not try, unless the
 * file has changed since the survey. */
static int read_or_warn(struct scribe *s, struct leaf *l, struct survey_entry *entry,
			struct buf *text)
{
	struct error why;
	struct leaf_options options = s->b->options->pages;
	options.large = &s->b->large;
	entry->indexed = false;
	if (leaf_read(l, entry, &options, text, &why) == 0)
		return 0;
	if (why.status == STATUS_NO_MEMORY) {
		s->e = why;
		return -1;
	}
	if (!text->n || text_checksum(TEXT_HASH_START, text->s, text->n) != entry->hash)
		survey_distrust(entry);
	warn(s->b, entry->root, entry->path, &why);
	return 0;
}

static int put_pair(struct scribe *s, struct survey_entry *one, struct survey_entry *other)
{
	struct leaf a, b = {0};
	int *a_to_b = NULL, *b_to_a = NULL, result = -1;
	if (read_or_warn(s, &a, one, &s->text[0]) != 0)
		return -1;
	if (other && read_or_warn(s, &b, other, &s->text[1]) != 0)
		goto done;
	const struct leaf *twin_a = b.page.path ? &b : NULL, *twin_b = a.page.path ? &a : NULL;
	if (twin_a && twin_b) {
		a_to_b = malloc((a.passages.n + 1) * sizeof *a_to_b);
		b_to_a = malloc((b.passages.n + 1) * sizeof *b_to_a);
		if (!a_to_b || !b_to_a) {
			error_memory(&s->e);
			goto done;
		}
		if (pair_passages(&a.passages, one->language, &b.passages, other->language, a_to_b,
				  b_to_a) != 0) {
			error_memory(&s->e);
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

/* Goes through the groups of a build: those of the roll, or without one those of the surveys. */
struct groups {
	struct roll_reader *roll;
	struct change change;
	struct survey_entry *list; /* the group at hand; n may be 0: there was one */
	size_t n, number;	   /* its own, from 1 */
	bool same;
};

/* 1, or 0 behind the last, or -1. */
static int groups_next(struct groups *g, struct error *e)
{
	g->number++;
	if (g->roll)
		return roll_next(g->roll, &g->list, &g->n, e) != 0 ? -1 : g->n > 0;
	if (!change_next(&g->change))
		return 0;
	g->n = g->change.new_end - g->change.new;
	g->list = g->n ? g->change.now->list + g->change.new : NULL;
	g->same = g->change.same;
	return 1;
}

/* Is the group at hand this scribe's to write? */
static bool is_mine(const struct scribe *s, const struct groups *g)
{
	if (!s->b->options->shards)
		return (g->number - 1) / SHARE % s->of == s->number;
	if (!g->n)
		return false;
	const char *group = g->list->group;
	return text_hash(TEXT_HASH_START, group, strlen(group)) % s->of == s->number;
}

static int put_share(struct scribe *s, struct groups *g)
{
	int more;
	while ((more = groups_next(g, &s->e)) > 0) {
		if (!is_mine(s, g))
			continue;
		if (atomic_load(&s->b->giving_up))
			return 0; /* another knows why */
		if (!g->same && g->n && put_group(s, g->list, g->n) != 0)
			return -1;
		if (g->roll)
			roll_keep(g->roll);
		tell_progress(s->b, g->n);
	}
	if (more < 0)
		return -1;
	if (analysers_starved(&s->analysers))
		return error_memory(&s->e);
	return s->writer ? xap_commit(s->writer, &s->e) : 0;
}

static int put_groups(struct scribe *s)
{
	struct groups g = {.change = changes_of(s->b)};
	if (s->b->roll && !(g.roll = roll_open(s->b->roll, &s->e)))
		return -1;
	int result = put_share(s, &g);
	roll_close(g.roll);
	return result;
}

static bool forget(void *self, const char *data, size_t n)
{
	struct scribe *s = self;
	return document_forget(data, n, &s->analysers, s->words);
}

static int drop_file(struct scribe *s, const char *path)
{
	struct error *e = &s->e;
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
	struct buf *text = &b->text;
	b->root = root;
	if (walk_read(text, root, LEXIQUE_FILE, &why) == 0) {
		b->lexique_hash = text_hash(b->lexique_hash, text->s, text->n + 1);
		return lexique_read(text->s, text->n, &reader);
	}
	if (why.status == STATUS_NO_MEMORY) {
		*b->e = why;
		return -1;
	}
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
	return analysers_starved(&b->analysers) ? error_memory(b->e) : 0;
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

/* Marks a database as a part of this run's index: 0 is the notes, then the shards follow. */
static int put_part(struct builder *b, struct xap_writer *w, size_t number, struct error *e)
{
	char value[64];
	snprintf(value, sizeof value, "%016llx %zu %u", (unsigned long long)b->run, number,
		 b->options->shards);
	return b->options->shards ? put_note(w, NOTE_PART, value, e) : 0;
}

static uint64_t name_run(void)
{
	struct timespec now;
	pid_t self = getpid();
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t name = text_hash(TEXT_HASH_START, (const char *)&now, sizeof now);
	return text_hash(name, (const char *)&self, sizeof self);
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

/* A piece of what the next run is to know of the files. */
struct memory {
	struct xap_writer *w;
	size_t pieces;
};

static int put_piece(void *data, const char *bytes, size_t n, struct error *e)
{
	struct memory *m = data;
	char name[32];
	snprintf(name, sizeof name, NOTE_FILES "%06zu", m->pieces++);
	return xap_put_note(m->w, name, bytes, n, e);
}

static int put_memory(struct builder *b, struct xap_writer *w)
{
	const struct survey_options options = survey_options(b);
	struct memory m = {w, 0};
	if (b->roll)
		return roll_remember(b->roll, PIECE, put_piece, &m, b->e);
	return xap_drop_notes(w, NOTE_FILES, b->e) == 0
		       ? survey_remember(&b->survey, &options, PIECE, put_piece, &m, b->e)
		       : -1;
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

static int put_notes(struct builder *b, struct xap_writer *w, struct tally *const *words, size_t n)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm utc;
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	if (put_facet_keys(w, &b->options->pages, b->e) != 0 ||
	    spelling_put(words, n, b->past.index, w, b->e) != 0 || put_lexique(b, w) != 0 ||
	    put_memory(b, w) != 0 || put_note(w, NOTE_ANALYSER, b->analysers_print, b->e) != 0 ||
	    put_note(w, NOTE_OPTIONS, b->options_print, b->e) != 0)
		return -1;
	return put_note(w, NOTE_BUILT, stamp, b->e);
}

/* What an index of one file is made from. */
struct making {
	const struct place *place;
	const char *const *dirs;
	size_t n;
	bool changed; /* the first was unpacked from the index at hand */
};

/* By what hits are counted: pairs, facets in each language, languages there are; and the words of
 * all passages in their order. */
static int put_columns(void *data, const char *file, struct error *e)
{
	const struct making *m = data;
	unsigned slots[FACET_MAX * LANGUAGE_MAX];
	char names[LANGUAGE_MAX][8];
	const char *terms[LANGUAGE_MAX];
	const struct xap_columns columns = {.pair_slot = SLOT_PAIR,
					    .order_slot = SLOT_ORDER,
					    .slots = slots,
					    .n_slots = FACET_MAX * LANGUAGE_MAX,
					    .terms = terms,
					    .n_terms = language_count,
					    .dirs = m->dirs,
					    .n_dirs = m->n,
					    .old = m->changed ? m->place->database : NULL,
					    .scratch = m->place->scratch};
	for (unsigned i = 0; i < FACET_MAX * LANGUAGE_MAX; i++)
		slots[i] = SLOT_FACET + i;
	for (size_t l = 0; l < language_count; l++) {
		snprintf(names[l], sizeof names[l], "%c%s", TERM_AVAIL, languages[l].code);
		terms[l] = names[l];
	}
	return xap_put_columns(file, &columns, e);
}

/* Words are counted in memory, or in files of a folder too. */
static int scribe_open(struct scribe *s, struct builder *b, size_t number, size_t of,
		       const char *folder)
{
	char *words = NULL;
	*s = (struct scribe){.b = b, .number = number, .of = of, .term = buf_new(4096)};
	for (size_t i = 0; i < 2; i++)
		s->text[i] = buf_new(WALK_MAX_FILE + 1);
	if (folder && asprintf(&words, "%s/words.%zu", folder, number) < 0)
		return error_memory(&s->e);
	s->words = tally_new(words, &s->e);
	free(words);
	return s->words ? analysers_open(&s->analysers, &s->e) : -1;
}

/* Frees all that is of no use once its pages are written. */
static void scribe_rest(struct scribe *s)
{
	analysers_close(&s->analysers);
	tally_free(s->words);
	s->analysers = (struct analysers){0};
	s->words = NULL;
	for (size_t i = 0; i < 2; i++)
		buf_free(&s->text[i]);
	buf_free(&s->term);
}

static void scribe_close(struct scribe *s)
{
	scribe_rest(s);
	xap_writer_close(s->writer);
}

/* Goes on from a copy of the index, of which every byte is checked. */
static int write_changes(struct builder *b, const struct place *p, struct scribe *s)
{
	const char *dirs[] = {p->scratch};
	struct making making = {p, dirs, 1, true};
	if (scribe_open(s, b, 0, 1, NULL) != 0)
		return -1;
	if (seal_check(p->database, true, &s->e) != 0 ||
	    xap_unpack(p->database, p->scratch, &s->e) != 0)
		return -1;
	s->writer = xap_writer_open(p->scratch, INDEX_FORMAT, false, &s->e);
	if (!s->writer || xap_writer_tokens(s->writer, &s->e) != 0 || drop_groups(s) != 0 ||
	    put_groups(s) != 0)
		return -1;
	int result = put_notes(b, s->writer, &s->words, 1) == 0 ? xap_commit(s->writer, b->e) : -1;
	if (result == 0)
		result = place_switch(p, dirs, 1, put_columns, &making, b->e);
	if (result != 0)
		s->e = *b->e;
	return result;
}

/* ---- a full build -------------------------------------------------------------------------------
 */

struct scribes {
	struct scribe list[SCRIBES_MAX];
	size_t n;
};

static size_t count_scribes(const struct builder *b)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t shares = b->files / (4 * SHARE) + 1;
	size_t n = processors > 1 ? (size_t)processors : 1;
	if (b->options->shards)
		return b->options->shards;
	n = n < PROCESSORS_MAX ? n : PROCESSORS_MAX;
	return n < shares ? n : shares;
}

/* A writer in a folder of its own; NULL on error. */
static struct xap_writer *bulk_writer(const struct builder *b, const struct place *p, size_t number,
				      size_t memory, struct error *e)
{
	char *dir = NULL;
	if (asprintf(&dir, "%s/%zu", p->scratch, number) < 0) {
		error_memory(e);
		return NULL;
	}
	/* the machines of shards know nothing of tokens */
	struct xap_writer *w = xap_writer_bulk(dir, INDEX_FORMAT, memory, !b->options->shards, e);
	free(dir);
	return w;
}

static void *work(void *data)
{
	struct scribe *s = data;
	s->result = put_groups(s);
	if (s->result != 0)
		atomic_store(&s->b->giving_up, true);
	return NULL;
}

/* The first works here; so does one for which there is no thread. */
static void work_all(struct scribes *all)
{
	for (size_t i = 1; i < all->n; i++) {
		struct scribe *s = &all->list[i];
		s->running = pthread_create(&s->thread, NULL, work, s) == 0;
	}
	for (size_t i = 0; i < all->n; i++) {
		if (!all->list[i].running)
			work(&all->list[i]);
	}
	for (size_t i = 1; i < all->n; i++) {
		if (all->list[i].running)
			pthread_join(all->list[i].thread, NULL);
	}
}

/* What belongs to the whole: a database without documents. */
static int write_notes(struct builder *b, struct xap_writer *w, struct scribes *all)
{
	struct tally *words[SCRIBES_MAX];
	for (size_t i = 0; i < all->n; i++)
		words[i] = all->list[i].words;
	return put_notes(b, w, words, all->n) == 0 ? xap_commit(w, b->e) : -1;
}

/* Adds the directories of a writer to a volume; -1 when memory is out. */
static int add_parts(struct place_volume *v, const struct xap_writer *w, struct error *e)
{
	size_t more;
	const char *const *parts = xap_writer_parts(w, &more);
	const char **list = realloc(v->dirs, (v->n + more + 1) * sizeof *list);
	if (!list)
		return error_memory(e);
	memcpy(list + v->n, parts, more * sizeof *list);
	v->dirs = list;
	v->n += more;
	return 0;
}

/* Merging takes memory in its turn. */
static void make_room(struct scribes *all)
{
	for (size_t i = 0; i < all->n; i++)
		scribe_rest(&all->list[i]);
	malloc_trim(0); /* threads keep what they freed to themselves */
}

/* All that the scribes wrote, and the notes, become one; or each a shard. */
static int bind(struct builder *b, struct place *p, struct scribes *all, struct xap_writer *notes)
{
	struct place_volume volumes[SCRIBES_MAX + 1] = {0};
	bool shards = b->options->shards > 0;
	int result = add_parts(&volumes[0], notes, b->e);
	for (size_t i = 0; result == 0 && i < all->n; i++)
		result = add_parts(&volumes[shards ? i + 1 : 0], all->list[i].writer, b->e);
	struct making making = {p, volumes[0].dirs, volumes[0].n, false};
	if (result == 0)
		result =
			shards ? place_switch_shards(p, volumes, all->n + 1, b->e)
			       : place_switch(p, making.dirs, making.n, put_columns, &making, b->e);
	for (size_t i = 0; i <= all->n; i++)
		free(volumes[i].dirs);
	return result;
}

/* From here on the survey is on disk: what a build takes does not hang on how many files there are.
 * A dry run has no disk. */
static int shelve(struct builder *b, const struct place *p)
{
	const struct survey_options options = survey_options(b);
	char *path = NULL;
	if (mkdir(p->scratch, 0777) != 0)
		return error_system(b->e, p->scratch);
	if (asprintf(&path, "%s/files", p->scratch) < 0)
		return error_memory(b->e);
	b->roll = roll_write(path, &b->survey, &options, b->e);
	free(path);
	malloc_trim(0);
	return b->roll ? 0 : -1;
}

/* A scribe and its writer, without one in a dry run. */
static int hire(struct builder *b, const struct place *p, struct scribes *all, size_t of)
{
	struct scribe *s = &all->list[all->n++];
	int result = scribe_open(s, b, all->n - 1, of, p ? p->scratch : NULL);
	if (result == 0 && p) {
		s->writer = bulk_writer(b, p, s->number, POSTINGS_MAX / of, &s->e);
		result = s->writer ? put_part(b, s->writer, all->n, &s->e) : -1;
	}
	if (result != 0)
		*b->e = s->e;
	return result;
}

/* What all scribes wrote, and what belongs to the whole, become the index. */
static int bind_all(struct builder *b, struct place *p, struct scribes *all)
{
	struct xap_writer *notes = bulk_writer(b, p, all->n, NOTES_MAX, b->e);
	int result = notes && put_part(b, notes, 0, b->e) == 0 ? write_notes(b, notes, all) : -1;
	if (result == 0) {
		make_room(all);
		result = bind(b, p, all, notes);
	}
	xap_writer_close(notes);
	return result;
}

static int write_all(struct builder *b, struct place *p, struct scribes *all)
{
	size_t n = count_scribes(b);
	atomic_store(&b->giving_up, false);
	b->done = 0;
	b->run = name_run();
	int result = p ? shelve(b, p) : 0;
	while (result == 0 && all->n < n)
		result = hire(b, p, all, n);
	if (result != 0)
		return -1;
	work_all(all);
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i].result == 0)
			continue;
		*b->e = all->list[i].e;
		return -1;
	}
	return p ? bind_all(b, p, all) : 0;
}

static int write_index(struct builder *b, struct place *p)
{
	if (b->past.index) {
		struct scribe s;
		int result = write_changes(b, p, &s);
		if (result != 0)
			*b->e = s.e;
		scribe_close(&s);
		return result;
	}
	struct scribes *all = calloc(1, sizeof *all);
	if (!all)
		return error_memory(b->e);
	int result = write_all(b, p, all);
	for (size_t i = 0; i < all->n; i++)
		scribe_close(&all->list[i]);
	free(all);
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

static void on_empty(void *data, size_t root)
{
	struct builder *b = data;
	b->empty[root] = true;
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
				       .empty = on_empty,
				       .data = b};
}

/* Has the index at hand pages of this root? */
static bool had_pages(const struct builder *b, const char *root)
{
	for (size_t i = 0; i < b->past.files.n; i++) {
		const struct survey_entry *y = &b->past.files.list[i];
		if (y->indexed && strcmp(y->root, root) == 0)
			return true;
	}
	return false;
}

/* An empty folder is more likely a mistake, or a disk that is not mounted, than a wish: it takes no
 * page out of an index. */
static int check_roots(struct builder *b)
{
	const struct build_options *o = b->options;
	struct error why;
	if (b->survey.n == 0)
		return error_set(b->e, STATUS_NOT_FOUND, MSG_NO_FILES, o->roots[0]);
	for (size_t i = 0; i < o->n_roots; i++) {
		if (!b->empty[i])
			continue;
		if (had_pages(b, o->roots[i]))
			return error_set(b->e, STATUS_NOT_FOUND, MSG_LOST_CORPUS, o->roots[i]);
		error_set(&why, STATUS_NOT_FOUND, MSG_EMPTY_CORPUS, NULL);
		warn(b, o->roots[i], "", &why);
	}
	return 0;
}

static int survey_all(struct builder *b)
{
	const struct build_options *o = b->options;
	const struct survey_options options = survey_options(b);
	b->empty = calloc(o->n_roots + 1, sizeof *b->empty);
	if (!b->empty)
		return error_memory(b->e);
	if (survey_read(&b->survey, &options, &b->text, b->e) != 0 || check_roots(b) != 0)
		return -1;
	if (!b->past.index)
		past_close(&b->past);
	b->files = b->survey.n;
	return o->guessed ? tell_guesses(b) : 0;
}

static size_t put_changed(const struct survey *s, size_t from, size_t to,
			  const struct survey_entry **list)
{
	for (size_t i = from; list && i < to; i++)
		list[i - from] = &s->list[i];
	return to - from;
}

/* The files of groups that changed, of then and of now. */
static size_t list_changed(struct builder *b, const struct survey_entry **list)
{
	struct change c = changes_of(b);
	size_t n = 0;
	while (change_next(&c)) {
		if (c.same)
			continue;
		n += put_changed(c.then, c.old, c.old_end, list ? list + n : NULL);
		n += put_changed(c.now, c.new, c.new_end, list ? list + n : NULL);
	}
	return n;
}

/* How many files were added, changed or dropped: what else is in their groups was only written
 * again. */
static int count_changed(struct builder *b, size_t *changed)
{
	size_t n = list_changed(b, NULL);
	const struct survey_entry **list = malloc((n + 1) * sizeof *list);
	*changed = 0;
	if (!list)
		return error_memory(b->e);
	list_changed(b, list);
	qsort(list, n, sizeof *list, by_path);
	for (size_t i = 0; i < n; i++) {
		bool both = i + 1 < n && by_path(&list[i], &list[i + 1]) == 0;
		*changed += !both || !list[i]->hash || list[i]->hash != list[i + 1]->hash;
		i += both;
	}
	free(list);
	return 0;
}

/* Brings the index up to date: by what has changed while that is the smaller part. */
static int update(struct builder *b, struct place *p)
{
	size_t touched, changed = take_over(b, &touched);
	if (b->past.index && !changed && touched <= TOUCHED_MAX && is_same_lexique(b)) {
		b->report->incremental = true;
		return place_settle(p, b->e);
	}
	if (changed > b->survey.n / 2 || b->options->shards)
		past_close(&b->past);
	if (b->past.index && count_changed(b, &b->report->changed) != 0)
		return -1;
	if (b->past.index && write_index(b, p) == 0) {
		b->report->incremental = true;
		b->report->lexique = !is_same_lexique(b);
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

static void count(struct builder *b)
{
	struct roll_outcome all = {0};
	if (b->roll)
		all = roll_outcome(b->roll);
	for (size_t i = 0; i < b->survey.n; i++) {
		const struct survey_entry *y = &b->survey.list[i];
		all.indexed += y->indexed;
		all.passages += y->indexed ? y->passages : 0;
		all.paired += y->indexed && y->paired;
	}
	b->report->files = all.indexed;
	b->report->passages = all.passages;
	b->report->paired = all.paired;
}

static int build(struct builder *b, struct place *p)
{
	if (analysers_open(&b->analysers, b->e) != 0 || print_all(b) != 0)
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
	b.text = buf_new(WALK_MAX_FILE + 1);
	pthread_mutex_init(&b.telling, NULL);
	pthread_mutex_init(&b.large, NULL);
	int result = build(&b, options->dry_run ? NULL : &place);
	past_close(&b.past);
	survey_free(&b.survey);
	free(b.empty);
	roll_free(b.roll);
	lexique_free(b.lexique);
	analysers_close(&b.analysers);
	buf_free(&b.text);
	pthread_mutex_destroy(&b.telling);
	pthread_mutex_destroy(&b.large);
	if (!options->dry_run)
		place_close(&place);
	return result;
}

#include "build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "document.h"
#include "front.h"
#include "lexique.h"
#include "pair.h"
#include "record.h"
#include "seal.h"
#include "spelling.h"
#include "survey.h"
#include "walk.h"
#include "xap.h"

#define DATABASE "trouvaille.db"
#define SCRATCH	 "build.tmp" /* the database being built */
#define NEXT	 "next.tmp"  /* the same, compacted to one file, before it is switched in */
#define LOCK	 "lock"

struct builder {
	const struct build_options *options;
	struct build_report *report;
	struct error *e;
	struct survey survey;
	struct buf text[2]; /* a file and its translation */
	const char *root;   /* being walked */
};

static void warn(struct builder *b, const char *root, const char *path, const struct error *e)
{
	b->report->warnings++;
	b->options->warn(b->options->data, root, path, e);
}

/* ---- from files to documents --------------------------------------------------------------------
 */

/* A file read again, cut into passages. */
struct leaf {
	const struct survey_entry *entry;
	struct front front;
	struct passages passages;
	char *name; /* of the file, for want of a title */
	char *address;
	char *facets[FACET_MAX];
	struct page page;
};

static void leaf_free(struct leaf *l)
{
	front_free(&l->front);
	passages_free(&l->passages);
	free(l->name);
	free(l->address);
	for (size_t f = 0; f < FACET_MAX; f++)
		free(l->facets[f]);
	*l = (struct leaf){0};
}

static const char *title_of(const struct leaf *l)
{
	if (l->front.title && *l->front.title)
		return l->front.title;
	for (size_t i = 0; i < l->passages.n; i++) {
		const struct passage *p = &l->passages.list[i];
		if (p->level && *p->heading)
			return p->level == 1 ? p->heading : l->name;
	}
	return l->name;
}

static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strchr(name, '.');
	return text_copy(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* The values of a key of the front matter, each ended by a line feed but the last; NULL for none.
 */
static char *values_of(const struct front *front, const char *key)
{
	struct buf values = buf_new(FRONT_MAX_BYTES);
	for (size_t i = 0; i < front->n_others; i++) {
		if (strcasecmp(front->others[i].key, key) != 0)
			continue;
		if (values.n)
			buf_putc(&values, '\n');
		buf_puts(&values, front->others[i].value);
	}
	if (!values.n)
		buf_free(&values);
	return values.n ? buf_take(&values) : NULL;
}

static void read_facets(struct leaf *l, const struct build_options *o)
{
	for (size_t f = 0; f < o->n_facets && f + 1 < FACET_MAX; f++)
		l->page.facets[f + 1] = l->facets[f + 1] = values_of(&l->front, o->facets[f]);
}

static int leaf_read(struct leaf *l, const struct survey_entry *entry,
		     const struct build_options *options, struct buf *text, struct error *why)
{
	*l = (struct leaf){.entry = entry};
	if (walk_read(text, entry->root, entry->path, why) != 0 ||
	    front_read(text->s, text->n, &l->front, why) != 0)
		return -1;
	if (passages_read(text->s + l->front.body, text->n - l->front.body, l->front.body_line,
			  options->anchors, &l->passages, why) != 0) {
		front_free(&l->front);
		return -1;
	}
	l->name = name_of(entry->path);
	struct buf address = buf_new(FRONT_MAX_BYTES);
	address_of(&address, &options->address, entry->path, l->front.url, l->front.slug);
	l->address = buf_take(&address);
	if (!l->name || !l->address) {
		leaf_free(l);
		return error_memory(why);
	}
	l->page = (struct page){.path = entry->path,
				.address = l->address,
				.title = title_of(l),
				.facets = {[FACET_AREA] = l->front.area},
				.date = l->front.date,
				.language = entry->language,
				.passages = &l->passages,
				.body = text->s + l->front.body};
	read_facets(l, options);
	return 0;
}

struct scribe {
	struct builder *b;
	struct xap_writer *writer; /* NULL in a dry run */
	struct analysers analysers;
	struct spelling *spelling;
	struct lexique *lexique;
	struct buf term;
};

/* The first takes the place of all that the file had; one at a time, since a file may have many. */
static int put_passage(struct scribe *s, const struct leaf *l, size_t i, const struct leaf *twin,
		       int twin_i)
{
	struct error *e = s->b->e;
	struct xap_document *d = document_new(&l->page, i, twin ? &twin->page : NULL, twin_i,
					      &s->analysers, s->spelling, e);
	if (!d)
		return -1;
	int result = i == 0 ? xap_put_file(s->writer, s->term.s, s->term.n, &d, 1, e)
			    : xap_add_to_file(s->writer, s->term.s, s->term.n, d, e);
	xap_document_free(d);
	return result;
}

/* Writes a page; to_twin[i] is the passage of twin that translates passage i. */
static int put_leaf(struct scribe *s, const struct leaf *l, const struct leaf *twin,
		    const int *to_twin)
{
	size_t n = l->passages.n;
	s->b->report->files++;
	s->b->report->passages += n;
	s->b->report->paired += twin != NULL;
	if (!s->writer || n == 0)
		return 0;
	buf_clear(&s->term);
	document_file_term(&s->term, l->entry->path);
	if (s->term.failed)
		return error_memory(s->b->e);
	for (size_t i = 0; i < n; i++) {
		if (put_passage(s, l, i, twin, to_twin ? to_twin[i] : PAIR_NONE) != 0)
			return -1;
	}
	return 0;
}

/* A file may have changed since the survey: what then cannot be read is left out like any other. */
static int read_or_warn(struct scribe *s, struct leaf *l, const struct survey_entry *entry,
			struct buf *text)
{
	struct error why;
	if (leaf_read(l, entry, s->b->options, text, &why) == 0)
		return 0;
	if (why.status == STATUS_NO_MEMORY)
		return error_memory(s->b->e);
	warn(s->b, entry->root, entry->path, &why);
	return 0;
}

static int put_pair(struct scribe *s, const struct survey_entry *one,
		    const struct survey_entry *other)
{
	struct leaf a, b = {0};
	int *a_to_b = NULL, *b_to_a = NULL, result = -1;
	if (read_or_warn(s, &a, one, &s->b->text[0]) != 0)
		return -1;
	if (other && read_or_warn(s, &b, other, &s->b->text[1]) != 0)
		goto done;
	const struct leaf *twin_a = b.entry && b.page.path ? &b : NULL,
			  *twin_b = a.page.path ? &a : NULL;
	if (twin_a && twin_b) {
		a_to_b = malloc((a.passages.n + 1) * sizeof *a_to_b);
		b_to_a = malloc((b.passages.n + 1) * sizeof *b_to_a);
		if (!a_to_b || !b_to_a) {
			error_memory(s->b->e);
			goto done;
		}
		pair_passages(&a.passages, one->language, &b.passages, other->language, a_to_b,
			      b_to_a);
	}
	result = twin_b ? put_leaf(s, &a, twin_a, a_to_b) : 0;
	if (result == 0 && twin_a)
		result = put_leaf(s, &b, twin_b, b_to_a);
done:
	free(a_to_b);
	free(b_to_a);
	leaf_free(&a);
	leaf_free(&b);
	return result;
}

/* Two roots may hold the same path, or two pages of one language the same key: the first counts. */
static bool is_repeat(const struct survey_entry *a, const struct survey_entry *b)
{
	return strcmp(a->path, b->path) == 0;
}

/* Writes the files of one group: the first page of the first language with the first page of
 * another language; others of the group on their own. */
static int put_group(struct scribe *s, struct survey_entry *list, size_t n)
{
	size_t other = 1;
	while (other < n && list[other].language == list[0].language)
		other++;
	if (put_pair(s, &list[0], other < n ? &list[other] : NULL) != 0)
		return -1;
	for (size_t i = 1; i < n; i++) {
		if (i == other)
			continue;
		struct error why;
		if (is_repeat(&list[i - 1], &list[i])) {
			error_set(&why, STATUS_INPUT, MSG_SAME_PATH, list[i - 1].root);
			warn(s->b, list[i].root, list[i].path, &why);
			continue;
		}
		if (list[i].group[0] == 'k') {
			error_set(&why, STATUS_INPUT, MSG_SAME_KEY, list[i].group + 1);
			warn(s->b, list[i].root, list[i].path, &why);
		}
		if (put_pair(s, &list[i], NULL) != 0)
			return -1;
	}
	return 0;
}

static int put_all(struct scribe *s)
{
	struct survey *all = &s->b->survey;
	const struct build_options *o = s->b->options;
	for (size_t i = 0, end; i < all->n; i = end) {
		for (end = i + 1;
		     end < all->n && strcmp(all->list[i].group, all->list[end].group) == 0; end++)
			;
		if (put_group(s, all->list + i, end - i) != 0)
			return -1;
		if (o->progress)
			o->progress(o->data, end, all->n);
	}
	return 0;
}

/* ---- the lexiques of the corpora ----------------------------------------------------------------
 */

static int take_concept(void *self, const struct concept *c, struct span line, long number)
{
	struct scribe *s = self;
	(void)number;
	return lexique_add(s->lexique, c, line, s->analysers.of, s->b->e);
}

static void wrong_concept(void *self, const struct error *e)
{
	struct scribe *s = self;
	warn(s->b, s->b->root, LEXIQUE_FILE, e);
}

/* A corpus may have none. One that cannot be read is warned of, like any other file. */
static int read_lexique(struct scribe *s, const char *root)
{
	struct error why;
	const struct lexique_reader reader = {take_concept, wrong_concept, s};
	struct buf *text = &s->b->text[0];
	s->b->root = root;
	if (walk_read(text, root, LEXIQUE_FILE, &why) == 0)
		return lexique_read(text->s, text->n, &reader);
	if (why.status == STATUS_NO_MEMORY)
		return error_memory(s->b->e);
	if (why.status != STATUS_NOT_FOUND)
		warn(s->b, root, LEXIQUE_FILE, &why);
	return 0;
}

static int read_lexiques(struct scribe *s)
{
	for (size_t i = 0; i < s->b->options->n_roots; i++) {
		if (read_lexique(s, s->b->options->roots[i]) != 0)
			return -1;
	}
	s->b->report->concepts = lexique_count(s->lexique);
	return 0;
}

/* ---- the switch ---------------------------------------------------------------------------------
 */

/* The paths of one build. */
struct place {
	char *database, *scratch, *next, *lock;
	int lock_fd;
};

static char *join(const char *folder, const char *name)
{
	char *path = NULL;
	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

char *build_database_path(const char *index)
{
	return join(index, DATABASE);
}

/* Glass keeps its tables in one flat folder. */
static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_type != DT_DIR)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
	rmdir(path);
}

static void place_clear(struct place *p)
{
	remove_folder(p->scratch);
	unlink(p->next);
}

/* The lock is the file's, not its existence's: it goes with the process, however that ends. */
static int place_lock(struct place *p, struct error *e)
{
	p->lock_fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (p->lock_fd < 0)
		return error_system(e, p->lock);
	if (flock(p->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		char holder[24] = "";
		ssize_t n = read(p->lock_fd, holder, sizeof holder - 1);
		holder[n > 0 ? strcspn(holder, "\n") : 0] = '\0';
		return error_set(e, STATUS_LOCKED, MSG_LOCKED, *holder ? holder : "?");
	}
	char self[24];
	int n = snprintf(self, sizeof self, "%ld\n", (long)getpid());
	if (ftruncate(p->lock_fd, 0) != 0 || write(p->lock_fd, self, (size_t)n) != n)
		return error_system(e, p->lock);
	return 0;
}

static void place_close(struct place *p)
{
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	free(p->database);
	free(p->scratch);
	free(p->next);
	free(p->lock);
}

static int place_open(struct place *p, const char *index, struct error *e)
{
	*p = (struct place){join(index, DATABASE), join(index, SCRATCH), join(index, NEXT),
			    join(index, LOCK), -1};
	int result = 0;
	if (!p->database || !p->scratch || !p->next || !p->lock)
		result = error_memory(e);
	else if (mkdir(index, 0777) != 0 && errno != EEXIST)
		result = error_system(e, index);
	else
		result = place_lock(p, e);
	if (result != 0)
		place_close(p);
	else
		place_clear(p); /* what a killed build left */
	return result;
}

static int sync_folder(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_system(e, path);
	int result = fsync(fd) == 0 ? 0 : error_system(e, path);
	close(fd);
	return result;
}

static int switch_in(const struct place *p, const char *index, struct error *e)
{
	if (xap_compact(p->scratch, p->next, e) != 0)
		return -1;
	/* the whole is read again before anyone may meet it */
	if (seal_put(p->next, e) != 0 || seal_check(p->next, true, e) != 0)
		return -1;
	if (rename(p->next, p->database) != 0)
		return error_system(e, p->database);
	return sync_folder(index, e);
}

static int put_facet_keys(struct xap_writer *w, const struct build_options *o, struct error *e)
{
	struct buf keys = buf_new(FRONT_MAX_BYTES);
	for (size_t f = 0; f < o->n_facets && f + 1 < FACET_MAX; f++)
		buf_printf(&keys, "%s\n", o->facets[f]);
	int result = keys.failed ? error_memory(e)
				 : xap_put_note(w, NOTE_FACETS, keys.s ? keys.s : "", keys.n, e);
	buf_free(&keys);
	return result;
}

static int put_notes(const struct scribe *s)
{
	struct xap_writer *w = s->writer;
	struct error *e = s->b->e;
	if (put_facet_keys(w, s->b->options, e) != 0 || spelling_put(s->spelling, w, e) != 0 ||
	    lexique_put(s->lexique, w, e) != 0)
		return -1;
	struct analysers analysers = s->analysers;
	char print[ANALYSERS_PRINT_SIZE];
	analysers_print(&analysers, print);
	if (xap_put_note(w, NOTE_ANALYSER, print, strlen(print), e) != 0)
		return -1;
	char stamp[32];
	time_t now = time(NULL);
	struct tm utc;
	size_t n = strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	return xap_put_note(w, NOTE_BUILT, stamp, n, e);
}

static int scribe_open(struct scribe *s, struct builder *b, const struct place *p)
{
	*s = (struct scribe){.b = b, .term = buf_new(4096)};
	s->spelling = spelling_new(b->e);
	s->lexique = s->spelling ? lexique_new(b->e) : NULL;
	if (!s->lexique || analysers_open(&s->analysers, b->e) != 0)
		return -1;
	s->writer = p ? xap_writer_open(p->scratch, INDEX_FORMAT, false, b->e) : NULL;
	return p && !s->writer ? -1 : 0;
}

static void scribe_close(struct scribe *s)
{
	xap_writer_close(s->writer);
	buf_free(&s->term);
	lexique_free(s->lexique);
	spelling_free(s->spelling);
	analysers_close(&s->analysers);
}

static int write_index(struct builder *b, const struct place *p)
{
	struct scribe s;
	int result = scribe_open(&s, b, p);
	if (result == 0)
		result = put_all(&s);
	if (result == 0)
		result = read_lexiques(&s);
	if (result == 0 && p)
		result = put_notes(&s) == 0 ? xap_commit(s.writer, b->e) : -1;
	scribe_close(&s);
	if (result == 0 && p)
		result = switch_in(p, b->options->index, b->e);
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

static int survey_all(struct builder *b)
{
	const struct build_options *o = b->options;
	const struct survey_options options = {.roots = o->roots,
					       .n_roots = o->n_roots,
					       .rules = o->rules,
					       .n_rules = o->n_rules,
					       .warn = warn_of_survey,
					       .data = b};
	if (survey_read(&b->survey, &options, &b->text[0], b->e) != 0)
		return -1;
	/* an empty folder is more likely a mistake than a wish for an empty index */
	if (b->survey.n == 0)
		return error_set(b->e, STATUS_NOT_FOUND, MSG_NO_FILES, o->roots[0]);
	return o->guessed ? tell_guesses(b) : 0;
}

int build_leavings(const char *index, bool remove, bool *left, struct error *e)
{
	struct place place = {join(index, DATABASE), join(index, SCRATCH), join(index, NEXT),
			      join(index, LOCK), -1};
	int result = -1;
	*left = false;
	if (!place.database || !place.scratch || !place.next || !place.lock) {
		error_memory(e);
	} else if (access(place.scratch, F_OK) != 0 && access(place.next, F_OK) != 0) {
		result = 0;
	} else if (place_lock(&place, e) == 0) { /* else they belong to a build that is running */
		*left = true;
		result = 0;
		if (remove)
			place_clear(&place);
	}
	place_close(&place);
	return result;
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
	int result = survey_all(&b);
	if (result == 0)
		result = write_index(&b, options->dry_run ? NULL : &place);
	survey_free(&b.survey);
	buf_free(&b.text[0]);
	buf_free(&b.text[1]);
	if (!options->dry_run) {
		place_clear(&place);
		place_close(&place);
	}
	return result;
}

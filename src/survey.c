#include "survey.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "front.h"
#include "layout.h"

/* A file written to within this time of being looked at may be written to again without a sign:
 * the coarsest clock of a file system (FAT's), nanoseconds. */
#define CLOCK_GRAIN INT64_C(2000000000)

/* Something to warn of, kept until all files before it were read. */
struct remark {
	const char *path, *detail;
	enum status status;
	enum message what;
	long line;
};

struct remarks {
	struct remark *list;
	size_t n, cap;
	struct arena strings;
};

struct surveyor {
	struct survey *survey;
	const struct survey_options *options;
	struct buf *text;
	const char *root;		   /* being walked */
	bool *used;			   /* a rule that covered a page */
	const struct survey_entry **known; /* of options->known, by root and path */
	int64_t start;			   /* of the survey, nanoseconds of the epoch */
	bool warned;			   /* of the file at hand */
	struct remarks *remarks;	   /* where warnings are kept; NULL: they are told */
	bool starved;			   /* memory was out for one */
	struct error *e;
};

static void keep(struct surveyor *s, const char *path, const struct error *e)
{
	struct remarks *r = s->remarks;
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		struct remark *list = realloc(r->list, cap * sizeof *list);
		if (!list) {
			s->starved = true;
			return;
		}
		r->list = list;
		r->cap = cap;
	}
	const struct remark remark = {.path = arena_copy(&r->strings, path, strlen(path)),
				      .detail =
					      arena_copy(&r->strings, e->detail, strlen(e->detail)),
				      .status = e->status,
				      .what = e->what,
				      .line = e->line};
	if (remark.path && remark.detail)
		r->list[r->n++] = remark;
	else
		s->starved = true;
}

static void warn(void *data, const char *path, const struct error *e)
{
	struct surveyor *s = data;
	s->warned = true;
	if (s->remarks)
		keep(s, path, e);
	else
		s->options->warn(s->options->data, s->root, path, e);
}

/* The languages there are, for a message: "en, fr". */
static void put_codes(struct buf *out)
{
	for (size_t i = 0; i < language_count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", languages[i].code);
}

static void warn_of_language(struct surveyor *s, const char *path, const char *lang)
{
	struct error why;
	struct buf detail = buf_new(2048);
	buf_printf(&detail, "%s (", lang);
	put_codes(&detail);
	buf_putc(&detail, ')');
	error_set(&why, STATUS_INPUT, MSG_FRONT_LANG, detail.s);
	buf_free(&detail);
	warn(s, path, &why);
}

/* What --lang-of says; key is the path without the folder that the rule names. */
static const struct language *language_of_rule(struct surveyor *s, const char *path,
					       struct buf *key)
{
	const struct survey_options *o = s->options;
	for (size_t i = 0; i < o->n_rules; i++) {
		if (!layout_matches(o->rules[i].pattern, path, key))
			continue;
		s->used[i] = true;
		return o->rules[i].language;
	}
	return NULL;
}

static const struct language *language_of_front(struct surveyor *s, const char *path,
						const struct front *front)
{
	if (!front->lang)
		return NULL;
	const struct language *l = language_find(front->lang, strlen(front->lang));
	if (!l)
		warn_of_language(s, path, front->lang);
	return l;
}

static size_t root_number(const struct survey_options *o, const char *root)
{
	size_t i = 0;
	while (i < o->n_roots && strcmp(o->roots[i], root) != 0)
		i++;
	return i;
}

/* Pages are grouped by translationKey, else by root and path without the language. NULL when memory
 * is out. */
static const char *group_of(struct surveyor *s, const struct buf *key, const struct front *front)
{
	struct buf group = buf_new(SIZE_MAX / 2);
	if (front->key)
		buf_printf(&group, "k%s", front->key);
	else
		buf_printf(&group, "p%zu/%s", root_number(s->options, s->root),
			   key->s ? key->s : "");
	const char *kept = group.failed ? NULL : arena_copy(&s->survey->strings, group.s, group.n);
	buf_free(&group);
	return kept;
}

static struct survey_entry entry_of(struct surveyor *s, const char *path, const struct front *front)
{
	struct buf key = buf_new(64 * 1024), by_path = buf_new(64 * 1024);
	const struct language *l = language_of_rule(s, path, &key);
	const struct language *told = layout_read(path, &by_path);
	if (!l)
		l = language_of_front(s, path, front);
	if (!l)
		l = told;
	struct survey_entry entry = {.root = s->root, .heard = l, .voted = !l};
	if (!l)
		entry.heard = language_guess(s->text->s + front->body, s->text->n - front->body);
	if (!key.failed && !by_path.failed) {
		entry.path = arena_copy(&s->survey->strings, path, strlen(path));
		entry.group = group_of(s, key.n ? &key : &by_path, front);
	}
	buf_free(&key);
	buf_free(&by_path);
	return entry;
}

static int add_entry(struct survey *all, const struct survey_entry *entry, struct error *e)
{
	struct survey_entry *list = all->list;
	if (all->n == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 256;
		list = realloc(list, cap * sizeof *list);
		if (list) {
			all->list = list;
			all->cap = cap;
		}
	}
	if (!list || !entry->path || !entry->group)
		return error_memory(e);
	all->list[all->n++] = *entry;
	return 0;
}

/* ---- what is known from the run before ----------------------------------------------------------
 */

static int by_path(const void *x, const void *y)
{
	const struct survey_entry *a = *(const struct survey_entry *const *)x,
				  *b = *(const struct survey_entry *const *)y;
	int order = strcmp(a->path, b->path);
	return order ? order : strcmp(a->root, b->root);
}

/* The entries of a survey by path, then root: an array that the caller frees, or NULL. */
static const struct survey_entry **sorted(const struct survey *s)
{
	const struct survey_entry **list = malloc((s->n + 1) * sizeof *list);
	if (!list)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		list[i] = &s->list[i];
	qsort(list, s->n, sizeof *list, by_path);
	return list;
}

static bool is_stamp(const struct stamp *a)
{
	return a->inode || a->written || a->moved || a->size;
}

static bool is_same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->size == b->size && a->written == b->written && a->moved == b->moved &&
	       a->inode == b->inode;
}

static const struct survey_entry *recognise(const struct surveyor *s, const struct walk_file *file)
{
	const struct survey_entry wanted = {.root = s->root, .path = file->path}, *key = &wanted;
	if (!s->known)
		return NULL;
	const struct survey_entry **found =
		bsearch(&key, s->known, s->options->known->n, sizeof *s->known, by_path);
	bool same =
		found && is_stamp(&file->stamp) && is_same_stamp(&(*found)->stamp, &file->stamp);
	return same ? *found : NULL;
}

/* A rule that covers it still has to be marked as used. */
static int add_known(struct surveyor *s, const struct survey_entry *known)
{
	struct buf key = buf_new(64 * 1024);
	struct survey_entry entry = *known;
	language_of_rule(s, known->path, &key);
	buf_free(&key);
	struct arena *strings = &s->survey->strings;
	entry.path = arena_copy(strings, known->path, strlen(known->path));
	entry.group = arena_copy(strings, known->group, strlen(known->group));
	entry.indexed = entry.paired = false;
	entry.passages = 0;
	return add_entry(s->survey, &entry, s->e);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

/* Only a file that was quiet and told nothing to warn of need not be read next time. */
static bool is_settled(const struct surveyor *s, const struct stamp *stamp)
{
	int64_t quiet = s->start - CLOCK_GRAIN;
	return !s->warned && stamp->written < quiet && stamp->moved < quiet;
}

static int read_file(struct surveyor *s, const struct walk_file *file)
{
	struct error why;
	struct front front = {0};
	const struct survey_entry *known = recognise(s, file);
	if (known)
		return add_known(s, known);
	s->warned = false;
	s->survey->read++;
	if (walk_read_page(s->text, s->root, file->path, &why) != 0 ||
	    front_read(s->text->s, s->text->n, &front, &why) != 0) {
		if (why.status == STATUS_NO_MEMORY) {
			*s->e = why;
			return -1;
		}
		warn(s, file->path, &why);
		return 0;
	}
	struct survey_entry entry = entry_of(s, file->path, &front);
	if (s->options->seen && entry.path)
		s->options->seen(s->options->data, &entry, &front,
				 (struct span){s->text->s, s->text->n});
	front_free(&front);
	entry.hash = text_checksum(TEXT_HASH_START, s->text->s, s->text->n);
	if (is_settled(s, &file->stamp))
		entry.stamp = file->stamp;
	return add_entry(s->survey, &entry, s->e);
}

/* ---- many readers -------------------------------------------------------------------------------
 *
 * Reading waits for the disk, and front matter takes time: the files of a root are shared out among
 * some threads, and what they found and have to say is taken in the order of the files. */

enum { READERS_MAX = 8, SHARE_MIN = 128 };

struct reader {
	struct surveyor surveyor;
	struct survey found;
	struct remarks remarks;
	struct buf text;
	const struct walk_file *files;
	size_t n;
	pthread_t thread;
	bool running;
	int result;
	struct error e;
};

static int read_some(struct surveyor *s, const struct walk_file *files, size_t n)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < n; i++)
		result = read_file(s, &files[i]);
	return result;
}

static void *read_share(void *data)
{
	struct reader *r = data;
	r->result = read_some(&r->surveyor, r->files, r->n);
	if (r->result == 0 && r->surveyor.starved)
		r->result = error_memory(&r->e);
	return NULL;
}

static int reader_open(struct reader *r, const struct surveyor *s, const struct walk_file *files,
		       size_t n)
{
	*r = (struct reader){.surveyor = *s, .files = files, .n = n, .text = buf_new(s->text->max)};
	r->surveyor.survey = &r->found;
	r->surveyor.remarks = &r->remarks;
	r->surveyor.text = &r->text;
	r->surveyor.e = &r->e;
	r->surveyor.used = calloc(s->options->n_rules + 1, sizeof *r->surveyor.used);
	return r->surveyor.used ? 0 : error_memory(s->e);
}

static void reader_close(struct reader *r)
{
	free(r->surveyor.used);
	buf_free(&r->text);
	survey_free(&r->found);
	free(r->remarks.list);
	arena_free(&r->remarks.strings);
}

static void tell_remarks(struct surveyor *s, const struct remarks *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct error e;
		const struct remark *remark = &r->list[i];
		error_at(&e, remark->status, remark->what, remark->detail, remark->line);
		warn(s, remark->path, &e);
	}
}

/* Takes over what a reader found. */
static int take_share(struct surveyor *s, struct reader *r)
{
	tell_remarks(s, &r->remarks);
	if (r->result != 0) {
		*s->e = r->e;
		return -1;
	}
	for (size_t i = 0; i < r->found.n; i++) {
		if (add_entry(s->survey, &r->found.list[i], s->e) != 0)
			return -1;
	}
	s->survey->read += r->found.read;
	arena_join(&s->survey->strings, &r->found.strings);
	for (size_t i = 0; i < s->options->n_rules; i++)
		s->used[i] = s->used[i] || r->surveyor.used[i];
	return 0;
}

/* Whoever wants to see each file is told of one at a time. */
static size_t count_readers(const struct surveyor *s, size_t files)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = processors > 1 ? (size_t)processors : 1, shares = files / SHARE_MIN + 1;
	n = n < READERS_MAX ? n : READERS_MAX;
	return s->options->seen ? 1 : n < shares ? n : shares;
}

static int read_files(struct surveyor *s, const struct walk *walk)
{
	struct reader readers[READERS_MAX];
	size_t n = count_readers(s, walk->n), opened = 0;
	int result = 0;
	if (n == 1)
		return read_some(s, walk->files, walk->n);
	for (size_t i = 0; result == 0 && i < n; i++) {
		size_t from = walk->n * i / n, end = walk->n * (i + 1) / n;
		result = reader_open(&readers[opened++], s, walk->files + from, end - from);
	}
	for (size_t i = 1; result == 0 && i < n; i++)
		readers[i].running =
			pthread_create(&readers[i].thread, NULL, read_share, &readers[i]) == 0;
	for (size_t i = 0; result == 0 && i < n; i++) {
		if (!readers[i].running)
			read_share(&readers[i]);
	}
	for (size_t i = 0; i < opened; i++) {
		if (readers[i].running)
			pthread_join(readers[i].thread, NULL);
	}
	for (size_t i = 0; i < opened; i++) {
		if (result == 0)
			result = take_share(s, &readers[i]);
		reader_close(&readers[i]);
	}
	return result;
}

static int read_root(struct surveyor *s, const char *root)
{
	struct walk walk;
	s->root = root;
	if (walk_corpus(&walk, root, warn, s, s->e) != 0)
		return -1;
	int result = read_files(s, &walk);
	walk_free(&walk);
	return result;
}

/* Roots may hold the same path: the first of them counts. */
static int drop_repeats(struct surveyor *s)
{
	struct survey *all = s->survey;
	const struct survey_entry **list = sorted(all);
	size_t n = 0;
	if (!list)
		return error_memory(s->e);
	for (size_t i = 1, first = 0; i < all->n; i++) {
		if (strcmp(list[i]->path, list[first]->path) != 0) {
			first = i;
			continue;
		}
		struct error why;
		error_set(&why, STATUS_INPUT, MSG_SAME_PATH, list[first]->root);
		s->root = list[i]->root;
		warn(s, list[i]->path, &why);
		all->list[list[i] - all->list].group = NULL;
	}
	free(list);
	for (size_t i = 0; i < all->n; i++) {
		if (all->list[i].group)
			all->list[n++] = all->list[i];
	}
	all->n = n;
	return 0;
}

/* ---- groups -------------------------------------------------------------------------------------
 */

static int by_group(const void *x, const void *y)
{
	const struct survey_entry *a = x, *b = y;
	int order = strcmp(a->group, b->group);
	if (order)
		return order;
	order = strcmp(a->path, b->path);
	return order ? order : strcmp(a->root, b->root);
}

/* Is a language that of a page of the group which knows its own? */
static bool is_taken(const struct survey_entry *group, size_t n, const struct language *l)
{
	for (size_t i = 0; i < n; i++) {
		if (!group[i].guess && group[i].language == l)
			return true;
	}
	return false;
}

/* page.md beside page.fr.md is not French, whatever words stand in it; and when only one language
 * is left it is no guess. */
void survey_settle(struct survey_entry *group, size_t n)
{
	const struct language *left = NULL;
	size_t taken = 0;
	for (size_t i = 0; i < n; i++) {
		group[i].language = group[i].heard;
		group[i].guess = group[i].voted;
	}
	for (size_t l = 0; l < language_count; l++) {
		if (is_taken(group, n, &languages[l]))
			taken++;
		else if (!left)
			left = &languages[l];
	}
	for (size_t i = 0; i < n; i++) {
		struct survey_entry *entry = &group[i];
		if (!entry->guess)
			continue;
		if (left && (!entry->language || is_taken(group, n, entry->language)))
			entry->language = left;
		else if (!entry->language)
			entry->language = &languages[0];
	}
	/* only now, since what is no guess takes its language */
	for (size_t i = 0; i < n; i++)
		group[i].guess = group[i].guess && !(left && taken + 1 == language_count);
}

static void settle_groups(struct survey *s)
{
	if (s->n)
		qsort(s->list, s->n, sizeof *s->list, by_group);
	for (size_t i = 0, end; i < s->n; i = end) {
		end = survey_group_end(s, i);
		survey_settle(s->list + i, end - i);
	}
}

size_t survey_group_end(const struct survey *s, size_t i)
{
	size_t end = i + 1;
	while (end < s->n && strcmp(s->list[i].group, s->list[end].group) == 0)
		end++;
	return end;
}

size_t survey_twin(const struct survey_entry *group, size_t n)
{
	size_t twin = 1;
	while (twin < n && group[twin].language == group[0].language)
		twin++;
	return twin < n ? twin : n;
}

/* Pages that share a key with one of their own language have no translation. */
static void warn_of_keys(struct surveyor *s)
{
	const struct survey *all = s->survey;
	for (size_t i = 0, end; i < all->n; i = end) {
		end = survey_group_end(all, i);
		const struct survey_entry *group = all->list + i;
		size_t n = end - i, twin = survey_twin(group, n);
		for (size_t k = 1; group[0].group[0] == 'k' && k < n; k++) {
			struct error why;
			if (k == twin)
				continue;
			error_set(&why, STATUS_INPUT, MSG_SAME_KEY, group[k].group + 1);
			s->root = group[k].root;
			warn(s, group[k].path, &why);
		}
	}
}

/* A rule that covers no page is most likely a slip of the pen. */
static void warn_of_rules(struct surveyor *s)
{
	struct error why;
	for (size_t i = 0; s->options->n_roots && i < s->options->n_rules; i++) {
		if (s->used[i])
			continue;
		s->root = s->options->roots[0];
		error_set(&why, STATUS_INPUT, MSG_LANG_OF_UNUSED, NULL);
		warn(s, s->options->rules[i].pattern, &why);
	}
}

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int read_roots(struct surveyor *s)
{
	const struct survey_options *o = s->options;
	int result = 0;
	for (size_t i = 0; result == 0 && i < o->n_roots; i++) {
		size_t before = s->survey->n;
		result = read_root(s, o->roots[i]);
		if (result == 0 && s->survey->n == before && o->empty)
			o->empty(o->data, i);
	}
	if (result == 0 && o->n_roots > 1)
		result = drop_repeats(s);
	if (result != 0)
		return -1;
	warn_of_rules(s);
	settle_groups(s->survey);
	warn_of_keys(s);
	return 0;
}

int survey_read(struct survey *s, const struct survey_options *options, struct buf *text,
		struct error *e)
{
	struct surveyor surveyor = {.survey = s,
				    .options = options,
				    .text = text,
				    .start = options->now ? options->now : now(),
				    .e = e};
	*s = (struct survey){0};
	surveyor.used = calloc(options->n_rules + 1, sizeof *surveyor.used);
	surveyor.known = options->known ? sorted(options->known) : NULL;
	int result = -1;
	if (surveyor.used && (surveyor.known || !options->known))
		result = read_roots(&surveyor);
	else
		error_memory(e);
	free(surveyor.used);
	free(surveyor.known);
	if (result != 0)
		survey_free(s);
	return result;
}

void survey_free(struct survey *s)
{
	arena_free(&s->strings);
	free(s->list);
	*s = (struct survey){0};
}

/* ---- from run to run ----------------------------------------------------------------------------
 *
 * An entry is thirteen hexadecimal numbers, each ended by a blank, and then the bytes of path and
 * group. */

enum number {
	ROOT,
	LANGUAGE,
	VOTED,
	SIZE,
	WRITTEN,
	MOVED,
	INODE,
	HASH,
	PASSAGES,
	INDEXED,
	PAIRED,
	PATH_N,
	GROUP_N,
	NUMBERS
};

void survey_distrust(struct survey_entry *entry)
{
	entry->stamp = (struct stamp){0};
	entry->hash = 0;
}

void survey_put_entry(struct buf *out, const struct survey_entry *y,
		      const struct survey_options *options)
{
	const uint64_t numbers[NUMBERS] = {[ROOT] = root_number(options, y->root),
					   [LANGUAGE] = y->heard ? language_index(y->heard)
								 : language_count,
					   [VOTED] = y->voted,
					   [SIZE] = (uint64_t)y->stamp.size,
					   [WRITTEN] = (uint64_t)y->stamp.written,
					   [MOVED] = (uint64_t)y->stamp.moved,
					   [INODE] = y->stamp.inode,
					   [HASH] = y->hash,
					   [PASSAGES] = y->passages,
					   [INDEXED] = y->indexed,
					   [PAIRED] = y->paired,
					   [PATH_N] = strlen(y->path),
					   [GROUP_N] = strlen(y->group)};
	for (size_t k = 0; k < NUMBERS; k++)
		buf_printf(out, "%" PRIx64 " ", numbers[k]);
	buf_puts(out, y->path);
	buf_puts(out, y->group);
}

int survey_remember(const struct survey *s, const struct survey_options *options, size_t piece,
		    int put(void *data, const char *bytes, size_t n, struct error *e), void *data,
		    struct error *e)
{
	struct buf out = buf_new(SIZE_MAX / 2);
	int result = 0;
	for (size_t i = 0; result == 0 && i < s->n; i++) {
		survey_put_entry(&out, &s->list[i], options);
		if (out.failed)
			result = error_memory(e);
		else if (out.n >= piece || i + 1 == s->n)
			result = put(data, out.s, out.n, e);
		if (out.n >= piece)
			buf_clear(&out);
	}
	buf_free(&out);
	return result;
}

static bool take_number(struct span *from, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < from->n; i++) {
		char c = from->s[i];
		if (c == ' ' && i > 0) {
			from->s += i + 1;
			from->n -= i + 1;
			return true;
		}
		if (i == 16 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		*number = *number << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return false;
}

bool survey_take_entry(struct span *from, const struct survey_options *o, struct arena *strings,
		       struct survey_entry *y)
{
	uint64_t n[NUMBERS];
	for (size_t k = 0; k < NUMBERS; k++) {
		if (!take_number(from, &n[k]))
			return false;
	}
	if (n[ROOT] >= o->n_roots || n[LANGUAGE] > language_count || n[PATH_N] > from->n ||
	    n[GROUP_N] > from->n - n[PATH_N])
		return false;
	*y = (struct survey_entry){
		.root = o->roots[n[ROOT]],
		.path = arena_copy(strings, from->s, n[PATH_N]),
		.group = arena_copy(strings, from->s + n[PATH_N], n[GROUP_N]),
		.heard = n[LANGUAGE] < language_count ? &languages[n[LANGUAGE]] : NULL,
		.voted = n[VOTED],
		.stamp = {(int64_t)n[SIZE], (int64_t)n[WRITTEN], (int64_t)n[MOVED], n[INODE]},
		.hash = n[HASH],
		.passages = (uint32_t)n[PASSAGES],
		.indexed = n[INDEXED],
		.paired = n[PAIRED]};
	from->s += n[PATH_N] + n[GROUP_N];
	from->n -= n[PATH_N] + n[GROUP_N];
	return true;
}

int survey_recall(struct survey *s, const struct survey_options *options, struct span piece,
		  struct error *e)
{
	while (piece.n) {
		struct survey_entry y;
		if (!survey_take_entry(&piece, options, &s->strings, &y))
			return error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, "files");
		if (add_entry(s, &y, e) != 0)
			return -1;
	}
	return 0;
}

void survey_recalled(struct survey *s)
{
	settle_groups(s);
}

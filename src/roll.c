#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file: of each group the number of its entries, and of each of these its length and its bytes
 * (survey_put_entry), all numbers 32 bits of the machine's own. */

/* What the builder fills in of a file. */
struct outcome {
	uint32_t passages;
	bool told, indexed, paired, distrusted;
};

struct roll {
	char *path;
	struct survey_options options;
	struct outcome *outcomes; /* of all files, in order */
	size_t n;
};

struct roll_reader {
	struct roll *roll;
	FILE *file;
	char *bytes; /* of an entry */
	size_t room; /* for them */
	struct arena strings;
	struct survey_entry *group;
	size_t n, cap;
	size_t first; /* of the group at hand among all files */
};

/* ---- writing ------------------------------------------------------------------------------------
 */

static bool put_number(FILE *f, size_t number)
{
	uint32_t n = (uint32_t)number;
	return number <= UINT32_MAX && fwrite(&n, sizeof n, 1, f) == 1;
}

static bool put_group(FILE *f, const struct roll *r, const struct survey_entry *group, size_t n,
		      struct buf *bytes)
{
	if (!put_number(f, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		buf_clear(bytes);
		survey_put_entry(bytes, &group[i], &r->options);
		if (bytes->failed || !put_number(f, bytes->n) ||
		    fwrite(bytes->s, 1, bytes->n, f) != bytes->n)
			return false;
	}
	return true;
}

static int put_all(const struct roll *r, const struct survey *s, struct error *e)
{
	FILE *f = fopen(r->path, "wxe");
	struct buf bytes = buf_new(SIZE_MAX / 2);
	bool good = f != NULL;
	for (size_t i = 0, end; good && i < s->n; i = end) {
		end = survey_group_end(s, i);
		good = put_group(f, r, s->list + i, end - i, &bytes);
	}
	int result = bytes.failed ? error_memory(e) : good ? 0 : error_system(e, r->path);
	buf_free(&bytes);
	if (f && fclose(f) != 0 && result == 0)
		result = error_system(e, r->path);
	return result;
}

struct roll *roll_write(const char *path, struct survey *s, const struct survey_options *options,
			struct error *e)
{
	struct roll *r = calloc(1, sizeof *r);
	char *copy = text_copy(path, strlen(path));
	struct outcome *outcomes = calloc(s->n + 1, sizeof *outcomes);
	if (!r || !copy || !outcomes) {
		free(r);
		free(copy);
		free(outcomes);
		error_memory(e);
		return NULL;
	}
	*r = (struct roll){.path = copy, .options = *options, .outcomes = outcomes, .n = s->n};
	if (put_all(r, s, e) != 0) {
		roll_free(r);
		return NULL;
	}
	survey_free(s);
	return r;
}

void roll_free(struct roll *r)
{
	if (!r)
		return;
	unlink(r->path);
	free(r->path);
	free(r->outcomes);
	free(r);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

struct roll_reader *roll_open(struct roll *r, struct error *e)
{
	struct roll_reader *reader = calloc(1, sizeof *reader);
	if (!reader) {
		error_memory(e);
		return NULL;
	}
	reader->roll = r;
	reader->file = fopen(r->path, "re");
	if (reader->file)
		return reader;
	error_system(e, r->path);
	roll_close(reader);
	return NULL;
}

void roll_close(struct roll_reader *r)
{
	if (!r)
		return;
	if (r->file)
		fclose(r->file);
	free(r->bytes);
	arena_free(&r->strings);
	free(r->group);
	free(r);
}

static int damaged(const struct roll_reader *r, struct error *e)
{
	return ferror(r->file) ? error_system(e, r->roll->path)
			       : error_set(e, STATUS_IO, MSG_XAP_IO, r->roll->path);
}

static bool take_number(struct roll_reader *r, size_t *number)
{
	uint32_t n;
	bool taken = fread(&n, sizeof n, 1, r->file) == 1;
	*number = taken ? n : 0;
	return taken;
}

static int take_entry(struct roll_reader *r, struct survey_entry *entry, struct error *e)
{
	size_t n;
	if (!take_number(r, &n))
		return damaged(r, e);
	if (n > r->room) {
		char *more = realloc(r->bytes, n);
		if (!more)
			return error_memory(e);
		r->bytes = more;
		r->room = n;
	}
	if (fread(r->bytes, 1, n, r->file) != n)
		return damaged(r, e);
	struct span bytes = {r->bytes, n};
	if (!survey_take_entry(&bytes, &r->roll->options, &r->strings, entry))
		return damaged(r, e);
	return entry->path && entry->group ? 0 : error_memory(e);
}

/* Room for so many entries; -1 when memory is out. */
static int make_room(struct roll_reader *r, size_t n, struct error *e)
{
	if (n <= r->cap)
		return 0;
	struct survey_entry *group = realloc(r->group, n * sizeof *group);
	if (!group)
		return error_memory(e);
	r->group = group;
	r->cap = n;
	return 0;
}

int roll_next(struct roll_reader *r, struct survey_entry **group, size_t *n, struct error *e)
{
	r->first += r->n;
	r->n = *n = 0;
	arena_free(&r->strings);
	if (r->first == r->roll->n)
		return 0;
	size_t more;
	if (!take_number(r, &more) || !more || more > r->roll->n - r->first)
		return damaged(r, e);
	if (make_room(r, more, e) != 0)
		return -1;
	for (size_t i = 0; i < more; i++) {
		if (take_entry(r, &r->group[i], e) != 0)
			return -1;
	}
	survey_settle(r->group, more);
	*group = r->group;
	*n = r->n = more;
	return 0;
}

void roll_keep(struct roll_reader *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct survey_entry *y = &r->group[i];
		r->roll->outcomes[r->first + i] = (struct outcome){.passages = y->passages,
								   .told = true,
								   .indexed = y->indexed,
								   .paired = y->paired,
								   .distrusted = !y->hash};
	}
}

/* ---- what came of it ----------------------------------------------------------------------------
 */

struct roll_outcome roll_outcome(const struct roll *r)
{
	struct roll_outcome all = {0};
	for (size_t i = 0; i < r->n; i++) {
		const struct outcome *o = &r->outcomes[i];
		all.indexed += o->indexed;
		all.passages += o->indexed ? o->passages : 0;
		all.paired += o->indexed && o->paired;
	}
	return all;
}

static void recall_outcome(const struct outcome *o, struct survey_entry *y)
{
	if (!o->told)
		return;
	y->passages = o->passages;
	y->indexed = o->indexed;
	y->paired = o->paired;
	if (o->distrusted)
		survey_distrust(y);
}

/* Adds the entries of the group at hand, as the next run is to know them. */
static void put_outcomes(const struct roll_reader *r, struct buf *out)
{
	for (size_t i = 0; i < r->n; i++) {
		recall_outcome(&r->roll->outcomes[r->first + i], &r->group[i]);
		survey_put_entry(out, &r->group[i], &r->roll->options);
	}
}

int roll_remember(struct roll *r, size_t piece,
		  int put(void *data, const char *bytes, size_t n, struct error *e), void *data,
		  struct error *e)
{
	struct buf out = buf_new(SIZE_MAX / 2);
	struct roll_reader *reader = roll_open(r, e);
	int result = reader ? 0 : -1;
	for (size_t n = 1; result == 0 && n;) {
		struct survey_entry *group;
		result = roll_next(reader, &group, &n, e);
		if (result == 0)
			put_outcomes(reader, &out);
		if (result == 0 && out.failed)
			result = error_memory(e);
		if (result == 0 && out.n && (out.n >= piece || !n)) {
			result = put(data, out.s, out.n, e);
			buf_clear(&out);
		}
	}
	roll_close(reader);
	buf_free(&out);
	return result;
}

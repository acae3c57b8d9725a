#include "ranks.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queue.h"

enum { NAME_MAX_BYTES = 4096 };

struct entry {
	uint32_t id, n;
	uint32_t at; /* in the texts */
};

struct ranks {
	char folder[NAME_MAX_BYTES];
	char *texts; /* half of RANKS_BYTES, of which so many are used */
	size_t used;
	struct entry *list; /* the other half; n of them */
	size_t n;
	size_t first, files; /* runs that lie in files: numbers from first to before files */
};

/* A string and what it stands for, in a file and at hand. */
struct head {
	uint32_t id, n;
};

struct run {
	FILE *f;
	struct head head;
	char *s;
	size_t size;
};

static void file_name(const struct ranks *r, size_t number, char out[NAME_MAX_BYTES + 32])
{
	snprintf(out, NAME_MAX_BYTES + 32, "%s/ranks.%zu", r->folder, number);
}

static void drop_file(const struct ranks *r, size_t number)
{
	char name[NAME_MAX_BYTES + 32];
	file_name(r, number, name);
	unlink(name);
}

struct ranks *ranks_new(const char *folder, struct error *e)
{
	struct ranks *r = calloc(1, sizeof *r);
	if (r && strlen(folder) >= sizeof r->folder) {
		ranks_free(r);
		error_set(e, STATUS_LIMIT, MSG_XAP_LONG, folder);
		return NULL;
	}
	if (r) {
		strcpy(r->folder, folder);
		r->texts = malloc(RANKS_BYTES / 2);
		r->list = malloc(RANKS_BYTES / 2);
	}
	if (!r || !r->texts || !r->list) {
		ranks_free(r);
		error_memory(e);
		return NULL;
	}
	return r;
}

void ranks_free(struct ranks *r)
{
	if (!r)
		return;
	for (size_t i = r->first; i < r->files; i++)
		drop_file(r, i);
	free(r->texts);
	free(r->list);
	free(r);
}

static int compare(const char *a, size_t a_n, const char *b, size_t b_n)
{
	int difference = memcmp(a, b, a_n < b_n ? a_n : b_n);
	return difference ? difference : (a_n > b_n) - (a_n < b_n);
}

static int by_text(const void *x, const void *y, void *texts)
{
	const struct entry *a = x, *b = y;
	const char *s = texts;
	return compare(s + a->at, a->n, s + b->at, b->n);
}

static void sort(struct ranks *r)
{
	qsort_r(r->list, r->n, sizeof *r->list, by_text, r->texts);
}

static bool put(FILE *f, struct head head, const char *s)
{
	return fwrite(&head, sizeof head, 1, f) == 1 && fwrite(s, 1, head.n, f) == head.n;
}

/* Ends a file that was written; false when not all of it was. */
static bool finish(FILE *f, bool good)
{
	return (fclose(f) == 0) & good;
}

/* Makes a file of what is in memory. */
static int spill(struct ranks *r, struct error *e)
{
	char name[NAME_MAX_BYTES + 32];
	file_name(r, r->files, name);
	FILE *f = fopen(name, "we");
	if (!f)
		return error_system(e, name);
	r->files++;
	sort(r);
	bool good = true;
	for (size_t i = 0; i < r->n && good; i++)
		good = put(f, (struct head){r->list[i].id, r->list[i].n}, r->texts + r->list[i].at);
	if (!finish(f, good))
		return error_system(e, name);
	r->n = r->used = 0;
	return 0;
}

/* ---- merging ------------------------------------------------------------------------------------
 */

static int by_string(const void *x, const void *y)
{
	const struct run *a = x, *b = y;
	return compare(a->s, a->head.n, b->s, b->head.n);
}

/* 1 with the next string at hand, 0 at the end, or -1. */
static int next(struct run *run, struct error *e)
{
	if (fread(&run->head, sizeof run->head, 1, run->f) != 1)
		return ferror(run->f) ? error_system(e, "ranks") : 0;
	if (run->head.n > run->size) {
		char *s = realloc(run->s, 2 * (size_t)run->head.n);
		if (!s)
			return error_memory(e);
		run->s = s;
		run->size = 2 * (size_t)run->head.n;
	}
	if (fread(run->s, 1, run->head.n, run->f) != run->head.n)
		return error_system(e, "ranks");
	return 1;
}

static int advance(struct queue *q, struct run *run, struct error *e)
{
	int more = next(run, e);
	if (more == 1)
		queue_put(q, run);
	return more < 0 ? -1 : 0;
}

typedef int string_sink(void *data, const struct run *run, struct error *e);

static int merge_runs(struct queue *q, string_sink *sink, void *data, struct error *e)
{
	for (struct run *run; (run = queue_take(q));) {
		if (sink(data, run, e) != 0 || advance(q, run, e) != 0)
			return -1;
	}
	return 0;
}

/* Gives away all strings in the files, in order, and drops the files. */
static int merge(struct ranks *r, string_sink *sink, void *data, struct error *e)
{
	size_t n = r->files - r->first, opened = 0;
	struct run *runs = calloc(n, sizeof *runs);
	struct queue q = {.list = calloc(n, sizeof *q.list), .order = by_string};
	int result = runs && q.list ? 0 : error_memory(e);
	for (; result == 0 && opened < n; opened++) {
		char name[NAME_MAX_BYTES + 32];
		file_name(r, r->first + opened, name);
		runs[opened].f = fopen(name, "re");
		if (!runs[opened].f) {
			result = error_system(e, name);
			break;
		}
		result = advance(&q, &runs[opened], e);
	}
	if (result == 0)
		result = merge_runs(&q, sink, data, e);
	for (size_t i = 0; i < opened; i++) {
		fclose(runs[i].f);
		free(runs[i].s);
	}
	free(runs);
	free(q.list);
	for (; result == 0 && n; n--)
		drop_file(r, r->first++);
	return result;
}

static int to_file(void *data, const struct run *run, struct error *e)
{
	return put(data, run->head, run->s) ? 0 : error_system(e, "ranks");
}

/* Makes one file of all. */
static int merge_files(struct ranks *r, struct error *e)
{
	char name[NAME_MAX_BYTES + 32];
	file_name(r, r->files, name);
	FILE *f = fopen(name, "we");
	if (!f)
		return error_system(e, name);
	int result = merge(r, to_file, f, e);
	if (!finish(f, true) && result == 0)
		result = error_system(e, name);
	if (result == 0)
		r->files++;
	else
		unlink(name);
	return result;
}

int ranks_add(struct ranks *r, const char *s, size_t n, uint32_t id, struct error *e)
{
	if (n > RANKS_BYTES / 4)
		return error_set(e, STATUS_LIMIT, MSG_XAP_LONG, "(order)");
	bool full = r->used + n > RANKS_BYTES / 2 || r->n == RANKS_BYTES / 2 / sizeof *r->list;
	if (full &&
	    (spill(r, e) != 0 || (r->files - r->first == RANKS_FILES && merge_files(r, e) != 0)))
		return -1;
	memcpy(r->texts + r->used, s, n);
	r->list[r->n++] = (struct entry){id, (uint32_t)n, (uint32_t)r->used};
	r->used += n;
	return 0;
}

/* ---- telling ------------------------------------------------------------------------------------
 */

struct telling {
	void (*take)(void *data, uint32_t id, uint32_t rank);
	void *data;
	uint32_t rank;
	char *last; /* string, of that rank */
	size_t last_n, size;
};

static int tell(struct telling *t, const char *s, size_t n, uint32_t id, struct error *e)
{
	if (!t->rank || compare(s, n, t->last, t->last_n) != 0) {
		if (n >= t->size) {
			char *last = realloc(t->last, 2 * n + 1);
			if (!last)
				return error_memory(e);
			t->last = last;
			t->size = 2 * n + 1;
		}
		memcpy(t->last, s, n);
		t->last_n = n;
		t->rank++;
	}
	t->take(t->data, id, t->rank);
	return 0;
}

static int to_telling(void *data, const struct run *run, struct error *e)
{
	return tell(data, run->s, run->head.n, run->head.id, e);
}

int ranks_tell(struct ranks *r, void (*take)(void *data, uint32_t id, uint32_t rank), void *data,
	       struct error *e)
{
	struct telling t = {.take = take, .data = data};
	int result = 0;
	if (r->files) {
		result = spill(r, e) != 0 ? -1 : merge(r, to_telling, &t, e);
	} else {
		sort(r);
		for (size_t i = 0; i < r->n && result == 0; i++)
			result = tell(&t, r->texts + r->list[i].at, r->list[i].n, r->list[i].id, e);
	}
	free(t.last);
	return result;
}

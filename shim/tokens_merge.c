/* tokens_merge.c - many blocks of tokens become one; see tokens.h.
 *
 * A part's numbers of terms are its own. So first the sorted terms of all are merged, and of each
 * part it is written down which of its numbers became which term; then, as it is known how often
 * each was met, the terms get their numbers, and the streams are copied with these. A part's file
 * is open only while some of it is read: there may be more of them than a process may hold open. */
#include "tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queue.h"
#include "text.h"

enum { WINDOW = 8192, MAP_MAX = 1024 };

/* Bytes of a file from one place to another, some at a time. */
struct window {
	const char *path;
	uint64_t at, end;
	size_t n, taken;
	unsigned char bytes[WINDOW];
};

/* Of a part a number, and the term that has it. */
struct mapping {
	uint32_t number, term;
};

struct part {
	const struct tokens_source *from;
	struct tokens_trailer is;
	struct window starts, numbers, counts, bytes; /* of its terms */
	uint32_t n;				      /* terms taken, the one at hand among them */
	uint32_t number, count, end; /* of the one at hand; end: where its bytes do */
	struct buf term;
	uint32_t *recounted; /* how often each number stands in documents that are kept; NULL: as
				the part says */
	char *map_path;
	struct mapping map[MAP_MAX]; /* not yet written */
	size_t n_map;
	bool mapped; /* something was written */
};

struct merger {
	struct part *parts;
	size_t n;
	struct queue queue;
	uint32_t documents, next; /* next: the document of the whole that comes next */
	const uint64_t *kept;
	struct tokens_pen *pen;
	uint32_t *counts, *ranks; /* of the terms in their order; a rank is a term's number */
	size_t n_terms, cap_terms;
	uint32_t *numbers; /* of the part at hand: its numbers -> the whole's */
	struct error *e;
};

/* ---- reading files ------------------------------------------------------------------------------
 */

static int read_at(const char *path, void *bytes, size_t n, uint64_t at, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_system(e, path);
	size_t done = 0;
	while (done < n) {
		ssize_t some = pread(fd, (char *)bytes + done, n - done, (off_t)(at + done));
		if (some > 0)
			done += (size_t)some;
		else if (some == 0 || errno != EINTR)
			break;
	}
	int result = done == n ? 0 : error_system(e, path);
	close(fd);
	return result;
}

static struct window window_on(const struct part *p, uint64_t at, uint64_t n)
{
	return (struct window){
		.path = p->from->path, .at = p->from->at + at, .end = p->from->at + at + n};
}

static int damaged(const char *path, struct error *e)
{
	return error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path);
}

static int refill(struct window *w, struct error *e)
{
	uint64_t left = w->end - w->at;
	size_t n = left < WINDOW ? (size_t)left : WINDOW;
	if (!n)
		return damaged(w->path, e);
	if (read_at(w->path, w->bytes, n, w->at, e) != 0)
		return -1;
	w->at += n;
	w->n = n;
	w->taken = 0;
	return 0;
}

static inline int take_byte(struct window *w, unsigned char *byte, struct error *e)
{
	if (w->taken == w->n && refill(w, e) != 0)
		return -1;
	*byte = w->bytes[w->taken++];
	return 0;
}

static int take(struct window *w, void *out, size_t n, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		if (take_byte(w, (unsigned char *)out + i, e) != 0)
			return -1;
	}
	return 0;
}

static void skip(struct window *w, uint64_t n)
{
	uint64_t here = w->n - w->taken;
	w->taken += (size_t)(n < here ? n : here);
	if (n > here)
		w->at = n - here < w->end - w->at ? w->at + (n - here) : w->end;
}

static int take_place(struct window *w, uint64_t *place, struct error *e)
{
	unsigned char bytes[TOKENS_PLACE];
	if (take(w, bytes, sizeof bytes, e) != 0)
		return -1;
	*place = tokens_place(bytes);
	return 0;
}

static int take_number(struct window *w, uint64_t *number, struct error *e)
{
	unsigned char byte = 128;
	*number = 0;
	for (unsigned shift = 0; byte & 128; shift += 7) {
		if (take_byte(w, &byte, e) != 0)
			return -1;
		if (shift > 28)
			return damaged(w->path, e);
		*number |= (uint64_t)(byte & 127) << shift;
	}
	return 0;
}

int tokens_trailer_of(const struct tokens_source *s, struct tokens_trailer *t, struct error *e)
{
	if (s->n < sizeof *t)
		return damaged(s->path, e);
	const uint64_t before = s->n - sizeof *t;
	if (read_at(s->path, t, sizeof *t, s->at + before, e) != 0)
		return -1;
	return tokens_check(t, before) ? 0 : damaged(s->path, e);
}

static int part_open(struct part *p, struct error *e)
{
	if (tokens_trailer_of(p->from, &p->is, e) != 0)
		return -1;
	p->starts = window_on(p, p->is.term_starts, ((uint64_t)p->is.terms + 1) * 4);
	p->numbers = window_on(p, p->is.numbers, (uint64_t)p->is.terms * 4);
	p->counts = window_on(p, p->is.counts, (uint64_t)p->is.terms * 4);
	p->bytes = window_on(p, p->is.term_bytes, p->is.term_bytes_n);
	return take(&p->starts, &p->end, sizeof p->end, e);
}

/* ---- streams ------------------------------------------------------------------------------------
 */

static bool is_kept(const struct merger *m, int64_t document)
{
	if (document < 1 || document > m->documents)
		return false;
	return !m->kept || m->kept[document / 64] >> document % 64 & 1;
}

/* What is done with a document that is kept, and with each token of it. */
struct copyist {
	int (*document)(struct merger *m, uint32_t document);
	int (*token)(struct merger *m, struct part *p, uint32_t number, bool stop,
		     enum token_place place);
};

static int copy_stream(struct merger *m, struct part *p, struct window *w, uint64_t length,
		       const struct copyist *to)
{
	enum token_place place = TOKEN_NEXT;
	const uint64_t end = w->at - w->n + w->taken + length;
	while (w->at - w->n + w->taken < end) {
		uint64_t token;
		if (take_number(w, &token, m->e) != 0)
			return -1;
		if (token < TOKENS_FIRST_TERM) {
			place = token == TOKENS_MARK_SAME ? TOKEN_SAME : TOKEN_BREAK;
			continue;
		}
		uint64_t number = (token - TOKENS_FIRST_TERM) / 2;
		if (number >= p->is.terms)
			return damaged(w->path, m->e);
		if (to->token(m, p, (uint32_t)number, token & 1, place) != 0)
			return -1;
		place = TOKEN_NEXT;
	}
	return 0;
}

static int copy_streams(struct merger *m, struct part *p, const struct copyist *to)
{
	struct window starts = window_on(p, p->is.starts,
					 ((uint64_t)p->is.documents + 1) * TOKENS_PLACE),
		      streams = window_on(p, p->is.streams, p->is.streams_n);
	uint64_t start, next;
	if (take_place(&starts, &start, m->e) != 0)
		return -1;
	for (uint32_t i = 1; i <= p->is.documents; i++, start = next) {
		const int64_t document = i + p->from->shift;
		if (take_place(&starts, &next, m->e) != 0)
			return -1;
		if (next < start || next > p->is.streams_n)
			return damaged(p->from->path, m->e);
		if (!is_kept(m, document)) {
			skip(&streams, next - start);
			continue;
		}
		if (to->document(m, (uint32_t)document) != 0 ||
		    copy_stream(m, p, &streams, next - start, to) != 0)
			return -1;
	}
	return 0;
}

static int count_document(struct merger *m, uint32_t document)
{
	(void)m, (void)document;
	return 0;
}

static int count_token(struct merger *m, struct part *p, uint32_t number, bool stop,
		       enum token_place place)
{
	(void)m, (void)stop, (void)place;
	p->recounted[number] += p->recounted[number] < UINT32_MAX;
	return 0;
}

/* Where some documents were dropped, some terms may be gone. */
static int recount(struct merger *m, struct part *p)
{
	static const struct copyist counting = {count_document, count_token};
	p->recounted = calloc((size_t)p->is.terms + 1, sizeof *p->recounted);
	return p->recounted ? copy_streams(m, p, &counting) : error_memory(m->e);
}

/* ---- terms --------------------------------------------------------------------------------------
 */

static int by_term(const void *x, const void *y)
{
	const struct buf *a = &((const struct part *)x)->term, *b = &((const struct part *)y)->term;
	return span_order((struct span){a->s, a->n}, (struct span){b->s, b->n});
}

/* The bytes of the next term. */
static int take_term(struct part *p, struct error *e)
{
	char bytes[256];
	uint32_t start = p->end;
	if (take(&p->starts, &p->end, sizeof p->end, e) != 0)
		return -1;
	if (p->end < start || p->end - start > sizeof bytes)
		return damaged(p->from->path, e);
	buf_clear(&p->term);
	if (take(&p->bytes, bytes, p->end - start, e) != 0)
		return -1;
	buf_add(&p->term, bytes, p->end - start);
	return p->term.failed || !p->term.n ? error_memory(e) : 0;
}

/* Moves a part on to its next term that stands somewhere, and puts it in the queue. */
static int advance(struct merger *m, struct part *p)
{
	do {
		if (p->n == p->is.terms)
			return 0;
		p->n++;
		if (take_term(p, m->e) != 0 ||
		    take(&p->numbers, &p->number, sizeof p->number, m->e) != 0 ||
		    take(&p->counts, &p->count, sizeof p->count, m->e) != 0)
			return -1;
		if (p->number >= p->is.terms)
			return damaged(p->from->path, m->e);
		if (p->recounted)
			p->count = p->recounted[p->number];
	} while (!p->count);
	queue_put(&m->queue, p);
	return 0;
}

static int flush_map(struct part *p, struct error *e)
{
	if (!p->n_map)
		return 0;
	FILE *f = fopen(p->map_path, "ae");
	bool good = f && fwrite(p->map, sizeof *p->map, p->n_map, f) == p->n_map;
	int result = good ? 0 : error_system(e, p->map_path);
	if (f && fclose(f) != 0 && result == 0)
		result = error_system(e, p->map_path);
	p->n_map = 0;
	p->mapped = true;
	return result;
}

static int put_mapping(struct part *p, uint32_t term, struct error *e)
{
	if (p->n_map == MAP_MAX && flush_map(p, e) != 0)
		return -1;
	p->map[p->n_map++] = (struct mapping){p->number, term};
	return 0;
}

/* One more term of the whole; how often it is met is yet to be added up. */
static int begin_term(struct merger *m, const struct buf *term)
{
	if (m->n_terms == m->cap_terms) {
		size_t cap = m->cap_terms ? 2 * m->cap_terms : 4096;
		uint32_t *counts = realloc(m->counts, cap * sizeof *counts);
		if (!counts)
			return error_memory(m->e);
		m->counts = counts;
		m->cap_terms = cap;
	}
	m->counts[m->n_terms++] = 0;
	return tokens_term(m->pen, term->s, term->n, 0, 0, m->e);
}

static int merge_terms(struct merger *m)
{
	struct buf last = buf_new(SIZE_MAX / 2);
	int result = 0;
	for (struct part *p; result == 0 && (p = queue_take(&m->queue));) {
		bool same =
			m->n_terms && last.n == p->term.n && memcmp(last.s, p->term.s, last.n) == 0;
		if (!same) {
			buf_clear(&last);
			buf_add(&last, p->term.s, p->term.n);
			result = last.failed ? error_memory(m->e) : begin_term(m, &p->term);
		}
		if (result != 0)
			break;
		uint32_t term = (uint32_t)m->n_terms - 1, left = UINT32_MAX - m->counts[term];
		m->counts[term] += p->count < left ? p->count : left;
		result = put_mapping(p, term, m->e) != 0 ? -1 : advance(m, p);
	}
	for (size_t i = 0; result == 0 && i < m->n; i++)
		result = flush_map(&m->parts[i], m->e);
	buf_free(&last);
	return result;
}

static int by_number(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return (a < b) - (a > b);
}

/* Numbers the terms, those met most often first. */
static int number_terms(struct merger *m)
{
	uint64_t *order = malloc((m->n_terms + 1) * sizeof *order);
	m->ranks = malloc((m->n_terms + 1) * sizeof *m->ranks);
	if (!order || !m->ranks) {
		free(order);
		return error_memory(m->e);
	}
	for (size_t i = 0; i < m->n_terms; i++)
		order[i] = (uint64_t)m->counts[i] << 32 | (UINT32_MAX - (uint32_t)i);
	qsort(order, m->n_terms, sizeof *order, by_number);
	for (size_t i = 0; i < m->n_terms; i++)
		m->ranks[UINT32_MAX - (uint32_t)order[i]] = (uint32_t)i;
	free(order);
	tokens_number(m->pen, m->ranks, m->counts);
	return 0;
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

/* A document of the whole that is in no part has no words. */
static int put_document(struct merger *m, uint32_t document)
{
	if (document < m->next) /* parts overlap */
		return error_set(m->e, STATUS_BUG, MSG_BUG, "tokens");
	for (; m->next <= document; m->next++) {
		if (tokens_document(m->pen, m->e) != 0)
			return -1;
	}
	return 0;
}

static int put_token(struct merger *m, struct part *p, uint32_t number, bool stop,
		     enum token_place place)
{
	uint32_t term = m->numbers[number];
	if (term == TOKENS_NONE)
		return damaged(p->from->path, m->e);
	return tokens_put(m->pen, term, stop, place, m->e);
}

/* Reads what the part's numbers became. */
static int read_map(struct merger *m, const struct part *p)
{
	free(m->numbers);
	m->numbers = malloc(((size_t)p->is.terms + 1) * sizeof *m->numbers);
	if (!m->numbers)
		return error_memory(m->e);
	memset(m->numbers, 0xFF, ((size_t)p->is.terms + 1) * sizeof *m->numbers);
	if (!p->mapped)
		return 0;
	FILE *f = fopen(p->map_path, "re");
	struct mapping one;
	while (f && fread(&one, sizeof one, 1, f) == 1)
		m->numbers[one.number] = m->ranks[one.term];
	int result = f && !ferror(f) ? 0 : error_system(m->e, p->map_path);
	if (f)
		fclose(f);
	return result;
}

static int write_streams(struct merger *m)
{
	static const struct copyist copying = {put_document, put_token};
	m->next = 1;
	for (size_t i = 0; i < m->n; i++) {
		if (read_map(m, &m->parts[i]) != 0 || copy_streams(m, &m->parts[i], &copying) != 0)
			return -1;
	}
	return m->next <= m->documents ? put_document(m, m->documents) : 0;
}

static int merge_all(struct merger *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct part *p = &m->parts[i];
		if (part_open(p, m->e) != 0 || (m->kept && recount(m, p) != 0) ||
		    advance(m, p) != 0)
			return -1;
	}
	if (merge_terms(m) != 0 || number_terms(m) != 0)
		return -1;
	return write_streams(m) != 0 ? -1 : tokens_finish(m->pen, m->e);
}

static void merger_free(struct merger *m)
{
	for (size_t i = 0; m->parts && i < m->n; i++) {
		struct part *p = &m->parts[i];
		if (p->map_path)
			unlink(p->map_path);
		free(p->map_path);
		free(p->recounted);
		buf_free(&p->term);
	}
	free(m->parts);
	free(m->queue.list);
	free(m->counts);
	free(m->ranks);
	free(m->numbers);
	tokens_pen_free(m->pen);
}

static int merger_open(struct merger *m, const struct tokens_source *list, size_t n,
		       const char *scratch)
{
	m->parts = calloc(n + 1, sizeof *m->parts);
	m->queue = (struct queue){.list = calloc(n + 1, sizeof *m->queue.list), .order = by_term};
	if (!m->parts || !m->queue.list)
		return error_memory(m->e);
	for (; m->n < n; m->n++) {
		struct part *p = &m->parts[m->n];
		p->from = &list[m->n];
		p->term = buf_new(SIZE_MAX / 2);
		if (asprintf(&p->map_path, "%s/map.%zu", scratch, m->n) < 0) {
			p->map_path = NULL;
			return error_memory(m->e);
		}
	}
	return 0;
}

int tokens_merge(const struct tokens_source *list, size_t n, uint32_t documents,
		 const uint64_t *kept, const char *scratch, tokens_sink *sink, void *data,
		 struct error *e)
{
	struct merger m = {.documents = documents, .kept = kept, .e = e};
	m.pen = tokens_pen_new(sink, data, e);
	int result = m.pen && merger_open(&m, list, n, scratch) == 0 ? merge_all(&m) : -1;
	merger_free(&m);
	return result;
}

#include "tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "posting.h"

enum { PLACE_BITS = 8 * TOKENS_PLACE };

static const char magic[8] = "tokens";

/* ---- writing ------------------------------------------------------------------------------------
 */

struct tokens_pen {
	tokens_sink *sink;
	void *data;
	FILE *file; /* of tokens_pen_file */
	char *path;
	uint64_t at; /* bytes of the block so far */
	uint64_t streams, streams_end, term_bytes, term_bytes_end;
	struct buf starts; /* TOKENS_PLACE bytes each */
	struct buf term_starts, numbers, counts;
	uint32_t documents, terms;
};

struct tokens_pen *tokens_pen_new(tokens_sink *sink, void *data, struct error *e)
{
	struct tokens_pen *p = calloc(1, sizeof *p);
	if (!p) {
		error_memory(e);
		return NULL;
	}
	p->sink = sink;
	p->data = data;
	p->starts = p->term_starts = p->numbers = p->counts = buf_new(SIZE_MAX / 2);
	return p;
}

static int to_file(void *data, const char *bytes, size_t n, struct error *e)
{
	const struct tokens_pen *p = data;
	return fwrite_unlocked(bytes, 1, n, p->file) == n ? 0 : error_system(e, p->path);
}

struct tokens_pen *tokens_pen_file(const char *path, struct error *e)
{
	struct tokens_pen *p = tokens_pen_new(to_file, NULL, e);
	if (!p)
		return NULL;
	p->data = p;
	p->path = text_copy(path, strlen(path));
	p->file = p->path ? fopen(path, "wxe") : NULL;
	if (p->file)
		return p;
	if (p->path)
		error_system(e, path);
	else
		error_memory(e);
	tokens_pen_free(p);
	return NULL;
}

void tokens_pen_free(struct tokens_pen *p)
{
	if (!p)
		return;
	if (p->file)
		fclose(p->file);
	free(p->path);
	buf_free(&p->starts);
	buf_free(&p->term_starts);
	buf_free(&p->numbers);
	buf_free(&p->counts);
	free(p);
}

static int put(struct tokens_pen *p, const char *s, size_t n, struct error *e)
{
	p->at += n;
	return n ? p->sink(p->data, s, n, e) : 0;
}

static int align(struct tokens_pen *p, struct error *e)
{
	static const char zeros[8] = {0};
	return put(p, zeros, (8 - p->at % 8) % 8, e);
}

static void put_place(struct buf *out, uint64_t place)
{
	for (unsigned i = 0; i < TOKENS_PLACE; i++)
		buf_putc(out, (char)(place >> 8 * i));
}

int tokens_document(struct tokens_pen *p, struct error *e)
{
	if (!p->documents)
		p->streams = p->at;
	if ((p->at - p->streams) >> PLACE_BITS || p->documents == INT32_MAX)
		return error_set(e, STATUS_LIMIT, MSG_XAP_LONG, "(tokens)");
	p->documents++;
	p->streams_end = p->at;
	put_place(&p->starts, p->at - p->streams);
	return p->starts.failed ? error_memory(e) : 0;
}

int tokens_put(struct tokens_pen *p, uint32_t term, bool stop, enum token_place place,
	       struct error *e)
{
	char bytes[1 + PACK_MAX];
	size_t n = 0;
	if (place != TOKEN_NEXT)
		bytes[n++] = place == TOKEN_BREAK ? TOKENS_MARK_BREAK : TOKENS_MARK_SAME;
	n += pack(bytes + n, TOKENS_FIRST_TERM + 2 * (uint64_t)term + stop);
	int result = put(p, bytes, n, e);
	p->streams_end = p->at;
	return result;
}

static void put_32(struct buf *out, uint32_t number)
{
	buf_add(out, (const char *)&number, sizeof number);
}

int tokens_term(struct tokens_pen *p, const char *bytes, size_t n, uint32_t number, uint32_t count,
		struct error *e)
{
	if (!p->terms)
		p->term_bytes = p->at;
	if (p->terms == TOKENS_MAX || p->at + n - p->term_bytes > UINT32_MAX)
		return error_set(e, STATUS_LIMIT, MSG_XAP_LONG, "(tokens)");
	p->terms++;
	put_32(&p->term_starts, (uint32_t)(p->at - p->term_bytes));
	put_32(&p->numbers, number);
	put_32(&p->counts, count);
	if (p->term_starts.failed || p->numbers.failed || p->counts.failed)
		return error_memory(e);
	int result = put(p, bytes, n, e);
	p->term_bytes_end = p->at;
	return result;
}

void tokens_number(struct tokens_pen *p, const uint32_t *numbers, const uint32_t *counts)
{
	if (!p->terms)
		return;
	memcpy(p->numbers.s, numbers, p->terms * sizeof *numbers);
	memcpy(p->counts.s, counts, p->terms * sizeof *counts);
}

/* ---- documents ----------------------------------------------------------------------------------
 */

static int by_position(const void *x, const void *y, void *data)
{
	const struct posting_place *places = data;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	if (places[a].position != places[b].position)
		return places[a].position < places[b].position ? -1 : 1;
	return (a > b) - (a < b);
}

static bool in_order(const struct xap_document *d)
{
	for (size_t i = 1; i < d->n_places; i++) {
		if (d->places[i].position < d->places[i - 1].position)
			return false;
	}
	return true;
}

static int put_place_of(struct tokens_pen *p, const struct posting_place *place, uint32_t *before,
			const uint32_t *numbers, struct error *e)
{
	enum token_place how = place->position == *before	? TOKEN_SAME
			       : place->position == *before + 1 ? TOKEN_NEXT
								: TOKEN_BREAK;
	*before = place->position;
	return tokens_put(p, numbers[place->term], !place->late, how, e);
}

int tokens_add(struct tokens_pen *p, const struct xap_document *d, const uint32_t *numbers,
	       struct error *e)
{
	uint32_t before = 0, *order = NULL;
	int result = tokens_document(p, e);
	if (result == 0 && !in_order(d)) {
		order = malloc(d->n_places * sizeof *order);
		for (size_t i = 0; order && i < d->n_places; i++)
			order[i] = (uint32_t)i;
		if (!order)
			return error_memory(e);
		qsort_r(order, d->n_places, sizeof *order, by_position, d->places);
	}
	for (size_t i = 0; result == 0 && i < d->n_places; i++) {
		const struct posting_place *place = &d->places[order ? order[i] : i];
		if (place->position)
			result = put_place_of(p, place, &before, numbers, e);
	}
	free(order);
	return result;
}

/* Writes an array where arrays may stand; *at is where. */
static int put_array(struct tokens_pen *p, const struct buf *array, uint64_t *at, struct error *e)
{
	if (array->failed)
		return error_memory(e);
	if (align(p, e) != 0)
		return -1;
	*at = p->at;
	return put(p, array->s, array->n, e);
}

int tokens_finish(struct tokens_pen *p, struct error *e)
{
	struct tokens_trailer t = {.streams = p->streams,
				   .streams_n = p->streams_end - p->streams,
				   .term_bytes = p->term_bytes,
				   .term_bytes_n = p->term_bytes_end - p->term_bytes,
				   .documents = p->documents,
				   .terms = p->terms};
	memcpy(t.magic, magic, sizeof magic);
	put_place(&p->starts, t.streams_n);
	put_32(&p->term_starts, (uint32_t)t.term_bytes_n);
	if (put_array(p, &p->starts, &t.starts, e) != 0 ||
	    put_array(p, &p->term_starts, &t.term_starts, e) != 0 ||
	    put_array(p, &p->numbers, &t.numbers, e) != 0 ||
	    put_array(p, &p->counts, &t.counts, e) != 0 || align(p, e) != 0 ||
	    put(p, (const char *)&t, sizeof t, e) != 0)
		return -1;
	FILE *file = p->file;
	p->file = NULL;
	return !file || fclose(file) == 0 ? 0 : error_system(e, p->path);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

/* Are n things of a size at an offset of a block of so many bytes? */
static bool holds(uint64_t all, uint64_t at, uint64_t n, uint64_t size)
{
	return at <= all && n <= (all - at) / size;
}

bool tokens_check(const struct tokens_trailer *t, uint64_t n)
{
	return memcmp(t->magic, magic, sizeof magic) == 0 && t->terms <= TOKENS_MAX &&
	       holds(n, t->streams, t->streams_n, 1) &&
	       holds(n, t->starts, (uint64_t)t->documents + 1, TOKENS_PLACE) &&
	       holds(n, t->term_bytes, t->term_bytes_n, 1) &&
	       holds(n, t->term_starts, (uint64_t)t->terms + 1, 4) &&
	       holds(n, t->numbers, t->terms, 4) && holds(n, t->counts, t->terms, 4);
}

bool tokens_read(struct tokens *t, const char *bytes, size_t n)
{
	struct tokens_trailer trailer;
	if (n < sizeof trailer)
		return false;
	memcpy(&trailer, bytes + n - sizeof trailer, sizeof trailer);
	if (!tokens_check(&trailer, n - sizeof trailer))
		return false;
	*t = (struct tokens){.bytes = bytes, .at = trailer};
	return true;
}

static uint32_t number_at(const struct tokens *t, uint64_t array, uint64_t i)
{
	uint32_t number;
	memcpy(&number, t->bytes + array + i * sizeof number, sizeof number);
	return number;
}

/* The bytes of term i; none when the block makes no sense there. */
static struct span term_at(const struct tokens *t, uint32_t i)
{
	uint32_t start = number_at(t, t->at.term_starts, i),
		 end = number_at(t, t->at.term_starts, (uint64_t)i + 1);
	if (start > end || end > t->at.term_bytes_n)
		return (struct span){"", 0};
	return (struct span){t->bytes + t->at.term_bytes + start, end - start};
}

uint32_t tokens_find(const struct tokens *t, const char *term, size_t n)
{
	uint32_t from = 0, end = t->at.terms;
	while (from < end) {
		uint32_t middle = from + (end - from) / 2;
		struct span at = term_at(t, middle);
		int order = span_order(at, (struct span){term, n});
		if (order == 0)
			return number_at(t, t->at.numbers, middle);
		if (order < 0)
			from = middle + 1;
		else
			end = middle;
	}
	return TOKENS_NONE;
}

/* ---- phrases ------------------------------------------------------------------------------------
 */

enum { SIEVE = 4096 }; /* bits, by the last bits of a number */

/* A term, and a bit for each word of the phrase that may be it. */
struct choice {
	uint32_t term;
	uint64_t words;
};

struct tokens_phrase {
	uint64_t last;	     /* the bit of the last word */
	struct choice *list; /* by term */
	size_t n, cap;
	uint64_t sieve[SIEVE / 64]; /* of most terms it tells that they are not in the list */
	/* The token of the first word as it stands in a stream, but that it is told to be a stop
	 * word; no bytes when that is none or several. */
	unsigned char first[PACK_MAX];
	size_t first_n, n_firsts;
};

struct tokens_phrase *tokens_phrase_new(size_t n, struct error *e)
{
	struct tokens_phrase *p = NULL;
	if (n < 1 || n > XAP_PHRASE_MAX)
		error_set(e, STATUS_INPUT, MSG_XAP_INPUT, "(phrase)");
	else if ((p = calloc(1, sizeof *p)))
		p->last = UINT64_C(1) << (n - 1);
	else
		error_memory(e);
	return p;
}

void tokens_phrase_free(struct tokens_phrase *p)
{
	if (p)
		free(p->list);
	free(p);
}

/* Where a term is in the list, or would be. */
static size_t place_of(const struct tokens_phrase *p, uint32_t term)
{
	size_t from = 0, end = p->n;
	while (from < end) {
		size_t middle = from + (end - from) / 2;
		if (p->list[middle].term < term)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

static void begin_with(struct tokens_phrase *p, uint32_t term)
{
	size_t n = pack((char *)p->first, TOKENS_FIRST_TERM + 2 * (uint64_t)term + 1);
	p->first_n = p->n_firsts++ ? 0 : n;
}

int tokens_phrase_add(struct tokens_phrase *p, size_t i, uint32_t term, struct error *e)
{
	size_t at = place_of(p, term);
	if (at == p->n || p->list[at].term != term) {
		if (p->n == p->cap) {
			size_t cap = p->cap ? 2 * p->cap : 16;
			struct choice *list = realloc(p->list, cap * sizeof *list);
			if (!list)
				return error_memory(e);
			p->list = list;
			p->cap = cap;
		}
		memmove(p->list + at + 1, p->list + at, (p->n++ - at) * sizeof *p->list);
		p->list[at] = (struct choice){term, 0};
	}
	if (i == 0)
		begin_with(p, term);
	p->list[at].words |= UINT64_C(1) << i;
	p->sieve[term % SIEVE / 64] |= UINT64_C(1) << term % 64;
	return 0;
}

/* Most terms of a document are none of the phrase's. */
static inline bool sifts(const struct tokens_phrase *p, uint32_t term)
{
	return p->sieve[term % SIEVE / 64] >> term % 64 & 1;
}

static uint64_t words_of(const struct tokens_phrase *p, uint32_t term)
{
	size_t at = place_of(p, term);
	return at < p->n && p->list[at].term == term ? p->list[at].words : 0;
}

/* How far the phrase has got at a word: a bit for each beginning of it that ends there. */
struct progress {
	uint64_t before; /* at the word before this */
	uint64_t here;
};

static inline bool under_way(const struct progress *g)
{
	return g->before | g->here;
}

/* One more word, which may be these words of the phrase. */
static inline void go_on(struct progress *g, uint64_t words)
{
	g->before = g->here;
	g->here = (g->before << 1 | 1) & words;
}

/* One more term at the place of the word. */
static inline void stay(struct progress *g, uint64_t words)
{
	g->here |= (g->before << 1 | 1) & words;
}

/* The next token's number, below `end`; 0 (a break) when the bytes make no sense. */
static inline uint64_t next_token(const unsigned char **p, const unsigned char *end)
{
	uint64_t n = *(*p)++;
	if (n < 128)
		return n;
	n &= 127;
	for (unsigned shift = 7; *p < end && shift < 35; shift += 7) {
		uint64_t c = *(*p)++;
		n |= (c & 127) << shift;
		if (c < 128)
			return n;
	}
	return TOKENS_MARK_BREAK;
}

static uint64_t place_at(const struct tokens *t, uint64_t i)
{
	return tokens_place((const unsigned char *)t->bytes + t->at.starts + i * TOKENS_PLACE);
}

/* Has one of the next eight bytes, but for its lowest bit, these bits? May say so of a byte that
 * follows one (Mycroft's test for a zero byte). */
static inline bool may_hold(const unsigned char *p, unsigned char bits)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t eight;
	memcpy(&eight, p, sizeof eight);
	eight = (eight | ones) ^ (bits * ones);
	return (eight - ones) & ~eight & ones << 7;
}

/* Where the phrase may begin next, between p and end of a stream: at its first word. A token begins
 * where the byte before it is the last of another. Looking at bytes is many times as fast as
 * reading all tokens. */
static const unsigned char *next_beginning(const struct tokens_phrase *phrase,
					   const unsigned char *stream, const unsigned char *p,
					   const unsigned char *end)
{
	const unsigned char *first = phrase->first;
	size_t n = phrase->first_n;
	while (p + n <= end) {
		size_t some = end - p >= 8 ? 8 : 1;
		if (some == 8 && !may_hold(p, *first)) {
			p += some;
			continue;
		}
		for (; some && p + n <= end; some--, p++) {
			if ((*p | 1) == *first && memcmp(p + 1, first + 1, n - 1) == 0 &&
			    (p == stream || p[-1] < 128))
				return p;
		}
	}
	return end;
}

void tokens_expect(const struct tokens *t, uint32_t document)
{
	enum { LINE = 64, LINES = 4 };
	if (!document || document > t->at.documents)
		return;
	uint64_t start = place_at(t, document - 1);
	for (uint64_t at = start; at < start + LINE * LINES && at < t->at.streams_n; at += LINE)
		__builtin_prefetch(t->bytes + t->at.streams + at);
}

bool tokens_have(const struct tokens *t, const struct tokens_phrase *phrase, uint32_t document)
{
	if (!document || document > t->at.documents)
		return false;
	uint64_t start = place_at(t, document - 1), stop = place_at(t, document);
	if (start > stop || stop > t->at.streams_n)
		return false;
	const unsigned char *stream = (const unsigned char *)t->bytes + t->at.streams + start,
			    *p = stream, *end = p + (stop - start);
	struct progress all = {0, 0}, content = {0, 0};
	bool same = false;
	while (p < end) {
		if (phrase->first_n && !under_way(&all) && !under_way(&content))
			p = next_beginning(phrase, stream, p, end);
		if (p == end)
			return false;
		uint64_t token = next_token(&p, end);
		if (token < TOKENS_FIRST_TERM) {
			same = token == TOKENS_MARK_SAME;
			if (!same)
				all = content = (struct progress){0, 0};
			continue;
		}
		uint32_t term = (uint32_t)((token - TOKENS_FIRST_TERM) / 2);
		bool counts = (token & 1) == 0;
		uint64_t words = sifts(phrase, term) ? words_of(phrase, term) : 0;
		if (!words && !under_way(&all) && !under_way(&content)) {
			same = false;
			continue;
		}
		(same ? stay : go_on)(&all, words);
		if (counts)
			(same ? stay : go_on)(&content, words);
		same = false;
		if ((all.here | content.here) & phrase->last)
			return true;
	}
	return false;
}

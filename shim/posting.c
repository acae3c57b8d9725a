#include "posting.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 256, BYTES_MAX = 1 << 30 };

/* Between the last position and the first late one: more than any phrase reaches. */
enum { LATE_GAP = 255 };

uint32_t posting_hash(const char *s, size_t n)
{
	uint32_t hash = 0x811C9DC5;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)s[i]) * 0x01000193;
	return hash;
}

/* See posting_term.head. */
static uint64_t head_of(const char *s, size_t n)
{
	uint64_t head = 0;
	for (size_t i = 0; i < 8; i++)
		head = head << 8 | (i < n ? (unsigned char)s[i] : 0);
	return head;
}

struct xap_document *xap_document_new(struct error *e)
{
	struct xap_document *d = calloc(1, sizeof *d);
	uint32_t *buckets = calloc(FIRST_BUCKETS, sizeof *buckets);
	if (!d || !buckets) {
		free(d);
		free(buckets);
		error_memory(e);
		return NULL;
	}
	d->bytes = buf_new(BYTES_MAX);
	d->buckets = buckets;
	d->n_buckets = FIRST_BUCKETS;
	return d;
}

void xap_document_free(struct xap_document *d)
{
	if (!d)
		return;
	buf_free(&d->bytes);
	free(d->terms);
	free(d->order);
	free(d->buckets);
	free(d->places);
	for (size_t i = 0; i < d->n_values; i++)
		free(d->values[i].bytes);
	free(d->values);
	free(d->data);
	free(d);
}

/* Room for one more in an array of things of a size; false when memory is out. */
static bool grow(void *array, size_t n, size_t *cap, size_t size)
{
	void *old, *new;
	memcpy(&old, array, sizeof old);
	if (n < *cap)
		return true;
	size_t more = *cap ? *cap * 2 : 64;
	if (more > UINT32_MAX || !(new = realloc(old, more * size)))
		return false;
	memcpy(array, &new, sizeof new);
	*cap = more;
	return true;
}

/* The bucket of a term: where it is, or an empty one where it belongs. */
static uint32_t *bucket_of(const struct xap_document *d, const char *term, size_t n, uint32_t hash)
{
	size_t i = hash & (d->n_buckets - 1);
	for (; d->buckets[i]; i = (i + 1) & (d->n_buckets - 1)) {
		const struct posting_term *t = &d->terms[d->buckets[i] - 1];
		if (t->hash == hash && t->n == n && memcmp(posting_bytes(d, t), term, n) == 0)
			break;
	}
	return &d->buckets[i];
}

static bool more_buckets(struct xap_document *d)
{
	size_t n = d->n_buckets * 2;
	uint32_t *buckets = calloc(n, sizeof *buckets);
	if (!buckets)
		return false;
	free(d->buckets);
	d->buckets = buckets;
	d->n_buckets = n;
	for (uint32_t i = 0; i < d->n_terms; i++) {
		size_t k = d->terms[i].hash & (n - 1);
		while (buckets[k])
			k = (k + 1) & (n - 1);
		buckets[k] = i + 1;
	}
	return true;
}

static struct posting_term *new_term(struct xap_document *d, const char *term, size_t n,
				     uint32_t hash)
{
	if (d->n_terms * 2 >= d->n_buckets && !more_buckets(d))
		return NULL;
	if (!grow(&d->terms, d->n_terms, &d->cap_terms, sizeof *d->terms))
		return NULL;
	uint32_t at = (uint32_t)d->bytes.n;
	buf_add(&d->bytes, term, n);
	if (d->bytes.failed)
		return NULL;
	d->terms[d->n_terms++] = (struct posting_term){
		.head = head_of(term, n), .hash = hash, .at = at, .n = (uint32_t)n};
	*bucket_of(d, term, n, hash) = (uint32_t)d->n_terms;
	return &d->terms[d->n_terms - 1];
}

bool posting_fits(const char *term, size_t n)
{
	size_t length = n;
	for (size_t i = 0; i < n && n <= XAP_TERM_MAX; i++)
		length += term[i] == '\0';
	return length <= XAP_TERM_MAX;
}

int xap_document_term(struct xap_document *d, const char *term, size_t n, uint32_t weight,
		      struct error *e)
{
	return xap_document_posting(d, term, n, 0, weight, e);
}

int xap_document_posting(struct xap_document *d, const char *term, size_t n, uint32_t position,
			 uint32_t weight, struct error *e)
{
	return xap_document_word(d, term, n, position, 0, weight, e);
}

/* Puts a place behind those of the term. */
static bool add_place(struct xap_document *d, struct posting_term *t, uint32_t position,
		      uint32_t late)
{
	if (!grow(&d->places, d->n_places, &d->cap_places, sizeof *d->places))
		return false;
	d->places[d->n_places++] =
		(struct posting_place){(uint32_t)(t - d->terms), position, late, 0};
	if (t->last)
		d->places[t->last - 1].next = (uint32_t)d->n_places;
	else
		t->first = (uint32_t)d->n_places;
	t->last = (uint32_t)d->n_places;
	t->n_words += position != 0;
	t->n_places += (position != 0) + (late != 0);
	return true;
}

int xap_document_word(struct xap_document *d, const char *term, size_t n, uint32_t position,
		      uint32_t late, uint32_t weight, struct error *e)
{
	if (!n)
		return error_set(e, STATUS_INPUT, MSG_XAP_EMPTY, "");
	if (!posting_fits(term, n))
		return error_set(e, STATUS_INPUT, MSG_XAP_LONG, "(term)");
	uint32_t hash = posting_hash(term, n), found = *bucket_of(d, term, n, hash);
	struct posting_term *t = found ? &d->terms[found - 1] : new_term(d, term, n, hash);
	if (!t || ((position || late) && !add_place(d, t, position, late)))
		return error_memory(e);
	d->position = position > d->position ? position : d->position;
	t->wdf += weight;
	d->length += weight;
	return 0;
}

int xap_document_data(struct xap_document *d, const char *data, size_t n, struct error *e)
{
	if (n > POSTING_DATA_MAX)
		return error_set(e, STATUS_INPUT, MSG_XAP_LONG, "(data)");
	char *copy = text_copy(data ? data : "", n);
	if (!copy)
		return error_memory(e);
	free(d->data);
	d->data = copy;
	d->data_n = n;
	return 0;
}

int xap_document_value(struct xap_document *d, unsigned slot, const char *value, size_t n,
		       struct error *e)
{
	size_t i = d->n_values;
	if (slot == UINT32_MAX)
		return error_set(e, STATUS_INPUT, MSG_XAP_INPUT, "(slot)");
	if (n > POSTING_DATA_MAX)
		return error_set(e, STATUS_INPUT, MSG_XAP_LONG, "(data)");
	if (!grow(&d->values, d->n_values, &d->cap_values, sizeof *d->values))
		return error_memory(e);
	char *copy = text_copy(value ? value : "", n);
	if (!copy)
		return error_memory(e);
	while (i && d->values[i - 1].slot >= slot)
		i--;
	if (i < d->n_values && d->values[i].slot == slot)
		free(d->values[i].bytes);
	else
		memmove(&d->values[i + 1], &d->values[i], (d->n_values++ - i) * sizeof *d->values);
	d->values[i] = (struct posting_value){slot, copy, n};
	return 0;
}

/* ---- reading it ---------------------------------------------------------------------------------
 */

static bool is_before(const struct xap_document *d, uint32_t x, uint32_t y)
{
	const struct posting_term *a = &d->terms[x], *b = &d->terms[y];
	if (a->head != b->head)
		return a->head < b->head;
	int order = memcmp(posting_bytes(d, a), posting_bytes(d, b), a->n < b->n ? a->n : b->n);
	return order ? order < 0 : a->n < b->n;
}

static void merge(const struct xap_document *d, const uint32_t *from, size_t n, size_t half,
		  uint32_t *to)
{
	size_t i = 0, k = half;
	for (size_t at = 0; at < n; at++) {
		bool second = i == half || (k < n && is_before(d, from[k], from[i]));
		to[at] = from[second ? k++ : i++];
	}
}

/* Merge sort, runs of 1, 2, 4 ... terms; qsort would call a function for each comparison, and took
 * twice the time in builds. */
int posting_sort(struct xap_document *d, struct error *e)
{
	uint32_t *from = malloc((d->n_terms + 1) * sizeof *from),
		 *to = malloc((d->n_terms + 1) * sizeof *to);
	if (!from || !to) {
		free(from);
		free(to);
		return error_memory(e);
	}
	for (uint32_t i = 0; i < d->n_terms; i++)
		from[i] = i;
	for (size_t run = 1; run < d->n_terms; run *= 2) {
		for (size_t at = 0; at < d->n_terms; at += 2 * run) {
			size_t left = d->n_terms - at, n = left < 2 * run ? left : 2 * run;
			merge(d, from + at, n, n < run ? n : run, to + at);
		}
		uint32_t *other = from;
		from = to;
		to = other;
	}
	free(to);
	free(d->order);
	d->order = from;
	return 0;
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	return (a > b) - (a < b);
}

/* Adds a position, and tells whether all are in order so far. */
static bool add_position(uint32_t *out, size_t *n, uint32_t position)
{
	bool behind = !*n || out[*n - 1] < position;
	out[(*n)++] = position;
	return behind;
}

size_t posting_positions(const struct xap_document *d, const struct posting_term *t, uint32_t *out)
{
	size_t n = 0, kept = 0;
	bool sorted = true;
	for (uint32_t i = t->first; i; i = d->places[i - 1].next) {
		if (d->places[i - 1].position)
			sorted &= add_position(out, &n, d->places[i - 1].position);
	}
	for (uint32_t i = t->first; i; i = d->places[i - 1].next) {
		uint32_t late = d->places[i - 1].late;
		if (late)
			sorted &= add_position(out, &n, d->position + LATE_GAP + late);
	}
	if (sorted)
		return n;
	qsort(out, n, sizeof *out, by_number);
	for (size_t i = 0; i < n; i++) {
		if (!kept || out[kept - 1] != out[i])
			out[kept++] = out[i];
	}
	return kept;
}

#include "glass.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "btree.h"
#include "deflate.h"
#include "pack.h"
#include "pool.h"
#include "spell.h"
#include "tokens.h"

/* Sizes of Xapian's own. */
enum { CHUNK = 2000 };

/* A term of this database: its documents, each as what its number is more than the last one's, and
 * wdf; where there are no tokens, then the length of its position list, and that. */
struct posted {
	uint64_t head;
	uint64_t occurrences;
	uint32_t hash, at, n; /* its bytes, in the pages */
	uint32_t documents, last;
	uint32_t number, words; /* its number in the tokens, and how often it stands there */
	struct pool_stream stream;
};

/* The values of a slot: the chunk at hand, and those that are full, each behind its first document
 * and its length. */
struct value_slot {
	unsigned slot;
	uint32_t first, last, count; /* documents of the chunk at hand; of all how many have it */
	struct buf chunk, chunks, lower, upper;
};

/* A name and a value, as bytes of note_bytes. */
struct note {
	size_t name, value, n;
};

struct glass {
	char *dir;
	struct pool pool;
	struct posted *terms;
	size_t n_terms, cap_terms;
	uint32_t *buckets; /* 1 + index of a term */
	size_t n_buckets;
	struct value_slot *slots;
	size_t n_slots;
	struct btree *docdata, *termlist;
	struct btree_root docdata_root, termlist_root, postlist_root, position_root, spelling_root;
	struct deflate deflate;
	struct spell spell;
	struct note *notes;
	size_t n_notes, cap_notes;
	struct buf note_bytes;
	struct buf lengths; /* of documents, 32 bits each */
	struct buf tag, packed;
	uint32_t *numbers; /* scratch: positions of a term; or a document's terms in the tokens */
	size_t cap_numbers;
	struct tokens_pen *tokens; /* NULL: positions stand in the database */
	uint32_t n_numbered;	   /* terms that have a number in them */
	uint32_t n_documents, wdf_most, word_most;
	uint64_t length_least, length_most, length_all;
};

/* ---- documents ----------------------------------------------------------------------------------
 */

static uint32_t *bucket_of(const struct glass *g, const char *s, size_t n, uint32_t hash)
{
	size_t i = hash & (g->n_buckets - 1);
	for (; g->buckets[i]; i = (i + 1) & (g->n_buckets - 1)) {
		const struct posted *t = &g->terms[g->buckets[i] - 1];
		if (t->hash == hash && t->n == n && memcmp(pool_at(&g->pool, t->at), s, n) == 0)
			break;
	}
	return &g->buckets[i];
}

static bool more_buckets(struct glass *g)
{
	size_t n = g->n_buckets ? g->n_buckets * 2 : 1 << 12;
	uint32_t *buckets = calloc(n, sizeof *buckets);
	if (!buckets)
		return false;
	free(g->buckets);
	g->buckets = buckets;
	g->n_buckets = n;
	for (uint32_t i = 0; i < g->n_terms; i++) {
		size_t k = g->terms[i].hash & (n - 1);
		while (buckets[k])
			k = (k + 1) & (n - 1);
		buckets[k] = i + 1;
	}
	return true;
}

/* NULL when memory is out. */
static struct posted *term_of(struct glass *g, const struct xap_document *d,
			      const struct posting_term *t)
{
	if (g->n_terms * 2 >= g->n_buckets && !more_buckets(g))
		return NULL;
	uint32_t *bucket = bucket_of(g, posting_bytes(d, t), t->n, t->hash), at;
	if (*bucket)
		return &g->terms[*bucket - 1];
	if (g->n_terms == g->cap_terms) {
		size_t cap = g->cap_terms ? g->cap_terms * 2 : 1024;
		struct posted *terms = realloc(g->terms, cap * sizeof *terms);
		if (!terms)
			return NULL;
		g->terms = terms;
		g->cap_terms = cap;
	}
	if (!pool_take(&g->pool, t->n, &at))
		return NULL;
	memcpy(pool_at(&g->pool, at), posting_bytes(d, t), t->n);
	g->terms[g->n_terms++] =
		(struct posted){.head = t->head, .hash = t->hash, .at = at, .n = t->n};
	*bucket = (uint32_t)g->n_terms;
	return &g->terms[g->n_terms - 1];
}

/* Memory is slow and the terms lie all over it: all that a document needs is sent for at once. */
static void fetch_terms(const struct glass *g, const struct xap_document *d)
{
	if (!g->n_buckets)
		return;
	for (size_t i = 0; i < d->n_terms; i++)
		__builtin_prefetch(&g->buckets[d->terms[i].hash & (g->n_buckets - 1)]);
	for (size_t i = 0; i < d->n_terms; i++) {
		uint32_t term = g->buckets[d->terms[i].hash & (g->n_buckets - 1)];
		if (term)
			__builtin_prefetch(&g->terms[term - 1]);
	}
}

/* Room for n of g->numbers. */
static int more_numbers(struct glass *g, size_t n, struct error *e)
{
	if (n <= g->cap_numbers)
		return 0;
	uint32_t *more = realloc(g->numbers, n * 2 * sizeof *more);
	if (!more)
		return error_memory(e);
	g->numbers = more;
	g->cap_numbers = n * 2;
	return 0;
}

/* The position list of a term behind its length into g->packed. */
static int read_positions(struct glass *g, const struct xap_document *d,
			  const struct posting_term *t, struct error *e)
{
	buf_clear(&g->packed);
	if (!t->n_places) {
		pack_number(&g->packed, 0);
		return g->packed.failed ? error_memory(e) : 0;
	}
	if (more_numbers(g, t->n_places, e) != 0)
		return -1;
	size_t n = posting_positions(d, t, g->numbers);
	char few[64], *out = n <= 8 ? few : malloc(n * 5 + PACK_MAX);
	if (!out)
		return error_memory(e);
	pack_string(&g->packed, out, pack_positions(out, g->numbers, n));
	if (out != few)
		free(out);
	return g->packed.failed ? error_memory(e) : 0;
}

static void count_words(struct glass *g, struct posted *p, const struct posting_term *t)
{
	if (!t->n_words)
		return;
	if (!p->words)
		p->number = g->n_numbered++;
	p->words += p->words < UINT32_MAX - t->n_words ? t->n_words : 0;
}

/* NULL on error. */
static struct posted *add_posting(struct glass *g, const struct xap_document *d,
				  const struct posting_term *t, struct error *e)
{
	char numbers[2 * PACK_MAX];
	struct posted *p = term_of(g, d, t);
	if (!p) {
		error_memory(e);
		return NULL;
	}
	buf_clear(&g->packed);
	if (!g->tokens && read_positions(g, d, t, e) != 0)
		return NULL;
	size_t n = pack(numbers, g->n_documents - p->last);
	n += pack(numbers + n, t->wdf);
	p->last = g->n_documents;
	p->documents++;
	p->occurrences += t->wdf;
	if (t->wdf > g->wdf_most)
		g->wdf_most = t->wdf;
	if (pool_add(&g->pool, &p->stream, numbers, n) &&
	    pool_add(&g->pool, &p->stream, g->packed.s, g->packed.n))
		return p;
	error_memory(e);
	return NULL;
}

static int add_postings(struct glass *g, const struct xap_document *d, struct error *e)
{
	if (g->tokens && more_numbers(g, d->n_terms, e) != 0)
		return -1;
	for (size_t i = 0; i < d->n_terms; i++) {
		struct posted *p = add_posting(g, d, &d->terms[i], e);
		if (!p)
			return -1;
		if (g->tokens) {
			count_words(g, p, &d->terms[i]);
			g->numbers[i] = p->number;
		}
	}
	return g->tokens ? tokens_add(g->tokens, d, g->numbers, e) : 0;
}

/* What a term has in common with the one before is not written again. */
static void put_listed(struct buf *out, const char *s, const struct posting_term *t,
		       const char *before, size_t before_n)
{
	size_t same = 0, packed = 0;
	while (same < before_n && same < t->n && s[same] == before[same])
		same++;
	if (t->wdf < 127)
		packed = (t->wdf + 1) * (before_n + 1) + same;
	bool fits = packed && packed < 256;
	buf_putc(out, (char)(fits ? packed : same));
	buf_putc(out, (char)(t->n - same));
	buf_add(out, s + same, t->n - same);
	if (!fits)
		pack_number(out, t->wdf);
}

static int add_termlist(struct glass *g, const struct xap_document *d, const char *key,
			size_t key_n, struct error *e)
{
	buf_clear(&g->tag);
	pack_number(&g->tag, d->length);
	pack_number(&g->tag, d->n_terms);
	const struct posting_term *before = NULL;
	for (size_t i = 0; i < d->n_terms; i++) {
		const struct posting_term *t = &d->terms[d->order[i]];
		if (before) {
			put_listed(&g->tag, posting_bytes(d, t), t, posting_bytes(d, before),
				   before->n);
		} else {
			buf_putc(&g->tag, (char)t->n);
			buf_add(&g->tag, posting_bytes(d, t), t->n);
			pack_number(&g->tag, t->wdf);
		}
		before = t;
	}
	if (!d->n_terms)
		buf_clear(&g->tag);
	if (g->tag.failed)
		return error_memory(e);
	return deflate_add(&g->deflate, g->termlist, key, key_n, g->tag.s ? g->tag.s : "", g->tag.n,
			   e);
}

/* NULL when memory is out. In order of slots. */
static struct value_slot *slot_of(struct glass *g, unsigned slot)
{
	size_t i = 0;
	while (i < g->n_slots && g->slots[i].slot < slot)
		i++;
	if (i < g->n_slots && g->slots[i].slot == slot)
		return &g->slots[i];
	struct value_slot *slots = realloc(g->slots, (g->n_slots + 1) * sizeof *slots);
	if (!slots)
		return NULL;
	g->slots = slots;
	memmove(slots + i + 1, slots + i, (g->n_slots++ - i) * sizeof *slots);
	const struct buf empty = buf_new(SIZE_MAX / 2);
	slots[i] = (struct value_slot){
		.slot = slot, .chunk = empty, .chunks = empty, .lower = empty, .upper = empty};
	return &slots[i];
}

/* A full chunk goes behind the others: its first document, its length, itself. */
static void close_chunk(struct value_slot *v)
{
	if (!v->chunk.n)
		return;
	pack_number(&v->chunks, v->first);
	pack_string(&v->chunks, v->chunk.s, v->chunk.n);
	buf_clear(&v->chunk);
}

static int order_of(const struct buf *a, const struct posting_value *b)
{
	int order = memcmp(a->s, b->bytes, a->n < b->n ? a->n : b->n);
	return order ? order : (a->n > b->n) - (a->n < b->n);
}

static void set_bound(struct buf *bound, const struct posting_value *value)
{
	buf_clear(bound);
	buf_add(bound, value->bytes, value->n);
}

static int add_value(struct glass *g, const struct posting_value *value, struct error *e)
{
	struct value_slot *v = slot_of(g, value->slot);
	if (!v)
		return error_memory(e);
	if (!v->count++ || order_of(&v->lower, value) > 0)
		set_bound(&v->lower, value);
	if (v->count == 1 || order_of(&v->upper, value) < 0)
		set_bound(&v->upper, value);
	if (v->chunk.n)
		pack_number(&v->chunk, g->n_documents - v->last - 1);
	else
		v->first = g->n_documents;
	v->last = g->n_documents;
	pack_string(&v->chunk, value->bytes, value->n);
	if (v->chunk.n >= CHUNK)
		close_chunk(v);
	return v->chunk.failed || v->chunks.failed || v->lower.failed || v->upper.failed
		       ? error_memory(e)
		       : 0;
}

/* The values, and beside the document's terms which slots it has. */
static int add_values(struct glass *g, const struct xap_document *d, char *key, size_t key_n,
		      struct error *e)
{
	unsigned next = 0;
	buf_clear(&g->tag);
	for (size_t i = 0; i < d->n_values; i++) {
		const struct posting_value *value = &d->values[i];
		if (!value->n)
			continue;
		pack_number(&g->tag, value->slot - next);
		next = value->slot + 1;
		if (add_value(g, value, e) != 0)
			return -1;
	}
	if (g->tag.failed)
		return error_memory(e);
	key[key_n] = '\0';
	return g->tag.n ? deflate_add(&g->deflate, g->termlist, key, key_n + 1, g->tag.s, g->tag.n,
				      e)
			: 0;
}

int glass_add(struct glass *g, const struct xap_document *d, struct error *e)
{
	char key[PACK_MAX + 1];
	if (d->length > UINT32_MAX || g->n_documents == INT32_MAX)
		return error_set(e, STATUS_LIMIT, MSG_XAP_LONG, "(document)");
	size_t n = pack_sorted(key, ++g->n_documents);
	uint32_t length = (uint32_t)d->length;
	buf_add(&g->lengths, (const char *)&length, sizeof length);
	g->length_all += length;
	if (length > g->length_most)
		g->length_most = length;
	if (length && (!g->length_least || length < g->length_least))
		g->length_least = length;
	if (g->lengths.failed)
		return error_memory(e);
	if (d->data_n && deflate_add(&g->deflate, g->docdata, key, n, d->data, d->data_n, e) != 0)
		return -1;
	fetch_terms(g, d);
	return add_postings(g, d, e) != 0 || add_termlist(g, d, key, n, e) != 0 ||
			       add_values(g, d, key, n, e) != 0
		       ? -1
		       : 0;
}

int glass_note(struct glass *g, const char *name, const char *value, size_t n, struct error *e)
{
	if (g->n_notes == g->cap_notes) {
		size_t cap = g->cap_notes ? g->cap_notes * 2 : 64;
		struct note *notes = realloc(g->notes, cap * sizeof *notes);
		if (!notes)
			return error_memory(e);
		g->notes = notes;
		g->cap_notes = cap;
	}
	struct note *note = &g->notes[g->n_notes++];
	note->name = g->note_bytes.n;
	buf_add(&g->note_bytes, name, strlen(name) + 1);
	note->value = g->note_bytes.n;
	note->n = n;
	buf_add(&g->note_bytes, value, n);
	return g->note_bytes.failed ? error_memory(e) : 0;
}

int glass_word(struct glass *g, const char *word, size_t n, uint32_t count, struct error *e)
{
	return spell_add(&g->spell, word, n, count, e);
}

size_t glass_memory(const struct glass *g)
{
	size_t n = pool_memory(&g->pool) + g->cap_terms * sizeof *g->terms +
		   g->n_buckets * sizeof *g->buckets + g->lengths.cap + g->note_bytes.cap +
		   spell_memory(&g->spell);
	for (size_t i = 0; i < g->n_slots; i++)
		n += g->slots[i].chunks.cap;
	return n;
}

/* ---- the table of posting lists -----------------------------------------------------------------
 */

static int by_bytes(const void *x, const void *y, void *data)
{
	const struct posted *a = x, *b = y;
	const struct glass *g = data;
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	int order = memcmp(pool_at(&g->pool, a->at), pool_at(&g->pool, b->at),
			   a->n < b->n ? a->n : b->n);
	return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* A posting list being written, a chunk at a time. */
struct posting_list {
	struct btree *table;
	const char *start; /* of its keys */
	size_t start_n;
	uint32_t documents, first, last; /* of all; of the chunk at hand */
	uint64_t occurrences;
	bool lengths; /* not a term's list: that of how long the documents are */
	bool first_chunk;
	struct buf *chunk, *tag;
};

static int put_chunk(struct posting_list *l, bool last_chunk, struct error *e)
{
	char key[2 * BTREE_KEY_MAX];
	size_t n = l->start_n;
	memcpy(key, l->start, n);
	buf_clear(l->tag);
	if (l->first_chunk) {
		pack_number(l->tag, l->documents);
		pack_number(l->tag, l->occurrences);
		pack_number(l->tag, l->first - 1);
	} else {
		if (!l->lengths)
			key[n++] = '\0';
		n += pack_sorted(key + n, l->first);
	}
	buf_putc(l->tag, last_chunk ? '1' : '0');
	pack_number(l->tag, l->last - l->first);
	buf_add(l->tag, l->chunk->s, l->chunk->n);
	l->first_chunk = false;
	if (l->tag->failed || l->chunk->failed)
		return error_memory(e);
	return btree_add(l->table, key, n, l->tag->s, l->tag->n, false, e);
}

static int put_entry(struct posting_list *l, uint32_t document, uint32_t wdf, struct error *e)
{
	if (l->chunk->n >= CHUNK) {
		if (put_chunk(l, false, e) != 0)
			return -1;
		buf_clear(l->chunk);
	}
	if (l->chunk->n)
		pack_number(l->chunk, document - l->last - 1);
	else
		l->first = document;
	l->last = document;
	pack_number(l->chunk, wdf);
	return 0;
}

static int put_lengths(struct glass *g, struct posting_list *l, struct error *e)
{
	if (!g->n_documents)
		return 0;
	buf_clear(l->chunk);
	l->start = "\0\xE0";
	l->start_n = 2;
	l->lengths = l->first_chunk = true;
	l->documents = 0;
	l->occurrences = 0;
	for (uint32_t i = 1; i <= g->n_documents; i++) {
		uint32_t length;
		memcpy(&length, g->lengths.s + (i - 1) * sizeof length, sizeof length);
		if (put_entry(l, i, length, e) != 0)
			return -1;
	}
	return put_chunk(l, true, e);
}

static int put_slot_chunks(const struct value_slot *v, struct btree *table, struct error *e)
{
	const char *p = v->chunks.s, *end = p + v->chunks.n;
	while (p < end) {
		char key[3 + 2 * PACK_MAX] = {'\0', (char)0xD8};
		size_t n = 2 + pack(key + 2, v->slot);
		n += pack_sorted(key + n, (uint32_t)unpack(&p));
		size_t length = (size_t)unpack(&p);
		if (btree_add(table, key, n, p, length, false, e) != 0)
			return -1;
		p += length;
	}
	return 0;
}

static int put_slot_bounds(struct glass *g, const struct value_slot *v, struct btree *table,
			   struct error *e)
{
	char key[2 + 4] = {'\0', (char)0xD0};
	size_t n = 2;
	for (unsigned slot = v->slot; slot; slot >>= 8)
		key[n++] = (char)slot;
	buf_clear(&g->tag);
	pack_number(&g->tag, v->count);
	pack_string(&g->tag, v->lower.s, v->lower.n);
	if (v->lower.n != v->upper.n || memcmp(v->lower.s, v->upper.s, v->lower.n) != 0)
		buf_add(&g->tag, v->upper.s, v->upper.n);
	return g->tag.failed ? error_memory(e)
			     : btree_add(table, key, n, g->tag.s, g->tag.n, false, e);
}

/* First what is known of the slots, then their chunks: the order of their keys. */
static int put_values(struct glass *g, struct btree *table, struct error *e)
{
	for (size_t i = 0; i < g->n_slots; i++) {
		close_chunk(&g->slots[i]);
		if (g->slots[i].chunks.failed)
			return error_memory(e);
		if (put_slot_bounds(g, &g->slots[i], table, e) != 0)
			return -1;
	}
	for (size_t i = 0; i < g->n_slots; i++) {
		if (put_slot_chunks(&g->slots[i], table, e) != 0)
			return -1;
	}
	return 0;
}

/* One term's posting list, and its position lists to the other table, or the term to the tokens. */
static int put_term(struct glass *g, const struct posted *t, struct posting_list *l,
		    struct btree *position, struct buf *stream, struct error *e)
{
	char start[2 * BTREE_KEY_MAX], key[2 * BTREE_KEY_MAX + PACK_MAX];
	size_t key_n = pack_term(key, pool_at(&g->pool, t->at), t->n, true);
	uint32_t document = 0;
	buf_clear(stream);
	buf_clear(l->chunk);
	pool_read(&g->pool, &t->stream, stream);
	if (stream->failed)
		return error_memory(e);
	l->start = start;
	l->start_n = pack_term(start, pool_at(&g->pool, t->at), t->n, false);
	l->lengths = false;
	l->first_chunk = true;
	l->documents = t->documents;
	l->occurrences = t->occurrences;
	if (g->tokens && t->words &&
	    tokens_term(g->tokens, pool_at(&g->pool, t->at), t->n, t->number, t->words, e) != 0)
		return -1;
	for (const char *p = stream->s, *end = p + stream->n; p < end;) {
		document += (uint32_t)unpack(&p);
		uint32_t wdf = (uint32_t)unpack(&p);
		size_t length = g->tokens ? 0 : (size_t)unpack(&p);
		size_t n = key_n + pack_sorted(key + key_n, document);
		if (put_entry(l, document, wdf, e) != 0 ||
		    (length && btree_add(position, key, n, p, length, false, e) != 0))
			return -1;
		p += length;
	}
	return put_chunk(l, true, e);
}

static int by_name(const void *x, const void *y, void *data)
{
	const struct note *a = x, *b = y;
	const char *bytes = data;
	return strcmp(bytes + a->name, bytes + b->name);
}

static int put_notes(struct glass *g, struct btree *table, struct error *e)
{
	const char *bytes = g->note_bytes.s;
	if (g->n_notes)
		qsort_r(g->notes, g->n_notes, sizeof *g->notes, by_name, g->note_bytes.s);
	for (size_t i = 0; i < g->n_notes; i++) {
		const struct note *note = &g->notes[i];
		char key[BTREE_KEY_MAX] = {'\0', (char)0xC0};
		size_t n = strlen(bytes + note->name);
		if (n + 2 > sizeof key)
			return error_set(e, STATUS_INPUT, MSG_XAP_LONG, bytes + note->name);
		memcpy(key + 2, bytes + note->name, n);
		if (note->n &&
		    btree_add(table, key, n + 2, bytes + note->value, note->n, false, e) != 0)
			return -1;
	}
	return 0;
}

static int put_lists(struct glass *g, struct btree *postlist, struct btree *position,
		     struct error *e)
{
	struct buf chunk = buf_new(1 << 20), stream = buf_new(SIZE_MAX / 2);
	struct posting_list l = {.table = postlist, .chunk = &chunk, .tag = &g->tag};
	int result = put_notes(g, postlist, e) != 0 || put_values(g, postlist, e) != 0 ||
				     put_lengths(g, &l, e) != 0
			     ? -1
			     : 0;
	if (g->n_terms)
		qsort_r(g->terms, g->n_terms, sizeof *g->terms, by_bytes, g);
	for (size_t i = 0; result == 0 && i < g->n_terms; i++)
		result = put_term(g, &g->terms[i], &l, position, &stream, e);
	buf_free(&chunk);
	buf_free(&stream);
	return result;
}

/* ---- the database -------------------------------------------------------------------------------
 */

static struct btree *open_table(const struct glass *g, const char *name, struct error *e)
{
	char *path = NULL;
	if (asprintf(&path, "%s/%s.glass", g->dir, name) < 0) {
		error_memory(e);
		return NULL;
	}
	struct btree *t = btree_open(path, e);
	free(path);
	return t;
}

static int open_tokens(struct glass *g, struct error *e)
{
	char *path = NULL;
	if (asprintf(&path, "%s/" TOKENS_FILE, g->dir) < 0)
		return error_memory(e);
	g->tokens = tokens_pen_file(path, e);
	free(path);
	return g->tokens ? 0 : -1;
}

struct glass *glass_open(const char *dir, bool tokens, struct error *e)
{
	struct glass *g = calloc(1, sizeof *g);
	if (!g) {
		error_memory(e);
		return NULL;
	}
	g->dir = text_copy(dir, strlen(dir));
	g->lengths = buf_new(SIZE_MAX / 2);
	g->tag = buf_new(SIZE_MAX / 2);
	g->packed = buf_new(SIZE_MAX / 2);
	g->note_bytes = buf_new(SIZE_MAX / 2);
	int result = !g->dir ? error_memory(e) : mkdir(dir, 0777) != 0 ? error_system(e, dir) : 0;
	if (result == 0 && deflate_open(&g->deflate, e) == 0 &&
	    (g->docdata = open_table(g, "docdata", e)) &&
	    (g->termlist = open_table(g, "termlist", e)) && (!tokens || open_tokens(g, e) == 0))
		return g;
	glass_close(g);
	return NULL;
}

static void put_root(struct buf *out, const struct btree_root *root, bool compresses)
{
	struct buf free_list = buf_new(64);
	pack_number(out, root->entries ? root->block : 0);
	pack_number(out, root->level << 2 | (root->entries ? 0 : 1)); /* 1: no block at all */
	pack_number(out, root->entries);
	pack_number(out, BTREE_BLOCK >> 11);
	pack_number(out, compresses ? DEFLATE_MIN : 0);
	if (root->entries) { /* all blocks up to this one are in use, and none is free */
		pack_number(&free_list, BTREE_REVISION);
		pack_number(&free_list, root->blocks);
		buf_add(&free_list, "\0\0\0\0", 4);
	}
	pack_string(out, free_list.s ? free_list.s : "", free_list.n);
	buf_free(&free_list);
}

static void put_version(struct buf *out, const struct glass *g)
{
	static const char magic[16] = "\x0F\x0DXapian Glass\x04\x6E", uuid[16] = "trouvaille bulk";
	const struct btree_root none = {0};
	buf_add(out, magic, sizeof magic);
	buf_add(out, uuid, sizeof uuid); /* the merged database gets its own */
	pack_number(out, BTREE_REVISION);
	put_root(out, &g->postlist_root, false);
	put_root(out, &g->docdata_root, true);
	put_root(out, &g->termlist_root, true);
	put_root(out, &g->position_root, false);
	put_root(out, &g->spelling_root, true);
	put_root(out, &none, true); /* synonyms */
	pack_number(out, g->n_documents);
	pack_number(out, 0); /* the last document's number is the number of documents */
	pack_number(out, g->length_least);
	pack_number(out, g->wdf_most);
	pack_number(out, g->length_most - g->wdf_most);
	pack_number(out, 0); /* no changesets */
	pack_number(out, g->length_all);
	pack_number(out, g->word_most);
}

static int write_version(const struct glass *g, struct error *e)
{
	char *path = NULL;
	struct buf bytes = buf_new(4096);
	put_version(&bytes, g);
	if (bytes.failed || asprintf(&path, "%s/iamglass", g->dir) < 0) {
		buf_free(&bytes);
		return error_memory(e);
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool written = fd >= 0 && write(fd, bytes.s, bytes.n) == (ssize_t)bytes.n;
	int result = written ? 0 : error_system(e, path);
	if (fd >= 0 && close(fd) != 0 && result == 0)
		result = error_system(e, path);
	free(path);
	buf_free(&bytes);
	return result;
}

static int write_spelling(struct glass *g, struct error *e)
{
	char *path = NULL;
	if (!g->spell.n)
		return 0;
	if (asprintf(&path, "%s/spelling.glass", g->dir) < 0)
		return error_memory(e);
	int result = spell_write(&g->spell, &g->spelling_root, path, &g->word_most, e);
	free(path);
	return result;
}

int glass_finish(struct glass *g, struct error *e)
{
	struct btree *postlist = open_table(g, "postlist", e), *position = NULL;
	int result = -1;
	if (postlist && (position = open_table(g, "position", e)) &&
	    put_lists(g, postlist, position, e) == 0 &&
	    btree_finish(postlist, &g->postlist_root, e) == 0 &&
	    btree_finish(position, &g->position_root, e) == 0 &&
	    btree_finish(g->docdata, &g->docdata_root, e) == 0 &&
	    btree_finish(g->termlist, &g->termlist_root, e) == 0 && write_spelling(g, e) == 0 &&
	    (!g->tokens || tokens_finish(g->tokens, e) == 0))
		result = write_version(g, e);
	btree_close(postlist);
	btree_close(position);
	return result;
}

void glass_close(struct glass *g)
{
	if (!g)
		return;
	pool_free(&g->pool);
	for (size_t i = 0; i < g->n_slots; i++) {
		buf_free(&g->slots[i].chunk);
		buf_free(&g->slots[i].chunks);
		buf_free(&g->slots[i].lower);
		buf_free(&g->slots[i].upper);
	}
	btree_close(g->docdata);
	btree_close(g->termlist);
	deflate_close(&g->deflate);
	spell_free(&g->spell);
	free(g->notes);
	buf_free(&g->note_bytes);
	buf_free(&g->lengths);
	buf_free(&g->tag);
	buf_free(&g->packed);
	free(g->slots);
	free(g->terms);
	free(g->buckets);
	free(g->numbers);
	tokens_pen_free(g->tokens);
	free(g->dir);
	free(g);
}

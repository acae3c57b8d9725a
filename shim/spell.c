#include "spell.h"

#include <stdlib.h>
#include <string.h>

#include "deflate.h"

/* Xapian flips these bits of each length, so that lengths look like letters to zlib. */
enum { LENGTH_FLIP = 96 };

struct pieces {
	uint64_t *list;
	size_t n;
};

int spell_add(struct spell *s, const char *word, size_t n, uint32_t count, struct error *e)
{
	if (n < 2 || !count)
		return 0;
	if (!s->bytes.max)
		s->bytes = buf_new(SIZE_MAX / 2);
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		struct spell_word *words = realloc(s->words, cap * sizeof *words);
		if (!words)
			return error_memory(e);
		s->words = words;
		s->cap = cap;
	}
	s->words[s->n++] = (struct spell_word){s->bytes.n, (uint32_t)n, count};
	buf_add(&s->bytes, word, n);
	return s->bytes.failed ? error_memory(e) : 0;
}

size_t spell_memory(const struct spell *s)
{
	return s->bytes.cap + s->cap * sizeof *s->words +
	       (s->bytes.n + 2 * s->n) * sizeof *((struct pieces *)0)->list;
}

void spell_free(struct spell *s)
{
	buf_free(&s->bytes);
	free(s->words);
	*s = (struct spell){0};
}

static int by_bytes(const void *x, const void *y, void *data)
{
	const struct spell_word *a = x, *b = y;
	const char *bytes = data;
	int order = memcmp(bytes + a->at, bytes + b->at, a->n < b->n ? a->n : b->n);
	return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* In order, and each once. */
static void settle(struct spell *s)
{
	size_t kept = 0;
	qsort_r(s->words, s->n, sizeof *s->words, by_bytes, s->bytes.s);
	for (size_t i = 0; i < s->n; i++) {
		if (kept && by_bytes(&s->words[kept - 1], &s->words[i], s->bytes.s) == 0)
			s->words[kept - 1].count += s->words[i].count;
		else
			s->words[kept++] = s->words[i];
	}
	s->n = kept;
}

/* ---- pieces -------------------------------------------------------------------------------------
 *
 * A piece is four bytes: what it is and two or three bytes of the word. A number of piece and word
 * sorts as they do. */

static uint64_t piece(char what, const char *s, size_t n)
{
	uint64_t number = (unsigned char)what;
	for (size_t i = 0; i < 3; i++)
		number = number << 8 | (i < n ? (unsigned char)s[i] : 0);
	return number;
}

static void add_piece(struct pieces *p, uint64_t number, size_t word)
{
	p->list[p->n++] = number << 32 | word;
}

/* Its head, tail and middles; of short words both ends together. At most n + 1 pieces. */
static void add_pieces(struct pieces *p, const char *word, size_t n, size_t number)
{
	const char ends[] = {word[0], word[n - 1]};
	add_piece(p, piece('H', word, 2), number);
	add_piece(p, piece('T', word + n - 2, 2), number);
	if (n <= 4)
		add_piece(p, piece('B', ends, 2), number);
	for (size_t i = 0; i + 3 <= n; i++)
		add_piece(p, piece('M', word + i, 3), number);
}

static int by_number(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return (a > b) - (a < b);
}

static int list_pieces(const struct spell *s, struct pieces *p, struct error *e)
{
	p->list = malloc((s->bytes.n + 2 * s->n + 1) * sizeof *p->list);
	if (!p->list)
		return error_memory(e);
	for (size_t i = 0; i < s->n; i++)
		add_pieces(p, s->bytes.s + s->words[i].at, s->words[i].n, i);
	qsort(p->list, p->n, sizeof *p->list, by_number);
	return 0;
}

/* A word of a piece's list: what it has in common with the one before is not written again. */
static void put_word(struct buf *tag, const struct spell *s, size_t i, size_t before, bool first)
{
	const struct spell_word *w = &s->words[i], *b = &s->words[before];
	size_t same = 0;
	while (!first && same < w->n && same < b->n &&
	       s->bytes.s[w->at + same] == s->bytes.s[b->at + same])
		same++;
	if (!first)
		buf_putc(tag, (char)(same ^ LENGTH_FLIP));
	buf_putc(tag, (char)((w->n - same) ^ LENGTH_FLIP));
	buf_add(tag, s->bytes.s + w->at + same, w->n - same);
}

/* The words of one piece; *i is moved behind them. */
static int put_piece(const struct spell *s, const struct pieces *p, size_t *i, struct btree *table,
		     struct deflate *z, struct buf *tag, struct error *e)
{
	uint64_t number = p->list[*i] >> 32;
	const char key[] = {(char)(number >> 24), (char)(number >> 16), (char)(number >> 8),
			    (char)number};
	size_t before = 0;
	buf_clear(tag);
	for (bool first = true; *i < p->n && p->list[*i] >> 32 == number; (*i)++) {
		size_t word = (size_t)(p->list[*i] & UINT32_MAX);
		if (!first && word == before)
			continue; /* a word may have a piece twice */
		put_word(tag, s, word, before, first);
		before = word;
		first = false;
	}
	if (tag->failed)
		return error_memory(e);
	return deflate_add(z, table, key, key[0] == 'M' ? 4 : 3, tag->s, tag->n, e);
}

static int put_count(const struct spell *s, const struct spell_word *w, struct btree *table,
		     struct error *e)
{
	char key[BTREE_KEY_MAX] = "W", tag[4];
	size_t n = 0;
	if (w->n >= sizeof key)
		return error_set(e, STATUS_INPUT, MSG_XAP_LONG, "(word)");
	memcpy(key + 1, s->bytes.s + w->at, w->n);
	for (uint32_t rest = w->count; rest; rest >>= 8)
		tag[n++] = (char)rest;
	return btree_add(table, key, w->n + 1, tag, n, false, e);
}

static int put_all(const struct spell *s, const struct pieces *p, struct btree *table,
		   uint32_t *most, struct error *e)
{
	struct deflate z = {0};
	struct buf tag = buf_new(SIZE_MAX / 2);
	int result = deflate_open(&z, e);
	for (size_t i = 0; result == 0 && i < p->n;)
		result = put_piece(s, p, &i, table, &z, &tag, e);
	*most = 0;
	for (size_t i = 0; result == 0 && i < s->n; i++) {
		*most = s->words[i].count > *most ? s->words[i].count : *most;
		result = put_count(s, &s->words[i], table, e);
	}
	deflate_close(&z);
	buf_free(&tag);
	return result;
}

int spell_write(struct spell *s, struct btree_root *root, const char *path, uint32_t *most,
		struct error *e)
{
	struct pieces p = {0};
	settle(s);
	struct btree *table = btree_open(path, e);
	int result = table && list_pieces(s, &p, e) == 0 ? put_all(s, &p, table, most, e) : -1;
	if (result == 0)
		result = btree_finish(table, root, e);
	btree_close(table);
	free(p.list);
	return result;
}

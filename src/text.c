#include "text.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct span span_of(const char *s)
{
	return (struct span){s, strlen(s)};
}

bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int span_order(struct span a, struct span b)
{
	int order = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

struct span span_trim(struct span a)
{
	while (a.n && is_space(a.s[0]))
		a.s++, a.n--;
	while (a.n && is_space(a.s[a.n - 1]))
		a.n--;
	return a;
}

struct buf buf_new(size_t max)
{
	return (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
	free(b->s);
	*b = buf_new(b->max);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = b->starved = false;
	if (b->s)
		b->s[0] = '\0';
}

/* Makes room for n more bytes and the closing NUL. */
static bool buf_reserve(struct buf *b, size_t n)
{
	if (b->failed || n > b->max - b->n) {
		b->failed = true;
		return false;
	}
	if (b->n + n < b->cap)
		return true;
	size_t cap = b->cap ? b->cap * 2 : 64;
	while (cap <= b->n + n)
		cap *= 2;
	char *s = realloc(b->s, cap);
	if (!s) {
		b->failed = b->starved = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const char *s, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	if (n)
		memcpy(b->s + b->n, s, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !buf_reserve(b, (size_t)n)) {
		b->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf(b->s + b->n, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

void buf_codepoint(struct buf *b, uint32_t c)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)c, bytes);
	buf_add(b, (const char *)bytes, (size_t)n);
}

char *buf_take(struct buf *b)
{
	if (!b->failed && !b->s)
		buf_add(b, "", 0);
	char *s = NULL;
	if (!b->failed) {
		s = b->s;
		b->s = NULL;
	}
	buf_free(b);
	return s;
}

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	max_align_t bytes[];
};

static void *take(struct arena *a, size_t size, size_t align)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	struct arena_block *b = a->head;
	size_t used = b ? (b->used + align - 1) / align * align : 0;
	if (!b || used > b->size || b->size - used < size) {
		size_t room = size > 4096 ? size : 4096;
		b = calloc(1, sizeof *b + room);
		if (!b)
			return NULL;
		b->size = room;
		b->next = a->head;
		a->head = b;
		used = 0;
	}
	b->used = used + size;
	return (char *)b->bytes + used;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size, sizeof(max_align_t));
}

char *arena_copy(struct arena *a, const char *s, size_t n)
{
	char *copy = take(a, n + 1, 1);
	if (copy && n)
		memcpy(copy, s, n);
	return copy;
}

void arena_join(struct arena *a, struct arena *from)
{
	struct arena_block **end = &a->head;
	while (*end)
		end = &(*end)->next;
	*end = from->head;
	from->head = NULL;
}

void arena_free(struct arena *a)
{
	while (a->head) {
		struct arena_block *next = a->head->next;
		free(a->head);
		a->head = next;
	}
}

/* Each step can be undone, so that two sums that differ once differ to the end. */
static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return sum ^ sum >> 32;
}

uint64_t text_checksum(uint64_t sum, const char *s, size_t n)
{
	uint64_t word;
	for (; n >= sizeof word; s += sizeof word, n -= sizeof word) {
		memcpy(&word, s, sizeof word);
		sum = mix(sum, le64toh(word));
	}
	for (; n; s++, n--)
		sum = mix(sum, (unsigned char)*s);
	return sum;
}

uint64_t text_hash(uint64_t hash, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)s[i]) * UINT64_C(0x100000001B3);
	return hash;
}

char *text_copy(const char *s, size_t n)
{
	char *copy = malloc(n + 1);
	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *c)
{
	unsigned char first = (unsigned char)s[0];
	if (first < 0x80) {
		*c = first;
		return 1;
	}
	utf8proc_int32_t point;
	utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)s,
						   n > 4 ? 4 : (utf8proc_ssize_t)n, &point);
	if (length <= 0) {
		*c = 0xFFFD;
		return 1;
	}
	*c = (uint32_t)point;
	return (size_t)length;
}

size_t utf8_check(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c;
		size_t length = utf8_decode(s + i, n - i, &c);
		if (c == 0 || (c == 0xFFFD && length == 1))
			return i;
		i += length;
	}
	return n;
}

size_t utf8_length(const char *s, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

void text_put_safe(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c;
		i += utf8_decode(s + i, n - i, &c);
		buf_codepoint(out, text_is_unsafe(c) ? 0xFFFD : c);
	}
}

size_t utf8_width(const char *s, size_t n)
{
	size_t width = 0;
	for (size_t i = 0; i < n;) {
		uint32_t c;
		i += utf8_decode(s + i, n - i, &c);
		int w = utf8proc_charwidth((utf8proc_int32_t)c);
		width += w > 0 ? (size_t)w : 0;
	}
	return width;
}

bool text_is_alphanumeric(uint32_t c)
{
	if (c < 0x80) /* most of what is asked */
		return (c | 0x20) - 'a' < 26 || c - '0' < 10;
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return true;
	default:
		return false;
	}
}

bool text_is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
	       (c >= 0xE0000 && c <= 0xE007F);
}

bool text_is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019 || c == 0x02BC || c == 0x2018 || c == 0x201B || c == 0xFF07;
}

/* The diacritics of Latin, Greek and Cyrillic; the vowel signs of other scripts are letters to
 * their readers and stay. */
static bool is_diacritic(uint32_t c)
{
	return (c >= 0x0300 && c <= 0x036F) || (c >= 0x1AB0 && c <= 0x1AFF) ||
	       (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) ||
	       (c >= 0xFE20 && c <= 0xFE2F);
}

/* Letters that Unicode does not decompose but that people type as two (or one) plain ones. */
static size_t fold_special(uint32_t c, uint32_t out[18])
{
	switch (c) {
	case 0x0152: /* Œ œ */
	case 0x0153:
		out[0] = 'o', out[1] = 'e';
		return 2;
	case 0x00C6: /* Æ æ */
	case 0x00E6:
		out[0] = 'a', out[1] = 'e';
		return 2;
	case 0x00D8: /* Ø ø */
	case 0x00F8:
		out[0] = 'o';
		return 1;
	case 0x0141: /* Ł ł */
	case 0x0142:
		out[0] = 'l';
		return 1;
	default:
		out[0] = '\'';
		return text_is_apostrophe(c);
	}
}

size_t text_fold_codepoint(uint32_t c, uint32_t out[18])
{
	if (c < 0x80) {
		out[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
		return 1;
	}
	size_t special = fold_special(c, out);
	if (special)
		return special;
	utf8proc_int32_t points[18];
	utf8proc_ssize_t n = utf8proc_decompose_char(
		(utf8proc_int32_t)c, points, 18,
		UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE, NULL);
	size_t kept = 0;
	for (utf8proc_ssize_t i = 0; i < n && i < 18; i++) {
		uint32_t plain[18];
		/* what was decomposed may be special itself: of "ǽ" the "æ" */
		size_t count = fold_special((uint32_t)points[i], plain);
		if (count == 0) {
			plain[0] = (uint32_t)points[i];
			count = !is_diacritic(plain[0]);
		}
		for (size_t k = 0; k < count && kept < 18; k++)
			out[kept++] = plain[k];
	}
	return kept;
}

/* Folds a stretch of ASCII, most of most texts; returns its length. */
static size_t fold_ascii(struct buf *out, const char *s, size_t n)
{
	char folded[256];
	size_t done = 0;
	while (done < n && (unsigned char)s[done] < 0x80) {
		size_t k = 0;
		for (; k < sizeof folded && done < n && (unsigned char)s[done] < 0x80; done++)
			folded[k++] =
				(char)(s[done] >= 'A' && s[done] <= 'Z' ? s[done] + 32 : s[done]);
		buf_add(out, folded, k);
	}
	return done;
}

void text_fold(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c, folded[18];
		i += fold_ascii(out, s + i, n - i);
		if (i == n)
			break;
		i += utf8_decode(s + i, n - i, &c);
		size_t count = text_fold_codepoint(c, folded);
		for (size_t k = 0; k < count; k++)
			buf_codepoint(out, folded[k]);
	}
}

/* A text that gives its folded code points one by one. */
struct folding {
	struct span rest;
	uint32_t folded[18];
	size_t i, n;
};

/* 0 at the end. */
static uint32_t folding_next(struct folding *f)
{
	while (f->i == f->n && f->rest.n) {
		uint32_t c;
		size_t length = utf8_decode(f->rest.s, f->rest.n, &c);
		f->rest = (struct span){f->rest.s + length, f->rest.n - length};
		f->n = text_fold_codepoint(c, f->folded);
		f->i = 0;
	}
	return f->i < f->n ? f->folded[f->i++] : 0;
}

bool text_folds_equal(struct span a, struct span b)
{
	struct folding x = {.rest = a}, y = {.rest = b};
	for (bool some = false;; some = true) {
		uint32_t c = folding_next(&x);
		if (c != folding_next(&y))
			return false;
		if (!c)
			return some;
	}
}

#include "anchor.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

const char *const anchor_style_names[ANCHOR_STYLES + 1] = {"github", "docusaurus", "hugo",
							   "mkdocs", "vitepress",  NULL};

enum { ANCHOR_MAX = 16 * 1024 * 1024 };

static bool is_letter(utf8proc_category_t k)
{
	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

static bool is_mark(utf8proc_category_t k)
{
	return k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME;
}

/* ---- rules: what becomes of one code point ------------------------------------------------------
 */

static void put_lower(struct buf *out, uint32_t c)
{
	buf_codepoint(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)c));
}

/* Removes what is no word character; every blank is a hyphen. Hugo takes no marks and no
 * punctuation but _. */
static void put_github(struct buf *out, uint32_t c, bool hugo)
{
	utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
	bool more = hugo ? c == '_'
			 : is_mark(k) || k == UTF8PROC_CATEGORY_NL || k == UTF8PROC_CATEGORY_PC;
	if (c == ' ' || c == '-' || (hugo && c == '\t'))
		buf_putc(out, '-');
	else if (is_letter(k) || k == UTF8PROC_CATEGORY_ND || more)
		put_lower(out, c);
}

static bool ends_in_hyphen(const struct buf *out, size_t from)
{
	return out->n > from && out->s[out->n - 1] == '-';
}

/* What is not ASCII after decomposition is gone before blanks are looked at; those at both ends
 * fall, the rest of a run of blanks and hyphens is one hyphen. *run: what was met since the last
 * other character. */
enum run { RUN_NONE, RUN_BLANK, RUN_HYPHEN };

static void put_mkdocs(struct buf *out, uint32_t c, size_t from, enum run *run)
{
	if (c == '-')
		*run = RUN_HYPHEN;
	else if ((c == ' ' || (c >= '\t' && c <= '\r')) && *run == RUN_NONE)
		*run = RUN_BLANK;
	if (c != '_' && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
	    !(c >= 'a' && c <= 'z'))
		return;
	if (*run == RUN_HYPHEN || (*run == RUN_BLANK && out->n > from))
		buf_putc(out, '-');
	*run = RUN_NONE;
	buf_putc(out, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
}

static bool parts_words(uint32_t c)
{
	return (c > ' ' && c < 0x7F && strchr("~`!@#$%^&*()-_+=[]{}|\\;:\"'<>,.?/", (int)c)) ||
	       c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0xFEFF ||
	       (c >= 0x2018 && c <= 0x2019) || (c >= 0x201C && c <= 0x201D) || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
	       c == 0x205F || c == 0x3000;
}

static void put_vitepress(struct buf *out, uint32_t c, size_t from)
{
	if (c < 0x20 || (c >= 0x300 && c <= 0x36F))
		return;
	if (!parts_words(c)) {
		if (out->n == from && c >= '0' && c <= '9')
			buf_putc(out, '_');
		put_lower(out, c);
	} else if (out->n > from && !ends_in_hyphen(out, from)) {
		buf_putc(out, '-');
	}
}

/* ---- headings -----------------------------------------------------------------------------------
 */

/* One code point, or the several that it is made of (NFKD). */
static size_t decompose(uint32_t c, utf8proc_int32_t points[18])
{
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)c, points, 18,
						     UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, NULL);
	return n < 0 ? 0 : n > 18 ? 18 : (size_t)n;
}

static void put(struct buf *out, enum anchor_style style, uint32_t c, size_t from, enum run *run)
{
	utf8proc_int32_t points[18];
	if (style != ANCHOR_MKDOCS && style != ANCHOR_VITEPRESS) {
		put_github(out, c, style == ANCHOR_HUGO);
		return;
	}
	size_t n = decompose(c, points);
	for (size_t i = 0; i < n; i++) {
		if (style == ANCHOR_MKDOCS)
			put_mkdocs(out, (uint32_t)points[i], from, run);
		else
			put_vitepress(out, (uint32_t)points[i], from);
	}
}

bool anchor_is_of_source(enum anchor_style style)
{
	return style == ANCHOR_HUGO;
}

void anchor_make(struct buf *out, enum anchor_style style, struct span heading)
{
	size_t from = out->n;
	enum run run = RUN_NONE;
	heading = span_trim(heading);
	for (size_t i = 0; i < heading.n;) {
		uint32_t c;
		i += utf8_decode(heading.s + i, heading.n - i, &c);
		put(out, style, c, from, &run);
	}
	if (style == ANCHOR_VITEPRESS && !out->failed && ends_in_hyphen(out, from))
		out->s[--out->n] = '\0';
	if (style == ANCHOR_MKDOCS && run == RUN_HYPHEN)
		buf_putc(out, '-');
	if (style == ANCHOR_HUGO && out->n == from)
		buf_puts(out, "heading");
}

/* ---- repeats ------------------------------------------------------------------------------------
 */

struct used {
	const char *key; /* NULL: free */
	size_t next;	 /* the last number tried behind it */
};

struct anchors {
	enum anchor_style style;
	struct used *at;
	size_t mask;
	uint64_t seed;
};

struct anchors *anchors_new(size_t n, enum anchor_style style)
{
	struct anchors *page = malloc(sizeof *page);
	size_t size = 4;
	while (size < 2 * n)
		size *= 2;
	struct used *at = page ? calloc(size, sizeof *at) : NULL;
	if (!at) {
		free(page);
		return NULL;
	}
	/* the address of the table: no page can be written to collide */
	*page = (struct anchors){style, at, size - 1, TEXT_HASH_START ^ (uint64_t)(uintptr_t)at};
	return page;
}

void anchors_free(struct anchors *page)
{
	if (page)
		free(page->at);
	free(page);
}

/* The place of key, or the free one where it belongs. */
static struct used *look_up(const struct anchors *page, const char *key)
{
	uint64_t hash = text_hash(page->seed, key, strlen(key));
	hash ^= hash >> 32;
	size_t i = (size_t)hash & page->mask;
	while (page->at[i].key && strcmp(page->at[i].key, key) != 0)
		i = (i + 1) & page->mask;
	return &page->at[i];
}

/* Bytes before the number from which repeats are counted: Python-Markdown goes on from the number
 * of "a_1". Sets *number. */
static size_t stem_length(const char *anchor, enum anchor_style style, size_t *number)
{
	size_t n = strlen(anchor), digits = 0;
	while (digits < n && digits < 9 && anchor[n - digits - 1] >= '0' &&
	       anchor[n - digits - 1] <= '9')
		digits++;
	*number = 0;
	if (style != ANCHOR_MKDOCS || digits == 0 || digits == n || anchor[n - digits - 1] != '_')
		return n;
	*number = strtoul(anchor + n - digits, NULL, 10);
	return n - digits - 1;
}

bool anchors_take(struct anchors *page, char **anchor)
{
	bool unnamed = page->style == ANCHOR_MKDOCS && !**anchor; /* the first is "_1" */
	struct used *base = look_up(page, *anchor), *place;
	if (!base->key && !unnamed) {
		base->key = *anchor;
		return true;
	}
	size_t number, length = stem_length(*anchor, page->style, &number);
	/* go on where they stopped: a million headings alike are a million steps, not their square
	 */
	if (base->next < number)
		base->next = number;
	struct buf b = buf_new(ANCHOR_MAX + 32);
	do {
		buf_clear(&b);
		buf_add(&b, *anchor, length);
		buf_printf(&b, "%c%zu", page->style == ANCHOR_MKDOCS ? '_' : '-', ++base->next);
		if (b.failed) {
			buf_free(&b);
			return false;
		}
		place = look_up(page, b.s);
	} while (place->key);
	char *made = buf_take(&b);
	if (!made)
		return false;
	free(*anchor);
	*anchor = made;
	place->key = made;
	return true;
}

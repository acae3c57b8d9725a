/* Bytes: the buffer and its ceiling, the arena, UTF-8, folding. */
#include "src/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void test_span(void **state)
{
	(void)state;
	static const struct {
		const char *text, *trimmed;
	} rows[] = {
		{"", ""},
		{" ", ""},
		{"\t\r\n\v\f ", ""},
		{"a", "a"},
		{"  a b \n", "a b"},
		{"é ", "é"},
		{"\u00A0a\u00A0", "\u00A0a\u00A0"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span t = span_trim(span_of(rows[i].text));
		assert_true(span_equal(t, span_of(rows[i].trimmed)));
	}
	assert_true(span_equal((struct span){NULL, 0}, span_of("")));
	assert_false(span_equal(span_of("a"), span_of("b")));
	assert_false(span_equal(span_of("a"), span_of("aa")));
}

static void test_buf_grows(void **state)
{
	(void)state;
	struct buf b = buf_new(100000);
	assert_null(b.s);
	for (size_t i = 0; i < 100000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		assert_int_equal(b.s[b.n], '\0');
	}
	assert_int_equal(b.n, 100000);
	assert_false(b.failed);
	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(b.s[i], 'a' + i % 26);
	buf_add(&b, "", 0);
	assert_false(b.failed);
	buf_clear(&b);
	assert_string_equal(b.s, "");
	buf_printf(&b, "%d-%s", 42, "é");
	assert_string_equal(b.s, "42-é");
	buf_free(&b);
	assert_null(b.s);
}

static void test_buf_ceiling(void **state)
{
	(void)state;
	for (size_t max = 0; max < 130; max++) {
		struct buf b = buf_new(max);
		for (size_t i = 0; i < max; i++)
			buf_putc(&b, 'x');
		assert_false(b.failed);
		buf_puts(&b, "y");
		assert_true(b.failed);
		buf_add(&b, "", 0);
		buf_printf(&b, "%s", "");
		assert_true(b.failed);
		assert_int_equal(b.n, max);
		assert_true(max == 0 || (strlen(b.s) == max && !strchr(b.s, 'y')));
		buf_clear(&b);
		assert_false(b.failed);
		assert_int_equal(b.n, 0);
		buf_printf(&b, "%0*d", (int)max + 1, 0);
		assert_true(b.failed);
		assert_int_equal(b.n, 0);
		assert_null(buf_take(&b));
		assert_int_equal(b.max, max);
		assert_false(b.failed);
		buf_free(&b);
	}
	/* a failure sticks: what would fit comes to nothing */
	struct buf b = buf_new(4);
	buf_puts(&b, "ab");
	buf_puts(&b, "cde");
	buf_puts(&b, "c");
	assert_string_equal(b.s, "ab");
	buf_free(&b);
}

static void test_buf_take(void **state)
{
	(void)state;
	struct buf b = buf_new(10);
	char *s = buf_take(&b);
	assert_string_equal(s, "");
	free(s);
	buf_puts(&b, "0123456789");
	s = buf_take(&b);
	assert_string_equal(s, "0123456789");
	free(s);
	assert_null(b.s);
	assert_int_equal(b.n, 0);
	buf_puts(&b, "again");
	assert_string_equal(b.s, "again");
	buf_free(&b);
}

static void test_arena(void **state)
{
	(void)state;
	struct arena a = {0};
	char *old[1000];
	for (size_t i = 0; i < COUNT(old); i++) {
		size_t n = i * 7 % 501;
		old[i] = arena_alloc(&a, n);
		assert_non_null(old[i]);
		assert_int_equal((uintptr_t)old[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(old[i][k], 0);
		memset(old[i], (int)i, n);
	}
	for (size_t i = 0; i < COUNT(old); i++) {
		for (size_t k = 0; k < i * 7 % 501; k++)
			assert_int_equal((unsigned char)old[i][k], i & 255);
	}
	char *big = arena_alloc(&a, 1 << 20);
	assert_non_null(big);
	assert_int_equal(big[(1 << 20) - 1], 0);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_string_equal(arena_copy(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_copy(&a, NULL, 0), "");
	arena_free(&a);
	assert_null(a.head);
	arena_free(&a);
	char *copy = text_copy("abc", 2);
	assert_string_equal(copy, "ab");
	free(copy);
}

struct utf8_row {
	const char *bytes;
	size_t n, bad; /* offset of the first bad byte, n for none */
};

static const struct utf8_row utf8_rows[] = {
	{"", 0, 0},
	{"abc", 3, 3},
	{"a\0b", 3, 1},
	{"é", 2, 2},
	{"\u2019", 3, 3},
	{"\U0001F600", 4, 4},
	{"\xEF\xBF\xBD", 3, 3},		/* U+FFFD itself is no error */
	{"\xEF\xBF\xBF", 3, 3},		/* a noncharacter is valid UTF-8 */
	{"\xF4\x8F\xBF\xBF", 4, 4},	/* U+10FFFF */
	{"\xF4\x90\x80\x80", 4, 0},	/* beyond */
	{"ab\x80", 3, 2},		/* a lone continuation */
	{"a\xC3", 2, 1},		/* cut */
	{"a\xE2\x80", 3, 1},		/* cut */
	{"\xF0\x9F\x98", 3, 0},		/* cut */
	{"\xC3(", 2, 0},		/* no continuation */
	{"\xE2(\xA1", 3, 0},		/* no continuation */
	{"\xC0\x80", 2, 0},		/* overlong NUL */
	{"\xC1\xBF", 2, 0},		/* overlong */
	{"\xE0\x80\xAF", 3, 0},		/* overlong / */
	{"\xF0\x80\x80\xAF", 4, 0},	/* overlong */
	{"\xED\xA0\x80", 3, 0},		/* a surrogate */
	{"\xED\xBF\xBF", 3, 0},		/* a surrogate */
	{"\xF8\x88\x80\x80\x80", 5, 0}, /* five bytes */
	{"\xFE", 1, 0},
	{"\xFF", 1, 0},
	{"\xE9t\xE9", 3, 0}, /* Latin-1 */
};

static void test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(utf8_rows); i++) {
		const struct utf8_row *r = &utf8_rows[i];
		/* on the heap, so that a sanitizer sees a read past the end */
		char *s = malloc(r->n ? r->n : 1);
		memcpy(s, r->bytes, r->n);
		if (utf8_check(s, r->n) != r->bad)
			fail_msg("row %zu: %zu", i, utf8_check(s, r->n));
		if (r->bad < r->n && s[r->bad]) {
			uint32_t c = 0;
			assert_int_equal(utf8_decode(s + r->bad, r->n - r->bad, &c), 1);
			assert_int_equal(c, 0xFFFD);
		}
		free(s);
	}
}

/* Every code point there and back; those that are none are not made. */
static void test_utf8_all(void **state)
{
	(void)state;
	struct buf b = buf_new(16);
	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		if (c == 0xD800)
			c = 0xE000;
		uint32_t back = 0;
		buf_clear(&b);
		buf_codepoint(&b, c);
		if (utf8_decode(b.s, b.n, &back) != b.n || back != c ||
		    utf8_check(b.s, b.n) != b.n || utf8_length(b.s, b.n) != 1)
			fail_msg("U+%04X", c);
		for (size_t n = 1; n < b.n; n++)
			assert_int_equal(utf8_check(b.s, n), 0);
	}
	buf_clear(&b);
	buf_codepoint(&b, 0x110000);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

static void test_fold(void **state)
{
	(void)state;
	static const struct {
		const char *text, *folded;
	} rows[] = {
		{"", ""},
		{"Public LIBRARY 42", "public library 42"},
		{"é", "e"},
		{"É", "e"},
		{"e\u0301", "e"},
		{"E\u0301\u0302", "e"},
		{"à â ç î ô ù ÿ", "a a c i o u y"},
		{"Ÿ", "y"},
		{"œ Œ cœur", "oe oe coeur"},
		{"æ Æ Lætitia", "ae ae laetitia"},
		{"Ø ø Ł ł", "o o l l"},
		{"\uFB01che \uFB00", "fiche ff"},
		{"ß \u1E9E", "ss ss"},
		{"\u2018 \u2019 \u201B \u02BC \uFF07 '", "' ' ' ' ' '"},
		{"…", "..."},
		{"\uFF21\uFF22\uFF11", "ab1"}, /* full width */
		{"\u00BD", "1\u20442"},
		{"n\u00B2", "n2"},
		{"Å Å å", "a a a"},
		{"Ё й", "е и"},
		{"\u039F\u0394\u039F\u03A3", "\u03BF\u03B4\u03BF\u03C3"},
		{"\u0130", "i"},    /* dotted capital I */
		{"a\u00ADb", "ab"}, /* soft hyphen */
		{"図書館", "図書館"},
		{"a\xFFz", "a\uFFFDz"},
	};
	struct buf b = buf_new(1000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		text_fold(&b, rows[i].text, strlen(rows[i].text));
		assert_string_equal(b.s ? b.s : "", rows[i].folded);
	}
	buf_free(&b);
}

/* Folding what is folded changes nothing more, and no code point overruns its 18 places. */
static void test_fold_twice(void **state)
{
	(void)state;
	struct buf once = buf_new(1000), twice = buf_new(1000);
	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		uint32_t out[18];
		if (c == 0xD800)
			c = 0xE000;
		size_t n = text_fold_codepoint(c, out);
		assert_true(n <= 18);
		buf_clear(&once);
		buf_clear(&twice);
		for (size_t i = 0; i < n; i++)
			buf_codepoint(&once, out[i]);
		if (n)
			text_fold(&twice, once.s, once.n);
		if (once.n != twice.n || (n && memcmp(once.s, twice.s, once.n) != 0))
			fail_msg("U+%04X: %s, then %s", c, once.s, twice.s);
	}
	buf_free(&once);
	buf_free(&twice);
}

static void test_width(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t length, width;
	} rows[] = {
		{"", 0, 0},	  {"abc", 3, 3},	{"été", 3, 3},	  {"e\u0301", 2, 1},
		{"図書館", 3, 6}, {"a\u00A0b", 3, 3},	{"\u200B", 1, 0}, {"« œ »", 5, 5},
		{"\t", 1, 0},	  {"\U0001F600", 1, 2}, {"\uFF21", 1, 2},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].text);
		assert_int_equal(utf8_length(rows[i].text, n), rows[i].length);
		assert_int_equal(utf8_width(rows[i].text, n), rows[i].width);
	}
}

static void test_classes(void **state)
{
	(void)state;
	static const struct {
		uint32_t c;
		bool alphanumeric, apostrophe;
	} rows[] = {
		{'a', true, false},	{'Z', true, false},    {'5', true, false},
		{0xE9, true, false},	{0x153, true, false},  {0xB2, true, false},
		{0x56F3, true, false},	{'_', false, false},   {' ', false, false},
		{'-', false, false},	{0xA0, false, false},  {0x301, false, false},
		{'\'', false, true},	{0x2019, false, true}, {0x2018, false, true},
		{0x201B, false, true},	{0x2BC, true, true},   {0xFF07, false, true},
		{0xFFFD, false, false}, {0x60, false, false},  {0xB4, false, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(text_is_alphanumeric(rows[i].c), rows[i].alphanumeric);
		assert_int_equal(text_is_apostrophe(rows[i].c), rows[i].apostrophe);
	}
	for (uint32_t c = 0; c < 0x80; c++)
		assert_int_equal(text_is_alphanumeric(c),
				 c && strchr("0123456789abcdefghijklmnopqrstuvwxyz"
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
					     (int)c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_span),	    cmocka_unit_test(test_buf_grows),
		cmocka_unit_test(test_buf_ceiling), cmocka_unit_test(test_buf_take),
		cmocka_unit_test(test_arena),	    cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_utf8_all),    cmocka_unit_test(test_fold),
		cmocka_unit_test(test_fold_twice),  cmocka_unit_test(test_width),
		cmocka_unit_test(test_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

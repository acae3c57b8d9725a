#include "t.h"

#include "text.h"

static const struct {
	const char *in, *out;
} folds[] = {
	{"", ""},
	{"abc", "abc"},
	{"ÉCOLE", "ecole"},
	{"e\xCC\x81t\xC3\xA9", "ete"},
	{"Cœur", "coeur"},
	{"ŒUVRE", "oeuvre"},
	{"vitæ", "vitae"},
	{"l’usager", "l'usager"},
	{"l\xCA\xBCusager", "l'usager"},
	{"straße", "strasse"},
	{"ﬁn", "fin"},
	{"Łódź", "lodz"},
	{"smørrebrød", "smorrebrod"},
	{"日本", "日本"},
	{"Ａ１", "a1"},
};

static void text_is_folded(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(folds); i++) {
		struct buf out = buf_new(1000);
		text_fold(&out, folds[i].in, strlen(folds[i].in));
		same(i, folds[i].out, out.s ? out.s : "");
		buf_free(&out);
	}
}

static const struct {
	const char *bytes;
	size_t n, good;
} checks[] = {
	{"", 0, 0},
	{"abc", 3, 3},
	{"a\0b", 3, 1},
	{"\xC3\xA9", 2, 2},
	{"a\xC3", 2, 1},
	{"\xC0\xAF", 2, 0},
	{"\xED\xA0\x80", 3, 0},
	{"\xF4\x90\x80\x80", 4, 0},
	{"ok\xFF", 3, 2},
	{"\xE2\x82", 2, 0},
	{"\xF0\x9F\x93\x9A", 4, 4},
	{"\xEF\xBF\xBD", 3, 3},
};

static void bad_utf8_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(checks); i++) {
		size_t good = utf8_check(checks[i].bytes, checks[i].n);
		if (good != checks[i].good)
			fail_msg("row %zu: %zu", i, good);
	}
}

static void a_buffer_keeps_its_ceiling(void **state)
{
	struct buf b = buf_new(5);
	(void)state;
	buf_puts(&b, "abcd");
	buf_puts(&b, "ef");
	assert_true(b.failed);
	buf_puts(&b, "g"); /* would fit, but what is lost stays lost */
	assert_string_equal(b.s, "abcd");
	assert_null(buf_take(&b));
	buf_printf(&b, "%d", 12345);
	char *s = buf_take(&b);
	assert_string_equal(s, "12345");
	free(s);
}

static void an_arena_gives_zeroed_memory(void **state)
{
	struct arena a = {0};
	(void)state;
	for (size_t n = 0; n < 20000; n = n * 2 + 1) {
		char *p = arena_alloc(&a, n);
		assert_non_null(p);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 1, n);
	}
	assert_string_equal(arena_copy(&a, "abcd", 3), "abc");
	arena_free(&a);
}

static void widths_are_those_of_a_terminal(void **state)
{
	(void)state;
	assert_int_equal(utf8_width("abc", 3), 3);
	assert_int_equal(utf8_width("é", 2), 1);
	assert_int_equal(utf8_width("e\xCC\x81", 3), 1);
	assert_int_equal(utf8_width("日", 3), 2);
	assert_int_equal(utf8_length("日é", 5), 2);
}

static void spans_are_trimmed(void **state)
{
	(void)state;
	assert_true(span_equal(span_trim(span_of(" \t a b\n")), span_of("a b")));
	assert_int_equal(span_trim(span_of("  ")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(text_is_folded),
					   cmocka_unit_test(bad_utf8_is_found),
					   cmocka_unit_test(a_buffer_keeps_its_ceiling),
					   cmocka_unit_test(an_arena_gives_zeroed_memory),
					   cmocka_unit_test(widths_are_those_of_a_terminal),
					   cmocka_unit_test(spans_are_trimmed)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "t.h"

#include "pair.h"

static const struct {
	const char *a, *b, *expected; /* for each of a's passages the number of b's, or - */
} rows[] = {
	{"# A\n## B\n", "# X\n## Y\n", "0 1"},
	{"# A\n## B\n", "# X\n### Y\n", "- -"},
	{"# A {#a}\n## B {#b}\n", "# X {#b}\n## Y {#a}\n", "1 0"},
	{"# A {#a}\n## B\n## C {#c}\n", "# X {#a}\n## Y\n## Z {#c}\n", "0 1 2"},
	/* a section more on one side: what stands around it still pairs */
	{"# A {#a}\n## B {#b}\n## New\n## C {#c}\n", "# X {#a}\n## Y {#b}\n## Z {#c}\n", "0 1 - 2"},
	{"text\n\n# A\n", "texte\n\n# X\n", "0 1"},
	{"text\n\n# A\n", "# X\n", "- -"},
	{"", "# X\n", ""},
};

static void passages_pair(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct passages a, b;
		struct error e;
		int to_b[8], to_a[8];
		struct buf out = buf_new(100);
		assert_int_equal(passages_read(rows[i].a, strlen(rows[i].a), 1, &a, &e), 0);
		assert_int_equal(passages_read(rows[i].b, strlen(rows[i].b), 1, &b, &e), 0);
		pair_passages(&a, &b, to_b, to_a);
		for (size_t k = 0; k < a.n; k++) {
			buf_puts(&out, k ? " " : "");
			if (to_b[k] == PAIR_NONE)
				buf_puts(&out, "-");
			else
				buf_printf(&out, "%d", to_b[k]);
			if (to_b[k] != PAIR_NONE)
				assert_int_equal(to_a[to_b[k]], k);
		}
		same(i, rows[i].expected, out.s ? out.s : "");
		buf_free(&out);
		passages_free(&a);
		passages_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(passages_pair)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "t.h"

#include <stdlib.h>

#include "anchor.h"

/* Column by column what the generators themselves wrote of "## HEADING" (github-slugger 2, Hugo
 * 0.111, Python-Markdown 3.4, @mdit-vue/shared 2); Hugo is given the Markdown. */
static const struct row {
	const char *heading, *source; /* NULL: the same */
	const char *github, *hugo, *mkdocs, *vitepress;
} rows[] = {
	{"L’été à Québec & code_x a link fin",
	 "L’été à *Québec* & `code_x` [a link](http://x.y/z) fin",
	 "lété-à-québec--code_x-a-link-fin", "lété-à-québec--code_x-a-linkhttpxyz-fin",
	 "lete-a-quebec-code_x-a-link-fin", "l-ete-a-quebec-code-x-a-link-fin"},
	{"L'usager double espace", "L'usager  double   espace", "lusager-double-espace",
	 "lusager--double---espace", "lusager-double-espace", "l-usager-double-espace"},
	{"1.2 – Déjà-vu : œuvre", NULL, "12--déjà-vu--œuvre", "12--déjà-vu--œuvre",
	 "12-deja-vu-uvre", "_1-2-–-deja-vu-œuvre"},
	{"C++", NULL, "c", "c", "c", "c"},
	{"???", NULL, "", "heading", "", ""},
	{"A_b_c gras", "A_b_c **gras**", "a_b_c-gras", "a_b_c-gras", "a_b_c-gras", "a-b-c-gras"},
	{"Fish & chips x", "Fish &amp; chips <b>x</b>", "fish--chips-x", "fish-amp-chips-bxb",
	 "fish-chips-x", "fish-chips-x"},
	{"日本語 Straße ½ ²", NULL, "日本語-straße--", "日本語-straße--", "strae-12-2",
	 "日本語-straße-1⁄2-2"},
	{"-- tirets --", NULL, "---tirets---", "---tirets---", "-tirets-", "tirets"},
	{"Emoji 🎉 ici", NULL, "emoji--ici", "emoji--ici", "emoji-ici", "emoji-🎉-ici"},
	{"e.g. foo/bar", NULL, "eg-foobar", "eg-foobar", "eg-foobar", "e-g-foo-bar"},
	{"Q? ! « guillemets » 10 %", NULL, "q---guillemets--10-", "q---guillemets--10-",
	 "q-guillemets-10", "q-«-guillemets-»-10"},
	{"Laquelle choisir ?", NULL, "laquelle-choisir-", "laquelle-choisir-", "laquelle-choisir",
	 "laquelle-choisir"},
};

static void headings_become_anchors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const expected[ANCHOR_STYLES] = {[ANCHOR_GITHUB] = rows[i].github,
							     [ANCHOR_DOCUSAURUS] = rows[i].github,
							     [ANCHOR_HUGO] = rows[i].hugo,
							     [ANCHOR_MKDOCS] = rows[i].mkdocs,
							     [ANCHOR_VITEPRESS] =
								     rows[i].vitepress};
		for (int style = 0; style < ANCHOR_STYLES; style++) {
			struct buf out = buf_new(1000);
			bool source = anchor_is_of_source((enum anchor_style)style);
			buf_puts(&out, "#");
			anchor_make(&out, (enum anchor_style)style,
				    span_of(source && rows[i].source ? rows[i].source
								     : rows[i].heading));
			same(i, expected[style], out.s + 1);
			buf_free(&out);
		}
	}
}

/* Anchors taken in turn, blank between. */
static const struct repeat {
	enum anchor_style style;
	const char *given, *expected;
} repeats[] = {
	{ANCHOR_GITHUB, "été été été", "été été-1 été-2"},
	{ANCHOR_GITHUB, "foo-1 foo foo", "foo-1 foo foo-2"},
	{ANCHOR_MKDOCS, "ete ete ete", "ete ete_1 ete_2"},
	{ANCHOR_MKDOCS, "a_1 a_1 a a", "a_1 a_2 a a_3"},
	{ANCHOR_HUGO, "heading heading", "heading heading-1"},
	{ANCHOR_VITEPRESS, "x x", "x x-1"},
};

static void repeats_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(repeats); i++) {
		char given[100], *list[8];
		size_t n = 0;
		strcpy(given, repeats[i].given);
		for (char *word = strtok(given, " "); word; word = strtok(NULL, " "))
			list[n++] = text_copy(word, strlen(word));
		struct anchors *page = anchors_new(n, repeats[i].style);
		struct buf out = buf_new(1000);
		assert_non_null(page);
		for (size_t k = 0; k < n; k++) {
			assert_true(anchors_take(page, &list[k]));
			buf_printf(&out, "%s%s", k ? " " : "", list[k]);
		}
		same(i, repeats[i].expected, out.s);
		anchors_free(page);
		for (size_t k = 0; k < n; k++)
			free(list[k]);
		buf_free(&out);
	}
}

static void the_nameless_are_numbered(void **state)
{
	char *list[3] = {text_copy("", 0), text_copy("", 0), text_copy("", 0)};
	static const char *const expected[3] = {"_1", "_2", "_3"};
	struct anchors *page = anchors_new(3, ANCHOR_MKDOCS);
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(anchors_take(page, &list[i]));
		assert_string_equal(list[i], expected[i]);
	}
	anchors_free(page);
	for (size_t i = 0; i < 3; i++)
		free(list[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(headings_become_anchors),
					   cmocka_unit_test(repeats_are_told_apart),
					   cmocka_unit_test(the_nameless_are_numbered)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

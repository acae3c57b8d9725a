/* test_query.c - what is typed, and the tree it becomes (written in English operators), or the
 * limit that it meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/query.h"

struct tree_case {
	const char *typed, *tree;
};

static const struct tree_case trees[] = {
	/* words */
	{"", ""},
	{"   ", ""},
	{"\xC2\xA0\xE2\x80\xAF", ""},
	{"library", "library"},
	{"  library  ", "library"},
	{"public library", "(public AND library)"},
	{"public\tlibrary\nstaff", "(public AND library AND staff)"},
	{"public\xC2\xA0library", "(public AND library)"},
	{"école", "école"},
	{"l'usager", "l'usager"},
	{"l’usager d’hier", "(l’usager AND d’hier)"},
	{"vue.js", "vue.js"},
	{"porte-monnaie", "porte-monnaie"},
	{"C++", "C++"},
	{"42", "42"},
	{"---", ""},
	{"!!", ""},
	{"a - b", "(a AND b)"},
	{"a & b", "(a AND b)"},
	{"« »", ""},
	{"désherbage?", "désherbage?"},
	{"Quoi de neuf ?", "(Quoi AND de AND neuf)"},
	/* operators */
	{"a AND b", "(a AND b)"},
	{"a ET b", "(a AND b)"},
	{"a OR b", "(a OR b)"},
	{"a OU b", "(a OR b)"},
	{"a NOT b", "(a AND NOT b)"},
	{"a SAUF b", "(a AND NOT b)"},
	{"a AND NOT b", "(a AND NOT b)"},
	{"NOT a", "NOT a"},
	{"NOT NOT a", "a"},
	{"NOT NOT NOT a", "NOT a"},
	{"NOT -a", "a"},
	{"-(NOT a) b", "(a AND b)"},
	{"a and b or c not d", "(a AND and AND b AND or AND c AND not AND d)"},
	{"a Or b", "(a AND Or AND b)"},
	{"a b OR c", "((a AND b) OR c)"},
	{"a OR b c", "(a OR (b AND c))"},
	{"a OR b OR c", "(a OR b OR c)"},
	{"a OU b OR c", "(a OR b OR c)"},
	{"a OR NOT b", "(a OR NOT b)"},
	{"NOT a b", "(NOT a AND b)"},
	{"a AND b OR c AND d", "((a AND b) OR (c AND d))"},
	{"\"a b\"OR\"c d\"", "(\"a b\" OR \"c d\")"},
	/* operators that have nothing to work on are words */
	{"école AND", "(école AND and)"},
	{"AND école", "(and AND école)"},
	{"AND", "and"},
	{"OR", "or"},
	{"NOT", "not"},
	{"OU", "ou"},
	{"a NOT", "(a AND not)"},
	{"a AND OR b", "((a AND and) OR b)"},
	{"a AND AND b", "(a AND and AND b)"},
	{"a OR AND", "(a AND or AND and)"},
	{"(a OR) b", "(a AND or AND b)"},
	{"(AND)", "and"},
	{"NOT AND b", "(NOT and AND b)"},
	{"title:AND", "title:and"},
	{"-OR", "NOT or"},
	{"a OR !!", "a"},
	{"!! AND a", "a"},
	{"NOT !!", ""},
	/* exclusion */
	{"-a", "NOT a"},
	{"a -b", "(a AND NOT b)"},
	{"a -b -c", "(a AND NOT b AND NOT c)"},
	{"a -\"b c\"", "(a AND NOT \"b c\")"},
	{"a -(b c)", "(a AND NOT (b AND c))"},
	{"(-a b)", "(NOT a AND b)"},
	{"(a)-b", "(a AND NOT b)"},
	{"\"a\"-b", "(\"a\" AND b)"},
	{"-title:a", "NOT title:a"},
	{"title:-a", "title:a"},
	{"--help", "help"},
	{"--title:a", "title:a"},
	{"-", ""},
	{"-)", ""},
	{"a -", "a"},
	/* phrases */
	{"\"a phrase\"", "\"a phrase\""},
	{"“a phrase”", "\"a phrase\""},
	{"«a phrase»", "\"a phrase\""},
	{"« a phrase »", "\"a phrase\""},
	{"«\xC2\xA0une expression\xC2\xA0»", "\"une expression\""},
	{"«\xE2\x80\xAFune expression\xE2\x80\xAF»", "\"une expression\""},
	{"“a phrase\"", "\"a phrase\""},
	{"« a \"b\" c »", "«a \"b\" c»"},
	{"\"a « b\"", "\"a « b\""},
	{"\"a AND (b\"", "\"a AND (b\""},
	{"\"\"", ""},
	{"\"!!\" a", "a"},
	{"\"42\"", "\"42\""},
	{"a\"b c\"d", "(a AND \"b c\" AND d)"},
	{"\"a b", "(a AND b)"},
	{"a b\"", "(a AND b)"},
	{"\"a b\" \"c", "(\"a b\" AND c)"},
	{"« a b", "(a AND b)"},
	{"a b »", "(a AND b)"},
	{"-\"a", "NOT a"},
	/* parentheses */
	{"()", ""},
	{"(a)", "a"},
	{"((a))", "a"},
	{"(a (b c))", "(a AND b AND c)"},
	{"(a OR (b OR c))", "(a OR b OR c)"},
	{"(a OR b) c", "((a OR b) AND c)"},
	{"(a OR b)(c OR d)", "((a OR b) AND (c OR d))"},
	{"(a b", "(a AND b)"},
	{"a b)", "(a AND b)"},
	{") a (", "a"},
	{"a OR ()", "a"},
	{"-(-(a b)) c", "(a AND b AND c)"},
	{"((((((((((((((((a))))))))))))))))", "a"},
	/* prefixes */
	{"bib*", "bib*"},
	{"école*", "école*"},
	{"éco*", "éco*"},
	{"bib**", "bib*"},
	{"ab*", "ab"},
	{"*", ""},
	{"*ab", "*ab"},
	{"bi*b", "bi*b"},
	{"bib* liv*", "(bib* AND liv*)"},
	{"-bib*", "NOT bib*"},
	{"OU*", "ou"},
	{"\"a b\"*", "\"a b\""},
	/* fields */
	{"title:a", "title:a"},
	{"titre:a", "title:a"},
	{"TITRE:a", "title:a"},
	{"Título:a", "Título:a"},
	{"títre:a", "title:a"},
	{"lang:fr", "lang:fr"},
	{"langue:fr", "lang:fr"},
	{"area:a", "area:a"},
	{"domaine:a", "area:a"},
	{"path:fr/a.md", "path:fr/a.md"},
	{"chemin:fr", "path:fr"},
	{"title:bib*", "title:bib*"},
	{"title:\"a b\"", "title:\"a b\""},
	{"titre:«\xC2\xA0"
	 "a b\xC2\xA0»",
	 "title:\"a b\""},
	{"title:(a b) c", "(title:a AND title:b AND c)"},
	{"title:(a OR \"b c\" -d*)", "(title:a OR (title:\"b c\" AND NOT title:d))"},
	{"title:(a area:b)", "(title:a AND area:b)"},
	{"title:(a (b))", "(title:a AND title:b)"},
	{"title:", "title:"},
	{"title: a", "(title: AND a)"},
	{"(title:)", "title:"},
	{"title:()", ""},
	{"title:!!", ""},
	{"title:\"a", "title:a"},
	{"foo:bar", "foo:bar"},
	{"http://x", "http://x"},
	{"title:http://x", "title:http://x"},
	{"title:lang:fr", "title:lang:fr"},
	{":a", ":a"},
	{"a NOT title:(b OR c)", "(a AND NOT (title:b OR title:c))"},
	{"(a AND (b OR NOT \"c d\") AND title:eee*)", "(a AND (b OR NOT \"c d\") AND title:eee*)"},
};

static char *written(const struct query *q, const struct language *l)
{
	struct buf b = buf_new(1 << 16);
	buf_puts(&b, "");
	query_write(&b, q, l);
	assert_false(b.failed);
	char *s = b.s ? buf_take(&b) : text_copy("", 0);
	buf_free(&b);
	return s;
}

static void expect_tree(const char *typed, const char *tree, const struct language *l)
{
	struct arena arena = {0};
	struct error e = {0};
	struct query *q = query_parse(&arena, typed, strlen(typed), NULL, &e);
	if (!q)
		fail_msg("«%s» was refused: status %d", typed, e.status);
	char *s = written(q, l);
	if (strcmp(s, tree) != 0)
		fail_msg("«%s» became «%s», not «%s»", typed, s, tree);
	free(s);
	arena_free(&arena);
}

static void test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++)
		expect_tree(trees[i].typed, trees[i].tree, &languages[0]);
}

/* What is written reads as the same tree, in whatever language it is written. */
static void test_written_reads_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
		for (size_t j = 0; j < language_count; j++) {
			struct arena arena = {0};
			const char *typed = trees[i].typed;
			struct query *q = query_parse(&arena, typed, strlen(typed), NULL, NULL);
			assert_non_null(q);
			char *s = written(q, &languages[j]);
			expect_tree(s, trees[i].tree, &languages[0]);
			free(s);
			arena_free(&arena);
		}
	}
}

static void test_french_operators(void **state)
{
	(void)state;
	const struct language *fr = language_find("fr", 2);
	assert_non_null(fr);
	expect_tree("a (b OR -c) title:d", "(a ET (b OU SAUF c) ET titre:d)", fr);
}

/* Repeats `part` into typed. */
static void repeat(char *typed, const char *part, int times)
{
	*typed = '\0';
	while (times--)
		typed = stpcpy(typed, part);
}

static void expect_refusal(const char *typed, size_t n, enum status status, const char *number)
{
	struct arena arena = {0};
	struct error e = {0};
	if (query_parse(&arena, typed, n, NULL, &e))
		fail_msg("«%s» was not refused", typed);
	assert_int_equal(e.status, status);
	assert_string_equal(e.detail, number);
	for (size_t i = 0; i < language_count; i++) {
		struct buf b = buf_new(4096);
		language_error(&b, &languages[i], &e);
		assert_non_null(b.s);
		assert_non_null(strstr(b.s, number));
		buf_free(&b);
	}
	arena_free(&arena);
}

static void expect_accepted(const char *typed)
{
	struct arena arena = {0};
	if (!query_parse(&arena, typed, strlen(typed), NULL, NULL))
		fail_msg("«%s» was refused", typed);
	arena_free(&arena);
}

struct limit_case {
	const char *part;
	int most; /* so many times is good; once more is not */
	const char *number;
};

static const struct limit_case limits[] = {
	{"x", 200, "200"},	   {"é", 200, "200"},	     {"\xF0\x9F\x93\x9A", 200, "200"},
	{" ", 200, "200"},	   {"a ", 32, "32"},	     {"a OR ", 31, "32"},
	{"\"a b c d\" ", 8, "32"}, {"\"a\" ", 8, "8"},	     {"«a» ", 8, "8"},
	{"bib* ", 2, "2"},	   {"-title:bib* ", 2, "2"}, {"(", 16, "16"},
	{"(a OR b ", 8, "16"},
};

static void test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		char typed[4096];
		repeat(typed, limits[i].part, limits[i].most);
		expect_accepted(typed);
		repeat(typed, limits[i].part, limits[i].most + 1);
		expect_refusal(typed, strlen(typed), STATUS_LIMIT, limits[i].number);
	}
	char huge[4000];
	memset(huge, '(', sizeof huge);
	expect_refusal(huge, sizeof huge, STATUS_LIMIT, "200");
}

static void test_bad_text(void **state)
{
	(void)state;
	expect_refusal("a\0b", 3, STATUS_INPUT, "");
	expect_refusal("\0", 1, STATUS_INPUT, "");
	expect_refusal("\xFF", 1, STATUS_INPUT, "");
	expect_refusal("\xC3", 1, STATUS_INPUT, "");
	expect_refusal("\xC0\xAF", 2, STATUS_INPUT, "");
	expect_refusal("\xED\xA0\x80", 3, STATUS_INPUT, "");
}

static void test_null_typing(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct query *q = query_parse(&arena, NULL, 0, NULL, NULL);
	assert_non_null(q);
	assert_int_equal(q->kind, QUERY_NOTHING);
	arena_free(&arena);
}

/* What the tree quotes lies in what was typed: so a caller can put another word in its place. */
static void test_text_is_borrowed(void **state)
{
	(void)state;
	const char typed[] = "-title:library";
	struct arena arena = {0};
	struct query *q = query_parse(&arena, typed, strlen(typed), NULL, NULL);
	assert_non_null(q);
	assert_int_equal(q->kind, QUERY_NOT);
	assert_ptr_equal(q->children[0]->text.s, typed + 7);
	assert_int_equal(q->children[0]->text.n, 7);
	arena_free(&arena);
}

static void test_facets_are_fields(void **state)
{
	static const char *const facets[] = {"audience", "Niveau scolaire", NULL};
	static const struct {
		const char *typed, *written;
	} rows[] = {
		{"audience:teens", "audience:teens"},
		{"AUDIENCE:\"young adults\" x", "(audience:\"young adults\" AND x)"},
		{"audience:(a OR b)", "(audience:a OR audience:b)"},
		{"audience:(title:a b)", "(title:a AND audience:b)"},
		{"public:teens", "public:teens"},
		{"audience:", "audience:"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena arena = {0};
		struct buf out = buf_new(4096);
		struct query *q =
			query_parse(&arena, rows[i].typed, strlen(rows[i].typed), facets, NULL);
		assert_non_null(q);
		query_write(&out, q, &languages[0]);
		assert_string_equal(out.s, rows[i].written);
		buf_free(&out);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_written_reads_the_same),
		cmocka_unit_test(test_french_operators),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_bad_text),
		cmocka_unit_test(test_null_typing),
		cmocka_unit_test(test_text_is_borrowed),
		cmocka_unit_test(test_facets_are_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

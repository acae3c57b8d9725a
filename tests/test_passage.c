#include "t.h"

#include "passage.h"

/* Each passage as level|heading|anchor|line|parent|language|text, with ~ for a line feed. */
static void dump(struct buf *out, const struct passages *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct passage *q = &p->list[i];
		buf_printf(out, "%s%d|%s|%s%s|%ld|%d|%s|", i ? "\n" : "", q->level, q->heading,
			   q->anchor_explicit ? "!" : "", q->anchor, q->line, q->parent,
			   q->language ? q->language->code : "");
		for (size_t k = 0; k < q->text_n; k++)
			buf_putc(out, q->text[k] == '\n' ? '~' : q->text[k]);
	}
}

static const struct row {
	const char *body, *expected;
} rows[] = {
	{"", ""},
	{"Before.\n\n# Title\n\nAfter.\n", "0|||1|-1||Before.~\n1|Title|title|3|-1||After.~"},
	{"# A\n## B\n### C\n## D\n", "1|A|a|1|-1||\n2|B|b|2|0||\n3|C|c|3|1||\n2|D|d|4|0||"},
	{"Title\n=====\n\ntext\n", "1|Title|title|1|-1||text~"},
	/* anchors */
	{"## Évaluer l’accès à *tout*\n", "2|Évaluer l’accès à tout|évaluer-laccès-à-tout|1|-1||"},
	{"# Same\n# Same\n# Same\n",
	 "1|Same|same|1|-1||\n1|Same|same-1|2|-1||\n1|Same|same-2|3|-1||"},
	{"# Titre {#ici}\n", "1|Titre|!ici|1|-1||"},
	{"# Titre {#ici .classe}\n", "1|Titre|!ici|1|-1||"},
	{"# <a id=\"la\"></a>Titre\n", "1|Titre|!la|1|-1||"},
	{"<a name=\"la\"></a>\n\n# Titre\n", "1|Titre|!la|3|-1||"},
	{"# `v-if` with `v-for`\n", "1|v-if with v-for|v-if-with-v-for|1|-1||"},
	{"# a_b C++ & d\n", "1|a_b C++ & d|a_b-c--d|1|-1||"},
	/* what is text and what is not */
	{"[words](http://example.com/secret \"tip\") and <http://auto.example>\n",
	 "0|||1|-1||words and http://auto.example~"},
	{"![a picture](x.png)\n", "0|||1|-1||a picture~"},
	{"- one\n- two\n", "0|||1|-1||one~two~"},
	{"    indented # code\n", "0|||1|-1||indented # code~"},
	{"```js\n# not a heading\nlet x\n```\n", "0|||1|-1||# not a heading~let x~"},
	{"| a | b |\n|---|:-:|\n| c | d |\n", "0|||1|-1||a b~c d~"},
	{"<div class=\"secret\">\n\ninside\n\n</div>\n", "0|||3|-1||inside~"},
	{"<script>\nlet secret\n</script>\n\nshown\n", "0|||5|-1||shown~"},
	{"<!-- secret -->\n\nshown\n", "0|||3|-1||shown~"},
	{"a <b class=\"x\">bold</b> word\n", "0|||1|-1||a bold word~"},
	{"one\ntwo\n", "0|||1|-1||one two~"},
	{":::tip Note\nmind\n:::\n", "0|||1|-1||Note~mind~"},
	{"> # quoted\n\n- # listed\n", "0|||1|-1||quoted~listed~"},
	{"# A\r\n\r\ntext\r\n", "1|A|a|1|-1||text~"},
	{"# A\n\nno line feed at the end", "1|A|a|1|-1||no line feed at the end~"},
	/* languages */
	{"# A\n\nEnglish\n\n<div lang=\"fr\">\n\n## B\n\nfrançais\n\n</div>\n\n## C\n",
	 "1|A|a|1|-1||English~\n2|B|b|7|0|fr|français~\n2|C|c|13|0||"},
};

static void bodies_become_passages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct passages p;
		struct error e;
		struct buf out = buf_new(1 << 20);
		buf_puts(&out, "");
		assert_int_equal(
			passages_read(rows[i].body, strlen(rows[i].body), 1, ANCHOR_GITHUB, &p, &e),
			0);
		size_t at = 0; /* the sources of the passages are the body, each line of it once */
		for (size_t k = 0; k < p.n; k++) {
			assert_int_equal(p.list[k].source, at);
			at += p.list[k].source_n;
		}
		assert_true(p.n == 0 || at == strlen(rows[i].body));
		dump(&out, &p);
		same(i, rows[i].expected, out.s);
		passages_free(&p);
		buf_free(&out);
	}
}

static void lines_count_from_the_file(void **state)
{
	struct passages p;
	struct error e;
	(void)state;
	assert_int_equal(passages_read("x\n\n# A\n", 7, 10, ANCHOR_GITHUB, &p, &e), 0);
	assert_int_equal(p.list[0].line, 10);
	assert_int_equal(p.list[1].line, 12);
	passages_free(&p);
}

static void a_hundred_thousand_quotes_nest(void **state)
{
	enum { N = 200000 };
	struct passages p;
	struct error e;
	char *deep = malloc(N);
	(void)state;
	assert_non_null(deep);
	memset(deep, '>', N);
	deep[N - 1] = 'x';
	assert_int_equal(passages_read(deep, N, 1, ANCHOR_GITHUB, &p, &e), 0);
	passages_free(&p);
	free(deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(bodies_become_passages),
					   cmocka_unit_test(lines_count_from_the_file),
					   cmocka_unit_test(a_hundred_thousand_quotes_nest)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

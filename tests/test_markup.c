#include "t.h"

#include "markup.h"

static const struct row {
	const char *source, *definitions, *html;
} rows[] = {
	{"", "", ""},
	{"Text *and* more.", "", "<p>Text <em>and</em> more.</p>\n"},
	{"# Title {#id}\n", "", "<h1>Title </h1>\n"},
	{"# Title {#id} more\n", "", "<h1>Title {#id} more</h1>\n"},
	{"# `{#id}`\n", "", "<h1><code>{#id}</code></h1>\n"},
	{"See [there][t].\n", "[t]: https://a.ca/\n",
	 "<p>See <a href=\"https://a.ca/\">there</a>.</p>\n"},
	{"- a\n- b", "[t]: x\n", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
	/* nothing of an author's runs in a reader's browser */
	{"<script>alert(1)</script>\n", "", "<!-- raw HTML omitted -->\n"},
	{"a <b onclick=x>b</b>", "",
	 "<p>a <!-- raw HTML omitted -->b<!-- raw HTML omitted --></p>\n"},
	{"[a](javascript:alert(1))", "", "<p><a href=\"\">a</a></p>\n"},
	{"[a](data:text/html,x)", "", "<p><a href=\"\">a</a></p>\n"},
	{"![a](vbscript:x) ![*b*](x.png)", "", "<p>a <em>b</em></p>\n"},
	/* links of the corpus lead to its pages as they are shown here; this one is fr/guide/a.md
	 */
	{"[a](b.md#c)", "", "<p><a href=\"/t?doc=fr/guide/b.md&amp;lang=fr#c\">a</a></p>\n"},
	{"[a](../x/%C3%A9t%C3%A9 1.md)", "", "<p>[a](../x/%C3%A9t%C3%A9 1.md)</p>\n"},
	{"[a](<../x/%C3%A9t%C3%A9 1.md>)", "",
	 "<p><a href=\"/t?doc=fr/x/%C3%A9t%C3%A9%201.md&amp;lang=fr\">a</a></p>\n"},
	{"[a](./../../../../b.md)", "", "<p><a href=\"/t?doc=b.md&amp;lang=fr\">a</a></p>\n"},
	{"[a](b.md?x=\"&y)", "", "<p><a href=\"/t?doc=fr/guide/b.md&amp;lang=fr\">a</a></p>\n"},
	{"[a](b&c.md)", "", "<p><a href=\"/t?doc=fr/guide/b%26c.md&amp;lang=fr\">a</a></p>\n"},
	{"[*a* b](other) [c](x.pdf)", "", "<p><em>a</em> b c</p>\n"},
	{"[a](#c) [b](/d/e.md) [c](mailto:x@y.z)", "",
	 "<p><a href=\"#c\">a</a> <a href=\"/d/e.md\">b</a> <a href=\"mailto:x@y.z\">c</a></p>\n"},
	{"[![a](x.png)](b.md)", "", "<p><a href=\"/t?doc=fr/guide/b.md&amp;lang=fr\">a</a></p>\n"},
	{"[a](/\"onclick=x)", "", "<p><a href=\"/%22onclick=x\">a</a></p>\n"},
};

static void markdown_is_safe_html(void **state)
{
	const struct markup_links links = {"fr/guide/a.md", "/t?doc=", "&lang=fr"};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = buf_new(10000);
		markup_html(&out, span_of(rows[i].source), span_of(rows[i].definitions), &links);
		same(i, rows[i].html, out.s ? out.s : "");
		buf_free(&out);
	}
}

static void definitions_are_found(void **state)
{
	static const struct {
		const char *source, *definitions;
	} tables[] = {
		{"", ""},
		{"text\n[a]: x\nmore\n  [b]: y", "[a]: x\n  [b]: y\n"},
		{"[a] : x\n[a](x)\n    [c]: code\n[]:\n", "[]:\n"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		struct buf out = buf_new(10000);
		markup_definitions(&out, span_of(tables[i].source));
		same(i, tables[i].definitions, out.s ? out.s : "");
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_is_safe_html),
		cmocka_unit_test(definitions_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

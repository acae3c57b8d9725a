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
	{"![a](vbscript:x)", "", "<p><img src=\"\" alt=\"a\" /></p>\n"},
	{"[a](\"onclick=x)", "", "<p><a href=\"%22onclick=x\">a</a></p>\n"},
};

static void markdown_is_safe_html(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = buf_new(10000);
		markup_html(&out, span_of(rows[i].source), span_of(rows[i].definitions));
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

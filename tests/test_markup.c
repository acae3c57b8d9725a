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
	{"[t]\n\n~~~\na", "[t]: x\n[u]: no definition\n",
	 "<p>t</p>\n<pre><code>a\n</code></pre>\n"},
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
	/* tables of GFM, which cmark does not know */
	{"| a | b |\n|---|:-:|\n| c | *d* `e` |\n", "",
	 "<table>\n<thead>\n<tr>\n<th scope=\"col\">\na\n</th>\n<th scope=\"col\">\nb\n</th>\n"
	 "</tr>\n</thead>\n<tbody>\n<tr>\n<td>\nc\n</td>\n<td>\n"
	 "<em>d</em> <code>e</code>\n</td>\n</tr>\n</tbody>\n</table>\n"},
	{"> a | `b\\|c`\n> -|-\n> d \\| \\\\|\n> e", "",
	 "<blockquote>\n<table>\n<thead>\n<tr>\n<th scope=\"col\">\na\n</th>\n<th scope=\"col\">\n"
	 "<code>b|c</code>\n</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>\nd | "
	 "\\\n</td>\n<td>\n</td>\n"
	 "</tr>\n<tr>\n<td>\ne\n</td>\n<td>\n</td>\n</tr>\n</tbody>\n</table>\n</blockquote>\n"},
	{"a | b\nc | d\n", "", "<p>a | b\nc | d</p>\n"},
	{"a \\| `b \\| c`\n\n    d \\| e\n", "",
	 "<p>a | <code>b \\| c</code></p>\n<pre><code>d \\| e\n</code></pre>\n"},
	{"<b>raw</b> text", "",
	 "<p><!-- raw HTML omitted -->raw<!-- raw HTML omitted --> text</p>\n"},
	{"a<br>b<br/>c", "", "<p>a<br />\nb<br />\nc</p>\n"},
	/* of blocks of HTML the words are kept */
	{"<div class=x>\n*a* &amp; <b>b</b>c<p>d 2 < 3\n</div>\n", "",
	 "<p>*a* &amp; bc d 2 &lt; 3</p>\n"},
	{"<!-- no -->\n", "", "<!-- raw HTML omitted -->\n"},
	{"<div>a<script>b</script>c<!-- d -->e</div>\n", "", "<p>a ce</p>\n"},
	/* marks of containers are no text, their titles are */
	{":::tip\na\n:::\n", "", "<p>a</p>\n"},
	{"::: warning A *b*\nc\n\n- d\n\n:::\n", "",
	 "<p>A <em>b</em>\nc</p>\n<ul>\n<li>d</li>\n</ul>\n"},
	{"::: details A b\nc\n:::\nd", "", "<p>A b<br />\nc\nd</p>\n"},
	{"a ::: b\n:: c\n`:::`", "", "<p>a ::: b\n:: c\n<code>:::</code></p>\n"},
	{"[a](/\"onclick=x)", "", "<p><a href=\"/%22onclick=x\">a</a></p>\n"},
};

static void markdown_is_safe_html(void **state)
{
	const struct markup_links links = {"fr/guide/a.md", "/t?doc=", "&lang=fr", false, NULL};
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

static void what_is_left_open_is_closed(void **state)
{
	static const struct {
		const char *source, *end;
	} stretches[] = {
		{"", ""},
		{"a", ""},
		{"# a\n\n- b\n", ""},
		{"```\na\n```\n", ""},
		{"```\na", "```\n"},
		{"a\n\n  ~~~~ c\n~~~\nb\n", "~~~~\n"},
		{"- a\n\n  ```\n  b", ""}, /* ends with the list */
		{"> ```\n> a\n", ""},
		{"    a\n", ""},
		{"<!-- a\n\nb\n", "-->\n"},
		{"<script>\n\na", "</script>\n"},
		{"<div>\n", ""},
		{"[a]: b\n", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(stretches); i++) {
		struct buf out = buf_new(1000);
		markup_close(&out, span_of(stretches[i].source));
		same(i, stretches[i].end, out.s ? out.s : "");
		buf_free(&out);
	}
}

static void definitions_go_along(void **state)
{
	static const char all[] = "[a]: /a\n[B c]: /b\n[d]: /d\n[]:\n[e]: /e";
	struct buf out = buf_new(1000);
	(void)state;
	markup_missing_definitions(&out, span_of("[x][A] [b C]\n\n[d]: /d\n[d]"), span_of(all));
	assert_string_equal(out.s, "[a]: /a\n[B c]: /b\n");
	markup_missing_definitions(&out, span_of("[a] [e]"), span_of("[a]: /other\n[e]: /e"));
	assert_string_equal(out.s, "[a]: /a\n[B c]: /b\n[e]: /e\n");
	buf_free(&out);
}

/* As one of other passages: a heading of the level asked for, links that lead to the page. */
static void a_passage_stands_apart(void **state)
{
	static const struct {
		const char *source, *heading, *rest;
	} passages[] = {
		{"### A *b* {#c}\n\nText.\n\n> # Q\n", "<h2>A <em>b</em> </h2>\n",
		 "<p>Text.</p>\n<blockquote>\n<h3>Q</h3>\n</blockquote>\n"},
		{"A\n===\nText.", "<h2>A</h2>\n", "<p>Text.</p>\n"},
		{"Text.\n", "", "<p>Text.</p>\n"},
		{"# A\n[b](#c) [d](e.md#f) [g](h.png)", "<h2>A</h2>\n",
		 "<p><a href=\"/t?doc=fr/guide/a.md&amp;lang=fr#c\">b</a> "
		 "<a href=\"/t?doc=fr/guide/e.md&amp;lang=fr#f\">d</a> g</p>\n"},
	};
	const struct markup_links links = {"fr/guide/a.md", "/t?doc=", "&lang=fr", true, NULL},
				  nowhere = {"fr/guide/a.md", NULL, "", true, "fr"};
	(void)state;
	for (size_t i = 0; i < COUNT(passages); i++) {
		struct buf heading = buf_new(10000), rest = buf_new(10000);
		markup_passage(&heading, &rest, 2, span_of(passages[i].source), span_of(""),
			       &links);
		same(i, passages[i].heading, heading.s ? heading.s : "");
		same(i, passages[i].rest, rest.s ? rest.s : "");
		buf_free(&heading);
		buf_free(&rest);
	}
	struct buf rest = buf_new(10000);
	markup_passage(&rest, &rest, 2, span_of("[a](#b) [c](d.md) [e](https://f/)"), span_of(""),
		       &nowhere);
	assert_string_equal(rest.s, "<p>a c <a href=\"https://f/\">e</a></p>\n");
	buf_clear(&rest);
	markup_passage(&rest, &rest, 2, span_of("|a|\n|-|\n|b|"), span_of(""), &nowhere);
	assert_non_null(strstr(rest.s, "<th scope=\"col\" lang=\"fr\">\na\n</th>"));
	assert_non_null(strstr(rest.s, "<td lang=\"fr\">\nb\n</td>"));
	buf_free(&rest);
}

static void a_passage_as_plain_text(void **state)
{
	static const struct {
		const char *source, *text;
	} passages[] = {
		{"", ""},
		{"# A\n", ""},
		{"# A\n\nOne\ntwo  \nthree\n\nfour", "One two\nthree\n\nfour"},
		{"- a\n- *b*\n  1. c\n  2. d\n- e\n\nf", "• a\n• b\n  1. c\n  2. d\n• e\n\nf"},
		{"3. a\n\n4. b\n\n   c", "3. a\n\n4. b\n\n   c"},
		{"|a|b \\| c|\n|-|-|\n|`d`|\n", "a\tb | c\nd\t"},
		{"> a\n> b\n>\n> - c", "> a b\n\n> • c"},
		{"```js\na  b\n\nc\n```\n***\n", "a  b\n\nc\n\n---"},
		{"[a](https://b.ca/) <https://c.ca/> [d](e.md) ![f](g.png)",
		 "a (https://b.ca/) https://c.ca/ d f"},
		{"<p>a &eacute;<br>b</p>", "a é b"},
		{"a\n\n:::tip\n\nb\n\n:::", "a\n\nb"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(passages); i++) {
		struct buf out = buf_new(10000);
		markup_plain(&out, span_of(passages[i].source), span_of(""));
		same(i, passages[i].text, out.s ? out.s : "");
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_is_safe_html),
		cmocka_unit_test(definitions_are_found),
		cmocka_unit_test(what_is_left_open_is_closed),
		cmocka_unit_test(definitions_go_along),
		cmocka_unit_test(a_passage_stands_apart),
		cmocka_unit_test(a_passage_as_plain_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

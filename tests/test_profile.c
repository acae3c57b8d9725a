/* test_profile.c - passages taken away: what is in a profile, and that nothing of it was changed.
 */
#include "fixture.h"

#include "markup.h"
#include "render_profile.h"

/* All that is apt to be lost on the way: blanks at ends of lines, tabs, CRLF, tables, code, HTML, a
 * fence that is never closed, no line feed at the end. */
static const char awkward[] =
	"---\ntitle: Awkward\ndate: 2015-07-22\n---\n"
	"- =1+1, before any heading  \n-\ttab\t\n\n\n"
	"## CRLF {#crlf}\r\n\r\nOne  \r\ntwo.\r\n\r\n"
	"## Table {#table}\n\n| a | b |\n|---|:-:|\n| `c\\|d` | \"e\", f |\n\n"
	"## Code {#code}\n\n```c\n\tint  x; // \\ `` | <b>\n\n\n```\n\n    indented\t\n\n"
	"## HTML & <em>more</em> {#html}\n\n<div class=\"x\">\nkept "
	"<b>word</b>&nbsp;&eacute;\n</div>\n"
	"<script>alert(1)</script>\n\n"
	"### =Below\n\n[a](other.md#x) [b][def] ![c](d.png)\n\n[def]: https://example.org/?a&b\n\n"
	"## Open {#open}\n\n- list\n  1. in list\n\n~~~\nno end  ";

static const struct sheet sheets[] = {
	{"en/awkward.md", awkward},
	{"fr/awkward.md",
	 "---\ntitle: Malcommode\n---\n# Tête\n\n## Tableau {#table}\n\nÀ côté.\n"},
	{"en/pair.md", "# Pair\n\nOne [x][r].\n\n[r]: https://example.org/r\n"},
	{"fr/pair.md", "# Paire\n\nUn.\n"},
	{"en/alone.md", "# Alone\n\n@only in English\n"},
};

static struct fixture f;

static int open_all(void **state)
{
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static const struct site no_site = {.base = "", .url = "", .report = "", .stylesheet = ""};

/* The profile of the passages (ids, or places), in a format. */
static char *taken(void (*render)(struct buf *out, const struct profile *profile,
				  const struct profile_style *style),
		   const char *const *ids, size_t n, size_t show, const struct site *site)
{
	struct profile profile;
	struct error e;
	struct buf out = buf_new(1 << 24);
	const struct profile_style style = {&languages[0], show, site};
	assert_int_equal(profile_collect(&profile, f.search, ids, n, &e), 0);
	render(&out, &profile, &style);
	profile_free(&profile);
	char *s = buf_take(&out);
	assert_non_null(s);
	return s;
}

static void has(const char *whole, const char *part)
{
	if (!strstr(whole, part))
		fail_msg("no «%s» in «%s»", part, whole);
}

static void lacks(const char *whole, const char *part)
{
	if (strstr(whole, part))
		fail_msg("«%s» in «%s»", part, whole);
}

/* ---- what is in it ------------------------------------------------------------------------------
 */

static void a_pair_stands_once_and_what_is_gone_is_told(void **state)
{
	static const char *const ids[] = {"fr/pair.md#paire", "0123456789abcdef",
					  "en/alone.md#alone", "en/pair.md#pair",
					  "en/alone.md#alone"};
	struct profile p;
	struct error e;
	(void)state;
	assert_int_equal(profile_collect(&p, f.search, ids, COUNT(ids), &e), 0);
	assert_int_equal(p.n, 3);
	assert_true(p.items[0].chosen->language == &languages[1]);
	assert_non_null(p.items[0].sides[0]);
	assert_non_null(p.items[0].sides[1]);
	assert_true(p.items[1].gone);
	assert_string_equal(p.items[1].id, "0123456789abcdef");
	assert_null(p.items[2].sides[1]);
	struct span definitions = profile_definitions(&p, &p.items[0].sides[0]->record);
	assert_true(span_equal(definitions, span_of("[r]: https://example.org/r\n")));
	profile_free(&p);
	assert_int_equal(profile_collect(&p, f.search, NULL, 0, &e), 0);
	assert_int_equal(p.n, 0);
	profile_free(&p);
}

/* ---- byte for byte ------------------------------------------------------------------------------
 */

struct sources {
	size_t n, bytes; /* of the awkward page */
	struct {
		char id[17], *source;
	} list[32];
};

static bool keep_source(void *self, const struct record *r)
{
	struct sources *s = self;
	struct span source = r->field[RECORD_SOURCE];
	if (!span_equal(r->field[RECORD_PATH], span_of("en/awkward.md")))
		return true;
	memcpy(s->list[s->n].id, r->field[RECORD_ID].s, 16);
	s->list[s->n++].source = text_copy(source.s, source.n);
	s->bytes += source.n;
	return true;
}

static void read_sources(struct sources *s)
{
	struct error e;
	*s = (struct sources){0};
	assert_int_equal(search_each(f.search, &languages[0], keep_source, s, &e), 0);
	assert_int_equal(s->n, 7);
}

static void free_sources(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->list[i].source);
}

static void markdown_is_the_source(void **state)
{
	struct sources s;
	(void)state;
	read_sources(&s);
	/* the passages are all of the page's body */
	assert_int_equal(s.bytes, strlen(strstr(awkward, "- =1+1")));
	for (size_t i = 0; i < s.n; i++) {
		const char *source = s.list[i].source;
		assert_non_null(strstr(awkward, source));
		for (size_t show = 0; show <= LANGUAGE_MAX; show += LANGUAGE_MAX) {
			const char *id = s.list[i].id;
			char *md = taken(render_profile_md, &id, 1, show, &no_site),
			     *at = strstr(md, source);
			if (!at || strncmp(at - 2, "\n\n", 2) != 0)
				fail_msg("«%s» is not in «%s»", source, md);
			const char *after = at + strlen(source);
			assert_true(*after == '\n' || after[-1] == '\n');
			free(md);
		}
	}
	free_sources(&s);
}

/* As one document the passages are what they are apart: none swallows the next, links lead on. */
static void markdown_renders_whole(void **state)
{
	static const char *const ids[] = {"en/awkward.md#open", "en/awkward.md#below",
					  "en/pair.md#pair"};
	static const struct markup_links links = {"", NULL, "", false, NULL};
	struct buf html = buf_new(1 << 20);
	(void)state;
	char *md = taken(render_profile_md, ids, COUNT(ids), 0, &no_site);
	markup_html(&html, span_of(md), span_of(""), &links);
	has(html.s, "<pre><code>no end  \n</code></pre>\n<p>Source: Awkward");
	has(html.s, "<h3>=Below</h3>");
	has(html.s, "<a href=\"https://example.org/?a&amp;b\">b</a>");
	has(html.s, "<h1>Pair</h1>\n<p>One <a href=\"https://example.org/r\">x</a>.</p>");
	buf_free(&html);
	free(md);
}

/* A field of CSV as RFC 4180 has it, read back; moves on to what stands behind it. */
static char *read_field(const char **at)
{
	struct buf field = buf_new(1 << 20);
	assert_int_equal(*(*at)++, '"');
	buf_puts(&field, "");
	for (; !(**at == '"' && (*at)[1] != '"'); ++*at) {
		assert_int_not_equal(**at, '\0');
		if (**at == '"')
			++*at;
		buf_putc(&field, **at);
	}
	++*at;
	return buf_take(&field);
}

enum { FIELDS = 20 };

/* A row into fields; gives how many. */
static size_t read_row(const char **at, char *fields[FIELDS])
{
	size_t n = 0;
	do {
		assert_true(n < FIELDS);
		fields[n++] = read_field(at);
	} while (*(*at)++ == ',');
	assert_int_equal((*at)[-1], '\r');
	assert_int_equal(*(*at)++, '\n');
	return n;
}

static void free_row(char *fields[FIELDS], size_t n)
{
	while (n--)
		free(fields[n]);
}

static void csv_is_the_source_and_tells_what_it_guards(void **state)
{
	static const char *const header[] = {"id",	 "lang", "title", "headings", "text",
					     "markdown", "page", "link",  "date",     "note"};
	struct sources s;
	char *row[FIELDS];
	const char *ids[32];
	size_t guarded = 0;
	(void)state;
	read_sources(&s);
	for (size_t i = 0; i < s.n; i++)
		ids[i] = s.list[i].id;
	char *csv = taken(render_profile_csv, ids, s.n, 0, &no_site);
	assert_memory_equal(csv, "\xEF\xBB\xBF", 3);
	const char *at = csv + 3;
	assert_int_equal(read_row(&at, row), COUNT(header));
	for (size_t i = 0; i < COUNT(header); i++)
		assert_string_equal(row[i], header[i]);
	free_row(row, COUNT(header));
	for (size_t i = 0; i < s.n; i++) {
		assert_int_equal(read_row(&at, row), COUNT(header));
		assert_string_equal(row[0], s.list[i].id);
		assert_string_equal(row[1], "en");
		for (size_t k = 0; k + 1 < COUNT(header); k++) {
			bool has_one = *row[k] == '\'';
			assert_null(*row[k] ? strchr("=+-@\t\r", *row[k]) : NULL);
			assert_true(!has_one || strstr(row[9], header[k]));
			guarded += has_one;
		}
		/* sentences, one after the other */
		assert_true(!*row[9] ||
			    (strchr("AT", *row[9]) && row[9][strlen(row[9]) - 1] == '.'));
		assert_string_equal(row[5] + (*row[5] == '\''), s.list[i].source);
		assert_string_equal(row[8], "2015-07-22");
		free_row(row, COUNT(header));
	}
	/* the list before any heading, the heading =Below, and the code that begins with a tab */
	assert_int_equal(guarded, 3);
	assert_int_equal(*at, '\0');
	free(csv);
	free_sources(&s);
}

static void csv_side_by_side(void **state)
{
	static const char *const ids[] = {"en/pair.md#pair", "en/alone.md#alone",
					  "ffffffffffffffff"};
	char *row[FIELDS];
	(void)state;
	char *csv = taken(render_profile_csv, ids, COUNT(ids), REQUEST_SHOW_ALL, &no_site);
	const char *at = csv + 3;
	assert_int_equal(read_row(&at, row), 16);
	assert_string_equal(row[1], "title_en");
	assert_string_equal(row[8], "title_fr");
	assert_string_equal(row[15], "note");
	free_row(row, 16);
	assert_int_equal(read_row(&at, row), 16);
	assert_string_equal(row[1], "Pair");
	assert_string_equal(row[8], "Paire");
	assert_string_equal(row[10], "Un.");
	assert_string_equal(row[15], "");
	free_row(row, 16);
	assert_int_equal(read_row(&at, row), 16);
	assert_string_equal(row[3], "'@only in English");
	assert_string_equal(row[8], "");
	has(row[15], language_message(&languages[1], MSG_NO_VERSION));
	has(row[15], "text_en");
	free_row(row, 16);
	assert_int_equal(read_row(&at, row), 16);
	assert_string_equal(row[0], "ffffffffffffffff");
	has(row[15], "ffffffffffffffff");
	free_row(row, 16);
	assert_int_equal(*at, '\0');
	free(csv);
}

/* ---- for reading --------------------------------------------------------------------------------
 */

static void html_has_the_structure_and_no_scripts(void **state)
{
	struct sources s;
	const char *ids[32];
	(void)state;
	read_sources(&s);
	for (size_t i = 0; i < s.n; i++)
		ids[i] = s.list[i].id;
	for (size_t show = 0; show <= LANGUAGE_MAX; show += LANGUAGE_MAX) {
		char *html = taken(render_profile_document, ids, s.n, show, &no_site);
		lacks(html, "<script");
		lacks(html, "{#");
		has(html, "<h2>Awkward</h2>\n<ul>\n<li>=1+1"); /* by its page's title */
		has(html, "<h2>CRLF </h2>");
		has(html, "<th scope=\"col\" lang=\"en-CA\">\na\n</th>");
		has(html, "<code>c|d</code>");
		has(html, "int  x; // \\ `` | &lt;b&gt;");
		has(html, "kept word\u00A0é");
		has(html, "<h2>=Below</h2>\n<p class=\"crumb\">Awkward › HTML &amp; more</p>");
		has(html, "<p>a <a href=\"https://example.org/?a&amp;b\">b</a> c</p>");
		/* in columns the path has places to break */
		has(html, show ? "Source: Awkward (en/\u200Bawkward.\u200Bmd#\u200Bcrlf), "
			       : "Source: Awkward (en/awkward.md#crlf), ");
		has(html, "), <time datetime=\"2015-07-22\">July 22, 2015</time></p>");
		has(html,
		    show ? "<tr valign=\"top\">\n<td lang=\"en-CA\">" : "<div class=\"passage\"");
		free(html);
	}
	free_sources(&s);
}

static void each_language_says_what_it_lacks(void **state)
{
	static const char *const ids[] = {"en/pair.md#pair", "en/alone.md#alone",
					  "en/awkward.md#crlf", "0000000000000000"};
	(void)state;
	char *html = taken(render_profile_document, ids, COUNT(ids), REQUEST_SHOW_ALL, &no_site);
	has(html, "<td lang=\"fr-CA\">\n<h2>Paire</h2>");
	has(html,
	    "<td lang=\"fr-CA\">\n<p class=\"absent\" lang=\"fr-CA\">Il n’existe pas de version");
	has(html,
	    "Sa version française se trouve quelque part dans cette page\u00A0: Malcommode</p>");
	has(html,
	    "<td colspan=\"2\">\n<p class=\"absent\" lang=\"en-CA\">The passage 0000000000000000");
	free(html);
	html = taken(render_profile_document, ids, COUNT(ids), 1, &no_site);
	has(html, "<html lang=\"fr-CA\">");
	has(html, "<div class=\"passage\" lang=\"fr-CA\">\n<h2>Paire</h2>");
	lacks(html, "<h2>Pair</h2>");
	has(html, "<div class=\"passage\" lang=\"en-CA\">\n<p class=\"absent\" lang=\"fr-CA\">Il "
		  "n’existe");
	has(html, "<h2>Alone</h2>");
	free(html);
	char *text = taken(render_profile_text, ids, COUNT(ids), REQUEST_SHOW_ALL, &no_site);
	has(text, "Profile / Profil\n\nPair\n\nOne x (https://example.org/r).\n\nSource: Pair\n"
		  "en/pair.md#pair\n\nPaire\n\nUn.\n\nSource\u00A0: Paire\nfr/pair.md#paire\n");
	has(text, "\nThe passage 0000000000000000 is no longer in the index.\n");
	has(text, "\nIl n’existe pas de version française de ce passage.\n");
	free(text);
}

static void addresses_lead_there_from_elsewhere(void **state)
{
	static const struct {
		const char *base, *url, *link;
	} sites[] = {
		{"", "", NULL},
		{"/docs/", "", NULL}, /* of a host that nobody knows */
		{"https://a.ca/", "", "https://a.ca/en/pair.md#pair"},
		{"/docs/", "https://b.ca/cgi/t", "https://b.ca/docs/en/pair.md#pair"},
		{"", "https://b.ca/cgi/t", "https://b.ca/cgi/t?doc=en%2Fpair.md&lang=en#pair"},
	};
	static const char *const ids[] = {"en/pair.md#pair"};
	(void)state;
	for (size_t i = 0; i < COUNT(sites); i++) {
		const struct site site = {
			.base = sites[i].base, .url = sites[i].url, .report = "", .stylesheet = ""};
		struct buf expected = buf_new(1000);
		char *md = taken(render_profile_md, ids, 1, 0, &site);
		if (sites[i].link)
			buf_printf(&expected, "\n\nSource: [Pair](<%s>)\n", sites[i].link);
		else
			buf_puts(&expected, "\n\nSource: Pair (`en/pair.md#pair`)\n");
		has(md, expected.s);
		buf_free(&expected);
		free(md);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_stands_once_and_what_is_gone_is_told),
		cmocka_unit_test(markdown_is_the_source),
		cmocka_unit_test(markdown_renders_whole),
		cmocka_unit_test(csv_is_the_source_and_tells_what_it_guards),
		cmocka_unit_test(csv_side_by_side),
		cmocka_unit_test(html_has_the_structure_and_no_scripts),
		cmocka_unit_test(each_language_says_what_it_lacks),
		cmocka_unit_test(addresses_lead_there_from_elsewhere),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

/* fuzz_markup.c - Markdown to HTML and to plain text. The first line of the input is the page's
 * link definitions, the rest a passage. Only tags of ours come out, in the order of a tree. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/markup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static const char *const tags[] = {"a",	    "blockquote", "br", "code",	 "em",	   "h1",
				   "h2",    "h3",	  "h4", "h5",	 "h6",	   "hr",
				   "li",    "ol",	  "p",	"pre",	 "strong", "table",
				   "tbody", "td",	  "th", "thead", "tr",	   "ul"};
enum { TAGS = sizeof tags / sizeof *tags, DEEP = 100000 };

static int find_tag(const char *s, size_t n)
{
	for (int i = 0; i < TAGS; i++) {
		if (strlen(tags[i]) == n && memcmp(tags[i], s, n) == 0)
			return i;
	}
	return -1;
}

/* Text is escaped, so each "<" is a tag of ours or the mark of HTML that was left out. */
static void check_html(const struct buf *html)
{
	static signed char open[DEEP];
	size_t depth = 0;
	if (!html->n)
		return;
	require(utf8_check(html->s, html->n) == html->n);
	for (const char *s = html->s; (s = strchr(s, '<')); s++) {
		if (strncmp(s, "<!-- raw HTML omitted -->", 25) == 0)
			continue;
		bool closes = s[1] == '/';
		const char *name = s + 1 + closes, *end = strchr(s, '>');
		int tag = find_tag(name, strspn(name, "abcdefghijklmnopqrstuvwxyz123456"));
		require(tag >= 0 && end);
		if (closes) {
			require(depth && open[--depth] == tag);
		} else if (end[-1] != '/') {
			require(depth < DEEP);
			open[depth++] = (signed char)tag;
		}
	}
	require(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	if (size > 20000 || utf8_check(s, size) != size)
		return 0;
	const char *end = size ? memchr(s, '\n', size) : NULL;
	size_t first = end ? (size_t)(end - s) + 1 : size;
	const struct span definitions = {size ? s : "", first},
			  source = {size ? s + first : "", size - first};
	const struct markup_links view = {"fr/a.md", "/t?doc=", "&lang=fr", false, NULL},
				  apart = {"fr/a.md", size % 2 ? "/t?doc=" : NULL, "", true,
					   "fr-CA"};
	struct buf html = buf_new(1 << 26), rest = buf_new(1 << 26), text = buf_new(1 << 26);
	markup_html(&html, source, definitions, &view);
	require(!html.failed);
	check_html(&html);
	buf_clear(&html);
	markup_passage(&html, &rest, 2, source, definitions, &apart);
	require(!html.failed && !rest.failed);
	check_html(&html);
	check_html(&rest);
	require(html.n == 0 || strncmp(html.s, "<h2>", 4) == 0);
	markup_plain(&text, source, definitions);
	require(!text.failed && utf8_check(text.s ? text.s : "", text.n) == text.n);
	buf_clear(&rest);
	markup_close(&rest, source);
	markup_missing_definitions(&rest, source, definitions);
	require(!rest.failed && (rest.n == 0 || rest.s[rest.n - 1] == '\n'));
	buf_free(&html);
	buf_free(&rest);
	buf_free(&text);
	return 0;
}

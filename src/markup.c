#include "markup.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_definition(struct span line)
{
	size_t i = 0;
	while (i < line.n && i < 3 && line.s[i] == ' ')
		i++;
	if (i == line.n || line.s[i] != '[')
		return false;
	const char *end = memchr(line.s + i, ']', line.n - i);
	return end && end + 1 < line.s + line.n && end[1] == ':';
}

void markup_definitions(struct buf *out, struct span source)
{
	while (source.n) {
		const char *end = memchr(source.s, '\n', source.n);
		size_t n = end ? (size_t)(end - source.s) + 1 : source.n;
		struct span line = {source.s, n};
		if (is_definition(line)) {
			buf_add(out, line.s, line.n);
			if (!end)
				buf_putc(out, '\n');
		}
		source.s += n;
		source.n -= n;
	}
}

/* Of "Title {#id}" the id is for the program, not for the reader. */
static void drop_heading_ids(cmark_node *root)
{
	for (cmark_node *block = cmark_node_first_child(root); block;
	     block = cmark_node_next(block)) {
		cmark_node *last = cmark_node_last_child(block);
		if (cmark_node_get_type(block) != CMARK_NODE_HEADING || !last ||
		    cmark_node_get_type(last) != CMARK_NODE_TEXT)
			continue;
		const char *text = cmark_node_get_literal(last), *id = strstr(text, "{#");
		size_t n = strlen(text);
		if (!id || text[n - 1] != '}')
			continue;
		char *shown = text_copy(text, (size_t)(id - text));
		if (shown)
			cmark_node_set_literal(last, shown);
		free(shown);
	}
}

/* ---- links --------------------------------------------------------------------------------------
 */

/* The node's children in its place. */
static void unwrap(cmark_node *node)
{
	for (cmark_node *child; (child = cmark_node_first_child(node));)
		cmark_node_insert_before(node, child);
	cmark_node_unlink(node);
	cmark_node_free(node);
}

/* Neither a scheme nor a path from the top of the site, nor a place in the page itself. */
static bool is_relative(const char *url)
{
	size_t n = strcspn(url, ":/?#");
	return url[n] != ':' && *url != '/' && *url != '#';
}

static bool is_page(const char *path, size_t n)
{
	return (n > 3 && strncasecmp(path + n - 3, ".md", 3) == 0) ||
	       (n > 9 && strncasecmp(path + n - 9, ".markdown", 9) == 0);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 32) : NULL;
	return c >= '0' && at && (c <= '9' || (c | 32) >= 'a') ? (int)(at - digits) : -1;
}

/* One piece of a relative path onto the end of path: "." and ".." as in RFC 3986, 5.2.4. */
static void add_piece(struct buf *path, const char *s, size_t n)
{
	if (n == 1 && *s == '.')
		return;
	if (n == 2 && s[0] == '.' && s[1] == '.') {
		const char *slash = path->n ? memrchr(path->s, '/', path->n - 1) : NULL;
		path->n = slash ? (size_t)(slash - path->s) + 1 : 0;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int high = i + 2 < n && s[i] == '%' ? hex_digit(s[i + 1]) : -1,
		    low = high >= 0 ? hex_digit(s[i + 2]) : -1;
		buf_putc(path, low >= 0 ? (char)(16 * high + low) : s[i]);
		i += low >= 0 ? 2 : 0;
	}
	buf_putc(path, '/');
}

/* The path of the page that a relative link names. */
static void resolve(struct buf *path, const char *from, const char *url, size_t n)
{
	const char *slash = strrchr(from, '/');
	buf_add(path, from, slash ? (size_t)(slash - from) + 1 : 0);
	for (size_t start = 0, end; start < n; start = end + 1) {
		const char *next = memchr(url + start, '/', n - start);
		end = next ? (size_t)(next - url) : n;
		add_piece(path, url + start, end - start);
	}
	if (path->n)
		path->n--; /* the slash behind the last */
}

static void put_coded(struct buf *out, const struct buf *path)
{
	for (size_t i = 0; i < path->n; i++) {
		unsigned char c = (unsigned char)path->s[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c && strchr("-._~/", c)))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void lead(cmark_node *link, const struct markup_links *links)
{
	const char *url = cmark_node_get_url(link);
	if (!is_relative(url))
		return;
	size_t n = strcspn(url, "?#");
	if (!is_page(url, n)) {
		unwrap(link);
		return;
	}
	struct buf path = buf_new(16 * 1024), whole = buf_new(64 * 1024);
	resolve(&path, links->path, url, n);
	buf_puts(&whole, links->before);
	put_coded(&whole, &path);
	buf_puts(&whole, links->after);
	buf_puts(&whole, strchr(url, '#') ? strchr(url, '#') : "");
	if (path.failed || whole.failed)
		unwrap(link);
	else
		cmark_node_set_url(link, whole.s);
	buf_free(&path);
	buf_free(&whole);
}

static void settle_links(cmark_node *root, const struct markup_links *links)
{
	cmark_iter *iter = cmark_iter_new(root);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (event != CMARK_EVENT_EXIT)
			continue; /* only then may a node go */
		if (cmark_node_get_type(node) == CMARK_NODE_IMAGE)
			unwrap(node);
		else if (cmark_node_get_type(node) == CMARK_NODE_LINK)
			lead(node, links);
	}
	cmark_iter_free(iter);
}

void markup_html(struct buf *out, struct span source, struct span definitions,
		 const struct markup_links *links)
{
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	cmark_parser_feed(parser, source.n ? source.s : "", source.n);
	/* the blank line ends whatever block is open, but for a fence that is never closed: there
	 * it does no harm to have none */
	cmark_parser_feed(parser, "\n\n", 2);
	cmark_parser_feed(parser, definitions.n ? definitions.s : "", definitions.n);
	cmark_node *root = cmark_parser_finish(parser);
	if (root) {
		drop_heading_ids(root);
		settle_links(root, links);
	}
	char *html = root ? cmark_render_html(root, CMARK_OPT_DEFAULT) : NULL;
	if (html)
		buf_puts(out, html);
	else
		out->failed = true;
	free(html);
	cmark_node_free(root);
	cmark_parser_free(parser);
}

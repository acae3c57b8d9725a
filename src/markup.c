#include "markup.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

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

void markup_html(struct buf *out, struct span source, struct span definitions)
{
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	cmark_parser_feed(parser, source.n ? source.s : "", source.n);
	/* the blank line ends whatever block is open, but for a fence that is never closed: there
	 * it does no harm to have none */
	cmark_parser_feed(parser, "\n\n", 2);
	cmark_parser_feed(parser, definitions.n ? definitions.s : "", definitions.n);
	cmark_node *root = cmark_parser_finish(parser);
	if (root)
		drop_heading_ids(root);
	char *html = root ? cmark_render_html(root, CMARK_OPT_DEFAULT) : NULL;
	if (html)
		buf_puts(out, html);
	else
		out->failed = true;
	free(html);
	cmark_node_free(root);
	cmark_parser_free(parser);
}

#include "markup.h"

#include <cmark.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "table.h"
#include "tag.h"

enum { BUF_MAX = 64 * 1024 * 1024 }; /* a source has 16 MiB at most */

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

/* The next line, with its line feed, taken off the front. */
static struct span take_line(struct span *rest)
{
	const char *end = memchr(rest->s, '\n', rest->n);
	struct span line = {rest->s, end ? (size_t)(end - rest->s) + 1 : rest->n};
	*rest = (struct span){rest->s + line.n, rest->n - line.n};
	return line;
}

static void put_line(struct buf *out, struct span line)
{
	buf_add(out, line.s, line.n);
	if (line.n && line.s[line.n - 1] != '\n')
		buf_putc(out, '\n');
}

void markup_definitions(struct buf *out, struct span source)
{
	while (source.n) {
		struct span line = take_line(&source);
		if (is_definition(line))
			put_line(out, line);
	}
}

/* "[name]" of a definition. */
static struct span name_of(struct span definition)
{
	const char *start = memchr(definition.s, '[', definition.n),
		   *end = memchr(definition.s, ']', definition.n);
	return (struct span){start, (size_t)(end - start) + 1};
}

static bool has_definition(struct span text, struct span name)
{
	while (text.n) {
		struct span line = take_line(&text);
		if (is_definition(line) && name_of(line).n == name.n &&
		    strncasecmp(name_of(line).s, name.s, name.n) == 0)
			return true;
	}
	return false;
}

static bool mentions(struct span text, struct span name)
{
	while (text.n >= name.n) {
		const char *at = memchr(text.s, '[', text.n - name.n + 1);
		if (!at)
			return false;
		if (strncasecmp(at, name.s, name.n) == 0)
			return true;
		text.n -= (size_t)(at + 1 - text.s);
		text.s = at + 1;
	}
	return false;
}

void markup_missing_definitions(struct buf *out, struct span source, struct span definitions)
{
	enum { MOST = 1000 }; /* each is sought in the whole source */
	for (int i = 0; definitions.n && i < MOST; i++) {
		struct span line = take_line(&definitions);
		struct span name = is_definition(line) ? name_of(line) : (struct span){"", 0};
		if (name.n && mentions(source, name) && !has_definition(source, name) &&
		    !has_definition((struct span){out->s ? out->s : "", out->n}, name))
			put_line(out, line);
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
	bool inside = links->apart && *url == '#';
	if (!is_relative(url) && !inside)
		return;
	size_t n = strcspn(url, "?#");
	if (!links->before || !(inside || is_page(url, n))) {
		unwrap(link);
		return;
	}
	struct buf path = buf_new(16 * 1024), whole = buf_new(64 * 1024);
	if (inside)
		buf_puts(&path, links->path);
	else
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

/* ---- tables -------------------------------------------------------------------------------------
 *
 * cmark knows none: to it they are paragraphs with a line |---|---| after a line with "|". An
 * escaped pipe, which parts no cells, is no longer to be told from another in its tree, so a
 * character that no text may hold (Unicode, 23.7) stands for it until the cells are parted. */

#define PIPE "\uFDD0"

enum kind { KIND_NONE, KIND_TABLE, KIND_GROUP, KIND_ROW, KIND_CELL };

static void hide_pipes(struct buf *out, struct span source)
{
	for (size_t i = 0; i < source.n; i++) {
		bool escape = source.s[i] == '\\' && i + 1 < source.n;
		if (escape && source.s[i + 1] == '|') {
			buf_puts(out, PIPE);
			i++;
		} else {
			buf_putc(out, source.s[i]);
			if (escape) /* of "\\|" the pipe is not escaped */
				buf_putc(out, source.s[++i]);
		}
	}
}

/* What the source had, or inside a table a plain pipe. */
static char *shown_pipes(const char *s, const char *pipe)
{
	struct buf out = buf_new(BUF_MAX);
	for (const char *at; (at = strstr(s, PIPE)); s = at + strlen(PIPE)) {
		buf_add(&out, s, (size_t)(at - s));
		buf_puts(&out, pipe);
	}
	buf_puts(&out, s);
	return buf_take(&out);
}

static bool in_cell(cmark_node *node)
{
	for (; node; node = cmark_node_parent(node)) {
		if (cmark_node_get_user_data(node) == (void *)(intptr_t)KIND_CELL)
			return true;
	}
	return false;
}

static void show_pipes(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	bool is_link = type == CMARK_NODE_LINK;
	const char *s = is_link ? cmark_node_get_url(node) : cmark_node_get_literal(node);
	if (!s || !strstr(s, PIPE))
		return;
	bool plain =
		type == CMARK_NODE_TEXT || is_link || (type == CMARK_NODE_CODE && in_cell(node));
	char *shown = shown_pipes(s, plain ? "|" : "\\|");
	if (shown && is_link)
		cmark_node_set_url(node, shown);
	else if (shown)
		cmark_node_set_literal(node, shown);
	free(shown);
}

struct table {
	cmark_node *group, *row, *cell;
	size_t cells, columns; /* of this row, of the header */
	bool head, piped;      /* this row has had a pipe */
	const char *lang;      /* of cells, or NULL */
	size_t *padding;       /* how many cells may still be added to short rows */
};

static cmark_node *block(enum kind kind, const char *enter, const char *leave)
{
	cmark_node *node = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
	cmark_node_set_on_enter(node, enter);
	cmark_node_set_on_exit(node, leave);
	cmark_node_set_user_data(node, (void *)(intptr_t)kind);
	return node;
}

static void begin_cell(struct table *t)
{
	if (!t->row) {
		t->row = block(KIND_ROW, "<tr>", "</tr>");
		cmark_node_append_child(t->group, t->row);
	}
	char tag[64];
	snprintf(tag, sizeof tag, "<%s%s%.20s%s>", t->head ? "th scope=\"col\"" : "td",
		 t->lang ? " lang=\"" : "", t->lang ? t->lang : "", t->lang ? "\"" : "");
	t->cell = block(KIND_CELL, tag, t->head ? "</th>" : "</td>");
	cmark_node_append_child(t->row, t->cell);
	t->cells++;
}

static void end_cell(struct table *t)
{
	if (!t->cell && t->piped)
		begin_cell(t); /* nothing stands between two pipes */
	t->cell = NULL;
	t->piped = true;
}

/* A row has no fewer cells than the header, while these stand in proportion to the source; one that
 * has more keeps them, for their words. */
static void end_row(struct table *t)
{
	for (; !t->head && t->row && t->cells < t->columns && *t->padding; --*t->padding)
		begin_cell(t);
	t->columns = t->head ? t->cells : t->columns;
	t->row = t->cell = NULL;
	t->cells = 0;
	t->piped = false;
}

static bool is_blank(struct span s)
{
	return span_trim(s).n == 0;
}

/* Text of a cell, without the white space at the cell's ends. */
static void add_text(struct table *t, struct span s, bool ends)
{
	struct span trimmed = span_trim(s);
	if (trimmed.n == 0 && (!t->cell || ends))
		return;
	if (ends)
		s.n = (size_t)(trimmed.s + trimmed.n - s.s);
	if (!t->cell) {
		begin_cell(t);
		s = (struct span){trimmed.s, (size_t)(s.s + s.n - trimmed.s)};
	}
	char *copy = text_copy(s.s, s.n);
	cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
	cmark_node_set_literal(text, copy ? copy : "");
	cmark_node_append_child(t->cell, text);
	free(copy);
}

/* An inline of a row into its cells; it is used up. */
static void add_inline(struct table *t, cmark_node *node)
{
	if (!table_has_pipe(node)) {
		if (cmark_node_get_type(node) == CMARK_NODE_TEXT &&
		    is_blank(span_of(cmark_node_get_literal(node))) && !t->cell) {
			cmark_node_free(node);
			return;
		}
		if (!t->cell)
			begin_cell(t);
		cmark_node_unlink(node);
		cmark_node_append_child(t->cell, node);
		return;
	}
	for (const char *s = cmark_node_get_literal(node), *pipe; s; s = pipe ? pipe + 1 : NULL) {
		pipe = strchr(s, '|');
		add_text(t, (struct span){s, pipe ? (size_t)(pipe - s) : strlen(s)}, pipe != NULL);
		if (pipe)
			end_cell(t);
	}
	cmark_node_free(node);
}

/* Adding to a tree takes time in proportion to the depth. */
static bool is_deep(cmark_node *node)
{
	enum { DEEP = 100 };
	int depth = 0;
	while (depth < DEEP && (node = cmark_node_parent(node)))
		depth++;
	return depth == DEEP;
}

/* A paragraph's table to a place of its own behind it. */
static void make_table(cmark_node *paragraph, const char *lang, size_t *padding)
{
	cmark_node *delimiter, *node = table_find(paragraph, &delimiter);
	if (!node || is_deep(paragraph))
		return;
	cmark_node *whole = block(KIND_TABLE, "<table>", "</table>");
	cmark_node_insert_after(paragraph, whole);
	struct table t = {.head = true,
			  .lang = lang,
			  .padding = padding,
			  .group = block(KIND_GROUP, "<thead>", "</thead>")};
	cmark_node_append_child(whole, t.group);
	for (cmark_node *next; node; node = next) {
		next = cmark_node_next(node);
		if (node == delimiter) {
			t.head = false;
			t.group = block(KIND_GROUP, "<tbody>", "</tbody>");
			cmark_node_append_child(whole, t.group);
			cmark_node_free(node);
		} else if (table_is_break(node)) {
			end_row(&t);
			cmark_node_free(node);
		} else {
			add_inline(&t, node);
		}
	}
	end_row(&t);
	cmark_node *last = cmark_node_last_child(paragraph);
	if (last && table_is_break(last))
		cmark_node_free(last);
	if (!cmark_node_first_child(paragraph))
		cmark_node_free(paragraph);
	if (!cmark_node_first_child(t.group))
		cmark_node_free(t.group);
}

/* ---- containers ---------------------------------------------------------------------------------
 *
 * VitePress, Docusaurus and others set a stretch apart by lines ":::kind title" and ":::". The
 * title is text (see passage.h). */

static size_t past_mark(const char *s)
{
	size_t n = strspn(s, ":");
	if (n < 3)
		return 0;
	n += strspn(s + n, " \t");
	n += strcspn(s + n, " \t");
	return n + strspn(s + n, " \t");
}

/* The mark that a line of a paragraph begins with. What is left of the line is a line of its own.
 */
static void drop_mark(cmark_node *text)
{
	size_t n = past_mark(cmark_node_get_literal(text));
	cmark_node *next = cmark_node_next(text), *before = cmark_node_previous(text);
	if (n == 0)
		return;
	char *title = text_copy(cmark_node_get_literal(text) + n,
				strlen(cmark_node_get_literal(text)) - n);
	bool empty = !title || !*title;
	cmark_node_set_literal(text, empty ? "" : title);
	free(title);
	if (empty && table_is_break(next)) {
		cmark_node *gone = next ? next : before;
		if (gone)
			cmark_node_free(gone);
		cmark_node_free(text);
	} else if (!empty && next && table_is_break(next)) {
		cmark_node_insert_before(next, cmark_node_new(CMARK_NODE_LINEBREAK));
		cmark_node_free(next);
	}
}

/* False when nothing is left of the paragraph, and it is gone. */
static bool drop_marks(cmark_node *paragraph)
{
	for (cmark_node *n = cmark_node_first_child(paragraph), *next; n; n = next) {
		next = cmark_node_next(n);
		bool begins = table_is_break(cmark_node_previous(n)) &&
			      cmark_node_get_type(n) == CMARK_NODE_TEXT;
		if (!begins || past_mark(cmark_node_get_literal(n)) == 0)
			continue;
		if (next && table_is_break(next))
			next = cmark_node_next(next);
		drop_mark(n);
	}
	if (cmark_node_first_child(paragraph))
		return true;
	cmark_node_free(paragraph);
	return false;
}

/* ---- blocks of HTML -----------------------------------------------------------------------------
 */

static bool one_of(struct span name, const char *const *names)
{
	while (*names && !tag_is_named(name, *names))
		names++;
	return *names;
}

/* Where a comment, declaration or instruction ends that begins here; 1 for a mere "<". */
static size_t past_comment(const char *s, size_t n)
{
	const char *end = NULL;
	if (n > 3 && strncmp(s, "<!--", 4) == 0)
		end = memmem(s + 4, n - 4, "-->", 3);
	else if (n > 1 && (s[1] == '!' || s[1] == '?'))
		end = memchr(s, '>', n);
	else
		return 1;
	return end ? (size_t)(end - s) + (*end == '-' ? 3 : 1) : n;
}

/* Past the end of an element of which the contents are no text. */
static size_t past_hidden(const char *s, size_t n, struct span name)
{
	for (size_t i = 0; i + 2 + name.n < n; i++) {
		if (s[i] != '<' || s[i + 1] != '/' || strncasecmp(s + i + 2, name.s, name.n) != 0 ||
		    tag_is_name_byte(s[i + 2 + name.n]))
			continue;
		const char *end = memchr(s + i, '>', n - i);
		return end ? (size_t)(end - s) + 1 : n;
	}
	return n;
}

/* Reads the tag at s. One that has no end was sought to the end of all, so not too often. */
static bool read_tag(const char *s, size_t n, struct tag *t, int *misses)
{
	enum { MOST = 100 };
	if (*misses == MOST || !tag_begins(s, n))
		return false;
	bool found = tag_read(s, n, t);
	*misses += !found;
	return found;
}

/* One tag or the like at s; gives its length. A tag that parts words leaves a blank. */
static size_t pass_tag(struct buf *out, const char *s, size_t n, int *misses)
{
	static const char *const hidden[] = {"script", "style", "template", NULL};
	static const char *const joined[] = {"a",   "abbr",   "b",    "code", "em",  "i",   "kbd",
					     "s",   "small",  "span", "sub",  "sup", "u",   "mark",
					     "del", "strong", "font", "ins",  "var", "wbr", NULL};
	struct tag t;
	if (!read_tag(s, n, &t, misses)) {
		size_t past = past_comment(s, n);
		if (past == 1)
			buf_puts(out, "\\<");
		return past;
	}
	if (!one_of(t.name, joined))
		buf_putc(out, ' ');
	return !t.closes && !t.empty && one_of(t.name, hidden)
		       ? t.length + past_hidden(s + t.length, n - t.length, t.name)
		       : t.length;
}

/* The text of a block of HTML as Markdown in which only character references mean something. */
static void put_html_text(struct buf *out, struct span html)
{
	int misses = 0;
	for (size_t i = 0; i < html.n;) {
		char c = html.s[i];
		if (c == '<') {
			i += pass_tag(out, html.s + i, html.n - i, &misses);
			continue;
		}
		if (c == '\n' || c == '\r' || c == '\t')
			c = ' ';
		else if (strchr("!\"$%'()*+,-./:<=>?@[\\]^_`{|}~", c))
			buf_putc(out, '\\');
		buf_putc(out, c);
		i++;
	}
}

/* The words of a block of HTML are the page's too. */
static void keep_html_text(cmark_node *node)
{
	struct buf text = buf_new(BUF_MAX);
	put_html_text(&text, span_of(cmark_node_get_literal(node)));
	struct span words = span_trim((struct span){text.s ? text.s : "", text.n});
	if (words.n) {
		/* the pipe keeps what follows from being a heading or such, and goes again */
		struct buf line = buf_new(BUF_MAX);
		buf_putc(&line, '|');
		buf_add(&line, words.s, words.n);
		cmark_node *root = line.failed ? NULL
					       : cmark_parse_document(line.s, line.n,
								      CMARK_OPT_DEFAULT),
			   *paragraph = root ? cmark_node_first_child(root) : NULL,
			   *first = paragraph ? cmark_node_first_child(paragraph) : NULL;
		if (first && cmark_node_get_type(first) == CMARK_NODE_TEXT) {
			char *rest = text_copy(cmark_node_get_literal(first) + 1,
					       strlen(cmark_node_get_literal(first)) - 1);
			cmark_node_set_literal(first, rest ? rest : "");
			free(rest);
			cmark_node_unlink(paragraph);
			cmark_node_insert_before(node, paragraph);
			cmark_node_free(node);
		}
		if (root)
			cmark_node_free(root);
		buf_free(&line);
	}
	buf_free(&text);
}

static bool is_line_break(cmark_node *node)
{
	struct tag t;
	const char *html = cmark_node_get_literal(node);
	size_t n = strlen(html);
	return n && *html == '<' && tag_begins(html, n) && tag_read(html, n, &t) &&
	       tag_is_named(t.name, "br");
}

/* ---- the tree -----------------------------------------------------------------------------------
 */

/* Only when a node is left may it go. */
static void settle(cmark_node *node, const struct markup_links *links, size_t *padding)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_PARAGRAPH:
		if (drop_marks(node))
			make_table(node, links ? links->cell_lang : NULL, padding);
		break;
	case CMARK_NODE_IMAGE:
		unwrap(node);
		break;
	case CMARK_NODE_LINK:
		if (links)
			lead(node, links);
		break;
	default:
		break;
	}
}

/* HTML has no end of its own to wait for, and literals none either. */
static void settle_leaf(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_HTML_INLINE && is_line_break(node)) {
		cmark_node_insert_before(node, cmark_node_new(CMARK_NODE_LINEBREAK));
		cmark_node_free(node);
	} else if (type == CMARK_NODE_HTML_BLOCK) {
		keep_html_text(node);
	}
}

static void each(cmark_node *root, const struct markup_links *links, int pass, size_t *padding)
{
	cmark_iter *iter = cmark_iter_new(root);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(iter);
		bool leaf = !cmark_node_first_child(node) && event == CMARK_EVENT_ENTER;
		if (pass == 0 && leaf)
			settle_leaf(node);
		else if (pass == 1 && event == CMARK_EVENT_EXIT)
			settle(node, links, padding);
		else if (pass == 2 && event == CMARK_EVENT_ENTER)
			show_pipes(node);
	}
	cmark_iter_free(iter);
}

/* Takes out what stands before a line: a line that only looks like a definition is text to cmark.
 */
static void drop_before(cmark_node *root, int line)
{
	for (cmark_node *first;
	     (first = cmark_node_first_child(root)) && cmark_node_get_start_line(first) < line;)
		cmark_node_free(first);
}

/* NULL when memory is out. Links stay as they are when links is NULL. The definitions come first: a
 * fence that the source leaves open would take them in. */
static cmark_node *parse(struct span source, struct span definitions,
			 const struct markup_links *links)
{
	struct buf text = buf_new(BUF_MAX);
	size_t padding = 1000 + source.n;
	int line = 1;
	hide_pipes(&text, definitions);
	buf_puts(&text, "\n\n");
	for (size_t i = 0; i < text.n; i++)
		line += text.s[i] == '\n';
	hide_pipes(&text, source);
	cmark_node *root =
		text.failed ? NULL : cmark_parse_document(text.s, text.n, CMARK_OPT_DEFAULT);
	buf_free(&text);
	if (root) {
		drop_before(root, line);
		drop_heading_ids(root);
		for (int pass = 0; pass < 3; pass++)
			each(root, links, pass, &padding);
	}
	return root;
}

static void put_html(struct buf *out, cmark_node *root)
{
	char *html = root ? cmark_render_html(root, CMARK_OPT_DEFAULT) : NULL,
	     *shown = html ? shown_pipes(html, "\\|") : NULL; /* in a title, say */
	if (shown)
		buf_puts(out, shown);
	else
		out->failed = true;
	free(shown);
	free(html);
}

void markup_html(struct buf *out, struct span source, struct span definitions,
		 const struct markup_links *links)
{
	cmark_node *root = parse(source, definitions, links);
	put_html(out, root);
	if (root)
		cmark_node_free(root);
}

/* ---- what is left open --------------------------------------------------------------------------
 */

/* Would a paragraph behind these two be one of its own? cmark gives the block that takes it in. */
static cmark_node *parse_before(struct span source, const char *end, bool *stands)
{
	struct buf text = buf_new(BUF_MAX);
	buf_add(&text, source.s, source.n);
	buf_printf(&text, "\n%s\n\nx\n", end);
	cmark_node *root = text.failed ? NULL
				       : cmark_parse_document(text.s, text.n, CMARK_OPT_DEFAULT),
		   *last = root ? cmark_node_last_child(root) : NULL;
	*stands = !last || (cmark_node_get_type(last) == CMARK_NODE_PARAGRAPH &&
			    !cmark_node_next(cmark_node_first_child(last)));
	buf_free(&text);
	return root;
}

/* The run of ` or ~ that opens the fence on a line of the source. */
static struct span fence_on(struct span source, int line)
{
	struct span at = {"", 0};
	while (line-- > 0 && source.n)
		at = take_line(&source);
	at = span_trim(at);
	size_t n = 0;
	while (n < at.n && at.s[n] == at.s[0] && (at.s[n] == '`' || at.s[n] == '~'))
		n++;
	return (struct span){at.s, n};
}

void markup_close(struct buf *out, struct span source)
{
	static const char *const ends[] = {"-->",	"?>",	  "]]>",      ">",
					   "</script>", "</pre>", "</style>", "</textarea>"};
	bool stands;
	cmark_node *root = parse_before(source, "", &stands),
		   *last = root ? cmark_node_last_child(root) : NULL;
	if (!stands && cmark_node_get_type(last) == CMARK_NODE_CODE_BLOCK) {
		struct span fence = fence_on(source, cmark_node_get_start_line(last));
		buf_add(out, fence.s, fence.n);
		buf_putc(out, '\n');
		stands = true;
	}
	if (root)
		cmark_node_free(root);
	for (size_t i = 0; i < sizeof ends / sizeof *ends && !stands; i++) {
		root = parse_before(source, ends[i], &stands);
		if (stands)
			buf_printf(out, "%s\n", ends[i]);
		if (root)
			cmark_node_free(root);
	}
}

/* ---- a passage ----------------------------------------------------------------------------------
 */

/* The heading that a passage begins with, taken out of the tree; NULL for none. */
static cmark_node *take_heading(cmark_node *root)
{
	cmark_node *first = root ? cmark_node_first_child(root) : NULL;
	if (!first || cmark_node_get_type(first) != CMARK_NODE_HEADING)
		return NULL;
	cmark_node_unlink(first);
	return first;
}

/* Those in quotations and lists, the only ones left. */
static void lower_headings(cmark_node *root, int level)
{
	cmark_iter *iter = cmark_iter_new(root);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (cmark_node_get_type(node) == CMARK_NODE_HEADING)
			cmark_node_set_heading_level(node, level < 6 ? level + 1 : 6);
	}
	cmark_iter_free(iter);
}

void markup_passage(struct buf *heading, struct buf *rest, int level, struct span source,
		    struct span definitions, const struct markup_links *links)
{
	cmark_node *root = parse(source, definitions, links), *first = take_heading(root);
	if (first) {
		cmark_node_set_heading_level(first, level);
		put_html(heading, first);
		cmark_node_free(first);
	}
	if (root)
		lower_headings(root, level);
	put_html(rest, root);
	if (root)
		cmark_node_free(root);
}

/* ---- plain text ---------------------------------------------------------------------------------
 */

struct plain {
	struct buf *out, indent;
	size_t start; /* of this text in out */
	bool begun;   /* this block has begun its line */
	bool after;   /* something stands before this block */
	bool cell;    /* a cell stands before this one in its row */
};

static bool is_tight(cmark_node *node)
{
	cmark_node *list = node && cmark_node_get_type(node) == CMARK_NODE_ITEM
				   ? cmark_node_parent(node)
				   : NULL;
	return list && cmark_node_get_list_tight(list);
}

static void begin_line(struct plain *p)
{
	buf_putc(p->out, '\n');
	buf_add(p->out, p->indent.s ? p->indent.s : "", p->indent.n);
}

/* Begins the lines of a block; an item has begun the line of its first one. */
static void begin_block(struct plain *p, bool tight)
{
	if (p->begun) {
		p->begun = false;
		return;
	}
	if (p->after && !tight)
		buf_putc(p->out, '\n');
	if (p->after)
		begin_line(p);
	else
		buf_add(p->out, p->indent.s ? p->indent.s : "", p->indent.n);
	p->after = true;
}

/* What stands before an item, the n-th of its list from 0, and its width. */
static size_t mark_of(cmark_node *list, intptr_t n, char mark[32])
{
	if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST) {
		strcpy(mark, "• ");
		return 2;
	}
	return (size_t)snprintf(mark, 32, "%jd. ", (intmax_t)n + cmark_node_get_list_start(list));
}

/* A list keeps how many of its items were written. */
static void begin_item(struct plain *p, cmark_node *item)
{
	char mark[32];
	cmark_node *list = cmark_node_parent(item);
	intptr_t n = (intptr_t)cmark_node_get_user_data(list);
	size_t width = mark_of(list, n, mark);
	begin_block(p, n ? is_tight(item) : is_tight(cmark_node_parent(list)));
	buf_puts(p->out, mark);
	while (width--)
		buf_putc(&p->indent, ' ');
	p->begun = true;
	cmark_node_set_user_data(list, (void *)(n + 1));
}

static void end_item(struct plain *p, cmark_node *item)
{
	char mark[32];
	cmark_node *list = cmark_node_parent(item);
	p->indent.n -= mark_of(list, (intptr_t)cmark_node_get_user_data(list) - 1, mark);
	p->begun = false;
}

static void put_code(struct plain *p, const char *code)
{
	for (size_t n; *code; code += n + (code[n] == '\n')) {
		n = strcspn(code, "\n");
		buf_add(p->out, code, n);
		if (code[n] && code[n + 1])
			begin_line(p);
	}
}

/* The address that a link's text does not tell. */
static void put_address(struct plain *p, cmark_node *link)
{
	const char *url = cmark_node_get_url(link);
	size_t n = strlen(url);
	bool told =
		n && p->out->n - p->start >= n && memcmp(p->out->s + p->out->n - n, url, n) == 0;
	if ((strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0) && !told)
		buf_printf(p->out, " (%s)", url);
}

static void enter_custom(struct plain *p, cmark_node *node)
{
	enum kind kind = (enum kind)(intptr_t)cmark_node_get_user_data(node);
	cmark_node *group = cmark_node_parent(node);
	bool first = kind == KIND_ROW && !cmark_node_previous(node) && !cmark_node_previous(group);
	if (kind == KIND_ROW) {
		begin_block(p, !first);
		p->cell = false;
	} else if (kind == KIND_CELL) {
		buf_puts(p->out, p->cell ? "\t" : "");
		p->cell = true;
	}
}

static void enter(struct plain *p, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_PARAGRAPH:
	case CMARK_NODE_HEADING:
		begin_block(p, is_tight(cmark_node_parent(node)));
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		begin_block(p, false);
		buf_puts(p->out, "> ");
		buf_puts(&p->indent, "> ");
		p->begun = true;
		break;
	case CMARK_NODE_ITEM:
		begin_item(p, node);
		break;
	case CMARK_NODE_CODE_BLOCK:
		begin_block(p, false);
		put_code(p, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		begin_block(p, false);
		buf_puts(p->out, "---");
		break;
	case CMARK_NODE_CUSTOM_BLOCK:
		enter_custom(p, node);
		break;
	case CMARK_NODE_TEXT:
		buf_puts(p->out, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE:
		buf_puts(p->out, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_SOFTBREAK:
		buf_putc(p->out, ' ');
		break;
	case CMARK_NODE_LINEBREAK:
		begin_line(p);
		break;
	default:
		break;
	}
}

static void leave(struct plain *p, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_BLOCK_QUOTE:
		p->indent.n -= 2;
		p->begun = false;
		break;
	case CMARK_NODE_ITEM:
		end_item(p, node);
		break;
	case CMARK_NODE_LINK:
		put_address(p, node);
		break;
	default:
		break;
	}
}

void markup_plain(struct buf *out, struct span source, struct span definitions)
{
	cmark_node *root = parse(source, definitions, NULL), *first = take_heading(root);
	if (first)
		cmark_node_free(first);
	if (!root) {
		out->failed = true;
		return;
	}
	struct plain p = {.out = out, .indent = buf_new(BUF_MAX), .start = out->n};
	cmark_iter *iter = cmark_iter_new(root);
	for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
		if (event == CMARK_EVENT_ENTER)
			enter(&p, cmark_iter_get_node(iter));
		else
			leave(&p, cmark_iter_get_node(iter));
	}
	cmark_iter_free(iter);
	out->failed = out->failed || p.indent.failed;
	buf_free(&p.indent);
	cmark_node_free(root);
}

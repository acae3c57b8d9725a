#include "passage.h"

#include <cmark.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "tag.h"

/* The element of which the contents are no text and in which we are. */
struct skip {
	const char *name; /* NULL: in none */
	size_t depth;
	bool inside_line; /* opened by inline HTML: ends with its block at the latest */
};

/* Walks the tree of cmark once, from event to event (no recursion), and writes passages. */
struct cutter {
	struct passages *out;
	size_t cap;
	enum anchor_style style;
	struct span rest; /* of the body, from line seen_line on */
	long seen_line;
	struct buf again; /* a byte a passage: 1 when it goes on with the one before */
	size_t total;	  /* bytes handed out */
	int status;
	struct error *error;
	struct passage now; /* the passage being filled; its strings are owned */
	bool now_again;
	struct buf text, head; /* its text and its heading, while they grow */
	struct buf *to;	       /* the one of them that is being written */
	bool space;	       /* white space was met since the last byte written */
	int recent[7];	       /* last passage of each level */
	long first_line, line;
	size_t nest; /* quotations and lists that we are in */
	size_t mark; /* where a heading in one of them began in the text */
	size_t code_end;
	char *before;	  /* id of an <a> after which no text came */
	char *in_heading; /* id of an <a> in the heading */
	struct buf divs;  /* a byte for each open <div>: its language's place, or NO_LANGUAGE */
	const struct language *language;
	struct skip skip;
	bool container_line;		    /* in the title of a ::: container */
	cmark_node *table_head, *delimiter; /* of the table in this paragraph */
	bool in_table;
};

enum { NO_LANGUAGE = 0x7F };

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool one_of(struct span a, const char *const *names)
{
	for (; *names; names++)
		if (tag_is_named(a, *names))
			return true;
	return false;
}

/* ---- passages out ---- */

static void fail_limit(struct cutter *c)
{
	if (!c->status)
		c->status = error_at(c->error, STATUS_LIMIT, MSG_PASSAGE_BIG, NULL, c->line);
}

static void fail_memory(struct cutter *c)
{
	if (!c->status)
		c->status = error_memory(c->error);
}

static void free_passage(struct passage *p)
{
	free(p->heading);
	free(p->anchor);
	free(p->text);
}

static char *copy_of(struct cutter *c, const char *s, size_t n)
{
	char *copy = text_copy(n ? s : "", n);
	if (!copy)
		fail_memory(c);
	return copy;
}

/* What a buffer failed of, if it did. */
static void fail_of(struct cutter *c, const struct buf *b)
{
	if (b->starved)
		fail_memory(c);
	else if (b->failed)
		fail_limit(c);
}

static bool make_room(struct cutter *c)
{
	if (c->out->n == INT_MAX)
		fail_limit(c);
	if (c->out->n == c->cap && !c->status) {
		size_t cap = c->cap ? c->cap * 2 : 16;
		struct passage *list = realloc(c->out->list, cap * sizeof *list);
		if (!list) {
			fail_memory(c);
			return false;
		}
		c->out->list = list;
		c->cap = cap;
	}
	return !c->status;
}

/* Every copy counts towards the ceiling: a long heading cut a thousand times must not grow. */
static void end_passage(struct cutter *c)
{
	fail_of(c, &c->text);
	struct passage *p = &c->now;
	if (c->status || (p->level == 0 && c->text.n == 0))
		return;
	c->total += c->text.n + strlen(p->heading) + strlen(p->anchor);
	if (c->total > PASSAGE_MAX_TEXT)
		fail_limit(c);
	if (!make_room(c))
		return;
	struct passage done = *p;
	done.text_n = c->text.n;
	done.text = copy_of(c, c->text.s, c->text.n);
	done.heading = copy_of(c, p->heading, strlen(p->heading));
	done.anchor = copy_of(c, p->anchor, strlen(p->anchor));
	buf_putc(&c->again, (char)c->now_again);
	if (c->again.failed)
		fail_memory(c);
	if (c->status) {
		free_passage(&done);
		return;
	}
	c->recent[p->level] = (int)c->out->n;
	c->out->list[c->out->n++] = done;
	buf_clear(&c->text);
}

/* Before a byte of text: a new language begins a new passage; the first text has its line. */
static void settle(struct cutter *c)
{
	bool first = c->now.level == 0 && c->text.n == 0;
	if (c->now.language != c->language && !first) {
		end_passage(c);
		c->now_again = true;
		c->now.line = c->line;
		c->mark = 0;
	}
	if (first)
		c->now.line = c->line;
	c->now.language = c->language;
}

/* Writes text with its white space squeezed. */
static void put(struct cutter *c, const char *s, size_t n)
{
	if (c->skip.name)
		return;
	for (size_t i = 0; i < n && !c->status;) {
		if (is_space(s[i])) {
			c->space = true;
			i++;
			continue;
		}
		size_t start = i;
		while (i < n && !is_space(s[i]))
			i++;
		if (c->to == &c->text)
			settle(c);
		if (c->space && c->to->n && c->to->s[c->to->n - 1] != '\n')
			buf_putc(c->to, ' ');
		c->space = false;
		buf_add(c->to, s + start, i - start);
		fail_of(c, c->to);
		free(c->before);
		c->before = NULL;
	}
}

/* Ends a line of text; a heading has but one. */
static void end_line(struct cutter *c)
{
	c->space = c->to == &c->head;
	if (c->to == &c->text && c->text.n && c->text.s[c->text.n - 1] != '\n')
		buf_putc(&c->text, '\n');
}

/* ---- HTML ---- */

static bool has_space(struct span a)
{
	for (size_t i = 0; i < a.n; i++)
		if (is_space(a.s[i]))
			return true;
	return false;
}

/* <a id> or <a name>: the anchor of this heading or, if no text comes between, of the next. */
static void take_anchor(struct cutter *c, const struct tag *t)
{
	struct span id = tag_attribute(t, "id");
	if (!id.n)
		id = tag_attribute(t, "name");
	if (c->nest || !id.n || has_space(id))
		return;
	char **place = c->to == &c->head ? &c->in_heading : &c->before;
	free(*place);
	*place = copy_of(c, id.s, id.n);
}

/* A <div> may set the language of what stands in it; one that does not has that around it. */
static void take_div(struct cutter *c, const struct tag *t)
{
	if (c->nest || t->empty)
		return;
	if (t->closes) {
		if (!c->divs.n)
			return;
		c->divs.n--;
	} else {
		struct span tag = tag_attribute(t, "lang");
		char place = c->divs.n ? c->divs.s[c->divs.n - 1] : NO_LANGUAGE;
		if (tag.n) {
			const struct language *l = language_find(tag.s, tag.n);
			place = l ? (char)language_index(l) : NO_LANGUAGE;
		}
		buf_putc(&c->divs, place);
		fail_of(c, &c->divs);
	}
	char place = c->divs.n ? c->divs.s[c->divs.n - 1] : NO_LANGUAGE;
	c->language = place == NO_LANGUAGE ? NULL : &languages[(unsigned char)place];
}

static const char *const hidden[] = {"script", "style", "template", NULL};
static const char *const joined[] = {
	"a",	"abbr", "b",   "bdi",	 "bdo",	 "cite", "code", "data", "del",	 "dfn",
	"em",	"font", "i",   "ins",	 "kbd",	 "mark", "q",	 "s",	 "samp", "small",
	"span", "sub",	"sup", "strong", "time", "tt",	 "u",	 "var",	 "wbr",	 NULL};
static const char *const lines[] = {
	"address", "article", "aside",	"blockquote", "caption", "center",   "dd",
	"details", "dialog",  "div",	"dl",	      "dt",	 "fieldset", "figcaption",
	"figure",  "footer",  "form",	"h1",	      "h2",	 "h3",	     "h4",
	"h5",	   "h6",      "header", "hr",	      "legend",	 "li",	     "main",
	"menu",	   "nav",     "ol",	"option",     "p",	 "pre",	     "section",
	"summary", "table",   "tbody",	"tfoot",      "thead",	 "title",    "tr",
	"ul",	   NULL};

static void take_tag(struct cutter *c, const struct tag *t, bool block)
{
	if (tag_is_named(t->name, "a") && !t->closes)
		take_anchor(c, t);
	if (one_of(t->name, lines))
		end_line(c);
	else if (!one_of(t->name, joined))
		c->space = true;
	if (tag_is_named(t->name, "div"))
		take_div(c, t);
	for (int i = 0; hidden[i] && !t->closes && !t->empty; i++)
		if (tag_is_named(t->name, hidden[i]))
			c->skip = (struct skip){hidden[i], 1, !block};
}

/* In an element that is skipped only its own tags count: "a<b" in a script opens nothing.
 * Returns the bytes passed over. */
static size_t pass_hidden(struct cutter *c, const char *s, size_t n)
{
	size_t name = strlen(c->skip.name);
	for (size_t i = 0; i < n; i++) {
		const char *open = memchr(s + i, '<', n - i);
		if (!open)
			return n;
		i = (size_t)(open - s);
		bool closes = i + 1 < n && s[i + 1] == '/';
		size_t at = i + 1 + closes;
		if (n - at < name || strncasecmp(s + at, c->skip.name, name) != 0 ||
		    (at + name < n && tag_is_name_byte(s[at + name])))
			continue;
		const char *end = memchr(s + at, '>', n - at);
		i = end ? (size_t)(end - s) : n - 1;
		if (!closes)
			c->skip.depth += strcmp(c->skip.name, "template") == 0 && s[i - 1] != '/';
		else if (--c->skip.depth == 0) {
			c->skip.name = NULL;
			return i + 1;
		}
	}
	return n;
}

static size_t number_entity(const char *s, size_t n, uint32_t *code)
{
	bool hex = n > 2 && (s[2] == 'x' || s[2] == 'X');
	size_t i = hex ? 3 : 2, start = i;
	uint32_t v = 0;
	for (; i < n && i < start + 8; i++) {
		char d = s[i];
		if (d >= '0' && d <= '9')
			v = v * (hex ? 16 : 10) + (uint32_t)(d - '0');
		else if (hex && ((d | 32) >= 'a' && (d | 32) <= 'f'))
			v = v * 16 + (uint32_t)((d | 32) - 'a' + 10);
		else
			break;
	}
	if (i == start || i >= n || s[i] != ';')
		return 0;
	*code = v == 0 || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF) ? 0xFFFD : v;
	return i + 1;
}

/* Reads the entity at s; returns its length, or 0 when it is none that we know. */
static size_t read_entity(const char *s, size_t n, uint32_t *code)
{
	static const struct {
		const char *name;
		uint32_t code;
	} names[] = {
		{"amp;", '&'},	     {"lt;", '<'},	 {"gt;", '>'},	     {"quot;", '"'},
		{"apos;", '\''},     {"nbsp;", 0xA0},	 {"laquo;", 0xAB},   {"raquo;", 0xBB},
		{"eacute;", 0xE9},   {"egrave;", 0xE8},	 {"ecirc;", 0xEA},   {"agrave;", 0xE0},
		{"acirc;", 0xE2},    {"ccedil;", 0xE7},	 {"ocirc;", 0xF4},   {"ucirc;", 0xFB},
		{"ugrave;", 0xF9},   {"icirc;", 0xEE},	 {"Eacute;", 0xC9},  {"Agrave;", 0xC0},
		{"oelig;", 0x153},   {"rsquo;", 0x2019}, {"ndash;", 0x2013}, {"mdash;", 0x2014},
		{"hellip;", 0x2026}, {"copy;", 0xA9}};
	if (n > 1 && s[1] == '#')
		return number_entity(s, n, code);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t length = strlen(names[i].name);
		if (n > length && memcmp(s + 1, names[i].name, length) == 0) {
			*code = names[i].code;
			return length + 1;
		}
	}
	return 0;
}

/* Text between tags: line feeds are counted, entities decoded. */
static void html_text(struct cutter *c, const char *s, size_t n)
{
	size_t start = 0, i = 0;
	while (i < n) {
		uint32_t code;
		size_t length = s[i] == '&' ? read_entity(s + i, n - i, &code) : 0;
		if (!length && s[i] != '\n') {
			i++;
			continue;
		}
		put(c, s + start, i - start);
		if (length) {
			struct buf one = buf_new(8);
			buf_codepoint(&one, code);
			if (one.s)
				put(c, one.s, one.n);
			buf_free(&one);
			i += length;
		} else {
			c->space = true;
			c->line++;
			i++;
		}
		start = i;
	}
	put(c, s + start, n - start);
}

static void count_lines(struct cutter *c, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c->line += s[i] == '\n';
}

/* Passes over a comment, declaration or instruction; an open one lasts to the end of the block. */
static size_t pass_comment(const char *s, size_t n)
{
	bool comment = n >= 4 && memcmp(s, "<!--", 4) == 0;
	bool cdata = n >= 9 && memcmp(s, "<![CDATA[", 9) == 0;
	const char *mark = comment ? "-->" : cdata ? "]]>" : ">";
	/* "<!-->" is a whole comment. */
	const char *end = memmem(s + 2, n - 2, mark, strlen(mark));
	return end ? (size_t)(end - s) + strlen(mark) : n;
}

/* Reads HTML from one end to the other. Once a tag has no end, none after it has: they are text,
 * so that no "<" is looked from twice. */
static void html(struct cutter *c, const char *s, size_t n, bool block)
{
	bool tags = true;
	for (size_t i = 0; i < n && !c->status;) {
		size_t length;
		struct tag t;
		if (c->skip.name) {
			length = pass_hidden(c, s + i, n - i);
			count_lines(c, s + i, length);
		} else if (s[i] == '<' && i + 1 < n && (s[i + 1] == '!' || s[i + 1] == '?')) {
			length = pass_comment(s + i, n - i);
			count_lines(c, s + i, length);
		} else if (s[i] == '<' && tags && tag_begins(s + i, n - i) &&
			   (tags = tag_read(s + i, n - i, &t))) {
			length = t.length;
			take_tag(c, &t, block);
			count_lines(c, s + i, length);
		} else {
			const char *next = memchr(s + i + 1, '<', n - i - 1);
			length = next ? (size_t)(next - s) - i : n - i;
			html_text(c, s + i, length);
		}
		i += length;
	}
}

/* ---- headings ---- */

/* Finds "{#id}" (other marks may stand beside the id) at the end of the bytes from..n; *cut is
 * where it begins, the white space before it included. */
static bool find_id(const char *s, size_t from, size_t n, size_t *cut, struct span *id)
{
	while (n > from && is_space(s[n - 1]))
		n--;
	if (n < from + 4 || s[n - 1] != '}')
		return false;
	const char *open = memrchr(s + from, '{', n - from);
	if (!open || memchr(open, '}', (size_t)(s + n - 1 - open)))
		return false;
	const char *end = s + n - 1, *at = open + 1;
	*id = (struct span){at, 0};
	while (at < end && !id->n) {
		while (at < end && is_space(*at))
			at++;
		const char *start = at;
		while (at < end && !is_space(*at))
			at++;
		if (start < end && *start == '#')
			*id = (struct span){start + 1, (size_t)(at - start) - 1};
	}
	*cut = (size_t)(open - s);
	while (*cut > from && is_space(s[*cut - 1]))
		--*cut;
	return id->n > 0;
}

/* The heading at c->line as its author wrote it: the last of its lines, without marks. Headings
 * come in their order, so that the body is gone through but once. */
static struct span heading_source(struct cutter *c, cmark_node *node)
{
	long last = c->first_line + cmark_node_get_end_line(node) - 1;
	const char *end;
	bool setext = last > c->line;
	if (setext)
		last--;
	for (; c->seen_line < last && (end = memchr(c->rest.s, '\n', c->rest.n)); c->seen_line++)
		c->rest = (struct span){end + 1, c->rest.n - (size_t)(end + 1 - c->rest.s)};
	end = memchr(c->rest.s, '\n', c->rest.n);
	struct span line = {c->rest.s, end ? (size_t)(end - c->rest.s) : c->rest.n};
	line = span_trim(line);
	if (setext)
		return line;
	while (line.n && *line.s == '#')
		line = (struct span){line.s + 1, line.n - 1};
	size_t n = line.n;
	while (n && line.s[n - 1] == '#')
		n--;
	if (n && is_space(line.s[n - 1]))
		line.n = n;
	return span_trim(line);
}

static void begin_heading(struct cutter *c, int level)
{
	end_line(c);
	c->skip.name = NULL; /* a <template> left open hides one passage, not the page */
	end_passage(c);
	buf_clear(&c->text);
	buf_clear(&c->head);
	free_passage(&c->now);
	c->now = (struct passage){.level = level, .line = c->line, .language = c->language};
	c->now_again = false;
	c->now.parent = PASSAGE_NO_PARENT;
	for (int i = 1; i < level; i++)
		if (c->recent[i] > c->now.parent)
			c->now.parent = c->recent[i];
	c->to = &c->head;
	c->space = false;
	c->code_end = 0;
	/* An id just before counts unless one in the heading takes its place. */
	c->in_heading = c->before;
	c->before = NULL;
}

static void end_heading(struct cutter *c, cmark_node *node)
{
	struct buf *h = &c->head;
	struct span id;
	size_t cut;
	struct buf anchor = buf_new(PASSAGE_MAX_TEXT);
	c->now.anchor_explicit = true;
	if (h->s && find_id(h->s, c->code_end, h->n, &cut, &id)) {
		buf_add(&anchor, id.s, id.n);
		h->n = cut;
		h->s[cut] = '\0';
	} else if (c->in_heading) {
		buf_puts(&anchor, c->in_heading);
	} else {
		c->now.anchor_explicit = false;
		anchor_make(&anchor, c->style,
			    anchor_is_of_source(c->style) ? heading_source(c, node)
							  : (struct span){h->s, h->n});
	}
	free(c->in_heading);
	c->in_heading = NULL;
	fail_of(c, &anchor);
	c->now.heading = copy_of(c, h->s, h->n);
	c->now.anchor = copy_of(c, anchor.s, anchor.n);
	buf_free(&anchor);
	c->to = &c->text;
	c->space = false;
}

/* A heading in a quotation is a line of text, but its {#id} is not. */
static void end_inner_heading(struct cutter *c)
{
	struct span id;
	size_t cut, from = c->code_end > c->mark ? c->code_end : c->mark;
	if (from < c->text.n && find_id(c->text.s, from, c->text.n, &cut, &id)) {
		c->text.n = cut;
		c->text.s[cut] = '\0';
	}
	end_line(c);
}

/* ---- paragraphs ---- */

/* A line that begins with ":::" is a container's: its title is a line of text, its kind is not. */
static size_t container_mark(struct cutter *c, const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && s[i] == ':')
		i++;
	if (i < 3)
		return 0;
	while (i < n && is_space(s[i]))
		i++;
	while (i < n && !is_space(s[i]))
		i++;
	end_line(c);
	c->container_line = true;
	return i;
}

static void take_text(struct cutter *c, cmark_node *node)
{
	const char *s = cmark_node_get_literal(node);
	size_t n = strlen(s);
	cmark_node *parent = cmark_node_parent(node);
	if (node == c->delimiter)
		return;
	if (cmark_node_get_type(parent) == CMARK_NODE_PARAGRAPH &&
	    table_is_break(cmark_node_previous(node))) {
		size_t mark = container_mark(c, s, n);
		s += mark;
		n -= mark;
		if (table_is_break(cmark_node_next(node)) &&
		    tag_is_named(span_trim((struct span){s, n}), "[[toc]]"))
			return;
	}
	while (c->in_table && n) {
		const char *pipe = memchr(s, '|', n);
		size_t cell = pipe ? (size_t)(pipe - s) : n;
		put(c, s, cell);
		c->space = c->space || pipe;
		s += pipe ? cell + 1 : cell;
		n -= pipe ? cell + 1 : cell;
	}
	put(c, s, n);
}

static void take_break(struct cutter *c)
{
	c->line++;
	if (c->in_table || c->container_line)
		end_line(c);
	c->space = c->to == &c->head || !c->in_table;
	c->container_line = false;
}

static void take_code_block(struct cutter *c, cmark_node *node)
{
	const char *s = cmark_node_get_literal(node);
	end_line(c);
	while (*s) {
		size_t n = strcspn(s, "\n");
		put(c, s, n);
		end_line(c);
		s += n + (s[n] == '\n');
	}
}

/* ---- the walk ---- */

static bool is_block(cmark_node_type type)
{
	return type >= CMARK_NODE_FIRST_BLOCK && type <= CMARK_NODE_LAST_BLOCK;
}

static bool is_nest(cmark_node_type type)
{
	return type == CMARK_NODE_BLOCK_QUOTE || type == CMARK_NODE_LIST || type == CMARK_NODE_ITEM;
}

static void begin_block(struct cutter *c, cmark_node *node, cmark_node_type type)
{
	c->line = c->first_line + cmark_node_get_start_line(node) - 1;
	c->nest += is_nest(type);
	if (type == CMARK_NODE_HEADING && !c->nest) {
		begin_heading(c, cmark_node_get_heading_level(node));
		return;
	}
	end_line(c);
	if (type == CMARK_NODE_HEADING) {
		c->mark = c->text.n;
		c->code_end = 0;
	} else if (type == CMARK_NODE_PARAGRAPH) {
		c->table_head = table_find(node, &c->delimiter);
		c->in_table = false;
	} else if (type == CMARK_NODE_THEMATIC_BREAK) {
		free(c->before);
		c->before = NULL;
	} else if (type == CMARK_NODE_CODE_BLOCK) {
		take_code_block(c, node);
	} else if (type == CMARK_NODE_HTML_BLOCK) {
		const char *s = cmark_node_get_literal(node);
		html(c, s, strlen(s), true);
		end_line(c);
	}
}

static void end_block(struct cutter *c, cmark_node *node, cmark_node_type type)
{
	if (type == CMARK_NODE_HEADING && !c->nest)
		end_heading(c, node);
	else if (type == CMARK_NODE_HEADING)
		end_inner_heading(c);
	else
		end_line(c);
	c->nest -= is_nest(type);
	if (c->skip.inside_line)
		c->skip = (struct skip){0};
	c->container_line = c->in_table = false;
}

static void take_inline(struct cutter *c, cmark_node *node, cmark_node_type type)
{
	const char *s = cmark_node_get_literal(node);
	if (node == c->table_head)
		c->in_table = true;
	if (type == CMARK_NODE_TEXT) {
		take_text(c, node);
	} else if (type == CMARK_NODE_CODE) {
		put(c, s, strlen(s));
		c->code_end = c->to->n;
	} else if (type == CMARK_NODE_HTML_INLINE) {
		long line = c->line;
		html(c, s, strlen(s), false);
		c->line = line;
	} else if (table_is_break(node)) {
		take_break(c);
	}
}

static void walk(struct cutter *c, cmark_node *root)
{
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;
	while (!c->status && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);
		if (type == CMARK_NODE_DOCUMENT)
			continue;
		if (event == CMARK_EVENT_EXIT && is_block(type))
			end_block(c, node, type);
		else if (event == CMARK_EVENT_ENTER && is_block(type))
			begin_block(c, node, type);
		else if (event == CMARK_EVENT_ENTER)
			take_inline(c, node, type);
	}
	cmark_iter_free(iter);
	end_line(c);
	end_passage(c);
}

/* ---- unique anchors ---- */

/* The ones that authors wrote come first: they keep what they wrote. */
static bool name_passages(const struct cutter *c, struct anchors *page, bool explicit)
{
	for (size_t i = 0; i < c->out->n; i++) {
		struct passage *p = &c->out->list[i];
		if (p->level == 0 || p->anchor_explicit != explicit || c->again.s[i])
			continue;
		if (!anchors_take(page, &p->anchor))
			return false;
	}
	return true;
}

static bool repeat_anchors(const struct cutter *c)
{
	for (size_t i = 1; i < c->out->n; i++) {
		struct passage *p = &c->out->list[i];
		if (!c->again.s[i] || p->level == 0)
			continue;
		char *same = text_copy(p[-1].anchor, strlen(p[-1].anchor));
		if (!same)
			return false;
		free(p->anchor);
		p->anchor = same;
	}
	return true;
}

static void name_all(struct cutter *c)
{
	struct anchors *page = anchors_new(c->out->n, c->style);
	if (!page || !name_passages(c, page, true) || !name_passages(c, page, false) ||
	    !repeat_anchors(c))
		fail_memory(c);
	anchors_free(page);
}

static void free_cutter(struct cutter *c)
{
	free_passage(&c->now);
	buf_free(&c->text);
	buf_free(&c->head);
	buf_free(&c->again);
	buf_free(&c->divs);
	free(c->before);
	free(c->in_heading);
}

/* Each passage has the lines from its own to the next one's; the first one also those before it. */
static void find_sources(struct passages *p, const char *body, size_t n, long first_line)
{
	long line = first_line;
	size_t at = 0;
	for (size_t i = 0; i < p->n; i++) {
		long end = i + 1 < p->n ? p->list[i + 1].line : LONG_MAX;
		p->list[i].source = at;
		while (at < n && line < end) {
			const char *feed = memchr(body + at, '\n', n - at);
			at = feed ? (size_t)(feed - body) + 1 : n;
			line++;
		}
		p->list[i].source_n = at - p->list[i].source;
	}
}

int passages_read(const char *body, size_t n, long first_line, enum anchor_style style,
		  struct passages *p, struct error *e)
{
	*p = (struct passages){0};
	struct cutter c = {.out = p,
			   .style = style,
			   .rest = {body, n},
			   .error = e,
			   .seen_line = first_line,
			   .first_line = first_line,
			   .line = first_line};
	c.text = c.head = c.again = c.divs = buf_new(PASSAGE_MAX_TEXT);
	c.to = &c.text;
	for (int i = 0; i < 7; i++)
		c.recent[i] = PASSAGE_NO_PARENT;
	c.now.parent = PASSAGE_NO_PARENT;
	c.now.heading = copy_of(&c, "", 0);
	c.now.anchor = copy_of(&c, "", 0);
	cmark_node *root = c.status ? NULL : cmark_parse_document(body, n, CMARK_OPT_DEFAULT);
	if (root)
		walk(&c, root);
	if (!c.status)
		name_all(&c);
	if (!c.status)
		find_sources(p, body, n, first_line);
	if (root)
		cmark_node_free(root);
	free_cutter(&c);
	if (c.status)
		passages_free(p);
	return c.status;
}

void passages_free(struct passages *p)
{
	for (size_t i = 0; i < p->n; i++)
		free_passage(&p->list[i]);
	free(p->list);
	*p = (struct passages){0};
}

/* passage.h - a Markdown body -> its passages. With cmark.
 *
 * A passage is a heading and the text below it up to the next heading; the text before the first
 * heading is one too, of level 0. Only headings at the top level of the document count (one in a
 * quotation or a list is text). The text is what a reader sees: of links and images the text, of
 * code the code, of tables the cells, of HTML what stands between the tags (not of <script>,
 * <style>, <template> contents or comments); ":::" container marks, "{#id}" and "[[toc]]" lines are
 * not text. Blocks, list items, table rows and lines of code end in a line feed; there is no other
 * line feed, and no run of white space. */
#ifndef PASSAGE_H
#define PASSAGE_H

#include "anchor.h"
#include "error.h"
#include "language.h"
#include "text.h"

enum {
	PASSAGE_MAX_TEXT = 16 * 1024 * 1024, /* bytes of text of one body */
	PASSAGE_NO_PARENT = -1,
};

struct passage {
	int level;     /* 1 to 6; 0 before the first heading */
	char *heading; /* plain text, "" at level 0 */
	char *anchor;  /* fragment without '#': explicit {#id}, <a id>, <a name> in or just before
			  the  heading, else as the style has it; unique in the page; "" at level 0
			*/
	bool anchor_explicit; /* written by the author */
	char *text;	      /* see above; "" when the heading stands alone */
	size_t text_n;
	long line; /* in the file, of the heading or of the first text */
	size_t source,
		source_n; /* bytes of the body: its lines, up to the next passage's first line */
	int parent; /* index of the passage whose heading contains this one's, or PASSAGE_NO_PARENT
		     */
	const struct language
		*language; /* of the <div lang="..."> it stands in; NULL: the page's */
};

struct passages {
	struct passage *list;
	size_t n;
};

/* Cuts a body (n bytes, valid UTF-8 without NUL; first_line is its first line's number in the file)
 * into passages. A level-0 passage without text is left out. Free with passages_free. A passage
 * whose language changes in the middle (a <div lang>) is cut in two there: the second keeps heading
 * and parent, and its anchor. */
int passages_read(const char *body, size_t n, long first_line, enum anchor_style style,
		  struct passages *p, struct error *e);
void passages_free(struct passages *p);

#endif

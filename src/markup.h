/* markup.h - Markdown -> HTML that is safe to show: no raw HTML, no scripts in links (cmark's safe
 * mode). */
#ifndef MARKUP_H
#define MARKUP_H

#include "text.h"

/* Where links from one page to another of the corpus lead: `before`, the path of that page,
 * percent-coded, and `after`. */
struct markup_links {
	const char *path;   /* of the page that is shown */
	const char *before; /* NULL: such links become text */
	const char *after;
	bool apart; /* shown without its page: "#x" leads to that page, as from any other */
	/* A tag that the cells of tables get, for word processors, which forget there the language
	 * around the table; NULL: none. */
	const char *cell_lang;
};

/* Appends the HTML of a stretch of Markdown. definitions: lines of link definitions ("[name]: url")
 * of the page it is from, which it may refer to. A link relative to the page leads to another page
 * of the corpus, or when it cannot is text; an image is its text, since there is nobody to serve
 * it. Tables are those of GFM (4.10), but for the alignment; of blocks of HTML the text is kept. */
void markup_html(struct buf *out, struct span source, struct span definitions,
		 const struct markup_links *links);
/* The same of a passage, in two: the heading it begins with, as one of this level (nothing when it
 * begins with none), and the rest, of which the headings are below that. */
void markup_passage(struct buf *heading, struct buf *rest, int level, struct span source,
		    struct span definitions, const struct markup_links *links);
/* Appends the passage as plain text without the heading it begins with: a blank line between
 * blocks, bullets and numbers of lists, a tab between the cells of a row, a web address in
 * parentheses behind its text. Paragraphs are one line each; ends without a line feed. */
void markup_plain(struct buf *out, struct span source, struct span definitions);
/* Appends the line that ends what a stretch of Markdown leaves open (a fence, a comment), with its
 * line feed: what is written behind it stands by itself. Nothing when it leaves nothing open. */
void markup_close(struct buf *out, struct span source);
/* Appends those of the first thousand of these definitions, a line each, that a stretch of Markdown
 * refers to and does not hold itself. One is left out when `out` has another of its name, which
 * would win (CommonMark 4.7).
 */
void markup_missing_definitions(struct buf *out, struct span source, struct span definitions);
/* Appends the link definitions that stand in a stretch of Markdown, a line each. */
void markup_definitions(struct buf *out, struct span source);

#endif

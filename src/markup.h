/* markup.h - Markdown -> HTML that is safe to show: no raw HTML, no scripts in links (cmark's safe
 * mode). */
#ifndef MARKUP_H
#define MARKUP_H

#include "text.h"

/* Where links from one page to another of the corpus lead: `before`, the path of that page,
 * percent-coded, and `after`. */
struct markup_links {
	const char *path; /* of the page that is shown */
	const char *before, *after;
};

/* Appends the HTML of a stretch of Markdown. definitions: lines of link definitions ("[name]: url")
 * of the page it is from, which it may refer to. A link relative to the page leads to another page
 * of the corpus, or when it cannot is text; an image is its text, since there is nobody to serve
 * it. */
void markup_html(struct buf *out, struct span source, struct span definitions,
		 const struct markup_links *links);
/* Appends the link definitions that stand in a stretch of Markdown, a line each. */
void markup_definitions(struct buf *out, struct span source);

#endif

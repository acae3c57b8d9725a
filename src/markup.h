/* markup.h - Markdown -> HTML that is safe to show: no raw HTML, no scripts in links (cmark's safe
 * mode). */
#ifndef MARKUP_H
#define MARKUP_H

#include "text.h"

/* Appends the HTML of a stretch of Markdown. definitions: lines of link definitions ("[name]: url")
 * of the page it is from, which it may refer to. */
void markup_html(struct buf *out, struct span source, struct span definitions);
/* Appends the link definitions that stand in a stretch of Markdown, a line each. */
void markup_definitions(struct buf *out, struct span source);

#endif

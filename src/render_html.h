/* render_html.h - the pages of answers: the bilingual box, hits, none, refusals. */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include "html.h"
#include "search.h"

/* How many hits a page shows. */
enum { HTML_PAGE_HITS = 10 };

/* Appends a whole page (a fragment without head and body when the request asks for it). result is
 * NULL for the empty box. */
void render_html(struct buf *out, const struct request *request, const struct search_result *result,
		 const struct site *site);

/* Appends a page that says what is wrong, in the languages of all rows, the reader's first. */
void render_html_error(struct buf *out, const struct request *request, const struct error *e,
		       const struct site *site);

#endif

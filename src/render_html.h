/* render_html.h - the page: the bilingual box, answers, refusals. Everything that comes from
 * outside is escaped here; html_raw_trusted is only for markup written in render_html.c itself. */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include "request.h"
#include "search.h"

/* What the administrator says of the site that the page is part of; "" where nothing is said. */
struct site {
	const char *base;   /* put before links to documents; else they lead to the page view */
	const char *url;    /* the search's own public address, for browsers' search boxes */
	const char *report; /* where a problem is reported: mailto: or a web address */
};

/* How many hits a page shows. */
enum { HTML_PAGE_HITS = 10 };

/* The value of the Content-Security-Policy header that goes with these pages. */
const char *html_policy(void);

/* Appends a whole page (a fragment without head and body when the request asks for it). result is
 * NULL for the empty box; base is put before each link to a document ("" or a URL path or http(s)
 * URL). */
void render_html(struct buf *out, const struct request *request, const struct search_result *result,
		 const struct site *site);

/* Appends a page that says what is wrong, in the languages of all rows, the reader's first. */
/* A page of the corpus, whole: its passages in order, each a section with its anchor for an id, so
 * that the link to a passage marks it. */
void render_html_page(struct buf *out, const struct request *request,
		      const struct search_result *page, const struct site *site);
/* The OpenSearch 1.1 description of the search in the reader's language; site->url is not "". */
void render_opensearch(struct buf *out, const struct request *request, const struct site *site);
void render_html_error(struct buf *out, const struct request *request, const struct error *e);

#endif

/* render_view.h - the pages that are no answers: a page of the corpus, search tips, OpenSearch. */
#ifndef RENDER_VIEW_H
#define RENDER_VIEW_H

#include "examples.h"
#include "html.h"
#include "search.h"

/* A page of the corpus, whole: its passages in order, each a section with its anchor for an id, so
 * that the link to a passage marks it. */
void render_view(struct buf *out, const struct request *request, const struct search_result *page,
		 const struct site *site);

/* How one may ask, with examples that find something. */
void render_tips(struct buf *out, const struct request *request, const struct examples *examples,
		 const struct site *site);

/* The OpenSearch 1.1 description of the search in the reader's language; site->url is not "". */
void render_opensearch(struct buf *out, const struct request *request, const struct site *site);

#endif

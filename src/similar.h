/* similar.h - a passage -> the query that finds passages like it.
 *
 * Its words by tf·idf (Salton & Buckley 1988, "Term-weighting approaches in automatic text
 * retrieval"), the best of them as one OR: what "more like this" commonly is. */
#ifndef SIMILAR_H
#define SIMILAR_H

#include "compile.h"
#include "record.h"

enum { SIMILAR_TERMS = 20, SIMILAR_TOKENS = 4000 };

/* NULL when the passage has no word that another passage has too, or c->failed. */
node similar_query(struct compiler *c, const struct record *r);

#endif

/* explain.h - how a query was read, in words for a librarian: never a stem, never a term. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "compile.h"

/* Appends lines of text in the language of messages, one a part of the query, indented by two
 * spaces a level. */
void explain_query(struct buf *out, struct compiler *c, const struct query *q,
		   const struct language *messages);

#endif

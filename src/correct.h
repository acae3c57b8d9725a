/* correct.h - what somebody typed with its typing errors put right.
 *
 * Only words that are nowhere in the index are touched, and only in what is sought: not in fields
 * that filter, prefixes or exclusions. All else stays as typed. A stop word alone ("foo": for) is
 * no correction: it would find all pages. */
#ifndef CORRECT_H
#define CORRECT_H

#include "compile.h"
#include "spelling.h"

struct correction {
	struct span typed; /* in the compiler's arena */
	unsigned edits;
};

/* One correction a language at most, each taking that language's words where it has them, fewest
 * edits first and the preferred language first among equals. q: the tree of `typed`. Returns their
 * number; 0 too when c->failed. */
size_t correct_typing(struct compiler *c, const struct query *q, struct span typed,
		      const struct language *preferred, struct correction list[LANGUAGE_MAX]);

#endif

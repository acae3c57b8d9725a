/* propose.h - lines for the lexique, from the headings of an index and their translations.
 *
 * A heading of few words and its translation are likely a term and its counterpart; what stands so
 * in several places more so. Pairs that the lexique has, and headings that are the same in both
 * languages, are left out. */
#ifndef PROPOSE_H
#define PROPOSE_H

#include "search.h"

enum { PROPOSE_WORDS = 4 }; /* that are no stop words, in a heading */

struct proposal {
	char *terms[LANGUAGE_MAX]; /* of the first language one, of the others several, parted by ";
				      " */
	size_t count;		   /* headings */
};

/* A heading as a term of the lexique: in small letters but for acronyms, without what parts terms.
 * A new C string; NULL when memory is out. */
char *propose_term(struct span heading);

/* The proposals, the most frequent first. NULL on error. Free with propose_free. */
struct proposal *propose_terms(struct search *s, size_t *n, struct error *e);
void propose_free(struct proposal *list, size_t n);

#endif

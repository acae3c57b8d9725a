/* near.h - the words of an index that look most like one that is not in it.
 *
 * First the nearest of the spelling dictionary, if there is one; then words of which the pairs of
 * letters, the beginning counted as one, are largely the same (Dice's coefficient; Adamson &
 * Boreham 1974), which finds `punctuality` for `punctual` and `confidentialité` for
 * `confidentiality`: too far for a typing error. */
#ifndef NEAR_H
#define NEAR_H

#include "analyse.h"
#include "spelling.h"
#include "xap.h"

enum { NEAR_MOST = 4 }; /* of a language */

struct near_word {
	char folded[SPELLING_MAX + 1];
	char written[4 * SPELLING_MAX]; /* with its accents */
	double likeness;		/* 0 to 1; of what the spelling dictionary has, by edits */
	bool kin; /* alike by pairs, and in its beginning: likely of one family */
};

/* The words of each language, by language_index(), the likest first. */
struct near_list {
	struct near_word list[LANGUAGE_MAX][NEAR_MOST];
	size_t n[LANGUAGE_MAX];
};

/* The words of an index, read once for many questions. NULL on error. Free with near_free. */
struct near;
struct near *near_new(struct xap *x, struct error *e);
void near_free(struct near *n); /* NULL is fine */

/* Finds the words like a folded one; the word itself is none of them. analysers: one a language. */
int near_find(const struct near *n, struct xap *x, struct analyser *const *analysers,
	      struct span folded, struct near_list *found, struct error *e);

#endif

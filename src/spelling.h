/* spelling.h - the words of a corpus as people write them, and the nearest of them to a typing
 * error.
 *
 * The dictionary holds folded words, each between two of its language's stem_prefix, so that the
 * languages do not mix; a note beside it holds the ways to write those that are written with
 * accents, the most usual first, and how often each stands. */
#ifndef SPELLING_H
#define SPELLING_H

#include "analyse.h"
#include "language.h"
#include "tally.h"
#include "xap.h"

enum {
	SPELLING_MIN = 3,	  /* letters; a shorter word is not worth a guess */
	SPELLING_MAX = 40,	  /* bytes, folded */
	SPELLING_WORDS = 2000000, /* folded words of a corpus; more are left out */
};

/* ---- while indexing ---- */

/* Counts a word of a text: by is 1, or -1 for a text that is no longer there. What cannot be
 * counted (digits, too long) is left out: a dictionary with a gap is not a wrong one. */
void spelling_count(struct tally *words, const struct language *l, const struct token *t, int by);
/* Writes the dictionary: what was counted, on top of what stands in old, which w is a copy of. With
 * NULL, w is new. -1 also when something was wrong while counting. */
int spelling_put(struct tally *const *tallies, size_t n, struct xap *old, struct xap_writer *w,
		 struct error *e);

/* ---- while asking ---- */

struct suggestion {
	char written[4 * SPELLING_MAX]; /* with its accents; "" when nothing is near enough */
	unsigned edits;
};

/* The word of a language nearest to a folded one, within one edit for short words and two for those
 * of six letters or more; edits as Damerau counts them (insertion, deletion, substitution,
 * transposition of neighbours). The word itself is no suggestion. */
int spelling_suggest(struct xap *x, const struct language *l, struct span folded,
		     struct suggestion *out, struct error *e);

/* How a folded word of the index is most often written in a language: a new C string that the
 * caller frees (the word itself when nothing is known), NULL on error. */
char *spelling_written(struct xap *x, const struct language *l, struct span folded,
		       struct error *e);

#endif

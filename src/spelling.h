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
#include "xap.h"

enum {
	SPELLING_MIN = 3,	  /* letters; a shorter word is not worth a guess */
	SPELLING_MAX = 40,	  /* bytes, folded */
	SPELLING_WORDS = 2000000, /* different words of a corpus; more are not counted */
};

/* ---- while indexing ---- */

struct spelling;
struct spelling *spelling_new(struct error *e);
void spelling_free(struct spelling *s); /* NULL is fine */
/* Counts a word of a text: by is 1, or -1 for a text that is no longer there. What cannot be
 * counted (digits, too long) is left out: a dictionary with a gap is not a wrong one. */
void spelling_count(struct spelling *s, const struct language *l, const struct token *t, int by);
/* Counts all that another counted. -1 when memory is out. */
int spelling_add(struct spelling *s, const struct spelling *other, struct error *e);
/* -1 also when memory was out for a word. Writes the dictionary: what was counted, on top of what
 * stands in old, which w is a copy of. With NULL, w is new. */
int spelling_put(const struct spelling *s, struct xap *old, struct xap_writer *w, struct error *e);

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

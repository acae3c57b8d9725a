/* complete.h - the beginning of a question -> how it may go on: headings that begin so, then words.
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include "compile.h"

enum { COMPLETE_MOST = 10, COMPLETE_LETTERS = 2 }; /* a shorter beginning is not completed */

/* Fills list with whole questions, as written in the corpus, accents and all; those of the reader's
 * language first. What was typed before the last word stays before a completed word. They live in
 * the compiler's arena; their number is returned, 0 too when c->failed. */
size_t complete(struct compiler *c, struct span typed, const struct language *reader,
		struct span list[COMPLETE_MOST]);

#endif

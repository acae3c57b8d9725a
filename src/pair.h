/* pair.h - which passage of a page is which passage of its translation. */
#ifndef PAIR_H
#define PAIR_H

#include "passage.h"

enum { PAIR_NONE = -1 };

/* Fills a_to_b[i] with the index in b of the passage that translates a's passage i, or PAIR_NONE;
 * and b_to_a likewise. Both have room for one int a passage. of_a and of_b: the languages of the
 * pages; passages of one language never pair.
 *
 * Passages with the same explicit anchor are a pair. Between the longest run of these that is in
 * the same order on both pages, the others are aligned: of all alignments (Needleman & Wunsch
 * 1970), each as likely as its headings' levels, the lengths of its texts (Gale & Church 1993, "A
 * program for aligning sentences in bilingual corpora") and their cognates (Simard, Foster &
 * Isabelle 1992, "Using cognates to align sentences in bilingual corpora") make it, a pair must be
 * in more than half. Where the outlines are the same and nothing speaks against it, that is in
 * order. A pair of pages too long for this pairs in order where outlines are the same. No passage
 * is in two pairs. -1 when memory is out: then some pairs are missing. */
int pair_passages(const struct passages *a, const struct language *of_a, const struct passages *b,
		  const struct language *of_b, int *a_to_b, int *b_to_a);

#endif

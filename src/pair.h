/* pair.h - which passage of a page is which passage of its translation. */
#ifndef PAIR_H
#define PAIR_H

#include "passage.h"

enum { PAIR_NONE = -1 };

/* Fills a_to_b[i] with the index in b of the passage that translates a's passage i, or PAIR_NONE;
 * and b_to_a likewise. Both have room for one int a passage. Passages with the same explicit anchor
 * are a pair; between two such pairs (and the ends of the pages) passages pair in order where the
 * levels of their headings are the same. No passage is in two pairs. */
void pair_passages(const struct passages *a, const struct passages *b, int *a_to_b, int *b_to_a);

#endif

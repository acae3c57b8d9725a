/* pair.h - which passage of a page is which passage of its translation. */
#ifndef PAIR_H
#define PAIR_H

#include "passage.h"

enum { PAIR_NONE = -1 };

void pair_passages(const struct passages *a, const struct language *of_a, const struct passages *b,
		   const struct language *of_b, int *a_to_b, int *b_to_a);

#endif

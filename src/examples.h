/* examples.h - questions that find something in the index at hand, to show how one may ask. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include "search.h"

enum example_kind {
	EXAMPLE_WORDS,	/* content words of a heading, without their accents */
	EXAMPLE_PHRASE, /* some words of a heading in quotes */
	EXAMPLE_EITHER, /* words of two headings with OR */
	EXAMPLE_NOT,	/* a word without another */
	EXAMPLE_PREFIX, /* the beginning of a word and a star */
	EXAMPLE_TITLE,	/* a word in titles only */
	EXAMPLE_AREA,	/* a word in an area */
	EXAMPLE_OTHER,	/* a word of the other language, when it finds something */
	EXAMPLES,
};

struct examples {
	struct example {
		char typed[200]; /* "" when the corpus has no such example */
		size_t total;	 /* how much it finds, in both groups */
	} of[EXAMPLES];
};

/* Looks through headings in the language and, of the questions that they give, asks each: only what
 * finds something is kept. The same index gives the same examples. */
int examples_find(struct search *s, const struct language *language, struct examples *examples,
		  struct error *e);

#endif

/* why.h - why a passage was found: which of the reader's words stand in it, where, and as which
 * real words, never stems. */
#ifndef WHY_H
#define WHY_H

#include "language.h"
#include "record.h"
#include "text.h"

struct compiler;
struct query;

/* What a word was found in. The last four are what a field of the query asked for. */
enum why_field {
	WHY_HEADING, /* of the passage, or the page's title for the text before the first heading */
	WHY_TITLES,  /* the page's title and the headings above it */
	WHY_TEXT,
	WHY_LANG,
	WHY_AREA,
	WHY_PATH,
	WHY_FACET,
	WHY_FIELDS,
};

enum {
	WHY_WORDS = 5,	/* different words of one place that are told */
	WHY_PLACES = 6, /* of one word typed: three fields of two sides */
};

struct why_place {
	enum why_field field;
	bool translation; /* not in the passage that is shown but in its translation */
	const struct language *language;
	struct span words[WHY_WORDS]; /* as they stand there, each once whatever its case */
	size_t n;
};

/* One word, phrase or filter of the query. */
struct why {
	struct span typed;
	struct span via; /* the term of the lexique that was sought for it; n == 0: what was typed
			    itself */
	const struct language *via_language;
	bool corrected; /* it was not typed: it is a correction's (set by search.c) */
	struct why_place places[WHY_PLACES];
	size_t n; /* 0: what was typed is not here */
};

struct why_list {
	struct why *list;
	size_t n;
	bool about; /* the heading is just the words asked for: such passages come first */
};

/* Tells why of a passage and its translation (either may be NULL, and the second's language unknown
 * is none): asked is the tree that c's needles were made of. What was typed stands in the list
 * also when it is not there; a term of the lexique only when it is. Everything lives in c's arena
 * or in what the records borrow. -1 when memory is out. The text is read as often as to mark it,
 * once. */
int why_find(struct why_list *out, struct compiler *c, const struct query *asked,
	     const struct record *shown, const struct record *translation);

#endif

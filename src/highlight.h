/* highlight.h - what a query's words look like to the analyser, and where they stand in a text.
 *
 * A needle is one leaf of the query read in one language. search.c makes index terms of needles,
 * and highlight_text marks by the same needles, so that what is found is what is marked. */
#ifndef HIGHLIGHT_H
#define HIGHLIGHT_H

#include "analyse.h"
#include "query.h"

enum needle_kind {
	NEEDLE_WORD,   /* one word: any shared stem */
	NEEDLE_EXACT,  /* one word as written, but for case and accents */
	NEEDLE_PHRASE, /* content words next to each other but for stop words; with fewer than two
			  content words, all words next to each other */
	NEEDLE_PREFIX, /* a word that begins so */
};

struct needle_word {
	struct span word, stem[2];
	size_t n_stems;
	bool stop, plain_stop; /* as in struct token */
	bool begins;	       /* a star after it: also the words that begin so */
	bool loose;	       /* in a phrase: any form of the word, by its stems */
};

/* What a needle was made of, for telling why something was found. */
struct origin {
	struct span typed; /* words of the query */
	struct span via;   /* the term of the lexique that stands for them; n == 0 for none */
	bool title;	   /* only titles count */
};

struct needle {
	enum needle_kind kind;
	struct needle_word *words; /* of a phrase those that count; else one */
	size_t n;
	bool by_position;	     /* a phrase of fewer than two content words */
	const struct origin *origin; /* of those that the compiler gathers; NULL elsewhere */
};
enum { NEEDLE_PREFIX_LETTERS = 3 }; /* a star after fewer is not seen */

/* Reads a leaf (WORD, PHRASE or PREFIX) into *needle; everything lives in the arena. exact: words
 * are not stemmed. False when the text holds no word (needle untouched) or memory is out. */
bool needle_read(struct needle *needle, struct arena *arena, const struct query *leaf,
		 struct analyser *analyser, bool exact);

/* Is the token a form of the word: do they have a stem in common? */
bool needle_shares_stem(const struct needle_word *w, const struct token *t);

/* Appends what a heading is about: its different content words, folded and without their plural, in
 * order of the alphabet, so that neither the order of words, nor stop words, nor number matter.
 * Nothing when it has no content word or more than HEADING_KEY_WORDS. Index and query both use it.
 */
enum { HEADING_KEY_WORDS = 12 };
void heading_key(struct buf *out, struct span heading, struct analyser *analyser);

/* Appends what a heading says: its words in their order, folded; of a long one the first
 * HEADING_KEY_WORDS + 1. */
void heading_name(struct buf *out, struct span heading, struct analyser *analyser);

struct mark {
	size_t start, end; /* bytes of the text */
	size_t needle;	   /* which of the needles */
};

struct marks {
	struct mark *list; /* in order, not overlapping */
	size_t n, cap;
};

/* Where the needles stand in a text of the analyser's language. 0, or -1 when memory is out. Free
 * with marks_free. */
int highlight_text(struct marks *marks, const char *text, size_t n, const struct needle *needles,
		   size_t n_needles, struct analyser *analyser);
void marks_free(struct marks *marks);

enum { SNIPPET_BYTES = 240 };

/* The stretch of a text to show: at most about SNIPPET_BYTES bytes, cut between words, with the
 * most different needles in it, beginning with its line where that is near. [*start, *end) of the
 * text. */
void highlight_snippet(const char *text, size_t n, const struct marks *marks, size_t *start,
		       size_t *end);

#endif

/* mend.h - what a question that finds too little lacks: the words of the index nearest to its own,
 * and a line for the lexique. */
#ifndef MEND_H
#define MEND_H

#include "near.h"
#include "search.h"

/* How a question fares in the index at hand. */
enum outcome {
	OUTCOME_NOTHING, /* nothing, in any language */
	OUTCOME_OTHER,	 /* only what the reader's language lacks */
	OUTCOME_SOME,	 /* no passage has all its words, or only its suggestion finds something */
	OUTCOME_FOUND,
};

struct mend {
	struct near_list near; /* to the words that are nowhere in the index */
	const char *line; /* for the lexique (lexique.h), no line feed; NULL when none would help */
	bool ready; /* once it stands there, the question finds; else a comment with a "…" to
		       fill in */
};

struct mender {
	struct search *search;
	struct analyser *const *analysers; /* one a language */
	struct arena *arena;		   /* the lines live there */
};

enum outcome mend_outcome(const struct search_result *found);
/* options: the question, as it was asked for `found` (with one hit at least where there are any),
 * which is none of OUTCOME_FOUND. The line has the term typed in the column of its language, and
 * beside it what is likest to it in each language (for OUTCOME_OTHER, the heading that was found),
 * when the question was tried with that in its place and finds. Any line can be pasted: the lexique
 * takes it, or passes over it as a comment; so that of what a suggestion answers, which may be a
 * typing error. No line for a question without a word. -1 with *e. */
int mend_question(const struct mender *m, const struct search_options *options,
		  const struct search_result *found, struct mend *mend, struct error *e);

#endif

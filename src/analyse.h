/* analyse.h - text of a language -> words with position and byte span.
 *
 * One analyser serves indexing, querying and highlighting, so that the three cannot disagree.
 *
 * Words are those of Unicode's word segmentation (UAX #29, over properties derived from the general
 * categories of utf8proc) with these tailorings for search: a full stop, colon or underscore
 * between letters parts words ("vue.js" is two), while between digits "." and "," join (3,14); an
 * apostrophe joins letters (don't, aujourd'hui) unless what stands before it is one of the
 * language's elisions (l', d', qu'), which is then no part of the word and takes no position; each
 * ideograph is a word.
 *
 * A word is folded (text_fold) and cut at ANALYSE_WORD_MAX bytes. It has one or two stems: that of
 * the folded word, and that of the word with its accents, folded after stemming, when it differs.
 * Before stemming a final plural s is dropped where the language's row asks for it. */
#ifndef ANALYSE_H
#define ANALYSE_H

#include "error.h"
#include "language.h"
#include "text.h"

enum {
	ANALYSE_WORD_MAX = 64,	  /* bytes of a folded word; a longer one is cut at a character */
	ANALYSE_WRITTEN_MAX = 96, /* bytes of a word with its accents; a longer one goes without */
	ANALYSE_BLOCK_GAP =
		16, /* positions and ordinals skipped at a line feed: no phrase crosses it */
};

struct token {
	size_t start, end; /* bytes of the word in the text, without what is elided before it */
	uint32_t position; /* from 1, every word counted */
	uint32_t ordinal;  /* from 1, stop words not counted: that of the next content word for them
			    */
	bool stop;	   /* folded, a stop word of the language: no phrase may depend on it */
	bool plain_stop; /* as written too: « sûr » is a stop only when typed without its accent */
	bool joined; /* nothing but signs (no white space) between the word before and this one */
	struct span word;    /* folded; these spans live until the next call */
	struct span written; /* in lower case with its accents; `word` when it has none */
	struct span stem[2];
	size_t n_stems; /* 1 or 2 */
};

struct analyser;
/* Holds the language's stemmer and a cache; use one for many texts. Free it with analyser_free. */
struct analyser *analyser_new(const struct language *language, struct error *e);
void analyser_free(struct analyser *a); /* NULL is fine */

/* Was memory out for a stem, so that the word itself stands for it? */
bool analyser_starved(const struct analyser *a);

/* Begins a text (borrowed until it is done; UTF-8, and bytes that are not are passed over as
 * signs). Positions begin again at 1. */
void analyser_start(struct analyser *a, const char *text, size_t n);
/* The same for a reader who wants stems only of words whose folded form begins with a byte that
 * stems[byte] is set for (borrowed until the text is done), and of others nothing but position and
 * forms: with `stops` also whether they are stop words, and so ordinals. It is faster. A stem
 * begins as its word does. */
void analyser_start_for(struct analyser *a, const char *text, size_t n, const bool stems[256],
			bool stops);
/* The next word into *t; false at the end. */
bool analyser_next(struct analyser *a, struct token *t);

#endif

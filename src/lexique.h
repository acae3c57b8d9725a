/* lexique.h - the bilingual glossary: a concept a line, the terms of each language in a column.
 *
 *     weeding; deselection<TAB>désherbage; élagage
 *
 * Columns stand in the order of the table of languages, parted by tabs, terms by semicolons; "#"
 * begins a line of comment. A concept has two terms at least; a column may be empty. The index
 * keeps each concept under the key of each of its terms, so that asking reads only what was asked
 * for. */
#ifndef LEXIQUE_H
#define LEXIQUE_H

#include "analyse.h"
#include "language.h"
#include "text.h"
#include "xap.h"

#define LEXIQUE_FILE "lexique.tsv" /* in the corpus folder */

enum {
	LEXIQUE_TERMS = 16, /* of one concept in one language */
	LEXIQUE_TERM_BYTES = 120,
	LEXIQUE_TERM_WORDS = 8, /* that are no stop words */
	LEXIQUE_CONCEPTS = 16,	/* kept of one key; more would only slow a search down */
};

struct concept {
	struct span terms[LANGUAGE_MAX][LEXIQUE_TERMS];
	size_t n[LANGUAGE_MAX];
};

/* Reads one line (no line feed in it) into *c, whose spans point into it. 1 when it holds a
 * concept, 0 when it is blank or a comment, -1 with *e (no line number) when it is wrong. */
int lexique_line(struct span line, struct concept *c, struct error *e);

/* Goes through a lexique's text: `take` for each concept with its line number from 1, `wrong` for
 * each line at fault, which is passed over. take ends the walk by returning not 0, and that is the
 * result. */
struct lexique_reader {
	int (*take)(void *self, const struct concept *c, struct span line, long number);
	void (*wrong)(void *self, const struct error *e);
	void *self;
};
int lexique_read(const char *text, size_t n, const struct lexique_reader *r);

/* Appends what all spellings of a term share: the stems (folded) of its content words in their
 * order, of all its words when it has no other. Nothing when it holds no word or more than
 * LEXIQUE_TERM_WORDS. */
void lexique_key(struct buf *out, struct span term, struct analyser *analyser);

/* ---- in the index ---- */

struct lexique;
struct lexique *lexique_new(struct error *e);
void lexique_free(struct lexique *l); /* NULL is fine */
/* Adds a concept and its line (copied). analysers: one a language. */
int lexique_add(struct lexique *l, const struct concept *c, struct span line,
		struct analyser *const *analysers, struct error *e);
size_t lexique_count(const struct lexique *l);
/* Writes it. */
int lexique_put(const struct lexique *l, struct xap_writer *w, struct error *e);

/* The lines, each ended by a line feed, of the concepts that have a term of this key in this
 * language; a new C string that the caller frees ("" when there is none), NULL on error. */
char *lexique_find(struct xap *x, const struct language *l, struct span key, struct error *e);

#endif

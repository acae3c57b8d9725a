/* query.h - what the user typed -> a small tree. User typing is never an error: what cannot be read
 * as an operator is taken as words.
 *
 *     words            all must match
 *     "a phrase"       also « a phrase » and curly quotes
 *     AND OR NOT, ET OU SAUF   in capitals, of every language's row, whatever the reader's language
 *     -word  -"a phrase"  -(...)
 *     ( ... )
 *     prefix*          3 letters or more; else taken as the word; in a phrase too
 *     title: titre: lang: langue: area: domaine: path: chemin:   before a word, phrase, prefix or (
 * ... ); in any case; a value of several words is quoted
 *
 * NOT binds tighter than AND (also the silent one between words), AND tighter than OR. */
#ifndef QUERY_H
#define QUERY_H

#include "error.h"
#include "language.h"
#include "text.h"

enum {
	QUERY_MAX_CHARACTERS = 200,
	QUERY_MAX_WORDS = 32,
	QUERY_MAX_PHRASES = 8,
	QUERY_MAX_PREFIXES = 2,
	QUERY_MAX_NESTING = 16,
	QUERY_PREFIX_LETTERS = 3,
};

enum query_kind {
	QUERY_NOTHING, /* nothing to look for (also: nothing typed) */
	QUERY_WORD, /* text: a run without white space, quotes, parentheses; may hold several words
		       for the analyser (vue.js, porte-monnaie), then they are a phrase */
	QUERY_PHRASE, /* text: what stood between the quotes */
	QUERY_PREFIX, /* text: without the star */
	QUERY_AND,
	QUERY_OR,
	QUERY_NOT, /* one child, never a NOT: what must not match; under an AND, an OR, or alone */
};

struct query {
	enum query_kind kind;
	enum field field;  /* of WORD, PHRASE and PREFIX */
	const char *facet; /* of FIELD_FACET: its key, borrowed from the list given */
	struct span text;  /* borrowed from what was typed */
	struct query **children;
	size_t n;
};

/* Parses n bytes of typing. The tree lives in the arena and borrows what was typed. facets: more
 * names of fields, NULL ends the list (NULL for none). STATUS_LIMIT (with the message that says
 * which) past one of the ceilings above; STATUS_INPUT for bad UTF-8 or NUL; nothing else fails but
 * memory. */
struct query *query_parse(struct arena *arena, const char *typed, size_t n,
			  const char *const *facets, struct error *e);

/* The tree written unambiguously, for tests and for people: (a AND (b OR NOT "c d") AND title:e*).
 * Operators in the words of the given language. */
void query_write(struct buf *out, const struct query *q, const struct language *language);

#endif

/* language.h - all that differs between languages, one row a language.
 *
 * To add a language: a row in the table of language.c (and a column in messages.def); nothing else.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "text.h"

/* A field a query may name; each language has its own words for them. FIELD_FACET is any of the
 * facets that the index was made with, under its own key. */
enum field { FIELD_NONE, FIELD_TITLE, FIELD_LANG, FIELD_AREA, FIELD_PATH, FIELD_FACET };

struct field_name {
	const char *name; /* lower case, without the colon; NULL ends the list */
	enum field field;
};

struct language {
	const char *code;   /* ISO 639-1: "en" */
	const char *locale; /* for html lang, "en-CA" */
	const char *name;   /* in itself: "Français" */
	const char *const
		*called;       /* in all languages, folded: what lang: takes besides; NULL ends */
	const char *stemmer;   /* Snowball's name for it */
	char stem_prefix;      /* the capital that its stems carry in the index */
	bool plural_s;	       /* drop a final plural s before stemming */
	bool zero_is_singular; /* "0 résultat", but "0 results" */
	const char *thousands; /* between groups of three digits */
	const char *const *elisions; /* what may stand before an apostrophe: "l", "qu"; NULL ends */
	const char *const *stop_words; /* sorted by strcmp; lower case, with and without accents */
	size_t stop_count;
	const char *and_word, *or_word, *not_word; /* operators, in capitals */
	const struct field_name *fields;
	const char *const *messages; /* by enum message */
};

/* The rows; their order is the order of tabs and facets. A language's number is its place here. */
extern const struct language languages[];
extern const size_t language_count;
enum { LANGUAGE_MAX = 4 }; /* ceiling for arrays with one place a language */

/* The row for a tag such as "fr", "FR", "fr-CA", "fr_CA.UTF-8"; NULL if it is none of ours. */
const struct language *language_find(const char *tag, size_t n);
/* The language of messages from the environment: the first of LANGUAGE (a list parted by colons, as
 * GNU gettext has it) that is one of ours, unless the locale is C or POSIX; else that of the
 * locale, which is the first of LC_ALL, LC_MESSAGES and LANG that says anything; else the first
 * row. The locale need not be there on the machine, and its character set changes nothing: what is
 * written is UTF-8. */
const struct language *language_of_locale(void);
/* The row that people call so, folded ("francais", "french"), or NULL. */
const struct language *language_called(const char *folded, size_t n);
size_t language_index(const struct language *l);
/* Is this lower-case NFC word one of the stop words? */
bool language_is_stop(const struct language *l, const char *word, size_t n);
/* Is this what may be elided before an apostrophe (folded, without it)? */
bool language_elides(const struct language *l, const char *word, size_t n);
/* The row of which the words vote for this text: the one with the largest share of its stop words
 * among the first some thousand words; NULL when there is nothing to tell by. */
const struct language *language_guess(const char *text, size_t n);

/* The sentence of a message. */
const char *language_message(const struct language *l, enum message id);
/* Appends the sentence with "{s}" replaced by s and "{n}" by the number in the language's way of
 * writing. For messages with a singular and a plural see language_plural. */
void language_format(struct buf *out, const struct language *l, enum message id, const char *s,
		     long n);
/* The message or, when n is plural in this language, the next one (plural follows singular in
 * messages.def). */
enum message language_plural(const struct language *l, enum message singular, long n);
/* Appends "LINE: what is wrong"-style text of an error (no program name, no file name). */
void language_error(struct buf *out, const struct language *l, const struct error *e);
/* Appends the date of "YYYY-MM-DD" as the language writes it: "July 22, 2015", « 22 juillet 2015 ».
 */
void language_date(struct buf *out, const struct language *l, const char *iso);

#endif

/* document.h - a passage -> the document that the index keeps of it: terms, values, record. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "analyse.h"
#include "passage.h"
#include "record.h"
#include "spelling.h"
#include "xap.h"

/* What a page gives to each of its passages. Borrowed strings; NULL where there is none. */
struct page {
	const char *path;    /* below the corpus root */
	const char *address; /* of address_of() */
	const char *title;
	const char *facets[FACET_MAX]; /* [FACET_AREA] is the area; values parted by line feeds */
	const char *date;	       /* YYYY-MM-DD */
	const struct language *language;
	const struct passages *passages;
	const char *body; /* the Markdown that they are cut from */
};

/* How much a word counts by where it stands, chosen by `make measure`. A page's title counts less
 * than a heading in it: all its passages share it (the breadcrumb), and the passage is what is
 * looked for. */
enum { WEIGHT_BODY = 1, WEIGHT_BREADCRUMB = 2, WEIGHT_TITLE = 6, WEIGHT_HEADING = 10 };

/* One analyser a language, by language_index(). */
struct analysers {
	struct analyser *of[LANGUAGE_MAX];
};
int analysers_open(struct analysers *a, struct error *e);
bool analysers_starved(const struct analysers *a); /* one of them is */
void analysers_close(struct analysers *a);
/* What tells whether two programs analyse alike: a checksum of how they read some words of each
 * language. */
enum { ANALYSERS_PRINT_SIZE = 17 };
void analysers_print(struct analysers *a, char print[ANALYSERS_PRINT_SIZE]);

/* The document of passage i of a page. twin is its page's translation or NULL; twin_i the passage
 * there that translates it, or PAIR_NONE. Its words are counted for the spelling dictionary. Frees
 * nothing; NULL on error. */
struct xap_document *document_new(const struct page *page, size_t i, const struct page *twin,
				  int twin_i, struct analysers *analysers, struct tally *words,
				  struct error *e);

/* Takes the words of a document back from the spelling dictionary: data is its record. False when
 * it is none. */
bool document_forget(const char *data, size_t n, struct analysers *analysers, struct tally *words);

/* The prefix of the terms of a facet: its number's. out has room for 4 bytes. */
void document_facet_prefix(char *out, size_t facet);

/* Appends the file term of a path: all passages of a file carry it, and behind its first byte it is
 * the value of SLOT_FILE. */
void document_file_term(struct buf *out, const char *path);

#endif

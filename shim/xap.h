/* xap.h - the only door to Xapian, in plain C.
 *
 * The shim knows documents, terms, query trees and hits; never Markdown, rules of language, HTML or
 * settings. Every function that can fail returns 0, or -1 with *e filled in (NULL results
 * likewise); no C++ exception ever leaves. Strings are (pointer, length), may hold any byte, and
 * are borrowed. */
#ifndef XAP_H
#define XAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { XAP_TERM_MAX = 245 }; /* bytes; glass also wants two for each NUL byte in a term */

/* ---- stemming ----------------------------------------------------------------------------------
 */

struct xap_stemmer;
/* Snowball's stemmer by its English name ("french"). STATUS_INPUT if there is none. */
struct xap_stemmer *xap_stemmer_open(const char *name, struct error *e);
bool xap_stemmer_starved(const struct xap_stemmer *s);
void xap_stemmer_close(struct xap_stemmer *s); /* NULL is fine */
/* Stems a lower-case UTF-8 word into out (cap bytes, never NUL-terminated); returns the length.
 * When memory is out or the stem does not fit, gives the word itself, cut at cap. In the first case
 * xap_stemmer_starved() is true from then on. */
size_t xap_stem(struct xap_stemmer *s, const char *word, size_t n, char *out, size_t cap);

/* ---- writing -----------------------------------------------------------------------------------
 */

/* A document being put together. Owned by the caller until xap_document_free. */
struct xap_document;
struct xap_document *xap_document_new(struct error *e);
void xap_document_free(struct xap_document *d); /* NULL is fine */
/* One occurrence of a term at a position (from 1), counting `weight` towards its frequency in the
 * document. STATUS_INPUT for an empty term or one longer than XAP_TERM_MAX: the document is as it
 * was. */
int xap_document_posting(struct xap_document *d, const char *term, size_t n, uint32_t position,
			 uint32_t weight, struct error *e);
/* The same at two positions: `late`, 0 for none, is counted from behind all others that the
 * document will have, so that the two kinds never stand next to each other. */
int xap_document_word(struct xap_document *d, const char *term, size_t n, uint32_t position,
		      uint32_t late, uint32_t weight, struct error *e);
/* The same without a position; weight 0 makes it a boolean term (a filter, no part in ranking). */
int xap_document_term(struct xap_document *d, const char *term, size_t n, uint32_t weight,
		      struct error *e);
/* What comes back with a hit; and a value by which hits are collapsed, sorted or counted. */
int xap_document_data(struct xap_document *d, const char *data, size_t n, struct error *e);
int xap_document_value(struct xap_document *d, unsigned slot, const char *value, size_t n,
		       struct error *e);

struct xap_writer;
/* Opens the database directory for writing, making it when missing, and stamps it with `format`.
 * STATUS_LOCKED when another writer holds it, STATUS_FORMAT when it holds another number,
 * STATUS_CORRUPT when it is none or damaged. sync = false leaves syncing to the caller: for a
 * database nobody reads before xap_compact. */
struct xap_writer *xap_writer_open(const char *dir, unsigned format, bool sync, struct error *e);
/* A writer of new databases, many times as fast, which readers meet only when xap_compact has
 * merged them: nothing in them is replaced, dropped or read. A file is put once, each word of the
 * dictionary and each note too. The databases are directories DIR/0, DIR/1 and so on, each written
 * when its postings take `memory` bytes, and the last at xap_commit, after which nothing may be
 * put. tokens: positions are kept as tokens. Makes DIR. */
struct xap_writer *xap_writer_bulk(const char *dir, unsigned format, size_t memory, bool tokens,
				   struct error *e);
/* From here on positions of what is put are kept as tokens (tokens.h), in a file of the directory,
 * rather than in the database, which is no other's meanwhile: for xap_put_columns. To be said
 * before anything is put. */
int xap_writer_tokens(struct xap_writer *w, struct error *e);
/* The directories that it wrote, *n of them; they live as long as it does. */
const char *const *xap_writer_parts(const struct xap_writer *w, size_t *n);
/* Replaces every document that was put under this file term by these (n may be 0: then the file is
 * dropped). The file term is added to each. All or none, as far as commit goes: on failure the
 * earlier files stand. */
int xap_put_file(struct xap_writer *w, const char *file_term, size_t file_term_n,
		 struct xap_document *const *documents, size_t n, struct error *e);
/* Adds one more document to a file, so that a file of a million need not be held at once. */
int xap_add_to_file(struct xap_writer *w, const char *file_term, size_t file_term_n,
		    struct xap_document *document, struct error *e);
/* Adds so many occurrences of a word to the spelling dictionary, or takes them out when negative; a
 * word of which none is left is dropped. */
int xap_put_word(struct xap_writer *w, const char *word, size_t n, int64_t occurrences,
		 struct error *e);
/* Metadata: a small named value of the whole database. */
int xap_put_note(struct xap_writer *w, const char *name, const char *value, size_t n,
		 struct error *e);
/* Drops every note whose name begins so. */
int xap_drop_notes(struct xap_writer *w, const char *prefix, struct error *e);
int xap_commit(struct xap_writer *w, struct error *e);
/* Closes; what was not committed is lost, silently, as asked. NULL is fine. */
void xap_writer_close(struct xap_writer *w);
/* Writes committed database directories, the documents of one behind those of the other, compacted
 * to one new file, and syncs it. The file must not exist (Xapian would overwrite it in place under
 * its readers): STATUS_INPUT if it does. */
int xap_compact(const char *const *dirs, size_t n, const char *file, struct error *e);
/* Appends to such a file, before anyone opens it, the columns (columns.h) by which xap_search
 * counts: of the pairs, of values, of which documents have a term, of the lengths of documents,
 * their order; and the tokens. */
struct xap_columns {
	unsigned pair_slot;
	const unsigned *slots;
	size_t n_slots;
	const char *const *terms;
	size_t n_terms;
	unsigned order_slot; /* hits are in order of this value */
	/* What it was compacted from, when their positions are tokens, which become its own
	 * (tokens.h); NULL: they are not. old: the file that the first was unpacked from, or NULL.
	 * scratch: a folder. */
	const char *const *dirs;
	size_t n_dirs;
	const char *old, *scratch;
};
int xap_put_columns(const char *file, const struct xap_columns *columns, struct error *e);
/* The other way: copies a database to a new directory, in which a writer can open it. */
int xap_unpack(const char *file, const char *dir, struct error *e);

/* ---- asking ------------------------------------------------------------------------------------
 */

enum xap_op {
	XAP_NOTHING, /* matches no document */
	XAP_ALL,     /* matches every document, weight 0 */
	XAP_TERM,    /* term */
	XAP_PREFIX, /* terms that begin with `term`, the `window` most frequent, weighed as one term
		     */
	XAP_AND,    /* all children */
	XAP_OR,	    /* any child; weights add up */
	XAP_AND_NOT,   /* first child but none of the others */
	XAP_AND_MAYBE, /* first child; the others add weight */
	XAP_FILTER,    /* all children, weight of the first only */
	XAP_PHRASE,    /* children at one position after the other, at most XAP_PHRASE_MAX: each an
			  XAP_TERM, an XAP_OR of them or an XAP_PREFIX */
	XAP_SCALE,     /* first child with its weight times `scale` */
	XAP_CONSTANT,  /* matches every document with the weight `scale` */
};

enum { XAP_PHRASE_MAX = 64 };

/* A query tree: borrowed, no cycles. */
struct xap_query {
	enum xap_op op;
	const char *term;
	size_t term_n;
	unsigned window;
	double scale;
	const struct xap_query *const *children;
	size_t n;
};

struct xap;
/* Opens a database for reading: a directory, a single file or a stub file (stub.h).
 * STATUS_NOT_FOUND, STATUS_CORRUPT, STATUS_FORMAT when its stamp is not `format`.
 *
 * A part of a stub that is on another machine and cannot be reached is left out: see xap_missing.
 * STATUS_AWAY when nothing but such parts had documents. Metadata and the spelling dictionary are
 * those of the first part. Statistics, and so weights, are of all parts together. */
struct xap *xap_open(const char *path, unsigned format, struct error *e);
enum {
	XAP_CONNECT_MS = 2000,	 /* to reach a part on another machine */
	XAP_ANSWER_MS = 5000,	 /* for it to answer each time it is asked something */
	XAP_PATIENCE_MS = 10000, /* for all of that between xap_begin and the last answer: then the
				    slowest is left out, for half as long again, then STATUS_AWAY.
				    What did not answer is not asked again for so long */
};
/* Begins to answer a question, before anything else is asked for it: parts that were
 * missing are tried again, all at once. Without parts on other machines it does nothing. */
int xap_begin(struct xap *x, struct error *e);
/* The parts that are missing, as the stub names them; since the last xap_begin a part may have gone
 * but none has come. The list lives until the next call of any function of x. */
const char *const *xap_missing(struct xap *x, size_t *n);
/* Is there a stub file, which lists databases in other places? */
bool xap_is_stub(const char *path);
void xap_close(struct xap *x); /* NULL is fine */
uint32_t xap_document_count(struct xap *x);
/* In how many documents the term stands; 0 when none, also when it could be none of an index. */
int xap_term_count(struct xap *x, const char *term, size_t n, uint32_t *count, struct error *e);
/* The metadata as a new C string that the caller frees ("" when there is none); NULL on error. */
char *xap_note(struct xap *x, const char *name, struct error *e);
/* The same of one part of a stub, told by its place in the list; "" too when that is missing. */
char *xap_part_note(struct xap *x, size_t number, const char *name, struct error *e);
/* How often a word occurs by the spelling dictionary; 0 when never. */
int xap_word_count(struct xap *x, const char *word, size_t n, uint32_t *count, struct error *e);
/* Something that changes whenever the database does (for an ETag): a new C string; NULL on error.
 */
char *xap_revision(struct xap *x, struct error *e);
/* The nearest word of the spelling dictionary within two edits, as a new C string that the caller
 * frees ("" when there is none); NULL on error. */
char *xap_suggest(struct xap *x, const char *word, size_t n, struct error *e);

enum { XAP_FACETS = 4, XAP_NO_SLOT = -1 };

struct xap_request {
	const struct xap_query *query;
	size_t offset, limit; /* which hits to give back */
	int collapse_slot;    /* hits with the same value here are one hit; XAP_NO_SLOT for none */
	int order_slot;	      /* hits of equal weight are in order of this value, or XAP_NO_SLOT */
	bool order_first;     /* all are in order of it, and by weight where it is equal */
	int facet_slots[XAP_FACETS]; /* count the values of these over collapsed hits */
	size_t n_facets;
	bool no_data; /* the hits come without theirs */
	/* A term: hits that have it stand before all others, and are counted by themselves. NULL
	 * for none. first_only: the others are but counted. */
	const char *first;
	bool first_only;
};

struct xap_hit {
	uint32_t document;
	double weight;
	char *data; /* NUL-terminated besides */
	size_t data_n;
};

struct xap_facet {
	char *value; /* "" for hits that have none */
	size_t count;
};

struct xap_result {
	size_t total; /* exact, after collapsing */
	struct xap_hit *hits;
	size_t n_hits;
	struct xap_facet *facets[XAP_FACETS]; /* most frequent first, then by value */
	size_t n_facets[XAP_FACETS];
};

/* Runs a query. When the database moved under the reader it is reopened and the query run again, a
 * few times at most, then STATUS_CHANGED. result: one, or with request->first two, for the hits
 * that have the term and for the others. Free each with xap_result_free.
 *
 * An index of one file with columns and tokens is asked by its posting lists, term by term;
 * anything else by Xapian's matcher, which takes many times as long where hits are many. Weights
 * are the same but for the last bits of a sum. */
int xap_search(struct xap *x, const struct xap_request *request, struct xap_result *result,
	       struct error *e);
void xap_result_free(struct xap_result *r);
/* The first document that has a term, 0 when none has; and the one of a number, as the only hit of
 * a result that is the caller's to free. */
int xap_find(struct xap *x, const char *term, size_t n, uint32_t *document, struct error *e);
int xap_fetch(struct xap *x, uint32_t document, struct xap_result *result, struct error *e);

/* A list of strings with numbers; free it with xap_list_free. */
struct xap_list {
	struct xap_facet *list;
	size_t n;
};
/* The terms that begin with these bytes, the `most` most frequent, with the number of documents
 * they stand in; most frequent first, then by bytes. */
int xap_terms(struct xap *x, const char *prefix, size_t n, size_t most, struct xap_list *list,
	      struct error *e);
/* The values of a slot that every one of these queries meets in some document (not all in the same
 * one), at most `most` of them, in order of bytes; count is 0. */
int xap_shared_values(struct xap *x, const struct xap_query *const *queries, size_t n_queries,
		      unsigned slot, size_t most, struct xap_list *list, struct error *e);
void xap_list_free(struct xap_list *list);

/* Calls `take` with the data of each document that has the term, in the order they were put; it
 * stops early when take returns false. */
int xap_scan(struct xap *x, const char *term, size_t n,
	     bool (*take)(void *self, const char *data, size_t data_n), void *self,
	     struct error *e);

#ifdef __cplusplus
}
#endif

#endif

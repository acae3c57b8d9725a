/* tokens.h - the words of each document in the order in which they stand: what phrases are found
 * by.
 *
 * Xapian's glass keeps a list of positions for each term of each document. In passages, which are
 * short, such a list takes some twenty bytes, and all of them were a third of an index. Here a
 * document has one stream of tokens instead: of each word the number of its term, small for
 * frequent terms, so that a word takes about two bytes.
 *
 * All of it is a block of bytes, in the machine's own order like columns.h, of which it is a part
 * in an index, or a file of its own while one is built:
 *
 * - The streams, one behind the other. A token is a number of seven bits a byte (pack.h): 0 for a
 *   break, which nothing reaches across; 1 for one more term at the place of the word before; else
 *   2 more than twice the number of the term, and 1 more for a stop word.
 * - Where each document's stream begins, five bytes each, and the end of the last.
 * - Of each term, in order of their bytes: where these begin (and the end of the last), number, how
 *   often it was met (32 bits each); and the bytes.
 * - A trailer that says where all this is. */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "xap.h"

/* What numbers of a stream mean, and bytes of a place: see above. Most terms that there can be. */
enum { TOKENS_MARK_BREAK, TOKENS_MARK_SAME, TOKENS_FIRST_TERM };
enum { TOKENS_PLACE = 5, TOKENS_MAX = 1 << 30 };
/* What tokens_find() says of a term that no stream has. */
#define TOKENS_NONE UINT32_MAX
/* Of a database being written, the file that holds its block. */
#define TOKENS_FILE "tokens"

/* How a word follows on the one before. */
enum token_place { TOKEN_NEXT, TOKEN_SAME, TOKEN_BREAK };

/* ---- writing ---- */

/* Takes the bytes of a block, in order and few at a time; 0, or -1 with *e. */
typedef int tokens_sink(void *data, const char *bytes, size_t n, struct error *e);

struct tokens_pen;
/* NULL when memory is out. */
struct tokens_pen *tokens_pen_new(tokens_sink *sink, void *data, struct error *e);
/* Writes a file. */
struct tokens_pen *tokens_pen_file(const char *path, struct error *e);
void tokens_pen_free(struct tokens_pen *p); /* NULL is fine */
/* Begins the next document, from 1; and its tokens. */
int tokens_document(struct tokens_pen *p, struct error *e);
int tokens_put(struct tokens_pen *p, uint32_t term, bool stop, enum token_place place,
	       struct error *e);
/* The terms in order of their bytes, each with its number and how often it stands in the streams:
 * before the first document or behind the last. */
int tokens_term(struct tokens_pen *p, const char *bytes, size_t n, uint32_t number, uint32_t count,
		struct error *e);
/* Tells the numbers and counts of all terms so far anew, in their order. */
void tokens_number(struct tokens_pen *p, const uint32_t *numbers, const uint32_t *counts);
/* A document and its words that have a position: numbers[i] is that of its term i. */
int tokens_add(struct tokens_pen *p, const struct xap_document *d, const uint32_t *numbers,
	       struct error *e);
/* Ends the block. */
int tokens_finish(struct tokens_pen *p, struct error *e);

/* ---- reading ---- */

/* The end of a block: where in it everything is. */
struct tokens_trailer {
	uint64_t streams, streams_n, starts; /* starts: of streams, TOKENS_PLACE bytes each */
	uint64_t term_bytes, term_bytes_n, term_starts, numbers, counts;
	uint32_t documents, terms;
	char magic[8];
};

/* A block in memory, borrowed. Whatever its bytes are, nothing outside of it is read. */
struct tokens {
	const char *bytes;
	struct tokens_trailer at;
};

static inline uint64_t tokens_place(const unsigned char bytes[TOKENS_PLACE])
{
	uint64_t place = 0;
	for (unsigned i = 0; i < TOKENS_PLACE; i++)
		place |= (uint64_t)bytes[i] << 8 * i;
	return place;
}

/* Is it the trailer of a block with so many bytes before it? */
bool tokens_check(const struct tokens_trailer *t, uint64_t n);
/* False when the bytes are no block. */
bool tokens_read(struct tokens *t, const char *bytes, size_t n);
/* The number of a term, or TOKENS_NONE. */
uint32_t tokens_find(const struct tokens *t, const char *term, size_t n);

/* Words that stand one behind the other, each one of some terms. */
struct tokens_phrase;
/* Of n words, at most XAP_PHRASE_MAX; NULL on error. */
struct tokens_phrase *tokens_phrase_new(size_t n, struct error *e);
/* Word i may be the term of this number. */
int tokens_phrase_add(struct tokens_phrase *p, size_t i, uint32_t term, struct error *e);
void tokens_phrase_free(struct tokens_phrase *p); /* NULL is fine */
/* Does a document have the phrase, as the words stand or when its stop words are left out?
 * Shift-and (Baeza-Yates & Gonnet 1992): a bit for each beginning of the phrase that ends here. */
bool tokens_have(const struct tokens *t, const struct tokens_phrase *p, uint32_t document);
/* Has memory fetch a document's words, which are asked for soon. */
void tokens_expect(const struct tokens *t, uint32_t document);

/* ---- merging ---- */

/* A block in a file, at an offset: documents 1 and on of it become `shift` + 1 and on. */
struct tokens_source {
	const char *path;
	uint64_t at, n;
	int64_t shift;
};

/* How such a block ends. */
int tokens_trailer_of(const struct tokens_source *s, struct tokens_trailer *t, struct error *e);
/* Writes one block of several, sorted by where their documents come. kept: of each document of the
 * whole a bit, whether there is one; a term that only dropped documents had is dropped too. NULL:
 * all are there. Of files of any size, little stands in memory; some lie in the folder `scratch`
 * meanwhile. */
int tokens_merge(const struct tokens_source *list, size_t n, uint32_t documents,
		 const uint64_t *kept, const char *scratch, tokens_sink *sink, void *data,
		 struct error *e);

#endif

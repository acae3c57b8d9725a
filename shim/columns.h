/* columns.h - by what hits are counted: of each document a few values, as numbers in a row.
 *
 * Xapian gives a document's value as a string, and finds it in a chunk of the posting table: a
 * microsecond each, which counting a hundred thousand hits by facets and pairs cannot afford. So a
 * database of one file carries behind its end (Xapian does not look there) columns of numbers, one
 * a document; a reader maps them and touches what it needs.
 *
 * - Of each column the numbers of documents 0, 1, 2 and so on, 0 for no value; then the texts of
 *   values 1, 2 and so on: where each begins (32 bits, and the end of the last), and their bytes.
 * - A header: "columns" and a NUL, documents and columns (32 bits each), where all this begins (64
 *   bits); of each column its name (24 bytes), values, bytes of a number (32 bits each), where its
 *   numbers and its texts stand (64 bits each; 0: texts are not kept).
 * - Where the header stands (64 bits), and "columns" and a NUL again.
 *
 * A column may also be a run of bytes that is none of the documents': its numbers have no bytes
 * then, and where its texts would stand its length is.
 *
 * All in the machine's own order of bytes: an index belongs to the machine that made it, or one
 * like it. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum { COLUMNS_MAX = 32, COLUMNS_NAME = 24 };

/* ---- writing ---- */

struct columns_pen;
/* Appends to a file, for documents up to this number. Of all columns only the one at hand is in
 * memory. */
struct columns_pen *columns_pen_open(const char *path, uint32_t documents, struct error *e);
/* Begins a column; a name has fewer than COLUMNS_NAME bytes. texts: those of the values are kept.
 */
int columns_begin(struct columns_pen *p, const char *name, bool texts, struct error *e);
/* The value of a document in the column begun last. */
int columns_put(struct columns_pen *p, uint32_t document, const char *value, size_t n,
		struct error *e);
/* Begins a run of bytes that is none of the documents', at a multiple of eight bytes; and some of
 * them. */
int columns_begin_bytes(struct columns_pen *p, const char *name, struct error *e);
int columns_put_bytes(struct columns_pen *p, const char *bytes, size_t n, struct error *e);
/* Writes the last column and where all of them are; without it there are none. */
int columns_finish(struct columns_pen *p, struct error *e);
void columns_pen_close(struct columns_pen *p); /* NULL is fine */

/* ---- reading ---- */

struct column {
	const char *name;
	uint32_t documents, values; /* numbers of values go from 1 to `values` */
	unsigned width;		    /* bytes of a number: 1, 2 or 4 */
	const void *numbers;
	const uint32_t *starts; /* of the texts; NULL when they are not kept */
	const char *texts;
};

struct columns;
/* Maps the columns of an open file, behind which little more may stand. NULL when there are none
 * that make sense, or when memory is out, which *starved tells. The file may be closed at once. */
struct columns *columns_open(int fd, bool *starved);
void columns_close(struct columns *c); /* NULL is fine */
/* NULL when there is none of this name. */
const struct column *columns_find(const struct columns *c, const char *name);
/* A run of bytes of this name, mapped, *n of them, and where it begins in the file; NULL when there
 * is none. */
const char *columns_bytes(const struct columns *c, const char *name, uint64_t *n, uint64_t *at);
/* The text of a value; *n bytes. */
const char *column_text(const struct column *c, uint32_t value, size_t *n);

/* The value of a document; 0 when it has none, never more than c->values. */
static inline uint32_t column_value(const struct column *c, uint32_t document)
{
	uint32_t value = 0;
	if (document <= c->documents) {
		value = c->width == 1	? ((const uint8_t *)c->numbers)[document]
			: c->width == 2 ? ((const uint16_t *)c->numbers)[document]
					: ((const uint32_t *)c->numbers)[document];
	}
	return value <= c->values ? value : 0;
}

#endif

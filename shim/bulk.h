/* bulk.h - new databases beside each other, as many as the memory asks for. What a writer of
 * xap_writer_bulk() is made of: see there. */
#ifndef BULK_H
#define BULK_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "posting.h"

struct bulk;
/* Makes the directory; the databases are DIR/0, DIR/1 and so on, each of at most about so many
 * bytes of memory; tokens: see glass.h. NULL on error. */
struct bulk *bulk_open(const char *dir, size_t memory, bool tokens, struct error *e);
/* Adds a document behind all others, under a file term. */
int bulk_add(struct bulk *b, const char *file_term, size_t file_term_n, struct xap_document *d,
	     struct error *e);
/* A note of a name that has none yet; a word of the spelling dictionary. */
int bulk_note(struct bulk *b, const char *name, const char *value, size_t n, struct error *e);
int bulk_word(struct bulk *b, const char *word, size_t n, uint32_t count, struct error *e);
/* Writes what is left. */
int bulk_finish(struct bulk *b, struct error *e);
/* The directories written; they live as long as it does. */
const char *const *bulk_parts(const struct bulk *b, size_t *n);
void bulk_close(struct bulk *b); /* NULL is fine */

#endif

/* glass.h - a new database of Xapian's glass format, written in bulk.
 *
 * Xapian's own writer keeps a document's postings in trees of strings and then puts each of them
 * into its tables in any order: nine tenths of the time of an index. Here postings are inverted in
 * memory, in compact streams, and each table is written once, in order (btree.h). The outcome is an
 * ordinary database, which Xapian's compactor merges with its like to the one that readers see.
 *
 * It is in the format of Xapian 1.4's backends/glass (glass_postlist.cc, glass_values.cc,
 * glass_termlisttable.cc, glass_positionlist.cc, glass_version.cc), of which Xapian checks the
 * number at every open. */
#ifndef GLASS_H
#define GLASS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "posting.h"

struct glass;
/* Makes the directory, which must not be there yet. tokens: the words' positions stand in a file of
 * it, TOKENS_FILE (tokens.h), and not in the database. NULL on error. */
struct glass *glass_open(const char *dir, bool tokens, struct error *e);
/* Adds a document (sorted by posting_sort). Documents are numbered from 1. */
int glass_add(struct glass *g, const struct xap_document *d, struct error *e);
/* Metadata by a name that has none yet: notes come in any order. */
int glass_note(struct glass *g, const char *name, const char *value, size_t n, struct error *e);
/* Counts a word of the spelling dictionary. */
int glass_word(struct glass *g, const char *word, size_t n, uint32_t count, struct error *e);
/* Bytes of memory that it takes by now: postings, notes, words. */
size_t glass_memory(const struct glass *g);
/* Writes the rest. Nothing is synced. */
int glass_finish(struct glass *g, struct error *e);
/* Frees it, finished or not. NULL is fine. */
void glass_close(struct glass *g);

#endif

/* tables.h - what is in a database of Xapian's glass format, by its own account.
 *
 * Opened to read, a glass database takes any failure to open the file of a table (no more open
 * files, a disk that does not answer) for a table that is not there, and so does a compaction,
 * which then makes a well-formed database without texts, words or positions. Only the postings are
 * always missed. But its version file, without which it does not open, says how many entries each
 * table has; so a table that gets lost on the way shows in the numbers. (glass_table.cc and
 * glass_version.cc of Xapian 1.4.) */
#ifndef TABLES_H
#define TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* In the order of the version file. */
enum table {
	TABLE_POSTLIST,
	TABLE_DOCDATA,
	TABLE_TERMLIST,
	TABLE_POSITION,
	TABLE_SPELLING,
	TABLE_SYNONYM,
	TABLE_COUNT
};

struct tables {
	uint64_t documents;
	uint64_t entries[TABLE_COUNT]; /* keys */
};

/* What the version file of a database says, a directory or one file. STATUS_CORRUPT when there
 * is none, or it makes no sense. */
int tables_read(struct tables *t, const char *path, struct error *e);
/* Adds what one more source has to what those before it have. */
void tables_add(struct tables *sum, const struct tables *more);
/* Is all of that in what was merged from them? Entries add up, but words that several sources have
 * become one, so of these there may be fewer: that each source's words are there is not known. */
bool tables_whole(const struct tables *made, const struct tables *sum);

#endif

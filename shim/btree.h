/* btree.h - a table of Xapian's glass format, written from its first key to its last.
 *
 * Xapian adds keys in any order; here they come sorted, so each block is filled once and written
 * once. The format is that of Xapian 1.4's backends/glass/glass_table.h (format version of 14 March
 * 2016, the only one that 1.4 reads): blocks of items, a directory of offsets in front; branch
 * blocks over leaf blocks; a long tag cut into components. */
#ifndef BTREE_H
#define BTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum {
	BTREE_BLOCK = 65536, /* bytes, the most that glass takes */
	BTREE_KEY_MAX = 255, /* bytes */
	BTREE_REVISION = 1,  /* of every block, and so of the database */
};

/* What the version file says of a table. */
struct btree_root {
	uint32_t block, blocks; /* number of the root block, and of all */
	unsigned level;
	uint64_t entries; /* keys; 0: an empty table */
};

struct btree;
/* Makes the file. NULL on error. */
struct btree *btree_open(const char *path, struct error *e);
/* Adds a key behind all that were added before. compressed: the tag is what zlib's raw deflate
 * made of it. */
int btree_add(struct btree *t, const char *key, size_t key_n, const char *tag, size_t tag_n,
	      bool compressed, struct error *e);
/* Writes what is left. */
int btree_finish(struct btree *t, struct btree_root *root, struct error *e);
/* Frees it, finished or not. NULL is fine. */
void btree_close(struct btree *t);

#endif

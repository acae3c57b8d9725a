/* deflate.h - tags of a glass table, compressed where that makes them shorter: raw
 * deflate, as Xapian has it from zlib (common/compression_stream.cc of Xapian 1.4). */
#ifndef DEFLATE_H
#define DEFLATE_H

#include <libdeflate.h>

#include "btree.h"

enum { DEFLATE_MIN = 18 }; /* bytes; a shorter tag is not worth it */

/* Zero-initialise it. */
struct deflate {
	struct libdeflate_compressor *compressor;
	char *out;
	size_t cap;
};

int deflate_open(struct deflate *d, struct error *e);
/* btree_add() of a tag. */
int deflate_add(struct deflate *d, struct btree *table, const char *key, size_t key_n,
		const char *tag, size_t tag_n, struct error *e);
void deflate_close(struct deflate *d);

#endif

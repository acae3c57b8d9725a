/* pool.h - very many streams of bytes that grow side by side, in little memory.
 *
 * They lie in pages, in slices that grow as the stream does. An address is the number of a page and
 * the byte in it. */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum { POOL_BITS = 20, POOL_PAGE = 1 << POOL_BITS, POOL_PAGES = 4096 };

/* Zero-initialise both. */
struct pool {
	char *pages[POOL_PAGES];
	size_t n, used; /* pages; bytes of the last one */
};
struct pool_stream {
	uint32_t first, at, end;
	unsigned level;
};

/* Takes n bytes (at most POOL_PAGE) side by side; false when memory is out. */
bool pool_take(struct pool *p, size_t n, uint32_t *address);
static inline char *pool_at(const struct pool *p, uint32_t address)
{
	return p->pages[address >> POOL_BITS] + (address & (POOL_PAGE - 1));
}
/* Appends to a stream; false when memory is out. */
bool pool_add(struct pool *p, struct pool_stream *s, const char *bytes, size_t n);
/* Appends all of a stream, which is not empty, to out. */
void pool_read(const struct pool *p, const struct pool_stream *s, struct buf *out);
size_t pool_memory(const struct pool *p); /* bytes */
void pool_free(struct pool *p);

#endif

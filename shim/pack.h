/* pack.h - numbers, terms and position lists as bytes, as Xapian's glass tables hold them
 * (common/pack.h and common/bitstream.cc of Xapian 1.4). */
#ifndef PACK_H
#define PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum { PACK_MAX = 10 }; /* bytes of a number */

/* Seven bits a byte, lowest first. Returns the bytes written. */
static inline size_t pack(char *out, uint64_t n)
{
	size_t length = 0;
	for (; n >= 128; n >>= 7)
		out[length++] = (char)(n | 128);
	out[length++] = (char)n;
	return length;
}

/* Reads such a number and moves *p behind it. */
static inline uint64_t unpack(const char **p)
{
	uint64_t n = 0;
	for (unsigned shift = 0;; shift += 7) {
		unsigned char c = (unsigned char)*(*p)++;
		n |= (uint64_t)(c & 127) << shift;
		if (c < 128)
			return n;
	}
}

/* Appends such a number; a string behind its length. */
void pack_number(struct buf *out, uint64_t n);
void pack_string(struct buf *out, const char *s, size_t n);

/* So that bytes are in the order of the numbers. Returns the bytes written, at most 5. */
size_t pack_sorted(char *out, uint32_t n);
/* A term in a key, at most 2n + 1 bytes: NUL bytes doubled by 0xFF; ended when a number follows. */
size_t pack_term(char *out, const char *s, size_t n, bool ended);
/* A position list, n > 0 ascending numbers: at most 5n + PACK_MAX bytes. */
size_t pack_positions(char *out, const uint32_t *positions, size_t n);

#endif

/* ranks.h - strings are numbered in their order, so that what they stand for can be sorted by
 * numbers. Of any number of strings few are in memory: they are sorted in runs, which lie in files
 * and are merged (external merge sort, Knuth 5.4). */
#ifndef RANKS_H
#define RANKS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum {
	RANKS_BYTES = 4 << 20, /* of strings and their places at a time in memory */
	RANKS_FILES = 64,      /* read at a time */
};

struct ranks;
/* The files lie in the folder, and go with it. NULL on error. */
struct ranks *ranks_new(const char *folder, struct error *e);
void ranks_free(struct ranks *r); /* NULL is fine */
/* One more string, and what it stands for. Longer than a quarter of RANKS_BYTES: STATUS_LIMIT. */
int ranks_add(struct ranks *r, const char *s, size_t n, uint32_t id, struct error *e);
/* Tells the rank of each that was added, from 1 in the order of their bytes; equal strings have the
 * same, and then come in any order. Nothing more may be added. */
int ranks_tell(struct ranks *r, void (*take)(void *data, uint32_t id, uint32_t rank), void *data,
	       struct error *e);

#endif

/* spell.h - the table of Xapian's spelling dictionary, written in bulk (backends/glass/
 * glass_spelling.cc of Xapian 1.4): how often each word occurs, and for each piece of a word which
 * words have it. */
#ifndef SPELL_H
#define SPELL_H

#include "btree.h"
#include "text.h"

struct spell_word {
	size_t at; /* of its bytes */
	uint32_t n, count;
};

/* Zero-initialise it. */
struct spell {
	struct buf bytes;
	struct spell_word *words;
	size_t n, cap;
};

/* Counts a word of two bytes or more; shorter ones have no place there. -1 when memory is out. */
int spell_add(struct spell *s, const char *word, size_t n, uint32_t count, struct error *e);
/* Writes all keys of the table; *most is the count of the most frequent word. */
int spell_write(struct spell *s, struct btree_root *root, const char *path, uint32_t *most,
		struct error *e);
/* Bytes of memory that it takes, and its writing will take. */
size_t spell_memory(const struct spell *s);
void spell_free(struct spell *s);

#endif

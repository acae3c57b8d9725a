/* tally.h - how often each word was met: in memory, and when these are many in sorted files, so
 * that memory does not grow with the words of a corpus. */
#ifndef TALLY_H
#define TALLY_H

#include "error.h"
#include "text.h"

/* A word of a language, folded and as written, and how much more often it stands so. */
struct tally_word {
	size_t language;
	struct span folded, written; /* at most TALLY_BYTES each */
	int64_t change;
};

/* TALLY_WORDS: different words at a time in memory, some 5 MB. */
enum { TALLY_BYTES = 255, TALLY_WORDS = 1 << 16 };

struct tally;
/* The files are PATH.0, PATH.1 and so on, and go with it; with NULL all stays in memory, and of
 * each word there is only one. NULL when memory is out. */
struct tally *tally_new(const char *path, struct error *e);
void tally_free(struct tally *t); /* NULL is fine */
/* Counts a word; once anything went wrong, nothing more, and tally_open() tells what it was. */
void tally_count(struct tally *t, const struct tally_word *word);

/* Goes through the words of n tallies, in order of language, folded and written form, each once
 * with the sum of its changes where that is not 0. Meanwhile nothing is to be counted. */
struct tally_reader;
struct tally_reader *tally_open(struct tally *const *tallies, size_t n, struct error *e);
void tally_close(struct tally_reader *r); /* NULL is fine */
/* 1 and the next word, which lives until the next call; 0 behind the last; or -1. */
int tally_next(struct tally_reader *r, struct tally_word *word, struct error *e);

#endif

/* watch.h - waits for changes below the corpus folders (inotify(7)). */
#ifndef WATCH_H
#define WATCH_H

#include <stddef.h>

#include <stdbool.h>

#include "error.h"

enum {
	WATCH_QUIET = 300,     /* ms: nothing may have happened for so long */
	WATCH_LONGEST = 5000,  /* ms: but who never rests is not waited for longer */
	WATCH_ANYWAY = 600000, /* ms: a network's file system tells nothing */
	WATCH_MISSING = 1000,  /* ms: while a folder is not there */
	WATCH_RETRY = 3000,    /* ms: after a run that failed, though nothing may happen */
};

struct watch;
/* Watches the folders and all below them, but not the index folder; and the way to each, on which a
 * link or a folder may be switched for another. Strings are borrowed. A folder that is not there is
 * waited for. STATUS_LIMIT when the system allows no more watches. */
struct watch *watch_open(const char *const *roots, size_t n, const char *index, struct error *e);
void watch_close(struct watch *w); /* NULL is fine */
/* Waits until something changed (1) or there is something to read from `stop` (0); -1 with *e.
 * Changes that follow each other closely are one. After a run that failed, time alone is a change:
 * what was in its way (a lock, a full disk) may be gone. */
int watch_wait(struct watch *w, int stop, bool failed, struct error *e);

#endif

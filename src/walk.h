/* walk.h - the Markdown files of a corpus folder. */
#ifndef WALK_H
#define WALK_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "text.h"

enum {
	WALK_MAX_FILE = 16 * 1024 * 1024, /* bytes of one file */
	WALK_MAX_DEPTH = 64,		  /* folders below the root */
};

/* What tells without reading that a file is the one it was. All 0: nothing is known. */
struct stamp {
	int64_t size;		/* bytes */
	int64_t written, moved; /* mtime and ctime, nanoseconds of the epoch */
	uint64_t inode;
};

struct walk_file {
	char *path; /* below the root, with '/' */
	struct stamp stamp;
};

struct walk {
	struct walk_file *files; /* sorted by strcmp of their paths: the same on every machine */
	size_t n, cap;
};

/* Told of what is passed over: a path below the root and why. */
typedef void walk_warn(void *data, const char *path, const struct error *e);

/* Finds the regular files named *.md or *.markdown (any case) below root, in folders whose names do
 * not begin with a dot and are not node_modules; names in ".#" and "._" (editors, file managers)
 * are passed over. Symbolic links are followed inside the corpus; one that leaves it, dangles or
 * loops is warned of and passed over, and so is what cannot be read, or looked at, unless it is
 * known to be of no interest or went while the corpus was walked. Fails only when root itself
 * cannot be read or memory is out. Free with walk_free. */
int walk_corpus(struct walk *w, const char *root, walk_warn *warn, void *data, struct error *e);
void walk_free(struct walk *w);

/* Reads a whole file (root/path) into out, cleared first. STATUS_LIMIT past WALK_MAX_FILE,
 * STATUS_INPUT with the line for bytes that are no UTF-8 or NUL, STATUS_IO, STATUS_NOT_FOUND. Never
 * blocks on a FIFO. */
int walk_read(struct buf *out, const char *root, const char *path, struct error *e);
/* The same of a page of a corpus: STATUS_INPUT when the path, by a link put there since the walk,
 * leads out of root. */
int walk_read_page(struct buf *out, const char *root, const char *path, struct error *e);

#endif

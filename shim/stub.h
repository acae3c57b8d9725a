/* stub.h - a file that lists the parts of an index, in the words of Xapian's stub files:
 *
 *     # the notes stand first: metadata and spelling are read from the first part only
 *     auto notes.db
 *     glass /srv/shards/0
 *     remote 192.0.2.7:7101
 *
 * Xapian reads such a file too, but waits for a remote part as long as it pleases, has no address
 * to name when one is missing, and takes all or nothing; so it is read here. */
#ifndef STUB_H
#define STUB_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

enum { STUB_MAX_BYTES = 64 * 1024, SHARDS_MAX = 64 };

struct stub_part {
	char *name; /* a path, told from the folder of the stub; or HOST:PORT as written */
	char *host; /* NULL: a local part */
	unsigned port;
};

struct stub {
	struct stub_part *list;
	size_t n;
};

/* Does a file hold such a list, well written or not? It is text, which no database is, also a
 * damaged one. */
bool stub_is_list(const char *path);
/* Reads a stub of one part or more. STATUS_CORRUPT when it is none, with the line at fault in the
 * detail. Free with stub_free, which takes a zeroed one too. */
int stub_read(struct stub *s, const char *path, struct error *e);
void stub_free(struct stub *s);

#endif

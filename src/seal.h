/* seal.h - checksums behind the end of a database's one file.
 *
 * Xapian keeps none, and some damage to the first bytes of a file, from which all else is found,
 * crashes it before it can throw. So a line is put behind the database (Xapian does not look
 * there): checksums (text_checksum) of its head and of the whole. They tell damage, not forgery.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stdbool.h>

#include "error.h"

enum { SEAL_HEAD = 16 * 1024 }; /* bytes of the head, or all when there are fewer */

/* Seals a file that has no seal yet, and syncs it. */
int seal_put(const char *path, struct error *e);
/* Is the file what was sealed: its length and its head, or with `whole` every byte? STATUS_CORRUPT
 * if it is not, or has no seal; STATUS_IO for a folder. */
int seal_check(const char *path, bool whole, struct error *e);

#endif

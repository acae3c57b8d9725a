/* place.h - the folder of an index: its one file, and what a build has beside it.
 *
 *     trouvaille.db  the index, one sealed file (seal.h); changes by rename only. Or a list of
 *                    shards (stub.h), each a sealed file:
 *     trouvaille.G.notes.db, trouvaille.G.0.db ...
 *                    the shards of generation G, and what belongs to the whole. The generation
 *                    before stays until the next switch, for readers that have just read its list
 *     build.tmp      a directory: the databases being written
 *     next.tmp       the same as one file, about to be switched in
 *     lock           held by the process that writes, and holds its number
 *
 * A reader keeps the file that it opened, whatever is switched in since. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct place {
	char *index; /* the folder */
	char *database, *scratch, *next, *lock;
	int lock_fd;
	unsigned making; /* generation of shards being written; 0 for none */
};

/* Databases that become one file. */
struct place_volume {
	const char **dirs;
	size_t n;
};

/* Makes the folder when missing, takes its lock and clears what a killed build left. STATUS_LOCKED,
 * with the number of the process that holds it, when one does. On failure there is nothing to
 * close. */
int place_open(struct place *p, const char *index, struct error *e);
/* Clears what is beside the index, and lets the lock go. */
void place_close(struct place *p);

/* Removes the scratch directory, and all in it. */
void place_clear(const struct place *p);
/* Compacts committed databases to one file, lets it be finished, gives it the mode and the group of
 * the index that it replaces, seals and syncs it, reads all of it again, and renames it over that.
 * -1 with *e: the old index stands; or with MSG_MADE_UNSURE, when only the folder could not be
 * synced, the new one does, and after a loss of power either. */
int place_switch(const struct place *p, const char *const *dirs, size_t n,
		 int (*finish)(void *data, const char *file, struct error *e), void *data,
		 struct error *e);

/* The same for n volumes: each becomes a file of its own, and a list of them the index. The first
 * holds what belongs to the whole and no documents. */
int place_switch_shards(struct place *p, const struct place_volume *volumes, size_t n,
			struct error *e);
/* Makes sure that the index at hand outlasts a loss of power, since an earlier switch may have
 * failed to: MSG_MADE_UNSURE. */
int place_settle(const struct place *p, struct error *e);
/* Is a file of an index, one of so many, what was sealed? Every byte, while all are small; else its
 * length and head. */
enum { PLACE_CHECK_MAX = 64 << 20 }; /* bytes of all: some 35 ms */
int place_check(const char *file, size_t of, struct error *e);

/* Is the index a list that place_switch_shards made? Then *notes becomes the path of the first
 * part, which the caller frees, else NULL. -1 with *e when a part is not what was sealed. */
int place_shards(const struct place *p, char **notes, struct error *e);

/* How many shards does the index have by its list? 0 when it is none that place_switch_shards made.
 */
size_t place_count_shards(const char *index);

/* Is there in the folder what a killed build left, or shards that no reader wants? Removes it if
 * told to. STATUS_LOCKED when a build is running, STATUS_IO when none could take the lock. */
int place_leavings(const char *index, bool remove, bool *left, struct error *e);

/* The database in an index folder; a new C string or NULL. */
char *place_database(const char *index);
/* Why stat() or access() of that path failed, by errno: STATUS_NOT_FOUND where there is none,
 * STATUS_IO where a folder is closed to this user, who cannot know. Returns -1. */
int place_not_seen(const char *index, const char *database, struct error *e);

#endif

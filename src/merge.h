/* merge.h - databases become one file, as many at a time as the process may hold open. */
#ifndef MERGE_H
#define MERGE_H

#include <stddef.h>

#include "error.h"

/* How many open files merging asks for at most; a process that may open more does not need them. */
enum { MERGE_FILES = 4096 };

/* As xap_compact(dirs, n, file), but no matter how many they are: where they are more than can be
 * open at once (RLIMIT_NOFILE), some become files in the folder `scratch` first, which are gone
 * afterwards if all went well. */
int merge(const char *const *dirs, size_t n, const char *scratch, const char *file,
	  struct error *e);

#endif

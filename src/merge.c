#include "merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "text.h"
#include "xap.h"

/* Files of an open database; what a process has open besides. */
enum { FILES = 7, BESIDES = 40 };

static size_t at_once(void)
{
	struct rlimit limit;
	size_t most = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MERGE_FILES
			      ? (size_t)limit.rlim_cur
			      : MERGE_FILES;
	size_t n = most > BESIDES ? (most - BESIDES) / FILES : 0;
	return n > 2 ? n : 2;
}

/* A round: n databases become about n / some. */
struct round {
	char **names; /* of the files made */
	size_t n;
};

static void round_free(struct round *r)
{
	for (size_t i = 0; i < r->n; i++) {
		unlink(r->names[i]);
		free(r->names[i]);
	}
	free(r->names);
	*r = (struct round){0};
}

static int round_make(struct round *r, const char *const *dirs, size_t n, size_t some,
		      const char *scratch, unsigned number, struct error *e)
{
	*r = (struct round){calloc(n / some + 1, sizeof *r->names), 0};
	if (!r->names)
		return error_memory(e);
	for (size_t i = 0; i < n; i += some) {
		char *name = NULL;
		if (asprintf(&name, "%s/merged.%u.%zu", scratch, number, r->n) < 0)
			return error_memory(e);
		r->names[r->n++] = name;
		if (xap_compact(dirs + i, n - i < some ? n - i : some, name, e) != 0)
			return -1;
	}
	return 0;
}

int merge(const char *const *dirs, size_t n, const char *scratch, const char *file, struct error *e)
{
	struct round last = {0};
	const size_t some = at_once();
	int result = 0;
	for (unsigned number = 0; result == 0 && n > some; number++) {
		struct round next;
		result = round_make(&next, dirs, n, some, scratch, number, e);
		round_free(&last);
		last = next;
		dirs = (const char *const *)last.names;
		n = last.n;
	}
	if (result == 0)
		result = xap_compact(dirs, n, file, e);
	round_free(&last);
	return result;
}

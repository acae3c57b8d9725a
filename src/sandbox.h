/* sandbox.h - the web program locks itself before it reads a byte of a request.
 *
 * Landlock: nothing of the file system but the index folder, to be read; no TCP. seccomp: only the
 * system calls that a query needs; no other program, no socket, no file opened for writing. A file
 * that was opened before, the log of questions, can be appended to, and not written over.
 * Resource limits: memory, open files, no core file. What the kernel lacks is told to `log`, and
 * the rest is done. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

#include "error.h"

struct sandbox {
	const char *index; /* folder */
	bool accepts;	   /* FastCGI: connections on standard input are accepted */
	void (*log)(void *data, const struct error *e);
	void *data;
};

/* Does the kernel have Landlock? */
bool sandbox_has_landlock(void);

/* There is no way back. Nothing under AddressSanitizer, which needs more than a query does. */
void sandbox_enter(const struct sandbox *s);

#endif

#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int error_at(struct error *e, enum status status, enum message what, const char *detail, long line)
{
	if (!e)
		return -1;
	e->status = status;
	e->what = what;
	e->line = line;
	size_t n = detail ? strlen(detail) : 0;
	if (n >= sizeof e->detail) {
		n = sizeof e->detail - 1;
		while (n && ((unsigned char)detail[n] & 0xC0) == 0x80)
			n--;
	}
	if (n)
		memcpy(e->detail, detail, n);
	e->detail[n] = '\0';
	return -1;
}

int error_set(struct error *e, enum status status, enum message what, const char *detail)
{
	return error_at(e, status, what, detail, 0);
}

int error_memory(struct error *e)
{
	return error_set(e, STATUS_NO_MEMORY, MSG_NO_MEMORY, NULL);
}

int error_system(struct error *e, const char *name)
{
	char text[sizeof e->detail];
	int number = errno;
	snprintf(text, sizeof text, "%s: %s", name, strerror(number));
	return error_set(e, number == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, MSG_SYSTEM, text);
}

/* fuzz_settings.c - any file of settings: read or refused with a line, never more. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../src/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The bytes as a file that has a name. */
static int make_file(char *name, size_t room, const uint8_t *data, size_t size)
{
	int fd = memfd_create("settings", 0);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(name, room, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s;
	struct error e = {0};
	char name[64];
	int fd = make_file(name, sizeof name, data, size);
	if (settings_read(&s, name, &e) != 0) {
		require(e.what != MSG_NONE && s.file && strcmp(s.file, name) == 0);
	} else {
		for (int which = 0; which < SETTINGS; which++) {
			for (size_t i = 0; i < s.of[which].n; i++)
				require(s.of[which].list[i] && *s.of[which].list[i]);
		}
	}
	settings_free(&s);
	close(fd);
	return 0;
}

#include "watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "walk.h"

struct watch {
	const char *const *roots;
	size_t n;
	const char *index;
	int fd;
	bool missing; /* a root is not there */
};

/* A file is read when it is closed: one being written is not done. */
static const uint32_t events = IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE | IN_ATTRIB |
			       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

static bool is_index(const struct watch *w, const struct stat *st)
{
	struct stat index;
	return stat(w->index, &index) == 0 && index.st_dev == st->st_dev &&
	       index.st_ino == st->st_ino;
}

static int add_folder(struct watch *w, const char *path, unsigned depth, struct error *e);

/* Folders only; what cannot be told without asking is asked when it is watched. */
static int add_below(struct watch *w, DIR *dir, const char *path, unsigned depth, struct error *e)
{
	int result = 0;
	for (struct dirent *entry; result == 0 && (entry = readdir(dir));) {
		char *child = NULL;
		if (entry->d_name[0] == '.' ||
		    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		if (asprintf(&child, "%s/%s", path, entry->d_name) < 0)
			return error_memory(e);
		result = add_folder(w, child, depth + 1, e);
		free(child);
	}
	return result;
}

/* A folder that went away meanwhile is none. */
static int add_folder(struct watch *w, const char *path, unsigned depth, struct error *e)
{
	struct stat st;
	if (depth > WALK_MAX_DEPTH || stat(path, &st) != 0 || is_index(w, &st))
		return 0;
	/* watched before it is read, so that nothing made in between is missed */
	if (inotify_add_watch(w->fd, path, events) < 0)
		return errno == ENOSPC ? error_set(e, STATUS_LIMIT, MSG_WATCH_LIMIT, NULL) : 0;
	DIR *dir = opendir(path);
	if (!dir)
		return 0;
	int result = add_below(w, dir, path, depth, e);
	closedir(dir);
	return result;
}

/* Adding a folder twice is nothing: so new ones are found by adding all. */
static int add_all(struct watch *w, struct error *e)
{
	int result = 0;
	w->missing = false;
	for (size_t i = 0; result == 0 && i < w->n; i++) {
		w->missing = w->missing || access(w->roots[i], F_OK) != 0;
		result = add_folder(w, w->roots[i], 0, e);
	}
	return result;
}

struct watch *watch_open(const char *const *roots, size_t n, const char *index, struct error *e)
{
	struct watch *w = malloc(sizeof *w);
	if (!w) {
		error_memory(e);
		return NULL;
	}
	*w = (struct watch){roots, n, index, inotify_init1(IN_NONBLOCK | IN_CLOEXEC), false};
	if (w->fd < 0)
		error_system(e, "inotify");
	if (w->fd >= 0 && add_all(w, e) == 0)
		return w;
	watch_close(w);
	return NULL;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

static long milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

/* What happened, and whether the queue ran over, is all the same: everything is looked at. */
static void drain(int fd)
{
	char block[16 * 1024];
	while (read(fd, block, sizeof block) > 0 || errno == EINTR)
		;
}

int watch_wait(struct watch *w, int stop, bool failed, struct error *e)
{
	struct pollfd p[2] = {{w->fd, POLLIN, 0}, {stop, POLLIN, 0}};
	int wait = w->missing ? WATCH_MISSING : failed ? WATCH_RETRY : WATCH_ANYWAY;
	long end = 0;
	for (;;) {
		int got = poll(p, 2, wait);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(e, "poll");
		if (p[1].revents)
			return 0;
		if (got == 0 || (end && milliseconds() > end))
			break;
		drain(w->fd);
		if (!end)
			end = milliseconds() + WATCH_LONGEST;
		wait = WATCH_QUIET;
	}
	return add_all(w, e) == 0 ? 1 : -1;
}

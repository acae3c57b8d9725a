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

enum { LINKS_MAX = 40 }; /* as the kernel follows */

struct watch {
	const char *const *roots;
	size_t n;
	const char *index;
	int fd;	 /* what is below the roots */
	int way; /* the folders on the way to them, where a link or a folder may be switched */
	struct buf names; /* on the way, each between two '/' */
	uint64_t ends;	  /* which folders the roots are */
	bool missing;	  /* a root is not there */
};

/* A file is read when it is closed: one being written is not done. */
static const uint32_t events = IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE | IN_ATTRIB |
			       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
static const uint32_t way_events = IN_CREATE | IN_DELETE | IN_MOVE | IN_ONLYDIR;

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

/* ---- the way to a root --------------------------------------------------------------------------
 *
 * Deploying often means that a link is switched from one folder to another, or a folder renamed to
 * the place of another: nothing happens in those that were watched. So each folder in which a name
 * of the way stands is watched too. */

/* The path with what a link says in the place of its name, which is path[start] to before
 * path[end]. A new string; NULL when that is no link. */
static char *follow(const char *path, size_t start, size_t end)
{
	char link[PATH_MAX], *longer = NULL, *name = text_copy(path, end);
	ssize_t n = name ? readlink(name, link, sizeof link - 1) : -1;
	free(name);
	if (n < 0)
		return NULL;
	link[n] = '\0';
	return asprintf(&longer, "%.*s%s%s", link[0] == '/' ? 0 : (int)start, path, link,
			path + end) < 0
		       ? NULL
		       : longer;
}

/* The folder of the name that begins at path[start]. */
static int add_way_folder(struct watch *w, const char *path, size_t start, struct error *e)
{
	char *folder = start ? text_copy(path, start) : text_copy(".", 1);
	if (!folder)
		return error_memory(e);
	int got = inotify_add_watch(w->way, folder, way_events), why = errno;
	free(folder);
	return got < 0 && why == ENOSPC ? error_set(e, STATUS_LIMIT, MSG_WATCH_LIMIT, NULL) : 0;
}

/* Name by name, as far as they are there. */
static int add_way(struct watch *w, const char *root, struct error *e)
{
	char *path = text_copy(root, strlen(root));
	size_t start = 0;
	int links = 0, result = path ? 0 : error_memory(e);
	while (result == 0) {
		start += strspn(path + start, "/");
		size_t end = start + strcspn(path + start, "/");
		if (start == end || (result = add_way_folder(w, path, start, e)) != 0)
			break;
		buf_add(&w->names, path + start, end - start);
		buf_putc(&w->names, '/');
		char *longer = follow(path, start, end);
		if (!longer) {
			start = end;
			continue;
		}
		start = longer[0] == '/' ? 0 : start;
		free(path);
		path = longer;
		if (++links > LINKS_MAX)
			break;
	}
	free(path);
	return result == 0 && w->names.failed ? error_memory(e) : result;
}

static uint64_t find_ends(const struct watch *w)
{
	uint64_t ends = TEXT_HASH_START;
	for (size_t i = 0; i < w->n; i++) {
		struct stat st;
		uint64_t end[2] = {0, 0};
		if (stat(w->roots[i], &st) == 0) {
			end[0] = st.st_dev;
			end[1] = st.st_ino;
		}
		ends = text_hash(ends, (const char *)end, sizeof end);
	}
	return ends;
}

/* The folders of before are watched no more. */
static int begin(struct watch *w, struct error *e)
{
	if (w->fd >= 0)
		close(w->fd);
	if (w->way >= 0)
		close(w->way);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	w->way = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return w->fd >= 0 && w->way >= 0 ? 0 : error_system(e, "inotify");
}

/* Adding a folder twice is nothing: so new ones are found by adding all. The ways come first, so
 * that a switch made meanwhile is not missed. */
static int add_all(struct watch *w, struct error *e)
{
	uint64_t ends = find_ends(w);
	int result = w->fd < 0 || ends != w->ends ? begin(w, e) : 0;
	buf_clear(&w->names);
	buf_putc(&w->names, '/');
	for (size_t i = 0; result == 0 && i < w->n; i++)
		result = add_way(w, w->roots[i], e);
	w->ends = find_ends(w);
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
	*w = (struct watch){.roots = roots, .n = n, .index = index, .fd = -1, .way = -1};
	w->names = buf_new(1 << 20);
	if (add_all(w, e) == 0)
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
	if (w->way >= 0)
		close(w->way);
	buf_free(&w->names);
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

static bool is_on_way(const struct watch *w, const struct inotify_event *event)
{
	size_t n = event->len ? strlen(event->name) : 0;
	for (const char *at = w->names.s; n && (at = strstr(at, event->name)); at++) {
		if (at[-1] == '/' && at[n] == '/')
			return true;
	}
	return n == 0; /* of which name is not known: the queue ran over */
}

/* Others may be busy in the folders on the way: only its own names count. */
static bool drain_way(const struct watch *w)
{
	_Alignas(struct inotify_event) char block[16 * 1024];
	const struct inotify_event *event;
	bool change = false;
	for (ssize_t n; (n = read(w->way, block, sizeof block)) > 0 || errno == EINTR;) {
		for (char *at = block; n > 0 && at < block + n; at += sizeof *event + event->len) {
			event = (const struct inotify_event *)(const void *)at;
			change = change || is_on_way(w, event);
		}
	}
	return change;
}

static bool is_change(const struct watch *w, const struct pollfd *below, const struct pollfd *way)
{
	bool change = way->revents && drain_way(w);
	if (below->revents)
		drain(w->fd);
	return change || below->revents;
}

int watch_wait(struct watch *w, int stop, bool failed, struct error *e)
{
	struct pollfd p[3] = {{w->fd, POLLIN, 0}, {w->way, POLLIN, 0}, {stop, POLLIN, 0}};
	long now = milliseconds(), last = 0, until;
	until = now + (w->missing ? WATCH_MISSING : failed ? WATCH_RETRY : WATCH_ANYWAY);
	while (now < until) {
		int got = poll(p, 3, (int)(until - now));
		if (got < 0 && errno != EINTR)
			return error_system(e, "poll");
		now = milliseconds();
		if (got > 0 && p[2].revents)
			return 0;
		if (got <= 0 || !is_change(w, &p[0], &p[1]))
			continue;
		last = last ? last : now + WATCH_LONGEST;
		until = now + WATCH_QUIET < last ? now + WATCH_QUIET : last;
	}
	return add_all(w, e) == 0 ? 1 : -1;
}

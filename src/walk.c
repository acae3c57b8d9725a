#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct folder { /* the chain of folders being read, to see a loop */
	const struct folder *above;
	dev_t dev;
	ino_t ino;
	unsigned depth;
};

struct walker {
	struct walk *found;
	char *root; /* resolved */
	walk_warn *warn;
	void *data;
	struct error *e;
};

static bool is_markdown(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot != name &&
	       (strcasecmp(dot, ".md") == 0 || strcasecmp(dot, ".markdown") == 0);
}

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int add_file(struct walker *w, const char *path, const struct stat *st)
{
	struct walk *f = w->found;
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 256;
		struct walk_file *files = realloc(f->files, cap * sizeof *files);
		if (!files)
			return error_memory(w->e);
		f->files = files;
		f->cap = cap;
	}
	const struct stamp stamp = {st->st_size, nanoseconds(st->st_mtim), nanoseconds(st->st_ctim),
				    st->st_ino};
	f->files[f->n] = (struct walk_file){text_copy(path, strlen(path)), stamp};
	return f->files[f->n].path ? (f->n++, 0) : error_memory(w->e);
}

static void warn(struct walker *w, const char *path, enum message what)
{
	struct error e;
	error_set(&e, STATUS_INPUT, what, NULL);
	w->warn(w->data, path, &e);
}

static void warn_errno(struct walker *w, const char *path)
{
	struct error e;
	error_set(&e, STATUS_IO, MSG_SYSTEM, strerror(errno));
	w->warn(w->data, path, &e);
}

/* Both resolved. */
static bool is_below(const char *path, const char *root)
{
	size_t n = strlen(root);
	return strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0' || n == 1);
}

/* Does this link lead somewhere inside the corpus? */
static bool stays_inside(struct walker *w, const char *path, const char *full)
{
	char *target = realpath(full, NULL);
	if (!target) {
		if (errno == ELOOP)
			warn(w, path, MSG_LINK_LOOP);
		else if (errno == ENOENT)
			warn(w, path, MSG_LINK_DANGLES);
		else
			warn_errno(w, path);
		return false;
	}
	bool inside = is_below(target, w->root);
	free(target);
	if (!inside)
		warn(w, path, MSG_LINK_LEAVES);
	return inside;
}

static int walk_folder(struct walker *w, const char *path, const struct folder *above);

/* By errno: what is not there any more went while the corpus was walked. */
static bool is_gone(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

/* By errno: without it the index would be wrong, though nothing is wrong with the corpus. */
static bool is_ours(void)
{
	return errno == ENOMEM || errno == EMFILE || errno == ENFILE;
}

/* What cannot be looked at, by errno: it is told of, unless its name and its folder's word for its
 * kind (DT_UNKNOWN: none) say that it would not have been a page or a folder of pages. */
static int warn_unseen(struct walker *w, const char *path, const struct dirent *entry)
{
	unsigned char kind = entry->d_type;
	bool may_hold =
		(kind == DT_DIR || kind == DT_LNK || kind == DT_UNKNOWN) && entry->d_name[0] != '.';
	if (is_ours())
		return error_system(w->e, path);
	if (!is_gone() && (may_hold || (is_markdown(entry->d_name) && kind != DT_DIR)))
		warn_errno(w, path);
	return 0;
}

static int walk_entry(struct walker *w, const char *path, const struct dirent *entry,
		      const struct folder *above)
{
	const char *name = entry->d_name;
	char *full = NULL;
	struct stat st;
	int result = 0;
	if (asprintf(&full, "%s/%s", w->root, path) < 0)
		return error_memory(w->e);
	if (lstat(full, &st) != 0) {
		result = warn_unseen(w, path, entry);
		goto done;
	}
	bool link = S_ISLNK(st.st_mode);
	if (link && stat(full, &st) == 0 && !S_ISDIR(st.st_mode) && !is_markdown(name))
		goto done; /* a link to a picture is none of our business */
	if (link && !stays_inside(w, path, full))
		goto done;
	if (link && stat(full, &st) != 0) {
		result = warn_unseen(w, path, entry);
		goto done;
	}
	if (S_ISDIR(st.st_mode) && name[0] == '.')
		goto done; /* is_passed_over could not know that ".x.md" is a folder */
	if (S_ISDIR(st.st_mode)) {
		for (const struct folder *f = above; f; f = f->above) {
			if (f->dev == st.st_dev && f->ino == st.st_ino) {
				warn(w, path, MSG_LINK_LOOP);
				goto done;
			}
		}
		result = walk_folder(w, path, above);
	} else if (is_markdown(name)) {
		if (S_ISREG(st.st_mode))
			result = add_file(w, path, &st);
		else
			warn(w, path, MSG_NOT_REGULAR);
	}
done:
	free(full);
	return result;
}

/* Hidden folders (.git), the packages that a site's generator brought along, and what editors and
 * file managers leave beside a file; but a page may well be called "..md" (tldr's is about the
 * command "."). */
static bool is_passed_over(const char *name)
{
	if (name[0] != '.')
		return strcmp(name, "node_modules") == 0;
	return !is_markdown(name) || name[1] == '#' || name[1] == '_';
}

static int walk_folder(struct walker *w, const char *path, const struct folder *above)
{
	char *full = NULL;
	int result = 0;
	if (asprintf(&full, "%s/%s", w->root, path) < 0)
		return error_memory(w->e);
	struct stat st;
	DIR *dir = opendir(full);
	free(full);
	if (!dir || fstat(dirfd(dir), &st) != 0) {
		int why = errno;
		if (dir)
			closedir(dir);
		errno = why;
		if (!*path || is_ours())
			return error_system(w->e, *path ? path : w->root);
		if (!is_gone())
			warn_errno(w, path);
		return 0;
	}
	struct folder here = {above, st.st_dev, st.st_ino, above ? above->depth + 1 : 0};
	if (here.depth > WALK_MAX_DEPTH) {
		warn(w, path, MSG_TOO_DEEP);
		closedir(dir);
		return 0;
	}
	for (struct dirent *entry; result == 0 && (errno = 0, entry = readdir(dir));) {
		if (is_passed_over(entry->d_name))
			continue;
		char *child = NULL;
		if (asprintf(&child, "%s%s%s", path, *path ? "/" : "", entry->d_name) < 0)
			result = error_memory(w->e);
		else
			result = walk_entry(w, child, entry, &here);
		free(child);
	}
	if (result == 0 && errno) { /* what else is in it is not known */
		if (*path)
			warn_errno(w, path);
		else
			result = error_system(w->e, w->root);
	}
	closedir(dir);
	return result;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct walk_file *)a)->path, ((const struct walk_file *)b)->path);
}

int walk_corpus(struct walk *found, const char *root, walk_warn *warn_of, void *data,
		struct error *e)
{
	*found = (struct walk){0};
	struct walker w = {found, realpath(root, NULL), warn_of, data, e};
	if (!w.root)
		return error_system(e, root);
	int result = walk_folder(&w, "", NULL);
	free(w.root);
	if (result != 0)
		walk_free(found);
	else if (found->n)
		qsort(found->files, found->n, sizeof *found->files, by_path);
	return result;
}

void walk_free(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->files[i].path);
	free(w->files);
	*w = (struct walk){0};
}

static long line_of(const char *s, size_t n)
{
	long line = 1;
	for (const char *p = s; (p = memchr(p, '\n', (size_t)(s + n - p))); p++)
		line++;
	return line;
}

static int read_all(struct buf *out, int fd, struct error *e)
{
	char chunk[65536];
	ssize_t got;
	buf_clear(out);
	while ((got = read(fd, chunk, sizeof chunk)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(e, STATUS_IO, MSG_SYSTEM, strerror(errno));
		if (out->n + (size_t)got > WALK_MAX_FILE)
			return error_at(e, STATUS_LIMIT, MSG_FILE_TOO_LARGE, NULL,
					line_of(out->s, out->n));
		buf_add(out, chunk, (size_t)got);
	}
	buf_add(out, "", 0);
	return out->failed ? error_memory(e) : 0;
}

/* Where an open file is, whatever its path has become meanwhile. Without /proc nobody knows. */
static int check_inside(int fd, const char *root, struct error *e)
{
	char name[40], place[PATH_MAX];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, place, sizeof place - 1);
	char *resolved = n < 0 ? NULL : realpath(root, NULL);
	int why = errno;
	if (n < 0)
		return 0;
	if (!resolved)
		return why == ENOMEM ? error_memory(e)
				     : error_set(e, STATUS_IO, MSG_SYSTEM, strerror(why));
	place[n] = '\0';
	bool inside = is_below(place, resolved);
	free(resolved);
	return inside ? 0 : error_set(e, STATUS_INPUT, MSG_LINK_LEAVES, NULL);
}

/* Opens a file in the knowledge that its path does not leave root: -1 also when the kernel cannot
 * tell (before Linux 5.6), or when a link names a place in full. */
static int open_beneath(const char *root, const char *path)
{
	const struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
				     .resolve = RESOLVE_BENEATH};
	int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -1;
	long fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
	close(folder);
	return (int)fd;
}

/* *beneath: it is known to be below root. */
static int open_file(const char *root, const char *path, bool *beneath, struct error *e)
{
	char *full = NULL;
	int fd = *beneath ? open_beneath(root, path) : -1;
	*beneath = fd >= 0;
	if (fd >= 0)
		return fd;
	if (asprintf(&full, "%s/%s", root, path) < 0)
		return error_memory(e);
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	free(full);
	if (fd >= 0)
		return fd;
	if (errno == ENOMEM)
		return error_memory(e);
	if (errno == EMFILE || errno == ENFILE) { /* nothing is wrong with this one */
		error_system(e, path);
		e->status = STATUS_NO_MEMORY;
		return -1;
	}
	return error_set(e, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, MSG_SYSTEM,
			 strerror(errno));
}

static int read_file(struct buf *out, const char *root, const char *path, bool inside,
		     struct error *e)
{
	struct stat st;
	bool beneath = inside;
	int fd = open_file(root, path, &beneath, e);
	if (fd < 0)
		return -1;
	int result = inside && !beneath ? check_inside(fd, root, e) : 0;
	if (result == 0 && fstat(fd, &st) != 0)
		result = error_set(e, STATUS_IO, MSG_SYSTEM, strerror(errno));
	if (result == 0)
		result = S_ISREG(st.st_mode) ? read_all(out, fd, e)
					     : error_set(e, STATUS_INPUT, MSG_NOT_REGULAR, NULL);
	close(fd);
	if (result != 0)
		return -1;
	size_t bad = utf8_check(out->s, out->n);
	if (bad < out->n)
		return error_at(e, STATUS_INPUT, out->s[bad] ? MSG_BAD_UTF8 : MSG_NUL_BYTE, NULL,
				line_of(out->s, bad));
	return 0;
}

int walk_read(struct buf *out, const char *root, const char *path, struct error *e)
{
	return read_file(out, root, path, false, e);
}

int walk_read_page(struct buf *out, const char *root, const char *path, struct error *e)
{
	return read_file(out, root, path, true, e);
}

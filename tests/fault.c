/* fault.c - preloaded before a program: makes one of its calls fail, or ends it there.
 *
 * Counts the calls that write, sync, rename, make or remove, from 1; those of memory too.
 *   FAULT_AT=n FAULT_ERRNO=e   the nth call fails so
 *   FAULT_AT=n FAULT_KILL=1    the process is killed instead of the nth call
 *   FAULT_AT=n FAULT_CUT=0|1   the power goes: what was written and not synced is lost; renames
 *                              whose folder was not synced are undone (0) or stand (1)
 *   FAULT_ALLOC=n              the nth allocation gives nothing; FAULT_TRACE=1 tells which
 *   FAULT_COUNT=file           "calls allocations" at the end
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

enum { FILES = 256, FDS = 1024, PATH = 1024 };

static struct {
	long calls, allocations, at, alloc;
	int number, kill, cut;
	bool ready, busy;
	char path[FILES][PATH];
	bool dirty[FILES];
	size_t n;
	int of[FDS]; /* 1 + the file of a descriptor */
	char from[PATH], to[PATH];
	bool renamed, over; /* not yet sure; there was a file before */
} f;

static long number(const char *name, long otherwise)
{
	const char *value = getenv(name);
	return value ? strtol(value, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
	f.at = number("FAULT_AT", 0);
	f.alloc = number("FAULT_ALLOC", 0);
	f.number = (int)number("FAULT_ERRNO", 0);
	f.kill = (int)number("FAULT_KILL", 0);
	f.cut = (int)number("FAULT_CUT", -1);
	f.calls = f.allocations = 0;
	f.ready = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *name = getenv("FAULT_COUNT");
	f.ready = false;
	FILE *file = name ? fopen(name, "w") : NULL;
	if (file) {
		fprintf(file, "%ld %ld\n", f.calls, f.allocations);
		fclose(file);
	}
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

static void backup(char *out)
{
	snprintf(out, PATH + 8, "%s.before", f.to);
}

/* The power goes. */
static void cut(void)
{
	char before[PATH + 8];
	f.busy = true;
	for (size_t i = 0; i < f.n; i++) {
		if (f.dirty[i] && truncate(f.path[i], 0) != 0)
			continue; /* it is gone, or has another name by now */
	}
	backup(before);
	if (f.renamed && f.cut == 0) {
		NEXT(int (*)(const char *, const char *), "rename")(f.to, f.from);
		if (f.over)
			NEXT(int (*)(const char *, const char *), "rename")(before, f.to);
	}
	kill(getpid(), SIGKILL);
}

/* Counts a call; true when it is to fail. */
static bool fails(void)
{
	if (!f.ready || f.busy || ++f.calls != f.at)
		return false;
	if (f.kill)
		kill(getpid(), SIGKILL);
	if (f.cut >= 0)
		cut();
	errno = f.number;
	return f.number != 0;
}

static void dirty(int fd)
{
	if (fd >= 0 && fd < FDS && f.of[fd])
		f.dirty[f.of[fd] - 1] = true;
}

static int opened(int fd, const char *path)
{
	if (fd < 0 || fd >= FDS)
		return fd;
	f.of[fd] = 0;
	for (size_t i = 0; i < f.n; i++) {
		if (strcmp(f.path[i], path) == 0)
			f.of[fd] = (int)i + 1;
	}
	if (!f.of[fd] && f.n < FILES) {
		snprintf(f.path[f.n], PATH, "%s", path);
		f.of[fd] = (int)++f.n;
	}
	return fd;
}

static int open_by(const char *name, const char *path, int flags, mode_t mode)
{
	bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
	if (writes && fails())
		return -1;
	int fd = NEXT(int (*)(const char *, int, mode_t), name)(path, flags, mode);
	if (writes)
		opened(fd, path);
	else if (fd >= 0 && fd < FDS)
		f.of[fd] = 0;
	return fd;
}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...);                                                \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list list;                                                                      \
		va_start(list, flags);                                                             \
		mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                          \
		va_end(list);                                                                      \
		return open_by(#name, path, flags, mode);                                          \
	}
OPEN(open)
OPEN(open64)

int dup(int fd)
{
	int copy = NEXT(int (*)(int), "dup")(fd);
	if (copy >= 0 && copy < FDS)
		f.of[copy] = fd >= 0 && fd < FDS ? f.of[fd] : 0;
	return copy;
}

ssize_t write(int fd, const void *s, size_t n)
{
	if (fd > 2 && fails())
		return -1;
	dirty(fd);
	return NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, s, n);
}

ssize_t pwrite(int fd, const void *s, size_t n, off_t at)
{
	if (fails())
		return -1;
	dirty(fd);
	return NEXT(ssize_t(*)(int, const void *, size_t, off_t), "pwrite")(fd, s, n, at);
}

ssize_t pwrite64(int fd, const void *s, size_t n, off64_t at)
{
	if (fails())
		return -1;
	dirty(fd);
	return NEXT(ssize_t(*)(int, const void *, size_t, off64_t), "pwrite64")(fd, s, n, at);
}

/* A synced folder makes its renames sure. */
static void synced(int fd)
{
	char before[PATH + 8];
	if (fd >= 0 && fd < FDS && f.of[fd]) {
		f.dirty[f.of[fd] - 1] = false;
		return;
	}
	backup(before);
	if (f.renamed && f.over)
		NEXT(int (*)(const char *), "unlink")(before);
	f.renamed = false;
}

#define SYNC(name)                                                                                 \
	int name(int fd)                                                                           \
	{                                                                                          \
		if (fails())                                                                       \
			return -1;                                                                 \
		int result = NEXT(int (*)(int), #name)(fd);                                        \
		if (result == 0)                                                                   \
			synced(fd);                                                                \
		return result;                                                                     \
	}
SYNC(fsync)
SYNC(fdatasync)

int ftruncate(int fd, off_t n)
{
	if (fails())
		return -1;
	dirty(fd);
	return NEXT(int (*)(int, off_t), "ftruncate")(fd, n);
}

int rename(const char *from, const char *to)
{
	char before[PATH + 8];
	if (fails())
		return -1;
	/* Xapian's own renames are in the scratch folder, which is lost anyway */
	if (f.cut >= 0 && strstr(to, "trouvaille.db")) {
		snprintf(f.from, PATH, "%s", from);
		snprintf(f.to, PATH, "%s", to);
		backup(before);
		f.over = link(to, before) == 0;
		f.renamed = true;
	}
	for (size_t i = 0; i < f.n; i++) {
		if (strcmp(f.path[i], from) == 0)
			snprintf(f.path[i], PATH, "%s", to);
	}
	return NEXT(int (*)(const char *, const char *), "rename")(from, to);
}

int mkdir(const char *path, mode_t mode)
{
	return fails() ? -1 : NEXT(int (*)(const char *, mode_t), "mkdir")(path, mode);
}

int unlink(const char *path)
{
	return fails() ? -1 : NEXT(int (*)(const char *), "unlink")(path);
}

static bool starves(void)
{
	if (!f.ready || ++f.allocations != f.alloc)
		return false;
	if (getenv("FAULT_TRACE")) {
		void *frames[16];
		f.ready = false;
		backtrace_symbols_fd(frames, backtrace(frames, 16), 2);
	}
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return starves() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return starves() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return starves() ? NULL : __libc_realloc(p, n);
}

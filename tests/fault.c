/* fault.c - preloaded before a program: makes one of its calls fail, or ends it there.
 *
 * Counts the calls that write, sync, rename, make, remove or lock, that open to write or a folder,
 * and that close what was written, from 1; those of memory too. Threads are counted together. What
 * is written by stdio goes through the same calls, since a stream that writes is made one of ours;
 * of the standard output fflush() counts.
 *   FAULT_READS=folder         opens to read below that path, of files and folders, and lstat()
 *                              are counted, and nothing else
 *   FAULT_AT=n FAULT_ERRNO=e   the nth call fails so
 *   FAULT_AT=n FAULT_KILL=1    the process is killed instead of the nth call
 *   FAULT_AT=n FAULT_CUT=0|1   the power goes: what was written and not synced is lost; renames and
 *                              new names whose folder was not synced are undone (0) or stand (1)
 *   FAULT_AT=-1 FAULT_CUT=0|1  the power goes when the process has ended, whose status stands
 *   FAULT_AT=n FAULT_ERRNO=e FAULT_CUT=0|1  both: the call fails, and in the end the power goes.
 *                              When a sync fails, what was to be synced is lost for good, which is
 *                              told once to each open of the file and no more, as Linux does
 *   FAULT_ALLOC=n              the nth allocation gives nothing; FAULT_TRACE=1 tells which
 *   FAULT_COUNT=file           "calls allocations" at the end
 *   FAULT_NAMES=file           the name of each call, a line each, at the end
 */
#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

enum { FILES = 256, FDS = 1024, PATH = 1024, NAMED = 4096, OPENS = 4096 };

static struct {
	_Atomic long calls, allocations;
	long at, alloc;
	int number, kill, cut;
	bool ready;
	atomic_bool busy;
	const char *name[NAMED]; /* of each call */
	const char *reads;
	pthread_mutex_t mutex; /* holds all below */
	char path[FILES][PATH];
	bool dirty[FILES], is_new[FILES]; /* not yet sure: content, name */
	bool lost[FILES];		  /* content: a sync failed */
	size_t n;
	int of[FDS];		/* 1 + the file of a descriptor */
	int opened[FDS], opens; /* by which open; how many there were */
	bool untold[OPENS];	/* still has to learn that a sync failed */
	char from[PATH], to[PATH];
	bool renamed, over; /* not yet sure; there was a file before */
} f = {.mutex = PTHREAD_MUTEX_INITIALIZER};

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
	f.reads = getenv("FAULT_READS");
	f.calls = f.allocations = 0;
	f.ready = true;
}

static void lose(void);

__attribute__((destructor)) static void end(void)
{
	const char *name = getenv("FAULT_COUNT");
	f.ready = false;
	if (f.cut >= 0 && (f.at < 0 || f.number))
		lose();
	FILE *file = name ? fopen(name, "w") : NULL;
	if (file) {
		fprintf(file, "%ld %ld\n", f.calls, f.allocations);
		fclose(file);
	}
	name = getenv("FAULT_NAMES");
	file = name ? fopen(name, "w") : NULL;
	for (long i = 1; file && i <= f.calls && i < NAMED; i++)
		fprintf(file, "%s\n", f.name[i]);
	if (file)
		fclose(file);
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

static void backup(char *out)
{
	snprintf(out, PATH + 8, "%s.before", f.to);
}

/* The power goes: what is not sure is gone. */
static void lose(void)
{
	char before[PATH + 8];
	pthread_mutex_lock(&f.mutex);
	f.busy = true;
	for (size_t i = 0; i < f.n; i++) {
		if ((f.dirty[i] || f.lost[i]) && truncate(f.path[i], 0) != 0)
			continue; /* it is gone, or has another name by now */
		if (f.is_new[i] && f.cut == 0)
			NEXT(int (*)(const char *), "unlink")(f.path[i]);
	}
	backup(before);
	if (f.renamed && f.cut == 0) {
		NEXT(int (*)(const char *, const char *), "rename")(f.to, f.from);
		if (f.over)
			NEXT(int (*)(const char *, const char *), "rename")(before, f.to);
	}
}

static void cut(void)
{
	lose();
	kill(getpid(), SIGKILL);
}

/* Counts a call of the kind that is counted; true when it is to fail. */
static bool fails_if(const char *name, bool counts)
{
	if (!f.ready || f.busy || !counts)
		return false;
	long call = ++f.calls;
	if (call < NAMED)
		f.name[call] = name;
	if (call != f.at)
		return false;
	if (f.kill)
		kill(getpid(), SIGKILL);
	if (f.cut >= 0 && !f.number)
		cut();
	errno = f.number;
	return f.number != 0;
}

static bool fails(const char *name)
{
	return fails_if(name, !f.reads);
}

static bool fails_to_read(const char *name, const char *path)
{
	return fails_if(name, f.reads && strncmp(path, f.reads, strlen(f.reads)) == 0);
}

static void dirty(int fd)
{
	pthread_mutex_lock(&f.mutex);
	if (fd >= 0 && fd < FDS && f.of[fd])
		f.dirty[f.of[fd] - 1] = true;
	pthread_mutex_unlock(&f.mutex);
}

/* A descriptor stands for a file that is written, or (NULL) for none. */
static void opened(int fd, const char *path, bool is_new)
{
	if (fd < 0 || fd >= FDS)
		return;
	pthread_mutex_lock(&f.mutex);
	f.of[fd] = 0;
	for (size_t i = 0; path && i < f.n; i++) {
		if (strcmp(f.path[i], path) == 0)
			f.of[fd] = (int)i + 1;
	}
	if (path && !f.of[fd] && f.n < FILES) {
		snprintf(f.path[f.n], PATH, "%s", path);
		f.of[fd] = (int)++f.n;
	}
	if (f.of[fd] && is_new)
		f.is_new[f.of[fd] - 1] = true;
	f.opened[fd] = f.opens++ % OPENS;
	f.untold[f.opened[fd]] = false;
	pthread_mutex_unlock(&f.mutex);
}

static int open_by(const char *name, const char *path, int flags, mode_t mode)
{
	bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0,
	     counts = writes || ((flags & O_DIRECTORY) && !(flags & O_PATH));
	bool is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
	if (counts ? fails(name) : fails_to_read(name, path))
		return -1;
	int fd = NEXT(int (*)(const char *, int, mode_t), "open64")(path, flags, mode);
	opened(fd, writes ? path : NULL, is_new);
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

DIR *opendir(const char *path)
{
	return fails_to_read("opendir", path) ? NULL
					      : NEXT(DIR * (*)(const char *), "opendir")(path);
}

int lstat(const char *path, struct stat *st)
{
	return fails_to_read("lstat", path)
		       ? -1
		       : NEXT(int (*)(const char *, struct stat *), "lstat")(path, st);
}

/* Nothing here writes by it: it is for folders whose content goes. */
int openat(int folder, const char *path, int flags, ...)
{
	va_list list;
	va_start(list, flags);
	mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
	va_end(list);
	if (fails("openat"))
		return -1;
	int fd = NEXT(int (*)(int, const char *, int, mode_t), "openat")(folder, path, flags, mode);
	opened(fd, NULL, false);
	return fd;
}

int dup(int fd)
{
	int copy = NEXT(int (*)(int), "dup")(fd);
	pthread_mutex_lock(&f.mutex);
	if (copy >= 0 && copy < FDS && fd >= 0 && fd < FDS) {
		f.of[copy] = f.of[fd];
		f.opened[copy] = f.opened[fd];
	}
	pthread_mutex_unlock(&f.mutex);
	return copy;
}

/* What could not be written while there was time, some file systems tell only now; the descriptor
 * is gone all the same. */
int close(int fd)
{
	pthread_mutex_lock(&f.mutex);
	bool written = fd > 2 && fd < FDS && f.of[fd];
	if (written)
		f.of[fd] = 0;
	pthread_mutex_unlock(&f.mutex);
	bool failed = written && fails("close");
	int number = errno, result = NEXT(int (*)(int), "close")(fd);
	if (!failed)
		return result;
	errno = number;
	return -1;
}

int flock(int fd, int operation)
{
	return fails("flock") ? -1 : NEXT(int (*)(int, int), "flock")(fd, operation);
}

static ssize_t write_by(const char *name, int fd, const void *s, size_t n)
{
	if (fd > 2 && fails(name))
		return -1;
	dirty(fd);
	return NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, s, n);
}

ssize_t write(int fd, const void *s, size_t n)
{
	return write_by("write", fd, s, n);
}

/* ---- stdio: within libc a stream calls what cannot be preloaded ---- */

static ssize_t stream_write(void *cookie, const char *s, size_t n)
{
	ssize_t got = write_by("fwrite", (int)(intptr_t)cookie, s, n);
	return got > 0 ? got : 0;
}

static int stream_close(void *cookie)
{
	return close((int)(intptr_t)cookie);
}

static FILE *stream_open(const char *path, const char *mode)
{
	const cookie_io_functions_t calls = {.write = stream_write, .close = stream_close};
	int flags = O_WRONLY | O_CREAT | (*mode == 'a' ? O_APPEND : O_TRUNC);
	flags |= (strchr(mode, 'x') ? O_EXCL : 0) | (strchr(mode, 'e') ? O_CLOEXEC : 0);
	int fd = open_by("fopen", path, flags, 0666);
	FILE *stream =
		fd >= 0 ? fopencookie((void *)(intptr_t)fd, *mode == 'a' ? "a" : "w", calls) : NULL;
	if (fd >= 0 && !stream)
		close(fd);
	return stream;
}

FILE *fopen(const char *path, const char *mode)
{
	if (f.ready && *mode != 'r')
		return stream_open(path, mode);
	return fails_to_read("fopen", path)
		       ? NULL
		       : NEXT(FILE * (*)(const char *, const char *), "fopen")(path, mode);
}

int fflush(FILE *stream)
{
	return stream == stdout && fails("fflush") ? EOF : NEXT(int (*)(FILE *), "fflush")(stream);
}

ssize_t pwrite(int fd, const void *s, size_t n, off_t at)
{
	if (fails("pwrite"))
		return -1;
	dirty(fd);
	return NEXT(ssize_t(*)(int, const void *, size_t, off_t), "pwrite")(fd, s, n, at);
}

ssize_t pwrite64(int fd, const void *s, size_t n, off64_t at)
{
	if (fails("pwrite64"))
		return -1;
	dirty(fd);
	return NEXT(ssize_t(*)(int, const void *, size_t, off64_t), "pwrite64")(fd, s, n, at);
}

/* Is it in this folder, of which the path is a link's? */
static bool is_in(const char *folder, const char *path)
{
	char above[PATH];
	snprintf(above, sizeof above, "%s", path);
	char *slash = strrchr(above, '/');
	if (!slash)
		return false;
	*slash = '\0';
	struct stat a, b;
	return stat(above, &a) == 0 && stat(folder, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* A synced folder makes the names in it sure. */
static void synced_folder(int fd)
{
	char before[PATH + 8], link[64], folder[PATH] = "";
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (readlink(link, folder, sizeof folder - 1) < 0)
		return;
	for (size_t i = 0; i < f.n; i++) {
		if (f.is_new[i] && is_in(folder, f.path[i]))
			f.is_new[i] = false;
	}
	if (!f.renamed || !is_in(folder, f.to))
		return;
	backup(before);
	if (f.over)
		NEXT(int (*)(const char *), "unlink")(before);
	f.renamed = false;
}

static void synced(int fd)
{
	pthread_mutex_lock(&f.mutex);
	if (fd >= 0 && fd < FDS && f.of[fd])
		f.dirty[f.of[fd] - 1] = false;
	else
		synced_folder(fd);
	pthread_mutex_unlock(&f.mutex);
}

/* A sync failed: all who have the file open are to know. */
static void sync_failed(int fd)
{
	pthread_mutex_lock(&f.mutex);
	int file = fd >= 0 && fd < FDS ? f.of[fd] : 0;
	if (file)
		f.lost[file - 1] = true;
	for (int other = 0; file && other < FDS; other++)
		f.untold[f.opened[other]] |= f.of[other] == file && f.opened[other] != f.opened[fd];
	pthread_mutex_unlock(&f.mutex);
}

/* Is this the first that one who has the file open hears of it? */
static bool learns(int fd)
{
	pthread_mutex_lock(&f.mutex);
	bool untold = fd >= 0 && fd < FDS && f.of[fd] && f.untold[f.opened[fd]];
	if (untold)
		f.untold[f.opened[fd]] = false;
	pthread_mutex_unlock(&f.mutex);
	if (untold)
		errno = f.number;
	return untold;
}

#define SYNC(name)                                                                                 \
	int name(int fd)                                                                           \
	{                                                                                          \
		if (fails(#name)) {                                                                \
			sync_failed(fd);                                                           \
			errno = f.number;                                                          \
			return -1;                                                                 \
		}                                                                                  \
		if (learns(fd))                                                                    \
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
	if (fails("ftruncate"))
		return -1;
	dirty(fd);
	return NEXT(int (*)(int, off_t), "ftruncate")(fd, n);
}

int rename(const char *from, const char *to)
{
	char before[PATH + 8];
	if (fails("rename"))
		return -1;
	pthread_mutex_lock(&f.mutex);
	/* Xapian's own renames are in the scratch folder, which is lost anyway */
	if (f.cut >= 0 && strstr(to, "trouvaille.db")) {
		snprintf(f.from, PATH, "%s", from);
		snprintf(f.to, PATH, "%s", to);
		backup(before);
		f.over = link(to, before) == 0;
		f.renamed = true;
	}
	for (size_t i = 0; i < f.n; i++) {
		if (strcmp(f.path[i], from) == 0) {
			snprintf(f.path[i], PATH, "%s", to);
			f.is_new[i] = false; /* its name goes back with the rename */
		}
	}
	pthread_mutex_unlock(&f.mutex);
	return NEXT(int (*)(const char *, const char *), "rename")(from, to);
}

int mkdir(const char *path, mode_t mode)
{
	return fails("mkdir") ? -1 : NEXT(int (*)(const char *, mode_t), "mkdir")(path, mode);
}

int rmdir(const char *path)
{
	return fails("rmdir") ? -1 : NEXT(int (*)(const char *), "rmdir")(path);
}

int unlink(const char *path)
{
	return fails("unlink") ? -1 : NEXT(int (*)(const char *), "unlink")(path);
}

int unlinkat(int folder, const char *path, int flags)
{
	return fails("unlinkat")
		       ? -1
		       : NEXT(int (*)(int, const char *, int), "unlinkat")(folder, path, flags);
}

int chmod(const char *path, mode_t mode)
{
	return fails("chmod") ? -1 : NEXT(int (*)(const char *, mode_t), "chmod")(path, mode);
}

int fchmod(int fd, mode_t mode)
{
	return fails("fchmod") ? -1 : NEXT(int (*)(int, mode_t), "fchmod")(fd, mode);
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

#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seal.h"
#include "text.h"
#include "xap.h"

#define DATABASE "trouvaille.db"
#define SCRATCH	 "build.tmp"
#define NEXT	 "next.tmp"
#define LOCK	 "lock"

static char *join(const char *folder, const char *name)
{
	char *path = NULL;
	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

char *place_database(const char *index)
{
	return join(index, DATABASE);
}

/* A scratch folder: databases, and folders of them. */
static void remove_folder(int above, const char *path)
{
	int fd = openat(above, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		const char *name = entry->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (unlinkat(fd, name, 0) != 0 && (errno == EISDIR || errno == EPERM))
			remove_folder(fd, name);
	}
	closedir(dir);
	unlinkat(above, path, AT_REMOVEDIR);
}

void place_clear(const struct place *p)
{
	remove_folder(AT_FDCWD, p->scratch);
	unlink(p->next);
}

/* The lock is the file's, not its existence's: it goes with the process, however that ends. */
static int place_lock(struct place *p, struct error *e)
{
	p->lock_fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (p->lock_fd < 0)
		return error_system(e, p->lock);
	if (flock(p->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		char holder[24] = "";
		ssize_t n = read(p->lock_fd, holder, sizeof holder - 1);
		holder[n > 0 ? strcspn(holder, "\n") : 0] = '\0';
		return error_set(e, STATUS_LOCKED, MSG_LOCKED, *holder ? holder : "?");
	}
	char self[24];
	int n = snprintf(self, sizeof self, "%ld\n", (long)getpid());
	if (ftruncate(p->lock_fd, 0) != 0 || write(p->lock_fd, self, (size_t)n) != n)
		return error_system(e, p->lock);
	return 0;
}

static void place_free(struct place *p)
{
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	free(p->index);
	free(p->database);
	free(p->scratch);
	free(p->next);
	free(p->lock);
}

void place_close(struct place *p)
{
	place_clear(p);
	place_free(p);
}

static int place_name(struct place *p, const char *index, struct error *e)
{
	*p = (struct place){text_copy(index, strlen(index)),
			    join(index, DATABASE),
			    join(index, SCRATCH),
			    join(index, NEXT),
			    join(index, LOCK),
			    -1};
	if (p->index && p->database && p->scratch && p->next && p->lock)
		return 0;
	place_free(p);
	return error_memory(e);
}

int place_open(struct place *p, const char *index, struct error *e)
{
	if (place_name(p, index, e) != 0)
		return -1;
	int result = mkdir(index, 0777) != 0 && errno != EEXIST ? error_system(e, index)
								: place_lock(p, e);
	if (result != 0)
		place_free(p);
	else
		place_clear(p);
	return result;
}

static int sync_folder(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_system(e, path);
	int result = fsync(fd) == 0 ? 0 : error_system(e, path);
	close(fd);
	return result;
}

int place_switch(const struct place *p, const char *const *dirs, size_t n,
		 int (*finish)(const char *file, struct error *e), struct error *e)
{
	if (xap_compact(dirs, n, p->next, e) != 0 || finish(p->next, e) != 0)
		return -1;
	/* the whole is read again before anyone may meet it */
	if (seal_put(p->next, e) != 0 || seal_check(p->next, true, e) != 0)
		return -1;
	if (rename(p->next, p->database) != 0)
		return error_system(e, p->database);
	return sync_folder(p->index, e);
}

int place_leavings(const char *index, bool remove, bool *left, struct error *e)
{
	struct place place;
	int result = -1;
	*left = false;
	if (place_name(&place, index, e) != 0)
		return -1;
	if (access(place.scratch, F_OK) != 0 && access(place.next, F_OK) != 0) {
		result = 0;
	} else if (place_lock(&place, e) == 0) { /* else they belong to a build that is running */
		*left = true;
		result = 0;
		if (remove)
			place_clear(&place);
	}
	place_free(&place);
	return result;
}

#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "merge.h"
#include "seal.h"
#include "stub.h"
#include "text.h"
#include "xap.h"

#define DATABASE "trouvaille.db"
#define SHARD	 "trouvaille." /* + generation + .notes.db or .NUMBER.db */
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

int place_not_seen(const char *index, const char *database, struct error *e)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return error_set(e, STATUS_NOT_FOUND, MSG_NO_INDEX, index);
	return error_set(e, STATUS_IO, MSG_XAP_IO, database);
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

/* The generation that a file's name tells; 0 when it tells none. */
static unsigned generation_of(const char *name)
{
	size_t n = strlen(SHARD);
	char *end;
	if (strncmp(name, SHARD, n) != 0 || name[n] < '1' || name[n] > '9')
		return 0;
	unsigned long generation = strtoul(name + n, &end, 10);
	return *end == '.' && generation < UINT_MAX ? (unsigned)generation : 0;
}

/* The generation of the index; 0 when it is one file, or a list that is not ours. */
static unsigned generation_now(const struct place *p)
{
	struct stub s;
	unsigned generation = 0;
	if (!xap_is_stub(p->database) || stub_read(&s, p->database, NULL) != 0)
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *slash = strrchr(s.list[i].name, '/');
		unsigned of = s.list[i].host ? 0 : generation_of(slash ? slash + 1 : "");
		generation = i == 0 || of == generation ? of : 0;
	}
	stub_free(&s);
	return generation;
}

struct range {
	unsigned from, to;
};

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Removes the shards of these generations but for one. */
static void sweep(const struct place *p, struct range range, unsigned keep)
{
	DIR *dir = opendir(p->index);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		unsigned g = generation_of(entry->d_name);
		if (g && g >= range.from && g <= range.to && g != keep)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

/* The number of a generation of which there is no file yet: what is made under it is ours to clear,
 * so that a guess would cost the index at hand. */
static int new_generation(const struct place *p, unsigned *generation, struct error *e)
{
	DIR *dir = opendir(p->index);
	*generation = 1;
	if (!dir)
		return error_system(e, p->index);
	for (struct dirent *entry; (errno = 0, entry = readdir(dir));) {
		unsigned g = generation_of(entry->d_name);
		*generation = g >= *generation ? g + 1 : *generation;
	}
	int result = errno ? error_system(e, p->index) : 0;
	closedir(dir);
	return result;
}

/* A name of ours, whatever it is that stands there. */
static void remove_any(const char *path)
{
	if (unlink(path) != 0 && (errno == EISDIR || errno == EPERM))
		remove_folder(AT_FDCWD, path);
}

void place_clear(const struct place *p)
{
	remove_any(p->scratch);
	remove_any(p->next);
	if (p->making)
		sweep(p, (struct range){p->making, p->making}, 0);
}

/* Who holds the lock; one that has just taken it may not have said so yet. */
static void read_holder(int fd, char holder[24])
{
	const struct timespec a_moment = {.tv_nsec = 10000000};
	ssize_t n = 0;
	for (int i = 0; i < 20 && n <= 0; i++) {
		n = pread(fd, holder, 23, 0);
		if (n <= 0)
			nanosleep(&a_moment, NULL);
	}
	holder[n > 0 ? n : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
}

/* The lock is the file's, not its existence's: it goes with the process, however that ends. */
static int place_lock(struct place *p, struct error *e)
{
	struct stat st;
	if (stat(p->lock, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(e, STATUS_IO, MSG_NOT_A_FILE, p->lock);
	p->lock_fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (p->lock_fd < 0)
		return error_system(e, p->lock);
	if (flock(p->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		char holder[24] = "";
		if (errno != EWOULDBLOCK)
			return error_system(e, p->lock);
		read_holder(p->lock_fd, holder);
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
			    -1,
			    0};
	if (p->index && p->database && p->scratch && p->next && p->lock)
		return 0;
	place_free(p);
	return error_memory(e);
}

/* Files of shards that are neither the index nor, as far as can be told, what readers that have
 * just read the list before may still open: those of later generations than the index, of older
 * ones than the last before, and beside an index of one file those written after it. How many;
 * removed if told to. A list that is not ours may name any file: then there are none. */
static size_t stale_shards(const struct place *p, bool remove)
{
	struct stat index = {0}, st;
	unsigned now = generation_now(p), before = 0;
	size_t n = 0;
	if (!now && xap_is_stub(p->database))
		return 0;
	bool one_file = !now && stat(p->database, &index) == 0;
	DIR *dir = opendir(p->index);
	for (int pass = 0; dir && pass < 2; pass++, rewinddir(dir)) {
		for (struct dirent *entry; (entry = readdir(dir));) {
			unsigned g = generation_of(entry->d_name);
			if (!g || g == now || fstatat(dirfd(dir), entry->d_name, &st, 0) != 0)
				continue;
			bool older = one_file ? !is_later(&st.st_mtim, &index.st_mtim) : g < now;
			if (pass == 0 && older && g > before)
				before = g;
			if (pass == 1 && !(older && g == before) && ++n && remove)
				unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	if (dir)
		closedir(dir);
	return n;
}

static void clear_leavings(const struct place *p)
{
	place_clear(p);
	stale_shards(p, true);
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

/* A new folder is not there for good before the one above it is synced. */
static int make_folder(const char *index, struct error *e)
{
	if (mkdir(index, 0777) != 0)
		return errno == EEXIST ? 0 : error_system(e, index);
	char *above = join(index, "..");
	int result = above ? 0 : error_memory(e);
	if (above && access(above, R_OK) == 0) /* to be synced it must be opened */
		result = sync_folder(above, e);
	free(above);
	return result;
}

/* What a build would find in its way only when it is done. */
static int check_way(const struct place *p, struct error *e)
{
	struct stat st;
	return lstat(p->database, &st) == 0 && S_ISDIR(st.st_mode)
		       ? error_set(e, STATUS_IO, MSG_NOT_A_FILE, p->database)
		       : 0;
}

int place_open(struct place *p, const char *index, struct error *e)
{
	if (place_name(p, index, e) != 0)
		return -1;
	int result = make_folder(index, e);
	if (result == 0)
		result = check_way(p, e) == 0 ? place_lock(p, e) : -1;
	if (result != 0)
		place_free(p);
	else
		clear_leavings(p);
	return result;
}

int place_settle(const struct place *p, struct error *e)
{
	struct error why;
	return sync_folder(p->index, &why) == 0
		       ? 0
		       : error_set(e, STATUS_IO, MSG_MADE_UNSURE, why.detail);
}

/* A new file may be read by those who may read the index that it is to replace: somebody chose
 * them. A group that cannot be kept gains nothing by it. */
static int keep_rights(int fd, const struct place *p)
{
	struct stat old, new;
	if (stat(p->database, &old) != 0)
		return 0; /* the first */
	if (fstat(fd, &new) != 0)
		return -1;
	mode_t mode = old.st_mode & 0666;
	if (new.st_gid != old.st_gid && fchown(fd, (uid_t)-1, old.st_gid) != 0)
		mode = (mode & ~(mode_t)0060) | (new.st_mode &mode & 0060);
	return (new.st_mode & 07777) == mode ? 0 : fchmod(fd, mode);
}

static int open_rights(const struct place *p, const char *file, struct error *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_system(e, file);
	int result = keep_rights(fd, p) == 0 ? 0 : error_system(e, file);
	close(fd);
	return result;
}

/* Databases -> one sealed file, of which the whole is read again before anyone may meet it. */
static int make_file(const struct place *p, const struct place_volume *v, const char *file,
		     int (*finish)(void *data, const char *file, struct error *e), void *data,
		     struct error *e)
{
	if (merge(v->dirs, v->n, p->scratch, file, e) != 0 ||
	    (finish && finish(data, file, e) != 0) || open_rights(p, file, e) != 0)
		return -1;
	return seal_put(file, e) == 0 ? seal_check(file, true, e) : -1;
}

int place_switch(const struct place *p, const char *const *dirs, size_t n,
		 int (*finish)(void *data, const char *file, struct error *e), void *data,
		 struct error *e)
{
	const struct place_volume all = {(const char **)dirs, n};
	unsigned before = generation_now(p);
	if (make_file(p, &all, p->next, finish, data, e) != 0)
		return -1;
	if (rename(p->next, p->database) != 0)
		return error_system(e, p->database);
	if (place_settle(p, e) != 0)
		return -1;
	sweep(p, (struct range){1, UINT_MAX}, before);
	return 0;
}

static int write_list(const struct place *p, const struct buf *text, struct error *e)
{
	int fd = open(p->next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return error_system(e, p->next);
	bool whole = write(fd, text->s, text->n) == (ssize_t)text->n && keep_rights(fd, p) == 0 &&
		     fsync(fd) == 0;
	int result = whole ? 0 : error_system(e, p->next);
	close(fd);
	return result;
}

/* Makes the file of one volume and adds its line to the list. */
static int make_shard(const struct place *p, const struct place_volume *v, size_t number,
		      struct buf *list, struct error *e)
{
	char name[64], which[24] = "notes";
	if (number > 0)
		snprintf(which, sizeof which, "%zu", number - 1);
	snprintf(name, sizeof name, SHARD "%u.%s.db", p->making, which);
	char *path = join(p->index, name);
	int result = path ? make_file(p, v, path, NULL, NULL, e) : error_memory(e);
	free(path);
	buf_printf(list, "auto %s\n", name);
	return result;
}

int place_switch_shards(struct place *p, const struct place_volume *volumes, size_t n,
			struct error *e)
{
	struct buf list = buf_new(STUB_MAX_BYTES);
	unsigned before = generation_now(p), making;
	int result = new_generation(p, &making, e);
	p->making = result == 0 ? making : 0;
	for (size_t i = 0; result == 0 && i < n; i++)
		result = make_shard(p, &volumes[i], i, &list, e);
	if (result == 0)
		result = list.failed ? error_memory(e) : write_list(p, &list, e);
	buf_free(&list);
	/* the shards must be there for good before the list that names them */
	if (result != 0 || sync_folder(p->index, e) != 0)
		return -1;
	if (rename(p->next, p->database) != 0)
		return error_system(e, p->database);
	unsigned made = p->making;
	p->making = 0;
	if (place_settle(p, e) != 0)
		return -1;
	sweep(p, (struct range){1, made - 1}, before);
	return 0;
}

int place_check(const char *file, size_t of, struct error *e)
{
	struct stat st;
	bool small = stat(file, &st) == 0 && (size_t)st.st_size <= PLACE_CHECK_MAX / of;
	return seal_check(file, small, e);
}

int place_shards(const struct place *p, char **notes, struct error *e)
{
	struct stub s;
	int result = 0;
	*notes = NULL;
	if (!generation_now(p))
		return 0;
	if (stub_read(&s, p->database, e) != 0)
		return -1;
	for (size_t i = 0; result == 0 && i < s.n; i++)
		result = place_check(s.list[i].name, s.n, e);
	if (result == 0 && !(*notes = text_copy(s.list[0].name, strlen(s.list[0].name))))
		result = error_memory(e);
	stub_free(&s);
	return result;
}

size_t place_count_shards(const char *index)
{
	struct place p;
	struct stub s;
	size_t n = 0;
	if (place_name(&p, index, NULL) != 0)
		return 0;
	if (generation_now(&p) && stub_read(&s, p.database, NULL) == 0) {
		n = s.n > 1 ? s.n - 1 : 1;
		stub_free(&s);
	}
	place_free(&p);
	return n;
}

int place_leavings(const char *index, bool remove, bool *left, struct error *e)
{
	struct place place;
	int result = -1;
	struct stat st;
	*left = false;
	if (place_name(&place, index, e) != 0)
		return -1;
	if (stat(place.lock, &st) == 0 && !S_ISREG(st.st_mode)) {
		error_set(e, STATUS_IO, MSG_NOT_A_FILE, place.lock);
	} else if (access(place.scratch, F_OK) != 0 && access(place.next, F_OK) != 0 &&
		   stale_shards(&place, false) == 0) {
		result = 0;
	} else if (place_lock(&place, e) == 0) { /* else they belong to a build that is running */
		*left = true;
		result = 0;
		if (remove)
			clear_leavings(&place);
	}
	place_free(&place);
	return result;
}

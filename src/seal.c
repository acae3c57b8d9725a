#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* "trouvaille " and three numbers of 16 hexadecimal digits, a blank between: length, head, whole.
 */
enum { LINE = 11 + 3 * 17, BLOCK = 64 * 1024 };

struct seal {
	uint64_t length, head, whole;
};

/* Reads all n bytes at an offset. */
static bool read_at(int fd, char *block, size_t n, off_t offset)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(fd, block + done, n - done, offset + (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* The checksum of the first n bytes. */
static bool sum(int fd, uint64_t n, uint64_t *result)
{
	char block[BLOCK];
	*result = TEXT_HASH_START;
	for (uint64_t at = 0; at < n;) {
		size_t size = n - at < BLOCK ? (size_t)(n - at) : BLOCK;
		if (!read_at(fd, block, size, (off_t)at))
			return false;
		*result = text_checksum(*result, block, size);
		at += size;
	}
	return true;
}

static uint64_t head_of(uint64_t length)
{
	return length < SEAL_HEAD ? length : SEAL_HEAD;
}

static bool write_all(int fd, const char *s, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = write(fd, s + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

int seal_put(const char *path, struct error *e)
{
	char line[LINE + 1];
	struct stat st;
	struct seal s;
	int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return error_system(e, path);
	bool ok = fstat(fd, &st) == 0;
	s.length = ok ? (uint64_t)st.st_size : 0;
	ok = ok && sum(fd, head_of(s.length), &s.head) && sum(fd, s.length, &s.whole);
	snprintf(line, sizeof line, "trouvaille %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n",
		 s.length, s.head, s.whole);
	ok = ok && write_all(fd, line, LINE) && fsync(fd) == 0;
	int result = ok ? 0 : error_system(e, path);
	close(fd);
	return result;
}

static bool read_seal(int fd, uint64_t size, struct seal *s)
{
	char line[LINE + 1] = "";
	if (size < LINE || !read_at(fd, line, LINE, (off_t)(size - LINE)))
		return false;
	int end = 0;
	int got = sscanf(line, "trouvaille %16" SCNx64 " %16" SCNx64 " %16" SCNx64 "%n", &s->length,
			 &s->head, &s->whole, &end);
	return got == 3 && end == LINE - 1 && line[LINE - 1] == '\n' && s->length == size - LINE;
}

/* Errno says why. */
static int not_opened(const char *path, struct error *e)
{
	struct error why;
	enum status status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	error_system(&why, path);
	return error_set(e, status, MSG_XAP_IO, why.detail);
}

int seal_check(const char *path, bool whole, struct error *e)
{
	struct stat st;
	struct seal s;
	uint64_t head, all;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return not_opened(path, e);
	bool known = fstat(fd, &st) == 0;
	bool ok = known && S_ISREG(st.st_mode) && read_seal(fd, (uint64_t)st.st_size, &s) &&
		  sum(fd, head_of(s.length), &head) && head == s.head &&
		  (!whole || (sum(fd, s.length, &all) && all == s.whole));
	close(fd);
	if (known && S_ISDIR(st.st_mode)) /* which no build can take the place of */
		return error_set(e, STATUS_IO, MSG_NOT_A_FILE, path);
	return ok ? 0 : error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path);
}

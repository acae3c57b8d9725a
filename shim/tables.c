#include "tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A version takes a few hundred bytes; behind its magic and its UUID stand numbers. */
enum { VERSION_MAX = 2048, HEAD = 32, MAGIC = 14 };

/* Bytes still to be read; NULL: there were too few. */
struct bytes {
	const unsigned char *at, *end;
};

static uint64_t take(struct bytes *b)
{
	uint64_t n = 0;
	for (unsigned shift = 0; b->at && b->at < b->end && shift < 64; shift += 7) {
		unsigned char c = *b->at++;
		n |= (uint64_t)(c & 127) << shift;
		if (c < 128)
			return n;
	}
	b->at = NULL;
	return 0;
}

static void skip(struct bytes *b, uint64_t n)
{
	b->at = b->at && n <= (uint64_t)(b->end - b->at) ? b->at + n : NULL;
}

/* Root block, level, entries, size of a block, from which length tags are compressed, free list. */
static uint64_t take_entries(struct bytes *b)
{
	take(b);
	take(b);
	uint64_t entries = take(b);
	take(b);
	take(b);
	skip(b, take(b));
	return entries;
}

static bool parse(struct tables *t, const unsigned char *s, size_t n)
{
	static const char magic[MAGIC + 1] = "\x0F\x0DXapian Glass";
	struct bytes b = {s + HEAD, s + n};
	if (n < HEAD || memcmp(s, magic, MAGIC) != 0)
		return false;
	take(&b); /* revision */
	for (size_t i = 0; i < TABLE_COUNT; i++)
		t->entries[i] = take_entries(&b);
	t->documents = take(&b);
	return b.at != NULL;
}

/* The first bytes of a file; -1 with errno. */
static ssize_t read_head(const char *path, unsigned char *s, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	if (fd < 0)
		return -1;
	do {
		got = pread(fd, s, n, 0);
	} while (got < 0 && errno == EINTR);
	int number = errno;
	close(fd);
	errno = number;
	return got;
}

int tables_read(struct tables *t, const char *path, struct error *e)
{
	struct stat st;
	char *version = NULL;
	unsigned char s[VERSION_MAX];
	*t = (struct tables){0};
	if (stat(path, &st) != 0)
		return error_system(e, path);
	if (asprintf(&version, "%s%s", path, S_ISDIR(st.st_mode) ? "/iamglass" : "") < 0)
		return error_memory(e);
	ssize_t n = read_head(version, s, sizeof s);
	int result = 0;
	if (n < 0 && errno != ENOENT)
		result = error_system(e, version);
	else if (n < 0 || !parse(t, s, (size_t)n))
		result = error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, version);
	free(version);
	return result;
}

static bool is_merged(size_t table)
{
	return table == TABLE_SPELLING || table == TABLE_SYNONYM;
}

void tables_add(struct tables *sum, const struct tables *more)
{
	sum->documents += more->documents;
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		uint64_t *n = &sum->entries[i];
		if (!is_merged(i))
			*n += more->entries[i];
		else if (*n < more->entries[i])
			*n = more->entries[i];
	}
}

bool tables_whole(const struct tables *made, const struct tables *sum)
{
	if (made->documents != sum->documents)
		return false;
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		uint64_t n = made->entries[i], least = sum->entries[i];
		/* lists of postings that run on in one are cut anew */
		if (i != TABLE_POSTLIST && (n < least || (n > least && !is_merged(i))))
			return false;
	}
	return true;
}

#include "columns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posting.h"
#include "text.h"

static const char magic[8] = "columns";

struct header {
	char magic[8];
	uint32_t documents, columns;
	uint64_t start; /* of all columns, in the file */
};

struct entry {
	char name[COLUMNS_NAME];
	uint32_t values, width;
	uint64_t numbers, texts; /* where they stand in the file */
};

/* ---- writing ------------------------------------------------------------------------------------
 */

/* The column at hand. */
struct draft {
	bool texts;
	uint32_t *numbers;
	struct buf starts, bytes; /* starts: 32 bits each */
	uint32_t values;
	uint32_t *buckets; /* numbers of values by hash; open addressing */
	size_t n_buckets;
};

struct columns_pen {
	char *path;
	int fd;
	struct buf out;	    /* not yet written */
	uint64_t start, at; /* of all columns; of what comes next, in the file */
	uint32_t documents;
	struct draft draft;
	struct entry entries[COLUMNS_MAX];
	size_t n; /* entries, the one of the column or run at hand among them */
};

enum { OUT_MAX = 1 << 16 };

struct columns_pen *columns_pen_open(const char *path, uint32_t documents, struct error *e)
{
	struct stat st;
	struct columns_pen *p = calloc(1, sizeof *p);
	if (!p || !(p->path = text_copy(path, strlen(path)))) {
		free(p);
		error_memory(e);
		return NULL;
	}
	p->documents = documents;
	p->out = buf_new(2 * OUT_MAX);
	p->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (p->fd < 0 || fstat(p->fd, &st) != 0) {
		error_system(e, path);
		columns_pen_close(p);
		return NULL;
	}
	p->start = p->at = (uint64_t)st.st_size;
	return p;
}

static void draft_free(struct draft *d)
{
	free(d->numbers);
	free(d->buckets);
	buf_free(&d->starts);
	buf_free(&d->bytes);
	*d = (struct draft){0};
}

void columns_pen_close(struct columns_pen *p)
{
	if (!p)
		return;
	draft_free(&p->draft);
	buf_free(&p->out);
	if (p->fd >= 0)
		close(p->fd);
	free(p->path);
	free(p);
}

static int flush(struct columns_pen *p, struct error *e)
{
	for (size_t done = 0; done < p->out.n;) {
		ssize_t n = write(p->fd, p->out.s + done, p->out.n - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return error_system(e, p->path);
	}
	buf_clear(&p->out);
	return 0;
}

static int put(struct columns_pen *p, const void *bytes, size_t n, struct error *e)
{
	for (const char *s = bytes; n;) {
		size_t some = n < OUT_MAX ? n : OUT_MAX;
		buf_add(&p->out, s, some);
		if (p->out.failed)
			return error_memory(e);
		if (p->out.n >= OUT_MAX && flush(p, e) != 0)
			return -1;
		s += some;
		n -= some;
		p->at += some;
	}
	return 0;
}

static int align(struct columns_pen *p, struct error *e)
{
	static const char zeros[8] = {0};
	return put(p, zeros, (8 - p->at % 8) % 8, e);
}

static unsigned width_of(const struct draft *d)
{
	return d->values <= UINT8_MAX ? 1 : d->values <= UINT16_MAX ? 2 : 4;
}

static int put_numbers(struct columns_pen *p, unsigned width, struct error *e)
{
	for (uint32_t i = 0; i <= p->documents; i++) {
		uint32_t four = p->draft.numbers[i];
		uint8_t byte = (uint8_t)four;
		uint16_t two = (uint16_t)four;
		const void *number = width == 1	  ? (const void *)&byte
				     : width == 2 ? (const void *)&two
						  : (const void *)&four;
		if (put(p, number, width, e) != 0)
			return -1;
	}
	return 0;
}

static int put_texts(struct columns_pen *p, struct error *e)
{
	const struct draft *d = &p->draft;
	const uint32_t end = (uint32_t)d->bytes.n;
	return put(p, d->starts.s, d->starts.n, e) != 0 || put(p, &end, sizeof end, e) != 0
		       ? -1
		       : put(p, d->bytes.s, d->bytes.n, e);
}

/* Writes the column at hand, if there is one. */
static int put_column(struct columns_pen *p, struct error *e)
{
	struct draft *d = &p->draft;
	if (!d->numbers)
		return 0;
	struct entry *entry = &p->entries[p->n - 1];
	entry->values = d->values;
	entry->width = width_of(d);
	if (align(p, e) != 0)
		return -1;
	entry->numbers = p->at;
	if (put_numbers(p, entry->width, e) != 0 || align(p, e) != 0)
		return -1;
	if (d->texts) {
		entry->texts = p->at;
		if (put_texts(p, e) != 0)
			return -1;
	}
	draft_free(d);
	return 0;
}

static int begin(struct columns_pen *p, const char *name, struct error *e)
{
	if (p->n == COLUMNS_MAX || strlen(name) >= COLUMNS_NAME)
		return error_set(e, STATUS_LIMIT, MSG_XAP_LONG, name);
	if (put_column(p, e) != 0)
		return -1;
	strcpy(p->entries[p->n++].name, name);
	return 0;
}

int columns_begin_bytes(struct columns_pen *p, const char *name, struct error *e)
{
	if (begin(p, name, e) != 0 || align(p, e) != 0)
		return -1;
	p->entries[p->n - 1].numbers = p->at;
	return 0;
}

int columns_put_bytes(struct columns_pen *p, const char *bytes, size_t n, struct error *e)
{
	p->entries[p->n - 1].texts += n;
	return put(p, bytes, n, e);
}

int columns_begin(struct columns_pen *p, const char *name, bool texts, struct error *e)
{
	struct draft *d = &p->draft;
	if (begin(p, name, e) != 0)
		return -1;
	d->texts = texts;
	d->starts = d->bytes = buf_new(UINT32_MAX);
	d->numbers = calloc((size_t)p->documents + 1, sizeof *d->numbers);
	d->n_buckets = 1024;
	d->buckets = calloc(d->n_buckets, sizeof *d->buckets);
	return d->numbers && d->buckets ? 0 : error_memory(e);
}

static const char *value_of(const struct draft *d, uint32_t value, size_t *n)
{
	uint32_t start, end = (uint32_t)d->bytes.n;
	memcpy(&start, d->starts.s + (value - 1) * sizeof start, sizeof start);
	if (value < d->values)
		memcpy(&end, d->starts.s + value * sizeof end, sizeof end);
	*n = end - start;
	return d->bytes.s + start;
}

static uint32_t *bucket_of(const struct draft *d, const char *s, size_t n)
{
	size_t i = posting_hash(s, n) & (d->n_buckets - 1);
	for (; d->buckets[i]; i = (i + 1) & (d->n_buckets - 1)) {
		size_t length;
		const char *value = value_of(d, d->buckets[i], &length);
		if (length == n && memcmp(value, s, n) == 0)
			break;
	}
	return &d->buckets[i];
}

static bool more_buckets(struct draft *d)
{
	uint32_t *old = d->buckets;
	size_t n = d->n_buckets;
	uint32_t *buckets = calloc(2 * n, sizeof *buckets);
	if (!buckets)
		return false;
	d->buckets = buckets;
	d->n_buckets = 2 * n;
	for (size_t i = 0; i < n; i++) {
		size_t length;
		const char *value = old[i] ? value_of(d, old[i], &length) : NULL;
		if (value)
			*bucket_of(d, value, length) = old[i];
	}
	free(old);
	return true;
}

int columns_put(struct columns_pen *p, uint32_t document, const char *value, size_t n,
		struct error *e)
{
	struct draft *d = &p->draft;
	if (d->values * 2 >= d->n_buckets && !more_buckets(d))
		return error_memory(e);
	uint32_t *bucket = bucket_of(d, value, n), start = (uint32_t)d->bytes.n;
	if (!*bucket) {
		buf_add(&d->starts, (const char *)&start, sizeof start);
		buf_add(&d->bytes, value, n);
		*bucket = ++d->values;
	}
	if (document <= p->documents)
		d->numbers[document] = *bucket;
	return d->starts.failed || d->bytes.failed ? error_memory(e) : 0;
}

int columns_finish(struct columns_pen *p, struct error *e)
{
	struct header header = {
		.documents = p->documents, .columns = (uint32_t)p->n, .start = p->start};
	memcpy(header.magic, magic, sizeof magic);
	if (put_column(p, e) != 0 || align(p, e) != 0)
		return -1;
	const uint64_t at = p->at;
	if (put(p, &header, sizeof header, e) != 0 ||
	    put(p, p->entries, p->n * sizeof *p->entries, e) != 0 ||
	    put(p, &at, sizeof at, e) != 0 || put(p, magic, sizeof magic, e) != 0 ||
	    flush(p, e) != 0)
		return -1;
	int fd = p->fd;
	p->fd = -1;
	return close(fd) == 0 ? 0 : error_system(e, p->path);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

struct run {
	const char *name, *bytes;
	uint64_t n;
};

/* Of the file only the columns are mapped: a process may have less room than the database takes. */
struct columns {
	char *map;
	uint64_t start, end; /* what is mapped of the file */
	struct column list[COLUMNS_MAX];
	size_t n;
	struct run runs[COLUMNS_MAX];
	size_t n_runs;
};

/* n things of a size at an offset of the file, or NULL when they are not all there. */
static const void *part(const struct columns *c, uint64_t at, uint64_t n, uint64_t size)
{
	return at % (size < 8 ? size : 8) == 0 && at >= c->start && at <= c->end &&
			       n <= (c->end - at) / size
		       ? c->map + (at - c->start)
		       : NULL;
}

/* What a column says of itself has to be true of the file: damage must not be read past its end. */
static bool read_column(const struct columns *c, const struct entry *e, uint32_t documents,
			struct column *out)
{
	if (e->width != 1 && e->width != 2 && e->width != 4)
		return false;
	*out = (struct column){.name = e->name,
			       .documents = documents,
			       .values = e->values,
			       .width = e->width,
			       .numbers = part(c, e->numbers, (uint64_t)documents + 1, e->width)};
	if (!out->numbers || !memchr(e->name, '\0', COLUMNS_NAME))
		return false;
	if (!e->texts)
		return true;
	out->starts = part(c, e->texts, (uint64_t)e->values + 1, sizeof *out->starts);
	if (!out->starts)
		return false;
	uint64_t texts = e->texts + ((uint64_t)e->values + 1) * 4;
	out->texts = part(c, texts, out->starts[e->values], 1);
	return out->texts;
}

static bool read_run(struct columns *c, const struct entry *e)
{
	const char *bytes = part(c, e->numbers, e->texts, 1);
	c->runs[c->n_runs++] = (struct run){e->name, bytes, e->texts};
	return bytes && memchr(e->name, '\0', COLUMNS_NAME);
}

/* Where the header stands; false when the end of the file has no word of it. */
static bool find_header(int fd, uint64_t size, uint64_t *at)
{
	enum { BEHIND = 256 }; /* bytes that may follow */
	char tail[BEHIND + sizeof *at + sizeof magic];
	size_t n = size < sizeof tail ? (size_t)size : sizeof tail;
	if (pread(fd, tail, n, (off_t)(size - n)) != (ssize_t)n)
		return false;
	for (size_t end = n; end >= sizeof *at + sizeof magic; end--) {
		if (memcmp(tail + end - sizeof magic, magic, sizeof magic) == 0) {
			memcpy(at, tail + end - sizeof magic - sizeof *at, sizeof *at);
			return *at < size;
		}
	}
	return false;
}

static bool map_columns(struct columns *c, int fd, uint64_t size, uint64_t at, bool *starved)
{
	struct header header;
	if (pread(fd, &header, sizeof header, (off_t)at) != (ssize_t)sizeof header ||
	    memcmp(header.magic, magic, sizeof magic) != 0 || header.start > at)
		return false;
	c->start = header.start - header.start % (uint64_t)sysconf(_SC_PAGESIZE);
	c->end = size;
	c->map =
		mmap(NULL, (size_t)(c->end - c->start), PROT_READ, MAP_SHARED, fd, (off_t)c->start);
	*starved = c->map == MAP_FAILED && (errno == ENOMEM || errno == EAGAIN);
	return c->map != MAP_FAILED;
}

static bool read_columns(struct columns *c, uint64_t at)
{
	const struct header *header = part(c, at, 1, sizeof *header);
	if (!header || header->columns > COLUMNS_MAX)
		return false;
	const struct entry *entries =
		part(c, at + sizeof *header, header->columns, sizeof *entries);
	for (size_t i = 0; entries && i < header->columns; i++) {
		const struct entry *e = &entries[i];
		bool good = e->width == 0 ? read_run(c, e)
					  : read_column(c, e, header->documents, &c->list[c->n++]);
		if (!good)
			return false;
	}
	return entries;
}

struct columns *columns_open(int fd, bool *starved)
{
	struct columns *c = calloc(1, sizeof *c);
	struct stat st;
	uint64_t at;
	*starved = !c;
	if (!c || fstat(fd, &st) != 0 || !find_header(fd, (uint64_t)st.st_size, &at) ||
	    !map_columns(c, fd, (uint64_t)st.st_size, at, starved)) {
		free(c);
		return NULL;
	}
	if (read_columns(c, at))
		return c;
	columns_close(c);
	return NULL;
}

void columns_close(struct columns *c)
{
	if (!c)
		return;
	munmap(c->map, (size_t)(c->end - c->start));
	free(c);
}

const struct column *columns_find(const struct columns *c, const char *name)
{
	for (size_t i = 0; c && i < c->n; i++) {
		if (strcmp(c->list[i].name, name) == 0)
			return &c->list[i];
	}
	return NULL;
}

const char *columns_bytes(const struct columns *c, const char *name, uint64_t *n, uint64_t *at)
{
	for (size_t i = 0; c && i < c->n_runs; i++) {
		if (strcmp(c->runs[i].name, name) != 0)
			continue;
		const char *bytes = c->runs[i].bytes;
		*n = c->runs[i].n;
		*at = c->start + (uint64_t)(bytes - c->map);
		return bytes;
	}
	return NULL;
}

const char *column_text(const struct column *c, uint32_t value, size_t *n)
{
	*n = 0;
	if (value == 0 || value > c->values || !c->starts)
		return "";
	uint32_t start = c->starts[value - 1], end = c->starts[value], all = c->starts[c->values];
	if (start > end || end > all)
		return "";
	*n = end - start;
	return c->texts + start;
}

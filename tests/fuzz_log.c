/* fuzz_log.c - any bytes as a question: one clean line that reads back, with no long number in it;
 * and any bytes as a log: entries are clean, lines counted. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_typed(struct span typed)
{
	size_t characters = 0;
	require(typed.n > 0 && utf8_check(typed.s, typed.n) == typed.n);
	for (size_t i = 0; i < typed.n; characters++) {
		uint32_t c;
		i += utf8_decode(typed.s + i, typed.n - i, &c);
		require(!text_is_unsafe(c));
	}
	require(characters <= 2 * LOG_TYPED_MAX);
}

/* No six digits stand in a row. */
static void check_masked(struct span typed)
{
	size_t digits = 0;
	for (size_t i = 0; i < typed.n; i++) {
		digits = typed.s[i] >= '0' && typed.s[i] <= '9' ? digits + 1 : 0;
		require(digits < 6);
	}
}

static void write_one(struct span typed)
{
	struct log_entry entry = {"2026-11-25", &languages[1], 1, 2, LOG_SOME, typed}, again;
	struct buf line = buf_new(LOG_LINE_MAX);
	log_put_line(&line, &entry);
	require(!line.failed);
	if (line.n) {
		require(memchr(line.s, '\n', line.n) == line.s + line.n - 1);
		require(log_read_line((struct span){line.s, line.n - 1}, &again));
		require(again.own == 1 && again.other == 2 && again.how == LOG_SOME);
		check_typed(again.typed);
		check_masked(again.typed);
	}
	buf_free(&line);
}

struct seen {
	long last;
	size_t entries;
};

static int take(void *self, const struct log_entry *entry)
{
	struct seen *seen = self;
	seen->entries++;
	require(log_day_number(span_of(entry->day)) >= 0 && entry->language);
	require(entry->own <= LOG_NUMBER_MAX && entry->other <= LOG_NUMBER_MAX);
	check_typed(entry->typed);
	return 0;
}

static void wrong(void *self, long line)
{
	struct seen *seen = self;
	require(line > seen->last);
	seen->last = line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = {0};
	const struct log_reader reader = {take, wrong, &seen};
	struct error e;
	size_t lines = 1;
	write_one((struct span){(const char *)data, size});
	int fd = memfd_create("log", 0);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	require(log_read(fd, "log", &reader, &e) == 0);
	close(fd);
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	require(seen.last <= (long)lines && seen.entries <= lines);
	return 0;
}

/* Records: there and back, and bytes that are none. */
#include "src/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void write_and_read(const struct record *r)
{
	struct buf b = buf_new(4 << 20);
	record_write(&b, r);
	assert_false(b.failed);
	/* exactly as long as it is, for the sanitizer */
	char *data = malloc(b.n);
	memcpy(data, b.s, b.n);
	struct record back;
	assert_true(record_read(&back, data, b.n));
	for (size_t i = 0; i < RECORD_FIELDS; i++)
		assert_true(span_equal(r->field[i], back.field[i]));
	free(data);
	buf_puts(&b, "x");
	assert_false(record_read(&back, b.s, b.n));
	buf_free(&b);
}

static void test_round_trip(void **state)
{
	(void)state;
	enum { BIG = 100 * 1024 };
	static const size_t sizes[] = {0, 1, 127, 128, 129, 16383, 16384, BIG};
	char *bytes = malloc(BIG);
	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (char)(i * 31 % 256);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct record all, one = {0};
		for (size_t k = 0; k < RECORD_FIELDS; k++)
			all.field[k] = (struct span){bytes + k, sizes[i] > k ? sizes[i] - k : 0};
		write_and_read(&all);
		for (size_t k = 0; k < RECORD_FIELDS; k++) {
			one = (struct record){0};
			one.field[k] = (struct span){bytes, sizes[i]};
			write_and_read(&one);
		}
	}
	free(bytes);
}

/* No beginning of a record is a record. */
static void test_cut(void **state)
{
	(void)state;
	char *text = malloc(2000);
	memset(text, 'x', 2000);
	struct record r = {0}, back;
	r.field[RECORD_PATH] = span_of("en/page.md");
	r.field[RECORD_TEXT] = (struct span){text, 2000};
	struct buf b = buf_new(10000);
	record_write(&b, &r);
	for (size_t n = 0; n < b.n; n++) {
		char *data = malloc(n ? n : 1);
		memcpy(data, b.s, n);
		if (record_read(&back, data, n))
			fail_msg("a record of %zu bytes of %zu", n, b.n);
		free(data);
	}
	assert_true(record_read(&back, b.s, b.n));
	buf_free(&b);
	free(text);
}

static void test_garbage(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
	} rows[] = {
		{"", 0},
		{"\0", 1},
		{"\377\377\377\377\377\377\377\377\377\377", 10},
		{"\200\200\200\200\200\200\200\200\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24},
		{"\377\377\377\377\17\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20},
		{"not a record at all, but a sentence", 35},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", RECORD_FIELDS - 1},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", RECORD_FIELDS + 1},
	};
	struct record r;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (record_read(&r, rows[i].bytes, rows[i].n))
			fail_msg("row %zu", i);
	}
	/* whatever the bytes, spans stay within them */
	uint32_t seed = 1;
	for (size_t turn = 0; turn < 200000; turn++) {
		char data[64];
		size_t n = turn % sizeof data;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = (char)(seed >> 24 & (turn % 3 ? 3 : 255));
		}
		if (!record_read(&r, data, n))
			continue;
		for (size_t i = 0; i < RECORD_FIELDS; i++)
			assert_true(r.field[i].s >= data &&
				    r.field[i].s + r.field[i].n <= data + n);
	}
}

static void test_id(void **state)
{
	(void)state;
	static const struct {
		const char *path, *anchor;
		unsigned number;
	} rows[] = {
		{"", "", 0},	    {"", "", 1},	{"a", "", 0},
		{"", "a", 0},	    {"a", "b", 0},	{"ab", "", 0},
		{"b", "a", 0},	    {"a", "b", 1},	{"a", "b", 2},
		{"a", "b", 12},	    {"a", "b1", 0},	{"a", "b1", 2},
		{"en/a.md", "", 0}, {"fr/a.md", "", 0}, {"a", "b", 4294967295u},
	};
	char ids[COUNT(rows)][17];
	for (size_t i = 0; i < COUNT(rows); i++) {
		char again[17];
		record_id(ids[i], rows[i].path, rows[i].anchor, rows[i].number);
		record_id(again, rows[i].path, rows[i].anchor, rows[i].number);
		assert_string_equal(ids[i], again);
		assert_int_equal(strlen(ids[i]), 16);
		assert_int_equal(strspn(ids[i], "0123456789abcdef"), 16);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(ids[i], ids[k]);
	}
	/* FNV-1a as published: of the one byte NUL that ends an empty path */
	assert_string_equal(ids[0], "af63bd4c8601b7df");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_columns.c - columns come back as they were written, and damage to them is never read past.
 */
#include "t.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "columns.h"

enum { DOCUMENTS = 70000 };

struct place {
	char path[40];
};

/* Of one column each document has its own value, of others few share many. */
static int value_of(unsigned column, uint32_t document, char out[24])
{
	static const uint32_t different[] = {1, 3, 255, 256, 65535, 65536, DOCUMENTS};
	if (document % 11 == column)
		return 0; /* none */
	return snprintf(out, 24, "value %u", document % different[column]);
}
enum { COLUMNS = 7, RUN = 30000 };

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	struct error e;
	assert_non_null(p);
	strcpy(p->path, "/tmp/test_columns.XXXXXX");
	int fd = mkstemp(p->path);
	assert_true(fd >= 0 && write(fd, "a database", 10) == 10);
	close(fd);
	struct columns_pen *pen = columns_pen_open(p->path, DOCUMENTS, &e);
	assert_non_null(pen);
	for (unsigned c = 0; c < COLUMNS; c++) {
		char name[16], value[24];
		snprintf(name, sizeof name, "column %u", c);
		assert_int_equal(columns_begin(pen, name, c % 2 == 0, &e), 0);
		for (uint32_t d = 1; d <= DOCUMENTS; d++) {
			int n = value_of(c, d, value);
			if (n)
				assert_int_equal(columns_put(pen, d, value, (size_t)n, &e), 0);
		}
	}
	assert_int_equal(columns_begin(pen, "a name of far too many bytes", true, &e), -1);
	assert_int_equal(e.status, STATUS_LIMIT);
	assert_int_equal(columns_begin_bytes(pen, "run", &e), 0);
	for (int i = 0; i < RUN; i++)
		assert_int_equal(columns_put_bytes(pen, "a run, ", 7, &e), 0);
	assert_int_equal(columns_begin_bytes(pen, "nothing", &e), 0);
	assert_int_equal(columns_finish(pen, &e), 0);
	columns_pen_close(pen);
	fd = open(p->path, O_WRONLY | O_APPEND);
	assert_true(fd >= 0 && write(fd, "and a seal\n", 11) == 11);
	close(fd);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	unlink(p->path);
	free(p);
	return 0;
}

static struct columns *open_path(const char *path)
{
	bool starved;
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	struct columns *c = columns_open(fd, &starved);
	close(fd);
	return c;
}

static void test_round_trip(void **state)
{
	const struct place *p = *state;
	struct columns *all = open_path(p->path);
	assert_non_null(all);
	assert_null(columns_find(all, "column 7"));
	assert_null(columns_find(all, "run"));
	uint64_t run_n, at;
	assert_null(columns_bytes(all, "column 0", &run_n, &at));
	const char *run = columns_bytes(all, "run", &run_n, &at);
	assert_non_null(run);
	assert_int_equal(run_n, 7 * RUN);
	assert_int_equal(at % 8, 0);
	for (int i = 0; i < RUN; i++)
		assert_memory_equal(run + i * 7, "a run, ", 7);
	assert_non_null(columns_bytes(all, "nothing", &run_n, &at));
	assert_int_equal(run_n, 0);
	for (unsigned c = 0; c < COLUMNS; c++) {
		char name[16], expected[24] = "";
		snprintf(name, sizeof name, "column %u", c);
		const struct column *column = columns_find(all, name);
		assert_non_null(column);
		assert_int_equal(column->width, column->values <= 255	  ? 1
						: column->values <= 65535 ? 2
									  : 4);
		for (uint32_t d = 0; d <= DOCUMENTS + 1; d++) {
			size_t n;
			bool there = d >= 1 && d <= DOCUMENTS && value_of(c, d, expected);
			uint32_t value = column_value(column, d);
			assert_int_equal(value != 0, there);
			const char *text = column_text(column, value, &n);
			if (!there || c % 2)
				assert_int_equal(n, 0);
			else if (n != strlen(expected) || memcmp(text, expected, n) != 0)
				fail_msg("column %u, document %u: %.*s", c, d, (int)n, text);
		}
	}
	columns_close(all);
}

/* Another byte anywhere in what tells where things are: other numbers perhaps, nothing worse. */
static void test_damage(void **state)
{
	const struct place *p = *state;
	struct stat st;
	uint64_t dice = 1;
	size_t opened = 0;
	int fd = open(p->path, O_RDWR);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	for (int i = 0; i < 2000; i++) {
		unsigned char before, after;
		dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407;
		off_t at = st.st_size - 1 - (off_t)((dice >> 33) % 400);
		assert_int_equal(pread(fd, &before, 1, at), 1);
		after = before ^ (unsigned char)(1 << (dice >> 60 & 7));
		assert_int_equal(pwrite(fd, &after, 1, at), 1);
		bool starved;
		struct columns *all = columns_open(fd, &starved);
		opened += all != NULL;
		uint64_t run_n, run_at, run_sum = 0;
		const char *run = columns_bytes(all, "run", &run_n, &run_at);
		for (uint64_t k = 0; run && k < run_n; k += 997)
			run_sum += (unsigned char)run[k];
		assert_true(run_sum < UINT64_MAX);
		for (unsigned c = 0; c < COLUMNS; c++) {
			char name[16];
			size_t n, sum = 0;
			snprintf(name, sizeof name, "column %u", c);
			const struct column *column = columns_find(all, name);
			for (uint32_t d = 0; column && d < DOCUMENTS; d += 997) {
				const char *text = column_text(column, column_value(column, d), &n);
				for (size_t k = 0; k < n && k < 100; k++)
					sum += (unsigned char)text[k];
			}
			assert_true(sum < SIZE_MAX);
		}
		columns_close(all);
		assert_int_equal(pwrite(fd, &before, 1, at), 1);
	}
	close(fd);
	assert_in_range(opened, 1, 1999); /* some damage is seen, some cannot be */
}

static void test_none(void **state)
{
	char path[] = "/tmp/test_columns.XXXXXX";
	int fd = mkstemp(path);
	bool starved;
	(void)state;
	assert_true(fd >= 0);
	assert_null(columns_open(fd, &starved));
	assert_false(starved);
	assert_true(write(fd, "columns\0", 8) == 8);
	assert_null(columns_open(fd, &starved));
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_none),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

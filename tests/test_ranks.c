/* test_ranks.c - strings are numbered in the order of their bytes, be they few or many. */
#include "t.h"

#include <unistd.h>

#include "fixture.h"
#include "ranks.h"

enum { MANY = 200000, LONG = 1 << 15, LONGS = 5000 };

static void into(void *data, uint32_t id, uint32_t rank)
{
	((uint32_t *)data)[id] = rank;
}

/* The ranks of C strings; *e where that fails. */
static int rank(const char *folder, char *const *list, size_t n, uint32_t *ranks, struct error *e)
{
	struct ranks *r = ranks_new(folder, e);
	int result = r ? 0 : -1;
	for (size_t i = 0; i < n && result == 0; i++)
		result = ranks_add(r, list[i], strlen(list[i]), (uint32_t)i, e);
	if (result == 0)
		result = ranks_tell(r, into, ranks, e);
	ranks_free(r);
	return result;
}

static void few(void **state)
{
	char *const list[] = {"b", "", "a", "ab", "b", "a", "aa", "\xc3\xa9", "~"};
	const uint32_t expected[COUNT(list)] = {5, 1, 2, 4, 5, 2, 3, 7, 6};
	uint32_t ranks[COUNT(list)];
	struct fixture f;
	struct error e;
	(void)state;
	fixture_folder(&f);
	assert_int_equal(rank(f.folder, list, COUNT(list), ranks, &e), 0);
	for (size_t i = 0; i < COUNT(list); i++)
		assert_int_equal(ranks[i], expected[i]);
	assert_int_equal(rank(f.folder, list, 0, ranks, &e), 0);
	fixture_close(&f);
}

static int by_string(const void *x, const void *y, void *list)
{
	const uint32_t *a = x, *b = y;
	char *const *strings = list;
	return strcmp(strings[*a], strings[*b]);
}

/* Against qsort(). */
static void compare(char **list, size_t n)
{
	struct fixture f;
	struct error e;
	uint32_t *ranks = calloc(n, sizeof *ranks), *order = calloc(n, sizeof *order), last = 0;
	fixture_folder(&f);
	if (rank(f.folder, list, n, ranks, &e) != 0)
		fail_msg("%d %s", (int)e.what, e.detail);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, n, sizeof *order, by_string, list);
	for (size_t i = 0; i < n; i++) {
		if (!i || strcmp(list[order[i]], list[order[i - 1]]) != 0)
			last++;
		if (ranks[order[i]] != last)
			fail_msg("%.99s: %u, not %u", list[order[i]], ranks[order[i]], last);
	}
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	assert_int_equal(rmdir(f.corpus), 0);
	assert_int_equal(rmdir(f.folder), 0); /* nothing else is left */
	free(ranks);
	free(order);
}

/* More than are in memory at a time. */
static void many(void **state)
{
	static char *list[MANY];
	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		assert_true(asprintf(&list[i], "fr/%u/%u.md", i * 7919u % 311, i * 104729u % 1009) >
			    0);
	compare(list, MANY);
}

/* More than files are read at a time. */
static void more(void **state)
{
	static char *list[LONGS];
	(void)state;
	for (uint32_t i = 0; i < LONGS; i++) {
		list[i] = malloc(LONG + 1);
		assert_non_null(list[i]);
		memset(list[i], 'x', LONG);
		list[i][LONG] = '\0';
		list[i][LONG - 1 - i % 3] = (char)('a' + i * 31 % 26);
	}
	compare(list, LONGS);
}

static void refused(void **state)
{
	static char long_one[RANKS_BYTES / 4 + 2];
	char *list[] = {long_one}, *some[LONGS];
	uint32_t ranks[LONGS];
	struct fixture f;
	struct error e;
	(void)state;
	fixture_folder(&f);
	memset(long_one, 'x', sizeof long_one - 1);
	assert_int_equal(rank(f.folder, list, 1, ranks, &e), -1);
	assert_int_equal(e.status, STATUS_LIMIT);
	for (size_t i = 0; i < LONGS; i++)
		some[i] = long_one + sizeof long_one - LONG;
	assert_int_equal(rank("/nowhere/at/all", some, LONGS, ranks, &e), -1);
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(few), cmocka_unit_test(many),
					   cmocka_unit_test(more), cmocka_unit_test(refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

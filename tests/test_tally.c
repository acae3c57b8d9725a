/* test_tally.c - words are counted right, however many go to files on the way. */
#include "t.h"

#include "fixture.h"
#include "tally.h"

enum { WORDS = 3 * TALLY_WORDS, WAYS = 3 };

/* Word i: one of a few ways to write word i / WAYS, in one of two languages. */
static struct tally_word word_of(uint32_t i, int64_t by, char bytes[32])
{
	static const char *const accents[WAYS] = {"", "\xC3\xA9", "\xC3\xAA"};
	snprintf(bytes, 16, "w%05x", i / WAYS * 7919 % 0xFFFFF);
	snprintf(bytes + 16, 16, "w%05x%s", i / WAYS * 7919 % 0xFFFFF, accents[i % WAYS]);
	return (struct tally_word){i & 1, span_of(bytes), span_of(bytes + 16), by};
}

/* How often word i is counted: some by one tally only, some to nothing. */
static int64_t times(uint32_t i, size_t tally)
{
	return i % 5 == tally ? 0 : i % 11 == 3 ? (tally ? -1 : 1) : (int64_t)(i % 7 + tally);
}

static void count_all(struct tally *t, size_t number)
{
	char bytes[32];
	for (uint32_t i = 0; i < WORDS; i++) {
		struct tally_word word = word_of(i, times(i, number), bytes);
		if (word.change)
			tally_count(t, &word);
	}
}

static int by_bytes(struct span a, struct span b)
{
	int order = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int order_of(const struct tally_word *a, const struct tally_word *b)
{
	int order = (a->language > b->language) - (a->language < b->language);
	if (!order)
		order = by_bytes(a->folded, b->folded);
	return order ? order : by_bytes(a->written, b->written);
}

static int by_order(const void *x, const void *y)
{
	return order_of(x, y);
}

/* All words and their sums, as a list made the plain way. */
static struct tally_word *expected(char *bytes, size_t tallies, size_t *n)
{
	struct tally_word *list = malloc(WORDS * sizeof *list);
	assert_non_null(list);
	*n = 0;
	for (uint32_t i = 0; i < WORDS; i++) {
		int64_t sum = 0;
		for (size_t t = 0; t < tallies; t++)
			sum += times(i, t);
		if (sum)
			list[(*n)++] = word_of(i, sum, bytes + 32 * i);
	}
	qsort(list, *n, sizeof *list, by_order);
	return list;
}

static void check(struct tally *const *tallies, size_t n_tallies)
{
	struct error e;
	struct tally_word word;
	size_t n, at = 0;
	char *bytes = malloc(32 * WORDS);
	assert_non_null(bytes);
	struct tally_word *list = expected(bytes, n_tallies, &n);
	struct tally_reader *r = tally_open(tallies, n_tallies, &e);
	assert_non_null(r);
	int more;
	while ((more = tally_next(r, &word, &e)) > 0) {
		assert_true(at < n);
		if (order_of(&word, &list[at]) != 0 || word.change != list[at].change)
			fail_msg("word %zu: %.*s, %lld times", at, (int)word.written.n,
				 word.written.s, (long long)word.change);
		at++;
	}
	assert_int_equal(more, 0);
	assert_int_equal(at, n);
	tally_close(r);
	free(list);
	free(bytes);
}

/* In memory, in files, both at once; and read twice. */
static void words_are_counted(void **state)
{
	struct fixture f;
	struct error e;
	struct tally *tallies[2];
	char path[700];
	(void)state;
	fixture_folder(&f);
	snprintf(path, sizeof path, "%s/words", f.corpus);
	tallies[0] = tally_new(NULL, &e);
	tallies[1] = tally_new(path, &e);
	assert_non_null(tallies[0]);
	assert_non_null(tallies[1]);
	for (size_t i = 0; i < 2; i++)
		count_all(tallies[i], i);
	check(tallies, 1);
	check(tallies, 2);
	check(tallies, 2);
	tally_free(tallies[0]);
	tally_free(tallies[1]);
	assert_int_equal(rmdir(f.corpus), 0); /* no file is left */
	assert_int_equal(mkdir(f.corpus, 0700), 0);
	fixture_close(&f);
}

/* What could not be written is told of when it is asked for. */
static void no_room(void **state)
{
	struct error e;
	struct tally *t = tally_new("/nowhere/at/all", &e);
	(void)state;
	assert_non_null(t);
	count_all(t, 1);
	assert_null(tally_open(&t, 1, &e));
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	assert_non_null(strstr(e.detail, "/nowhere/at/all.0"));
	tally_free(t);
	tally_free(NULL);
	tally_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words_are_counted),
					   cmocka_unit_test(no_room)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

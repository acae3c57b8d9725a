/* test_bulk.c - what is written in bulk is what Xapian's own writer makes of the same documents. */
#include "t.h"

#include <ftw.h>
#include <sys/resource.h>
#include <unistd.h>

#include "merge.h"
#include "text.h"
#include "xap.h"

enum { FORMAT = 3, SMALL = 33000, WORDS = 5000, TERM = 300 };

struct pair {
	const char *folder;
	char path[2][96], scratch[2][96];
	struct xap *x[2];
	uint64_t dice;
};

static uint32_t roll(struct pair *p, uint32_t n)
{
	p->dice = p->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(p->dice >> 33) % n;
}

/* A word of a vocabulary in which few are frequent; some are long, some hold a NUL byte. */
static size_t word(struct pair *p, char *out)
{
	uint32_t w = roll(p, 1 + roll(p, WORDS));
	int n = snprintf(out, TERM, "w%u", w);
	if (w % 97 == 5)
		out[1] = '\0';
	while (w % 211 == 7 && n < 200)
		out[n++] = 'x';
	return (size_t)n;
}

static struct xap_document *document(struct pair *p, uint32_t number, uint32_t words, size_t data_n)
{
	struct error e;
	char term[TERM], *data = calloc(1, data_n + 1);
	struct xap_document *d = xap_document_new(&e);
	assert_non_null(d);
	assert_non_null(data);
	for (uint32_t i = 1; i <= words; i++) {
		size_t n = word(p, term);
		assert_int_equal(
			xap_document_word(d, term, n, i, i % 4 ? i - i / 4 : 0, 1 + i % 3, &e), 0);
		if (i % 5 == 0)
			assert_int_equal(
				xap_document_posting(d, term, n, (1 << 24) + words - i, 0, &e), 0);
	}
	assert_int_equal(xap_document_term(d, "L", 1, 0, &e), 0);
	for (size_t i = 0; i < data_n; i++)
		data[i] = (char)(roll(p, 3) ? 'a' : roll(p, 256));
	assert_int_equal(xap_document_data(d, data, data_n, &e), 0);
	int n = snprintf(term, sizeof term, "pair %u", number / 2);
	assert_int_equal(xap_document_value(d, 0, term, (size_t)n, &e), 0);
	n = snprintf(term, sizeof term, "%u", number % 7);
	if (number % 3)
		assert_int_equal(xap_document_value(d, 5, term, (size_t)n, &e), 0);
	free(data);
	return d;
}

/* The same documents, words and notes for either. */
static void fill(struct pair *p, struct xap_writer *w)
{
	struct error e;
	char name[32];
	p->dice = 1;
	for (uint32_t i = 0; i < SMALL + 120; i++) {
		bool large = i >= SMALL;
		int n = snprintf(name, sizeof name, "U%u", i / 2);
		struct xap_document *d = i == SMALL ? document(p, i, 60000, 300000)
						    : document(p, i, large ? 400 : roll(p, 8),
							       roll(p, large ? 20000 : 30));
		assert_int_equal(i % 2 ? xap_add_to_file(w, name, (size_t)n, d, &e)
				       : xap_put_file(w, name, (size_t)n, &d, 1, &e),
				 0);
		xap_document_free(d);
	}
	for (int i = 0; i < 3000; i++) {
		int n = snprintf(name, sizeof name, "%cmot%x%c", 'A' + i % 3, i * 7919,
				 'a' + i % 5);
		assert_int_equal(xap_put_word(w, name, (size_t)n, i % 400 + 1, &e), 0);
		n = snprintf(name, sizeof name, "note %d", (i * 7) % 3000);
		assert_int_equal(xap_put_note(w, name, name, i % 9 ? (size_t)n : 0, &e), 0);
	}
	assert_int_equal(xap_commit(w, &e), 0);
}

static int few_files(bool few)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return -1;
	limit.rlim_cur = few ? 40 + 2 * 7 : limit.rlim_max < 1024 ? limit.rlim_max : 1024;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

static int set_up(void **state)
{
	struct pair *p = calloc(1, sizeof *p);
	struct error e;
	assert_non_null(p);
	p->folder = mkdtemp(strdup("/tmp/test_bulk.XXXXXX"));
	assert_non_null(p->folder);
	for (int i = 0; i < 2; i++) {
		size_t n = 1;
		snprintf(p->path[i], sizeof p->path[i], "%s/%d.db", p->folder, i);
		snprintf(p->scratch[i], sizeof p->scratch[i], "%s/%d.tmp", p->folder, i);
		const char *const dirs[] = {p->scratch[i]}, *const *parts = dirs;
		struct xap_writer *w =
			i ? xap_writer_bulk(p->scratch[i], FORMAT, 2 << 20, false, &e)
			  : xap_writer_open(p->scratch[i], FORMAT, false, &e);
		assert_non_null(w);
		fill(p, w);
		if (i)
			parts = xap_writer_parts(w, &n);
		assert_true(!i || n > 4); /* the merge is part of the test: of two at a time */
		assert_int_equal(few_files(true), 0);
		assert_int_equal(merge(parts, n, p->folder, p->path[i], &e), 0);
		assert_int_equal(few_files(false), 0);
		xap_writer_close(w);
		p->x[i] = xap_open(p->path[i], FORMAT, &e);
		assert_non_null(p->x[i]);
	}
	*state = p;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static int tear_down(void **state)
{
	struct pair *p = *state;
	xap_close(p->x[0]);
	xap_close(p->x[1]);
	nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free((char *)(uintptr_t)p->folder);
	free(p);
	return 0;
}

static void test_terms(void **state)
{
	struct pair *p = *state;
	struct xap_list list[2];
	struct error e;
	for (int i = 0; i < 2; i++)
		assert_int_equal(xap_terms(p->x[i], "", 0, 1 << 20, &list[i], &e), 0);
	assert_int_equal(xap_document_count(p->x[0]), xap_document_count(p->x[1]));
	assert_int_equal(list[0].n, list[1].n);
	assert_true(list[0].n > WORDS);
	for (size_t i = 0; i < list[0].n; i++) {
		same(i, list[0].list[i].value, list[1].list[i].value);
		assert_int_equal(list[0].list[i].count, list[1].list[i].count);
	}
	xap_list_free(&list[0]);
	xap_list_free(&list[1]);
}

static size_t same_answers(struct pair *p, size_t row, const struct xap_query *query)
{
	struct xap_request request = {.query = query,
				      .limit = 50,
				      .collapse_slot = 0,
				      .order_slot = XAP_NO_SLOT,
				      .facet_slots = {5},
				      .n_facets = 1};
	struct xap_result r[2];
	struct error e;
	for (int i = 0; i < 2; i++)
		assert_int_equal(xap_search(p->x[i], &request, &r[i], &e), 0);
	if (r[0].total != r[1].total || r[0].n_hits != r[1].n_hits ||
	    r[0].n_facets[0] != r[1].n_facets[0])
		fail_msg("query %zu: %zu and %zu hits", row, r[0].total, r[1].total);
	for (size_t i = 0; i < r[0].n_hits; i++) {
		const struct xap_hit *a = &r[0].hits[i], *b = &r[1].hits[i];
		assert_int_equal(a->document, b->document);
		assert_true(a->weight == b->weight);
		assert_int_equal(a->data_n, b->data_n);
		assert_memory_equal(a->data, b->data, a->data_n);
	}
	for (size_t i = 0; i < r[0].n_facets[0]; i++) {
		same(i, r[0].facets[0][i].value, r[1].facets[0][i].value);
		assert_int_equal(r[0].facets[0][i].count, r[1].facets[0][i].count);
	}
	size_t total = r[0].total;
	xap_result_free(&r[0]);
	xap_result_free(&r[1]);
	return total;
}

/* Words alone, and phrases. */
static void test_answers(void **state)
{
	struct pair *p = *state;
	size_t found = 0;
	for (size_t i = 0; i < 900; i++) {
		char term[3][TERM];
		struct xap_query words[3];
		const struct xap_query *children[3];
		for (size_t k = 0; k < 3; k++) {
			size_t n = word(p, term[k]);
			words[k] = (struct xap_query){.op = XAP_TERM, .term = term[k], .term_n = n};
			children[k] = &words[k];
		}
		const struct xap_query query = {.op = i % 3 ? XAP_PHRASE : XAP_OR,
						.children = children,
						.n = 1 + i % 2 + i % 3 / 2};
		found += same_answers(p, i, &query) > 0;
	}
	assert_true(found > 300);
}

static bool take(void *data, const char *s, size_t n)
{
	struct buf *out = data;
	buf_add(out, s, n);
	return true;
}

/* Documents by their file, the dictionary, the notes. */
static void test_the_rest(void **state)
{
	struct pair *p = *state;
	struct error e;
	char name[32];
	for (uint32_t i = 0; i < 3000; i++) {
		struct buf out[2] = {buf_new(1 << 24), buf_new(1 << 24)};
		uint32_t count[2];
		int n = snprintf(name, sizeof name, "U%u", i * 6 % (SMALL / 2 + 60));
		for (int k = 0; k < 2; k++)
			assert_int_equal(xap_scan(p->x[k], name, (size_t)n, take, &out[k], &e), 0);
		assert_int_equal(out[0].n, out[1].n);
		if (out[0].n)
			assert_memory_equal(out[0].s, out[1].s, out[0].n);
		n = snprintf(name, sizeof name, "%cmot%x%c", 'A' + (int)(i % 3), i * 7919,
			     'a' + (int)(i % 5));
		for (int k = 0; k < 2; k++) {
			assert_int_equal(xap_word_count(p->x[k], name, (size_t)n, &count[k], &e),
					 0);
			buf_free(&out[k]);
		}
		assert_int_equal(count[0], i % 400 + 1);
		assert_int_equal(count[1], i % 400 + 1);
		name[n / 2] ^= 1;
		char *near[2] = {xap_suggest(p->x[0], name, (size_t)n, &e),
				 xap_suggest(p->x[1], name, (size_t)n, &e)};
		same(i, near[0], near[1]);
		snprintf(name, sizeof name, "note %u", i);
		char *note[2] = {xap_note(p->x[0], name, &e), xap_note(p->x[1], name, &e)};
		same(i, note[0], note[1]);
		for (int k = 0; k < 2; k++) {
			free(near[k]);
			free(note[k]);
		}
	}
}

/* A writer goes on from it: what it drops is wholly gone. */
static void test_change(void **state)
{
	struct pair *p = *state;
	struct error e;
	struct xap_list left;
	char copy[96], name[32];
	snprintf(copy, sizeof copy, "%s/copy", p->folder);
	assert_int_equal(xap_unpack(p->path[1], copy, &e), 0);
	struct xap_writer *w = xap_writer_open(copy, FORMAT, false, &e);
	assert_non_null(w);
	for (uint32_t i = 0; i < SMALL / 2 + 60; i++) {
		int n = snprintf(name, sizeof name, "U%u", i);
		assert_int_equal(xap_put_file(w, name, (size_t)n, NULL, 0, &e), 0);
	}
	assert_int_equal(xap_commit(w, &e), 0);
	xap_writer_close(w);
	struct xap *x = xap_open(copy, FORMAT, &e);
	assert_non_null(x);
	assert_int_equal(xap_document_count(x), 0);
	assert_int_equal(xap_terms(x, "", 0, 100, &left, &e), 0);
	assert_int_equal(left.n, 0);
	xap_list_free(&left);
	xap_close(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_the_rest),
		cmocka_unit_test(test_change),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

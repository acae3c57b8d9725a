/* test_rank.c - an index of one file, which is asked by its posting lists, gives for any query the
 * hits that Xapian's matcher finds in a directory of the same documents, and weighs them the same;
 * and of them the order, the pairs, the groups, the pages and the facets that the two lists imply.
 */
#include "t.h"

#include <math.h>

#include "fixture.h"
#include "merge.h"

enum { FORMAT = 3, DOCUMENTS = 900, VOCABULARY = 40, QUERIES = 3000, NODES = 64, WORDS = 4 };
enum { PAIR, ORDER, FACET };

static const char here[] = "Ven";

static uint32_t roll(uint64_t *dice, uint32_t n)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*dice >> 33) % n;
}

/* Few words are frequent; some begin like others. */
static uint32_t pick(uint64_t *dice)
{
	return roll(dice, 1 + roll(dice, VOCABULARY));
}

/* What is known of a document besides its words: the two of a pair are alike, and in order. */
struct known {
	char pair[8], order[8], facet[8];
	bool here;
};

static struct known about(uint32_t number)
{
	struct known k = {.facet = ""};
	uint32_t of = number / 3 * 3; /* documents 1 and 2 of three are a pair */
	if (number % 3)
		snprintf(k.pair, sizeof k.pair, "p%u", of);
	snprintf(k.order, sizeof k.order, "%03u", number * 389 % 1000);
	if (of % 5)
		snprintf(k.facet, sizeof k.facet, "f%u", of % 5);
	k.here = of % 4 != 0;
	return k;
}

static size_t word_of(char *out, uint32_t word)
{
	return (size_t)snprintf(out, 32, "w%u", word * 7);
}

static void value(struct xap_document *d, unsigned slot, const char *text)
{
	struct error e;
	assert_int_equal(xap_document_value(d, slot, text, strlen(text), &e), 0);
}

static struct xap_document *document(uint32_t number)
{
	struct error e;
	uint64_t dice = number * UINT64_C(2654435761) + 1;
	struct known k = about(number);
	struct xap_document *d = xap_document_new(&e);
	assert_non_null(d);
	uint32_t n = 1 + roll(&dice, 1 + roll(&dice, 60));
	for (uint32_t i = 1; i <= n; i++) {
		char term[32];
		size_t length = word_of(term, pick(&dice));
		assert_int_equal(xap_document_posting(d, term, length, i, 1 + roll(&dice, 9), &e),
				 0);
	}
	assert_int_equal(xap_document_term(d, "all", 3, 0, &e), 0);
	if (k.here)
		assert_int_equal(xap_document_term(d, here, strlen(here), 0, &e), 0);
	value(d, PAIR, k.pair);
	value(d, ORDER, k.order);
	value(d, FACET, k.facet);
	return d;
}

static void put_all(struct xap_writer *w)
{
	struct error e;
	for (uint32_t i = 0; i < DOCUMENTS; i++) {
		char name[16];
		int n = snprintf(name, sizeof name, "U%u", i);
		struct xap_document *d = document(i);
		assert_int_equal(xap_put_file(w, name, (size_t)n, &d, 1, &e), 0);
		xap_document_free(d);
	}
	assert_int_equal(xap_commit(w, &e), 0);
}

/* The same documents as Xapian's writer leaves them, and as a file with columns. */
static void open_both(const struct fixture *f, struct xap *both[2])
{
	static const unsigned slots[] = {FACET};
	static const char *const terms[] = {here};
	struct error e;
	char dir[700], bulk[700], file[700];
	size_t n;
	snprintf(dir, sizeof dir, "%s/dir", f->folder);
	snprintf(bulk, sizeof bulk, "%s/bulk", f->folder);
	snprintf(file, sizeof file, "%s/file", f->folder);
	struct xap_writer *w = xap_writer_open(dir, FORMAT, false, &e);
	assert_non_null(w);
	put_all(w);
	xap_writer_close(w);
	w = xap_writer_bulk(bulk, FORMAT, 64 << 20, true, &e);
	assert_non_null(w);
	put_all(w);
	const char *const *parts = xap_writer_parts(w, &n);
	const struct xap_columns columns = {.pair_slot = PAIR,
					    .order_slot = ORDER,
					    .slots = slots,
					    .n_slots = COUNT(slots),
					    .terms = terms,
					    .n_terms = COUNT(terms),
					    .dirs = parts,
					    .n_dirs = n,
					    .scratch = f->folder};
	assert_int_equal(merge(parts, n, f->folder, file, &e), 0);
	assert_int_equal(xap_put_columns(file, &columns, &e), 0);
	xap_writer_close(w);
	both[0] = xap_open(dir, FORMAT, &e);
	both[1] = xap_open(file, FORMAT, &e);
	assert_true(both[0] && both[1]);
}

/* ---- queries that are made up ---- */

struct tree {
	struct xap_query list[NODES];
	const struct xap_query *children[NODES][WORDS];
	char terms[NODES][32];
	size_t n;
	uint64_t dice;
	unsigned aside; /* how many XAP_AND_MAYBE this is at the right side of */
};

static const struct xap_query *leaf(struct tree *t, enum xap_op op)
{
	size_t i = t->n++;
	struct xap_query *q = &t->list[i];
	*q = (struct xap_query){.op = op, .term = t->terms[i], .window = 1 + roll(&t->dice, 12)};
	q->term_n = word_of(t->terms[i], pick(&t->dice));
	if (op == XAP_PREFIX)
		q->term_n = 1 + roll(&t->dice, 2);
	q->scale = roll(&t->dice, 5) * 7.5;
	return q;
}

static const struct xap_query *grow(struct tree *t, unsigned depth)
{
	static const enum xap_op leaves[] = {XAP_TERM, XAP_TERM,   XAP_TERM,	 XAP_TERM,
					     XAP_ALL,  XAP_PREFIX, XAP_CONSTANT, XAP_NOTHING};
	static const enum xap_op ops[] = {XAP_AND,	 XAP_OR,     XAP_OR,	 XAP_AND_NOT,
					  XAP_AND_MAYBE, XAP_FILTER, XAP_PHRASE, XAP_SCALE};
	if (depth == 0 || roll(&t->dice, 4) == 0)
		return leaf(t, leaves[roll(&t->dice, COUNT(leaves))]);
	size_t i = t->n++;
	struct xap_query *q = &t->list[i];
	*q = (struct xap_query){.op = ops[roll(&t->dice, COUNT(ops))], .children = t->children[i]};
	q->n = q->op == XAP_SCALE ? 1 : 1 + roll(&t->dice, 3);
	q->scale = roll(&t->dice, 4) * 0.5;
	/* there Xapian 1.4.22 adds the weight of a phrase though only its words are there */
	if (q->op == XAP_PHRASE && t->aside)
		q->op = XAP_AND;
	for (size_t k = 0; k < q->n; k++) {
		t->aside += q->op == XAP_AND_MAYBE && k == 1;
		if (q->op == XAP_PHRASE)
			t->children[i][k] = leaf(t, roll(&t->dice, 4) ? XAP_TERM : XAP_PREFIX);
		else
			t->children[i][k] = grow(t, depth - 1);
	}
	t->aside -= q->op == XAP_AND_MAYBE && q->n > 1;
	return q;
}

/* ---- what is to be expected ---- */

struct found {
	uint32_t document; /* from 0 */
	double weight;
};

static bool weigh_same(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static bool order_first;

static int by_weight(const void *x, const void *y)
{
	const struct found *a = x, *b = y;
	bool tie = weigh_same(a->weight, b->weight);
	if (!order_first && !tie)
		return a->weight > b->weight ? -1 : 1;
	return strcmp(about(a->document).order, about(b->document).order);
}

/* All that is found, in order, and each pair once. */
static size_t expected(struct xap *x, const struct xap_query *q, struct found *hits)
{
	struct xap_request request = {.query = q,
				      .limit = DOCUMENTS,
				      .collapse_slot = XAP_NO_SLOT,
				      .order_slot = XAP_NO_SLOT};
	struct xap_result r;
	struct error e;
	bool seen[DOCUMENTS] = {false};
	size_t n = 0;
	if (xap_search(x, &request, &r, &e) != 0)
		fail_msg("%d %s", (int)e.what, e.detail);
	assert_int_equal(r.total, r.n_hits);
	struct found all[DOCUMENTS];
	for (size_t i = 0; i < r.n_hits; i++)
		all[i] = (struct found){r.hits[i].document - 1, r.hits[i].weight};
	qsort(all, r.n_hits, sizeof *all, by_weight);
	for (size_t i = 0; i < r.n_hits; i++) {
		uint32_t d = all[i].document;
		if (d % 3 && seen[d / 3])
			continue;
		seen[d / 3] = seen[d / 3] || d % 3;
		hits[n++] = all[i];
	}
	xap_result_free(&r);
	return n;
}

/* Compares one group of what was found with what there is of it among all the hits. */
static void compare(size_t number, const struct xap_result *r, const struct found *hits, size_t n,
		    bool in_group, bool grouped, size_t *first, size_t *most)
{
	size_t total = 0, given = 0, facets[5] = {0};
	for (size_t i = 0; i < n; i++) {
		struct known k = about(hits[i].document);
		if (grouped && k.here != in_group)
			continue;
		facets[*k.facet ? k.facet[1] - '0' : 0]++;
		if (total++ < *first || given == *most)
			continue;
		if (given == r->n_hits)
			fail_msg("query %zu: hit %zu is missing", number, given);
		const struct xap_hit *h = &r->hits[given++];
		if (h->document - 1 != hits[i].document || !weigh_same(h->weight, hits[i].weight))
			fail_msg("query %zu, hit %zu: document %u (%.17g), not %u (%.17g)", number,
				 given, h->document - 1, h->weight, hits[i].document,
				 hits[i].weight);
	}
	assert_int_equal(r->n_hits, given);
	assert_int_equal(r->total, total);
	for (size_t i = 0; i < r->n_facets[0]; i++) {
		const struct xap_facet *facet = &r->facets[0][i];
		size_t *left = &facets[*facet->value ? facet->value[1] - '0' : 0];
		assert_int_equal(facet->count, *left);
		*left = 0;
	}
	for (size_t i = 0; i < COUNT(facets); i++)
		assert_int_equal(facets[i], 0);
	*first -= *first < total ? *first : total;
	*most -= given;
}

static void any_query(void **state)
{
	struct fixture f;
	struct xap *both[2];
	size_t some = 0;
	(void)state;
	fixture_folder(&f);
	open_both(&f, both);
	for (size_t i = 0; i < QUERIES; i++) {
		struct tree t = {.dice = i};
		struct found hits[DOCUMENTS];
		struct xap_result r[2];
		struct error e;
		struct xap_request request = {.query = grow(&t, 3),
					      .offset = roll(&t.dice, 3) ? 0 : roll(&t.dice, 60),
					      .limit = roll(&t.dice, 9) ? 10 : DOCUMENTS,
					      .collapse_slot = PAIR,
					      .order_slot = ORDER,
					      .order_first = roll(&t.dice, 4) == 0,
					      .facet_slots = {FACET},
					      .n_facets = 1,
					      .no_data = true,
					      .first = roll(&t.dice, 2) ? here : NULL,
					      .first_only = roll(&t.dice, 4) == 0};
		order_first = request.order_first;
		size_t n = expected(both[0], request.query, hits), first = request.offset,
		       most = request.limit;
		if (xap_search(both[1], &request, r, &e) != 0)
			fail_msg("query %zu: %d %s", i, (int)e.what, e.detail);
		compare(i, &r[0], hits, n, true, request.first, &first, &most);
		if (request.first && request.first_only)
			most = 0;
		if (request.first)
			compare(i, &r[1], hits, n, false, true, &first, &most);
		for (size_t g = 0; g < (request.first ? 2 : 1); g++)
			xap_result_free(&r[g]);
		some += n > 0;
	}
	assert_true(some > QUERIES / 2);
	xap_close(both[0]);
	xap_close(both[1]);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_query)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

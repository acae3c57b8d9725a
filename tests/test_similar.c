/* test_similar.c - the query that finds passages like one. */
#include "t.h"

#include "fixture.h"
#include "similar.h"

static const struct sheet sheets[] = {
	{"en/cats.md", "# Cats\n\nA cat drinks milk and sleeps on the sofa.\n"},
	{"en/kittens.md", "# Kittens\n\nA young cat drinks milk all day.\n"},
	{"en/cows.md", "# Cows\n\nCows give milk.\n"},
	{"en/alone.md", "# Xylophone\n\nZither, ocarina.\n"},
	{"en/stops.md", "# The\n\nTo be of the.\n"},
	{"en/letters.md", "# Q\n\nQ z q z.\n"},
	{"en/more.md", "# Z\n\nQ z, sofa 7.\n"},
	{"fr/chats.md", "# Chats\n\nLe chat boit du lait, sur un sofa.\n"},
	{"fr/vaches.md", "# Vaches\n\nDu lait de vache.\n"},
	{"fr/empty.md", "# Vide\n"},
};

struct asked {
	struct arena arena;
	struct compiler c;
};

static struct asked *ask(struct fixture *f)
{
	struct asked *a = calloc(1, sizeof *a);
	assert_non_null(a);
	a->c.xap = f->xap;
	a->c.analysers = f->analysers.of;
	a->c.arena = &a->arena;
	return a;
}

static void ask_free(struct asked *a)
{
	arena_free(&a->arena);
	free(a);
}

/* The names of what a query finds; "-" for no query. */
static void find(struct fixture *f, node q, char *found, size_t cap)
{
	struct xap_request request = {
		.query = q, .limit = 100, .collapse_slot = XAP_NO_SLOT, .order_slot = XAP_NO_SLOT};
	struct xap_result result;
	struct error e;
	size_t n = 0;
	strcpy(found, q ? "" : "-");
	if (!q)
		return;
	assert_int_equal(xap_search(f->xap, &request, &result, &e), 0);
	for (size_t i = 0; i < result.n_hits; i++) {
		struct record r;
		assert_true(record_read(&r, result.hits[i].data, result.hits[i].data_n));
		struct span name = fixture_name(r.field[RECORD_PATH]);
		n += (size_t)snprintf(found + n, cap - n, "%s%.*s", n ? " " : "", (int)name.n,
				      name.s);
	}
	xap_result_free(&result);
}

static void passages_like_one(void **state)
{
	static const struct {
		const char *path, *like; /* itself among them */
	} rows[] = {
		{"en/cats.md", "cats cows kittens more"},
		{"en/kittens.md", "cats cows kittens"},
		{"en/cows.md", "cats cows kittens"},
		{"en/alone.md", "-"},	/* words of no other passage */
		{"en/stops.md", "-"},	/* no content word */
		{"en/letters.md", "-"}, /* words of one letter */
		{"en/more.md", "cats more"},
		{"fr/chats.md", "chats vaches"}, /* sofa is English elsewhere */
		{"fr/empty.md", "-"},
	};
	struct fixture f;
	struct error e;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (size_t i = 0; i < COUNT(rows); i++) {
		char found[1024];
		struct search_result one;
		struct asked *a = ask(&f);
		assert_int_equal(search_find(f.search, span_of(rows[i].path), &one, &e), 0);
		find(&f, similar_query(&a->c, &one.hits[0].record), found, sizeof found);
		assert_false(a->c.failed);
		fixture_sort(found);
		same(i, rows[i].like, found);
		search_free(&one);
		ask_free(a);
	}
	fixture_close(&f);
}

static struct record record_of(const char *lang, const char *title, const char *text)
{
	struct record r;
	for (size_t i = 0; i < RECORD_FIELDS; i++)
		r.field[i] = span_of("");
	r.field[RECORD_LANG] = span_of(lang);
	r.field[RECORD_TITLE] = span_of(title);
	r.field[RECORD_TEXT] = span_of(text);
	return r;
}

/* A term's weight counts for more the more often it stands and the fewer passages have it. */
static void the_best_terms_only(void **state)
{
	struct fixture f;
	struct buf text = buf_new(1 << 20);
	(void)state;
	fixture_folder(&f);
	/* words z to a in as many passages as their place: wzw in 2, wyw in 3, ... */
	for (int page = 0; page < 28; page++) {
		char path[32];
		snprintf(path, sizeof path, "en/p%02d.md", page);
		buf_clear(&text);
		buf_puts(&text, "# Heading\n\n");
		for (int w = 0; w < 26; w++)
			if (page < w + 2)
				buf_printf(&text, "w%cw ", 'z' - w);
		fixture_write(f.corpus, path, text.s, text.n);
	}
	fixture_index(&f);
	struct asked *a = ask(&f);
	buf_clear(&text);
	for (int w = 25; w >= 0; w--)
		buf_printf(&text, "w%cw ", 'a' + w);
	struct record r = record_of("en", "", text.s);
	node q = similar_query(&a->c, &r);
	assert_non_null(q);
	assert_int_equal(q->op, XAP_OR);
	assert_int_equal(q->n, SIMILAR_TERMS);
	for (size_t i = 0; i < q->n; i++) {
		assert_int_equal(q->children[i]->op, XAP_SCALE);
		const struct xap_query *term = q->children[i]->children[0];
		const char expected[] = {'E', 'w', (char)('z' - i), 'w'};
		assert_int_equal(term->term_n, 4);
		assert_memory_equal(term->term, expected, 4);
	}
	/* one that more passages have comes first when it stands more often */
	r = record_of("en", "", "wyw wzw wxw wxw wxw wxw wxw wxw");
	q = similar_query(&a->c, &r);
	assert_int_equal(q->n, 3);
	assert_memory_equal(q->children[0]->children[0]->term, "Ewxw", 4);
	assert_true(q->children[0]->scale > q->children[1]->scale);
	/* a word of the title counts more than one of the text */
	r = record_of("en", "wxw", "wzw");
	q = similar_query(&a->c, &r);
	assert_memory_equal(q->children[0]->children[0]->term, "Ewxw", 4);
	/* one term needs no OR */
	r = record_of("en", "", "wzw");
	assert_int_equal(similar_query(&a->c, &r)->op, XAP_SCALE);
	r = record_of("fr", "", "wzw");
	assert_null(similar_query(&a->c, &r));
	assert_false(a->c.failed);
	ask_free(a);
	buf_free(&text);
	fixture_close(&f);
}

/* Of a passage longer than SIMILAR_TOKENS the beginning is read. */
static void a_long_passage(void **state)
{
	struct fixture f;
	struct buf text = buf_new(1 << 20);
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (int last = 0; last < 2; last++) {
		buf_clear(&text);
		for (int i = 0; i < SIMILAR_TOKENS - 1 + last; i++)
			buf_puts(&text, "cat ");
		buf_puts(&text, "milk cows");
		struct asked *a = ask(&f);
		struct record r = record_of("en", "", text.s);
		node q = similar_query(&a->c, &r);
		assert_int_equal(q->op, last ? XAP_SCALE : XAP_OR);
		assert_int_equal(q->n, last ? 1 : 2);
		ask_free(a);
	}
	struct asked *a = ask(&f);
	struct record r = record_of("xx", "", "cat");
	assert_null(similar_query(&a->c, &r));
	assert_true(a->c.failed);
	ask_free(a);
	buf_free(&text);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(passages_like_one),
					   cmocka_unit_test(the_best_terms_only),
					   cmocka_unit_test(a_long_passage)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

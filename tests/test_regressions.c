/* What was once wrong, a test each. */
#include "t.h"

#include "correct.h"
#include "fixture.h"
#include "lexique.h"

static const struct sheet sheets[] = {
	{"en/a.md", "# The library\n\nA library, a gallery and a patron. Room booking.\n"},
	{"fr/b.md",
	 "# La bibliothèque\n\nLa galerie de la bibliothèque. Les services. libraire\n"}};

static void corrections(struct fixture *f, size_t preferred, const char *typed, char *out)
{
	struct arena arena = {0};
	struct error e;
	struct compiler *c = calloc(1, sizeof *c);
	c->xap = f->xap;
	c->analysers = f->analysers.of;
	c->arena = &arena;
	struct query *q = query_parse(&arena, typed, strlen(typed), NULL, &e);
	struct correction list[LANGUAGE_MAX];
	size_t n = correct_typing(c, q, span_of(typed), &languages[preferred], list);
	*out = '\0';
	for (size_t i = 0; i < n; i++)
		out += sprintf(out, "%s%u:%.*s", i ? " | " : "", list[i].edits,
			       (int)list[i].typed.n, list[i].typed.s);
	arena_free(&arena);
	free(c);
}

/* 1 spelling_suggest: the nearest word of a language, though another language has a nearer or more
 * frequent one */
static void languages_hide_each_other(void **state)
{
	char got[400];
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, 2);
	corrections(&f, 0, "galery", got);
	same(0, "1:gallery | 2:galerie", got);
	fixture_close(&f);
}
/* 2 correct_typing: not in prefixes */
static void a_prefix_in_a_phrase_is_touched(void **state)
{
	char got[400];
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, 2);
	corrections(&f, 0, "\"servixe* patron\"", got);
	same(0, "", got);
	fixture_close(&f);
}
/* 3 lexique_line: the detail ends in half a character */
static void a_long_term_is_cut_in_a_character(void **state)
{
	struct concept c;
	struct error e;
	char line[400] = "a";
	(void)state;
	for (int i = 0; i < 61; i++)
		strcat(line, "é");
	strcat(line, "\tx");
	assert_int_equal(lexique_line(span_of(line), &c, &e), -1);
	assert_int_equal(utf8_check(e.detail, strlen(e.detail)), strlen(e.detail));
}
/* 4 XAP_PHRASE with an OR that holds a prefix: found or refused, not found in part */
static void a_prefix_in_an_or_in_a_phrase(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, 2);
	const struct xap_query room = {.op = XAP_TERM, .term = "room", .term_n = 4},
			       boo = {.op = XAP_PREFIX, .term = "boo", .term_n = 3, .window = 9},
			       patron = {.op = XAP_TERM, .term = "patron", .term_n = 6},
			       *const ors[] = {&patron, &boo},
			       either = {.op = XAP_OR, .children = ors, .n = 2},
			       *const parts[] = {&room, &either},
			       phrase = {.op = XAP_PHRASE, .children = parts, .n = 2};
	struct xap_request request = {.query = &phrase,
				      .limit = 9,
				      .collapse_slot = XAP_NO_SLOT,
				      .order_slot = XAP_NO_SLOT};
	struct xap_result r;
	struct error e;
	assert_true(xap_search(f.xap, &request, &r, &e) != 0 || r.total == 1);
	xap_result_free(&r);
	fixture_close(&f);
}
/* 5 xap_shared_values on a database that moved */
static void shared_values_of_a_moved_database(void **state)
{
	struct fixture f;
	struct error e;
	(void)state;
	fixture_folder(&f);
	struct xap_writer *w = xap_writer_open(f.index, 7, true, &e);
	struct xap *x = NULL;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 3000; i++) {
			char file[16];
			snprintf(file, sizeof file, "F%d", i);
			struct xap_document *d = xap_document_new(&e);
			const char *word = round ? "after" : "before";
			xap_document_posting(d, word, strlen(word), 1, 1, &e);
			xap_document_value(d, 0, file, strlen(file), &e);
			xap_document_value(d, 2, word, strlen(word), &e);
			xap_document_data(d, word, strlen(word), &e);
			xap_put_file(w, file, strlen(file), &d, 1, &e);
			xap_document_free(d);
		}
		assert_int_equal(xap_commit(w, &e), 0);
		if (!x)
			x = xap_open(f.index, 7, &e);
	}
	const struct xap_query after = {.op = XAP_TERM, .term = "after", .term_n = 5},
			       *const queries[] = {&after};
	struct xap_list list;
	if (xap_shared_values(x, queries, 1, 2, 9, &list, &e) != 0)
		fail_msg("status %d: %s", e.status, e.detail);
	xap_list_free(&list);
	xap_close(x);
	xap_writer_close(w);
	fixture_close(&f);
}
/* 6 survey_read of no roots */
static void ignore(void *d, const char *r, const char *p, const struct error *e)
{
	(void)d, (void)r, (void)p, (void)e;
}
static void a_survey_of_nothing(void **state)
{
	struct survey s;
	struct error e;
	struct buf text = buf_new(100);
	const struct survey_options none = {.warn = ignore};
	(void)state;
	assert_int_equal(survey_read(&s, &none, &text, &e), 0);
	survey_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(languages_hide_each_other),
					   cmocka_unit_test(a_prefix_in_a_phrase_is_touched),
					   cmocka_unit_test(a_long_term_is_cut_in_a_character),
					   cmocka_unit_test(a_prefix_in_an_or_in_a_phrase),
					   cmocka_unit_test(shared_values_of_a_moved_database),
					   cmocka_unit_test(a_survey_of_nothing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_report.c - entries of a log -> questions counted, and how they are told. */
#include "t.h"

#include "fixture.h"
#include "log.h"
#include "render_report.h"
#include "report.h"

static const struct sheet sheets[] = {
	{"en/a.md", "# Complaint\n\nThe complaint of a user.\n"},
	{"fr/a.md", "# Plainte\n\nLa plainte d’un usager.\n"},
};

static struct fixture fixture;

static void take(struct report *r, const char *day, const char *language, const char *typed,
		 size_t own)
{
	struct log_entry entry = {
		.language = language_find(language, 2), .own = own, .typed = span_of(typed)};
	struct error e;
	snprintf(entry.day, sizeof entry.day, "%s", day);
	assert_int_equal(report_take(r, &entry, &e), 0);
}

/* ---- what is one question ---- */

static const struct {
	const char *language, *typed[2];
	bool one;
} pairs[] = {
	{"fr", {"Clientèle", "clientele"}, true},
	{"fr", {"l’usager", "USAGER"}, true},
	{"fr", {"l'usager", "d’usager"}, true},
	{"fr", {"cœur", "coeur"}, true},
	{"en", {"customer  service ", "Customer service"}, true},
	{"en", {"customer service?", "customer, service!"}, true},
	{"en", {"\"customer service\"", "«customer service»"}, true},
	{"en", {"a AND b", "a b"}, true},
	{"fr", {"a OU b", "a OR b"}, true},
	{"en", {"!!", "!!"}, true},
	{"en", {"card [#]", "Card [#]"}, true},
	{"en", {"customer service", "service customer"}, false},
	{"en", {"customer service", "\"customer service\""}, false},
	{"en", {"service", "service*"}, false},
	{"en", {"service policy", "service -policy"}, false},
	{"en", {"service policy", "service OR policy"}, false},
	{"en", {"service", "services"}, false},
	{"en", {"title:service", "service"}, false},
	{"en", {"!!", "??"}, false},
	{"fr", {"a (b OU c)", "a b OU c"}, false},
};

static void questions_that_are_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct report_result result;
		struct error e;
		struct report *r = report_new(&e);
		assert_non_null(r);
		take(r, "2026-01-01", pairs[i].language, pairs[i].typed[0], 1);
		take(r, "2026-01-01", pairs[i].language, pairs[i].typed[1], 1);
		assert_int_equal(report_finish(r, fixture.search, 10, &result, &e), 0);
		if (result.all.different != (pairs[i].one ? 1u : 2u))
			fail_msg("row %zu: %zu", i, result.all.different);
		assert_int_equal(result.all.times, 2);
		report_free(r);
	}
}

/* ---- counting ---- */

static void counting(void **state)
{
	struct report_result result;
	struct error e;
	struct report *r = report_new(&e);
	(void)state;
	take(r, "2026-01-03", "fr", "CLIENTELE", 0);
	take(r, "2026-01-02", "fr", "clientèle", 2);
	take(r, "2026-01-05", "fr", "clientèle", 0);
	take(r, "2026-01-05", "en", "clientèle", 0);
	take(r, "2026-01-05", "en", "complaint", 0);
	take(r, "2026-01-05", "en", "[#]", 0);
	assert_int_equal(report_finish(r, fixture.search, 10, &result, &e), 0);
	assert_string_equal(result.first, "2026-01-02");
	assert_string_equal(result.last, "2026-01-05");
	assert_int_equal(result.days, 3);
	assert_int_equal(result.all.times, 6);
	assert_int_equal(result.all.different, 4);
	assert_int_equal(result.found[OUTCOME_NOTHING].times, 5);
	assert_int_equal(result.found[OUTCOME_NOTHING].different, 4);
	assert_int_equal(result.found[OUTCOME_OTHER].times, 0);
	assert_int_equal(result.sections[REPORT_FREQUENT].n, 4);
	const struct report_question *q = &result.sections[REPORT_FREQUENT].list[0];
	assert_string_equal(q->typed, "clientèle"); /* the most frequent spelling */
	assert_string_equal(q->language->code, "fr");
	assert_int_equal(q->times, 3);
	assert_int_equal(q->spellings, 2);
	assert_string_equal(q->first, "2026-01-02");
	assert_string_equal(q->last, "2026-01-05");
	/* asked again: two still find nothing, one was mended, what is masked is left alone */
	assert_int_equal(result.sections[REPORT_NOTHING].n, 2);
	assert_int_equal(result.sections[REPORT_MENDED].n, 1);
	assert_string_equal(result.sections[REPORT_MENDED].list[0].typed, "complaint");
	assert_int_equal(result.sections[REPORT_MENDED].list[0].own, 1);
	report_free(r);
	report_free(NULL);
}

static void nothing_asked(void **state)
{
	struct report_result result;
	struct error e;
	struct report *r = report_new(&e);
	struct buf out = buf_new(1 << 16);
	(void)state;
	assert_int_equal(report_finish(r, fixture.search, 10, &result, &e), 0);
	assert_int_equal(result.all.times, 0);
	assert_string_equal(result.first, "");
	render_report_text(&out, &result, 0, &languages[0]);
	assert_string_equal(out.s, "No question was asked in this period.\n");
	buf_clear(&out);
	assert_int_equal(render_report_lexique(&out, &result, &languages[0]), 0);
	assert_int_equal(out.n, 0);
	assert_int_equal(render_report_json(&out, &result, 2), 0);
	assert_non_null(strstr(out.s, "\"bad_lines\": 2"));
	buf_free(&out);
	report_free(r);
}

/* Past the ceiling new questions are in the sums only; those that were there are still counted. */
static void the_ceiling(void **state)
{
	enum { MORE = 500 };
	struct report_result result;
	struct error e;
	struct report *r = report_new(&e);
	struct buf out = buf_new(1 << 16);
	(void)state;
	for (int i = 0; i < REPORT_TYPED + MORE; i++) {
		char typed[32];
		snprintf(typed, sizeof typed, "w%d", i);
		take(r, "2026-01-01", "en", typed, 1);
	}
	take(r, "2026-01-01", "en", "w7", 1);
	assert_int_equal(report_finish(r, fixture.search, 1, &result, &e), 0);
	assert_int_equal(result.all.times, REPORT_TYPED + MORE + 1);
	assert_int_equal(result.all.different, REPORT_TYPED);
	assert_int_equal(result.uncounted, MORE);
	assert_string_equal(result.sections[REPORT_FREQUENT].list[0].typed, "w7");
	render_report_text(&out, &result, 0, &languages[0]);
	assert_non_null(strstr(out.s, "500 questions more stand in the sums only"));
	buf_free(&out);
	report_free(r);
}

/* ---- telling ---- */

/* What strangers type, as a cell. */
static const struct {
	const char *typed, *cell;
} cells[] = {
	{"weeding", "\"weeding\""},
	{"a, b", "\"a, b\""},
	{"\"a b\"", "\"\"\"a b\"\"\""},
	{"=1+1", "\"'=1+1\""},
	{"+1", "\"'+1\""},
	{"-1", "\"'-1\""},
	{"@SUM(A1)", "\"'@SUM(A1)\""},
	{"\xEF\xBC\x9D"
	 "1",
	 "\"'\xEF\xBC\x9D"
	 "1\""},
	{" =1", "\" =1\""},
	{"l’été", "\"l’été\""},
	{"a=1", "\"a=1\""},
};

static struct report_question question(const char *typed)
{
	return (struct report_question){.typed = typed,
					.language = &languages[0],
					.times = 1,
					.spellings = 1,
					.first = "2026-01-01",
					.last = "2026-01-01"};
}

static struct report_result of_one(struct report_question *q, enum report_section section)
{
	struct report_result r = {.all = {1, 1}, .days = 1};
	strcpy(r.first, q->first);
	strcpy(r.last, q->last);
	r.sections[section].list = q;
	r.sections[section].n = 1;
	return r;
}

static void cells_of_csv(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct report_question q = question(cells[i].typed);
		struct report_result r = of_one(&q, REPORT_FREQUENT);
		struct buf out = buf_new(1 << 16), record = buf_new(4096);
		render_report_csv(&out, &r);
		buf_printf(&record,
			   "\"frequent\",1,\"en\",%s,1,2026-01-01,2026-01-01,,,\"\",\"\",\"\","
			   "\"\",\"\",\"\"\r\n",
			   cells[i].cell);
		same(i, record.s, strchr(out.s, '\n') + 1);
		buf_free(&out);
		buf_free(&record);
	}
}

/* A heading may hold what a terminal would obey; in the JSON it is escaped. */
static void nothing_works_on_a_terminal(void **state)
{
	struct report_question q = question("a\x1B[31mb");
	struct report_result r;
	struct buf out = buf_new(1 << 16);
	(void)state;
	q.title = "Title\x1B]0;x\x07\xE2\x80\xAE";
	q.path = "p\n\xFF.md";
	q.mend.line = "# a\x1B[2J\tb";
	r = of_one(&q, REPORT_NOTHING);
	render_report_text(&out, &r, 0, &languages[0]);
	render_report_lexique(&out, &r, &languages[0]);
	for (size_t i = 0; i < out.n; i++)
		assert_true((unsigned char)out.s[i] >= ' ' || out.s[i] == '\n' || out.s[i] == '\t');
	assert_null(strstr(out.s, "\xE2\x80\xAE"));
	buf_clear(&out);
	assert_int_equal(render_report_json(&out, &r, 0), 0);
	assert_null(strchr(out.s, '\x1B'));
	assert_int_equal(utf8_check(out.s, out.n), out.n);
	buf_free(&out);
}

/* Each line once; a lexique takes all of it. */
static void lines_once(void **state)
{
	struct report_question list[3] = {question("a"), question("b"), question("c")};
	struct report_result r = {.all = {3, 3}};
	struct buf out = buf_new(1 << 16);
	(void)state;
	list[0].mend.line = list[1].mend.line = "a; b\tc";
	list[2].mend.line = "# c; …\t…";
	r.sections[REPORT_NOTHING].list = list;
	r.sections[REPORT_NOTHING].n = 2;
	r.sections[REPORT_SOME].list = list + 1;
	r.sections[REPORT_SOME].n = 2;
	assert_int_equal(render_report_lexique(&out, &r, &languages[1]), 2);
	assert_int_equal(strncmp(out.s, "# Tiré du journal", 17), 0);
	const char *rest = strchr(out.s, '\n') + 1;
	assert_string_equal(rest, "# 1 × en: a\na; b\tc\n# 1 × en: c\n# c; …\t…\n");
	buf_free(&out);
}

static int set_up(void **state)
{
	(void)state;
	fixture_open(&fixture, sheets, COUNT(sheets));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_that_are_one),
		cmocka_unit_test(counting),
		cmocka_unit_test(nothing_asked),
		cmocka_unit_test(the_ceiling),
		cmocka_unit_test(cells_of_csv),
		cmocka_unit_test(nothing_works_on_a_terminal),
		cmocka_unit_test(lines_once),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

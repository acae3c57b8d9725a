#include "t.h"

#include "front.h"

static const struct row {
	const char *text, *title, *lang, *key, *area, *date;
	long body_line; /* 0: an error */
	long line;      /* of the error */
} rows[] = {
    {"", NULL, NULL, NULL, NULL, NULL, 1, 0},
    {"# Title\n", NULL, NULL, NULL, NULL, NULL, 1, 0},
    {"---\ntitle: A\nlang: fr\n---\nx\n", "A", "fr", NULL, NULL, NULL, 5, 0},
    {"\xEF\xBB\xBF---\ntitle: A\n---\nx\n", "A", NULL, NULL, NULL, NULL, 4, 0},
    {"---\r\ntitle: A\r\n---\r\nx\r\n", "A", NULL, NULL, NULL, NULL, 4, 0},
    {"---\nTITLE: A\nTranslationKey: k\nArea: B\n...\n", "A", NULL, "k", "B", NULL, 6, 0},
    {"---\ntitle: 'a: b'\ntranslation_key: k\n---\n", "a: b", NULL, "k", NULL, NULL, 5, 0},
    {"---\ndomaine: [Gestion, Autre]\n---\n", NULL, NULL, NULL, "Gestion", NULL, 4, 0},
    {"---\ndate: 2015-07-22\n---\n", NULL, NULL, NULL, NULL, "2015-07-22", 4, 0},
    {"---\ndate: 2015-07-22T10:00:00Z\n---\n", NULL, NULL, NULL, NULL, "2015-07-22", 4, 0},
    {"---\ndate: 2016-02-29\n---\n", NULL, NULL, NULL, NULL, "2016-02-29", 4, 0},
    {"---\ndate: 2015-02-29\n---\n", NULL, NULL, NULL, NULL, NULL, 4, 0},
    {"---\ndate: yesterday\n---\n", NULL, NULL, NULL, NULL, NULL, 4, 0},
    {"---\nother: {deep: [1, 2]}\n---\n", NULL, NULL, NULL, NULL, NULL, 4, 0},
    {"---\n---\nx\n", NULL, NULL, NULL, NULL, NULL, 3, 0},
    {"---\nnever closed\n", NULL, NULL, NULL, NULL, NULL, 1, 0},
    {" ---\ntitle: A\n---\n", NULL, NULL, NULL, NULL, NULL, 1, 0},
    {"---\ntitle: a\nlang: [b\n---\n", NULL, NULL, NULL, NULL, NULL, 0, -1},
    {"---\n- a\n- b\n---\n", NULL, NULL, NULL, NULL, NULL, 0, 2},
    {"---\na: &x 1\nb: *x\n---\n", NULL, NULL, NULL, NULL, NULL, 0, 2},
    {"---\ntitle: A\ntitle: B\n---\n", NULL, NULL, NULL, NULL, NULL, 0, 3},
    {"---\na: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]\n---\n", NULL, NULL, NULL, NULL, NULL, 0, 2},
};

static const char *shown(const char *s)
{
	return s ? s : "(none)";
}

static void front_matter_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct front f = {0};
		struct error e;
		int status = front_read(r->text, strlen(r->text), &f, &e);
		if ((status == 0) != (r->body_line > 0))
			fail_msg("row %zu: status %d", i, status);
		if (status != 0) {
			if (r->line > 0 && e.line != r->line)
				fail_msg("row %zu: line %ld, not %ld", i, e.line, r->line);
			assert_true(e.line >= 2);
			continue;
		}
		same(i, shown(r->title), shown(f.title));
		same(i, shown(r->lang), shown(f.lang));
		same(i, shown(r->key), shown(f.key));
		same(i, shown(r->area), shown(f.area));
		same(i, shown(r->date), shown(f.date));
		if (f.body_line != r->body_line)
			fail_msg("row %zu: body on line %ld, not %ld", i, f.body_line, r->body_line);
		front_free(&f);
	}
}

static void too_much_is_refused(void **state)
{
	struct buf text = buf_new(1 << 20);
	struct front f = {0};
	struct error e;
	(void)state;
	buf_puts(&text, "---\na: ");
	while (text.n < FRONT_MAX_BYTES + 10)
		buf_puts(&text, "xxxxxxxx");
	buf_puts(&text, "\n---\n");
	assert_int_equal(front_read(text.s, text.n, &f, &e), -1);
	assert_int_equal(e.status, STATUS_LIMIT);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(front_matter_is_read),
					   cmocka_unit_test(too_much_is_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

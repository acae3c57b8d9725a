#include "t.h"

#include "front.h"

static const struct row {
	const char *text, *title, *lang, *key, *area, *date;
	long body_line; /* 0: an error */
	long line;	/* of the error */
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
	{"---\na: [[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]\n---\n", NULL, NULL, NULL, NULL, NULL, 0,
	 2},
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
			fail_msg("row %zu: body on line %ld, not %ld", i, f.body_line,
				 r->body_line);
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

/* ---- keys that are none of ours ---- */

#define X10   "xxxxxxxxxx"
#define X100  X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X1024 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100 "xxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *text, *others; /* "key=value" each in brackets */
} others[] = {
	{"# no front matter\naudience: staff\n", ""},
	{"---\ntitle: A\n---\n", ""},
	{"---\naudience: staff\n---\n", "[audience=staff]"},
	{"---\r\naudience: staff\r\n---\r\n", "[audience=staff]"},
	{"\xEF\xBB\xBF---\nAudience: Staff\n---\n", "[Audience=Staff]"},
	{"---\nb: 1\ntitle: A\na: 2\nb2: 3\n...\n", "[b=1][a=2][b2=3]"},
	{"---\ntags: [one, two, one]\n---\n", "[tags=one][tags=two][tags=one]"},
	{"---\ntags:\n  - one\n  - 'two: 2'\nx: y\n---\n", "[tags=one][tags=two: 2][x=y]"},
	{"---\ntags: []\nx: y\n---\n", "[x=y]"},
	{"---\ntags: {a: b}\nx: y\n---\n", "[x=y]"},
	{"---\ntags: [[a, b], c, {d: e}, f]\n---\n", "[tags=c][tags=f]"},
	{"---\na: ~\nb: null\nc: ''\nd:\ne: 'null'\n---\n", "[e=null]"},
	{"---\ntags: [~, a, '', b]\n---\n", "[tags=a][tags=b]"},
	{"---\na: 1\na: 2\n---\n", "[a=1][a=2]"},
	{"---\n? [a, b]\n: c\nd: e\n---\n", "[d=e]"},
	{"---\n? {a: b}\n: [c]\nd: e\n---\n", "[d=e]"},
	{"---\ntitle: [a, b]\narea: [c, d]\nx: [e]\n---\n", "[x=e]"},
	{"---\na: |\n  one\n  two\nb: \"c\\td\"\n---\n", "[a=one two][b=c d]"},
	{"---\na: '  b  '\n---\n", "[a=b]"},
	{"---\npublic: élèves\npúblico: todos\n---\n", "[public=élèves][público=todos]"},
	{"---\na: " X1024 "\n---\n", "[a=" X1024 "]"},
	{"---\na: " X1024 "x\n---\n", "[a=" X1024 "]"},
	{"---\na: é" X1024 "\n---\n",
	 "[a=é" X100 X100 X100 X100 X100 X100 X100 X100 X100 X100 "xxxxxxxxxxxxxxxxxxxxxx]"},
	{"---\na: x" X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
	 "xxxxxxxxxxxxxxxxxxxxxxéé\n---\n",
	 "[a=x" X100 X100 X100 X100 X100 X100 X100 X100 X100 X100 "xxxxxxxxxxxxxxxxxxxxxx]"},
	{"---\na: b\nc: [\n---\n", NULL},
	{"---\na: b\nc: &d e\n---\n", NULL},
	{"---\na: b\ntitle: c\ntitle: d\n---\n", NULL},
};

static void other_keys_are_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct front f = {0};
		struct error e;
		struct buf out = buf_new(8192);
		int status = front_read(others[i].text, strlen(others[i].text), &f, &e);
		buf_puts(&out, "");
		for (size_t k = 0; k < f.n_others; k++)
			buf_printf(&out, "[%s=%s]", f.others[k].key, f.others[k].value);
		if ((status == 0) != (others[i].others != NULL))
			fail_msg("row %zu: status %d", i, status);
		same(i, others[i].others ? others[i].others : "", out.s);
		if (status == 0)
			front_free(&f);
		assert_null(f.others); /* on error nothing is left to free */
		assert_int_equal(f.n_others, 0);
		buf_free(&out);
	}
}

static void many_other_keys(void **state)
{
	enum { MANY = 1000 };
	struct buf text = buf_new(FRONT_MAX_BYTES);
	struct front f;
	struct error e;
	(void)state;
	buf_puts(&text, "---\n");
	for (int i = 0; i < MANY; i++)
		buf_printf(&text, "k%d: [v%d, w]\n", i, i);
	buf_puts(&text, "---\n");
	assert_false(text.failed);
	assert_int_equal(front_read(text.s, text.n, &f, &e), 0);
	assert_int_equal(f.n_others, 2 * MANY);
	assert_string_equal(f.others[2 * MANY - 2].key, "k999");
	assert_string_equal(f.others[2 * MANY - 2].value, "v999");
	assert_string_equal(f.others[2 * MANY - 1].key, "k999");
	assert_string_equal(f.others[2 * MANY - 1].value, "w");
	front_free(&f);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(front_matter_is_read), cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(other_keys_are_kept), cmocka_unit_test(many_other_keys)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

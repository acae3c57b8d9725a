/* test_survey.c - the language of each file and what it is grouped with, from folders made for it.
 */
#include "t.h"

#include "fixture.h"
#include "roll.h"
#include "survey.h"

enum { FILES = 8, RULES = 3 };

#define EN_TEXT "The cat and the dog are in the house, and they have what they want.\n"
#define FR_TEXT "Le chat et le chien sont dans la maison, et ils ont ce que nous avons.\n"

static void on_warning(void *data, const char *root, const char *path, const struct error *e)
{
	struct buf *out = data;
	assert_non_null(root);
	buf_printf(out, "%s%s:%ld:%d", out->n ? " " : "", path, e->line, (int)e->status);
}

/* Expected: "group=path language[?] ..." in order, groups without the name of the root; "?" for a
 * guess. */
static const struct {
	struct sheet files[FILES];
	const char *rules[RULES]; /* PATTERN=LANG */
	const char *found, *warnings;
} rows[] = {
	{{{"notes.txt", "x"}}, {NULL}, "", ""},
	/* told by the path */
	{{{"en/a.md", ""}, {"fr/a.md", ""}}, {NULL}, "p/a.md=en/a.md en p/a.md=fr/a.md fr", ""},
	{{{"a.en.md", "x"}, {"a.fr.md", "x"}}, {NULL}, "p/a.md=a.en.md en p/a.md=a.fr.md fr", ""},
	{{{"x/fr-CA/a.md", ""}, {"x/en/a.md", ""}, {"x/en/b.markdown", ""}},
	 {NULL},
	 "p/x/a.md=x/en/a.md en p/x/a.md=x/fr-CA/a.md fr p/x/b.markdown=x/en/b.markdown en",
	 ""},
	/* told by the front matter, against the path */
	{{{"en/a.md", "---\nlang: fr\n---\n"}}, {NULL}, "p/a.md=en/a.md fr", ""},
	{{{"a.md", "\xEF\xBB\xBF---\r\nlanguage: FR-ca\r\n---\r\n"}}, {NULL}, "p/a.md=a.md fr", ""},
	{{{"a.md", "---\nlocale: en_CA\n---\n" FR_TEXT}}, {NULL}, "p/a.md=a.md en", ""},
	{{{"fr/a.md", "---\nlang: de\n---\n"}}, {NULL}, "p/a.md=fr/a.md fr", "fr/a.md:0:1"},
	{{{"a.md", "---\nlang: de\n---\n" FR_TEXT}}, {NULL}, "p/a.md=a.md fr?", "a.md:0:1"},
	/* told by nothing: a vote, of the body only */
	{{{"a.md", EN_TEXT}, {"b.md", FR_TEXT}}, {NULL}, "p/a.md=a.md en? p/b.md=b.md fr?", ""},
	{{{"a.md", "---\ntitle: the cat and the dog and the house\n---\n" FR_TEXT}},
	 {NULL},
	 "p/a.md=a.md fr?",
	 ""},
	{{{"a.md", ""}, {"b.md", "xyz"}}, {NULL}, "p/a.md=a.md en? p/b.md=b.md en?", ""},
	/* but not what another page of the group is told to be */
	{{{"a.md", FR_TEXT}, {"a.fr.md", ""}}, {NULL}, "p/a.md=a.fr.md fr p/a.md=a.md en", ""},
	{{{"a.md", EN_TEXT}, {"a.en.md", ""}}, {NULL}, "p/a.md=a.en.md en p/a.md=a.md fr", ""},
	{{{"a.md", "xyz"}, {"a.en.md", ""}}, {NULL}, "p/a.md=a.en.md en p/a.md=a.md fr", ""},
	{{{"a.md", "xyz"}, {"fr/a.md", ""}}, {NULL}, "p/a.md=a.md en p/a.md=fr/a.md fr", ""},
	{{{"a.md", FR_TEXT}, {"en/a.md", ""}, {"a.fr.md", ""}},
	 {NULL},
	 "p/a.md=a.fr.md fr p/a.md=a.md fr? p/a.md=en/a.md en",
	 ""},
	{{{"x.md", "---\ntranslationKey: k\n---\n" EN_TEXT},
	  {"y.md", "---\ntranslationKey: k\nlang: en\n---\n"}},
	 {NULL},
	 "kk=x.md fr kk=y.md en",
	 ""},
	/* a key of the front matter comes before the path */
	{{{"en/a.md", "---\ntranslationKey: one\n---\n"},
	  {"fr/b.md", "---\ntranslation_key: one\n---\n"},
	  {"fr/a.md", ""}},
	 {NULL},
	 "kone=en/a.md en kone=fr/b.md fr p/a.md=fr/a.md fr",
	 ""},
	{{{"en/a.md", "---\ntranslationKey: 2\n---\n"},
	  {"fr/a.md", "---\ntranslationKey: 1\n---\n"}},
	 {NULL},
	 "k1=fr/a.md fr k2=en/a.md en",
	 ""},
	/* rules win over all, the first that matches; their folder is no part of the group */
	{{{"a/x.md", "---\nlang: en\n---\n"}, {"b/x.md", EN_TEXT}},
	 {"a=fr", "b=en"},
	 "p/x.md=a/x.md fr p/x.md=b/x.md en",
	 ""},
	{{{"fr/x.md", ""}, {"fr/y.md", ""}},
	 {"fr/x.md=en", "fr=fr"},
	 "p/x.md=fr/x.md en p/y.md=fr/y.md fr",
	 ""},
	{{{"fr/x.md", ""}}, {"zz=en", "fr=en"}, "p/x.md=fr/x.md en", "zz:0:1"},
	/* more than one language may be left: a guess; the only one is none */
	{{{"x.md", "---\ntranslationKey: k\n---\n" EN_TEXT},
	  {"y.md", "---\ntranslationKey: k\n---\n" EN_TEXT}},
	 {NULL},
	 "kk=x.md en? kk=y.md en?",
	 "y.md:0:1"},
	{{{"a.md", FR_TEXT},
	  {"b.md", "---\ntranslationKey: k\n---\n" FR_TEXT},
	  {"c.md", "---\ntranslationKey: k\nlang: fr\n---\n"},
	  {"d.md", "---\ntranslationKey: k\n---\n" FR_TEXT}},
	 {NULL},
	 "kk=b.md en kk=c.md fr kk=d.md en p/a.md=a.md fr?",
	 "d.md:0:1"},
	{{{"docs/x.md", ""}, {"docs/y-f.md", ""}},
	 {"*-f.md=fr", "docs/=en"},
	 "p/docs/y-f.md=docs/y-f.md fr p/x.md=docs/x.md en",
	 ""},
	{{{"a/x.md", "---\nlang: de\n---\n"}}, {"a=fr"}, "p/x.md=a/x.md fr", ""},
	{{{"a/x.md", ""}}, {"b=fr"}, "p/a/x.md=a/x.md en?", "b:0:1"},
	/* what cannot be read is warned of and left out */
	{{{"en/a.md", "x\ny \xFF\n"}, {"en/b.md", ""}}, {NULL}, "p/b.md=en/b.md en", "en/a.md:2:1"},
	{{{"en/a.md", "---\ntitle: [\n---\n"}, {"fr/a.md", ""}},
	 {NULL},
	 "p/a.md=fr/a.md fr",
	 "en/a.md:3:1"},
};

static void put_found(struct buf *out, const struct survey *s, const char *root)
{
	buf_puts(out, "");
	for (size_t i = 0; i < s->n; i++) {
		const struct survey_entry *entry = &s->list[i];
		const char *group = entry->group;
		assert_ptr_equal(entry->root, root);
		if (*group == 'p') {
			assert_memory_equal(group + 1, "0/", 2); /* the root's number */
			buf_puts(out, i ? " p" : "p");
			group += 2;
		} else {
			buf_puts(out, i ? " " : "");
		}
		buf_printf(out, "%s=%s %s%s", group, entry->path, entry->language->code,
			   entry->guess ? "?" : "");
	}
}

static size_t read_rules(struct survey_rule rules[RULES], char copies[RULES][40], size_t row)
{
	size_t n = 0;
	for (; n < RULES && rows[row].rules[n]; n++) {
		strcpy(copies[n], rows[row].rules[n]);
		char *code = strchr(copies[n], '=');
		*code++ = '\0';
		rules[n] = (struct survey_rule){copies[n], language_find(code, 2)};
	}
	return n;
}

static void check_row(size_t row)
{
	struct fixture f;
	struct survey s;
	struct survey_rule rules[RULES];
	char copies[RULES][40];
	struct error e;
	struct buf text = buf_new(1 << 20), warnings = buf_new(4096), found = buf_new(4096);
	fixture_folder(&f);
	for (size_t i = 0; i < FILES && rows[row].files[i].path; i++)
		fixture_write(f.corpus, rows[row].files[i].path, rows[row].files[i].text,
			      strlen(rows[row].files[i].text));
	const char *const roots[] = {f.corpus};
	const struct survey_options options = {.roots = roots,
					       .n_roots = 1,
					       .rules = rules,
					       .n_rules = read_rules(rules, copies, row),
					       .warn = on_warning,
					       .data = &warnings};
	buf_puts(&warnings, "");
	assert_int_equal(survey_read(&s, &options, &text, &e), 0);
	put_found(&found, &s, f.corpus);
	same(row, rows[row].found, found.s);
	same(row, rows[row].warnings, warnings.s);
	survey_free(&s);
	assert_int_equal(s.n, 0);
	survey_free(&s); /* twice is fine: it is empty */
	buf_free(&text);
	buf_free(&warnings);
	buf_free(&found);
	fixture_close(&f);
}

static void files_are_surveyed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(i);
}

/* Pages pair within a root; a key of the front matter pairs across roots. */
static void two_roots(void **state)
{
	struct fixture f, g;
	struct survey s;
	struct error e;
	struct buf text = buf_new(1 << 20), warnings = buf_new(4096);
	(void)state;
	fixture_folder(&f);
	fixture_folder(&g);
	fixture_write(f.corpus, "en/a.md", "", 0);
	fixture_write(g.corpus, "fr/a.md", "", 0);
	fixture_write(f.corpus, "en/b.md", "---\ntranslationKey: b\n---\n", 26);
	fixture_write(g.corpus, "fr/c.md", "---\ntranslationKey: b\n---\n", 26);
	fixture_write(g.corpus, "en/a.md", "", 0); /* the first root has it */
	const char *const roots[] = {f.corpus, g.corpus};
	const struct survey_options options = {
		.roots = roots, .n_roots = 2, .warn = on_warning, .data = &warnings};
	assert_int_equal(survey_read(&s, &options, &text, &e), 0);
	assert_int_equal(s.n, 4);
	assert_string_equal(warnings.s, "en/a.md:0:1");
	buf_clear(&warnings);
	assert_string_equal(s.list[0].group, "kb");
	assert_string_equal(s.list[1].group, "kb");
	assert_string_equal(s.list[0].path, "en/b.md"); /* by path, then root */
	assert_int_equal(strcmp(s.list[2].group, s.list[3].group) == 0,
			 strcmp(g.corpus, f.corpus) < 0);
	survey_free(&s);
	/* one root that is not there: nothing */
	const char *const missing[] = {f.corpus, "/nonexistent/corpus"};
	const struct survey_options wrong = {
		.roots = missing, .n_roots = 2, .warn = on_warning, .data = &warnings};
	assert_int_equal(survey_read(&s, &wrong, &text, &e), -1);
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	assert_int_equal(s.n, 0);
	assert_int_equal(warnings.n, 0);
	survey_free(&s);
	buf_free(&text);
	buf_free(&warnings);
	fixture_close(&f);
	fixture_close(&g);
}

struct kept {
	char text[64][1200];
	size_t n;
};

static int keep_piece(void *data, const char *bytes, size_t n, struct error *e)
{
	struct kept *p = data;
	(void)e;
	assert_true(p->n < COUNT(p->text) && n < sizeof p->text[0]);
	memcpy(p->text[p->n], bytes, n);
	p->text[p->n++][n] = '\0';
	return 0;
}

static int refuse_piece(void *data, const char *bytes, size_t n, struct error *e)
{
	(void)data, (void)bytes, (void)n;
	return error_set(e, STATUS_IO, MSG_SYSTEM, "full");
}

static void write_pages(const struct fixture *f, int n)
{
	for (int i = 0; i < n; i++) {
		char name[32];
		snprintf(name, sizeof name, "%s/page %d.md", i % 2 ? "fr" : "en", i / 2);
		fixture_write(f->corpus, name, name, strlen(name));
	}
}

/* What is remembered, in pieces of any size, is what there was; and a byte less is no memory. */
static void remembered(void **state)
{
	static const size_t sizes[] = {1, 100, 1000};
	struct fixture f;
	struct survey s, again;
	struct error e;
	struct buf text = buf_new(1 << 20);
	(void)state;
	fixture_folder(&f);
	write_pages(&f, 20);
	const char *const roots[] = {f.corpus};
	const struct survey_options options = {.roots = roots, .n_roots = 1, .warn = on_warning};
	assert_int_equal(survey_read(&s, &options, &text, &e), 0);
	for (size_t i = 0; i < s.n; i++) {
		s.list[i].passages = (uint32_t)i;
		s.list[i].paired = i % 3 == 0;
	}
	for (size_t k = 0; k < COUNT(sizes); k++) {
		struct kept p = {.n = 0};
		assert_int_equal(survey_remember(&s, &options, sizes[k], keep_piece, &p, &e), 0);
		assert_true(p.n > 1);
		again = (struct survey){0};
		for (size_t i = 0; i < p.n; i++)
			assert_int_equal(survey_recall(&again, &options, span_of(p.text[i]), &e),
					 0);
		survey_recalled(&again);
		assert_int_equal(again.n, s.n);
		for (size_t i = 0; i < s.n; i++) {
			const struct survey_entry *x = &s.list[i], *y = &again.list[i];
			assert_string_equal(x->path, y->path);
			assert_string_equal(x->group, y->group);
			assert_ptr_equal(x->language, y->language);
			assert_memory_equal(&x->stamp, &y->stamp, sizeof x->stamp);
			assert_true(x->hash == y->hash && x->passages == y->passages &&
				    x->paired == y->paired && x->guess == y->guess);
		}
		survey_free(&again);
		again = (struct survey){0};
		const struct span cut = {p.text[0], strlen(p.text[0]) - 1};
		assert_int_equal(survey_recall(&again, &options, cut, &e), -1);
		assert_int_equal(e.status, STATUS_CORRUPT);
		survey_free(&again);
	}
	assert_int_equal(survey_remember(&s, &options, 1, refuse_piece, NULL, &e), -1);
	assert_int_equal(e.status, STATUS_IO);
	survey_free(&s);
	buf_free(&text);
	fixture_close(&f);
}

/* However they are cut. */
static void same_pieces(const struct kept *a, const struct kept *b)
{
	const struct kept *of[] = {a, b};
	struct buf whole[] = {buf_new(1 << 20), buf_new(1 << 20)};
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < of[k]->n; i++)
			buf_puts(&whole[k], of[k]->text[i]);
	}
	assert_string_equal(whole[0].s, whole[1].s);
	buf_free(&whole[0]);
	buf_free(&whole[1]);
}

/* A survey written down is read as it was, by several at a time, and remembers what came of it. */
static void written_down(void **state)
{
	struct fixture f;
	struct survey s;
	struct error e;
	struct buf text = buf_new(1 << 20);
	struct kept before = {.n = 0}, after = {.n = 0};
	char path[700];
	(void)state;
	fixture_folder(&f);
	write_pages(&f, 21);
	const char *const roots[] = {f.corpus};
	const struct survey_options options = {.roots = roots, .n_roots = 1, .warn = on_warning};
	assert_int_equal(survey_read(&s, &options, &text, &e), 0);
	for (size_t i = 0; i < s.n; i++) {
		s.list[i].indexed = true;
		s.list[i].passages = (uint32_t)i;
		s.list[i].paired = i % 3 == 0;
		if (i == 5)
			survey_distrust(&s.list[i]);
	}
	assert_int_equal(survey_remember(&s, &options, 300, keep_piece, &before, &e), 0);
	survey_free(&s);
	assert_int_equal(survey_read(&s, &options, &text, &e), 0);

	snprintf(path, sizeof path, "%s/no/files", f.folder);
	assert_null(roll_write(path, &s, &options, &e));
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	snprintf(path, sizeof path, "%s/files", f.folder);
	struct roll *roll = roll_write(path, &s, &options, &e);
	assert_non_null(roll);
	assert_int_equal(s.n, 0);
	struct roll_reader *readers[2];
	for (size_t r = 0; r < 2; r++) {
		readers[r] = roll_open(roll, &e);
		assert_non_null(readers[r]);
	}
	struct survey_entry *group;
	for (size_t i = 0, n = 1, number = 0; n; i += n, number++) {
		for (size_t r = 0; r < 2; r++) { /* each keeps every other group */
			assert_int_equal(roll_next(readers[r], &group, &n, &e), 0);
			assert_true(n <= 2);
			for (size_t k = 0; k < n; k++) {
				group[k].indexed = true;
				group[k].passages = (uint32_t)(i + k);
				group[k].paired = (i + k) % 3 == 0;
				if (i + k == 5)
					survey_distrust(&group[k]);
			}
			if (number % 2 == r)
				roll_keep(readers[r]);
		}
	}
	assert_int_equal(roll_next(readers[0], &group, &(size_t){0}, &e), 0); /* and stays there */
	roll_close(readers[0]);
	roll_close(readers[1]);
	struct roll_outcome all = roll_outcome(roll);
	assert_int_equal(all.indexed, 21);
	assert_int_equal(all.passages, 210);
	assert_int_equal(all.paired, 7);
	assert_int_equal(roll_remember(roll, 300, keep_piece, &after, &e), 0);
	assert_true(after.n > 1);
	same_pieces(&before, &after);
	assert_int_equal(roll_remember(roll, 1, refuse_piece, NULL, &e), -1);

	assert_int_equal(truncate(path, 300), 0); /* somebody's hand */
	assert_int_equal(roll_remember(roll, 300, keep_piece, &(struct kept){.n = 0}, &e), -1);
	assert_int_equal(e.status, STATUS_IO);
	roll_free(roll);
	assert_int_equal(access(path, F_OK), -1);
	roll_free(NULL);
	buf_free(&text);
	fixture_close(&f);
}

enum { MANY = 1500 };

/* Told of in the order of the files: page 0003, page 0010 ... */
static void in_order(void *data, const char *root, const char *path, const struct error *e)
{
	int *next = data;
	char expected[32];
	(void)root;
	snprintf(expected, sizeof expected, "page %04d.md", *next);
	assert_string_equal(path, expected);
	assert_int_equal(e->status, STATUS_INPUT);
	*next += 7;
}

/* So many that they are shared out among threads. */
static void many_readers(void **state)
{
	struct fixture f;
	struct survey s;
	struct error e;
	struct buf text = buf_new(1 << 20);
	int next = 3;
	(void)state;
	fixture_folder(&f);
	for (int i = 0; i < MANY; i++) {
		char name[32];
		snprintf(name, sizeof name, "page %04d.md", i);
		fixture_write(f.corpus, name, i % 7 == 3 ? "\xFF" : "The page.",
			      i % 7 == 3 ? 1 : 9);
	}
	const char *const roots[] = {f.corpus};
	struct survey_rule rule = {(char *)(uintptr_t) "page 1499.md", language_find("fr", 2)};
	const struct survey_options options = {.roots = roots,
					       .n_roots = 1,
					       .rules = &rule,
					       .n_rules = 1,
					       .warn = in_order,
					       .data = &next};
	assert_int_equal(survey_read(&s, &options, &text, &e), 0);
	assert_int_equal(next, 3 + (MANY / 7 + 1) * 7 - 7 * (MANY % 7 <= 3));
	assert_int_equal(s.read, MANY);
	assert_int_equal(s.n, MANY - (next - 3) / 7);
	for (size_t i = 0, page = 0; i < s.n; i++, page++) {
		char name[32];
		page += page % 7 == 3;
		snprintf(name, sizeof name, "page %04zu.md", page);
		same(i, name, s.list[i].path);
		assert_string_equal(s.list[i].language->code, page == MANY - 1 ? "fr" : "en");
	}
	survey_free(&s);
	buf_free(&text);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_surveyed), cmocka_unit_test(two_roots),
		cmocka_unit_test(remembered), cmocka_unit_test(written_down),
		cmocka_unit_test(many_readers)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

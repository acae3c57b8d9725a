/* test_why.c - the reasons for a hit: which words stand where, on which side, through what. */
#include "t.h"

#include "fixture.h"
#include "render_why.h"

enum { EN, FR };

static const struct sheet sheets[] = {
	{"en/a.md", "---\ntitle: Answering people\narea: Front desk\n---\n\n# Complaints\n\n"
		    "How to take a complaint. Complaints are kept.\n\n"
		    "## Loud patrons\n\nA patron who shouts in the reading room.\n"},
	{"fr/a.md", "---\ntitle: Répondre aux gens\narea: Comptoir\n---\n\n# Plaintes\n\n"
		    "Comment recevoir l’usagère et sa plainte. Les PLAINTES restent.\n\n"
		    "## Clients bruyants\n\nUn client qui crie dans la salle de lecture.\n"},
	{"fr/b.md", "# Élagage\n\nLe désherbage des rayons.\n"},
	{"lexique.tsv", "patron\tusagère; client\nweeding\tdésherbage; élagage\n"},
};

#define NB "\u00A0"

static const struct {
	size_t reader;
	const char *typed, *path; /* of the hit that is told about */
	const char *told;	  /* its reasons, each ended by a line feed */
} rows[] = {
	{EN, "complaint", "en/a.md",
	 "“complaint”: heading “Complaints”; text “complaint”, “Complaints”\n"},
	{FR, "PLAINTE", "fr/a.md",
	 "«" NB "PLAINTE" NB "»" NB ": titre «" NB "Plaintes" NB "»; texte «" NB "plainte" NB
	 "», «" NB "PLAINTES" NB "»\n"},
	/* the other side has it: the words typed stand in the translation */
	{FR, "complaint", "fr/a.md",
	 "«" NB "complaint" NB "»" NB ": dans la traduction (English), titre «" NB "Complaints" NB
	 "»; texte «" NB "complaint" NB "», «" NB "Complaints" NB "»\n"},
	{EN, "people reading", "en/a.md",
	 "“people”: titles above it “people”\n“reading”: text “reading”\n"},
	{EN, "answering loud room", "en/a.md",
	 "“answering”: titles above it “Answering”\n“loud”: heading “Loud”\n“room”: text "
	 "“room”\n"},
	/* the elided article is no part of the word */
	{FR, "recevoir usagere", "fr/a.md",
	 "«" NB "recevoir" NB "»" NB ": texte «" NB "recevoir" NB "»\n«" NB "usagere" NB "»" NB
	 ": texte «" NB "usagère" NB "»\n"},
	{EN, "title:complaints", "en/a.md", "“complaints”: heading “Complaints”\n"},
	{EN, "\"reading room\"", "en/a.md", "“reading room”: text “reading room”\n"},
	{EN, "\"reading room\" room", "en/a.md",
	 "“reading room”: text “reading room”\n“room”: text “room”\n"},
	{EN, "shout*", "en/a.md", "“shout”: text “shouts”\n"},
	{EN, "complaint zebra", "en/a.md",
	 "“complaint”: heading “Complaints”; text “complaint”, “Complaints”\n“zebra”: not "
	 "here\n"},
	{EN, "weeding", "fr/b.md",
	 "“weeding”: not here\n“weeding”, by the lexique “élagage”: heading “Élagage”\n"
	 "“weeding”, by the lexique “désherbage”: text “désherbage”\n"},
	{EN, "complant", "en/a.md",
	 "“complaint”, spelling put right: heading “Complaints”; text “complaint”, "
	 "“Complaints”\n"},
	{EN, "complaint area:desk", "en/a.md",
	 "“complaint”: heading “Complaints”; text “complaint”, “Complaints”\n“desk”: area "
	 "“Front desk”\n"},
	{EN, "path:en lang:english complaint", "en/a.md",
	 "“complaint”: heading “Complaints”; text “complaint”, “Complaints”\n“en”: path "
	 "“en/a.md”\n“english”: language “English”\n"},
	{EN, "complaint -zebra", "en/a.md",
	 "“complaint”: heading “Complaints”; text “complaint”, “Complaints”\n"},
	{EN, "the complaint", "en/a.md",
	 "“complaint”: heading “Complaints”; text “complaint”, “Complaints”\n"},
};

static const struct hit *hit_of(const struct search_result *r, const char *path)
{
	for (size_t i = 0; i < r->n_hits; i++) {
		if (span_equal(r->hits[i].record.field[RECORD_PATH], span_of(path)))
			return &r->hits[i];
	}
	return NULL;
}

static void put_reasons(struct buf *out, const struct hit *hit, const struct language *l)
{
	buf_puts(out, "");
	for (size_t i = 0; i < hit->why.n; i++) {
		render_why_line(out, l, &hit->why.list[i]);
		buf_putc(out, '\n');
	}
}

static void ask(struct search_result *r, struct fixture *f, const char *typed,
		const struct language *l, bool explain)
{
	const struct search_options options = {
		.typed = span_of(typed), .language = l, .limit = 10, .explain = explain};
	struct error e;
	assert_int_equal(search_run(f->search, &options, r, &e), 0);
}

static void reasons_are_told(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct language *l = &languages[rows[i].reader];
		struct search_result r;
		struct buf out = buf_new(64 * 1024);
		char typed[200]; /* which is gone when the reasons are read */
		snprintf(typed, sizeof typed, "%s", rows[i].typed);
		ask(&r, &f, typed, l, true);
		memset(typed, 'x', sizeof typed);
		const struct hit *hit = hit_of(&r, rows[i].path);
		if (!hit)
			fail_msg("row %zu: no hit", i);
		put_reasons(&out, hit, l);
		same(i, rows[i].told, out.s);
		buf_free(&out);
		search_free(&r);
	}
	fixture_close(&f);
}

static void nothing_is_told_unasked(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct search_result r;
		ask(&r, &f, rows[i].typed, &languages[rows[i].reader], false);
		for (size_t k = 0; k < r.n_hits; k++)
			assert_int_equal(r.hits[k].why.n, 0);
		search_free(&r);
	}
	fixture_close(&f);
}

/* Many words, each many times: what is told stays short. */
static void what_is_told_has_a_ceiling(void **state)
{
	struct fixture f;
	struct buf page = buf_new(1024 * 1024), out = buf_new(1024 * 1024);
	(void)state;
	buf_puts(&page, "# Page\n\n");
	for (unsigned i = 0; i < 5000; i++)
		buf_printf(&page, "begin%u begun%u other ", i % 700, i);
	buf_putc(&page, '\n');
	fixture_folder(&f);
	fixture_write(f.corpus, "en/long.md", page.s, page.n);
	fixture_index(&f);
	struct search_result r;
	ask(&r, &f, "begin* begu* other", &languages[EN], true);
	assert_int_equal(r.n_hits, 1);
	put_reasons(&out, &r.hits[0], &languages[EN]);
	same(0,
	     "“begin”: text “begin0”, “begin1”, “begin2”, “begin3”, “begin4”\n“begu”: text "
	     "“begun0”, “begun1”, “begun2”, “begun3”, “begun4”\n“other”: text “other”\n",
	     out.s);
	search_free(&r);
	buf_free(&page);
	buf_free(&out);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reasons_are_told),
					   cmocka_unit_test(nothing_is_told_unasked),
					   cmocka_unit_test(what_is_told_has_a_ceiling)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

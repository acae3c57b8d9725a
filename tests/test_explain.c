/* test_explain.c - the sentences that tell how a query was read. */
#include "t.h"

#include "explain.h"
#include "fixture.h"

enum { EN, FR };

static const struct sheet sheets[] = {
	{"en/a.md",
	 "---\ntitle: Money\narea: Finance\n---\n\n# Library services\n\nWeeding in libraries. "
	 "A library has patrons, and a resume.\n"},
	{"fr/b.md",
	 "# Bibliothèque\n\nLe désherbage. Des prêts entre bibliothèques, un résumé et une "
	 "bibliothèque.\n"},
	{"lexique.tsv", "weeding; deselection\tdésherbage\n"
			"interlibrary loan\tprêt entre bibliothèques\n"},
};

#define HEAD "How the query was read:\n"
#define NB   "\u00A0"

static const struct {
	size_t messages;
	bool exact;
	const char *typed, *told;
} rows[] = {
	{EN, false, "", HEAD "  nothing to look for\n"},
	{FR, false, "()", "Voici comment la requête a été comprise" NB ":\n  rien à chercher\n"},
	{EN, false, "library", HEAD "  the word “library”\n    found as: libraries, library\n"},
	{EN, false, "Patron", HEAD "  the word “Patron”\n    found as: patrons\n"},
	{EN, false, "bibliotheque",
	 HEAD "  the word “bibliotheque”\n    found as: bibliothèque, bibliothèques\n"},
	{EN, false, "zzz", HEAD "  the word “zzz”\n    in no passage of the index\n"},
	{FR, false, "zzz",
	 "Voici comment la requête a été comprise" NB ":\n  le mot «" NB "zzz" NB "»\n"
	 "    dans aucun passage de l’index\n"},
	{EN, true, "Library", HEAD "  exactly the word “Library”, accents and capitals aside\n"},
	{EN, false, "\"library\"",
	 HEAD "  exactly the word “library”, accents and capitals aside\n"},
	{EN, false, "\"a library service\"",
	 HEAD "  side by side, small words aside: “a library service”\n"},
	{EN, false, "vue.js", HEAD "  side by side, small words aside: “vue.js”\n"},
	{EN, false, "bibl*", HEAD "  a word that begins with “bibl”\n"},
	{EN, false, "title:library",
	 HEAD "  the word “library”, in a title\n    found as: library\n"},
	{EN, false, "title:patrons",
	 HEAD "  the word “patrons”, in a title\n    in no passage of the index\n"},
	{EN, false, "title:\"library services\"",
	 HEAD "  side by side, small words aside: “library services”, in a title\n"},
	{FR, false, "titre:bibl*",
	 "Voici comment la requête a été comprise" NB ":\n  un mot qui commence par «" NB "bibl" NB
	 "», dans un titre\n"},
	{EN, false, "patron bibl*",
	 HEAD "  all of these, in one passage (its titles count):\n    the word “patron”\n"
	      "      found as: patrons\n    a word that begins with “bibl”\n"},
	{EN, false, "patron OR \"library\"",
	 HEAD "  one or more of these:\n    the word “patron”\n      found as: patrons\n"
	      "    exactly the word “library”, accents and capitals aside\n"},
	{EN, false, "bibl* -(patron OU zzz)",
	 HEAD
	 "  all of these, in one passage (its titles count):\n    a word that begins with “bibl”\n"
	 "    but none of this:\n      one or more of these:\n        the word “patron”\n"
	 "          found as: patrons\n        the word “zzz”\n"
	 "          in no passage of the index\n"},
	{EN, false, "-patron",
	 HEAD "  but none of this:\n    the word “patron”\n      found as: patrons\n"},
	{EN, false, "the patron",
	 HEAD "  all of these, in one passage (its titles count):\n"
	      "    need not be there, being so common: “the”\n    the word “patron”\n"
	      "      found as: patrons\n"},
	{FR, false, "le bibl*",
	 "Voici comment la requête a été comprise" NB ":\n"
	 "  tout ce qui suit, dans un même passage (titres compris)" NB ":\n"
	 "    facultatif, car trop courant" NB ": «" NB "le" NB "»\n"
	 "    un mot qui commence par «" NB "bibl" NB "»\n"},
	{EN, true, "the \"patrons\"",
	 HEAD "  all of these, in one passage (its titles count):\n"
	      "    exactly the word “the”, accents and capitals aside\n"
	      "    exactly the word “patrons”, accents and capitals aside\n"},
	{EN, false, "lang:fr", HEAD "  only passages in this language: Français\n"},
	{EN, false, "lang:de", HEAD "  only passages in this language: de\n"},
	{EN, false, "domaine:finance", HEAD "  only in the area: finance\n"},
	{EN, false, "area:fin*", HEAD "  only in the area: fin…\n"},
	{FR, false, "path:en/",
	 "Voici comment la requête a été comprise" NB ":\n  seulement sous le chemin" NB ": en/\n"},
	{EN, false, "audience:staff", HEAD "  only where audience = staff\n"},
	{EN, false, "weeding",
	 HEAD
	 "  the word “weeding”\n    found as: weeding\n    or, from the lexique: désherbage\n"},
	{EN, false, "deselection",
	 HEAD "  the word “deselection”\n    in no passage of the index\n"
	      "    or, from the lexique: weeding, désherbage\n"},
	{EN, true, "weeding", HEAD "  exactly the word “weeding”, accents and capitals aside\n"},
	{EN, false, "bibl* interlibrary loan",
	 HEAD
	 "  all of these, in one passage (its titles count):\n    a word that begins with “bibl”\n"
	 "    the word “interlibrary”\n      in no passage of the index\n    the word “loan”\n"
	 "      in no passage of the index\n"
	 "      or, from the lexique: prêt entre bibliothèques\n"},
	{EN, false, "weeding OR zzz",
	 HEAD "  one or more of these:\n    the word “weeding”\n      found as: weeding\n"
	      "      or, from the lexique: désherbage\n    the word “zzz”\n"
	      "      in no passage of the index\n"},
};

static void explain(struct buf *out, struct fixture *f, size_t row)
{
	static const char *const facets[] = {"audience", NULL};
	struct arena arena = {0};
	struct error e;
	struct compiler *c = calloc(1, sizeof *c);
	assert_non_null(c);
	c->xap = f->xap;
	c->analysers = f->analysers.of;
	c->facets = facets;
	c->arena = &arena;
	c->exact = rows[row].exact;
	struct query *q = query_parse(&arena, rows[row].typed, strlen(rows[row].typed), facets, &e);
	assert_non_null(q);
	explain_query(out, c, q, &languages[rows[row].messages]);
	assert_false(c->failed);
	assert_false(out->failed);
	arena_free(&arena);
	free(c);
}

static void a_query_is_explained(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = buf_new(16384);
		buf_puts(&out, "before "); /* it appends */
		explain(&out, &f, i);
		assert_memory_equal(out.s, "before ", 7);
		same(i, rows[i].told, out.s + 7);
		buf_free(&out);
	}
	fixture_close(&f);
}

/* ---- the words on a page ------------------------------------------------------------------------
 */

#define BODY "# Library services\n\nWeeding in libraries. A library has patrons, and a resume.\n"

static const struct {
	size_t messages;
	bool exact;
	const char *typed, *told;
} traces[] = {
	{EN, false, "", ""},
	{EN, false, "weeding", "  “weeding”: line 8 “Weeding”\n"},
	{EN, false, "libraries", "  “libraries”: line 6 “Library”, line 8 “libraries”\n"},
	{FR, false, "PATRON", "  «" NB "PATRON" NB "»" NB ": ligne 8 «" NB "patrons" NB "»\n"},
	{EN, false, "money", "  “money”: the page’s title “Money”\n"},
	{EN, false, "zebra", "  “zebra”: nowhere on this page\n"},
	{EN, false, "finance",
	 "  “finance”: only in what is not indexed (markup, an address, front matter): line 3 "
	 "“Finance”\n"},
	{EN, false, "wedeing", "  “wedeing”: not here, but one letter off: line 8 “Weeding”\n"},
	{EN, false, "patrns", "  “patrns”: not here, but one letter off: line 8 “patrons”\n"},
	{EN, false, "patrns zebra",
	 "  “patrns”: not here, but one letter off: line 8 “patrons”\n  “zebra”: nowhere on this "
	 "page\n"},
	{EN, true, "patron", "  “patron”: not as typed, only in another form: line 8 “patrons”\n"},
	{EN, false, "\"patron\"",
	 "  “patron”: not as typed, only in another form: line 8 “patrons”\n"},
	{EN, false, "\"library services\"", "  “library services”: line 6 “Library services”\n"},
	{EN, false, "\"services library\"",
	 "  “services library”: all its words are here, but not side by side as typed\n"},
	{EN, false, "\"library zebra\"",
	 "  “library zebra”: not side by side here; missing altogether: zebra\n"},
	{EN, false, "title:patrons",
	 "  “patrons”: not in a title, only in the text: line 8 “patrons”\n"},
	{EN, false, "title:library", "  “library”: line 6 “Library”\n"},
	{EN, false, "the patrons",
	 "  “the”: need not be there, being so common\n  “patrons”: line 8 “patrons”\n"},
	{EN, false, "deselection",
	 "  “deselection”: nowhere on this page\n    “weeding”: sought too, by the lexique: line 8 "
	 "“Weeding”\n"},
	/* the French page answers for itself in French, so its word is not sought here */
	{EN, false, "bibliothèque",
	 "  “bibliothèque”: only in the translation, fr/b.md: line 1 “Bibliothèque”, line 3 "
	 "“bibliothèques”\n"},
	{EN, false, "area:finance patrons",
	 "  “area:finance”: a filter that lets this page through\n  “patrons”: line 8 “patrons”\n"},
	{EN, false, "lang:fr patrons",
	 "  “lang:fr”: a filter that leaves this page out\n  “patrons”: line 8 “patrons”\n"},
	{EN, false, "patrons -weeding",
	 "  “patrons”: line 8 “patrons”\n  “weeding”: excluded by the query, and 1 passage of this "
	 "page has it\n"},
	{FR, false, "patrons -zebra",
	 "  «" NB "patrons" NB "»" NB ": ligne 8 «" NB "patrons" NB "»\n  «" NB "zebra" NB "»" NB
	 ": exclu par la requête, mais absent de cette page\n"},
	{EN, false, "zebra OR patrons",
	 "  “zebra”: nowhere on this page\n  “patrons”: line 8 “patrons”\n"},
	/* the page has the one, its translation the other */
	{EN, false, "patrons désherbage",
	 "  “patrons”: line 8 “patrons”\n  “désherbage”: only in the translation, fr/b.md: line 3 "
	 "“désherbage”\n    “weeding”: sought too, by the lexique: line 8 “Weeding”\n"},
	{EN, false, "patrons résumé bibliothèques",
	 "  “patrons”: line 8 “patrons”\n  “résumé”: line 8 “resume”\n  “bibliothèques”: only in "
	 "the translation, fr/b.md: line 1 “Bibliothèque”, line 3 “bibliothèques”\n  All of this "
	 "is here, but no passage has it all (a passage is a heading and the text below it).\n"},
};

static void a_page_is_traced(void **state)
{
	const struct trace_section
		english = {.heading = span_of("Library services"),
			   .text = span_of("Weeding in libraries. A library has patrons, and a "
					   "resume.\n"),
			   .source = span_of(BODY),
			   .line = 6,
			   .source_line = 6,
			   .language = &languages[EN]},
		french = {.heading = span_of("Bibliothèque"),
			  .text = span_of(
				  "Le désherbage. Des prêts entre bibliothèques, un résumé et "
				  "une bibliothèque.\n"),
			  .line = 1,
			  .language = &languages[FR]};
	struct trace_section told = french;
	told.source = span_of("# Bibliothèque\n\nLe désherbage. Des prêts entre bibliothèques, un "
			      "résumé et une bibliothèque.\n");
	told.source_line = 1;
	const struct trace_page page = {.own = {"en/a.md", span_of("Money"), &english, 1},
					.twin = {"fr/b.md", span_of("Bibliothèque"), &told, 1},
					.file = span_of(sheets[0].text),
					.indexed = true};
	struct fixture f;
	struct error e;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (size_t i = 0; i < COUNT(traces); i++) {
		const struct search_options options = {.typed = span_of(traces[i].typed),
						       .language = &languages[EN],
						       .exact = traces[i].exact};
		struct buf out = buf_new(16384);
		buf_puts(&out, "");
		assert_int_equal(search_trace(f.search, &options, &page,
					      &languages[traces[i].messages], &out, &e),
				 0);
		same(i, traces[i].told, out.s);
		buf_free(&out);
	}
	fixture_close(&f);
}

static void a_buffer_may_be_too_small(void **state)
{
	struct fixture f;
	struct error e;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	const struct search_options options = {.typed = span_of("library"),
					       .language = &languages[0]};
	for (size_t most = 0; most < 60; most += 7) {
		struct buf out = buf_new(most);
		assert_int_equal(search_explain(f.search, &options, &languages[FR], &out, &e), -1);
		assert_true(out.failed && out.n <= most);
		buf_free(&out);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_query_is_explained),
					   cmocka_unit_test(a_page_is_traced),
					   cmocka_unit_test(a_buffer_may_be_too_small)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_compile.c - what queries find: by tables over a dozen passages, and by chance against a
 * reading of the query tree that knows neither stems nor Xapian. */
#include "t.h"

#include "compile.h"
#include "fixture.h"

static const struct sheet sheets[] = {
	{"en/e1.md", "# Weeding\n\nWeeding keeps the shelves fresh. Discard old books.\n"},
	{"en/e2.md", "# Loans\n\nThe interlibrary loan of books is free.\n"},
	{"en/e3.md", "# Customer service\n\nStaff answer the questions of patrons at the desk.\n"},
	{"en/e4.md", "# Policies\n\nThe library board reviews policies on privacy.\n"},
	{"en/e5.md", "# Leadership\n\nA leader listens. To be or not to be. Vue.js and v-for.\n"},
	{"en/e6.md", "---\ntitle: Money\narea: Finance and audit\n---\n\n# Planning\n\n"
		     "Plan the resume of a board.\n\nLibraries have a budget.\n"},
	{"fr/f1.md", "# Désherbage\n\nLe désherbage garde les rayons frais.\n"},
	{"fr/f2.md", "# Prêts\n\nLes prêts entre bibliothèques sont gratuits.\n"},
	{"fr/f3.md", "# Service à la clientèle\n\nLe personnel répond aux usagers au comptoir.\n"},
	{"fr/f4.md", "# Politiques\n\nLe conseil de la bibliothèque revoit l’accès à "
		     "l’information.\n"},
	{"fr/f5.md",
	 "# Le leadership\n\nUn leader écoute le cœur de l’équipe. Un porte-monnaie.\n"},
	{"fr/f6.md", "---\ntitle: Argent\ndomaine: Finances\n---\n\n# Planification\n\n"
		     "Le résumé du budget, sûr et clair.\n"},
	{"lexique.tsv", "weeding; deselection\tdésherbage; élagage\n"
			"interlibrary loan; ILL\tprêt entre bibliothèques; PEB\n"
			"loan; lending\tprêt\n"
			"patron; user\tusager\n"
			"customer service\tservice à la clientèle\n"
			"chequebook\tporte-monnaie\n"
			"zeppelin\tdirigeable\n"},
};

static int open_pages(void **state)
{
	struct fixture *f = malloc(sizeof *f);
	assert_non_null(f);
	fixture_open(f, sheets, COUNT(sheets));
	*state = f;
	return 0;
}

static int close_pages(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

/* ---- helpers ---- */

/* A query being compiled, and all it takes. */
struct asked {
	struct arena arena;
	struct compiler c;
	struct query *q;
};

static struct asked *ask(struct fixture *f, const char *typed, bool exact)
{
	struct asked *a = calloc(1, sizeof *a);
	struct error e;
	assert_non_null(a);
	a->c.xap = f->xap;
	a->c.analysers = f->analysers.of;
	a->c.arena = &a->arena;
	a->c.exact = exact;
	a->q = query_parse(&a->arena, typed, strlen(typed), NULL, &e);
	assert_non_null(a->q);
	return a;
}

static void ask_free(struct asked *a)
{
	arena_free(&a->arena);
	free(a);
}

enum { FOUND = 4096 };

/* The names of the pages found, best first, parted by spaces; "-" for no query at all. */
static void find(struct fixture *f, node q, char found[FOUND])
{
	struct xap_request request = {
		.query = q, .limit = 200, .collapse_slot = XAP_NO_SLOT, .order_slot = XAP_NO_SLOT};
	struct xap_result result;
	struct error e;
	size_t n = 0;
	strcpy(found, q ? "" : "-");
	if (!q)
		return;
	if (xap_search(f->xap, &request, &result, &e) != 0)
		fail_msg("search: %d %s", (int)e.status, e.detail);
	for (size_t i = 0; i < result.n_hits; i++) {
		struct record r;
		assert_true(record_read(&r, result.hits[i].data, result.hits[i].data_n));
		struct span name = fixture_name(r.field[RECORD_PATH]);
		n += (size_t)snprintf(found + n, FOUND - n, "%s%.*s", n ? " " : "", (int)name.n,
				      name.s);
	}
	xap_result_free(&result);
}

static void find_typed(struct fixture *f, const char *typed, bool exact, char found[FOUND])
{
	struct asked *a = ask(f, typed, exact);
	find(f, compile_all(&a->c, a->q), found);
	assert_false(a->c.failed);
	ask_free(a);
}

/* ---- what is found ---- */

struct row {
	const char *typed, *found; /* in the order of names */
};

static const struct row rows[] = {
	/* nothing to look for */
	{"", "-"},
	{"()", "-"},
	{"...", "-"},
	/* words: any form, with or without accents, in both languages */
	{"shelf", ""},
	{"shelves", "e1"},
	{"BOOK", "e1 e2"},
	{"bibliotheque", "f2 f4"},
	{"bibliothèques", "f2 f4"},
	{"libraries", "e4 e6"},
	{"leader", "e5 f5"},
	{"leadership", "e5 f5"},
	{"resume", "e6 f6"},
	{"résumé", "e6 f6"},
	{"acces", "f4"},
	{"l'accès", "f4"},
	{"L’ACCE\u0300S", "f4"},
	{"d'information", "f4"},
	{"coeur", "f5"},
	{"CŒUR", "f5"},
	{"vue.js", "e5"},
	{"v-for", "e5"},
	{"porte-monnaies", "f5"},
	{"money", "e6"}, /* the page's title */
	/* all words; those that stop in both languages, or in one, need not be there */
	{"books free", "e2"},
	{"free books", "e2"},
	{"books desk", ""},
	{"the books of the shelves", "e1"},
	{"the library from about", "e4 e6"},
	{"la bibliothèque pour un accès", "f4"},
	{"their accès", "f4"}, /* a stop word in English only */
	{"bibliothèque or", "f2 f4"},
	{"the", "e1 e2 e3 e4 e6"},
	{"the at", "e3"},
	{"le au", "f3"},
	{"the lang:en", "e1 e2 e3 e4 e6"},
	{"the -books", "e3 e4 e6"},
	{"sûr", "f6"}, /* written so it is no stop word */
	{"sûr personnel", ""},
	{"sur personnel", "f3"},
	/* phrases: content words side by side */
	{"\"customer service\"", "e3 f3"},
	{"\"service clientele\"", "e3 f3"},
	{"\"service a la clientele\"", "e3 f3"},
	{"\"service pour des clientele\"", "e3 f3"},
	{"\"clientele service\"", ""},
	{"\"service customer\"", ""},
	{"\"board reviews\"", "e4"},
	{"\"the board of reviews\"", "e4"},
	{"\"board review\"", ""},
	{"«\u00A0bibliothèque revoit\u00A0»", "f4"},
	{"“revoit l’accès”", "f4"},
	{"\"acces information\"", "f4"},
	{"\"fresh discard\"", "e1"},
	{"\"board libraries\"", ""},   /* in two paragraphs */
	{"\"leadership leader\"", ""}, /* a heading and its text */
	{"\"to be or not to be\"", "e5"},
	{"\"be to not\"", ""},
	{"\"the\"", "e1 e2 e3 e4 e6"},
	{"\"of the\"", ""},
	{"\"shelves\"", "e1"},
	{"\"shelve\"", ""},
	/* prefixes */
	{"biblio*", "f2 f4"},
	{"BIBLIOTHÈ*", "f2 f4"},
	{"lead*", "e5 f5"},
	{"plan*", "e6 f6"},
	{"plan* board", "e6"},
	{"xyz*", ""},
	{"bo*", ""}, /* two letters are a word */
	{"\"conseil biblio*\"", "f4"},
	{"\"conse* de la biblio* revoit\"", "f4"},
	{"\"biblio* conseil\"", ""},
	{"\"lead*\"", "e5 f5"},
	{"\"customer ser*\"", "e3"},
	{"title:serv*", "e3 f3"},
	{"title:lea*", "e5 f5"},
	{"titre:biblio*", ""},
	{"board -libra*", ""},
	{"leader -ecou*", "e5"},
	{"-biblio* lang:fr", "f1 f3 f5 f6"},
	{"-\"conseil biblio*\" bibliothèque", "f2"},
	/* titles */
	{"title:planning", "e6"},
	{"titre:Money", "e6"},
	{"titre:argent", "f6"},
	{"title:shelves", ""},
	{"title:\"service clientele\"", "e3 f3"},
	{"title:(service desk)", ""},
	{"title:(service leadership)", ""},
	{"title:(service OR leadership)", "e3 e5 f3 f5"},
	{"title:service desk", "e3"},
	/* filters */
	{"lang:fr", "f1 f2 f3 f4 f5 f6"},
	{"langue:FR-ca leader", "f5"},
	{"lang:de leader", ""},
	{"leader -lang:fr", "e5"},
	{"area:finance", "e6"},
	{"area:finances", "f6"},
	{"domaine:\"Finance and audit\"", "e6"},
	{"area:\"audit finance\"", "e6"},
	{"area:fin*", "e6 f6"},
	{"area:xyz", ""},
	{"domaine:AUDIT board", "e6"},
	{"board -area:finance", "e4"},
	{"path:fr leader", "f5"},
	{"chemin:fr/ leader", "f5"},
	{"path:FR leader", "f5"},
	{"path:e4", "e4"},
	{"path:e*", ""},
	{"(lang:en OR area:finances) budget", "e6 f6"},
	/* operators of both languages */
	{"shelves OR desk", "e1 e3"},
	{"rayons OU comptoir", "f1 f3"},
	{"shelves OU comptoir", "e1 f3"},
	{"library AND board", "e4 e6"},
	{"library ET board", "e4 e6"},
	{"library NOT privacy", "e6"},
	{"library SAUF privacy", "e6"},
	{"library -privacy", "e6"},
	{"-privacy library", "e6"},
	{"-library lang:en", "e1 e2 e3 e5"},
	{"board -(privacy OR shelves)", "e6"},
	{"board -(privacy shelves)", "e4 e6"},
	{"board -(privacy -shelves)", "e6"},
	{"board NOT (privacy NOT shelves)", "e6"},
	{"NOT NOT shelves", "e1"},
	{"shelves OR desk AND staff", "e1 e3"},
	{"(shelves OR desk) staff", "e3"},
	{"(shelves OU comptoir) ET (garde OU usagers)", "f3"},
	{"((books free) OR (leader écoute)) -interlibrary", "f5"},
	{"shelves OR -lang:en", "e1 f1 f2 f3 f4 f5 f6"},
	{"board -the", ""},
	{"leader -the", "e5 f5"},
	{"books -desk -free", "e1"},
	/* the lexique: other terms, both ways and within a language */
	{"weeding", "e1 f1"},
	{"Weedings", "e1 f1"},
	{"desherbage", "e1 f1"},
	{"deselection", "e1 f1"},
	{"élagages", "e1 f1"},
	{"l’élagage", "e1 f1"},
	{"usager", "e3 f3"},
	{"user", "e3 f3"},
	{"interlibrary loan", "e2 f2"},
	{"interlibrary loans", "e2 f2"},
	{"ILL", "e2 f2"},
	{"peb", "e2 f2"},
	{"PRET ENTRE BIBLIOTHEQUES", "e2 f2"},
	{"prêts entre les bibliothèques", "e2 f2"},
	{"service de la clientele", "e3 f3"},
	{"chequebook", "f5"},
	{"title:patron", ""},
	{"title:weeding", "e1 f1"},
	{"title:(customer service)", "e3 f3"},
	{"zeppelin", ""},
	{"dirigeable", ""},
	/* a term among other words; the longest run wins */
	{"free interlibrary loan", "e2"},
	{"interlibrary loan gratuits", "f2"},
	{"gratuits interlibrary loan bibliothèque", "f2"},
	{"loan gratuits", "f2"},
	{"loan", "e2 f2"},
	{"loan interlibrary", "e2"},
	{"desk patron", "e3"},
	{"comptoir patron", "f3"},
	{"comptoir patron weeding", ""},
	{"shelves OR patron", "e1 e3 f3"},
	{"(weeding OU patron) lang:fr", "f1 f3"},
	{"\"interlibrary loan\"", "e2 f2"},
	{"\"prêts entre bibliothèques\"", "e2 f2"},
	{"\"prêt entre bibliothèques\"", "e2"}, /* itself as typed, the others in any form */
	/* but a quoted word, a prefix and an exclusion are as typed */
	{"\"weeding\"", "e1"},
	{"weedin*", "e1"},
	{"frais -weeding", "f1"},
	{"lang:fr -weeding", "f1 f2 f3 f4 f5 f6"},
	{"-(interlibrary loan) gratuits", "f2"},
	{"lang:fr -(-weeding)", "f1"},
};

static const struct row exact_rows[] = {
	{"weeding", "e1"},
	{"weed", ""},
	{"library", "e4"},
	{"Libraries", "e6"},
	{"resume", "e6 f6"},
	{"RÉSUMÉ", "e6 f6"},
	{"bibliotheque", "f4"},
	{"l'accès", "f4"},
	{"deselection", ""},
	{"interlibrary loan", "e2"},
	{"\"interlibrary loan\"", "e2"},
	{"the library from", ""},
	{"the library", "e4"},
	{"\"the library\"", "e4"},
	{"title:service", "e3 f3"},
	{"title:services", ""},
	{"biblio*", "f2 f4"},
	{"porte-monnaie", "f5"},
	{"porte-monnaies", ""},
};

static void check_found(struct fixture *f, const struct row *table, size_t n, bool exact)
{
	for (size_t i = 0; i < n; i++) {
		char found[FOUND], expected[FOUND];
		find_typed(f, table[i].typed, exact, found);
		strcpy(expected, table[i].found);
		fixture_sort(found);
		fixture_sort(expected);
		if (strcmp(found, expected) != 0)
			fail_msg("%s\nexpected: %s\nfound:    %s", table[i].typed, expected, found);
	}
}

static void queries_find(void **state)
{
	check_found(*state, rows, COUNT(rows), false);
}

static void exact_queries_find(void **state)
{
	check_found(*state, exact_rows, COUNT(exact_rows), true);
}

/* ---- order ---- */

static const struct sheet shelf[] = {
	{"en/named.md", "# Library board\n\nIt meets every second month, late in the evening, "
			"with tea, biscuits and a secretary who writes all of it down.\n"},
	{"en/turned.md", "# The boards of a library\n\nA library board, library board.\n"},
	{"en/longer.md", "# Library board minutes\n\nIt meets.\n"},
	{"en/often.md", "# Minutes\n\nLibrary board, library board, library board.\n"},
	{"en/pears.md", "# Fruit\n\nBoth.\n\n## Sweet\n\nAn apple.\n\n## Sour\n\nA pear.\n"},
	{"en/apples.md", "# Apple\n\nApple apple apple apple apple.\n"},
	{"fr/poires.md", "# Poires\n\nEt une apple, une plum.\n"},
	{"fr/verbe.md",
	 "# Verbe\n\nJ’aime, tu aimes, nous aimons, vous aimez, ils aiment, j’aimais, il "
	 "aimait, nous aimions, vous aimiez, ils aimaient, j’aimerai, il aimera, "
	 "nous aimerons, vous aimerez, ils aimeront, j’aimerais, aimer, aimer. "
	 "J’aimai, tu aimas, il aima, nous aimâmes, vous aimâtes, ils aimèrent, aimant, aimé, "
	 "aimée, aimés, aimées.\n\n## Suite\n\nElle aimait.\n"},
	{"fr/argent.md", "# Bague\n\nUne bague en argent.\n"},
	{"fr/dore.md", "# Bague\n\nUne bague en or.\n"},
	{"en/one.md", "# Weeding\n\nAbout it.\n"},
	{"fr/un.md", "# Désherbage\n\nÀ lire.\n"},
	{"lexique.tsv", "weeding\tdésherbage\n"},
};

static int open_shelf(void **state)
{
	struct fixture *f = malloc(sizeof *f);
	assert_non_null(f);
	fixture_open(f, shelf, COUNT(shelf));
	*state = f;
	return 0;
}

/* Of what is found the first n, in the order of names; "" for n == 0. */
static void keep_first(char found[FOUND], size_t n)
{
	char *end = found;
	while (n-- && *end)
		end += strcspn(end + (*end == ' '), " ") + (*end == ' ');
	*end = '\0';
	fixture_sort(found);
}

static void a_heading_that_is_just_the_words_is_first(void **state)
{
	static const struct {
		const char *typed;
		size_t n;
		const char *first;
	} table[] = {
		{"library board", 1, "named"},
		{"library board", 2, "named turned"},
		{"the Library and the Board", 2, "named turned"},
		{"\"library board\"", 1, "named"},
		{"board library", 2, "named turned"},
		{"boards of the libraries", 2, "named turned"},
		{"library board minutes", 1, "longer"},
		{"weeding", 1, "one"},
		{"weeding", 2, "one un"},
		{"desherbage", 1, "un"},
		/* a stop word of one language need not be there, but helps */
		{"bague or", 1, "dore"},
		{"or bague", 2, "argent dore"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		char found[FOUND];
		struct asked *a = ask(*state, table[i].typed, false);
		find(*state, compile_about(&a->c, a->q, compile_all(&a->c, a->q)), found);
		keep_first(found, table[i].n);
		same(i, table[i].first, found);
		assert_null(compile_about(&a->c, a->q, NULL));
		assert_false(a->c.failed);
		ask_free(a);
	}
}

static void any_of_the_words(void **state)
{
	/* pears has both words, in different passages: they come before a page that is all apples
	 */
	static const struct {
		const char *typed;
		size_t n;
		const char *first, *found;
	} table[] = {
		{"apple pear", 2, "pears pears", "apples pears pears poires"},
		{"apple pear -plum", 2, "pears pears", "apples pears pears"},
		{"apple pear lang:fr", 1, "poires", "poires"},
		{"the apple of pear", 2, "pears pears", "apples pears pears poires"},
		{"apple plum pear", 0, "", "apples pears pears poires"},
		{"apple zzz", 0, "", "apples pears poires"},
		{"apple plum", 1, "poires", "apples pears poires"},
		{"xxx zzz", 0, "", ""},
		{"weeding pear", 0, "", "one pears un"},
		{"weeding pear path:fr", 1, "un", "un"},
		{"apple", 0, "", "-"},
		{"the apple", 0, "", "-"},
		{"apple -plum", 0, "", "-"},
		{"apple lang:fr", 0, "", "-"},
		{"apple OR pear", 0, "", "-"},
		{"\"apple pear\"", 0, "", "-"},
		{"-apple", 0, "", "-"},
		{"", 0, "", "-"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		char found[FOUND], first[FOUND];
		struct asked *a = ask(*state, table[i].typed, false);
		compile_all(&a->c, a->q);
		find(*state, compile_any(&a->c, a->q), found);
		assert_false(a->c.failed);
		strcpy(first, found);
		keep_first(first, table[i].n);
		same(i, table[i].first, first);
		fixture_sort(found);
		same(i, table[i].found, found);
		ask_free(a);
	}
}

/* A page with all the words somewhere weighs COMPILE_TIER more, and no other does. */
static void the_tier_is_a_weight(void **state)
{
	struct fixture *f = *state;
	struct xap_result result;
	struct error e;
	struct asked *a = ask(f, "apple pear", false);
	const struct xap_request request = {.query = compile_any(&a->c, a->q),
					    .limit = 10,
					    .collapse_slot = XAP_NO_SLOT,
					    .order_slot = XAP_NO_SLOT};
	assert_int_equal(xap_search(f->xap, &request, &result, &e), 0);
	assert_int_equal(result.n_hits, 4);
	for (size_t i = 0; i < result.n_hits; i++)
		assert_true(i < 2 ? result.hits[i].weight > COMPILE_TIER
				  : result.hits[i].weight < COMPILE_TIER);
	xap_result_free(&result);
	ask_free(a);
}

static void the_needles_of_before_are_forgotten(void **state)
{
	struct asked *a = ask(*state, "weeding pear", false);
	compile_all(&a->c, a->q);
	size_t en = a->c.n_needles[0], fr = a->c.n_needles[1];
	assert_int_equal(en, 2);
	assert_int_equal(fr, 3);
	assert_int_equal(a->c.n_also, 1);
	assert_non_null(compile_any(&a->c, a->q));
	assert_int_equal(a->c.n_needles[0], en);
	assert_int_equal(a->c.n_needles[1], fr);
	assert_int_equal(a->c.n_also, 1);
	struct asked *b = ask(*state, "apple pear", false);
	assert_non_null(compile_any(&a->c, b->q));
	assert_int_equal(a->c.n_needles[0], 2);
	assert_int_equal(a->c.n_needles[1], 2);
	assert_int_equal(a->c.n_also, 0);
	ask_free(b);
	ask_free(a);
}

/* ---- what is told of a query ---- */

static void put_spans(struct buf *out, struct span s)
{
	buf_printf(out, "%s%.*s", out->n ? "; " : "", (int)s.n, s.s);
}

static void what_was_added_is_told(void **state)
{
	static const struct row table[] = {
		{"weeding", "désherbage"},
		{"desherbage", "weeding"},
		{"deselection", "weeding; désherbage"},
		{"lending", "loan; prêt"},
		{"interlibrary loan", "prêt entre bibliothèques"},
		{"free interlibrary loan", "prêt entre bibliothèques"},
		{"patron weeding", "usager; désherbage"},
		{"weeding OR weedings", "désherbage"},
		{"board -weeding", ""},
		{"weedin*", ""},
		{"\"weeding\"", ""},
		{"board", ""},
		{"zeppelin", ""},
		{"path:weeding", ""},
		{"area:loan", ""},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct asked *a = ask(*state, table[i].typed, false);
		struct buf out = buf_new(4096);
		compile_all(&a->c, a->q);
		buf_puts(&out, "");
		for (size_t k = 0; k < a->c.n_also; k++)
			put_spans(&out, a->c.also[k]);
		same(i, table[i].found, out.s);
		buf_free(&out);
		ask_free(a);
		a = ask(*state, table[i].typed, true);
		compile_all(&a->c, a->q);
		assert_int_equal(a->c.n_also, 0);
		ask_free(a);
	}
}

static void what_is_found_is_marked(void **state)
{
	static const struct {
		const char *typed;
		size_t language;
		const char *text, *marked; /* joined by "|" */
	} table[] = {
		{"weeding", 0, "The Weedings of weeds.", "Weedings|weeds"},
		{"weeding", 1, "Les désherbages, un élagage.", "désherbages"},
		{"the weeding", 0, "The weeding.", "weeding"},
		{"the", 0, "The weeding.", "The"},
		{"their acces", 1, "Their accès.", "accès"},
		{"interlibrary loan", 1, "Un prêt entre des bibliothèques.",
		 "prêt entre des bibliothèques"},
		{"books -weeding", 0, "Weeding books.", "books"},
		{"\"service clientele\"", 1, "Le service à la clientèle.",
		 "service à la clientèle"},
		{"lang:fr -weeding", 0, "Weeding in French, fr.", ""},
		{"area:book shelf", 0, "A book on a shelf.", "shelf"},
		{"book -(-weeding)", 0, "Weeding books.", "Weeding|books"},
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct asked *a = ask(f, table[i].typed, false);
		size_t l = table[i].language;
		struct marks marks;
		struct buf out = buf_new(4096);
		compile_all(&a->c, a->q);
		assert_int_equal(highlight_text(&marks, table[i].text, strlen(table[i].text),
						a->c.needles[l], a->c.n_needles[l],
						f->analysers.of[l]),
				 0);
		buf_puts(&out, "");
		for (size_t k = 0; k < marks.n; k++)
			buf_printf(&out, "%s%.*s", k ? "|" : "",
				   (int)(marks.list[k].end - marks.list[k].start),
				   table[i].text + marks.list[k].start);
		same(i, table[i].marked, out.s);
		buf_free(&out);
		marks_free(&marks);
		ask_free(a);
	}
}

static void a_language_is_named(void **state)
{
	static const struct {
		const char *typed;
		bool names;
	} table[] = {{"leader", false},	   {"lang:fr leader", true}, {"langue:xx", true},
		     {"-lang:fr a", true}, {"area:fr", false},	     {"\"lang fr\"", false}};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct asked *a = ask(*state, table[i].typed, false);
		compile_all(&a->c, a->q);
		if (a->c.names_language != table[i].names)
			fail_msg("%s", table[i].typed);
		ask_free(a);
	}
}

static void each_part_has_a_standing(void **state)
{
	static const struct {
		const char *typed, *standing; /* a letter a part */
		bool content;
	} table[] = {
		{"library the", "RO", true},
		{"library on", "RI", true},
		{"library their", "RO", true},
		{"or bibliothèque", "OR", true},
		{"me a", "II", false}, /* stop words in both */
		{"the on", "OI", false},
		{"the lang:fr", "OR", false},
		{"the -library", "OR", false},
		{"on \"the\"", "IR", true},
		{"on \"the library\"", "IR", true},
		{"on title:the", "IR", true},
		{"on the*", "IR", true},
		{"sûr sur", "RO", true},
		{"on (the OR a)", "IR", true},
		{"on vue.js", "IR", true},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct asked *a = ask(*state, table[i].typed, false);
		char got[16] = "";
		assert_int_equal(a->q->kind, QUERY_AND);
		for (size_t k = 0; k < a->q->n; k++)
			got[k] = "ROI"[compile_standing(&a->c, a->q->children[k])];
		same(i, table[i].standing, got);
		assert_true(compile_has_content(&a->c, a->q) == table[i].content);
		a->c.exact = true;
		for (size_t k = 0; k < a->q->n; k++)
			assert_int_equal(compile_standing(&a->c, a->q->children[k]), REQUIRED);
		ask_free(a);
	}
}

/* ---- the lexique, and forms ---- */

static void a_run_of_words_is_a_term(void **state)
{
	static const struct {
		const char *typed;
		size_t from, run; /* the run that begins at this part */
		const char *terms;
	} table[] = {
		{"weeding", 0, 1, "fr:désherbage"},
		{"free interlibrary loan", 0, 0, ""},
		{"free interlibrary loan", 1, 2, "fr:prêt entre bibliothèques"},
		{"free interlibrary loan", 2, 1, "fr:prêt"},
		{"interlibrary free loan", 0, 0, ""},
		{"interlibrary loan on", 0, 2, "fr:prêt entre bibliothèques"},
		{"interlibrary on loan", 0, 3, "fr:prêt entre bibliothèques"},
		{"title:interlibrary title:loan", 0, 2, "fr:prêt entre bibliothèques"},
		{"interlibrary title:loan", 0, 0, ""},
		{"interlibrary -loan", 0, 0, ""},
		{"\"interlibrary loan\" x", 0, 1, "fr:prêt entre bibliothèques"},
		{"\"interlibrary\" loan", 0, 0, ""},
		{"\"weeding\" x", 0, 0, ""},
		{"\"interlibrary loa*\" x", 0, 0, ""},
		{"weeding* x", 0, 0, ""},
		{"path:weeding x", 0, 0, ""},
		{"zeppelin x", 0, 0, ""}, /* its other term is nowhere */
		{"pret entre bibliotheques", 0, 3, "en:interlibrary loan"},
		{"lending", 0, 1, "en:loan fr:prêt"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct asked *a = ask(*state, table[i].typed, false);
		struct query *const alone[] = {a->q};
		bool and = a->q->kind == QUERY_AND;
		struct query *const *parts = and? a->q->children : alone;
		size_t n = and? a->q->n : 1;
		struct synonyms found;
		size_t run =
			compile_synonyms(&a->c, parts + table[i].from, n - table[i].from, &found);
		struct buf out = buf_new(4096);
		buf_puts(&out, "");
		for (size_t k = 0; k < found.n; k++)
			buf_printf(&out, "%s%s:%.*s", k ? " " : "",
				   languages[found.list[k].language].code,
				   (int)found.list[k].term.n, found.list[k].term.s);
		same(i, table[i].terms, out.s);
		if (run != table[i].run)
			fail_msg("row %zu: a run of %zu", i, run);
		buf_free(&out);
		a->c.exact = true;
		assert_int_equal(compile_synonyms(&a->c, parts, n, &found), 0);
		assert_int_equal(compile_synonyms(&a->c, parts, 0, &found), 0);
		ask_free(a);
	}
}

static void a_term_is_sought_in_any_form(void **state)
{
	static const struct {
		const char *term;
		size_t language;
		const char *found;
	} table[] = {
		{"weedings", 0, "e1"},
		{"weeding", 1, "-"},
		{"interlibrary loans", 0, "e2"},
		{"loan interlibrary", 0, ""},
		{"élagage", 1, "-"},
		{"prêts entre bibliothèque", 1, "f2"},
		{"prêt gratuit", 1, ""},
		{"interlibrary zzz", 0, "-"},
		{"", 0, "-"},
		{"?", 0, "-"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		char found[FOUND];
		struct asked *a = ask(*state, "", false);
		find(*state, compile_lexique_term(&a->c, span_of(table[i].term), table[i].language),
		     found);
		same(i, table[i].found, found);
		ask_free(a);
	}
}

static void put_forms(struct buf *out, struct fixture *f, size_t language, const char *word,
		      const char *field)
{
	struct asked *a = ask(f, word, false);
	struct span forms[COMPILE_FORMS];
	struct reading r;
	compile_read(&a->c, a->q, &r);
	assert_true(r.read[language]);
	size_t n = compile_forms(&a->c, r.needle[language].words, f->analysers.of[language], field,
				 forms);
	buf_puts(out, "");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%.*s", i ? " " : "", (int)forms[i].n, forms[i].s);
	ask_free(a);
}

static void the_forms_of_a_word(void **state)
{
	static const struct {
		size_t language;
		const char *word, *field, *forms;
	} table[] = {
		{0, "libraries", "", "libraries library"},
		{0, "library", "", "libraries library"},
		{0, "library", "T", ""},
		{0, "books", "", "books"},
		{0, "plan", "", "plan planning"},
		{0, "plan", "T", "planning"},
		{0, "policy", "", "policies"},
		{1, "bibliothèque", "", "bibliotheque bibliotheques"},
		{1, "Prêt", "", "prets"},
		{1, "Prêt", "T", "prets"},
		{1, "zzz", "", ""},
		{0, "weed", "", "weeding"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct buf out = buf_new(4096);
		put_forms(&out, *state, table[i].language, table[i].word, table[i].field);
		same(i, table[i].forms, out.s);
		buf_free(&out);
	}
}

static void sixteen_forms_are_enough(void **state)
{
	struct buf out = buf_new(4096);
	size_t words = 1;
	put_forms(&out, *state, 1, "aimer", "");
	for (const char *s = out.s; *s; s++)
		words += *s == ' ';
	assert_int_equal(words, COMPILE_FORMS);
	assert_memory_equal(out.s, "aimait ", 7); /* it is in two passages */
	buf_free(&out);
}

/* Concepts of sixteen terms a language, all in the index: every ceiling is met. */
static void a_crowd_of_terms(void **state)
{
	enum { CONCEPTS = 12 };
	struct fixture f;
	struct buf page = buf_new(1 << 16), lexique = buf_new(1 << 16), typed = buf_new(4096);
	(void)state;
	buf_puts(&page, "# Crowd\n\n");
	for (int i = 0; i < CONCEPTS; i++) {
		buf_printf(&typed, "q%ct%d ", 'a' + i, 0);
		for (int k = 0; k < 2 * LEXIQUE_TERMS; k++) {
			buf_printf(&page, "q%ct%d ", 'a' + i, k);
			buf_printf(&lexique, "%sq%ct%d",
				   k == LEXIQUE_TERMS ? "\t"
				   : k		      ? ";"
						      : "",
				   'a' + i, k);
		}
		buf_putc(&lexique, '\n');
	}
	fixture_folder(&f);
	fixture_write(f.corpus, "en/a.md", page.s, page.n);
	fixture_write(f.corpus, "fr/b.md", page.s, page.n);
	fixture_write(f.corpus, LEXIQUE_FILE, lexique.s, lexique.n);
	fixture_index(&f);
	struct asked *a = ask(&f, typed.s, false);
	char found[FOUND];
	find(&f, compile_all(&a->c, a->q), found);
	fixture_sort(found);
	assert_string_equal(found, "a b");
	assert_int_equal(a->c.n_also, COMPILE_ALSO);
	assert_int_equal(a->c.n_needles[0], COMPILE_NEEDLES);
	assert_in_range(a->c.n_needles[1], CONCEPTS, COMPILE_NEEDLES);
	find(&f, compile_any(&a->c, a->q), found);
	fixture_sort(found);
	assert_string_equal(found, "a b");
	struct synonyms synonyms;
	assert_int_equal(compile_synonyms(&a->c, a->q->children, 1, &synonyms), 1);
	assert_int_equal(synonyms.n, 2 * LEXIQUE_TERMS - 1);
	assert_false(a->c.failed);
	ask_free(a);
	fixture_close(&f);
	buf_free(&page);
	buf_free(&lexique);
	buf_free(&typed);
}

/* ---- small parts ---- */

static void small_parts(void **state)
{
	struct asked *a = ask(*state, "path:e1 -x", false);
	struct compiler *c = &a->c;
	char found[FOUND], bytes[300];
	node book = compile_term(c, "E", span_of("book")),
	     free_ = compile_term(c, "E", span_of("free"));
	node both[] = {book, free_};
	const struct {
		node node;
		const char *found;
	} table[] = {
		{book, "e1 e2"},
		{compile_filter(c, book, "E", span_of("free")), "e2"},
		{compile_filter(c, NULL, "E", span_of("free")), "-"},
		{compile_among(c, book, free_), "e2"},
		{compile_among(c, NULL, free_), "-"},
		{compile_among(c, book, NULL), "-"},
		{compile_without(c, book, "E", span_of("free")), "e1"},
		{compile_without(c, NULL, "E", span_of("free")), "-"},
		{compile_scaled(c, book, 0), "e1 e2"},
		{compile_scaled(c, NULL, 2), "-"},
		{compile_any_of(c, both, 2), "e1 e2"},
		{compile_any_of(c, both, 0), "-"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		find(*state, table[i].node, found);
		fixture_sort(found);
		same(i, table[i].found, found);
	}
	assert_ptr_equal(compile_any_of(c, both, 1), book);
	assert_true(span_equal(compile_fold(c, span_of("L’ÉCOLE œ")), span_of("l'ecole oe")));
	assert_int_equal(compile_fold(c, (struct span){NULL, 0}).n, 0);
	memset(bytes, 'x', sizeof bytes);
	find(*state, compile_term(c, "E", (struct span){bytes, sizeof bytes}), found);
	assert_string_equal(found, "");
	assert_true(compile_is_filter(a->q->children[0]));
	assert_false(compile_is_filter(a->q->children[1]));
	assert_false(c->failed);
	ask_free(a);
}

/* ---- by chance ---- */

/* Words that are no stop words and share no stem. */
static const char *const vocabulary[] = {"library", "desk",    "board",	  "budget",
					 "shelf",   "garden",  "jardin",  "livre",
					 "roman",   "musique", "tableau", "pomme"};
static const char *const beginnings[] = {"lib", "boa", "bud", "gar", "jard", "tab", "zzz"};

enum { PAGES = 60 }; /* a bit each in a set */

struct sample {
	struct fixture f;
	const char *title[PAGES][2];
	const char *text[PAGES][6];
	size_t n[PAGES];
	uint32_t seed;
};

static uint32_t chance(struct sample *s, uint32_t below)
{
	s->seed = s->seed * 1664525u + 1013904223u;
	return (s->seed >> 16) % below;
}

static const char *any_word(struct sample *s)
{
	return vocabulary[chance(s, COUNT(vocabulary))];
}

static int open_sample(void **state)
{
	struct sample *s = calloc(1, sizeof *s);
	assert_non_null(s);
	s->seed = 20260101;
	fixture_folder(&s->f);
	for (size_t i = 0; i < PAGES; i++) {
		char path[32], text[400];
		snprintf(path, sizeof path, "%s/p%02zu.md", i % 2 ? "fr" : "en", i);
		s->title[i][0] = any_word(s);
		s->title[i][1] = any_word(s);
		int n = snprintf(text, sizeof text, "# %s %s\n\n", s->title[i][0], s->title[i][1]);
		s->n[i] = 1 + chance(s, 6);
		for (size_t k = 0; k < s->n[i]; k++) {
			s->text[i][k] = any_word(s);
			n += snprintf(text + n, sizeof text - (size_t)n, "%s ", s->text[i][k]);
		}
		fixture_write(s->f.corpus, path, text, (size_t)n);
	}
	fixture_index(&s->f);
	*state = s;
	return 0;
}

static int close_sample(void **state)
{
	struct sample *s = *state;
	fixture_close(&s->f);
	free(s);
	return 0;
}

static bool is_word(struct span text, const char *word, bool begins)
{
	return strncmp(word, text.s, text.n) == 0 && (begins || word[text.n] == '\0');
}

static bool list_has(const char *const *list, size_t n, struct span text, bool begins)
{
	for (size_t i = 0; i < n; i++) {
		if (is_word(text, list[i], begins))
			return true;
	}
	return false;
}

static bool list_has_pair(const char *const *list, size_t n, struct span text)
{
	const char *space = memchr(text.s, ' ', text.n);
	if (!space)
		return list_has(list, n, text, false);
	struct span first = {text.s, (size_t)(space - text.s)};
	struct span second = {space + 1, text.n - first.n - 1};
	for (size_t i = 0; i + 1 < n; i++) {
		if (is_word(first, list[i], false) && is_word(second, list[i + 1], false))
			return true;
	}
	return false;
}

static bool leaf_matches(const struct sample *s, const struct query *q, size_t page)
{
	bool begins = q->kind == QUERY_PREFIX;
	if (q->field == FIELD_LANG)
		return span_equal(q->text, span_of(page % 2 ? "fr" : "en"));
	if (q->kind == QUERY_PHRASE)
		return list_has_pair(s->title[page], 2, q->text) ||
		       (q->field == FIELD_NONE &&
			list_has_pair(s->text[page], s->n[page], q->text));
	return list_has(s->title[page], 2, q->text, begins) ||
	       (q->field == FIELD_NONE && list_has(s->text[page], s->n[page], q->text, begins));
}

/* What a query means, word for word. */
static bool matches(const struct sample *s, const struct query *q, size_t page)
{
	switch (q->kind) {
	case QUERY_NOTHING:
		return false;
	case QUERY_AND:
	case QUERY_OR:
		for (size_t i = 0; i < q->n; i++) {
			if (matches(s, q->children[i], page) == (q->kind == QUERY_OR))
				return q->kind == QUERY_OR;
		}
		return q->kind == QUERY_AND;
	case QUERY_NOT:
		return !matches(s, q->children[0], page);
	default:
		return leaf_matches(s, q, page);
	}
}

static void put_query(struct sample *s, struct buf *out, unsigned depth);

static void put_leaf(struct sample *s, struct buf *out)
{
	switch (chance(s, 12)) {
	case 0:
		buf_printf(out, "\"%s %s\"", any_word(s), any_word(s));
		break;
	case 1:
		buf_printf(out, "%s*", beginnings[chance(s, COUNT(beginnings))]);
		break;
	case 2:
		buf_printf(out, "%s:%s", chance(s, 2) ? "title" : "Titre", any_word(s));
		break;
	case 3:
		buf_printf(out, "%s:%s", chance(s, 2) ? "lang" : "langue",
			   chance(s, 2) ? "fr" : "en");
		break;
	case 4:
		buf_printf(out, "title:\"%s %s\"", any_word(s), any_word(s));
		break;
	default:
		buf_puts(out, any_word(s));
	}
}

static void put_group(struct sample *s, struct buf *out, unsigned depth)
{
	static const char *const operators[] = {" ", " ", " AND ", " OR ", " ET ", " OU ", " OR "};
	buf_putc(out, '(');
	for (size_t n = 2 + chance(s, 2); n; n--) {
		put_query(s, out, depth + 1);
		buf_puts(out, n > 1 ? operators[chance(s, COUNT(operators))] : ")");
	}
}

static void put_query(struct sample *s, struct buf *out, unsigned depth)
{
	static const char *const nots[] = {"-", "NOT ", "SAUF "};
	if (chance(s, 5) == 0)
		buf_puts(out, nots[chance(s, COUNT(nots))]);
	if (depth < 3 && chance(s, 3 - (depth == 0)) == 0)
		put_group(s, out, depth);
	else
		put_leaf(s, out);
}

/* The set of pages that a query finds. */
static uint64_t set_of(struct sample *s, const char *typed)
{
	char found[FOUND];
	uint64_t set = 0;
	find_typed(&s->f, typed, false, found);
	for (char *name = strtok(found, " "); name; name = strtok(NULL, " ")) {
		if (*name == 'p')
			set |= (uint64_t)1 << atoi(name + 1);
	}
	return set;
}

static uint64_t meaning_of(const struct sample *s, const struct query *q)
{
	uint64_t set = 0;
	for (size_t i = 0; i < PAGES; i++)
		set |= (uint64_t)matches(s, q, i) << i;
	return set;
}

/* Queries are found what they mean, and so are they when written out and read again. */
static void queries_find_what_they_mean(void **state)
{
	enum { QUERIES = 1500 };
	struct sample *s = *state;
	size_t some = 0, done = 0;
	while (done < QUERIES) {
		struct arena arena = {0};
		struct buf typed = buf_new(4096), written = buf_new(8192);
		struct error e;
		put_query(s, &typed, 0);
		for (size_t n = chance(s, 3); n; n--) {
			buf_puts(&typed, chance(s, 3) ? " " : " OU ");
			put_query(s, &typed, 0);
		}
		struct query *q = query_parse(&arena, typed.s, typed.n, NULL, &e);
		if (q) { /* else too long */
			uint64_t set = set_of(s, typed.s);
			if (set != meaning_of(s, q))
				fail_msg("%s\nfound %llx, means %llx", typed.s,
					 (unsigned long long)set,
					 (unsigned long long)meaning_of(s, q));
			query_write(&written, q, &languages[done % 2]);
			if (written.n <= QUERY_MAX_CHARACTERS && set_of(s, written.s) != set)
				fail_msg("%s\nwritten as %s finds something else", typed.s,
					 written.s);
			some += set != 0 && set != ((uint64_t)1 << PAGES) - 1;
			done++;
		} else {
			assert_int_equal(e.status, STATUS_LIMIT);
		}
		buf_free(&typed);
		buf_free(&written);
		arena_free(&arena);
	}
	assert_true(some > QUERIES / 2); /* the sample says something */
}

/* The same through search: all hits of both groups, unless not all the words were found. */
static uint64_t hits_of(struct sample *s, const char *typed)
{
	const struct search_options options = {.typed = span_of(typed),
					       .language = &languages[strlen(typed) % 2],
					       .limit = SEARCH_MAX_HITS};
	struct search_result r;
	struct error e;
	uint64_t set = 0;
	assert_int_equal(search_run(s->f.search, &options, &r, &e), 0);
	assert_int_equal(r.n_hits, r.total + r.other_total);
	for (size_t i = 0; i < r.n_hits && !r.relaxed && !r.corrected; i++) {
		struct span name = fixture_name(r.hits[i].record.field[RECORD_PATH]);
		set |= (uint64_t)1 << atoi(name.s + 1);
	}
	search_free(&r);
	return set;
}

static void searches_are_an_algebra(void **state)
{
	struct sample *s = *state;
	for (size_t i = 0; i < COUNT(vocabulary); i++) {
		for (size_t k = 0; k < COUNT(vocabulary); k++) {
			const char *x = vocabulary[i], *y = vocabulary[k];
			char both[64], without[64], either[64], quoted[64];
			snprintf(both, sizeof both, "%s %s", x, y);
			snprintf(without, sizeof without, "%s -%s", x, y);
			snprintf(either, sizeof either, "%s OR %s", x, y);
			snprintf(quoted, sizeof quoted, "\"%s %s\"", x, y);
			uint64_t a = hits_of(s, x), b = hits_of(s, y);
			assert_true(a != 0);
			assert_true(hits_of(s, both) == (a & b));
			assert_true(hits_of(s, without) == (a & ~b));
			assert_true(hits_of(s, either) == (a | b));
			assert_true((hits_of(s, quoted) & ~(a & b)) == 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(queries_find, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(exact_queries_find, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(a_heading_that_is_just_the_words_is_first,
						open_shelf, close_pages),
		cmocka_unit_test_setup_teardown(any_of_the_words, open_shelf, close_pages),
		cmocka_unit_test_setup_teardown(the_tier_is_a_weight, open_shelf, close_pages),
		cmocka_unit_test_setup_teardown(the_needles_of_before_are_forgotten, open_shelf,
						close_pages),
		cmocka_unit_test_setup_teardown(what_was_added_is_told, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(what_is_found_is_marked, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(a_language_is_named, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(each_part_has_a_standing, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(a_run_of_words_is_a_term, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(a_term_is_sought_in_any_form, open_pages,
						close_pages),
		cmocka_unit_test_setup_teardown(the_forms_of_a_word, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(sixteen_forms_are_enough, open_shelf, close_pages),
		cmocka_unit_test(a_crowd_of_terms),
		cmocka_unit_test_setup_teardown(small_parts, open_pages, close_pages),
		cmocka_unit_test_setup_teardown(queries_find_what_they_mean, open_sample,
						close_sample),
		cmocka_unit_test_setup_teardown(searches_are_an_algebra, open_sample, close_sample),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

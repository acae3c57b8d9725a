/* test_spelling.c - the dictionary, the nearest word in it, and what was typed with its errors put
 * right. */
#include "t.h"

#include "correct.h"
#include "fixture.h"

enum { EN, FR };

/* ---- a dictionary of words ---- */

static void count_text(struct tally *s, size_t language, const char *text)
{
	struct error e;
	struct token t;
	struct analyser *a = analyser_new(&languages[language], &e);
	assert_non_null(a);
	analyser_start(a, text, strlen(text));
	while (analyser_next(a, &t))
		spelling_count(s, &languages[language], &t, 1);
	analyser_free(a);
}

/* Writes the dictionary of these texts to a database of its own and opens it. */
static struct xap *dictionary(struct fixture *f, const char *en, const char *fr)
{
	struct error e;
	struct tally *s = tally_new(NULL, &e);
	assert_non_null(s);
	fixture_folder(f);
	count_text(s, EN, en);
	count_text(s, FR, fr);
	struct xap_writer *w = xap_writer_open(f->index, INDEX_FORMAT, false, &e);
	assert_non_null(w);
	assert_int_equal(spelling_put(&s, 1, NULL, w, &e), 0);
	assert_int_equal(xap_commit(w, &e), 0);
	xap_writer_close(w);
	tally_free(s);
	struct xap *x = xap_open(f->index, INDEX_FORMAT, &e);
	assert_non_null(x);
	return x;
}

struct near {
	size_t language;
	const char *folded, *written;
	unsigned edits;
};

static void check_near(struct xap *x, const struct near *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct error e;
		struct suggestion got = {"not written", 9};
		assert_int_equal(spelling_suggest(x, &languages[rows[i].language],
						  span_of(rows[i].folded), &got, &e),
				 0);
		same(i, rows[i].written, got.written);
		if (got.edits != rows[i].edits)
			fail_msg("row %zu: %u edits", i, got.edits);
	}
}

static void the_nearest_word(void **state)
{
	static const struct near rows[] = {
		/* an insertion, deletion, substitution, transposition */
		{FR, "bibliotheqe", "bibliothèque", 1},
		{FR, "biblioothheque", "bibliothèque", 2},
		{FR, "bibliothaque", "bibliothèque", 1},
		{FR, "bibliohteque", "bibliothèque", 1},
		{FR, "ibblioteque", "bibliothèque", 2},
		{FR, "xibliotheque", "bibliothèque", 1},
		{FR, "bibliothequx", "bibliothèque", 1},
		/* two edits for six letters or more, one for five or fewer */
		{EN, "librxxy", "library", 2},
		{EN, "lirbayr", "library", 2},
		{EN, "lixxxry", "", 0},
		{EN, "ptaorn", "patron", 2},
		{EN, "patxx", "", 0},
		{EN, "patrn", "patron", 1},
		{EN, "dexk", "desk", 1},
		{EN, "dxxk", "", 0},
		{EN, "paxxn", "", 0},
		{EN, "bok", "book", 1},
		{EN, "staxf", "staff", 1},
		{EN, "staxx", "", 0},
		{EN, "staffxx", "staff", 2},
		{EN, "staxxf", "staff", 2},
		/* the way it is written, where that is known */
		{FR, "coeut", "cœur", 1},
		{FR, "acxes", "accès", 1},
		{FR, "garcon", "", 0},
		{FR, "garconn", "garçon", 1},
		/* an apostrophe is a letter of the word */
		{FR, "aujourdhui", "aujourd'hui", 1},
		/* languages do not mix */
		{FR, "patrn", "", 0},
		{EN, "bibliotheqe", "", 0},
		/* the word itself is none */
		{EN, "library", "", 0},
		{FR, "bibliotheque", "", 0},
		/* what is no word */
		{EN, "", "", 0},
		{EN, "bo", "", 0},
		{EN, "desk1", "", 0},
		{EN, "????", "", 0},
		{EN, "zzzzzzzz", "", 0},
		{EN, "librarylibrarylibrarylibrarylibrarylibrary", "", 0},
	};
	struct fixture f;
	(void)state;
	struct xap *x = dictionary(&f, "A library has a desk, a patron, a book and staff",
				   "La bibliothèque, le cœur, l’accès, le garçon, aujourd’hui");
	check_near(x, rows, COUNT(rows));
	xap_close(x);
	fixture_close(&f);
}

static void the_more_frequent_of_two_as_near(void **state)
{
	static const struct near rows[] = {{EN, "boox", "book", 1}};
	struct fixture f;
	(void)state;
	struct xap *x = dictionary(&f, "boot book book boom", "");
	check_near(x, rows, COUNT(rows));
	xap_close(x);
	fixture_close(&f);
}

static void every_single_error_is_mended(void **state)
{
	static const char *const words[] = {"library",	 "privacy", "catalogue", "outreach",
					    "volunteer", "budget",  "story",	 "loan"};
	struct fixture f;
	struct error e;
	struct buf all = buf_new(4096);
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		buf_printf(&all, "%s ", words[i]);
	struct xap *x = dictionary(&f, all.s, "");
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t n = strlen(words[i]);
		for (size_t k = 0; k < 3 * n; k++) {
			char typed[32] = "";
			size_t at = k / 3;
			struct suggestion got;
			if (k % 3 == 0 && n == 4)
				continue; /* three letters are few to tell by */
			memcpy(typed, words[i], at);
			strcpy(typed + at, k % 3 == 1 ? "x" : k % 3 == 2 ? "xx" : "");
			strcat(typed, words[i] + at + (k % 3 == 2 ? 0 : 1));
			if (k % 3 == 2)
				memmove(typed + at, typed + at + 1, strlen(typed + at));
			assert_int_equal(
				spelling_suggest(x, &languages[EN], span_of(typed), &got, &e), 0);
			if (strcmp(got.written, words[i]) != 0 || got.edits != 1)
				fail_msg("%s: \"%s\", %u", typed, got.written, got.edits);
		}
	}
	buf_free(&all);
	xap_close(x);
	fixture_close(&f);
}

#define X40 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void what_is_counted(void **state)
{
	static const struct near rows[] = {
		{EN, "abx", "abc", 1},
		{EN, "dx", "", 0},
		{EN, "r2d", "", 0},
		{EN, "xxxxxxxxxxxxxxxxxxxxyxxxxxxxxxxxxxxxxxxx", X40, 1},
		{FR, "wwwwwwwwwwwwwwwwwwwwywwwwwwwwwwwwwwwwwww", "", 0},
	};
	struct fixture f;
	(void)state;
	/* 3 letters and 40 bytes are in it; 2 letters, 41 bytes and words with digits are not */
	struct xap *x =
		dictionary(&f, "abc de r2d2 " X40, "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww");
	check_near(x, rows, COUNT(rows));
	xap_close(x);
	fixture_close(&f);
}

static void as_most_often_written(void **state)
{
	static const struct {
		size_t language;
		const char *folded, *written;
	} rows[] = {
		{FR, "bibliotheque", "bibliothèque"},
		{FR, "resume", "résumé"},
		{FR, "cote", "côte"},
		{FR, "prete", "prete"}, /* as often without: the plain one */
		{FR, "marche", "marche"},
		{FR, "nothing", "nothing"},
		{FR, "", ""},
		{EN, "bibliotheque", "bibliotheque"},
		{EN, "resume", "resume"},
		{EN, "cafe", "café"},
		{FR, "cafe", "cafe"},
	};
	struct fixture f;
	struct error e;
	(void)state;
	struct xap *x = dictionary(&f, "resume café",
				   "Bibliothèque BIBLIOTHÈQUE bibliotheque résumé côté côte Côte "
				   "coté prêté prete marche marche marché");
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = spelling_written(x, &languages[rows[i].language],
					     span_of(rows[i].folded), &e);
		assert_non_null(got);
		same(i, rows[i].written, got);
		free(got);
	}
	char long_word[400];
	memset(long_word, 'x', sizeof long_word);
	char *got = spelling_written(x, &languages[FR], (struct span){long_word, 400}, &e);
	assert_non_null(got);
	assert_int_equal(strlen(got), 400);
	free(got);
	xap_close(x);
	fixture_close(&f);
}

/* More words than the table begins with. */
static void many_words(void **state)
{
	enum { MANY = 20000 };
	struct fixture f;
	struct buf text = buf_new(1 << 20);
	struct error e;
	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		for (size_t k = 0, v = i; k < 6; k++, v /= 7)
			buf_putc(&text, (char)('a' + v % 7));
		buf_puts(&text, "é ");
	}
	struct xap *x = dictionary(&f, "", text.s);
	for (size_t i = 0; i < MANY; i += 977) {
		char folded[8] = "";
		for (size_t k = 0, v = i; k < 6; k++, v /= 7)
			folded[k] = (char)('a' + v % 7);
		folded[6] = 'e';
		char *got = spelling_written(x, &languages[FR], span_of(folded), &e);
		assert_non_null(got);
		assert_memory_equal(got, folded, 6);
		assert_string_equal(got + 6, "é");
		free(got);
	}
	buf_free(&text);
	xap_close(x);
	fixture_close(&f);
}

static void an_empty_dictionary(void **state)
{
	static const struct near rows[] = {{EN, "library", "", 0}, {FR, "bibliotheque", "", 0}};
	struct fixture f;
	(void)state;
	struct xap *x = dictionary(&f, "", "");
	check_near(x, rows, COUNT(rows));
	xap_close(x);
	fixture_close(&f);
	tally_free(NULL);
}

/* ---- what was typed, put right ---- */

static const struct sheet sheets[] = {
	{"en/a.md", "# The library\n\nA library has regulations. The heart of a regulation is the "
		    "patron. Copyright law, collection and gallery.\n"},
	{"fr/b.md", "# La bibliothèque\n\nUne bibliothèque a des règlements. Le cœur du règlement, "
		    "c’est l’usager. La gérance de la galerie aussi.\n"},
};

static const struct {
	size_t preferred;
	const char *typed, *corrections; /* "edits:typed", joined by " | " */
} corrections[] = {
	{EN, "library", ""},
	{EN, "libraries", ""}, /* by its stem it is there */
	{EN, "regulating", ""},
	{EN, "", ""},
	{EN, "libary", "1:library"},
	{FR, "libary", "1:library"},
	{FR, "bibliotheqe", "1:bibliothèque"},
	{EN, "bibliotheqe", "1:bibliothèque"},
	{EN, "libary patorn", "2:library patron"},
	{EN, "the libary", "1:the library"},
	{EN, "libary library", "1:library library"},
	{EN, "libary zzzzzzzzz", "1:library zzzzzzzzz"},
	{EN, "zzzzzzzzz", ""},
	{FR, "Bibliotheqe  GERAMCE", "2:bibliothèque  gérance"},
	{FR, "l’usagar", "1:l’usager"},
	{FR, "d'usagar", "1:d'usager"},
	{FR, "\"coeus reglement\"", "1:\"cœur reglement\""},
	{FR, "(bibliotheqe OU \"Coeus\") -libary", "2:(bibliothèque OU \"cœur\") -libary"},
	{EN, "NOT libary", ""},
	{EN, "thr", ""}, /* the: it would find everything */
	{FR, "thr", ""},
	{FR, "lza", ""}, /* la */
	{EN, "thr zzzzzzzzz", ""},
	{EN, "thr libar*", "1:the libar*"},
	{EN, "thr library", "1:the library"},
	{EN, "thr libary", "2:the library"},
	{EN, "-libary patorn", "1:-libary patron"},
	{EN, "-(libary patorn)", ""},
	{EN, "libar*", ""},
	{EN, "area:libary", ""},
	{EN, "path:libary", ""},
	{EN, "lang:fe", ""},
	{EN, "title:libary", "1:title:library"},
	{EN, "libary-patorn", "2:library-patron"},
	/* each language its own words, fewest edits first, the preferred among equals */
	{EN, "galeriy", "1:galerie | 2:gallery"},
	{EN, "gallerie", ""}, /* its English stem is that of gallery */
	{EN, "galllerie", "2:galerie"},
};

static void put_corrections(struct buf *out, struct fixture *f, size_t row)
{
	struct arena arena = {0};
	struct error e;
	struct compiler *c = calloc(1, sizeof *c);
	assert_non_null(c);
	c->xap = f->xap;
	c->analysers = f->analysers.of;
	c->arena = &arena;
	struct span typed = span_of(corrections[row].typed);
	struct query *q = query_parse(&arena, typed.s, typed.n, NULL, &e);
	assert_non_null(q);
	struct correction list[LANGUAGE_MAX];
	size_t n = correct_typing(c, q, typed, &languages[corrections[row].preferred], list);
	assert_false(c->failed);
	assert_true(n <= language_count);
	buf_puts(out, "");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%u:%.*s", i ? " | " : "", list[i].edits, (int)list[i].typed.n,
			   list[i].typed.s);
	arena_free(&arena);
	free(c);
}

static void typing_is_put_right(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, sheets, COUNT(sheets));
	for (size_t i = 0; i < COUNT(corrections); i++) {
		struct buf out = buf_new(4096);
		put_corrections(&out, &f, i);
		same(i, corrections[i].corrections, out.s);
		buf_free(&out);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_word),
		cmocka_unit_test(the_more_frequent_of_two_as_near),
		cmocka_unit_test(every_single_error_is_mended),
		cmocka_unit_test(what_is_counted),
		cmocka_unit_test(as_most_often_written),
		cmocka_unit_test(many_words),
		cmocka_unit_test(an_empty_dictionary),
		cmocka_unit_test(typing_is_put_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

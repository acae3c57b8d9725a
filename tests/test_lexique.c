/* test_lexique.c - lines, whole texts, keys, and what the index keeps of them. */
#include "t.h"

#include "fixture.h"
#include "lexique.h"

#define X10  "xxxxxxxxxx"
#define X120 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define T15  "a;b;c;d;e;f;g;h;i;j;k;l;m;n;o"

/* ---- one line ---- */

static const struct {
	const char *line;
	int result;
	const char *en, *fr; /* the terms, each in brackets */
	enum message what;   /* when result is -1 */
	const char *detail;
} lines[] = {
	{"", 0, "", "", MSG_NONE, ""},
	{"   ", 0, "", "", MSG_NONE, ""},
	{"\t", 0, "", "", MSG_NONE, ""},
	{"\r", 0, "", "", MSG_NONE, ""},
	{"# weeding\tdésherbage", 0, "", "", MSG_NONE, ""},
	{"  # weeding\tdésherbage", 0, "", "", MSG_NONE, ""},
	{"#", 0, "", "", MSG_NONE, ""},
	{"weeding\tdésherbage", 1, "[weeding]", "[désherbage]", MSG_NONE, ""},
	{"weeding; deselection\tdésherbage; élagage", 1, "[weeding][deselection]",
	 "[désherbage][élagage]", MSG_NONE, ""},
	{"weeding\tdésherbage\r", 1, "[weeding]", "[désherbage]", MSG_NONE, ""},
	{"  weeding ;deselection \t désherbage  ", 1, "[weeding][deselection]", "[désherbage]",
	 MSG_NONE, ""},
	{"interlibrary  loan\tprêt entre bibliothèques", 1, "[interlibrary  loan]",
	 "[prêt entre bibliothèques]", MSG_NONE, ""},
	{"AODA; accessibility act\t", 1, "[AODA][accessibility act]", "", MSG_NONE, ""},
	{"\tusager; abonné", 1, "", "[usager][abonné]", MSG_NONE, ""},
	{"C#\tC#", 1, "[C#]", "[C#]", MSG_NONE, ""},
	{"2\tdeux", 1, "[2]", "[deux]", MSG_NONE, ""},
	{"the\tle", 1, "[the]", "[le]", MSG_NONE, ""},
	{"weeding", -1, "", "", MSG_LEXIQUE_COLUMNS, ""},
	{"weeding; deselection", -1, "", "", MSG_LEXIQUE_COLUMNS, ""},
	{"a\tb\tc", -1, "", "", MSG_LEXIQUE_COLUMNS, ""},
	{"a\t\tb", -1, "", "", MSG_LEXIQUE_COLUMNS, ""},
	{"weeding\t", -1, "", "", MSG_LEXIQUE_ALONE, ""},
	{"\tdésherbage", -1, "", "", MSG_LEXIQUE_ALONE, ""},
	{";x\ty", -1, "", "", MSG_LEXIQUE_EMPTY, ""},
	{"x;\ty", -1, "", "", MSG_LEXIQUE_EMPTY, ""},
	{"x; ;z\ty", -1, "", "", MSG_LEXIQUE_EMPTY, ""},
	{"x\ty;", -1, "", "", MSG_LEXIQUE_EMPTY, ""},
	{";\ty", -1, "", "", MSG_LEXIQUE_EMPTY, ""},
	{"?\ty", -1, "", "", MSG_LEXIQUE_NO_WORD, "?"},
	{"x\t-- ; y", -1, "", "", MSG_LEXIQUE_NO_WORD, "--"},
	{X120 "\ty", 1, "[" X120 "]", "[y]", MSG_NONE, ""},
	{"  " X120 "  \ty", 1, "[" X120 "]", "[y]", MSG_NONE, ""},
	{X120 "x\ty", -1, "", "", MSG_LEXIQUE_LONG, X120},
	{T15 ";p\tx", 1, "[a][b][c][d][e][f][g][h][i][j][k][l][m][n][o][p]", "[x]", MSG_NONE, ""},
	{T15 ";p;q\tx", -1, "", "", MSG_LEXIQUE_MANY, "q"},
	{T15 ";p\t" T15 ";p", 1, "[a][b][c][d][e][f][g][h][i][j][k][l][m][n][o][p]",
	 "[a][b][c][d][e][f][g][h][i][j][k][l][m][n][o][p]", MSG_NONE, ""},
};

static void put_terms(struct buf *out, const struct concept *c, size_t language, struct span line)
{
	buf_puts(out, "");
	for (size_t i = 0; i < c->n[language]; i++) {
		struct span term = c->terms[language][i];
		assert_true(term.s >= line.s && term.s + term.n <= line.s + line.n);
		buf_printf(out, "[%.*s]", (int)term.n, term.s);
	}
}

/* On a copy of just these bytes, so that reading behind them is noticed. */
static void check_line(size_t i)
{
	size_t n = strlen(lines[i].line);
	char *copy = malloc(n ? n : 1);
	assert_non_null(copy);
	memcpy(copy, lines[i].line, n);
	struct span line = {copy, n};
	struct concept c;
	struct error e = {.line = 77};
	struct buf en = buf_new(4096), fr = buf_new(4096);
	int result = lexique_line(line, &c, &e);
	if (result != lines[i].result)
		fail_msg("row %zu: %d, not %d", i, result, lines[i].result);
	if (result == 1) {
		put_terms(&en, &c, 0, line);
		put_terms(&fr, &c, 1, line);
		same(i, lines[i].en, en.s);
		same(i, lines[i].fr, fr.s);
	}
	if (result == -1) {
		if (e.what != lines[i].what)
			fail_msg("row %zu: message %d", i, (int)e.what);
		assert_true(e.status == STATUS_INPUT || e.status == STATUS_LIMIT);
		same(i, lines[i].detail, e.detail);
		assert_int_equal(e.line, 0);
	}
	buf_free(&en);
	buf_free(&fr);
	free(copy);
}

static void a_line_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		check_line(i);
}

static void a_ceiling_is_told_from_a_mistake(void **state)
{
	static const struct {
		const char *line;
		enum status status;
	} rows[] = {{X120 "x\ty", STATUS_LIMIT},
		    {T15 ";p;q\tx", STATUS_LIMIT},
		    {"x;;y\tz", STATUS_INPUT},
		    {"x\t?", STATUS_INPUT},
		    {"x", STATUS_INPUT}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct concept c;
		struct error e;
		assert_int_equal(lexique_line(span_of(rows[i].line), &c, &e), -1);
		if (e.status != rows[i].status)
			fail_msg("row %zu: status %d", i, (int)e.status);
	}
}

/* ---- a whole text ---- */

struct log {
	struct buf out;
	long stop_at; /* take ends the walk on this line; 0 for never */
};

static int log_take(void *self, const struct concept *c, struct span line, long number)
{
	struct log *log = self;
	struct concept again;
	struct error e;
	assert_int_equal(lexique_line(line, &again, &e), 1);
	for (size_t l = 0; l < language_count; l++)
		assert_int_equal(again.n[l], c->n[l]);
	assert_null(memchr(line.s, '\n', line.n));
	buf_printf(&log->out, "%ld:%zu+%zu ", number, c->n[0], c->n[1]);
	return number == log->stop_at ? 5 : 0;
}

static void log_wrong(void *self, const struct error *e)
{
	struct log *log = self;
	assert_true(e->what != MSG_NONE && e->status != STATUS_OK);
	buf_printf(&log->out, "%ld! ", e->line);
}

static const struct {
	const char *text;
	long stop_at;
	int result;
	const char *log;
} texts[] = {
	{"", 0, 0, ""},
	{"\n\n# x\n", 0, 0, ""},
	{"a\tb", 0, 0, "1:1+1 "},
	{"a\tb\n", 0, 0, "1:1+1 "},
	{"a\tb\nc; d\te\n", 0, 0, "1:1+1 2:2+1 "},
	{"# x\r\na\tb\r\n\r\nc\td; e\r\n", 0, 0, "2:1+1 4:1+2 "},
	{"\xEF\xBB\xBF"
	 "a\tb\n",
	 0, 0, "1:1+1 "},
	{"\xEF\xBB\xBF# a\n", 0, 0, ""},
	{"\xEF\xBB\xBF", 0, 0, ""},
	{"a\n\nb\tc\n;x\ty\n", 0, 0, "1! 3:1+1 4! "},
	{"a\tb\nbad\nc\td\ne\tf\n", 3, 5, "1:1+1 2! 3:1+1 "},
	{"a\tb\nc\td\n", 1, 5, "1:1+1 "},
	{"a\rb\tc\n", 0, 0, "1:1+1 "},
};

static void a_text_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t n = strlen(texts[i].text);
		char *copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, texts[i].text, n);
		struct log log = {buf_new(4096), texts[i].stop_at};
		const struct lexique_reader reader = {log_take, log_wrong, &log};
		buf_puts(&log.out, "");
		assert_int_equal(lexique_read(copy, n, &reader), texts[i].result);
		same(i, texts[i].log, log.out.s);
		buf_free(&log.out);
		free(copy);
	}
	const struct lexique_reader reader = {log_take, log_wrong, NULL};
	assert_int_equal(lexique_read(NULL, 0, &reader), 0);
}

/* ---- keys ---- */

static const struct {
	size_t language;
	const char *term, *key;
} keys[] = {
	{0, "", ""},
	{0, "-- ?", ""},
	{0, "weeding", "weed"},
	{0, "Weedings", "weed"},
	{0, "interlibrary loans", "interlibrari loan"},
	{0, "loan of the library", "loan librari"},
	{0, "library loan", "librari loan"},
	{0, "the", "the"},
	{0, "To be", "to be"},
	{1, "désherbage", "desherbag"},
	{1, "DESHERBAGES", "desherbag"},
	{1, "de\u0301sherbage", "desherbag"},
	{1, "l’usager", "usag"},
	{1, "prêts entre bibliothèques", "pret entre bibliothequ"},
	{1, "service à la clientèle", "servic clientel"},
	{1, "service clientele", "servic clientel"},
	{1, "à la", "a la"},
	{0, "one1 two2 three3 four4 five5 six6 seven7 eight8",
	 "one1 two2 three3 four4 five5 six6 seven7 eight8"},
	{0, "the one1 of two2 three3 four4 five5 six6 seven7 eight8 to",
	 "one1 two2 three3 four4 five5 six6 seven7 eight8"},
	{0, "one1 two2 three3 four4 five5 six6 seven7 eight8 nine9", ""},
	{0, "to be to be to be to be", "to be to be to be to be"},
	{0, "to be to be to be to be to", ""},
};

static void a_key_is_what_spellings_share(void **state)
{
	struct analysers a;
	struct error e;
	(void)state;
	assert_int_equal(analysers_open(&a, &e), 0);
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct buf out = buf_new(4096);
		buf_puts(&out, "before ");
		lexique_key(&out, span_of(keys[i].term), a.of[keys[i].language]);
		assert_false(out.failed);
		assert_memory_equal(out.s, "before ", 7); /* it appends */
		same(i, keys[i].key, out.s + 7);
		buf_free(&out);
	}
	struct buf small = buf_new(3);
	lexique_key(&small, span_of("weeding"), a.of[0]);
	assert_true(small.failed);
	buf_free(&small);
	analysers_close(&a);
}

/* ---- in the index ---- */

struct making {
	struct lexique *lexique;
	struct analysers analysers;
};

static int add_concept(void *self, const struct concept *c, struct span line, long number)
{
	struct making *m = self;
	struct error e;
	(void)number;
	assert_int_equal(lexique_add(m->lexique, c, line, m->analysers.of, &e), 0);
	return 0;
}

static void no_mistake(void *self, const struct error *e)
{
	(void)self;
	fail_msg("line %ld: message %d", e->line, (int)e->what);
}

/* Writes a lexique to a database of its own and opens it. */
static struct xap *index_of(struct fixture *f, const char *text, size_t concepts)
{
	struct making m;
	struct error e;
	const struct lexique_reader reader = {add_concept, no_mistake, &m};
	char *copy = strdup(text);
	fixture_folder(f);
	assert_int_equal(analysers_open(&m.analysers, &e), 0);
	m.lexique = lexique_new(&e);
	assert_non_null(m.lexique);
	assert_int_equal(lexique_count(m.lexique), 0);
	assert_int_equal(lexique_read(copy, strlen(copy), &reader), 0);
	free(copy); /* the lines are copied */
	assert_int_equal(lexique_count(m.lexique), concepts);
	struct xap_writer *w = xap_writer_open(f->index, INDEX_FORMAT, false, &e);
	assert_non_null(w);
	assert_int_equal(lexique_put(m.lexique, w, &e), 0);
	assert_int_equal(xap_commit(w, &e), 0);
	xap_writer_close(w);
	lexique_free(m.lexique);
	analysers_close(&m.analysers);
	struct xap *x = xap_open(f->index, INDEX_FORMAT, &e);
	assert_non_null(x);
	return x;
}

#define WEED "weeding; Weedings; deselection\tdésherbage; élagage"
#define CUT  "pruning\télagage; taille"
#define ILL  "interlibrary loan; ILL\tprêt entre bibliothèques; PEB"
#define LONG "one1 two2 three3 four4 five5 six6 seven7 eight8 nine9\tneuf"

static const struct {
	size_t language;
	const char *key, *lines;
} finds[] = {
	{0, "weed", WEED "\n"},
	{0, "deselect", WEED "\n"},
	{1, "weed", ""},
	{1, "desherbag", WEED "\n"},
	{1, "elagag", WEED "\n" CUT "\n"},
	{1, "taill", CUT "\n"},
	{0, "interlibrari loan", ILL "\n"},
	{0, "interlibrari", ""},
	{0, "ill", ILL "\n"},
	{1, "pret entre bibliothequ", ILL "\n"},
	{1, "neuf", LONG "\n"},
	{0, "aoda", "AODA; accessibility act\t\r\n"},
	{0, "", ""},
	{1, "", ""},
	{0, "nothing", ""},
};

static void the_index_gives_lines_by_key(void **state)
{
	struct fixture f;
	struct error e;
	(void)state;
	struct xap *x = index_of(
		&f, WEED "\n# no\n" CUT "\n" ILL "\n" LONG "\nAODA; accessibility act\t\r\n", 5);
	for (size_t i = 0; i < COUNT(finds); i++) {
		char *got =
			lexique_find(x, &languages[finds[i].language], span_of(finds[i].key), &e);
		assert_non_null(got);
		same(i, finds[i].lines, got);
		free(got);
	}
	char *long_key = malloc(5000);
	assert_non_null(long_key);
	memset(long_key, 'x', 5000);
	for (size_t n = XAP_TERM_MAX - 20; n <= XAP_TERM_MAX + 1; n++) {
		char *got = lexique_find(x, &languages[0], (struct span){long_key, n}, &e);
		assert_non_null(got);
		same(n, "", got);
		free(got);
	}
	free(long_key);
	xap_close(x);
	fixture_close(&f);
}

static void a_lexique_may_be_empty(void **state)
{
	struct fixture f;
	struct error e;
	(void)state;
	struct xap *x = index_of(&f, "", 0);
	char *got = lexique_find(x, &languages[0], span_of("weed"), &e);
	assert_string_equal(got, "");
	free(got);
	xap_close(x);
	fixture_close(&f);
	lexique_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read),
		cmocka_unit_test(a_ceiling_is_told_from_a_mistake),
		cmocka_unit_test(a_text_is_read),
		cmocka_unit_test(a_key_is_what_spellings_share),
		cmocka_unit_test(the_index_gives_lines_by_key),
		cmocka_unit_test(a_lexique_may_be_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

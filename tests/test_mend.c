/* test_mend.c - the words of an index that are near to one it lacks, and lines for the lexique. */
#include "t.h"

#include "fixture.h"
#include "lexique.h"
#include "mend.h"

static const struct sheet sheets[] = {
	{"en/a.md", "# Complaint {#c}\n\nThe complaint of a user about punctuality.\n"},
	{"fr/a.md", "# Plainte {#c}\n\nLa plainte d’un usager sur la ponctualité, l’évaluation.\n"},
	{"en/b.md", "# Weeding\n\nOld books leave the collection.\n"},
	{"en/c.md", "# Cataloguing Rules for Rare Books and Maps\n\nMetadata.\n"},
	{"fr/d.md", "# Confidentialité\n\nLa confidentialité des dossiers, l’identification.\n"},
	{"lexique.tsv", "weeding\tdésherbage\nmetadata\tnotices\n"},
};

static struct fixture fixture;

/* ---- near words ---- */

static const struct {
	const char *word, *near; /* by language */
} words[] = {
	{"complaining", "en complaint"},
	{"punctual", "en punctuality; fr ponctualité"},
	{"confidentially", "fr confidentialité; fr identification"},
	{"evaluator", "fr évaluation"},
	{"authentification", "fr identification"},
	{"complant", "en complaint"},
	{"plaintes", "en complaint; fr plainte"},
	{"bookmobile", "en books"},
	{"quagga", ""},
	{"zzz", ""},
	{"of", ""},
	{"", ""},
	{"complaintcomplaintcomplaintcomplaintcomplaint", ""}, /* longer than a word may be */
};

static void near_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct near_list found;
		struct error e;
		struct buf out = buf_new(4096);
		buf_puts(&out, "");
		assert_int_equal(search_near(fixture.search, span_of(words[i].word), &found, &e),
				 0);
		for (size_t l = 0; l < language_count; l++) {
			for (size_t k = 0; k < found.n[l]; k++) {
				const struct near_word *w = &found.list[l][k];
				assert_true(w->likeness > 0 && w->likeness <= 1);
				assert_true(k == 0 || strcmp(w->folded, w[-1].folded) != 0);
				buf_printf(&out, "%s%s %s", out.n ? "; " : "", languages[l].code,
					   w->written);
			}
		}
		same(i, words[i].near, out.s);
		buf_free(&out);
	}
}

/* ---- lines ---- */

static const struct {
	const char *language, *typed;
	enum outcome outcome;
	const char *line; /* tab as /; "" for none */
} questions[] = {
	/* a near word of the same language, or of the other where it is not translated */
	{"en", "complaining", OUTCOME_NOTHING, "complaining; complaint/"},
	{"en", "the complaining", OUTCOME_NOTHING, "complaining; complaint/"},
	{"en", "Complaining?", OUTCOME_NOTHING, "Complaining; complaint/"},
	{"en", "confidentially", OUTCOME_NOTHING, "confidentially/confidentialité"},
	{"fr", "l’avis confidentiel", OUTCOME_NOTHING, "/avis confidentiel; confidentialité"},
	{"fr", "du confidentiel", OUTCOME_NOTHING, "/confidentiel; confidentialité"},
	/* near, but all of it is translated: it would not be sought in the other language */
	{"en", "evaluator", OUTCOME_SOME, "# evaluator; …/…"},
	/* nothing near */
	{"en", "bookmobile", OUTCOME_NOTHING, "# bookmobile; …/…"},
	/* near by its end only: likely of another meaning */
	{"fr", "authentification", OUTCOME_NOTHING, "# …/authentification; …"},
	{"fr", "bibliobus", OUTCOME_NOTHING, "# …/bibliobus; …"},
	{"en", "zebra; quagga\t", OUTCOME_NOTHING, "# zebra quagga; …/…"},
	{"en", "# hash", OUTCOME_NOTHING, "# hash; …/…"},
	/* operators and phrases are no terms */
	{"en", "\"complaining\"", OUTCOME_NOTHING, "# complaining; …/…"},
	{"en", "complaining OR quagga", OUTCOME_NOTHING, "# complaining quagga; …/…"},
	{"en", "quagga -books", OUTCOME_NOTHING, "# quagga; …/…"},
	{"en", "quag*", OUTCOME_NOTHING, ""},
	{"en", "!!!", OUTCOME_NOTHING, ""},
	{"en", "the", OUTCOME_SOME, NULL},
	/* only in the other language: the word typed is of that language */
	{"fr", "weeding", OUTCOME_OTHER, "# weeding/…"},
	{"fr", "collection", OUTCOME_OTHER, "# collection/…"},
	{"en", "dossiers", OUTCOME_OTHER, "# …/dossiers"},
	/* found by the lexique, which knows the heading already; or a heading too long for a term
	 */
	{"fr", "désherbage", OUTCOME_OTHER, "# …/désherbage; …"},
	{"fr", "notices", OUTCOME_OTHER, "# …/notices; …"},
	/* one word is nowhere */
	{"en", "user complaining", OUTCOME_SOME, "complaining; complaint/"},
	{"en", "weeding zebra", OUTCOME_SOME, "# zebra; …/…"},
	/* each somewhere, not together */
	{"en", "weeding complaint", OUTCOME_SOME, "# weeding complaint; …/…"},
	/* what a suggestion answers may be a typing error: a comment */
	{"en", "complant", OUTCOME_SOME, "# complant; complaint/"},
};

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(questions); i++) {
		const struct language *l = language_find(questions[i].language, 2);
		const struct search_options options = {
			.typed = span_of(questions[i].typed), .language = l, .limit = 1};
		struct arena arena = {0};
		const struct mender mender = {fixture.search, fixture.analysers.of, &arena};
		struct search_result found;
		struct concept concept;
		struct mend mend;
		struct error e;
		assert_int_equal(search_run(fixture.search, &options, &found, &e), 0);
		if (mend_outcome(&found) != questions[i].outcome && questions[i].line)
			fail_msg("row %zu: outcome %d", i, (int)mend_outcome(&found));
		if (questions[i].line) {
			assert_int_equal(mend_question(&mender, &options, &found, &mend, &e), 0);
			char line[4096];
			snprintf(line, sizeof line, "%s", mend.line ? mend.line : "");
			int read = lexique_line(span_of(line), &concept, &e);
			if (read != (mend.ready ? 1 : 0))
				fail_msg("row %zu: the lexique takes %d of %s", i, read, line);
			for (char *c = line; *c; c++)
				*c = *c == '\t' ? '/' : *c;
			same(i, questions[i].line, line);
		}
		search_free(&found);
		arena_free(&arena);
	}
}

/* What is ready is so: with all ready lines in the lexique, each question finds. */
static void pasted(void **state)
{
	struct buf lexique = buf_new(1 << 16);
	struct fixture after;
	(void)state;
	fixture_folder(&after);
	for (size_t i = 0; i + 1 < COUNT(sheets); i++)
		fixture_write(after.corpus, sheets[i].path, sheets[i].text, strlen(sheets[i].text));
	for (size_t i = 0; i < COUNT(questions); i++) {
		const char *line = questions[i].line;
		if (!line || !*line || *line == '#')
			continue;
		for (; *line; line++)
			buf_putc(&lexique, *line == '/' ? '\t' : *line);
		buf_putc(&lexique, '\n');
	}
	fixture_write(after.corpus, "lexique.tsv", lexique.s, lexique.n);
	fixture_index(&after);
	for (size_t i = 0; i < COUNT(questions); i++) {
		const char *line = questions[i].line;
		const struct search_options options = {
			.typed = span_of(questions[i].typed),
			.language = language_find(questions[i].language, 2),
			.limit = 1};
		struct search_result found;
		struct error e;
		if (!line || !*line || *line == '#')
			continue;
		assert_int_equal(search_run(after.search, &options, &found, &e), 0);
		if (found.total + found.other_total == 0 || found.relaxed || found.corrected)
			fail_msg("row %zu does not find", i);
		search_free(&found);
	}
	buf_free(&lexique);
	fixture_close(&after);
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(near_words), cmocka_unit_test(lines),
					   cmocka_unit_test(pasted)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* test_propose.c - lines for the lexique, from headings and their translations. */
#include "t.h"

#include "fixture.h"
#include "lexique.h"
#include "propose.h"

enum { SHEETS = 10 };

#define X110                                                                                       \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxx"                                                                                      \
	"xxxxxxxxxxxxxxxxxxxx"

static const struct {
	struct sheet sheets[SHEETS];
	const char *lines; /* "count: English = French" */
} rows[] = {
	/* nothing is paired */
	{{{"en/a.md", "# Holds\n\nx\n"}}, ""},
	{{{"en/a.md", "# Holds\n\nx\n"}, {"fr/b.md", "# Réservations\n\nx\n"}}, ""},
	/* small letters but for acronyms */
	{{{"en/a.md", "# Holds and Loans\n\nx\n"}, {"fr/a.md", "# Réservations et Prêts\n\nx\n"}},
	 "1: holds and loans = réservations et prêts\n"},
	{{{"en/a.md", "# ILL Requests\n\nx\n"}, {"fr/a.md", "# Demandes de PEB\n\nx\n"}},
	 "1: ILL requests = demandes de PEB\n"},
	{{{"en/a.md", "# Élite L'UNESCO\n\nx\n"}, {"fr/a.md", "# ÉCOLE de l’UNESCO\n\nx\n"}},
	 "1: élite l'UNESCO = ÉCOLE de l’UNESCO\n"},
	/* the most frequent first, then by letters; several translations of one term on one line */
	{{{"en/a.md", "# Holds {#h}\n\nx\n\n# Loans {#l}\n\nx\n\n# Cards {#c}\n\nx\n"},
	  {"fr/a.md", "# Réservations {#h}\n\nx\n\n# Prêts {#l}\n\nx\n\n# Cartes {#c}\n\nx\n"},
	  {"en/b.md", "# Loans\n\nx\n"},
	  {"fr/b.md", "# Prêts\n\nx\n"},
	  {"en/c.md", "# Loan\n\nx\n"},
	  {"fr/c.md", "# Emprunts\n\nx\n"}},
	 "3: loans = prêts; emprunts\n1: cards = cartes\n1: holds = réservations\n"},
	/* headings that are the same in both languages */
	{{{"en/a.md", "# Résumé\n\nx\n"}, {"fr/a.md", "# RESUME\n\nx\n"}}, ""},
	{{{"en/a.md", "# JSON\n\nx\n"}, {"fr/a.md", "# JSON\n\nx\n"}}, ""},
	/* at most four words that are no stop words */
	{{{"en/a.md", "# The one two of three and four\n\nx\n"},
	  {"fr/a.md", "# Premier pour le troisième avec quatrième et cinq\n\nx\n"}},
	 "1: the one two of three and four = premier pour le troisième avec quatrième et cinq\n"},
	{{{"en/a.md", "# One two three four five\n\nx\n"}, {"fr/a.md", "# Nombres\n\nx\n"}}, ""},
	{{{"en/a.md", "# Numbers\n\nx\n"}, {"fr/a.md", "# Rouge orange jaune vert bleu\n\nx\n"}},
	 ""},
	{{{"en/a.md", "# To be\n\nx\n"}, {"fr/a.md", "# Exister\n\nx\n"}}, ""},
	{{{"en/a.md", "# Existing\n\nx\n"}, {"fr/a.md", "# De la\n\nx\n"}}, ""},
	/* what the lexique could not hold, or would read otherwise */
	{{{"en/a.md", "# Holds; loans\n\nx\n"}, {"fr/a.md", "# Réserves; prêts\n\nx\n"}},
	 "1: holds  loans = réserves  prêts\n"},
	{{{"en/a.md", "# \\# sign\n\nx\n"}, {"fr/a.md", "# Dièse\n\nx\n"}}, ""},
	{{{"en/a.md", "# Long " X110 "\n\nx\n"}, {"fr/a.md", "# Longue\n\nx\n"}},
	 "1: long " X110 " = longue\n"},
	{{{"en/a.md", "# Longer word" X110 "\n\nx\n"}, {"fr/a.md", "# Longue\n\nx\n"}}, ""},
	/* what the lexique has, in any form; not what it has with another term */
	{{{"en/a.md", "# Holds {#h}\n\nx\n\n# Loans {#l}\n\nx\n\n# The loan {#m}\n\nx\n"},
	  {"fr/a.md", "# Réservation {#h}\n\nx\n\n# Emprunts {#l}\n\nx\n\n# Le prêt {#m}\n\nx\n"},
	  {"lexique.tsv", "hold; reservation\tréservations\nloan\tprêt\n"}},
	 "1: loans = emprunts\n"},
	/* a title of the front matter is not a heading, but stands for one where there is none */
	{{{"en/a.md", "---\ntitle: Title\n---\n\n# Holds\n\nx\n"},
	  {"fr/a.md", "---\ntitle: Titre\n---\n\n# Réserves\n\nx\n"}},
	 "1: holds = réserves\n"},
};

static void put_proposals(struct buf *out, struct fixture *f)
{
	size_t n = 99;
	struct error e;
	struct proposal *list = propose_terms(f->search, &n, &e);
	assert_non_null(list);
	buf_puts(out, "");
	for (size_t i = 0; i < n; i++) {
		char line[4096];
		struct concept c;
		buf_printf(out, "%zu: %s = %s\n", list[i].count, list[i].terms[0],
			   list[i].terms[1]);
		/* a line that the lexique takes */
		snprintf(line, sizeof line, "%s\t%s", list[i].terms[0], list[i].terms[1]);
		assert_int_equal(lexique_line(span_of(line), &c, &e), 1);
		assert_int_equal(c.n[0], 1);
		assert_true(c.n[1] >= 1);
	}
	propose_free(list, n);
}

static void terms_are_proposed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		size_t n = 0;
		struct buf out = buf_new(1 << 16);
		while (n < SHEETS && rows[i].sheets[n].path)
			n++;
		fixture_open(&f, rows[i].sheets, n);
		put_proposals(&out, &f);
		same(i, rows[i].lines, out.s);
		buf_free(&out);
		fixture_close(&f);
	}
}

/* One term with more translations than a line of the lexique may have. */
static void sixteen_translations(void **state)
{
	struct fixture f;
	size_t n;
	struct error e;
	(void)state;
	fixture_folder(&f);
	for (int i = 0; i < LEXIQUE_TERMS + 4; i++) {
		char path[32], text[64];
		snprintf(path, sizeof path, "fr/p%02d.md", i);
		snprintf(text, sizeof text, "# Mot m%c\n\nx\n", 'a' + i);
		fixture_write(f.corpus, path, text, strlen(text));
		path[0] = 'e', path[1] = 'n';
		fixture_write(f.corpus, path, "# Word\n\nx\n", 10);
	}
	fixture_index(&f);
	struct proposal *list = propose_terms(f.search, &n, &e);
	assert_non_null(list);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].count, LEXIQUE_TERMS + 4);
	struct concept c;
	char line[4096];
	snprintf(line, sizeof line, "%s\t%s", list[0].terms[0], list[0].terms[1]);
	assert_int_equal(lexique_line(span_of(line), &c, &e), 1);
	assert_int_equal(c.n[1], LEXIQUE_TERMS);
	propose_free(list, n);
	propose_free(NULL, 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(terms_are_proposed),
					   cmocka_unit_test(sixteen_translations)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

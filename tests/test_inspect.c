/* test_inspect.c - what a folder of Markdown is found to be like. */
#include "t.h"

#include "fixture.h"
#include "inspect.h"

enum { SHEETS = 14 };

static const struct {
	struct sheet sheets[SHEETS];
	const char *told; /* see dump() */
} rows[] = {
	{{{NULL, NULL}}, "0 files; en 0 fr 0; paired 0 alone 0; language en"},
	{{{"en/a.md", "# Alpha reading\n"}, {"fr/a.md", "# Lecture\n"}, {"fr/b.md", "# Bêta\n"}},
	 "3 files; en 1 fr 2; folder 3; paired 2 alone 1 fr/b.md; language fr; word reading"},
	{{{"a.md", "# The library\n"}, {"a.fr.md", "# La bibliothèque\n"}},
	 "2 files; en 1 fr 1; suffix 1; twin 1; paired 2 alone 0; language en; word library"},
	{{{"a.md", "---\nlang: fr\ntitle: Les rayons\n---\nx\n"}},
	 "1 files; en 0 fr 1; front 1; paired 0 alone 1 a.md; lang 1 title 1; language fr; word "
	 "rayons"},
	{{{"a.md", "The books of the library are here, and they are read by the staff.\n"}},
	 "1 files; en 1 fr 0; vote 1; paired 0 alone 1 a.md; language en; word library"},
	/* folders called after a language, in either */
	{{{"docs/anglais/a.md", "# Weeding\n"},
	  {"docs/francais/a.md", "# Élagage\n"},
	  {"docs/francais/b.md", "# Seul\n"}},
	 "3 files; en 1 fr 2; rule 3; paired 2 alone 1 docs/francais/b.md; language fr; rules "
	 "docs/anglais=en docs/francais=fr; word Weeding"},
	/* a key with few words is a facet; dates, switches, numbers, many or single values are not
	 */
	{{{"en/1.md", "---\ntopic: books\ndraft: true\nweight: 3\nlastmod: 2020-01-02\nwho: "
		      "Ann\nlayout: page\nonly: x\n---\n# Shelves\n"},
	  {"en/2.md", "---\ntopic: films\ndraft: false\nweight: 4\nlastmod: 2020-01-03\nwho: "
		      "Bob\nlayout: page\nonly: x\n---\n# Shelves\n"},
	  {"en/3.md", "---\ntopic: [books, films]\nlastmod: 2020-01-03\nwho: Cy\nlayout: "
		      "post\n---\n# Shelves\n"},
	  {"en/4.md", "---\ntopic: books\nwho: Di\nlayout: post\n---\n# Shelves\n"}},
	 "4 files; en 4 fr 0; folder 4; paired 0 alone 4 en/1.md en/2.md en/3.md en/4.md; layout 4 "
	 "topic 4 who 4 lastmod 3 (dates) draft 2 only 2 weight 2; facets topic; language en; word "
	 "Shelves"},
	{{{"a.md", "+++\ntitle = 'x'\n+++\n\n# Hugo has TOML too\n"}, {"b.fr.md", "# Rien\n"}},
	 "2 files; en 1 fr 1; suffix 1; vote 1; paired 0 alone 2 a.md b.fr.md; toml 1; language "
	 "en; "
	 "word Hugo"},
	{{{"mkdocs.yml", "theme: {language: fr}\n"},
	  {"docs/a.md", "# Accueil\n"},
	  {"README.md", "# The project\n"}},
	 "1 files; en 1 fr 0; vote 1; paired 0 alone 1 a.md; MkDocs docs; language fr; word "
	 "Accueil"},
	{{{"docusaurus.config.js", "defaultLocale: 'en'"},
	  {"docs/a.md", "# Shelves\n"},
	  {"i18n/fr/docusaurus-plugin-content-docs/current/a.md", "# Rayons\n"},
	  {"node_modules/x/README.md", "# Package\n"}},
	 "2 files; en 1 fr 1; rule 1; folder 1; paired 2 alone 0; Docusaurus .; language en; rules "
	 "docs/*=en; word Shelves"},
	/* a word must be one that is simple to type */
	{{{"en/a.md", "# don't x86-64 of the 2020\n"}},
	 "1 files; en 1 fr 0; folder 1; paired 0 alone "
	 "1 en/a.md; language en"},
};

static void put_told(struct buf *out, const struct inspection *i)
{
	static const char *const ways[TOLD_WAYS] = {"rule",   "front", "folder",
						    "suffix", "twin",  "vote"};
	buf_printf(out, "%zu files; en %zu fr %zu;", i->files, i->languages[0], i->languages[1]);
	for (size_t k = 0; k < TOLD_WAYS; k++) {
		if (i->told[k])
			buf_printf(out, " %s %zu;", ways[k], i->told[k]);
	}
	buf_printf(out, " paired %zu alone %zu", i->paired, i->n_alone);
	for (size_t k = 0; k < i->n_alone && k < INSPECT_SOME; k++)
		buf_printf(out, " %s", i->alone[k]);
	buf_putc(out, ';');
}

static void dump(struct buf *out, const struct inspection *i)
{
	put_told(out, i);
	for (size_t k = 0; k < i->n_keys; k++)
		buf_printf(out, " %s %zu%s%s", i->keys[k].name, i->keys[k].pages,
			   i->keys[k].dates ? " (dates)" : "", k + 1 == i->n_keys ? ";" : "");
	if (i->toml)
		buf_printf(out, " toml %zu;", i->toml);
	if (i->generator.kind)
		buf_printf(out, " %s %s;", generator_names[i->generator.kind],
			   *i->generator.content ? i->generator.content : ".");
	for (size_t k = 0; k < i->n_facets; k++)
		buf_printf(out, "%s%s%s", k ? " " : " facets ", i->facets[k],
			   k + 1 == i->n_facets ? ";" : "");
	buf_printf(out, " language %s", i->language->code);
	for (size_t k = 0; k < i->n_rules; k++)
		buf_printf(out, "%s %s=%s", k ? "" : "; rules", i->rules[k].pattern,
			   i->rules[k].language->code);
	if (*i->word)
		buf_printf(out, "; word %s", i->word);
}

static void folders_are_looked_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct inspection found;
		struct error e;
		struct buf out = buf_new(64 * 1024);
		fixture_folder(&f);
		for (size_t k = 0; k < SHEETS && rows[i].sheets[k].path; k++)
			fixture_write(f.corpus, rows[i].sheets[k].path, rows[i].sheets[k].text,
				      strlen(rows[i].sheets[k].text));
		assert_int_equal(
			inspect_folder(&found, f.corpus, &languages[0], fixture_warning, NULL, &e),
			0);
		dump(&out, &found);
		same(i, rows[i].told, out.s);
		inspect_free(&found);
		buf_free(&out);
		assert_int_equal(nftw(f.folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
	}
}

static void count_warning(void *data, const char *root, const char *path, const struct error *e)
{
	(void)root;
	(void)path;
	(void)e;
	++*(size_t *)data;
}

/* Keys and values without end, and files that cannot be read, are counted within bounds. */
static void there_are_ceilings(void **state)
{
	struct fixture f;
	struct inspection found;
	struct error e;
	size_t warnings = 0;
	(void)state;
	fixture_folder(&f);
	for (unsigned i = 0; i < 200; i++) {
		char path[100], text[200];
		snprintf(path, sizeof path, "en/%u.md", i);
		snprintf(text, sizeof text, "---\nkey%u: x\nmany: v%u\n---\n# Word%c%c\n", i, i,
			 'a' + (int)(i % 26), 'a' + (int)(i / 26));
		fixture_write(f.corpus, path, text, strlen(text));
	}
	fixture_write(f.corpus, "en/bad.md", "# \xFF\n", 4);
	fixture_write(f.corpus, "en/front.md", "---\na: [\n---\n", 13);
	/* the second look, with the rules found by the first, does not warn again */
	fixture_write(f.corpus, "english/a.md", "# More\n", 7);
	assert_int_equal(
		inspect_folder(&found, f.corpus, &languages[0], count_warning, &warnings, &e), 0);
	assert_int_equal(found.files, 201);
	assert_int_equal(found.n_keys, INSPECT_KEYS);
	assert_int_equal(warnings, 2);
	assert_int_equal(found.n_rules, 1);
	assert_int_equal(found.n_alone, 201);
	inspect_free(&found);
	assert_int_equal(inspect_folder(&found, "/nowhere", &languages[0], NULL, NULL, &e), -1);
	assert_int_equal(nftw(f.folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(folders_are_looked_at),
					   cmocka_unit_test(there_are_ceilings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

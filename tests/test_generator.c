/* test_generator.c - configurations of generators, as sites write them, and what follows. */
#include "t.h"

#include "fixture.h"
#include "generator.h"

static const struct {
	const char *file, *text;
	const char *folders; /* to be there, each ended by a blank */
	const char *told;
} rows[] = {
	{"nothing.txt", "", "", "none"},
	{"mkdocs.yml", "site_name: X\n", "docs ", "MkDocs mkdocs.yml docs ? slash mkdocs"},
	{"mkdocs.yaml",
	 "docs_dir: src/\nuse_directory_urls: false\nsite_url: https://a.example/d/\n", "src ",
	 "MkDocs mkdocs.yaml src ? html mkdocs https://a.example/d/"},
	/* tags that only Python knows, and the plugin's two ways to say its languages */
	{"mkdocs.yml",
	 "markdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:a.b.c\n"
	 "plugins:\n  - search\n  - i18n:\n      docs_structure: suffix\n      languages:\n"
	 "        - locale: fr\n          default: true\n        - locale: en\n",
	 "docs ", "MkDocs mkdocs.yml docs fr slash mkdocs"},
	{"mkdocs.yml",
	 "plugins:\n  - i18n:\n      docs_structure: folder\n      languages:\n"
	 "        - locale: fr\n        - locale: en\n          default: true\n",
	 "docs ", "MkDocs mkdocs.yml docs en slash mkdocs en/>"},
	{"mkdocs.yml", "theme: {language: fr}\n", "docs ",
	 "MkDocs mkdocs.yml docs fr slash mkdocs"},
	{"mkdocs.yml", "a: [\n", "docs ", "MkDocs mkdocs.yml docs ? slash mkdocs"},
	{"mkdocs.yml", "docs_dir: ../up\n", "", "MkDocs mkdocs.yml . ? slash mkdocs"},
	{"mkdocs.yml", "docs_dir: /etc\n", "", "MkDocs mkdocs.yml . ? slash mkdocs"},
	{"mkdocs.yml", "docs_dir: gone\n", "", "MkDocs mkdocs.yml . ? slash mkdocs"},
	{"hugo.toml", "", "content ", "Hugo hugo.toml content en hugo hugo"},
	{"hugo.toml",
	 "baseURL = 'https://x.example/' # here\ndefaultContentLanguage = \"fr\"\nuglyURLs = true\n"
	 "contentDir = \"pages\"\n",
	 "pages ", "Hugo hugo.toml pages fr html hugo https://x.example/"},
	{"hugo.toml",
	 "defaultContentLanguage = 'en'\n[languages]\n  [languages.en]\n  contentDir = "
	 "'content/en'\n"
	 "  [languages.fr]\n  contentDir = 'content/fr'\n",
	 "content content/en content/fr ", "Hugo hugo.toml content en hugo hugo en/>"},
	{"hugo.toml",
	 "defaultContentLanguageInSubdir = true\n[languages.en]\ncontentDir = 'content/en'\n"
	 "[languages.fr]\ncontentDir = 'content/fr'\n",
	 "content content/en content/fr ", "Hugo hugo.toml content en hugo hugo"},
	{"hugo.yaml",
	 "languages:\n  en:\n    contentDir: content/english\n  fr:\n    contentDir: "
	 "content/french\n",
	 "content ",
	 "Hugo hugo.yaml content en hugo hugo english/> french/>fr/ english=en french=fr"},
	{"hugo.json", "{\"languages\": {\"fr\": {\"contentDir\": \"content/fr\"}}}", "content ",
	 "Hugo hugo.json content en hugo hugo"},
	{"config/_default/hugo.toml", "defaultContentLanguage = 'fr'\n", "content ",
	 "Hugo config/_default/hugo.toml content fr hugo hugo"},
	{"config.toml", "title = 'x'\n", "content ", "Hugo config.toml content en hugo hugo"},
	{"config.toml", "title = 'not a site'\n", "", "none"},
	{"docusaurus.config.js",
	 "// url: 'no'\nconst x = {\n  url: 'https://d.example', baseUrl: '/d/', /* trailingSlash: "
	 "true */\n  i18n: {defaultLocale: 'en', locales: ['en', 'fr']},\n};\n",
	 "docs ",
	 "Docusaurus docusaurus.config.js . en bare docusaurus https://d.example/d/ "
	 "i18n/fr/docusaurus-plugin-content-docs/current/>fr/docs/ "
	 "i18n/fr/docusaurus-plugin-content-blog/>fr/blog/ src/pages/> "
	 "i18n/fr/docusaurus-plugin-content-pages/>fr/ docs/*=en"},
	{"docusaurus.config.ts",
	 "export default {trailingSlash: true, presets: [['classic', {docs: {routeBasePath: "
	 "\"/\"}}]],\n  i18n: {\"defaultLocale\": 'x', defaultLocale: `fr`}}",
	 "docs blog ",
	 "Docusaurus docusaurus.config.ts . fr slash docusaurus docs/> "
	 "i18n/en/docusaurus-plugin-content-docs/current/>en/ "
	 "i18n/en/docusaurus-plugin-content-blog/>en/blog/ src/pages/> "
	 "i18n/en/docusaurus-plugin-content-pages/>en/ docs/*=fr blog/*=fr"},
	{".vitepress/config.mts", "export default defineConfig({ cleanUrls: true, lang: 'fr-CA' })",
	 "", "VitePress .vitepress/config.mts . fr bare vitepress"},
	{"docs/.vitepress/config.js", "export default { srcDir: './src', base: '/b/' }",
	 "docs/src ", "VitePress docs/.vitepress/config.js docs/src ? html vitepress /b/"},
	{"_config.yml", "permalink: pretty\nlang: en\n", "",
	 "Jekyll _config.yml . en slash github"},
	{"_config.yml", "permalink: /:title.html\n", "", "Jekyll _config.yml . ? html github"},
	/* what looks like JavaScript, and is cut short */
	{"docusaurus.config.js", "x: 'unclosed", "",
	 "Docusaurus docusaurus.config.js . en bare docusaurus "
	 "i18n/fr/docusaurus-plugin-content-docs/current/>fr/docs/ "
	 "i18n/fr/docusaurus-plugin-content-blog/>fr/blog/ src/pages/> "
	 "i18n/fr/docusaurus-plugin-content-pages/>fr/"},
};

static void dump(struct buf *out, const struct generator *g)
{
	if (g->kind == GENERATOR_NONE) {
		buf_puts(out, "none");
		return;
	}
	buf_printf(out, "%s %s %s %s %s %s", generator_names[g->kind], g->file,
		   *g->content ? g->content : ".", g->language ? g->language->code : "?",
		   address_form_names[g->form], anchor_style_names[g->anchors]);
	if (g->address)
		buf_printf(out, " %s", g->address);
	for (size_t i = 0; i < g->n_moves; i++)
		buf_printf(out, " %s>%s", g->moves[i].from, g->moves[i].to);
	for (size_t i = 0; i < g->n_rules; i++)
		buf_printf(out, " %s=%s", g->rules[i].from, g->rules[i].to);
}

static void make_folders(const struct fixture *f, const char *names)
{
	for (size_t n; *names; names += n + 1) {
		char path[400];
		n = strcspn(names, " ");
		snprintf(path, sizeof path, "%.*s/.keep", (int)n, names);
		fixture_write(f->corpus, path, "", 0);
	}
}

static void configurations_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct generator g;
		struct error e;
		struct buf out = buf_new(64 * 1024);
		fixture_folder(&f);
		fixture_write(f.corpus, rows[i].file, rows[i].text, strlen(rows[i].text));
		make_folders(&f, rows[i].folders);
		assert_int_equal(generator_find(&g, f.corpus, &e), 0);
		dump(&out, &g);
		same(i, rows[i].told, out.s);
		generator_free(&g);
		buf_free(&out);
		assert_int_equal(nftw(f.folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
	}
}

/* Every beginning of every configuration: none is trouble. */
static void beginnings_are_no_trouble(void **state)
{
	struct fixture f;
	(void)state;
	fixture_folder(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t n = strlen(rows[i].text); n-- > 0;) {
			struct generator g;
			struct error e;
			fixture_write(f.corpus, rows[i].file, rows[i].text, n);
			assert_int_equal(generator_find(&g, f.corpus, &e), 0);
			generator_free(&g);
		}
		char full[1200];
		snprintf(full, sizeof full, "%s/%s", f.corpus, rows[i].file);
		remove(full);
	}
	assert_int_equal(nftw(f.folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(configurations_are_read),
					   cmocka_unit_test(beginnings_are_no_trouble)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

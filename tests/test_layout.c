#include "t.h"

#include "layout.h"

static const struct row {
	const char *path, *lang, *key;
} rows[] = {
	/* folders */
	{"en/x.md", "en", "x.md"},
	{"fr/x.md", "fr", "x.md"},
	{"docs/fr/a/x.md", "fr", "docs/a/x.md"},
	{"fr-CA/x.md", "fr", "x.md"},
	{"fr_ca/x.md", "fr", "x.md"},
	{"FR/x.md", "fr", "x.md"},
	{"content/en/_index.md", "en", "content/_index.md"},
	{"content/es/x.md", NULL, "content/es/x.md"},
	{"docs/en/x.md", "en", "docs/x.md"},
	{"content/x.md", NULL, "content/x.md"},
	{"en/fr/dictionary.md", "en", "fr/dictionary.md"},
	{"fr/fr/x.md", "fr", "fr/x.md"},
	{"fr/a/fr/x.md", "fr", "a/fr/x.md"},
	{"a/\xE9t\xE9/fr/x.md", "fr", "a/\xE9t\xE9/x.md"},
	{"fr\xFF\xC3\xC3/x.md", NULL, "fr\xFF\xC3\xC3/x.md"},
	{"//fr//x.md", "fr", "///x.md"},
	{"fr/", "fr", ""},
	{"fr/x.en.md", "fr", "x.en.md"},
	{"fr/x.fr.md", "fr", "x.md"},
	{"docs/en/a/x.en-CA.md", "en", "docs/a/x.md"},
	{"french/x.md", NULL, "french/x.md"},
	{"fra/x.md", NULL, "fra/x.md"},
	{"fr-fr-fr/x.md", NULL, "fr-fr-fr/x.md"},
	/* suffixes */
	{"x.md", NULL, "x.md"},
	{"x.fr.md", "fr", "x.md"},
	{"x.en.md", "en", "x.md"},
	{"x.fr-CA.md", "fr", "x.md"},
	{"a/_index.fr.md", "fr", "a/_index.md"},
	{"index.fr.md", "fr", "index.md"},
	{"x.fr_CA.md", "fr", "x.md"},
	{"x.fr.en.md", "en", "x.fr.md"},
	{"a/x.y.fr.markdown", "fr", "a/x.y.markdown"},
	{"x.es.md", NULL, "x.es.md"},
	{"x.v2.md", NULL, "x.v2.md"},
	{".fr.md", NULL, ".fr.md"},
	{"a/.fr.md", NULL, "a/.fr.md"},
	{"fr.md", NULL, "fr.md"},
	{"a/fr.md", NULL, "a/fr.md"},
	{"en/fr.md", "en", "fr.md"},
	{"x..md", NULL, "x..md"},
	{"x.fr", NULL, "x.fr"},
	{"fr", NULL, "fr"},
	{"a.fr/x.md", NULL, "a.fr/x.md"},
	{"x\xFF.fr.md", "fr", "x\xFF.md"},
	{"", NULL, ""},
	/* Docusaurus */
	{"docs/a/x.md", NULL, "docs/a/x.md"},
	{"i18n/fr/docusaurus-plugin-content-docs/current/a/x.md", "fr", "docs/a/x.md"},
	{"website/i18n/fr/docusaurus-plugin-content-docs/current/x.md", "fr", "website/docs/x.md"},
	{"i18n/fr-CA/docusaurus-plugin-content-docs/version-1.2/x.md", "fr",
	 "versioned_docs/version-1.2/x.md"},
	{"i18n/fr/docusaurus-plugin-content-docs-api/current/x.md", "fr", "api/x.md"},
	{"i18n/fr/docusaurus-plugin-content-docs-api/version-2/x.md", "fr",
	 "api_versioned_docs/version-2/x.md"},
	{"i18n/fr/docusaurus-plugin-content-blog/2020/x.md", "fr", "blog/2020/x.md"},
	{"i18n/fr/docusaurus-plugin-content-pages/x.md", "fr", "src/pages/x.md"},
	{"i18n/fr/docusaurus-plugin-content-docs-a-b/current/x.md", "fr", "a-b/x.md"},
	{"i18n/fr/docusaurus-plugin-content-blog-news/x.md", "fr", "news/x.md"},
	{"a/website/i18n/fr_CA/docusaurus-plugin-content-docs/current/en/x.md", "fr",
	 "a/website/docs/en/x.md"},
	{"i18n/x/i18n/fr/docusaurus-plugin-content-blog/x.md", "fr", "i18n/x/blog/x.md"},
	{"i18n/fr/docusaurus-plugin-content-blog/\xFF.md", "fr", "blog/\xFF.md"},
	{"my-i18n/fr/docusaurus-plugin-content-blog/x.md", "fr",
	 "my-i18n/docusaurus-plugin-content-blog/x.md"},
	{"i18n/fr/docusaurus-plugin-content-docsx/current/x.md", "fr",
	 "i18n/docusaurus-plugin-content-docsx/current/x.md"},
	{"i18n/fr/docusaurus-plugin-content-docs", "fr", "i18n/docusaurus-plugin-content-docs"},
	{"i18n/fr/docusaurus-plugin-content-other/x.md", "fr",
	 "i18n/docusaurus-plugin-content-other/x.md"},
	{"i18n/fr/x.md", "fr", "i18n/x.md"},
	{"i18n/es/docusaurus-plugin-content-docs/current/x.md", NULL,
	 "i18n/es/docusaurus-plugin-content-docs/current/x.md"},
};

static void paths_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf key = buf_new(4096);
		const struct language *l = layout_read(rows[i].path, &key);
		same(i, rows[i].lang ? rows[i].lang : "(none)", l ? l->code : "(none)");
		same(i, rows[i].key, key.s ? key.s : "");
		buf_free(&key);
	}
}

static const struct rule {
	const char *pattern, *path;
	bool matches;
	const char *key; /* "" when the pattern names no folder of the path */
} rules[] = {
	{"anglais", "anglais/x.md", true, "x.md"},
	{"anglais/", "anglais/a/x.md", true, "a/x.md"},
	{"docs/anglais", "docs/anglais/x.md", true, "docs/x.md"},
	{"anglais", "anglaise/x.md", false, ""},
	{"anglais", "docs/anglais/x.md", false, ""},
	{"a/x.md", "a/x.md", true, ""},
	{"a/x.md", "a/x.md.md", false, ""},
	{"docs", "docs/fr/x.md", true, "fr/x.md"},
	{"/", "x.md", false, ""},
	{"anglais/*", "anglais/a/x.md", true, ""},
	{"anglais/*", "anglais.md", false, ""},
	{"*", "\xFF/x.md", true, ""},
	{"*-en.md", "a/x-en.md", true, ""},
	{"*-en.md", "a/x-fr.md", false, ""},
	{"[ab]/x.md", "b/x.md", true, ""},
	{"?/x.md", "ab/x.md", false, ""},
};

static void rules_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct buf key = buf_new(4096);
		if (layout_matches(rules[i].pattern, rules[i].path, &key) != rules[i].matches)
			fail_msg("row %zu: %s on %s", i, rules[i].pattern, rules[i].path);
		same(i, rules[i].key, key.s ? key.s : "");
		buf_free(&key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_read),
		cmocka_unit_test(rules_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "t.h"

#include "address.h"

static const struct address_move moves[] = {{"content/en/", ""}, {"content/fr/", "fr/"}};

static const struct row {
	enum address_form form;
	const char *path, *url, *slug, *expected;
} rows[] = {
	{ADDRESS_KEEP, "fr/x.md", NULL, NULL, "fr/x.md"},
	{ADDRESS_KEEP, "fr/L’été 1.md", NULL, NULL, "fr/L%E2%80%99%C3%A9t%C3%A9%201.md"},
	{ADDRESS_HTML, "fr/x.md", NULL, NULL, "fr/x.html"},
	{ADDRESS_HTML, "fr/X.Markdown", NULL, NULL, "fr/X.html"},
	{ADDRESS_HTML, "fr/index.md", NULL, NULL, "fr/index.html"},
	{ADDRESS_HTML, "fr/guide/README.md", NULL, NULL, "fr/guide/index.html"},
	{ADDRESS_SLASH, "fr/x.md", NULL, NULL, "fr/x/"},
	{ADDRESS_SLASH, "index.md", NULL, NULL, ""},
	{ADDRESS_SLASH, "fr/indexes.md", NULL, NULL, "fr/indexes/"},
	{ADDRESS_BARE, "docs/x.md", NULL, NULL, "docs/x"},
	{ADDRESS_BARE, "docs/index.md", NULL, NULL, "docs/"},
	{ADDRESS_HUGO, "fr/Été 1/_index.md", NULL, NULL, "fr/%C3%A9t%C3%A9-1/"},
	{ADDRESS_HUGO, "Guide.md", NULL, NULL, "guide/"},
	/* a language that is a suffix; English is the site's first here */
	{ADDRESS_KEEP, "x.fr.md", NULL, NULL, "fr/x.md"},
	{ADDRESS_SLASH, "a/x.fr.md", NULL, NULL, "fr/a/x/"},
	{ADDRESS_SLASH, "a/x.en.md", NULL, NULL, "a/x/"},
	{ADDRESS_HTML, "index.fr.md", NULL, NULL, "fr/index.html"},
	{ADDRESS_HTML, "fr/about.en.md", NULL, NULL, "fr/about.en.html"},
	/* other beginnings */
	{ADDRESS_SLASH, "content/fr/x.md", NULL, NULL, "fr/x/"},
	{ADDRESS_SLASH, "content/en/a/x.md", NULL, NULL, "a/x/"},
	{ADDRESS_SLASH, "content/de/x.md", NULL, NULL, "content/de/x/"},
	/* what authors write */
	{ADDRESS_SLASH, "fr/x.md", "https://example.org/y", "z", "https://example.org/y"},
	{ADDRESS_SLASH, "fr/x.md", "/y/", NULL, "/y/"},
	{ADDRESS_SLASH, "fr/x.md", NULL, "accueil", "fr/accueil/"},
	{ADDRESS_HTML, "fr/x.md", NULL, "accueil", "fr/accueil.html"},
	{ADDRESS_BARE, "docs/x.md", NULL, "/intro", "intro"},
	{ADDRESS_BARE, "docs/x.md", NULL, "/", ""},
	{ADDRESS_SLASH, "fr/guide/index.md", NULL, "aide", "fr/aide/"},
	{ADDRESS_SLASH, "index.md", NULL, "aide", "aide/"},
	{ADDRESS_KEEP, "fr/x.md", NULL, "accueil", "fr/accueil"},
	{ADDRESS_SLASH, "fr/x.md", "", "", "fr/x/"},
};

static void paths_become_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct address_rules rules = {rows[i].form, i >= 18 ? moves : NULL,
						    i >= 18 ? COUNT(moves) : 0, NULL};
		struct buf out = buf_new(1000);
		buf_puts(&out, "");
		address_of(&out, &rules, rows[i].path, rows[i].url, rows[i].slug);
		same(i, rows[i].expected, out.s);
		buf_free(&out);
	}
}

static void the_first_language_is_the_sites(void **state)
{
	const struct address_rules rules = {ADDRESS_SLASH, NULL, 0, language_find("fr", 2)};
	struct buf out = buf_new(1000);
	(void)state;
	address_of(&out, &rules, "x.fr.md", NULL, NULL);
	address_of(&out, &rules, "x.en.md", NULL, NULL);
	assert_string_equal(out.s, "x/en/x/");
	buf_free(&out);
}

static const struct joint {
	const char *base, *address, *expected;
} joints[] = {
	{"", "fr/x/", "fr/x/"},
	{"/docs/", "fr/x/#a", "/docs/fr/x/#a"},
	{"/docs/", "/fr/x/", "/docs/fr/x/"},
	{"", "/fr/x/", "/fr/x/"},
	{"https://site.ca/", "fr/x", "https://site.ca/fr/x"},
	{"https://site.ca/", "http://example.org/y", "http://example.org/y"},
	{"/docs/", "", "/docs/"},
};

static void addresses_join_the_base(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(joints); i++) {
		struct buf out = buf_new(1000);
		buf_puts(&out, "");
		address_join(&out, joints[i].base, span_of(joints[i].address));
		same(i, joints[i].expected, out.s);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(paths_become_addresses),
					   cmocka_unit_test(the_first_language_is_the_sites),
					   cmocka_unit_test(addresses_join_the_base)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

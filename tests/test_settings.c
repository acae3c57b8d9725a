#include "t.h"

#include <stdlib.h>
#include <unistd.h>

#include "language.h"
#include "settings.h"

static char folder[] = "/tmp/trouvaille-settings-XXXXXX";
static char file[sizeof folder + 20];

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof file, "%s/conf", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder);
}

static void write_file(const char *text, size_t n)
{
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* The values of a setting, parted by bars; the folder of the file as a tilde. */
static void dump(struct buf *out, const struct setting_values *v)
{
	buf_puts(out, "");
	for (size_t i = 0; i < v->n; i++) {
		const char *value = v->list[i];
		size_t n = strlen(folder);
		bool here = strncmp(value, folder, n) == 0;
		buf_printf(out, "%s%s%s", i ? "|" : "", here ? "~" : "", value + (here ? n : 0));
	}
}

static const struct row {
	const char *text;
	enum setting which;
	const char *expected;
} rows[] = {
	{"", SETTING_INDEX, ""},
	{"# nothing said\n", SETTING_INDEX, ""},
	{"index: /var/lib/x\n", SETTING_INDEX, "/var/lib/x"},
	{"index: x\n", SETTING_INDEX, "~/x"},
	{"index:\n", SETTING_INDEX, ""},
	{"corpus: docs\n", SETTING_CORPUS, "~/docs"},
	{"corpus: [a, /b]\n", SETTING_CORPUS, "~/a|/b"},
	{"facets:\n  - audience\n  - topic\n", SETTING_FACETS, "audience|topic"},
	{"lang-of: {docs/anglais: en, \"docs/*\": fr}\n", SETTING_LANG_OF,
	 "docs/anglais=en|docs/*=fr"},
	{"url-of:\n  content/fr/: fr/\n", SETTING_URL_OF, "content/fr/=fr/"},
	{"url-of: {content/en/: \"\"}\n", SETTING_URL_OF, "content/en/="},
	{"urls: slash\nanchors: mkdocs\n", SETTING_ANCHORS, "mkdocs"},
	{"language: fr-CA\n", SETTING_LANGUAGE, "fr-CA"},
	{"header: top.{lang}.html\n", SETTING_HEADER, "~/top.{lang}.html"},
	{"base: /docs/\nsandbox: no\n", SETTING_SANDBOX, "no"},
	{"log: log/questions\n", SETTING_LOG, "~/log/questions"},
	{"\xEF\xBB\xBF"
	 "base: \"/d\xC3\xA9j\xC3\xA0/\"\n",
	 SETTING_BASE, "/d\xC3\xA9j\xC3\xA0/"},
};

static void files_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct settings s;
		struct error e;
		struct buf out = buf_new(1000);
		write_file(rows[i].text, strlen(rows[i].text));
		assert_int_equal(settings_read(&s, file, &e), 0);
		dump(&out, &s.of[rows[i].which]);
		same(i, rows[i].expected, out.s);
		buf_free(&out);
		settings_free(&s);
	}
}

static const struct wrong {
	const char *text;
	size_t n; /* 0: a C string */
	enum message what;
	long line;
} wrongs[] = {
	{"index: a\ncolour: red\n", 0, MSG_SETTING_UNKNOWN, 2},
	{"index: a\nindex: b\n", 0, MSG_SETTING_TWICE, 2},
	{"\nurls: slsh\n", 0, MSG_SETTING_VALUE, 2},
	{"anchors: githb\n", 0, MSG_SETTING_VALUE, 1},
	{"language: de\n", 0, MSG_SETTING_VALUE, 1},
	{"sandbox: maybe\n", 0, MSG_SETTING_VALUE, 1},
	{"lang-of:\n  a: en\n  b: de\n", 0, MSG_SETTING_VALUE, 3},
	{"lang-of: [a]\n", 0, MSG_SETTING_KIND, 1},
	{"base: [a]\n", 0, MSG_SETTING_KIND, 1},
	{"corpus: {a: b}\n", 0, MSG_SETTING_KIND, 1},
	{"- index\n", 0, MSG_SETTINGS_MAPPING, 1},
	{"just words\n", 0, MSG_SETTINGS_MAPPING, 1},
	{"index: a\nbase: [b\n", 0, MSG_SETTINGS_YAML, 3},
	{"index: a\nbase: \xFF\n", 0, MSG_SETTINGS_TEXT, 2},
	{"index: a\0b\n", 11, MSG_SETTINGS_TEXT, 1},
	{"index: \"a\\0b\"\n", 0, MSG_SETTING_KIND, 1},
	{"[a]: b\n", 0, MSG_SETTING_UNKNOWN, 1},
	{"facets: audience, topic\n", 0, MSG_SETTING_VALUE, 1},
	{"facets:\n  - a\n  - b\n  - c\n  - d\n", 0, MSG_SETTING_MANY, 5},
	{"report: help@example.org\n", 0, MSG_SETTING_VALUE, 1},
	{"url: intranet/trouvaille.cgi\n", 0, MSG_SETTING_VALUE, 1},
	{"index: a\n---\ncorpus: b\n", 0, MSG_SETTINGS_TWO, 3},
	{"index: a\n...\n}\n", 0, MSG_SETTINGS_YAML, 3},
};

/* What is wrong is told with what would be right. */
static void faults_are_explained(void **state)
{
	(void)state;
	static const struct {
		const char *text, *detail;
	} faults[] = {
		{"urls: htlm\n", "urls: htlm (keep, html, slash, bare, hugo)"},
		{"language: french\n", "language: french (en, fr)"},
		{"facets: a, b\n", "facets: a, b ([audience, topic])"},
		{"lang-of: [a]\n", "lang-of ({docs/anglais: en, docs/francais: fr})"},
		{"corpus:\n  docs: x\n", "corpus ([/srv/docs, /srv/more])"},
	};
	struct settings s;
	struct error e;
	for (size_t i = 0; i < COUNT(faults); i++) {
		write_file(faults[i].text, strlen(faults[i].text));
		assert_int_equal(settings_read(&s, file, &e), -1);
		same(i, faults[i].detail, e.detail);
		settings_free(&s);
	}
	write_file("corpsu: x\n", 10);
	assert_int_equal(settings_read(&s, file, &e), -1);
	assert_ptr_equal(strstr(e.detail, "corpsu (index, corpus, "), e.detail);
	settings_free(&s);
	setenv("TROUVAILLE_URLS", "no", 1);
	assert_int_equal(settings_read(&s, "", &e), -1);
	assert_ptr_equal(strstr(e.detail, "TROUVAILLE_URLS: no (keep, "), e.detail);
	unsetenv("TROUVAILLE_URLS");
	settings_free(&s);
}

static void faults_have_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrongs); i++) {
		struct settings s;
		struct error e;
		write_file(wrongs[i].text, wrongs[i].n ? wrongs[i].n : strlen(wrongs[i].text));
		assert_int_equal(settings_read(&s, file, &e), -1);
		if (e.what != wrongs[i].what || e.line != wrongs[i].line)
			fail_msg("row %zu: line %ld: %s (%s)", i, e.line,
				 language_message(&languages[0], e.what), e.detail);
		assert_string_equal(s.file, file);
		settings_free(&s);
	}
}

static void too_long_a_file_is_refused(void **state)
{
	struct settings s;
	struct error e;
	char *text = malloc(SETTINGS_MAX_BYTES + 1);
	(void)state;
	memset(text, '#', SETTINGS_MAX_BYTES + 1);
	write_file(text, SETTINGS_MAX_BYTES + 1);
	free(text);
	assert_int_equal(settings_read(&s, file, &e), -1);
	assert_int_equal(e.what, MSG_SETTINGS_FILE);
	settings_free(&s);
	assert_int_equal(settings_read(&s, "/nowhere/conf", &e), -1);
	settings_free(&s);
	assert_int_equal(settings_read(&s, folder, &e), -1);
	settings_free(&s);
}

static void the_environment_wins(void **state)
{
	struct settings s;
	struct error e;
	struct buf out = buf_new(1000);
	(void)state;
	write_file("index: a\nfacets: [x, y]\nbase: /b/\n", 34);
	setenv("TROUVAILLE_CONF", file, 1);
	setenv("TROUVAILLE_FACETS", "u,,v,", 1);
	setenv("TROUVAILLE_INDEX", "here", 1);
	setenv("TROUVAILLE_BASE", "", 1);
	assert_int_equal(settings_read(&s, NULL, &e), 0);
	for (int which = 0; which < SETTINGS; which++) {
		dump(&out, &s.of[which]);
		buf_puts(&out, s.of[which].n ? ";" : "");
	}
	assert_string_equal(out.s, "here;u|v;/b/;");
	settings_free(&s);
	setenv("TROUVAILLE_URLS", "no such", 1);
	assert_int_equal(settings_read(&s, NULL, &e), -1);
	assert_null(s.file); /* the fault is not in it */
	settings_free(&s);
	unsetenv("TROUVAILLE_URLS");
	setenv("TROUVAILLE_CONF", "", 1);
	assert_int_equal(settings_read(&s, NULL, &e), 0);
	assert_null(s.file);
	settings_free(&s);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(files_are_read),
					   cmocka_unit_test(faults_have_lines),
					   cmocka_unit_test(faults_are_explained),
					   cmocka_unit_test(too_long_a_file_is_refused),
					   cmocka_unit_test(the_environment_wins)};
	static const char *const own[] = {"TROUVAILLE_CONF", "TROUVAILLE_INDEX",
					  "TROUVAILLE_FACETS", "TROUVAILLE_BASE"};
	for (size_t i = 0; i < COUNT(own); i++)
		unsetenv(own[i]);
	return cmocka_run_group_tests(tests, begin, end);
}

/* The rows of languages and the sentences of messages.def, with French typography. */
#include "src/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define NBSP "\u00A0"

static const struct language *row(const char *code)
{
	for (size_t i = 0; i < language_count; i++) {
		if (strcmp(languages[i].code, code) == 0)
			return &languages[i];
	}
	fail_msg("no row %s", code);
	return NULL;
}

static void test_find(void **state)
{
	(void)state;
	static const struct {
		const char *tag, *code;
	} rows[] = {
		{"fr", "fr"},	      {"FR", "fr"},	  {"Fr-ca", "fr"},
		{"fr-CA", "fr"},      {"fr_CA", "fr"},	  {"fr_CA.UTF-8", "fr"},
		{"fr@euro", "fr"},    {"fr.UTF-8", "fr"}, {"en", "en"},
		{"en-Latn-GB", "en"}, {"french", NULL},	  {"fra", NULL},
		{"e", NULL},	      {"", NULL},	  {"C", NULL},
		{"POSIX", NULL},      {"de_DE", NULL},	  {"-fr", NULL},
		{"fr1", NULL},	      {"fr ", NULL},	  {"é", NULL},
		{"f", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].tag);
		/* no NUL at the end: what is read past it, a sanitizer sees */
		char *tag = malloc(n ? n : 1);
		memcpy(tag, rows[i].tag, n);
		const struct language *l = language_find(tag, n);
		free(tag);
		if (rows[i].code ? !l || strcmp(l->code, rows[i].code) != 0 : l != NULL)
			fail_msg("%s: %s", rows[i].tag, l ? l->code : "none");
	}
	assert_ptr_equal(language_find("fr-CA", 2), row("fr"));
	for (size_t i = 0; i < language_count; i++)
		assert_int_equal(language_index(&languages[i]), i);
}

/* LC_ALL, LC_MESSAGES, LANG and LANGUAGE; NULL is not set. None of these locales need be generated.
 */
static void test_locale(void **state)
{
	(void)state;
	static const struct {
		const char *values[4], *code;
	} rows[] = {
		{{NULL, NULL, NULL, NULL}, "en"},
		{{NULL, NULL, "fr_CA.UTF-8", NULL}, "fr"},
		{{NULL, NULL, "fr_CA.utf8", NULL}, "fr"},
		{{NULL, NULL, "fr_CA.ISO-8859-1", NULL}, "fr"},
		{{NULL, NULL, "fr_FR@euro", NULL}, "fr"},
		{{NULL, NULL, "fr", NULL}, "fr"},
		{{NULL, "fr_FR", "en_CA", NULL}, "fr"},
		{{NULL, "en_CA", "fr_CA", NULL}, "en"},
		{{"fr_CA", "en_CA", "en_CA", NULL}, "fr"},
		{{"en_CA", "fr_CA", "fr_CA", NULL}, "en"},
		{{"", "", "fr", ""}, "fr"},
		{{"C", "fr", "fr", NULL}, "en"},
		{{"C.UTF-8", "fr", "fr", NULL}, "en"},
		{{"de_DE", "fr", "fr", NULL}, "en"},
		/* the list wins over the locale, */
		{{NULL, NULL, "en_CA.UTF-8", "fr"}, "fr"},
		{{NULL, NULL, "en_CA.UTF-8", "fr:en"}, "fr"},
		{{NULL, NULL, "fr_CA.UTF-8", "en:fr"}, "en"},
		{{NULL, NULL, "fr_CA.UTF-8", "en_GB:en"}, "en"},
		{{"fr_CA.UTF-8", NULL, NULL, "en"}, "en"},
		{{NULL, NULL, "C.UTF-8", "fr"}, "fr"},
		/* passes over what is not ours and over nothing, */
		{{NULL, NULL, "en_CA.UTF-8", "de:fr_CA:en"}, "fr"},
		{{NULL, NULL, "en_CA.UTF-8", "::fr:"}, "fr"},
		{{NULL, NULL, "en_CA.UTF-8", "frr:fr"}, "fr"},
		{{NULL, NULL, "fr_CA.UTF-8", "de:es"}, "fr"},
		{{NULL, NULL, "fr_CA.UTF-8", ":"}, "fr"},
		{{NULL, NULL, "de_DE.UTF-8", "es"}, "en"},
		/* ends at C, and is not asked where the locale is C */
		{{NULL, NULL, "fr_CA.UTF-8", "C:fr"}, "en"},
		{{NULL, NULL, "fr_CA.UTF-8", "POSIX"}, "en"},
		{{NULL, NULL, NULL, "fr"}, "en"},
		{{NULL, NULL, "C", "fr"}, "en"},
		{{"POSIX", NULL, "fr_CA", "fr"}, "en"},
	};
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t k = 0; k < COUNT(names); k++) {
			if (rows[i].values[k])
				setenv(names[k], rows[i].values[k], 1);
			else
				unsetenv(names[k]);
		}
		if (strcmp(language_of_locale()->code, rows[i].code) != 0)
			fail_msg("row %zu: %s", i, language_of_locale()->code);
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[i];
		assert_int_equal(strlen(l->code), 2);
		assert_ptr_equal(language_find(l->locale, strlen(l->locale)), l);
		assert_true(l->stem_prefix >= 'A' && l->stem_prefix <= 'Z');
		for (size_t k = 0; k < l->stop_count; k++) {
			const char *word = l->stop_words[k];
			if (k && strcmp(l->stop_words[k - 1], word) >= 0)
				fail_msg("%s: %s stands after %s", l->code, word,
					 l->stop_words[k - 1]);
			assert_true(language_is_stop(l, word, strlen(word)));
			assert_false(language_is_stop(l, word, 0));
		}
		for (const char *const *e = l->elisions; *e; e++)
			assert_true(language_elides(l, *e, strlen(*e)));
		for (size_t k = 0; k < i; k++)
			assert_true(languages[k].stem_prefix != l->stem_prefix);
	}
}

static void test_stops_and_elisions(void **state)
{
	(void)state;
	static const struct {
		const char *code, *word;
		bool stop, elides;
	} rows[] = {
		{"en", "the", true, false},	 {"en", "The", false, false},
		{"en", "th", false, false},	 {"en", "thes", false, false},
		{"en", "without", false, false}, {"en", "not", false, false},
		{"en", "up", false, false},	 {"en", "le", false, false},
		{"en", "l", false, false},	 {"fr", "le", true, false},
		{"fr", "où", true, false},	 {"fr", "à", true, false},
		{"fr", "l", true, true},	 {"fr", "qu", true, true},
		{"fr", "jusqu", false, true},	 {"fr", "lorsqu", false, true},
		{"fr", "quelqu", false, false},	 {"fr", "aujourd", false, false},
		{"fr", "sans", false, false},	 {"fr", "ne", false, false},
		{"fr", "pas", false, false},	 {"fr", "q", false, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct language *l = row(rows[i].code);
		size_t n = strlen(rows[i].word);
		if (language_is_stop(l, rows[i].word, n) != rows[i].stop ||
		    language_elides(l, rows[i].word, n) != rows[i].elides)
			fail_msg("%s %s", rows[i].code, rows[i].word);
	}
	assert_true(language_is_stop(row("en"), "thesis", 3));
}

static void test_guess(void **state)
{
	(void)state;
	static const struct {
		const char *text, *code;
	} rows[] = {
		{"", NULL},
		{"42", NULL},
		{"Montréal", NULL},
		{"The library is open to all.", "en"},
		{"THE LIBRARY OF THE CITY", "en"},
		{"La bibliothèque est ouverte à tous.", "fr"},
		{"l'usager", "fr"},
		{"Le prêt de livres", "fr"},
		{"Complaints about the staff", "en"},
		{"A word such as \"le\" in what is otherwise the English of a page", "en"},
		{"the le", NULL},
		{"!!! ... ???", NULL},
		{"\xFF\xFE the \x80", "en"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct language *l = language_guess(rows[i].text, strlen(rows[i].text));
		if (rows[i].code ? !l || strcmp(l->code, rows[i].code) != 0 : l != NULL)
			fail_msg("%s: %s", rows[i].text, l ? l->code : "none");
	}
}

static void test_format(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		enum message id;
		const char *s;
		long n;
		const char *expected;
	} rows[] = {
		{"en", MSG_SYSTEM, "a {s} {n}", 0, "a {s} {n}"},
		{"en", MSG_SYSTEM, NULL, 0, ""},
		{"en", MSG_DAY, NULL, 0, "0"},
		{"en", MSG_DAY, NULL, 999, "999"},
		{"en", MSG_DAY, NULL, 1000, "1,000"},
		{"en", MSG_DAY, NULL, 12345, "12,345"},
		{"en", MSG_DAY, NULL, 123456, "123,456"},
		{"en", MSG_DAY, NULL, 1234567, "1,234,567"},
		{"en", MSG_DAY, NULL, -123, "-123"},
		{"en", MSG_DAY, NULL, -123456, "-123,456"},
		{"fr", MSG_DAY, NULL, 1234567, "1" NBSP "234" NBSP "567"},
		{"en", MSG_FILES, NULL, 1234, "1,234 files"},
		{"fr", MSG_FILES, NULL, 1234, "1" NBSP "234 fichiers"},
		{"en", MSG_TITLE_COUNT_MANY, "é", 2, "2 results for “é”"},
		{"fr", MSG_TITLE_COUNT_MANY, "é", 2, "2 résultats pour «" NBSP "é" NBSP "»"},
		{"fr", MSG_COLON, NULL, 0, NBSP ": "},
		{"fr", MSG_PROGRESS, NULL, 50, "Indexation… 50" NBSP "%"},
	};
	struct buf b = buf_new(1000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		language_format(&b, row(rows[i].code), rows[i].id, rows[i].s, rows[i].n);
		assert_string_equal(b.s, rows[i].expected);
	}
	struct error e;
	error_at(&e, STATUS_INPUT, MSG_FRONT_YAML, "bad", 3);
	buf_clear(&b);
	language_error(&b, row("fr"), &e);
	assert_string_equal(b.s, "en-tête YAML" NBSP ": bad");
	buf_free(&b);
}

static void test_plural(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		long n;
		const char *expected;
	} rows[] = {
		{"en", 0, "0 results in English"},   {"en", 1, "1 result in English"},
		{"en", 2, "2 results in English"},   {"en", 1000, "1,000 results in English"},
		{"fr", 0, "0 résultat en anglais"},  {"fr", 1, "1 résultat en anglais"},
		{"fr", 2, "2 résultats en anglais"},
	};
	struct buf b = buf_new(1000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct language *l = row(rows[i].code);
		buf_clear(&b);
		language_format(&b, l, language_plural(l, MSG_RESULTS_EN, rows[i].n), "",
				rows[i].n);
		assert_string_equal(b.s, rows[i].expected);
	}
	buf_free(&b);
}

static void test_date(void **state)
{
	(void)state;
	static const struct {
		const char *iso, *en, *fr;
	} rows[] = {
		{"2015-07-01", "July 1, 2015", "1er juillet 2015"},
		{"2015-07-22", "July 22, 2015", "22 juillet 2015"},
		{"2024-12-31", "December 31, 2024", "31 décembre 2024"},
		{"2024-08-02", "August 2, 2024", "2 août 2024"},
		{"0999-01-10", "January 10, 0999", "10 janvier 0999"},
		{"", "", ""},
		{"2015", "2015", "2015"},
		{"2015-13-01", "2015-13-01", "2015-13-01"},
		{"2015-00-01", "2015-00-01", "2015-00-01"},
		{"2015-07-00", "2015-07-00", "2015-07-00"},
		{"2015-07-32", "2015-07-32", "2015-07-32"},
		{"2015-07-xx", "2015-07-xx", "2015-07-xx"},
		{"abcd-07-22", "abcd-07-22", "abcd-07-22"},
		{"2015/07/22", "2015/07/22", "2015/07/22"},
		{"2015-07-221", "2015-07-221", "2015-07-221"},
		{"soon, soon", "soon, soon", "soon, soon"},
	};
	struct buf b = buf_new(1000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		language_date(&b, row("en"), rows[i].iso);
		assert_string_equal(b.s, rows[i].en);
		buf_clear(&b);
		language_date(&b, row("fr"), rows[i].iso);
		assert_string_equal(b.s, rows[i].fr);
	}
	buf_free(&b);
}

/* ---- typography ---------------------------------------------------------------------------------
 */

static bool ends_with(const char *text, size_t n, const char *tail)
{
	size_t k = strlen(tail);
	return n >= k && memcmp(text + n - k, tail, k) == 0;
}

static bool is_letter(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "titre:" in a help text is what one types, and so are http:// and the like. */
static bool is_syntax(const char *text, size_t at)
{
	if (strncmp(text + at, "://", 3) == 0)
		return true;
	for (size_t i = 0; i < language_count; i++) {
		for (const struct field_name *f = languages[i].fields; f->name; f++) {
			if (ends_with(text, at, f->name))
				return true;
		}
	}
	return false;
}

/* What breaks a rule of fr-CA at this byte, or NULL. */
static const char *fault(const char *text, size_t at)
{
	const char *here = text + at;
	bool space = ends_with(text, at, " ") || ends_with(text, at, NBSP) ||
		     ends_with(text, at, "\u202F");
	/* a sign that is spoken of, not used, stands between guillemets */
	bool quoted = ends_with(text, at, "«" NBSP);
	if (strchr(";!?", *here) && space && !quoted)
		return "space before ; ! ?";
	if (*here == ':' && !ends_with(text, at, NBSP) && !is_syntax(text, at))
		return "no U+00A0 before :";
	if (*here == '%' && !ends_with(text, at, NBSP))
		return "no U+00A0 before %";
	if (strncmp(here, "«", 2) == 0 && strncmp(here + 2, NBSP, 2) != 0)
		return "no U+00A0 after «";
	if (strncmp(here, "»", 2) == 0 && !ends_with(text, at, NBSP))
		return "no U+00A0 before »";
	if (*here == '\'' && at && is_letter(text[at - 1]) && is_letter(here[1]))
		return "straight apostrophe";
	if (strncmp(here, "...", 3) == 0)
		return "three full stops for …";
	return NULL;
}

static void test_fault(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"Quoi? Oui! Non; bon.", true},
		{"Quoi ?", false},
		{"Oui" NBSP "!", false},
		{"ici; là", true},
		{"ici ; là", false},
		{"ici" NBSP ": là", true},
		{"ici : là", false},
		{"ici: là", false},
		{"titre: domaine:", true},
		{"http://a.ca", true},
		{"«" NBSP "a" NBSP "»", true},
		{"« a »", false},
		{"«" NBSP "?" NBSP "»", true},
		{"«a»", false},
		{"l’usager", true},
		{"l'usager", false},
		{"'\"mot\"'", true},
		{"50" NBSP "%", true},
		{"50 %", false},
		{"etc...", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *wrong = NULL;
		for (size_t k = 0; rows[i].text[k] && !wrong; k++)
			wrong = fault(rows[i].text, k);
		if (!wrong != rows[i].good)
			fail_msg("%s: %s", rows[i].text, wrong ? wrong : "good");
	}
}

static void test_typography(void **state)
{
	(void)state;
	size_t faults = 0;
	for (int id = 0; id < MESSAGE_COUNT; id++) {
		const char *text = language_message(row("fr"), (enum message)id);
		assert_int_equal(utf8_check(text, strlen(text)), strlen(text));
		for (size_t i = 0; text[i]; i++) {
			const char *wrong = fault(text, i);
			if (wrong)
				print_error("%s at byte %zu of: %s\n", wrong, i, text);
			faults += wrong != NULL;
		}
	}
	assert_int_equal(faults, 0);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void test_placeholders(void **state)
{
	(void)state;
	for (int id = 0; id < MESSAGE_COUNT; id++) {
		const char *first = language_message(&languages[0], (enum message)id);
		for (size_t i = 0; i < language_count; i++) {
			const char *text = language_message(&languages[i], (enum message)id);
			assert_non_null(text);
			assert_true(!*text == !*first);
			assert_int_equal(count_of(text, "{s}"), count_of(first, "{s}"));
			assert_int_equal(count_of(text, "{n}"), count_of(first, "{n}"));
			/* a brace at the end of a line is a line to paste */
			assert_int_equal(count_of(text, "{"), count_of(text, "{s}") +
								      count_of(text, "{n}") +
								      count_of(text, "{\n"));
		}
	}
}

/* A help text is shown on terminals of 80 columns. */
static void test_help_width(void **state)
{
	(void)state;
	size_t helps = 0;
	for (int id = 0; id < MESSAGE_COUNT; id++) {
		if (strncmp(language_message(&languages[0], (enum message)id), "Usage: ", 7) != 0)
			continue;
		helps++;
		for (size_t i = 0; i < language_count; i++) {
			const char *line = language_message(&languages[i], (enum message)id);
			for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
				if (utf8_width(line, (size_t)(end - line)) > 80)
					print_error("too wide: %.*s\n", (int)(end - line), line),
						helps = 0;
			}
			assert_string_equal(line, "");
		}
	}
	assert_true(helps >= 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),	     cmocka_unit_test(test_locale),
		cmocka_unit_test(test_rows),	     cmocka_unit_test(test_stops_and_elisions),
		cmocka_unit_test(test_guess),	     cmocka_unit_test(test_format),
		cmocka_unit_test(test_plural),	     cmocka_unit_test(test_date),
		cmocka_unit_test(test_fault),	     cmocka_unit_test(test_typography),
		cmocka_unit_test(test_placeholders), cmocka_unit_test(test_help_width),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

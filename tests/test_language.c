#include "t.h"

#include "language.h"

#define NBSP "\xC2\xA0"

static const struct {
	const char *tag, *code;
} tags[] = {{"en", "en"}, {"fr", "fr"}, {"FR", "fr"}, {"fr-CA", "fr"}, {"fr_CA.UTF-8", "fr"},
	    {"french", ""}, {"f", ""}, {"", ""}, {"de", ""}, {"C", ""}, {"en+x", ""}};

static void tags_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tags); i++) {
		const struct language *l = language_find(tags[i].tag, strlen(tags[i].tag));
		same(i, tags[i].code, l ? l->code : "");
	}
}

static void the_locale_is_heeded(void **state)
{
	(void)state;
	setenv("LC_ALL", "", 1);
	setenv("LC_MESSAGES", "fr_CA.UTF-8", 1);
	setenv("LANG", "en_CA.UTF-8", 1);
	assert_string_equal(language_of_locale()->code, "fr");
	setenv("LC_ALL", "C", 1);
	assert_string_equal(language_of_locale()->code, "en");
}

static void stop_words_are_sorted(void **state)
{
	(void)state;
	for (size_t l = 0; l < language_count; l++) {
		for (size_t i = 1; i < languages[l].stop_count; i++) {
			if (strcmp(languages[l].stop_words[i - 1], languages[l].stop_words[i]) >= 0)
				fail_msg("%s", languages[l].stop_words[i]);
		}
	}
	const struct language *fr = language_find("fr", 2);
	assert_true(language_is_stop(fr, "à", 2) && language_is_stop(fr, "de", 2));
	assert_false(language_is_stop(fr, "d", 0) || language_is_stop(fr, "thé", 4));
	assert_true(language_elides(fr, "qu", 2) && !language_elides(fr, "aujourd", 7));
}

static const struct {
	const char *text, *code;
} guesses[] = {{"The cat is on the mat and it is happy", "en"},
	       {"Le chat est sur le tapis et il est content", "fr"},
	       {"L'usager de la bibliothèque", "fr"},
	       {"", ""}, {"xyz", ""}, {"tar gzip", ""}};

static void words_vote(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(guesses); i++) {
		const struct language *l = language_guess(guesses[i].text, strlen(guesses[i].text));
		same(i, guesses[i].code, l ? l->code : "");
	}
}

static const struct {
	const char *lang;
	long n;
	const char *expected;
} counts[] = {{"fr", 0, "0 fichier"}, {"fr", 1, "1 fichier"}, {"fr", 2, "2 fichiers"},
	      {"en", 0, "0 files"}, {"en", 1, "1 file"}, {"en", 1234, "1,234 files"},
	      {"fr", 1234567, "1" NBSP "234" NBSP "567 fichiers"}};

static void numbers_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		const struct language *l = language_find(counts[i].lang, 2);
		struct buf out = buf_new(100);
		language_format(&out, l, language_plural(l, MSG_FILE, counts[i].n), "", counts[i].n);
		same(i, counts[i].expected, out.s);
		buf_free(&out);
	}
}

static const struct {
	const char *lang, *iso, *expected;
} dates[] = {{"en", "2015-07-22", "July 22, 2015"}, {"fr", "2015-07-22", "22 juillet 2015"},
	     {"fr", "2015-08-01", "1er août 2015"}, {"en", "2015-07-01", "July 1, 2015"},
	     {"fr", "2015-13-01", "2015-13-01"}, {"fr", "soon", "soon"}};

static void dates_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dates); i++) {
		struct buf out = buf_new(100);
		language_date(&out, language_find(dates[i].lang, 2), dates[i].iso);
		same(i, dates[i].expected, out.s);
		buf_free(&out);
	}
}

static bool at(const char *s, const char *start, const char *what)
{
	size_t n = strlen(what);
	return (size_t)(s - start) >= n && memcmp(s - n, what, n) == 0;
}

/* fr-CA: no space before ; ! ?, a no-break space before : and inside « »; curly apostrophes. A colon
 * glued to what follows is syntax (titre:). */
static void french_typography(enum message id, const char *start)
{
	for (const char *s = start; *s; s++) {
		bool sign = *s == ';' || *s == '!' || *s == '?';
		bool quoted = at(s, start, "«" NBSP);
		if (sign && !quoted && (at(s, start, " ") || at(s, start, NBSP)))
			fail_msg("message %d: space before %c: %s", (int)id, *s, start);
		if (*s == ':' && (s[1] == ' ' || !s[1]) && !at(s, start, NBSP) && !at(s, start, "titre") &&
		    !at(s, start, "domaine") && !at(s, start, "langue") && !at(s, start, "chemin"))
			fail_msg("message %d: no no-break space before the colon: %s", (int)id, start);
		if (strncmp(s, "«", 2) == 0 && strncmp(s + 2, NBSP, 2) != 0)
			fail_msg("message %d: «: %s", (int)id, start);
		if (strncmp(s, "»", 2) == 0 && !at(s, start, NBSP))
			fail_msg("message %d: »: %s", (int)id, start);
		bool letters = s > start && s[1] && strchr("dlnsjmtcuDL", s[-1]) && s[-1] != ' ';
		if (*s == '\'' && letters && s[1] != ' ' && s[1] != '"')
			fail_msg("message %d: straight apostrophe: %s", (int)id, start);
	}
}

static void every_message_is_there_and_well_set(void **state)
{
	const struct language *en = language_find("en", 2), *fr = language_find("fr", 2);
	(void)state;
	for (int id = 1; id < MESSAGE_COUNT; id++) {
		const char *e = language_message(en, (enum message)id);
		const char *f = language_message(fr, (enum message)id);
		assert_true(*e && *f);
		if (!strstr(e, "{s}") != !strstr(f, "{s}") || !strstr(e, "{n}") != !strstr(f, "{n}"))
			fail_msg("message %d: %s / %s", id, e, f);
		french_typography((enum message)id, f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tags_are_found), cmocka_unit_test(the_locale_is_heeded),
	    cmocka_unit_test(stop_words_are_sorted), cmocka_unit_test(words_vote),
	    cmocka_unit_test(numbers_agree), cmocka_unit_test(dates_are_written),
	    cmocka_unit_test(every_message_is_there_and_well_set)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

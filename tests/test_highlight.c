/* What is marked in a text, written with [ ] around the marks; and what is shown of it. */
#include "src/highlight.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct row {
	const char *lang;
	bool exact;
	const char *typed[3]; /* a needle each */
	const char *text, *marked;
};

static const struct row rows[] = {
	/* words, by their stems */
	{"fr", false, {"plainte"}, "Les plaintes, la PLAINTE.", "Les [plaintes], la [PLAINTE]."},
	{"fr", false, {"usager"}, "L’usager et l'usager", "L’[usager] et l'[usager]"},
	{"fr", false, {"bibliotheque"}, "Bibliothèques", "[Bibliothèques]"},
	{"fr", false, {"bibliothèque"}, "BIBLIOTHE\u0300QUE", "[BIBLIOTHE\u0300QUE]"},
	{"fr", false, {"coeur"}, "le cœur", "le [cœur]"},
	{"en", false, {"complaint"}, "Complaints; complain", "[Complaints]; complain"},
	{"en", false, {"library"}, "", ""},
	{"en", false, {"library"}, "nothing here", "nothing here"},
	{"en", false, {"book", "loan"}, "book loans, books", "[book] [loans], [books]"},
	/* exact: case and accents apart, as written */
	{"en", true, {"complaint"}, "Complaints, COMPLAINT", "Complaints, [COMPLAINT]"},
	{"fr", true, {"prêt"}, "prets, Pret", "prets, [Pret]"},
	{"fr", false, {"\"prêt\""}, "prêts, prêt", "prêts, [prêt]"},
	/* phrases: stop words between do not matter, nor at the ends */
	{"fr",
	 false,
	 {"\"service à la clientèle\""},
	 "le service à la clientèle; service clientèle; la clientèle du service",
	 "le [service à la clientèle]; [service clientèle]; la clientèle du service"},
	{"en",
	 false,
	 {"\"good judgment\""},
	 "good and good judgment.",
	 "good and [good judgment]."},
	{"en", false, {"\"good judgment\""}, "good\njudgment", "good\njudgment"},
	{"en", false, {"\"of the library card\""}, "library card", "[library card]"},
	/* one content word: every word counts, by position */
	{"en",
	 false,
	 {"\"the library\""},
	 "a library, the library, the city library",
	 "a library, [the library], the city library"},
	{"fr",
	 false,
	 {"\"de la\""},
	 "de la ville, de ville, la de",
	 "[de la] ville, de ville, la de"},
	/* a compound typed as one word is a phrase */
	{"fr",
	 false,
	 {"porte-monnaie"},
	 "un porte-monnaie, une porte",
	 "un [porte-monnaie], une porte"},
	/* prefixes */
	{"fr",
	 false,
	 {"biblio*"},
	 "bibliothèque BIBLIOGRAPHIE bible",
	 "[bibliothèque] [BIBLIOGRAPHIE] bible"},
	{"fr", false, {"éco*"}, "l’école, economie", "l’[école], [economie]"},
	/* phrase and word on the same place: one mark */
	{"en",
	 false,
	 {"\"good judgment\"", "judgment"},
	 "good judgment; judgment",
	 "[good judgment]; [judgment]"},
	{"en",
	 false,
	 {"good", "\"good judgment\""},
	 "good judgment; good",
	 "[good judgment]; [good]"},
	{"en", false, {"\"red green\"", "\"green blue\""}, "red green blue", "[red green blue]"},
	{"en",
	 false,
	 {"\"red green\"", "\"green blue pink\"", "blue"},
	 "red green blue pink",
	 "[red green blue pink]"},
	{"en", false, {"\"red red green\""}, "red red green", "[red red green]"},
};

/* Reads a row's needles; how many. */
static size_t read_needles(struct needle *needles, struct arena *arena, const char *const typed[3],
			   struct analyser *a, bool exact)
{
	size_t n = 0;
	struct error e;
	for (size_t i = 0; i < 3 && typed[i]; i++) {
		struct query *q = query_parse(arena, typed[i], strlen(typed[i]), NULL, &e);
		assert_non_null(q);
		assert_true(needle_read(&needles[n++], arena, q, a, exact));
	}
	return n;
}

static struct analyser *analyser_for(const char *code)
{
	struct error e;
	struct analyser *a = analyser_new(language_find(code, 2), &e);
	assert_non_null(a);
	return a;
}

static void test_marks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena arena = {0};
		struct needle needles[3];
		struct marks marks;
		struct buf got = buf_new(10000);
		const char *text = rows[i].text;
		struct analyser *a = analyser_for(rows[i].lang);
		size_t n = read_needles(needles, &arena, rows[i].typed, a, rows[i].exact), at = 0;
		assert_int_equal(highlight_text(&marks, text, strlen(text), needles, n, a), 0);
		for (size_t k = 0; k < marks.n; k++) {
			struct mark m = marks.list[k];
			assert_true(m.start >= at && m.end > m.start && m.needle < n);
			buf_add(&got, text + at, m.start - at);
			buf_putc(&got, '[');
			buf_add(&got, text + m.start, m.end - m.start);
			buf_putc(&got, ']');
			at = m.end;
		}
		buf_puts(&got, text + at);
		assert_string_equal(got.s, rows[i].marked);
		marks_free(&marks);
		buf_free(&got);
		analyser_free(a);
		arena_free(&arena);
	}
}

static void test_needles(void **state)
{
	(void)state;
	static const struct {
		const char *typed;
		bool exact;
		int kind; /* -1: no needle */
		size_t words;
		bool by_position;
	} kinds[] = {
		{"library", false, NEEDLE_WORD, 1, false},
		{"library", true, NEEDLE_EXACT, 1, false},
		{"\"library\"", false, NEEDLE_EXACT, 1, false},
		{"\"the library\"", false, NEEDLE_PHRASE, 2, true},
		{"\"of the\"", false, NEEDLE_PHRASE, 2, true},
		{"\"library of the city\"", false, NEEDLE_PHRASE, 2, false},
		{"vue.js", false, NEEDLE_PHRASE, 2, false},
		{"libr*", false, NEEDLE_PREFIX, 1, false},
		{"vue.lib*", false, NEEDLE_PREFIX, 1, false},
		{"!!!", false, -1, 0, false},
		{"\"…\"", false, -1, 0, false},
	};
	struct analyser *a = analyser_for("en");
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct arena arena = {0};
		struct error e;
		struct needle needle = {0};
		struct query *q =
			query_parse(&arena, kinds[i].typed, strlen(kinds[i].typed), NULL, &e);
		bool is = q->kind != QUERY_NOTHING &&
			  needle_read(&needle, &arena, q, a, kinds[i].exact);
		assert_int_equal(is, kinds[i].kind >= 0);
		if (is && ((int)needle.kind != kinds[i].kind || needle.n != kinds[i].words ||
			   needle.by_position != kinds[i].by_position))
			fail_msg("%s: kind %d, %zu words", kinds[i].typed, (int)needle.kind,
				 needle.n);
		arena_free(&arena);
	}
	analyser_free(a);
}

static void test_heading_key(void **state)
{
	(void)state;
	static const struct {
		const char *lang, *a, *b;
		bool same;
	} pairs[] = {
		{"en", "Library Cards", "the card of a library", true},
		{"en", "Library", "library library", true},
		{"en", "Library Cards", "Library", false},
		{"fr", "Service à la clientèle", "CLIENTELES: services", true},
		{"fr", "Les prêts", "Prêt", true},
		{"en", "of the", "", true},
		{"en", "a1 b1 c1 d1 e1 f1 g1 h1 i1 j1 k1 l1 m1", "", true},
		{"en", "a1 b1 c1 d1 e1 f1 g1 h1 i1 j1 k1 l1", "", false},
	};
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct analyser *a = analyser_for(pairs[i].lang);
		struct buf x = buf_new(1000), y = buf_new(1000);
		heading_key(&x, span_of(pairs[i].a), a);
		heading_key(&y, span_of(pairs[i].b), a);
		bool same = strcmp(x.s ? x.s : "", y.s ? y.s : "") == 0;
		if (same != pairs[i].same)
			fail_msg("%s | %s", pairs[i].a, pairs[i].b);
		buf_free(&x);
		buf_free(&y);
		analyser_free(a);
	}
}

/* What holds for the snippet of any text. */
static void check_snippet(const char *text, size_t n, const struct marks *marks)
{
	size_t start = n + 1, end = n + 1;
	highlight_snippet(text, n, marks, &start, &end);
	assert_true(start <= end && end <= n);
	if (utf8_check(text + start, end - start) != end - start)
		fail_msg("cut inside a character: %zu to %zu of %s", start, end, text);
	size_t longest = SNIPPET_BYTES + 3, whole = 0;
	for (size_t i = 0; i < marks->n; i++) {
		struct mark m = marks->list[i];
		whole += m.start >= start && m.end <= end;
		if (m.end - m.start > longest)
			longest = m.end - m.start;
	}
	assert_true(end - start <= longest);
	assert_true(whole > 0 || marks->n == 0);
}

static void test_snippet_any(void **state)
{
	(void)state;
	static const char *const parts[] = {" ",       " ",	     "é",      "œuvre",
					    "図書館",  "\U0001F600", "a",      "\n",
					    "library", "loan",	     "\u00A0", "xxxxxxxxxxxx"};
	struct analyser *a = analyser_for("en");
	struct arena arena = {0};
	struct needle needles[3];
	static const char *const typed[3] = {"library", "loan", "\"loan library\""};
	size_t n = read_needles(needles, &arena, typed, a, false);
	uint32_t seed = 3;
	for (size_t turn = 0; turn < 4000; turn++) {
		struct buf b = buf_new(100000);
		struct marks marks, none = {0};
		size_t kinds = 3 + turn % (COUNT(parts) - 2);
		for (size_t i = 0; i < turn % 300; i++) {
			seed = seed * 1664525 + 1013904223;
			buf_puts(&b, parts[(seed >> 16) % kinds +
					   (turn & 1 ? COUNT(parts) - kinds : 0)]);
		}
		/* exactly as long as it is, for the sanitizer */
		char *text = malloc(b.n ? b.n : 1);
		if (b.n)
			memcpy(text, b.s, b.n);
		assert_int_equal(highlight_text(&marks, text, b.n, needles, n, a), 0);
		check_snippet(text, b.n, &marks);
		check_snippet(text, b.n, &none);
		marks_free(&marks);
		free(text);
		buf_free(&b);
	}
	arena_free(&arena);
	analyser_free(a);
}

/* Every place and length of one mark in texts without any break. */
static void test_snippet_long_words(void **state)
{
	(void)state;
	static const char *const letters[] = {"x", "é", "館", "\U0001F600"};
	for (size_t i = 0; i < COUNT(letters); i++) {
		struct buf b = buf_new(10000);
		size_t size = strlen(letters[i]);
		while (b.n < 900)
			buf_puts(&b, letters[i]);
		for (size_t from = 0; from < b.n; from += size) {
			for (size_t length = 1; from + length * size <= b.n; length += 7) {
				struct mark one = {from, from + length * size, 0};
				struct marks marks = {&one, 1, 1};
				check_snippet(b.s, b.n, &marks);
			}
		}
		buf_free(&b);
	}
}

static void test_snippet_choice(void **state)
{
	(void)state;
	struct buf b = buf_new(10000);
	struct analyser *a = analyser_for("en");
	struct arena arena = {0};
	struct needle needles[3];
	static const char *const typed[3] = {"library", "loan"};
	size_t n = read_needles(needles, &arena, typed, a, false), start, end;
	struct marks marks;
	buf_puts(&b, "library library library ");
	for (size_t i = 0; i < 100; i++)
		buf_puts(&b, "filler ");
	buf_puts(&b, "\nHere the library gives a loan. ");
	for (size_t i = 0; i < 100; i++)
		buf_puts(&b, "filler ");
	highlight_text(&marks, b.s, b.n, needles, n, a);
	highlight_snippet(b.s, b.n, &marks, &start, &end);
	assert_int_equal(strncmp(b.s + start, "Here the library gives a loan. filler", 37), 0);
	assert_true(end - start > SNIPPET_BYTES * 3 / 4);
	assert_true(b.s[end] == ' ' && b.s[end - 1] != ' ');
	marks_free(&marks);
	buf_free(&b);
	arena_free(&arena);
	analyser_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_needles),
		cmocka_unit_test(test_heading_key),
		cmocka_unit_test(test_snippet_any),
		cmocka_unit_test(test_snippet_long_words),
		cmocka_unit_test(test_snippet_choice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

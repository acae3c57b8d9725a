/* What the analyser makes of texts. A word is written as
 *     word@start-end:stem|stem
 * with "~" before a stop word, "+" before one joined to the word before it, and the second stem
 * only where there is one. */
#include "src/analyse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct row {
	const char *lang, *text, *words;
};

static const struct row rows[] = {
	{"fr", "l'usager", "usager@2-8:usag"},
	{"fr", "l\u2019usager", "usager@4-10:usag"},
	{"fr", "l\u02BCusager", "usager@3-9:usag"},
	{"fr", "L\u2018USAGER", "usager@4-10:usag"},
	{"fr", "d\u201Busagers", "usagers@4-11:usag"},
	{"fr", "l\uFF07usager", "usager@4-10:usag"},
	{"en", "l'usager", "l'usager@0-8:l'usag"},
	{"fr", "qu'il", "~il@3-5:il"},
	{"fr", "lorsqu\u2019un usager", "~un@9-11:un usager@12-18:usag"},
	{"fr", "jusqu'au prêt", "~au@6-8:au pret@9-14:pret"},
	{"fr", "d'aujourd'hui", "aujourd'hui@2-13:aujourd'hui"},
	{"fr", "aujourd\u2019hui", "aujourd'hui@0-13:aujourd'hui"},
	{"fr", "quelqu'un", "quelqu'un@0-9:quelqu'un"},
	{"fr", "presqu'île", "presqu'ile@0-11:presqu'il"},
	{"fr", "l'été", "ete@2-7:ete"},
	{"fr", "l'e\u0301te\u0301", "ete@2-9:ete"},
	{"fr", "d'1 livre", "~d@0-1:d +1@2-3:1 livre@4-9:livr"},
	{"fr", "l' usager", "~l@0-1:l usager@3-9:usag"},
	{"fr", "l'\u00AB usager \u00BB", "~l@0-1:l usager@5-11:usag"},
	{"fr", "l'd'usager", "usager@4-10:usag"},
	{"fr", "rock'n'roll", "rock'n'roll@0-11:rock'n'roll"},
	{"en", "don't", "don't@0-5:don't"},
	{"en", "don\u2019t", "don't@0-7:don't"},
	{"en", "librarian's", "librarian's@0-11:librarian"},
	{"en", "the librarians' guide", "~the@0-3:the librarians@4-14:librarian guide@16-21:guid"},
	{"en", "'quoted'", "quoted@1-7:quot"},
	{"en", "\u2018quoted\u2019", "quoted@3-9:quot"},
	{"en", "a''b", "~a@0-1:a +b@3-4:b"},
	{"fr", "compétence", "competence@0-11:competent"},
	{"fr", "compe\u0301tence", "competence@0-12:competent"},
	{"fr", "COMPÉTENCES", "competences@0-12:competent"},
	{"fr", "competence", "competence@0-10:competent"},
	{"fr", "gérer", "gerer@0-6:ger"},
	{"fr", "gerer", "gerer@0-5:ger"},
	{"fr", "accès", "acces@0-6:acce"},
	{"fr", "procès proces", "proces@0-7:proc|proce proces@8-14:proc"},
	{"fr", "les cas", "~les@0-3:le cas@4-7:cas"},
	{"fr", "exprès express", "expres@0-7:expre express@8-15:express"},
	{"fr", "cœur", "coeur@0-5:coeur"},
	{"fr", "CŒURS", "coeurs@0-6:coeur"},
	{"fr", "coeur", "coeur@0-5:coeur"},
	{"fr", "œuvre", "oeuvre@0-6:oeuvr"},
	{"en", "encyclopædia", "encyclopaedia@0-13:encyclopaedia"},
	{"en", "EncyclopÆdia", "encyclopaedia@0-13:encyclopaedia"},
	{"fr", "3,14", "3,14@0-4:3,14"},
	{"en", "1.5", "1.5@0-3:1.5"},
	{"en", "1.5.2", "1.5.2@0-5:1.5.2"},
	{"en", "version 2.", "version@0-7:version 2@8-9:2"},
	{"en", "1,000.50", "1,000.50@0-8:1,000.50"},
	{"en", ".5", "5@1-2:5"},
	{"en", "3e h2o mp3", "3e@0-2:3e h2o@3-6:h2o mp3@7-10:mp3"},
	{"en", "1'000", "1@0-1:1 +000@2-5:000"},
	{"en", "vue.js", "vue@0-3:vue +js@4-6:js"},
	{"en", "snake_case a:b", "snake@0-5:snake +case@6-10:case ~a@11-12:a +b@13-14:b"},
	{"en", "v-for", "v@0-1:v +~for@2-5:for"},
	{"en", "up-to-date", "up@0-2:up +~to@3-5:to +date@6-10:date"},
	{"fr", "celui-ci", "celui@0-5:celui +~ci@6-8:ci"},
	{"fr", "peut-être", "peut@0-4:peut +~etre@5-10:etre"},
	{"fr", "sous-sol", "sous@0-4:sou +sol@5-8:sol"},
	{"fr", "usager\u00B7ère\u00B7s", "usager@0-6:usag +ere@8-12:ere +~s@14-15:s"},
	{"fr", "service(s)", "service@0-7:servic +~s@8-9:s"},
	{"en", "and/or", "~and@0-3:and +~or@4-6:or"},
	{"en", "C++ C#", "c@0-1:c c@4-5:c"},
	{"en", "a@b.org", "~a@0-1:a +b@2-3:b +org@4-7:org"},
	{"fr", "à où OU \u00CAtre", "~a@0-2:a ~ou@3-6:ou ~ou@7-9:ou ~etre@10-15:etre"},
	{"en", "The LIBRARY", "~the@0-3:the library@4-11:librari"},
	{"en", "libraries training trained",
	 "libraries@0-9:librari training@10-18:train trained@19-26:train"},
	{"en", "résumé", "resume@0-8:resum|resume"},
	{"en", "cafés", "cafes@0-6:cafe"},
	{"en", "caf\xC3 bar", "caf@0-3:caf bar@5-8:bar"},
	{"en", "\xFFlibrary\xFE", "library@1-8:librari"},
	{"en", "lib\x80rary", "lib@0-3:lib +rary@4-8:rari"},
	{"en", "\xED\xA0\x80x", "x@3-4:x"},
	{"en", "\xC0\xAFx", "x@2-3:x"},
	{"en", "\xF4\x90\x80\x80", ""},
	{"en", "\u56F3\u66F8\u9928", "\u56F3@0-3:\u56F3 +\u66F8@3-6:\u66F8 +\u9928@6-9:\u9928"},
	{"en", "\u3068\u3057\u3087", "\u3068@0-3:\u3068 +\u3057@3-6:\u3057 +\u3087@6-9:\u3087"},
	{"en", "\u30AB\u30FC\u30C9 x",
	 "\u30AB\u30FC\u30C8\u3099@0-9:\u30AB\u30FC\u30C8\u3099 x@10-11:x"},
	{"en", "\u304C\u304B\u3099",
	 "\u304B\u3099@0-3:\u304B\u3099 +\u304B\u3099@3-9:\u304B\u3099"},
	{"en", "book\u56F3book", "book@0-4:book +\u56F3@4-7:\u56F3 +book@7-11:book"},
	{"en", "\U0001F600", ""},
	{"en", "book \U0001F469\u200D\U0001F4BB end", "book@0-4:book end@17-20:end"},
	{"en", "\u0301", ""},
	{"en", " \u0301\u0302 x", "x@6-7:x"},
	{"en", "x\u0301\u0302\u0303", "x@0-7:x"},
	{"en", "soft\u00ADhyphen", "softhyphen@0-12:softhyphen"},
	{"en", "zero\u200Bwidth", "zero@0-4:zero +width@7-12:width"},
	{"en", "\uFB01lm", "film@0-5:film"},
	{"en", "STRASSE straße", "strasse@0-7:strass strasse@8-15:strass"},
	{"en", "\u0130stanbul", "istanbul@0-9:istanbul"},
	{"en", "\u041C\u043E\u0441\u043A\u0432\u0430 \u0391\u0398\u0397\u039D\u0391",
	 "\u043C\u043E\u0441\u043A\u0432\u0430@0-12:\u043C\u043E\u0441\u043A\u0432\u0430 "
	 "\u03B1\u03B8\u03B7\u03BD\u03B1@13-23:\u03B1\u03B8\u03B7\u03BD\u03B1"},
	{"en", "\u2163 x\u00B2", "iv@0-3:iv x@4-5:x"},
	{"en", "\u0663\u0664", "\u0663\u0664@0-4:\u0663\u0664"},
	{"en", "", ""},
	{"en", "--- ... !", ""},
	{"en", "one\ntwo", "one@0-3:one two@4-7:two"},
	{"en", "\x01\x7F a", "~a@3-4:a"},
	{"en", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@0-70:"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"en", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxéy",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe@0-66:"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe"},
	{"en", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxéy",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxey@0-65:"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxey|"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxei"},
	{"fr", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe\u0301zz",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe@0-68:"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe"},
	{"fr", "l'éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé",
	 "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee@2-142:"
	 "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
	{"en", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\u0301",
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@0-66:"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	{"fr", "Bonne année\u00A0: l\u2019équipe",
	 "bonne@0-5:bon annee@6-12:anne equipe@20-27:equip"},
};

static struct analyser *open_analyser(const char *code)
{
	struct error e;
	const struct language *l = language_find(code, strlen(code));
	assert_non_null(l);
	struct analyser *a = analyser_new(l, &e);
	assert_non_null(a);
	return a;
}

static void put_token(struct buf *out, const struct token *t)
{
	buf_printf(out, "%s%s%s%.*s@%zu-%zu:", out->n ? " " : "", t->joined ? "+" : "",
		   t->stop ? "~" : "", (int)t->word.n, t->word.s, t->start, t->end);
	for (size_t i = 0; i < t->n_stems; i++)
		buf_printf(out, "%s%.*s", i ? "|" : "", (int)t->stem[i].n, t->stem[i].s);
}

static void test_table(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct analyser *a = open_analyser(rows[i].lang);
		struct buf out = buf_new(65536);
		struct token t;
		/* twice: the second time the stems come from the cache */
		for (int k = 0; k < 2; k++) {
			buf_clear(&out);
			buf_puts(&out, "");
			analyser_start(a, rows[i].text, strlen(rows[i].text));
			while (analyser_next(a, &t))
				put_token(&out, &t);
			if (strcmp(out.s, rows[i].words) == 0)
				continue;
			print_error("row %zu (%s): %s\n  is        %s\n  should be %s\n", i,
				    rows[i].lang, rows[i].text, out.s, rows[i].words);
			wrong++;
		}
		buf_free(&out);
		analyser_free(a);
	}
	assert_int_equal(wrong, 0);
}

/* Writes "position/ordinal" of each word. */
static void assert_places(const char *lang, const char *text, const char *places)
{
	struct analyser *a = open_analyser(lang);
	struct buf out = buf_new(4096);
	struct token t;
	analyser_start(a, text, strlen(text));
	while (analyser_next(a, &t))
		buf_printf(&out, "%s%u/%u", out.n ? " " : "", t.position, t.ordinal);
	assert_string_equal(out.s, places);
	buf_free(&out);
	analyser_free(a);
}

static void test_places(void **state)
{
	(void)state;
	assert_places("en", "staff training plan", "1/1 2/2 3/3");
	assert_places("en", "the use of the library", "1/1 2/1 3/2 4/2 5/2");
	assert_places("fr", "l'accueil de l'usager", "1/1 2/2 3/2");
	assert_places("fr", "service de prêt à", "1/1 2/2 3/2 4/3");
	assert_places("en", "one\ntwo", "1/1 18/18");
	assert_places("en", "one \n\n \n two", "1/1 18/18");
	assert_places("en", "one\n-\ntwo", "1/1 34/34");
	assert_places("en", "of\nthe two", "1/1 18/17 19/17");
	/* the empty word of a lone Hangul filler takes no place */
	assert_places("en", "one \u115F two", "1/1 2/2");
}

/* Every spelling of each row must have a stem in common with the first and the same marked bytes.
 */
static void test_equal(void **state)
{
	(void)state;
	static const char *const same[][7] = {
		{"competence", "compétence", "COMPÉTENCES", "competences", "COMPE\u0301TENCES",
		 NULL},
		{"usager", "l'usager", "l\u2019usager", "d'usagers", "l\u02BCUSAGER",
		 "L\u2018usagers", NULL},
		{"coeur", "c\u0153ur", "C\u0152UR", "c\u0153urs", NULL},
		{"aujourd'hui", "aujourd\u2019hui", "d'aujourd'hui", "Aujourd\u02BChui",
		 "qu'aujourd'hui", NULL},
		{"acces", "accès", "l'accès", "acce\u0300s", NULL},
	};
	struct analyser *a = open_analyser("fr");
	for (size_t i = 0; i < COUNT(same); i++) {
		struct token t;
		char stem[80], word[80];
		size_t stem_n = 0;
		for (size_t k = 0; same[i][k]; k++) {
			analyser_start(a, same[i][k], strlen(same[i][k]));
			assert_true(analyser_next(a, &t));
			if (k == 0) {
				stem_n = t.stem[0].n;
				memcpy(stem, t.stem[0].s, stem_n);
				memcpy(word, t.word.s, t.word.n);
			}
			assert_int_equal(t.stem[0].n, stem_n);
			assert_memory_equal(t.stem[0].s, stem, stem_n);
			assert_int_equal(t.end, strlen(same[i][k]));
			assert_false(analyser_next(a, &t));
		}
	}
	analyser_free(a);
}

/* Writes "word=written" of each word, with "~" before one that is a stop word when typed without
 * its accents, "~~" before one that is a stop word as written. */
static void test_written(void **state)
{
	(void)state;
	static const struct row table[] = {
		{"en", "The Library", "~~the=the library=library"},
		{"fr", "BIBLIOTHÈQUE bibliothe\u0300que",
		 "bibliotheque=bibliothèque bibliotheque=bibliothèque"},
		{"fr", "l’Été", "ete=été"},
		{"fr", "sûr sur SUR", "~sur=sûr ~~sur=sur ~~sur=sur"},
		{"fr", "dès des", "~des=dès ~~des=des"},
		{"fr", "où ou OÙ", "~~ou=où ~~ou=ou ~~ou=où"},
		{"fr", "à a être etre êtes", "~~a=à ~~a=a ~~etre=être ~~etre=etre ~~etes=êtes"},
		{"fr", "dû mûr", "~du=dû mur=mûr"},
		{"en", "sûr dès", "sur=sûr des=dès"},
		{"en", "resume résumé", "resume=resume resume=résumé"},
		{"fr", "Cœur COEUR", "coeur=cœur coeur=coeur"},
		{"fr", "aujourd’hui", "aujourd'hui=aujourd'hui"},
		{"fr", "Æquo", "aequo=æquo"},
		{"fr", "garçon ca ça", "garcon=garçon ca=ca ca=ça"},
		{"en", "Straße \uFB01n", "strasse=strasse fin=fin"},
		{"en", "3,14 v2", "3,14=3,14 v2=v2"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct analyser *a = open_analyser(table[i].lang);
		struct buf out = buf_new(4096);
		struct token t;
		analyser_start(a, table[i].text, strlen(table[i].text));
		while (analyser_next(a, &t)) {
			assert_true(t.stop || !t.plain_stop);
			buf_printf(&out, "%s%s%.*s=%.*s", out.n ? " " : "",
				   t.plain_stop ? "~~"
				   : t.stop	? "~"
						: "",
				   (int)t.word.n, t.word.s, (int)t.written.n, t.written.s);
		}
		if (strcmp(out.s, table[i].words) != 0)
			fail_msg("row %zu\nexpected: %s\ngot:      %s", i, table[i].words, out.s);
		buf_free(&out);
		analyser_free(a);
	}
}

/* Reads one word, copied out: "word=written:stem|stem". */
static void read_one(struct analyser *a, const char *text, struct buf *out)
{
	struct token t;
	buf_clear(out);
	analyser_start(a, text, strlen(text));
	assert_true(analyser_next(a, &t));
	buf_printf(out, "%.*s=%.*s", (int)t.word.n, t.word.s, (int)t.written.n, t.written.s);
	for (size_t i = 0; i < t.n_stems; i++)
		buf_printf(out, "%c%.*s", i ? '|' : ':', (int)t.stem[i].n, t.stem[i].s);
	assert_false(analyser_next(a, &t));
}

/* Words of usual letters are read by a short way where a blank follows, and by the long one where a
 * no-break space does: of any length and with any number of accents both make the same of them. */
static void test_short_way(void **state)
{
	(void)state;
	struct analyser *a = open_analyser("fr");
	struct buf text = buf_new(4096), shortly = buf_new(4096), at_length = buf_new(4096);
	for (unsigned accents = 0; accents <= ANALYSE_WORD_MAX + 1; accents++) {
		for (unsigned plain = accents == 0; plain <= ANALYSE_WORD_MAX + 1; plain++) {
			buf_clear(&text);
			for (unsigned i = 0; i < accents; i++)
				buf_printf(&text, "\xC3%c",
					   (i & 1 ? 0x80 : 0xA0) + (int)(9 + i % 7));
			for (unsigned i = 0; i < plain; i++)
				buf_putc(&text, (i & 1 ? 'a' : 'A') + (int)(i % 26));
			size_t n = text.n;
			buf_puts(&text, " ");
			read_one(a, text.s, &shortly);
			text.n = n;
			buf_puts(&text, "\u00A0");
			read_one(a, text.s, &at_length);
			if (strcmp(shortly.s, at_length.s) != 0)
				fail_msg("%u and %u letters:\n%s\n%s", accents, plain, shortly.s,
					 at_length.s);
		}
	}
	buf_free(&text);
	buf_free(&shortly);
	buf_free(&at_length);
	analyser_free(a);
}

static size_t count_words(const char *lang, const char *text, size_t n)
{
	struct analyser *a = open_analyser(lang);
	struct token t;
	size_t count = 0, last = 0;
	analyser_start(a, text, n);
	while (analyser_next(a, &t)) {
		assert_true(t.start >= last && t.start < t.end && t.end <= n);
		assert_in_range(t.word.n, 1, ANALYSE_WORD_MAX);
		assert_int_equal(utf8_check(t.word.s, t.word.n), t.word.n);
		assert_in_range(t.n_stems, 1, 2);
		last = t.end;
		count++;
	}
	assert_false(analyser_next(a, &t));
	analyser_free(a);
	return count;
}

/* A text of n bytes that repeats one piece. */
static char *repeat(const char *piece, size_t n)
{
	char *s = malloc(n);
	size_t length = strlen(piece);
	assert_non_null(s);
	for (size_t i = 0; i < n; i++)
		s[i] = piece[i % length];
	return s;
}

/* A quadratic step anywhere would take hours here. */
static void test_long(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"x",	    "l'",	    "l'\u0301",	 "\u0301",    "e\u0301", "a'",	     "1.",
		"1.\u0301", "\n",	    "\n-",	 "\u56F3",    "\xFF",	 "a\u0327'", "-",
		"\u115F",   "\u30AB\u30FC", "a'b\u0301", "e\u0301l'", NULL};
	enum { BYTES = 2 * 1024 * 1024 };
	for (size_t i = 0; pieces[i]; i++) {
		char *s = repeat(pieces[i], BYTES);
		count_words("fr", s, BYTES);
		free(s);
	}
	char *s = repeat("x", BYTES * 8);
	assert_int_equal(count_words("en", s, BYTES * 8), 1);
	free(s);
}

/* Any bytes at all; the seed is fixed, so a failure comes back. */
static void test_noise(void **state)
{
	(void)state;
	static const char *const bits[] = {
		"l", "'",      "\u2019", "\u0301", "\u00E9", "\xC3",	  "\xE2\x80", "\u0153",
		"1", ".",      "\n",	 " ",	   "\u200D", "\u56F3",	  "qu",	      "S",
		"-", "\uFDFA", "\u0130", "\u3099", "\uFB01", "\U0001F600"};
	uint32_t seed = 1;
	for (int round = 0; round < 500; round++) {
		struct buf b = buf_new(4096);
		for (int k = 0; k < 200; k++) {
			seed = seed * 1664525u + 1013904223u;
			buf_puts(&b, bits[(seed >> 16) % COUNT(bits)]);
		}
		/* an exact copy, so that reading past the end is noticed */
		char *s = malloc(b.n);
		assert_non_null(s);
		memcpy(s, b.s, b.n);
		count_words(round % 2 ? "fr" : "en", s, b.n);
		free(s);
		buf_free(&b);
	}
}

static void same_forms(const struct token *t, const struct token *u)
{
	assert_int_equal(u->word.n, t->word.n);
	assert_memory_equal(u->word.s, t->word.s, t->word.n);
	assert_int_equal(u->written.n, t->written.n);
	assert_memory_equal(u->written.s, t->written.s, t->written.n);
	assert_int_equal(u->n_stems, t->n_stems);
	for (size_t i = 0; i < t->n_stems; i++) {
		assert_int_equal(u->stem[i].n, t->stem[i].n);
		assert_memory_equal(u->stem[i].s, t->stem[i].s, t->stem[i].n);
	}
}

/* The words of a text and of the same with three bytes more at the end of a word. */
static void same_words(struct analyser *a, const struct buf *text, struct analyser *b,
		       const struct buf *other)
{
	struct token t, u;
	analyser_start(a, text->s, text->n);
	analyser_start(b, other->s, other->n);
	while (analyser_next(a, &t)) {
		assert_true(analyser_next(b, &u));
		same_forms(&t, &u);
		assert_int_equal(u.start, t.start);
		assert_true(u.end == t.end || u.end == t.end + 3);
		assert_true(u.stop == t.stop && u.plain_stop == t.plain_stop &&
			    u.position == t.position && u.ordinal == t.ordinal &&
			    u.joined == t.joined);
	}
	assert_false(analyser_next(b, &u));
}

/* Usual words are read by a short way; with a joiner at their end, which has no form, by the long
 * one. Both must come to the same. */
static void test_usual(void **state)
{
	(void)state;
	struct analyser *analysers[2][2];
	uint32_t seed = 7;
	for (size_t i = 0; i < 4; i++)
		analysers[i / 2][i % 2] = open_analyser(i / 2 ? "fr" : "en");
	for (int round = 0; round < 20000; round++) {
		struct analyser *a = analysers[round / 2 % 2][0], *b = analysers[round / 2 % 2][1];
		struct buf usual = buf_new(400), other = buf_new(400);
		seed = seed * 1664525u + 1013904223u;
		const size_t letters = 1 + (seed >> 16) % (round % 10 ? 12 : 120);
		for (size_t k = 0; k < letters; k++) {
			seed = seed * 1664525u + 1013904223u;
			const uint32_t dice = seed >> 16;
			if (dice % 8 == 0)
				buf_codepoint(&usual, 0xC0 + (dice >> 3) % 64);
			else
				buf_putc(&usual, "aeslrnteuidAEST"[(dice >> 3) % 15]);
		}
		buf_add(&other, usual.s, usual.n);
		buf_puts(&usual, round % 2 ? "." : "");
		buf_puts(&other, round % 2 ? "\u200D." : "\u200D");
		same_words(a, &usual, b, &other);
		buf_free(&usual);
		buf_free(&other);
	}
	for (size_t i = 0; i < 4; i++)
		analyser_free(analysers[i / 2][i % 2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual),	  cmocka_unit_test(test_table),
		cmocka_unit_test(test_places),	  cmocka_unit_test(test_equal),
		cmocka_unit_test(test_long),	  cmocka_unit_test(test_written),
		cmocka_unit_test(test_short_way), cmocka_unit_test(test_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

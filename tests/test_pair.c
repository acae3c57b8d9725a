/* Which passage pairs with which. Outlines are written as one word a passage: its level, then "#id"
 * when the author wrote one, "@fr" when it stands in a <div lang>, and "=" with its text: "1 2#a
 * 2=a_text". */
#include "t.h"

#include "pair.h"

enum { MOST = 16 };

struct outline {
	struct passage list[MOST];
	char text[1000];
	struct passages p;
};

static void read_passage(struct passage *p, char *w)
{
	char *text = strchr(w, '='), *lang, *id;
	*p = (struct passage){.level = w[0] - '0', .heading = "", .anchor = "", .text = ""};
	if (text) {
		*text++ = '\0';
		p->text = text;
		p->text_n = strlen(text);
		for (; *text; text++)
			*text = *text == '_' ? ' ' : *text;
	}
	if ((lang = strchr(w, '@'))) {
		*lang++ = '\0';
		p->language = language_find(lang, 2);
	}
	if ((id = strchr(w, '#'))) {
		*id++ = '\0';
		p->anchor = id;
		p->anchor_explicit = true;
	}
}

static void read_outline(struct outline *o, const char *text)
{
	memset(o, 0, sizeof *o);
	memcpy(o->text, text, strlen(text) + 1);
	o->p.list = o->list;
	char *save = NULL;
	for (char *w = strtok_r(o->text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		read_passage(&o->list[o->p.n++], w);
}

/* Sections of a guide, in English and in French. */
#define I_ "=install_the_package_with_npm_install_vue@next"
#define G  "1=guide_for_an_application_in_production"
#define I  " 2" I_
#define C  " 2=configure_the_plugin_of_webpack_in_vue.config.js"
#define D  " 2=deploy_to_a_server_of_nginx_by_docker_compose"
#define GF "1=guide_pour_une_application_en_production"
#define IF " 2=installer_le_paquet_avec_npm_install_vue@next"
#define CF " 2=configurer_le_plugin_de_webpack_dans_vue.config.js"
#define DF " 2=deployer_sur_un_serveur_nginx_par_docker_compose"

static const struct {
	const char *a, *b, *pairs; /* b's number for each of a's; "-" for none */
} rows[] = {
	{"", "", ""},
	{"1", "", "-"},
	{"", "1", ""},
	{"1", "1", "0"},
	{"1", "2", "-"},
	{"0 1 2 2", "0 1 2 2", "0123"},
	{"1 2 2", "1 2", "0--"},
	{"1 2 3", "1 3 2", "0--"},
	{"1#a", "2#a", "0"},
	{"1#a 2", "1#b 2", "01"},
	{"1#x 2#a 2#b", "1#x 2#b 2#a", "021"},
	{"1#a 1#b 1#c", "1#c 1#a 1#b", "120"},
	/* a section more on one side: only the stretch around it is lost */
	{"1 2#a 2 2 2#b 2", "1 2#a 2 2#b 2", "01--34"},
	{"1 2#a 2 2#b 2 2", "1 2#a 2 2#b 2", "0123--"},
	{"1 2 2#a 2", "1 2#a 2", "0-12"},
	{"1 2#only 2#a", "1 2#a", "0-1"},
	/* an explicit id on one side only does not hinder pairing in order */
	{"1 2#a 2", "1 2 2", "012"},
	/* between two pairs that cross nothing is known */
	{"2#a 3 2#b 3", "2#b 3 2#a 3", "2-0-"},
	/* the same id twice (a page cut by a <div lang>): in order */
	{"1#a 1#a", "1#a 1#a", "01"},
	{"1#a 1#a", "1#a", "0-"},
	{"1#a", "1#a 1#a", "0"},
	{"1#a 1#a 1#a", "1#a 1#a 1#a", "012"},
	/* a section more on one side, told by words alike: in the middle, at the start, at the end,
	   on both */
	{G I C D, GF IF DF, "01-2"},
	{G I C D, GF IF CF, "012-"},
	{G C D, GF IF CF DF, "023"},
	{G D, GF IF CF DF, "03"},
	{I C D, GF IF CF DF, "123"},
	{G I C, GF CF DF, "0-1"},
	/* the same outline, but one section is another: not in order then */
	{G I C, GF CF " 2=lorem_ipsum_dolor_sit_amet_consectetur", "0-1"},
	/* another level on one side */
	{G " 3" I_ C, GF IF CF, "012"},
	/* moved, with ids: each finds its own; between pairs that cross nothing is known */
	{"1 2#a 2=npm_install 2#b 2=nginx_server", "1 2#b 2=npm_installer 2#a 2=nginx_serveur",
	 "03-14"},
	/* a French passage of an English page is no translation of a French one, nor the other way
	   round */
	{"1 2@fr 2", "1 2", "0-1"},
	{"1@fr", "1", "-"},
	{"1@fr", "1@en", "0"},
};

static void test_outlines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct outline a, b;
		int to[MOST + 1], from[MOST + 1];
		char got[MOST + 1] = "";
		read_outline(&a, rows[i].a);
		read_outline(&b, rows[i].b);
		pair_passages(&a.p, &languages[0], &b.p, &languages[1], to, from);
		for (size_t k = 0; k < a.p.n; k++) {
			got[k] = to[k] == PAIR_NONE ? '-' : (char)('0' + to[k]);
			if (to[k] != PAIR_NONE)
				assert_int_equal(from[to[k]], k);
		}
		for (size_t k = 0; k < b.p.n; k++) {
			if (from[k] != PAIR_NONE)
				assert_int_equal(to[from[k]], k);
		}
		if (strcmp(got, rows[i].pairs) != 0)
			fail_msg("%s | %s: %s", rows[i].a, rows[i].b, got);
	}
}

static void test_markdown(void **state)
{
	(void)state;
	static const char en[] = "# Page\n\nintro\n\n## One {#one}\n\nx\n\n## Two {#two}\n\ny\n\n"
				 "### Deep\n\nz\n";
	static const char fr[] = "# La page\n\nintro\n\n## Deux {#two}\n\ny\n\n### Profond\n\nz\n\n"
				 "## Un {#one}\n\nx\n";
	struct passages a, b;
	struct error e;
	int to[8], from[8];
	assert_int_equal(passages_read(en, strlen(en), 1, ANCHOR_GITHUB, &a, &e), 0);
	assert_int_equal(passages_read(fr, strlen(fr), 1, ANCHOR_GITHUB, &b, &e), 0);
	assert_int_equal(a.n, 4);
	assert_int_equal(b.n, 4);
	pair_passages(&a, &languages[0], &b, &languages[1], to, from);
	assert_int_equal(to[1], 3); /* one */
	assert_int_equal(to[2], 1); /* two */
	assert_int_equal(from[3], 1);
	passages_free(&a);
	passages_free(&b);
}

/* Whatever the outlines, no passage is in two pairs. */
static void test_any(void **state)
{
	(void)state;
	uint32_t seed = 7;
	for (size_t turn = 0; turn < 20000; turn++) {
		struct outline o[2] = {0};
		static char ids[4][2] = {"a", "b", "c", "d"};
		for (size_t side = 0; side < 2; side++) {
			seed = seed * 1664525 + 1013904223;
			o[side].p = (struct passages){o[side].list, (seed >> 24) % MOST};
			for (size_t i = 0; i < o[side].p.n; i++) {
				seed = seed * 1664525 + 1013904223;
				o[side].list[i].heading = o[side].list[i].text = "";
				o[side].list[i].level = (int)(seed >> 20 & 1);
				o[side].list[i].anchor = ids[seed >> 24 & 3];
				o[side].list[i].anchor_explicit = seed >> 28 & 1;
			}
		}
		int to[MOST], from[MOST];
		pair_passages(&o[0].p, &languages[0], &o[1].p, &languages[1], to, from);
		for (size_t i = 0; i < o[0].p.n; i++)
			assert_true(to[i] == PAIR_NONE || from[to[i]] == (int)i);
		for (size_t i = 0; i < o[1].p.n; i++)
			assert_true(from[i] == PAIR_NONE || to[from[i]] == (int)i);
	}
}

/* A page of a hundred thousand headings ends at once, and in order where the outlines are the same.
 */
static void test_huge(void **state)
{
	enum { HUGE = 100000 };
	struct passages p = {calloc(HUGE, sizeof *p.list), HUGE};
	int *to = malloc(HUGE * sizeof *to), *from = malloc(HUGE * sizeof *from);
	(void)state;
	assert_true(p.list && to && from);
	for (size_t i = 0; i < HUGE; i++)
		p.list[i] = (struct passage){.level = 2, .heading = "x", .anchor = "", .text = ""};
	pair_passages(&p, &languages[0], &p, &languages[1], to, from);
	for (int i = 0; i < HUGE; i++)
		assert_true(to[i] == i && from[i] == i);
	p.list[HUGE / 2].level = 3;
	struct passages less = {p.list, HUGE - 1};
	pair_passages(&p, &languages[0], &less, &languages[1], to, from);
	for (int i = 0; i < HUGE - 1; i++)
		assert_true(from[i] == PAIR_NONE || to[from[i]] == i);
	free(p.list);
	free(to);
	free(from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outlines),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_huge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which passage pairs with which. Outlines are written as one word a passage: its level, then "#id"
 * when the author wrote one: "1 2#a 2". */
#include "src/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { MOST = 16 };

struct outline {
	struct passage list[MOST];
	char text[200];
	struct passages p;
};

static void read_outline(struct outline *o, const char *text)
{
	memset(o, 0, sizeof *o);
	memcpy(o->text, text, strlen(text) + 1);
	o->p.list = o->list;
	char *save = NULL;
	for (char *w = strtok_r(o->text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		struct passage *p = &o->list[o->p.n++];
		p->level = w[0] - '0';
		p->anchor_explicit = w[1] == '#';
		p->anchor = p->anchor_explicit ? w + 2 : w + 1;
	}
}

static const struct {
	const char *a, *b, *pairs; /* b's number for each of a's; "-" for none */
} rows[] = {
	{"", "", ""},
	{"1", "", "-"},
	{"", "1", ""},
	{"1", "1", "0"},
	{"1", "2", "-"},
	{"0 1 2 2", "0 1 2 2", "0123"},
	{"1 2 2", "1 2", "---"},
	{"1 2 3", "1 3 2", "---"},
	{"1#a", "2#a", "0"},
	{"1#a 2", "1#b 2", "01"},
	{"1#x 2#a 2#b", "1#x 2#b 2#a", "021"},
	{"1#a 1#b 1#c", "1#c 1#a 1#b", "120"},
	/* a section more on one side: only the stretch around it is lost */
	{"1 2#a 2 2 2#b 2", "1 2#a 2 2#b 2", "01--34"},
	{"1 2#a 2 2#b 2 2", "1 2#a 2 2#b 2", "0123--"},
	{"1 2 2#a 2", "1 2#a 2", "--12"},
	{"1 2#only 2#a", "1 2#a", "--1"},
	/* an explicit id on one side only does not hinder pairing in order */
	{"1 2#a 2", "1 2 2", "012"},
	/* between two pairs that cross nothing is known */
	{"2#a 3 2#b 3", "2#b 3 2#a 3", "2-0-"},
	/* the same id twice (a page cut by a <div lang>): in order */
	{"1#a 1#a", "1#a 1#a", "01"},
	{"1#a 1#a", "1#a", "0-"},
	{"1#a", "1#a 1#a", "0"},
	{"1#a 1#a 1#a", "1#a 1#a 1#a", "012"},
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
	assert_int_equal(passages_read(en, strlen(en), 1, &a, &e), 0);
	assert_int_equal(passages_read(fr, strlen(fr), 1, &b, &e), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outlines),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_any),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

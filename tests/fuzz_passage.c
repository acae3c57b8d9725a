/* fuzz_passage.c - any body: its passages keep the promises of passage.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/passage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_utf8(const char *s)
{
	size_t n = strlen(s);
	require(utf8_check(s, n) == n);
}

static void check(const struct passages *p, size_t i)
{
	const struct passage *a = &p->list[i];
	require(a->level >= 0 && a->level <= 6 && a->line >= 1);
	require(a->parent >= PASSAGE_NO_PARENT && a->parent < (int)i);
	require(a->parent < 0 ||
		(p->list[a->parent].level < a->level && p->list[a->parent].level > 0));
	require(a->text_n == strlen(a->text));
	require(!strstr(a->text, "\n\n") && !strstr(a->text, "  ") && !strstr(a->text, " \n"));
	require(!a->text_n || (a->text[0] != '\n' && a->text[a->text_n - 1] == '\n'));
	require(!strchr(a->heading, '\n'));
	require(a->level || (!a->heading[0] && !a->anchor[0] && a->text_n));
	check_utf8(a->text);
	check_utf8(a->heading);
	check_utf8(a->anchor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *body = (const char *)data;
	if (utf8_check(body, size) != size)
		return 0;
	struct passages p;
	struct error e = {0};
	/* the style by the size, so that each input has always the same one */
	enum anchor_style style = (enum anchor_style)(size % ANCHOR_STYLES);
	if (passages_read(body, size, 1, style, &p, &e) != 0) {
		require(p.n == 0 && e.what != MSG_NONE);
		return 0;
	}
	for (size_t i = 0; i < p.n; i++)
		check(&p, i);
	passages_free(&p);
	return 0;
}

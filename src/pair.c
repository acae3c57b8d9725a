#include "pair.h"

#include <stdlib.h>
#include <string.h>

struct anchored {
	const char *anchor;
	int index;
};

static int by_anchor(const void *x, const void *y)
{
	const struct anchored *a = x, *b = y;
	int order = strcmp(a->anchor, b->anchor);
	return order ? order : a->index - b->index;
}

static int find_anchor(const void *key, const void *element)
{
	return strcmp(key, ((const struct anchored *)element)->anchor);
}

/* Only the author's own ids are trusted: two generated anchors that look alike may be chance. */
static void pair_by_id(const struct passages *a, const struct passages *b, int *a_to_b, int *b_to_a)
{
	struct anchored *table = malloc((b->n + 1) * sizeof *table);
	size_t n = 0;
	if (!table)
		return; /* pairing in order still works; an index with fewer pairs is not a wrong
			   one */
	for (size_t i = 0; i < b->n; i++) {
		if (b->list[i].anchor_explicit)
			table[n++] = (struct anchored){b->list[i].anchor, (int)i};
	}
	qsort(table, n, sizeof *table, by_anchor);
	for (size_t i = 0; i < a->n && n; i++) {
		if (!a->list[i].anchor_explicit)
			continue;
		struct anchored *hit =
			bsearch(a->list[i].anchor, table, n, sizeof *table, find_anchor);
		/* one id twice (a passage cut by a <div lang>): the first that is still free */
		while (hit && hit > table && strcmp(hit[-1].anchor, hit->anchor) == 0)
			hit--;
		while (hit && b_to_a[hit->index] != PAIR_NONE && hit + 1 < table + n &&
		       strcmp(hit[1].anchor, hit->anchor) == 0)
			hit++;
		if (hit && b_to_a[hit->index] == PAIR_NONE) {
			a_to_b[i] = hit->index;
			b_to_a[hit->index] = (int)i;
		}
	}
	free(table);
}

static bool same_outline(const struct passages *a, size_t from_a, const struct passages *b,
			 size_t from_b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a->list[from_a + i].level != b->list[from_b + i].level)
			return false;
	}
	return true;
}

/* Pairs in order the stretch of a from from_a to end_a with that of b, when they look alike. */
static void pair_stretch(const struct passages *a, size_t from_a, size_t end_a,
			 const struct passages *b, size_t from_b, size_t end_b, int *a_to_b,
			 int *b_to_a)
{
	if (end_a - from_a != end_b - from_b || !same_outline(a, from_a, b, from_b, end_a - from_a))
		return;
	for (size_t i = 0; i < end_a - from_a; i++) {
		if (a_to_b[from_a + i] != PAIR_NONE || b_to_a[from_b + i] != PAIR_NONE)
			continue;
		a_to_b[from_a + i] = (int)(from_b + i);
		b_to_a[from_b + i] = (int)(from_a + i);
	}
}

void pair_passages(const struct passages *a, const struct passages *b, int *a_to_b, int *b_to_a)
{
	for (size_t i = 0; i < a->n; i++)
		a_to_b[i] = PAIR_NONE;
	for (size_t i = 0; i < b->n; i++)
		b_to_a[i] = PAIR_NONE;
	pair_by_id(a, b, a_to_b, b_to_a);

	size_t from_a = 0, from_b = 0;
	for (size_t i = 0; i < a->n; i++) {
		/* a pair that would go back in b says nothing about what stands between */
		if (a_to_b[i] == PAIR_NONE || (size_t)a_to_b[i] < from_b)
			continue;
		pair_stretch(a, from_a, i, b, from_b, (size_t)a_to_b[i], a_to_b, b_to_a);
		from_a = i + 1;
		from_b = (size_t)a_to_b[i] + 1;
	}
	pair_stretch(a, from_a, a->n, b, from_b, b->n, a_to_b, b_to_a);
}

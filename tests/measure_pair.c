/* measure_pair FOLDER [-v] - how well are passages paired with their translations?
 *
 * Takes every page that is in FOLDER/en and FOLDER/fr, whose headings carry the same explicit ids,
 * as the truth; then hides the ids, and deletes sections at random from one side or the other, and
 * counts what pair_passages finds. The rule it replaced (in order, where the outlines are the same)
 * stands beside it. -v names the pairs that are wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "pair.h"
#include "walk.h"

struct page {
	struct passages all;  /* as read; owns all text */
	struct passages some; /* what pair_passages sees: borrowed texts */
	char **id;	      /* of a passage of some: the author's, or NULL */
};

struct count {
	size_t passages, paired; /* of both sides */
	size_t pairs, right;	 /* pairs of which both have an id; with the same id */
	size_t same, found;	 /* ids on both sides; paired with each other */
};

typedef int pairing(const struct passages *a, const struct language *of_a, const struct passages *b,
		    const struct language *of_b, int *a_to_b, int *b_to_a);

static void *allocate(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);
	if (!p)
		abort();
	return p;
}

static bool page_read(struct page *page, const char *root, const char *path)
{
	struct buf text = buf_new(WALK_MAX_FILE + 1);
	struct front front = {0};
	struct error e;
	if (walk_read(&text, root, path, &e) != 0) {
		buf_free(&text);
		return false;
	}
	if (front_read(text.s, text.n, &front, &e) != 0 ||
	    passages_read(text.s + front.body, text.n - front.body, front.body_line, ANCHOR_GITHUB,
			  &page->all, &e) != 0)
		abort();
	page->some.list = allocate(page->all.n, sizeof *page->some.list);
	page->id = allocate(page->all.n, sizeof *page->id);
	front_free(&front);
	buf_free(&text);
	return true;
}

static void page_free(struct page *page)
{
	passages_free(&page->all);
	free(page->some.list);
	free(page->id);
}

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Leaves out each passage with a heading with a probability of percent / 2, so that percent of the
 * sections are lost on one side or the other. */
static void page_edit(struct page *page, unsigned percent, bool hide, uint32_t *seed)
{
	int *now = allocate(page->all.n, sizeof *now); /* the new place, or that of the parent */
	page->some.n = 0;
	for (size_t i = 0; i < page->all.n; i++) {
		struct passage p = page->all.list[i];
		p.parent = p.parent == PASSAGE_NO_PARENT ? PASSAGE_NO_PARENT : now[p.parent];
		if (p.level && draw(seed) % 200 < percent) {
			now[i] = p.parent;
			continue;
		}
		now[i] = (int)page->some.n;
		page->id[page->some.n] = p.anchor_explicit ? p.anchor : NULL;
		if (hide) {
			p.anchor_explicit = false;
			p.anchor = "";
		}
		page->some.list[page->some.n++] = p;
	}
	free(now);
}

static const char *id_of(const struct page *p, int i)
{
	return p->id[i] ? p->id[i] : "";
}

static void count_pairs(const struct page *a, const struct page *b, const int *to, struct count *c,
			const char *name)
{
	c->passages += a->some.n + b->some.n;
	for (size_t i = 0; i < a->some.n; i++) {
		c->paired += to[i] == PAIR_NONE ? 0 : 2;
		if (to[i] != PAIR_NONE && a->id[i] && b->id[to[i]]) {
			bool right = strcmp(a->id[i], b->id[to[i]]) == 0;
			c->pairs++;
			c->right += right;
			if (name && !right)
				printf("%s: %s | %s\n", name, id_of(a, (int)i), id_of(b, to[i]));
		}
		for (size_t j = 0; a->id[i] && j < b->some.n; j++) {
			if (!b->id[j] || strcmp(a->id[i], b->id[j]) != 0)
				continue;
			bool found = to[i] == (int)j;
			c->same++;
			c->found += found;
			if (name && !found && to[i] == PAIR_NONE)
				printf("%s: %s lost\n", name, a->id[i]);
			break;
		}
	}
}

static int in_order(const struct passages *a, const struct language *of_a, const struct passages *b,
		    const struct language *of_b, int *a_to_b, int *b_to_a)
{
	(void)of_a, (void)of_b;
	bool same = a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++)
		same = a->list[i].level == b->list[i].level;
	for (size_t i = 0; i < a->n; i++)
		a_to_b[i] = same ? (int)i : PAIR_NONE;
	for (size_t i = 0; i < b->n; i++)
		b_to_a[i] = same ? (int)i : PAIR_NONE;
	return 0;
}

static void warn(void *data, const char *path, const struct error *e)
{
	(void)data;
	fprintf(stderr, "%s: %s\n", path, e->detail);
}

static const struct setting {
	const char *name;
	pairing *pair;
	bool hide;
	unsigned percent, turns;
} settings[] = {
	{"ids", pair_passages, false, 0, 1},
	{"ids hidden, in order", in_order, true, 0, 1},
	{"ids hidden", pair_passages, true, 0, 1},
	{"15 % deleted, ids", pair_passages, false, 15, 10},
	{"15 % deleted, ids hidden, in order", in_order, true, 15, 10},
	{"15 % deleted, ids hidden", pair_passages, true, 15, 10},
};

static void measure(const struct setting *s, const struct walk *walk, const char *const roots[2],
		    struct count *c, bool verbose)
{
	uint32_t seed = 1;
	for (size_t i = 0; i < walk->n; i++) {
		struct page a = {0}, b = {0};
		if (!page_read(&a, roots[0], walk->files[i].path))
			continue;
		if (!page_read(&b, roots[1], walk->files[i].path))
			abort();
		int *to = allocate(a.all.n, sizeof *to), *from = allocate(b.all.n, sizeof *from);
		for (unsigned turn = 0; turn < s->turns; turn++) {
			page_edit(&a, s->percent, s->hide, &seed);
			page_edit(&b, s->percent, s->hide, &seed);
			s->pair(&a.some, language_find("en", 2), &b.some, language_find("fr", 2),
				to, from);
			count_pairs(&a, &b, to, c, verbose ? walk->files[i].path : NULL);
		}
		free(to), free(from);
		page_free(&a), page_free(&b);
	}
}

static double percent(size_t part, size_t whole)
{
	return whole ? 100 * (double)part / (double)whole : 100;
}

int main(int argc, char **argv)
{
	struct walk walk;
	struct error e;
	char en[4096], fr[4096];
	if (argc < 2)
		return 2;
	snprintf(en, sizeof en, "%s/en", argv[1]);
	snprintf(fr, sizeof fr, "%s/fr", argv[1]);
	if (walk_corpus(&walk, fr, warn, NULL, &e) != 0)
		return 2;
	const char *const roots[2] = {en, fr};
	puts("| | passages | paired | pairs with ids | right | same ids | found "
	     "|\n|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		struct count c = {0};
		measure(&settings[i], &walk, roots, &c,
			argc > 2 && settings[i].hide && settings[i].pair != in_order);
		printf("| %s | %zu | %.2f %% | %zu | %.2f %% | %zu | %.2f %% |\n", settings[i].name,
		       c.passages, percent(c.paired, c.passages), c.pairs,
		       percent(c.right, c.pairs), c.same, percent(c.found, c.same));
	}
	walk_free(&walk);
	return 0;
}

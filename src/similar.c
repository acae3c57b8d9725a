#include "similar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct word {
	struct span stem; /* in the arena */
	unsigned count;
	double worth;
};

struct words {
	struct word *list; /* room for SIMILAR_TOKENS */
	size_t n;
};

/* Notes the content words of a text, each `weight` times. */
static void add_words(struct compiler *c, struct words *w, struct span text, unsigned weight,
		      struct analyser *analyser)
{
	struct token t;
	analyser_start(analyser, text.s, text.n);
	while (w->n < SIMILAR_TOKENS && analyser_next(analyser, &t)) {
		if (t.stop || t.word.n < 2)
			continue;
		char *copy = arena_copy(c->arena, t.stem[0].s, t.stem[0].n);
		if (!copy) {
			error_memory(&c->error);
			c->failed = true;
			return;
		}
		w->list[w->n++] = (struct word){{copy, t.stem[0].n}, weight, 0};
	}
}

static int by_stem(const void *x, const void *y)
{
	const struct word *a = x, *b = y;
	return strcmp(a->stem.s, b->stem.s);
}

static int by_worth(const void *x, const void *y)
{
	const struct word *a = x, *b = y;
	if (a->worth != b->worth)
		return a->worth > b->worth ? -1 : 1;
	return strcmp(a->stem.s, b->stem.s);
}

/* One entry a stem, with what it is worth; stems of this passage alone say nothing and are dropped.
 */
static void weigh(struct compiler *c, struct words *w, const struct language *l)
{
	const char prefix[2] = {l->stem_prefix, '\0'};
	double all = xap_document_count(c->xap);
	size_t kept = 0;
	qsort(w->list, w->n, sizeof *w->list, by_stem);
	for (size_t i = 0, end; i < w->n; i = end) {
		struct word word = w->list[i];
		for (end = i + 1; end < w->n && span_equal(w->list[end].stem, word.stem); end++)
			word.count += w->list[end].count;
		uint32_t df = compile_frequency(c, compile_term(c, prefix, word.stem));
		if (df < 2)
			continue;
		word.worth = (1 + log(word.count)) * log(all / df);
		w->list[kept++] = word;
	}
	w->n = kept;
	qsort(w->list, w->n, sizeof *w->list, by_worth);
}

node similar_query(struct compiler *c, const struct record *r)
{
	const struct language *l = language_find(r->field[RECORD_LANG].s, r->field[RECORD_LANG].n);
	struct words w = {calloc(SIMILAR_TOKENS, sizeof *w.list), 0};
	if (!w.list || !l) {
		if (w.list)
			error_set(&c->error, STATUS_CORRUPT, MSG_BAD_RECORD, NULL);
		else
			error_memory(&c->error);
		c->failed = true;
		free(w.list);
		return NULL;
	}
	struct analyser *analyser = c->analysers[language_index(l)];
	add_words(c, &w, r->field[RECORD_TITLE], WEIGHT_HEADING, analyser);
	add_words(c, &w, r->field[RECORD_BREADCRUMB], WEIGHT_BREADCRUMB, analyser);
	add_words(c, &w, r->field[RECORD_TEXT], WEIGHT_BODY, analyser);
	weigh(c, &w, l);
	const char prefix[2] = {l->stem_prefix, '\0'};
	node terms[SIMILAR_TERMS];
	size_t n = 0;
	for (; n < w.n && n < SIMILAR_TERMS; n++)
		terms[n] = compile_scaled(c, compile_term(c, prefix, w.list[n].stem),
					  1 + log(w.list[n].count));
	free(w.list);
	return c->failed ? NULL : compile_any_of(c, terms, n);
}

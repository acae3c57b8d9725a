#include "propose.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "document.h"
#include "lexique.h"

/* A heading and its translation, as terms; key: what all spellings of the heading share. */
struct pair {
	char *key, *term, *other;
	size_t count;
};

struct gathering {
	struct search *search;
	struct analysers analysers;
	struct pair *list;
	size_t n, cap;
	struct error *e;
	bool failed;
};

static void pair_free(struct pair *p)
{
	free(p->key);
	free(p->term);
	free(p->other);
}

static size_t content_words(struct analyser *analyser, struct span text)
{
	struct token t;
	size_t n = 0;
	analyser_start(analyser, text.s, text.n);
	while (analyser_next(analyser, &t))
		n += !t.stop;
	return n;
}

/* Has the word at s capitals behind its first letter? Then it is an acronym and keeps them. */
static bool is_acronym(const char *s, size_t n)
{
	uint32_t c;
	for (size_t i = utf8_decode(s, n, &c); i < n;) {
		i += utf8_decode(s + i, n - i, &c);
		if (utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_LU)
			return true;
		if (!text_is_alphanumeric(c))
			break;
	}
	return false;
}

char *propose_term(struct span heading)
{
	struct buf out = buf_new(64 * 1024);
	bool begins = true, keep = false;
	for (size_t i = 0; i < heading.n;) {
		uint32_t c;
		size_t length = utf8_decode(heading.s + i, heading.n - i, &c);
		if (begins)
			keep = is_acronym(heading.s + i, heading.n - i);
		begins = !text_is_alphanumeric(c);
		if (c == ';' || c == '\t')
			c = ' ';
		buf_codepoint(&out, keep ? c : (uint32_t)utf8proc_tolower((utf8proc_int32_t)c));
		i += length;
	}
	return buf_take(&out);
}

static bool is_term(struct gathering *g, struct span heading, size_t l)
{
	size_t words = content_words(g->analysers.of[l], heading);
	return words > 0 && words <= PROPOSE_WORDS && heading.n <= LEXIQUE_TERM_BYTES &&
	       heading.s[0] != '#';
}

static bool fail(struct gathering *g)
{
	g->failed = true;
	return false;
}

static bool add(struct gathering *g, const struct span terms[LANGUAGE_MAX])
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 256;
		struct pair *list = realloc(g->list, cap * sizeof *list);
		if (!list)
			return error_memory(g->e), fail(g);
		g->list = list;
		g->cap = cap;
	}
	struct buf key = buf_new(4096);
	lexique_key(&key, terms[0], g->analysers.of[0]);
	struct pair p = {buf_take(&key), propose_term(terms[0]), propose_term(terms[1]), 1};
	if (!p.key || !p.term || !p.other) {
		pair_free(&p);
		return error_memory(g->e), fail(g);
	}
	g->list[g->n++] = p;
	return true;
}

static bool folds_equal(struct span x, struct span y)
{
	struct buf a = buf_new(64 * 1024), b = buf_new(64 * 1024);
	text_fold(&a, x.s, x.n);
	text_fold(&b, y.s, y.n);
	bool equal = a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
	buf_free(&a);
	buf_free(&b);
	return equal;
}

static bool take(void *self, const struct record *r)
{
	struct gathering *g = self;
	const struct span terms[LANGUAGE_MAX] = {r->field[RECORD_TITLE],
						 r->field[RECORD_TWIN_TITLE]};
	struct span code = r->field[RECORD_TWIN_LANG];
	if (r->field[RECORD_TWIN_ID].n == 0 || language_find(code.s, code.n) != &languages[1] ||
	    !is_term(g, terms[0], 0) || !is_term(g, terms[1], 1) || folds_equal(terms[0], terms[1]))
		return true;
	int known = search_knows_pair(g->search, terms, g->e);
	return known < 0 ? fail(g) : known ? true : add(g, terms);
}

static int by_text(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	int order = strcmp(a->key, b->key);
	order = order ? order : strcmp(a->other, b->other);
	return order ? order : strcmp(a->term, b->term);
}

static int by_key_then_count(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	int order = strcmp(a->key, b->key);
	if (order)
		return order;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->other, b->other);
}

static int by_count(const void *x, const void *y)
{
	const struct proposal *a = x, *b = y;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->terms[0], b->terms[0]);
}

/* Counts pairs that are the same, and keeps one of each. */
static void merge(struct gathering *g)
{
	size_t kept = 0;
	if (g->n)
		qsort(g->list, g->n, sizeof *g->list, by_text);
	for (size_t i = 0; i < g->n; i++) {
		struct pair *last = kept ? &g->list[kept - 1] : NULL;
		if (last && strcmp(last->key, g->list[i].key) == 0 &&
		    strcmp(last->other, g->list[i].other) == 0) {
			last->count++;
			pair_free(&g->list[i]);
		} else {
			g->list[kept++] = g->list[i];
		}
	}
	g->n = kept;
	if (g->n)
		qsort(g->list, g->n, sizeof *g->list, by_key_then_count);
}

/* One proposal a key; *list has room for them. Terms are copied. */
static int fill(const struct gathering *g, struct proposal *list, size_t *n)
{
	for (size_t i = 0, end; i < g->n; i = end) {
		struct buf others = buf_new(LEXIQUE_TERMS * (LEXIQUE_TERM_BYTES + 3) * 4);
		struct proposal p = {.count = 0};
		for (end = i; end < g->n && strcmp(g->list[end].key, g->list[i].key) == 0; end++) {
			p.count += g->list[end].count;
			if (end - i >= LEXIQUE_TERMS)
				continue;
			buf_puts(&others, end > i ? "; " : "");
			buf_puts(&others, g->list[end].other);
		}
		p.terms[0] = text_copy(g->list[i].term, strlen(g->list[i].term));
		p.terms[1] = buf_take(&others);
		if (!p.terms[0] || !p.terms[1]) {
			free(p.terms[0]);
			free(p.terms[1]);
			return -1;
		}
		list[(*n)++] = p;
	}
	return 0;
}

struct proposal *propose_terms(struct search *s, size_t *n, struct error *e)
{
	struct gathering g = {.search = s, .e = e};
	struct proposal *list = NULL;
	*n = 0;
	if (analysers_open(&g.analysers, e) != 0)
		return NULL;
	if (search_each(s, &languages[0], take, &g, e) == 0 && !g.failed) {
		merge(&g);
		list = calloc(g.n + 1, sizeof *list);
		if (!list || fill(&g, list, n) != 0) {
			propose_free(list, *n);
			list = NULL;
			error_memory(e);
		} else {
			qsort(list, *n, sizeof *list, by_count);
		}
	}
	for (size_t i = 0; i < g.n; i++)
		pair_free(&g.list[i]);
	free(g.list);
	analysers_close(&g.analysers);
	return list;
}

void propose_free(struct proposal *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t l = 0; l < LANGUAGE_MAX; l++)
			free(list[i].terms[l]);
	}
	free(list);
}

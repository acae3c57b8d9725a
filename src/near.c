#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORDS_OF_LETTER = 50000, /* the most frequent that begin with a letter */
	LOOKED_AT = 24,		 /* the likest, of which the language is looked up */
};

/* Less than so much is not alike. */
static const double least_likeness = 0.5;
/* Words of one family are alike so much, and begin alike for so much of the shorter: `complaining`
 * and `complaint`, but not `transclusion` and `transition`, nor `authentification` and
 * `identification`. */
static const double kin_likeness = 0.7, kin_start = 2.0 / 3;

/* Pairs of letters, sorted; the first is the beginning and the first letter. */
struct pairs {
	uint16_t list[SPELLING_MAX];
	size_t n;
	uint64_t set; /* a bit for each, by its hash */
};

struct word {
	char *text;
	struct pairs pairs;
};

struct near {
	struct word *words;
	size_t n, cap;
};

/* ---- likeness -----------------------------------------------------------------------------------
 */

static int by_number(const void *x, const void *y)
{
	const uint16_t *a = x, *b = y;
	return (*a > *b) - (*a < *b);
}

static void read_pairs(struct pairs *p, struct span word)
{
	unsigned char before = '^';
	p->n = 0;
	p->set = 0;
	for (size_t i = 0; i < word.n && p->n < SPELLING_MAX; i++) {
		unsigned char c = (unsigned char)word.s[i];
		uint16_t pair = (uint16_t)(before << 8 | c);
		p->list[p->n++] = pair;
		p->set |= UINT64_C(1) << (pair * UINT64_C(0x9E3779B97F4A7C15) >> 58);
		before = c;
	}
	qsort(p->list, p->n, sizeof *p->list, by_number);
}

static double likeness(const struct pairs *a, const struct pairs *b)
{
	size_t i = 0, k = 0, same = 0;
	while (i < a->n && k < b->n) {
		if (a->list[i] == b->list[k])
			same++, i++, k++;
		else if (a->list[i] < b->list[k])
			i++;
		else
			k++;
	}
	return a->n + b->n ? 2.0 * (double)same / (double)(a->n + b->n) : 0;
}

static bool is_kin(struct span a, struct span b, double like)
{
	size_t shorter = a.n < b.n ? a.n : b.n, start = 0;
	while (start < shorter && a.s[start] == b.s[start])
		start++;
	return like >= kin_likeness && (double)start >= kin_start * (double)shorter;
}

/* No more pairs can be the same than the smaller word has, nor any that the sets do not share. */
static bool may_be_alike(const struct pairs *a, const struct pairs *b)
{
	size_t least = a->n < b->n ? a->n : b->n;
	return (a->set & b->set) != 0 &&
	       2.0 * (double)least >= least_likeness * (double)(a->n + b->n);
}

/* ---- the words of the index ---------------------------------------------------------------------
 */

static bool is_word(const char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			return false;
	}
	return n >= SPELLING_MIN && n <= SPELLING_MAX;
}

static int add(struct near *n, const char *text, struct error *e)
{
	if (n->n == n->cap) {
		size_t cap = n->cap ? 2 * n->cap : 1024;
		struct word *words = realloc(n->words, cap * sizeof *words);
		if (!words)
			return error_memory(e);
		n->words = words;
		n->cap = cap;
	}
	struct word *w = &n->words[n->n];
	w->text = text_copy(text, strlen(text));
	if (!w->text)
		return error_memory(e);
	read_pairs(&w->pairs, span_of(text));
	n->n++;
	return 0;
}

/* Words are the terms that begin with a small letter; other terms have a capital before them. */
static int read_words(struct near *n, struct xap *x, char letter, struct error *e)
{
	struct xap_list list;
	if (xap_terms(x, &letter, 1, WORDS_OF_LETTER, &list, e) != 0)
		return -1;
	int result = 0;
	for (size_t i = 0; i < list.n && result == 0; i++) {
		if (is_word(list.list[i].value))
			result = add(n, list.list[i].value, e);
	}
	xap_list_free(&list);
	return result;
}

struct near *near_new(struct xap *x, struct error *e)
{
	struct near *n = calloc(1, sizeof *n);
	if (!n) {
		error_memory(e);
		return NULL;
	}
	for (char letter = 'a'; letter <= 'z'; letter++) {
		if (read_words(n, x, letter, e) != 0) {
			near_free(n);
			return NULL;
		}
	}
	return n;
}

void near_free(struct near *n)
{
	for (size_t i = 0; n && i < n->n; i++)
		free(n->words[i].text);
	if (n)
		free(n->words);
	free(n);
}

/* ---- finding ------------------------------------------------------------------------------------
 */

struct candidate {
	const struct word *word;
	double likeness;
};

/* The words are in the order of their frequency within a letter, and so stay among equals. */
static size_t keep(struct candidate *best, size_t n, struct candidate c)
{
	size_t i = n < LOOKED_AT ? n : LOOKED_AT - 1;
	if (n == LOOKED_AT && best[i].likeness >= c.likeness)
		return n;
	for (; i > 0 && best[i - 1].likeness < c.likeness; i--)
		best[i] = best[i - 1];
	best[i] = c;
	return n < LOOKED_AT ? n + 1 : n;
}

static size_t likest(const struct near *n, struct span folded, struct candidate best[LOOKED_AT])
{
	struct pairs p;
	size_t kept = 0;
	read_pairs(&p, folded);
	for (size_t i = 0; i < n->n; i++) {
		const struct word *w = &n->words[i];
		if (!may_be_alike(&p, &w->pairs) || span_equal(span_of(w->text), folded))
			continue;
		double like = likeness(&p, &w->pairs);
		if (like >= least_likeness)
			kept = keep(best, kept, (struct candidate){w, like});
	}
	return kept;
}

/* Is the word one of this language's passages? *stem is what it has there. */
static int is_of(struct xap *x, struct analyser *analyser, const struct language *l,
		 struct span word, bool *yes, struct error *e)
{
	char term[XAP_TERM_MAX];
	struct token t;
	uint32_t count = 0;
	*yes = false;
	analyser_start(analyser, word.s, word.n);
	if (!analyser_next(analyser, &t) || t.stop || t.stem[0].n + 1 > sizeof term)
		return 0;
	term[0] = l->stem_prefix;
	memcpy(term + 1, t.stem[0].s, t.stem[0].n);
	if (xap_term_count(x, term, t.stem[0].n + 1, &count, e) != 0)
		return -1;
	*yes = count > 0;
	return 0;
}

/* Other forms of what is there already tell nothing new. */
static bool has_form(const struct near_list *found, size_t l, struct analyser *analyser,
		     struct span word)
{
	struct token t;
	char stem[ANALYSE_WORD_MAX + 16];
	analyser_start(analyser, word.s, word.n);
	if (!analyser_next(analyser, &t) || t.stem[0].n > sizeof stem)
		return false;
	size_t n = t.stem[0].n;
	memcpy(stem, t.stem[0].s, n);
	for (size_t i = 0; i < found->n[l]; i++) {
		const char *other = found->list[l][i].folded;
		analyser_start(analyser, other, strlen(other));
		if (analyser_next(analyser, &t) && t.stem[0].n == n &&
		    memcmp(t.stem[0].s, stem, n) == 0)
			return true;
	}
	return false;
}

static int take(struct near_list *found, size_t l, struct xap *x, struct span folded, double like,
		bool kin, struct error *e)
{
	struct near_word *w = &found->list[l][found->n[l]++];
	char *written = spelling_written(x, &languages[l], folded, e);
	if (!written)
		return -1;
	snprintf(w->folded, sizeof w->folded, "%.*s", (int)folded.n, folded.s);
	snprintf(w->written, sizeof w->written, "%s", written);
	w->likeness = like;
	w->kin = kin;
	free(written);
	return 0;
}

/* What the spelling dictionary has comes first, with the likeness that its edits leave. */
static int take_spelling(struct near_list *found, size_t l, struct xap *x, struct span folded,
			 struct error *e)
{
	struct suggestion s;
	struct buf word = buf_new(4 * SPELLING_MAX * 4);
	if (spelling_suggest(x, &languages[l], folded, &s, e) != 0)
		return -1;
	text_fold(&word, s.written, strlen(s.written));
	int result = 0;
	if (word.n && word.n <= SPELLING_MAX) {
		struct pairs asked, near;
		read_pairs(&asked, folded);
		read_pairs(&near, (struct span){word.s, word.n});
		struct span written = {word.s, word.n};
		result = take(found, l, x, written, 1 - (double)s.edits / (double)folded.n,
			      is_kin(folded, written, likeness(&asked, &near)), e);
	}
	buf_free(&word);
	return result;
}

int near_find(const struct near *n, struct xap *x, struct analyser *const *analysers,
	      struct span folded, struct near_list *found, struct error *e)
{
	struct candidate best[LOOKED_AT];
	*found = (struct near_list){.n = {0}};
	if (folded.n < SPELLING_MIN || folded.n > SPELLING_MAX)
		return 0;
	size_t kept = likest(n, folded, best);
	for (size_t l = 0; l < language_count; l++) {
		if (take_spelling(found, l, x, folded, e) != 0)
			return -1;
		for (size_t i = 0; i < kept && found->n[l] < NEAR_MOST; i++) {
			struct span word = span_of(best[i].word->text);
			bool yes;
			if (is_of(x, analysers[l], &languages[l], word, &yes, e) != 0)
				return -1;
			if (yes && !has_form(found, l, analysers[l], word) &&
			    take(found, l, x, word, best[i].likeness,
				 is_kin(folded, word, best[i].likeness), e) != 0)
				return -1;
		}
	}
	return 0;
}

#include "examples.h"

#include <stdio.h>
#include <string.h>

#include "analyse.h"

enum {
	HEADINGS = 200, /* looked through; the first of the index */
	KEPT = 12,
	WORDS = 8,	/* of a heading */
	WORD_SIZE = 40, /* longer words are no good examples */
	PREFIX_LETTERS = 5,
	LONG_WORD = 8,
};

/* A heading's words, folded as people type them. */
struct heading {
	char words[WORDS][WORD_SIZE];
	bool stop[WORDS];
	size_t n, content; /* words; of these no stop words */
	size_t other;	   /* the other language's heading is in others[other - 1]; 0 for none */
};

struct finder {
	struct search *search;
	const struct language *language;
	struct analyser *analyser;
	struct heading list[KEPT];
	char others[KEPT][WORD_SIZE]; /* the longest word of a translation's heading */
	size_t n, seen;
	struct examples *examples;
	struct error *e;
};

/* ---- headings -----------------------------------------------------------------------------------
 */

static bool is_alphabetic(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (word.s[i] < 'a' || word.s[i] > 'z')
			return false;
	}
	return word.n > 1;
}

/* False when a word would be no good in an example. */
static bool read_heading(struct analyser *analyser, struct span title, struct heading *h)
{
	struct token t;
	*h = (struct heading){0};
	analyser_start(analyser, title.s, title.n);
	while (analyser_next(analyser, &t)) {
		if (h->n == WORDS || t.word.n >= WORD_SIZE || (!t.stop && !is_alphabetic(t.word)))
			return false;
		memcpy(h->words[h->n], t.word.s, t.word.n);
		h->stop[h->n] = t.stop;
		h->content += !t.stop;
		h->n++;
	}
	return h->content >= 1 && !h->stop[h->n - 1];
}

static size_t longest(const struct heading *h)
{
	size_t best = 0;
	for (size_t i = 0; i < h->n; i++) {
		if (!h->stop[i] && (h->stop[best] || strlen(h->words[i]) > strlen(h->words[best])))
			best = i;
	}
	return best;
}

static bool is_like_another(const struct finder *f, const struct heading *h)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].words[longest(&f->list[i])], h->words[longest(h)]) == 0)
			return true;
	}
	return false;
}

static bool take(void *self, const struct record *r)
{
	struct finder *f = self;
	struct heading h, other;
	if (read_heading(f->analyser, r->field[RECORD_TITLE], &h) && !is_like_another(f, &h)) {
		/* its words are only shown, so this language's analyser will do */
		if (r->field[RECORD_TWIN_ID].n &&
		    read_heading(f->analyser, r->field[RECORD_TWIN_TITLE], &other)) {
			strcpy(f->others[f->n], other.words[longest(&other)]);
			h.other = f->n + 1;
		}
		f->list[f->n++] = h;
	}
	return ++f->seen < HEADINGS && f->n < KEPT;
}

/* ---- questions ----------------------------------------------------------------------------------
 */

static int count(struct finder *f, const char *typed, size_t *total, char *area, size_t area_size)
{
	const struct search_options options = {.typed = span_of(typed), .language = f->language};
	struct search_result r;
	if (search_run(f->search, &options, &r, f->e) != 0)
		return -1;
	*total = r.relaxed || r.corrected ? 0 : r.total + r.other_total;
	if (area)
		snprintf(area, area_size, "%s", r.facets[0].n ? r.facets[0].list[0].name : "");
	search_free(&r);
	return 0;
}

/* Keeps the question if it finds something and none of its kind is kept. */
static int offer(struct finder *f, enum example_kind kind, const char *typed)
{
	struct example *kept = &f->examples->of[kind];
	size_t total;
	if (kept->total || strlen(typed) >= sizeof kept->typed)
		return 0;
	if (count(f, typed, &total, NULL, 0) != 0)
		return -1;
	if (total) {
		strcpy(kept->typed, typed);
		kept->total = total;
	}
	return 0;
}

static void join(struct buf *out, const struct heading *h, bool stops)
{
	buf_clear(out);
	for (size_t i = 0; i < h->n; i++) {
		if (!stops && h->stop[i])
			continue;
		buf_printf(out, "%s%s", out->n ? " " : "", h->words[i]);
	}
}

static int offer_words(struct finder *f, const struct heading *h)
{
	struct buf typed = buf_new(1000);
	char phrase[sizeof f->examples->of[0].typed];
	join(&typed, h, false);
	int result = typed.failed      ? error_memory(f->e)
		     : h->content >= 2 ? offer(f, EXAMPLE_WORDS, typed.s)
				       : 0;
	/* with a stop word inside a phrase is more telling */
	if (result == 0 && h->content >= 2 && h->content < h->n && !h->stop[0]) {
		join(&typed, h, true);
		snprintf(phrase, sizeof phrase, "\"%s\"", typed.failed ? "" : typed.s);
		result = offer(f, EXAMPLE_PHRASE, phrase);
	}
	buf_free(&typed);
	return result;
}

static int offer_rest(struct finder *f, const struct heading *h, const struct heading *next)
{
	const char *word = h->words[longest(h)], *second = next->words[longest(next)];
	char typed[4 * WORD_SIZE + 100], area[100];
	const struct field_name *fields = f->language->fields;
	size_t total;
	snprintf(typed, sizeof typed, "%s %s %s", word, f->language->or_word, second);
	if (h != next && offer(f, EXAMPLE_EITHER, typed) != 0)
		return -1;
	snprintf(typed, sizeof typed, "%s -%s", word, second);
	if (h != next && offer(f, EXAMPLE_NOT, typed) != 0)
		return -1;
	snprintf(typed, sizeof typed, "%.*s*", PREFIX_LETTERS, word);
	if (strlen(word) >= LONG_WORD && offer(f, EXAMPLE_PREFIX, typed) != 0)
		return -1;
	for (; fields->name && f->examples->of[EXAMPLE_TITLE].total == 0; fields++) {
		snprintf(typed, sizeof typed, "%s:%s", fields->name, word);
		if (fields->field == FIELD_TITLE && offer(f, EXAMPLE_TITLE, typed) != 0)
			return -1;
	}
	if (h->other && strcmp(f->others[h->other - 1], word) != 0 &&
	    offer(f, EXAMPLE_OTHER, f->others[h->other - 1]) != 0)
		return -1;
	if (f->examples->of[EXAMPLE_AREA].total || count(f, word, &total, area, sizeof area) != 0 ||
	    !*area || strchr(area, '"'))
		return 0;
	for (fields = f->language->fields; fields->name; fields++) {
		snprintf(typed, sizeof typed, "%s %s:\"%s\"", word, fields->name, area);
		if (fields->field == FIELD_AREA)
			return offer(f, EXAMPLE_AREA, typed);
	}
	return 0;
}

/* When there was none better: a phrase without a stop word inside, a heading of one word. */
static int offer_plain(struct finder *f)
{
	char typed[sizeof f->examples->of[0].typed];
	for (size_t i = 0; i < f->n; i++) {
		struct buf words = buf_new(1000);
		join(&words, &f->list[i], true);
		snprintf(typed, sizeof typed, "\"%s\"", words.s ? words.s : "");
		buf_free(&words);
		if ((f->list[i].content >= 2 && offer(f, EXAMPLE_PHRASE, typed) != 0) ||
		    offer(f, EXAMPLE_WORDS, f->list[i].words[longest(&f->list[i])]) != 0)
			return -1;
	}
	return 0;
}

int examples_find(struct search *s, const struct language *language, struct examples *examples,
		  struct error *e)
{
	struct finder f = {.search = s, .language = language, .examples = examples, .e = e};
	*examples = (struct examples){0};
	f.analyser = analyser_new(language, e);
	if (!f.analyser)
		return -1;
	int result = search_each(s, language, take, &f, e);
	for (size_t i = 0; result == 0 && i < f.n; i++) {
		result = offer_words(&f, &f.list[i]);
		if (result == 0)
			result = offer_rest(&f, &f.list[i], &f.list[(i + 1) % f.n]);
	}
	if (result == 0)
		result = offer_plain(&f);
	analyser_free(f.analyser);
	return result;
}

#include "highlight.h"

#include <stdlib.h>
#include <string.h>

/* ---- needles ------------------------------------------------------------------------------------
 */

static bool keep(struct span *to, struct arena *arena, struct span from)
{
	to->s = arena_copy(arena, from.s, from.n);
	to->n = from.n;
	return to->s;
}

static size_t count_words(struct analyser *analyser, struct span text)
{
	struct token t;
	size_t n = 0;
	analyser_start(analyser, text.s, text.n);
	while (analyser_next(analyser, &t))
		n++;
	return n;
}

static bool read_words(struct needle *needle, struct arena *arena, struct span text, size_t n,
		       struct analyser *analyser)
{
	struct token t;
	needle->words = arena_alloc(arena, n * sizeof *needle->words);
	if (!needle->words)
		return false;
	analyser_start(analyser, text.s, text.n);
	for (needle->n = 0; needle->n < n && analyser_next(analyser, &t);) {
		struct needle_word *w = &needle->words[needle->n++];
		w->stop = t.stop;
		w->plain_stop = t.plain_stop;
		w->n_stems = t.n_stems;
		w->begins = t.end < text.n && text.s[t.end] == '*' &&
			    utf8_length(t.word.s, t.word.n) >= NEEDLE_PREFIX_LETTERS;
		w->stop = w->stop && !w->begins;
		if (!keep(&w->word, arena, t.word))
			return false;
		for (size_t i = 0; i < t.n_stems; i++) {
			if (!keep(&w->stem[i], arena, t.stem[i]))
				return false;
		}
	}
	return true;
}

/* Of a phrase only the content words count, if there are two to stand next to each other. */
static void drop_stops(struct needle *needle)
{
	size_t content = 0, kept = 0;
	for (size_t i = 0; i < needle->n; i++)
		content += !needle->words[i].stop;
	needle->by_position = content < 2;
	if (needle->by_position)
		return;
	for (size_t i = 0; i < needle->n; i++) {
		if (!needle->words[i].stop)
			needle->words[kept++] = needle->words[i];
	}
	needle->n = kept;
}

bool needle_read(struct needle *needle, struct arena *arena, const struct query *leaf,
		 struct analyser *analyser, bool exact)
{
	size_t n = count_words(analyser, leaf->text);
	struct needle read = {0};
	if (n == 0 || !read_words(&read, arena, leaf->text, n, analyser))
		return false;
	if (leaf->kind == QUERY_PREFIX) {
		/* of "l'usag*" or "vue.j*" the last word is the one begun */
		read.kind = NEEDLE_PREFIX;
		read.words += read.n - 1;
		read.n = 1;
	} else if (n > 1) {
		read.kind = NEEDLE_PHRASE;
		drop_stops(&read);
	} else {
		read.kind = leaf->kind == QUERY_PHRASE || exact ? NEEDLE_EXACT : NEEDLE_WORD;
		if (leaf->kind == QUERY_PHRASE && read.words[0].begins)
			read.kind = NEEDLE_PREFIX;
	}
	*needle = read;
	return true;
}

static int by_bytes(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The word without its plural (library, libraries; réseau, réseaux): enough to tell headings by,
 * where a whole stem would make composants and composables one. */
static void add_singular(struct buf *out, struct span word)
{
	enum { LETTERS = 4 };
	size_t n = word.n;
	if (n >= LETTERS && word.s[n - 1] == 's')
		n--;
	else if (n >= LETTERS && word.s[n - 1] == 'x' && word.s[n - 2] == 'u')
		n--;
	bool y = n >= LETTERS && word.s[n - 1] == 'y';
	buf_add(out, word.s, y ? n - 1 : n);
	if (y)
		buf_puts(out, "ie");
}

void heading_key(struct buf *out, struct span heading, struct analyser *analyser)
{
	struct arena arena = {0};
	const char *words[HEADING_KEY_WORDS];
	struct buf singular = buf_new(2 * ANALYSE_WORD_MAX);
	size_t n = 0;
	struct token t;
	bool fits = true;
	analyser_start(analyser, heading.s, heading.n);
	while (fits && analyser_next(analyser, &t)) {
		if (t.stop)
			continue;
		fits = n < HEADING_KEY_WORDS;
		buf_clear(&singular);
		add_singular(&singular, t.word);
		fits = fits && !singular.failed;
		if (fits)
			words[n++] = arena_copy(&arena, singular.s, singular.n);
		fits = fits && words[n - 1];
	}
	if (fits) {
		qsort(words, n, sizeof *words, by_bytes);
		for (size_t i = 0; i < n; i++) {
			if (i && strcmp(words[i], words[i - 1]) == 0)
				continue;
			if (i)
				buf_putc(out, ' ');
			buf_puts(out, words[i]);
		}
	}
	buf_free(&singular);
	arena_free(&arena);
}

void heading_name(struct buf *out, struct span heading, struct analyser *analyser)
{
	struct token t;
	size_t n = 0;
	analyser_start(analyser, heading.s, heading.n);
	while (n <= HEADING_KEY_WORDS && analyser_next(analyser, &t)) {
		if (n++)
			buf_putc(out, ' ');
		buf_add(out, t.word.s, t.word.n);
	}
}

/* ---- marking ------------------------------------------------------------------------------------
 */

static bool begins_with(struct span word, struct span beginning)
{
	return word.n >= beginning.n && memcmp(word.s, beginning.s, beginning.n) == 0;
}

bool needle_shares_stem(const struct needle_word *w, const struct token *t)
{
	for (size_t i = 0; i < w->n_stems; i++) {
		for (size_t k = 0; k < t->n_stems; k++) {
			if (span_equal(w->stem[i], t->stem[k]))
				return true;
		}
	}
	return false;
}

static bool word_matches(const struct needle *needle, const struct needle_word *w,
			 const struct token *t)
{
	if (needle->kind == NEEDLE_PREFIX || (needle->kind == NEEDLE_PHRASE && w->begins))
		return begins_with(t->word, w->word);
	if (needle->kind == NEEDLE_WORD || w->loose)
		return needle_shares_stem(w, t);
	return span_equal(w->word, t->word);
}

/* How far a phrase has got: starts[k] is where its first k words would begin if the last word read
 * was the k-th, or NOT_SO. All beginnings are followed at once, so that "red red blue" is found in
 * "red red red blue". */
struct progress {
	uint32_t last; /* position or ordinal of the last word */
	size_t *starts;
};

#define NOT_SO SIZE_MAX

/* Takes one more word; true when it completes the phrase, which then began at starts[n]. */
static bool phrase_takes(const struct needle *needle, struct progress *p, const struct token *t)
{
	if (!needle->by_position && t->stop)
		return false; /* as if it were not there */
	uint32_t at = needle->by_position ? t->position : t->ordinal;
	bool next = at == p->last + 1;
	p->last = at;
	for (size_t k = needle->n; k > 0; k--) {
		size_t start = k == 1 ? t->start : next ? p->starts[k - 1] : NOT_SO;
		p->starts[k] = word_matches(needle, &needle->words[k - 1], t) ? start : NOT_SO;
	}
	return p->starts[needle->n] != NOT_SO;
}

static int add_mark(struct marks *marks, size_t start, size_t end, size_t needle)
{
	/* a phrase may swallow words of it that were marked on their own */
	while (marks->n && marks->list[marks->n - 1].start >= start)
		marks->n--;
	if (marks->n && marks->list[marks->n - 1].end > start) {
		marks->list[marks->n - 1].end = end; /* two phrases share words: one mark */
		return 0;
	}
	if (marks->n == marks->cap) {
		size_t cap = marks->cap ? marks->cap * 2 : 32;
		struct mark *list = realloc(marks->list, cap * sizeof *list);
		if (!list)
			return -1;
		marks->list = list;
		marks->cap = cap;
	}
	marks->list[marks->n++] = (struct mark){start, end, needle};
	return 0;
}

static int mark_token(struct marks *marks, const struct needle *needles, size_t n,
		      struct progress *progress, const struct token *t)
{
	size_t start = 0, which = n;
	for (size_t i = 0; i < n; i++) {
		size_t begins = t->start;
		if (needles[i].kind == NEEDLE_PHRASE) {
			if (!phrase_takes(&needles[i], &progress[i], t))
				continue;
			begins = progress[i].starts[needles[i].n];
		} else if (!word_matches(&needles[i], &needles[i].words[0], t)) {
			continue;
		}
		if (which == n || begins < start) {
			start = begins;
			which = i;
		}
	}
	return which == n ? 0 : add_mark(marks, start, t->end, which);
}

/* One progress a needle, and behind them room for their starts. */
static struct progress *progress_new(const struct needle *needles, size_t n)
{
	size_t words = 0;
	for (size_t i = 0; i < n; i++)
		words += needles[i].n + 1;
	struct progress *p = malloc(n * sizeof *p + words * sizeof *p->starts);
	size_t *starts = p ? (size_t *)(p + n) : NULL;
	for (size_t i = 0; p && i < n; i++) {
		p[i] = (struct progress){0, starts};
		for (size_t k = 0; k <= needles[i].n; k++)
			*starts++ = NOT_SO;
	}
	return p;
}

/* With what a word begins that any needle may find by its stem. Do stop words matter to any? */
static bool want(bool stems[256], const struct needle *needles, size_t n)
{
	bool stops = false;
	memset(stems, 0, 256 * sizeof *stems);
	for (size_t i = 0; i < n; i++) {
		stops = stops || needles[i].kind == NEEDLE_PHRASE;
		for (size_t k = 0; k < needles[i].n; k++) {
			const struct needle_word *w = &needles[i].words[k];
			for (size_t s = 0; s < w->n_stems; s++)
				stems[(unsigned char)w->stem[s].s[0]] = true;
		}
	}
	return stops;
}

int highlight_text(struct marks *marks, const char *text, size_t n, const struct needle *needles,
		   size_t n_needles, struct analyser *analyser)
{
	*marks = (struct marks){0};
	if (n_needles == 0)
		return 0;
	struct progress *progress = progress_new(needles, n_needles);
	if (!progress)
		return -1;
	struct token t;
	bool stems[256];
	int result = 0;
	bool stops = want(stems, needles, n_needles);
	analyser_start_for(analyser, text, n, stems, stops);
	while (result == 0 && analyser_next(analyser, &t))
		result = mark_token(marks, needles, n_needles, progress, &t);
	free(progress);
	if (result != 0)
		marks_free(marks);
	return result;
}

void marks_free(struct marks *marks)
{
	free(marks->list);
	*marks = (struct marks){0};
}

/* ---- the snippet --------------------------------------------------------------------------------
 */

static bool is_break(char c)
{
	return c == ' ' || c == '\n';
}

/* How good the marks from `first` on are, as far as a snippet reaches: different needles count
 * most. */
static size_t worth(const struct marks *marks, size_t first, size_t *last)
{
	size_t different = 0, n = 0;
	for (size_t i = first; i < marks->n; i++) {
		if (i > first &&
		    marks->list[i].end > marks->list[first].start + SNIPPET_BYTES * 3 / 4)
			break;
		bool seen = false;
		/* a snippet holds a few dozen marks at most */
		for (size_t k = first; k < i && !seen; k++)
			seen = marks->list[k].needle == marks->list[i].needle;
		different += !seen;
		n++;
		*last = i;
	}
	return different * 1000 + n;
}

void highlight_snippet(const char *text, size_t n, const struct marks *marks, size_t *start,
		       size_t *end)
{
	size_t first = 0, last = 0, best = 0;
	for (size_t i = 0; i < marks->n; i++) {
		size_t reach = i, value = worth(marks, i, &reach);
		if (value > best) {
			best = value;
			first = i;
			last = reach;
		}
	}
	size_t from = marks->n ? marks->list[first].start : 0;
	size_t to = marks->n ? marks->list[last].end : 0;
	size_t spare = to - from < SNIPPET_BYTES ? SNIPPET_BYTES - (to - from) : 0;
	size_t begin = from > spare / 2 ? from - spare / 2 : 0;
	/* begin with the line when it begins within reach, else with a word */
	size_t line = from;
	while (line > begin && text[line - 1] != '\n')
		line--;
	if (line > begin || begin == 0) {
		begin = line;
	} else {
		while (begin < from && !is_break(text[begin - 1]))
			begin++;
	}
	size_t stop = begin + SNIPPET_BYTES;
	if (stop < to)
		stop = to;
	if (stop >= n) {
		stop = n;
	} else {
		while (stop > to && !is_break(text[stop]))
			stop--;
		if (stop ==
		    to) { /* one long word, or a mark that reaches this far: cut at a character */
			stop = begin + SNIPPET_BYTES > to ? begin + SNIPPET_BYTES : to;
			while (stop < n && ((unsigned char)text[stop] & 0xC0) == 0x80)
				stop++;
			stop = stop > n ? n : stop;
		}
	}
	while (stop > to && is_break(text[stop - 1]))
		stop--;
	while (begin < from && ((unsigned char)text[begin] & 0xC0) == 0x80)
		begin++;
	*start = begin;
	*end = stop;
}

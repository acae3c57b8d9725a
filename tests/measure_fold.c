/* measure_fold FOLDER - fold accents before stemming, after it, or both?
 *
 * Takes every accented word of the French passages below FOLDER/fr, types it without its accents,
 * and counts the passages that this no longer finds: of those that hold the very word, and of those
 * that typing it with its accents finds (the word's other forms). `make measure` runs it on vue. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse.h"
#include "front.h"
#include "golden.h"
#include "passage.h"
#include "walk.h"

enum scheme { BEFORE, AFTER, BOTH, SCHEMES };
static const char *const names[SCHEMES] = {"fold before", "fold after", "both"};

/* A word of the corpus as written in lower case, with the terms it would be indexed under. */
struct word {
	char *written, *before, *after;	  /* after: equal to before when they agree */
	char *plain_before, *plain_after; /* of the word typed without accents */
	unsigned *passages;
	size_t n, cap;
	bool accented;
};

struct words {
	struct word *list;
	size_t n, cap;
};

static char *copy(struct span s)
{
	char *c = text_copy(s.s, s.n);
	if (!c)
		abort();
	return c;
}

/* Stems of a text of one word; false when it is not one word. */
static bool stems(struct analyser *a, const char *text, char **before, char **after)
{
	struct token t;
	analyser_start(a, text, strlen(text));
	if (!analyser_next(a, &t))
		return false;
	*before = copy(t.stem[0]);
	*after = copy(t.stem[t.n_stems - 1]);
	return true;
}

static bool is_accented(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s >= 0x80)
			return true;
	}
	return false;
}

static struct word *find(struct words *w, struct span written)
{
	/* open addressing over the list would be faster; a guide has some ten thousand words */
	for (size_t i = 0; i < w->n; i++) {
		if (strlen(w->list[i].written) == written.n &&
		    memcmp(w->list[i].written, written.s, written.n) == 0)
			return &w->list[i];
	}
	return NULL;
}

static void note(struct words *w, const char *text, const struct token *t, unsigned passage,
		 struct analyser *typing)
{
	struct span written = {text + t->start, t->end - t->start};
	struct word *word = find(w, written);
	if (!word) {
		if (w->n == w->cap) {
			w->cap = w->cap ? 2 * w->cap : 1024;
			w->list = realloc(w->list, w->cap * sizeof *w->list);
			if (!w->list)
				abort();
		}
		word = &w->list[w->n];
		*word = (struct word){.written = copy(written),
				      .before = copy(t->stem[0]),
				      .after = copy(t->stem[t->n_stems - 1])};
		char *folded = copy(t->word);
		word->accented = is_accented(word->written) && !t->stop;
		if (!stems(typing, folded, &word->plain_before, &word->plain_after))
			abort();
		free(folded);
		w->n++;
	}
	if (word->n && word->passages[word->n - 1] == passage)
		return;
	if (word->n == word->cap) {
		word->cap = word->cap ? 2 * word->cap : 4;
		word->passages = realloc(word->passages, word->cap * sizeof *word->passages);
		if (!word->passages)
			abort();
	}
	word->passages[word->n++] = passage;
}

static unsigned read_file(struct words *w, const char *root, const char *path, unsigned passage,
			  struct analyser *reading, struct analyser *typing)
{
	struct buf text = buf_new(WALK_MAX_FILE + 1);
	struct front front = {0};
	struct passages p = {0};
	struct token t;
	struct error e;
	if (walk_read(&text, root, path, &e) != 0 || front_read(text.s, text.n, &front, &e) != 0 ||
	    passages_read(text.s + front.body, text.n - front.body, front.body_line, ANCHOR_GITHUB,
			  &p, &e) != 0)
		abort();
	for (size_t i = 0; i < p.n; i++, passage++) {
		analyser_start(reading, p.list[i].text, p.list[i].text_n);
		while (analyser_next(reading, &t))
			note(w, p.list[i].text, &t, passage, typing);
	}
	passages_free(&p);
	front_free(&front);
	buf_free(&text);
	return passage;
}

/* Does a query of these stems find a word indexed under those? */
static bool finds(enum scheme s, const char *query_before, const char *query_after,
		  const struct word *w)
{
	bool before = strcmp(query_before, w->before) == 0,
	     after = strcmp(query_after, w->after) == 0;
	if (s == BEFORE)
		return before;
	if (s == AFTER)
		return after;
	return before || after || strcmp(query_before, w->after) == 0 ||
	       strcmp(query_after, w->before) == 0;
}

struct loss {
	size_t of_word, lost_of_word, of_forms, lost_of_forms;
};

/* Marks in seen[] the passages of all words that the query finds. */
static void mark(const struct words *w, enum scheme s, const char *before, const char *after,
		 bool *seen)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!finds(s, before, after, &w->list[i]))
			continue;
		for (size_t k = 0; k < w->list[i].n; k++)
			seen[w->list[i].passages[k]] = true;
	}
}

static void measure_word(const struct words *w, size_t at, enum scheme s, unsigned passages,
			 bool *typed, bool *plain, struct loss *loss)
{
	const struct word *word = &w->list[at];
	memset(typed, 0, passages);
	memset(plain, 0, passages);
	/* what typing it properly finds, by the widest of the schemes: the same yardstick for all
	 */
	mark(w, BOTH, word->before, word->after, typed);
	mark(w, s, word->plain_before, word->plain_after, plain);
	for (size_t k = 0; k < word->n; k++) {
		loss->of_word++;
		loss->lost_of_word += !plain[word->passages[k]];
	}
	for (unsigned p = 0; p < passages; p++) {
		loss->of_forms += typed[p];
		loss->lost_of_forms += typed[p] && !plain[p];
	}
}

/* Of the golden table's single words: how many does a scheme answer as the table says? */
static bool golden_holds(const struct golden *g, enum scheme s)
{
	struct error e;
	struct token t;
	struct analyser *a = analyser_new(language_find(g->lang, 2), &e);
	struct word w = {0};
	char *before = NULL, *after = NULL;
	bool found = false;
	if (!a || !stems(a, g->typed, &before, &after))
		abort();
	analyser_start(a, g->text, strlen(g->text));
	while (!found && analyser_next(a, &t)) {
		w.before = copy(t.stem[0]);
		w.after = copy(t.stem[t.n_stems - 1]);
		found = finds(s, before, after, &w);
		free(w.before), free(w.after);
	}
	free(before), free(after);
	analyser_free(a);
	return found == g->found;
}

static bool is_single_word(const char *typed)
{
	return !strpbrk(typed, " \"*-._");
}

static void measure_golden(void)
{
	size_t words = 0, good[SCHEMES] = {0};
	for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
		if (!is_single_word(golden[i].typed))
			continue;
		words++;
		for (int s = 0; s < SCHEMES; s++)
			good[s] += golden_holds(&golden[i], (enum scheme)s);
	}
	for (int s = 0; s < SCHEMES; s++)
		printf("%-12s answers %zu of the %zu single words of the golden table\n", names[s],
		       good[s], words);
}

static void warn(void *data, const char *path, const struct error *e)
{
	(void)data;
	fprintf(stderr, "%s: %s\n", path, e->detail);
}

int main(int argc, char **argv)
{
	struct words words = {0};
	struct walk walk;
	struct error e;
	unsigned passages = 0;
	char root[4096];
	const struct language *french = language_find("fr", 2);
	if (argc != 2)
		return 2;
	snprintf(root, sizeof root, "%s/fr", argv[1]);
	struct analyser *reading = analyser_new(french, &e), *typing = analyser_new(french, &e);
	if (!reading || !typing || walk_corpus(&walk, root, warn, NULL, &e) != 0)
		return 2;
	for (size_t i = 0; i < walk.n; i++)
		passages = read_file(&words, root, walk.files[i].path, passages, reading, typing);
	walk_free(&walk);
	bool *typed = malloc(passages + 1), *plain = malloc(passages + 1);
	if (!typed || !plain)
		return 2;
	struct loss loss[SCHEMES] = {{0}};
	size_t accented = 0;
	for (size_t i = 0; i < words.n; i++) {
		accented += words.list[i].accented;
		for (int s = 0; s < SCHEMES && words.list[i].accented; s++)
			measure_word(&words, i, (enum scheme)s, passages, typed, plain, &loss[s]);
	}
	printf("%u passages, %zu words, %zu of them accented, each typed without its accents:\n",
	       passages, words.n, accented);
	for (int s = 0; s < SCHEMES; s++)
		printf("%-12s lost %6zu of %6zu passages with the word (%5.2f%%), %6zu of %6zu "
		       "with any of its "
		       "forms (%5.2f%%)\n",
		       names[s], loss[s].lost_of_word, loss[s].of_word,
		       100.0 * (double)loss[s].lost_of_word / (double)loss[s].of_word,
		       loss[s].lost_of_forms, loss[s].of_forms,
		       100.0 * (double)loss[s].lost_of_forms / (double)loss[s].of_forms);
	measure_golden();
	for (size_t i = 0; i < words.n; i++) {
		struct word *w = &words.list[i];
		free(w->written), free(w->before), free(w->after);
		free(w->plain_before), free(w->plain_after), free(w->passages);
	}
	free(words.list), free(typed), free(plain);
	analyser_free(reading), analyser_free(typing);
	return 0;
}

#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queue.h"

enum { PLACES = 1 << 12 };

/* A word in memory: its bytes as written, and behind them those that it has folded, unless they are
 * the same. */
struct word {
	int64_t change;
	uint32_t at;			       /* of its bytes, in `bytes` */
	uint8_t language, folded_n, written_n; /* written_n: 0 in a free place */
	bool same;
};

struct tally {
	struct buf bytes;
	struct word *words; /* a hash table, open addressing */
	size_t places, n;   /* places: a power of two */
	char *path;
	size_t files;
	bool failed;
	struct error why;
};

struct tally *tally_new(const char *path, struct error *e)
{
	struct tally *t = calloc(1, sizeof *t);
	struct word *words = calloc(PLACES, sizeof *words);
	char *copy = path ? text_copy(path, strlen(path)) : NULL;
	if (!t || !words || (path && !copy)) {
		free(t);
		free(words);
		free(copy);
		error_memory(e);
		return NULL;
	}
	t->words = words;
	t->places = PLACES;
	t->path = copy;
	t->bytes = buf_new(UINT32_MAX);
	return t;
}

/* The name of a file, which the caller frees; NULL when memory is out. */
static char *file_name(const struct tally *t, size_t number)
{
	char *name = NULL;
	return asprintf(&name, "%s.%zu", t->path, number) < 0 ? NULL : name;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->files; i++) {
		char *name = file_name(t, i);
		if (name)
			unlink(name);
		free(name);
	}
	buf_free(&t->bytes);
	free(t->words);
	free(t->path);
	free(t);
}

/* ---- counting -----------------------------------------------------------------------------------
 */

static struct tally_word read_word(const struct tally *t, const struct word *w)
{
	const char *written = t->bytes.s + w->at;
	return (struct tally_word){
		.language = w->language,
		.folded = {w->same ? written : written + w->written_n, w->folded_n},
		.written = {written, w->written_n},
		.change = w->change};
}

static size_t hash(size_t language, struct span written)
{
	uint64_t h = text_hash(TEXT_HASH_START + language, written.s, written.n);
	return (size_t)(h ^ h >> 32);
}

/* Where a word is, or the free place where it would be. */
static struct word *place_of(const struct tally *t, size_t language, struct span written)
{
	for (size_t i = hash(language, written);; i++) {
		struct word *w = &t->words[i & (t->places - 1)];
		if (!w->written_n || (w->language == language && w->written_n == written.n &&
				      memcmp(t->bytes.s + w->at, written.s, written.n) == 0))
			return w;
	}
}

/* Twice the places; false when memory is out. */
static bool grow(struct tally *t)
{
	struct tally larger = {.bytes = t->bytes, .places = 2 * t->places};
	larger.words = calloc(larger.places, sizeof *larger.words);
	if (!larger.words)
		return false;
	for (size_t i = 0; i < t->places; i++) {
		const struct word *w = &t->words[i];
		if (w->written_n)
			*place_of(&larger, w->language, read_word(t, w).written) = *w;
	}
	free(t->words);
	t->words = larger.words;
	t->places = larger.places;
	return true;
}

static int compare(const struct tally_word *a, const struct tally_word *b)
{
	if (a->language != b->language)
		return a->language < b->language ? -1 : 1;
	int order = span_order(a->folded, b->folded);
	return order ? order : span_order(a->written, b->written);
}

static int by_word(const void *x, const void *y, void *tally)
{
	const struct tally_word a = read_word(tally, x), b = read_word(tally, y);
	return compare(&a, &b);
}

/* Puts the words in order, at the front of the table, which is none any more. */
static void sort(struct tally *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->places; i++) {
		if (t->words[i].written_n)
			t->words[n++] = t->words[i];
	}
	qsort_r(t->words, n, sizeof *t->words, by_word, t);
	memset(t->words + n, 0, (t->places - n) * sizeof *t->words);
}

/* Of a word in a file: its language, lengths, change; its bytes follow. */
struct head {
	int64_t change;
	uint8_t language, folded_n, written_n;
};

static bool put_words(const struct tally *t, FILE *f)
{
	bool good = true;
	for (size_t i = 0; good && i < t->n; i++) {
		const struct tally_word w = read_word(t, &t->words[i]);
		const struct head head = {w.change, (uint8_t)w.language, (uint8_t)w.folded.n,
					  (uint8_t)w.written.n};
		good = fwrite(&head, sizeof head, 1, f) == 1 &&
		       fwrite(w.folded.s, 1, w.folded.n, f) == w.folded.n &&
		       fwrite(w.written.s, 1, w.written.n, f) == w.written.n;
	}
	return good;
}

/* What is in memory goes to a file. */
static int spill(struct tally *t, struct error *e)
{
	char *name = file_name(t, t->files);
	if (!name)
		return error_memory(e);
	sort(t);
	FILE *f = fopen(name, "wxe");
	t->files += f != NULL;
	int result = f && put_words(t, f) ? 0 : error_system(e, name);
	if (f && fclose(f) != 0 && result == 0)
		result = error_system(e, name);
	free(name);
	buf_clear(&t->bytes);
	memset(t->words, 0, t->places * sizeof *t->words);
	t->n = 0;
	return result;
}

static int add(struct tally *t, const struct tally_word *word)
{
	if (t->path && t->n == TALLY_WORDS && spill(t, &t->why) != 0)
		return -1;
	if (t->n * 4 > t->places * 3 && !grow(t))
		return error_memory(&t->why);
	const struct word new = {.change = word->change,
				 .at = (uint32_t)t->bytes.n,
				 .language = (uint8_t)word->language,
				 .folded_n = (uint8_t)word->folded.n,
				 .written_n = (uint8_t)word->written.n,
				 .same = span_equal(word->folded, word->written)};
	buf_add(&t->bytes, word->written.s, word->written.n);
	if (!new.same)
		buf_add(&t->bytes, word->folded.s, word->folded.n);
	if (t->bytes.failed)
		return error_memory(&t->why);
	*place_of(t, word->language, word->written) = new;
	t->n++;
	return 0;
}

void tally_count(struct tally *t, const struct tally_word *word)
{
	if (t->failed || !word->written.n || word->folded.n > TALLY_BYTES ||
	    word->written.n > TALLY_BYTES)
		return;
	struct word *place = place_of(t, word->language, word->written);
	if (place->written_n)
		place->change += word->change;
	else
		t->failed = add(t, word) != 0;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

/* Words in order: of a file, or without one of memory. */
struct source {
	struct tally_word word; /* the one at hand */
	const struct tally *memory;
	size_t next; /* of its words */
	FILE *file;
	char bytes[2 * TALLY_BYTES];
};

struct tally_reader {
	struct source *list;
	size_t n;
	struct queue queue;
	char bytes[2 * TALLY_BYTES]; /* of the word given */
};

/* The next word of a source: 1, or 0 behind the last, or -1. */
static int advance(struct source *s, struct error *e)
{
	struct head h;
	if (!s->file) {
		if (s->next == s->memory->n)
			return 0;
		s->word = read_word(s->memory, &s->memory->words[s->next++]);
		return 1;
	}
	if (fread(&h, sizeof h, 1, s->file) != 1)
		return ferror(s->file) ? error_system(e, "(words)") : 0;
	size_t n = (size_t)h.folded_n + h.written_n;
	if (fread(s->bytes, 1, n, s->file) != n)
		return error_system(e, "(words)");
	s->word = (struct tally_word){.language = h.language,
				      .folded = {s->bytes, h.folded_n},
				      .written = {s->bytes + h.folded_n, h.written_n},
				      .change = h.change};
	return 1;
}

static int by_word_at_hand(const void *x, const void *y)
{
	const struct source *a = x, *b = y;
	return compare(&a->word, &b->word);
}

/* The next word of a source, and the source among those that have one. */
static int move_on(struct tally_reader *r, struct source *s, struct error *e)
{
	int more = advance(s, e);
	if (more > 0)
		queue_put(&r->queue, s);
	return more < 0 ? -1 : 0;
}

static int open_source(struct tally_reader *r, const struct tally *t, size_t number,
		       struct error *e)
{
	struct source *s = &r->list[r->n++];
	if (number < t->files) {
		char *name = file_name(t, number);
		s->file = name ? fopen(name, "re") : NULL;
		int result = !name ? error_memory(e) : s->file ? 0 : error_system(e, name);
		free(name);
		if (result != 0)
			return -1;
	} else {
		s->memory = t;
	}
	return move_on(r, s, e);
}

static int open_all(struct tally_reader *r, struct tally *const *tallies, size_t n, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		if (tallies[i]->failed) {
			*e = tallies[i]->why;
			return -1;
		}
		sort(tallies[i]);
		for (size_t k = 0; k <= tallies[i]->files; k++) {
			if (open_source(r, tallies[i], k, e) != 0)
				return -1;
		}
	}
	return 0;
}

struct tally_reader *tally_open(struct tally *const *tallies, size_t n, struct error *e)
{
	size_t sources = 1;
	for (size_t i = 0; i < n; i++)
		sources += tallies[i]->files + 1;
	struct tally_reader *r = calloc(1, sizeof *r);
	if (r) {
		r->list = calloc(sources, sizeof *r->list);
		r->queue = (struct queue){.list = calloc(sources, sizeof *r->queue.list),
					  .order = by_word_at_hand};
	}
	if (r && r->list && r->queue.list) {
		if (open_all(r, tallies, n, e) == 0)
			return r;
	} else {
		error_memory(e);
	}
	tally_close(r);
	return NULL;
}

void tally_close(struct tally_reader *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		if (r->list[i].file)
			fclose(r->list[i].file);
	}
	free(r->list);
	free(r->queue.list);
	free(r);
}

/* Takes the first word and moves its source on. */
static int take_first(struct tally_reader *r, struct tally_word *word, struct error *e)
{
	struct source *s = queue_take(&r->queue);
	*word = s->word;
	memcpy(r->bytes, s->word.folded.s, s->word.folded.n);
	memcpy(r->bytes + TALLY_BYTES, s->word.written.s, s->word.written.n);
	word->folded.s = r->bytes;
	word->written.s = r->bytes + TALLY_BYTES;
	return move_on(r, s, e);
}

/* Has another source the same word? */
static bool is_next(const struct tally_reader *r, const struct tally_word *word)
{
	return r->queue.n && compare(word, &((const struct source *)r->queue.list[0])->word) == 0;
}

int tally_next(struct tally_reader *r, struct tally_word *word, struct error *e)
{
	do {
		if (!r->queue.n)
			return 0;
		if (take_first(r, word, e) != 0)
			return -1;
		while (is_next(r, word)) {
			int64_t so_far = word->change;
			if (take_first(r, word, e) != 0)
				return -1;
			word->change += so_far;
		}
	} while (!word->change);
	return 1;
}

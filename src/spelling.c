#include "spelling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

/* Letters, with apostrophes between them. */
static bool is_word(struct span word)
{
	size_t letters = 0;
	for (size_t i = 0; i < word.n;) {
		uint32_t c;
		i += utf8_decode(word.s + i, word.n - i, &c);
		if (c == '\'')
			continue;
		if (!text_is_alphanumeric(c) || (c >= '0' && c <= '9'))
			return false;
		letters++;
	}
	return letters >= SPELLING_MIN && word.n <= SPELLING_MAX;
}

void spelling_count(struct tally *words, const struct language *l, const struct token *t, int by)
{
	const struct tally_word word = {language_index(l), t->word, t->written, by};
	if (is_word(t->word) && t->written.n < sizeof((struct suggestion *)0)->written)
		tally_count(words, &word);
}

/* A folded word in the dictionary. Its language stands on both sides of it, so that a word of
 * another language is two edits further off than it would be: Xapian gives but its nearest word,
 * and that of a neighbour would hide our own. */
static void put_entry(struct buf *out, const struct language *l, struct span folded)
{
	buf_clear(out);
	buf_putc(out, l->stem_prefix);
	buf_add(out, folded.s, folded.n);
	buf_putc(out, l->stem_prefix);
}

/* The name of the note that says how a folded word is written. */
static void put_name(struct buf *out, const struct language *l, struct span folded)
{
	buf_clear(out);
	buf_puts(out, NOTE_WRITTEN);
	buf_putc(out, l->stem_prefix);
	buf_add(out, folded.s, folded.n);
}

/* A way to write the word at hand. */
struct form {
	struct span written;
	int64_t before, change;
};

/* The dictionary being written. */
struct pen {
	struct xap *old;
	struct xap_writer *w;
	const struct language *language; /* of the word at hand */
	struct span folded;
	struct form *forms;
	size_t n, cap;
	struct arena arena; /* of the word at hand */
	struct buf name, text;
	struct error *e;
};

static int64_t after(const struct form *f)
{
	return f->before + f->change > 0 ? f->before + f->change : 0;
}

/* The most usual first. */
static int by_use(const void *x, const void *y)
{
	const struct form *a = x, *b = y;
	if (after(a) != after(b))
		return after(a) > after(b) ? -1 : 1;
	int order = memcmp(a->written.s, b->written.s,
			   a->written.n < b->written.n ? a->written.n : b->written.n);
	return order ? order : (a->written.n > b->written.n) - (a->written.n < b->written.n);
}

static struct form *form_of(struct pen *p, struct span written)
{
	for (size_t i = 0; i < p->n; i++) {
		if (span_equal(p->forms[i].written, written))
			return &p->forms[i];
	}
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 16;
		struct form *forms = realloc(p->forms, cap * sizeof *forms);
		if (!forms)
			return NULL;
		p->forms = forms;
		p->cap = cap;
	}
	p->forms[p->n] = (struct form){.written = written};
	return &p->forms[p->n++];
}

/* The forms of a note, "written<TAB>count" a line. */
static int take_forms(struct pen *p, const char *note)
{
	while (*note) {
		size_t n = strcspn(note, "\t\n"), line = strcspn(note, "\n");
		struct form *f = form_of(p, (struct span){note, n});
		if (!f)
			return error_memory(p->e);
		f->before = n < line ? strtoll(note + n + 1, NULL, 16) : 0;
		note += line + (note[line] == '\n');
	}
	return 0;
}

/* How the word at hand stood in the old index; its note is the caller's to free. */
static int take_old(struct pen *p, char **note)
{
	uint32_t count;
	put_name(&p->name, p->language, p->folded);
	if (p->name.failed)
		return error_memory(p->e);
	*note = xap_note(p->old, p->name.s, p->e);
	if (!*note)
		return -1;
	if (**note)
		return take_forms(p, *note);
	put_entry(&p->name, p->language, p->folded);
	if (p->name.failed)
		return error_memory(p->e);
	if (xap_word_count(p->old, p->name.s, p->name.n, &count, p->e) != 0)
		return -1;
	struct form *f = form_of(p, p->folded);
	if (!f)
		return error_memory(p->e);
	f->before = count;
	return 0;
}

/* The note of the word at hand: "" when it is never written with an accent. */
static void put_forms(struct pen *p)
{
	bool accents = false;
	buf_clear(&p->text);
	for (size_t i = 0; i < p->n && after(&p->forms[i]); i++) {
		const struct form *f = &p->forms[i];
		accents = accents || !span_equal(f->written, p->folded);
		buf_add(&p->text, f->written.s, f->written.n);
		buf_printf(&p->text, "\t%llx\n", (unsigned long long)after(f));
	}
	if (!accents)
		buf_clear(&p->text);
}

/* The word at hand is as it was counted, on top of what there was. */
static int put_changes(struct pen *p)
{
	int64_t change = 0;
	qsort(p->forms, p->n, sizeof *p->forms, by_use);
	for (size_t i = 0; i < p->n; i++)
		change += after(&p->forms[i]) - p->forms[i].before;
	put_entry(&p->name, p->language, p->folded);
	put_forms(p);
	if (p->name.failed || p->text.failed)
		return error_memory(p->e);
	if (change && xap_put_word(p->w, p->name.s, p->name.n, change, p->e) != 0)
		return -1;
	if (!p->text.n && !p->old)
		return 0;
	put_name(&p->name, p->language, p->folded);
	if (p->name.failed)
		return error_memory(p->e);
	return xap_put_note(p->w, p->name.s, p->text.n ? p->text.s : "", p->text.n, p->e);
}

static bool is_at_hand(const struct pen *p, const struct tally_word *word)
{
	return p->language == &languages[word->language] && span_equal(p->folded, word->folded);
}

/* Begins a folded word. */
static int begin(struct pen *p, const struct tally_word *word)
{
	arena_free(&p->arena);
	p->n = 0;
	p->language = &languages[word->language];
	p->folded = (struct span){arena_copy(&p->arena, word->folded.s, word->folded.n),
				  word->folded.n};
	return p->folded.s ? 0 : error_memory(p->e);
}

/* A way to write the word at hand. */
static int take_form(struct pen *p, const struct tally_word *word)
{
	const char *written = arena_copy(&p->arena, word->written.s, word->written.n);
	struct form *f = written ? form_of(p, (struct span){written, word->written.n}) : NULL;
	if (!f)
		return error_memory(p->e);
	f->change += word->change;
	return 0;
}

/* Writes the word at hand. */
static int finish(struct pen *p)
{
	char *note = NULL;
	int result = p->old ? take_old(p, &note) : 0;
	if (result == 0)
		result = put_changes(p);
	free(note);
	return result;
}

static int put_all(struct pen *p, struct tally_reader *words)
{
	struct tally_word word;
	int more;
	size_t n = 0;
	while ((more = tally_next(words, &word, p->e)) > 0) {
		if (!n || !is_at_hand(p, &word)) {
			if (n && finish(p) != 0)
				return -1;
			if (n++ == SPELLING_WORDS)
				return 0;
			if (begin(p, &word) != 0)
				return -1;
		}
		if (take_form(p, &word) != 0)
			return -1;
	}
	return more < 0 || (n && finish(p) != 0) ? -1 : 0;
}

int spelling_put(struct tally *const *tallies, size_t n, struct xap *old, struct xap_writer *w,
		 struct error *e)
{
	struct pen p = {
		.old = old, .w = w, .name = buf_new(4096), .text = buf_new(1 << 20), .e = e};
	struct tally_reader *words = tally_open(tallies, n, e);
	int result = words ? put_all(&p, words) : -1;
	tally_close(words);
	arena_free(&p.arena);
	buf_free(&p.name);
	buf_free(&p.text);
	free(p.forms);
	return result;
}

/* ---- while asking -------------------------------------------------------------------------------
 */

enum { POINTS = 64 };

static size_t points_of(struct span word, uint32_t points[POINTS])
{
	size_t n = 0;
	for (size_t i = 0; i < word.n && n < POINTS; n++)
		i += utf8_decode(word.s + i, word.n - i, &points[n]);
	return n;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau's distance in the restricted form (no letter edited twice); three rows of the table. */
static unsigned edits_between(struct span x, struct span y)
{
	uint32_t a[POINTS], b[POINTS];
	unsigned rows[3][POINTS + 1];
	size_t n = points_of(x, a), m = points_of(y, b);
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = least(row[j], 1 + least(last[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

static unsigned edits_allowed(struct span word)
{
	size_t letters = utf8_length(word.s, word.n);
	return letters < 6 ? 1 : 2;
}

char *spelling_written(struct xap *x, const struct language *l, struct span folded, struct error *e)
{
	struct buf name = buf_new(4096);
	put_name(&name, l, folded);
	char *note = NULL;
	if (name.failed)
		error_memory(e);
	else if (name.n > XAP_TERM_MAX)
		note = text_copy("", 0);
	else
		note = xap_note(x, name.s, e);
	buf_free(&name);
	if (note && *note)
		note[strcspn(note, "\t\n")] = '\0';
	if (!note || *note)
		return note;
	free(note);
	note = text_copy(folded.s, folded.n);
	if (!note)
		error_memory(e);
	return note;
}

static int fill(struct xap *x, const struct language *l, struct span folded, struct suggestion *out,
		struct error *e)
{
	char *written = spelling_written(x, l, folded, e);
	if (!written)
		return -1;
	snprintf(out->written, sizeof out->written, "%s", written);
	free(written);
	return 0;
}

int spelling_suggest(struct xap *x, const struct language *l, struct span folded,
		     struct suggestion *out, struct error *e)
{
	*out = (struct suggestion){0};
	if (!is_word(folded))
		return 0;
	struct buf name = buf_new(4096);
	put_entry(&name, l, folded);
	if (name.failed) {
		buf_free(&name);
		return error_memory(e);
	}
	char *near = xap_suggest(x, name.s, name.n, e);
	buf_free(&name);
	if (!near)
		return -1;
	int result = 0;
	struct span found = span_of(near);
	/* the dictionary does not know that these letters are marks, and may change them */
	if (found.n > 2 && found.n <= SPELLING_MAX + 2 && *near == l->stem_prefix &&
	    near[found.n - 1] == l->stem_prefix) {
		found.s++, found.n -= 2;
		unsigned edits = edits_between(folded, found);
		if (edits > 0 && edits <= edits_allowed(folded)) {
			out->edits = edits;
			result = fill(x, l, found, out, e);
		}
	}
	free(near);
	return result;
}

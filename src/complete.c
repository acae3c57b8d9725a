#include "complete.h"

#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "spelling.h"

struct completer {
	struct compiler *c;
	struct span typed; /* folded: what is there already completes nothing */
	struct span *list;
	size_t n;
};

static void fail(struct compiler *c)
{
	if (!c->failed)
		error_memory(&c->error);
	c->failed = true;
}

/* Two that fold alike are one. */
static void add(struct completer *x, struct span before, struct span rest)
{
	struct buf whole = buf_new(64 * 1024);
	buf_add(&whole, before.s, before.n);
	buf_add(&whole, rest.s, rest.n);
	struct span copy = {arena_copy(x->c->arena, whole.s ? whole.s : "", whole.n), whole.n};
	if (whole.failed || !copy.s)
		fail(x->c);
	buf_free(&whole);
	if (x->c->failed || x->n == COMPLETE_MOST)
		return;
	struct span folded = compile_fold(x->c, copy);
	if (span_equal(folded, x->typed))
		return;
	for (size_t i = 0; i < x->n; i++) {
		if (span_equal(compile_fold(x->c, x->list[i]), folded))
			return;
	}
	x->list[x->n++] = copy;
}

/* The title of the first passage that has a term, by date and path: whatever the order of the
 * index.
 */
static int first_title(struct compiler *c, struct span term, struct buf *title)
{
	const struct xap_query of_term = {.op = XAP_TERM, .term = term.s, .term_n = term.n};
	const struct xap_request request = {.query = &of_term,
					    .limit = 1,
					    .collapse_slot = XAP_NO_SLOT,
					    .order_slot = SLOT_ORDER,
					    .order_first = true};
	struct xap_result found;
	struct record r;
	if (xap_search(c->xap, &request, &found, &c->error) != 0)
		return -1;
	if (found.n_hits && record_read(&r, found.hits[0].data, found.hits[0].data_n))
		buf_add(title, r.field[RECORD_TITLE].s, r.field[RECORD_TITLE].n);
	xap_result_free(&found);
	return 0;
}

static void add_headings(struct completer *x, struct span typed, const struct language *l)
{
	const char prefix[3] = {TERM_NAMED, l->stem_prefix, '\0'};
	struct buf start = buf_new(4096);
	struct xap_list named;
	buf_puts(&start, prefix);
	heading_name(&start, typed, x->c->analysers[language_index(l)]);
	if (start.failed ||
	    xap_terms(x->c->xap, start.s, start.n, COMPLETE_MOST, &named, &x->c->error) != 0) {
		buf_free(&start);
		fail(x->c);
		return;
	}
	for (size_t i = 0; i < named.n && start.n > 2; i++) {
		struct buf title = buf_new(64 * 1024);
		if (first_title(x->c, span_of(named.list[i].value), &title) != 0)
			x->c->failed = true;
		if (title.n)
			add(x, (struct span){"", 0}, (struct span){title.s, title.n});
		buf_free(&title);
	}
	xap_list_free(&named);
	buf_free(&start);
}

/* Is the word one of this language's passages? */
static bool is_of(struct compiler *c, struct span word, const struct language *l)
{
	const char prefix[2] = {l->stem_prefix, '\0'};
	struct analyser *analyser = c->analysers[language_index(l)];
	struct token t;
	analyser_start(analyser, word.s, word.n);
	if (!analyser_next(analyser, &t))
		return false;
	return compile_frequency(c, compile_term(c, prefix, t.stem[0])) > 0;
}

static void add_words(struct completer *x, struct span before, struct span word,
		      const struct language *l)
{
	enum { LOOKED_AT = 50 };
	struct xap_list words;
	struct error e;
	if (xap_terms(x->c->xap, word.s, word.n, LOOKED_AT, &words, &x->c->error) != 0) {
		x->c->failed = true;
		return;
	}
	for (size_t i = 0; i < words.n; i++) {
		struct span folded = span_of(words.list[i].value);
		if (!is_of(x->c, folded, l))
			continue;
		char *written = spelling_written(x->c->xap, l, folded, &e);
		if (written)
			add(x, before, span_of(written));
		free(written);
	}
	xap_list_free(&words);
}

/* Where the last word begins, as the language reads it: behind an elision. n when the last word is
 * over. */
static size_t last_word(struct compiler *c, struct span typed, const struct language *l,
			struct span *folded)
{
	struct analyser *analyser = c->analysers[language_index(l)];
	struct token t;
	size_t start = typed.n;
	analyser_start(analyser, typed.s, typed.n);
	while (analyser_next(analyser, &t)) {
		start = t.end == typed.n ? t.start : typed.n;
		if (start < typed.n) {
			folded->s = arena_copy(c->arena, t.word.s, t.word.n);
			folded->n = t.word.n;
			if (!folded->s)
				fail(c);
		}
	}
	return c->failed ? typed.n : start;
}

size_t complete(struct compiler *c, struct span typed, const struct language *reader,
		struct span list[COMPLETE_MOST])
{
	struct completer x = {c, compile_fold(c, span_trim(typed)), list, 0};
	if (utf8_length(typed.s, typed.n) < COMPLETE_LETTERS)
		return 0;
	for (size_t i = 0; i < language_count && !c->failed; i++) {
		const struct language *l =
			&languages[(language_index(reader) + i) % language_count];
		struct span word = {"", 0};
		add_headings(&x, typed, l);
		size_t start = last_word(c, typed, l, &word);
		if (!c->failed && start < typed.n && word.n >= COMPLETE_LETTERS)
			add_words(&x, (struct span){typed.s, start}, word, l);
	}
	return c->failed ? 0 : x.n;
}

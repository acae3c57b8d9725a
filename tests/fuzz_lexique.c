/* fuzz_lexique.c - any text as a lexique: terms lie in their line and are within the ceilings, a
 * line reads the same again, and lines are numbered in order. */
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "lexique.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

struct seen {
	struct span text;
	long last; /* line told of last */
	struct analysers analysers;
};

static void check_key(struct analyser *analyser, struct span term)
{
	struct buf key = buf_new(1024);
	lexique_key(&key, term, analyser);
	require(!key.failed && (!key.s || strlen(key.s) == key.n));
	require(key.n <= LEXIQUE_TERM_WORDS * (ANALYSE_WORD_MAX + 16));
	buf_free(&key);
}

static int take(void *self, const struct concept *c, struct span line, long number)
{
	struct seen *seen = self;
	struct concept again;
	struct error e;
	size_t terms = 0;
	require(number > seen->last);
	seen->last = number;
	require(line.s >= seen->text.s && line.s + line.n <= seen->text.s + seen->text.n);
	require(!memchr(line.s, '\n', line.n));
	require(lexique_line(line, &again, &e) == 1);
	for (size_t l = 0; l < language_count; l++) {
		require(c->n[l] <= LEXIQUE_TERMS && c->n[l] == again.n[l]);
		terms += c->n[l];
		for (size_t i = 0; i < c->n[l]; i++) {
			struct span term = c->terms[l][i];
			require(span_equal(term, again.terms[l][i]));
			require(term.n > 0 && term.n <= LEXIQUE_TERM_BYTES);
			require(term.s >= line.s && term.s + term.n <= line.s + line.n);
			require(span_equal(term, span_trim(term)));
			require(!memchr(term.s, ';', term.n) && !memchr(term.s, '\t', term.n));
			check_key(seen->analysers.of[l], term);
		}
	}
	require(terms >= 2);
	return 0;
}

static void wrong(void *self, const struct error *e)
{
	struct seen *seen = self;
	require(e->line > seen->last && e->what != MSG_NONE);
	require(e->status == STATUS_INPUT || e->status == STATUS_LIMIT);
	seen->last = e->line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = {.text = {(const char *)data, size}};
	const struct lexique_reader reader = {take, wrong, &seen};
	struct error e;
	if (utf8_check(seen.text.s, size) != size) /* a file that is not UTF-8 is not read */
		return 0;
	require(analysers_open(&seen.analysers, &e) == 0);
	require(lexique_read(seen.text.s, size, &reader) == 0);
	analysers_close(&seen.analysers);
	return 0;
}

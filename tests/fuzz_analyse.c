/* fuzz_analyse.c - any bytes, in each language: the words keep the promises of analyse.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/analyse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_word(struct span s, size_t max)
{
	require(s.n > 0 && s.n <= max && utf8_check(s.s, s.n) == s.n);
}

static void check(const struct token *t, const struct token *before, size_t size)
{
	require(t->start < t->end && t->end <= size && t->start >= before->end);
	require(t->position > before->position && t->ordinal >= before->ordinal && t->ordinal > 0);
	require(t->n_stems == 1 || t->n_stems == 2);
	check_word(t->word, ANALYSE_WORD_MAX);
	check_word(t->written, ANALYSE_WRITTEN_MAX);
	for (size_t i = 0; i < t->n_stems; i++)
		require(t->stem[i].n > 0 && utf8_check(t->stem[i].s, t->stem[i].n) == t->stem[i].n);
	require(!t->joined || t->start > before->end || before->end == t->start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size ? (const char *)data : "";
	for (size_t l = 0; l < language_count; l++) {
		struct error e;
		struct token t, before = {0};
		struct analyser *a = analyser_new(&languages[l], &e);
		require(a != NULL);
		analyser_start(a, text, size);
		while (analyser_next(a, &t)) {
			check(&t, &before, size);
			before = t;
		}
		analyser_free(a);
	}
	return 0;
}

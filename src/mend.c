#include "mend.h"

#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "lexique.h"
#include "propose.h"
#include "query.h"

#define PLACE "…" /* to be filled in */

enum { WORDS = 8 }; /* of a question that are looked at */

/* A content word of the question, as typed. */
struct asked_word {
	struct span text;
	char folded[ANALYSE_WORD_MAX];
	size_t folded_n;
	size_t uses[LANGUAGE_MAX];
};

struct mending {
	const struct mender *mender;
	const struct search_options *options;
	enum outcome outcome;
	struct mend *mend;
	struct asked_word words[WORDS];
	size_t n_words;
	bool plain; /* words only: no operator, phrase, prefix or field */
	struct error *e;
};

enum outcome mend_outcome(const struct search_result *r)
{
	if (r->total + r->other_total == 0)
		return OUTCOME_NOTHING;
	if (r->relaxed || r->corrected)
		return OUTCOME_SOME;
	return r->total ? OUTCOME_FOUND : OUTCOME_OTHER;
}

/* ---- the words ----------------------------------------------------------------------------------
 */

static bool is_plain(const struct query *q)
{
	if (q->kind == QUERY_WORD)
		return q->field == FIELD_NONE && !memchr(q->text.s, ':', q->text.n) &&
		       !memchr(q->text.s, ';', q->text.n);
	bool plain = q->kind == QUERY_AND;
	for (size_t i = 0; i < q->n && plain; i++)
		plain = q->children[i]->kind == QUERY_WORD && is_plain(q->children[i]);
	return plain;
}

static void add_words(struct mending *x, const struct query *leaf)
{
	size_t l = language_index(x->options->language);
	struct token t;
	analyser_start(x->mender->analysers[l], leaf->text.s, leaf->text.n);
	while (x->n_words < WORDS && analyser_next(x->mender->analysers[l], &t)) {
		struct asked_word *w = &x->words[x->n_words];
		if (t.stop)
			continue;
		w->text = (struct span){leaf->text.s + t.start, t.end - t.start};
		memcpy(w->folded, t.word.s, t.word.n);
		w->folded_n = t.word.n;
		x->n_words++;
	}
}

static void gather_words(struct mending *x, const struct query *q)
{
	if (q->kind == QUERY_NOT || compile_is_filter(q))
		return;
	if (q->kind == QUERY_WORD || q->kind == QUERY_PHRASE)
		add_words(x, q);
	for (size_t i = 0; i < q->n; i++)
		gather_words(x, q->children[i]);
}

/* In how many passages each stands. */
static int count_uses(struct mending *x)
{
	for (size_t i = 0; i < x->n_words; i++) {
		for (size_t l = 0; l < language_count; l++) {
			if (search_uses(x->mender->search, x->words[i].text, &languages[l],
					&x->words[i].uses[l], x->e) != 0)
				return -1;
		}
	}
	return 0;
}

/* Is it what the question lacks? A word that is only in the other language is so when all that was
 * found is. */
static bool is_lacking(const struct mending *x, const struct asked_word *w)
{
	size_t uses = 0, reader = language_index(x->options->language);
	for (size_t l = 0; l < language_count; l++) {
		if (x->outcome != OUTCOME_OTHER || l == reader)
			uses += w->uses[l];
	}
	return uses == 0;
}

/* The word that is lacking, when it is one. */
static const struct asked_word *only_lacking(const struct mending *x)
{
	const struct asked_word *lacking = NULL;
	for (size_t i = 0; i < x->n_words; i++) {
		if (!is_lacking(x, &x->words[i]))
			continue;
		if (lacking)
			return NULL;
		lacking = &x->words[i];
	}
	return lacking;
}

/* ---- near words ---------------------------------------------------------------------------------
 */

static void insert(struct near_list *all, size_t l, const struct near_word *w)
{
	size_t n = all->n[l], i;
	for (i = 0; i < n; i++) {
		if (strcmp(all->list[l][i].folded, w->folded) == 0)
			return;
	}
	i = n < NEAR_MOST ? n : NEAR_MOST - 1;
	if (n == NEAR_MOST && all->list[l][i].likeness >= w->likeness)
		return;
	for (; i > 0 && all->list[l][i - 1].likeness < w->likeness; i--)
		all->list[l][i] = all->list[l][i - 1];
	all->list[l][i] = *w;
	all->n[l] = n < NEAR_MOST ? n + 1 : n;
}

static int find_near(struct mending *x)
{
	struct near_list found;
	for (size_t i = 0; i < x->n_words; i++) {
		const struct asked_word *w = &x->words[i];
		if (!is_lacking(x, w))
			continue;
		if (search_near(x->mender->search, (struct span){w->folded, w->folded_n}, &found,
				x->e) != 0)
			return -1;
		for (size_t l = 0; l < language_count; l++) {
			for (size_t k = 0; k < found.n[l]; k++)
				insert(&x->mend->near, l, &found.list[l][k]);
		}
	}
	return 0;
}

/* ---- a line -------------------------------------------------------------------------------------
 */

/* A line being put together: terms by language. */
struct columns {
	struct buf of[LANGUAGE_MAX];
};

static void add_term(struct columns *c, size_t l, const char *s, size_t n)
{
	if (c->of[l].n)
		buf_puts(&c->of[l], "; ");
	buf_add(&c->of[l], s, n);
}

/* What stands for one term in the lexique: the word that is lacking, or all from the first word to
 * the last. */
static struct span term_of(const struct mending *x)
{
	const struct asked_word *lacking = only_lacking(x), *last = &x->words[x->n_words - 1];
	if (lacking && x->outcome != OUTCOME_OTHER)
		return lacking->text;
	const char *start = x->words[0].text.s;
	return (struct span){start, (size_t)(last->text.s + last->text.n - start)};
}

/* Would the question find if these words of language `near` stood beside the term in the lexique,
 * in the column of language `own`? Terms of another column are sought only where there is nothing
 * in the language typed (see compile.c). */
static int would_find(struct mending *x, struct span term, const char *words, size_t own,
		      size_t near, bool *yes)
{
	struct search_options other = *x->options;
	struct search_result r;
	struct buf typed = buf_new(4096);
	const char *end = other.typed.s + other.typed.n;
	buf_add(&typed, other.typed.s, (size_t)(term.s - other.typed.s));
	buf_puts(&typed, words);
	buf_add(&typed, term.s + term.n, (size_t)(end - term.s - term.n));
	other.typed = (struct span){typed.s, typed.n};
	other.language = &languages[own];
	other.limit = 0;
	*yes = false;
	int result =
		typed.failed ? error_memory(x->e) : search_run(x->mender->search, &other, &r, x->e);
	buf_free(&typed);
	if (result != 0)
		return x->e->status == STATUS_LIMIT ? 0 : -1; /* it got too long */
	*yes = !r.relaxed && !r.corrected &&
	       (near == own ? r.total + r.other_total : r.other_total) > 0;
	search_free(&r);
	return 0;
}

/* Adds the likest word of a language, of the family of one asked for, with which the question would
 * find. Others are only shown: letters alone do not make a meaning. */
static int add_near(struct mending *x, struct columns *c, struct span term, size_t own, size_t near,
		    bool *ready)
{
	for (size_t i = 0; i < x->mend->near.n[near]; i++) {
		const struct near_word *w = &x->mend->near.list[near][i];
		bool yes;
		if (!w->kin)
			continue;
		if (would_find(x, term, w->written, own, near, &yes) != 0)
			return -1;
		if (yes) {
			add_term(c, near, w->written, strlen(w->written));
			*ready = true;
			break;
		}
	}
	return 0;
}

static size_t content_words(const struct mending *x, struct span text, size_t l)
{
	struct token t;
	size_t n = 0;
	analyser_start(x->mender->analysers[l], text.s, text.n);
	while (analyser_next(x->mender->analysers[l], &t))
		n += !t.stop;
	return n;
}

/* The heading that was found in language l, if it is short enough for a term, and another one. */
static int add_heading(struct mending *x, struct columns *c, struct span term, size_t l,
		       struct span heading, bool *ready)
{
	size_t words = content_words(x, heading, l);
	if (words == 0 || words > PROPOSE_WORDS || text_folds_equal(heading, term))
		return 0;
	char *written = propose_term(heading);
	if (!written)
		return error_memory(x->e);
	struct span terms[LANGUAGE_MAX] = {{"", 0}};
	terms[l] = span_of(written);
	terms[language_index(x->options->language)] = term;
	int known = search_knows_pair(x->mender->search, terms, x->e);
	if (known == 0) {
		add_term(c, l, written, strlen(written));
		*ready = true;
	}
	free(written);
	return known < 0 ? -1 : 0;
}

/* Only in the other language: the term typed is of that language, when its words stand there, and
 * lacks its counterpart; else it goes with the heading that was found. */
static int fill_other(struct mending *x, struct columns *c, struct span term,
		      const struct search_result *found, bool *ready)
{
	size_t reader = language_index(x->options->language), other = language_index(found->other);
	bool foreign = true;
	for (size_t i = 0; i < x->n_words; i++)
		foreign = foreign && x->words[i].uses[other];
	add_term(c, foreign ? other : reader, term.s, term.n);
	if (foreign)
		return add_near(x, c, term, other, reader, ready);
	return found->n_hits ? add_heading(x, c, term, other,
					   found->hits[0].record.field[RECORD_TITLE], ready)
			     : 0;
}

static int fill_columns(struct mending *x, struct columns *c, struct span term,
			const struct search_result *found, bool *ready)
{
	if (x->outcome == OUTCOME_OTHER)
		return fill_other(x, c, term, found, ready);
	size_t own = language_index(x->options->language);
	add_term(c, own, term.s, term.n);
	for (size_t l = 0; l < language_count; l++) {
		if (add_near(x, c, term, own, l, ready) != 0)
			return -1;
	}
	return 0;
}

/* What a comment has in a column: what is there, and a place where a term would help. A term of the
 * other language is sought only where there is nothing in the reader's, so there is a place beside
 * the term typed as well. */
static void put_places(const struct mending *x, struct buf *line, const struct columns *c, size_t l)
{
	const struct buf *column = &c->of[l];
	bool alone = l == language_index(x->options->language) && column->s &&
		     !memchr(column->s, ';', column->n);
	if (column->n)
		buf_add(line, column->s, column->n);
	if (column->n == 0 || alone)
		buf_puts(line, column->n ? "; " PLACE : PLACE);
}

/* filled: the line would do as it is; it is a comment all the same unless it is ready. */
static int write_line(struct mending *x, const struct columns *c, bool filled, bool ready)
{
	struct buf line = buf_new(8 * 1024);
	struct concept concept;
	struct error wrong;
	for (size_t l = 0; l < language_count; l++) {
		buf_puts(&line, l ? "\t" : "");
		if (!filled)
			put_places(x, &line, c, l);
		else if (c->of[l].n)
			buf_add(&line, c->of[l].s, c->of[l].n);
	}
	x->mend->ready =
		ready && lexique_line((struct span){line.s, line.n}, &concept, &wrong) == 1;
	struct buf whole = buf_new(8 * 1024);
	buf_puts(&whole, x->mend->ready ? "" : "# ");
	buf_add(&whole, line.s, line.n);
	bool failed = line.failed || whole.failed;
	x->mend->line = failed ? NULL : arena_copy(x->mender->arena, whole.s, whole.n);
	buf_free(&line);
	buf_free(&whole);
	return x->mend->line ? 0 : error_memory(x->e);
}

/* Of a question with signs: the word that is lacking, or all its words without the signs. */
static struct span bare(const struct mending *x)
{
	const struct asked_word *lacking = only_lacking(x);
	struct buf words = buf_new(4096);
	if (lacking)
		return lacking->text;
	for (size_t i = 0; i < x->n_words; i++) {
		buf_puts(&words, i ? " " : "");
		buf_add(&words, x->words[i].text.s, x->words[i].text.n);
	}
	char *copy = words.failed ? NULL : arena_copy(x->mender->arena, words.s, words.n);
	buf_free(&words);
	return span_of(copy ? copy : "");
}

static int propose_line(struct mending *x, const struct search_result *found)
{
	struct columns c;
	bool ready = false;
	struct span term = x->plain ? term_of(x) : bare(x);
	for (size_t l = 0; l < LANGUAGE_MAX; l++)
		c.of[l] = buf_new(4096);
	int result = 0;
	if (x->plain)
		result = fill_columns(x, &c, term, found, &ready);
	else
		add_term(&c, language_index(x->options->language), term.s, term.n);
	if (result == 0)
		result = write_line(x, &c, ready, ready && !found->corrected);
	for (size_t l = 0; l < LANGUAGE_MAX; l++)
		buf_free(&c.of[l]);
	return result;
}

int mend_question(const struct mender *m, const struct search_options *options,
		  const struct search_result *found, struct mend *mend, struct error *e)
{
	struct mending *x = calloc(1, sizeof *x);
	*mend = (struct mend){.line = NULL};
	if (!x)
		return error_memory(e);
	*x = (struct mending){m, options, mend_outcome(found), mend, .e = e};
	const struct query *q = query_parse(m->arena, options->typed.s, options->typed.n, NULL, e);
	int result = q ? 0 : -1;
	if (q) {
		gather_words(x, q);
		x->plain = is_plain(q) && x->n_words > 0;
		result = count_uses(x) == 0 ? find_near(x) : -1;
	}
	if (result == 0 && x->n_words)
		result = propose_line(x, found);
	free(x);
	return result;
}

#include "explain.h"

#include <stdlib.h>

#include "spelling.h"

struct explainer {
	struct buf *out;
	struct compiler *c;
	const struct language *messages;
};

static void line(struct explainer *x, size_t depth, enum message what, const char *s)
{
	while (depth--)
		buf_puts(x->out, "  ");
	language_format(x->out, x->messages, what, s, 0);
	buf_putc(x->out, '\n');
}

/* "word", or "word, in a title", quoted as the language quotes. */
static void leaf_line(struct explainer *x, size_t depth, enum message what, const struct query *q)
{
	struct buf text = buf_new(4096), quoted = buf_new(4096), sentence = buf_new(4096);
	buf_add(&text, q->text.s, q->text.n);
	language_format(&quoted, x->messages, MSG_QUOTED, text.s, 0);
	language_format(&sentence, x->messages, what, quoted.s, 0);
	if (q->field == FIELD_TITLE)
		line(x, depth, MSG_EXPLAIN_IN_TITLE, sentence.s);
	else
		line(x, depth, what, quoted.s);
	buf_free(&text);
	buf_free(&quoted);
	buf_free(&sentence);
}

/* A folded word as some language writes it, the one at hand first; it itself when none knows
 * better. */
static void add_written(struct explainer *x, struct buf *list, struct span folded, size_t own)
{
	char *written = NULL;
	struct error ignored; /* then the plain word will do */
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[(own + i) % language_count];
		free(written);
		written = spelling_written(x->c->xap, l, folded, &ignored);
		if (written && !span_equal(span_of(written), folded))
			break;
	}
	if (list->n)
		buf_puts(list, ", ");
	if (written)
		buf_puts(list, written);
	else
		buf_add(list, folded.s, folded.n);
	free(written);
}

static bool is_among(const struct span *list, size_t n, struct span s)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(list[i], s))
			return true;
	}
	return false;
}

/* The words of the index that a word of the query stands for, as they are written there. */
static void forms_line(struct explainer *x, size_t depth, const struct query *q,
		       const struct reading *r)
{
	struct span told[LANGUAGE_MAX * COMPILE_FORMS], forms[COMPILE_FORMS];
	const char title[2] = {q->field == FIELD_TITLE ? TERM_TITLE : '\0', '\0'};
	struct buf list = buf_new(64 * 1024);
	size_t n_told = 0;
	for (size_t l = 0; l < language_count; l++) {
		if (!r->read[l] || r->needle[l].kind != NEEDLE_WORD)
			continue;
		size_t n =
			compile_forms(x->c, r->needle[l].words, x->c->analysers[l], title, forms);
		for (size_t i = 0; i < n; i++) {
			if (is_among(told, n_told, forms[i]))
				continue;
			told[n_told++] = forms[i];
			add_written(x, &list, forms[i], l);
		}
	}
	line(x, depth, list.n ? MSG_EXPLAIN_FORMS : MSG_EXPLAIN_NOWHERE, list.s);
	buf_free(&list);
}

static void filter_line(struct explainer *x, size_t depth, const struct query *q)
{
	struct buf value = buf_new(4096);
	const struct language *l = compile_language(x->c, q->text);
	if (q->field == FIELD_FACET)
		buf_printf(&value, "%s = ", q->facet);
	if (q->field == FIELD_LANG && l)
		buf_puts(&value, l->name);
	else
		buf_add(&value, q->text.s, q->text.n);
	if (q->kind == QUERY_PREFIX)
		buf_puts(&value, "…");
	line(x, depth,
	     q->field == FIELD_AREA   ? MSG_EXPLAIN_AREA
	     : q->field == FIELD_LANG ? MSG_EXPLAIN_LANG
	     : q->field == FIELD_PATH ? MSG_EXPLAIN_PATH
				      : MSG_EXPLAIN_FACET,
	     value.s);
	buf_free(&value);
}

static void explain_leaf(struct explainer *x, size_t depth, const struct query *q)
{
	struct reading r;
	if (compile_is_filter(q)) {
		filter_line(x, depth, q);
		return;
	}
	compile_read(x->c, q, &r);
	size_t l = 0;
	while (l + 1 < language_count && !r.read[l])
		l++;
	if (q->kind == QUERY_PREFIX) {
		leaf_line(x, depth, MSG_EXPLAIN_BEGINS, q);
	} else if (r.read[l] && r.needle[l].kind == NEEDLE_PHRASE) {
		leaf_line(x, depth, MSG_EXPLAIN_PHRASE, q);
	} else if (r.read[l] && r.needle[l].kind == NEEDLE_EXACT) {
		leaf_line(x, depth, MSG_EXPLAIN_EXACT, q);
	} else {
		leaf_line(x, depth, MSG_EXPLAIN_WORD, q);
		forms_line(x, depth + 1, q, &r);
	}
}

static void synonyms_line(struct explainer *x, size_t depth, const struct synonyms *found)
{
	struct buf list = buf_new(64 * 1024);
	for (size_t i = 0; i < found->n; i++) {
		struct span term = found->list[i].term;
		if (!found->list[i].node)
			continue;
		if (list.n)
			buf_puts(&list, ", ");
		buf_add(&list, term.s, term.n);
	}
	if (list.n)
		line(x, depth, MSG_EXPLAIN_LEXIQUE, list.s);
	buf_free(&list);
}

static void explain(struct explainer *x, size_t depth, const struct query *q);

/* The parts in their order; those of a term of the lexique followed by its other terms. */
static void explain_parts(struct explainer *x, size_t depth, const struct query *q)
{
	bool content = q->kind == QUERY_AND && compile_has_content(x->c, q);
	for (size_t i = 0; i < q->n;) {
		struct synonyms found;
		size_t run = q->kind == QUERY_AND
				     ? compile_synonyms(x->c, q->children + i, q->n - i, &found)
				     : 0;
		size_t end = i + (run ? run : 1);
		for (; i < end; i++) {
			const struct query *child = q->children[i];
			if (content && compile_standing(x->c, child) != REQUIRED)
				leaf_line(x, depth, MSG_EXPLAIN_IDLE, child);
			else if (run)
				explain_leaf(x, depth, child);
			else
				explain(x, depth, child);
		}
		if (run)
			synonyms_line(x, depth + 1, &found);
	}
}

static void explain(struct explainer *x, size_t depth, const struct query *q)
{
	struct query *const alone[] = {(struct query *)q};
	struct synonyms found;
	switch (q->kind) {
	case QUERY_NOTHING:
		line(x, depth, MSG_EXPLAIN_NOTHING, NULL);
		break;
	case QUERY_WORD:
	case QUERY_PHRASE:
	case QUERY_PREFIX:
		explain_leaf(x, depth, q);
		if (compile_synonyms(x->c, alone, 1, &found))
			synonyms_line(x, depth + 1, &found);
		break;
	case QUERY_AND:
	case QUERY_OR:
		line(x, depth, q->kind == QUERY_AND ? MSG_EXPLAIN_ALL : MSG_EXPLAIN_ANY, NULL);
		explain_parts(x, depth + 1, q);
		break;
	case QUERY_NOT:
		line(x, depth, MSG_EXPLAIN_NOT, NULL);
		explain(x, depth + 1, q->children[0]);
		break;
	}
}

void explain_query(struct buf *out, struct compiler *c, const struct query *q,
		   const struct language *messages)
{
	struct explainer x = {out, c, messages};
	line(&x, 0, MSG_EXPLAIN, NULL);
	explain(&x, 1, q);
}

#include "why.h"

#include <string.h>

#include "compile.h"

enum { DIFFERENT = 64 }; /* stretches of a field that are looked at; what comes after is repeats */

struct finder {
	struct compiler *c;
	struct why *list;
	size_t n, cap;
	/* the side and field at hand */
	const struct language *language;
	bool translation;
	enum why_field field;
};

/* ---- the words of the query ---------------------------------------------------------------------
 */

static bool keep(struct finder *f, struct span *to, struct span from)
{
	to->s = arena_copy(f->c->arena, from.s, from.n);
	to->n = from.n;
	return to->s;
}

/* The entry of what was typed, and via which term; NULL when memory is out. */
static struct why *entry_of(struct finder *f, struct span typed, struct span via, size_t language)
{
	for (size_t i = 0; i < f->n; i++) {
		if (span_equal(f->list[i].typed, typed) && span_equal(f->list[i].via, via))
			return &f->list[i];
	}
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 16;
		struct why *more = arena_alloc(f->c->arena, cap * sizeof *more);
		if (!more)
			return NULL;
		if (f->n)
			memcpy(more, f->list, f->n * sizeof *more);
		f->list = more;
		f->cap = cap;
	}
	struct why *new = &f->list[f->n];
	*new = (struct why){.via_language = via.n ? &languages[language] : NULL};
	if (!keep(f, &new->typed, typed) || !keep(f, &new->via, via))
		return NULL;
	f->n++;
	return new;
}

static struct why *entry_of_needle(struct finder *f, size_t l, size_t k)
{
	const struct origin *o = f->c->needles[l][k].origin;
	return entry_of(f, o->typed, o->via, l);
}

/* What was typed first, in its order; so that what is nowhere here has its entry too. */
static int enter_all(struct finder *f)
{
	for (size_t l = 0; l < language_count; l++) {
		for (size_t k = 0; k < f->c->n_needles[l]; k++) {
			if (f->c->needles[l][k].origin->via.n == 0 && !entry_of_needle(f, l, k))
				return -1;
		}
	}
	return 0;
}

/* ---- where they stand ---------------------------------------------------------------------------
 */

static struct why_place *place_of(struct finder *f, struct why *why)
{
	for (size_t i = 0; i < why->n; i++) {
		if (why->places[i].field == f->field &&
		    why->places[i].translation == f->translation)
			return &why->places[i];
	}
	if (why->n == WHY_PLACES)
		return NULL;
	why->places[why->n] = (struct why_place){
		.field = f->field, .translation = f->translation, .language = f->language};
	return &why->places[why->n++];
}

/* A word of which the case or the accents are others is the same word. */
static void add_word(struct finder *f, struct why *why, struct span word)
{
	struct why_place *place = place_of(f, why);
	for (size_t i = 0; place && i < place->n; i++) {
		if (text_folds_equal(place->words[i], word))
			return;
	}
	if (place && place->n < WHY_WORDS)
		place->words[place->n++] = word;
}

/* Which needles does a marked stretch hold? It was marked by one, and may hold others' words. */
static int credit(struct finder *f, struct span marked)
{
	size_t l = language_index(f->language);
	for (size_t k = 0; k < f->c->n_needles[l]; k++) {
		const struct needle *needle = &f->c->needles[l][k];
		struct marks marks;
		if (needle->origin->title && f->field == WHY_TEXT)
			continue;
		if (highlight_text(&marks, marked.s, marked.n, needle, 1, f->c->analysers[l]) != 0)
			return -1;
		struct why *why = marks.n ? entry_of_needle(f, l, k) : NULL;
		bool failed = marks.n && !why;
		for (size_t i = 0; why && i < marks.n; i++) {
			struct mark m = marks.list[i];
			add_word(f, why, (struct span){marked.s + m.start, m.end - m.start});
		}
		marks_free(&marks);
		if (failed)
			return -1;
	}
	return 0;
}

static bool is_among(const struct span *list, size_t n, struct span s)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(list[i], s))
			return true;
	}
	return false;
}

static int look_at(struct finder *f, enum why_field field, struct span text)
{
	size_t l = language_index(f->language), n = 0;
	struct span seen[DIFFERENT];
	struct marks marks;
	f->field = field;
	if (highlight_text(&marks, text.s, text.n, f->c->needles[l], f->c->n_needles[l],
			   f->c->analysers[l]) != 0)
		return -1;
	int result = 0;
	for (size_t i = 0; result == 0 && i < marks.n && n < DIFFERENT; i++) {
		struct mark m = marks.list[i];
		struct span marked = {text.s + m.start, m.end - m.start};
		if (is_among(seen, n, marked))
			continue;
		seen[n++] = marked;
		result = credit(f, marked);
	}
	marks_free(&marks);
	return result;
}

static int look_at_side(struct finder *f, const struct record *r, bool translation)
{
	struct span code = r->field[RECORD_LANG], titles = r->field[RECORD_BREADCRUMB];
	f->language = language_find(code.s, code.n);
	f->translation = translation;
	if (!f->language)
		return 0;
	if (look_at(f, WHY_HEADING, r->field[RECORD_TITLE]) != 0)
		return -1;
	/* one by one: a phrase does not reach from one title into the next */
	for (size_t start = 0, i = 0; i < titles.n; i++) {
		if (titles.s[i] != '\n')
			continue;
		if (look_at(f, WHY_TITLES, (struct span){titles.s + start, i - start}) != 0)
			return -1;
		start = i + 1;
	}
	return look_at(f, WHY_TEXT, r->field[RECORD_TEXT]);
}

/* ---- filters ------------------------------------------------------------------------------------
 */

/* What a filter that must hold asked for, and what the passage has there: the index keeps no values
 * of facets with it, so of these the value asked for is told. */
static int add_filter(struct finder *f, const struct query *q, const struct record *r)
{
	static const enum why_field fields[] = {[FIELD_LANG] = WHY_LANG,
						[FIELD_AREA] = WHY_AREA,
						[FIELD_PATH] = WHY_PATH,
						[FIELD_FACET] = WHY_FACET};
	struct why *why = entry_of(f, q->text, span_of(""), 0);
	if (!why)
		return -1;
	f->field = fields[q->field];
	f->translation = false;
	f->language = NULL;
	struct why_place *place = place_of(f, why);
	struct span code = r->field[RECORD_LANG];
	const struct language *l = language_find(code.s, code.n);
	if (place && place->n < WHY_WORDS)
		place->words[place->n++] = q->field == FIELD_LANG   ? span_of(l ? l->name : "")
					   : q->field == FIELD_AREA ? r->field[RECORD_AREA]
					   : q->field == FIELD_PATH ? r->field[RECORD_PATH]
								    : why->typed;
	return 0;
}

/* Those at the top: below an OR or a NOT they need not hold. */
static int add_filters(struct finder *f, const struct query *q, const struct record *r)
{
	if (q->kind != QUERY_AND)
		return compile_is_filter(q) && !q->n ? add_filter(f, q, r) : 0;
	for (size_t i = 0; i < q->n; i++) {
		const struct query *child = q->children[i];
		if (!child->n && compile_is_filter(child) && add_filter(f, child, r) != 0)
			return -1;
	}
	return 0;
}

int why_find(struct why_list *out, struct compiler *c, const struct query *asked,
	     const struct record *shown, const struct record *translation)
{
	struct finder f = {.c = c};
	if (enter_all(&f) != 0 || look_at_side(&f, shown, false) != 0 ||
	    (translation && look_at_side(&f, translation, true) != 0) ||
	    add_filters(&f, asked, shown) != 0)
		return -1;
	struct span code = shown->field[RECORD_LANG];
	const struct language *l = language_find(code.s, code.n);
	*out = (struct why_list){
		f.list, f.n,
		l && compile_is_about(c, asked, shown->field[RECORD_TITLE], language_index(l))};
	return 0;
}

#include "compile.h"

#include <stdlib.h>
#include <string.h>

enum {
	PREFIX_EXPANSION = 100,
	RUN_MAX = 10,	  /* words typed that may be one term of the lexique */
	TIER_PAGES = 200, /* that have all the words: more are not told apart */
};

/* What is only of the same meaning is worth less than what was typed. */
static const double synonym_scale = 0.7;
/* What a heading is worth that is just the words asked for: more than any sum of their weights; and
 * one that has them in the same order. By constants, since among equal headings the short passage
 * is not the better one. */
static const double about_weight = 40, named_weight = 20;

static const struct xap_query nothing = {.op = XAP_NOTHING};
static const struct xap_query everything = {.op = XAP_ALL};
static const char title_prefix[2] = {TERM_TITLE, '\0'};

/* Children being gathered; a query has at most so many leaves, and a leaf few terms. */
struct gather {
	node list[COMPILE_NEEDLES];
	size_t n;
};

static void add(struct gather *g, node child)
{
	if (child && g->n < sizeof g->list / sizeof *g->list)
		g->list[g->n++] = child;
}

/* ---- nodes --------------------------------------------------------------------------------------
 */

static node fail(struct compiler *c)
{
	if (!c->failed)
		error_memory(&c->error);
	c->failed = true;
	return NULL;
}

static struct xap_query *make(struct compiler *c, enum xap_op op)
{
	struct xap_query *q = arena_alloc(c->arena, sizeof *q);
	if (!q)
		fail(c);
	else
		q->op = op;
	return q;
}

/* NULL for no children; the child itself for one. */
static node join_list(struct compiler *c, enum xap_op op, const node *list, size_t n)
{
	if (n < 2)
		return n ? list[0] : NULL;
	struct xap_query *q = make(c, op);
	node *children = arena_alloc(c->arena, n * sizeof *children);
	if (!q || !children)
		return fail(c);
	memcpy(children, list, n * sizeof *children);
	q->children = children;
	q->n = n;
	return q;
}

static node join(struct compiler *c, enum xap_op op, const struct gather *g)
{
	return join_list(c, op, g->list, g->n);
}

static node pair_of(struct compiler *c, enum xap_op op, node first, node second)
{
	node both[] = {first, second};
	return first && second ? join_list(c, op, both, 2) : NULL;
}

node compile_any_of(struct compiler *c, const node *list, size_t n)
{
	return join_list(c, XAP_OR, list, n);
}

static struct xap_query *term(struct compiler *c, const char *prefix, struct span rest)
{
	size_t n = strlen(prefix);
	struct xap_query *q = make(c, XAP_TERM);
	char *bytes = arena_alloc(c->arena, n + rest.n + 1);
	if (!q || !bytes) {
		fail(c);
		return NULL;
	}
	memcpy(bytes, prefix, n);
	if (rest.n)
		memcpy(bytes + n, rest.s, rest.n);
	q->term = bytes;
	q->term_n = n + rest.n < XAP_TERM_MAX ? n + rest.n : XAP_TERM_MAX;
	return q;
}

node compile_term(struct compiler *c, const char *prefix, struct span rest)
{
	return term(c, prefix, rest);
}

uint32_t compile_frequency(struct compiler *c, node n)
{
	uint32_t count = 0;
	struct error e;
	if (n && xap_term_count(c->xap, n->term, n->term_n, &count, &e) != 0) {
		if (!c->failed)
			c->error = e;
		c->failed = true;
	}
	return count;
}

static node prefix_term(struct compiler *c, const char *prefix, struct span rest)
{
	struct xap_query *q = term(c, prefix, rest);
	if (q) {
		q->op = XAP_PREFIX;
		q->window = PREFIX_EXPANSION;
	}
	return q;
}

node compile_scaled(struct compiler *c, node child, double scale)
{
	if (!child)
		return NULL;
	struct xap_query *q = make(c, XAP_SCALE);
	node *children = arena_alloc(c->arena, sizeof *children);
	if (!q || !children)
		return fail(c);
	children[0] = child;
	q->children = children;
	q->n = 1;
	q->scale = scale;
	return q;
}

node compile_filter(struct compiler *c, node q, const char *prefix, struct span rest)
{
	return q ? pair_of(c, XAP_FILTER, q, term(c, prefix, rest)) : NULL;
}

node compile_among(struct compiler *c, node q, node others)
{
	return pair_of(c, XAP_FILTER, q, others);
}

node compile_without(struct compiler *c, node q, const char *prefix, struct span rest)
{
	return q ? pair_of(c, XAP_AND_NOT, q, term(c, prefix, rest)) : NULL;
}

/* ---- forms of a word ----------------------------------------------------------------------------
 */

/* The words that share a stem begin with it, but for its last letter: that of library and libraries
 * is "librari". A short stem keeps its last letter, unless it is that i, or too much would begin
 * so. */
static size_t common_start(struct span stem)
{
	enum { SHORT = 5 };
	return stem.n > SHORT || (stem.n > 2 && stem.s[stem.n - 1] == 'i') ? stem.n - 1 : stem.n;
}

size_t compile_forms(struct compiler *c, const struct needle_word *w, struct analyser *analyser,
		     const char *field, struct span forms[COMPILE_FORMS])
{
	enum { LOOKED_AT = 200 };
	struct xap_list near;
	struct span stem = w->stem[0];
	struct buf start = buf_new(4096);
	size_t n = 0;
	buf_puts(&start, field);
	buf_add(&start, stem.s, common_start(stem));
	if (start.failed) {
		fail(c);
	} else if (xap_terms(c->xap, start.s, start.n, LOOKED_AT, &near, &c->error) != 0) {
		c->failed = true;
	} else {
		for (size_t i = 0; i < near.n && n < COMPILE_FORMS; i++) {
			struct span word = span_of(near.list[i].value + strlen(field));
			struct token t;
			analyser_start(analyser, word.s, word.n);
			if (!analyser_next(analyser, &t) || t.word.n != word.n ||
			    !needle_shares_stem(w, &t))
				continue;
			char *copy = arena_copy(c->arena, word.s, word.n);
			if (copy)
				forms[n++] = (struct span){copy, word.n};
			else
				fail(c);
		}
		xap_list_free(&near);
	}
	buf_free(&start);
	return n;
}

/* ---- leaves -------------------------------------------------------------------------------------
 */

/* A word by its stems. Of two stems each counts half, so that a word which has both weighs no more
 * than one that has only one. */
static node stems_node(struct compiler *c, const struct needle_word *w, const struct language *l,
		       const char *field)
{
	char prefix[3] = {field[0], 0, 0};
	prefix[strlen(prefix)] = l->stem_prefix;
	if (w->n_stems == 1)
		return term(c, prefix, w->stem[0]);
	return pair_of(c, XAP_OR, compile_scaled(c, term(c, prefix, w->stem[0]), 0.5),
		       compile_scaled(c, term(c, prefix, w->stem[1]), 0.5));
}

static node phrase_word(struct compiler *c, const struct needle_word *w, const struct language *l,
			const char *field)
{
	struct span forms[COMPILE_FORMS];
	struct gather g = {.n = 0};
	if (w->begins)
		return prefix_term(c, field, w->word);
	if (!w->loose)
		return term(c, field, w->word);
	/* forms are words, and words have positions, which stems have not */
	size_t n = compile_forms(c, w, c->analysers[language_index(l)], field, forms);
	add(&g, term(c, field, w->word));
	for (size_t i = 0; i < n; i++) {
		if (!span_equal(forms[i], w->word))
			add(&g, term(c, field, forms[i]));
	}
	return join(c, XAP_OR, &g);
}

static node phrase_node(struct compiler *c, const struct needle *needle, const struct language *l,
			const char *field)
{
	struct gather g = {.n = 0};
	for (size_t i = 0; i < needle->n; i++)
		add(&g, phrase_word(c, &needle->words[i], l, field));
	return join(c, XAP_PHRASE, &g);
}

static node needle_node(struct compiler *c, const struct needle *needle, const struct language *l,
			const char *field)
{
	switch (needle->kind) {
	case NEEDLE_WORD:
		return stems_node(c, &needle->words[0], l, field);
	case NEEDLE_EXACT:
		return term(c, field, needle->words[0].word);
	case NEEDLE_PREFIX:
		return prefix_term(c, field, needle->words[0].word);
	case NEEDLE_PHRASE:
		return phrase_node(c, needle, l, field);
	}
	return NULL;
}

static bool same_words(const struct needle *x, const struct needle *y)
{
	if (x->kind != y->kind || x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		if (!span_equal(x->words[i].word, y->words[i].word))
			return false;
	}
	return true;
}

static void loosen(struct needle *needle)
{
	for (size_t i = 0; i < needle->n; i++)
		needle->words[i].loose = true;
}

/* Words joined by signs (porte-monnaie, git-commit) are a phrase, but one of any forms. */
void compile_read(struct compiler *c, const struct query *leaf, struct reading *r)
{
	for (size_t l = 0; l < language_count; l++) {
		struct needle *needle = &r->needle[l];
		r->read[l] = needle_read(needle, c->arena, leaf, c->analysers[l], c->exact);
		if (r->read[l] && leaf->kind == QUERY_WORD && needle->kind == NEEDLE_PHRASE &&
		    !c->exact)
			loosen(needle);
	}
}

/* A word is sought by its stems in each language. What is sought by its words (phrases, prefixes)
 * is the same query in all languages, unless they read it differently: then each for its own
 * passages. */
static node reading_node(struct compiler *c, const struct reading *r, const char *field)
{
	struct gather g = {.n = 0};
	for (size_t l = 0; l < language_count; l++) {
		if (!r->read[l])
			continue;
		const struct needle *needle = &r->needle[l];
		bool told = false, differs = false;
		for (size_t k = 0; k < language_count; k++) {
			if (k == l || !r->read[k])
				continue;
			bool same = same_words(needle, &r->needle[k]) && !needle->words[0].loose;
			told = told || (same && k < l);
			differs = differs || !same;
		}
		node own = needle_node(c, needle, &languages[l], field);
		if (needle->kind == NEEDLE_WORD)
			add(&g, own);
		else if (differs)
			add(&g, compile_filter(c, own, "L", span_of(languages[l].code)));
		else if (!told)
			add(&g, own);
	}
	return join(c, XAP_OR, &g);
}

static const struct origin *new_origin(struct compiler *c, struct span typed, struct span via,
				       bool title)
{
	struct origin *o = arena_alloc(c->arena, sizeof *o);
	if (o)
		*o = (struct origin){typed, via, title};
	else
		fail(c);
	return o;
}

static void remember(struct compiler *c, size_t l, const struct needle *needle,
		     const struct origin *origin)
{
	if (c->n_needles[l] == COMPILE_NEEDLES)
		return;
	struct needle *kept = &c->needles[l][c->n_needles[l]++];
	*kept = *needle;
	kept->origin = origin;
}

struct span compile_fold(struct compiler *c, struct span s)
{
	struct buf folded = buf_new(4096);
	text_fold(&folded, s.s, s.n);
	char *copy =
		folded.failed ? NULL : arena_copy(c->arena, folded.s ? folded.s : "", folded.n);
	struct span result = {copy, folded.n};
	if (!copy) {
		fail(c);
		result = (struct span){"", 0};
	}
	buf_free(&folded);
	return result;
}

/* Each word of a folded value must be there. */
static node all_pieces(struct compiler *c, const char *prefix, struct span value)
{
	struct gather g = {.n = 0};
	struct token t;
	struct analyser *plain = c->analysers[0];
	analyser_start(plain, value.s, value.n);
	while (analyser_next(plain, &t))
		add(&g, term(c, prefix, t.word));
	return join(c, XAP_AND, &g);
}

static node facet_node(struct compiler *c, size_t facet, struct span value, bool begins)
{
	char prefix[4], whole[5];
	document_facet_prefix(prefix, facet);
	strcpy(whole, prefix);
	strcat(whole, "=");
	if (begins)
		return prefix_term(c, prefix, value);
	node pieces = all_pieces(c, prefix, value), name = term(c, whole, value);
	return pieces ? pair_of(c, XAP_OR, name, pieces) : name;
}

static size_t facet_number(const struct compiler *c, const char *key)
{
	size_t f = 0;
	while (c->facets && c->facets[f] && strcmp(c->facets[f], key) != 0)
		f++;
	return f + 1;
}

static node path_node(struct compiler *c, struct span value, bool begins)
{
	while (value.n && value.s[value.n - 1] == '/')
		value.n--;
	if (begins)
		return prefix_term(c, "P", value);
	/* a beginning of the path is one term; a stretch in its middle is told by its parts */
	struct gather parts = {.n = 0};
	for (size_t i = 0, start = 0; i <= value.n; i++) {
		if (i < value.n && value.s[i] != '/')
			continue;
		if (i > start)
			add(&parts, term(c, "P", (struct span){value.s + start, i - start}));
		start = i + 1;
	}
	node whole = term(c, "P", value);
	return parts.n > 1 ? pair_of(c, XAP_OR, whole, join(c, XAP_AND, &parts)) : whole;
}

const struct language *compile_language(struct compiler *c, struct span value)
{
	const struct language *l = language_find(value.s, value.n);
	struct span folded = compile_fold(c, value);
	return l ? l : language_called(folded.s, folded.n);
}

static node lang_node(struct compiler *c, struct span value)
{
	const struct language *l = compile_language(c, value);
	c->names_language = true;
	return l ? term(c, "L", span_of(l->code)) : &nothing;
}

/* A filter narrows what is found and has no say in the order. */
static node filter_node(struct compiler *c, const struct query *q)
{
	bool begins = q->kind == QUERY_PREFIX;
	node filter = NULL;
	if (q->field == FIELD_LANG)
		filter = lang_node(c, q->text);
	else if (q->field == FIELD_AREA)
		filter = facet_node(c, FACET_AREA, compile_fold(c, q->text), begins);
	else if (q->field == FIELD_FACET)
		filter = facet_node(c, facet_number(c, q->facet), compile_fold(c, q->text), begins);
	else if (q->field == FIELD_PATH)
		filter = path_node(c, compile_fold(c, q->text), begins);
	return compile_scaled(c, filter, 0);
}

bool compile_is_filter(const struct query *q)
{
	return q->field == FIELD_LANG || q->field == FIELD_AREA || q->field == FIELD_PATH ||
	       q->field == FIELD_FACET;
}

static const char *field_prefix(const struct query *q)
{
	return q->field == FIELD_TITLE ? title_prefix : "";
}

static node leaf_node(struct compiler *c, const struct query *q, bool marked)
{
	if (compile_is_filter(q))
		return filter_node(c, q);
	struct reading r;
	compile_read(c, q, &r);
	const struct origin *origin =
		marked ? new_origin(c, q->text, (struct span){"", 0}, q->field == FIELD_TITLE)
		       : NULL;
	for (size_t l = 0; origin && l < language_count; l++) {
		if (r.read[l])
			remember(c, l, &r.needle[l], origin);
	}
	return reading_node(c, &r, field_prefix(q));
}

/* ---- the lexique --------------------------------------------------------------------------------
 */

static bool in_index(struct compiler *c, const struct needle_word *w, const struct language *l)
{
	char prefix[2] = {l->stem_prefix, 0};
	for (size_t i = 0; i < w->n_stems; i++) {
		const struct xap_query *q = term(c, prefix, w->stem[i]);
		if (compile_frequency(c, q))
			return true;
	}
	return false;
}

/* A term of the lexique in its language: any form of the word; of several words any form of each,
 * next to each other. False when the index lacks one of them. */
static bool read_term(struct compiler *c, struct span text, size_t l, struct needle *needle)
{
	const struct query leaf = {.kind = QUERY_WORD, .text = text};
	if (!needle_read(needle, c->arena, &leaf, c->analysers[l], false))
		return false;
	loosen(needle);
	for (size_t i = 0; i < needle->n; i++) {
		if (!in_index(c, &needle->words[i], &languages[l]))
			return false;
	}
	return true;
}

static struct span key_of(struct compiler *c, struct span text, size_t l)
{
	struct buf key = buf_new(4096);
	lexique_key(&key, text, c->analysers[l]);
	struct span copy = {arena_copy(c->arena, key.s ? key.s : "", key.n), key.n};
	if (key.failed || !copy.s) {
		fail(c);
		copy = (struct span){"", 0};
	}
	buf_free(&key);
	return copy;
}

/* What was typed: as each language reads it, and in which it is a term of the lexique. */
struct typed_term {
	struct span key[LANGUAGE_MAX];
	bool is_term[LANGUAGE_MAX];
	const char *field;
};

/* A term of another language than what was typed is for passages that are not there in the language
 * typed: of a pair, the side in that language answers for itself (and what an exclusion took away
 * does not come back by the other side). NULL when there are no such passages. */
static node where_untranslated(struct compiler *c, node n, size_t l, const struct typed_term *typed)
{
	for (size_t t = 0; t < language_count && n && !typed->is_term[l]; t++) {
		if (!typed->is_term[t])
			continue;
		const struct xap_query *there = term(c, "V", span_of(languages[t].code));
		bool all = compile_frequency(c, there) == xap_document_count(c->xap);
		n = all ? NULL : pair_of(c, XAP_AND_NOT, n, there);
	}
	return n;
}

static void add_synonym(struct compiler *c, struct synonyms *found, struct span text, size_t l,
			const struct typed_term *typed)
{
	struct needle needle;
	if (found->n == sizeof found->list / sizeof *found->list)
		return;
	for (size_t i = 0; i < found->n; i++) {
		if (found->list[i].language == l && span_equal(found->list[i].term, text))
			return;
	}
	if (!read_term(c, text, l, &needle))
		return;
	node n = where_untranslated(c, needle_node(c, &needle, &languages[l], typed->field), l,
				    typed);
	/* with no node it is not sought, but marked where the other side brought the passage */
	found->list[found->n++] = (struct synonym){text, l, needle, n};
}

node compile_lexique_term(struct compiler *c, struct span term, size_t language)
{
	struct needle needle;
	return read_term(c, term, language, &needle)
		       ? needle_node(c, &needle, &languages[language], "")
		       : NULL;
}

/* The other terms of the concepts in these lines. */
static void add_concepts(struct compiler *c, struct synonyms *found, const char *lines,
			 const struct typed_term *typed)
{
	struct concept concept;
	struct error ignored; /* lines of an index were good when it was made */
	for (size_t n; *lines; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		if (lexique_line((struct span){lines, n}, &concept, &ignored) != 1)
			continue;
		for (size_t l = 0; l < language_count; l++) {
			for (size_t i = 0; i < concept.n[l]; i++) {
				struct span text = concept.terms[l][i];
				if (!span_equal(key_of(c, text, l), typed->key[l]))
					add_synonym(c, found, text, l, typed);
			}
		}
	}
}

/* The lines of the lexique for what was typed in one language, in the arena; NULL when failed. */
static const char *find_lines(struct compiler *c, struct span key, size_t l)
{
	if (!key.n)
		return "";
	char *lines = lexique_find(c->xap, &languages[l], key, &c->error);
	char *copy = lines ? arena_copy(c->arena, lines, strlen(lines)) : NULL;
	if (!lines)
		c->failed = true;
	else if (!copy)
		fail(c);
	free(lines);
	return copy;
}

static bool find_concepts(struct compiler *c, struct span text, const char *field,
			  struct synonyms *found)
{
	struct typed_term typed = {.field = field};
	const char *lines[LANGUAGE_MAX];
	for (size_t l = 0; l < language_count && !c->failed; l++) {
		typed.key[l] = key_of(c, text, l);
		lines[l] = find_lines(c, typed.key[l], l);
		typed.is_term[l] = lines[l] && *lines[l];
	}
	for (size_t l = 0; l < language_count && !c->failed; l++)
		add_concepts(c, found, lines[l], &typed);
	return !c->failed && found->n > 0;
}

/* A quoted word is wanted as it is; a quoted term of several words is how such a term is typed. */
static bool may_be_term(struct compiler *c, const struct query *q)
{
	if (c->exact || (q->field != FIELD_NONE && q->field != FIELD_TITLE))
		return false;
	return q->kind == QUERY_WORD ||
	       (q->kind == QUERY_PHRASE && memchr(q->text.s, ' ', q->text.n) &&
		!memchr(q->text.s, '*', q->text.n));
}

/* The siblings' words as one text. */
static struct span words_of(struct compiler *c, struct query *const *siblings, size_t n)
{
	struct buf words = buf_new(4096);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(&words, ' ');
		buf_add(&words, siblings[i]->text.s, siblings[i]->text.n);
	}
	struct span copy = {arena_copy(c->arena, words.s ? words.s : "", words.n), words.n};
	if (words.failed || !copy.s) {
		fail(c);
		copy = (struct span){"", 0};
	}
	buf_free(&words);
	return copy;
}

size_t compile_synonyms(struct compiler *c, struct query *const *siblings, size_t n,
			struct synonyms *found)
{
	found->n = 0;
	if (n == 0 || !may_be_term(c, siblings[0]))
		return 0;
	size_t run = 1;
	while (run < n && run < RUN_MAX && siblings[0]->kind == QUERY_WORD &&
	       siblings[run]->kind == QUERY_WORD && siblings[run]->field == siblings[0]->field)
		run++;
	for (; run; run--) {
		/* a stop word at the end is none of the term's */
		if (run > 1 && compile_standing(c, siblings[run - 1]) == IDLE)
			continue;
		found->typed = words_of(c, siblings, run);
		found->title = siblings[0]->field == FIELD_TITLE;
		if (find_concepts(c, found->typed, field_prefix(siblings[0]), found))
			return run;
	}
	return 0;
}

static void remember_also(struct compiler *c, struct span text, size_t language)
{
	for (size_t i = 0; i < c->n_also; i++) {
		if (span_equal(c->also[i], text))
			return;
	}
	if (c->n_also == COMPILE_ALSO)
		return;
	c->also_language[c->n_also] = language;
	c->also[c->n_also++] = text;
}

/* What was typed, or for less any of the terms of the same meaning. */
static node or_synonyms(struct compiler *c, node typed, const struct synonyms *found)
{
	struct gather g = {.n = 0};
	add(&g, typed);
	for (size_t i = 0; i < found->n; i++) {
		const struct synonym *s = &found->list[i];
		const struct origin *origin = new_origin(c, found->typed, s->term, found->title);
		if (origin)
			remember(c, s->language, &s->needle, origin);
		if (s->node)
			remember_also(c, s->term, s->language);
		add(&g, compile_scaled(c, s->node, synonym_scale));
	}
	return join(c, XAP_OR, &g);
}

/* ---- the tree -----------------------------------------------------------------------------------
 */

/* A stop word, or several joined by signs (« est-ce »). */
static bool is_stop(const struct needle *needle)
{
	bool stop = needle->kind == NEEDLE_WORD || needle->kind == NEEDLE_PHRASE;
	for (size_t i = 0; i < needle->n; i++)
		stop = stop && needle->words[i].plain_stop;
	return stop;
}

/* In how many languages a plain word is a stop word, of how many that read it. */
static void count_stops(const struct reading *r, size_t *stops, size_t *reads)
{
	*stops = *reads = 0;
	for (size_t l = 0; l < language_count; l++) {
		*reads += r->read[l];
		*stops += r->read[l] && is_stop(&r->needle[l]);
	}
}

enum standing compile_standing(struct compiler *c, const struct query *q)
{
	if (q->kind != QUERY_WORD || q->field != FIELD_NONE || c->exact)
		return REQUIRED;
	struct reading r;
	size_t stops, reads;
	compile_read(c, q, &r);
	count_stops(&r, &stops, &reads);
	if (stops == 0)
		return REQUIRED;
	return stops == reads ? IDLE : OPTIONAL;
}

bool compile_has_content(struct compiler *c, const struct query *and)
{
	for (size_t i = 0; i < and->n; i++) {
		const struct query *child = and->children[i];
		if (child->kind != QUERY_NOT && !compile_is_filter(child) &&
		    compile_standing(c, child) == REQUIRED)
			return true;
	}
	return false;
}

static node compile(struct compiler *c, const struct query *q, bool negated);

/* The parts of an AND, sorted by what they do. */
struct parts {
	struct gather must, may, not ;
};

static void add_child(struct compiler *c, struct parts *p, const struct query *child, bool content,
		      bool negated)
{
	enum standing standing = content ? compile_standing(c, child) : REQUIRED;
	if (child->kind == QUERY_NOT)
		add(&p->not, compile(c, child->children[0], !negated));
	else if (standing == REQUIRED)
		add(&p->must, compile(c, child, negated));
	else if (standing == OPTIONAL)
		add(&p->may, leaf_node(c, child, false)); /* not worth a mark */
}

static node join_parts(struct compiler *c, const struct parts *p)
{
	node all = p->must.n ? join(c, XAP_AND, &p->must) : p->not .n ? &everything : NULL;
	if (all && p->may.n)
		all = pair_of(c, XAP_AND_MAYBE, all, join(c, XAP_OR, &p->may));
	if (all && p->not .n)
		all = pair_of(c, XAP_AND_NOT, all, join(c, XAP_OR, &p->not ));
	return all;
}

/* Words that together are a term of the lexique: all of them, or its other terms. */
static node run_node(struct compiler *c, struct query *const *siblings, size_t run,
		     const struct synonyms *found)
{
	struct parts p = {.must.n = 0};
	const struct query words = {
		.kind = QUERY_AND, .children = (struct query **)siblings, .n = run};
	bool content = compile_has_content(c, &words);
	for (size_t i = 0; i < run; i++) {
		enum standing standing = content ? compile_standing(c, siblings[i]) : REQUIRED;
		if (standing == REQUIRED)
			add(&p.must, leaf_node(c, siblings[i], true));
		else if (standing == OPTIONAL)
			add(&p.may, leaf_node(c, siblings[i], false));
	}
	return or_synonyms(c, join_parts(c, &p), found);
}

/* Stop words beside others need not be there: where they are content in one of the languages they
 * still help the order, where in none they say nothing. */
static node and_node(struct compiler *c, const struct query *q, bool negated)
{
	struct parts p = {.must.n = 0};
	struct synonyms found;
	bool content = compile_has_content(c, q);
	for (size_t i = 0; i < q->n;) {
		size_t run = negated ? 0 : compile_synonyms(c, q->children + i, q->n - i, &found);
		if (run)
			add(&p.must, run_node(c, q->children + i, run, &found));
		else
			add_child(c, &p, q->children[i], content, negated);
		i += run ? run : 1;
	}
	return join_parts(c, &p);
}

static node compile_leaf(struct compiler *c, const struct query *q, bool negated)
{
	struct query *const siblings[] = {(struct query *)q};
	struct synonyms found;
	if (!negated && compile_synonyms(c, siblings, 1, &found))
		return or_synonyms(c, leaf_node(c, q, true), &found);
	return leaf_node(c, q, !negated);
}

static node compile(struct compiler *c, const struct query *q, bool negated)
{
	struct gather g = {.n = 0};
	switch (q->kind) {
	case QUERY_NOTHING:
		return NULL;
	case QUERY_WORD:
	case QUERY_PHRASE:
	case QUERY_PREFIX:
		return compile_leaf(c, q, negated);
	case QUERY_AND:
		return and_node(c, q, negated);
	case QUERY_OR:
		for (size_t i = 0; i < q->n; i++)
			add(&g, compile(c, q->children[i], negated));
		return join(c, XAP_OR, &g);
	case QUERY_NOT:
		add(&g, compile(c, q->children[0], !negated));
		return g.n ? pair_of(c, XAP_AND_NOT, &everything, g.list[0]) : NULL;
	}
	return NULL;
}

node compile_all(struct compiler *c, const struct query *q)
{
	node all = compile(c, q, false);
	return c->failed ? NULL : all;
}

/* ---- any of the words ---------------------------------------------------------------------------
 */

/* More weight for the passages of pages in which each of these matches somewhere. */
static node prefer_pages(struct compiler *c, node any, const struct gather *each)
{
	struct xap_list files;
	if (c->failed || xap_shared_values(c->xap, each->list, each->n, SLOT_FILE, TIER_PAGES,
					   &files, &c->error) != 0) {
		c->failed = true;
		return NULL;
	}
	const char prefix[2] = {TERM_FILE, '\0'};
	struct xap_query *bonus = make(c, XAP_CONSTANT);
	node *pages = arena_alloc(c->arena, (files.n + 1) * sizeof *pages);
	if (bonus)
		bonus->scale = COMPILE_TIER;
	if (!pages)
		fail(c);
	for (size_t i = 0; pages && i < files.n; i++)
		pages[i] = term(c, prefix, span_of(files.list[i].value));
	node of_pages = pages ? join_list(c, XAP_OR, pages, files.n) : NULL;
	xap_list_free(&files);
	if (!of_pages)
		return any;
	return pair_of(c, XAP_AND_MAYBE, any, pair_of(c, XAP_FILTER, bonus, of_pages));
}

node compile_any(struct compiler *c, const struct query *q)
{
	struct gather any = {.n = 0}, filters = {.n = 0}, not = {.n = 0};
	struct synonyms found;
	if (q->kind != QUERY_AND)
		return NULL;
	memset(c->n_needles, 0, sizeof c->n_needles);
	c->n_also = 0;
	for (size_t i = 0, run; i < q->n; i += run ? run : 1) {
		const struct query *child = q->children[i];
		run = compile_synonyms(c, q->children + i, q->n - i, &found);
		if (run)
			add(&any, run_node(c, q->children + i, run, &found));
		else if (child->kind == QUERY_NOT)
			add(&not, compile(c, child->children[0], true));
		else if (compile_is_filter(child))
			add(&filters, compile(c, child, false));
		else if (compile_standing(c, child) == REQUIRED)
			add(&any, compile(c, child, false));
	}
	if (any.n < 2 || c->failed)
		return NULL;
	node all = prefer_pages(c, join(c, XAP_OR, &any), &any);
	if (all && filters.n)
		all = pair_of(c, XAP_FILTER, all, join(c, XAP_AND, &filters));
	if (all && not .n)
		all = pair_of(c, XAP_AND_NOT, all, join(c, XAP_OR, &not ));
	return c->failed ? NULL : all;
}

/* ---- what a heading is about --------------------------------------------------------------------
 */

/* The words of a query that is nothing but words and phrases; false if it is more. */
static bool plain_words(const struct query *q, struct buf *words)
{
	if ((q->kind == QUERY_WORD || q->kind == QUERY_PHRASE) && q->field == FIELD_NONE) {
		buf_add(words, q->text.s, q->text.n);
		buf_putc(words, ' ');
		return true;
	}
	if (q->kind != QUERY_AND)
		return false;
	for (size_t i = 0; i < q->n; i++) {
		if (!plain_words(q->children[i], words))
			return false;
	}
	return true;
}

bool compile_is_about(struct compiler *c, const struct query *typed, struct span heading, size_t l)
{
	struct buf words = buf_new(4096), asked = buf_new(4096), has = buf_new(64 * 1024);
	bool about = plain_words(typed, &words) && words.n;
	if (about) {
		heading_key(&asked, (struct span){words.s, words.n}, c->analysers[l]);
		heading_key(&has, heading, c->analysers[l]);
		about = asked.n && asked.n == has.n && memcmp(asked.s, has.s, has.n) == 0;
	}
	buf_free(&words);
	buf_free(&asked);
	buf_free(&has);
	return about;
}

static node heading_node(struct compiler *c, char kind, double weight, struct span words, size_t l,
			 void write_key(struct buf *, struct span, struct analyser *))
{
	const char prefix[3] = {kind, languages[l].stem_prefix, '\0'};
	struct buf key = buf_new(4096);
	struct xap_query *bonus = make(c, XAP_CONSTANT);
	node n = NULL;
	write_key(&key, words, c->analysers[l]);
	if (bonus)
		bonus->scale = weight;
	if (key.failed)
		fail(c);
	else if (key.n && key.n < XAP_TERM_MAX - 2)
		n = compile_filter(c, bonus, prefix, (struct span){key.s, key.n});
	buf_free(&key);
	return n;
}

static void add_about(struct compiler *c, struct gather *g, struct span words, size_t l,
		      double scale)
{
	add(g, heading_node(c, TERM_ABOUT, about_weight * scale, words, l, heading_key));
	add(g, heading_node(c, TERM_NAMED, named_weight * scale, words, l, heading_name));
}

node compile_about(struct compiler *c, const struct query *typed, node q)
{
	struct gather about = {.n = 0};
	struct synonyms found = {.n = 0};
	struct buf words = buf_new(4096);
	bool plain = q && plain_words(typed, &words) && words.n;
	for (size_t l = 0; plain && l < language_count; l++)
		add_about(c, &about, (struct span){words.s, words.n}, l, 1);
	struct query *const alone[] = {(struct query *)typed};
	struct query *const *siblings = typed->kind == QUERY_AND ? typed->children : alone;
	size_t n = typed->kind == QUERY_AND ? typed->n : 1;
	if (plain && compile_synonyms(c, siblings, n, &found) == n) {
		for (size_t i = 0; i < found.n; i++)
			add_about(c, &about, found.list[i].term, found.list[i].language,
				  synonym_scale);
	}
	if (words.failed)
		fail(c);
	buf_free(&words);
	return q && about.n ? pair_of(c, XAP_AND_MAYBE, q, join(c, XAP_OR, &about)) : q;
}

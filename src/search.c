#include "search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build.h"
#include "document.h"
#include "highlight.h"
#include "query.h"
#include "xap.h"

enum { PREFIX_EXPANSION = 100, MAX_NEEDLES = QUERY_MAX_WORDS + QUERY_MAX_PHRASES };

struct search {
	struct xap *xap;
	struct analysers analysers;
};

/* What a result keeps alive: the data that its records point into, and all that was made on the
 * way. */
struct search_private {
	struct arena arena;
	struct xap_result *sets;
	size_t n_sets;
};

struct search *search_open(const char *index, struct error *e)
{
	struct search *s = calloc(1, sizeof *s);
	char *path = build_database_path(index);
	if (!s || !path) {
		free(s);
		free(path);
		error_memory(e);
		return NULL;
	}
	struct stat st;
	if (stat(path, &st) != 0)
		error_set(e, STATUS_NOT_FOUND, MSG_NO_INDEX, index);
	else
		s->xap = xap_open(path, INDEX_FORMAT, e);
	free(path);
	if (!s->xap || analysers_open(&s->analysers, e) != 0) {
		search_close(s);
		return NULL;
	}
	return s;
}

void search_close(struct search *s)
{
	if (!s)
		return;
	analysers_close(&s->analysers);
	xap_close(s->xap);
	free(s);
}

/* ---- from the tree of the query to Xapian's -----------------------------------------------------
 */

/* One question being put together. Memory running out is remembered and told once, at the end. */
struct asking {
	struct search *search;
	const struct search_options *options;
	struct arena *arena;
	bool failed;
	bool names_language; /* the query has a lang: field: hits stay in the language they were
				asked in */
	/* what to mark, by language */
	struct needle needles[LANGUAGE_MAX][MAX_NEEDLES];
	size_t n_needles[LANGUAGE_MAX];
};

typedef const struct xap_query *node;

static const struct xap_query nothing = {.op = XAP_NOTHING};
static const struct xap_query everything = {.op = XAP_ALL};

/* Children being gathered; a query has at most so many leaves, and a leaf few terms. */
struct gather {
	node list[MAX_NEEDLES + 8];
	size_t n;
};

static void add(struct gather *g, node child)
{
	if (child && g->n < sizeof g->list / sizeof *g->list)
		g->list[g->n++] = child;
}

static struct xap_query *make(struct asking *a, enum xap_op op)
{
	struct xap_query *q = arena_alloc(a->arena, sizeof *q);
	if (!q)
		a->failed = true;
	else
		q->op = op;
	return q;
}

/* NULL for no children; the child itself for one. */
static node join(struct asking *a, enum xap_op op, const struct gather *g)
{
	if (g->n < 2)
		return g->n ? g->list[0] : NULL;
	struct xap_query *q = make(a, op);
	node *children = arena_alloc(a->arena, g->n * sizeof *children);
	if (!q || !children) {
		a->failed = true;
		return NULL;
	}
	memcpy(children, g->list, g->n * sizeof *children);
	q->children = children;
	q->n = g->n;
	q->window = (unsigned)g->n;
	return q;
}

static node pair_of(struct asking *a, enum xap_op op, node first, node second)
{
	struct gather g = {{first, second}, 2};
	return join(a, op, &g);
}

static node term(struct asking *a, const char *prefix, struct span rest)
{
	size_t n = strlen(prefix);
	struct xap_query *q = make(a, XAP_TERM);
	char *bytes = arena_alloc(a->arena, n + rest.n + 1);
	if (!q || !bytes) {
		a->failed = true;
		return NULL;
	}
	memcpy(bytes, prefix, n);
	memcpy(bytes + n, rest.s, rest.n);
	q->term = bytes;
	q->term_n = n + rest.n < XAP_TERM_MAX ? n + rest.n : XAP_TERM_MAX;
	return q;
}

static node prefix_term(struct asking *a, const char *prefix, struct span rest)
{
	struct xap_query *q = (struct xap_query *)term(a, prefix, rest);
	if (q) {
		q->op = XAP_PREFIX;
		q->window = PREFIX_EXPANSION;
	}
	return q;
}

static node scaled(struct asking *a, node child, double scale)
{
	struct gather one = {{child}, 1};
	struct xap_query *q = make(a, XAP_SCALE);
	node *children = arena_alloc(a->arena, sizeof *children);
	if (!q || !children || !child) {
		a->failed = true;
		return NULL;
	}
	children[0] = one.list[0];
	q->children = children;
	q->n = 1;
	q->scale = scale;
	return q;
}

/* A word by its stems. Of two stems each counts half, so that a word which has both weighs no more
 * than one that has only one. */
static node stems_node(struct asking *a, const struct needle_word *w, const struct language *l,
		       const char *field)
{
	char prefix[3] = {field[0], 0, 0};
	prefix[strlen(prefix)] = l->stem_prefix;
	if (w->n_stems == 1)
		return term(a, prefix, w->stem[0]);
	return pair_of(a, XAP_OR, scaled(a, term(a, prefix, w->stem[0]), 0.5),
		       scaled(a, term(a, prefix, w->stem[1]), 0.5));
}

static node phrase_node(struct asking *a, const struct needle *needle, const char *field)
{
	struct gather g = {.n = 0};
	for (size_t i = 0; i < needle->n; i++)
		add(&g, term(a, field, needle->words[i].word));
	return join(a, XAP_PHRASE, &g);
}

static node needle_node(struct asking *a, const struct needle *needle, const struct language *l,
			const char *field)
{
	switch (needle->kind) {
	case NEEDLE_WORD:
		return stems_node(a, &needle->words[0], l, field);
	case NEEDLE_EXACT:
		return term(a, field, needle->words[0].word);
	case NEEDLE_PREFIX:
		return prefix_term(a, field, needle->words[0].word);
	case NEEDLE_PHRASE:
		return phrase_node(a, needle, field);
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

static node only_in(struct asking *a, node q, const struct language *l)
{
	return q ? pair_of(a, XAP_FILTER, q, term(a, "L", span_of(l->code))) : NULL;
}

/* The needles of a leaf in each language; false where the language reads no word in it. */
struct reading {
	struct needle needle[LANGUAGE_MAX];
	bool read[LANGUAGE_MAX];
};

static void read_leaf(struct asking *a, const struct query *leaf, struct reading *r)
{
	for (size_t l = 0; l < language_count; l++)
		r->read[l] = needle_read(&r->needle[l], a->arena, leaf, a->search->analysers.of[l],
					 a->options->exact);
}

/* A word is sought by its stems in each language. What is sought by its words (phrases, prefixes)
 * is the same query in all languages, unless they read it differently: then each for its own
 * passages. */
static node reading_node(struct asking *a, const struct reading *r, const char *field)
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
			bool same = same_words(needle, &r->needle[k]);
			told = told || (same && k < l);
			differs = differs || !same;
		}
		if (needle->kind == NEEDLE_WORD)
			add(&g, needle_node(a, needle, &languages[l], field));
		else if (differs)
			add(&g, only_in(a, needle_node(a, needle, &languages[l], field),
					&languages[l]));
		else if (!told)
			add(&g, needle_node(a, needle, &languages[l], field));
	}
	return join(a, XAP_OR, &g);
}

static void remember_needles(struct asking *a, const struct reading *r)
{
	for (size_t l = 0; l < language_count; l++) {
		if (r->read[l] && a->n_needles[l] < MAX_NEEDLES)
			a->needles[l][a->n_needles[l]++] = r->needle[l];
	}
}

static struct span fold(struct asking *a, struct span s)
{
	struct buf folded = buf_new(4096);
	text_fold(&folded, s.s, s.n);
	char *copy =
		folded.failed ? NULL : arena_copy(a->arena, folded.s ? folded.s : "", folded.n);
	struct span result = {copy, folded.n};
	if (!copy) {
		a->failed = true;
		result = (struct span){"", 0};
	}
	buf_free(&folded);
	return result;
}

/* Each word of a folded value must be there. */
static node all_pieces(struct asking *a, const char *prefix, struct span value)
{
	struct gather g = {.n = 0};
	struct token t;
	struct analyser *plain = a->search->analysers.of[0];
	analyser_start(plain, value.s, value.n);
	while (analyser_next(plain, &t))
		add(&g, term(a, prefix, t.word));
	return join(a, XAP_AND, &g);
}

static node area_node(struct asking *a, struct span value, bool begins)
{
	if (begins)
		return prefix_term(a, "A", value);
	return pair_of(a, XAP_OR, term(a, "A=", value), all_pieces(a, "A", value));
}

static node path_node(struct asking *a, struct span value, bool begins)
{
	while (value.n && value.s[value.n - 1] == '/')
		value.n--;
	return begins ? prefix_term(a, "P", value) : term(a, "P", value);
}

static node lang_node(struct asking *a, struct span value)
{
	const struct language *l = language_find(value.s, value.n);
	a->names_language = true;
	return l ? term(a, "L", span_of(l->code)) : &nothing;
}

/* A filter narrows what is found and has no say in the order. */
static node filter_node(struct asking *a, const struct query *q)
{
	bool begins = q->kind == QUERY_PREFIX;
	node filter = NULL;
	if (q->field == FIELD_LANG)
		filter = lang_node(a, q->text);
	else if (q->field == FIELD_AREA)
		filter = area_node(a, fold(a, q->text), begins);
	else if (q->field == FIELD_PATH)
		filter = path_node(a, fold(a, q->text), begins);
	return filter ? scaled(a, filter, 0) : NULL;
}

static bool is_filter(const struct query *q)
{
	return q->field == FIELD_LANG || q->field == FIELD_AREA || q->field == FIELD_PATH;
}

/* In how many languages a plain word is a stop word, of how many that read it. */
static void count_stops(const struct reading *r, size_t *stops, size_t *reads)
{
	*stops = *reads = 0;
	for (size_t l = 0; l < language_count; l++) {
		*reads += r->read[l];
		*stops += r->read[l] && r->needle[l].kind == NEEDLE_WORD &&
			  r->needle[l].words[0].plain_stop;
	}
}

enum standing { REQUIRED, OPTIONAL, IDLE }; /* of a child of an AND */

static enum standing standing_of(struct asking *a, const struct query *q)
{
	if (q->kind != QUERY_WORD || q->field != FIELD_NONE || a->options->exact)
		return REQUIRED;
	struct reading r;
	size_t stops, reads;
	read_leaf(a, q, &r);
	count_stops(&r, &stops, &reads);
	if (stops == 0)
		return REQUIRED;
	return stops == reads ? IDLE : OPTIONAL;
}

static node compile(struct asking *a, const struct query *q, bool negated);

static node leaf_node(struct asking *a, const struct query *q, bool negated)
{
	if (is_filter(q))
		return filter_node(a, q);
	struct reading r;
	read_leaf(a, q, &r);
	const char title[2] = {TERM_TITLE, '\0'};
	if (!negated)
		remember_needles(a, &r);
	return reading_node(a, &r, q->field == FIELD_TITLE ? title : "");
}

/* Stop words beside others need not be there: where they are content in one of the languages they
 * still help the order, where in none they say nothing. */
static node and_node(struct asking *a, const struct query *q, bool negated)
{
	struct gather must = {.n = 0}, may = {.n = 0}, not = {.n = 0};
	bool content = false;
	for (size_t i = 0; i < q->n && !content; i++) {
		const struct query *c = q->children[i];
		content = c->kind != QUERY_NOT && !is_filter(c) && standing_of(a, c) == REQUIRED;
	}
	for (size_t i = 0; i < q->n; i++) {
		const struct query *c = q->children[i];
		enum standing standing = content ? standing_of(a, c) : REQUIRED;
		if (c->kind == QUERY_NOT)
			add(&not, compile(a, c->children[0], !negated));
		else if (standing == REQUIRED)
			add(&must, compile(a, c, negated));
		else if (standing == OPTIONAL)
			add(&may,
			    leaf_node(a, c, true)); /* helps the order, but is not worth a mark */
	}
	node all = must.n ? join(a, XAP_AND, &must) : not .n ? &everything : NULL;
	if (all && may.n)
		all = pair_of(a, XAP_AND_MAYBE, all, join(a, XAP_OR, &may));
	if (all && not .n)
		all = pair_of(a, XAP_AND_NOT, all, join(a, XAP_OR, &not ));
	return all;
}

static node compile(struct asking *a, const struct query *q, bool negated)
{
	struct gather g = {.n = 0};
	switch (q->kind) {
	case QUERY_NOTHING:
		return NULL;
	case QUERY_WORD:
	case QUERY_PHRASE:
	case QUERY_PREFIX:
		return leaf_node(a, q, negated);
	case QUERY_AND:
		return and_node(a, q, negated);
	case QUERY_OR:
		for (size_t i = 0; i < q->n; i++)
			add(&g, compile(a, q->children[i], negated));
		return join(a, XAP_OR, &g);
	case QUERY_NOT:
		add(&g, compile(a, q->children[0], !negated));
		return g.n ? pair_of(a, XAP_AND_NOT, &everything, g.list[0]) : NULL;
	}
	return NULL;
}

/* The same tree with "all" made "any" at its top; exclusions and filters stand. NULL when there is
 * nothing to relax. */
static node relax(struct asking *a, const struct query *q)
{
	struct gather any = {.n = 0}, filters = {.n = 0}, not = {.n = 0};
	if (q->kind != QUERY_AND)
		return NULL;
	memset(a->n_needles, 0, sizeof a->n_needles);
	for (size_t i = 0; i < q->n; i++) {
		const struct query *c = q->children[i];
		if (c->kind == QUERY_NOT)
			add(&not, compile(a, c->children[0], true));
		else if (is_filter(c))
			add(&filters, compile(a, c, false));
		else if (standing_of(a, c) == REQUIRED)
			add(&any, compile(a, c, false));
	}
	if (any.n < 2)
		return NULL;
	node all = join(a, XAP_OR, &any);
	if (filters.n)
		all = pair_of(a, XAP_FILTER, all, join(a, XAP_AND, &filters));
	if (not .n)
		all = pair_of(a, XAP_AND_NOT, all, join(a, XAP_OR, &not ));
	return all;
}

/* ---- asking -------------------------------------------------------------------------------------
 */

static struct xap_result *new_set(struct search_result *r)
{
	struct search_private *p = r->private;
	return &p->sets[p->n_sets++];
}

/* One group: the hits there are in the reader's language (each pair once), or those there are not.
 */
static node group_node(struct asking *a, node q, bool other)
{
	node mine = term(a, "V", span_of(a->options->language->code));
	return pair_of(a, other ? XAP_AND_NOT : XAP_FILTER, q, mine);
}

static struct xap_result *ask(struct asking *a, struct search_result *r, node q, size_t offset,
			      size_t limit, struct error *e)
{
	struct xap_request request = {
		.query = q,
		.offset = offset,
		.limit = limit,
		.collapse_slot = SLOT_PAIR,
		.sort_slot = a->options->sort == SORT_DATE ? SLOT_DATE : XAP_NO_SLOT,
		.facet_slots = {SLOT_FACET + (int)language_index(a->options->language)},
		.n_facets = 1,
	};
	struct xap_result *set = new_set(r);
	if (a->failed || !q) {
		error_memory(e);
		return NULL;
	}
	return xap_search(a->search->xap, &request, set, e) == 0 ? set : NULL;
}

static int add_areas(struct search_result *r, struct arena *arena, const struct xap_result *set)
{
	for (size_t i = 0; i < set->n_facets[0]; i++) {
		const struct xap_facet *f = &set->facets[0][i];
		size_t k = 0;
		while (k < r->n_areas && strcmp(r->areas[k].name, f->value) != 0)
			k++;
		if (!*f->value)
			continue;
		if (k == r->n_areas) {
			r->areas[k].name = arena_copy(arena, f->value, strlen(f->value));
			if (!r->areas[k].name)
				return -1;
			r->n_areas++;
		}
		r->areas[k].count += f->count;
	}
	return 0;
}

/* Asks both groups: sets r's totals and areas, and the two sets of hits that this page shows. */
static int ask_groups(struct asking *a, struct search_result *r, node q,
		      struct xap_result *group[2], struct error *e)
{
	const struct search_options *o = a->options;
	size_t limit = o->limit < SEARCH_MAX_HITS ? o->limit : SEARCH_MAX_HITS;
	r->n_areas = 0;
	group[0] = ask(a, r, group_node(a, q, false), o->offset, limit, e);
	if (!group[0])
		return -1;
	r->total = group[0]->total;
	size_t skip = o->offset > r->total ? o->offset - r->total : 0;
	size_t left = o->only ? 0 : limit - group[0]->n_hits;
	group[1] = ask(a, r, group_node(a, q, true), skip, left, e);
	if (!group[1])
		return -1;
	r->other_total = group[1]->total;
	size_t most = group[0]->n_facets[0] + group[1]->n_facets[0];
	r->areas = arena_alloc(a->arena, (most + 1) * sizeof *r->areas);
	if (!r->areas || add_areas(r, a->arena, group[0]) != 0 ||
	    (!o->only && add_areas(r, a->arena, group[1]) != 0))
		return error_memory(e);
	return 0;
}

/* ---- from documents to hits ---------------------------------------------------------------------
 */

static int add_pieces(struct pieces *p, struct arena *arena, const char *text, size_t start,
		      size_t end, const struct marks *marks)
{
	p->list = arena_alloc(arena, (2 * marks->n + 1) * sizeof *p->list);
	if (!p->list)
		return -1;
	size_t at = start;
	for (size_t i = 0; i < marks->n; i++) {
		struct mark m = marks->list[i];
		if (m.start < at || m.end > end)
			continue;
		if (m.start > at)
			p->list[p->n++] = (struct piece){{text + at, m.start - at}, false};
		p->list[p->n++] = (struct piece){{text + m.start, m.end - m.start}, true};
		at = m.end;
	}
	if (at < end)
		p->list[p->n++] = (struct piece){{text + at, end - at}, false};
	return 0;
}

static int mark_hit(struct asking *a, struct hit *h)
{
	size_t l = language_index(h->language);
	struct analyser *analyser = a->search->analysers.of[l];
	struct span title = h->record.field[RECORD_TITLE],
		    text = span_trim(h->record.field[RECORD_TEXT]);
	struct marks marks;
	if (highlight_text(&marks, title.s, title.n, a->needles[l], a->n_needles[l], analyser) != 0)
		return -1;
	int result = add_pieces(&h->title, a->arena, title.s, 0, title.n, &marks);
	marks_free(&marks);
	if (result != 0 ||
	    highlight_text(&marks, text.s, text.n, a->needles[l], a->n_needles[l], analyser) != 0)
		return -1;
	size_t start, end;
	highlight_snippet(text.s, text.n, &marks, &start, &end);
	h->cut_before = start > 0;
	h->cut_after = end < text.n;
	result = add_pieces(&h->snippet, a->arena, text.s, start, end, &marks);
	marks_free(&marks);
	return result;
}

static const struct language *language_of(const struct record *r)
{
	struct span code = r->field[RECORD_LANG];
	return language_find(code.s, code.n);
}

static int read_hit(struct hit *h, const struct xap_hit *x, struct error *e)
{
	if (!record_read(&h->record, x->data, x->data_n) || !language_of(&h->record))
		return error_set(e, STATUS_CORRUPT, MSG_BAD_RECORD, NULL);
	h->language = language_of(&h->record);
	h->score = x->weight;
	return 0;
}

/* Any of the two sides of these hits. */
static node sides_node(struct asking *a, const struct search_result *r)
{
	node *ids = arena_alloc(a->arena, (2 * r->n_hits + 1) * sizeof *ids);
	struct xap_query *q = make(a, XAP_OR);
	if (!ids || !q) {
		a->failed = true;
		return NULL;
	}
	size_t n = 0;
	for (size_t i = 0; i < r->n_hits; i++) {
		const struct record *record = &r->hits[i].record;
		ids[n++] = term(a, "I", record->field[RECORD_ID]);
		if (record->field[RECORD_TWIN_ID].n)
			ids[n++] = term(a, "I", record->field[RECORD_TWIN_ID]);
	}
	q->children = ids;
	q->n = n;
	return q;
}

static int ask_sides(struct asking *a, struct search_result *r, node q, struct xap_result **set,
		     struct error *e)
{
	struct xap_request request = {.query = q,
				      .limit = 2 * r->n_hits,
				      .collapse_slot = XAP_NO_SLOT,
				      .sort_slot = XAP_NO_SLOT};
	*set = new_set(r);
	if (a->failed)
		return error_memory(e);
	return xap_search(a->search->xap, &request, *set, e);
}

/* The hit that a document is one side of, or NULL. */
static struct hit *hit_of_side(struct search_result *r, const struct record *side)
{
	for (size_t i = 0; i < r->n_hits; i++) {
		const struct record *record = &r->hits[i].record;
		if (span_equal(record->field[RECORD_ID], side->field[RECORD_ID]) ||
		    (record->field[RECORD_TWIN_ID].n &&
		     span_equal(record->field[RECORD_TWIN_ID], side->field[RECORD_ID])))
			return &r->hits[i];
	}
	return NULL;
}

/* Notes which sides have the words, and turns each hit to the reader's side. */
static int settle_sides(struct asking *a, struct search_result *r, node q, struct error *e)
{
	struct xap_result *matched, *sides;
	if (r->n_hits == 0)
		return 0;
	node ids = sides_node(a, r);
	if (!ids)
		return error_memory(e);
	if (ask_sides(a, r, pair_of(a, XAP_FILTER, q, ids), &matched, e) != 0 ||
	    ask_sides(a, r, ids, &sides, e) != 0)
		return -1;
	for (size_t i = 0; i < matched->n_hits; i++) {
		struct hit side = {0}, *h;
		if (read_hit(&side, &matched->hits[i], e) != 0)
			return -1;
		if ((h = hit_of_side(r, &side.record)))
			h->matched[language_index(side.language)] = true;
	}
	for (size_t i = 0; i < sides->n_hits && !a->names_language; i++) {
		struct hit side = {0}, *h;
		if (read_hit(&side, &sides->hits[i], e) != 0)
			return -1;
		h = hit_of_side(r, &side.record);
		if (h && h->language != a->options->language &&
		    side.language == a->options->language) {
			h->record = side.record;
			h->language = side.language;
		}
	}
	return 0;
}

static int make_hits(struct asking *a, struct search_result *r, node q,
		     struct xap_result *const group[2], struct error *e)
{
	r->hits =
		arena_alloc(a->arena, (group[0]->n_hits + group[1]->n_hits + 1) * sizeof *r->hits);
	if (!r->hits)
		return error_memory(e);
	for (int g = 0; g < 2; g++) {
		for (size_t i = 0; i < group[g]->n_hits; i++) {
			struct hit *h = &r->hits[r->n_hits++];
			if (read_hit(h, &group[g]->hits[i], e) != 0)
				return -1;
			h->other = g == 1;
		}
	}
	if (settle_sides(a, r, q, e) != 0)
		return -1;
	for (size_t i = 0; i < r->n_hits; i++) {
		if (mark_hit(a, &r->hits[i]) != 0)
			return error_memory(e);
	}
	return 0;
}

/* ---- all together -------------------------------------------------------------------------------
 */

static node narrow_to_area(struct asking *a, node q)
{
	if (!q || a->options->area.n == 0)
		return q;
	return pair_of(a, XAP_FILTER, q, term(a, "A=", fold(a, a->options->area)));
}

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

/* A passage of which the heading is just the words asked for comes first. */
static node prefer_about(struct asking *a, const struct query *typed, node q)
{
	struct gather about = {.n = 0};
	struct buf words = buf_new(4096);
	bool plain = plain_words(typed, &words) && words.n;
	for (size_t l = 0; plain && l < language_count; l++) {
		const char prefix[3] = {TERM_ABOUT, languages[l].stem_prefix, '\0'};
		struct buf key = buf_new(4096);
		heading_key(&key, (struct span){words.s, words.n}, a->search->analysers.of[l]);
		if (key.n && key.n < XAP_TERM_MAX - 2)
			add(&about, term(a, prefix, (struct span){key.s, key.n}));
		a->failed = a->failed || key.failed;
		buf_free(&key);
	}
	a->failed = a->failed || words.failed;
	buf_free(&words);
	return q && about.n ? pair_of(a, XAP_AND_MAYBE, q, join(a, XAP_OR, &about)) : q;
}

static const struct language *other_than(const struct language *l)
{
	return l == &languages[0] ? &languages[1] : &languages[0];
}

static int run(struct asking *a, struct search_result *r, struct error *e)
{
	struct xap_result *group[2];
	struct query *typed = query_parse(a->arena, a->options->typed.s, a->options->typed.n, e);
	if (!typed)
		return -1;
	node q = narrow_to_area(a, prefer_about(a, typed, compile(a, typed, false)));
	if (a->failed)
		return error_memory(e);
	if (!q)
		return 0; /* nothing to look for */
	if (ask_groups(a, r, q, group, e) != 0)
		return -1;
	if (r->total + r->other_total == 0) {
		node some = narrow_to_area(a, relax(a, typed));
		if (a->failed)
			return error_memory(e);
		if (some) {
			q = some;
			if (ask_groups(a, r, q, group, e) != 0)
				return -1;
			r->relaxed = r->total + r->other_total > 0;
		}
	}
	return make_hits(a, r, q, group, e);
}

/* Sets up a result and what it takes to fill it in; NULL when memory is out. The caller frees it. */
static struct asking *begin(struct search *s, const struct search_options *options,
			    struct search_result *result, struct error *e)
{
	enum { SETS = 6 }; /* two groups, twice if relaxed, and two look-ups of the sides */
	*result = (struct search_result){.language = options->language,
					 .other = other_than(options->language),
					 .offset = options->offset};
	struct search_private *p = calloc(1, sizeof *p);
	struct asking *a = calloc(1, sizeof *a);
	if (p)
		p->sets = calloc(SETS, sizeof *p->sets);
	if (!p || !a || !p->sets) {
		free(p);
		free(a);
		error_memory(e);
		return NULL;
	}
	result->private = p;
	*a = (struct asking){.search = s, .options = options, .arena = &p->arena};
	return a;
}

int search_run(struct search *s, const struct search_options *options, struct search_result *result,
	       struct error *e)
{
	struct asking *a = begin(s, options, result, e);
	if (!a)
		return -1;
	int status = run(a, result, e);
	free(a);
	if (status != 0)
		search_free(result);
	return status;
}

/* Documents are in the order in which they stand in their page. */
static int find_all(struct asking *a, struct search_result *r, node q, struct xap_result **set, struct error *e)
{
	enum { PAGE_MAX = 100000 }; /* passages of one page, far more than any has */
	struct xap_request request = {
	    .query = q, .limit = PAGE_MAX, .collapse_slot = XAP_NO_SLOT, .sort_slot = XAP_NO_SLOT};
	*set = new_set(r);
	return a->failed ? error_memory(e) : xap_search(a->search->xap, &request, *set, e);
}

/* Of the passages of a page the one with this anchor; the first for none. */
static int pick(struct search_result *r, const struct xap_result *set, struct span anchor, struct error *e)
{
	for (size_t i = 0; i < set->n_hits && r->n_hits == 0; i++) {
		if (read_hit(&r->hits[0], &set->hits[i], e) != 0)
			return -1;
		if (anchor.n == 0 || span_equal(r->hits[0].record.field[RECORD_ANCHOR], anchor))
			r->n_hits = 1;
	}
	return 0;
}

static int find(struct asking *a, struct search_result *r, struct span id, struct error *e)
{
	struct xap_result *set;
	const char *hash = id.n ? memrchr(id.s, '#', id.n) : NULL;
	size_t path_n = hash ? (size_t)(hash - id.s) : id.n;
	char *path = arena_copy(a->arena, id.s, path_n);
	struct buf file = buf_new(XAP_TERM_MAX + 1);
	r->hits = arena_alloc(a->arena, 2 * sizeof *r->hits);
	if (path)
		document_file_term(&file, path);
	a->failed = a->failed || !path || !r->hits || file.failed;
	node of_id = term(a, "I", id), of_file = term(a, "", (struct span){file.s, file.n});
	buf_free(&file);
	if (find_all(a, r, of_id, &set, e) != 0 || pick(r, set, span_of(""), e) != 0)
		return -1;
	struct span anchor = {hash ? hash + 1 : "", hash ? id.n - path_n - 1 : 0};
	if (r->n_hits == 0 && (find_all(a, r, of_file, &set, e) != 0 || pick(r, set, anchor, e) != 0))
		return -1;
	if (r->n_hits == 0)
		return error_set(e, STATUS_NOT_FOUND, MSG_NO_PASSAGE, path);
	struct span twin = r->hits[0].record.field[RECORD_TWIN_ID];
	if (twin.n && find_all(a, r, term(a, "I", twin), &set, e) != 0)
		return -1;
	if (twin.n && set->n_hits) {
		if (read_hit(&r->hits[1], &set->hits[0], e) != 0)
			return -1;
		r->n_hits = 2;
	}
	return 0;
}

int search_find(struct search *s, struct span id, struct search_result *result, struct error *e)
{
	const struct search_options options = {.language = &languages[0]};
	struct asking *a = begin(s, &options, result, e);
	if (!a)
		return -1;
	int status = find(a, result, id, e);
	free(a);
	if (status != 0)
		search_free(result);
	return status;
}

void search_free(struct search_result *result)
{
	struct search_private *p = result->private;
	if (p) {
		for (size_t i = 0; i < p->n_sets; i++)
			xap_result_free(&p->sets[i]);
		free(p->sets);
		arena_free(&p->arena);
		free(p);
	}
	*result = (struct search_result){0};
}

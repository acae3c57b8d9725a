#include "search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "place.h"
#include "compile.h"
#include "complete.h"
#include "correct.h"
#include "explain.h"
#include "seal.h"
#include "similar.h"
#include "stub.h"

struct search {
	char *path; /* of the database, and which file it was when it was opened */
	dev_t device;
	ino_t inode;
	struct timespec changed;
	struct xap *xap;
	struct analysers analysers;
	struct near *near; /* read at the first need */
	char *facet_text;  /* the keys, each ended by a NUL */
	const char *facets[FACET_MAX];
};

/* What a result keeps alive: the data that its records point into, and all that was made on the
 * way. */
struct search_private {
	struct arena arena;
	struct set {
		struct xap_result found;
		struct set *next;
	} * sets; /* in the arena */
	struct facet_group facets[FACET_MAX];
};

static bool look_at(struct search *s)
{
	struct stat st;
	if (stat(s->path, &st) != 0)
		return false;
	s->device = st.st_dev;
	s->inode = st.st_ino;
	s->changed = st.st_ctim;
	return true;
}

/* An inode number may be used again, but not with the same time of change. */
bool search_is_current(const struct search *s)
{
	struct stat st;
	return stat(s->path, &st) == 0 && st.st_dev == s->device && st.st_ino == s->inode &&
	       st.st_ctim.tv_sec == s->changed.tv_sec && st.st_ctim.tv_nsec == s->changed.tv_nsec;
}

char *search_revision(struct search *s, struct error *e)
{
	return xap_begin(s->xap, e) == 0 ? xap_revision(s->xap, e) : NULL;
}

bool search_is_stub(const char *index)
{
	char *path = place_database(index);
	bool stub = path && xap_is_stub(path);
	free(path);
	return stub;
}

static int read_facets(struct search *s, struct error *e)
{
	s->facet_text = xap_note(s->xap, NOTE_FACETS, e);
	if (!s->facet_text)
		return -1;
	char *key = s->facet_text;
	for (size_t f = 0; *key && f + 1 < FACET_MAX; f++) {
		s->facets[f] = key;
		key += strcspn(key, "\n");
		if (*key)
			*key++ = '\0';
	}
	return 0;
}

/* Are the parts that are here what was sealed? A directory has no seal. */
static int check_parts(const char *path, struct error *e)
{
	struct stub stub;
	struct stat st;
	int result = stub_read(&stub, path, e);
	for (size_t i = 0; result == 0 && i < stub.n; i++) {
		const struct stub_part *part = &stub.list[i];
		if (!part->host && (stat(part->name, &st) != 0 || !S_ISDIR(st.st_mode)))
			result = seal_check(part->name, false, e);
	}
	stub_free(&stub);
	return result;
}

/* A part may have gone with a switch since the list was read: then there is another list. */
static int check_seals(const char *path, struct error *e)
{
	enum { TRIES = 3 };
	int result = -1;
	if (!xap_is_stub(path))
		return seal_check(path, false, e);
	for (int i = 0; i < TRIES && result != 0; i++)
		result = check_parts(path, e);
	return result;
}

struct search *search_open(const char *index, struct error *e)
{
	struct search *s = calloc(1, sizeof *s);
	char *path = place_database(index);
	if (!s || !path) {
		free(s);
		free(path);
		error_memory(e);
		return NULL;
	}
	s->path = path;
	if (!look_at(s))
		place_not_seen(index, path, e);
	else if (check_seals(path, e) == 0)
		s->xap = xap_open(path, INDEX_FORMAT, e);
	if (!s->xap || read_facets(s, e) != 0 || analysers_open(&s->analysers, e) != 0) {
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
	near_free(s->near);
	xap_close(s->xap);
	free(s->path);
	free(s->facet_text);
	free(s);
}

/* One question being put together. */
struct asking {
	struct search *search;
	const struct search_options *options;
	struct compiler compiler;
	const struct query *asked; /* what the needles are of */
};

static const struct language *other_than(const struct language *l)
{
	return l == &languages[0] ? &languages[1] : &languages[0];
}

/* Sets up a result and what it takes to fill it in; NULL when memory is out. The caller frees it.
 */
static struct asking *prepare(struct search *s, const struct search_options *options,
			      struct search_result *result, struct error *e)
{
	*result = (struct search_result){.language = options->language,
					 .other = other_than(options->language),
					 .offset = options->offset};
	struct search_private *p = calloc(1, sizeof *p);
	struct asking *a = calloc(1, sizeof *a);
	if (!p || !a) {
		free(p);
		free(a);
		error_memory(e);
		return NULL;
	}
	result->private = p;
	result->facets = p->facets;
	p->facets[FACET_AREA].key = "area";
	for (result->n_facets = 1; s->facets[result->n_facets - 1]; result->n_facets++) {
		const char *key = s->facets[result->n_facets - 1];
		char *copy = arena_copy(&p->arena, key, strlen(key)); /* outlives the search */
		p->facets[result->n_facets].key = copy ? copy : "";
		a->compiler.failed = a->compiler.failed || !copy;
	}
	a->search = s;
	a->options = options;
	a->compiler.xap = s->xap;
	a->compiler.analysers = s->analysers.of;
	a->compiler.facets = s->facets;
	a->compiler.arena = &p->arena;
	a->compiler.exact = options->exact;
	return a;
}

static struct asking *begin(struct search *s, const struct search_options *options,
			    struct search_result *result, struct error *e)
{
	return xap_begin(s->xap, e) == 0 ? prepare(s, options, result, e) : NULL;
}

static const char **missing_parts(struct asking *a, size_t *n)
{
	const char *const *missing = xap_missing(a->search->xap, n);
	const char **list = arena_alloc(a->compiler.arena, (*n + 1) * sizeof *list);
	for (size_t i = 0; list && i < *n; i++) {
		list[i] = arena_copy(a->compiler.arena, missing[i], strlen(missing[i]));
		if (!list[i])
			return NULL;
	}
	return list;
}

int search_is_whole(struct search *s, struct error *e)
{
	size_t n;
	const char *const *missing = xap_missing(s->xap, &n);
	return n ? error_set(e, STATUS_AWAY, MSG_PARTS_MISSING, missing[0]) : 0;
}

/* The end of every question: says what could not be asked, and frees what it took to ask. Nothing
 * is missing from the index for sure while a part of it is. */
static int end(struct asking *a, struct search_result *r, int status, struct error *e)
{
	if (status == 0) {
		r->missing = missing_parts(a, &r->n_missing);
		status = r->missing ? 0 : error_memory(e);
	} else if (e->status == STATUS_NOT_FOUND) {
		search_is_whole(a->search, e);
	}
	free(a);
	if (status != 0)
		search_free(r);
	return status;
}

/* ---- asking -------------------------------------------------------------------------------------
 */

/* Why the compiler failed. */
static int failure(const struct asking *a, struct error *e)
{
	if (!a->compiler.failed || a->compiler.error.status == STATUS_OK)
		return error_memory(e);
	*e = a->compiler.error;
	return -1;
}

/* Room for what Xapian gives back; it lives as long as the result. NULL when memory is out. */
static struct xap_result *new_set(struct search_result *r)
{
	struct search_private *p = r->private;
	struct set *set = arena_alloc(&p->arena, sizeof *set);
	if (!set)
		return NULL;
	set->next = p->sets;
	p->sets = set;
	return &set->found;
}

static struct xap_request request_of(const struct asking *a, const struct search_result *r, node q,
				     size_t offset, size_t limit)
{
	size_t l = language_index(a->options->language);
	struct xap_request request = {
		.query = q,
		.offset = offset,
		.limit = limit,
		.collapse_slot = SLOT_PAIR,
		.order_slot = SLOT_ORDER,
		.order_first = a->options->sort == SORT_DATE,
		.n_facets = r->n_facets,
	};
	for (size_t f = 0; f < r->n_facets; f++)
		request.facet_slots[f] = (int)(SLOT_FACET + f * LANGUAGE_MAX + l);
	return request;
}

static int add_value(struct facet_group *group, struct arena *arena, struct span value,
		     size_t count)
{
	size_t k = 0;
	while (k < group->n && !span_equal(span_of(group->list[k].name), value))
		k++;
	if (k == group->n) {
		group->list[k].name = arena_copy(arena, value.s, value.n);
		if (!group->list[k].name)
			return -1;
		group->n++;
	}
	group->list[k].count += count;
	return 0;
}

/* Each of the values of what a hit has, which line feeds part. */
static int add_values(struct facet_group *group, struct arena *arena, const struct xap_facet *f)
{
	for (const char *s = f->value; *s;) {
		size_t n = strcspn(s, "\n");
		if (n && add_value(group, arena, (struct span){s, n}, f->count) != 0)
			return -1;
		s += n + (s[n] == '\n');
	}
	return 0;
}

static int by_count(const void *x, const void *y)
{
	const struct facet *a = x, *b = y;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

static size_t count_values(const struct xap_result *set, size_t f)
{
	size_t values = 0;
	for (size_t i = 0; i < set->n_facets[f]; i++) {
		for (const char *s = set->facets[f][i].value; s; s = strchr(s, '\n'))
			values++, s += *s == '\n';
	}
	return values;
}

static int fill_facet(struct asking *a, struct search_result *r, size_t f,
		      struct xap_result *const *sets, size_t n_sets)
{
	struct facet_group *group = &r->facets[f];
	size_t most = 0;
	for (size_t i = 0; i < n_sets; i++)
		most += count_values(sets[i], f);
	group->n = 0;
	group->list = arena_alloc(a->compiler.arena, (most + 1) * sizeof *group->list);
	if (!group->list)
		return -1;
	for (size_t i = 0; i < n_sets; i++) {
		for (size_t k = 0; k < sets[i]->n_facets[f]; k++) {
			if (add_values(group, a->compiler.arena, &sets[i]->facets[f][k]) != 0)
				return -1;
		}
	}
	qsort(group->list, group->n, sizeof *group->list, by_count);
	return 0;
}

/* Asks for hits that there are in the reader's language (each pair once), and behind them for those
 * there are not: sets r's totals and facets, and the two sets of hits that this page shows. */
static int ask_groups(struct asking *a, struct search_result *r, node q,
		      struct xap_result *group[2], struct error *e)
{
	const struct search_options *o = a->options;
	char term[8];
	struct xap_result both[2];
	size_t limit = o->limit < SEARCH_MAX_HITS ? o->limit : SEARCH_MAX_HITS;
	struct xap_request request = request_of(a, r, q, o->offset, limit);
	snprintf(term, sizeof term, "%c%s", TERM_AVAIL, o->language->code);
	request.first = term;
	request.first_only = o->only;
	for (int g = 0; g < 2; g++) {
		group[g] = new_set(r);
		if (!group[g])
			return error_memory(e);
	}
	if (a->compiler.failed || !q)
		return failure(a, e);
	if (xap_search(a->search->xap, &request, both, e) != 0)
		return -1;
	for (int g = 0; g < 2; g++)
		*group[g] = both[g];
	r->total = both[0].total;
	r->other_total = both[1].total;
	for (size_t f = 0; f < r->n_facets; f++) {
		if (fill_facet(a, r, f, group, o->only ? 1 : 2) != 0)
			return error_memory(e);
	}
	return 0;
}

static bool found_any(const struct asking *a, const struct search_result *r)
{
	return r->total + (a->options->only ? 0 : r->other_total) > 0;
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
	if (highlight_text(&marks, title.s, title.n, a->compiler.needles[l],
			   a->compiler.n_needles[l], analyser) != 0)
		return -1;
	int result = add_pieces(&h->title, a->compiler.arena, title.s, 0, title.n, &marks);
	marks_free(&marks);
	if (result != 0 || highlight_text(&marks, text.s, text.n, a->compiler.needles[l],
					  a->compiler.n_needles[l], analyser) != 0)
		return -1;
	size_t start, end;
	highlight_snippet(text.s, text.n, &marks, &start, &end);
	h->cut_before = start > 0;
	h->cut_after = end < text.n;
	result = add_pieces(&h->snippet, a->compiler.arena, text.s, start, end, &marks);
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

/* The other side of a hit: 0 when it has none. */
static int find_twin(struct asking *a, const struct hit *h, uint32_t *document, struct error *e)
{
	char term[XAP_TERM_MAX];
	struct span id = h->record.field[RECORD_TWIN_ID];
	*document = 0;
	if (id.n == 0 || id.n >= sizeof term)
		return 0;
	term[0] = TERM_ID;
	memcpy(term + 1, id.s, id.n);
	return xap_find(a->search->xap, term, id.n + 1, document, e);
}

static const struct language *language_of_twin(const struct record *r)
{
	struct span code = r->field[RECORD_TWIN_LANG];
	return language_find(code.s, code.n);
}

/* Which documents of the twins have the words too; of the result only their numbers are filled in.
 */
static int ask_twins(struct asking *a, struct search_result *r, node q, const uint32_t *twins,
		     struct xap_result **set, struct error *e)
{
	node ids[SEARCH_MAX_HITS];
	size_t n = 0;
	for (size_t i = 0; i < r->n_hits; i++) {
		if (twins[i])
			ids[n++] = compile_term(&a->compiler, "I",
						r->hits[i].record.field[RECORD_TWIN_ID]);
	}
	*set = new_set(r);
	if (!*set || a->compiler.failed)
		return failure(a, e);
	if (n == 0)
		return 0;
	struct xap_request request = {
		.query = compile_among(&a->compiler, q, compile_any_of(&a->compiler, ids, n)),
		.limit = n,
		.collapse_slot = XAP_NO_SLOT,
		.order_slot = XAP_NO_SLOT,
		.no_data = true};
	return request.query ? xap_search(a->search->xap, &request, *set, e) : failure(a, e);
}

static bool has_document(const struct xap_result *set, uint32_t document)
{
	size_t i = 0;
	while (i < set->n_hits && set->hits[i].document != document)
		i++;
	return i < set->n_hits;
}

/* Turns a hit to its other side when that is the reader's. */
static int turn(struct asking *a, struct search_result *r, struct hit *h, uint32_t twin,
		struct error *e)
{
	const struct language *reader = a->options->language;
	if (h->language == reader || language_of_twin(&h->record) != reader)
		return 0;
	struct xap_result *set = new_set(r);
	if (!set)
		return error_memory(e);
	if (xap_fetch(a->search->xap, twin, set, e) != 0)
		return -1;
	struct hit side = {0};
	if (read_hit(&side, &set->hits[0], e) != 0)
		return -1;
	h->record = side.record;
	h->language = side.language;
	return 0;
}

/* Notes which sides have the words, and turns each hit to the reader's side. */
static int settle_sides(struct asking *a, struct search_result *r, node q, struct error *e)
{
	uint32_t twins[SEARCH_MAX_HITS];
	struct xap_result *matched;
	for (size_t i = 0; i < r->n_hits; i++) {
		if (find_twin(a, &r->hits[i], &twins[i], e) != 0)
			return -1;
	}
	if (ask_twins(a, r, q, twins, &matched, e) != 0)
		return -1;
	for (size_t i = 0; i < r->n_hits; i++) {
		struct hit *h = &r->hits[i];
		const struct language *l = language_of_twin(&h->record);
		h->matched[language_index(h->language)] = true;
		if (!twins[i] || !l)
			continue;
		if (has_document(matched, twins[i]))
			h->matched[language_index(l)] = true;
		if (!a->compiler.names_language && turn(a, r, h, twins[i], e) != 0)
			return -1;
	}
	return 0;
}

/* Which words of a hit, and of its translation, are those asked for. */
static int explain_hit(struct asking *a, struct search_result *r, struct hit *h, struct error *e)
{
	uint32_t twin;
	struct hit side = {0};
	if (find_twin(a, h, &twin, e) != 0)
		return -1;
	if (twin) {
		struct xap_result *set = new_set(r);
		if (!set)
			return error_memory(e);
		if (xap_fetch(a->search->xap, twin, set, e) != 0 ||
		    read_hit(&side, &set->hits[0], e) != 0)
			return -1;
	}
	if (why_find(&h->why, &a->compiler, a->asked, &h->record, twin ? &side.record : NULL) != 0)
		return error_memory(e);
	struct span typed = a->options->typed;
	for (size_t i = 0; r->corrected && i < h->why.n; i++) {
		struct why *why = &h->why.list[i];
		why->corrected = !memmem(typed.s, typed.n, why->typed.s, why->typed.n);
	}
	return 0;
}

static int make_hits(struct asking *a, struct search_result *r, node q,
		     struct xap_result *const group[2], struct error *e)
{
	r->hits = arena_alloc(a->compiler.arena,
			      (group[0]->n_hits + group[1]->n_hits + 1) * sizeof *r->hits);
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
		if (a->options->explain && a->asked && explain_hit(a, r, &r->hits[i], e) != 0)
			return -1;
	}
	return 0;
}

/* ---- all together -------------------------------------------------------------------------------
 */

static node narrow_to_area(struct asking *a, node q)
{
	if (!q || a->options->area.n == 0)
		return q;
	return compile_filter(&a->compiler, q, "A=", compile_fold(&a->compiler, a->options->area));
}

static struct query *parse(struct asking *a, struct span typed, struct error *e)
{
	return query_parse(a->compiler.arena, typed.s, typed.n, a->search->facets, e);
}

/* Asks for all the words, then, when there is nothing, for any of them. *q is what was asked; NULL
 * when there is nothing to look for. */
static int ask_typed(struct asking *a, struct search_result *r, const struct query *typed, node *q,
		     struct xap_result *group[2], struct error *e)
{
	struct compiler *c = &a->compiler;
	memset(c->n_needles, 0, sizeof c->n_needles);
	c->n_also = 0;
	a->asked = typed;
	r->relaxed = false;
	*q = narrow_to_area(a, compile_about(c, typed, compile_all(c, typed)));
	if (c->failed)
		return failure(a, e);
	if (!*q)
		return 0;
	if (ask_groups(a, r, *q, group, e) != 0)
		return -1;
	if (r->total + r->other_total > 0)
		return 0;
	node some = narrow_to_area(a, compile_any(c, typed));
	if (c->failed)
		return failure(a, e);
	if (!some)
		return 0;
	*q = some;
	if (ask_groups(a, r, some, group, e) != 0)
		return -1;
	r->relaxed = r->total + r->other_total > 0;
	return 0;
}

/* Does a text, typed in place of what was, find something? */
static int finds(struct asking *a, struct span typed, bool *yes, struct error *e)
{
	const struct search_options *o = a->options;
	const struct search_options other = {.typed = typed,
					     .language = o->language,
					     .only = o->only,
					     .exact = o->exact,
					     .area = o->area};
	struct search_result probe;
	struct xap_result *group[2];
	node q;
	struct asking *b = prepare(a->search, &other, &probe, e);
	if (!b)
		return -1;
	struct query *tree = parse(b, typed, e);
	int result = tree ? ask_typed(b, &probe, tree, &q, group, e) : -1;
	*yes = result == 0 && found_any(b, &probe);
	if (result != 0 && e->status == STATUS_LIMIT) /* it got too long: no suggestion */
		result = 0;
	free(b);
	search_free(&probe);
	return result;
}

/* Sets r->suggestion to the nearest text that finds something. */
static int suggest(struct asking *a, struct search_result *r, const struct query *typed,
		   struct error *e)
{
	struct correction list[LANGUAGE_MAX];
	size_t n =
		correct_typing(&a->compiler, typed, a->options->typed, a->options->language, list);
	if (a->compiler.failed)
		return failure(a, e);
	bool yes = false;
	for (size_t i = 0; i < n && !yes; i++) {
		if (finds(a, list[i].typed, &yes, e) != 0)
			return -1;
		if (yes)
			r->suggestion = list[i].typed.s;
	}
	return 0;
}

/* What was typed finds nothing as it stands: the suggestion is asked in its place. */
static int ask_suggestion(struct asking *a, struct search_result *r, node *q,
			  struct xap_result *group[2], struct error *e)
{
	struct query *typed = parse(a, span_of(r->suggestion), e);
	if (!typed)
		return -1;
	r->corrected = true;
	return ask_typed(a, r, typed, q, group, e);
}

/* The terms that were added, those of the reader's language first. */
static int keep_also(struct asking *a, struct search_result *r, struct error *e)
{
	const struct compiler *c = &a->compiler;
	size_t reader = language_index(a->options->language);
	r->also = arena_alloc(c->arena, (c->n_also + 1) * sizeof *r->also);
	if (!r->also)
		return error_memory(e);
	for (size_t i = 0; i < 2 * c->n_also; i++) {
		size_t k = i % c->n_also;
		if ((c->also_language[k] == reader) != (i < c->n_also))
			continue;
		char *copy = arena_copy(c->arena, c->also[k].s, c->also[k].n);
		if (!copy)
			return error_memory(e);
		r->also[r->n_also++] = copy;
	}
	return 0;
}

static int run(struct asking *a, struct search_result *r, struct error *e)
{
	struct xap_result *group[2] = {NULL, NULL};
	node q;
	struct query *typed = parse(a, a->options->typed, e);
	if (!typed || ask_typed(a, r, typed, &q, group, e) != 0)
		return -1;
	if (!q)
		return 0; /* nothing to look for */
	bool found = found_any(a, r);
	if ((!found || r->relaxed) && suggest(a, r, typed, e) != 0)
		return -1;
	if (!found && r->suggestion && !a->options->exact &&
	    ask_suggestion(a, r, &q, group, e) != 0)
		return -1;
	return keep_also(a, r, e) == 0 ? make_hits(a, r, q, group, e) : -1;
}

int search_run(struct search *s, const struct search_options *options, struct search_result *result,
	       struct error *e)
{
	struct asking *a = begin(s, options, result, e);
	if (!a)
		return -1;
	return end(a, result, run(a, result, e), e);
}

/* ---- one passage, and those like it -------------------------------------------------------------
 */

/* Documents are in the order in which they stand in their page. */
static int find_all(struct asking *a, struct search_result *r, node q, struct xap_result **set,
		    struct error *e)
{
	enum { PAGE_MAX = 100000 }; /* passages of one page, far more than any has */
	struct xap_request request = {.query = q,
				      .limit = PAGE_MAX,
				      .collapse_slot = XAP_NO_SLOT,
				      .order_slot = XAP_NO_SLOT};
	*set = new_set(r);
	return !q || !*set || a->compiler.failed ? failure(a, e)
						 : xap_search(a->search->xap, &request, *set, e);
}

/* Of the passages of a page the one with this anchor; the first for none. */
static int pick(struct search_result *r, const struct xap_result *set, struct span anchor,
		struct error *e)
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
	char *path = arena_copy(a->compiler.arena, id.s, path_n);
	struct buf file = buf_new(XAP_TERM_MAX + 1);
	r->hits = arena_alloc(a->compiler.arena, 2 * sizeof *r->hits);
	if (path)
		document_file_term(&file, path);
	a->compiler.failed = a->compiler.failed || !path || !r->hits || file.failed;
	node of_id = compile_term(&a->compiler, "I", id),
	     of_file = compile_term(&a->compiler, "", (struct span){file.s, file.n});
	buf_free(&file);
	if (find_all(a, r, of_id, &set, e) != 0 || pick(r, set, span_of(""), e) != 0)
		return -1;
	struct span anchor = {hash ? hash + 1 : "", hash ? id.n - path_n - 1 : 0};
	if (r->n_hits == 0 &&
	    (find_all(a, r, of_file, &set, e) != 0 || pick(r, set, anchor, e) != 0))
		return -1;
	if (r->n_hits == 0)
		return error_set(e, STATUS_NOT_FOUND, MSG_NO_PASSAGE, path);
	struct span twin = r->hits[0].record.field[RECORD_TWIN_ID];
	if (twin.n && find_all(a, r, compile_term(&a->compiler, "I", twin), &set, e) != 0)
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
	return end(a, result, find(a, result, id, e), e);
}

/* ---- passages like one --------------------------------------------------------------------------
 */

static int like(struct asking *a, struct search_result *r, const struct search_result *one,
		struct error *e)
{
	struct compiler *c = &a->compiler;
	struct xap_result *group[2];
	node sides[2];
	size_t n = 0;
	for (size_t i = 0; i < one->n_hits; i++) {
		node side = similar_query(c, &one->hits[i].record);
		if (side)
			sides[n++] = side;
	}
	node q = compile_any_of(c, sides, n);
	for (size_t i = 0; i < one->n_hits; i++)
		q = compile_without(c, q, "I", one->hits[i].record.field[RECORD_ID]);
	q = narrow_to_area(a, q);
	if (c->failed)
		return failure(a, e);
	if (!q)
		return 0;
	return ask_groups(a, r, q, group, e) == 0 ? make_hits(a, r, q, group, e) : -1;
}

int search_like(struct search *s, struct span id, const struct search_options *options,
		struct search_result *result, struct error *e)
{
	struct search_result one;
	if (search_find(s, id, &one, e) != 0)
		return -1;
	struct asking *a = begin(s, options, result, e);
	int status = a ? end(a, result, like(a, result, &one, e), e) : -1;
	search_free(&one);
	return status;
}

int search_complete(struct search *s, const struct search_options *options,
		    struct search_result *result, struct error *e)
{
	struct span list[COMPLETE_MOST];
	struct asking *a = begin(s, options, result, e);
	if (!a)
		return -1;
	struct compiler *c = &a->compiler;
	size_t n = complete(c, options->typed, options->language, list);
	result->also = arena_alloc(c->arena, (n + 1) * sizeof *result->also);
	/* what the completer makes are C strings in the arena */
	for (size_t i = 0; result->also && i < n; i++)
		result->also[result->n_also++] = list[i].s;
	return end(a, result, c->failed || !result->also ? failure(a, e) : 0, e);
}

/* ---- for who keeps the lexique ------------------------------------------------------------------
 */

struct taker {
	bool (*take)(void *self, const struct record *r);
	void *self;
};

static bool take_record(void *self, const char *data, size_t n)
{
	const struct taker *t = self;
	struct record r;
	return !record_read(&r, data, n) || t->take(t->self, &r);
}

int search_each(struct search *s, const struct language *language,
		bool (*take)(void *self, const struct record *r), void *self, struct error *e)
{
	char term[8];
	struct taker taker = {take, self};
	snprintf(term, sizeof term, "%c%s", TERM_LANG, language->code);
	return xap_begin(s->xap, e) == 0
		       ? xap_scan(s->xap, term, strlen(term), take_record, &taker, e)
		       : -1;
}

int search_uses(struct search *s, struct span term, const struct language *language, size_t *uses,
		struct error *e)
{
	const struct search_options options = {.language = language};
	struct search_result r;
	struct asking *a = begin(s, &options, &r, e);
	if (!a)
		return -1;
	int status = 0;
	node q = compile_lexique_term(&a->compiler, term, language_index(language));
	*uses = 0;
	if (a->compiler.failed) {
		status = failure(a, e);
	} else if (q) {
		r.n_facets = 0;
		const struct xap_request request = request_of(a, &r, q, 0, 0);
		struct xap_result found;
		status = xap_search(s->xap, &request, &found, e);
		*uses = found.total;
		xap_result_free(&found);
	}
	free(a);
	search_free(&r);
	return status;
}

int search_near(struct search *s, struct span folded, struct near_list *found, struct error *e)
{
	if (xap_begin(s->xap, e) != 0)
		return -1;
	if (!s->near)
		s->near = near_new(s->xap, e);
	return s->near ? near_find(s->near, s->xap, s->analysers.of, folded, found, e) : -1;
}

static bool keys_equal(struct span x, struct span y, struct analyser *analyser)
{
	struct buf a = buf_new(4096), b = buf_new(4096);
	lexique_key(&a, x, analyser);
	lexique_key(&b, y, analyser);
	bool equal = a.n == b.n && a.n && memcmp(a.s, b.s, a.n) == 0;
	buf_free(&a);
	buf_free(&b);
	return equal;
}

int search_knows_pair(struct search *s, struct span const terms[LANGUAGE_MAX], struct error *e)
{
	struct buf key = buf_new(4096);
	lexique_key(&key, terms[0], s->analysers.of[0]);
	char *lines =
		lexique_find(s->xap, &languages[0], (struct span){key.s ? key.s : "", key.n}, e);
	buf_free(&key);
	if (!lines)
		return -1;
	bool known = false;
	struct concept c;
	struct error ignored;
	for (const char *at = lines; *at && !known; at += strcspn(at, "\n"), at += *at == '\n') {
		if (lexique_line((struct span){at, strcspn(at, "\n")}, &c, &ignored) != 1)
			continue;
		for (size_t i = 0; i < c.n[1] && !known; i++)
			known = keys_equal(c.terms[1][i], terms[1], s->analysers.of[1]);
	}
	free(lines);
	return known;
}

/* How the query is read; with a page, how it goes with that. */
static int tell(struct search *s, const struct search_options *options,
		const struct trace_page *page, const struct language *messages, struct buf *out,
		struct error *e)
{
	struct search_result result;
	struct asking *a = begin(s, options, &result, e);
	if (!a)
		return -1;
	struct query *typed = parse(a, options->typed, e);
	if (typed && page)
		trace_query(out, &a->compiler, typed, page, messages);
	else if (typed)
		explain_query(out, &a->compiler, typed, messages);
	int status = !typed ? -1 : a->compiler.failed || out->failed ? failure(a, e) : 0;
	free(a);
	search_free(&result);
	return status;
}

int search_explain(struct search *s, const struct search_options *options,
		   const struct language *messages, struct buf *out, struct error *e)
{
	return tell(s, options, NULL, messages, out, e);
}

int search_trace(struct search *s, const struct search_options *options,
		 const struct trace_page *page, const struct language *messages, struct buf *out,
		 struct error *e)
{
	return tell(s, options, page, messages, out, e);
}

static int page(struct asking *a, struct search_result *r, struct span path, struct error *e)
{
	struct xap_result *set;
	char *copy = arena_copy(a->compiler.arena, path.s, path.n);
	struct buf file = buf_new(XAP_TERM_MAX + 1);
	if (copy)
		document_file_term(&file, copy);
	a->compiler.failed = !copy || file.failed;
	node of_file = compile_term(&a->compiler, "", (struct span){file.s, file.n});
	buf_free(&file);
	if (find_all(a, r, of_file, &set, e) != 0)
		return -1;
	r->hits = arena_alloc(a->compiler.arena, (set->n_hits + 1) * sizeof *r->hits);
	if (!r->hits)
		return error_memory(e);
	for (size_t i = 0; i < set->n_hits; i++) {
		if (read_hit(&r->hits[r->n_hits++], &set->hits[i], e) != 0)
			return -1;
	}
	return r->n_hits ? 0 : error_set(e, STATUS_NOT_FOUND, MSG_NO_PAGE, copy);
}

int search_page(struct search *s, struct span path, struct search_result *result, struct error *e)
{
	const struct search_options options = {.language = &languages[0]};
	struct asking *a = begin(s, &options, result, e);
	if (!a)
		return -1;
	return end(a, result, page(a, result, path, e), e);
}

void search_free(struct search_result *result)
{
	struct search_private *p = result->private;
	if (p) {
		for (struct set *set = p->sets; set; set = set->next)
			xap_result_free(&set->found);
		arena_free(&p->arena);
		free(p);
	}
	*result = (struct search_result){0};
}

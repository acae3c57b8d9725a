#include "render_json.h"

#include "render_why.h"

#include <jansson.h>

static json_t *string_of(struct span s)
{
	if (utf8_check(s.s, s.n) == s.n)
		return json_stringn(s.n ? s.s : "", s.n);
	struct buf clean = buf_new(4 * s.n + 4);
	for (size_t i = 0; i < s.n;) {
		uint32_t c;
		i += utf8_decode(s.s + i, s.n - i, &c);
		buf_codepoint(&clean, c ? c : 0xFFFD);
	}
	json_t *j = clean.failed ? NULL : json_stringn(clean.s, clean.n);
	buf_free(&clean);
	return j;
}

static json_t *string_or_null(struct span s)
{
	return s.n ? string_of(s) : json_null();
}

/* Every value goes into the tree by one of these two. They take the reference; where memory was out
 * for the value or its holder they tell *failed, so that no answer lacks a part unseen. */
static void put(bool *failed, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		*failed = true;
}

static void append(bool *failed, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) != 0)
		*failed = true;
}

static json_t *breadcrumb(bool *failed, struct span titles)
{
	json_t *list = json_array();
	size_t start = 0;
	for (size_t i = 0; i < titles.n; i++) {
		if (titles.s[i] != '\n')
			continue;
		append(failed, list, string_of((struct span){titles.s + start, i - start}));
		start = i + 1;
	}
	return list;
}

static json_t *piece(bool *failed, struct span text, bool match)
{
	json_t *p = json_object();
	put(failed, p, "text", string_of(text));
	if (match)
		put(failed, p, "match", json_true());
	return p;
}

static json_t *snippet(bool *failed, const struct hit *h)
{
	json_t *list = json_array();
	if (h->cut_before)
		append(failed, list, piece(failed, span_of("… "), false));
	for (size_t i = 0; i < h->snippet.n; i++)
		append(failed, list,
		       piece(failed, h->snippet.list[i].text, h->snippet.list[i].match));
	if (h->cut_after)
		append(failed, list, piece(failed, span_of(" …"), false));
	return list;
}

static json_t *matched(bool *failed, const struct hit *h)
{
	json_t *list = json_array();
	size_t own = language_index(h->language);
	if (h->matched[own])
		append(failed, list, json_string(h->language->code));
	for (size_t l = 0; l < language_count; l++) {
		if (l != own && h->matched[l])
			append(failed, list, json_string(languages[l].code));
	}
	return list;
}

static json_t *translation(bool *failed, const struct record *r)
{
	if (r->field[RECORD_TWIN_PATH].n == 0)
		return json_null();
	json_t *t = json_object();
	put(failed, t, "path", string_of(r->field[RECORD_TWIN_PATH]));
	put(failed, t, "url", string_of(r->field[RECORD_TWIN_URL]));
	put(failed, t, "anchor", string_of(r->field[RECORD_TWIN_ANCHOR]));
	put(failed, t, "title", string_of(r->field[RECORD_TWIN_TITLE]));
	put(failed, t, "lang", string_of(r->field[RECORD_TWIN_LANG]));
	return t;
}

static json_t *why_place(bool *failed, const struct why_place *p)
{
	json_t *j = json_object(), *words = json_array();
	for (size_t i = 0; i < p->n; i++)
		append(failed, words, string_of(p->words[i]));
	put(failed, j, "field", json_string(render_why_field(p->field)));
	if (p->language)
		put(failed, j, "lang", json_string(p->language->code));
	if (p->translation)
		put(failed, j, "translation", json_true());
	put(failed, j, "words", words);
	return j;
}

static json_t *reasons(bool *failed, const struct why_list *why)
{
	json_t *list = json_array();
	for (size_t i = 0; i < why->n; i++) {
		const struct why *w = &why->list[i];
		json_t *j = json_object(), *found = json_array();
		for (size_t k = 0; k < w->n; k++)
			append(failed, found, why_place(failed, &w->places[k]));
		put(failed, j, "typed", string_of(w->typed));
		if (w->via.n)
			put(failed, j, "lexique", string_of(w->via));
		if (w->corrected)
			put(failed, j, "corrected", json_true());
		put(failed, j, "found", found);
		append(failed, list, j);
	}
	return list;
}

static json_t *hit(bool *failed, const struct hit *h)
{
	const struct record *r = &h->record;
	json_t *j = json_object();
	put(failed, j, "id", string_of(r->field[RECORD_ID]));
	put(failed, j, "path", string_of(r->field[RECORD_PATH]));
	put(failed, j, "url", string_of(r->field[RECORD_URL]));
	put(failed, j, "anchor", string_of(r->field[RECORD_ANCHOR]));
	put(failed, j, "lang", string_of(r->field[RECORD_LANG]));
	put(failed, j, "title", string_of(r->field[RECORD_TITLE]));
	put(failed, j, "breadcrumb", breadcrumb(failed, r->field[RECORD_BREADCRUMB]));
	put(failed, j, "snippet", snippet(failed, h));
	put(failed, j, "date", string_or_null(r->field[RECORD_DATE]));
	put(failed, j, "score", json_real(h->score));
	put(failed, j, "matched", matched(failed, h));
	put(failed, j, "translation", translation(failed, r));
	if (h->why.n)
		put(failed, j, "why", reasons(failed, &h->why));
	return j;
}

static json_t *facets(bool *failed, const struct search_result *r)
{
	json_t *all = json_object(), *lang = json_object();
	put(failed, lang, r->language->code, json_integer((json_int_t)r->total));
	put(failed, lang, r->other->code, json_integer((json_int_t)r->other_total));
	put(failed, all, "lang", lang);
	for (size_t f = 0; f < r->n_facets; f++) {
		const struct facet_group *group = &r->facets[f];
		json_t *values = json_object();
		for (size_t i = 0; i < group->n; i++)
			put(failed, values, group->list[i].name,
			    json_integer((json_int_t)group->list[i].count));
		put(failed, all, group->key, values);
	}
	return all;
}

static json_t *also(bool *failed, const struct search_result *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_also; i++)
		append(failed, list, string_of(span_of(r->also[i])));
	return list;
}

static int take_text(const char *s, size_t n, void *out)
{
	buf_add(out, s, n);
	return ((struct buf *)out)->failed ? -1 : 0;
}

/* Dumps the object, of which it takes the reference: into our own buffer, since json_dumps of
 * libjansson 2.14 gives a text with holes when memory is out for its own. */
static int finish(struct buf *out, json_t *j, bool failed)
{
	failed = failed || json_dump_callback(j, take_text, out,
					      JSON_INDENT(2) | JSON_REAL_PRECISION(6)) != 0;
	json_decref(j);
	buf_putc(out, '\n');
	return failed || out->failed ? -1 : 0;
}

static json_t *missing(bool *failed, const struct search_result *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_missing; i++)
		append(failed, list, string_of(span_of(r->missing[i])));
	return list;
}

int render_suggestions(struct buf *out, const char *typed, const struct search_result *completed)
{
	bool failed = false;
	json_t *j = json_array();
	append(&failed, j, string_of(span_of(typed)));
	append(&failed, j, also(&failed, completed));
	return finish(out, j, failed);
}

int render_json_error(struct buf *out, const char *text)
{
	bool failed = false;
	json_t *j = json_object();
	put(&failed, j, "format", json_integer(1));
	put(&failed, j, "error", string_of(span_of(text)));
	return finish(out, j, failed);
}

int render_json(struct buf *out, struct span typed, const struct search_result *r)
{
	bool failed = false;
	json_object_seed(1); /* the keys are ours: nobody can make them collide */
	json_t *j = json_object(), *other = json_object(), *hits = json_array();
	for (size_t i = 0; i < r->n_hits; i++)
		append(&failed, hits, hit(&failed, &r->hits[i]));
	put(&failed, other, "lang", json_string(r->other->code));
	put(&failed, other, "total", json_integer((json_int_t)r->other_total));
	put(&failed, j, "format", json_integer(1));
	put(&failed, j, "query", string_of(typed));
	put(&failed, j, "lang", json_string(r->language->code));
	put(&failed, j, "total", json_integer((json_int_t)r->total));
	put(&failed, j, "offset", json_integer((json_int_t)r->offset));
	put(&failed, j, "other", other);
	put(&failed, j, "suggestion",
	    r->suggestion ? string_of(span_of(r->suggestion)) : json_null());
	put(&failed, j, "also", also(&failed, r));
	if (r->corrected)
		put(&failed, j, "corrected", json_true());
	if (r->relaxed)
		put(&failed, j, "relaxed", json_true());
	if (r->n_missing)
		put(&failed, j, "missing", missing(&failed, r));
	put(&failed, j, "hits", hits);
	put(&failed, j, "facets", facets(&failed, r));
	return finish(out, j, failed);
}

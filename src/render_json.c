#include "render_json.h"

#include <jansson.h>
#include <stdlib.h>

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
	json_t *j = json_stringn(clean.s, clean.n);
	buf_free(&clean);
	return j;
}

static json_t *string_or_null(struct span s)
{
	return s.n ? string_of(s) : json_null();
}

static void put(json_t *object, const char *key, json_t *value)
{
	/* takes the reference, also of NULL: a missing key is caught when the whole is dumped and
	 * checked */
	if (json_object_set_new(object, key, value) != 0)
		json_object_set_new(object, "failed", json_true());
}

static json_t *breadcrumb(struct span titles)
{
	json_t *list = json_array();
	size_t start = 0;
	for (size_t i = 0; i < titles.n; i++) {
		if (titles.s[i] != '\n')
			continue;
		json_array_append_new(list, string_of((struct span){titles.s + start, i - start}));
		start = i + 1;
	}
	return list;
}

static json_t *piece(struct span text, bool match)
{
	json_t *p = json_object();
	put(p, "text", string_of(text));
	if (match)
		put(p, "match", json_true());
	return p;
}

static json_t *snippet(const struct hit *h)
{
	json_t *list = json_array();
	if (h->cut_before)
		json_array_append_new(list, piece(span_of("… "), false));
	for (size_t i = 0; i < h->snippet.n; i++)
		json_array_append_new(list,
				      piece(h->snippet.list[i].text, h->snippet.list[i].match));
	if (h->cut_after)
		json_array_append_new(list, piece(span_of(" …"), false));
	return list;
}

static json_t *matched(const struct hit *h)
{
	json_t *list = json_array();
	size_t own = language_index(h->language);
	if (h->matched[own])
		json_array_append_new(list, json_string(h->language->code));
	for (size_t l = 0; l < language_count; l++) {
		if (l != own && h->matched[l])
			json_array_append_new(list, json_string(languages[l].code));
	}
	return list;
}

static json_t *translation(const struct record *r)
{
	if (r->field[RECORD_TWIN_PATH].n == 0)
		return json_null();
	json_t *t = json_object();
	put(t, "path", string_of(r->field[RECORD_TWIN_PATH]));
	put(t, "url", string_of(r->field[RECORD_TWIN_URL]));
	put(t, "anchor", string_of(r->field[RECORD_TWIN_ANCHOR]));
	put(t, "title", string_of(r->field[RECORD_TWIN_TITLE]));
	put(t, "lang", string_of(r->field[RECORD_TWIN_LANG]));
	return t;
}

static json_t *hit(const struct hit *h)
{
	const struct record *r = &h->record;
	json_t *j = json_object();
	put(j, "id", string_of(r->field[RECORD_ID]));
	put(j, "path", string_of(r->field[RECORD_PATH]));
	put(j, "url", string_of(r->field[RECORD_URL]));
	put(j, "anchor", string_of(r->field[RECORD_ANCHOR]));
	put(j, "lang", string_of(r->field[RECORD_LANG]));
	put(j, "title", string_of(r->field[RECORD_TITLE]));
	put(j, "breadcrumb", breadcrumb(r->field[RECORD_BREADCRUMB]));
	put(j, "snippet", snippet(h));
	put(j, "date", string_or_null(r->field[RECORD_DATE]));
	put(j, "score", json_real(h->score));
	put(j, "matched", matched(h));
	put(j, "translation", translation(r));
	return j;
}

static json_t *facets(const struct search_result *r)
{
	json_t *all = json_object(), *lang = json_object();
	put(lang, r->language->code, json_integer((json_int_t)r->total));
	put(lang, r->other->code, json_integer((json_int_t)r->other_total));
	put(all, "lang", lang);
	for (size_t f = 0; f < r->n_facets; f++) {
		const struct facet_group *group = &r->facets[f];
		json_t *values = json_object();
		for (size_t i = 0; i < group->n; i++)
			put(values, group->list[i].name,
			    json_integer((json_int_t)group->list[i].count));
		put(all, group->key, values);
	}
	return all;
}

static json_t *also(const struct search_result *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_also; i++)
		json_array_append_new(list, string_of(span_of(r->also[i])));
	return list;
}

/* Dumps the object, of which it takes the reference. */
static int finish(struct buf *out, json_t *j)
{
	char *text = json_dumps(j, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	json_decref(j);
	if (!text)
		return -1;
	buf_puts(out, text);
	buf_putc(out, '\n');
	free(text);
	return out->failed ? -1 : 0;
}

int render_suggestions(struct buf *out, const char *typed, const struct search_result *completed)
{
	json_t *j = json_array();
	json_array_append_new(j, string_of(span_of(typed)));
	json_array_append_new(j, also(completed));
	return finish(out, j);
}

int render_json_error(struct buf *out, const char *text)
{
	json_t *j = json_object();
	put(j, "format", json_integer(1));
	put(j, "error", string_of(span_of(text)));
	return finish(out, j);
}

int render_json(struct buf *out, struct span typed, const struct search_result *r)
{
	json_t *j = json_object(), *other = json_object(), *hits = json_array();
	for (size_t i = 0; i < r->n_hits; i++)
		json_array_append_new(hits, hit(&r->hits[i]));
	put(other, "lang", json_string(r->other->code));
	put(other, "total", json_integer((json_int_t)r->other_total));
	put(j, "format", json_integer(1));
	put(j, "query", string_of(typed));
	put(j, "lang", json_string(r->language->code));
	put(j, "total", json_integer((json_int_t)r->total));
	put(j, "offset", json_integer((json_int_t)r->offset));
	put(j, "other", other);
	put(j, "suggestion", r->suggestion ? string_of(span_of(r->suggestion)) : json_null());
	put(j, "also", also(r));
	if (r->corrected)
		put(j, "corrected", json_true());
	if (r->relaxed)
		put(j, "relaxed", json_true());
	put(j, "hits", hits);
	put(j, "facets", facets(r));
	return finish(out, j);
}

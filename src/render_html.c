#include "render_html.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "frame.h"
#include "render_why.h"

/* ---- links --------------------------------------------------------------------------------------
 */

static void put_pieces(struct html *h, const struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *p = &pieces->list[i];
		html_raw_trusted(h, p->match ? "<mark>" : "");
		html_span(h, p->text);
		html_raw_trusted(h, p->match ? "</mark>" : "");
	}
}

/* Begins a link to a place in a page: on its site, or here when the corpus has none. */
static void put_href(struct html *h, struct span url, struct span path, struct span anchor)
{
	struct buf whole = buf_new(64 * 1024);
	html_raw_trusted(h, "<a href=\"");
	if (!html_is_safe_url(url)) {
		html_raw_trusted(h, "#");
	} else if (*h->site->base || address_is_web(url) || (url.n && *url.s == '/')) {
		address_join(&whole, h->site->base, url);
		html_span(h, (struct span){whole.s, whole.n});
	} else {
		frame_put_page_address(h, path, anchor);
	}
	buf_free(&whole);
}

static void put_breadcrumb(struct html *h, const struct hit *hit)
{
	struct span titles = hit->record.field[RECORD_BREADCRUMB];
	size_t start = 0;
	if (titles.n == 0)
		return;
	buf_printf(h->out, "<p class=\"crumb\" lang=\"%s\">", hit->language->code);
	for (size_t i = 0; i < titles.n; i++) {
		if (titles.s[i] != '\n')
			continue;
		html_raw_trusted(h, start ? " › " : "");
		html_span(h, (struct span){titles.s + start, i - start});
		start = i + 1;
	}
	html_raw_trusted(h, "</p>\n");
}

static void put_date(struct html *h, struct span date)
{
	char iso[11] = "";
	if (date.n != 10)
		return;
	memcpy(iso, date.s, 10);
	struct buf words = buf_new(200);
	language_date(&words, h->language, iso);
	html_raw_trusted(h, "<time datetime=\"");
	html_text(h, iso);
	html_raw_trusted(h, "\">");
	html_text(h, words.s ? words.s : iso);
	html_raw_trusted(h, "</time>");
	buf_free(&words);
}

/* The translation by name. */
static void put_translation(struct html *h, const struct record *r)
{
	struct span code = r->field[RECORD_TWIN_LANG], path = r->field[RECORD_TWIN_PATH];
	const struct language *l = language_find(code.s, code.n);
	if (path.n == 0 || !l)
		return;
	html_raw_trusted(h, r->field[RECORD_DATE].n ? " · " : "");
	buf_printf(h->out, "<span lang=\"%s\">%s", l->code, l->name);
	html_text(h, language_message(l, MSG_COLON));
	put_href(h, r->field[RECORD_TWIN_URL], path, r->field[RECORD_TWIN_ANCHOR]);
	buf_printf(h->out, "\" hreflang=\"%s\">", l->code);
	html_span(h, r->field[RECORD_TWIN_TITLE]);
	html_raw_trusted(h, "</a></span>");
}

/* ---- choosing -----------------------------------------------------------------------------------
 */

/* The id under which a hit is chosen, be it its translation's; its own when it is not. */
static struct span chosen_as(const struct html *h, const struct record *r, bool *chosen)
{
	const struct choice *c = &h->request->choice;
	struct span twin = r->field[RECORD_TWIN_ID];
	bool self = choice_find(c, r->field[RECORD_ID]) < c->n;
	*chosen = self || (twin.n && choice_find(c, twin) < c->n);
	return *chosen && !self ? twin : r->field[RECORD_ID];
}

/* Has the id a box of its own on this page? */
static bool is_shown(const void *data, const char *id)
{
	const struct search_result *r = data;
	for (size_t i = 0; i < r->n_hits; i++) {
		const struct record *record = &r->hits[i].record;
		if (span_equal(record->field[RECORD_ID], span_of(id)) ||
		    span_equal(record->field[RECORD_TWIN_ID], span_of(id)))
			return true;
	}
	return false;
}

/* Its name is its label and the title of the hit, each in its language. */
static void put_tick(struct html *h, const struct record *r, size_t number)
{
	bool chosen;
	struct span id = chosen_as(h, r, &chosen);
	buf_printf(h->out,
		   "<p class=\"tick\"><input type=\"checkbox\" name=\"id\" id=\"tick%zu\" "
		   "aria-labelledby=\"choose%zu title%zu\" value=\"",
		   number, number, number);
	html_span(h, id);
	buf_printf(h->out, "\"%s> <label for=\"tick%zu\" id=\"choose%zu\">",
		   chosen ? " checked" : "", number, number);
	html_message(h, MSG_CHOOSE);
	html_raw_trusted(h, "</label></p>\n");
}

/* A button that sends the form; from a fragment to the page around it or to our own. */
static void put_button(struct html *h, const char *name, const char *value, bool own,
		       enum message text)
{
	buf_printf(h->out, "<button name=\"%s\" value=\"%s\"%s>", name, value,
		   h->request->format == REQUEST_FRAGMENT && !own ? " formaction=\"?\"" : "");
	html_message(h, text);
	html_raw_trusted(h, "</button>\n");
}

static void put_page_button(struct html *h, unsigned page, enum message text)
{
	char number[16];
	snprintf(number, sizeof number, "%u", page);
	put_button(h, "page", number, false, text);
}

static void put_choosing(struct html *h, const struct search_result *r)
{
	if (r->n_hits == 0)
		return;
	html_raw_trusted(h, "<div class=\"choosing\">\n");
	put_button(h, "format", request_format_names[REQUEST_PROFILE], true, MSG_PROFILE);
	put_page_button(h, h->request->page, MSG_KEEP);
	html_raw_trusted(h, "<p class=\"meta\">");
	html_message(h, MSG_KEEP_HINT);
	html_raw_trusted(h, "</p>\n</div>\n");
}

/* ---- hits ---------------------------------------------------------------------------------------
 */

static void put_hit(struct html *h, const struct hit *hit, size_t number)
{
	const struct record *r = &hit->record;
	const char *code = hit->language->code;
	buf_printf(h->out, "<li>\n<h3 id=\"title%zu\">", number);
	put_href(h, r->field[RECORD_URL], r->field[RECORD_PATH], r->field[RECORD_ANCHOR]);
	buf_printf(h->out, "\" lang=\"%s\" hreflang=\"%s\">", code, code);
	put_pieces(h, &hit->title);
	html_raw_trusted(h, "</a></h3>\n");
	put_breadcrumb(h, hit);
	if (hit->snippet.n) {
		buf_printf(h->out, "<p lang=\"%s\">%s", code, hit->cut_before ? "… " : "");
		put_pieces(h, &hit->snippet);
		buf_printf(h->out, "%s</p>\n", hit->cut_after ? " …" : "");
	}
	if (r->field[RECORD_DATE].n || r->field[RECORD_TWIN_PATH].n) {
		html_raw_trusted(h, "<p class=\"meta\">");
		put_date(h, r->field[RECORD_DATE]);
		put_translation(h, r);
		html_raw_trusted(h, "</p>\n");
	}
	render_why_html(h, hit);
	put_tick(h, r, number);
	html_raw_trusted(h, "</li>\n");
}

static void put_count(struct html *h, enum message singular, size_t n)
{
	html_message_with(h, language_plural(h->language, singular, (long)n), "", (long)n);
}

static enum message count_in(const struct language *l)
{
	return l == &languages[0] ? MSG_RESULTS_EN : MSG_RESULTS_FR;
}

static enum message only_in(const struct search_result *r)
{
	if (r->total == 0) /* "more" than nothing would be odd */
		return r->other == &languages[0] ? MSG_JUST_EN : MSG_JUST_FR;
	return r->other == &languages[0] ? MSG_ONLY_EN : MSG_ONLY_FR;
}

/* The hits of one group, numbered through both. */
static void put_group(struct html *h, const struct search_result *r, bool other)
{
	size_t first = 0;
	while (first < r->n_hits && r->hits[first].other != other)
		first++;
	if (first == r->n_hits)
		return;
	html_raw_trusted(h, "<h2>");
	if (other)
		put_count(h, only_in(r), r->other_total);
	else
		put_count(h, count_in(r->language), r->total);
	buf_printf(h->out, "</h2>\n<ol start=\"%zu\">\n", r->offset + first + 1);
	for (size_t i = first; i < r->n_hits && r->hits[i].other == other; i++)
		put_hit(h, &r->hits[i], r->offset + i + 1);
	html_raw_trusted(h, "</ol>\n");
}

/* The link that narrows the question to a value: the area by its parameter, others by a field. */
static void put_value_link(struct html *h, const struct facet_group *group, const char *value)
{
	struct buf q = buf_new(16 * 1024);
	struct question narrower = frame_question();
	if (group == NULL) {
		narrower.area = value;
	} else {
		buf_printf(&q, "%s %s:\"%s\"", h->request->q, group->key, value);
		narrower.q = q.s;
	}
	html_raw_trusted(h, "<li><a href=\"");
	frame_put_address(h, &narrower);
	html_raw_trusted(h, "\">");
	buf_free(&q);
}

static void put_values(struct html *h, const struct facet_group *group, bool is_area)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct facet *f = &group->list[i];
		if (!is_area && strchr(f->name, '"'))
			continue; /* cannot be typed as a phrase */
		put_value_link(h, is_area ? NULL : group, f->name);
		html_text(h, f->name);
		buf_printf(h->out, "</a> (%zu)</li>\n", f->count);
	}
}

static void put_all_areas_link(struct html *h, enum message text)
{
	struct question wider = frame_question();
	wider.area = "";
	html_raw_trusted(h, "<a href=\"");
	frame_put_address(h, &wider);
	html_raw_trusted(h, "\">");
	html_message(h, text);
	html_raw_trusted(h, "</a>");
}

/* The area that was chosen, and the way out of it; else the areas to choose from. */
static void put_areas(struct html *h, const struct search_result *r)
{
	if (*h->request->area || r->facets[0].n == 0)
		return;
	html_raw_trusted(h, "<nav class=\"areas\" aria-labelledby=\"areas\">\n<h2 id=\"areas\">");
	html_message(h, MSG_AREAS);
	html_raw_trusted(h, "</h2>\n<ul>\n");
	put_values(h, &r->facets[0], true);
	html_raw_trusted(h, "</ul>\n</nav>\n");
}

static void put_chosen_area(struct html *h)
{
	if (!*h->request->area)
		return;
	html_raw_trusted(h, "<p class=\"chosen\">");
	html_message_with(h, MSG_AREA_IS, h->request->area, 0);
	html_raw_trusted(h, " · ");
	put_all_areas_link(h, MSG_ALL_AREAS);
	html_raw_trusted(h, "</p>\n");
}

/* The order: the one in force is text, the other a link. */
static void put_sort(struct html *h)
{
	static const enum message names[REQUEST_SORTS] = {
		[REQUEST_RELEVANCE] = MSG_SORT_RELEVANCE, [REQUEST_DATE] = MSG_SORT_DATE};
	html_raw_trusted(h, "<p class=\"sort\">");
	html_message(h, MSG_SORT);
	html_text(h, language_message(h->language, MSG_COLON));
	for (int i = 0; i < REQUEST_SORTS; i++) {
		struct question other = frame_question();
		other.sort = (enum request_sort)i;
		html_raw_trusted(h, i ? " | " : "");
		if (other.sort == h->request->sort) {
			html_raw_trusted(h, "<strong>");
			html_message(h, names[i]);
			html_raw_trusted(h, "</strong>");
			continue;
		}
		html_raw_trusted(h, "<a href=\"");
		frame_put_address(h, &other);
		html_raw_trusted(h, "\">");
		html_message(h, names[i]);
		html_raw_trusted(h, "</a>");
	}
	html_raw_trusted(h, "</p>\n");
}

/* The way to the same page with or without the reasons: told of every hit unasked, they would make
 * the page a third to a half larger. */
static void put_why_link(struct html *h)
{
	struct question other = frame_question();
	other.page = h->request->page;
	other.explain = h->request->explain ? QUESTION_PLAIN : QUESTION_EXPLAINED;
	html_raw_trusted(h, "<p class=\"sort\"><a href=\"");
	frame_put_address(h, &other);
	html_raw_trusted(h, "\">");
	html_message(h, h->request->explain ? MSG_WHY_HIDE : MSG_WHY_LINK);
	html_raw_trusted(h, "</a></p>\n");
}

static void put_facets(struct html *h, const struct search_result *r)
{
	put_areas(h, r);
	for (size_t f = 1; f < r->n_facets; f++) {
		if (r->facets[f].n == 0)
			continue;
		buf_printf(
			h->out,
			"<nav class=\"areas\" aria-labelledby=\"facet%zu\">\n<h2 id=\"facet%zu\">",
			f, f);
		html_message_with(h, MSG_BY_FACET, r->facets[f].key, 0);
		html_raw_trusted(h, "</h2>\n<ul>\n");
		put_values(h, &r->facets[f], false);
		html_raw_trusted(h, "</ul>\n</nav>\n");
	}
}

/* Buttons of the form and no links, so that what was ticked on this page goes along. */
static void put_paging(struct html *h, const struct search_result *r)
{
	unsigned page = h->request->page;
	size_t all = r->total + r->other_total;
	bool more = r->offset + r->n_hits < all && r->n_hits && page < REQUEST_MAX_PAGE;
	if (page == 1 && !more)
		return;
	html_raw_trusted(h, "<nav class=\"pages\" aria-label=\"");
	html_message(h, MSG_PAGES);
	html_raw_trusted(h, "\">\n");
	if (page > 1)
		put_page_button(h, page - 1, MSG_PREVIOUS);
	if (more)
		put_page_button(h, page + 1, MSG_NEXT);
	html_raw_trusted(h, "</nav>\n");
}

/* A sentence of which {s} is a link or stays text: before it, and behind it. */
static void put_around(struct html *h, enum message id, bool behind)
{
	const char *s = language_message(h->language, id), *place = strstr(s, "{s}");
	if (behind)
		html_text(h, place + 3);
	else
		html_span(h, (struct span){s, (size_t)(place - s)});
}

/* What was put right or might be. The words may be of either language, so they carry none. */
static void put_suggestion(struct html *h, const struct search_result *r)
{
	enum message id = r->corrected ? MSG_CORRECTED : MSG_DID_YOU_MEAN;
	if (!r->suggestion)
		return;
	html_raw_trusted(h, "<p class=\"suggestion\">");
	put_around(h, id, false);
	html_raw_trusted(h, "<a href=\"");
	struct question better = frame_question();
	better.q = r->suggestion;
	frame_put_address(h, &better);
	html_raw_trusted(h, "\">");
	html_text(h, r->suggestion);
	html_raw_trusted(h, "</a>");
	put_around(h, id, true);
	html_raw_trusted(h, "</p>\n");
}

static void put_also(struct html *h, const struct search_result *r)
{
	if (r->n_also == 0)
		return;
	html_raw_trusted(h, "<p class=\"also\">");
	put_around(h, MSG_ALSO, false);
	for (size_t i = 0; i < r->n_also; i++) {
		html_raw_trusted(h, i ? ", " : "");
		html_text(h, r->also[i]);
	}
	put_around(h, MSG_ALSO, true);
	html_raw_trusted(h, "</p>\n");
}

static void put_item(struct html *h, enum message id)
{
	html_raw_trusted(h, "<li>");
	html_message(h, id);
	html_raw_trusted(h, "</li>\n");
}

/* What may help when nothing was found. */
static void put_advice(struct html *h)
{
	const char *q = h->request->q;
	html_raw_trusted(h, "<h2>");
	html_message(h, MSG_NONE_CHECK);
	html_raw_trusted(h, "</h2>\n<ul class=\"advice\">\n");
	if (*h->request->area) {
		html_raw_trusted(h, "<li>");
		put_all_areas_link(h, MSG_NONE_AREA);
		html_raw_trusted(h, "</li>\n");
	}
	put_item(h, MSG_NONE_SPELLING);
	if (strchr(q, ' '))
		put_item(h, MSG_NONE_FEWER);
	if (strchr(q, '"') || strstr(q, " -"))
		put_item(h, MSG_NONE_QUOTES);
	if (!strchr(q, '*'))
		put_item(h, MSG_NONE_PREFIX);
	html_raw_trusted(h, "</ul>\n");
}

static void put_answer(struct html *h, const struct search_result *r)
{
	size_t all = r->total + r->other_total;
	frame_put_chosen(h);
	if (r->n_missing) { /* which machines is not for visitors */
		html_raw_trusted(h, "<p class=\"partial\" role=\"alert\"><strong>");
		html_message(h, MSG_PARTIAL);
		html_raw_trusted(h, "</strong></p>\n");
	}
	put_suggestion(h, r);
	put_also(h, r);
	html_raw_trusted(h, "<p role=\"status\">");
	if (r->relaxed) {
		html_message(h, MSG_RELAXED);
		html_raw_trusted(h, " ");
	}
	html_message_with(h, language_plural(h->language, MSG_TITLE_COUNT, (long)all),
			  r->corrected ? r->suggestion : h->request->q, (long)all);
	html_raw_trusted(h, "</p>\n");
	put_chosen_area(h);
	if (r->n_hits > 1 || h->request->sort != REQUEST_RELEVANCE)
		put_sort(h);
	if (r->n_hits)
		put_why_link(h);
	put_group(h, r, false);
	put_group(h, r, true);
	put_choosing(h, r);
	put_facets(h, r);
	put_paging(h, r);
	if (all == 0)
		put_advice(h);
}

/* ---- pages --------------------------------------------------------------------------------------
 */

/* From the start to the box. */
static void put_start(struct html *h, const struct search_result *r, bool wrong)
{
	frame_begin(h);
	if (wrong) {
		html_message(h, MSG_PAGE_WRONG);
		html_raw_trusted(h, " - ");
	} else if (r) {
		size_t all = r->total + r->other_total;
		html_message_with(h, language_plural(h->language, MSG_TITLE_COUNT, (long)all),
				  h->request->q, (long)all);
		html_raw_trusted(h, " - ");
	}
	html_message(h, MSG_PAGE_TITLE);
	frame_body(h, "results");
	frame_put_languages(h);
	frame_put_heading(h, MSG_PAGE_TITLE);
	html_raw_trusted(h, "<main>\n");
	frame_put_box(h);
}

/* The form around box and answers carries what is ticked to the next question. */
void render_html(struct buf *out, const struct request *request, const struct search_result *result,
		 const struct site *site)
{
	struct html h = {out, request, request->language, site};
	bool whole = request->format != REQUEST_FRAGMENT;
	if (whole)
		put_start(&h, result, false);
	else
		frame_put_box(&h);
	html_raw_trusted(&h, "<div id=\"results\" tabindex=\"-1\">\n");
	if (result) {
		frame_put_choice(&h, is_shown, result);
		put_answer(&h, result);
	} else {
		frame_put_choice(&h, NULL, NULL);
		frame_put_chosen(&h);
		html_raw_trusted(&h, "<p>");
		html_message(&h, MSG_INTRO);
		html_raw_trusted(&h, "</p>\n");
	}
	html_raw_trusted(&h, "</div>\n</form>\n");
	if (whole)
		frame_end(&h);
}

void render_html_error(struct buf *out, const struct request *request, const struct error *e,
		       const struct site *site)
{
	struct html h = {out, request, request->language, site};
	put_start(&h, NULL, true);
	frame_end_box(&h);
	html_raw_trusted(&h,
			 "<div id=\"results\" class=\"wrong\" role=\"alert\" tabindex=\"-1\">\n");
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l =
			&languages[(language_index(h.language) + i) % language_count];
		struct buf line = buf_new(4096);
		language_error(&line, l, e);
		buf_printf(out, "<p lang=\"%s\">", l->locale);
		html_text(&h, line.s ? line.s : "");
		html_raw_trusted(&h, "</p>\n");
		buf_free(&line);
	}
	html_raw_trusted(&h, "</div>\n");
	frame_end(&h);
}

#include "render_html.h"

#include <string.h>
#include <strings.h>

#include "address.h"
#include "markup.h"
#include "style.h"

/* A page being written. */
struct html {
	struct buf *out;
	const struct request *request;
	const struct language *language; /* the reader's */
	const struct site *site;
};

/* ---- writing: the safe calls have the short names -----------------------------------------------
 */

static void html_raw_trusted(struct html *h, const char *markup)
{
	buf_puts(h->out, markup);
}

/* Text or an attribute's value in double quotes. Controls have no place in either. */
static void html_bytes(struct html *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '&':
			buf_puts(h->out, "&amp;");
			break;
		case '<':
			buf_puts(h->out, "&lt;");
			break;
		case '>':
			buf_puts(h->out, "&gt;");
			break;
		case '"':
			buf_puts(h->out, "&quot;");
			break;
		case '\'':
			buf_puts(h->out, "&#39;");
			break;
		case '\n':
			buf_puts(h->out, " · ");
			break;
		default:
			buf_putc(h->out, (unsigned char)s[i] < 0x20 || s[i] == 0x7F ? ' ' : s[i]);
		}
	}
}

/* A file name may be no UTF-8; a page must be. */
static void html_span(struct html *h, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t good = utf8_check(s.s + i, s.n - i);
		html_bytes(h, s.s + i, good);
		i += good;
		if (i < s.n) {
			buf_codepoint(h->out, 0xFFFD);
			i++;
		}
	}
}

static void html_text(struct html *h, const char *s)
{
	html_span(h, span_of(s));
}

static void html_message(struct html *h, enum message id)
{
	html_text(h, language_message(h->language, id));
}

static void html_message_with(struct html *h, enum message id, const char *s, long n)
{
	struct buf line = buf_new(16 * 1024);
	language_format(&line, h->language, id, s, n);
	if (line.s)
		html_span(h, (struct span){line.s, line.n});
	buf_free(&line);
}

/* A value in a query string (RFC 3986: all but the unreserved is percent-coded). */
static void html_parameter(struct html *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c && strchr("-._~", c)))
			buf_putc(h->out, (char)c);
		else
			buf_printf(h->out, "%%%02X", c);
	}
}

/* Where an author's link may lead: a path, or a page of the web; never a script. */
static bool is_safe_url(struct span url)
{
	for (size_t i = 0; i < url.n; i++) {
		if (url.s[i] == '/' || url.s[i] == '#' || url.s[i] == '?')
			return true;
		if (url.s[i] == ':')
			return (i == 4 && strncasecmp(url.s, "http", 4) == 0) ||
			       (i == 5 && strncasecmp(url.s, "https", 5) == 0);
	}
	return true;
}

/* ---- pieces of a page ---------------------------------------------------------------------------
 */

/* The address of a question like this one. NULL keeps what is asked. */
static void put_link_to(struct html *h, const char *q, unsigned page, const char *area,
			const struct language *language)
{
	const struct request *r = h->request;
	html_text(h, r->script_name);
	html_raw_trusted(h, "?q=");
	q = q ? q : r->q;
	html_parameter(h, q, strlen(q));
	html_raw_trusted(h, "&amp;lang=");
	html_raw_trusted(h, (language ? language : h->language)->code);
	area = area ? area : r->area;
	if (*area) {
		html_raw_trusted(h, "&amp;area=");
		html_parameter(h, area, strlen(area));
	}
	if (r->sort == REQUEST_DATE)
		html_raw_trusted(h, "&amp;sort=date");
	if (page > 1)
		buf_printf(h->out, "&amp;page=%u", page);
}

/* The address of this very question with another page, area or language. */
static void put_link(struct html *h, unsigned page, const char *area,
		     const struct language *language)
{
	put_link_to(h, NULL, page, area, language);
}

/* Words that stand in both languages at once, each in its own. */
static void put_both(struct html *h, enum message id)
{
	for (size_t i = 0; i < language_count; i++) {
		buf_printf(h->out, "%s<span lang=\"%s\">", i ? " / " : "", languages[i].code);
		html_text(h, language_message(&languages[i], id));
		html_raw_trusted(h, "</span>");
	}
}

static void put_head_start(struct html *h)
{
	buf_printf(h->out,
		   "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		   h->language->locale);
	html_raw_trusted(h, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
}

/* What tells browsers that this can be searched from their address bar, in each language. */
static void put_search_links(struct html *h)
{
	for (size_t i = 0; *h->site->url && i < language_count; i++) {
		const struct language *l = &languages[i];
		html_raw_trusted(h, "<link rel=\"search\" "
				    "type=\"application/opensearchdescription+xml\" title=\"");
		html_text(h, language_message(l, MSG_OPENSEARCH_NAME));
		html_raw_trusted(h, "\" href=\"");
		html_text(h, h->request->script_name);
		buf_printf(h->out, "?format=opensearch&amp;lang=%s\">\n", l->code);
	}
}

static void put_head_end(struct html *h)
{
	html_raw_trusted(h, "</title>\n");
	put_search_links(h);
	html_raw_trusted(h, "<style>" STYLE_CSS "</style>\n</head>\n<body>\n");
}

/* The end of every page. */
static void put_foot(struct html *h)
{
	struct span report = span_of(h->site->report);
	html_raw_trusted(h, "</main>\n");
	if (report.n && (is_safe_url(report) || strncasecmp(report.s, "mailto:", 7) == 0)) {
		html_raw_trusted(h, "<footer><a href=\"");
		html_span(h, report);
		html_raw_trusted(h, "\">");
		put_both(h, MSG_REPORT);
		html_raw_trusted(h, "</a></footer>\n");
	}
	html_raw_trusted(h, "</body>\n</html>\n");
}

static void put_head(struct html *h, const struct search_result *r, bool wrong)
{
	put_head_start(h);
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
	put_head_end(h);
}

/* The way to the same page in each other language, named in that language. */
static void put_top(struct html *h)
{
	html_raw_trusted(h, "<a class=\"skip\" href=\"#results\">");
	html_message(h, MSG_SKIP);
	html_raw_trusted(h, "</a>\n<header>\n<nav class=\"top\" aria-label=\"");
	html_message(h, MSG_LANGUAGES);
	html_raw_trusted(h, "\">");
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[i];
		if (l == h->language)
			continue;
		html_raw_trusted(h, "<a href=\"");
		put_link(h, h->request->page, NULL, l);
		buf_printf(h->out, "\" lang=\"%s\" hreflang=\"%s\">%s</a>", l->locale, l->locale,
			   l->name);
	}
	html_raw_trusted(h, "</nav>\n<h1>");
	html_message(h, MSG_PAGE_TITLE);
	html_raw_trusted(h, "</h1>\n</header>\n");
}

static void put_hidden(struct html *h, const char *name, const char *value)
{
	buf_printf(h->out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	html_text(h, value);
	html_raw_trusted(h, "\">\n");
}

static void put_box(struct html *h)
{
	const struct request *r = h->request;
	html_raw_trusted(h, "<form role=\"search\" method=\"get\" action=\"");
	html_text(h, r->script_name);
	html_raw_trusted(h, "\">\n<label for=\"q\">");
	put_both(h, MSG_BOX_LABEL);
	html_raw_trusted(
		h,
		"</label>\n<input type=\"search\" id=\"q\" name=\"q\" maxlength=\"200\" value=\"");
	html_text(h, r->q);
	html_raw_trusted(h, "\">\n<button>");
	put_both(h, MSG_BOX_BUTTON);
	html_raw_trusted(h, "</button>\n");
	put_hidden(h, "lang", h->language->code);
	if (*r->area)
		put_hidden(h, "area", r->area);
	if (r->sort == REQUEST_DATE)
		put_hidden(h, "sort", "date");
	html_raw_trusted(h, "</form>\n");
}

static void put_pieces(struct html *h, const struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *p = &pieces->list[i];
		html_raw_trusted(h, p->match ? "<mark>" : "");
		html_span(h, p->text);
		html_raw_trusted(h, p->match ? "</mark>" : "");
	}
}

static void put_anchor(struct html *h, struct span anchor)
{
	if (anchor.n == 0)
		return;
	html_raw_trusted(h, "#");
	html_parameter(h, anchor.s, anchor.n);
}

/* The page view of a path, at an anchor; the way back is kept. */
static void put_page_href(struct html *h, struct span path, struct span anchor)
{
	const struct request *r = h->request;
	html_text(h, r->script_name);
	html_raw_trusted(h, "?doc=");
	html_parameter(h, path.s, path.n);
	if (*r->q) {
		html_raw_trusted(h, "&amp;q=");
		html_parameter(h, r->q, strlen(r->q));
	}
	html_raw_trusted(h, "&amp;lang=");
	html_raw_trusted(h, h->language->code);
	put_anchor(h, anchor);
}

static bool is_web(struct span url)
{
	return (url.n > 5 && strncasecmp(url.s, "http:", 5) == 0) ||
	       (url.n > 6 && strncasecmp(url.s, "https:", 6) == 0);
}

/* Begins a link to a place in a page: on its site, or here when the corpus has none. */
static void put_href(struct html *h, struct span url, struct span path, struct span anchor)
{
	struct buf whole = buf_new(64 * 1024);
	html_raw_trusted(h, "<a href=\"");
	if (!is_safe_url(url)) {
		html_raw_trusted(h, "#");
	} else if (*h->site->base || is_web(url) || (url.n && *url.s == '/')) {
		address_join(&whole, h->site->base, url);
		html_span(h, (struct span){whole.s, whole.n});
	} else {
		put_page_href(h, path, anchor);
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

static void put_hit(struct html *h, const struct hit *hit)
{
	const struct record *r = &hit->record;
	const char *code = hit->language->code;
	html_raw_trusted(h, "<li>\n<h3>");
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
		put_hit(h, &r->hits[i]);
	html_raw_trusted(h, "</ol>\n");
}

/* The link that narrows the question to a value: the area by its parameter, others by a field. */
static void put_value_link(struct html *h, const struct facet_group *group, const char *value)
{
	struct buf q = buf_new(16 * 1024);
	html_raw_trusted(h, "<li><a href=\"");
	if (group == NULL) {
		put_link(h, 1, value, NULL);
	} else {
		buf_printf(&q, "%s %s:\"%s\"", h->request->q, group->key, value);
		put_link_to(h, q.s ? q.s : "", 1, NULL, NULL);
	}
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

static void put_areas(struct html *h, const struct search_result *r)
{
	if (r->facets[0].n == 0 && !*h->request->area)
		return;
	html_raw_trusted(h, "<nav class=\"areas\" aria-labelledby=\"areas\">\n<h2 id=\"areas\">");
	html_message(h, MSG_AREAS);
	html_raw_trusted(h, "</h2>\n<ul>\n");
	put_values(h, &r->facets[0], true);
	if (*h->request->area) {
		html_raw_trusted(h, "<li><a href=\"");
		put_link(h, 1, "", NULL);
		html_raw_trusted(h, "\">");
		html_message(h, MSG_ALL_AREAS);
		html_raw_trusted(h, "</a></li>\n");
	}
	html_raw_trusted(h, "</ul>\n</nav>\n");
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

static void put_page_link(struct html *h, unsigned page, const char *rel, enum message label)
{
	html_raw_trusted(h, "<a rel=\"");
	html_raw_trusted(h, rel);
	html_raw_trusted(h, "\" href=\"");
	put_link(h, page, NULL, NULL);
	html_raw_trusted(h, "\">");
	html_message(h, label);
	html_raw_trusted(h, "</a>\n");
}

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
		put_page_link(h, page - 1, "prev", MSG_PREVIOUS);
	if (more)
		put_page_link(h, page + 1, "next", MSG_NEXT);
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
	put_link_to(h, r->suggestion, 1, NULL, NULL);
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

static void put_answer(struct html *h, const struct search_result *r)
{
	size_t all = r->total + r->other_total;
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
	put_group(h, r, false);
	put_group(h, r, true);
	put_facets(h, r);
	put_paging(h, r);
	if (all == 0) {
		html_raw_trusted(h, "<p>");
		html_message(h, MSG_NONE_ADVICE);
		html_raw_trusted(h, "</p>\n");
	}
}

/* ---- pages --------------------------------------------------------------------------------------
 */

const char *html_policy(void)
{
	return "default-src 'none'; style-src '" STYLE_HASH
	       "'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
}

static const struct site nowhere = {"", "", ""};

static struct html begin(struct buf *out, const struct request *request, const struct site *site)
{
	return (struct html){out, request, request->language, site};
}

void render_html(struct buf *out, const struct request *request, const struct search_result *result,
		 const struct site *site)
{
	struct html h = begin(out, request, site);
	bool whole = request->format != REQUEST_FRAGMENT;
	if (whole) {
		put_head(&h, result, false);
		put_top(&h);
		html_raw_trusted(&h, "<main>\n");
		put_box(&h);
	}
	html_raw_trusted(&h, "<div id=\"results\">\n");
	if (result)
		put_answer(&h, result);
	html_raw_trusted(&h, "</div>\n");
	if (whole)
		put_foot(&h);
}

/* The title of the page that a passage is of: the outermost above it. */
static struct span page_title(const struct record *r)
{
	struct span above = r->field[RECORD_BREADCRUMB];
	const char *end = above.n ? memchr(above.s, '\n', above.n) : NULL;
	return end ? (struct span){above.s, (size_t)(end - above.s)} : r->field[RECORD_TITLE];
}

/* The way to the page's translation, named in its language. */
static void put_page_top(struct html *h, const struct record *r)
{
	struct span code = r->field[RECORD_TWIN_LANG];
	const struct language *l = language_find(code.s, code.n);
	html_raw_trusted(h, "<header>\n<nav class=\"top\" aria-label=\"");
	html_message(h, MSG_LANGUAGES);
	html_raw_trusted(h, "\">");
	if (l && r->field[RECORD_TWIN_PATH].n) {
		struct html other = *h;
		other.language = l;
		html_raw_trusted(h, "<a href=\"");
		put_page_href(&other, r->field[RECORD_TWIN_PATH], (struct span){"", 0});
		buf_printf(h->out, "\" lang=\"%s\" hreflang=\"%s\">%s</a>", l->locale, l->locale,
			   l->name);
	}
	html_raw_trusted(h, "</nav>\n<p>");
	html_raw_trusted(h, "<a href=\"");
	put_link(h, 1, NULL, NULL);
	html_raw_trusted(h, "\">");
	html_message(h, *h->request->q ? MSG_BACK : MSG_PAGE_TITLE);
	html_raw_trusted(h, "</a></p>\n</header>\n");
}

/* Has a passage of the page its first heading? Else the title stands for it. */
static bool has_top_heading(const struct search_result *page)
{
	for (size_t i = 0; i < page->n_hits; i++) {
		struct span source = span_trim(page->hits[i].record.field[RECORD_SOURCE]);
		if (source.n > 1 && source.s[0] == '#' && source.s[1] == ' ')
			return true;
	}
	return false;
}

static void put_passage(struct html *h, const struct hit *hit, struct span definitions)
{
	const struct record *r = &hit->record;
	struct span anchor = r->field[RECORD_ANCHOR];
	buf_printf(h->out, "<section lang=\"%s\"", hit->language->code);
	if (anchor.n) {
		html_raw_trusted(h, " id=\"");
		html_span(h, anchor);
		html_raw_trusted(h, "\"");
	}
	html_raw_trusted(h, ">\n");
	markup_html(h->out, r->field[RECORD_SOURCE], definitions);
	html_raw_trusted(h, "</section>\n");
}

void render_html_page(struct buf *out, const struct request *request,
		      const struct search_result *page, const struct site *site)
{
	struct html h = begin(out, request, site);
	const struct record *first = &page->hits[0].record;
	struct buf definitions = buf_new(out->max);
	for (size_t i = 0; i < page->n_hits; i++)
		markup_definitions(&definitions, page->hits[i].record.field[RECORD_SOURCE]);
	put_head_start(&h);
	html_span(&h, page_title(first));
	put_head_end(&h);
	put_page_top(&h, first);
	html_raw_trusted(&h, "<main class=\"page\">\n");
	if (!has_top_heading(page)) {
		buf_printf(out, "<h1 lang=\"%s\">", page->hits[0].language->code);
		html_span(&h, page_title(first));
		html_raw_trusted(&h, "</h1>\n");
	}
	for (size_t i = 0; i < page->n_hits; i++)
		put_passage(&h, &page->hits[i], (struct span){definitions.s, definitions.n});
	put_foot(&h);
	out->failed = out->failed || definitions.failed;
	buf_free(&definitions);
}

void render_opensearch(struct buf *out, const struct request *request, const struct site *site)
{
	struct html h = begin(out, request, site);
	const char *code = h.language->code;
	html_raw_trusted(&h,
			 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			 "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"
			 "<ShortName>");
	html_message(&h, MSG_OPENSEARCH_NAME);
	html_raw_trusted(&h, "</ShortName>\n<Description>");
	html_message(&h, MSG_OPENSEARCH_DESCRIPTION);
	html_raw_trusted(&h, "</Description>\n<Url type=\"text/html\" template=\"");
	html_text(&h, site->url);
	buf_printf(out, "?q={searchTerms}&amp;lang=%s&amp;page={startPage?}\"/>\n", code);
	html_raw_trusted(&h, "<Url type=\"application/x-suggestions+json\" template=\"");
	html_text(&h, site->url);
	buf_printf(out, "?suggest={searchTerms}&amp;lang=%s\"/>\n", code);
	buf_printf(out,
		   "<Language>%s</Language>\n<InputEncoding>UTF-8</InputEncoding>\n"
		   "<OutputEncoding>UTF-8</OutputEncoding>\n</OpenSearchDescription>\n",
		   h.language->locale);
}

void render_html_error(struct buf *out, const struct request *request, const struct error *e)
{
	struct html h = begin(out, request, &nowhere);
	put_head(&h, NULL, true);
	put_top(&h);
	html_raw_trusted(&h, "<main>\n");
	put_box(&h);
	html_raw_trusted(&h, "<div id=\"results\" class=\"wrong\" role=\"alert\">\n");
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
	put_foot(&h);
}

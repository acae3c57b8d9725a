#include "render_profile.h"

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "frame.h"
#include "markup.h"
#include "md.h"

enum { PLACE_MAX = 64 * 1024 };

/* What is being written, in whatever format. */
struct writer {
	struct buf *out;
	const struct profile *profile;
	const struct profile_style *style;
	const struct request *request; /* of the page; NULL for all that stands by itself */
};

/* ---- where a passage is -------------------------------------------------------------------------
 */

static void put_coded(struct buf *out, struct span s)
{
	struct html h = {.out = out};
	html_parameter(&h, s.s, s.n);
}

/* "https://host" of the search's own address, which those of the site that say no host are of. */
static struct span origin_of(const struct site *site)
{
	const char *host = strstr(site->url, "://");
	return (struct span){site->url,
			     host ? (size_t)(host - site->url) + 3 + strcspn(host + 3, "/?#") : 0};
}

/* The address of a place: on its site, else as the CGI shows it. False, and nothing written, when
 * there is none that leads there from where this is read. */
static bool put_address(struct buf *out, const struct writer *w, const struct language *l,
			struct span url, struct span path, struct span anchor)
{
	const struct site *site = w->style->site;
	const char *own = w->request ? w->request->script_name : site->url;
	struct span origin = origin_of(site);
	size_t before = out->n;
	if (!html_is_safe_url(url))
		return false;
	if (*site->base || address_is_web(url) || (url.n && *url.s == '/')) {
		address_join(out, site->base, url);
	} else if (*own) {
		buf_printf(out, "%s?doc=", own);
		put_coded(out, path);
		buf_printf(out, "&lang=%s", l->code);
		if (anchor.n) {
			buf_putc(out, '#');
			put_coded(out, anchor);
		}
	}
	if (out->n == before || w->request ||
	    address_is_web((struct span){out->s + before, out->n - before}))
		return out->n > before;
	/* "/docs/a" in a file that was taken away leads nowhere without the host */
	struct buf path_only = buf_new(PLACE_MAX);
	buf_add(&path_only, out->s + before, out->n - before);
	out->n = before;
	if (origin.n && path_only.s && *path_only.s == '/') {
		buf_add(out, origin.s, origin.n);
		buf_add(out, path_only.s, path_only.n);
	}
	buf_free(&path_only);
	return out->n > before;
}

static bool put_record_address(struct buf *out, const struct writer *w, const struct hit *hit)
{
	const struct record *r = &hit->record;
	return put_address(out, w, w->request ? w->style->language : hit->language,
			   r->field[RECORD_URL], r->field[RECORD_PATH], r->field[RECORD_ANCHOR]);
}

static bool put_twin_address(struct buf *out, const struct writer *w, const struct language *l,
			     const struct record *r)
{
	return put_address(out, w, w->request ? w->style->language : l, r->field[RECORD_TWIN_URL],
			   r->field[RECORD_TWIN_PATH], r->field[RECORD_TWIN_ANCHOR]);
}

/* path#anchor, for where there is no address. */
static void put_path(struct buf *out, struct span path, struct span anchor)
{
	text_put_safe(out, path.s, path.n);
	if (anchor.n) {
		buf_putc(out, '#');
		text_put_safe(out, anchor.s, anchor.n);
	}
}

static void put_headings(struct buf *out, const struct record *r)
{
	struct span titles = r->field[RECORD_BREADCRUMB];
	size_t start = 0;
	for (size_t i = 0; i < titles.n; i++) {
		if (titles.s[i] != '\n')
			continue;
		buf_puts(out, start ? " › " : "");
		text_put_safe(out, titles.s + start, i - start);
		start = i + 1;
	}
}

static void put_date(struct buf *out, const struct hit *hit)
{
	char iso[11] = "";
	if (hit->record.field[RECORD_DATE].n != 10)
		return;
	memcpy(iso, hit->record.field[RECORD_DATE].s, 10);
	language_date(out, hit->language, iso);
}

/* ---- which sides --------------------------------------------------------------------------------
 */

/* The languages that are shown, one after the other. */
static bool is_shown(const struct profile_style *s, size_t language)
{
	return s->show >= language_count || s->show == language;
}

/* Of what a file says itself: the one that it is in, the reader's when it is in several. */
static const struct language *language_of(const struct profile_style *style)
{
	return style->show < language_count ? &languages[style->show] : style->language;
}

/* What is shown of a passage under a language: when that is the only one and the passage is not in
 * it, the one that was chosen, for its reader asked for the passage. */
static const struct hit *side_of(const struct writer *w, const struct profile_item *item, size_t l)
{
	return item->sides[l] || w->style->show >= language_count ? item->sides[l] : item->chosen;
}

/* ---- HTML ---------------------------------------------------------------------------------------
 */

/* A word processor spells by the region too. */
static const char *tag_of(const struct writer *w, const struct language *l)
{
	return w->request ? l->code : l->locale;
}

static void html_buf(struct html *h, struct buf *b)
{
	if (b->s)
		html_span(h, (struct span){b->s, b->n});
	h->out->failed = h->out->failed || b->failed;
	buf_free(b);
}

/* A link, or its text alone where there is no address. */
static void html_link(struct html *h, struct buf *address, struct span text)
{
	bool linked = address->n;
	html_raw_trusted(h, linked ? "<a href=\"" : "");
	html_buf(h, address);
	html_raw_trusted(h, linked ? "\">" : "");
	html_span(h, text);
	html_raw_trusted(h, linked ? "</a>" : "");
}

static void html_message_in(struct html *h, const struct language *l, enum message id)
{
	html_text(h, language_message(l, id));
}

/* A column of LibreOffice is as wide as what no blank breaks, whatever the table may take: a path
 * gets places to break, or the other language stands beside the paper. */
static void html_place(struct html *h, const struct writer *w, struct buf *place)
{
	size_t start = 0;
	if (w->request || w->style->show < language_count) {
		html_buf(h, place);
		return;
	}
	for (size_t i = 0; i < place->n; i++) {
		if (!strchr("/-_.#", place->s[i]))
			continue;
		html_span(h, (struct span){place->s + start, i + 1 - start});
		html_raw_trusted(h, "\u200B");
		start = i + 1;
	}
	html_span(h, (struct span){place->s + start, place->n - start});
	h->out->failed = h->out->failed || place->failed;
	buf_free(place);
}

static void html_source(struct html *h, const struct writer *w, const struct hit *hit)
{
	const struct record *r = &hit->record;
	struct buf address = buf_new(PLACE_MAX), place = buf_new(PLACE_MAX), date = buf_new(200);
	html_raw_trusted(h, "<p class=\"source\">");
	html_message_in(h, hit->language, MSG_SOURCE);
	html_message_in(h, hit->language, MSG_COLON);
	if (!put_record_address(&address, w, hit))
		put_path(&place, r->field[RECORD_PATH], r->field[RECORD_ANCHOR]);
	html_link(h, &address, record_page_title(r));
	if (place.n) {
		html_raw_trusted(h, " (");
		html_place(h, w, &place);
		html_raw_trusted(h, ")");
	}
	put_date(&date, hit);
	if (date.n) {
		html_raw_trusted(h, ", <time datetime=\"");
		html_span(h, r->field[RECORD_DATE]);
		html_raw_trusted(h, "\">");
		html_buf(h, &date);
		html_raw_trusted(h, "</time>");
	}
	html_raw_trusted(h, "</p>\n");
}

/* Links between pages lead to the CGI's view of them. */
static void html_passage(struct html *h, const struct writer *w, const struct hit *hit, int level)
{
	const struct record *r = &hit->record;
	const char *own = w->request ? w->request->script_name : w->style->site->url;
	struct buf path = buf_new(PLACE_MAX), before = buf_new(PLACE_MAX),
		   heading = buf_new(h->out->max), rest = buf_new(h->out->max);
	char after[20];
	buf_add(&path, r->field[RECORD_PATH].s, r->field[RECORD_PATH].n);
	buf_printf(&before, "%s?doc=", own);
	snprintf(after, sizeof after, "&lang=%s",
		 (w->request ? w->style->language : hit->language)->code);
	const struct markup_links links = {path.s ? path.s : "", *own ? before.s : NULL, after,
					   true, tag_of(w, hit->language)};
	markup_passage(&heading, &rest, level, r->field[RECORD_SOURCE],
		       profile_definitions(w->profile, r), &links);
	if (heading.n) {
		buf_add(h->out, heading.s, heading.n);
	} else {
		buf_printf(h->out, "<h%d>", level);
		html_span(h, r->field[RECORD_TITLE]);
		buf_printf(h->out, "</h%d>\n", level);
	}
	if (r->field[RECORD_BREADCRUMB].n) {
		struct buf titles = buf_new(PLACE_MAX);
		put_headings(&titles, r);
		html_raw_trusted(h, "<p class=\"crumb\">");
		html_buf(h, &titles);
		html_raw_trusted(h, "</p>\n");
	}
	if (rest.n)
		buf_add(h->out, rest.s, rest.n);
	html_source(h, w, hit);
	h->out->failed = h->out->failed || heading.failed || rest.failed || before.failed;
	buf_free(&path);
	buf_free(&before);
	buf_free(&heading);
	buf_free(&rest);
}

/* Why the text in this language is not here. */
static void html_absent(struct html *h, const struct writer *w, const struct profile_item *item,
			const struct language *l)
{
	const struct record *r = profile_page_of(item, l);
	struct buf address = buf_new(PLACE_MAX);
	buf_printf(h->out, "<p class=\"absent\" lang=\"%s\">", tag_of(w, l));
	html_message_in(h, l, r ? MSG_VERSION_ON_PAGE : MSG_NO_VERSION);
	if (r) {
		html_message_in(h, l, MSG_COLON);
		put_twin_address(&address, w, l, r);
		html_link(h, &address, r->field[RECORD_TWIN_TITLE]);
	}
	html_raw_trusted(h, "</p>\n");
}

static void html_tool(struct html *h, const struct choice *choice, enum message text)
{
	struct question changed = frame_question();
	changed.format = REQUEST_PROFILE;
	changed.page = h->request->page;
	changed.choice = choice;
	html_raw_trusted(h, "<a href=\"");
	frame_put_address(h, &changed);
	html_raw_trusted(h, "\">");
	html_message(h, text);
	html_raw_trusted(h, "</a> ");
}

/* The ways to have it elsewhere in the list, or not at all; none where there is no page. */
static void html_tools(struct html *h, const struct writer *w, const struct profile_item *item)
{
	if (!w->request)
		return;
	size_t place = choice_find(&w->request->choice, span_of(item->id));
	struct choice without = w->request->choice, raised = without;
	if (place == without.n)
		return;
	choice_remove(&without, place);
	choice_raise(&raised, place);
	buf_printf(h->out, "<p class=\"tools\" lang=\"%s\">", h->language->locale);
	html_tool(h, &without, MSG_REMOVE);
	if (place)
		html_tool(h, &raised, MSG_MOVE_UP);
	html_raw_trusted(h, "</p>\n");
}

static void html_gone(struct html *h, const struct profile_item *item)
{
	buf_printf(h->out, "<p class=\"absent\" lang=\"%s\">", h->language->locale);
	html_message_with(h, MSG_GONE, item->id, 0);
	html_raw_trusted(h, "</p>\n");
}

/* All languages side by side: a row a passage. Of a file's style sheet word processors take the
 * fonts, but not what tables look like: that they take from attributes. */
static void html_row(struct html *h, const struct writer *w, const struct profile_item *item)
{
	html_raw_trusted(h, w->request ? "<tr>\n" : "<tr valign=\"top\">\n");
	for (size_t l = 0; l < language_count; l++) {
		if (item->gone)
			buf_printf(h->out, "<td colspan=\"%zu\">\n", language_count);
		else
			buf_printf(h->out, "<td lang=\"%s\">\n", tag_of(w, &languages[l]));
		if (item->gone)
			html_gone(h, item);
		else if (item->sides[l])
			html_passage(h, w, item->sides[l], 2);
		else
			html_absent(h, w, item, &languages[l]);
		if (l == 0 || item->gone)
			html_tools(h, w, item);
		html_raw_trusted(h, "</td>\n");
		if (item->gone)
			break;
	}
	html_raw_trusted(h, "</tr>\n");
}

static void html_table(struct html *h, const struct writer *w)
{
	html_raw_trusted(h, "<table class=\"sides\"");
	html_raw_trusted(h, w->request ? "" : " width=\"100%\" border=\"1\" cellpadding=\"4\"");
	html_raw_trusted(h, ">\n<thead>\n<tr>\n");
	for (size_t l = 0; l < language_count; l++)
		buf_printf(h->out, "<th scope=\"col\" lang=\"%s\">%s</th>\n",
			   tag_of(w, &languages[l]), languages[l].name);
	html_raw_trusted(h, "</tr>\n</thead>\n<tbody>\n");
	for (size_t i = 0; i < w->profile->n; i++)
		html_row(h, w, &w->profile->items[i]);
	html_raw_trusted(h, "</tbody>\n</table>\n");
}

static void html_single(struct html *h, const struct writer *w, const struct profile_item *item)
{
	const struct language *wanted = &languages[w->style->show];
	if (item->gone) {
		html_raw_trusted(h, "<div class=\"passage\">\n");
		html_gone(h, item);
		html_tools(h, w, item);
		html_raw_trusted(h, "</div>\n");
		return;
	}
	const struct hit *hit = side_of(w, item, w->style->show);
	/* no <section>, of which LibreOffice 7.4 does not see the language */
	buf_printf(h->out, "<div class=\"passage\" lang=\"%s\">\n", tag_of(w, hit->language));
	if (hit->language != wanted)
		html_absent(h, w, item, wanted);
	html_passage(h, w, hit, 2);
	html_tools(h, w, item);
	html_raw_trusted(h, "</div>\n");
}

static void html_items(struct html *h, const struct writer *w)
{
	if (w->style->show >= language_count) {
		html_table(h, w);
		return;
	}
	for (size_t i = 0; i < w->profile->n; i++)
		html_single(h, w, &w->profile->items[i]);
}

/* "Profile", in each language that is shown: what is printed or pasted has it too. */
static void html_title(struct html *h, const struct profile_style *style)
{
	buf_printf(h->out, "<h1 lang=\"%s\">", language_of(style)->locale);
	if (style->show < language_count)
		html_message_in(h, &languages[style->show], MSG_PROFILE);
	else
		html_both(h, MSG_PROFILE);
	html_raw_trusted(h, "</h1>\n");
}

void render_profile_document(struct buf *out, const struct profile *profile,
			     const struct profile_style *style)
{
	struct writer w = {out, profile, style, NULL};
	struct html h = {.out = out, .language = language_of(style), .site = style->site};
	buf_printf(out,
		   "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		   "<title>",
		   language_of(style)->locale);
	html_message_in(&h, language_of(style), MSG_PROFILE);
	html_raw_trusted(&h, "</title>\n<style>\n"
			     "table{border-collapse:collapse;width:100%}\n"
			     "td,th{border:1px solid #767676;padding:.3em .5em;"
			     "text-align:left;vertical-align:top}\n"
			     "h1,h2,h3,h4,h5,h6,.crumb{break-after:avoid;break-inside:avoid}\n"
			     "li,.passage,tr{break-inside:avoid}\n"
			     "</style>\n</head>\n<body>\n");
	html_title(&h, style);
	html_items(&h, &w);
	html_raw_trusted(&h, "</body>\n</html>\n");
}

/* ---- the page -----------------------------------------------------------------------------------
 */

/* A link to the profile with another text or format; the one that is here is no link. */
static void put_way(struct html *h, struct question *other, const char *text, const char *lang,
		    bool here)
{
	other->page = h->request->page;
	html_raw_trusted(h, here ? "<strong" : "<a href=\"");
	if (!here) {
		frame_put_address(h, other);
		html_raw_trusted(h, "\"");
	}
	if (*lang)
		buf_printf(h->out, " lang=\"%s\"", lang);
	html_raw_trusted(h, here ? " aria-current=\"true\">" : ">");
	html_text(h, text);
	html_raw_trusted(h, here ? "</strong>\n" : "</a>\n");
}

static void put_shows(struct html *h)
{
	size_t now = h->request->show;
	struct question other = frame_question();
	other.format = REQUEST_PROFILE;
	other.show = REQUEST_SHOW_ALL;
	html_raw_trusted(h, "<p>");
	html_message(h, MSG_PROFILE_SHOW);
	html_message(h, MSG_COLON);
	put_way(h, &other, language_message(h->language, MSG_SIDE_BY_SIDE), "",
		now >= language_count);
	for (size_t l = 0; l < language_count; l++) {
		html_raw_trusted(h, "| ");
		other.show = l;
		put_way(h, &other, languages[l].name, languages[l].locale, now == l);
	}
	html_raw_trusted(h, "</p>\n");
}

static void put_formats(struct html *h)
{
	static const struct {
		enum request_format format;
		enum message text;
	} ways[] = {{REQUEST_DOCUMENT, MSG_TAKE_DOCUMENT},
		    {REQUEST_MD, MSG_TAKE_MD},
		    {REQUEST_TEXT, MSG_TAKE_TEXT},
		    {REQUEST_CSV, MSG_TAKE_CSV}};
	html_raw_trusted(h, "<p>");
	html_message(h, MSG_PROFILE_TAKE);
	html_message(h, MSG_COLON);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct question other = frame_question();
		other.format = ways[i].format;
		html_raw_trusted(h, i ? "| " : "");
		put_way(h, &other, language_message(h->language, ways[i].text), "", false);
	}
	html_raw_trusted(h, "</p>\n<p>");
	html_message(h, MSG_PROFILE_HINT);
	html_raw_trusted(h, "</p>\n");
}

static void put_ways(struct html *h)
{
	const struct choice none = {.n = 0};
	long n = (long)h->request->choice.n;
	html_raw_trusted(h, "<nav class=\"ways\" aria-label=\"");
	html_message(h, MSG_PROFILE_WAYS);
	html_raw_trusted(h, "\">\n<p><strong>");
	html_message_with(h, language_plural(h->language, MSG_CHOSEN, n), "", n);
	html_raw_trusted(h, "</strong> ");
	html_tool(h, &none, MSG_CHOOSE_NONE);
	html_raw_trusted(h, "</p>\n");
	put_shows(h);
	put_formats(h);
	html_raw_trusted(h, "</nav>\n");
}

void render_profile_page(struct buf *out, const struct request *request,
			 const struct profile *profile, const struct site *site)
{
	struct html h = {out, request, request->language, site};
	const struct profile_style style = {request->language, request->show, site};
	struct writer w = {out, profile, &style, request};
	frame_begin(&h);
	html_message(&h, MSG_PROFILE);
	html_raw_trusted(&h, " - ");
	html_message(&h, MSG_PAGE_TITLE);
	frame_body(&h, "text");
	frame_put_languages(&h);
	html_raw_trusted(&h, "</nav>\n");
	html_title(&h, &style);
	frame_end_header(&h);
	html_raw_trusted(&h, "<main>\n");
	frame_put_box(&h);
	frame_end_box(&h);
	frame_put_back(&h);
	html_raw_trusted(&h, "<div id=\"text\" class=\"page profile\" tabindex=\"-1\">\n");
	if (profile->n) {
		put_ways(&h);
		html_items(&h, &w);
	} else {
		html_raw_trusted(&h, "<p>");
		html_message(&h, MSG_PROFILE_EMPTY);
		html_raw_trusted(&h, "</p>\n");
	}
	html_raw_trusted(&h, "</div>\n");
	frame_end(&h);
}

/* ---- Markdown and plain text --------------------------------------------------------------------
 */

static void put_message(struct buf *out, const struct language *l, enum message id)
{
	buf_puts(out, language_message(l, id));
}

static void put_title(struct writer *w)
{
	for (size_t l = 0, n = 0; l < language_count; l++) {
		if (!is_shown(w->style, l))
			continue;
		buf_puts(w->out, n++ ? " / " : "");
		put_message(w->out, &languages[l], MSG_PROFILE);
	}
}

static void md_place(struct writer *w, struct span path, struct span anchor)
{
	struct buf place = buf_new(PLACE_MAX);
	put_path(&place, path, anchor);
	const char *code = place.s && !strchr(place.s, '`') ? "`" : "";
	buf_printf(w->out, " (%s", code);
	if (*code)
		buf_puts(w->out, place.s);
	else
		md_text(w->out, (struct span){place.s ? place.s : "", place.n});
	buf_printf(w->out, "%s)", code);
	buf_free(&place);
}

/* "Source: ", the titles above the passage or else its page's, with their address, and the date. */
static void md_source(struct writer *w, const struct hit *hit)
{
	const struct record *r = &hit->record;
	struct buf address = buf_new(PLACE_MAX), date = buf_new(200), titles = buf_new(PLACE_MAX);
	bool linked = put_record_address(&address, w, hit);
	put_headings(&titles, r);
	put_message(w->out, hit->language, MSG_SOURCE);
	put_message(w->out, hit->language, MSG_COLON);
	buf_puts(w->out, linked ? "[" : "");
	md_text(w->out, titles.n ? (struct span){titles.s, titles.n} : record_page_title(r));
	if (linked) {
		buf_puts(w->out, "](<");
		md_url(w->out, (struct span){address.s, address.n});
		buf_puts(w->out, ">)");
	} else {
		md_place(w, r->field[RECORD_PATH], r->field[RECORD_ANCHOR]);
	}
	put_date(&date, hit);
	buf_puts(w->out, date.n ? ", " : "");
	buf_puts(w->out, date.s ? date.s : "");
	buf_putc(w->out, '\n');
	buf_free(&address);
	buf_free(&date);
	buf_free(&titles);
}

/* The source begins a line and ends one. */
static void md_passage(struct writer *w, const struct hit *hit)
{
	struct span source = hit->record.field[RECORD_SOURCE];
	buf_add(w->out, source.s, source.n);
	if (source.n && source.s[source.n - 1] != '\n')
		buf_putc(w->out, '\n');
	markup_close(w->out, source);
	buf_putc(w->out, '\n');
	size_t before = w->out->n;
	markup_missing_definitions(w->out, source, profile_definitions(w->profile, &hit->record));
	buf_puts(w->out, w->out->n > before ? "\n" : "");
	md_source(w, hit);
}

static void text_passage(struct writer *w, const struct hit *hit)
{
	const struct record *r = &hit->record;
	struct span title = r->field[RECORD_TITLE], page = record_page_title(r);
	struct buf place = buf_new(PLACE_MAX), date = buf_new(200);
	buf_add(w->out, title.s, title.n);
	buf_putc(w->out, '\n');
	put_headings(w->out, r);
	buf_puts(w->out, r->field[RECORD_BREADCRUMB].n ? "\n\n" : "\n");
	markup_plain(w->out, r->field[RECORD_SOURCE], profile_definitions(w->profile, r));
	buf_puts(w->out, "\n\n");
	put_message(w->out, hit->language, MSG_SOURCE);
	put_message(w->out, hit->language, MSG_COLON);
	buf_add(w->out, page.s, page.n);
	put_date(&date, hit);
	buf_puts(w->out, date.n ? ", " : "");
	buf_puts(w->out, date.s ? date.s : "");
	buf_putc(w->out, '\n');
	if (!put_record_address(&place, w, hit))
		put_path(&place, r->field[RECORD_PATH], r->field[RECORD_ANCHOR]);
	buf_puts(w->out, place.s ? place.s : "");
	buf_putc(w->out, '\n');
	buf_free(&place);
	buf_free(&date);
}

/* Why a text is not here, as plain text; `escape` is of the format. */
static void put_absent(struct buf *out, const struct writer *w, const struct profile_item *item,
		       const struct language *l, void escape(struct buf *out, struct span s))
{
	const struct record *r = profile_page_of(item, l);
	struct buf place = buf_new(PLACE_MAX);
	put_message(out, l, r ? MSG_VERSION_ON_PAGE : MSG_NO_VERSION);
	if (r) {
		put_message(out, l, MSG_COLON);
		escape(out, r->field[RECORD_TWIN_TITLE]);
		if (!put_twin_address(&place, w, l, r))
			put_path(&place, r->field[RECORD_TWIN_PATH], r->field[RECORD_TWIN_ANCHOR]);
		buf_puts(out, " (");
		escape(out, (struct span){place.s ? place.s : "", place.n});
		buf_puts(out, ")");
	}
	buf_free(&place);
}

static void put_gone(struct buf *out, const struct writer *w, const struct profile_item *item)
{
	language_format(out, language_of(w->style), MSG_GONE, item->id, 0);
}

static void plain(struct buf *out, struct span s)
{
	text_put_safe(out, s.s, s.n);
}

/* What Markdown and plain text have in common: one after the other. */
static void put_items(struct writer *w, const char *rule,
		      void passage(struct writer *w, const struct hit *hit),
		      void escape(struct buf *out, struct span s))
{
	for (size_t i = 0; i < w->profile->n; i++) {
		const struct profile_item *item = &w->profile->items[i];
		buf_puts(w->out, i ? rule : "");
		if (item->gone) {
			buf_putc(w->out, '\n');
			put_gone(w->out, w, item);
			buf_putc(w->out, '\n');
			continue;
		}
		for (size_t l = 0; l < language_count; l++) {
			const struct hit *hit = side_of(w, item, l);
			if (!is_shown(w->style, l))
				continue;
			if (!item->sides[l]) {
				buf_putc(w->out, '\n');
				put_absent(w->out, w, item, &languages[l], escape);
				buf_putc(w->out, '\n');
			}
			if (hit) {
				buf_putc(w->out, '\n');
				passage(w, hit);
			}
		}
	}
}

void render_profile_md(struct buf *out, const struct profile *profile,
		       const struct profile_style *style)
{
	struct writer w = {out, profile, style, NULL};
	buf_puts(out, "# ");
	put_title(&w);
	buf_putc(out, '\n');
	put_items(&w, "\n---\n", md_passage, md_text);
}

void render_profile_text(struct buf *out, const struct profile *profile,
			 const struct profile_style *style)
{
	struct writer w = {out, profile, style, NULL};
	put_title(&w);
	buf_putc(out, '\n');
	put_items(&w, "\n----------------------------------------\n", text_passage, plain);
}

/* ---- CSV ----------------------------------------------------------------------------------------
 */

struct csv {
	struct writer w;
	const char *suffix; /* of the names of columns: "_en", or "" */
	struct buf guarded; /* names of fields of this row that got an apostrophe */
	struct buf note;
	size_t fields; /* of this row, so far */
};

/* Each is quoted: then nothing in it needs thought but the quotes. */
static void csv_field(struct csv *c, const char *name, struct span value)
{
	bool formula = value.n && *value.s && strchr("=+-@\t\r", *value.s);
	buf_puts(c->w.out, c->fields++ ? ",\"" : "\"");
	if (formula) {
		buf_putc(c->w.out, '\'');
		buf_printf(&c->guarded, "%s%s%s", c->guarded.n ? " " : "", name, c->suffix);
	}
	for (size_t i = 0; i < value.n; i++) {
		if (value.s[i] == '"')
			buf_putc(c->w.out, '"');
		buf_putc(c->w.out, value.s[i]);
	}
	buf_putc(c->w.out, '"');
}

static void csv_buf(struct csv *c, const char *name, struct buf *value)
{
	c->w.out->failed = c->w.out->failed || value->failed;
	csv_field(c, name, (struct span){value->s ? value->s : "", value->n});
	buf_free(value);
}

static void csv_end_row(struct csv *c)
{
	buf_puts(c->w.out, "\r\n");
	buf_clear(&c->guarded);
	buf_clear(&c->note);
	c->fields = 0;
}

static const char *const csv_columns[] = {"lang",     "title", "headings", "text",
					  "markdown", "page",  "link",	   "date"};
enum { CSV_COLUMNS = sizeof csv_columns / sizeof *csv_columns };

static bool csv_has(const struct csv *c, size_t column)
{
	return column || !*c->suffix; /* a suffix tells the language */
}

static void csv_side(struct csv *c, const struct hit *hit)
{
	const struct record *r = &hit->record;
	struct buf headings = buf_new(PLACE_MAX), text = buf_new(c->w.out->max),
		   link = buf_new(PLACE_MAX);
	if (csv_has(c, 0))
		csv_field(c, csv_columns[0], r->field[RECORD_LANG]);
	csv_field(c, csv_columns[1], r->field[RECORD_TITLE]);
	put_headings(&headings, r);
	csv_buf(c, csv_columns[2], &headings);
	markup_plain(&text, r->field[RECORD_SOURCE], profile_definitions(c->w.profile, r));
	csv_buf(c, csv_columns[3], &text);
	csv_field(c, csv_columns[4], r->field[RECORD_SOURCE]);
	csv_field(c, csv_columns[5], record_page_title(r));
	if (!put_record_address(&link, &c->w, hit))
		put_path(&link, r->field[RECORD_PATH], r->field[RECORD_ANCHOR]);
	csv_buf(c, csv_columns[6], &link);
	csv_field(c, csv_columns[7], r->field[RECORD_DATE]);
}

static void csv_empty_side(struct csv *c)
{
	for (size_t i = 0; i < CSV_COLUMNS; i++) {
		if (csv_has(c, i))
			csv_field(c, csv_columns[i], span_of(""));
	}
}

static void csv_note(struct csv *c)
{
	if (c->guarded.n) {
		buf_puts(&c->note, c->note.n ? " " : "");
		language_format(&c->note, language_of(c->w.style), MSG_GUARDED, c->guarded.s, 0);
	}
	c->suffix = "";
	csv_field(c, "note", (struct span){c->note.s ? c->note.s : "", c->note.n});
}

/* The next language that is shown, from *l on. */
static bool csv_next(const struct csv *c, size_t *l)
{
	while (*l < language_count && !is_shown(c->w.style, *l))
		++*l;
	return *l < language_count;
}

static void csv_row(struct csv *c, const struct profile_item *item)
{
	char suffix[16];
	csv_field(c, "id", item->gone ? span_of(item->id) : item->chosen->record.field[RECORD_ID]);
	if (item->gone)
		put_gone(&c->note, &c->w, item);
	for (size_t l = 0; csv_next(c, &l); l++) {
		const struct hit *hit = item->gone ? NULL : side_of(&c->w, item, l);
		snprintf(suffix, sizeof suffix, "_%s", languages[l].code);
		c->suffix = c->w.style->show < language_count ? "" : suffix;
		if (!item->gone && !item->sides[l]) {
			buf_puts(&c->note, c->note.n ? " " : "");
			put_absent(&c->note, &c->w, item, &languages[l], plain);
		}
		if (hit)
			csv_side(c, hit);
		else
			csv_empty_side(c);
	}
	csv_note(c);
	csv_end_row(c);
}

static void csv_header(struct csv *c)
{
	csv_field(c, "id", span_of("id"));
	for (size_t l = 0; csv_next(c, &l); l++) {
		char name[32];
		bool single = c->w.style->show < language_count;
		for (size_t i = single ? 0 : 1; i < CSV_COLUMNS; i++) {
			snprintf(name, sizeof name, "%s%s%s", csv_columns[i], single ? "" : "_",
				 single ? "" : languages[l].code);
			csv_field(c, "", span_of(name));
		}
	}
	csv_field(c, "", span_of("note"));
	csv_end_row(c);
}

void render_profile_csv(struct buf *out, const struct profile *profile,
			const struct profile_style *style)
{
	struct csv c = {.w = {out, profile, style, NULL},
			.suffix = "",
			.guarded = buf_new(PLACE_MAX),
			.note = buf_new(PLACE_MAX)};
	buf_puts(out, "\uFEFF");
	csv_header(&c);
	for (size_t i = 0; i < profile->n; i++)
		csv_row(&c, &profile->items[i]);
	out->failed = out->failed || c.guarded.failed || c.note.failed;
	buf_free(&c.guarded);
	buf_free(&c.note);
}

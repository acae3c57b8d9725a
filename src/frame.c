#include "frame.h"

#include <string.h>
#include <strings.h>

#include "style.h"

/* ---- addresses ----------------------------------------------------------------------------------
 */

struct question frame_question(void)
{
	return (struct question){.sort = REQUEST_SORTS, .show = FRAME_SHOW_SAME};
}

/* The first stands right behind the question mark. */
static void put_parameter(struct html *h, const char *name, const char *value)
{
	html_raw_trusted(h, h->out->n && h->out->s[h->out->n - 1] == '?' ? "" : "&amp;");
	html_raw_trusted(h, name);
	html_raw_trusted(h, "=");
	html_parameter(h, value, strlen(value));
}

static void put_choice(struct html *h, const struct choice *c)
{
	for (size_t i = 0; i < c->n; i++) {
		html_raw_trusted(h, i ? "-" : "");
		html_text(h, c->ids[i]);
	}
}

/* The part of the address that only a profile has. */
static void put_profile(struct html *h, const struct question *question)
{
	size_t show = question->show == FRAME_SHOW_SAME ? h->request->show : question->show;
	if (question->format >= REQUEST_PROFILE && show < language_count)
		put_parameter(h, "show", languages[show].code);
}

static void put_question(struct html *h, const struct question *question)
{
	const struct request *r = h->request;
	const char *q = question->q ? question->q : r->q,
		   *area = question->area ? question->area : r->area;
	enum request_sort sort = question->sort == REQUEST_SORTS ? r->sort : question->sort;
	if (*q)
		put_parameter(h, "q", q);
	put_parameter(h, "lang", (question->language ? question->language : h->language)->code);
	if (*area)
		put_parameter(h, "area", area);
	if (sort == REQUEST_DATE)
		put_parameter(h, "sort", "date");
	if (question->page > 1)
		buf_printf(h->out, "&amp;page=%u", question->page);
	if (question->explain == QUESTION_EXPLAINED ||
	    (question->explain == QUESTION_AS_IS && r->explain))
		put_parameter(h, "explain", "1");
	if (question->format != REQUEST_HTML)
		put_parameter(h, "format", request_format_names[question->format]);
	put_profile(h, question);
	const struct choice *choice = question->choice ? question->choice : &r->choice;
	if (choice->n) {
		html_raw_trusted(h, "&amp;id=");
		put_choice(h, choice);
	}
}

void frame_put_address(struct html *h, const struct question *question)
{
	/* of a fragment the page that it was put into, whatever its address */
	if (h->request->format != REQUEST_FRAGMENT || question->own ||
	    question->format != REQUEST_HTML)
		html_text(h, h->request->script_name);
	html_raw_trusted(h, "?");
	put_question(h, question);
}

static void put_anchor(struct html *h, struct span anchor)
{
	if (anchor.n == 0)
		return;
	html_raw_trusted(h, "#");
	html_parameter(h, anchor.s, anchor.n);
}

void frame_put_page_address(struct html *h, struct span path, struct span anchor)
{
	struct question back = frame_question();
	back.page = h->request->page;
	html_text(h, h->request->script_name);
	html_raw_trusted(h, "?doc=");
	html_parameter(h, path.s, path.n);
	put_question(h, &back);
	put_anchor(h, anchor);
}

/* ---- from the top -------------------------------------------------------------------------------
 */

void frame_begin(struct html *h)
{
	buf_printf(h->out,
		   "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		   h->language->locale);
	html_raw_trusted(h, "<meta name=\"viewport\" content=\"width=device-width, "
			    "initial-scale=1\">\n<title>");
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

/* A stylesheet's address that can also stand in the policy, whose parts end at blanks and marks. */
static bool has_stylesheet(const struct site *site)
{
	return *site->stylesheet && html_is_safe_url(span_of(site->stylesheet)) &&
	       !strpbrk(site->stylesheet, " \t\r\n;,'\"");
}

static bool has_part(const struct html *h, const char *const parts[LANGUAGE_MAX])
{
	const char *part = parts[language_index(h->language)];
	return part && *part;
}

static void put_part(struct html *h, const char *const parts[LANGUAGE_MAX])
{
	if (has_part(h, parts))
		html_raw_trusted(h, parts[language_index(h->language)]);
}

static void put_skip_link(struct html *h, const char *skip_to)
{
	html_raw_trusted(h, "<a class=\"skip\" href=\"#");
	html_raw_trusted(h, skip_to);
	html_raw_trusted(h, "\">");
	html_message(h, strcmp(skip_to, "results") == 0 ? MSG_SKIP : MSG_SKIP_TEXT);
	html_raw_trusted(h, "</a>\n");
}

void frame_body(struct html *h, const char *skip_to)
{
	html_raw_trusted(h, "</title>\n");
	put_search_links(h);
	html_raw_trusted(h, "<style>" STYLE_CSS "</style>\n");
	if (has_stylesheet(h->site)) {
		html_raw_trusted(h, "<link rel=\"stylesheet\" href=\"");
		html_text(h, h->site->stylesheet);
		html_raw_trusted(h, "\">\n");
	}
	html_raw_trusted(h, "</head>\n<body>\n");
	put_skip_link(h, skip_to);
	put_part(h, h->site->header);
	/* a page has but one banner: the site's own when there is one */
	html_raw_trusted(h, "<div class=\"trouvaille\">\n");
	html_raw_trusted(h, has_part(h, h->site->header) ? "<div class=\"head\">\n" : "<header>\n");
	html_raw_trusted(h, "<nav class=\"top\" aria-label=\"");
	html_message(h, MSG_LANGUAGES);
	html_raw_trusted(h, "\">");
}

void frame_put_heading(struct html *h, enum message heading)
{
	html_raw_trusted(h, "</nav>\n<h1>");
	html_message(h, heading);
	html_raw_trusted(h, "</h1>\n");
	frame_end_header(h);
}

void frame_end_header(struct html *h)
{
	html_raw_trusted(h, has_part(h, h->site->header) ? "</div>\n" : "</header>\n");
}

void frame_put_back(struct html *h)
{
	struct question back = frame_question();
	back.page = h->request->page;
	html_raw_trusted(h, "<p class=\"back\"><a href=\"");
	frame_put_address(h, &back);
	html_raw_trusted(h, "\">");
	html_message(h, *h->request->q ? MSG_BACK : MSG_HOME);
	html_raw_trusted(h, "</a></p>\n");
}

void frame_put_language_link(struct html *h, const struct language *l)
{
	buf_printf(h->out, "\" lang=\"%s\" hreflang=\"%s\">%s</a>", l->locale, l->locale, l->name);
}

void frame_put_languages(struct html *h)
{
	for (size_t i = 0; i < language_count; i++) {
		struct question same = frame_question();
		same.language = &languages[i];
		same.page = h->request->page;
		if (h->request->format == REQUEST_TIPS || h->request->format == REQUEST_PROFILE)
			same.format = h->request->format;
		if (same.language == h->language)
			continue;
		html_raw_trusted(h, "<a href=\"");
		frame_put_address(h, &same);
		frame_put_language_link(h, same.language);
	}
}

/* ---- box and foot -------------------------------------------------------------------------------
 */

static void put_hidden(struct html *h, const char *name, const char *value)
{
	buf_printf(h->out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	html_text(h, value);
	html_raw_trusted(h, "\">\n");
}

static void put_help(struct html *h)
{
	const struct request *r = h->request;
	struct question other = frame_question();
	bool tips = r->format != REQUEST_TIPS;
	other.format = tips ? REQUEST_TIPS : REQUEST_HTML;
	html_raw_trusted(h, "<p class=\"help\"><a href=\"");
	frame_put_address(h, &other);
	html_raw_trusted(h, "\">");
	html_message(h, tips ? MSG_TIPS : *r->q ? MSG_BACK : MSG_HOME);
	html_raw_trusted(h, "</a></p>\n");
}

void frame_put_box(struct html *h)
{
	const struct request *r = h->request;
	html_raw_trusted(h, "<form method=\"get\" action=\"");
	html_text(h, r->script_name);
	html_raw_trusted(h, "\">\n");
	if (r->format == REQUEST_FRAGMENT) {
		put_hidden(h, "q", r->q);
	} else {
		html_raw_trusted(h, "<div class=\"box\" role=\"search\">\n<label for=\"q\">");
		html_both(h, MSG_BOX_LABEL);
		html_raw_trusted(h, "</label>\n<input type=\"search\" id=\"q\" name=\"q\" "
				    "maxlength=\"200\" value=\"");
		html_text(h, r->q);
		html_raw_trusted(h, "\">\n<button>");
		html_both(h, MSG_BOX_BUTTON);
		html_raw_trusted(h, "</button>\n</div>\n");
	}
	put_hidden(h, "lang", h->language->code);
	if (*r->area)
		put_hidden(h, "area", r->area);
	if (r->sort == REQUEST_DATE)
		put_hidden(h, "sort", "date");
	if (r->explain)
		put_hidden(h, "explain", "1");
	if (r->format != REQUEST_FRAGMENT)
		put_help(h);
}

void frame_end_box(struct html *h)
{
	frame_put_choice(h, NULL, NULL);
	html_raw_trusted(h, "</form>\n");
}

void frame_put_choice(struct html *h, bool (*shown)(const void *data, const char *id),
		      const void *data)
{
	const struct choice *all = &h->request->choice;
	struct choice hidden = {.n = 0};
	for (size_t i = 0; i < all->n; i++) {
		if (!shown || !shown(data, all->ids[i]))
			memcpy(hidden.ids[hidden.n++], all->ids[i], CHOICE_ID_SIZE);
	}
	if (hidden.n) {
		html_raw_trusted(h, "<input type=\"hidden\" name=\"id\" value=\"");
		put_choice(h, &hidden);
		html_raw_trusted(h, "\">\n");
	}
	if (hidden.n < all->n) { /* a box comes where it stands on the page */
		html_raw_trusted(h, "<input type=\"hidden\" name=\"order\" value=\"");
		put_choice(h, all);
		html_raw_trusted(h, "\">\n");
	}
}

static void put_link(struct html *h, const struct question *question, enum message text)
{
	html_raw_trusted(h, "<a href=\"");
	frame_put_address(h, question);
	html_raw_trusted(h, "\">");
	html_message(h, text);
	html_raw_trusted(h, "</a>");
}

void frame_put_chosen(struct html *h)
{
	const struct choice none = {.n = 0};
	long n = (long)h->request->choice.n;
	struct question profile = frame_question(), same = frame_question(),
			more = frame_question();
	if (n == 0)
		return;
	profile.format = REQUEST_PROFILE;
	profile.page = same.page = h->request->page;
	same.choice = &none;
	more.own = true;
	more.q = "";
	html_raw_trusted(h, "<p class=\"choice\"><strong>");
	html_message_with(h, language_plural(h->language, MSG_CHOSEN, n), "", n);
	html_raw_trusted(h, "</strong> ");
	put_link(h, &profile, MSG_SEE_PROFILE);
	html_raw_trusted(h, " ");
	put_link(h, &same, MSG_CHOOSE_NONE);
	if (h->request->format == REQUEST_FRAGMENT) { /* the box around it knows of no choice */
		html_raw_trusted(h, " ");
		put_link(h, &more, MSG_SEARCH_MORE);
	}
	html_raw_trusted(h, "</p>\n");
}

void frame_end(struct html *h)
{
	struct span report = span_of(h->site->report);
	html_raw_trusted(h, "</main>\n");
	if (report.n && (html_is_safe_url(report) || strncasecmp(report.s, "mailto:", 7) == 0)) {
		bool own = !has_part(h, h->site->footer);
		html_raw_trusted(h, own ? "<footer>" : "<div class=\"foot\">");
		html_raw_trusted(h, "<a href=\"");
		html_span(h, report);
		html_raw_trusted(h, "\">");
		html_both(h, MSG_REPORT);
		html_raw_trusted(h, own ? "</a></footer>\n" : "</a></div>\n");
	}
	html_raw_trusted(h, "</div>\n");
	put_part(h, h->site->footer);
	html_raw_trusted(h, "</body>\n</html>\n");
}

static bool has_parts(const struct site *site)
{
	for (size_t i = 0; i < language_count; i++) {
		if ((site->header[i] && *site->header[i]) || (site->footer[i] && *site->footer[i]))
			return true;
	}
	return false;
}

void frame_policy(struct buf *out, const struct site *site)
{
	bool parts = has_parts(site), style = has_stylesheet(site);
	buf_puts(out, "default-src 'none'; style-src '" STYLE_HASH "'");
	if (parts || style)
		buf_puts(out, " 'self'");
	if (style && !(site->stylesheet[0] == '/' && site->stylesheet[1] != '/') &&
	    strstr(site->stylesheet, "://"))
		buf_printf(out, " %s", site->stylesheet);
	if (parts || style)
		buf_puts(out, "; img-src 'self' data:; font-src 'self'");
	buf_puts(out, "; form-action 'self'; base-uri 'none'; frame-ancestors 'self'");
}

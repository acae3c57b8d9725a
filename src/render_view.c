#include "render_view.h"

#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "markup.h"

/* ---- a page of the corpus -----------------------------------------------------------------------
 */

/* The way to the page's translation, named in its language, and the way back. */
static void put_ways(struct html *h, const struct record *r)
{
	struct span code = r->field[RECORD_TWIN_LANG];
	const struct language *l = language_find(code.s, code.n);
	if (l && r->field[RECORD_TWIN_PATH].n) {
		struct html other = *h;
		other.language = l;
		html_raw_trusted(h, "<a href=\"");
		frame_put_page_address(&other, r->field[RECORD_TWIN_PATH], (struct span){"", 0});
		frame_put_language_link(h, l);
	}
	html_raw_trusted(h, "</nav>\n");
	frame_put_back(h);
	frame_end_header(h);
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

static void put_passage(struct html *h, const struct hit *hit, struct span definitions,
			const struct markup_links *links)
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
	markup_html(h->out, r->field[RECORD_SOURCE], definitions, links);
	html_raw_trusted(h, "</section>\n");
}

void render_view(struct buf *out, const struct request *request, const struct search_result *page,
		 const struct site *site)
{
	struct html h = {out, request, request->language, site};
	const struct record *first = &page->hits[0].record;
	struct buf definitions = buf_new(out->max);
	for (size_t i = 0; i < page->n_hits; i++)
		markup_definitions(&definitions, page->hits[i].record.field[RECORD_SOURCE]);
	frame_begin(&h);
	html_span(&h, record_page_title(first));
	frame_body(&h, "text");
	put_ways(&h, first);
	html_raw_trusted(&h, "<main class=\"page\" id=\"text\" tabindex=\"-1\">\n");
	if (!has_top_heading(page)) {
		buf_printf(out, "<h1 lang=\"%s\">", page->hits[0].language->code);
		html_span(&h, record_page_title(first));
		html_raw_trusted(&h, "</h1>\n");
	}
	struct buf before = buf_new(8192), after = buf_new(8192);
	buf_printf(&before, "%s?doc=", request->script_name);
	buf_printf(&after, "&lang=%s", h.language->code);
	for (size_t i = 0; i < request->choice.n; i++)
		buf_printf(&after, "%s%s", i ? "-" : "&id=", request->choice.ids[i]);
	const struct markup_links links = {request->doc, before.s, after.s, false, NULL};
	for (size_t i = 0; i < page->n_hits && before.s && after.s; i++)
		put_passage(&h, &page->hits[i], (struct span){definitions.s, definitions.n},
			    &links);
	frame_end(&h);
	out->failed = out->failed || definitions.failed || before.failed || after.failed;
	buf_free(&before);
	buf_free(&after);
	buf_free(&definitions);
}

/* ---- tips ---------------------------------------------------------------------------------------
 */

static void put_example(struct html *h, const struct example *example, enum message finds)
{
	struct question question = frame_question();
	question.q = example->typed;
	html_raw_trusted(h, "<tr><td><a href=\"");
	frame_put_address(h, &question);
	html_raw_trusted(h, "\">");
	html_text(h, example->typed);
	html_raw_trusted(h, "</a></td><td>");
	html_message(h, finds);
	buf_printf(h->out, "</td></tr>\n");
}

void render_tips(struct buf *out, const struct request *request, const struct examples *examples,
		 const struct site *site)
{
	static const enum message finds[EXAMPLES] = {
		[EXAMPLE_WORDS] = MSG_TIP_WORDS,   [EXAMPLE_PHRASE] = MSG_TIP_PHRASE,
		[EXAMPLE_EITHER] = MSG_TIP_EITHER, [EXAMPLE_NOT] = MSG_TIP_NOT,
		[EXAMPLE_PREFIX] = MSG_TIP_PREFIX, [EXAMPLE_TITLE] = MSG_TIP_TITLE,
		[EXAMPLE_AREA] = MSG_TIP_AREA,	   [EXAMPLE_OTHER] = MSG_TIP_OTHER};
	struct html h = {out, request, request->language, site};
	frame_begin(&h);
	html_message(&h, MSG_TIPS);
	html_raw_trusted(&h, " - ");
	html_message(&h, MSG_PAGE_TITLE);
	frame_body(&h, "text");
	frame_put_languages(&h);
	frame_put_heading(&h, MSG_TIPS);
	html_raw_trusted(&h, "<main>\n");
	frame_put_box(&h);
	frame_end_box(&h);
	html_raw_trusted(&h, "<div id=\"text\" tabindex=\"-1\">\n<p>");
	html_message(&h, MSG_TIPS_INTRO);
	html_raw_trusted(&h, "</p>\n<table class=\"tips\">\n<thead><tr><th scope=\"col\">");
	html_message(&h, MSG_TIPS_TYPE);
	html_raw_trusted(&h, "</th><th scope=\"col\">");
	html_message(&h, MSG_TIPS_FINDS);
	html_raw_trusted(&h, "</th></tr></thead>\n<tbody>\n");
	for (int i = 0; i < EXAMPLES; i++) {
		if (examples->of[i].total)
			put_example(&h, &examples->of[i], finds[i]);
	}
	html_raw_trusted(&h, "</tbody>\n</table>\n</div>\n");
	frame_end(&h);
}

/* ---- OpenSearch ---------------------------------------------------------------------------------
 */

void render_opensearch(struct buf *out, const struct request *request, const struct site *site)
{
	struct html h = {out, request, request->language, site};
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

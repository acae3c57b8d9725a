#include "render_why.h"

#include <string.h>

/* Where a reason is written: the sentence is the same in text and in HTML. */
struct writer {
	const struct language *messages;
	struct buf *out;
	struct html *html; /* NULL for text */
};

static void put(struct writer *w, struct span s)
{
	if (w->html)
		html_span(w->html, s);
	else
		buf_add(w->out, s.s, s.n);
}

/* A sentence with a word in it, which keeps its own language; NULL is none. */
static void put_with(struct writer *w, enum message id, struct span word, const struct language *l)
{
	const char *s = language_message(w->messages, id), *place = strstr(s, "{s}");
	if (!place) {
		put(w, span_of(s));
		return;
	}
	put(w, (struct span){s, (size_t)(place - s)});
	if (w->html && l)
		buf_printf(w->out, "<span lang=\"%s\">", l->code);
	put(w, word);
	if (w->html && l)
		html_raw_trusted(w->html, "</span>");
	put(w, span_of(place + 3));
}

/* The side is named once for all that stands there. */
static void put_place(struct writer *w, const struct why_place *p, bool named)
{
	static const enum message names[WHY_FIELDS] = {
		[WHY_HEADING] = MSG_WHY_HEADING, [WHY_TITLES] = MSG_WHY_TITLES,
		[WHY_TEXT] = MSG_WHY_TEXT,	 [WHY_LANG] = MSG_WHY_LANG,
		[WHY_AREA] = MSG_WHY_AREA,	 [WHY_PATH] = MSG_WHY_PATH,
		[WHY_FACET] = MSG_WHY_FACET};
	if (p->translation && !named)
		put_with(w, MSG_WHY_TRANSLATION, span_of(p->language->name), p->language);
	put_with(w, names[p->field], span_of(""), NULL);
	for (size_t i = 0; i < p->n; i++) {
		put(w, span_of(i ? ", " : " "));
		put_with(w, MSG_QUOTED, p->words[i], p->language);
	}
}

static void put_reason(struct writer *w, const struct why *why)
{
	put_with(w, MSG_QUOTED, why->typed, NULL);
	if (why->via.n)
		put_with(w, MSG_WHY_LEXIQUE, why->via, why->via_language);
	if (why->corrected)
		put_with(w, MSG_WHY_CORRECTED, span_of(""), NULL);
	put(w, span_of(language_message(w->messages, MSG_COLON)));
	if (why->n == 0)
		put_with(w, MSG_WHY_NOT_HERE, span_of(""), NULL);
	for (size_t i = 0; i < why->n; i++) {
		put(w, span_of(i ? "; " : ""));
		put_place(w, &why->places[i], i && why->places[i - 1].translation);
	}
}

void render_why_line(struct buf *out, const struct language *messages, const struct why *why)
{
	struct writer w = {messages, out, NULL};
	put_reason(&w, why);
}

void render_why_html(struct html *h, const struct hit *hit)
{
	struct writer w = {h->language, h->out, h};
	if (hit->why.n == 0)
		return;
	html_raw_trusted(h, "<details class=\"why\" open>\n<summary>");
	html_message(h, MSG_WHY);
	html_raw_trusted(h, "</summary>\n<ul>\n");
	for (size_t i = 0; i < hit->why.n; i++) {
		html_raw_trusted(h, "<li>");
		put_reason(&w, &hit->why.list[i]);
		html_raw_trusted(h, "</li>\n");
	}
	if (hit->why.about) {
		html_raw_trusted(h, "<li>");
		html_message(h, MSG_PAGE_ABOUT);
		html_raw_trusted(h, "</li>\n");
	}
	html_raw_trusted(h, "</ul>\n</details>\n");
}

const char *render_why_field(enum why_field field)
{
	static const char *const names[WHY_FIELDS] = {
		[WHY_HEADING] = "heading", [WHY_TITLES] = "titles", [WHY_TEXT] = "text",
		[WHY_LANG] = "lang",	   [WHY_AREA] = "area",	    [WHY_PATH] = "path",
		[WHY_FACET] = "facet"};
	return names[field];
}

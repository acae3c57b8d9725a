#include "render_text.h"

#include "render_why.h"

#include <string.h>

#include "md.h"

#define BOLD  "\033[1m"
#define MATCH "\033[1;31m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

/* Wraps words at the style's columns. A word is held back until white space ends it, for it may
 * come in several pieces (l’ + *usager*) and with sequences that colour, which take no room. */
struct page {
	struct buf *out;
	const struct text_style *style;
	size_t indent, column;
	bool space; /* white space is due before the word */
	struct buf word;
	size_t width;
};

static void end_line(struct page *p)
{
	buf_putc(p->out, '\n');
	for (size_t i = 0; i < p->indent; i++)
		buf_putc(p->out, ' ');
	p->column = p->indent;
	p->space = false;
}

static void end_word(struct page *p)
{
	if (p->width && p->space && p->column > p->indent) {
		if (p->column + 1 + p->width > p->style->columns) {
			end_line(p);
		} else {
			buf_putc(p->out, ' ');
			p->column++;
		}
	}
	if (p->width)
		p->space = false;
	buf_add(p->out, p->word.s ? p->word.s : "", p->word.n);
	p->out->failed = p->out->failed || p->word.failed;
	p->column += p->width;
	buf_clear(&p->word);
	p->width = 0;
}

static void put_space(struct page *p)
{
	end_word(p);
	p->space = true;
}

static void new_line(struct page *p)
{
	end_word(p);
	end_line(p);
}

static void raw(struct page *p, const char *s)
{
	if (p->style->colour)
		buf_puts(&p->word, s);
}

static void put_part(struct page *p, const char *s, size_t n)
{
	size_t before = p->word.n;
	text_put_safe(&p->word, s, n);
	if (p->word.n > before) /* the width of what is shown in its stead */
		p->width += utf8_width(p->word.s + before, p->word.n - before);
}

static void put_sign(struct page *p, const char *s)
{
	put_space(p);
	put_part(p, s, strlen(s));
	put_space(p);
}

/* Running text; a line feed in it parts blocks and is shown as a bullet. */
static void put_run(struct page *p, struct span text)
{
	for (size_t i = 0; i < text.n;) {
		size_t start = i;
		while (i < text.n && text.s[i] != ' ' && text.s[i] != '\n')
			i++;
		put_part(p, text.s + start, i - start);
		if (i == text.n)
			break;
		if (text.s[i++] == '\n')
			put_sign(p, "•");
		else
			put_space(p);
	}
}

static void put_pieces(struct page *p, const struct pieces *pieces, const char *base)
{
	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *piece = &pieces->list[i];
		if (piece->match && p->style->colour)
			raw(p, MATCH);
		else if (piece->match)
			put_part(p, "*", 1);
		put_run(p, piece->text);
		if (piece->match && p->style->colour) {
			raw(p, PLAIN);
			raw(p, base);
		} else if (piece->match) {
			put_part(p, "*", 1);
		}
	}
}

static void put_breadcrumb(struct page *p, struct span titles)
{
	size_t start = 0;
	for (size_t i = 0; i < titles.n; i++) {
		if (titles.s[i] != '\n')
			continue;
		if (start)
			put_sign(p, "›");
		put_run(p, (struct span){titles.s + start, i - start});
		start = i + 1;
	}
}

static void put_place(struct buf *out, const struct record *r)
{
	text_put_safe(out, r->field[RECORD_PATH].s, r->field[RECORD_PATH].n);
	if (r->field[RECORD_ANCHOR].n) {
		buf_putc(out, '#');
		text_put_safe(out, r->field[RECORD_ANCHOR].s, r->field[RECORD_ANCHOR].n);
	}
}

static void put_translation(struct page *p, const struct record *r)
{
	struct span code = r->field[RECORD_TWIN_LANG];
	const struct language *l = language_find(code.s, code.n);
	if (r->field[RECORD_TWIN_PATH].n == 0 || !l)
		return;
	new_line(p);
	raw(p, DIM);
	put_run(p, span_of(l->name));
	put_run(p, span_of(language_message(p->style->language, MSG_COLON)));
	put_run(p, r->field[RECORD_TWIN_TITLE]);
	raw(p, PLAIN);
}

static void put_why(struct page *p, const struct why_list *why)
{
	for (size_t i = 0; i < why->n; i++) {
		struct buf line = buf_new(64 * 1024);
		render_why_line(&line, p->style->language, &why->list[i]);
		new_line(p);
		put_run(p, span_of("→"));
		put_space(p);
		if (line.s)
			put_run(p, (struct span){line.s, line.n});
		buf_free(&line);
	}
	if (why->about) {
		new_line(p);
		put_run(p, span_of("→ "));
		put_run(p, span_of(language_message(p->style->language, MSG_PAGE_ABOUT)));
	}
}

static void put_hit(struct page *p, const struct hit *h, size_t number)
{
	p->indent = 0;
	new_line(p);
	buf_printf(p->out, "%2zu. ", number);
	p->indent = p->column = 4; /* a number of three digits reaches one further: no harm */
	raw(p, BOLD);
	put_pieces(p, &h->title, BOLD);
	raw(p, PLAIN);
	if (h->record.field[RECORD_BREADCRUMB].n) {
		new_line(p);
		put_breadcrumb(p, h->record.field[RECORD_BREADCRUMB]);
	}
	new_line(p);
	raw(p, DIM);
	end_word(p);
	put_place(p->out, &h->record); /* never wrapped: it is there to be copied */
	raw(p, PLAIN);
	if (h->snippet.n) {
		new_line(p);
		if (h->cut_before)
			put_run(p, span_of("… "));
		put_pieces(p, &h->snippet, "");
		if (h->cut_after)
			put_run(p, span_of(" …"));
	}
	put_translation(p, &h->record);
	put_why(p, &h->why);
	end_word(p);
	p->indent = 0;
	new_line(p);
}

static void put_count(struct page *p, enum message singular, size_t n)
{
	const struct language *l = p->style->language;
	struct buf line = buf_new(1024);
	language_format(&line, l, language_plural(l, singular, (long)n), "", (long)n);
	if (!line.failed)
		put_run(p, (struct span){line.s, line.n});
	buf_free(&line);
}

/* "3 results only in English": by the language of the group, so that no sentence is built of parts.
 */
static enum message only_in(const struct search_result *r)
{
	if (r->total == 0) /* "more" than nothing would be odd */
		return r->other == &languages[0] ? MSG_JUST_EN : MSG_JUST_FR;
	return r->other == &languages[0] ? MSG_ONLY_EN : MSG_ONLY_FR;
}

static void put_sentence(struct page *p, enum message id, const char *s)
{
	struct buf line = buf_new(64 * 1024);
	language_format(&line, p->style->language, id, s, 0);
	if (line.s)
		put_run(p, (struct span){line.s, line.n});
	buf_free(&line);
	new_line(p);
}

/* What was done to the question: put right, or widened by the lexique. */
static void put_remarks(struct page *p, const struct search_result *r)
{
	struct buf also = buf_new(64 * 1024);
	if (r->suggestion)
		put_sentence(p, r->corrected ? MSG_CORRECTED : MSG_DID_YOU_MEAN, r->suggestion);
	for (size_t i = 0; i < r->n_also; i++) {
		buf_puts(&also, i ? ", " : "");
		buf_puts(&also, r->also[i]);
	}
	if (also.n)
		put_sentence(p, MSG_ALSO, also.s);
	buf_free(&also);
}

void render_text(struct buf *out, struct span typed, const struct search_result *r,
		 const struct text_style *style)
{
	struct page p = {.out = out, .style = style, .word = buf_new(out->max)};
	const struct language *l = style->language;
	(void)typed;
	put_remarks(&p, r);
	if (r->relaxed) {
		put_run(&p, span_of(language_message(l, MSG_RELAXED)));
		new_line(&p);
	}
	put_count(&p, r->language == &languages[0] ? MSG_RESULTS_EN : MSG_RESULTS_FR, r->total);
	new_line(&p);
	bool second = false;
	for (size_t i = 0; i < r->n_hits; i++) {
		if (r->hits[i].other && !second) {
			second = true;
			p.indent = 0;
			new_line(&p);
			put_count(&p, only_in(r), r->other_total);
			new_line(&p);
		}
		put_hit(&p, &r->hits[i], r->offset + i + 1);
	}
	if (!second && r->other_total) {
		p.indent = 0;
		new_line(&p);
		put_count(&p, only_in(r), r->other_total);
		new_line(&p);
	}
	buf_free(&p.word);
}

void render_paths(struct buf *out, const struct search_result *r)
{
	for (size_t i = 0; i < r->n_hits; i++) {
		put_place(out, &r->hits[i].record);
		buf_putc(out, '\n');
	}
}

void render_md(struct buf *out, const struct search_result *r)
{
	for (size_t i = 0; i < r->n_hits; i++) {
		const struct hit *h = &r->hits[i];
		buf_puts(out, "- [");
		md_text(out, h->record.field[RECORD_TITLE]);
		buf_puts(out, "](<");
		md_url(out, h->record.field[RECORD_URL]);
		buf_puts(out, ">)");
		if (h->snippet.n)
			buf_puts(out, "  \n  ");
		if (h->cut_before)
			buf_puts(out, "… ");
		for (size_t k = 0; k < h->snippet.n; k++) {
			buf_puts(out, h->snippet.list[k].match ? "**" : "");
			md_text(out, h->snippet.list[k].text);
			buf_puts(out, h->snippet.list[k].match ? "**" : "");
		}
		buf_puts(out, h->cut_after ? " …\n" : "\n");
	}
}

static void text_passage(struct page *p, const struct record *r)
{
	struct span text = span_trim(r->field[RECORD_TEXT]);
	raw(p, BOLD);
	put_run(p, r->field[RECORD_TITLE]);
	raw(p, PLAIN);
	new_line(p);
	if (r->field[RECORD_BREADCRUMB].n) {
		put_breadcrumb(p, r->field[RECORD_BREADCRUMB]);
		new_line(p);
	}
	put_place(p->out, r);
	new_line(p);
	if (r->field[RECORD_DATE].n) {
		put_run(p, r->field[RECORD_DATE]);
		new_line(p);
	}
	for (size_t i = 0, start = 0; i <= text.n; i++) {
		if (i < text.n && text.s[i] != '\n')
			continue;
		new_line(p);
		put_run(p, (struct span){text.s + start, i - start});
		start = i + 1;
	}
	new_line(p);
}

void render_passage(struct buf *out, const struct hit *hit, const struct text_style *style)
{
	struct page p = {.out = out, .style = style, .word = buf_new(out->max)};
	text_passage(&p, &hit->record);
	buf_free(&p.word);
}

/* render_profile.h - chosen passages as a page, as a document for a word processor, as Markdown,
 * plain text and CSV. */
#ifndef RENDER_PROFILE_H
#define RENDER_PROFILE_H

#include "html.h"
#include "profile.h"

struct profile_style {
	const struct language *language; /* of the words around the passages */
	size_t show; /* a language's place, or REQUEST_SHOW_ALL for all side by side */
	const struct site *site;
};

/* The page: the passages, and the ways to take them away, remove one or put it further up. */
void render_profile_page(struct buf *out, const struct request *request,
			 const struct profile *profile, const struct site *site);

/* The same without what only a page can do, whole: what a word processor opens. Here and below a
 * passage's address is given where it is one of the web (of the setting `base` or `url`), and
 * otherwise its path#anchor. */
void render_profile_document(struct buf *out, const struct profile *profile,
			     const struct profile_style *style);

/* Markdown: each passage is its source, byte for byte, what it needs to stand by itself (the end of
 * a fence that its page leaves open, definitions of its links), and a line that says where it is
 * from.
 */
void render_profile_md(struct buf *out, const struct profile *profile,
		       const struct profile_style *style);

/* Plain text (see markup_plain), lines not wrapped. */
void render_profile_text(struct buf *out, const struct profile *profile,
			 const struct profile_style *style);

/* CSV (RFC 4180) with a byte order mark, for spreadsheets, and a row a passage: id, lang, title,
 * headings, text, markdown, page, link, date, note; side by side all but the first and last for
 * each language, as title_en. `text` is plain, `markdown` the source byte for byte.
 *
 * Spreadsheets take a field that begins with = + - @, a tab or a carriage return for a formula.
 * Such a field gets an apostrophe in front, and the row's note names it, so that nothing is changed
 * without a word and it can be undone. */
void render_profile_csv(struct buf *out, const struct profile *profile,
			const struct profile_style *style);

#endif

/* render_text.h - an answer for a terminal or a pipe. */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "search.h"

struct text_style {
	const struct language *language; /* of the words around the hits */
	bool colour;			 /* else marked words stand between asterisks */
	size_t columns;			 /* lines are wrapped at this; paths never are */
};

/* Appends bytes of a document for a terminal: control characters, and those that turn the direction
 * of what follows, become U+FFFD. */
void render_safe(struct buf *out, const char *s, size_t n);

/* Appends the answer: how many, each hit (title, breadcrumb, path, snippet, translation), and what
 * there is in the other language; or that nothing was found. */
void render_text(struct buf *out, struct span typed, const struct search_result *r,
		 const struct text_style *style);
/* path#anchor of each hit, one a line. */
void render_paths(struct buf *out, const struct search_result *r);
/* A whole passage: titles, place, date, text; as plain text or, md, as Markdown. */
void render_passage(struct buf *out, const struct hit *hit, const struct text_style *style,
		    bool md);
/* The answer as a Markdown list with links; marked words in bold. */
void render_md(struct buf *out, const struct search_result *r);

#endif

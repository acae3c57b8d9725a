/* render_text.h - an answer for a terminal or a pipe. */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "search.h"

struct text_style {
	const struct language *language; /* of the words around the hits */
	bool colour;			 /* else marked words stand between asterisks */
	size_t columns;			 /* lines are wrapped at this; paths never are */
};

/* Appends the answer: how many, each hit (title, breadcrumb, path, snippet, translation), and what
 * there is in the other language; or that nothing was found. */
void render_text(struct buf *out, struct span typed, const struct search_result *r,
		 const struct text_style *style);
/* path#anchor of each hit, one a line. */
void render_paths(struct buf *out, const struct search_result *r);
/* A whole passage for a terminal: titles, place, date, text. */
void render_passage(struct buf *out, const struct hit *hit, const struct text_style *style);
/* The answer as a Markdown list with links; marked words in bold. */
void render_md(struct buf *out, const struct search_result *r);

#endif

/* render_why.h - why a hit is one, in words: what was typed, and as what it stands where. */
#ifndef RENDER_WHY_H
#define RENDER_WHY_H

#include "html.h"
#include "search.h"

/* Appends one reason as a line of text, without a line feed. */
void render_why_line(struct buf *out, const struct language *messages, const struct why *why);
/* Appends all of a hit's as <details>, each word in its own language; nothing when it has none. */
void render_why_html(struct html *h, const struct hit *hit);
/* The name of a field in JSON. */
const char *render_why_field(enum why_field field);

#endif

/* anchor.h - how a site names its headings: the fragment of an address that leads to one.
 *
 *     github      GitHub, and our page view: letters, marks, digits, - and _; accents kept
 *     docusaurus  the same (github-slugger)
 *     hugo        Hugo's autoHeadingIDType "github": of the heading's Markdown, not of its text
 *     mkdocs      Python-Markdown's toc: ASCII only, runs of blanks and hyphens are one, _1 for
 * repeats vitepress   @mdit-vue/shared: accents dropped, punctuation parts words
 *
 * Each was held against what the generator itself writes; see `trouvaille check-links`. */
#ifndef ANCHOR_H
#define ANCHOR_H

#include "text.h"

enum anchor_style {
	ANCHOR_GITHUB,
	ANCHOR_DOCUSAURUS,
	ANCHOR_HUGO,
	ANCHOR_MKDOCS,
	ANCHOR_VITEPRESS,
	ANCHOR_STYLES,
};

/* The names above, in the order of the enum; NULL ends. */
extern const char *const anchor_style_names[ANCHOR_STYLES + 1];

/* Is the anchor made of the heading's Markdown (without its marks) rather than of its text? */
bool anchor_is_of_source(enum anchor_style style);
/* Appends the anchor of a heading, before repeats are told apart. */
void anchor_make(struct buf *out, enum anchor_style style, struct span heading);

/* The anchors of one page. */
struct anchors;
/* For a page of n headings; NULL when memory is out. */
struct anchors *anchors_new(size_t n, enum anchor_style style);
/* Takes an anchor (a C string from malloc) into the page; one that is there already is replaced by
 * a new string with a number behind it. *anchor is borrowed until the free. False when memory is
 * out. */
bool anchors_take(struct anchors *page, char **anchor);
void anchors_free(struct anchors *page);

#endif

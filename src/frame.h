/* frame.h - what the pages of the search share: head, box, the link to the other language, foot,
 * and the addresses of other questions. */
#ifndef FRAME_H
#define FRAME_H

#include "html.h"

enum question_explain { QUESTION_AS_IS, QUESTION_EXPLAINED, QUESTION_PLAIN };

/* A question that differs from the request's in what is said here. */
struct question {
	const char *q;			 /* NULL: the request's */
	const char *area;		 /* NULL: the request's; "" for none */
	const struct language *language; /* NULL: the request's */
	unsigned page;			 /* 0: the first */
	enum request_sort sort;		 /* REQUEST_SORTS: the request's */
	enum question_explain explain;	 /* with the reasons for each hit, or not */
	enum request_format format;	 /* REQUEST_HTML: the answer */
	bool own;			 /* on our own page, also from a fragment */
	const struct choice *choice;	 /* NULL: the request's */
	size_t show;			 /* FRAME_SHOW_SAME: the request's */
};

enum { FRAME_SHOW_SAME = REQUEST_SHOW_ALL + 1 };

/* The request's own question, its first page. */
struct question frame_question(void);
/* Appends its address, escaped for an attribute. */
void frame_put_address(struct html *h, const struct question *question);

/* Appends the address of our view of a page, at an anchor; the way back is kept. */
void frame_put_page_address(struct html *h, struct span path, struct span anchor);

/* Up to <title>, whose text the caller writes next. */
void frame_begin(struct html *h);
/* From </title> on: <body>, the skip link to an id, the site's header, and the beginning of ours.
 * Ends in <nav>, where the caller writes the ways to other languages, then frame_put_heading, or
 * "</nav>", what it likes and frame_end_header. */
void frame_body(struct html *h, const char *skip_to);
void frame_put_languages(struct html *h); /* to the same question */
/* The way back to the answers, or to the empty page where nothing was asked. */
void frame_put_back(struct html *h);
/* The rest of a link to another language, from the quote that ends its address. */
void frame_put_language_link(struct html *h, const struct language *language);
void frame_put_heading(struct html *h, enum message heading);
void frame_end_header(struct html *h);

/* The form with the box, which keeps the filters; it stays open, for boxes to tick and for buttons.
 * In a fragment there is a box around it already, and only the form is written. */
void frame_put_box(struct html *h);
/* Ends it, with the ids of what is chosen in it. */
void frame_end_box(struct html *h);
/* Hidden fields with what is chosen, for inside the form before any box: all but the ids that
 * `shown` knows to have a box of their own (NULL: none has), and the order of all. */
void frame_put_choice(struct html *h, bool (*shown)(const void *data, const char *id),
		      const void *data);
/* How many passages are chosen, the way to the profile, and the way to none; nothing when none is.
 */
void frame_put_chosen(struct html *h);
/* From </main> to </html>. */
void frame_end(struct html *h);

/* Appends the value of the Content-Security-Policy header that goes with these pages: nothing but
 * our own style, and what the site's header, footer and stylesheet need from the same host. */
void frame_policy(struct buf *out, const struct site *site);

#endif

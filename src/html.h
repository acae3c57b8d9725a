/* html.h - writing HTML: what comes from outside is escaped, whatever it is. The safe calls have
 * the short names; html_raw_trusted is only for markup that stands in the sources. */
#ifndef HTML_H
#define HTML_H

#include "request.h"
#include "text.h"

/* What the administrator says of the site that the page is part of; "" where nothing is said. */
struct site {
	const char *base;	/* put before links to documents; else they lead to the page view */
	const char *url;	/* the search's own public address, for browsers' search boxes */
	const char *report;	/* where a problem is reported: mailto: or a web address */
	const char *stylesheet; /* address of one more, after our own */
	/* HTML for the top and the end of the page, by language_index(), trusted; NULL or "" for
	 * none
	 */
	const char *header[LANGUAGE_MAX], *footer[LANGUAGE_MAX];
};

/* A page being written. */
struct html {
	struct buf *out;
	const struct request *request;
	const struct language *language; /* the reader's */
	const struct site *site;
};

void html_raw_trusted(struct html *h, const char *markup);
/* Text, or an attribute's value in double quotes. A line feed becomes a dot between, other controls
 * blanks; bytes that are no UTF-8 (of a file name) become U+FFFD. */
void html_text(struct html *h, const char *s);
void html_span(struct html *h, struct span s);
/* A message in the reader's language; the second with {s} and {n} filled in. */
void html_message(struct html *h, enum message id);
void html_message_with(struct html *h, enum message id, const char *s, long n);
/* A message in all languages at once, each marked as its own. */
void html_both(struct html *h, enum message id);
/* A value in a query string (RFC 3986: all but the unreserved is percent-coded). */
void html_parameter(struct html *h, const char *s, size_t n);

/* May a link lead there: a path, or a page of the web; never a script? */
bool html_is_safe_url(struct span url);

#endif

#include "html.h"

#include <string.h>
#include <strings.h>

/* The safe calls have the short names. */

void html_raw_trusted(struct html *h, const char *markup)
{
	buf_puts(h->out, markup);
}

/* Text or an attribute's value in double quotes. Controls have no place in either. */
static void html_bytes(struct html *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '&':
			buf_puts(h->out, "&amp;");
			break;
		case '<':
			buf_puts(h->out, "&lt;");
			break;
		case '>':
			buf_puts(h->out, "&gt;");
			break;
		case '"':
			buf_puts(h->out, "&quot;");
			break;
		case '\'':
			buf_puts(h->out, "&#39;");
			break;
		case '\n':
			buf_puts(h->out, " · ");
			break;
		default:
			buf_putc(h->out, (unsigned char)s[i] < 0x20 || s[i] == 0x7F ? ' ' : s[i]);
		}
	}
}

/* A file name may be no UTF-8; a page must be. */
void html_span(struct html *h, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t good = utf8_check(s.s + i, s.n - i);
		html_bytes(h, s.s + i, good);
		i += good;
		if (i < s.n) {
			buf_codepoint(h->out, 0xFFFD);
			i++;
		}
	}
}

void html_text(struct html *h, const char *s)
{
	html_span(h, span_of(s));
}

void html_message(struct html *h, enum message id)
{
	html_text(h, language_message(h->language, id));
}

void html_message_with(struct html *h, enum message id, const char *s, long n)
{
	struct buf line = buf_new(16 * 1024);
	language_format(&line, h->language, id, s, n);
	if (line.s)
		html_span(h, (struct span){line.s, line.n});
	buf_free(&line);
}

/* A value in a query string (RFC 3986: all but the unreserved is percent-coded). */
void html_parameter(struct html *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c && strchr("-._~", c)))
			buf_putc(h->out, (char)c);
		else
			buf_printf(h->out, "%%%02X", c);
	}
}

/* Words that stand in both languages at once, each in its own. */
void html_both(struct html *h, enum message id)
{
	for (size_t i = 0; i < language_count; i++) {
		buf_printf(h->out, "%s<span lang=\"%s\">", i ? " / " : "", languages[i].code);
		html_text(h, language_message(&languages[i], id));
		html_raw_trusted(h, "</span>");
	}
}

/* Where an author's link may lead: a path, or a page of the web; never a script. */
bool html_is_safe_url(struct span url)
{
	for (size_t i = 0; i < url.n; i++) {
		if (url.s[i] == '/' || url.s[i] == '#' || url.s[i] == '?')
			return true;
		if (url.s[i] == ':')
			return (i == 4 && strncasecmp(url.s, "http", 4) == 0) ||
			       (i == 5 && strncasecmp(url.s, "https", 5) == 0);
	}
	return true;
}

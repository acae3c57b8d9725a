/* address.h - how the path of a file becomes the address of a page on its built site.
 *
 *     keep    fr/guide/x.md
 *     html    fr/guide/x.html      and fr/guide/index.html for index.md or README.md
 *     slash   fr/guide/x/          and fr/guide/          (MkDocs)
 *     bare    fr/guide/x           and fr/guide/          (Docusaurus, VitePress's cleanUrls)
 *     hugo    as slash, in lower case and with hyphens for blanks
 *
 * But for `keep`, a language that stands as a suffix (x.fr.md) becomes a folder before the path
 * (fr/x/), and that of the site's first language nothing, as Hugo and mkdocs-static-i18n have it.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "language.h"
#include "text.h"

enum address_form {
	ADDRESS_KEEP,
	ADDRESS_HTML,
	ADDRESS_SLASH,
	ADDRESS_BARE,
	ADDRESS_HUGO,
	ADDRESS_FORMS,
};

/* The names above, in the order of the enum; NULL ends. */
extern const char *const address_form_names[ADDRESS_FORMS + 1];

/* --url-of FROM=TO: the beginning of a path is another in addresses. */
struct address_move {
	const char *from, *to;
};

struct address_rules {
	enum address_form form;
	const struct address_move *moves; /* the first that fits a path is used */
	size_t n_moves;
	const struct language *language; /* the site's first; NULL: the first row */
};

/* Appends the address of a page, percent-coded (RFC 3986), without a slash before it: it goes below
 * the site's base. But what the author wrote as url is taken as it is: a web address, a path from
 * the base (with a slash or without). slug takes the place of the file's name, or with a slash
 * before it of the whole path. url and slug may be NULL. */
void address_of(struct buf *out, const struct address_rules *rules, const char *path,
		const char *url, const char *slug);
/* Appends '#' and the anchor, percent-coded; nothing when it is "". */
void address_put_anchor(struct buf *out, const char *anchor);

/* Is it a web address (http, https), which no base goes before? */
bool address_is_web(struct span address);
/* Appends the whole address: base before what is below it. A web address stays what it is; a slash
 * that begins the address is the base's own. base "" leaves all as it is. */
void address_join(struct buf *out, const char *base, struct span address);

#endif

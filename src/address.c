#include "address.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "layout.h"

const char *const address_form_names[ADDRESS_FORMS + 1] = {"keep", "html", "slash",
							   "bare", "hugo", NULL};

enum { ADDRESS_MAX = 64 * 1024 };

/* Bytes that RFC 3986 lets stand in a path or a fragment; others are percent-coded. */
static void put_coded(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c && strchr("-._~/!$&'()*+,;=:@", c)))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* Hugo's own: lower case, hyphens for blanks. */
static void put_lower(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c;
		i += utf8_decode(s + i, n - i, &c);
		if (c == ' ')
			buf_putc(out, '-');
		else
			buf_codepoint(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)c));
	}
}

static void put_path(struct buf *out, enum address_form form, const char *s, size_t n)
{
	struct buf lower = buf_new(ADDRESS_MAX);
	if (form == ADDRESS_HUGO) {
		put_lower(&lower, s, n);
		put_coded(out, lower.s, lower.n);
		out->failed = out->failed || lower.failed;
	} else {
		put_coded(out, s, n);
	}
	buf_free(&lower);
}

/* The path with its beginning as in addresses, and its language in front when it was a suffix. */
static void move(struct buf *out, const struct address_rules *rules, const char *path)
{
	struct span suffix = {path + strlen(path), 0};
	const struct language *l = layout_suffix(path, &suffix),
			      *first = rules->language ? rules->language : &languages[0];
	const char *to = "", *rest = path;
	for (size_t i = 0; i < rules->n_moves; i++) {
		const struct address_move *m = &rules->moves[i];
		size_t n = strlen(m->from);
		if (strncmp(path, m->from, n) == 0 && path + n <= suffix.s) {
			to = m->to;
			rest = path + n;
			break;
		}
	}
	buf_puts(out, to);
	if (l && l != first)
		buf_printf(out, "%s/", l->code);
	buf_add(out, rest, (size_t)(suffix.s - rest));
	buf_puts(out, suffix.s + suffix.n);
}

static struct span without_extension(struct span path)
{
	static const char *const extensions[] = {".md", ".markdown"};
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
		size_t n = strlen(extensions[i]);
		if (path.n > n && strncasecmp(path.s + path.n - n, extensions[i], n) == 0)
			return (struct span){path.s, path.n - n};
	}
	return path;
}

/* Bytes of the folder that a path is in, its slash included. */
static size_t folder_length(struct span path)
{
	const char *slash = path.n ? memrchr(path.s, '/', path.n) : NULL;
	return slash ? (size_t)(slash - path.s) + 1 : 0;
}

/* The page that a folder shows of itself. */
static bool is_index(const char *name, size_t n)
{
	return (n == 5 && strncasecmp(name, "index", 5) == 0) ||
	       (n == 6 && strncasecmp(name, "readme", 6) == 0) ||
	       (n == 6 && strncasecmp(name, "_index", 6) == 0);
}

/* A path without its extension, in the form of the site. */
static void put_formed(struct buf *out, enum address_form form, struct span page)
{
	size_t folder = folder_length(page);
	bool index = is_index(page.s + folder, page.n - folder);
	put_path(out, form, page.s, index ? folder : page.n);
	if (form == ADDRESS_HTML)
		buf_puts(out, index ? "index.html" : ".html");
	else if ((form == ADDRESS_SLASH || form == ADDRESS_HUGO) && !index)
		buf_putc(out, '/');
}

/* The slug in the place of the name; that of a folder's index names the folder. */
static void put_slug(struct buf *out, enum address_form form, struct span page, const char *slug)
{
	size_t folder = folder_length(page);
	if (is_index(page.s + folder, page.n - folder))
		folder = folder_length((struct span){page.s, folder ? folder - 1 : 0});
	struct buf path = buf_new(ADDRESS_MAX);
	if (*slug == '/')
		slug++;
	else
		buf_add(&path, page.s, folder);
	size_t n = strlen(slug);
	bool is_folder = n == 0 || slug[n - 1] == '/';
	buf_puts(&path, slug);
	if (is_folder)
		put_path(out, form, path.s ? path.s : "", path.n);
	else
		put_formed(out, form, (struct span){path.s, path.n});
	out->failed = out->failed || path.failed;
	buf_free(&path);
}

void address_of(struct buf *out, const struct address_rules *rules, const char *path,
		const char *url, const char *slug)
{
	if (url && *url) {
		buf_puts(out, url);
		return;
	}
	struct buf moved = buf_new(ADDRESS_MAX);
	move(&moved, rules, path);
	struct span whole = {moved.s ? moved.s : "", moved.n}, page = without_extension(whole);
	if (slug && *slug)
		put_slug(out, rules->form, page, slug);
	else if (rules->form == ADDRESS_KEEP)
		put_coded(out, whole.s, whole.n);
	else
		put_formed(out, rules->form, page);
	out->failed = out->failed || moved.failed;
	buf_free(&moved);
}

void address_put_anchor(struct buf *out, const char *anchor)
{
	if (!*anchor)
		return;
	buf_putc(out, '#');
	put_coded(out, anchor, strlen(anchor));
}

bool address_is_web(struct span a)
{
	return (a.n > 5 && strncasecmp(a.s, "http:", 5) == 0) ||
	       (a.n > 6 && strncasecmp(a.s, "https:", 6) == 0);
}

void address_join(struct buf *out, const char *base, struct span address)
{
	size_t slash = *base && address.n && *address.s == '/';
	if (!address_is_web(address))
		buf_puts(out, base);
	else
		slash = 0;
	buf_add(out, address.s + slash, address.n - slash);
}

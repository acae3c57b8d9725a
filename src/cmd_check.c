/* trouvaille check-links - do the addresses in the index lead to pages and headings of the built
 * site? */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "cmd.h"
#include "search.h"
#include "tag.h"
#include "walk.h"

struct check {
	struct context *c;
	const char *site;   /* folder of HTML */
	struct buf address; /* of the page whose ids are held, below the site's base */
	struct buf text;    /* its HTML */
	struct buf file;    /* its name, for telling; "" when there is no such page */
	const char **ids;   /* sorted; in `names` */
	size_t n_ids, cap;
	struct buf names; /* the ids, each ended by a NUL */
	size_t right, wrong, elsewhere;
	struct error e;
	bool failed;
};

/* ---- ids of a page ------------------------------------------------------------------------------
 */

/* The contents of these are no HTML. Returns the bytes up to their end. */
static size_t pass_raw(const struct tag *t, const char *s, size_t n)
{
	static const char *const raw[] = {"script", "style", "textarea", "title"};
	char end[16];
	for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
		if (t->closes || !tag_is_named(t->name, raw[i]))
			continue;
		snprintf(end, sizeof end, "</%s", raw[i]);
		for (size_t at = 0; at + strlen(end) <= n; at++) {
			if (s[at] == '<' && strncasecmp(s + at, end, strlen(end)) == 0)
				return at;
		}
		return n;
	}
	return 0;
}

static void take_id(struct check *k, struct span id)
{
	if (id.n == 0)
		return;
	buf_add(&k->names, id.s, id.n);
	buf_putc(&k->names, '\0');
	k->n_ids++;
}

static void read_ids(struct check *k)
{
	const char *s = k->text.s;
	buf_clear(&k->names);
	k->n_ids = 0;
	for (size_t i = 0, n = k->text.n; i < n;) {
		struct tag t;
		const char *next = memchr(s + i, '<', n - i);
		if (!next)
			return;
		i = (size_t)(next - s);
		if (n - i > 4 && memcmp(s + i, "<!--", 4) == 0) {
			const char *end = memmem(s + i + 4, n - i - 4, "-->", 3);
			i = end ? (size_t)(end - s) + 3 : n;
		} else if (tag_begins(s + i, n - i)) {
			if (!tag_read(s + i, n - i, &t))
				return; /* no ">" any more: nor will another tag end */
			take_id(k, tag_attribute(&t, "id"));
			if (tag_is_named(t.name, "a"))
				take_id(k, tag_attribute(&t, "name"));
			i += t.length;
			i += pass_raw(&t, s + i, n - i);
		} else {
			i++;
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_ids(struct check *k)
{
	if (k->n_ids > k->cap) {
		const char **ids = realloc(k->ids, k->n_ids * sizeof *ids);
		if (!ids) {
			k->failed = true;
			k->n_ids = 0;
			return;
		}
		k->ids = ids;
		k->cap = k->n_ids;
	}
	const char *name = k->names.s;
	for (size_t i = 0; i < k->n_ids; i++, name += strlen(name) + 1)
		k->ids[i] = name;
	if (k->n_ids)
		qsort(k->ids, k->n_ids, sizeof *k->ids, by_text);
}

/* ---- pages --------------------------------------------------------------------------------------
 */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* The path of an address as a file's name: without what begins at ? or #, percent codes read. */
static void put_decoded(struct buf *out, struct span address)
{
	for (size_t i = 0; i < address.n && address.s[i] != '#' && address.s[i] != '?'; i++) {
		int high = i + 2 < address.n && address.s[i] == '%' ? hex(address.s[i + 1]) : -1,
		    low = high >= 0 ? hex(address.s[i + 2]) : -1;
		if (low >= 0) {
			buf_putc(out, (char)(16 * high + low));
			i += 2;
		} else {
			buf_putc(out, address.s[i]);
		}
	}
}

/* Reads the file that a server gives for the address: itself, with .html, or the folder's index.
 */
static void open_page(struct check *k)
{
	static const char *const endings[] = {"", ".html", "/index.html"};
	struct buf path = buf_new(64 * 1024);
	buf_clear(&k->file);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		struct error why;
		buf_clear(&path);
		put_decoded(&path, (struct span){k->address.s ? k->address.s : "", k->address.n});
		if (i == 0 && (path.n == 0 || path.s[path.n - 1] == '/'))
			continue;
		if (i == 2 && path.n && path.s[path.n - 1] == '/')
			buf_puts(&path, "index.html");
		else
			buf_puts(&path, path.n || i == 1 ? endings[i] : "index.html");
		if (!path.failed && walk_read(&k->text, k->site, path.s, &why) == 0) {
			buf_puts(&k->file, path.s);
			break;
		}
	}
	buf_free(&path);
	k->n_ids = 0;
	if (k->file.n) {
		read_ids(k);
		sort_ids(k);
	}
}

static bool has_id(const struct check *k, const char *id)
{
	return k->n_ids && bsearch(&id, k->ids, k->n_ids, sizeof *k->ids, by_text);
}

/* ---- links --------------------------------------------------------------------------------------
 */

static void tell(struct check *k, const struct record *r, enum message what, const char *detail)
{
	struct buf path = buf_new(64 * 1024);
	struct span line = r->field[RECORD_LINE];
	struct error e;
	error_at(&e, STATUS_NOT_FOUND, what, detail, line.n ? strtol(line.s, NULL, 10) : 0);
	buf_add(&path, r->field[RECORD_PATH].s, r->field[RECORD_PATH].n);
	cmd_file_error(k->c, "", path.s ? path.s : "", &e);
	buf_free(&path);
	k->wrong++;
}

static bool check_passage(void *self, const struct record *r)
{
	struct check *k = self;
	struct span url = r->field[RECORD_URL], anchor = r->field[RECORD_ANCHOR];
	const char *hash = url.n ? memchr(url.s, '#', url.n) : NULL;
	struct span page = {url.s, hash ? (size_t)(hash - url.s) : url.n};
	if (address_is_web(url)) {
		k->elsewhere++;
		return true;
	}
	if (page.n && *page.s == '/')
		page = (struct span){page.s + 1, page.n - 1};
	if (!k->address.s || !span_equal(page, (struct span){k->address.s, k->address.n})) {
		buf_clear(&k->address);
		buf_add(&k->address, page.s, page.n);
		buf_puts(&k->address, "");
		open_page(k);
	}
	struct buf id = buf_new(64 * 1024);
	buf_add(&id, anchor.s, anchor.n);
	if (k->file.n == 0)
		tell(k, r, MSG_LINK_NO_PAGE, k->address.s);
	else if (anchor.n && !has_id(k, id.s))
		tell(k, r, MSG_LINK_NO_ANCHOR, id.s);
	else
		k->right++;
	buf_free(&id);
	return !k->failed;
}

static int check_site(struct context *c, const char *site)
{
	struct check k = {.c = c,
			  .site = site,
			  .address = buf_new(64 * 1024),
			  .file = buf_new(64 * 1024),
			  .text = buf_new(WALK_MAX_FILE),
			  .names = buf_new(WALK_MAX_FILE)};
	struct search *search = search_open(c->index, &k.e);
	int result = search ? search_is_whole(search, &k.e) : -1;
	for (size_t i = 0; result == 0 && i < language_count; i++)
		result = search_each(search, &languages[i], check_passage, &k, &k.e);
	if (result == 0 && k.failed)
		result = error_memory(&k.e);
	search_close(search);
	int status = k.wrong ? EXIT_NOTHING : EXIT_FOUND;
	struct buf line = buf_new(1000);
	const struct language *l = c->language;
	language_format(&line, l, language_plural(l, MSG_LINKS_RIGHT, (long)k.right), "",
			(long)k.right);
	buf_puts(&line, ", ");
	language_format(&line, l, language_plural(l, MSG_LINKS_WRONG, (long)k.wrong), "",
			(long)k.wrong);
	if (k.elsewhere) {
		buf_puts(&line, ", ");
		language_format(&line, l, language_plural(l, MSG_LINKS_WEB, (long)k.elsewhere), "",
				(long)k.elsewhere);
	}
	if (result != 0)
		status = cmd_error(c, &k.e);
	else
		puts(line.s ? line.s : "");
	buf_free(&line);
	buf_free(&k.address);
	buf_free(&k.file);
	buf_free(&k.text);
	buf_free(&k.names);
	free(k.ids);
	return cmd_flush(c) ? EXIT_TROUBLE : status;
}

int cmd_check_links(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'i')
			c->index = optarg;
		else if (got == 'h')
			return cmd_help(c, MSG_HELP_CHECK_LINKS);
		else if (got == 'V')
			return cmd_version(c);
		else
			return cmd_bad_option(c, argc, argv, got);
	}
	if (optind != argc - 1)
		return cmd_wrong(c, MSG_CHECK_SITE, NULL);
	return check_site(c, argv[optind]);
}

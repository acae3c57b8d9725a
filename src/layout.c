#include "layout.h"

#include <fnmatch.h>
#include <string.h>

/* Is this piece of a path the name of a language: fr, fr-CA, fr_CA? */
static const struct language *language_named(const char *s, size_t n)
{
	bool plain = n == 2, region = n == 5 && (s[2] == '-' || s[2] == '_');
	return plain || region ? language_find(s, n) : NULL;
}

static bool begins(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

/* ---- Docusaurus ---------------------------------------------------------------------------------
 *
 * https://docusaurus.io/docs/i18n/introduction#translation-files-location: a plugin keeps its
 * translations below i18n/LOCALE/PLUGIN, where PLUGIN is
 * docusaurus-plugin-content-(docs|blog|pages), with -ID behind it for a second instance. */

#define PLUGIN "docusaurus-plugin-content-"

/* The parts of "P/i18n/fr/docusaurus-plugin-content-docs-ID/REST". */
struct translated {
	size_t before; /* bytes of "P/" */
	const struct language *language;
	const char *kind; /* "docs-ID/REST" */
};

static bool find_translated(const char *path, struct translated *t)
{
	for (const char *piece = path; piece;
	     piece = strchr(piece, '/') ? strchr(piece, '/') + 1 : NULL) {
		if (!begins(piece, "i18n/"))
			continue;
		const char *locale = piece + strlen("i18n/"), *slash = strchr(locale, '/');
		t->language = slash ? language_named(locale, (size_t)(slash - locale)) : NULL;
		if (t->language && begins(slash + 1, PLUGIN)) {
			t->before = (size_t)(piece - path);
			t->kind = slash + 1 + strlen(PLUGIN);
			return true;
		}
	}
	return false;
}

/* Where the originals of an instance are: its id, or the default's usual folder. */
static void put_folder(struct buf *key, struct span id, const char *usual)
{
	if (id.n)
		buf_add(key, id.s, id.n);
	else
		buf_puts(key, usual);
	buf_putc(key, '/');
}

static void put_docs(struct buf *key, struct span id, const char *rest)
{
	if (begins(rest, "current/")) {
		put_folder(key, id, "docs");
		rest += strlen("current/");
	} else if (begins(rest, "version-")) {
		buf_add(key, id.s, id.n);
		buf_puts(key, id.n ? "_versioned_docs/" : "versioned_docs/");
	} else {
		put_folder(key, id, "docs");
	}
	buf_puts(key, rest);
}

/* The path of the original; false when the plugin is none of the three. */
static bool put_original(struct buf *key, const char *path, const struct translated *t)
{
	static const char *const kinds[] = {"docs", "blog", "pages"};
	static const char *const folders[] = {"docs", "blog", "src/pages"};
	const char *slash = strchr(t->kind, '/');
	for (size_t i = 0; slash && i < sizeof kinds / sizeof *kinds; i++) {
		const char *behind = t->kind + strlen(kinds[i]);
		if (!begins(t->kind, kinds[i]) || (*behind != '/' && *behind != '-'))
			continue;
		struct span id = {behind, 0};
		if (*behind == '-')
			id = (struct span){behind + 1, (size_t)(slash - behind - 1)};
		buf_add(key, path, t->before);
		if (i == 0) {
			put_docs(key, id, slash + 1);
		} else {
			put_folder(key, id, folders[i]);
			buf_puts(key, slash + 1);
		}
		return true;
	}
	return false;
}

/* ---- folders and suffixes -----------------------------------------------------------------------
 */

/* The first folder that is named like a language; into *cut the folder with its slash. */
static const struct language *language_of_folder(const char *path, struct span *cut)
{
	const char *piece = path;
	for (const char *slash; (slash = strchr(piece, '/')); piece = slash + 1) {
		const struct language *l = language_named(piece, (size_t)(slash - piece));
		if (l) {
			*cut = (struct span){piece, (size_t)(slash - piece) + 1};
			return l;
		}
	}
	return NULL;
}

/* "fr." of "page.fr.md". */
static const struct language *language_of_suffix(const char *path, struct span *cut)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.'), *before = dot;
	while (before && before > name && before[-1] != '.')
		before--;
	if (!before || before <= name + 1) /* ".fr.md" has no name before it */
		return NULL;
	*cut = (struct span){before, (size_t)(dot - before) + 1};
	return language_named(before, (size_t)(dot - before));
}

const struct language *layout_suffix(const char *path, struct span *cut)
{
	struct span folder, suffix;
	const struct language *of_suffix = language_of_suffix(path, &suffix),
			      *of_folder = of_suffix ? language_of_folder(path, &folder) : NULL;
	/* fr/x.fr.md says it twice; fr/x.en.md is a French page about English */
	if (!of_suffix || (of_folder && of_folder != of_suffix))
		return NULL;
	*cut = suffix;
	return of_suffix;
}

const struct language *layout_read(const char *path, struct buf *key)
{
	struct translated t;
	struct span folder = {path, 0}, suffix = {path + strlen(path), 0};
	if (find_translated(path, &t) && put_original(key, path, &t))
		return t.language;
	const struct language *of_folder = language_of_folder(path, &folder),
			      *of_suffix = layout_suffix(path, &suffix);
	const char *rest = folder.s + folder.n;
	buf_add(key, path, (size_t)(folder.s - path));
	buf_add(key, rest, (size_t)(suffix.s - rest));
	buf_puts(key, suffix.s + suffix.n);
	return of_folder ? of_folder : of_suffix;
}

bool layout_matches(const char *pattern, const char *path, struct buf *key)
{
	size_t n = strlen(pattern);
	while (n && pattern[n - 1] == '/')
		n--;
	if (strpbrk(pattern, "*?["))
		return fnmatch(pattern, path, 0) == 0;
	if (strncmp(pattern, path, n) != 0 || (path[n] != '\0' && path[n] != '/'))
		return false;
	if (path[n] == '/') {
		const char *slash = memrchr(pattern, '/', n);
		buf_add(key, path, slash ? (size_t)(slash - pattern) + 1 : 0);
		buf_puts(key, path + n + 1);
	}
	return true;
}

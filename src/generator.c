#include "generator.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "walk.h"

const char *const generator_names[GENERATOR_KINDS] = {"",	    "Hugo",	 "MkDocs",
						      "Docusaurus", "VitePress", "Jekyll"};

enum { FACTS = 400, NAME_MAX_BYTES = 200, DEPTH_MAX = 8, FILE_MAX = 1024 * 1024 };

/* What a configuration says, flat: languages.fr.contentDir = content/fr. */
struct fact {
	const char *name, *value;
};

struct facts {
	struct generator *g;
	struct fact list[FACTS];
	size_t n;
	bool failed; /* memory is out */
};

static void add(struct facts *f, const char *name, struct span value)
{
	if (f->n == FACTS || f->failed)
		return;
	const char *n = arena_copy(&f->g->arena, name, strlen(name)),
		   *v = arena_copy(&f->g->arena, value.s, value.n);
	f->failed = !n || !v;
	if (!f->failed)
		f->list[f->n++] = (struct fact){n, v};
}

/* Names in any case: Hugo's are. NULL when it is not said. */
static const char *say(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcasecmp(f->list[i].name, name) == 0)
			return f->list[i].value;
	}
	return NULL;
}

static const char *say_or(const struct facts *f, const char *name, const char *usual)
{
	const char *value = say(f, name);
	return value && *value ? value : usual;
}

static bool is_so(const struct facts *f, const char *name, bool usual)
{
	const char *value = say(f, name);
	return value ? strcmp(value, "true") == 0 : usual;
}

/* ---- YAML, JSON ---------------------------------------------------------------------------------
 */

struct yaml {
	struct facts *facts;
	yaml_document_t *document;
};

static void take_node(const struct yaml *y, const char *name, int index, int depth);

/* An item of a list is named by what it has itself, so that a list of plugins reads as a mapping.
 */
static void take_items(const struct yaml *y, const char *name, const yaml_node_t *node, int depth)
{
	for (yaml_node_item_t *i = node->data.sequence.items.start;
	     i < node->data.sequence.items.top; i++)
		take_node(y, name, *i, depth + 1);
}

static void take_pairs(const struct yaml *y, const char *name, const yaml_node_t *node, int depth)
{
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
	     p++) {
		const yaml_node_t *key = yaml_document_get_node(y->document, p->key);
		char full[NAME_MAX_BYTES];
		if (key->type != YAML_SCALAR_NODE)
			continue;
		int n = snprintf(full, sizeof full, "%s%s%s", name, *name ? "." : "",
				 (const char *)key->data.scalar.value);
		if (n > 0 && (size_t)n < sizeof full)
			take_node(y, full, p->value, depth + 1);
	}
}

static void take_node(const struct yaml *y, const char *name, int index, int depth)
{
	const yaml_node_t *node = yaml_document_get_node(y->document, index);
	if (!node || depth > DEPTH_MAX)
		return;
	if (node->type == YAML_SCALAR_NODE)
		add(y->facts, name,
		    (struct span){(const char *)node->data.scalar.value, node->data.scalar.length});
	else if (node->type == YAML_SEQUENCE_NODE)
		take_items(y, name, node, depth);
	else if (node->type == YAML_MAPPING_NODE)
		take_pairs(y, name, node, depth);
}

static void read_yaml(struct facts *f, const char *name, struct span text)
{
	yaml_parser_t parser;
	yaml_document_t document;
	if (!yaml_parser_initialize(&parser)) {
		f->failed = true;
		return;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.s, text.n);
	if (yaml_parser_load(&parser, &document)) {
		const struct yaml y = {f, &document};
		if (yaml_document_get_root_node(&document))
			take_node(&y, name, 1, 0); /* nodes are numbered from 1 */
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
}

/* ---- TOML ---------------------------------------------------------------------------------------
 */

/* What stands between quotes; else up to a comment. */
static struct span plain_value(struct span s)
{
	s = span_trim(s);
	if (s.n && (s.s[0] == '"' || s.s[0] == '\'')) {
		const char *end = s.n > 1 ? memchr(s.s + 1, s.s[0], s.n - 1) : NULL;
		return (struct span){s.s + 1, end ? (size_t)(end - s.s) - 1 : s.n - 1};
	}
	const char *comment = s.n ? memchr(s.s, '#', s.n) : NULL;
	return comment ? span_trim((struct span){s.s, (size_t)(comment - s.s)}) : s;
}

static void take_toml_line(struct facts *f, const char *name, struct buf *table, struct span line)
{
	const char *sign = line.n ? memchr(line.s, '=', line.n) : NULL;
	if (line.n && line.s[0] == '[') {
		buf_clear(table);
		buf_puts(table, name);
		for (size_t i = 0; i < line.n && line.s[i] != '#'; i++) {
			if (!strchr("[] \t\"'", line.s[i]))
				buf_putc(table, line.s[i]);
		}
		buf_putc(table, '.');
	} else if (line.n && line.s[0] != '#' && sign) {
		struct span key = plain_value((struct span){line.s, (size_t)(sign - line.s)});
		struct buf full = buf_new(NAME_MAX_BYTES);
		buf_add(&full, table->s ? table->s : "", table->n);
		buf_add(&full, key.s, key.n);
		if (!full.failed && full.s)
			add(f, full.s,
			    plain_value(
				    (struct span){sign + 1, line.n - (size_t)(sign + 1 - line.s)}));
		buf_free(&full);
	}
}

static void read_toml(struct facts *f, const char *name, struct span text)
{
	struct buf table = buf_new(NAME_MAX_BYTES);
	buf_puts(&table, name);
	for (size_t at = 0, n; at < text.n; at += n + 1) {
		const char *end = memchr(text.s + at, '\n', text.n - at);
		n = end ? (size_t)(end - text.s) - at : text.n - at;
		take_toml_line(f, name, &table, span_trim((struct span){text.s + at, n}));
	}
	buf_free(&table);
}

/* ---- JavaScript, TypeScript ---------------------------------------------------------------------
 */

static bool is_name_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* Bytes of the comment or white space at s; 0 for none. */
static size_t js_blank(const char *s, size_t n)
{
	const char *end = NULL;
	if (n > 1 && s[0] == '/' && s[1] == '/') {
		end = memchr(s, '\n', n);
		return end ? (size_t)(end - s) + 1 : n;
	}
	if (n > 1 && s[0] == '/' && s[1] == '*') {
		end = memmem(s + 2, n - 2, "*/", 2);
		return end ? (size_t)(end - s) + 2 : n;
	}
	return n && isspace((unsigned char)*s);
}

static size_t js_blanks(const char *s, size_t n)
{
	size_t at = 0;
	for (size_t k; at < n && (k = js_blank(s + at, n - at)) > 0;)
		at += k;
	return at;
}

/* Bytes of a string with its quotes; 0 when none begins here. */
static size_t js_string(const char *s, size_t n)
{
	if (n == 0 || !strchr("'\"`", *s))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (s[i] == '\\')
			i++;
		else if (s[i] == s[0])
			return i + 1;
	}
	return n;
}

/* A string, a list of strings (each is a fact), or a plain word. */
static void take_js_value(struct facts *f, const char *name, const char *s, size_t n)
{
	size_t string = js_string(s, n);
	if (string > 1) {
		add(f, name, (struct span){s + 1, string - 2});
	} else if (n && *s == '[') {
		for (size_t i = 1; i < n && s[i] != ']'; i += string ? string : 1) {
			string = js_string(s + i, n - i);
			if (string > 1)
				add(f, name, (struct span){s + i + 1, string - 2});
		}
	} else {
		size_t word = 0;
		while (word < n && is_name_letter(s[word]))
			word++;
		if (word)
			add(f, name, (struct span){s, word});
	}
}

/* Every "name: value", at whatever depth. */
static void read_js(struct facts *f, struct span text)
{
	const char *s = text.s;
	for (size_t i = 0, step; i < text.n; i += step) {
		step = js_blank(s + i, text.n - i);
		if (step == 0)
			step = js_string(s + i, text.n - i);
		if (step == 0 && is_name_letter(s[i])) {
			char name[NAME_MAX_BYTES];
			while (i + step < text.n && is_name_letter(s[i + step]))
				step++;
			size_t colon = i + step + js_blanks(s + i + step, text.n - i - step);
			if (step < sizeof name && colon < text.n && s[colon] == ':') {
				memcpy(name, s + i, step);
				name[step] = '\0';
				size_t value =
					colon + 1 + js_blanks(s + colon + 1, text.n - colon - 1);
				take_js_value(f, name, s + value, text.n - value);
			}
		}
		step += step == 0;
	}
}

/* ---- files --------------------------------------------------------------------------------------
 */

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Reads a file into the facts, their names behind this one; false when there is none to read. */
static bool read_file(struct facts *f, const char *folder, const char *file, const char *name)
{
	struct error ignored; /* a configuration that cannot be read says nothing */
	struct buf text = buf_new(2 * (size_t)WALK_MAX_FILE);
	bool there = walk_read(&text, folder, file, &ignored) == 0 && text.n <= FILE_MAX;
	struct span s = {text.s, text.n};
	if (there && ends_in(file, ".toml"))
		read_toml(f, name, s);
	else if (there && (ends_in(file, "js") || ends_in(file, "ts")))
		read_js(f, s);
	else if (there)
		read_yaml(f, name, s);
	buf_free(&text);
	return there;
}

/* The first of the files that is there. */
static const char *read_first(struct facts *f, const char *folder, const char *const *files)
{
	for (; *files; files++) {
		if (read_file(f, folder, *files, ""))
			return *files;
	}
	return NULL;
}

static bool is_folder(const char *folder, const char *name)
{
	struct buf full = buf_new(64 * 1024);
	struct stat st;
	buf_printf(&full, "%s/%s", folder, name);
	bool is = !full.failed && stat(full.s, &st) == 0 && S_ISDIR(st.st_mode);
	buf_free(&full);
	return is;
}

/* ---- what they mean -----------------------------------------------------------------------------
 */

static const char *print(struct facts *f, const char *a, const char *b, const char *c)
{
	struct buf whole = buf_new(4096);
	buf_printf(&whole, "%s%s%s", a, b, c);
	char *copy = whole.failed ? NULL : arena_copy(&f->g->arena, whole.s, whole.n);
	buf_free(&whole);
	f->failed = f->failed || !copy;
	return copy ? copy : "";
}

static void move(struct facts *f, const char *from, const char *to)
{
	struct generator *g = f->g;
	if (*from && strcmp(from, to) != 0 && g->n_moves < GENERATOR_PAIRS)
		g->moves[g->n_moves++] = (struct generator_pair){from, to};
}

static void rule(struct facts *f, const char *from, const struct language *l)
{
	struct generator *g = f->g;
	if (l && *from && g->n_rules < GENERATOR_PAIRS)
		g->rules[g->n_rules++] = (struct generator_pair){from, l->code};
}

static const struct language *language_of(const char *tag)
{
	return tag ? language_find(tag, strlen(tag)) : NULL;
}

/* Without "./" before it and slashes at its end. */
static const char *clean_path(struct facts *f, const char *path)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	size_t n = strlen(path);
	while (n && path[n - 1] == '/')
		n--;
	const char *copy = n == 1 && *path == '.' ? "" : arena_copy(&f->g->arena, path, n);
	f->failed = f->failed || !copy;
	return copy ? copy : "";
}

/* The folder of a language, below that of all; NULL when it is not said. */
static const char *hugo_folder(struct facts *f, const struct language *l)
{
	const char *said = say(f, print(f, "languages.", l->code, ".contentDir"));
	return said ? clean_path(f, said) : NULL;
}

/* Languages with folders of their own: content is what these have in common. */
static void read_hugo_folders(struct facts *f)
{
	struct generator *g = f->g;
	const char *first = NULL;
	size_t common = 0;
	for (size_t i = 0; i < language_count; i++) {
		const char *folder = hugo_folder(f, &languages[i]);
		size_t n = 0;
		if (!folder)
			continue;
		while (first && n < common && folder[n] == first[n])
			n++;
		common = first ? n : strlen(folder);
		first = first ? first : folder;
	}
	if (!first)
		return;
	while (common && first[common - 1] != '/')
		common--;
	const char *content = arena_copy(&g->arena, first, common ? common - 1 : 0);
	f->failed = f->failed || !content;
	g->content = content ? content : "";
	bool in_folder = is_so(f, "defaultContentLanguageInSubdir", false);
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[i];
		const char *folder = hugo_folder(f, l);
		if (!folder || strlen(folder) <= common)
			continue;
		bool bare = l == g->language && !in_folder;
		move(f, print(f, folder + common, "/", ""), bare ? "" : print(f, l->code, "/", ""));
		if (language_find(folder + common, strlen(folder + common)) != l)
			rule(f, folder + common, l);
	}
}

static bool read_hugo(struct facts *f, const char *folder)
{
	static const char *const files[] = {"hugo.toml",
					    "hugo.yaml",
					    "hugo.yml",
					    "hugo.json",
					    "config/_default/hugo.toml",
					    "config/_default/hugo.yaml",
					    "config.toml",
					    "config.yaml",
					    "config.yml",
					    "config.json",
					    "config/_default/config.toml",
					    "config/_default/config.yaml",
					    NULL};
	struct generator *g = f->g;
	const char *file = read_first(f, folder, files);
	if (!file)
		return false;
	read_file(f, folder, "config/_default/languages.toml", "languages.");
	read_file(f, folder, "config/_default/languages.yaml", "languages");
	const char *content = clean_path(f, say_or(f, "contentDir", "content"));
	/* others have a config.toml too */
	if (strncmp(file, "hugo.", 5) != 0 && !is_folder(folder, content) && !say(f, "languages"))
		return false;
	g->file = file;
	g->kind = GENERATOR_HUGO;
	g->content = content;
	g->form = is_so(f, "uglyURLs", false) ? ADDRESS_HTML : ADDRESS_HUGO;
	g->anchors = ANCHOR_HUGO;
	g->language = language_of(say_or(f, "defaultContentLanguage", "en"));
	g->address = say(f, "baseURL");
	read_hugo_folders(f);
	return true;
}

static bool read_mkdocs(struct facts *f, const char *folder)
{
	static const char *const files[] = {"mkdocs.yml", "mkdocs.yaml", NULL};
	struct generator *g = f->g;
	g->file = read_first(f, folder, files);
	if (!g->file)
		return false;
	g->kind = GENERATOR_MKDOCS;
	g->content = clean_path(f, say_or(f, "docs_dir", "docs"));
	g->form = is_so(f, "use_directory_urls", true) ? ADDRESS_SLASH : ADDRESS_HTML;
	g->anchors = ANCHOR_MKDOCS;
	g->address = say(f, "site_url");
	/* mkdocs-static-i18n: the locale that a "default: true" follows or comes before */
	const char *locale = NULL;
	for (size_t i = 0; i < f->n && !g->language; i++) {
		const char *name = f->list[i].name, *value = f->list[i].value;
		if (strcmp(name, "plugins.i18n.languages.locale") == 0)
			locale = value;
		else if (strcmp(name, "plugins.i18n.languages.default") == 0 &&
			 strcmp(value, "true") == 0)
			g->language = language_of(locale);
	}
	if (!g->language)
		g->language = language_of(say(f, "plugins.i18n.default_language"));
	if (!g->language)
		g->language = language_of(say(f, "theme.language"));
	if (g->language && strcmp(say_or(f, "plugins.i18n.docs_structure", ""), "folder") == 0)
		move(f, print(f, g->language->code, "/", ""), "");
	return true;
}

/* Where a plugin's pages go, and those of its translations. */
static void move_docusaurus(struct facts *f, const char *originals, const char *plugin,
			    const char *to)
{
	move(f, print(f, originals, "/", ""), to);
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[i];
		if (l == f->g->language)
			continue;
		const char *from = print(f, "i18n/", l->code, "/docusaurus-plugin-content-");
		move(f, print(f, from, plugin, "/"), print(f, l->code, "/", to));
	}
}

static bool read_docusaurus(struct facts *f, const char *folder)
{
	static const char *const files[] = {"docusaurus.config.js", "docusaurus.config.ts",
					    "docusaurus.config.mjs", "docusaurus.config.cjs", NULL};
	struct generator *g = f->g;
	g->file = read_first(f, folder, files);
	if (!g->file)
		return false;
	g->kind = GENERATOR_DOCUSAURUS;
	g->content = "";
	g->form = is_so(f, "trailingSlash", false) ? ADDRESS_SLASH : ADDRESS_BARE;
	g->anchors = ANCHOR_DOCUSAURUS;
	g->language = language_of(say_or(f, "defaultLocale", "en"));
	const char *site = say(f, "url");
	if (site)
		g->address = print(f, site, say_or(f, "baseUrl", "/"), "");
	const char *docs = say_or(f, "routeBasePath", "docs");
	while (*docs == '/')
		docs++;
	move_docusaurus(f, "docs", "docs/current", *docs ? print(f, docs, "/", "") : "");
	move_docusaurus(f, "blog", "blog", "blog/");
	move_docusaurus(f, "src/pages", "pages", "");
	if (is_folder(folder, "docs"))
		rule(f, "docs/*", g->language); /* the star keeps the folder in what pairs them */
	if (is_folder(folder, "blog"))
		rule(f, "blog/*", g->language);
	return true;
}

static bool read_vitepress(struct facts *f, const char *folder)
{
	static const char *const files[] = {".vitepress/config.js",
					    ".vitepress/config.ts",
					    ".vitepress/config.mjs",
					    ".vitepress/config.mts",
					    "docs/.vitepress/config.js",
					    "docs/.vitepress/config.ts",
					    "docs/.vitepress/config.mjs",
					    "docs/.vitepress/config.mts",
					    NULL};
	struct generator *g = f->g;
	g->file = read_first(f, folder, files);
	if (!g->file)
		return false;
	const char *below = strncmp(g->file, "docs/", 5) == 0 ? "docs/" : "",
		   *source = clean_path(f, say_or(f, "srcDir", ""));
	g->kind = GENERATOR_VITEPRESS;
	g->content = clean_path(f, print(f, below, source, ""));
	g->form = is_so(f, "cleanUrls", false) ? ADDRESS_BARE : ADDRESS_HTML;
	g->anchors = ANCHOR_VITEPRESS;
	g->language = language_of(say(f, "lang"));
	g->address = say(f, "base");
	return true;
}

static bool read_jekyll(struct facts *f, const char *folder)
{
	static const char *const files[] = {"_config.yml", "_config.yaml", NULL};
	struct generator *g = f->g;
	g->file = read_first(f, folder, files);
	if (!g->file)
		return false;
	const char *link = say_or(f, "permalink", "");
	size_t n = strlen(link);
	g->kind = GENERATOR_JEKYLL;
	g->content = clean_path(f, say_or(f, "source", ""));
	g->form = strcmp(link, "pretty") == 0 || (n && link[n - 1] == '/') ? ADDRESS_SLASH
									   : ADDRESS_HTML;
	g->anchors = ANCHOR_GITHUB; /* kramdown's are much like these */
	g->language = language_of(say(f, "lang"));
	g->address = say(f, "baseurl");
	return true;
}

int generator_find(struct generator *g, const char *folder, struct error *e)
{
	static bool (*const readers[])(struct facts *, const char *) = {
		read_mkdocs, read_docusaurus, read_vitepress, read_hugo, read_jekyll};
	*g = (struct generator){.kind = GENERATOR_NONE, .content = ""};
	struct facts *f = arena_alloc(&g->arena, sizeof *f);
	if (!f)
		return error_memory(e);
	bool found = false;
	for (size_t i = 0; !found && i < sizeof readers / sizeof *readers; i++) {
		*f = (struct facts){.g = g};
		found = readers[i](f, folder);
		if (f->failed) {
			generator_free(g);
			return error_memory(e);
		}
	}
	/* a setting that leads nowhere, or out: the folder itself will do */
	if (*g->content == '/' || strstr(g->content, "..") ||
	    (*g->content && !is_folder(folder, g->content))) {
		g->content = "";
		g->n_moves = g->n_rules = 0;
	}
	return 0;
}

void generator_free(struct generator *g)
{
	arena_free(&g->arena);
	*g = (struct generator){.kind = GENERATOR_NONE, .content = ""};
}

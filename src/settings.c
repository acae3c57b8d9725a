#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "address.h"
#include "anchor.h"
#include "language.h"
#include "paths.h"
#include "record.h"
#include "stub.h"

static const char variable_of_file[] = "TROUVAILLE_CONF";

enum kind { TEXT, FILE_NAME, LIST, FILE_LIST, PAIRS };

static bool is_language(const char *value)
{
	return language_find(value, strlen(value));
}

/* Where the value stands in a list that NULL ends, or -1. */
static int place_in(const char *value, const char *const *list)
{
	for (int i = 0; list[i]; i++) {
		if (strcmp(list[i], value) == 0)
			return i;
	}
	return -1;
}

static const char *const switch_names[] = {"yes", "no", "true", "false", "1", "0", NULL};

static bool is_shards(const char *value)
{
	char *end;
	if (*value < '0' || *value > '9')
		return false;
	unsigned long n = strtoul(value, &end, 10);
	return !*end && n <= SHARDS_MAX;
}

/* "audience, topic" is no key, but two that lack their brackets. */
static bool is_key(const char *value)
{
	return !strchr(value, ',');
}

static bool is_web(const char *value)
{
	return address_is_web(span_of(value));
}

/* Web, mail or telephone; or a page of this site. */
static bool is_address(const char *value)
{
	return strchr(value, ':') || *value == '/';
}

static bool is_pair(const char *value)
{
	return strchr(value, '=') > value;
}

static bool is_language_pair(const char *value)
{
	const char *sign = strrchr(value, '=');
	return sign > value && is_language(sign + 1);
}

static const struct {
	const char *name, *environment;
	enum kind kind;
	const char *example;		  /* how it may be written */
	bool (*check)(const char *value); /* NULL: any text, or one of these */
	const char *const *choices;
	size_t most; /* values; 0: one, or any number in a list */
} rows[SETTINGS] = {
	[SETTING_INDEX] = {"index", "TROUVAILLE_INDEX", FILE_NAME,
			   .example = "/var/lib/trouvaille"},
	[SETTING_CORPUS] = {"corpus", "TROUVAILLE_CORPUS", FILE_LIST,
			    .example = "[/srv/docs, /srv/more]"},
	[SETTING_LANGUAGE] = {"language", "TROUVAILLE_LANGUAGE", TEXT, .example = "en, fr",
			      .check = is_language},
	[SETTING_FACETS] = {"facets", "TROUVAILLE_FACETS", LIST, .example = "[audience, topic]",
			    .check = is_key, .most = FACET_MAX - 1},
	[SETTING_LANG_OF] = {"lang-of", "TROUVAILLE_LANG_OF", PAIRS,
			     .example = "{docs/anglais: en, docs/francais: fr}",
			     .check = is_language_pair},
	[SETTING_URLS] = {"urls", "TROUVAILLE_URLS", TEXT, .choices = address_form_names},
	[SETTING_URL_OF] = {"url-of", "TROUVAILLE_URL_OF", PAIRS, .example = "{content/fr/: fr/}",
			    .check = is_pair},
	[SETTING_ANCHORS] = {"anchors", "TROUVAILLE_ANCHORS", TEXT, .choices = anchor_style_names},
	[SETTING_SHARDS] = {"shards", "TROUVAILLE_SHARDS", TEXT, .example = "0, 4",
			    .check = is_shards},
	[SETTING_BASE] = {"base", "TROUVAILLE_BASE", TEXT, .example = "/docs/"},
	[SETTING_URL] = {"url", "TROUVAILLE_URL", TEXT,
			 .example = "https://example.org/cgi-bin/trouvaille.cgi", .check = is_web},
	[SETTING_REPORT] = {"report", "TROUVAILLE_REPORT", TEXT,
			    .example = "mailto:help@example.org", .check = is_address},
	[SETTING_HEADER] = {"header", "TROUVAILLE_HEADER", FILE_NAME, .example = "top.{lang}.html"},
	[SETTING_FOOTER] = {"footer", "TROUVAILLE_FOOTER", FILE_NAME, .example = "end.html"},
	[SETTING_STYLESHEET] = {"stylesheet", "TROUVAILLE_STYLESHEET", TEXT,
				.example = "/look.css"},
	[SETTING_SANDBOX] = {"sandbox", "TROUVAILLE_SANDBOX", TEXT, .choices = switch_names},
	[SETTING_LOG] = {"log", "TROUVAILLE_LOG", FILE_NAME,
			 .example = "/var/log/trouvaille/questions.log"},
};

/* A file being read. */
struct reader {
	struct settings *s;
	yaml_document_t *document;
	size_t folder; /* bytes of the file's folder, its slash included */
	struct error *e;
};

/* ---- values -------------------------------------------------------------------------------------
 */

/* "NAME: VALUE (what there is)": what is wrong, and how it may be put right. Where there is no line
 * it stands in the environment. */
static int wrong(enum setting which, enum message what, const char *value, long line,
		 struct error *e)
{
	struct buf detail = buf_new(2 * (size_t)SETTINGS_MAX_BYTES);
	const char *const *choice = rows[which].choices;
	buf_printf(&detail, "%s%s%.100s (", line ? rows[which].name : rows[which].environment,
		   *value ? ": " : "", value);
	for (; choice && *choice; choice++)
		buf_printf(&detail, "%s%s", *choice, choice[1] ? ", " : "");
	buf_printf(&detail, "%s)", rows[which].example ? rows[which].example : "");
	error_at(e, STATUS_INPUT, what, detail.s, line);
	buf_free(&detail);
	return -1;
}

static int unknown(const char *name, long line, struct error *e)
{
	struct buf detail = buf_new(2 * (size_t)SETTINGS_MAX_BYTES);
	buf_printf(&detail, "%.100s (", name);
	for (size_t i = 0; i < SETTINGS; i++)
		buf_printf(&detail, "%s%s", rows[i].name, i + 1 < SETTINGS ? ", " : ")");
	error_at(e, STATUS_INPUT, MSG_SETTING_UNKNOWN, detail.s, line);
	buf_free(&detail);
	return -1;
}

static bool is_value(enum setting which, const char *value)
{
	return (!rows[which].check || rows[which].check(value)) &&
	       (!rows[which].choices || place_in(value, rows[which].choices) >= 0);
}

/* Adds a value, already of its own memory in the arena. */
static int add(struct settings *s, enum setting which, char *value, long line, struct error *e)
{
	struct setting_values *v = &s->of[which];
	if (!value)
		return error_memory(e);
	if (!is_value(which, value))
		return wrong(which, MSG_SETTING_VALUE, value, line, e);
	if (rows[which].most && v->n == rows[which].most)
		return error_at(e, STATUS_INPUT, MSG_SETTING_MANY, rows[which].name, line);
	char **list = arena_alloc(&s->arena, (v->n + 1) * sizeof *list);
	if (!list)
		return error_memory(e);
	if (v->n)
		memcpy(list, v->list, v->n * sizeof *list);
	list[v->n] = value;
	*v = (struct setting_values){list, v->n + 1};
	return 0;
}

static bool is_file(enum kind kind)
{
	return kind == FILE_NAME || kind == FILE_LIST;
}

/* ---- the file -----------------------------------------------------------------------------------
 */

static long line_of(const yaml_node_t *node)
{
	return (long)node->start_mark.line + 1;
}

/* The text of a scalar; NULL when it is none or holds a NUL. */
static const char *scalar(const struct reader *r, int index)
{
	const yaml_node_t *node = yaml_document_get_node(r->document, index);
	if (node->type == YAML_SCALAR_NODE &&
	    strlen((const char *)node->data.scalar.value) == node->data.scalar.length)
		return (const char *)node->data.scalar.value;
	return NULL;
}

/* A name of a file is told from the folder of the file it stands in. */
static char *kept(const struct reader *r, enum kind kind, const char *value)
{
	struct arena *arena = &r->s->arena;
	if (!is_file(kind) || *value == '/')
		return arena_copy(arena, value, strlen(value));
	struct buf whole = buf_new(2 * (size_t)SETTINGS_MAX_BYTES);
	buf_add(&whole, r->s->file, r->folder);
	buf_puts(&whole, value);
	char *copy = whole.failed ? NULL : arena_copy(arena, whole.s, whole.n);
	buf_free(&whole);
	return copy;
}

static int take_scalar(const struct reader *r, enum setting which, int index)
{
	const char *value = scalar(r, index);
	long line = line_of(yaml_document_get_node(r->document, index));
	if (!value)
		return wrong(which, MSG_SETTING_KIND, "", line, r->e);
	return *value ? add(r->s, which, kept(r, rows[which].kind, value), line, r->e) : 0;
}

static int take_list(const struct reader *r, enum setting which, const yaml_node_t *list)
{
	for (yaml_node_item_t *i = list->data.sequence.items.start;
	     i < list->data.sequence.items.top; i++) {
		if (take_scalar(r, which, *i) != 0)
			return -1;
	}
	return 0;
}

static int take_pairs(const struct reader *r, enum setting which, const yaml_node_t *map)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		const char *from = scalar(r, p->key), *to = scalar(r, p->value);
		long line = line_of(yaml_document_get_node(r->document, p->key));
		if (!from || !to)
			return wrong(which, MSG_SETTING_KIND, "", line, r->e);
		struct buf pair = buf_new(2 * (size_t)SETTINGS_MAX_BYTES);
		buf_printf(&pair, "%s=%s", from, to);
		char *copy = pair.failed ? NULL : arena_copy(&r->s->arena, pair.s, pair.n);
		buf_free(&pair);
		if (add(r->s, which, copy, line, r->e) != 0)
			return -1;
	}
	return 0;
}

static int take(const struct reader *r, enum setting which, int index)
{
	const yaml_node_t *node = yaml_document_get_node(r->document, index);
	enum kind kind = rows[which].kind;
	if (r->s->of[which].n)
		return error_at(r->e, STATUS_INPUT, MSG_SETTING_TWICE, rows[which].name,
				line_of(node));
	if (kind == PAIRS && node->type == YAML_MAPPING_NODE)
		return take_pairs(r, which, node);
	if ((kind == LIST || kind == FILE_LIST) && node->type == YAML_SEQUENCE_NODE)
		return take_list(r, which, node);
	if (kind == PAIRS)
		return wrong(which, MSG_SETTING_KIND, "", line_of(node), r->e);
	return take_scalar(r, which, index);
}

static int take_all(const struct reader *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(r->document);
	if (!root || (root->type == YAML_SCALAR_NODE && root->data.scalar.length == 0))
		return 0; /* nothing but comments */
	if (root->type != YAML_MAPPING_NODE)
		return error_at(r->e, STATUS_INPUT, MSG_SETTINGS_MAPPING, NULL, line_of(root));
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top;
	     p++) {
		const char *key = scalar(r, p->key);
		size_t which = 0;
		while (which < SETTINGS && key && strcmp(rows[which].name, key) != 0)
			which++;
		if (which == SETTINGS || !key)
			return unknown(key ? key : "?",
				       line_of(yaml_document_get_node(r->document, p->key)), r->e);
		if (take(r, (enum setting)which, p->value) != 0)
			return -1;
	}
	return 0;
}

/* A line of three hyphens begins another document, which nobody would read. */
static int has_end(yaml_parser_t *parser, struct error *e)
{
	yaml_document_t document;
	if (!yaml_parser_load(parser, &document))
		return error_at(e, STATUS_INPUT, MSG_SETTINGS_YAML,
				parser->problem ? parser->problem : "",
				(long)parser->problem_mark.line + 1);
	const yaml_node_t *root = yaml_document_get_root_node(&document);
	long line = root ? line_of(root) : 0;
	yaml_document_delete(&document);
	return line ? error_at(e, STATUS_INPUT, MSG_SETTINGS_TWO, NULL, line) : 0;
}

static int parse(struct settings *s, const char *text, size_t n, struct error *e)
{
	yaml_parser_t parser;
	yaml_document_t document;
	if (!yaml_parser_initialize(&parser))
		return error_memory(e);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	int result;
	if (!yaml_parser_load(&parser, &document)) {
		result = error_at(e, STATUS_INPUT, MSG_SETTINGS_YAML,
				  parser.problem ? parser.problem : "",
				  (long)parser.problem_mark.line + 1);
	} else {
		const char *slash = strrchr(s->file, '/');
		struct reader r = {s, &document, slash ? (size_t)(slash - s->file) + 1 : 0, e};
		result = take_all(&r);
		yaml_document_delete(&document);
		if (result == 0)
			result = has_end(&parser, e);
	}
	yaml_parser_delete(&parser);
	return result;
}

static int read_file(struct settings *s, struct error *e)
{
	char text[SETTINGS_MAX_BYTES + 1];
	struct stat st;
	int fd = open(s->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		error_system(e, s->file);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	ssize_t n = S_ISREG(st.st_mode) ? read(fd, text, sizeof text) : -1;
	close(fd);
	if (n < 0 || n > SETTINGS_MAX_BYTES)
		return error_set(e, STATUS_INPUT, MSG_SETTINGS_FILE, s->file);
	size_t good = utf8_check(text, (size_t)n);
	if (good != (size_t)n) {
		long line = 1;
		for (size_t i = 0; i < good; i++)
			line += text[i] == '\n';
		return error_at(e, STATUS_INPUT, MSG_SETTINGS_TEXT, NULL, line);
	}
	return parse(s, text, (size_t)n, e);
}

/* ---- the environment ----------------------------------------------------------------------------
 */

/* What stands in the environment replaces all that the file says; lists are parted by commas. */
static int read_variable(struct settings *s, enum setting which, struct error *e)
{
	const char *value = getenv(rows[which].environment);
	bool list = rows[which].kind != TEXT && rows[which].kind != FILE_NAME;
	if (!value || !*value)
		return 0;
	s->of[which].n = 0;
	while (value) {
		const char *comma = list ? strchr(value, ',') : NULL;
		size_t n = comma ? (size_t)(comma - value) : strlen(value);
		if (n && add(s, which, arena_copy(&s->arena, value, n), 0, e) != 0)
			return -1;
		value = comma ? comma + 1 : NULL;
	}
	return 0;
}

int settings_read(struct settings *s, const char *file, struct error *e)
{
	static const char usual[] = PATH_SETTINGS;
	*s = (struct settings){0};
	if (!file)
		file = getenv(variable_of_file);
	if (!file)
		file = access(usual, F_OK) == 0 ? usual : "";
	if (*file && !(s->file = text_copy(file, strlen(file))))
		return error_memory(e);
	if (s->file && read_file(s, e) != 0)
		return -1;
	for (int which = 0; which < SETTINGS; which++) {
		if (read_variable(s, (enum setting)which, e) != 0) {
			free(s->file); /* the fault is not in it */
			s->file = NULL;
			return -1;
		}
	}
	return 0;
}

void settings_free(struct settings *s)
{
	arena_free(&s->arena);
	free(s->file);
	*s = (struct settings){0};
}

const char *settings_variable(enum setting which)
{
	return rows[which].environment;
}

bool settings_has_variable(const char *name)
{
	bool known = strcmp(name, variable_of_file) == 0;
	for (int which = 0; which < SETTINGS && !known; which++)
		known = strcmp(name, rows[which].environment) == 0;
	return known;
}

const char *settings_name(enum setting which)
{
	return rows[which].name;
}

const char *settings_text(const struct settings *s, enum setting which)
{
	return s->of[which].n ? s->of[which].list[0] : "";
}

int settings_choice(const struct settings *s, enum setting which, const char *const *values)
{
	int place = place_in(settings_text(s, which), values);
	return place < 0 ? 0 : place;
}

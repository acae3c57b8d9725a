/* trouvaille init - looks at a folder of Markdown and writes a first configuration. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "inspect.h"

enum {
	CONF_MAX = 256 * 1024,
	WARNINGS = 10, /* that are told one by one */
	KEYS_TOLD = 12,
};

static const char conf_name[] = "trouvaille.conf", index_name[] = ".trouvaille";

struct init {
	struct context *c;
	const char *folder, *output;
	bool dry_run, force;
	size_t warnings;
	struct inspection found;
};

/* ---- writing safely -----------------------------------------------------------------------------
 */

static bool is_simple(const char *s)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./";
	return *s && s[strspn(s, letters)] == '\0';
}

/* A scalar of YAML 1.1; what is no plain name stands in double quotes. */
static void put_yaml(struct buf *out, const char *s)
{
	if (is_simple(s)) {
		buf_puts(out, s);
		return;
	}
	buf_putc(out, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7F)
			buf_printf(out, "\\x%02X", c);
		else
			buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

/* A word for a POSIX shell. */
static void put_shell(struct buf *out, const char *s)
{
	if (is_simple(s)) {
		buf_puts(out, s);
		return;
	}
	buf_putc(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *s);
	}
	buf_putc(out, '\'');
}

/* ---- the report ---------------------------------------------------------------------------------
 */

static void put_count(struct buf *out, const struct language *l, enum message singular,
		      const char *s, size_t n)
{
	language_format(out, l, language_plural(l, singular, (long)n), s, (long)n);
}

static void put_number(struct buf *out, const struct language *l, size_t n)
{
	language_format(out, l, MSG_DAY, NULL, (long)n);
}

/* Begins a line "Name: ". */
static void begin(struct buf *out, const struct language *l, enum message name)
{
	buf_puts(out, language_message(l, name));
	buf_puts(out, language_message(l, MSG_COLON));
}

static void put_languages(struct buf *out, const struct language *l, const struct inspection *i)
{
	static const enum message ways[TOLD_WAYS] = {
		[TOLD_RULE] = MSG_INIT_BY_RULE,	    [TOLD_FRONT] = MSG_INIT_BY_FRONT,
		[TOLD_FOLDER] = MSG_INIT_BY_FOLDER, [TOLD_SUFFIX] = MSG_INIT_BY_SUFFIX,
		[TOLD_TWIN] = MSG_INIT_BY_TWIN,	    [TOLD_VOTE] = MSG_INIT_BY_VOTE};
	begin(out, l, MSG_INIT_LANGUAGES);
	for (size_t k = 0; k < language_count; k++) {
		buf_printf(out, "%s%s ", k ? ", " : "", languages[k].name);
		put_number(out, l, i->languages[k]);
	}
	buf_putc(out, '\n');
	begin(out, l, MSG_INIT_TOLD);
	for (size_t k = 0, told = 0; k < TOLD_WAYS; k++) {
		if (i->told[k] == 0)
			continue;
		buf_printf(out, "%s%s ", told++ ? ", " : "", language_message(l, ways[k]));
		put_number(out, l, i->told[k]);
	}
	buf_putc(out, '\n');
}

static void put_pairs(struct buf *out, const struct language *l, const struct inspection *i)
{
	begin(out, l, MSG_INIT_PAIRED);
	put_number(out, l, i->paired);
	buf_putc(out, '\n');
	if (i->n_alone == 0)
		return;
	begin(out, l, MSG_INIT_ALONE);
	put_number(out, l, i->n_alone);
	buf_puts(out, " (");
	for (size_t k = 0; k < i->n_alone && k < INSPECT_SOME; k++) {
		buf_puts(out, k ? ", " : "");
		cmd_put_path(out, "", i->alone[k] ? i->alone[k] : "");
	}
	buf_puts(out, i->n_alone > INSPECT_SOME ? ", …)\n" : ")\n");
}

static void put_generator(struct buf *out, const struct language *l, const struct inspection *i)
{
	const struct generator *g = &i->generator;
	begin(out, l, MSG_INIT_GENERATOR);
	if (g->kind == GENERATOR_NONE) {
		buf_printf(out, "%s\n", language_message(l, MSG_INIT_NO_GENERATOR));
		return;
	}
	buf_printf(out, "%s (%s)\n", generator_names[g->kind], g->file);
}

static void put_key(struct buf *out, const struct language *l, const struct inspect_key *k)
{
	cmd_put_path(out, "", k->name);
	buf_putc(out, ' ');
	put_number(out, l, k->pages);
	if (k->dates && k->dates >= k->pages)
		buf_printf(out, " (%s)", language_message(l, MSG_INIT_DATES));
	else if (!k->many && !k->known) {
		buf_puts(out, " (");
		put_count(out, l, MSG_INIT_VALUE, "", k->n_values);
		buf_putc(out, ')');
	}
}

static void put_keys(struct buf *out, const struct language *l, const struct inspection *i)
{
	begin(out, l, MSG_INIT_KEYS);
	for (size_t k = 0; k < i->n_keys && k < KEYS_TOLD; k++) {
		buf_puts(out, k ? ", " : "");
		put_key(out, l, &i->keys[k]);
	}
	buf_puts(out, i->n_keys == 0	      ? language_message(l, MSG_INIT_NO_KEYS)
		      : i->n_keys > KEYS_TOLD ? ", …"
					      : "");
	buf_putc(out, '\n');
	if (i->n_facets == 0)
		return;
	begin(out, l, MSG_INIT_FACETS);
	for (size_t k = 0; k < i->n_facets; k++)
		buf_printf(out, "%s%s", k ? ", " : "", i->facets[k]);
	buf_putc(out, '\n');
}

static void put_report(struct buf *out, const struct init *x)
{
	const struct language *l = x->c->language;
	const struct inspection *i = &x->found;
	struct buf corpus = buf_new(64 * 1024);
	cmd_put_path(&corpus, "", i->corpus);
	put_count(out, l, MSG_INIT_FILES, corpus.s ? corpus.s : "", i->files);
	buf_putc(out, '\n');
	buf_free(&corpus);
	put_languages(out, l, i);
	put_pairs(out, l, i);
	put_generator(out, l, i);
	put_keys(out, l, i);
	if (i->toml) {
		put_count(out, l, MSG_INIT_TOML, "", i->toml);
		buf_putc(out, '\n');
	}
}

/* Of many files with the same trouble the first few tell enough. */
static void on_warning(void *data, const char *root, const char *path, const struct error *e)
{
	struct init *x = data;
	if (x->warnings++ < WARNINGS)
		cmd_file_error(x->c, root, path, e);
}

static void tell_warnings(const struct init *x)
{
	struct buf line = buf_new(1000);
	if (x->warnings <= WARNINGS)
		return;
	put_count(&line, x->c->language, MSG_INIT_MORE, "", x->warnings - WARNINGS);
	fprintf(stderr, "trouvaille: %s\n", line.s ? line.s : "");
	buf_free(&line);
}

/* ---- the configuration --------------------------------------------------------------------------
 */

/* The folder as it is told from the file's own: by the end of its name when it lies below. */
static char *told_from(const char *output, const char *folder)
{
	char *copy = text_copy(output, strlen(output)), *place = copy ? dirname(copy) : NULL;
	char *here = place ? realpath(place, NULL) : NULL, *there = realpath(folder, NULL);
	size_t n = here ? strlen(here) : 0;
	char *told = NULL;
	if (here && there && strcmp(here, there) == 0)
		told = text_copy(".", 1);
	else if (here && there && n > 1 && strncmp(here, there, n) == 0 && there[n] == '/')
		told = text_copy(there + n + 1, strlen(there + n + 1));
	else if (there)
		told = text_copy(there, strlen(there));
	free(copy);
	free(here);
	free(there);
	return told;
}

/* What is put for a setting; nothing leaves it out. */
static void put_moves(struct buf *out, const struct inspection *i)
{
	const struct generator *g = &i->generator;
	for (size_t k = 0; k < g->n_moves; k++) {
		buf_puts(out, k ? ", " : "{");
		put_yaml(out, g->moves[k].from);
		buf_puts(out, ": ");
		put_yaml(out, g->moves[k].to);
	}
	buf_puts(out, g->n_moves ? "}" : "");
}

static void put_rules(struct buf *out, const struct inspection *i)
{
	for (size_t k = 0; k < i->n_rules; k++) {
		buf_puts(out, k ? ", " : "{");
		put_yaml(out, i->rules[k].pattern);
		buf_printf(out, ": %s", i->rules[k].language->code);
	}
	buf_puts(out, i->n_rules ? "}" : "");
}

static void put_facets(struct buf *out, const struct inspection *i)
{
	for (size_t k = 0; k < i->n_facets; k++) {
		buf_puts(out, k ? ", " : "[");
		put_yaml(out, i->facets[k]);
	}
	buf_puts(out, i->n_facets ? "]" : "");
}

static void put_value(struct buf *out, const struct inspection *i, const char *corpus,
		      enum setting which)
{
	const struct generator *g = &i->generator;
	switch (which) {
	case SETTING_INDEX:
		buf_puts(out, index_name);
		break;
	case SETTING_CORPUS:
		buf_putc(out, '[');
		put_yaml(out, corpus);
		buf_putc(out, ']');
		break;
	case SETTING_LANGUAGE:
		buf_puts(out, i->language->code);
		break;
	case SETTING_FACETS:
		put_facets(out, i);
		break;
	case SETTING_LANG_OF:
		put_rules(out, i);
		break;
	case SETTING_URL_OF:
		put_moves(out, i);
		break;
	case SETTING_URLS:
		buf_puts(out, g->kind ? address_form_names[g->form] : "");
		break;
	case SETTING_ANCHORS:
		buf_puts(out, g->kind ? anchor_style_names[g->anchors] : "");
		break;
	default: /* for the administrator to choose */
		break;
	}
}

/* What each setting is for, and a value to begin with; every setting has its row. */
static const struct {
	enum message what;
	const char *example;
} lines[SETTINGS] = {
	[SETTING_INDEX] = {MSG_CONF_INDEX, "/var/lib/trouvaille"},
	[SETTING_CORPUS] = {MSG_CONF_CORPUS, "[/srv/docs]"},
	[SETTING_LANGUAGE] = {MSG_CONF_LANGUAGE, "en"},
	[SETTING_FACETS] = {MSG_CONF_FACETS, "[audience, topic]"},
	[SETTING_LANG_OF] = {MSG_CONF_LANG_OF, "{docs/anglais: en, docs/francais: fr}"},
	[SETTING_URLS] = {MSG_CONF_URLS, "html"},
	[SETTING_URL_OF] = {MSG_CONF_URL_OF, "{content/fr/: fr/}"},
	[SETTING_ANCHORS] = {MSG_CONF_ANCHORS, "github"},
	[SETTING_SHARDS] = {MSG_CONF_SHARDS, "0"},
	[SETTING_BASE] = {MSG_CONF_BASE, "/docs/"},
	[SETTING_URL] = {MSG_CONF_URL, "https://intranet.example/cgi-bin/trouvaille.cgi"},
	[SETTING_REPORT] = {MSG_CONF_REPORT, "mailto:help@example.org"},
	[SETTING_HEADER] = {MSG_CONF_HEADER, "top.{lang}.html"},
	[SETTING_FOOTER] = {MSG_CONF_FOOTER, "end.{lang}.html"},
	[SETTING_STYLESHEET] = {MSG_CONF_STYLESHEET, "/look.css"},
	[SETTING_LOG] = {MSG_CONF_LOG, "/var/log/trouvaille/questions.log"},
	[SETTING_SANDBOX] = {MSG_CONF_SANDBOX, "yes"},
};

static void put_setting(struct buf *out, const struct init *x, const char *corpus,
			enum setting which)
{
	struct buf value = buf_new(CONF_MAX);
	const char *address = x->found.generator.address;
	put_value(&value, &x->found, corpus, which);
	out->failed = out->failed || value.failed;
	buf_puts(out, "\n# ");
	language_format(out, x->c->language, lines[which].what, "{lang}", 0);
	buf_putc(out, '\n');
	if (value.n) {
		buf_printf(out, "%s: %s\n", settings_name(which), value.s);
	} else if (which == SETTING_BASE && address && *address) {
		buf_printf(out, "# %s: ", settings_name(which));
		put_yaml(out, address);
		buf_putc(out, '\n');
	} else {
		buf_printf(out, "# %s: %s\n", settings_name(which), lines[which].example);
	}
	buf_free(&value);
}

static int put_conf(struct buf *out, const struct init *x, struct error *e)
{
	char *corpus = told_from(x->output, x->found.corpus);
	if (!corpus)
		return error_system(e, x->output);
	if (utf8_check(corpus, strlen(corpus)) != strlen(corpus)) {
		free(corpus);
		return error_set(e, STATUS_INPUT, MSG_INIT_NAME, x->folder);
	}
	buf_puts(out, language_message(x->c->language, MSG_CONF_HEAD));
	for (int which = 0; which < SETTINGS; which++)
		put_setting(out, x, corpus, (enum setting)which);
	free(corpus);
	return out->failed ? error_memory(e) : 0;
}

static int write_all(int fd, const struct buf *text)
{
	for (size_t at = 0; at < text->n;) {
		ssize_t n = write(fd, text->s + at, text->n - at);
		if (n < 0 && errno != EINTR)
			return -1;
		at += n < 0 ? 0 : (size_t)n;
	}
	return 0;
}

/* One that is there is replaced whole or stays. */
static int write_conf(const struct init *x, const struct buf *text, struct error *e)
{
	struct buf name = buf_new(64 * 1024);
	buf_printf(&name, "%s%s", x->output, x->force ? ".new" : "");
	if (name.failed) {
		buf_free(&name);
		return error_memory(e);
	}
	int fd = open(name.s, O_WRONLY | O_CREAT | O_CLOEXEC | (x->force ? O_TRUNC : O_EXCL), 0666);
	int result = -1;
	if (fd < 0 && errno == EEXIST) {
		error_set(e, STATUS_INPUT, MSG_INIT_EXISTS, x->output);
	} else if (fd < 0) {
		error_set(e, STATUS_IO, MSG_INIT_CANNOT, x->output);
	} else {
		bool written = write_all(fd, text) == 0;
		written = close(fd) == 0 && written;
		if (written && (!x->force || rename(name.s, x->output) == 0))
			result = 0;
		else
			error_system(e, x->output);
		if (result != 0)
			unlink(name.s);
	}
	buf_free(&name);
	return result;
}

/* ---- all together -------------------------------------------------------------------------------
 */

/* The two commands that come next, as they can be pasted. */
static void put_next(struct buf *out, const struct init *x)
{
	const char *words[] = {"index", "search"};
	struct buf shown = buf_new(64 * 1024);
	cmd_put_path(&shown, "", x->output);
	language_format(out, x->c->language, MSG_INIT_WROTE, shown.s ? shown.s : "", 0);
	buf_puts(out, "\n\n");
	buf_free(&shown);
	for (size_t i = 0; i < 2; i++) {
		buf_puts(out, "    ");
		put_shell(out, program_invocation_name);
		buf_puts(out, " --conf ");
		put_shell(out, x->output);
		buf_printf(out, " %s", words[i]);
		if (i == 1) {
			buf_putc(out, ' ');
			buf_puts(out, *x->found.word ? x->found.word : "…");
		}
		buf_putc(out, '\n');
	}
}

static int check_folder(const struct init *x, struct error *e)
{
	struct stat st;
	if (stat(x->folder, &st) != 0)
		return error_system(e, x->folder);
	return S_ISDIR(st.st_mode) ? 0 : error_set(e, STATUS_INPUT, MSG_INIT_FILE, x->folder);
}

static int check_output(const struct init *x, struct error *e)
{
	struct stat st;
	if (x->dry_run || x->force || lstat(x->output, &st) != 0)
		return 0;
	return error_set(e, STATUS_INPUT, MSG_INIT_EXISTS, x->output);
}

static int finish(struct init *x, struct error *e)
{
	struct buf report = buf_new(CONF_MAX), conf = buf_new(CONF_MAX);
	put_report(&report, x);
	int result = put_conf(&conf, x, e);
	if (result == 0 && !x->dry_run)
		result = write_conf(x, &conf, e);
	if (result == 0 && !x->dry_run) {
		buf_putc(&report, '\n');
		put_next(&report, x);
	}
	/* of a dry run the configuration is the output */
	if (report.s)
		fwrite(report.s, 1, report.n, x->dry_run ? stderr : stdout);
	if (result == 0 && x->dry_run)
		fwrite(conf.s, 1, conf.n, stdout);
	buf_free(&report);
	buf_free(&conf);
	return result;
}

static int init(struct init *x)
{
	struct error e;
	int status = EXIT_FOUND;
	if (check_folder(x, &e) != 0 || check_output(x, &e) != 0 ||
	    inspect_folder(&x->found, x->folder, x->c->language, on_warning, x, &e) != 0)
		return cmd_error(x->c, &e);
	tell_warnings(x);
	if (x->found.files == 0) {
		cmd_wrong(x->c, MSG_INIT_EMPTY, x->found.corpus);
		status = EXIT_NOTHING;
	} else if (finish(x, &e) != 0) {
		status = cmd_error(x->c, &e);
	}
	inspect_free(&x->found);
	return cmd_flush(x->c) ? EXIT_TROUBLE : status;
}

int cmd_init(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"dry-run", no_argument, NULL, 'd'},	  {"force", no_argument, NULL, 'f'},
		{"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	  {NULL, 0, NULL, 0}};
	struct init x = {.c = c, .folder = ".", .output = conf_name};
	for (int got; (got = getopt_long(argc, argv, ":ho:", options, NULL)) != -1;) {
		if (got == 'd')
			x.dry_run = true;
		else if (got == 'f')
			x.force = true;
		else if (got == 'o')
			x.output = optarg;
		else if (got == 'h')
			return cmd_help(c, MSG_HELP_INIT);
		else if (got == 'V')
			return cmd_version(c);
		else
			return cmd_bad_option(c, argc, argv, got);
	}
	if (argc - optind > 1)
		return cmd_wrong(c, MSG_INIT_ONE, argv[optind + 1]);
	if (optind < argc)
		x.folder = argv[optind];
	return init(&x);
}

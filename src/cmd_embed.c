/* trouvaille embed - what to paste: the box for a page, and the lines for a web server. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "paths.h"

/* Debian's own configuration gives /cgi-bin/ to another folder, so each template speaks for its one
 * address, inside a block of its own, which wins wherever it is put.
 *
 * Templates: @URL@ where the search answers, @PROGRAM@ the file, @SOCKET@ of FastCGI. A line that
 * begins with @EACH@ stands once for each variable of the environment that the program needs, its
 * @NAME@ and @VALUE@ filled in. What surrounds them is the servers' own language; the first line of
 * each says what it is. */

static const char form[] =
	"<form role=\"search\" method=\"get\" action=\"@URL@\">\n"
	"  <label for=\"trouvaille-q\"><span lang=\"en\">Search Words</span> / <span "
	"lang=\"fr\">termes</span></label>\n"
	"  <input type=\"search\" id=\"trouvaille-q\" name=\"q\" maxlength=\"200\">\n"
	"  <button><span lang=\"en\">Search</span> | <span lang=\"fr\">Rechercher</span></button>\n"
	"</form>\n";

static const char head[] =
	"<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"Search the "
	"Index\" "
	"href=\"@URL@?format=opensearch&amp;lang=en\">\n"
	"<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"Répertoire\" "
	"href=\"@URL@?format=opensearch&amp;lang=fr\">\n";

/* In apache2 and nginx alike, and answers by its own address. */
static const char page[] =
	"<!-- apache2: a2enmod include; Options +Includes; AddOutputFilter INCLUDES .shtml\n"
	"     nginx: ssi on; -->\n"
	"<form role=\"search\" method=\"get\">\n"
	"  <label for=\"trouvaille-q\"><span lang=\"en\">Search Words</span> / <span "
	"lang=\"fr\">termes</span></label>\n"
	"  <input type=\"search\" id=\"trouvaille-q\" name=\"q\" maxlength=\"200\">\n"
	"  <button><span lang=\"en\">Search</span> | <span lang=\"fr\">Rechercher</span></button>\n"
	"</form>\n"
	"<!--#include virtual=\"@URL@?format=fragment&$QUERY_STRING\" -->\n";

static const char apache2[] = "# a2enmod cgid alias env\n"
			      "<Location \"@URL@\">\n"
			      "    ScriptAlias \"@PROGRAM@\"\n"
			      "    Options +ExecCGI\n"
			      "    Require all granted\n"
			      "@EACH@    SetEnv @NAME@ \"@VALUE@\"\n"
			      "</Location>\n";

static const char apache2_fastcgi[] = "# a2enmod proxy_fcgi\n"
				      "@EACH@# export @NAME@='@VALUE@'\n"
				      "# spawn-fcgi -s '@SOCKET@' -F 2 -- '@PROGRAM@'\n"
				      "<Location \"@URL@\">\n"
				      "    Require all granted\n"
				      "    SetHandler \"proxy:unix:@SOCKET@|fcgi://localhost/\"\n"
				      "    ProxyFCGISetEnvIf \"true\" SCRIPT_NAME \"@URL@\"\n"
				      "</Location>\n";

static const char lighttpd[] = "server.modules += ( \"mod_alias\", \"mod_setenv\", \"mod_cgi\" )\n"
			       "$HTTP[\"url\"] =~ \"^@URL@(\\?|$)\" {\n"
			       "    alias.url = ( \"@URL@\" => \"@PROGRAM@\" )\n"
			       "    cgi.assign = ( \"\" => \"\" )\n"
			       "@EACH@    setenv.set-environment += ( \"@NAME@\" => \"@VALUE@\" )\n"
			       "}\n";

static const char lighttpd_fastcgi[] = "server.modules += ( \"mod_fastcgi\" )\n"
				       "fastcgi.server += ( \"@URL@\" => ((\n"
				       "    \"bin-path\" => \"@PROGRAM@\",\n"
				       "    \"socket\" => \"@SOCKET@\",\n"
				       "    \"max-procs\" => 2,\n"
				       "    \"check-local\" => \"disable\",\n"
				       "    \"bin-environment\" => (\n"
				       "@EACH@        \"@NAME@\" => \"@VALUE@\",\n"
				       "    )\n"
				       ")) )\n";

static const char nginx[] = "# fcgiwrap -s 'unix:@SOCKET@'\n"
			    "location = \"@URL@\" {\n"
			    "    include /etc/nginx/fastcgi_params;\n"
			    "    fastcgi_param SCRIPT_FILENAME \"@PROGRAM@\";\n"
			    "@EACH@    fastcgi_param @NAME@ \"@VALUE@\";\n"
			    "    fastcgi_pass \"unix:@SOCKET@\";\n"
			    "}\n";

static const char nginx_fastcgi[] = "@EACH@# export @NAME@='@VALUE@'\n"
				    "# spawn-fcgi -s '@SOCKET@' -F 2 -- '@PROGRAM@'\n"
				    "location = \"@URL@\" {\n"
				    "    include /etc/nginx/fastcgi_params;\n"
				    "    fastcgi_pass \"unix:@SOCKET@\";\n"
				    "}\n";

static const struct {
	const char *name, *cgi, *fastcgi; /* fastcgi: NULL where it makes no difference */
} parts[] = {
	{"form", form, NULL},
	{"head", head, NULL},
	{"page", page, NULL},
	{"apache2", apache2, apache2_fastcgi},
	{"lighttpd", lighttpd, lighttpd_fastcgi},
	{"nginx", nginx, nginx_fastcgi},
};

struct variable {
	const char *name, *value;
};

struct embedding {
	const char *url, *program, *socket;
	/* of the environment; what the program finds by itself is not among them */
	struct variable needed[2];
	size_t n_needed;
	bool fastcgi;
};

/* What stands for the place that a template has here; v: of the line, NULL for none. */
static const char *value_of(const struct embedding *e, const struct variable *v, const char *name,
			    size_t *n)
{
	const struct variable values[] = {{"@URL@", e->url},
					  {"@PROGRAM@", e->program},
					  {"@SOCKET@", e->socket},
					  {"@NAME@", v ? v->name : ""},
					  {"@VALUE@", v ? v->value : ""}};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		*n = strlen(values[i].name);
		if (strncmp(name, values[i].name, *n) == 0)
			return values[i].value;
	}
	*n = 1;
	return "@";
}

static void print_line(const char *line, const char *end, const struct embedding *e,
		       const struct variable *v)
{
	for (size_t n; line < end; line += n) {
		n = strcspn(line, "@");
		if (n > (size_t)(end - line))
			n = (size_t)(end - line);
		printf("%.*s", (int)n, line);
		line += n;
		n = 0;
		if (line < end)
			fputs(value_of(e, v, line, &n), stdout);
	}
}

static void print_filled(const char *template, const struct embedding *e)
{
	static const char each[] = "@EACH@";
	for (const char *end; *template; template = end) {
		end = template + strcspn(template, "\n") + 1;
		if (strncmp(template, each, strlen(each)) != 0)
			print_line(template, end, e, NULL);
		else
			for (size_t i = 0; i < e->n_needed; i++)
				print_line(template + strlen(each), end, e, &e->needed[i]);
	}
}

/* A value that would end a string of any of the servers' languages, or begin something in it. */
static bool is_plain(const char *value)
{
	for (const char *c = value; *c; c++) {
		if ((unsigned char)*c < 0x20 || strchr("\"'\\$`<>|@", *c))
			return false;
	}
	return *value;
}

/* trouvaille.cgi beside this program, else where `make install` puts it. */
static void find_program(char *out, size_t size)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(self, '/');
	if (slash && (size_t)(slash - self) + sizeof "/trouvaille.cgi" <= sizeof self) {
		strcpy(slash, "/trouvaille.cgi");
		if (access(self, X_OK) == 0 && strlen(self) < size) {
			strcpy(out, self);
			return;
		}
	}
	snprintf(out, size, "%s", PATH_CGI);
}

static int embed(const struct context *c, const char *part, const struct embedding *e)
{
	const char *values[5] = {e->url, e->program, e->socket};
	for (size_t i = 0; i < e->n_needed; i++)
		values[3 + i] = e->needed[i].value;
	for (size_t i = 0; i < 3 + e->n_needed; i++) {
		if (!is_plain(values[i]))
			return cmd_wrong(c, MSG_EMBED_VALUE, values[i]);
	}
	if (*e->url != '/')
		return cmd_wrong(c, MSG_EMBED_URL, e->url);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (strcmp(part, parts[i].name) != 0)
			continue;
		bool fastcgi = e->fastcgi && parts[i].fastcgi;
		print_filled(fastcgi ? parts[i].fastcgi : parts[i].cgi, e);
		return cmd_flush(c);
	}
	return cmd_wrong(c, MSG_EMBED_PART, part);
}

/* A server runs in another folder: a file by its whole path, when it is there. */
static void need(struct embedding *e, const char *name, const char *file, char whole[PATH_MAX])
{
	e->needed[e->n_needed++] = (struct variable){name, realpath(file, whole) ? whole : file};
}

/* The page reads the usual settings by itself; others, and an index that they do not name, it is
 * told of. */
static void find_needed(const struct context *c, struct embedding *e, char index[PATH_MAX],
			char conf[PATH_MAX])
{
	const char *name = settings_variable(SETTING_INDEX), *variable = getenv(name),
		   *told = settings_text(c->settings, SETTING_INDEX), *file = c->settings->file;
	if (file && strcmp(file, PATH_SETTINGS) != 0)
		need(e, "TROUVAILLE_CONF", file, conf);
	if (!file || strcmp(c->index, told) != 0 || (variable && *variable))
		need(e, name, c->index, index);
}

int cmd_embed(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"index", required_argument, NULL, 'i'},   {"url", required_argument, NULL, 'u'},
		{"program", required_argument, NULL, 'p'}, {"socket", required_argument, NULL, 's'},
		{"fastcgi", no_argument, NULL, 'f'},	   {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	   {NULL, 0, NULL, 0}};
	char program[PATH_MAX], index[PATH_MAX], conf[PATH_MAX];
	struct embedding e = {.url = "/cgi-bin/trouvaille.cgi",
			      .program = program,
			      .socket = "/run/trouvaille.socket"};
	find_program(program, sizeof program);
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'i')
			c->index = optarg;
		else if (got == 'u')
			e.url = optarg;
		else if (got == 'p')
			e.program = optarg;
		else if (got == 's')
			e.socket = optarg;
		else if (got == 'f')
			e.fastcgi = true;
		else if (got == 'h')
			return cmd_help(c, MSG_HELP_EMBED);
		else if (got == 'V')
			return cmd_version(c);
		else
			return cmd_bad_option(c, argc, argv, got);
	}
	if (optind != argc - 1)
		return optind < argc ? cmd_wrong(c, MSG_EMBED_PART, argv[optind + 1])
				     : cmd_wrong(c, MSG_EMBED_NONE, NULL);
	find_needed(c, &e, index, conf);
	return embed(c, argv[optind], &e);
}

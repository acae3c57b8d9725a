/* trouvaille embed - what to paste: the box for a page, and the lines for a web server. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

/* Debian's own configuration gives /cgi-bin/ to another folder, so each template speaks for its one
 * address, inside a block of its own, which wins wherever it is put.
 *
 * Templates: @URL@ where the search answers, @PROGRAM@ the file, @INDEX@ the folder, @SOCKET@ of
 * FastCGI. What surrounds them is the servers' own language; the first line of each says what it
 * is. */

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
			      "    SetEnv TROUVAILLE_INDEX \"@INDEX@\"\n"
			      "</Location>\n";

static const char apache2_fastcgi[] =
	"# a2enmod proxy_fcgi\n"
	"# TROUVAILLE_INDEX='@INDEX@' spawn-fcgi -s '@SOCKET@' -F 2 -- '@PROGRAM@'\n"
	"<Location \"@URL@\">\n"
	"    Require all granted\n"
	"    SetHandler \"proxy:unix:@SOCKET@|fcgi://localhost/\"\n"
	"    ProxyFCGISetEnvIf \"true\" SCRIPT_NAME \"@URL@\"\n"
	"</Location>\n";

static const char lighttpd[] =
	"server.modules += ( \"mod_alias\", \"mod_setenv\", \"mod_cgi\" )\n"
	"$HTTP[\"url\"] =~ \"^@URL@(\\?|$)\" {\n"
	"    alias.url = ( \"@URL@\" => \"@PROGRAM@\" )\n"
	"    cgi.assign = ( \"\" => \"\" )\n"
	"    setenv.set-environment = ( \"TROUVAILLE_INDEX\" => \"@INDEX@\" )\n"
	"}\n";

static const char lighttpd_fastcgi[] =
	"server.modules += ( \"mod_fastcgi\" )\n"
	"fastcgi.server += ( \"@URL@\" => ((\n"
	"    \"bin-path\" => \"@PROGRAM@\",\n"
	"    \"socket\" => \"@SOCKET@\",\n"
	"    \"max-procs\" => 2,\n"
	"    \"check-local\" => \"disable\",\n"
	"    \"bin-environment\" => ( \"TROUVAILLE_INDEX\" => \"@INDEX@\" )\n"
	")) )\n";

static const char nginx[] = "# fcgiwrap -s 'unix:@SOCKET@'\n"
			    "location = \"@URL@\" {\n"
			    "    include /etc/nginx/fastcgi_params;\n"
			    "    fastcgi_param SCRIPT_FILENAME \"@PROGRAM@\";\n"
			    "    fastcgi_param TROUVAILLE_INDEX \"@INDEX@\";\n"
			    "    fastcgi_pass \"unix:@SOCKET@\";\n"
			    "}\n";

static const char nginx_fastcgi[] =
	"# TROUVAILLE_INDEX='@INDEX@' spawn-fcgi -s '@SOCKET@' -F 2 -- '@PROGRAM@'\n"
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

struct embedding {
	const char *url, *program, *index, *socket;
	bool fastcgi;
};

static const char *value_of(const struct embedding *e, const char *name, size_t *n)
{
	const struct {
		const char *name, *value;
	} values[] = {{"@URL@", e->url},
		      {"@PROGRAM@", e->program},
		      {"@INDEX@", e->index},
		      {"@SOCKET@", e->socket}};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		*n = strlen(values[i].name);
		if (strncmp(name, values[i].name, *n) == 0)
			return values[i].value;
	}
	*n = 1;
	return "@";
}

static void print_filled(const char *template, const struct embedding *e)
{
	for (size_t n; *template; template += n) {
		n = strcspn(template, "@");
		printf("%.*s", (int)n, template);
		template += n;
		n = 0;
		if (*template)
			fputs(value_of(e, template, &n), stdout);
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

/* trouvaille.cgi beside this program, else where Debian has such programs. */
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
	snprintf(out, size, "/usr/lib/cgi-bin/trouvaille.cgi");
}

static int embed(const struct context *c, const char *part, const struct embedding *e)
{
	const char *const values[] = {e->url, e->program, e->index, e->socket};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
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

int cmd_embed(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"index", required_argument, NULL, 'i'},   {"url", required_argument, NULL, 'u'},
		{"program", required_argument, NULL, 'p'}, {"socket", required_argument, NULL, 's'},
		{"fastcgi", no_argument, NULL, 'f'},	   {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	   {NULL, 0, NULL, 0}};
	char program[PATH_MAX], index[PATH_MAX];
	struct embedding e = {.url = "/cgi-bin/trouvaille.cgi",
			      .program = program,
			      .index = index,
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
	/* a server runs in another folder: the index by its whole path, when it is there */
	if (!realpath(c->index, index))
		e.index = c->index;
	return embed(c, argv[optind], &e);
}

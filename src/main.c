/* trouvaille - the command line. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct command commands[] = {
	{"init", cmd_init, MSG_HELP_INIT, true},
	{"index", cmd_index, MSG_HELP_INDEX, false},
	{"search", cmd_search, MSG_HELP_SEARCH, false},
	{"show", cmd_show, MSG_HELP_SHOW, false},
	{"explain", cmd_explain, MSG_HELP_EXPLAIN, false},
	{"lexique", cmd_lexique, MSG_HELP_LEXIQUE, false},
	{"embed", cmd_embed, MSG_HELP_EMBED, false},
	{"check-links", cmd_check_links, MSG_HELP_CHECK_LINKS, false},
	{"report", cmd_report, MSG_HELP_REPORT, false},
	{"doctor", cmd_doctor, MSG_HELP_DOCTOR, false},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* `trouvaille help search` and `trouvaille help` */
static int help(const struct context *c, int argc, char **argv)
{
	const struct command *about = argc > 1 ? find_command(argv[1]) : NULL;
	return cmd_help(c, about ? about->help : MSG_HELP);
}

/* Runs a command with what the administrator has set. */
static int run(const struct command *command, struct context *c, const char *file, int argc,
	       char **argv)
{
	struct settings settings;
	struct error e;
	int status = EXIT_TROUBLE;
	if (command->unset)
		return command->run(c, argc, argv);
	if (settings_read(&settings, file, &e) != 0) {
		if (settings.file && e.line)
			cmd_file_error(c, "", settings.file, &e);
		else
			cmd_error(c, &e);
	} else {
		c->settings = &settings;
		if (!c->index)
			c->index = *settings_text(&settings, SETTING_INDEX)
					   ? settings_text(&settings, SETTING_INDEX)
					   : "./index";
		status = command->run(c, argc, argv);
	}
	settings_free(&settings);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"conf", required_argument, NULL, 'c'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	struct context c = {.language = language_of_locale()};
	const char *conf = NULL;
	signal(SIGPIPE, SIG_DFL);
	opterr = 0;
	for (int got; (got = getopt_long(argc, argv, "+:hV", options, NULL)) != -1;) {
		if (got == 'h')
			return cmd_help(&c, MSG_HELP);
		if (got == 'V')
			return puts("trouvaille " TROUVAILLE_VERSION) < 0 ? EXIT_TROUBLE
									  : cmd_flush(&c);
		if (got == 'i')
			c.index = optarg;
		else if (got == 'c')
			conf = optarg;
		else
			return cmd_bad_option(&c, argc, argv, got);
	}
	if (optind == argc) {
		cmd_help(&c, MSG_HELP);
		return EXIT_TROUBLE;
	}
	argc -= optind;
	argv += optind;
	optind = 0; /* glibc: begin afresh with the command's own options */
	if (strcmp(argv[0], "help") == 0)
		return help(&c, argc, argv);
	const struct command *command = find_command(argv[0]);
	return command ? run(command, &c, conf, argc, argv)
		       : cmd_wrong(&c, MSG_COMMAND_UNKNOWN, argv[0]);
}

/* trouvaille - the command line. */
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct command commands[] = {
	{"index", cmd_index, MSG_HELP_INDEX}, {"search", cmd_search, MSG_HELP_SEARCH},
	{"show", cmd_show, MSG_HELP_SHOW},    {"lexique", cmd_lexique, MSG_HELP_LEXIQUE},
	{"embed", cmd_embed, MSG_HELP_EMBED},
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

int main(int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	const char *index = getenv("TROUVAILLE_INDEX");
	struct context c = {language_of_locale(), index && *index ? index : "./index"};
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_DFL);
	opterr = 0;
	for (int got; (got = getopt_long(argc, argv, "+:hV", options, NULL)) != -1;) {
		if (got == 'h')
			return cmd_help(&c, MSG_HELP);
		if (got == 'V')
			return puts("trouvaille " TROUVAILLE_VERSION) < 0 ? EXIT_TROUBLE
									  : cmd_flush(&c);
		if (got != 'i')
			return cmd_bad_option(&c, argc, argv, got);
		c.index = optarg;
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
	return command ? command->run(&c, argc, argv) : cmd_wrong(&c, MSG_COMMAND_UNKNOWN, argv[0]);
}

/* trouvaille doctor - is all well? */
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "doctor.h"

static void on_finding(void *data, enum doctor_state state, enum message what, const char *detail)
{
	static const enum message names[] = {MSG_DOCTOR_WELL, MSG_DOCTOR_DOUBT, MSG_DOCTOR_WRONG};
	const struct context *c = data;
	struct buf line = buf_new(16 * 1024), clean = buf_new(8 * 1024);
	cmd_put_path(&clean, "", detail ? detail : "");
	buf_puts(&line, language_message(c->language, names[state]));
	language_format(&line, c->language, what, clean.s ? clean.s : "", 0);
	puts(line.s ? line.s : "?");
	buf_free(&line);
	buf_free(&clean);
}

int cmd_doctor(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"repair", no_argument, NULL, 'r'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	struct doctor doctor = {.settings = c->settings, .tell = on_finding, .data = c};
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'i')
			c->index = optarg;
		else if (got == 'r')
			doctor.repair = true;
		else if (got == 'h')
			return cmd_help(c, MSG_HELP_DOCTOR);
		else if (got == 'V')
			return cmd_version(c);
		else
			return cmd_bad_option(c, argc, argv, got);
	}
	if (optind < argc)
		return cmd_wrong(c, MSG_DOCTOR_ALONE, argv[optind]);
	doctor.index = c->index;
	int status = (int)doctor_examine(&doctor);
	return cmd_flush(c) ? EXIT_TROUBLE : status;
}

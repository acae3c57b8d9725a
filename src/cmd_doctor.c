/* trouvaille doctor - is all well? */
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "doctor.h"

static void put_place(struct buf *line, const struct doctor_finding *f)
{
	if (!f->path)
		return;
	cmd_put_path(line, f->root ? f->root : "", f->path);
	if (f->line)
		buf_printf(line, ":%ld", f->line);
	buf_puts(line, ": ");
}

static void on_finding(void *data, const struct doctor_finding *f)
{
	static const enum message names[] = {MSG_DOCTOR_WELL, MSG_DOCTOR_DOUBT, MSG_DOCTOR_WRONG,
					     MSG_DOCTOR_MENDED};
	const struct context *c = data;
	struct buf line = buf_new(16 * 1024), clean = buf_new(8 * 1024);
	cmd_put_path(&clean, "", f->detail ? f->detail : "");
	buf_puts(&line, language_message(c->language, names[f->state]));
	put_place(&line, f);
	language_format(&line, c->language, f->what, clean.s ? clean.s : "", f->number);
	puts(line.s ? line.s : "?");
	if (f->advice != MSG_NONE)
		printf("         %s\n", language_message(c->language, f->advice));
	buf_free(&line);
	buf_free(&clean);
}

/* As the administrator would; what that says stands between the findings. */
static bool on_rebuild(void *data, size_t shards)
{
	char name[] = "index", full[] = "--full", option[] = "--shards", number[24];
	char *argv[] = {name, full, option, number, NULL};
	snprintf(number, sizeof number, "%zu", shards);
	fflush(stdout);
	optind = 0; /* glibc: begin afresh */
	return cmd_index(data, shards ? 4 : 2, argv) != EXIT_TROUBLE;
}

static void on_step_down(void *data)
{
	cmd_as_owner(data);
}

int cmd_doctor(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"repair", no_argument, NULL, 'r'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	struct doctor doctor = {.settings = c->settings,
				.tell = on_finding,
				.rebuild = on_rebuild,
				.step_down = on_step_down,
				.data = c};
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

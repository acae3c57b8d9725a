/* trouvaille report - what was asked on the page, and what would mend what it lacks. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "log.h"
#include "render_report.h"
#include "report.h"
#include "search.h"

enum { OUTPUT_MAX = 64 * 1024 * 1024, LIMIT_DEFAULT = 20, ROTATED_MAX = 1000, AGO_MAX = 36500 };
enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_LEXIQUE };

struct asked {
	const struct context *context;
	enum format format;
	long since, until; /* numbers of days */
	unsigned long limit;
	/* while reading */
	struct report *report;
	const char *file;
	bool told; /* of a bad line in this file */
	size_t bad;
	struct error error;
};

/* ---- reading ------------------------------------------------------------------------------------
 */

static int on_entry(void *self, const struct log_entry *entry)
{
	struct asked *a = self;
	long day = log_day_number(span_of(entry->day));
	if (day < a->since || day > a->until)
		return 0;
	return report_take(a->report, entry, &a->error);
}

static void on_wrong(void *self, long line)
{
	struct asked *a = self;
	struct error e;
	a->bad++;
	if (a->told)
		return;
	a->told = true;
	error_at(&e, STATUS_INPUT, MSG_LOG_LINE, NULL, line);
	cmd_file_error(a->context, "", a->file, &e);
}

static int read_log(struct asked *a, const char *file)
{
	const struct log_reader reader = {on_entry, on_wrong, a};
	bool standard = strcmp(file, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	a->file = file;
	a->told = false;
	if (fd < 0)
		return error_system(&a->error, file);
	int result = log_read(fd, file, &reader, &a->error);
	if (!standard)
		close(fd);
	return result;
}

/* What logrotate puts away as LOG.1, LOG.2 and so on, then LOG: oldest first. */
static int read_rotated(struct asked *a, const char *file)
{
	struct buf name = buf_new(64 * 1024);
	unsigned n = 0;
	int result = 0;
	do {
		buf_clear(&name);
		buf_printf(&name, "%s.%u", file, ++n);
	} while (!name.failed && n < ROTATED_MAX && access(name.s, F_OK) == 0);
	bool any = n > 1;
	while (--n > 0 && result == 0) {
		buf_clear(&name);
		buf_printf(&name, "%s.%u", file, n);
		result = name.failed ? error_memory(&a->error) : read_log(a, name.s);
	}
	buf_free(&name);
	if (result != 0 || (any && access(file, F_OK) != 0))
		return result;
	if (access(file, F_OK) != 0 && errno == ENOENT)
		return error_set(&a->error, STATUS_NOT_FOUND, MSG_REPORT_NO_LOG_YET, file);
	return read_log(a, file);
}

static int read_logs(struct asked *a, char **files, int n)
{
	const char *usual = settings_text(a->context->settings, SETTING_LOG);
	if (n == 0)
		return *usual ? read_rotated(a, usual)
			      : error_set(&a->error, STATUS_INPUT, MSG_REPORT_NO_LOG, NULL);
	for (int i = 0; i < n; i++) {
		if (read_log(a, files[i]) != 0)
			return -1;
	}
	return 0;
}

/* ---- telling ------------------------------------------------------------------------------------
 */

/* The exit status. */
static int tell(const struct asked *a, const struct report_result *r)
{
	const struct language *messages = a->context->language;
	struct buf out = buf_new(OUTPUT_MAX);
	int status = r->all.times ? EXIT_FOUND : EXIT_NOTHING;
	switch (a->format) {
	case FORMAT_TEXT:
		render_report_text(&out, r, a->bad, messages);
		break;
	case FORMAT_CSV:
		render_report_csv(&out, r);
		break;
	case FORMAT_JSON:
		out.failed = render_report_json(&out, r, a->bad) != 0 || out.failed;
		break;
	case FORMAT_LEXIQUE:
		status = render_report_lexique(&out, r, messages) ? EXIT_FOUND : EXIT_NOTHING;
		break;
	}
	if (out.failed)
		status = cmd_wrong(a->context, MSG_NO_MEMORY, NULL);
	else if (out.s)
		fwrite(out.s, 1, out.n, stdout);
	buf_free(&out);
	return cmd_flush(a->context) ? EXIT_TROUBLE : status;
}

static int report(struct asked *a, char **files, int n)
{
	struct report_result result;
	int status;
	struct search *search = search_open(a->context->index, &a->error);
	/* while a part of the index is away, much would seem to find nothing */
	if (search && (a->report = report_new(&a->error)) && read_logs(a, files, n) == 0 &&
	    report_finish(a->report, search, a->limit, &result, &a->error) == 0 &&
	    search_is_whole(search, &a->error) == 0)
		status = tell(a, &result);
	else
		status = cmd_error(a->context, &a->error);
	report_free(a->report);
	search_close(search);
	return status;
}

/* ---- options ------------------------------------------------------------------------------------
 */

/* "2026-11-25" or "30d" */
static bool read_day(const char *s, long *day)
{
	char today[LOG_DAY_SIZE], number[8];
	unsigned long ago;
	size_t n = strlen(s);
	*day = log_day_number(span_of(s));
	if (*day >= 0)
		return true;
	if (n < 2 || n > sizeof number || s[n - 1] != 'd')
		return false;
	memcpy(number, s, n - 1);
	number[n - 1] = '\0';
	log_today(today);
	if (!cmd_number(number, AGO_MAX, &ago))
		return false;
	*day = log_day_number(span_of(today)) - (long)ago;
	return true;
}

static int tell_privacy(const struct context *c)
{
	struct buf line = buf_new(64 * 1024), path = buf_new(32 * 1024);
	const char *log = settings_text(c->settings, SETTING_LOG);
	cmd_put_path(&path, "", log);
	language_format(&line, c->language, *log ? MSG_PRIVACY_ON : MSG_PRIVACY_OFF,
			path.s ? path.s : "", 0);
	printf("%s%s\n", language_message(c->language, MSG_PRIVACY), line.s ? line.s : "");
	buf_free(&path);
	buf_free(&line);
	return cmd_flush(c);
}

/* One option into *a; 0, or the exit status. */
static int take_option(struct context *c, struct asked *a, int got)
{
	static const char *const formats[] = {"text", "csv", "json", "lexique", NULL};
	int choice;
	switch (got) {
	case 'i':
		c->index = optarg;
		return 0;
	case 's':
	case 'u':
		return read_day(optarg, got == 's' ? &a->since : &a->until)
			       ? 0
			       : cmd_wrong(c, MSG_REPORT_SINCE, optarg);
	case 'f':
		if (!cmd_choice(formats, optarg, &choice))
			return cmd_wrong(c, MSG_REPORT_FORMAT, optarg);
		a->format = (enum format)choice;
		return 0;
	default:
		return cmd_number(optarg, REPORT_LIMIT_MAX, &a->limit) && a->limit
			       ? 0
			       : cmd_wrong(c, MSG_REPORT_LIMIT, optarg);
	}
}

int cmd_report(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"since", required_argument, NULL, 's'},
						{"until", required_argument, NULL, 'u'},
						{"format", required_argument, NULL, 'f'},
						{"limit", required_argument, NULL, 'n'},
						{"privacy", no_argument, NULL, 'p'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	struct asked a = {.context = c, .until = LONG_MAX, .limit = LIMIT_DEFAULT};
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'h')
			return cmd_help(c, MSG_HELP_REPORT);
		if (got == 'V')
			return cmd_version(c);
		if (got == 'p')
			return tell_privacy(c);
		if (got == '?' || got == ':')
			return cmd_bad_option(c, argc, argv, got);
		int status = take_option(c, &a, got);
		if (status)
			return status;
	}
	return report(&a, argv + optind, argc - optind);
}

/* trouvaille index - from folders of Markdown to an index. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "cmd.h"

struct indexing {
	const struct context *context;
	bool progress;
	size_t shown; /* thousandths already on the progress line */
};

static void clear_progress(const struct indexing *i)
{
	if (i->progress && i->shown)
		fputs("\r\033[K", stderr);
}

static void on_warning(void *data, const char *root, const char *path, const struct error *e)
{
	struct indexing *i = data;
	clear_progress(i);
	cmd_file_error(i->context, root, path, e);
}

static void on_progress(void *data, size_t done, size_t total)
{
	struct indexing *i = data;
	size_t now = done * 1000 / total + 1;
	if (now == i->shown)
		return;
	i->shown = now;
	struct buf line = buf_new(200);
	buf_puts(&line, "\r\033[K");
	language_format(&line, i->context->language, MSG_PROGRESS, NULL,
			(long)(done * 100 / total));
	fwrite(line.s, 1, line.n, stderr);
	buf_free(&line);
}

static void put_count(struct buf *out, const struct language *l, enum message singular, size_t n)
{
	language_format(out, l, language_plural(l, singular, (long)n), "", (long)n);
}

static void tell(const struct context *c, const struct build_report *r, bool dry_run)
{
	struct buf line = buf_new(1000);
	const struct language *l = c->language;
	buf_puts(&line, language_message(l, dry_run ? MSG_WOULD_INDEX : MSG_INDEXED));
	put_count(&line, l, MSG_FILE, r->files);
	buf_puts(&line, ", ");
	put_count(&line, l, MSG_PASSAGE, r->passages);
	buf_puts(&line, ", ");
	put_count(&line, l, MSG_PAIRED, r->paired);
	if (r->warnings) {
		buf_puts(&line, ", ");
		put_count(&line, l, MSG_WARNING, r->warnings);
	}
	buf_putc(&line, '\n');
	fwrite(line.s, 1, line.n, stdout);
	buf_free(&line);
}

static int run(struct context *c, struct build_options *o, struct indexing *i)
{
	struct build_report report;
	struct error e;
	o->index = c->index;
	o->warn = on_warning;
	o->progress = i->progress ? on_progress : NULL;
	o->data = i;
	int result = build_index(o, &report, &e);
	clear_progress(i);
	if (result != 0)
		return cmd_error(c, &e);
	tell(c, &report, o->dry_run);
	return cmd_flush(c) ? EXIT_TROUBLE : report.warnings > 0;
}

int cmd_index(struct context *c, int argc, char **argv)
{
	enum { FULL = 1, DRY_RUN, PROGRESS };
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"full", no_argument, NULL, FULL},
						{"dry-run", no_argument, NULL, DRY_RUN},
						{"progress", no_argument, NULL, PROGRESS},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	static const char *const corpus[] = {"corpus"};
	struct build_options o = {.roots = corpus, .n_roots = 1};
	struct indexing indexing = {.context = c, .progress = isatty(STDERR_FILENO)};
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		switch (got) {
		case 'i':
			c->index = optarg;
			break;
		case FULL: /* every build is a full one, for now */
			break;
		case DRY_RUN:
			o.dry_run = true;
			break;
		case PROGRESS:
			indexing.progress = true;
			break;
		case 'h':
			return cmd_help(c, MSG_HELP_INDEX);
		case 'V':
			return puts("trouvaille " TROUVAILLE_VERSION) < 0 ? EXIT_TROUBLE
									  : cmd_flush(c);
		default:
			return cmd_bad_option(c, argc, argv, got);
		}
	}
	if (optind < argc) {
		o.roots = (const char *const *)argv + optind;
		o.n_roots = (size_t)(argc - optind);
	}
	return run(c, &o, &indexing);
}

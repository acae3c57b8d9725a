/* trouvaille show - whole passages, in both languages. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "render_text.h"
#include "search.h"

enum { OUTPUT_MAX = 64 * 1024 * 1024 };

struct showing {
	const struct context *context;
	struct search *search;
	struct text_style style;
	bool md;
	size_t shown;
};

static int show(struct showing *s, const char *id)
{
	struct search_result result;
	struct error e;
	if (search_find(s->search, span_of(id), &result, &e) != 0) {
		cmd_error(s->context, &e);
		return e.status == STATUS_NOT_FOUND ? EXIT_NOTHING : EXIT_TROUBLE;
	}
	struct buf out = buf_new(OUTPUT_MAX);
	cmd_missing(s->context, result.missing, result.n_missing);
	for (size_t i = 0; i < result.n_hits; i++) {
		if (s->shown++)
			buf_putc(&out, '\n');
		render_passage(&out, &result.hits[i], &s->style, s->md);
	}
	if (out.s)
		fwrite(out.s, 1, out.n, stdout);
	bool whole = !out.failed;
	buf_free(&out);
	search_free(&result);
	return whole ? EXIT_FOUND : cmd_wrong(s->context, MSG_NO_MEMORY, NULL);
}

/* All of them; the worst status of any. */
static int show_all(struct showing *s, const char *index, int n, char **ids)
{
	struct error e;
	int worst = EXIT_FOUND;
	s->search = search_open(index, &e);
	if (!s->search)
		return cmd_error(s->context, &e);
	for (int i = 0; i < n; i++) {
		int status = show(s, ids[i]);
		worst = status > worst ? status : worst;
	}
	search_close(s->search);
	return cmd_flush(s->context) ? EXIT_TROUBLE : worst;
}

int cmd_show(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"format", required_argument, NULL, 'f'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	struct showing s = {.context = c, .style = {c->language, false, 80}};
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'i') {
			c->index = optarg;
		} else if (got == 'f' &&
			   (strcmp(optarg, "text") == 0 || strcmp(optarg, "md") == 0)) {
			s.md = optarg[0] == 'm';
		} else if (got == 'f') {
			return cmd_wrong(c, MSG_SHOW_FORMAT, optarg);
		} else if (got == 'h') {
			return cmd_help(c, MSG_HELP_SHOW);
		} else if (got == 'V') {
			return cmd_version(c);
		} else {
			return cmd_bad_option(c, argc, argv, got);
		}
	}
	if (optind == argc)
		return cmd_wrong(c, MSG_NO_IDS, NULL);
	return show_all(&s, c->index, argc - optind, argv + optind);
}

/* trouvaille search - words -> answers. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "query.h"
#include "render_json.h"
#include "render_text.h"
#include "search.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_PATHS, FORMAT_MD };
enum { OUTPUT_MAX = 64 * 1024 * 1024, LIMIT_DEFAULT = 10, OFFSET_MAX = 1000000 };

struct asked {
	struct search_options search;
	enum format format;
	bool colour;
	const char *like; /* an id: what is asked for instead of words */
};

static size_t columns(void)
{
	struct winsize size;
	unsigned long n;
	const char *told = getenv("COLUMNS");
	if (told && cmd_number(told, 1000, &n) && n >= 20)
		return n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}

/* https://no-color.org: set and not empty means no colour, unless --color asks for it. */
static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

static bool read_colour(struct asked *a, const char *when)
{
	if (!when || strcmp(when, "always") == 0)
		a->colour = true;
	else if (strcmp(when, "never") == 0)
		a->colour = false;
	else if (strcmp(when, "auto") == 0)
		a->colour = wants_colour();
	else
		return false;
	return true;
}

static void render(struct buf *out, const struct context *c, const struct asked *a,
		   const struct search_result *r)
{
	struct text_style style = {c->language, a->colour, columns()};
	switch (a->format) {
	case FORMAT_TEXT:
		render_text(out, a->search.typed, r, &style);
		break;
	case FORMAT_JSON:
		if (render_json(out, a->search.typed, r) != 0)
			out->failed = true;
		break;
	case FORMAT_PATHS:
		render_paths(out, r);
		break;
	case FORMAT_MD:
		render_md(out, r);
		break;
	}
}

/* How the query was read, on standard error, in the language of messages. */
static int explain(struct search *search, const struct context *c, const struct asked *a,
		   struct error *e)
{
	struct buf text = buf_new(OUTPUT_MAX);
	int result = search_explain(search, &a->search, c->language, &text, e);
	if (result == 0)
		fwrite(text.s, 1, text.n, stderr);
	buf_free(&text);
	return result;
}

static int ask(struct search *search, const struct context *c, const struct asked *a,
	       struct search_result *result, struct error *e)
{
	if (a->like)
		return search_like(search, span_of(a->like), &a->search, result, e);
	if (a->search.explain && explain(search, c, a, e) != 0)
		return -1;
	return search_run(search, &a->search, result, e);
}

static int answer(const struct context *c, const struct asked *a)
{
	struct search_result result;
	struct error e;
	struct search *search = search_open(c->index, &e);
	if (!search || ask(search, c, a, &result, &e) != 0) {
		search_close(search);
		return cmd_error(c, &e);
	}
	struct buf out = buf_new(OUTPUT_MAX);
	cmd_missing(c, result.missing, result.n_missing);
	render(&out, c, a, &result);
	int status = result.total + (a->search.only ? 0 : result.other_total) ? EXIT_FOUND
									      : EXIT_NOTHING;
	if (out.failed) {
		error_memory(&e);
		status = cmd_error(c, &e);
	} else if (out.s) {
		fwrite(out.s, 1, out.n, stdout);
	}
	buf_free(&out);
	search_free(&result);
	search_close(search);
	return cmd_flush(c) ? EXIT_TROUBLE : status;
}

/* One option into *a; 0, or the exit status. */
static int take_option(struct context *c, struct asked *a, int got)
{
	static const char *const formats[] = {"text", "json", "paths", "md", NULL};
	unsigned long number;
	int choice;
	switch (got) {
	case 'f':
		if (!cmd_choice(formats, optarg, &choice))
			return cmd_wrong(c, MSG_FORMAT_UNKNOWN, optarg);
		a->format = (enum format)choice;
		return 0;
	case 'n':
		if (!cmd_number(optarg, SEARCH_MAX_HITS, &number))
			return cmd_wrong(c, MSG_LIMIT_WRONG, optarg);
		a->search.limit = number;
		return 0;
	case 'o':
		if (!cmd_number(optarg, OFFSET_MAX, &number))
			return cmd_wrong(c, MSG_OFFSET_WRONG, optarg);
		a->search.offset = number;
		return 0;
	case 'c':
		return read_colour(a, optarg) ? 0 : cmd_wrong(c, MSG_COLOUR_WRONG, optarg);
	case 'L':
		a->like = optarg;
		return 0;
	case 'e':
		a->search.explain = true;
		return 0;
	default:
		return cmd_search_option(c, &a->search, got);
	}
}

int cmd_search(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"index", required_argument, NULL, 'i'},  {"lang", required_argument, NULL, 'l'},
		{"only", no_argument, NULL, 'O'},	  {"format", required_argument, NULL, 'f'},
		{"limit", required_argument, NULL, 'n'},  {"offset", required_argument, NULL, 'o'},
		{"sort", required_argument, NULL, 's'},	  {"area", required_argument, NULL, 'a'},
		{"exact", no_argument, NULL, 'x'},	  {"explain", no_argument, NULL, 'e'},
		{"like", required_argument, NULL, 'L'},	  {"color", optional_argument, NULL, 'c'},
		{"colour", optional_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	  {NULL, 0, NULL, 0}};
	struct asked a = {.search = {.language = c->language, .limit = LIMIT_DEFAULT},
			  .colour = wants_colour()};
	if (!cmd_protect_exclusions(argc, argv))
		return cmd_wrong(c, MSG_NO_MEMORY, NULL);
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'h')
			return cmd_help(c, MSG_HELP_SEARCH);
		if (got == 'V')
			return puts("trouvaille " TROUVAILLE_VERSION) < 0 ? EXIT_TROUBLE
									  : cmd_flush(c);
		if (got == '?' || got == ':')
			return cmd_bad_option(c, argc, argv, got);
		int status = take_option(c, &a, got);
		if (status)
			return status;
	}
	if ((optind == argc) != (a.like != NULL))
		return cmd_wrong(c, a.like ? MSG_LIKE_OR_WORDS : MSG_NO_WORDS, NULL);
	char *typed = cmd_join_words(argc - optind, argv + optind);
	if (!typed)
		return cmd_wrong(c, MSG_NO_MEMORY, NULL);
	a.search.typed = span_of(typed);
	int status = answer(c, &a);
	free(typed);
	return status;
}

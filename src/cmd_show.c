/* trouvaille show - whole passages, in both languages. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "render_profile.h"
#include "render_text.h"
#include "search.h"

enum { OUTPUT_MAX = 256 * 1024 * 1024, IDS_MAX = 16 * 1024 * 1024 };

/* As a terminal shows it, or as it is taken away. */
enum show_format { SHOW_SCREEN, SHOW_TEXT, SHOW_MD, SHOW_HTML, SHOW_CSV };

struct showing {
	const struct context *context;
	struct search *search;
	enum show_format format;
	size_t show; /* a language's place, or REQUEST_SHOW_ALL */
	const char **ids;
	size_t n, room;
	struct buf lines; /* ids read from standard input */
};

static int put_out(const struct showing *s, struct buf *out)
{
	bool whole = !out->failed;
	if (out->s)
		fwrite(out->s, 1, out->n, stdout);
	buf_free(out);
	return whole ? EXIT_FOUND : cmd_wrong(s->context, MSG_NO_MEMORY, NULL);
}

static bool is_shown(const struct showing *s, const struct hit *hit)
{
	return s->show >= language_count || language_index(hit->language) == s->show;
}

/* For the eye: one after the other, lines wrapped. In one language only, a passage that is not in
 * it is shown in the other. */
static int show(struct showing *s, const char *id, bool first)
{
	const struct text_style style = {s->context->language, false, 80};
	struct search_result result;
	struct error e;
	if (search_find(s->search, span_of(id), &result, &e) != 0) {
		cmd_error(s->context, &e);
		return e.status == STATUS_NOT_FOUND ? EXIT_NOTHING : EXIT_TROUBLE;
	}
	struct buf out = buf_new(OUTPUT_MAX);
	size_t n = 0;
	cmd_missing(s->context, result.missing, result.n_missing);
	for (size_t i = 0; i < result.n_hits; i++)
		n += is_shown(s, &result.hits[i]);
	for (size_t i = 0; i < result.n_hits; i++) {
		if (n ? !is_shown(s, &result.hits[i]) : i > 0)
			continue;
		if (out.n || !first)
			buf_putc(&out, '\n');
		render_passage(&out, &result.hits[i], &style);
	}
	search_free(&result);
	return put_out(s, &out);
}

/* All of them; the worst status of any. */
static int show_each(struct showing *s)
{
	int worst = EXIT_FOUND;
	bool first = true;
	for (size_t i = 0; i < s->n; i++) {
		int status = show(s, s->ids[i], first);
		first = first && status != EXIT_FOUND;
		worst = status > worst ? status : worst;
	}
	return worst;
}

/* A document's control characters are its own in a file, but nothing for a terminal. */
static void make_safe(struct buf *out)
{
	struct buf safe = buf_new(out->max);
	for (size_t i = 0, n; i < out->n; i += n) {
		n = strcspn(out->s + i, "\n\t");
		text_put_safe(&safe, out->s + i, n);
		if (i + n < out->n)
			buf_putc(&safe, out->s[i + n++]);
	}
	safe.failed = safe.failed || out->failed;
	buf_free(out);
	*out = safe;
}

static void render(struct buf *out, const struct showing *s, const struct profile *profile)
{
	const struct settings *settings = s->context->settings;
	const struct site site = {.base = settings_text(settings, SETTING_BASE),
				  .url = settings_text(settings, SETTING_URL),
				  .report = "",
				  .stylesheet = ""};
	const struct profile_style style = {s->context->language, s->show, &site};
	if (s->format == SHOW_TEXT)
		render_profile_text(out, profile, &style);
	else if (s->format == SHOW_MD)
		render_profile_md(out, profile, &style);
	else if (s->format == SHOW_HTML)
		render_profile_document(out, profile, &style);
	else
		render_profile_csv(out, profile, &style);
}

/* All of them as one document, which tells of those that are not there; so does standard error. */
static int take_away(struct showing *s)
{
	struct profile profile;
	struct error e;
	struct buf out = buf_new(OUTPUT_MAX);
	int status = EXIT_FOUND;
	if (profile_collect(&profile, s->search, s->ids, s->n, &e) != 0) {
		profile_free(&profile);
		return cmd_error(s->context, &e);
	}
	for (size_t i = 0; i < profile.n; i++) {
		const struct profile_item *item = &profile.items[i];
		cmd_missing(s->context, item->found.missing, item->found.n_missing);
		if (item->gone) {
			cmd_wrong(s->context, MSG_NO_PASSAGE, item->id);
			status = EXIT_NOTHING;
		}
	}
	render(&out, s, &profile);
	if (isatty(STDOUT_FILENO))
		make_safe(&out);
	profile_free(&profile);
	return put_out(s, &out) == EXIT_FOUND ? status : EXIT_TROUBLE;
}

static int show_all(struct showing *s, const char *index)
{
	struct error e;
	s->search = search_open(index, &e);
	if (!s->search)
		return cmd_error(s->context, &e);
	int status = s->format == SHOW_SCREEN ? show_each(s) : take_away(s);
	search_close(s->search);
	return cmd_flush(s->context) ? EXIT_TROUBLE : status;
}

/* ---- options and ids ----------------------------------------------------------------------------
 */

static bool add_id(struct showing *s, const char *id)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		const char **ids = realloc(s->ids, room * sizeof *ids);
		if (!ids)
			return false;
		s->ids = ids;
		s->room = room;
	}
	s->ids[s->n++] = id;
	return true;
}

/* Standard input has an id a line; blanks around one, and lines of nothing else, come of pasting.
 */
static bool read_ids(struct showing *s)
{
	char block[4096];
	for (size_t n; (n = fread(block, 1, sizeof block, stdin)) > 0;)
		buf_add(&s->lines, block, n);
	if (s->lines.failed || ferror(stdin))
		return false;
	for (char *rest = s->lines.s, *line; (line = strsep(&rest, "\r\n"));) {
		line += strspn(line, " \t");
		size_t n = strlen(line);
		while (n && strchr(" \t", line[n - 1]))
			line[--n] = '\0';
		if (*line && !add_id(s, line))
			return false;
	}
	return true;
}

static int take_ids(struct showing *s, int n, char **ids)
{
	bool input = false;
	for (int i = 0; i < n; i++) {
		bool is_input = strcmp(ids[i], "-") == 0;
		if (is_input && input)
			continue;
		input = input || is_input;
		if (is_input ? !read_ids(s) : !add_id(s, ids[i]))
			return cmd_wrong(s->context, MSG_NO_MEMORY, NULL);
	}
	if (s->n == 0 && input)
		return EXIT_NOTHING; /* of a search that found nothing, say */
	return s->n ? EXIT_FOUND : cmd_wrong(s->context, MSG_NO_IDS, NULL);
}

static bool read_language(struct showing *s, const char *name)
{
	const struct language *l = language_find(name, strlen(name));
	s->show = l ? language_index(l) : REQUEST_SHOW_ALL;
	return l || strcmp(name, "both") == 0;
}

static int take_option(struct showing *s, int got)
{
	static const char *const formats[] = {"text", "md", "html", "csv", NULL};
	int choice;
	if (got == 'l')
		return read_language(s, optarg) ? 0 : cmd_wrong(s->context, MSG_SHOW_LANG, optarg);
	if (!cmd_choice(formats, optarg, &choice))
		return cmd_wrong(s->context, MSG_SHOW_FORMAT, optarg);
	s->format = (enum show_format)(choice + SHOW_TEXT);
	return 0;
}

int cmd_show(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"index", required_argument, NULL, 'i'}, {"format", required_argument, NULL, 'f'},
		{"lang", required_argument, NULL, 'l'},	 {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	 {NULL, 0, NULL, 0}};
	struct showing s = {.context = c, .show = REQUEST_SHOW_ALL, .lines = buf_new(IDS_MAX)};
	int status = 0;
	for (int got; status == 0 && (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'i')
			c->index = optarg;
		else if (got == 'h')
			return cmd_help(c, MSG_HELP_SHOW);
		else if (got == 'V')
			return cmd_version(c);
		else if (got == 'f' || got == 'l')
			status = take_option(&s, got);
		else
			status = cmd_bad_option(c, argc, argv, got);
	}
	if (status == 0)
		status = take_ids(&s, argc - optind, argv + optind);
	if (status == 0)
		status = show_all(&s, c->index);
	buf_free(&s.lines);
	free(s.ids);
	return status;
}

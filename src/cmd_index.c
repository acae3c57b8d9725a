/* trouvaille index - from folders of Markdown to an index. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build.h"
#include "cmd.h"
#include "merge.h"
#include "paths.h"
#include "place.h"
#include "record.h"
#include "watch.h"

struct indexing {
	const struct context *context;
	bool progress, watch;
	bool again;  /* not the first run: only what changes is told */
	bool failed; /* the run before, for this: */
	struct error failure;
	bool felled;  /* somebody told the run to stop, but not us */
	int stop;     /* there is a signal to read from it */
	size_t shown; /* thousandths already on the progress line */
	/* room for one an argument and one a value of the settings */
	struct survey_rule *rules;
	struct address_move *moves;
	const char **facets;
	struct build_options options;
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

static void on_guess(void *data, const char *root, const char *path,
		     const struct language *language)
{
	struct indexing *i = data;
	struct buf line = buf_new(16 * 1024);
	clear_progress(i);
	language_format(&line, i->context->language, MSG_GUESSED, language->code, 0);
	cmd_put_path(&line, root, path);
	puts(line.s ? line.s : path);
	buf_free(&line);
}

static void on_anew(void *data, enum message why)
{
	const struct indexing *i = data;
	clear_progress(i);
	fprintf(stderr, "trouvaille: %s\n", language_message(i->context->language, why));
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
	if (r->incremental) {
		buf_puts(&line, ", ");
		put_count(&line, l, MSG_CHANGED_ONE, r->changed);
	}
	if (r->lexique) {
		buf_puts(&line, ", ");
		buf_puts(&line, language_message(l, MSG_CHANGED_LEXIQUE));
	}
	if (r->warnings) {
		buf_puts(&line, ", ");
		put_count(&line, l, MSG_WARNING, r->warnings);
	}
	buf_putc(&line, '\n');
	fwrite(line.s, 1, line.n, stdout);
	buf_free(&line);
}

/* PATTERN=LANG; a pattern may hold = signs. */
static bool read_rule(struct indexing *i, char *rule)
{
	char *sign = strrchr(rule, '=');
	const struct language *l = sign ? language_find(sign + 1, strlen(sign + 1)) : NULL;
	if (!l || sign == rule)
		return false;
	*sign = '\0';
	i->rules[i->options.n_rules++] = (struct survey_rule){rule, l};
	return true;
}

/* FROM=TO; an address may hold = signs. */
static bool read_move(struct indexing *i, char *rule)
{
	char *sign = strchr(rule, '=');
	if (!sign || sign == rule)
		return false;
	*sign = '\0';
	i->moves[i->options.pages.address.n_moves++] = (struct address_move){rule, sign + 1};
	return true;
}

/* What no option says, the settings may. */
static void read_settings(struct indexing *i, const struct settings *s)
{
	struct build_options *o = &i->options;
	const struct setting_values *facets = &s->of[SETTING_FACETS], *of = &s->of[SETTING_LANG_OF],
				    *moves = &s->of[SETTING_URL_OF];
	const char *language = settings_text(s, SETTING_LANGUAGE);
	for (size_t k = 0, own = o->pages.n_facets; own == 0 && k < facets->n; k++)
		i->facets[o->pages.n_facets++] = facets->list[k];
	for (size_t k = 0; k < of->n; k++)
		read_rule(i, of->list[k]); /* checked when they were read */
	for (size_t k = 0; k < moves->n; k++)
		read_move(i, moves->list[k]);
	o->pages.address.language = language_find(language, strlen(language));
}

/* Of tries that fail for one reason, as they do while a disk is away, the first is told. */
static int fail(struct context *c, struct indexing *i, const struct error *e)
{
	bool told = i->failed && e->what == i->failure.what &&
		    strcmp(e->detail, i->failure.detail) == 0;
	i->failed = true;
	i->failure = *e;
	return told ? EXIT_TROUBLE : cmd_error(c, e);
}

/* As cmd_flush; but where only the telling of it failed, the index is made all the same. */
static int flush(struct context *c, bool dry_run)
{
	struct error why, e;
	if (dry_run)
		return cmd_flush(c);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	error_system(&why, "stdout");
	error_set(&e, why.status, MSG_MADE_UNTOLD, why.detail);
	return cmd_error(c, &e);
}

static int run(struct context *c, struct build_options *o, struct indexing *i)
{
	struct build_report report;
	struct error e;
	o->index = c->index;
	o->warn = on_warning;
	o->anew = on_anew;
	o->progress = i->progress ? on_progress : NULL;
	o->data = i;
	int result = build_index(o, &report, &e);
	clear_progress(i);
	if (result != 0)
		return fail(c, i, &e);
	bool news = !report.incremental || report.changed || report.lexique;
	if (!i->again || i->failed || news)
		tell(c, &report, o->dry_run);
	i->failed = false;
	return flush(c, o->dry_run) ? EXIT_TROUBLE : report.warnings > 0;
}

/* ---- to stay ------------------------------------------------------------------------------------
 *
 * Each run is a process of its own, which can be ended wherever it is: it may be a minute inside a
 * library. What is left of it is cleared up as after any other that was killed. */

/* How a run ended. */
struct outcome {
	bool said; /* else a library ended the process, or the system did */
	bool failed;
	struct error failure;
};

/* A run that ends so is told of by who waits for it. */
static void on_abort_apart(int number)
{
	(void)number;
	_exit(EXIT_TROUBLE);
}

/* What a run's own process does; it does not outlive the one that waits for it. */
static int run_apart(struct context *c, struct indexing *i, pid_t parent, int tell_to)
{
	sigset_t none;
	sigemptyset(&none);
	signal(SIGABRT, on_abort_apart);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (getppid() != parent)
		return EXIT_TROUBLE;
	int status = run(c, &i->options, i);
	const struct outcome outcome = {true, i->failed, i->failure};
	return write(tell_to, &outcome, sizeof outcome) == sizeof outcome ? status : EXIT_TROUBLE;
}

/* Until the run has said how it ended; true when told to stop before. */
static bool wait_or_stop(const struct indexing *i, int from, struct outcome *outcome)
{
	struct pollfd p[2] = {{from, POLLIN, 0}, {i->stop, POLLIN, 0}};
	struct outcome got;
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	if (p[0].revents && read(from, &got, sizeof got) == sizeof got)
		*outcome = got;
	return !outcome->said && p[1].revents;
}

/* True when it was cut short by a signal that was meant for us, as a terminal sends it to both. */
static bool end_run(pid_t child, bool stop)
{
	int how = 0;
	if (stop)
		kill(child, SIGTERM);
	while (waitpid(child, &how, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(how) && (WTERMSIG(how) == SIGTERM || WTERMSIG(how) == SIGINT);
}

static void clear_up(struct indexing *i)
{
	struct error e;
	bool left;
	i->shown = 1;
	clear_progress(i);
	error_set(&e, STATUS_IO, MSG_STOPPED, NULL);
	cmd_error(i->context, &e);
	place_leavings(i->context->index, true, &left, &e);
}

/* Are we told to stop too? A terminal tells us and the run one after the other. */
static bool told_to_stop(const struct indexing *i)
{
	enum { SOON = 200 }; /* milliseconds */
	struct pollfd p = {i->stop, POLLIN, 0};
	return poll(&p, 1, SOON) > 0;
}

/* 1 when it ran, well or not; 0 when told to stop; -1 with *e when there can be no process. */
static int run_once(struct context *c, struct indexing *i, struct error *e)
{
	struct outcome outcome = {false, true, {0}};
	int ends[2];
	pid_t self = getpid();
	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_system(e, "pipe");
	pid_t child = fork();
	if (child < 0)
		error_system(e, "fork");
	else if (child == 0)
		exit(run_apart(c, i, self, ends[1]));
	close(ends[1]);
	bool stop = child > 0 && wait_or_stop(i, ends[0], &outcome);
	close(ends[0]);
	if (child < 0)
		return -1;
	bool cut = end_run(child, stop);
	if (cut)
		clear_up(i);
	i->felled = cut && !stop && !told_to_stop(i);
	if (cut || stop)
		return 0;
	if (!outcome.said) {
		error_set(&outcome.failure, STATUS_IO, MSG_GAVE_UP, NULL);
		fail(c, i, &outcome.failure);
	}
	i->failed = outcome.failed;
	i->failure = outcome.failure;
	i->again = true;
	return 1;
}

/* A run that fails is told of, and tried again. */
static int keep_watch(struct context *c, struct build_options *o, struct indexing *i)
{
	struct error e;
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	i->stop = signalfd(-1, &signals, SFD_CLOEXEC);
	if (i->stop < 0) {
		error_system(&e, "signalfd");
		return cmd_error(c, &e);
	}
	struct watch *w = watch_open(o->roots, o->n_roots, c->index, &e);
	int got = w ? 1 : -1;
	while (got > 0 && (got = run_once(c, i, &e)) > 0)
		got = watch_wait(w, i->stop, i->failed, &e);
	watch_close(w);
	close(i->stop);
	/* who looks after us may start us again */
	return got < 0 ? cmd_error(c, &e) : i->felled ? EXIT_TROUBLE : 0;
}

/* One option; 0, or the exit status with *done set. */
static int take_option(struct context *c, struct indexing *i, int got, char *value)
{
	unsigned long number;
	int choice;
	switch (got) {
	case 'i':
		c->index = value;
		return 0;
	case 'd':
		i->options.dry_run = true;
		i->options.guessed = on_guess;
		return 0;
	case 'w':
		i->watch = true;
		return 0;
	case 'p':
		i->progress = true;
		return 0;
	case 's':
		if (!cmd_number(value, SHARDS_MAX, &number))
			return cmd_wrong(c, MSG_SHARDS_WRONG, value);
		i->options.shards = (unsigned)number;
		return 0;
	case 'l':
		return read_rule(i, value) ? 0 : cmd_wrong(c, MSG_LANG_OF_WRONG, value);
	case 'u':
		return cmd_choice(address_form_names, value, &choice)
			       ? (i->options.pages.address.form = (enum address_form)choice, 0)
			       : cmd_wrong(c, MSG_URLS_WRONG, value);
	case 'U':
		return read_move(i, value) ? 0 : cmd_wrong(c, MSG_URL_OF_WRONG, value);
	case 'a':
		return cmd_choice(anchor_style_names, value, &choice)
			       ? (i->options.pages.anchors = (enum anchor_style)choice, 0)
			       : cmd_wrong(c, MSG_ANCHORS_WRONG, value);
	case 'k':
		i->facets[i->options.pages.n_facets++] = value;
		return 0;
	default:
		i->options.full = true;
		return 0;
	}
}

static int read_options(struct context *c, struct indexing *i, int argc, char **argv, bool *done)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"full", no_argument, NULL, 'f'},
						{"watch", no_argument, NULL, 'w'},
						{"dry-run", no_argument, NULL, 'd'},
						{"progress", no_argument, NULL, 'p'},
						{"shards", required_argument, NULL, 's'},
						{"lang-of", required_argument, NULL, 'l'},
						{"urls", required_argument, NULL, 'u'},
						{"url-of", required_argument, NULL, 'U'},
						{"anchors", required_argument, NULL, 'a'},
						{"facet", required_argument, NULL, 'k'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	*done = true;
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'h')
			return cmd_help(c, MSG_HELP_INDEX);
		if (got == 'V')
			return cmd_version(c);
		if (got == '?' || got == ':')
			return cmd_bad_option(c, argc, argv, got);
		int status = take_option(c, i, got, optarg);
		if (status)
			return status;
	}
	*done = false;
	return 0;
}

/* Bytes of memory that the system is asked for by themselves. */
enum { LARGE = 512 << 10 };

/* What a large build merges at once is open at once. */
static void raise_files(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MERGE_FILES)
		return;
	limit.rlim_cur = limit.rlim_max < MERGE_FILES ? limit.rlim_max : MERGE_FILES;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Some libraries end the process where they cannot go on: libcmark and libyaml without memory,
 * Xapian's writer when a write fails in a destructor. */
static void on_abort(int number)
{
	ssize_t got = write(STDERR_FILENO, "trouvaille: ", strlen("trouvaille: "));
	(void)number;
	for (size_t l = 0; got >= 0 && l < language_count; l++) {
		const char *text = language_message(&languages[l], MSG_GAVE_UP);
		if (l > 0)
			got = write(STDERR_FILENO, " / ", strlen(" / "));
		got = write(STDERR_FILENO, text, strlen(text));
	}
	got = write(STDERR_FILENO, "\n", 1);
	_exit(EXIT_TROUBLE);
}

int cmd_index(struct context *c, int argc, char **argv)
{
	static const char *const corpus[] = {"corpus"};
	const struct settings *s = c->settings;
	const struct setting_values *roots = &s->of[SETTING_CORPUS];
	size_t room = (size_t)argc + s->of[SETTING_FACETS].n + s->of[SETTING_LANG_OF].n +
		      s->of[SETTING_URL_OF].n;
	struct indexing i = {.context = c, .progress = isatty(STDERR_FILENO)};
	i.options = (struct build_options){
		.roots = roots->n ? (const char *const *)roots->list : corpus,
		.n_roots = roots->n ? roots->n : 1,
		.shards = (unsigned)strtoul(settings_text(s, SETTING_SHARDS), NULL, 10),
		.pages.address.form =
			(enum address_form)settings_choice(s, SETTING_URLS, address_form_names),
		.pages.anchors =
			(enum anchor_style)settings_choice(s, SETTING_ANCHORS, anchor_style_names)};
	i.options.rules = i.rules = calloc(room, sizeof *i.rules);
	i.options.pages.address.moves = i.moves = calloc(room, sizeof *i.moves);
	i.options.pages.facets = i.facets = calloc(room, sizeof *i.facets);
	raise_files();
	mallopt(M_MMAP_THRESHOLD, LARGE); /* and not more as time goes on: what is freed is gone */
	bool done = false;
	int status = i.rules && i.moves && i.facets ? read_options(c, &i, argc, argv, &done)
						    : cmd_wrong(c, MSG_NO_MEMORY, NULL);
	if (!done && status == 0) {
		read_settings(&i, s);
		if (i.options.pages.n_facets >= FACET_MAX)
			status = cmd_wrong(c, MSG_FACETS_MANY, NULL);
	}
	if (optind < argc) {
		i.options.roots = (const char *const *)argv + optind;
		i.options.n_roots = (size_t)(argc - optind);
	}
	signal(SIGABRT, on_abort);
	if (!done && status == 0)
		cmd_as_owner(c);
	if (!done && status == 0 && !roots->n && optind == argc && access(corpus[0], F_OK) != 0)
		status = cmd_wrong(c, MSG_NO_CORPUS, s->file ? s->file : PATH_SETTINGS);
	else if (!done && status == 0)
		status = i.watch && !i.options.dry_run ? keep_watch(c, &i.options, &i)
						       : run(c, &i.options, &i);
	free(i.rules);
	free(i.moves);
	free(i.facets);
	return status;
}

/* trouvaille.cgi - answers on a web page, as CGI/1.1 (RFC 3875) or FastCGI. Read it from main up.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fastcgi.h"
#include "language.h"
#include "respond.h"
#include "sandbox.h"
#include "search.h"
#include "settings.h"
#include "walk.h"

enum { ANSWER_MAX = 32 * 1024 * 1024, CPU_SECONDS = 5, PART_MAX = 256 * 1024 };

/* The answer is held back until it is whole, so that this can still take its place. */
static void on_cpu_limit(int signal_number)
{
	(void)signal_number;
	ssize_t written = write(STDOUT_FILENO, respond_too_long, strlen(respond_too_long));
	_exit(written < 0);
}

static void limit_cpu(void)
{
	struct sigaction action = {.sa_handler = on_cpu_limit};
	struct rlimit limit = {CPU_SECONDS, CPU_SECONDS + 1};
	sigaction(SIGXCPU, &action, NULL);
	setrlimit(RLIMIT_CPU, &limit);
}

static const char *from_environment(const char *name, void *data)
{
	(void)data;
	return getenv(name);
}

static void log_error(void *data, const struct error *e)
{
	struct buf line = buf_new(4096);
	(void)data;
	language_error(&line, &languages[0], e);
	fprintf(stderr, "trouvaille.cgi: %s\n", line.s ? line.s : "?");
	buf_free(&line);
}

/* A stub names places that the lock would close. */
static void lock(struct responder *r)
{
	const struct sandbox sandbox = {.index = r->index,
					.accepts = fastcgi_is_asked(),
					.log = r->log,
					.data = r->log_data};
	if (!r->unlocked && !search_is_stub(r->index))
		sandbox_enter(&sandbox);
}

/* A server that is still writing a body which nobody reads may give up on the answer as well. */
static void pass_over_body(void)
{
	enum { MOST = 64 };
	char block[1024];
	const char *length = getenv("CONTENT_LENGTH");
	for (int i = 0;
	     length && *length && i < MOST && read(STDIN_FILENO, block, sizeof block) > 0; i++)
		;
}

/* ---- the log of questions -----------------------------------------------------------------------
 *
 * It is opened before the lock, which lets nothing be opened to write. A file that cannot be
 * written costs no answer, and is told of once. */

static void tell_once(struct responder *r, const struct error *e)
{
	if (!r->told)
		r->log(r->log_data, e);
	r->told = true;
}

static void open_questions(struct responder *r)
{
	struct error e;
	signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is a full disk, no more */
	if (log_open(&r->queries, &e) != 0)
		tell_once(r, &e);
	tzset(); /* the lock lets no table of time zones be read */
}

/* Writes the question that was answered. */
static bool keep_question(struct responder *r)
{
	struct error e;
	const struct span line = {r->question.s, r->question.failed ? 0 : r->question.n};
	if (log_append(&r->queries, line, &e) != 0)
		tell_once(r, &e);
	return !log_is_stale(&r->queries);
}

static int answer_one(struct responder *r)
{
	struct buf answer = buf_new(ANSWER_MAX);
	limit_cpu();
	open_questions(r);
	lock(r);
	const char *method = getenv("REQUEST_METHOD");
	if (method && strcmp(method, "POST") == 0)
		pass_over_body();
	respond(r, &answer, from_environment, NULL);
	size_t sent = answer.failed || !answer.s ? 0 : fwrite(answer.s, 1, answer.n, stdout);
	int status = sent == 0 || fflush(stdout) != 0;
	buf_free(&answer);
	keep_question(r);
	responder_close(r);
	return status;
}

/* ---- settings -----------------------------------------------------------------------------------
 */

/* The file for a language: {lang} in its name is the language's code. */
static char *read_part(const char *name, const struct language *l)
{
	struct buf file = buf_new(PART_MAX), text = buf_new(PART_MAX);
	const char *place = strstr(name, "{lang}");
	struct error e;
	buf_add(&file, name, place ? (size_t)(place - name) : strlen(name));
	if (place)
		buf_printf(&file, "%s%s", l->code, place + strlen("{lang}"));
	if (file.failed || walk_read(&text, *name == '/' ? "" : ".", file.s, &e) != 0) {
		error_set(&e, STATUS_IO, MSG_PART, name);
		log_error(NULL, &e);
	}
	buf_free(&file);
	return buf_take(&text);
}

/* Once, before the lock: a file that cannot be read is logged and done without. */
static void read_parts(const char *name, char *parts[LANGUAGE_MAX], const char **site)
{
	for (size_t i = 0; *name && i < language_count; i++)
		site[i] = parts[i] = read_part(name, &languages[i]);
}

static bool is_off(const char *value)
{
	return strcmp(value, "0") == 0 || strcmp(value, "no") == 0 || strcmp(value, "false") == 0;
}

static void apply(struct responder *r, const struct settings *s)
{
	const char *index = settings_text(s, SETTING_INDEX),
		   *usual = settings_text(s, SETTING_LANGUAGE);
	r->index = *index ? index : "./index";
	r->usual = language_find(usual, strlen(usual));
	r->unlocked = is_off(settings_text(s, SETTING_SANDBOX));
	r->queries.path = settings_text(s, SETTING_LOG);
	r->question = buf_new(*r->queries.path ? LOG_LINE_MAX : 0);
	r->site = (struct site){.base = settings_text(s, SETTING_BASE),
				.url = settings_text(s, SETTING_URL),
				.report = settings_text(s, SETTING_REPORT),
				.stylesheet = settings_text(s, SETTING_STYLESHEET)};
}

/* What is wrong with the settings, with file and line, for the log. */
static void say_where(struct error *e, const char *file)
{
	struct buf line = buf_new(4096), all = buf_new(8192);
	language_error(&line, &languages[0], e);
	if (file && e->line)
		buf_printf(&all, "%s:%ld: ", file, e->line);
	buf_puts(&all, line.s ? line.s : "?");
	error_set(e, e->status, MSG_SYSTEM, all.s);
	buf_free(&line);
	buf_free(&all);
}

/* Arguments are ignored: a server may make them of the query string (RFC 3875, 4.4). */
int main(void)
{
	static const struct fastcgi_hooks hooks = {open_questions, lock, keep_question};
	struct responder r = {.log = log_error};
	struct settings settings;
	struct error e;
	char *parts[2][LANGUAGE_MAX] = {{NULL}};
	if (settings_read(&settings, NULL, &e) != 0) {
		say_where(&e, settings.file);
		settings_free(&settings);
		r.trouble = &e;
	}
	apply(&r, &settings);
	read_parts(settings_text(&settings, SETTING_HEADER), parts[0], r.site.header);
	read_parts(settings_text(&settings, SETTING_FOOTER), parts[1], r.site.footer);
	int status = fastcgi_is_asked() ? fastcgi_serve(&r, CPU_SECONDS, &hooks) : answer_one(&r);
	for (size_t i = 0; i < LANGUAGE_MAX; i++) {
		free(parts[0][i]);
		free(parts[1][i]);
	}
	log_close(&r.queries);
	settings_free(&settings);
	return status;
}

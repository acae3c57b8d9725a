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

enum { ANSWER_MAX = 32 * 1024 * 1024, CPU_SECONDS = 5 };

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

static const char *setting(const char *name, const char *fallback)
{
	const char *value = getenv(name);
	return value && *value ? value : fallback;
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
	if (strcmp(setting("TROUVAILLE_SANDBOX", "1"), "0") != 0 && !search_is_stub(r->index))
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

static int answer_one(struct responder *r)
{
	struct buf answer = buf_new(ANSWER_MAX);
	limit_cpu();
	lock(r);
	if (strcmp(setting("REQUEST_METHOD", "GET"), "POST") == 0)
		pass_over_body();
	respond(r, &answer, from_environment, NULL);
	size_t sent = answer.failed || !answer.s ? 0 : fwrite(answer.s, 1, answer.n, stdout);
	int status = sent == 0 || fflush(stdout) != 0;
	buf_free(&answer);
	responder_close(r);
	return status;
}

/* Arguments are ignored: a server may make them of the query string (RFC 3875, 4.4). */
int main(void)
{
	struct responder responder = {.index = setting("TROUVAILLE_INDEX", "./index"),
				      .site = {.base = setting("TROUVAILLE_BASE", ""),
					       .url = setting("TROUVAILLE_URL", ""),
					       .report = setting("TROUVAILLE_REPORT", "")},
				      .log = log_error};
	return fastcgi_is_asked() ? fastcgi_serve(&responder, CPU_SECONDS, lock)
				  : answer_one(&responder);
}

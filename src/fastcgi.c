#include "fastcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcgimisc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ANSWER_MAX = 32 * 1024 * 1024,
	LISTENING = 0,	/* the socket that FastCGI hands over */
	SHORT_LIFE = 2, /* seconds; a worker that ends sooner is followed after a pause */
	EXIT_NEXT = 3,	/* of a worker that makes room for another */
};

/* What signal handlers must know, and there is no other way to tell them. */
static volatile sig_atomic_t stopping, worker_pid, connection = -1, request_id;

bool fastcgi_is_asked(void)
{
	return !FCGX_IsCGI();
}

/* ---- too much CPU -------------------------------------------------------------------------------
 *
 * libfcgi cannot be called in a signal handler, so the three records that end a request are written
 * here (FastCGI 1.0, section 8: version, type, id, length, padding, reserved). */

enum { FCGI_VERSION = 1, END_REQUEST = 3, STDOUT = 6, HEADER = 8 };

static void put_record(unsigned char *out, int type, size_t n)
{
	const unsigned char header[HEADER] = {FCGI_VERSION,
					      (unsigned char)type,
					      (unsigned char)(request_id >> 8),
					      (unsigned char)request_id,
					      (unsigned char)(n >> 8),
					      (unsigned char)n,
					      0,
					      0};
	memcpy(out, header, HEADER);
}

static void on_cpu_limit(int signal_number)
{
	unsigned char records[1024] = {0}, *end = records;
	size_t n = strlen(respond_too_long); /* some 200 bytes */
	(void)signal_number;
	put_record(end, STDOUT, n);
	memcpy(end + HEADER, respond_too_long, n);
	end += HEADER + n;
	put_record(end, STDOUT, 0);
	end += HEADER;
	put_record(end, END_REQUEST, HEADER); /* its body, eight zeros: done, status 0 */
	end += HEADER + HEADER;
	if (connection >= 0 && write(connection, records, (size_t)(end - records)) < 0)
		_exit(2);
	_exit(1);
}

static void set_clock(timer_t timer, unsigned seconds)
{
	const struct itimerspec once = {.it_value.tv_sec = seconds};
	timer_settime(timer, 0, &once, NULL);
}

/* ---- the worker ---------------------------------------------------------------------------------
 */

static void on_term(int signal_number)
{
	(void)signal_number;
	stopping = 1;
	if (worker_pid > 0)
		kill(worker_pid, SIGTERM);
	else
		FCGX_ShutdownPending();
}

static const char *from_request(const char *name, void *data)
{
	const FCGX_Request *request = data;
	return FCGX_GetParam(name, request->envp);
}

static void answer(struct responder *r, FCGX_Request *request, struct buf *out)
{
	buf_clear(out);
	respond(r, out, from_request, request);
	/* with no memory for an answer the server says 500 of an empty one */
	if (!out->failed && out->s)
		FCGX_PutStr(out->s, (int)out->n, request->out);
}

static int work(struct responder *r, unsigned cpu_seconds, const struct fastcgi_hooks *hooks)
{
	struct sigaction term = {.sa_handler = on_term}, cpu = {.sa_handler = on_cpu_limit};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU};
	struct buf out = buf_new(ANSWER_MAX);
	FCGX_Request request;
	timer_t timer;
	bool stay = true;
	sigaction(SIGTERM, &term, NULL); /* without SA_RESTART: it wakes the accept */
	sigaction(SIGXCPU, &cpu, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (FCGX_Init() != 0 ||
	    FCGX_InitRequest(&request, LISTENING, FCGI_FAIL_ACCEPT_ON_INTR) != 0 ||
	    timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) != 0)
		return EXIT_FAILURE;
	hooks->lock(r);
	while (stay && !stopping && FCGX_Accept_r(&request) == 0) {
		request_id = request.requestId;
		connection = request.ipcFd;
		set_clock(timer, cpu_seconds);
		answer(r, &request, &out);
		set_clock(timer, 0);
		connection = -1;
		FCGX_Finish_r(&request);
		stay = hooks->sent(r);
	}
	FCGX_Free(&request, 1);
	timer_delete(timer);
	buf_free(&out);
	responder_close(r);
	return stopping ? EXIT_SUCCESS : stay ? EXIT_FAILURE : EXIT_NEXT;
}

/* ---- the parent ---------------------------------------------------------------------------------
 */

static pid_t start_worker(struct responder *r, unsigned cpu_seconds,
			  const struct fastcgi_hooks *hooks)
{
	hooks->start(r);
	pid_t pid = fork();
	if (pid == 0) {
		worker_pid = 0;
		exit(work(r, cpu_seconds, hooks));
	}
	return pid;
}

int fastcgi_serve(struct responder *r, unsigned cpu_seconds, const struct fastcgi_hooks *hooks)
{
	struct sigaction term = {.sa_handler = on_term};
	sigaction(SIGTERM, &term, NULL);
	while (!stopping) {
		time_t started = time(NULL);
		int status;
		pid_t pid = start_worker(r, cpu_seconds, hooks);
		if (pid < 0)
			return EXIT_FAILURE;
		worker_pid = pid;
		if (stopping) /* asked before the handler knew whom to tell */
			kill(pid, SIGTERM);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		worker_pid = 0;
		if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
			return EXIT_SUCCESS;
		bool next = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NEXT;
		if (!next && !stopping && time(NULL) - started < SHORT_LIFE)
			sleep(1);
	}
	return EXIT_SUCCESS;
}

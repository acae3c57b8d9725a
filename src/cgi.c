/* trouvaille.cgi - answers on a web page (CGI/1.1, RFC 3875). Read it from main down. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "render_html.h"
#include "render_json.h"
#include "request.h"
#include "search.h"

enum { BODY_MAX = 16 * 1024 * 1024, CPU_SECONDS = 5 };

struct response {
	int status;
	bool json;
	struct buf body;
};

static const char *reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 405:
		return "Method Not Allowed";
	case 414:
		return "URI Too Long";
	case 503:
		return "Service Unavailable";
	default:
		return "Internal Server Error";
	}
}

/* The answer is held back until it is whole, so that this can still take its place. */
static void on_cpu_limit(int signal_number)
{
	static const char sorry[] =
		"Status: 503 Service Unavailable\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Cache-Control: no-store\r\n\r\n"
		"This search takes too long. / Cette recherche prend trop de temps.\n";
	(void)signal_number;
	ssize_t written = write(STDOUT_FILENO, sorry, sizeof sorry - 1);
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

static void log_error(const struct error *e)
{
	struct buf line = buf_new(4096);
	language_error(&line, &languages[0], e);
	fprintf(stderr, "trouvaille.cgi: %s\n", line.s ? line.s : "?");
	buf_free(&line);
}

/* The visitor's mistakes are told; ours are told to the log, and blandly to the visitor. */
static void refuse(struct response *response, const struct request *request, int status,
		   const struct error *e)
{
	struct error bland;
	response->status = status;
	buf_clear(&response->body);
	if (status >= 500) {
		log_error(e);
		error_set(&bland, e->status, MSG_OUT_OF_ORDER, NULL);
		e = &bland;
	}
	if (response->json) {
		struct buf text = buf_new(4096);
		language_error(&text, request->language, e);
		if (render_json_error(&response->body, text.s ? text.s : "") != 0)
			response->body.failed = true;
		buf_free(&text);
	} else {
		render_html_error(&response->body, request, e);
	}
}

static int status_of(const struct error *e)
{
	if (e->status == STATUS_INPUT || e->status == STATUS_LIMIT)
		return 400;
	return e->status == STATUS_CHANGED || e->status == STATUS_LOCKED ? 503 : 500;
}

static int ask(const struct request *request, struct search_result *result, struct error *e)
{
	const struct search_options options = {
		.typed = span_of(request->q),
		.language = request->language,
		.sort = request->sort == REQUEST_DATE ? SORT_DATE : SORT_RELEVANCE,
		.offset = (size_t)(request->page - 1) * HTML_PAGE_HITS,
		.limit = HTML_PAGE_HITS,
		.area = span_of(request->area),
	};
	struct search *search = search_open(setting("TROUVAILLE_INDEX", "./index"), e);
	int status = search ? search_run(search, &options, result, e) : -1;
	search_close(search);
	return status;
}

static void answer(struct response *response, const struct request *request)
{
	struct search_result result;
	struct error e;
	const char *base = setting("TROUVAILLE_BASE", "");
	response->status = 200;
	if (!*request->q && !response->json) {
		render_html(&response->body, request, NULL, base);
		return;
	}
	if (ask(request, &result, &e) != 0) {
		refuse(response, request, status_of(&e), &e);
		return;
	}
	if (!response->json)
		render_html(&response->body, request, &result, base);
	else if (render_json(&response->body, span_of(request->q), &result) != 0)
		response->body.failed = true;
	search_free(&result);
}

static int send_out(const struct response *r, const struct request *request)
{
	printf("Status: %d %s\r\n", r->status, reason(r->status));
	printf("Content-Type: %s; charset=utf-8\r\n", r->json ? "application/json" : "text/html");
	printf("Content-Length: %zu\r\n", r->body.n);
	printf("Content-Language: %s\r\n", request->language->locale);
	printf("Content-Security-Policy: %s\r\n", html_policy());
	printf("X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n");
	if (request->language_from_accept)
		printf("Vary: Accept-Language\r\n");
	if (r->status == 405)
		printf("Allow: GET, HEAD\r\n");
	printf("Cache-Control: %s\r\n\r\n", r->status == 200 ? "no-cache" : "no-store");
	if (request->method != REQUEST_HEAD)
		fwrite(r->body.s, 1, r->body.n, stdout);
	return fflush(stdout) != 0;
}

/* Arguments are ignored: a server may make them of the query string (RFC 3875, 4.4). */
int main(void)
{
	struct request request;
	struct error e;
	limit_cpu();
	int read = request_read(&request, from_environment, NULL, &e);
	struct response response = {200, request.format == REQUEST_JSON, buf_new(BODY_MAX)};
	if (read != 0)
		refuse(&response, &request, request.http_status, &e);
	else
		answer(&response, &request);
	if (response.body.failed || !response.body.s) {
		error_memory(&e);
		refuse(&response, &request, 500, &e);
	}
	int status = send_out(&response, &request);
	buf_free(&response.body);
	return status;
}

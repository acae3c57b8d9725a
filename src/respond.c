#include "respond.h"

#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "profile.h"
#include "render_html.h"
#include "render_json.h"
#include "render_profile.h"
#include "render_view.h"
#include "search.h"

enum { BODY_MAX = 16 * 1024 * 1024 };

struct response {
	int status;
	const char *type;
	bool json;		      /* refusals too */
	char etag[REQUEST_ETAG_SIZE]; /* "" when the answer is not to be kept */
	char file[64];		      /* a name for it, when it is to be saved; "" for none */
	struct buf body;
};

const char respond_too_long[] =
	"Status: 503 Service Unavailable\r\n"
	"Content-Type: text/plain; charset=utf-8\r\n"
	"Cache-Control: no-store\r\n\r\n"
	"This search takes too long. / Cette recherche prend trop de temps.\n";

static const char *reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
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

/* The visitor's mistakes are told; ours are told to the log, and blandly to the visitor. */
static void refuse(const struct responder *r, struct response *response,
		   const struct request *request, int status, const struct error *e)
{
	struct error bland;
	response->status = status;
	response->type = response->json ? "application/json" : "text/html";
	response->etag[0] = '\0';
	response->file[0] = '\0';
	buf_clear(&response->body);
	if (status >= 500) {
		r->log(r->log_data, e);
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
		render_html_error(&response->body, request, e, &r->site);
	}
}

static int status_of(const struct error *e)
{
	if (e->status == STATUS_INPUT || e->status == STATUS_LIMIT)
		return 400;
	if (e->status == STATUS_NOT_FOUND && e->what == MSG_NO_PAGE)
		return 404;
	bool passing = e->status == STATUS_CHANGED || e->status == STATUS_LOCKED ||
		       e->status == STATUS_AWAY;
	return passing ? 503 : 500;
}

/* The index as it is now: a switch puts another file in the place of the one that is open. */
static struct search *search_now(struct responder *r, struct error *e)
{
	if (r->search && !search_is_current(r->search)) {
		search_close(r->search);
		r->search = NULL;
	}
	if (!r->search)
		r->search = search_open(r->index, e);
	return r->search;
}

static int ask(struct search *search, const struct request *request, struct search_result *result,
	       struct error *e)
{
	const struct search_options options = {
		.typed = span_of(request->q),
		.language = request->language,
		.sort = request->sort == REQUEST_DATE ? SORT_DATE : SORT_RELEVANCE,
		.offset = (size_t)(request->page - 1) * HTML_PAGE_HITS,
		.limit = HTML_PAGE_HITS,
		.area = span_of(request->area),
		.explain = request->explain,
	};
	return search_run(search, &options, result, e);
}

static int complete(struct search *search, const struct request *request,
		    struct search_result *result, struct error *e)
{
	const struct search_options options = {.typed = span_of(request->suggest),
					       .language = request->language};
	return search_complete(search, &options, result, e);
}

/* An answer that lacks something is told of in the log, and not to be kept. */
static void note_missing(const struct responder *r, struct response *response,
			 const struct search_result *result)
{
	struct error e;
	for (size_t i = 0; i < result->n_missing; i++) {
		error_set(&e, STATUS_AWAY, MSG_PARTS_MISSING, result->missing[i]);
		r->log(r->log_data, &e);
		response->etag[0] = '\0';
	}
}

static int put_tips(struct responder *r, struct response *response, const struct request *request,
		    struct error *e)
{
	struct examples examples;
	if (examples_find(r->search, request->language, &examples, e) != 0)
		return -1;
	render_tips(&response->body, request, &examples, &r->site);
	return 0;
}

/* The language of what is around a page is the page's, unless the visitor said another. */
static int put_view(struct responder *r, struct response *response, struct request *request,
		    struct error *e)
{
	struct search_result page;
	if (search_page(r->search, span_of(request->doc), &page, e) != 0)
		return -1;
	if (request->language_from_accept)
		request->language = page.hits[0].language;
	request->language_from_accept = false;
	note_missing(r, response, &page);
	render_view(&response->body, request, &page, &r->site);
	search_free(&page);
	return 0;
}

static int put_suggestions(struct responder *r, struct response *response,
			   const struct request *request, struct error *e)
{
	struct search_result result;
	if (complete(r->search, request, &result, e) != 0)
		return -1;
	if (render_suggestions(&response->body, request->suggest, &result) != 0)
		response->body.failed = true;
	note_missing(r, response, &result);
	search_free(&result);
	return 0;
}

/* A question is what somebody typed and was answered: not the other pages of an answer, nor the
 * same narrowed or in another order, and not an answer that lacks something, which tells nothing of
 * the index. */
static void note_question(struct responder *r, const struct request *request,
			  const struct search_result *result)
{
	bool again = request->page > 1 || request->explain || *request->area ||
		     request->sort != REQUEST_RELEVANCE;
	struct log_entry entry = {.language = request->language,
				  .own = result->total,
				  .other = result->other_total,
				  .how = result->corrected ? LOG_CORRECTED
					 : result->relaxed ? LOG_SOME
							   : LOG_ALL,
				  .typed = span_of(request->q)};
	if (!r->question.max || again || request->method == REQUEST_HEAD || result->n_missing)
		return;
	log_today(entry.day);
	log_put_line(&r->question, &entry);
}

static int put_hits(struct responder *r, struct response *response, const struct request *request,
		    struct error *e)
{
	struct search_result result;
	if (ask(r->search, request, &result, e) != 0)
		return -1;
	if (!response->json)
		render_html(&response->body, request, &result, &r->site);
	else if (render_json(&response->body, span_of(request->q), &result) != 0)
		response->body.failed = true;
	note_missing(r, response, &result);
	note_question(r, request, &result);
	search_free(&result);
	return 0;
}

/* What is saved is named in the reader's language and after the languages in it. */
static void name_file(struct response *response, const struct request *request, const char *suffix)
{
	struct buf name = buf_new(sizeof response->file - 1);
	buf_puts(&name, language_message(request->language, MSG_PROFILE_FILE));
	for (size_t l = 0; l < language_count; l++) {
		if (request->show == l || request->show >= language_count)
			buf_printf(&name, "-%s", languages[l].code);
	}
	buf_printf(&name, ".%s", suffix);
	if (!name.failed)
		strcpy(response->file, name.s);
	buf_free(&name);
}

static void render_chosen(const struct responder *r, struct response *response,
			  const struct request *request, const struct profile *profile)
{
	static const struct {
		const char *type, *suffix;
		void (*render)(struct buf *out, const struct profile *profile,
			       const struct profile_style *style);
	} files[REQUEST_FORMATS] = {
		[REQUEST_DOCUMENT] = {"text/html", "html", render_profile_document},
		[REQUEST_MD] = {"text/markdown", "md", render_profile_md},
		[REQUEST_TEXT] = {"text/plain", "txt", render_profile_text},
		[REQUEST_CSV] = {"text/csv", "csv", render_profile_csv}};
	const struct profile_style style = {request->language, request->show, &r->site};
	if (request->format == REQUEST_PROFILE) {
		render_profile_page(&response->body, request, profile, &r->site);
		return;
	}
	response->type = files[request->format].type;
	name_file(response, request, files[request->format].suffix);
	files[request->format].render(&response->body, profile, &style);
}

static int put_chosen(struct responder *r, struct response *response, const struct request *request,
		      struct error *e)
{
	const char *ids[CHOICE_MAX];
	struct profile profile;
	if (request->choice.n == 0 && request->format != REQUEST_PROFILE)
		return error_set(e, STATUS_INPUT, MSG_REQUEST_NONE, NULL);
	for (size_t i = 0; i < request->choice.n; i++)
		ids[i] = request->choice.ids[i];
	int status = profile_collect(&profile, r->search, ids, request->choice.n, e);
	if (status == 0)
		render_chosen(r, response, request, &profile);
	for (size_t i = 0; i < profile.n; i++)
		note_missing(r, response, &profile.items[i].found);
	profile_free(&profile);
	return status;
}

static void put_answer(struct responder *r, struct response *response, struct request *request)
{
	struct error e;
	int status = request->suggesting ? put_suggestions(r, response, request, &e)
		     : request->format >= REQUEST_PROFILE ? put_chosen(r, response, request, &e)
		     : *request->doc			  ? put_view(r, response, request, &e)
		     : request->format == REQUEST_TIPS	  ? put_tips(r, response, request, &e)
							  : put_hits(r, response, request, &e);
	if (status != 0)
		refuse(r, response, request, status_of(&e), &e);
}

static void put_etag(const struct responder *r, struct response *response,
		     const struct request *request, const char *revision)
{
	struct buf settings = buf_new(BODY_MAX);
	buf_printf(&settings, "%s %s %s %s", r->site.base, r->site.url, r->site.report,
		   r->site.stylesheet);
	for (size_t i = 0; i < language_count; i++)
		buf_printf(&settings, " %s %s", r->site.header[i] ? r->site.header[i] : "",
			   r->site.footer[i] ? r->site.footer[i] : "");
	if (!settings.failed)
		request_etag(response->etag, request, revision, settings.s);
	buf_free(&settings);
}

static void describe(struct responder *r, struct response *response, const struct request *request)
{
	struct error e;
	if (*r->site.url) {
		response->type = "application/opensearchdescription+xml";
		render_opensearch(&response->body, request, &r->site);
	} else {
		error_set(&e, STATUS_NOT_FOUND, MSG_NO_URL, NULL);
		refuse(r, response, request, 404, &e);
	}
}

/* What the visitor has is still right when the index and the question are the same. */
static void answer(struct responder *r, struct response *response, struct request *request)
{
	struct error e;
	if (request->format == REQUEST_OPENSEARCH) {
		describe(r, response, request);
		return;
	}
	bool home = !*request->q && !*request->doc && request->format < REQUEST_TIPS;
	if (home && !response->json) {
		render_html(&response->body, request, NULL, &r->site);
		return;
	}
	struct search *search = search_now(r, &e);
	char *revision = search ? search_revision(search, &e) : NULL;
	if (!revision) {
		refuse(r, response, request, status_of(&e), &e);
		return;
	}
	put_etag(r, response, request, revision);
	free(revision);
	if (request_has_etag(request, response->etag)) {
		response->status = 304;
		request->language_from_accept = request->language_from_accept && !*request->doc;
	} else {
		put_answer(r, response, request);
	}
}

/* The reader's, but of a file the languages in it. */
static void put_languages(struct buf *out, const struct response *r, const struct request *request)
{
	buf_puts(out, "Content-Language: ");
	if (!*r->file)
		buf_puts(out, request->language->locale);
	else if (request->show < language_count)
		buf_puts(out, languages[request->show].locale);
	else
		for (size_t l = 0; l < language_count; l++)
			buf_printf(out, "%s%s", l ? ", " : "", languages[l].locale);
	buf_puts(out, "\r\n");
}

static void put_response(struct buf *out, const struct response *r, const struct request *request,
			 const struct site *site)
{
	buf_printf(out, "Status: %d %s\r\n", r->status, reason(r->status));
	if (r->status != 304) {
		buf_printf(out, "Content-Type: %s; charset=utf-8\r\n", r->type);
		buf_printf(out, "Content-Length: %zu\r\n", r->body.n);
		if (*r->file)
			buf_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n",
				   r->file);
		put_languages(out, r, request);
		buf_puts(out, "Content-Security-Policy: ");
		frame_policy(out, site);
		buf_puts(out,
			 "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n");
	}
	if (request->language_from_accept)
		buf_puts(out, "Vary: Accept-Language\r\n");
	if (r->status == 405)
		buf_puts(out, "Allow: GET, HEAD\r\n");
	if (*r->etag)
		buf_printf(out, "ETag: %s\r\n", r->etag);
	/* kept, but asked about each time */
	buf_printf(out, "Cache-Control: %s\r\n\r\n", r->status < 400 ? "no-cache" : "no-store");
	if (request->method != REQUEST_HEAD && r->status != 304)
		buf_add(out, r->body.s, r->body.n);
}

void respond(struct responder *r, struct buf *out, request_env *env, void *env_data)
{
	struct request request;
	struct error e;
	buf_clear(&r->question);
	int read = request_read(&request, env, env_data, r->usual ? r->usual : &languages[0], &e);
	bool json = request.suggesting || (request.format == REQUEST_JSON && !*request.doc);
	struct response response = {.status = 200,
				    .type = request.suggesting ? "application/x-suggestions+json"
					    : json	       ? "application/json"
							       : "text/html",
				    .json = json,
				    .body = buf_new(BODY_MAX)};
	if (read != 0)
		refuse(r, &response, &request, request.http_status, &e);
	else if (r->trouble)
		refuse(r, &response, &request, 500, r->trouble);
	else
		answer(r, &response, &request);
	if (response.body.failed || (!response.body.s && response.status != 304)) {
		error_memory(&e);
		refuse(r, &response, &request, 500, &e);
	}
	if (response.status != 200)
		buf_clear(&r->question);
	if (response.body.failed)
		out->failed = true;
	else
		put_response(out, &response, &request, &r->site);
	buf_free(&response.body);
}

void responder_close(struct responder *r)
{
	search_close(r->search);
	r->search = NULL;
	buf_free(&r->question);
}

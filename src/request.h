/* request.h - CGI environment -> struct request: what is asked for, checked, in fixed places.
 *
 *     q        what was typed, up to 200 characters; any typing will do (see query.h)
 *     lang     a row of languages[]; absent: Accept-Language decides, or else the usual one
 *     page     1 to 1000
 *     area     up to 200 characters
 *     sort     relevance, date
 *     format   html, json, fragment, opensearch, tips; of what is chosen: profile, document, md,
 *              text, csv
 *     suggest  the beginning of a word, up to 200 characters
 *     explain  1: with the reasons for each hit
 *     doc      the path of a page to show whole, up to 1000 characters; q is then the way back
 *     id       ids of chosen passages, joined by "-"; may be given more than once
 *     order    as id: the order of those that were chosen before, which a form's boxes lose
 *     show     of what is chosen: the code of a row of languages[], or all for side by side
 *
 * An empty value is as good as none (a form sends all its fields); other parameters are ignored. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "error.h"
#include "language.h"
#include "query.h"

enum {
	REQUEST_MAX_BYTES = 4096, /* of QUERY_STRING */
	REQUEST_MAX_PAGE = 1000,
	REQUEST_MAX_AREA = 200, /* characters */
	REQUEST_MAX_SCRIPT = 1000,
	REQUEST_MAX_DOC = 1000, /* characters */
	REQUEST_DOC_SIZE = 4 * REQUEST_MAX_DOC + 1,
	REQUEST_TEXT_SIZE = 4 * QUERY_MAX_CHARACTERS + 1,
	REQUEST_AREA_SIZE = 4 * REQUEST_MAX_AREA + 1,
	CHOICE_MAX = 50,     /* ids: a third of REQUEST_MAX_BYTES as a form sends them twice */
	CHOICE_ID_SIZE = 17, /* 16 hexadecimal digits (see record_id) */
	REQUEST_SHOW_ALL = LANGUAGE_MAX,
};

/* Passages that the visitor has chosen, each once, in his order. */
struct choice {
	char ids[CHOICE_MAX][CHOICE_ID_SIZE];
	size_t n;
};

enum request_method { REQUEST_GET, REQUEST_HEAD, REQUEST_OTHER };
enum request_sort { REQUEST_RELEVANCE, REQUEST_DATE, REQUEST_SORTS };
enum request_format {
	REQUEST_HTML,
	REQUEST_JSON,
	REQUEST_FRAGMENT,
	REQUEST_OPENSEARCH,
	REQUEST_TIPS,
	REQUEST_PROFILE,  /* a page of the passages that were chosen */
	REQUEST_DOCUMENT, /* the same for a word processor, and so on */
	REQUEST_MD,
	REQUEST_TEXT,
	REQUEST_CSV,
	REQUEST_FORMATS
};

/* The names that format= takes. */
extern const char *const request_format_names[REQUEST_FORMATS + 1];

struct request {
	enum request_method method;
	int http_status; /* 200, or what to answer: 400, 405, 414 */
	char q[REQUEST_TEXT_SIZE];
	char area[REQUEST_AREA_SIZE];
	char suggest[REQUEST_TEXT_SIZE];
	char doc[REQUEST_DOC_SIZE];
	bool suggesting;		 /* suggest= was given, be it empty */
	const struct language *language; /* never NULL */
	bool language_from_accept;	 /* no lang=: the answer varies with Accept-Language */
	unsigned page;			 /* from 1 */
	enum request_sort sort;
	bool explain;
	enum request_format format;
	struct choice choice;
	size_t show; /* of the choice: a language's place, or REQUEST_SHOW_ALL */
	char script_name[REQUEST_MAX_SCRIPT + 1]; /* for links: "/" or a clean path */
	const char *if_none_match;		  /* the header; NULL for none; borrowed */
};

/* A variable of the CGI environment, or NULL. */
typedef const char *request_env(const char *name, void *data);

/* usual: the language of readers of whom nothing tells theirs.
 *
 * Reads REQUEST_METHOD (none: GET), QUERY_STRING, SCRIPT_NAME, HTTP_ACCEPT_LANGUAGE and
 * HTTP_IF_NONE_MATCH. Nothing else is looked at: no Host, no cookie, no body.
 *
 * -1 when the request cannot be answered; *e and r->http_status then tell of the first fault, and
 * all else in *r is valid all the same, so that the refusal can come in the reader's language and
 * in the format asked for. Never allocates (but for language_find, which does not either). */
int request_read(struct request *r, request_env *env, void *data, const struct language *usual,
		 struct error *e);

/* The place of an id in a choice; its n when it is not in it. */
size_t choice_find(const struct choice *c, struct span id);
/* Takes the id at this place out, or puts it one place further to the front. */
void choice_remove(struct choice *c, size_t place);
void choice_raise(struct choice *c, size_t place);

/* The entity tag (RFC 9110, 8.8.3) of the answer to r from an index of this revision. It names all
 * that the answer depends on, and this program's version. */
enum { REQUEST_ETAG_SIZE = 20 };
void request_etag(char etag[REQUEST_ETAG_SIZE], const struct request *r, const char *revision,
		  const char *settings);
/* Is the tag among those of If-None-Match (RFC 9110, 13.1.2; compared weakly), or is that "*"? */
bool request_has_etag(const struct request *r, const char *etag);

/* The row that an Accept-Language value (RFC 9110, 12.5.4) prefers; the usual one when it names
 * none of ours. header may be NULL. */
const struct language *request_accept_language(const char *header, const struct language *usual);

#endif

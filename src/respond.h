/* respond.h - a request -> the whole answer, status line to body, in the form of CGI/1.1 (RFC 3875,
 * 6).
 *
 * Nothing is sent from here: an answer is held back until it is whole, so that a failure on the way
 * can still be told by a status. */
#ifndef RESPOND_H
#define RESPOND_H

#include "html.h"
#include "log.h"
#include "request.h"
#include "text.h"

struct error;

/* What lives longer than a request. Zero-initialise it but for the settings. */
struct responder {
	const char *index; /* folder of the index */
	bool unlocked;	   /* the sandbox is switched off */
	struct site site;
	const struct language *usual; /* of readers of whom nothing tells theirs; NULL: the first */
	const struct error *trouble;  /* with the settings: every answer is a 500; NULL for none */
	/* Told of our own failures, for the server's log; the visitor gets a bland word. */
	void (*log)(void *data, const struct error *e);
	void *log_data;
	/* The question that was just answered, as a line for the log of questions; empty when it is
	 * not for it. Nothing is put there while its max is 0. */
	struct buf question;
	struct log_file queries; /* whoever sends the answer writes it then */
	bool told;		 /* that it cannot be written */
	struct search *search;	 /* open while the index is the same; NULL at first */
};

/* Appends the answer to out. Whatever happens there is one, unless memory is out: then out->failed.
 * The index is opened at the first need and again when it was replaced. */
void respond(struct responder *r, struct buf *out, request_env *env, void *env_data);
/* Closes what was opened, but for the log of questions. */
void responder_close(struct responder *r);

/* What stands in for an answer that takes too much CPU; a C string, header and body. */
extern const char respond_too_long[];

#endif

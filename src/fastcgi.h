/* fastcgi.h - the same answers, many from one process (FastCGI 1.0, by libfcgi).
 *
 * A parent keeps a worker: one that used up its CPU time for a request, or that died, is followed
 * by another, so that whoever started the program (lighttpd, spawn-fcgi) need not watch it. SIGTERM
 * ends both after the request at hand. */
#ifndef FASTCGI_H
#define FASTCGI_H

#include <stdbool.h>

#include "respond.h"

/* Was the program started as FastCGI, with a listening socket for standard input? */
bool fastcgi_is_asked(void);
/* What the program does about its workers. */
struct fastcgi_hooks {
	void (*start)(struct responder *r); /* in the parent, before each worker */
	void (*lock)(struct responder *r);  /* in a worker, before it takes a request */
	/* In a worker, when an answer was sent; false when it should make room for another, which
	 * `start` prepares. */
	bool (*sent)(struct responder *r);
};

/* Serves until SIGTERM; gives the exit status. cpu_seconds: for one request; past it the visitor
 * gets respond_too_long. */
int fastcgi_serve(struct responder *r, unsigned cpu_seconds, const struct fastcgi_hooks *hooks);

#endif

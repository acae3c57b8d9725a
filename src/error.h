/* error.h - what went wrong, as data: a status to act on and a message to show.
 *
 * Modules never print and never exit. They return 0, or -1 with a struct error filled in; mains and
 * commands turn it into a sentence in the reader's language with language_error(). */
#ifndef ERROR_H
#define ERROR_H

/* What a caller can do about it. */
enum status {
	STATUS_OK,
	STATUS_INPUT, /* what was given cannot be used: bad UTF-8, a term too long, bad option */
	STATUS_LIMIT, /* a documented ceiling was met */
	STATUS_NOT_FOUND, /* no such file, index or passage */
	STATUS_LOCKED,	  /* another process is writing */
	STATUS_CORRUPT,	  /* the database is damaged: rebuild it */
	STATUS_FORMAT,	  /* a database, but not one of this format: rebuild it */
	STATUS_CHANGED,	  /* the database kept moving under a reader: try again */
	STATUS_AWAY,	  /* what is on other machines does not answer: try again later */
	STATUS_NO_MEMORY, /* or no more open files: what is wrong is not the input */
	STATUS_IO,	  /* the system said no: see the detail */
	STATUS_BUG,	  /* cannot happen; report it */
};

/* The sentence. Its text stands, in every language, in language.c; "{s}" is the detail. */
enum message {
#define MESSAGE(id, en, fr) id,
#include "messages.def"
#undef MESSAGE
	MESSAGE_COUNT
};

struct error {
	enum status status;
	enum message what;
	long line;	  /* line of the input at fault, from 1; 0 when there is none */
	char detail[400]; /* what "{s}" in the message stands for; "" when nothing */
};

/* Fills *e (which may be NULL: then nothing is kept) and returns -1, so that a function can end in
 * `return error_set(...)`. detail is copied, cut at a UTF-8 character if too long; NULL is "". */
int error_set(struct error *e, enum status status, enum message what, const char *detail);

/* The same with the line of the input. */
int error_at(struct error *e, enum status status, enum message what, const char *detail, long line);

/* For out-of-memory and for a failed system call (detail: "NAME: strerror(errno)"). */
int error_memory(struct error *e);
int error_system(struct error *e, const char *name);

#endif

/* trace.h - what of a query stands on one page, and what keeps the page from being found: for an
 * editor, in words and lines of the file. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#include "language.h"
#include "text.h"

struct compiler;
struct query;

/* A passage of the page. */
struct trace_section {
	struct span heading, text; /* as they are indexed */
	struct span source;	   /* its Markdown; n == 0 when it is not known */
	long line;		   /* of the file: of the heading or the first text */
	long source_line;	   /* on which the source begins */
	const struct language *language;
};

struct trace_side {
	const char *path; /* below the corpus root; NULL for no such side */
	struct span title;
	const struct trace_section *sections;
	size_t n;
};

struct trace_page {
	struct trace_side own, twin; /* the page and its translation */
	struct span file;	     /* its bytes; n == 0 when they are not known */
	bool indexed;		     /* filters and exclusions can be put to the index */
	bool changed;		     /* since: what stands here now is not what the index has */
};

/* Appends, in the language of messages, a line or more for each word, phrase, exclusion and filter
 * of the query: where it stands (line, and as which word), else what comes near: another form, the
 * words of a phrase apart, the translation, another term of the lexique, what is not indexed
 * (markup, front matter), a word a letter off. At the end, when all is there but not in one
 * passage, that. c->failed tells of failure. */
void trace_query(struct buf *out, struct compiler *c, const struct query *q,
		 const struct trace_page *page, const struct language *messages);

#endif

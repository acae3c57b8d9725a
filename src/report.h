/* report.h - a log of questions (log.h) -> what is asked most, what finds too little, and what
 * would mend it.
 *
 * Questions of readers of one language that have the same words and signs, once folded and without
 * what the language elides, are one question, shown as it was most often typed. Whether it finds
 * too little is asked of the index at hand: what was mended since is told apart. A question with
 * something masked in it is counted, but cannot be asked again. */
#ifndef REPORT_H
#define REPORT_H

#include "log.h"
#include "mend.h"

enum {
	REPORT_TYPED = 200000, /* different questions as typed; more are counted in the sums only */
	REPORT_ASKED = 1000,   /* asked of the index, the most frequent first */
	REPORT_LIMIT_MAX = 1000 /* of each list */
};

enum report_section {
	REPORT_FREQUENT, /* all, the most frequent first; so in the other sections */
	REPORT_NOTHING,
	REPORT_OTHER,
	REPORT_SOME,
	REPORT_MENDED, /* found too little in the period, and finds now */
	REPORT_SECTIONS
};

struct report_question {
	const char *typed;
	const struct language *language; /* the readers' */
	size_t times;			 /* asked in the period */
	size_t spellings;		 /* ways it was typed */
	char first[LOG_DAY_SIZE], last[LOG_DAY_SIZE];
	/* of the index at hand; not in REPORT_FREQUENT */
	size_t own, other;	  /* hits */
	const char *suggestion;	  /* whose hits they are; NULL for none */
	const char *title, *path; /* of the first hit; NULL for none */
	struct mend mend;
};

/* Sums of a kind of question: asked so often, so many different ones. */
struct report_sum {
	size_t times, different;
};

struct report_result {
	char first[LOG_DAY_SIZE], last[LOG_DAY_SIZE]; /* days on which something was asked; "" */
	size_t days;				      /* so many of them */
	struct report_sum all, found[OUTCOME_FOUND];  /* as the log has it, by enum outcome */
	size_t uncounted; /* asked when there were REPORT_TYPED different ones already */
	struct {
		struct report_question *list;
		size_t n;
	} sections[REPORT_SECTIONS];
};

struct report;
struct report *report_new(struct error *e);
void report_free(struct report *r); /* NULL is fine; results go with it */

/* Counts an entry. -1 with *e when memory is out. */
int report_take(struct report *r, const struct log_entry *entry, struct error *e);
/* Fills in what was counted, at most `limit` questions a section; once. */
int report_finish(struct report *r, struct search *search, size_t limit,
		  struct report_result *result, struct error *e);

#endif

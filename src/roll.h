/* roll.h - the files of a survey, written down: of a corpus of any size, what a build holds in
 * memory is a group at a time, and of each file but what came of it. */
#ifndef ROLL_H
#define ROLL_H

#include "survey.h"

struct roll;
/* Writes a survey to a new file, group by group, and frees it. What the options name is
 * borrowed. NULL on error: the survey stands. */
struct roll *roll_write(const char *path, struct survey *s, const struct survey_options *options,
			struct error *e);
void roll_free(struct roll *r); /* and removes the file; NULL is fine */

/* Goes through the groups in order, as many readers as one likes at a time. */
struct roll_reader;
struct roll_reader *roll_open(struct roll *r, struct error *e); /* NULL on error */
void roll_close(struct roll_reader *r);				/* NULL is fine */
/* The next group; *n is 0 behind the last. It lives until the next call. */
int roll_next(struct roll_reader *r, struct survey_entry **group, size_t *n, struct error *e);
/* Keeps what the builder filled in of the group at hand, and whether it is distrusted. Of different
 * groups, different threads may tell. */
void roll_keep(struct roll_reader *r);

/* What came of all files: see survey_entry. */
struct roll_outcome {
	size_t indexed, passages, paired;
};
struct roll_outcome roll_outcome(const struct roll *r);
/* As survey_remember(). */
int roll_remember(struct roll *r, size_t piece,
		  int put(void *data, const char *bytes, size_t n, struct error *e), void *data,
		  struct error *e);

#endif

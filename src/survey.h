/* survey.h - what must be known of every file before the first is indexed: its language, and with
 * which other files it is a translation. */
#ifndef SURVEY_H
#define SURVEY_H

#include "error.h"
#include "language.h"
#include "text.h"

/* --lang-of PATTERN=LANG: see layout_matches. */
struct survey_rule {
	char *pattern;
	const struct language *language;
};

struct survey_options {
	const char *const *roots; /* corpus folders */
	size_t n_roots;
	const struct survey_rule *rules; /* the first that matches wins over all that pages say */
	size_t n_rules;
	/* Told of each file passed over, or taken with a doubt: its root and path, and why. */
	void (*warn)(void *data, const char *root, const char *path, const struct error *e);
	void *data;
};

struct survey_entry {
	const char *root; /* borrowed from the options */
	char *path;	  /* below the root */
	char *group;	  /* the same for a page and its translation; begins with 'k' if by
			     translationKey */
	const struct language *language;
	bool guess; /* by a vote of words, or for want of anything to tell by */
};

struct survey {
	struct survey_entry *list; /* sorted by group, then path, then root */
	size_t n, cap;
};

/* Reads the front matter of every file. A file that cannot be read is warned of and left out. The
 * language: a rule, else `lang` of the front matter, else the path (layout_read), else a vote of
 * stop words that does not give what other pages of the group are told to be, else the first that
 * these leave; the only one that these leave is no guess. A rule that covers no page is warned of.
 * text: a buffer to read files into. -1 when a root cannot be read or memory is out. Free with
 * survey_free. */
int survey_read(struct survey *s, const struct survey_options *options, struct buf *text,
		struct error *e);
void survey_free(struct survey *s);

#endif

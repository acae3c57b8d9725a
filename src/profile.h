/* profile.h - chosen passages in full, each with its translation: what is taken away. */
#ifndef PROFILE_H
#define PROFILE_H

#include "search.h"

struct profile_item {
	const char *id;		    /* as asked for; borrowed */
	bool gone;		    /* no such passage is in the index: the rest is empty */
	struct search_result found; /* of search_find */
	const struct hit *chosen;   /* the one that was asked for */
	const struct hit *sides[LANGUAGE_MAX]; /* by language_index(); NULL where there is none */
};

struct profile {
	struct profile_item *items;
	size_t n;
	struct profile_page *pages; /* that the passages are of */
	size_t n_pages;
};

/* The passages of these ids (as for search_find, which they borrow), in their order; one that was
 * asked for under both its languages stands once. One that is not there is `gone` and no error.
 * Free with profile_free, also after -1. */
int profile_collect(struct profile *p, struct search *s, const char *const *ids, size_t n,
		    struct error *e);
void profile_free(struct profile *p);

/* The link definitions of the page that a passage of the profile is of (see markup.h). */
struct span profile_definitions(const struct profile *p, const struct record *r);

/* The place of the translation into this language when only its page is known; NULL when not even
 * that is. */
const struct record *profile_page_of(const struct profile_item *item, const struct language *l);

#endif

/* search.h - words as typed -> hits, each pair of translations once, in the reader's language. */
#ifndef SEARCH_H
#define SEARCH_H

#include "error.h"
#include "language.h"
#include "near.h"
#include "record.h"
#include "text.h"
#include "trace.h"
#include "why.h"

enum search_sort { SORT_RELEVANCE, SORT_DATE };
enum { SEARCH_MAX_HITS = 100 };

struct search_options {
	struct span typed;
	const struct language *language; /* the reader's */
	bool only;    /* leave out the group of hits that are only in another language */
	bool exact;   /* words as written: no stems, nothing of the lexique, no correction */
	bool explain; /* say of each hit why it is one */
	enum search_sort sort;
	size_t offset, limit; /* limit at most SEARCH_MAX_HITS; 0 is fine (counts only) */
	struct span area;     /* only of this area, by its whole name; n == 0 for all */
};

/* A stretch of text to show; marked where the query's words stand. */
struct piece {
	struct span text;
	bool match;
};

struct pieces {
	struct piece *list;
	size_t n;
};

struct hit {
	struct record record; /* of the side that is shown */
	const struct language *language;
	struct pieces title, snippet; /* a line feed in a snippet parts blocks */
	bool cut_before, cut_after;   /* the passage goes on before or after the snippet */
	double score;
	bool matched[LANGUAGE_MAX]; /* which sides have the words, by language_index() */
	bool other;		    /* of the group that exists only in another language */
	struct why_list why;	    /* when it was asked for */
};

struct facet {
	char *name; /* "" is left out */
	size_t count;
};

/* A key of the front matter and its values among the hits, most frequent first. */
struct facet_group {
	const char *key; /* "area" for the first */
	struct facet *list;
	size_t n;
};

struct search_result {
	const struct language *language, *other; /* other: the language of the second group */
	size_t total, other_total;
	size_t offset;
	bool relaxed; /* no passage has all the words: these have some */
	/* What was typed with the words that are nowhere in the index put right; NULL for none. It
	 * finds something. `corrected`: what was typed found nothing, and these are its hits. */
	const char *suggestion;
	bool corrected;
	/* Parts of the index on other machines that did not answer: what they have is not counted.
	 */
	const char **missing;
	size_t n_missing;
	const char **also; /* terms of the lexique that were sought too */
	size_t n_also;
	struct hit *hits;
	size_t n_hits;
	struct facet_group *facets;
	size_t n_facets;
	struct search_private *private;
};

struct search;
/* Opens an index folder. STATUS_NOT_FOUND, _CORRUPT, _FORMAT, _NO_MEMORY, _AWAY (see xap_open). Any
 * function that answers may fail with STATUS_AWAY too, and leaves out what does not answer. */
struct search *search_open(const char *index, struct error *e);
void search_close(struct search *s); /* NULL is fine */
/* Does the index folder hold a stub, which lists databases in other places or on other machines? */
bool search_is_stub(const char *index);
/* Is the index that was opened still the one in its folder? A switch puts another file there. */
bool search_is_current(const struct search *s);
/* 0 when all parts of the index answered when they were last asked, else STATUS_AWAY with their
 * names: for who takes stock of the whole. */
int search_is_whole(struct search *s, struct error *e);
/* What changes whenever the index does: a new C string that the caller frees; NULL on error. */
char *search_revision(struct search *s, struct error *e);

/* Answers. Past a limit of query.h STATUS_LIMIT; nothing typed is no error and finds nothing. Free
 * the result with search_free; it borrows nothing from s or the options but the languages. */
int search_run(struct search *s, const struct search_options *options, struct search_result *result,
	       struct error *e);
/* The passage of an id, or of "path#anchor" as `--format paths` prints it ("path" alone: the first
 * of the page), as hits[0], and its translation, if it has one, as hits[1]. Nothing is marked.
 * STATUS_NOT_FOUND when there is none. Free with search_free. */
int search_find(struct search *s, struct span id, struct search_result *result, struct error *e);
/* The passages most like that of an id (as for search_find), in the reader's language first; never
 * itself or its translation. options->typed is not looked at. */
int search_like(struct search *s, struct span id, const struct search_options *options,
		struct search_result *result, struct error *e);
/* All passages of a page (a path below the corpus root), in their order, as hits; nothing is
 * marked. STATUS_NOT_FOUND when there is none. */
int search_page(struct search *s, struct span path, struct search_result *result, struct error *e);
void search_free(struct search_result *result);

/* Calls take with each passage of a language, in the order of the index, until it returns false. */
int search_each(struct search *s, const struct language *language,
		bool (*take)(void *self, const struct record *r), void *self, struct error *e);
/* In how many passages a term of the lexique stands, in any form of its words. */
int search_uses(struct search *s, struct span term, const struct language *language, size_t *uses,
		struct error *e);
/* The words of the index that look most like a folded one (see near.h). */
int search_near(struct search *s, struct span folded, struct near_list *found, struct error *e);
/* Does the index's lexique have these two terms in one concept? -1 with *e on error. */
int search_knows_pair(struct search *s, struct span const terms[LANGUAGE_MAX], struct error *e);

/* How the beginning of a question may go on (see complete.h), in result->also; typed and language
 * of the options count. */
int search_complete(struct search *s, const struct search_options *options,
		    struct search_result *result, struct error *e);

/* How the query is read, as a text of lines in the language of messages, appended to out. */
int search_explain(struct search *s, const struct search_options *options,
		   const struct language *messages, struct buf *out, struct error *e);
/* Where the words of the query stand on a page, and what keeps it from being found (trace.h). */
int search_trace(struct search *s, const struct search_options *options,
		 const struct trace_page *page, const struct language *messages, struct buf *out,
		 struct error *e);

#endif

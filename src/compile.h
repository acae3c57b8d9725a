/* compile.h - the tree of a query -> Xapian's tree, and the needles to mark in what it finds.
 *
 * A word is sought by its stems in each language, a phrase and a prefix by words. A word, phrase or
 * run of words that is a term of the lexique is sought as its other terms too, in all languages,
 * for less weight. Stop words beside other words need not be there. */
#ifndef COMPILE_H
#define COMPILE_H

#include "document.h"
#include "highlight.h"
#include "lexique.h"
#include "query.h"
#include "xap.h"

enum { COMPILE_NEEDLES = 160, COMPILE_ALSO = 64, COMPILE_TIER = 100 };

struct compiler {
	/* given */
	struct xap *xap;
	struct analyser *const *analysers; /* one a language */
	const char *const *facets;	   /* keys of facets 1 and on; NULL ends the list */
	struct arena *arena;		   /* everything made lives there */
	bool exact;			   /* words as written, nothing of the lexique */
	/* made */
	struct error error; /* when failed */
	bool failed;
	bool names_language; /* there is a lang: field: hits stay in the language they were asked in
			      */
	struct needle needles[LANGUAGE_MAX][COMPILE_NEEDLES]; /* what to mark, by language */
	size_t n_needles[LANGUAGE_MAX];
	/* terms of the lexique that were added, as it writes them, and their languages */
	struct span also[COMPILE_ALSO];
	size_t also_language[COMPILE_ALSO];
	size_t n_also;
};

typedef const struct xap_query *node;

/* All of the query. NULL when there is nothing to look for, or c->failed. */
node compile_all(struct compiler *c, const struct query *q);
/* The same with "all" made "any" at its top; exclusions and filters stand. Passages of pages that
 * have all the words somewhere weigh COMPILE_TIER more. NULL when there is nothing to relax, or
 * c->failed. Forgets the needles and terms of before. */
node compile_any(struct compiler *c, const struct query *q);
/* `q` with more weight for a passage of which the heading is just the words asked for. */
node compile_about(struct compiler *c, const struct query *typed, node q);

/* Is a heading of the language just the words asked for? */
bool compile_is_about(struct compiler *c, const struct query *typed, struct span heading, size_t l);

/* Narrower by one term; and small parts for whoever builds queries of their own. NULL in, NULL out.
 */
node compile_filter(struct compiler *c, node q, const char *prefix, struct span rest);
node compile_among(struct compiler *c, node q, node others); /* others weigh nothing */
node compile_without(struct compiler *c, node q, const char *prefix, struct span rest);
node compile_term(struct compiler *c, const char *prefix, struct span rest);
/* In how many documents a term stands; 0 for NULL, and on failure, which c->failed tells. */
uint32_t compile_frequency(struct compiler *c, node term);
node compile_scaled(struct compiler *c, node q, double scale);
node compile_any_of(struct compiler *c, const node *list, size_t n);
/* Folded, in the arena. */
struct span compile_fold(struct compiler *c, struct span s);

/* ---- for explaining and spelling ---- */

/* The needles of a leaf in each language; false where the language reads no word in it. */
struct reading {
	struct needle needle[LANGUAGE_MAX];
	bool read[LANGUAGE_MAX];
};
void compile_read(struct compiler *c, const struct query *leaf, struct reading *r);

/* What a child of an AND is worth: must be there; helps the order (a stop word in one language but
 * not in another); says nothing (in all). */
enum standing { REQUIRED, OPTIONAL, IDLE };
enum standing compile_standing(struct compiler *c, const struct query *child);
/* Among the children of an AND one must be there that is no filter and no exclusion. */
bool compile_has_content(struct compiler *c, const struct query *and);

/* The terms of the lexique for which a leaf, or a run of children of an AND, stands: how many of
 * the n siblings it takes up (0: no concept begins here) and its other terms that the index has. */
struct synonym {
	struct span term;
	size_t language;
	struct needle needle;
	node node; /* NULL when it is only to be marked: every passage is there in the language
		      typed */
};
struct synonyms {
	struct synonym list[2 * LEXIQUE_TERMS];
	size_t n;
	struct span typed; /* the words that are the term */
	bool title;	   /* sought in titles only */
};
size_t compile_synonyms(struct compiler *c, struct query *const *siblings, size_t n,
			struct synonyms *found);
/* A term of the lexique in its language, in any form of its words; NULL when the index lacks one.
 */
node compile_lexique_term(struct compiler *c, struct span term, size_t language);
bool compile_is_filter(const struct query *q);
/* The language that a lang: names, by its code or as people call it; NULL if it is none of ours. */
const struct language *compile_language(struct compiler *c, struct span value);

/* The words of the index that share a stem with this one in the analyser's language, folded, the
 * most frequent first. field: "" or the prefix of words of titles. */
enum { COMPILE_FORMS = 16 };
size_t compile_forms(struct compiler *c, const struct needle_word *w, struct analyser *analyser,
		     const char *field, struct span forms[COMPILE_FORMS]);

#endif

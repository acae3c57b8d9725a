/* leaf.h - a file of Markdown -> a page cut into passages, ready to become documents. */
#ifndef LEAF_H
#define LEAF_H

#include <pthread.h>

#include "address.h"
#include "anchor.h"
#include "document.h"
#include "front.h"
#include "passage.h"
#include "survey.h"

/* Bytes of a page, from which it is a large one: parsing takes up to 160 times as many. */
enum { LEAF_LARGE = 1 << 20 };

/* How pages are read; borrowed. */
struct leaf_options {
	const char *const *facets; /* keys of the front matter, at most FACET_MAX - 1 */
	size_t n_facets;
	struct address_rules address;
	enum anchor_style anchors;
	pthread_mutex_t *large; /* held while a large page is parsed; NULL where nobody else is */
};

struct leaf {
	struct page page; /* page.path is NULL while there is none */
	struct passages passages;
	struct front front;
	char *name; /* of the file, for want of a title */
	char *address;
	char *facets[FACET_MAX];
};

/* Reads the file of an entry into text, which the leaf then borrows from. An entry that is no
 * longer what was surveyed is distrusted, so that the next run sees to it. -1 with *why and an
 * empty leaf. Free with leaf_free. */
int leaf_read(struct leaf *l, struct survey_entry *entry, const struct leaf_options *options,
	      struct buf *text, struct error *why);
void leaf_free(struct leaf *l);

#endif

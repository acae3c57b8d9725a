/* posting.h - a document being put together: its terms with their postings, its values, its data.
 *
 * Plain C behind xap.h's xap_document_*: both ways into an index read it, Xapian's own writer
 * (xap.cc) and the bulk writer (glass.c). */
#ifndef POSTING_H
#define POSTING_H

#include "text.h"
#include "xap.h"

/* Glass keeps a tag of at most some 130 MB; this stays well below, for data as for values. */
enum { POSTING_DATA_MAX = 64 << 20 };

struct posting_term {
	uint64_t head; /* its first eight bytes as a number: most comparisons end here */
	uint32_t hash;
	uint32_t at, n; /* its bytes in `bytes` */
	uint32_t wdf;
	uint32_t first, last; /* 1 + index of its first and last place; 0: none */
	uint32_t n_words;     /* places with a position */
	uint32_t n_places;    /* positions, late ones too */
};

/* Where a term stands; those of one term are linked in the order they came. */
struct posting_place {
	uint32_t term;		 /* its index */
	uint32_t position, late; /* see xap_document_word(); 0: none */
	uint32_t next;		 /* as posting_term.first */
};

struct posting_value {
	unsigned slot;
	char *bytes;
	size_t n;
};

struct xap_document {
	struct buf bytes; /* of all terms */
	struct posting_term *terms;
	size_t n_terms, cap_terms;
	uint32_t *order;   /* of posting_sort: the terms by their bytes */
	uint32_t *buckets; /* 1 + index of a term, by hash; open addressing */
	size_t n_buckets;
	struct posting_place *places;
	size_t n_places, cap_places;
	uint32_t position;	      /* the last of all but the late ones */
	struct posting_value *values; /* in order of slots */
	size_t n_values, cap_values;
	char *data;
	size_t data_n;
	uint64_t length; /* sum of all wdf */
};

/* A hash of a term's bytes (FNV-1a, 32 bits). */
uint32_t posting_hash(const char *s, size_t n);
/* Does a term fit a key of glass, where a NUL byte takes two? */
bool posting_fits(const char *term, size_t n);

/* Fills in d->order; -1 when memory is out. */
int posting_sort(struct xap_document *d, struct error *e);

static inline const char *posting_bytes(const struct xap_document *d, const struct posting_term *t)
{
	return d->bytes.s + t->at;
}

/* The positions of a term, ascending, each once, into out, which has room for t->n_places; returns
 * how many. */
size_t posting_positions(const struct xap_document *d, const struct posting_term *t, uint32_t *out);

#endif

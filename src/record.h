/* record.h - what the index keeps of a passage beside its terms: a flat row of byte strings, stored
 * as a document's data. Also the names of the terms and value slots: the index format, in one
 * place. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>

#include "error.h"
#include "text.h"

/* Raise it whenever terms, slots or fields change: an old index is then refused, not misread. */
enum { INDEX_FORMAT = 12 };

/* Terms. Words folded by text_fold() stand bare; they never begin with a capital. A stem carries
 * its language's stem_prefix; a word of a title or heading stands again behind TERM_TITLE. */
#define TERM_TITLE                                                                                 \
	'T' /* T + word or T + stem_prefix + stem: of the page's title and the headings */
#define TERM_ABOUT                                                                                 \
	'H'	       /* H + stem_prefix + heading_key(): the passage is about just these words   \
			*/
#define TERM_NAMED 'N' /* N + stem_prefix + heading_name(): the passage is called just so */
#define TERM_LANG  'L' /* L + code: the passage is in this language */
#define TERM_AVAIL 'V' /* V + code: the passage or its translation is */
#define TERM_AREA  "A" /* A + folded word of the area's name, A= + the whole folded name */
#define TERM_FACET 'K' /* K + number of the facet, then as for the area */
#define TERM_PATH  'P' /* P + folded piece of the path */
#define TERM_FILE  'U' /* U + hash of the path: all passages of a file */
#define TERM_ID	   'I' /* I + id */

/* Facets: keys of the front matter by which hits are counted and filtered. The first is the area.
 */
enum { FACET_MAX = 4, FACET_AREA = 0 };

/* Value slots. SLOT_ORDER: the latest date first (its digits counted down from 9), then the path;
 * by it no order of hits depends on when their files were indexed. Facet f in language l is at
 * SLOT_FACET + f * LANGUAGE_MAX + l; several values of one facet are parted by line feeds. */
enum { SLOT_PAIR, SLOT_DATE, SLOT_FILE, SLOT_ORDER, SLOT_FACET };

/* Metadata of the whole index. */
#define NOTE_OPTIONS  "options"	 /* a checksum of what it was built with */
#define NOTE_LEXIQUE  "lexique"	 /* a checksum of its lexiques */
#define NOTE_FILES    "files "	 /* + number: what is remembered of the files, in pieces */
#define NOTE_BUILT    "built"	 /* when, ISO 8601 UTC */
#define NOTE_ANALYSER "analyser" /* analysers_print() */
#define NOTE_PART     "part" /* of an index in shards: run, number (0: the notes), how many shards */
#define NOTE_FACETS   "facets"	 /* keys of facets 1 and on, each ended by a line feed */
#define NOTE_WRITTEN  "written " /* + stem_prefix + folded word: the ways it is written */
#define NOTE_CONCEPT  "concept " /* + stem_prefix + lexique_key(): lines of the lexique */

enum record_field {
	RECORD_ID,   /* 16 hexadecimal digits, of path and anchor */
	RECORD_PATH, /* below the corpus root */
	RECORD_URL,  /* of address_of(), with its anchor */
	RECORD_ANCHOR,
	RECORD_LANG,
	RECORD_TITLE,	   /* the passage's heading, or the page's title */
	RECORD_BREADCRUMB, /* titles above it, each ended by a line feed */
	RECORD_DATE,	   /* YYYY-MM-DD or "" */
	RECORD_AREA,
	RECORD_LINE,
	RECORD_TWIN_ID, /* "" when the translation is known only to be on a page, or is not there */
	RECORD_TWIN_PATH, /* "" when there is none */
	RECORD_TWIN_URL,
	RECORD_TWIN_ANCHOR,
	RECORD_TWIN_TITLE,
	RECORD_TWIN_LANG,
	RECORD_TEXT,
	RECORD_SOURCE, /* its Markdown */
	RECORD_FIELDS,
};

struct record {
	struct span field[RECORD_FIELDS]; /* borrowed */
};

/* Appends the record as bytes. */
void record_write(struct buf *out, const struct record *r);
/* The spans of a record's bytes (borrowed). False when they are no record of this format. */
bool record_read(struct record *r, const char *data, size_t n);
/* The title of the page that a passage is of: the outermost above it. */
struct span record_page_title(const struct record *r);
/* The id of a passage: FNV-1a, 64 bits, of its path, anchor and number among those of one anchor.
 */
void record_id(char id[17], const char *path, const char *anchor, unsigned number);

#endif

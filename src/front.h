/* front.h - the front matter of a Markdown file (YAML between --- lines, read with libyaml).
 *
 * It counts only at the very first line (after a byte order mark), "---" alone, up to a line "---"
 * or
 * "...". A file without it has none, and that is no error; a first "---" that is never closed is a
 * thematic break, not front matter. */
#ifndef FRONT_H
#define FRONT_H

#include "error.h"
#include "text.h"

enum {
	FRONT_MAX_BYTES = 64 * 1024,
	FRONT_MAX_DEPTH = 16,
	FRONT_MAX_VALUE = 1024, /* bytes of a value that is kept; a longer one is cut */
};

/* A key that is none of those below, with one value; of a list each value is one of these. */
struct front_value {
	char *key, *value;
};

/* Values are C strings, owned; NULL when the key is absent or not a scalar. Keys in any case. */
struct front {
	char *title;
	char *lang; /* lang, language or locale, as written */
	char *key;  /* translationKey, translation_key or translationkey */
	char *area; /* area or domaine; the first of a list */
	char *date; /* date, as YYYY-MM-DD; NULL when it is no date */
	char *url;  /* url or permalink, as written */
	char *slug;
	struct front_value *others; /* in their order */
	size_t n_others;
	size_t body;	/* byte offset of the Markdown body in the file */
	long body_line; /* line of the file, from 1, on which the body begins */
};

/* Reads the front matter of a file's text (n bytes, valid UTF-8). STATUS_INPUT with the file's line
 * when it does not parse (also: not a mapping, an alias, a duplicate key we know), STATUS_LIMIT
 * past a ceiling. On error *f is empty and needs no free, but its body and body_line tell where the
 * body is if the end of the front matter was found. */
int front_read(const char *text, size_t n, struct front *f, struct error *e);
void front_free(struct front *f);

#endif

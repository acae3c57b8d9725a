/* tag.h - the tags of HTML, one at a time: enough to find ids and languages, no parser of
 * documents. What stands between the tags is the caller's business. */
#ifndef TAG_H
#define TAG_H

#include "text.h"

struct tag {
	struct span name, attributes; /* borrowed */
	bool closes, empty;	      /* </x>, <x/> */
	size_t length;		      /* from < to > */
};

/* Does this "<" begin a tag (and not a comment, a declaration or text)? */
bool tag_begins(const char *s, size_t n);
/* Reads the tag at s, for which tag_begins is true; false when it has no end. */
bool tag_read(const char *s, size_t n, struct tag *t);
/* The value of the first attribute of this name (any case), without white space around it; n == 0
 * when there is none. Character references in it are left as they are. */
struct span tag_attribute(const struct tag *t, const char *wanted);

/* Is the name (of a tag, say) this one, in any case? */
bool tag_is_named(struct span name, const char *wanted);
/* May the byte stand in a tag's name? */
bool tag_is_name_byte(char c);

#endif

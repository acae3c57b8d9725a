/* render_json.h - an answer as JSON: the contract of `--format json` and `format=json`. */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include "search.h"

/* Appends one object and a line feed. typed is the query as it came. Bytes that are no UTF-8 (in a
 * file name) become U+FFFD. 0, or -1 when memory is out. */
int render_json(struct buf *out, struct span typed, const struct search_result *result);

/* OpenSearch suggestions 1.1 (application/x-suggestions+json): what was typed, and how it may go
 * on. */
int render_suggestions(struct buf *out, const char *typed, const struct search_result *completed);
/* Appends {"format": 1, "error": text} and a line feed. */
int render_json_error(struct buf *out, const char *text);

#endif

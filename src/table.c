#include "table.h"

#include <string.h>

bool table_is_break(cmark_node *node)
{
	cmark_node_type type = node ? cmark_node_get_type(node) : CMARK_NODE_SOFTBREAK;
	return type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK;
}

bool table_has_pipe(cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_TEXT &&
	       strchr(cmark_node_get_literal(node), '|');
}

static bool is_delimiter(cmark_node *node)
{
	if (!table_has_pipe(node) || !table_is_break(cmark_node_next(node)))
		return false;
	const char *s = cmark_node_get_literal(node);
	return strchr(s, '-') && s[strspn(s, " \t|:-")] == '\0';
}

cmark_node *table_find(cmark_node *paragraph, cmark_node **delimiter)
{
	cmark_node *before = NULL, *start = NULL; /* of the line before and of this one */
	bool pipe_before = false, pipe = false;
	*delimiter = NULL;
	for (cmark_node *n = cmark_node_first_child(paragraph); n; n = cmark_node_next(n)) {
		if (table_is_break(n)) {
			before = start;
			start = NULL;
			pipe_before = pipe;
			pipe = false;
			continue;
		}
		if (!start && pipe_before && is_delimiter(n)) {
			*delimiter = n;
			return before;
		}
		start = start ? start : n;
		pipe = pipe || table_has_pipe(n);
	}
	return NULL;
}

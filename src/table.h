/* table.h - where in a paragraph a table stands. cmark knows no tables: to it they are paragraphs
 * in which a line |---|---| follows a line with "|" (GitHub Flavored Markdown 4.10). */
#ifndef TABLE_H
#define TABLE_H

#include <cmark.h>
#include <stdbool.h>

/* The first inline of the header of a paragraph's table, and *delimiter, the inline that is the
 * line below it; NULL when there is none. */
cmark_node *table_find(cmark_node *paragraph, cmark_node **delimiter);

/* A soft or hard line break, or the end (NULL). */
bool table_is_break(cmark_node *node);
/* Text with a "|" in it. */
bool table_has_pipe(cmark_node *node);

#endif

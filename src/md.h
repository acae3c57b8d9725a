/* md.h - writing Markdown: what comes from outside is escaped. */
#ifndef MD_H
#define MD_H

#include "text.h"

/* Text, with what would be markup escaped (CommonMark 2.4) and a line feed made a blank. */
void md_text(struct buf *out, struct span text);
/* A link's address, to stand between < and >. */
void md_url(struct buf *out, struct span url);

#endif

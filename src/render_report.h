/* render_report.h - what a log of questions tells, for people, spreadsheets, scripts, the lexique.
 */
#ifndef RENDER_REPORT_H
#define RENDER_REPORT_H

#include "report.h"

/* For a terminal or a pipe, in the language of messages; what could work on a terminal is made
 * harmless. bad: lines of the log that could not be read. */
void render_report_text(struct buf *out, const struct report_result *r, size_t bad,
			const struct language *messages);
/* RFC 4180, a record a question; a cell that a spreadsheet would take for a formula has an
 * apostrophe before it, for strangers typed what stands there. */
void render_report_csv(struct buf *out, const struct report_result *r);
/* One object and a line feed. 0, or -1 when memory is out. */
int render_report_json(struct buf *out, const struct report_result *r, size_t bad);
/* The lines for the lexique, each once, with a comment that says what was asked; a lexique with
 * these added is still one. Their number. */
size_t render_report_lexique(struct buf *out, const struct report_result *r,
			     const struct language *messages);

#endif

/* log.h - the log of questions: one line for each, with nothing in it that tells who asked.
 *
 *     2026-11-25<TAB>fr<TAB>0<TAB>3<TAB>all<TAB>désherbage des collections
 *
 * The day; the reader's language; hits in that language and, beside them, in the other only; how
 * they were found: `all` (all words), `some` (no passage has them all) or `corrected` (nothing as
 * typed: these are the hits of the suggestion); and the question as typed, with what looks personal
 * masked. No time of day, no address, no user. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "error.h"
#include "language.h"
#include "text.h"

enum {
	LOG_TYPED_MAX = 200,	  /* characters of a question that are kept */
	LOG_LINE_MAX = 1024,	  /* bytes of a line, its line feed included */
	LOG_FILE_MAX = 256 << 20, /* bytes of the file: then nothing is added */
	LOG_DAY_SIZE = 11,	  /* YYYY-MM-DD */
	LOG_NUMBER_MAX = 1 << 30, /* of hits */
};

/* What stands for what was masked: an address of e-mail; a number. No word in either, in any
 * language. */
#define LOG_MASK_ADDRESS "[@]"
#define LOG_MASK_NUMBER	 "[#]"

enum log_how { LOG_ALL, LOG_SOME, LOG_CORRECTED };

struct log_entry {
	char day[LOG_DAY_SIZE];
	const struct language *language; /* the reader's */
	size_t own, other;		 /* hits in the reader's language; only in the other */
	enum log_how how;
	struct span typed; /* borrowed */
};

/* ---- what is kept ---- */

/* Appends a question (UTF-8) with what looks personal masked, cut at LOG_TYPED_MAX characters:
 *
 * - e-mail: a@b; with blanks about the sign, "(at)", "at" or "arobase" in its place where a name
 *   with a dot follows, also one in letters ("(dot)", "point ca");
 * - numbers: six digits or more in a row, or seven or more in groups with up to three signs
 *   between (cards, telephones, social insurance numbers, dates of birth), with the letters that
 *   touch them, a "+" or "(" before, and an extension (ext., poste, x) behind; but not one or two
 *   years (2015-2016); and dates in figures (1/2/1980, 80-02-29);
 * - Canadian postal codes (K1A 0B6) and health insurance numbers of Québec (four letters, eight
 *   digits).
 *
 * Control characters and those that turn the direction of a line become spaces; white space at
 * both ends is left out. Takes no memory but out's. */
void log_mask(struct buf *out, struct span typed);
/* Appends a whole line, masked, with its line feed; nothing when the question is blank. */
void log_put_line(struct buf *out, const struct log_entry *entry);
/* Today by the local clock. tzset() must have been called where files can no longer be opened. */
void log_today(char day[LOG_DAY_SIZE]);

/* ---- what is read ---- */

/* Reads a line, without its line feed. False when it is none that log_put_line() writes: the day
 * does not exist, a field is missing, or there is a character in it that is never written. */
bool log_read_line(struct span line, struct log_entry *entry);
/* Reads all lines of an open file, in bounded memory: `take` for each entry, `wrong` with the
 * number (from 1) of each line that is none; blank lines are passed over. take ends it by
 * returning not 0, and that is the result. -1 with *e, which has the name, when the file cannot be
 * read. */
struct log_reader {
	int (*take)(void *self, const struct log_entry *entry);
	void (*wrong)(void *self, long line);
	void *self;
};
int log_read(int fd, const char *name, const struct log_reader *reader, struct error *e);
/* The number of a day, counted from 1 January 1970; -1 when "YYYY-MM-DD" is none after that. */
long log_day_number(struct span day);
/* The other way, for 0 to log_day_number("9999-12-31"). */
void log_day_of(long number, char day[LOG_DAY_SIZE]);

/* ---- the file ---- */

/* Zero-initialise it; "" or NULL is no log, and then nothing below does anything. */
struct log_file {
	const char *path; /* borrowed */
	bool open;
	int fd;
	time_t since; /* when it was last opened, or could not be */
};

/* Opens the file, again if it is open, to append to it; makes it (mode 0640, or less by umask) when
 * missing. Other programs do not inherit it. -1 with *e; so for what is no regular file, and for a
 * symbolic link. Never blocks. */
int log_open(struct log_file *f, struct error *e);
/* Should it be opened again? logrotate may have put it away; or it could not be opened, and
 * LOG_PATIENCE seconds have passed. Opens nothing, so a locked process may ask. */
enum { LOG_PATIENCE = 60 };
bool log_is_stale(const struct log_file *f);
/* Appends lines by one write, which no other process's can part. -1 with *e when they were not
 * written whole: STATUS_LIMIT past LOG_FILE_MAX, else STATUS_IO. Where it is not open, nothing. */
int log_append(const struct log_file *f, struct span lines, struct error *e);
void log_close(struct log_file *f);

#endif

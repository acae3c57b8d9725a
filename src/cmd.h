/* cmd.h - what the commands share: their table's row, their options' start, and how they speak. */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>

#include "error.h"
#include "language.h"
#include "search.h"
#include "settings.h"
#include "text.h"
#include "version.h"

enum { EXIT_FOUND = 0, EXIT_NOTHING = 1, EXIT_TROUBLE = 2 }; /* like grep */

/* What is known before a command runs. */
struct context {
	const struct language *language; /* of messages */
	const char *index;		 /* folder */
	const struct settings *settings; /* of the administrator */
};

struct command {
	const char *name;
	int (*run)(struct context *c, int argc,
		   char **argv); /* argv[0] is the command; gives the exit status */
	enum message help;
	bool unset; /* runs without the settings, which it may be about to write */
};

int cmd_init(struct context *c, int argc, char **argv);
int cmd_index(struct context *c, int argc, char **argv);
int cmd_search(struct context *c, int argc, char **argv);
int cmd_explain(struct context *c, int argc, char **argv);
int cmd_show(struct context *c, int argc, char **argv);
int cmd_doctor(struct context *c, int argc, char **argv);
int cmd_check_links(struct context *c, int argc, char **argv);
int cmd_embed(struct context *c, int argc, char **argv);
int cmd_report(struct context *c, int argc, char **argv);
int cmd_lexique(struct context *c, int argc, char **argv);

/* "trouvaille: what is wrong" on standard error; gives EXIT_TROUBLE. */
int cmd_error(const struct context *c, const struct error *e);
int cmd_wrong(const struct context *c, enum message what, const char *detail);
/* "trouvaille: FILE:LINE: what is wrong"; line 0 leaves it out. */
void cmd_file_error(const struct context *c, const char *root, const char *path,
		    const struct error *e);
/* As root, where the index's folder is another user's: goes on as that user, for good, and says so
 * on standard error. What root left there that user's next run could not write, and what that user
 * left there could lead root astray. Where the change is not allowed nothing changes. */
void cmd_as_owner(const struct context *c);
/* Appends root/path with control characters made harmless. */
void cmd_put_path(struct buf *out, const char *root, const char *path);
/* Tells on standard error of the parts of the index that an answer lacks. */
void cmd_missing(const struct context *c, const char *const *missing, size_t n);
/* For the character that getopt_long gave for something it did not know. */
int cmd_bad_option(const struct context *c, int argc, char **argv, int got);
/* Prints a message whole on standard output; gives 0. */
int cmd_help(const struct context *c, enum message help);
/* Prints name and version; gives the exit status. */
int cmd_version(const struct context *c);
/* The place of the value in a list that NULL ends; false if it is not in it. */
bool cmd_choice(const char *const *names, const char *value, int *choice);
/* A number from 0 to most, all of the string; false if it is none. */
bool cmd_number(const char *s, unsigned long most, unsigned long *n);
/* An option of what is searched and how, by the letter that getopt_long gives: index i, lang l,
 * sort s, area a, only O, exact x. 0, or the exit status after telling what is wrong. */
int cmd_search_option(struct context *c, struct search_options *o, int got);
/* The words of the command line as one query: a new C string, NULL when memory is out. */
char *cmd_join_words(int n, char **words);
/* `search plainte -politique` leaves a word out, as typed on the page; only -h is an option of one
 * letter. A space in front makes such a word none for getopt, and the query passes over it. The
 * copies end with the process. False when memory is out. */
bool cmd_protect_exclusions(int argc, char **argv);
/* Standard output got it all: 0, else EXIT_TROUBLE with a word on standard error. */
int cmd_flush(const struct context *c);

#endif

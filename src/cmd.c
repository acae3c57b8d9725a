#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16 * 1024 };

static void say(struct buf *line)
{
	buf_putc(line, '\n');
	if (line->s)
		fwrite(line->s, 1, line->n, stderr);
	buf_free(line);
}

/* A file name may hold anything: a line feed or an escape in it must not forge a line of the log.
 */
static void put_name(struct buf *line, const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		if (c < 0x20 || c == 0x7F)
			buf_printf(line, "\\%03o", c);
		else
			buf_putc(line, *name);
	}
}

int cmd_error(const struct context *c, const struct error *e)
{
	struct buf line = buf_new(LINE_MAX_BYTES);
	buf_puts(&line, "trouvaille: ");
	language_error(&line, c->language, e);
	say(&line);
	return EXIT_TROUBLE;
}

int cmd_wrong(const struct context *c, enum message what, const char *detail)
{
	struct error e;
	error_set(&e, STATUS_INPUT, what, detail);
	return cmd_error(c, &e);
}

void cmd_put_path(struct buf *out, const char *root, const char *path)
{
	put_name(out, root);
	if (*root && *path && root[strlen(root) - 1] != '/')
		buf_putc(out, '/');
	put_name(out, path);
}

void cmd_file_error(const struct context *c, const char *root, const char *path,
		    const struct error *e)
{
	struct buf line = buf_new(LINE_MAX_BYTES);
	buf_puts(&line, "trouvaille: ");
	cmd_put_path(&line, root, path);
	if (e->line)
		buf_printf(&line, ":%ld", e->line);
	buf_puts(&line, ": ");
	language_error(&line, c->language, e);
	say(&line);
}

void cmd_missing(const struct context *c, const char *const *missing, size_t n)
{
	struct error e;
	for (size_t i = 0; i < n; i++) {
		error_set(&e, STATUS_AWAY, MSG_PARTS_MISSING, missing[i]);
		cmd_error(c, &e);
	}
}

void cmd_as_owner(const struct context *c)
{
	struct stat st;
	struct error e;
	if (geteuid() != 0 || stat(c->index, &st) != 0 || st.st_uid == 0)
		return;
	const struct passwd *owner = getpwuid(st.st_uid);
	char number[24];
	snprintf(number, sizeof number, "%lu", (unsigned long)st.st_uid);
	/* the groups first: who is not root any more may not change them */
	if ((owner ? initgroups(owner->pw_name, owner->pw_gid) : setgroups(0, NULL)) != 0 ||
	    setgid(owner ? owner->pw_gid : st.st_gid) != 0 || setuid(st.st_uid) != 0)
		return;
	error_set(&e, STATUS_OK, MSG_AS_OWNER, owner ? owner->pw_name : number);
	cmd_error(c, &e);
}

int cmd_bad_option(const struct context *c, int argc, char **argv, int got)
{
	const char *last = argv[optind > 1 && optind <= argc ? optind - 1 : 0];
	char letter[3] = {'-', (char)optopt, '\0'};
	/* of a long option getopt gives only the number: its name stands in the argument just read
	 */
	bool is_letter = strncmp(last, "--", 2) != 0 && optopt > 0 && optopt < 128;
	return cmd_wrong(c, got == ':' ? MSG_OPTION_NEEDS : MSG_OPTION_UNKNOWN,
			 is_letter ? letter : last);
}

int cmd_help(const struct context *c, enum message help)
{
	fputs(language_message(c->language, help), stdout);
	return cmd_flush(c);
}

int cmd_version(const struct context *c)
{
	puts("trouvaille " TROUVAILLE_VERSION);
	return cmd_flush(c);
}

bool cmd_choice(const char *const *names, const char *value, int *choice)
{
	for (*choice = 0; names[*choice]; ++*choice) {
		if (strcmp(names[*choice], value) == 0)
			return true;
	}
	return false;
}

int cmd_search_option(struct context *c, struct search_options *o, int got)
{
	static const char *const sorts[] = {"relevance", "date", NULL};
	int choice;
	switch (got) {
	case 'i':
		c->index = optarg;
		return 0;
	case 'l':
		o->language = language_find(optarg, strlen(optarg));
		return o->language ? 0 : cmd_wrong(c, MSG_LANGUAGE_UNKNOWN, optarg);
	case 's':
		if (!cmd_choice(sorts, optarg, &choice))
			return cmd_wrong(c, MSG_SORT_UNKNOWN, optarg);
		o->sort = (enum search_sort)choice;
		return 0;
	case 'a':
		o->area = span_of(optarg);
		return 0;
	case 'O':
		o->only = true;
		return 0;
	default:
		o->exact = true;
		return 0;
	}
}

bool cmd_number(const char *s, unsigned long most, unsigned long *n)
{
	char *end;
	errno = 0;
	if (*s < '0' || *s > '9')
		return false;
	*n = strtoul(s, &end, 10);
	return errno == 0 && *end == '\0' && *n <= most;
}

char *cmd_join_words(int n, char **words)
{
	struct buf all = buf_new(1024 * 1024);
	for (int i = 0; i < n; i++) {
		if (i)
			buf_putc(&all, ' ');
		buf_puts(&all, words[i]);
	}
	return buf_take(&all);
}

bool cmd_protect_exclusions(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (argv[i][0] != '-' || argv[i][1] == '-' || !argv[i][1] ||
		    strcmp(argv[i], "-h") == 0)
			continue;
		char *copy = NULL;
		if (asprintf(&copy, " %s", argv[i]) < 0)
			return false;
		argv[i] = copy;
	}
	return true;
}

int cmd_flush(const struct context *c)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	struct error e;
	error_system(&e, "stdout");
	return cmd_error(c, &e);
}

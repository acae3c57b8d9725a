#include "stub.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* A file that holds a NUL is no text: a damaged database, most likely. */
static char *read_text(const char *path, struct error *e)
{
	struct stat st;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		error_set(e, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
			  errno == ENOENT ? MSG_XAP_MISSING : MSG_XAP_IO, path);
		return NULL;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > STUB_MAX_BYTES) {
		error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path);
	} else if (!(text = calloc(1, (size_t)st.st_size + 1))) {
		error_memory(e);
	} else if (read(fd, text, (size_t)st.st_size) != st.st_size ||
		   strlen(text) != (size_t)st.st_size) {
		error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path);
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

bool stub_is_list(const char *path)
{
	char head[512];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* it may be a FIFO */
	if (fd < 0)
		return false;
	bool file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= STUB_MAX_BYTES;
	ssize_t n = file ? read(fd, head, sizeof head) : 0, i = 0;
	close(fd);
	while (i < n && ((unsigned char)head[i] >= ' ' || (head[i] && strchr("\t\n\r", head[i]))))
		i++;
	return n > 0 && i == n;
}

/* The rest of a line that begins with this word and a blank, or NULL. */
static const char *after(const char *line, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(line, word, n) != 0 || (line[n] != ' ' && line[n] != '\t'))
		return NULL;
	line += n + strspn(line + n, " \t");
	return *line ? line : NULL;
}

/* HOST:PORT, where a host of colons stands in brackets. */
static bool read_address(struct stub_part *part, const char *s)
{
	const char *colon = strrchr(s, ':');
	char *end;
	bool bracket = *s == '[' && colon && colon[-1] == ']';
	if (!colon || colon == s || colon[1] < '0' || colon[1] > '9' ||
	    (!bracket && (strchr(s, ':') != colon || strchr(s, '['))))
		return false;
	unsigned long port = strtoul(colon + 1, &end, 10);
	if (*end || port == 0 || port > 65535)
		return false;
	size_t n = (size_t)(colon - s) - (bracket ? 2 : 0);
	part->name = strdup(s);
	part->host = strndup(s + bracket, n);
	part->port = (unsigned)port;
	return n > 0;
}

static void read_path(struct stub_part *part, const char *stub, const char *s)
{
	const char *slash = *s == '/' ? NULL : strrchr(stub, '/');
	if (asprintf(&part->name, "%.*s%s", slash ? (int)(slash - stub) + 1 : 0, stub, s) < 0)
		part->name = NULL;
}

/* One line; false when it makes no sense. */
static bool read_line(struct stub *s, const char *stub, char *line)
{
	const char *rest;
	struct stub_part *part = &s->list[s->n];
	line[strcspn(line, "\r")] = '\0';
	if (!*line || *line == '#')
		return true;
	if ((rest = after(line, "auto")) || (rest = after(line, "glass")))
		read_path(part, stub, rest);
	else if (!(rest = after(line, "remote")) || !read_address(part, rest))
		return false;
	s->n++;
	return true;
}

static int read_lines(struct stub *s, const char *path, char *text, struct error *e)
{
	long number = 1;
	for (char *line = text, *next; line; line = next, number++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!read_line(s, path, line)) {
			char detail[sizeof e->detail];
			s->n++; /* what it may have got is to be freed */
			bool text_of_ours = utf8_check(line, strlen(line)) == strlen(line);
			snprintf(detail, sizeof detail, "%s:%ld: %.100s", path, number,
				 text_of_ours ? line : "?");
			return error_at(e, STATUS_CORRUPT, MSG_STUB_LINE, detail, number);
		}
		if (s->n && (!s->list[s->n - 1].name ||
			     (s->list[s->n - 1].port && !s->list[s->n - 1].host)))
			return error_memory(e);
	}
	return s->n ? 0 : error_set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path);
}

int stub_read(struct stub *s, const char *path, struct error *e)
{
	size_t lines = 2;
	*s = (struct stub){0};
	char *text = read_text(path, e);
	if (!text)
		return -1;
	for (const char *c = text; (c = strchr(c, '\n')); c++)
		lines++;
	s->list = calloc(lines, sizeof *s->list);
	int result = s->list ? read_lines(s, path, text, e) : error_memory(e);
	free(text);
	if (result != 0)
		stub_free(s);
	return result;
}

void stub_free(struct stub *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].name);
		free(s->list[i].host);
	}
	free(s->list);
	*s = (struct stub){0};
}

#include "tag.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool tag_is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == ':' || c == '.';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool tag_is_named(struct span a, const char *name)
{
	return a.n == strlen(name) && strncasecmp(a.s, name, a.n) == 0;
}

/* Offset after the '>' that ends the tag at s, those in quotes not counted; 0 when there is none.
 */
static size_t tag_length(const char *s, size_t n)
{
	char quote = 0;
	for (size_t i = 1; i < n; i++) {
		if (quote)
			quote = s[i] == quote ? 0 : quote;
		else if (s[i] == '>')
			return i + 1;
		else if ((s[i] == '"' || s[i] == '\'') && s[i - 1] == '=')
			quote = s[i];
	}
	return 0;
}

bool tag_begins(const char *s, size_t n)
{
	size_t i = n > 1 && s[1] == '/' ? 2 : 1;
	return i < n && is_letter(s[i]);
}

bool tag_read(const char *s, size_t n, struct tag *t)
{
	*t = (struct tag){.length = tag_length(s, n)};
	if (!t->length)
		return false;
	t->closes = s[1] == '/';
	size_t start = t->closes ? 2 : 1, i = start;
	while (tag_is_name_byte(s[i]))
		i++;
	t->name = (struct span){s + start, i - start};
	size_t end = t->length - 1;
	t->empty = end > i && s[end - 1] == '/';
	t->attributes = (struct span){s + i, end - i};
	return true;
}

/* Takes the next attribute off the front of *rest; false when there is none. */
static bool next_attribute(struct span *rest, struct span *name, struct span *value)
{
	const char *s = rest->s, *end = s + rest->n;
	while (s < end && (is_space(*s) || *s == '/'))
		s++;
	*name = (struct span){s, 0};
	*value = (struct span){s, 0};
	while (s < end && !is_space(*s) && *s != '=')
		s++;
	name->n = (size_t)(s - name->s);
	const char *after = s;
	while (s < end && is_space(*s))
		s++;
	if (s == end || *s != '=') {
		*rest = (struct span){after, (size_t)(end - after)};
		return name->n > 0;
	}
	s++;
	while (s < end && is_space(*s))
		s++;
	char quote = s < end && (*s == '"' || *s == '\'') ? *s++ : 0;
	value->s = s;
	while (s < end && (quote ? *s != quote : !is_space(*s)))
		s++;
	value->n = (size_t)(s - value->s);
	if (quote && s < end)
		s++;
	*rest = (struct span){s, (size_t)(end - s)};
	return true;
}

struct span tag_attribute(const struct tag *t, const char *wanted)
{
	struct span rest = t->attributes, name, value;
	while (next_attribute(&rest, &name, &value))
		if (tag_is_named(name, wanted))
			return span_trim(value);
	return (struct span){"", 0};
}

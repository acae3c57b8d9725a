#include "front.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

enum slot { SLOT_TITLE, SLOT_LANG, SLOT_KEY, SLOT_AREA, SLOT_DATE, SLOT_URL, SLOT_SLUG, SLOT_NONE };

static const struct {
	const char *name;
	enum slot slot;
} keys[] = {
	{"title", SLOT_TITLE},
	{"lang", SLOT_LANG},
	{"language", SLOT_LANG},
	{"locale", SLOT_LANG},
	{"translationKey", SLOT_KEY}, /* in any case: translationkey too */
	{"translation_key", SLOT_KEY},
	{"area", SLOT_AREA},
	{"domaine", SLOT_AREA},
	{"date", SLOT_DATE},
	{"url", SLOT_URL},
	{"permalink", SLOT_URL},
	{"slug", SLOT_SLUG},
};

enum { KEYS = sizeof keys / sizeof keys[0] };

/* Where we stand in the stream of YAML events. No recursion: depth is a number. */
struct reader {
	yaml_parser_t yaml;
	struct front *front;
	struct error *error;
	long last_line; /* of the closing line: no error is after it */
	const char *text;
	size_t n;
	int depth;
	bool wants_key;	 /* at depth 1: the next node is a key */
	bool in_list;	 /* at depth 2: in a list that is the value of a key of ours */
	bool documented; /* a document was seen */
	enum slot slot;	 /* of the key whose value comes */
	char *other;	 /* its name when it is none of ours, else NULL */
	bool seen[KEYS];
};

static char **slot_of(struct front *f, enum slot slot)
{
	switch (slot) {
	case SLOT_TITLE:
		return &f->title;
	case SLOT_LANG:
		return &f->lang;
	case SLOT_KEY:
		return &f->key;
	case SLOT_AREA:
		return &f->area;
	case SLOT_DATE:
		return &f->date;
	case SLOT_URL:
		return &f->url;
	case SLOT_SLUG:
		return &f->slug;
	case SLOT_NONE:
		break;
	}
	return NULL;
}

void front_free(struct front *f)
{
	for (int i = 0; i < SLOT_NONE; i++)
		free(*slot_of(f, (enum slot)i));
	for (size_t i = 0; i < f->n_others; i++) {
		free(f->others[i].key);
		free(f->others[i].value);
	}
	free(f->others);
	*f = (struct front){0};
}

/* Frees the values but keeps what is known of the body. */
static void forget_values(struct front *f)
{
	size_t body = f->body;
	long line = f->body_line;
	front_free(f);
	f->body = body;
	f->body_line = line;
}

/* Length of the line at s with its line feed. */
static size_t line_length(const char *s, size_t n)
{
	const char *end = memchr(s, '\n', n);
	return end ? (size_t)(end - s) + 1 : n;
}

/* Is it the mark alone on the line (white space after it is not seen by authors, so it may be)? */
static bool line_is(const char *s, size_t n, const char *mark)
{
	while (n && (s[n - 1] == '\n' || s[n - 1] == '\r' || s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return n == strlen(mark) && memcmp(s, mark, n) == 0;
}

/* Finds the YAML between the marks and sets body and body_line; false when there is none. */
static bool find_yaml(const char *text, size_t n, struct front *f, struct span *yaml)
{
	size_t at = n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	f->body = at;
	f->body_line = 1;
	size_t length = line_length(text + at, n - at);
	if (!line_is(text + at, length, "---"))
		return false;
	at += length;
	size_t start = at;
	for (long line = 2; at < n; line++, at += length) {
		length = line_length(text + at, n - at);
		if (!line_is(text + at, length, "---") && !line_is(text + at, length, "..."))
			continue;
		*yaml = (struct span){text + start, at - start};
		f->body = at + length;
		f->body_line = line + 1;
		return true;
	}
	return false;
}

static int fail(struct reader *r, enum status status, enum message what, const char *detail,
		long line)
{
	return error_at(r->error, status, what, detail, line < r->last_line ? line : r->last_line);
}

/* The file's line of a mark of libyaml: marks count from 0, and the YAML begins on line 2. */
static long file_line(yaml_mark_t mark)
{
	return mark.line < 1000000 ? (long)mark.line + 2 : 1000002;
}

/* libyaml gives an offset, not a line, for bytes that YAML does not allow. */
static long line_of_offset(const struct reader *r, size_t offset)
{
	long line = 2;
	for (size_t i = 0; i < offset && i < r->n; i++)
		line += r->text[i] == '\n';
	return line;
}

static int fail_yaml(struct reader *r)
{
	const yaml_parser_t *y = &r->yaml;
	if (y->error == YAML_MEMORY_ERROR)
		return error_memory(r->error);
	long line = y->error == YAML_READER_ERROR ? line_of_offset(r, y->problem_offset)
						  : file_line(y->problem_mark);
	return fail(r, STATUS_INPUT, MSG_FRONT_YAML, y->problem, line);
}

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

static int number(const char *s, size_t n)
{
	int v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

/* Does s begin with a day of the calendar, alone or with a time after it? */
static bool is_date(const char *s, size_t n)
{
	if (n < 10 || !all_digits(s, 4) || s[4] != '-' || !all_digits(s + 5, 2) || s[7] != '-' ||
	    !all_digits(s + 8, 2))
		return false;
	if (n > 10 && s[10] != 'T' && s[10] != 't' && s[10] != ' ')
		return false;
	if (n > 10 && (n < 13 || !all_digits(s + 11, 1)))
		return false;
	int year = number(s, 4), month = number(s + 5, 2), day = number(s + 8, 2);
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

static bool is_null(struct span v, yaml_scalar_style_t style)
{
	return v.n == 0 ||
	       (style == YAML_PLAIN_SCALAR_STYLE &&
		((v.n == 1 && v.s[0] == '~') || (v.n == 4 && strncasecmp(v.s, "null", 4) == 0)));
}

/* A value as one line, cut at FRONT_MAX_VALUE: it is for one line of a result, and a C string. NULL
 * when memory is out. */
static char *one_line(struct span v)
{
	if (v.n > FRONT_MAX_VALUE) {
		v.n = FRONT_MAX_VALUE;
		while (v.n && ((unsigned char)v.s[v.n] & 0xC0) == 0x80)
			v.n--;
	}
	char *line = text_copy(v.s, v.n);
	for (size_t i = 0; line && i < v.n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7F)
			line[i] = ' ';
	return line;
}

static int keep_other(struct reader *r, struct span v)
{
	struct front *f = r->front;
	size_t n = f->n_others;
	/* room doubles at each power of two */
	if ((n & (n - 1)) == 0) {
		struct front_value *more = realloc(f->others, (n ? 2 * n : 1) * sizeof *f->others);
		if (!more)
			return error_memory(r->error);
		f->others = more;
	}
	struct front_value new = {one_line(span_of(r->other)), one_line(v)};
	if (!new.key || !new.value) {
		free(new.key);
		free(new.value);
		return error_memory(r->error);
	}
	f->others[f->n_others++] = new;
	return 0;
}

/* Keeps a scalar. */
static int keep(struct reader *r, const yaml_event_t *event)
{
	char **place = slot_of(r->front, r->slot);
	struct span v = {(const char *)event->data.scalar.value, event->data.scalar.length};
	v = span_trim(v);
	if (is_null(v, event->data.scalar.style))
		return 0;
	if (r->slot == SLOT_NONE)
		return r->other ? keep_other(r, v) : 0;
	if (*place)
		return 0;
	if (r->slot == SLOT_DATE) {
		if (!is_date(v.s, v.n))
			return 0;
		v.n = 10;
	}
	*place = one_line(v);
	return *place ? 0 : error_memory(r->error);
}

static int take_key(struct reader *r, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.scalar.value;
	r->slot = SLOT_NONE;
	free(r->other);
	r->other = NULL;
	for (size_t i = 0; i < KEYS; i++) {
		if (strcasecmp(name, keys[i].name) != 0)
			continue;
		if (r->seen[i])
			return fail(r, STATUS_INPUT, MSG_FRONT_DUPLICATE, keys[i].name,
				    file_line(event->start_mark));
		r->seen[i] = true;
		r->slot = keys[i].slot;
	}
	if (r->slot == SLOT_NONE && !(r->other = text_copy(name, strlen(name))))
		return error_memory(r->error);
	return 0;
}

static int take_scalar(struct reader *r, const yaml_event_t *event)
{
	if (r->depth == 0)
		return fail(r, STATUS_INPUT, MSG_FRONT_NO_MAPPING, NULL,
			    file_line(event->start_mark));
	if (r->depth == 2 && r->in_list && (r->slot == SLOT_AREA || r->slot == SLOT_NONE))
		return keep(r, event);
	if (r->depth != 1)
		return 0;
	bool key = r->wants_key;
	r->wants_key = !key;
	return key ? take_key(r, event) : keep(r, event);
}

static int open_collection(struct reader *r, const yaml_event_t *event)
{
	bool mapping = event->type == YAML_MAPPING_START_EVENT;
	long line = file_line(event->start_mark);
	if (r->depth == 0 && !mapping)
		return fail(r, STATUS_INPUT, MSG_FRONT_NO_MAPPING, NULL, line);
	if (r->depth == FRONT_MAX_DEPTH)
		return fail(r, STATUS_LIMIT, MSG_FRONT_DEEP, NULL, line);
	if (r->depth == 0)
		r->wants_key = true;
	if (r->depth == 1) {
		/* A collection may itself be a key; its value is then none of ours. */
		if (r->wants_key) {
			r->slot = SLOT_NONE;
			free(r->other);
			r->other = NULL;
		}
		r->in_list = !mapping;
	}
	r->depth++;
	return 0;
}

static void close_collection(struct reader *r)
{
	r->depth--;
	if (r->depth == 1)
		r->wants_key = !r->wants_key;
}

static bool has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return true;
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return false;
	}
}

static int take_event(struct reader *r, const yaml_event_t *event)
{
	long line = file_line(event->start_mark);
	if (has_anchor(event))
		return fail(r, STATUS_INPUT, MSG_FRONT_ALIAS, NULL, line);
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		/* "--- text" inside would begin a second document. */
		if (r->documented)
			return fail(r, STATUS_INPUT, MSG_FRONT_NO_MAPPING, NULL, line);
		r->documented = true;
		return 0;
	case YAML_SCALAR_EVENT:
		return take_scalar(r, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return open_collection(r, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_collection(r);
		return 0;
	default:
		return 0;
	}
}

static int read_events(struct reader *r)
{
	for (;;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&r->yaml, &event))
			return fail_yaml(r);
		bool end = event.type == YAML_STREAM_END_EVENT;
		int result = take_event(r, &event);
		yaml_event_delete(&event);
		if (result || end)
			return result;
	}
}

int front_read(const char *text, size_t n, struct front *f, struct error *e)
{
	*f = (struct front){0};
	struct span yaml;
	if (!find_yaml(text, n, f, &yaml))
		return 0;
	if (yaml.n > FRONT_MAX_BYTES)
		return error_at(e, STATUS_LIMIT, MSG_FRONT_BIG, NULL, 1);
	struct reader r = {.front = f, .error = e, .text = yaml.s, .n = yaml.n, .slot = SLOT_NONE};
	r.last_line = f->body_line - 1;
	if (!yaml_parser_initialize(&r.yaml))
		return error_memory(e);
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)yaml.s, yaml.n);
	int result = read_events(&r);
	yaml_parser_delete(&r.yaml);
	free(r.other);
	if (result)
		forget_values(f);
	return result;
}

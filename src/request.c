/* request.c - see request.h. The first fault is kept; reading goes on, for lang= and format=. */
#include "request.h"

#include <stdio.h>
#include <string.h>

#include "text.h"
#include "version.h"

enum parameter {
	PARAMETER_Q,
	PARAMETER_LANG,
	PARAMETER_PAGE,
	PARAMETER_AREA,
	PARAMETER_SORT,
	PARAMETER_FORMAT,
	PARAMETER_SUGGEST,
	PARAMETER_DOC,
	PARAMETER_EXPLAIN,
	PARAMETER_ID,
	PARAMETER_ORDER,
	PARAMETER_SHOW,
	PARAMETER_COUNT,
};

static const char *const parameter_names[PARAMETER_COUNT] = {
	"q",	   "lang", "page",    "area", "sort",  "format",
	"suggest", "doc",  "explain", "id",   "order", "show",
};

const char *const request_format_names[REQUEST_FORMATS + 1] = {
	"html",	   "json",     "fragment", "opensearch", "tips",
	"profile", "document", "md",	   "text",	 "csv",
};

struct reader {
	struct request *r;
	struct error *e;
	bool seen[PARAMETER_COUNT];
	struct choice order;
	char decoded[REQUEST_MAX_BYTES + 1];
};

static void refuse(struct reader *x, int http, enum status status, enum message what,
		   const char *detail)
{
	if (x->r->http_status != 200)
		return;
	x->r->http_status = http;
	error_set(x->e, status, what, detail);
}

static void refuse_number(struct reader *x, int http, enum message what, int number)
{
	char text[16];
	snprintf(text, sizeof text, "%d", number);
	refuse(x, http, STATUS_LIMIT, what, text);
}

/* ---- decoding ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes + and %XX into out, which has room: decoding never lengthens. False for a bad code. */
static bool decode(struct span raw, char *out, size_t *n)
{
	size_t made = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.s[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < raw.n ? hex_digit(raw.s[i + 1]) : -1;
			int low = i + 2 < raw.n ? hex_digit(raw.s[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(unsigned char)(high * 16 + low);
			i += 2;
		}
		out[made++] = c;
	}
	out[made] = '\0';
	*n = made;
	return true;
}

/* True for good UTF-8 without control characters; tab and line ends become spaces on the way. */
static bool clean(char *s, size_t n)
{
	if (utf8_check(s, n) != n)
		return false;
	for (size_t i = 0; i < n;) {
		uint32_t c;
		size_t length = utf8_decode(s + i, n - i, &c);
		if (c == '\t' || c == '\n' || c == '\r')
			s[i] = ' ';
		else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			return false;
		i += length;
	}
	return true;
}

/* ---- Accept-Language ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span trim_blanks(struct span a)
{
	while (a.n && is_blank(a.s[0]))
		a.s++, a.n--;
	while (a.n && is_blank(a.s[a.n - 1]))
		a.n--;
	return a;
}

/* Cuts *rest at the next separator and returns what stood before it, trimmed. */
static struct span cut(struct span *rest, char separator)
{
	const char *at = rest->n ? memchr(rest->s, separator, rest->n) : NULL;
	size_t n = at ? (size_t)(at - rest->s) : rest->n;
	struct span part = trim_blanks((struct span){rest->s, n});
	size_t used = at ? n + 1 : n;
	rest->s += used;
	rest->n -= used;
	return part;
}

/* The thousandths of "q=0.8", or -1 when it is no quality value of RFC 9110. */
static int quality(struct span weight)
{
	if (weight.n < 3 || weight.n > 7 || (weight.s[0] != 'q' && weight.s[0] != 'Q') ||
	    weight.s[1] != '=' || (weight.s[2] != '0' && weight.s[2] != '1'))
		return -1;
	if (weight.n > 3 && weight.s[3] != '.')
		return -1;
	int value = (weight.s[2] - '0') * 1000;
	int unit = 100;
	for (size_t i = 4; i < weight.n; i++, unit /= 10) {
		if (weight.s[i] < '0' || weight.s[i] > '9')
			return -1;
		value += (weight.s[i] - '0') * unit;
	}
	return value <= 1000 ? value : -1;
}

/* Quality of each row in thousandths, -1 while nobody spoke of it, and who was named first. */
struct preferences {
	int quality[LANGUAGE_MAX];
	int place[LANGUAGE_MAX];
	int others; /* of "*" */
};

static void read_preference(struct preferences *p, struct span part, int place)
{
	struct span tag = cut(&part, ';');
	int value = part.n ? quality(trim_blanks(part)) : 1000;
	if (!tag.n || value < 0)
		return;
	if (tag.n == 1 && tag.s[0] == '*') {
		p->others = value;
		return;
	}
	const struct language *l = language_find(tag.s, tag.n);
	size_t i = l ? language_index(l) : LANGUAGE_MAX;
	if (i >= LANGUAGE_MAX || value <= p->quality[i])
		return;
	p->quality[i] = value;
	p->place[i] = place;
}

/* The best of the rows; an even match goes to the one named first. A header that names none of ours
 * leaves the usual row, unless just that is refused ("en;q=0") and another is not. */
static const struct language *preferred(const struct preferences *p, const struct language *usual)
{
	size_t best = language_count;
	int best_quality = 0, best_place = 0;
	for (size_t i = 0; i < language_count && i < LANGUAGE_MAX; i++) {
		bool named = p->quality[i] >= 0;
		int value = named ? p->quality[i] : p->others;
		if (value > best_quality ||
		    (value > 0 && value == best_quality && p->place[i] < best_place)) {
			best = i;
			best_quality = value;
			best_place = p->place[i];
		}
	}
	if (best < language_count)
		return &languages[best];
	bool refused = p->quality[language_index(usual)] == 0;
	for (size_t i = 0; refused && i < language_count && i < LANGUAGE_MAX; i++) {
		if (p->quality[i] < 0)
			return &languages[i];
	}
	return usual;
}

const struct language *request_accept_language(const char *header, const struct language *usual)
{
	struct preferences p = {.others = -1};
	for (size_t i = 0; i < LANGUAGE_MAX; i++) {
		p.quality[i] = -1;
		p.place[i] = 1 << 30; /* only named by "*": after all that were named */
	}
	size_t n = header ? strlen(header) : 0;
	struct span rest = {header, n <= REQUEST_MAX_BYTES ? n : 0};
	for (int place = 0; rest.n; place++)
		read_preference(&p, cut(&rest, ','), place);
	return preferred(&p, usual);
}

/* ---- script name ---- */

/* Is this byte one of RFC 3986's pchar (but for %XX) or a slash? */
static bool is_path_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("/-._~!$&'()*+,;=:@", c));
}

/* "//host/" would lead to another site, so the second character may not be a slash. */
static bool is_clean_path(const char *s)
{
	if (s[0] != '/' || s[1] == '/' || strlen(s) > REQUEST_MAX_SCRIPT)
		return false;
	for (; *s; s++) {
		if (*s == '%') {
			if (hex_digit(s[1]) < 0 || hex_digit(s[2]) < 0)
				return false;
			s += 2;
		} else if (!is_path_character(*s)) {
			return false;
		}
	}
	return true;
}

static void read_script_name(struct request *r, const char *name)
{
	if (!name || !is_clean_path(name))
		name = "/";
	memcpy(r->script_name, name, strlen(name) + 1);
}

/* ---- parameters ---- */

/* Keeps a text of at most `max` characters; the place has room for 4 bytes of each. */
static void keep_text(struct reader *x, char *place, size_t n, size_t max, enum message what)
{
	if (utf8_length(x->decoded, n) > max) {
		refuse_number(x, 400, what, (int)max);
		return;
	}
	memcpy(place, x->decoded, n + 1);
}

static void read_page(struct reader *x, size_t n)
{
	unsigned page = 0;
	for (size_t i = 0; i < n; i++) {
		char c = x->decoded[i];
		if (c >= '0' && c <= '9')
			page = page * 10 + (unsigned)(c - '0');
		if (c < '0' || c > '9' || page > REQUEST_MAX_PAGE) {
			page = 0;
			break;
		}
	}
	if (page)
		x->r->page = page;
	else
		refuse_number(x, 400, MSG_REQUEST_PAGE, REQUEST_MAX_PAGE);
}

static void read_language(struct reader *x, size_t n)
{
	const struct language *l = language_find(x->decoded, n);
	if (!l) {
		refuse(x, 400, STATUS_INPUT, MSG_REQUEST_VALUE, "lang");
		return;
	}
	x->r->language = l;
	x->r->language_from_accept = false;
}

/* The place of the value in a list that NULL ends; -1, and the request refused, if it is not in it.
 */
static int choose(struct reader *x, enum parameter which, const char *const *values)
{
	for (int i = 0; values[i]; i++) {
		if (strcmp(x->decoded, values[i]) == 0)
			return i;
	}
	refuse(x, 400, STATUS_INPUT, MSG_REQUEST_VALUE, parameter_names[which]);
	return -1;
}

static void read_sort(struct reader *x)
{
	static const char *const values[] = {"relevance", "date", NULL};
	int i = choose(x, PARAMETER_SORT, values);
	if (i >= 0)
		x->r->sort = (enum request_sort)i;
}

static void read_format(struct reader *x)
{
	int i = choose(x, PARAMETER_FORMAT, request_format_names);
	if (i >= 0)
		x->r->format = (enum request_format)i;
}

static void read_show(struct reader *x, size_t n)
{
	const struct language *l = language_find(x->decoded, n);
	if (l)
		x->r->show = language_index(l);
	else if (strcmp(x->decoded, "all") == 0)
		x->r->show = REQUEST_SHOW_ALL;
	else
		refuse(x, 400, STATUS_INPUT, MSG_REQUEST_VALUE, "show");
}

static bool is_id(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (hex_digit(s.s[i]) < 0 || (s.s[i] >= 'A' && s.s[i] <= 'F'))
			return false;
	}
	return s.n == CHOICE_ID_SIZE - 1;
}

/* A form sends the same id twice when it is chosen on this page and was before. */
static void read_ids(struct reader *x, struct choice *c, size_t n, enum parameter which)
{
	for (struct span rest = {x->decoded, n}; rest.n;) {
		struct span id = cut(&rest, '-');
		if (!is_id(id)) {
			refuse(x, 400, STATUS_INPUT, MSG_REQUEST_VALUE, parameter_names[which]);
			return;
		}
		if (choice_find(c, id) < c->n)
			continue;
		if (c->n == CHOICE_MAX) {
			refuse_number(x, 400, MSG_REQUEST_IDS, CHOICE_MAX);
			return;
		}
		memcpy(c->ids[c->n], id.s, id.n);
		c->ids[c->n++][id.n] = '\0';
	}
}

/* The value stands in x->decoded, checked and not empty. */
static void read_value(struct reader *x, enum parameter which, size_t n)
{
	static const char *const switches[] = {"0", "1", NULL};
	switch (which) {
	case PARAMETER_Q:
		keep_text(x, x->r->q, n, QUERY_MAX_CHARACTERS, MSG_QUERY_CHARACTERS);
		break;
	case PARAMETER_LANG:
		read_language(x, n);
		break;
	case PARAMETER_PAGE:
		read_page(x, n);
		break;
	case PARAMETER_AREA:
		keep_text(x, x->r->area, n, REQUEST_MAX_AREA, MSG_REQUEST_AREA);
		break;
	case PARAMETER_SORT:
		read_sort(x);
		break;
	case PARAMETER_FORMAT:
		read_format(x);
		break;
	case PARAMETER_SUGGEST:
		keep_text(x, x->r->suggest, n, QUERY_MAX_CHARACTERS, MSG_QUERY_CHARACTERS);
		break;
	case PARAMETER_DOC:
		keep_text(x, x->r->doc, n, REQUEST_MAX_DOC, MSG_REQUEST_DOC);
		break;
	case PARAMETER_EXPLAIN:
		x->r->explain = choose(x, which, switches) == 1;
		break;
	case PARAMETER_ID:
		read_ids(x, &x->r->choice, n, which);
		break;
	case PARAMETER_ORDER:
		read_ids(x, &x->order, n, which);
		break;
	case PARAMETER_SHOW:
		read_show(x, n);
		break;
	case PARAMETER_COUNT:
		break;
	}
}

static enum parameter find_parameter(const char *name, size_t n)
{
	for (int i = 0; i < PARAMETER_COUNT; i++) {
		if (strlen(parameter_names[i]) == n && memcmp(parameter_names[i], name, n) == 0)
			return (enum parameter)i;
	}
	return PARAMETER_COUNT;
}

/* One name=value. What an unknown parameter holds is nobody's business. */
static void read_parameter(struct reader *x, struct span part)
{
	const char *equals = part.n ? memchr(part.s, '=', part.n) : NULL;
	size_t name = equals ? (size_t)(equals - part.s) : part.n;
	struct span value = {part.s + part.n, 0};
	size_t n;
	if (equals)
		value = (struct span){equals + 1, part.n - name - 1};
	if (!decode((struct span){part.s, name}, x->decoded, &n)) {
		refuse(x, 400, STATUS_INPUT, MSG_REQUEST_PERCENT, "?");
		return;
	}
	enum parameter which = find_parameter(x->decoded, n);
	if (which == PARAMETER_COUNT)
		return;
	if (x->seen[which] && which != PARAMETER_ID) {
		refuse(x, 400, STATUS_INPUT, MSG_REQUEST_REPEATED, parameter_names[which]);
		return;
	}
	x->seen[which] = true;
	if (!decode(value, x->decoded, &n))
		refuse(x, 400, STATUS_INPUT, MSG_REQUEST_PERCENT, parameter_names[which]);
	else if (!clean(x->decoded, n))
		refuse(x, 400, STATUS_INPUT, MSG_REQUEST_TEXT, parameter_names[which]);
	else if (n)
		read_value(x, which, n);
}

/* Those chosen before keep their order, and new ones come after them. */
static void put_in_order(struct choice *c, const struct choice *order)
{
	size_t done = 0;
	for (size_t i = 0; i < order->n; i++) {
		size_t at = choice_find(c, span_of(order->ids[i]));
		if (at == c->n)
			continue;
		while (at > done)
			choice_raise(c, at--);
		done++;
	}
}

static void read_parameters(struct reader *x, const char *query)
{
	struct span rest = {query, strlen(query)};
	if (rest.n > REQUEST_MAX_BYTES) {
		refuse_number(x, 414, MSG_REQUEST_LONG, REQUEST_MAX_BYTES);
		return;
	}
	while (rest.n) {
		const char *end = memchr(rest.s, '&', rest.n);
		size_t n = end ? (size_t)(end - rest.s) : rest.n;
		if (n)
			read_parameter(x, (struct span){rest.s, n});
		size_t used = end ? n + 1 : n;
		rest.s += used;
		rest.n -= used;
	}
	x->r->suggesting = x->seen[PARAMETER_SUGGEST];
	put_in_order(&x->r->choice, &x->order);
}

static void read_method(struct reader *x, const char *method)
{
	if (!method || strcmp(method, "GET") == 0) {
		x->r->method = REQUEST_GET;
	} else if (strcmp(method, "HEAD") == 0) {
		x->r->method = REQUEST_HEAD;
	} else {
		x->r->method = REQUEST_OTHER;
		refuse(x, 405, STATUS_INPUT, MSG_REQUEST_METHOD, NULL);
	}
}

int request_read(struct request *r, request_env *env, void *data, const struct language *usual,
		 struct error *e)
{
	struct reader x = {.r = r, .e = e};
	*r = (struct request){.http_status = 200,
			      .page = 1,
			      .language_from_accept = true,
			      .show = REQUEST_SHOW_ALL};
	r->language = request_accept_language(env("HTTP_ACCEPT_LANGUAGE", data), usual);
	read_script_name(r, env("SCRIPT_NAME", data));
	read_method(&x, env("REQUEST_METHOD", data));
	r->if_none_match = env("HTTP_IF_NONE_MATCH", data);
	const char *query = env("QUERY_STRING", data);
	if (query)
		read_parameters(&x, query);
	return r->http_status == 200 ? 0 : -1;
}

/* ---- the choice ---- */

size_t choice_find(const struct choice *c, struct span id)
{
	size_t i = 0;
	while (i < c->n && !span_equal(span_of(c->ids[i]), id))
		i++;
	return i;
}

void choice_remove(struct choice *c, size_t place)
{
	c->n--;
	memmove(c->ids[place], c->ids[place + 1], (c->n - place) * sizeof c->ids[0]);
}

void choice_raise(struct choice *c, size_t place)
{
	char id[CHOICE_ID_SIZE];
	if (place == 0)
		return;
	memcpy(id, c->ids[place], sizeof id);
	memcpy(c->ids[place], c->ids[place - 1], sizeof id);
	memcpy(c->ids[place - 1], id, sizeof id);
}

/* ---- entity tags ---- */

void request_etag(char etag[REQUEST_ETAG_SIZE], const struct request *r, const char *revision,
		  const char *settings)
{
	char numbers[64];
	snprintf(numbers, sizeof numbers, "%u %d %d %zu %d", r->page, (int)r->sort, (int)r->format,
		 r->show, r->explain);
	const char *const parts[] = {
		TROUVAILLE_VERSION, revision,	       settings, r->q, r->area, r->suggest, r->doc,
		r->script_name,	    r->language->code, numbers};
	uint64_t hash = TEXT_HASH_START;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		/* with the NUL, so that two texts do not run together */
		hash = text_hash(hash, parts[i], strlen(parts[i]) + 1);
	for (size_t i = 0; i < r->choice.n; i++)
		hash = text_hash(hash, r->choice.ids[i], CHOICE_ID_SIZE);
	snprintf(etag, REQUEST_ETAG_SIZE, "\"%016llx\"", (unsigned long long)hash);
}

bool request_has_etag(const struct request *r, const char *etag)
{
	const char *header = r->if_none_match;
	if (!header || !*etag)
		return false;
	struct span rest = {header, strlen(header)};
	while (rest.n) {
		struct span tag = cut(&rest, ',');
		if (tag.n == 1 && *tag.s == '*')
			return true;
		if (tag.n > 2 && memcmp(tag.s, "W/", 2) == 0)
			tag.s += 2, tag.n -= 2;
		if (span_equal(tag, span_of(etag)))
			return true;
	}
	return false;
}

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utf8proc.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const how_names[] = {"all", "some", "corrected", NULL};

/* ---- characters ---------------------------------------------------------------------------------
 */

/* A digit in any script, also one in a circle or raised: people read them alike. */
static bool is_digit(uint32_t c)
{
	if (c < 0x80)
		return c >= '0' && c <= '9';
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NO;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' ||
	       (c > 0x7F && utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS);
}

static bool is_at(uint32_t c)
{
	return c == '@' || c == 0xFF20 || c == 0xFE6B;
}

/* ---- masking ------------------------------------------------------------------------------------
 */

enum mask { SHOWN, ADDRESS, NUMBER };

struct masking {
	uint32_t c[LOG_TYPED_MAX];
	enum mask mask[LOG_TYPED_MAX];
	size_t n;
};

static void hide(struct masking *m, size_t start, size_t end, enum mask mask)
{
	for (size_t i = start; i < end; i++)
		m->mask[i] = mask;
}

static bool is_letter_at(const struct masking *m, size_t i)
{
	return i < m->n && text_is_alphanumeric(m->c[i]) && !is_digit(m->c[i]);
}

static bool is_alphanumeric_at(const struct masking *m, size_t i)
{
	return i < m->n && text_is_alphanumeric(m->c[i]);
}

/* Does the text at i spell this ASCII word, in any case? */
static bool spells(const struct masking *m, size_t i, const char *word)
{
	for (; *word; word++, i++) {
		if (i >= m->n || m->c[i] >= 0x80 || (m->c[i] | 0x20) != ((uint32_t)*word | 0x20))
			return false;
	}
	return true;
}

static size_t skip_blanks(const struct masking *m, size_t i)
{
	while (i < m->n && is_blank(m->c[i]))
		i++;
	return i;
}

static size_t skip_blanks_back(const struct masking *m, size_t i)
{
	while (i > 0 && is_blank(m->c[i - 1]))
		i--;
	return i;
}

/* ---- e-mail ---- */

/* What may stand in an address, but for the sign itself. */
static bool is_address_part(uint32_t c)
{
	return !is_blank(c) && !is_at(c) && !(c < 0x80 && strchr("\"()<>[]{},;", (int)c));
}

static size_t part_end(const struct masking *m, size_t i)
{
	while (i < m->n && is_address_part(m->c[i]))
		i++;
	return i;
}

static size_t part_start(const struct masking *m, size_t i)
{
	while (i > 0 && is_address_part(m->c[i - 1]))
		i--;
	return i;
}

/* "example.org": a letter or digit, a dot, two letters. */
static bool is_host(const struct masking *m, size_t start, size_t end)
{
	for (size_t i = start + 1; i + 2 < end; i++) {
		if (m->c[i] == '.' && is_alphanumeric_at(m, i - 1) && is_letter_at(m, i + 1) &&
		    is_letter_at(m, i + 2))
			return true;
	}
	return false;
}

/* Characters of what is written for the dot of a host, with the blanks about it; 0 for none. The
 * bare word is one before what ends a host only: "at this point" goes on otherwise. */
static size_t dot_at(const struct masking *m, size_t i)
{
	static const char *const signs[] = {"(dot)",   "[dot]",	  "{dot}", "(point)",
					    "[point]", "{point}", NULL};
	static const char *const words[] = {"dot", "point", NULL};
	static const char *const ends[] = {"ca",  "com", "org",	 "net",	 "edu",
					   "gov", "qc",	 "gouv", "info", "fr"};
	size_t at = skip_blanks(m, i);
	for (size_t k = 0; signs[k]; k++) {
		if (spells(m, at, signs[k]))
			return skip_blanks(m, at + strlen(signs[k])) - i;
	}
	for (size_t k = 0; at > i && words[k]; k++) {
		size_t end = at + strlen(words[k]), next = skip_blanks(m, end);
		for (size_t j = 0; spells(m, at, words[k]) && next > end && j < COUNT(ends); j++) {
			if (spells(m, next, ends[j]) &&
			    !is_alphanumeric_at(m, next + strlen(ends[j])))
				return next - i;
		}
	}
	return 0;
}

/* Where the host that begins here ends, and whether it is one. */
static bool read_host(const struct masking *m, size_t start, size_t *end)
{
	bool spelled = false;
	*end = part_end(m, start);
	for (size_t n; *end > start && (n = dot_at(m, *end)) && is_letter_at(m, *end + n);) {
		*end = part_end(m, *end + n);
		spelled = true;
	}
	return spelled || is_host(m, start, *end);
}

/* Characters of the sign, or of what people write for it, that stands here; 0 for none. */
static size_t sign_at(const struct masking *m, size_t i)
{
	static const char *const signs[] = {"(at)", "[at]", "{at}", "<at>", "(a)",
					    "[a]",  "%40",  "(@)",  "{@}",  "<@>"};
	static const char *const words[] = {"at", "arobase", "arobas"};
	if (is_at(m->c[i]))
		return 1;
	for (size_t k = 0; k < COUNT(signs); k++) {
		if (spells(m, i, signs[k]))
			return strlen(signs[k]);
	}
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		size_t n = strlen(words[k]);
		if (spells(m, i, words[k]) && i > 0 && is_blank(m->c[i - 1]) && i + n < m->n &&
		    is_blank(m->c[i + n]))
			return n;
	}
	return 0;
}

static void mask_addresses(struct masking *m)
{
	for (size_t i = 0; i < m->n; i++) {
		size_t n = sign_at(m, i);
		if (n == 0)
			continue;
		size_t left = skip_blanks_back(m, i), right = skip_blanks(m, i + n),
		       start = part_start(m, left), end;
		bool host = read_host(m, right, &end);
		bool sign = is_at(m->c[i]) || m->c[i] == '%';
		bool touches = sign && left == i && start < left;
		/* "jane@", and nothing behind it, is half an address */
		if (start < left && (host || (touches && right == i + n)))
			hide(m, start, end, ADDRESS);
		else if (touches)
			hide(m, start, i + n, ADDRESS);
	}
}

/* ---- numbers ---- */

enum { SOLID = 6, GROUPED = 7, SIGNS_BETWEEN = 3, YEARS = 2 };

/* Digits in groups, with few signs between. */
struct number {
	size_t start, end;
	size_t digits, longest; /* in all; in the longest group */
	size_t groups;
	bool years; /* all of its groups are four digits from 1500 to 2199 */
};

static bool is_year(const struct masking *m, size_t i, size_t end)
{
	if (end - i != 4 || m->c[i] > '9')
		return false;
	uint32_t century = (m->c[i] - '0') * 10 + (m->c[i + 1] - '0');
	return century >= 15 && century <= 21 && !is_letter_at(m, end) &&
	       !(i > 0 && is_letter_at(m, i - 1));
}

/* The digits from i on; those of "vue3" and "h1" are no part of a number. */
static size_t group_end(const struct masking *m, size_t i)
{
	enum { FEW = 2 };
	size_t end = i;
	while (end < m->n && m->mask[end] == SHOWN && is_digit(m->c[end]))
		end++;
	bool glued = (i > 0 && is_letter_at(m, i - 1)) || is_letter_at(m, end);
	return glued && end - i <= FEW ? i : end;
}

/* The number that begins with a group at i. */
static struct number read_number(const struct masking *m, size_t i)
{
	struct number x = {.start = i, .end = i, .years = true};
	for (size_t end; (end = group_end(m, i)) > i;) {
		x.digits += end - i;
		x.longest = end - i > x.longest ? end - i : x.longest;
		x.groups++;
		x.years = x.years && is_year(m, i, end);
		x.end = i = end;
		while (i < m->n && i - x.end < SIGNS_BETWEEN && m->mask[i] == SHOWN &&
		       !text_is_alphanumeric(m->c[i]))
			i++;
	}
	return x;
}

/* "1/2/1980", "80-02-29": three groups with one sign between, of which one is a year. With dots,
 * which versions and sections have too, the year has four digits. */
static bool is_date(const struct masking *m, const struct number *x)
{
	enum { DAY = 2, YEAR = 4 };
	size_t n[3] = {0}, group = 0;
	uint32_t sign = 0;
	for (size_t i = x->start; i < x->end; i++) {
		uint32_t c = m->c[i];
		if (is_digit(c)) {
			n[group]++;
		} else if (group < 2 && (c == '/' || c == '-' || c == '.') &&
			   (group == 0 || c == sign)) {
			sign = c;
			group++;
		} else {
			return false;
		}
	}
	bool in_full = (n[0] == YEAR && n[2] <= DAY) || (n[0] <= DAY && n[2] == YEAR);
	bool in_short = sign != '.' && n[0] == DAY && n[1] == DAY && n[2] == DAY;
	return n[0] && n[1] && n[2] && n[1] <= DAY && (in_full || in_short);
}

/* " poste 234", " ext. 12", " x5", " #3": where it ends, or i. */
static size_t extension_end(const struct masking *m, size_t i)
{
	static const char *const words[] = {"extension", "ext", "poste", "local", "x", "p", "#"};
	size_t at = i;
	while (at < m->n && at - i < SIGNS_BETWEEN && !text_is_alphanumeric(m->c[at]) &&
	       m->c[at] != '#')
		at++;
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		size_t digits = at + strlen(words[k]);
		if (!spells(m, at, words[k]))
			continue;
		while (digits < m->n && (is_blank(m->c[digits]) || m->c[digits] == '.' ||
					 m->c[digits] == ':' || m->c[digits] == '#'))
			digits++;
		size_t end = digits;
		while (end < m->n && is_digit(m->c[end]))
			end++;
		if (end > digits)
			return end;
	}
	return i;
}

/* The digits of a health insurance number: eight, and perhaps the card's own two behind "5512
 * 1234", which a telephone (3, 3 and 4) is not. */
static bool is_health_number(const struct masking *m, const struct number *x)
{
	enum { ALONE = 8, WITH_CARD = 10, FIRST = 4 };
	return (x->digits == ALONE && x->groups <= 2) ||
	       (x->digits == WITH_CARD && x->groups == 3 && x->longest == FIRST &&
		is_digit(m->c[x->start + FIRST - 1]));
}

/* Where the letters begin that belong to a number: those that touch it, and the four before a
 * health insurance number, which are of a name. */
static size_t letters_before(const struct masking *m, const struct number *x)
{
	enum { HEALTH_LETTERS = 4 };
	size_t start = x->start;
	while (start > 0 && is_alphanumeric_at(m, start - 1))
		start--;
	size_t end = start, begin;
	while (end > 0 && !text_is_alphanumeric(m->c[end - 1]) && start - end < SIGNS_BETWEEN)
		end--;
	for (begin = end; begin > 0 && is_letter_at(m, begin - 1);)
		begin--;
	bool health = is_health_number(m, x) && start == x->start && end < start &&
		      end - begin == HEALTH_LETTERS &&
		      !(begin > 0 && is_alphanumeric_at(m, begin - 1));
	return health ? begin : start;
}

static void mask_number(struct masking *m, const struct number *x)
{
	size_t start = letters_before(m, x), end = x->end;
	while (end < m->n && is_alphanumeric_at(m, end))
		end++;
	end = extension_end(m, end);
	while (start > 0 && (m->c[start - 1] == '+' || m->c[start - 1] == '('))
		start--;
	hide(m, start, end, NUMBER);
}

static void mask_numbers(struct masking *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (i > 0 && is_digit(m->c[i - 1]))
			continue; /* inside a group that was passed over */
		struct number x = read_number(m, i);
		bool personal = x.longest >= SOLID ||
				(x.digits >= GROUPED && !(x.years && x.groups <= YEARS)) ||
				(x.groups == 3 && is_date(m, &x));
		if (personal)
			mask_number(m, &x);
		if (x.end > i)
			i = x.end - 1;
	}
}

/* ---- postal codes ---- */

/* https://en.wikipedia.org/wiki/Postal_codes_in_Canada: letters and digits take turns, and D, F, I,
 * O, Q, U are not used. */
static bool is_postal(const struct masking *m, size_t i, const char *form)
{
	for (; *form; form++, i++) {
		if (i >= m->n)
			return false;
		uint32_t c = m->c[i], capital = c & ~0x20u;
		bool fits = *form == '9' ? c >= '0' && c <= '9'
					 : c < 0x80 && capital >= 'A' && capital <= 'Z' &&
						   !strchr("DFIOQU", (int)capital);
		if (!fits)
			return false;
	}
	return true;
}

static void mask_postal_codes(struct masking *m)
{
	enum { HALF = 3 };
	for (size_t i = 0; i + 2 * HALF <= m->n; i++) {
		if ((i > 0 && is_alphanumeric_at(m, i - 1)) || !is_postal(m, i, "A9A"))
			continue;
		size_t second = i + HALF;
		while (second < m->n && second - i - HALF < SIGNS_BETWEEN &&
		       !text_is_alphanumeric(m->c[second]))
			second++;
		if (is_postal(m, second, "9A9") && !is_alphanumeric_at(m, second + HALF))
			hide(m, i, second + HALF, NUMBER);
	}
}

/* ---- all of it ---- */

static void read_typed(struct masking *m, struct span typed)
{
	m->n = 0;
	for (size_t i = 0; i < typed.n && m->n < LOG_TYPED_MAX; m->n++) {
		uint32_t c;
		i += utf8_decode(typed.s + i, typed.n - i, &c);
		m->c[m->n] = text_is_unsafe(c) ? ' ' : c;
		m->mask[m->n] = SHOWN;
	}
}

void log_mask(struct buf *out, struct span typed)
{
	struct masking m;
	read_typed(&m, typed);
	mask_addresses(&m);
	mask_postal_codes(&m);
	mask_numbers(&m);
	size_t start = skip_blanks(&m, 0), end = skip_blanks_back(&m, m.n);
	for (size_t i = start; i < end; i++) {
		if (m.mask[i] == SHOWN)
			buf_codepoint(out, m.c[i]);
		else if (i == start || m.mask[i - 1] != m.mask[i])
			buf_puts(out, m.mask[i] == ADDRESS ? LOG_MASK_ADDRESS : LOG_MASK_NUMBER);
	}
}

/* ---- lines --------------------------------------------------------------------------------------
 */

void log_today(char day[LOG_DAY_SIZE])
{
	time_t now = time(NULL);
	struct tm local;
	if (!localtime_r(&now, &local) || strftime(day, LOG_DAY_SIZE, "%Y-%m-%d", &local) == 0)
		strcpy(day, "1970-01-01");
}

static size_t capped(size_t n)
{
	return n < LOG_NUMBER_MAX ? n : LOG_NUMBER_MAX;
}

void log_put_line(struct buf *out, const struct log_entry *entry)
{
	struct buf typed = buf_new(LOG_LINE_MAX);
	log_mask(&typed, entry->typed);
	if (typed.failed)
		out->failed = true;
	else if (typed.n)
		buf_printf(out, "%s\t%s\t%zu\t%zu\t%s\t%s\n", entry->day, entry->language->code,
			   capped(entry->own), capped(entry->other), how_names[entry->how],
			   typed.s);
	buf_free(&typed);
}

/* Cuts *rest behind the next tab; false when there is none. */
static bool cut(struct span *rest, struct span *field)
{
	const char *tab = rest->n ? memchr(rest->s, '\t', rest->n) : NULL;
	if (!tab)
		return false;
	*field = (struct span){rest->s, (size_t)(tab - rest->s)};
	rest->s += field->n + 1;
	rest->n -= field->n + 1;
	return true;
}

static bool read_count(struct span s, size_t *count)
{
	enum { MOST_DIGITS = 10 };
	*count = 0;
	if (s.n == 0 || s.n > MOST_DIGITS)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		*count = *count * 10 + (size_t)(s.s[i] - '0');
	}
	return *count <= LOG_NUMBER_MAX;
}

static bool read_how(struct span s, enum log_how *how)
{
	for (int i = 0; how_names[i]; i++) {
		if (span_equal(s, span_of(how_names[i]))) {
			*how = (enum log_how)i;
			return true;
		}
	}
	return false;
}

static bool read_language(struct span s, const struct language **language)
{
	for (size_t i = 0; i < language_count; i++) {
		if (span_equal(s, span_of(languages[i].code))) {
			*language = &languages[i];
			return true;
		}
	}
	return false;
}

static bool is_clean(struct span s)
{
	size_t characters = 0;
	if (s.n == 0 || utf8_check(s.s, s.n) != s.n)
		return false;
	for (size_t i = 0; i < s.n; characters++) {
		uint32_t c;
		i += utf8_decode(s.s + i, s.n - i, &c);
		if (text_is_unsafe(c))
			return false;
	}
	/* a mask may be longer than what it stands for, never much */
	return characters <= 2 * LOG_TYPED_MAX;
}

bool log_read_line(struct span line, struct log_entry *entry)
{
	struct span day, language, own, other, how;
	*entry = (struct log_entry){.own = 0};
	if (line.n >= LOG_LINE_MAX || !cut(&line, &day) || !cut(&line, &language) ||
	    !cut(&line, &own) || !cut(&line, &other) || !cut(&line, &how))
		return false;
	entry->typed = line;
	if (log_day_number(day) < 0 || !read_language(language, &entry->language) ||
	    !read_count(own, &entry->own) || !read_count(other, &entry->other) ||
	    !read_how(how, &entry->how) || !is_clean(line))
		return false;
	memcpy(entry->day, day.s, LOG_DAY_SIZE - 1);
	return true;
}

/* The line being gathered from blocks; what is longer than a line may be is dropped. */
struct gathering {
	const struct log_reader *reader;
	char line[LOG_LINE_MAX];
	size_t n;
	long number; /* lines that are over */
};

static int end_line(struct gathering *g)
{
	struct log_entry entry;
	size_t n = g->n;
	g->n = 0;
	g->number++;
	if (n == 0)
		return 0;
	if (n < LOG_LINE_MAX && log_read_line((struct span){g->line, n}, &entry))
		return g->reader->take(g->reader->self, &entry);
	g->reader->wrong(g->reader->self, g->number);
	return 0;
}

static int take_block(struct gathering *g, const char *s, size_t n)
{
	int result = 0;
	while (n && result == 0) {
		const char *feed = memchr(s, '\n', n);
		size_t part = feed ? (size_t)(feed - s) : n, room = LOG_LINE_MAX - g->n;
		memcpy(g->line + g->n, s, part < room ? part : room);
		g->n += part < room ? part : room;
		result = feed ? end_line(g) : 0;
		s += part + (feed != NULL);
		n -= part + (feed != NULL);
	}
	return result;
}

int log_read(int fd, const char *name, const struct log_reader *reader, struct error *e)
{
	struct gathering g = {.reader = reader};
	char block[64 * 1024];
	int result = 0;
	while (result == 0) {
		ssize_t n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system(e, name);
		if (n == 0)
			return end_line(&g);
		result = take_block(&g, block, (size_t)n);
	}
	return result;
}

/* ---- days ---------------------------------------------------------------------------------------
 *
 * Years that begin in March have their odd day at the end, so that a formula gives the days before
 * a month (H. Hinnant, "chrono-compatible low-level date algorithms"). */

static long days_before(long year, long month, long day)
{
	year -= month <= 2;
	long of_era = year % 400,
	     of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return year / 400 * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static long two_digits(const char *s)
{
	return s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9'
		       ? -1
		       : (s[0] - '0') * 10 + (s[1] - '0');
}

static bool is_leap(long year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

long log_day_number(struct span s)
{
	static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (s.n != LOG_DAY_SIZE - 1 || s.s[4] != '-' || s.s[7] != '-')
		return -1;
	long century = two_digits(s.s), rest = two_digits(s.s + 2), month = two_digits(s.s + 5),
	     day = two_digits(s.s + 8), year = century * 100 + rest;
	if (century < 0 || rest < 0 || year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && is_leap(year)))
		return -1;
	return days_before(year, month, day);
}

void log_day_of(long number, char day[LOG_DAY_SIZE])
{
	long since = number + 719468, era = since / 146097, of_era = since % 146097,
	     year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365,
	     of_year = of_era - (365 * year + year / 4 - year / 100),
	     turn = (5 * of_year + 2) / 153, month = turn < 10 ? turn + 3 : turn - 9;
	snprintf(day, LOG_DAY_SIZE, "%04u-%02u-%02u",
		 (unsigned)(year + era * 400 + (month <= 2)) % 10000, (unsigned)month % 100,
		 (unsigned)(of_year - (153 * turn + 2) / 5 + 1) % 100);
}

/* ---- the file -----------------------------------------------------------------------------------
 */

static int cannot_write(const struct log_file *f, struct error *e)
{
	struct error why;
	error_system(&why, f->path);
	return error_set(e, STATUS_IO, MSG_LOG_CLOSED, why.detail);
}

int log_open(struct log_file *f, struct error *e)
{
	enum { MODE = 0640 };
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat st;
	log_close(f);
	if (!f->path || !*f->path)
		return 0;
	f->since = time(NULL);
	f->fd = open(f->path, flags | O_NOCTTY, MODE);
	if (f->fd < 0)
		return cannot_write(f, e);
	f->open = true;
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	log_close(f);
	return error_set(e, STATUS_INPUT, MSG_LOG_KIND, f->path);
}

bool log_is_stale(const struct log_file *f)
{
	struct stat ours, named;
	if (!f->path || !*f->path)
		return false;
	if (!f->open)
		return time(NULL) - f->since >= LOG_PATIENCE;
	return fstat(f->fd, &ours) == 0 &&
	       (stat(f->path, &named) != 0 || ours.st_dev != named.st_dev ||
		ours.st_ino != named.st_ino);
}

int log_append(const struct log_file *f, struct span lines, struct error *e)
{
	struct stat st;
	ssize_t written;
	if (!f->open || lines.n == 0)
		return 0;
	if (fstat(f->fd, &st) == 0 && st.st_size > LOG_FILE_MAX - (off_t)lines.n)
		return error_set(e, STATUS_LIMIT, MSG_LOG_FULL, f->path);
	do
		written = write(f->fd, lines.s, lines.n);
	while (written < 0 && errno == EINTR);
	if (written == (ssize_t)lines.n)
		return 0;
	if (written >= 0) /* a disk that is full takes a part */
		errno = ENOSPC;
	return cannot_write(f, e);
}

void log_close(struct log_file *f)
{
	if (f->open)
		close(f->fd);
	f->open = false;
}

#include "language.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const messages_en[] = {
#define MESSAGE(id, en, fr) en,
#include "messages.def"
#undef MESSAGE
};

static const char *const messages_fr[] = {
#define MESSAGE(id, en, fr) fr,
#include "messages.def"
#undef MESSAGE
};

/* Stop words: only words that carry grammar and no content. Negations and words that librarians
 * search for ("without", "sans", "up", "off") are not among them. Sorted by strcmp. */
static const char *const stops_en[] = {
	"a",	 "about", "all",  "an",	  "and",   "any",   "are",   "as",    "at",    "be",
	"been",	 "being", "but",  "by",	  "can",   "could", "did",   "do",    "does",  "for",
	"from",	 "had",	  "has",  "have", "he",	   "her",   "him",   "his",   "how",   "i",
	"if",	 "in",	  "into", "is",	  "it",	   "its",   "may",   "me",    "my",    "of",
	"on",	 "or",	  "our",  "ours", "shall", "she",   "so",    "such",  "than",  "that",
	"the",	 "their", "them", "then", "there", "these", "they",  "this",  "those", "to",
	"us",	 "was",	  "we",	  "were", "what",  "when",  "where", "which", "who",   "whom",
	"whose", "why",	  "will", "with", "would", "you",   "your",
};

static const char *const stops_fr[] = {
	"a",	 "ai",	   "alors",  "as",	"au",	   "aux",    "avec",	"avez", "avons",
	"c",	 "ce",	   "ceci",   "cela",	"celle",   "celles", "ces",	"cet",	"cette",
	"ceux",	 "chaque", "ci",     "comme",	"comment", "d",	     "dans",	"de",	"des",
	"donc",	 "dont",   "du",     "elle",	"elles",   "en",     "est",	"et",	"etes",
	"etre",	 "eux",	   "il",     "ils",	"j",	   "je",     "l",	"la",	"laquelle",
	"le",	 "lequel", "les",    "leur",	"leurs",   "lors",   "lorsque", "lui",	"m",
	"ma",	 "mais",   "me",     "mes",	"moi",	   "mon",    "n",	"nos",	"notre",
	"nous",	 "on",	   "ont",    "ou",	"où",	   "par",    "pour",	"qu",	"quand",
	"que",	 "quel",   "quelle", "quelles", "quels",   "qui",    "quoi",	"s",	"sa",
	"se",	 "ses",	   "si",     "soi",	"soit",	   "son",    "sont",	"sur",	"t",
	"ta",	 "te",	   "tes",    "toi",	"ton",	   "tu",     "un",	"une",	"vos",
	"votre", "vous",   "y",	     "à",	"êtes",	   "être",
};

static const char *const elisions_en[] = {NULL};
static const char *const elisions_fr[] = {"c", "d", "j",     "l",      "m",	 "n",	   "qu",
					  "s", "t", "jusqu", "lorsqu", "puisqu", "quoiqu", NULL};

static const struct field_name fields_en[] = {{"title", FIELD_TITLE},
					      {"lang", FIELD_LANG},
					      {"area", FIELD_AREA},
					      {"path", FIELD_PATH},
					      {NULL, FIELD_NONE}};
static const struct field_name fields_fr[] = {{"titre", FIELD_TITLE},
					      {"langue", FIELD_LANG},
					      {"domaine", FIELD_AREA},
					      {"chemin", FIELD_PATH},
					      {NULL, FIELD_NONE}};

static const char *const called_en[] = {"english", "anglais", "anglaise", NULL};
static const char *const called_fr[] = {"french", "francais", "francaise", NULL};

const struct language languages[] = {
	{"en", "en-CA", "English", called_en, "english", 'E', false, false, ",", elisions_en,
	 stops_en, COUNT(stops_en), "AND", "OR", "NOT", fields_en, messages_en},
	{"fr", "fr-CA", "Français", called_fr, "french", 'F', true, true, "\u00A0", elisions_fr,
	 stops_fr, COUNT(stops_fr), "ET", "OU", "SAUF", fields_fr, messages_fr},
};
const size_t language_count = COUNT(languages);
_Static_assert(COUNT(languages) <= LANGUAGE_MAX, "raise LANGUAGE_MAX");

const struct language *language_find(const char *tag, size_t n)
{
	size_t letters = 0;
	while (letters < n && isalpha((unsigned char)tag[letters]))
		letters++;
	if (letters < n && !strchr("-_.@", tag[letters]))
		return NULL;
	for (size_t i = 0; i < language_count; i++) {
		const char *code = languages[i].code;
		if (strlen(code) == letters && tolower((unsigned char)tag[0]) == code[0] &&
		    tolower((unsigned char)tag[1]) == code[1])
			return &languages[i];
	}
	return NULL;
}

/* The name of the locale for messages; "C" when nobody says one. It is never asked of setlocale(),
 * which knows only those that are generated on the machine. */
static const char *locale_name(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return "C";
}

static bool is_plain(const char *locale, size_t n)
{
	return (n == 1 && *locale == 'C') || (n == 5 && memcmp(locale, "POSIX", 5) == 0);
}

const struct language *language_of_locale(void)
{
	const char *locale = locale_name(), *list = getenv("LANGUAGE");
	const struct language *l = language_find(locale, strlen(locale));
	if (is_plain(locale, strlen(locale)))
		list = NULL;
	while (list && *list) {
		size_t n = strcspn(list, ":");
		const struct language *wanted = language_find(list, n);
		if (wanted || is_plain(list, n))
			return wanted ? wanted : &languages[0];
		list += n + (list[n] == ':');
	}
	return l ? l : &languages[0];
}

const struct language *language_called(const char *folded, size_t n)
{
	for (size_t i = 0; i < language_count; i++) {
		for (const char *const *name = languages[i].called; *name; name++) {
			if (strlen(*name) == n && memcmp(*name, folded, n) == 0)
				return &languages[i];
		}
	}
	return NULL;
}

size_t language_index(const struct language *l)
{
	return (size_t)(l - languages);
}

static int span_compare(const void *key, const void *element)
{
	const struct span *k = key;
	const char *s = *(const char *const *)element;
	int order = strncmp(k->s, s, k->n);
	return order ? order : (s[k->n] ? -1 : 0);
}

bool language_is_stop(const struct language *l, const char *word, size_t n)
{
	struct span key = {word, n};
	return bsearch(&key, l->stop_words, l->stop_count, sizeof *l->stop_words, span_compare);
}

bool language_elides(const struct language *l, const char *word, size_t n)
{
	for (const char *const *e = l->elisions; *e; e++) {
		if (strlen(*e) == n && memcmp(*e, word, n) == 0)
			return true;
	}
	return false;
}

/* The vote needs no analyser: stop words are short, and lower case between ASCII signs is enough to
 * find most of them. An elided "l'" or "d'" counts as the stop word it is. */
const struct language *language_guess(const char *text, size_t n)
{
	enum { ENOUGH = 64 * 1024 };
	size_t votes[LANGUAGE_MAX] = {0};
	n = n > ENOUGH ? ENOUGH : n;
	for (size_t i = 0; i < n;) {
		char word[12];
		size_t length = 0;
		for (; i < n && ((unsigned char)text[i] >= 0x80 || isalpha((unsigned char)text[i]));
		     i++) {
			if (length < sizeof word)
				word[length++] = (char)tolower((unsigned char)text[i]);
		}
		for (size_t l = 0; length && length < sizeof word && l < language_count; l++)
			votes[l] += language_is_stop(&languages[l], word, length);
		i += i < n && length == 0;
		i += i < n && length > 0;
	}
	size_t best = 0;
	bool tie = false;
	for (size_t l = 1; l < language_count; l++) {
		tie = votes[l] == votes[best] || (tie && votes[l] < votes[best]);
		best = votes[l] > votes[best] ? l : best;
	}
	return votes[best] && !tie ? &languages[best] : NULL;
}

const char *language_message(const struct language *l, enum message id)
{
	return l->messages[id];
}

static void put_number(struct buf *out, const struct language *l, long n)
{
	char digits[24];
	struct buf plain = {.s = digits, .cap = sizeof digits, .max = sizeof digits - 1};
	buf_printf(&plain, "%ld", n);
	for (size_t i = 0; i < plain.n; i++) {
		size_t left = plain.n - i;
		if (i && left % 3 == 0 && digits[i - 1] != '-')
			buf_puts(out, l->thousands);
		buf_putc(out, digits[i]);
	}
}

void language_format(struct buf *out, const struct language *l, enum message id, const char *s,
		     long n)
{
	const char *p = language_message(l, id);
	for (const char *brace; (brace = strchr(p, '{')); p = brace + 3) {
		buf_add(out, p, (size_t)(brace - p));
		if (strncmp(brace, "{s}", 3) == 0) {
			buf_puts(out, s ? s : "");
		} else if (strncmp(brace, "{n}", 3) == 0) {
			put_number(out, l, n);
		} else {
			buf_putc(out, '{');
			brace -= 2;
		}
	}
	buf_puts(out, p);
}

enum message language_plural(const struct language *l, enum message singular, long n)
{
	bool one = n == 1 || (n == 0 && l->zero_is_singular);
	return one ? singular : singular + 1;
}

void language_error(struct buf *out, const struct language *l, const struct error *e)
{
	language_format(out, l, e->what, e->detail, e->line);
}

void language_date(struct buf *out, const struct language *l, const char *iso)
{
	const char *digits = "0123456789";
	if (strlen(iso) != 10 || strspn(iso, digits) != 4 || strspn(iso + 5, digits) != 2 ||
	    strspn(iso + 8, digits) != 2 || iso[4] != '-' || iso[7] != '-') {
		buf_puts(out, iso);
		return;
	}
	int month = (iso[5] - '0') * 10 + iso[6] - '0';
	int day = (iso[8] - '0') * 10 + iso[9] - '0';
	if (month < 1 || month > 12 || day < 1 || day > 31) {
		buf_puts(out, iso);
		return;
	}
	/* {n} is the day ("1er" is written so in French only for the first), {s} the year */
	const char *month_name = language_message(l, (enum message)(MSG_JANUARY + month - 1));
	const char *p = language_message(l, MSG_DATE);
	for (; *p; p++) {
		if (*p == 'D')
			language_format(out, l, day == 1 ? MSG_FIRST_DAY : MSG_DAY, NULL, day);
		else if (*p == 'M')
			buf_puts(out, month_name);
		else if (*p == 'Y')
			buf_add(out, iso, 4);
		else
			buf_putc(out, *p);
	}
}

#include "analyse.h"

#include "shim/xap.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
	SLOTS = 4096,	    /* of the stem cache; a power of two */
	STEM_MAX = 72,	    /* bytes; English stems may gain an "e" */
	RAW_MAX = 512,	    /* bytes of the text that are looked at for the accented word */
	PLURAL_LETTERS = 4, /* "cas" and "bus" are not plurals */
};

/* What a character does to a word. */
enum kind { SIGN, SPACE, LETTER, DIGIT, KANA, IDEOGRAPH, EXTEND, APOSTROPHE, POINT };

/* The stems of one word. A slot is empty while its folded_n is 0: no word is. */
struct slot {
	unsigned char folded_n, accented_n; /* accented_n is 0 for a word without accents */
	unsigned char n_stems, stem_n[2];
	char key[ANALYSE_WORD_MAX +
		 ANALYSE_WRITTEN_MAX]; /* the folded word, then the accented one */
	char stem[2][STEM_MAX];
	bool stop, plain_stop; /* as in struct token */
};

struct analyser {
	const struct language *language;
	struct xap_stemmer *stemmer;
	/* The cache: where in `slots` the word last met of this hash is, plus 1. The slots lie one
	 * behind the other, so that a short life touches few pages of memory. */
	uint16_t slot_of[SLOTS];
	struct slot *slots;
	uint16_t n_slots;
	struct slot unwanted; /* that of all words whose stems nobody wants */
	const bool *wanted;   /* of analyser_start_for(), or NULL */
	bool stops;
	const char *text;
	size_t n, at;
	uint32_t position, ordinal; /* of the next word, of the next content word */
	size_t folded_n, accented_n;
	char folded[ANALYSE_WORD_MAX];
	char accented[ANALYSE_WRITTEN_MAX]; /* lower case NFKC, apostrophes straight */
};

struct analyser *analyser_new(const struct language *language, struct error *e)
{
	struct analyser *a = calloc(1, sizeof *a);
	struct slot *slots = calloc(SLOTS, sizeof *slots);
	if (!a || !slots) {
		free(a);
		free(slots);
		error_memory(e);
		return NULL;
	}
	a->language = language;
	a->slots = slots;
	a->stemmer = xap_stemmer_open(language->stemmer, e);
	if (!a->stemmer) {
		analyser_free(a);
		return NULL;
	}
	analyser_start(a, "", 0);
	return a;
}

void analyser_free(struct analyser *a)
{
	if (!a)
		return;
	xap_stemmer_close(a->stemmer);
	free(a->slots);
	free(a);
}

bool analyser_starved(const struct analyser *a)
{
	return xap_stemmer_starved(a->stemmer);
}

void analyser_start(struct analyser *a, const char *text, size_t n)
{
	analyser_start_for(a, text, n, NULL, true);
}

void analyser_start_for(struct analyser *a, const char *text, size_t n, const bool stems[256],
			bool stops)
{
	a->text = text;
	a->wanted = stems;
	a->stops = stops;
	a->n = n;
	a->at = 0;
	a->position = 1;
	a->ordinal = 1;
}

/* ---- where words begin and end -----------------------------------------------------------------
 */

static inline enum kind kind_of_ascii(unsigned char c)
{
	if ((unsigned)(c | 0x20) - 'a' < 26)
		return LETTER;
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return SPACE;
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c == '\'')
		return APOSTROPHE;
	return c == '.' || c == ',' ? POINT : SIGN;
}

/* Scripts written without spaces: each ideograph and hiragana is a word, katakana is by the run. */
static enum kind kind_of_letter(uint32_t c)
{
	if (c < 0x3005)
		return LETTER;
	if (c == 0x3005 || c == 0x3007 || (c >= 0x3041 && c <= 0x309F) ||
	    (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
	    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF))
		return IDEOGRAPH;
	if ((c >= 0x30A0 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x31FF) ||
	    (c >= 0xFF66 && c <= 0xFF9F))
		return KANA;
	return LETTER;
}

/* Signs are also the middle dot (usager·ère is to be found as "usager") and the zero-width space,
 * which is there to part words. */
static enum kind kind_of(uint32_t c)
{
	if (text_is_apostrophe(c))
		return APOSTROPHE; /* before the categories: U+02BC is a letter to them */
	if (c == 0x200B)
		return SIGN;
	if (c == 0x0085)
		return SPACE;
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_NL:
		return kind_of_letter(c);
	case UTF8PROC_CATEGORY_ND:
		return DIGIT;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
		return EXTEND;
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return SPACE;
	default:
		return SIGN;
	}
}

/* The kind and length of the character at i, which is before the end. */
static enum kind kind_at(const struct analyser *a, size_t i, size_t *length)
{
	unsigned char first = (unsigned char)a->text[i];
	if (first < 0x80) {
		*length = 1;
		return kind_of_ascii(first);
	}
	uint32_t c;
	*length = utf8_decode(a->text + i, a->n - i, &c);
	return kind_of(c);
}

static size_t skip_extenders(const struct analyser *a, size_t i)
{
	size_t length;
	while (i < a->n && kind_at(a, i, &length) == EXTEND)
		i += length;
	return i;
}

/* Moves to the next character that begins a word; false at the end. *joined is cleared by white
 * space. */
static bool find_word(struct analyser *a, bool *joined)
{
	bool line_over = false; /* in this run of white space */
	size_t length;
	for (; a->at < a->n; a->at += length) {
		enum kind kind = kind_at(a, a->at, &length);
		if (kind == LETTER || kind == DIGIT || kind == KANA || kind == IDEOGRAPH)
			return true;
		if (kind != SPACE) {
			line_over = false;
			continue;
		}
		*joined = false;
		if (a->text[a->at] == '\n' && !line_over) {
			line_over = true;
			a->position += ANALYSE_BLOCK_GAP;
			a->ordinal += ANALYSE_BLOCK_GAP;
		}
	}
	return false;
}

/* Folds text[i, end) into out as far as whole characters fit; *done is how far it came. */
static size_t fold_prefix(const struct analyser *a, size_t i, size_t end, char *out, size_t cap,
			  size_t *done)
{
	size_t n = 0;
	while (i < end) {
		uint32_t c, folded[18];
		utf8proc_uint8_t bytes[18 * 4];
		size_t length = utf8_decode(a->text + i, end - i, &c), bytes_n = 0;
		size_t count = text_fold_codepoint(c, folded);
		for (size_t k = 0; k < count; k++)
			bytes_n += (size_t)utf8proc_encode_char((utf8proc_int32_t)folded[k],
								bytes + bytes_n);
		if (bytes_n > cap - n)
			break;
		memcpy(out + n, bytes, bytes_n);
		n += bytes_n;
		i += length;
	}
	*done = i;
	return n;
}

static bool is_elided(const struct analyser *a, size_t start, size_t apostrophe)
{
	char folded[16];
	size_t done;
	size_t n = fold_prefix(a, start, apostrophe, folded, sizeof folded, &done);
	return done == apostrophe && language_elides(a->language, folded, n);
}

static bool kinds_join(enum kind last, enum kind next)
{
	if (last == KANA)
		return next == KANA;
	return last != IDEOGRAPH && (next == LETTER || next == DIGIT);
}

/* Where the word at *start ends. Moves *start behind what is elided. Only what stands before a
 * word's first apostrophe can be an elision, so each character is folded for that test once at
 * most. */
static size_t word_end(const struct analyser *a, size_t *start)
{
	bool seen_apostrophe = false;
	size_t length, end;
	enum kind last = kind_at(a, *start, &length);
	for (size_t i = *start + length;;) {
		end = i = skip_extenders(a, i);
		if (i >= a->n)
			break;
		enum kind next = kind_at(a, i, &length);
		if (kinds_join(last, next)) {
			last = next;
			i += length;
			continue;
		}
		if (!(next == APOSTROPHE && last == LETTER) && !(next == POINT && last == DIGIT))
			break;
		i = skip_extenders(a, i + length);
		if (i >= a->n || kind_at(a, i, &length) != last)
			break;
		if (next == APOSTROPHE && !seen_apostrophe) {
			if (is_elided(a, *start, end))
				*start = i;
			else
				seen_apostrophe = true;
		}
	}
	return end;
}

/* ---- its forms ---------------------------------------------------------------------------------
 */

/* Folds plain ASCII; false when there is another character before the cut. */
static bool fold_ascii(struct analyser *a, size_t start, size_t end)
{
	size_t n = end - start > ANALYSE_WORD_MAX ? ANALYSE_WORD_MAX : end - start;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)a->text[start + i];
		if (c >= 0x80)
			return false;
		a->folded[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	/* an accent right after the cut belongs to the last letter */
	if (start + n < end && (unsigned char)a->text[start + n] >= 0x80)
		return false;
	a->folded_n = n;
	return true;
}

/* The word in lower case with its accents composed; left empty when it is too long. */
static void compose(struct analyser *a, size_t start, size_t end)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
					  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	utf8proc_int32_t points[2 * RAW_MAX + 1];
	if (end - start > RAW_MAX)
		return;
	utf8proc_ssize_t n =
		utf8proc_decompose((const utf8proc_uint8_t *)a->text + start,
				   (utf8proc_ssize_t)(end - start), points, 2 * RAW_MAX, options);
	if (n <= 0 || n > 2 * RAW_MAX)
		return;
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		if (text_is_apostrophe((uint32_t)points[i]))
			points[i] = '\'';
	}
	n = utf8proc_reencode(points, n, options);
	if (n <= 0 || n > ANALYSE_WRITTEN_MAX)
		return;
	memcpy(a->accented, points, (size_t)n);
	a->accented_n = (size_t)n;
}

/* False for a word of nothing but characters without a form, such as a lone Hangul filler. */
static bool read_forms(struct analyser *a, size_t start, size_t end)
{
	size_t done;
	a->accented_n = 0;
	if (fold_ascii(a, start, end))
		return true;
	a->folded_n = fold_prefix(a, start, end, a->folded, ANALYSE_WORD_MAX, &done);
	compose(a, start, done);
	if (a->accented_n == a->folded_n && memcmp(a->accented, a->folded, a->folded_n) == 0)
		a->accented_n = 0;
	return a->folded_n > 0;
}

/* What à to ö and ø to ÿ are without their accents, by the second byte of their UTF-8; 0: not one
 * letter, or none. */
static const char plain_of[32] = "aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0";

/* A word of plain or French letters with a blank or a sign behind it, as most words of most texts
 * are: what word_end() and read_forms() would make of it, in a fraction of the time. Folds it and
 * returns its length; 0 when it is not of that kind. */
static size_t read_usual(struct analyser *a)
{
	const unsigned char *s = (const unsigned char *)a->text + a->at;
	const size_t room = a->n - a->at;
	size_t i = 0, n = 0;
	bool accents = false;
	for (; i < room && n < ANALYSE_WORD_MAX - 1; n++) {
		unsigned char c = s[i] | 0x20;
		if (i + 2 > ANALYSE_WRITTEN_MAX) /* no room for another */
			return 0;
		if (c >= 'a' && c <= 'z' && s[i] < 0x80) {
			a->folded[n] = a->accented[i] = (char)c;
			i++;
		} else if (s[i] == 0xC3 && i + 1 < room && s[i + 1] >= 0x80 && s[i + 1] < 0xC0 &&
			   plain_of[s[i + 1] & 0x1F]) {
			a->folded[n] = plain_of[s[i + 1] & 0x1F];
			a->accented[i] = (char)0xC3;
			a->accented[i + 1] = (char)(s[i + 1] | 0x20);
			i += 2;
			accents = true;
		} else {
			break;
		}
	}
	if (i < room) {
		enum kind next = s[i] < 0x80 ? kind_of_ascii(s[i]) : EXTEND;
		if (next != SPACE && next != SIGN && next != POINT)
			return 0;
	}
	a->folded_n = n;
	a->accented_n = accents ? i : 0;
	return i;
}

/* ---- its stems ---------------------------------------------------------------------------------
 */

static uint32_t hash(uint32_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u; /* FNV-1a */
	return h;
}

/* The stemmer parts "usager" from "usagers", so the plural goes first. */
static size_t without_plural(const struct analyser *a, const char *word, size_t n)
{
	bool plural = a->language->plural_s && n > 2 && word[n - 1] == 's' && word[n - 2] != 's';
	return plural && utf8_length(word, n) >= PLURAL_LETTERS ? n - 1 : n;
}

static void fill_stop(const struct analyser *a, struct slot *s)
{
	/* of what is typed without accents nobody can tell whether « dès » or « des » was meant */
	s->stop = language_is_stop(a->language, a->folded, a->folded_n);
	s->plain_stop =
		a->accented_n ? language_is_stop(a->language, a->accented, a->accented_n) : s->stop;
	s->stop = s->stop || s->plain_stop;
}

static void fill_slot(struct analyser *a, struct slot *s)
{
	char raw[STEM_MAX + ANALYSE_WRITTEN_MAX], folded[STEM_MAX + 1];
	struct buf out = {.s = folded, .cap = sizeof folded, .max = STEM_MAX};
	s->folded_n = (unsigned char)a->folded_n;
	s->accented_n = (unsigned char)a->accented_n;
	memcpy(s->key, a->folded, a->folded_n);
	memcpy(s->key + a->folded_n, a->accented, a->accented_n);
	s->n_stems = 1;
	fill_stop(a, s);
	s->stem_n[0] = (unsigned char)xap_stem(a->stemmer, a->folded,
					       without_plural(a, a->folded, a->folded_n),
					       s->stem[0], STEM_MAX);
	if (!a->accented_n)
		return;
	size_t n = xap_stem(a->stemmer, a->accented, without_plural(a, a->accented, a->accented_n),
			    raw, sizeof raw);
	text_fold(&out, raw, n); /* stops at STEM_MAX and keeps what fits */
	if (!out.n || (out.n == s->stem_n[0] && memcmp(folded, s->stem[0], out.n) == 0))
		return;
	memcpy(s->stem[1], folded, out.n);
	s->stem_n[1] = (unsigned char)out.n;
	s->n_stems = 2;
}

/* What is known of the word at hand: few words make up most of a text, so those met last are kept.
 */
static const struct slot *stems(struct analyser *a)
{
	if (a->wanted && !a->wanted[(unsigned char)a->folded[0]]) {
		if (a->stops)
			fill_stop(a, &a->unwanted); /* which has no stems */
		else
			a->unwanted.stop = a->unwanted.plain_stop = false;
		return &a->unwanted;
	}
	uint32_t h = hash(2166136261u, a->folded, a->folded_n);
	h = hash(h, a->accented, a->accented_n);
	uint16_t *at = &a->slot_of[(h ^ h >> 16) & (SLOTS - 1)];
	if (!*at)
		*at = ++a->n_slots; /* at most SLOTS: each belongs to one hash for good */
	struct slot *s = &a->slots[*at - 1];
	if (s->folded_n != a->folded_n || s->accented_n != a->accented_n ||
	    memcmp(s->key, a->folded, a->folded_n) != 0 ||
	    memcmp(s->key + a->folded_n, a->accented, a->accented_n) != 0)
		fill_slot(a, s);
	return s;
}

bool analyser_next(struct analyser *a, struct token *t)
{
	bool joined = a->at > 0;
	size_t start, end;
	do {
		if (!find_word(a, &joined))
			return false;
		start = a->at;
		size_t usual = read_usual(a);
		a->at = end = usual ? start + usual : word_end(a, &start);
		if (usual)
			break;
	} while (!read_forms(a, start, end));

	const struct slot *s = stems(a);
	*t = (struct token){.start = start,
			    .end = end,
			    .position = a->position++,
			    .ordinal = a->ordinal,
			    .stop = s->stop,
			    .plain_stop = s->plain_stop,
			    .joined = joined,
			    .word = {a->folded, a->folded_n},
			    .written = {a->accented, a->accented_n},
			    .n_stems = s->n_stems};
	if (!a->accented_n)
		t->written = t->word;
	a->ordinal += !s->stop;
	for (size_t i = 0; i < s->n_stems; i++)
		t->stem[i] = (struct span){s->stem[i], s->stem_n[i]};
	return true;
}

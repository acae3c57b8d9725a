#include "lexique.h"

#include <stdlib.h>
#include <string.h>

#include "record.h"

static bool has_letter(struct span s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c;
		i += utf8_decode(s.s + i, s.n - i, &c);
		if (text_is_alphanumeric(c))
			return true;
	}
	return false;
}

static int add_term(struct concept *c, size_t language, struct span term, struct error *e)
{
	char shown[LEXIQUE_TERM_BYTES + 1];
	size_t n = term.n < LEXIQUE_TERM_BYTES ? term.n : LEXIQUE_TERM_BYTES;
	while (n < term.n && n && ((unsigned char)term.s[n] & 0xC0) == 0x80)
		n--; /* not in the middle of a character */
	memcpy(shown, term.s, n);
	shown[n] = '\0';
	if (term.n == 0)
		return error_set(e, STATUS_INPUT, MSG_LEXIQUE_EMPTY, NULL);
	if (term.n > LEXIQUE_TERM_BYTES)
		return error_set(e, STATUS_LIMIT, MSG_LEXIQUE_LONG, shown);
	if (!has_letter(term))
		return error_set(e, STATUS_INPUT, MSG_LEXIQUE_NO_WORD, shown);
	if (c->n[language] == LEXIQUE_TERMS)
		return error_set(e, STATUS_LIMIT, MSG_LEXIQUE_MANY, shown);
	c->terms[language][c->n[language]++] = term;
	return 0;
}

/* The bytes of *rest before the sign, which is passed over; all of it when there is none. */
static struct span cut(struct span *rest, char sign)
{
	const char *at = rest->n ? memchr(rest->s, sign, rest->n) : NULL;
	struct span piece = {rest->s, at ? (size_t)(at - rest->s) : rest->n};
	size_t passed = piece.n + (at ? 1 : 0);
	rest->s += passed;
	rest->n -= passed;
	return piece;
}

static int read_column(struct concept *c, size_t language, struct span column, struct error *e)
{
	if (span_trim(column).n == 0)
		return 0;
	const char *end = column.s + column.n;
	for (bool more = true; more;) {
		struct span term = cut(&column, ';');
		more = term.s + term.n < end;
		if (add_term(c, language, span_trim(term), e) != 0)
			return -1;
	}
	return 0;
}

int lexique_line(struct span line, struct concept *c, struct error *e)
{
	*c = (struct concept){0};
	size_t start = 0; /* a tab before the # is an empty column */
	while (start < line.n && line.s[start] == ' ')
		start++;
	if (span_trim(line).n == 0 || line.s[start] == '#')
		return 0;
	size_t tabs = 0, terms = 0;
	for (size_t i = 0; i < line.n; i++)
		tabs += line.s[i] == '\t';
	if (tabs + 1 != language_count)
		return error_set(e, STATUS_INPUT, MSG_LEXIQUE_COLUMNS, NULL);
	for (size_t l = 0; l < language_count; l++) {
		if (read_column(c, l, cut(&line, '\t'), e) != 0)
			return -1;
		terms += c->n[l];
	}
	return terms > 1 ? 1 : error_set(e, STATUS_INPUT, MSG_LEXIQUE_ALONE, NULL);
}

int lexique_read(const char *text, size_t n, const struct lexique_reader *r)
{
	struct span rest = {text, n};
	if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		rest = (struct span){text + 3, n - 3};
	for (long number = 1; rest.n; number++) {
		struct concept c;
		struct error e;
		struct span line = cut(&rest, '\n');
		int got = lexique_line(line, &c, &e);
		if (got < 0) {
			e.line = number;
			r->wrong(r->self, &e);
		} else if (got > 0) {
			int result = r->take(r->self, &c, line, number);
			if (result != 0)
				return result;
		}
	}
	return 0;
}

/* Adds the words that count; false when there are none, or too many. */
static bool add_words(struct buf *out, struct span term, struct analyser *analyser, bool stops)
{
	struct token t;
	size_t n = 0;
	analyser_start(analyser, term.s, term.n);
	while (analyser_next(analyser, &t)) {
		if (t.stop && !stops)
			continue;
		if (++n > LEXIQUE_TERM_WORDS)
			return false;
		if (n > 1)
			buf_putc(out, ' ');
		buf_add(out, t.stem[0].s, t.stem[0].n);
	}
	return n > 0;
}

void lexique_key(struct buf *out, struct span term, struct analyser *analyser)
{
	struct buf key = buf_new(LEXIQUE_TERM_WORDS * (ANALYSE_WORD_MAX + 16));
	if (!add_words(&key, term, analyser, false)) {
		buf_clear(&key);
		if (!add_words(&key, term, analyser, true))
			buf_clear(&key);
	}
	if (key.failed)
		out->failed = true;
	else if (key.n)
		buf_add(out, key.s, key.n);
	buf_free(&key);
}

/* ---- in the index -------------------------------------------------------------------------------
 */

/* A note to be written: the line of a concept under the key of one of its terms. */
struct entry {
	const char *name, *line;
	size_t number; /* of the concept */
};

struct lexique {
	struct arena arena;
	struct entry *list;
	size_t n, cap, concepts;
};

struct lexique *lexique_new(struct error *e)
{
	struct lexique *l = calloc(1, sizeof *l);
	if (!l)
		error_memory(e);
	return l;
}

void lexique_free(struct lexique *l)
{
	if (!l)
		return;
	arena_free(&l->arena);
	free(l->list);
	free(l);
}

size_t lexique_count(const struct lexique *l)
{
	return l->concepts;
}

/* "concept Fdesherbag" */
static void put_name(struct buf *out, const struct language *l, struct span key)
{
	buf_puts(out, NOTE_CONCEPT);
	buf_putc(out, l->stem_prefix);
	buf_add(out, key.s, key.n);
}

static int add_entry(struct lexique *l, const char *name, const char *line, struct error *e)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 256;
		struct entry *list = realloc(l->list, cap * sizeof *list);
		if (!list)
			return error_memory(e);
		l->list = list;
		l->cap = cap;
	}
	if (!name || !line)
		return error_memory(e);
	l->list[l->n++] = (struct entry){name, line, l->concepts};
	return 0;
}

static int add_name(struct lexique *l, const struct language *language, struct span term,
		    const char *line, struct analyser *analyser, struct error *e)
{
	struct buf key = buf_new(4096), name = buf_new(4096);
	int result = 0;
	lexique_key(&key, term, analyser);
	put_name(&name, language, (struct span){key.s, key.n});
	if (key.failed || name.failed)
		result = error_memory(e);
	else if (key.n && name.n <= XAP_TERM_MAX) /* else no query can ask for it either */
		result = add_entry(l, arena_copy(&l->arena, name.s, name.n), line, e);
	buf_free(&key);
	buf_free(&name);
	return result;
}

int lexique_add(struct lexique *l, const struct concept *c, struct span line,
		struct analyser *const *analysers, struct error *e)
{
	const char *copy = arena_copy(&l->arena, line.s, line.n);
	l->concepts++;
	for (size_t k = 0; k < language_count; k++) {
		for (size_t i = 0; i < c->n[k]; i++) {
			if (add_name(l, &languages[k], c->terms[k][i], copy, analysers[k], e) != 0)
				return -1;
		}
	}
	return 0;
}

static int by_name(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int order = strcmp(a->name, b->name);
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

int lexique_put(const struct lexique *l, struct xap_writer *w, struct error *e)
{
	struct buf lines =
		buf_new(LEXIQUE_CONCEPTS *
			(LANGUAGE_MAX * LEXIQUE_TERMS * (LEXIQUE_TERM_BYTES + 64) + 4096));
	int result = 0;
	if (l->n)
		qsort(l->list, l->n, sizeof *l->list, by_name);
	for (size_t i = 0, end; result == 0 && i < l->n; i = end) {
		size_t concepts = 0;
		buf_clear(&lines);
		for (end = i; end < l->n && strcmp(l->list[end].name, l->list[i].name) == 0;
		     end++) {
			/* two terms of one concept may have one key */
			if (end > i && l->list[end].number == l->list[end - 1].number)
				continue;
			if (++concepts > LEXIQUE_CONCEPTS)
				continue;
			buf_puts(&lines, l->list[end].line);
			buf_putc(&lines, '\n');
		}
		result = lines.failed ? error_memory(e)
				      : xap_put_note(w, l->list[i].name, lines.s, lines.n, e);
	}
	buf_free(&lines);
	return result;
}

char *lexique_find(struct xap *x, const struct language *l, struct span key, struct error *e)
{
	struct buf name = buf_new(4096);
	put_name(&name, l, key);
	char *lines = NULL;
	if (name.failed)
		error_memory(e);
	else if (name.n > XAP_TERM_MAX)
		lines = text_copy("", 0);
	else
		lines = xap_note(x, name.s, e);
	buf_free(&name);
	return lines;
}

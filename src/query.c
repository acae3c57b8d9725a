/* query.c - lexer, then a pass that decides which operators are words, then recursive descent.
 *
 * Parentheses are the only recursion, and the lexer has counted them before the parser starts. */
#include "query.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_PHRASE,
	TOKEN_PREFIX,
	TOKEN_EMPTY, /* an operand without a letter or number: holds its place, matches nothing */
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
};

struct token {
	enum token_kind kind;
	enum field field; /* title: stood right before */
	const char *facet;
	bool excluded; /* a minus stood right before */
	struct span text;
};

struct lexer {
	const char *s;
	size_t n, at;
	bool at_start;	   /* only white space or a parenthesis right before: a minus excludes */
	struct token next; /* field and minus that wait for their operand */
	struct token *tokens;
	size_t count;
	size_t depth;
	const char *const *facets;
};

/* ---- characters ---- */

static bool is_space(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
		return true;
	default:
		return c == 0x200B || c == 0xFEFF; /* zero width, but people paste them as spaces */
	}
}

/* " and its curly, low and wide forms; any of them closes any other, since people mix them. */
static bool is_double_quote(uint32_t c)
{
	return c == '"' || (c >= 0x201C && c <= 0x201F) || c == 0xFF02;
}

static bool is_quote(uint32_t c)
{
	return is_double_quote(c) || c == 0xAB || c == 0xBB;
}

static size_t count_letters(struct span text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.n;) {
		uint32_t c;
		i += utf8_decode(text.s + i, text.n - i, &c);
		count += text_is_alphanumeric(c);
	}
	return count;
}

/* Words of a phrase: runs between white space that hold a letter or number. */
static size_t count_words(struct span text)
{
	size_t count = 0;
	bool counted = false;
	for (size_t i = 0; i < text.n;) {
		uint32_t c;
		i += utf8_decode(text.s + i, text.n - i, &c);
		if (is_space(c)) {
			counted = false;
		} else if (!counted && text_is_alphanumeric(c)) {
			counted = true;
			count++;
		}
	}
	return count;
}

/* Words of a phrase with a star behind them. */
static size_t count_prefixes(struct span text)
{
	size_t count = 0;
	for (size_t i = 0, letters = 0; i < text.n;) {
		uint32_t c;
		i += utf8_decode(text.s + i, text.n - i, &c);
		count += c == '*' && letters >= QUERY_PREFIX_LETTERS;
		letters = text_is_alphanumeric(c) ? letters + 1 : 0;
	}
	return count;
}

/* Like span_trim, and also the no-break and thin spaces of « ». */
static struct span trim_spaces(struct span text)
{
	size_t first = text.n, last = text.n;
	for (size_t i = 0; i < text.n;) {
		uint32_t c;
		size_t here = i;
		i += utf8_decode(text.s + i, text.n - i, &c);
		if (is_space(c))
			continue;
		if (first == text.n)
			first = here;
		last = i;
	}
	return (struct span){text.s + first, last - first};
}

/* ---- words of the languages ---- */

static enum token_kind operator_kind(struct span word)
{
	for (size_t i = 0; i < language_count; i++) {
		const struct language *l = &languages[i];
		if (span_equal(word, span_of(l->and_word)))
			return TOKEN_AND;
		if (span_equal(word, span_of(l->or_word)))
			return TOKEN_OR;
		if (span_equal(word, span_of(l->not_word)))
			return TOKEN_NOT;
	}
	return TOKEN_WORD;
}

/* The languages' names come first; *facet is set for one of the facets. */
static enum field field_find(struct span name, const char *const *facets, const char **facet)
{
	for (size_t i = 0; i < language_count; i++) {
		for (const struct field_name *f = languages[i].fields; f->name; f++) {
			if (text_folds_equal(name, span_of(f->name)))
				return f->field;
		}
	}
	for (; facets && *facets; facets++) {
		if (text_folds_equal(name, span_of(*facets))) {
			*facet = *facets;
			return FIELD_FACET;
		}
	}
	return FIELD_NONE;
}

/* ---- lexer ---- */

static size_t peek(const struct lexer *x, uint32_t *c)
{
	return utf8_decode(x->s + x->at, x->n - x->at, c);
}

static void forget_next(struct lexer *x)
{
	x->next = (struct token){.kind = TOKEN_END};
}

static void push(struct lexer *x, enum token_kind kind, struct span text)
{
	struct token t = x->next;
	t.kind = kind;
	t.text = text;
	x->tokens[x->count++] = t;
	forget_next(x);
}

/* The offset of the quote that closes one opened with c before `from`, or n. */
static size_t find_closing(const struct lexer *x, size_t from, uint32_t opening, size_t *length)
{
	for (size_t i = from; i < x->n; i += *length) {
		uint32_t c;
		*length = utf8_decode(x->s + i, x->n - i, &c);
		if (opening == 0xAB ? c == 0xBB : is_double_quote(c))
			return i;
	}
	return x->n;
}

/* A quote that is never closed, or a closing one that was never opened, is as if not typed. */
static void lex_quote(struct lexer *x, uint32_t c, size_t length)
{
	x->at += length;
	x->at_start = false;
	size_t end = c == 0xBB ? x->n : find_closing(x, x->at, c, &length);
	if (end == x->n)
		return;
	struct span text = trim_spaces((struct span){x->s + x->at, end - x->at});
	push(x, count_letters(text) ? TOKEN_PHRASE : TOKEN_EMPTY, text);
	x->at = end + length;
}

/* Can an operand stand here, right after a minus or a field's colon? */
static bool operand_follows(const struct lexer *x, size_t at)
{
	if (at >= x->n)
		return false;
	uint32_t c;
	utf8_decode(x->s + at, x->n - at, &c);
	return !is_space(c) && c != ')';
}

/* Leading hyphens say nothing to the analyser, and left in place they would read as an exclusion
 * when the tree is written and parsed again. */
static struct span strip_hyphens(struct span word)
{
	while (word.n && word.s[0] == '-')
		word.s++, word.n--;
	return word;
}

/* Takes "title:" off the word's front into x->next. "title:" with nothing behind it is a word. */
static struct span take_field(struct lexer *x, struct span word, size_t end)
{
	const char *colon = word.n ? memchr(word.s, ':', word.n) : NULL;
	if (!colon || x->next.field != FIELD_NONE)
		return word;
	size_t name = (size_t)(colon - word.s);
	if (name + 1 == word.n && !operand_follows(x, end))
		return word;
	enum field field = field_find((struct span){word.s, name}, x->facets, &x->next.facet);
	if (field == FIELD_NONE)
		return word;
	x->next.field = field;
	return strip_hyphens((struct span){colon + 1, word.n - name - 1});
}

static void push_word(struct lexer *x, struct span word)
{
	size_t full = word.n;
	while (word.n && word.s[word.n - 1] == '*')
		word.n--;
	size_t letters = count_letters(word);
	if (!letters)
		push(x, TOKEN_EMPTY, word);
	else if (word.n < full && letters >= QUERY_PREFIX_LETTERS)
		push(x, TOKEN_PREFIX, word);
	else
		push(x, TOKEN_WORD, word);
}

static void lex_word(struct lexer *x)
{
	size_t from = x->at;
	while (x->at < x->n) {
		uint32_t c;
		size_t length = peek(x, &c);
		if (is_space(c) || is_quote(c) || c == '(' || c == ')')
			break;
		x->at += length;
	}
	x->at_start = false;
	struct span word = {x->s + from, x->at - from};
	bool bare = x->next.field == FIELD_NONE && !x->next.excluded;
	enum token_kind kind = bare ? operator_kind(word) : TOKEN_WORD;
	if (kind != TOKEN_WORD) {
		push(x, kind, word);
		return;
	}
	enum field before = x->next.field;
	word = take_field(x, strip_hyphens(word), x->at);
	if (!word.n && x->next.field != before)
		return; /* the field waits for the quote or parenthesis behind it */
	push_word(x, word);
}

static int limit(struct error *e, enum message what, int number)
{
	char text[16];
	snprintf(text, sizeof text, "%d", number);
	return error_set(e, STATUS_LIMIT, what, text);
}

static int lex_parenthesis(struct lexer *x, bool opens, struct error *e)
{
	struct span none = {"", 0};
	x->at++;
	x->at_start = true;
	if (opens) {
		if (++x->depth > QUERY_MAX_NESTING)
			return limit(e, MSG_QUERY_NESTING, QUERY_MAX_NESTING);
		push(x, TOKEN_OPEN, none);
		return 0;
	}
	forget_next(x);
	if (x->depth) { /* else nothing to close: as if not typed */
		x->depth--;
		push(x, TOKEN_CLOSE, none);
	}
	return 0;
}

static void lex_minus_or_word(struct lexer *x, uint32_t c)
{
	bool doubled = x->at + 1 < x->n && x->s[x->at + 1] == '-';
	if (c == '-' && x->at_start && !doubled && operand_follows(x, x->at + 1)) {
		x->next.excluded = true;
		x->at_start = false;
		x->at++;
		return;
	}
	lex_word(x);
}

static int lex(struct lexer *x, struct error *e)
{
	x->at_start = true;
	while (x->at < x->n) {
		uint32_t c;
		size_t length = peek(x, &c);
		if (is_space(c)) {
			forget_next(x);
			x->at_start = true;
			x->at += length;
		} else if (is_quote(c)) {
			lex_quote(x, c, length);
		} else if (c == '(' || c == ')') {
			if (lex_parenthesis(x, c == '(', e))
				return -1;
		} else {
			lex_minus_or_word(x, c);
		}
	}
	forget_next(x);
	push(x, TOKEN_END, (struct span){"", 0});
	return 0;
}

/* ---- which operators are words ---- */

static bool starts_operand(enum token_kind kind)
{
	return kind != TOKEN_END && kind != TOKEN_CLOSE && kind != TOKEN_AND && kind != TOKEN_OR;
}

/* An operator without its operands is a word: « école AND », "OR", "(AND b)". */
static void settle_operators(struct token *t)
{
	bool operand = false; /* did the token before end an operand? */
	for (; t->kind != TOKEN_END; t++) {
		enum token_kind next = t[1].kind;
		switch (t->kind) {
		case TOKEN_AND:
		case TOKEN_OR:
			if (!operand || !starts_operand(next))
				t->kind = TOKEN_WORD;
			break;
		case TOKEN_NOT:
			if (next == TOKEN_END || next == TOKEN_CLOSE)
				t->kind = TOKEN_WORD;
			break;
		default:
			break;
		}
		operand = t->kind != TOKEN_OPEN && t->kind != TOKEN_AND && t->kind != TOKEN_OR &&
			  t->kind != TOKEN_NOT;
	}
}

static int check_limits(const struct token *t, struct error *e)
{
	size_t words = 0, phrases = 0, prefixes = 0;
	for (; t->kind != TOKEN_END; t++) {
		if (t->kind == TOKEN_PHRASE) {
			phrases++;
			words += count_words(t->text);
			prefixes += count_prefixes(t->text);
		} else if (t->kind == TOKEN_WORD || t->kind == TOKEN_PREFIX) {
			words++;
			prefixes += t->kind == TOKEN_PREFIX;
		}
	}
	if (words > QUERY_MAX_WORDS)
		return limit(e, MSG_QUERY_WORDS, QUERY_MAX_WORDS);
	if (phrases > QUERY_MAX_PHRASES)
		return limit(e, MSG_QUERY_PHRASES, QUERY_MAX_PHRASES);
	if (prefixes > QUERY_MAX_PREFIXES)
		return limit(e, MSG_QUERY_PREFIXES, QUERY_MAX_PREFIXES);
	return 0;
}

/* ---- the tree ---- */

/* NULL stands for "nothing" while the tree grows; out of memory is kept in `failed`. */
struct parser {
	struct arena *arena;
	const struct token *t;
	bool failed;
};

struct list {
	struct query **items;
	size_t n, cap;
};

static struct query *new_query(struct parser *p, enum query_kind kind)
{
	struct query *q = arena_alloc(p->arena, sizeof *q);
	if (!q) {
		p->failed = true;
		return NULL;
	}
	q->kind = kind;
	return q;
}

static void list_add(struct parser *p, struct list *list, struct query *q)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 4;
		struct query **items = arena_alloc(p->arena, cap * sizeof *items);
		if (!items) {
			p->failed = true;
			return;
		}
		if (list->n)
			memcpy(items, list->items, list->n * sizeof *items);
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = q;
}

/* Adds q to what will be the children of a node of this kind: one of the same kind melts into it.
 */
static void list_melt(struct parser *p, struct list *list, enum query_kind kind, struct query *q)
{
	if (!q)
		return;
	if (q->kind != kind) {
		list_add(p, list, q);
		return;
	}
	for (size_t i = 0; i < q->n; i++)
		list_add(p, list, q->children[i]);
}

static struct query *of_list(struct parser *p, enum query_kind kind, const struct list *list)
{
	if (list->n < 2)
		return list->n ? list->items[0] : NULL;
	struct query *q = new_query(p, kind);
	if (q) {
		q->children = list->items;
		q->n = list->n;
	}
	return q;
}

static struct query *negate(struct parser *p, struct query *child)
{
	if (!child)
		return NULL;
	if (child->kind == QUERY_NOT)
		return child->children[0];
	struct list list = {0};
	list_add(p, &list, child);
	struct query *q = new_query(p, QUERY_NOT);
	if (!q || !list.n)
		return NULL;
	q->children = list.items;
	q->n = 1;
	return q;
}

/* What field a leaf is asked in. */
struct scope {
	enum field field;
	const char *facet;
};

static struct query *parse_or(struct parser *p, struct scope scope);

static struct query *parse_leaf(struct parser *p, const struct token *t, struct scope scope)
{
	if (t->kind == TOKEN_EMPTY)
		return NULL;
	struct query *q = new_query(p, t->kind == TOKEN_PHRASE	 ? QUERY_PHRASE
				       : t->kind == TOKEN_PREFIX ? QUERY_PREFIX
								 : QUERY_WORD);
	if (q) {
		q->field = scope.field;
		q->facet = scope.facet;
		q->text = t->text;
	}
	return q;
}

/* A word, phrase, prefix or ( ... ). The field of a group holds inside unless there is a nearer. */
static struct query *parse_primary(struct parser *p, struct scope scope)
{
	const struct token *t = p->t++;
	struct query *q;
	if (t->field != FIELD_NONE)
		scope = (struct scope){t->field, t->facet};
	if (t->kind == TOKEN_OPEN) {
		q = parse_or(p, scope);
		if (p->t->kind == TOKEN_CLOSE)
			p->t++; /* a parenthesis never closed closes at the end */
	} else {
		q = parse_leaf(p, t, scope);
	}
	return t->excluded ? negate(p, q) : q;
}

static struct query *parse_not(struct parser *p, struct scope scope)
{
	bool negated = false;
	for (; p->t->kind == TOKEN_NOT; p->t++)
		negated = !negated;
	struct query *q = parse_primary(p, scope);
	return negated ? negate(p, q) : q;
}

static struct query *parse_and(struct parser *p, struct scope scope)
{
	struct list list = {0};
	for (;;) {
		if (p->t->kind == TOKEN_AND)
			p->t++;
		if (!starts_operand(p->t->kind))
			break;
		list_melt(p, &list, QUERY_AND, parse_not(p, scope));
	}
	return of_list(p, QUERY_AND, &list);
}

static struct query *parse_or(struct parser *p, struct scope scope)
{
	struct list list = {0};
	list_melt(p, &list, QUERY_OR, parse_and(p, scope));
	while (p->t->kind == TOKEN_OR) {
		p->t++;
		list_melt(p, &list, QUERY_OR, parse_and(p, scope));
	}
	return of_list(p, QUERY_OR, &list);
}

/* How many groups lie in one another. Precedence makes groups that nobody typed parentheses for, so
 * that the ceiling on parentheses alone would let trees of twice its depth through. */
static size_t group_depth(const struct query *q)
{
	size_t deepest = 0;
	for (size_t i = 0; i < q->n; i++) {
		size_t depth = group_depth(q->children[i]);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (q->kind == QUERY_AND || q->kind == QUERY_OR);
}

static struct query *parse_tokens(struct arena *arena, const struct token *tokens, struct error *e)
{
	struct parser p = {.arena = arena, .t = tokens};
	struct query *q = parse_or(&p, (struct scope){FIELD_NONE, NULL});
	if (!q && !p.failed)
		q = new_query(&p, QUERY_NOTHING);
	if (p.failed) {
		error_memory(e);
		return NULL;
	}
	if (group_depth(q) > QUERY_MAX_NESTING) {
		limit(e, MSG_QUERY_NESTING, QUERY_MAX_NESTING);
		return NULL;
	}
	return q;
}

static int check_typing(const char *typed, size_t n, struct error *e)
{
	if (n > 4 * QUERY_MAX_CHARACTERS)
		return limit(e, MSG_QUERY_CHARACTERS, QUERY_MAX_CHARACTERS);
	if (utf8_check(typed, n) != n)
		return error_set(e, STATUS_INPUT, MSG_QUERY_TEXT, NULL);
	if (utf8_length(typed, n) > QUERY_MAX_CHARACTERS)
		return limit(e, MSG_QUERY_CHARACTERS, QUERY_MAX_CHARACTERS);
	return 0;
}

struct query *query_parse(struct arena *arena, const char *typed, size_t n,
			  const char *const *facets, struct error *e)
{
	if (!n)
		typed = ""; /* an empty span may carry NULL */
	if (check_typing(typed, n, e))
		return NULL;
	struct lexer x = {.s = typed, .n = n, .facets = facets};
	/* every token but the last takes a character or more */
	x.tokens = arena_alloc(arena, (utf8_length(typed, n) + 1) * sizeof *x.tokens);
	if (!x.tokens) {
		error_memory(e);
		return NULL;
	}
	if (lex(&x, e))
		return NULL;
	settle_operators(x.tokens);
	if (check_limits(x.tokens, e))
		return NULL;
	return parse_tokens(arena, x.tokens, e);
}

/* ---- writing ---- */

static void write_field(struct buf *out, const struct query *q, const struct language *language)
{
	if (q->field == FIELD_NONE)
		return;
	if (q->field == FIELD_FACET)
		buf_printf(out, "%s:", q->facet);
	for (const struct field_name *f = language->fields; f->name; f++) {
		if (f->field == q->field) {
			buf_puts(out, f->name);
			buf_putc(out, ':');
			return;
		}
	}
}

/* A word that reads as an operator is written in small letters: the same word to the analyser. */
static void write_word(struct buf *out, struct span word)
{
	if (operator_kind(word) == TOKEN_WORD) {
		buf_add(out, word.s, word.n);
		return;
	}
	for (size_t i = 0; i < word.n;) {
		uint32_t c;
		i += utf8_decode(word.s + i, word.n - i, &c);
		buf_codepoint(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)c));
	}
}

/* Only a phrase between « » can hold double quotes, and it cannot hold ». */
static void write_phrase(struct buf *out, struct span text)
{
	bool quoted = false;
	for (size_t i = 0; i < text.n;) {
		uint32_t c;
		i += utf8_decode(text.s + i, text.n - i, &c);
		quoted |= is_double_quote(c);
	}
	buf_puts(out, quoted ? "«" : "\"");
	buf_add(out, text.s, text.n);
	buf_puts(out, quoted ? "»" : "\"");
}

static void write_group(struct buf *out, const struct query *q, const struct language *language)
{
	buf_putc(out, '(');
	for (size_t i = 0; i < q->n; i++) {
		if (i)
			buf_printf(out, " %s ",
				   q->kind == QUERY_AND ? language->and_word : language->or_word);
		query_write(out, q->children[i], language);
	}
	buf_putc(out, ')');
}

void query_write(struct buf *out, const struct query *q, const struct language *language)
{
	write_field(out, q, language);
	switch (q->kind) {
	case QUERY_NOTHING:
		break;
	case QUERY_WORD:
		write_word(out, q->text);
		break;
	case QUERY_PHRASE:
		write_phrase(out, q->text);
		break;
	case QUERY_PREFIX:
		buf_add(out, q->text.s, q->text.n);
		buf_putc(out, '*');
		break;
	case QUERY_AND:
	case QUERY_OR:
		write_group(out, q, language);
		break;
	case QUERY_NOT:
		buf_printf(out, "%s ", language->not_word);
		query_write(out, q->children[0], language);
		break;
	}
}

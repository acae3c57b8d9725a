#include "trace.h"

#include <string.h>

#include "compile.h"

enum {
	PLACES = 4,	  /* that are told of one word */
	NEAR_LETTERS = 4, /* of a word that is worth a guess */
};

struct tracer {
	struct buf *out;
	struct compiler *c;
	const struct trace_page *page;
	const struct language *messages;
	size_t depth;
	bool absent; /* something that must be there is not */
};

/* Where a word stands. */
struct place {
	long line; /* 0: in the page's title */
	struct span word;
};

struct places {
	struct place list[PLACES];
	size_t n, more; /* more: beyond those in the list */
};

/* ---- writing ------------------------------------------------------------------------------------
 */

static void indent(struct tracer *t)
{
	for (size_t i = 0; i < t->depth; i++)
		buf_puts(t->out, "  ");
}

static void put_message(struct tracer *t, enum message id, struct span s, long n)
{
	struct buf text = buf_new(64 * 1024);
	buf_add(&text, s.s, s.n);
	language_format(t->out, t->messages, id, text.s ? text.s : "", n);
	buf_free(&text);
}

static void put_quoted(struct tracer *t, struct span s)
{
	put_message(t, MSG_QUOTED, s, 0);
}

/* A line about a part of the query: "“word”: what is the matter". */
static void begin_line(struct tracer *t, struct span about)
{
	indent(t);
	put_quoted(t, about);
	buf_puts(t->out, language_message(t->messages, MSG_COLON));
}

static void put_places(struct tracer *t, const struct places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct place *at = &p->list[i];
		buf_puts(t->out, i ? ", " : "");
		if (at->line)
			put_message(t, MSG_TRACE_LINE, at->word, at->line);
		else
			put_message(t, MSG_TRACE_IN_TITLE, at->word, 0);
	}
	if (p->more)
		put_message(t, language_plural(t->messages, MSG_TRACE_MORE, (long)p->more),
			    span_of(""), (long)p->more);
}

/* "“word”: WHAT line 3 “words”"; what: MSG_NONE for nothing before the places. */
static void tell(struct tracer *t, struct span about, enum message what, struct span detail,
		 const struct places *p)
{
	begin_line(t, about);
	if (what != MSG_NONE)
		put_message(t, what, detail, 0);
	if (p)
		put_places(t, p);
	buf_putc(t->out, '\n');
}

/* ---- looking ------------------------------------------------------------------------------------
 */

static void add_place(struct places *p, long line, struct span word)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->list[i].line == line)
			return;
	}
	if (p->n < PLACES)
		p->list[p->n++] = (struct place){line, word};
	else
		p->more++;
}

/* The first stretch that a needle marks; n == 0 for none. */
static struct span first_mark(struct tracer *t, struct span text, const struct needle *needle,
			      size_t l)
{
	struct marks marks;
	struct span word = {text.s, 0};
	if (text.n == 0)
		return word;
	if (highlight_text(&marks, text.s, text.n, needle, 1, t->c->analysers[l]) != 0) {
		t->c->failed = true;
		return word;
	}
	if (marks.n)
		word = (struct span){text.s + marks.list[0].start,
				     marks.list[0].end - marks.list[0].start};
	marks_free(&marks);
	return word;
}

/* Each line of a Markdown text that has the needle; true when one has. */
static bool look_at_lines(struct tracer *t, struct span source, long line,
			  const struct needle *needle, size_t l, struct places *p)
{
	bool any = false;
	for (size_t at = 0; at < source.n; line++) {
		const char *end = memchr(source.s + at, '\n', source.n - at);
		size_t n = end ? (size_t)(end - source.s) - at : source.n - at;
		struct span word = first_mark(t, (struct span){source.s + at, n}, needle, l);
		if (word.n) {
			add_place(p, line, word);
			any = true;
		}
		at += n + 1;
	}
	return any;
}

/* The first line from which on a phrase goes over into the next; 0 for none. */
static long look_across_lines(struct tracer *t, const struct trace_section *s,
			      const struct needle *needle, size_t l)
{
	struct buf two = buf_new(s->source.n + 1);
	long line = s->source_line, found = 0;
	for (size_t at = 0, n = 0; at < s->source.n && !found; at += n + 1, line++) {
		const char *rest = s->source.s + at, *end = memchr(rest, '\n', s->source.n - at),
			   *next = end ? memchr(end + 1, '\n',
						s->source.n - (size_t)(end + 1 - s->source.s))
				       : NULL;
		if (!next)
			break;
		n = (size_t)(end - rest);
		buf_clear(&two);
		buf_add(&two, rest, n);
		buf_putc(&two, ' ');
		buf_add(&two, end + 1, (size_t)(next - end - 1));
		if (!two.failed && first_mark(t, (struct span){two.s, two.n}, needle, l).n)
			found = line;
	}
	buf_free(&two);
	return found;
}

/* The text decides whether, the lines only where: a phrase may go on in the next line. */
static bool look_at_section(struct tracer *t, const struct trace_section *s,
			    const struct reading *r, bool titles_only, struct places *p)
{
	size_t l = language_index(s->language);
	if (!r->read[l])
		return false;
	const struct needle *needle = &r->needle[l];
	struct span heading = first_mark(t, s->heading, needle, l),
		    text = titles_only ? (struct span){"", 0} : first_mark(t, s->text, needle, l);
	if (heading.n)
		add_place(p, s->line, heading);
	if (text.n && !look_at_lines(t, s->source, s->source_line, needle, l, p)) {
		long line = look_across_lines(t, s, needle, l);
		add_place(p, line ? line : s->line, text);
	}
	return heading.n || text.n;
}

/* On a side of the page; the title of the page counts for all its passages. */
static bool look_at_side(struct tracer *t, const struct trace_side *side, const struct reading *r,
			 bool titles_only, struct places *p)
{
	bool any = false;
	*p = (struct places){.n = 0};
	for (size_t i = 0; i < side->n; i++)
		any = look_at_section(t, &side->sections[i], r, titles_only, p) || any;
	size_t l = side->n ? language_index(side->sections[0].language) : 0;
	if (any || side->n == 0 || !r->read[l])
		return any;
	struct span word = first_mark(t, side->title, &r->needle[l], l);
	if (word.n)
		add_place(p, 0, word);
	return word.n;
}

/* How many passages of the page the index finds by a part of the query. */
static size_t ask_index(struct tracer *t, const struct query *part, const char *path)
{
	struct xap_result found;
	struct buf file = buf_new(XAP_TERM_MAX + 1);
	document_file_term(&file, path);
	node q = compile_filter(t->c, compile_all(t->c, part), "",
				(struct span){file.s ? file.s : "", file.n});
	buf_free(&file);
	if (!q || t->c->failed)
		return 0;
	const struct xap_request request = {.query = q,
					    .collapse_slot = XAP_NO_SLOT,
					    .order_slot = XAP_NO_SLOT,
					    .no_data = true};
	if (xap_search(t->c->xap, &request, &found, &t->c->error) != 0) {
		t->c->failed = true;
		return 0;
	}
	size_t total = found.total;
	xap_result_free(&found);
	return total;
}

/* ---- what comes near ----------------------------------------------------------------------------
 */

/* The words of a phrase, each for itself and in any form. */
static bool tell_apart(struct tracer *t, const struct query *q, const struct reading *r)
{
	const struct trace_side *side = &t->page->own;
	size_t l = side->n ? language_index(side->sections[0].language) : 0;
	if (!r->read[l] || r->needle[l].kind != NEEDLE_PHRASE)
		return false;
	struct buf missing = buf_new(4096);
	const struct needle *phrase = &r->needle[l];
	for (size_t i = 0; i < phrase->n; i++) {
		struct reading one = {.read = {false}};
		struct places p;
		for (size_t k = 0; k < language_count; k++) {
			one.read[k] = true;
			one.needle[k] = (struct needle){
				.kind = NEEDLE_WORD, .words = &phrase->words[i], .n = 1};
		}
		if (look_at_side(t, side, &one, false, &p))
			continue;
		buf_puts(&missing, missing.n ? ", " : "");
		buf_add(&missing, phrase->words[i].word.s, phrase->words[i].word.n);
	}
	struct span list = {missing.s ? missing.s : "", missing.n};
	tell(t, q->text, list.n ? MSG_TRACE_LACKS : MSG_TRACE_APART, list, NULL);
	buf_free(&missing);
	return true;
}

/* A word that must stand as typed stands in another form. */
static bool tell_form(struct tracer *t, const struct query *q)
{
	const struct query word = {.kind = QUERY_WORD, .text = q->text};
	struct reading r = {.read = {false}};
	struct places p;
	for (size_t l = 0; l < language_count; l++) {
		r.read[l] =
			needle_read(&r.needle[l], t->c->arena, &word, t->c->analysers[l], false) &&
			r.needle[l].kind == NEEDLE_WORD;
	}
	if (!look_at_side(t, &t->page->own, &r, false, &p))
		return false;
	tell(t, q->text, MSG_TRACE_OTHER_FORM, span_of(""), &p);
	return true;
}

/* Is one word the other with a letter added, dropped, changed, or swapped with its neighbour? */
static bool is_near(struct span x, struct span y)
{
	while (x.n && y.n && x.s[0] == y.s[0])
		x.s++, x.n--, y.s++, y.n--;
	while (x.n && y.n && x.s[x.n - 1] == y.s[y.n - 1])
		x.n--, y.n--;
	bool swapped = x.n == 2 && y.n == 2 && x.s[0] == y.s[1] && x.s[1] == y.s[0];
	return swapped || (x.n <= 1 && y.n <= 1);
}

/* The different words of a text that a typing error may have made of the one sought, or it of them:
 * folded, in the arena. */
static size_t find_near(struct tracer *t, struct span text, size_t l, struct span word,
			struct span *list, size_t n)
{
	struct token token;
	analyser_start(t->c->analysers[l], text.s, text.n);
	while (n < PLACES && analyser_next(t->c->analysers[l], &token)) {
		size_t i = 0;
		if (token.stop || token.word.n < NEAR_LETTERS || !is_near(token.word, word))
			continue;
		while (i < n && !span_equal(list[i], token.word))
			i++;
		if (i < n)
			continue;
		const char *copy = arena_copy(t->c->arena, token.word.s, token.word.n);
		if (copy)
			list[n++] = (struct span){copy, token.word.n};
		else
			t->c->failed = true;
	}
	return n;
}

static void look_near(struct tracer *t, const struct trace_section *s, struct span word,
		      struct places *p)
{
	struct span near[PLACES];
	size_t l = language_index(s->language), n = 0;
	n = find_near(t, s->heading, l, word, near, n);
	n = find_near(t, s->text, l, word, near, n);
	for (size_t i = 0; i < n; i++) {
		struct needle_word one = {.word = near[i]};
		struct reading r = {.read = {false}};
		r.read[l] = true;
		r.needle[l] = (struct needle){.kind = NEEDLE_EXACT, .words = &one, .n = 1};
		look_at_section(t, s, &r, false, p);
	}
}

static bool tell_near(struct tracer *t, const struct query *q, const struct reading *r)
{
	struct places p = {.n = 0};
	for (size_t i = 0; i < t->page->own.n; i++) {
		const struct trace_section *s = &t->page->own.sections[i];
		size_t l = language_index(s->language);
		if (r->read[l] && r->needle[l].kind != NEEDLE_PHRASE &&
		    r->needle[l].words[0].word.n >= NEAR_LETTERS)
			look_near(t, s, r->needle[l].words[0].word, &p);
	}
	if (p.n)
		tell(t, q->text, MSG_TRACE_NEAR, span_of(""), &p);
	return p.n;
}

/* It stands in the file, but in none of its passages. */
static bool tell_unindexed(struct tracer *t, const struct query *q, const struct reading *r)
{
	struct places p = {.n = 0};
	const struct trace_side *own = &t->page->own;
	size_t l = own->n ? language_index(own->sections[0].language) : 0;
	if (!r->read[l] || !look_at_lines(t, t->page->file, 1, &r->needle[l], l, &p))
		return false;
	tell(t, q->text, MSG_TRACE_UNINDEXED, span_of(""), &p);
	return true;
}

static bool tell_translation(struct tracer *t, const struct query *q, const struct reading *r)
{
	struct places p;
	const struct trace_side *twin = &t->page->twin;
	if (!twin->path || !look_at_side(t, twin, r, q->field == FIELD_TITLE, &p))
		return false;
	tell(t, q->text, MSG_TRACE_IN_TRANSLATION, span_of(twin->path), &p);
	return true;
}

/* ---- parts of the query -------------------------------------------------------------------------
 */

static void trace_filter(struct tracer *t, const struct query *q)
{
	bool holds = !t->page->indexed || ask_index(t, q, t->page->own.path);
	struct buf written = buf_new(4096);
	query_write(&written, q, t->messages);
	tell(t, (struct span){written.s ? written.s : "", written.n},
	     holds ? MSG_TRACE_FILTER_HOLDS : MSG_TRACE_FILTER_BARS, span_of(""), NULL);
	buf_free(&written);
	t->absent = t->absent || !holds;
}

/* Is the leaf on the page, in one of its two languages? */
static bool trace_leaf(struct tracer *t, const struct query *q)
{
	struct reading r;
	struct places p;
	compile_read(t->c, q, &r);
	bool titles = q->field == FIELD_TITLE;
	if (look_at_side(t, &t->page->own, &r, titles, &p)) {
		tell(t, q->text, MSG_NONE, span_of(""), &p);
		return true;
	}
	if (tell_translation(t, q, &r))
		return true;
	if (titles && look_at_side(t, &t->page->own, &r, false, &p))
		tell(t, q->text, MSG_TRACE_NOT_IN_TITLE, span_of(""), &p);
	else if (!tell_apart(t, q, &r) && !tell_form(t, q) && !tell_unindexed(t, q, &r) &&
		 !tell_near(t, q, &r))
		tell(t, q->text, MSG_TRACE_NOT_HERE, span_of(""), NULL);
	return false;
}

/* Other terms of the lexique for what was typed; true when one is on the page. */
static bool trace_synonyms(struct tracer *t, const struct synonyms *found)
{
	bool any = false;
	for (size_t i = 0; i < found->n; i++) {
		const struct synonym *s = &found->list[i];
		struct reading r = {.read = {false}};
		struct places p;
		r.read[s->language] = true;
		r.needle[s->language] = s->needle;
		if (!look_at_side(t, &t->page->own, &r, found->title, &p))
			continue;
		tell(t, s->term, s->node ? MSG_TRACE_BY_LEXIQUE : MSG_TRACE_LEXIQUE_OTHER_SIDE,
		     span_of(""), &p);
		any = any || s->node;
	}
	return any;
}

static void trace(struct tracer *t, const struct query *q);

static void trace_child(struct tracer *t, const struct query *q, bool content)
{
	if (content && compile_standing(t->c, q) != REQUIRED)
		tell(t, q->text, MSG_TRACE_COMMON, span_of(""), NULL);
	else
		trace(t, q);
}

/* Words that together are a term of the lexique: all of them, or another term. */
static void trace_run(struct tracer *t, struct query *const *siblings, size_t run,
		      const struct synonyms *found, bool content)
{
	bool all = true;
	for (size_t i = 0; i < run; i++) {
		if (content && compile_standing(t->c, siblings[i]) != REQUIRED)
			tell(t, siblings[i]->text, MSG_TRACE_COMMON, span_of(""), NULL);
		else if (!trace_leaf(t, siblings[i]))
			all = false;
	}
	t->depth++;
	bool by_lexique = trace_synonyms(t, found);
	t->depth--;
	t->absent = t->absent || !(all || by_lexique);
}

static void trace_all(struct tracer *t, const struct query *q)
{
	bool content = compile_has_content(t->c, q);
	for (size_t i = 0; i < q->n;) {
		struct synonyms found;
		size_t run = compile_synonyms(t->c, q->children + i, q->n - i, &found);
		if (run)
			trace_run(t, q->children + i, run, &found, content);
		else
			trace_child(t, q->children[i], content);
		i += run ? run : 1;
	}
}

/* One is enough. */
static void trace_any(struct tracer *t, const struct query *q)
{
	bool before = t->absent, all_absent = true;
	for (size_t i = 0; i < q->n; i++) {
		t->absent = false;
		trace(t, q->children[i]);
		all_absent = all_absent && t->absent;
	}
	t->absent = before || all_absent;
}

static void trace_exclusion(struct tracer *t, const struct query *q)
{
	struct buf written = buf_new(4096);
	query_write(&written, q, t->messages);
	struct span name = {written.s ? written.s : "", written.n};
	size_t n = t->page->indexed ? ask_index(t, q, t->page->own.path) : 0;
	begin_line(t, name);
	if (n == 0)
		put_message(t, MSG_TRACE_EXCLUDES_NOTHING, span_of(""), 0);
	else
		put_message(t, language_plural(t->messages, MSG_TRACE_EXCLUDES, (long)n),
			    span_of(""), (long)n);
	buf_putc(t->out, '\n');
	buf_free(&written);
	t->absent = t->absent || (n && n == t->page->own.n);
}

static void trace_alone(struct tracer *t, const struct query *q)
{
	struct query *const siblings[] = {(struct query *)q};
	struct synonyms found;
	if (compile_is_filter(q))
		trace_filter(t, q);
	else if (compile_synonyms(t->c, siblings, 1, &found))
		trace_run(t, siblings, 1, &found, false);
	else if (!trace_leaf(t, q))
		t->absent = true;
}

static void trace(struct tracer *t, const struct query *q)
{
	switch (q->kind) {
	case QUERY_NOTHING:
		break;
	case QUERY_WORD:
	case QUERY_PHRASE:
	case QUERY_PREFIX:
		trace_alone(t, q);
		break;
	case QUERY_AND:
		trace_all(t, q);
		break;
	case QUERY_OR:
		trace_any(t, q);
		break;
	case QUERY_NOT:
		trace_exclusion(t, q->children[0]);
		break;
	}
}

void trace_query(struct buf *out, struct compiler *c, const struct query *q,
		 const struct trace_page *page, const struct language *messages)
{
	struct tracer t = {.out = out, .c = c, .page = page, .messages = messages, .depth = 1};
	trace(&t, q);
	if (!page->indexed || page->changed || t.absent || q->kind == QUERY_NOTHING || c->failed)
		return;
	size_t hits = ask_index(&t, q, page->own.path);
	if (page->twin.path)
		hits += ask_index(&t, q, page->twin.path);
	if (hits == 0) {
		indent(&t);
		buf_puts(out, language_message(messages, MSG_TRACE_NOT_TOGETHER));
		buf_putc(out, '\n');
	}
}

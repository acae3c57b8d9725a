#include "render_report.h"

#include <jansson.h>
#include <string.h>

/* The names are for scripts. */
static const struct {
	const char *name;
	enum message title;
} sections[REPORT_SECTIONS] = {
	[REPORT_FREQUENT] = {"frequent", MSG_REPORT_FREQUENT},
	[REPORT_NOTHING] = {"nothing", MSG_REPORT_NOTHING},
	[REPORT_OTHER] = {"other", MSG_REPORT_OTHER},
	[REPORT_SOME] = {"some", MSG_REPORT_SOME},
	[REPORT_MENDED] = {"mended", MSG_REPORT_MENDED},
};

static const enum report_section section_of[OUTCOME_FOUND] = {
	[OUTCOME_NOTHING] = REPORT_NOTHING,
	[OUTCOME_OTHER] = REPORT_OTHER,
	[OUTCOME_SOME] = REPORT_SOME,
};

/* Appends a text of which nothing works on a terminal; the tab of a line for the lexique stays. */
static void put_safe(struct buf *out, const char *s, bool tab)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n;) {
		uint32_t c;
		i += utf8_decode(s + i, n - i, &c);
		buf_codepoint(out, text_is_unsafe(c) && !(tab && c == '\t') ? ' ' : c);
	}
}

/* "word, word" */
static void put_words(struct buf *out, const struct near_list *near, size_t l, const char *between)
{
	for (size_t i = 0; i < near->n[l]; i++) {
		buf_puts(out, i ? between : "");
		buf_puts(out, near->list[l][i].written);
	}
}

/* "en word, word; fr mot" */
static void put_near(struct buf *out, const struct near_list *near)
{
	bool more = false;
	for (size_t l = 0; l < language_count; l++) {
		if (!near->n[l])
			continue;
		buf_printf(out, "%s%s ", more ? "; " : "", languages[l].code);
		put_words(out, near, l, ", ");
		more = true;
	}
}

/* ---- text ---------------------------------------------------------------------------------------
 */

/* A line below a question. */
static void put_note(struct buf *out, const struct language *messages, enum message what,
		     const char *s)
{
	struct buf safe = buf_new(64 * 1024);
	put_safe(&safe, s, true);
	buf_puts(out, "              ");
	language_format(out, messages, what, safe.s ? safe.s : "", 0);
	buf_putc(out, '\n');
	buf_free(&safe);
}

static void put_notes(struct buf *out, const struct report_question *q,
		      const struct language *messages)
{
	struct buf text = buf_new(64 * 1024);
	if (q->suggestion)
		put_note(out, messages, MSG_REPORT_READ_AS, q->suggestion);
	if (q->title) {
		buf_printf(&text, "%s (%s)", q->title, q->path ? q->path : "");
		put_note(out, messages, MSG_REPORT_BEST, text.s ? text.s : "");
		buf_clear(&text);
	}
	put_near(&text, &q->mend.near);
	if (text.n)
		put_note(out, messages, MSG_REPORT_NEAR, text.s);
	if (q->mend.line)
		put_note(out, messages, MSG_REPORT_LEXIQUE, q->mend.line);
	out->failed = out->failed || text.failed;
	buf_free(&text);
}

static void put_counted(struct buf *out, const struct language *messages, enum message one,
			size_t n)
{
	language_format(out, messages, language_plural(messages, one, (long)n), NULL, (long)n);
}

/* "12 questions, 7 different" */
static void put_sum(struct buf *out, const struct report_sum *sum, const struct language *messages)
{
	put_counted(out, messages, MSG_REPORT_QUESTION, sum->times);
	buf_puts(out, ", ");
	put_counted(out, messages, MSG_REPORT_DIFFERENT, sum->different);
}

static void put_period(struct buf *out, const struct report_result *r)
{
	buf_puts(out, r->first);
	if (strcmp(r->first, r->last) != 0)
		buf_printf(out, " – %s", r->last);
}

static void put_sums(struct buf *out, const struct report_result *r, size_t bad,
		     const struct language *messages)
{
	put_period(out, r);
	buf_puts(out, language_message(messages, MSG_COLON));
	put_sum(out, &r->all, messages);
	buf_puts(out, ", ");
	put_counted(out, messages, MSG_REPORT_DAY, r->days);
	buf_putc(out, '\n');
	for (int o = 0; o < OUTCOME_FOUND; o++) {
		buf_printf(out, "  %s%s", language_message(messages, sections[section_of[o]].title),
			   language_message(messages, MSG_COLON));
		put_sum(out, &r->found[o], messages);
		buf_putc(out, '\n');
	}
	if (r->uncounted) {
		put_counted(out, messages, MSG_REPORT_UNCOUNTED, r->uncounted);
		buf_putc(out, '\n');
	}
	if (bad) {
		put_counted(out, messages, MSG_REPORT_BAD, bad);
		buf_putc(out, '\n');
	}
}

void render_report_text(struct buf *out, const struct report_result *r, size_t bad,
			const struct language *messages)
{
	if (r->all.times == 0) {
		buf_printf(out, "%s\n", language_message(messages, MSG_REPORT_EMPTY));
		if (bad) {
			put_counted(out, messages, MSG_REPORT_BAD, bad);
			buf_putc(out, '\n');
		}
		return;
	}
	put_sums(out, r, bad, messages);
	for (int s = 0; s < REPORT_SECTIONS; s++) {
		if (r->sections[s].n)
			buf_printf(out, "\n%s\n", language_message(messages, sections[s].title));
		for (size_t i = 0; i < r->sections[s].n; i++) {
			const struct report_question *q = &r->sections[s].list[i];
			buf_printf(out, "%8zu  %s  ", q->times, q->language->code);
			put_safe(out, q->typed, false);
			buf_putc(out, '\n');
			put_notes(out, q, messages);
		}
	}
}

/* ---- CSV ----------------------------------------------------------------------------------------
 *
 * https://www.rfc-editor.org/rfc/rfc4180; formulas:
 * https://owasp.org/www-community/attacks/CSV_Injection */

/* What makes a spreadsheet take a cell for a formula, also full-width. */
static bool begins_formula(const char *s)
{
	uint32_t c;
	size_t n = strlen(s);
	if (n == 0)
		return false;
	utf8_decode(s, n, &c);
	switch (c) {
	case '=':
	case '+':
	case '-':
	case '@':
	case '\t':
	case '\r':
	case 0xFF0B:
	case 0xFF0D:
	case 0xFF1D:
	case 0xFF20:
	case 0x2212:
		return true;
	default:
		return false;
	}
}

static void put_cell(struct buf *out, const char *s)
{
	buf_putc(out, '"');
	if (begins_formula(s))
		buf_putc(out, '\'');
	for (; *s; s++) {
		if (*s == '"')
			buf_putc(out, '"');
		buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

static void put_text_cell(struct buf *out, const char *s)
{
	buf_putc(out, ',');
	put_cell(out, s ? s : "");
}

static void put_record(struct buf *out, const char *section, bool frequent,
		       const struct report_question *q)
{
	put_cell(out, section);
	buf_printf(out, ",%zu", q->times);
	put_text_cell(out, q->language->code);
	put_text_cell(out, q->typed);
	buf_printf(out, ",%zu,%s,%s,", q->spellings, q->first, q->last);
	if (frequent)
		buf_puts(out, ",");
	else
		buf_printf(out, "%zu,%zu", q->own, q->other);
	put_text_cell(out, q->suggestion);
	put_text_cell(out, q->title);
	put_text_cell(out, q->path);
	for (size_t l = 0; l < language_count; l++) {
		struct buf words = buf_new(16 * 1024);
		put_words(&words, &q->mend.near, l, "; ");
		put_text_cell(out, words.s);
		out->failed = out->failed || words.failed;
		buf_free(&words);
	}
	put_text_cell(out, q->mend.line);
	buf_puts(out, "\r\n");
}

void render_report_csv(struct buf *out, const struct report_result *r)
{
	buf_puts(out, "section,times,lang,question,spellings,first,last,own,other,answered_as,"
		      "title,path");
	for (size_t l = 0; l < language_count; l++)
		buf_printf(out, ",near_%s", languages[l].code);
	buf_puts(out, ",line\r\n");
	for (int s = 0; s < REPORT_SECTIONS; s++) {
		for (size_t i = 0; i < r->sections[s].n; i++)
			put_record(out, sections[s].name, s == REPORT_FREQUENT,
				   &r->sections[s].list[i]);
	}
}

/* ---- JSON ---------------------------------------------------------------------------------------
 */

/* They take the reference, and note where memory was out. */
static void put(bool *failed, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		*failed = true;
}

static void append(bool *failed, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) != 0)
		*failed = true;
}

static void put_count(bool *failed, json_t *object, const char *key, size_t n)
{
	put(failed, object, key, json_integer((json_int_t)n));
}

/* A title or path may hold bytes that are no UTF-8. */
static json_t *string_of(const char *s)
{
	struct buf clean = buf_new(4 * strlen(s) + 4);
	for (size_t i = 0, n = strlen(s); i < n;) {
		uint32_t c;
		i += utf8_decode(s + i, n - i, &c);
		buf_codepoint(&clean, c);
	}
	json_t *j = clean.failed ? NULL : json_stringn(clean.s ? clean.s : "", clean.n);
	buf_free(&clean);
	return j;
}

static json_t *string_or_null(const char *s)
{
	return s ? string_of(s) : json_null();
}

static json_t *sum_of(bool *failed, const struct report_sum *sum)
{
	json_t *j = json_object();
	put_count(failed, j, "times", sum->times);
	put_count(failed, j, "different", sum->different);
	return j;
}

static json_t *near_of(bool *failed, const struct near_list *near)
{
	json_t *j = json_object();
	for (size_t l = 0; l < language_count; l++) {
		json_t *words = json_array();
		for (size_t i = 0; i < near->n[l]; i++)
			append(failed, words, string_of(near->list[l][i].written));
		put(failed, j, languages[l].code, words);
	}
	return j;
}

static json_t *question_of(bool *failed, const struct report_question *q, enum report_section s)
{
	json_t *j = json_object();
	put(failed, j, "question", string_of(q->typed));
	put(failed, j, "lang", json_string(q->language->code));
	put_count(failed, j, "times", q->times);
	put_count(failed, j, "spellings", q->spellings);
	put(failed, j, "first", json_string(q->first));
	put(failed, j, "last", json_string(q->last));
	if (s == REPORT_FREQUENT)
		return j;
	put_count(failed, j, "own", q->own);
	put_count(failed, j, "other", q->other);
	put(failed, j, "answered_as", string_or_null(q->suggestion));
	put(failed, j, "title", string_or_null(q->title));
	put(failed, j, "path", string_or_null(q->path));
	if (s == REPORT_MENDED)
		return j;
	put(failed, j, "near", near_of(failed, &q->mend.near));
	put(failed, j, "line", string_or_null(q->mend.line));
	put(failed, j, "ready", json_boolean(q->mend.line && q->mend.ready));
	return j;
}

static int take_text(const char *s, size_t n, void *out)
{
	buf_add(out, s, n);
	return ((struct buf *)out)->failed ? -1 : 0;
}

int render_report_json(struct buf *out, const struct report_result *r, size_t bad)
{
	bool failed = false;
	json_object_seed(1); /* the keys are ours: nobody can make them collide */
	json_t *j = json_object();
	put_count(&failed, j, "format", 1);
	put(&failed, j, "first", *r->first ? json_string(r->first) : json_null());
	put(&failed, j, "last", *r->last ? json_string(r->last) : json_null());
	put_count(&failed, j, "days", r->days);
	put(&failed, j, "asked", sum_of(&failed, &r->all));
	json_t *found = json_object();
	for (int o = 0; o < OUTCOME_FOUND; o++)
		put(&failed, found, sections[section_of[o]].name, sum_of(&failed, &r->found[o]));
	put(&failed, j, "found", found);
	put_count(&failed, j, "uncounted", r->uncounted);
	put_count(&failed, j, "bad_lines", bad);
	for (int s = 0; s < REPORT_SECTIONS; s++) {
		json_t *list = json_array();
		for (size_t i = 0; i < r->sections[s].n; i++)
			append(&failed, list,
			       question_of(&failed, &r->sections[s].list[i],
					   (enum report_section)s));
		put(&failed, j, sections[s].name, list);
	}
	/* into our own buffer: see render_json.c */
	failed = failed || json_dump_callback(j, take_text, out, JSON_INDENT(2)) != 0;
	json_decref(j);
	buf_putc(out, '\n');
	return failed || out->failed ? -1 : 0;
}

/* ---- the lexique --------------------------------------------------------------------------------
 */

/* Was the line of question i of section s printed before? */
static bool is_repeated(const struct report_result *r, int s, size_t i)
{
	const char *line = r->sections[s].list[i].mend.line;
	for (int before = REPORT_NOTHING; before <= s; before++) {
		size_t n = before < s ? r->sections[before].n : i;
		for (size_t k = 0; k < n; k++) {
			const char *other = r->sections[before].list[k].mend.line;
			if (other && strcmp(line, other) == 0)
				return true;
		}
	}
	return false;
}

static void put_lexique_line(struct buf *out, const struct report_question *q)
{
	struct buf near = buf_new(64 * 1024);
	put_near(&near, &q->mend.near);
	buf_printf(out, "# %zu × %s: ", q->times, q->language->code);
	put_safe(out, q->typed, false);
	if (near.n)
		buf_printf(out, " (%s)", near.s);
	buf_putc(out, '\n');
	put_safe(out, q->mend.line, true);
	buf_putc(out, '\n');
	out->failed = out->failed || near.failed;
	buf_free(&near);
}

size_t render_report_lexique(struct buf *out, const struct report_result *r,
			     const struct language *messages)
{
	size_t lines = 0;
	for (int s = REPORT_NOTHING; s < REPORT_MENDED; s++) {
		for (size_t i = 0; i < r->sections[s].n; i++) {
			const struct report_question *q = &r->sections[s].list[i];
			if (!q->mend.line || is_repeated(r, s, i))
				continue;
			if (lines++ == 0)
				buf_printf(out, "%s\n",
					   language_message(messages, MSG_REPORT_LINES));
			put_lexique_line(out, q);
		}
	}
	return lines;
}

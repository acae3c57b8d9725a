#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "query.h"

/* ---- strings with numbers -----------------------------------------------------------------------
 */

/* Strings, each once, numbered as they came. */
struct names {
	struct arena arena;
	const char **list;
	size_t n, cap;
	uint32_t *places; /* number + 1 by hash, 0 for none */
	size_t n_places;
};

static void names_free(struct names *s)
{
	arena_free(&s->arena);
	free(s->list);
	free(s->places);
}

static size_t place_of(const struct names *s, struct span name)
{
	size_t i = text_hash(TEXT_HASH_START, name.s, name.n) & (s->n_places - 1);
	while (s->places[i] && !span_equal(span_of(s->list[s->places[i] - 1]), name))
		i = (i + 1) & (s->n_places - 1);
	return i;
}

static int grow(struct names *s)
{
	size_t n = s->n_places ? 2 * s->n_places : 1024;
	uint32_t *places = calloc(n, sizeof *places);
	const char **list = realloc(s->list, n / 2 * sizeof *list);
	if (list)
		s->list = list;
	if (!places || !list) {
		free(places);
		return -1;
	}
	free(s->places);
	s->places = places;
	s->n_places = n;
	s->cap = n / 2;
	for (size_t i = 0; i < s->n; i++)
		s->places[place_of(s, span_of(s->list[i]))] = (uint32_t)(i + 1);
	return 0;
}

/* The number of a name; that of a new one is s->n. False when memory is out. */
static bool names_find(struct names *s, struct span name, size_t *number)
{
	if (s->n == s->cap && grow(s) != 0)
		return false;
	uint32_t at = s->places[place_of(s, name)];
	*number = at ? at - 1 : s->n;
	return true;
}

static bool names_add(struct names *s, struct span name)
{
	const char *copy = arena_copy(&s->arena, name.s, name.n);
	if (!copy)
		return false;
	s->places[place_of(s, name)] = (uint32_t)(s->n + 1);
	s->list[s->n++] = copy;
	return true;
}

/* ---- counting -----------------------------------------------------------------------------------
 */

/* A question as it was typed. Its name is the place of its language and the text. */
struct typed {
	size_t times, question;
};

/* Questions that are one. */
struct question {
	size_t times, spellings, best; /* best: the typed that is most frequent */
	long first, last;	       /* days */
	size_t outcomes[OUTCOME_FOUND];
	bool masked, asked;
};

enum { DAY_BITS = 64 };

struct report {
	struct analysers analysers;
	struct names typed_names, keys;
	struct typed *typed;
	struct question *questions;
	size_t n_typed, typed_cap, n_questions, questions_cap;
	uint64_t *days; /* a bit for each */
	size_t n_days;
	struct report_sum all, found[OUTCOME_FOUND];
	size_t uncounted;
	struct arena arena; /* results */
	struct buf name, key;
};

struct report *report_new(struct error *e)
{
	struct report *r = calloc(1, sizeof *r);
	if (!r) {
		error_memory(e);
		return NULL;
	}
	r->name = buf_new(LOG_LINE_MAX + 1);
	r->key = buf_new(64 * 1024);
	if (analysers_open(&r->analysers, e) != 0) {
		report_free(r);
		return NULL;
	}
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	analysers_close(&r->analysers);
	names_free(&r->typed_names);
	names_free(&r->keys);
	free(r->typed);
	free(r->questions);
	free(r->days);
	arena_free(&r->arena);
	buf_free(&r->name);
	buf_free(&r->key);
	free(r);
}

/* The words of a leaf, folded. */
static void put_leaf(struct buf *key, const struct query *q, struct analyser *analyser)
{
	static const char *const fields[] = {"", "title:", "lang:", "area:", "path:", ""};
	struct token t;
	size_t n = 0;
	buf_puts(key, fields[q->field]);
	buf_puts(key, q->kind == QUERY_PHRASE ? "\"" : "");
	analyser_start(analyser, q->text.s, q->text.n);
	while (analyser_next(analyser, &t)) {
		buf_puts(key, n++ ? " " : "");
		buf_add(key, t.word.s, t.word.n);
	}
	buf_puts(key, q->kind == QUERY_PHRASE ? "\"" : q->kind == QUERY_PREFIX ? "*" : "");
}

static void put_query(struct buf *key, const struct query *q, struct analyser *analyser, bool top)
{
	switch (q->kind) {
	case QUERY_NOTHING:
		break;
	case QUERY_WORD:
	case QUERY_PHRASE:
	case QUERY_PREFIX:
		put_leaf(key, q, analyser);
		break;
	default:
		buf_puts(key, q->kind == QUERY_NOT ? "-" : top ? "" : "(");
		for (size_t i = 0; i < q->n; i++) {
			buf_puts(key, i == 0 ? "" : q->kind == QUERY_OR ? " | " : " ");
			put_query(key, q->children[i], analyser, false);
		}
		buf_puts(key, q->kind == QUERY_NOT || top ? "" : ")");
	}
}

/* What all spellings of a question share; the text itself when no query can be read in it. */
static void put_key(struct report *r, const struct log_entry *entry)
{
	struct arena arena = {0};
	size_t l = language_index(entry->language);
	struct query *q = query_parse(&arena, entry->typed.s, entry->typed.n, NULL, NULL);
	buf_clear(&r->key);
	buf_putc(&r->key, (char)('0' + l));
	if (q)
		put_query(&r->key, q, r->analysers.of[l], true);
	if (r->key.n <= 1)
		text_fold(&r->key, entry->typed.s, entry->typed.n);
	arena_free(&arena);
}

/* Room for one more; false when memory is out. */
static bool make_room(void **list, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return true;
	size_t more = *cap ? 2 * *cap : 1024;
	void *longer = realloc(*list, more * size);
	if (!longer)
		return false;
	*list = longer;
	*cap = more;
	return true;
}

static bool has_mask(struct span typed)
{
	return memmem(typed.s, typed.n, LOG_MASK_NUMBER, strlen(LOG_MASK_NUMBER)) ||
	       memmem(typed.s, typed.n, LOG_MASK_ADDRESS, strlen(LOG_MASK_ADDRESS));
}

static bool new_question(struct report *r, const struct log_entry *entry, long day)
{
	if (!make_room((void **)&r->questions, r->n_questions, &r->questions_cap,
		       sizeof *r->questions) ||
	    !names_add(&r->keys, (struct span){r->key.s, r->key.n}))
		return false;
	r->questions[r->n_questions++] = (struct question){
		.best = r->n_typed, .first = day, .last = day, .masked = has_mask(entry->typed)};
	return true;
}

/* Finds the question of what was typed for the first time. */
static bool new_typed(struct report *r, const struct log_entry *entry, long day)
{
	size_t question;
	put_key(r, entry);
	if (r->key.failed || !names_find(&r->keys, (struct span){r->key.s, r->key.n}, &question) ||
	    (question == r->n_questions && !new_question(r, entry, day)) ||
	    !make_room((void **)&r->typed, r->n_typed, &r->typed_cap, sizeof *r->typed) ||
	    !names_add(&r->typed_names, (struct span){r->name.s, r->name.n}))
		return false;
	r->typed[r->n_typed++] = (struct typed){.question = question};
	r->questions[question].spellings++;
	return true;
}

static bool note_day(struct report *r, long day)
{
	size_t i = (size_t)day / DAY_BITS;
	if (i >= r->n_days) {
		uint64_t *days = realloc(r->days, (i + 1) * sizeof *days);
		if (!days)
			return false;
		memset(days + r->n_days, 0, (i + 1 - r->n_days) * sizeof *days);
		r->days = days;
		r->n_days = i + 1;
	}
	r->days[i] |= UINT64_C(1) << (day % DAY_BITS);
	return true;
}

static enum outcome outcome_of(const struct log_entry *entry)
{
	if (entry->own + entry->other == 0)
		return OUTCOME_NOTHING;
	if (entry->how != LOG_ALL)
		return OUTCOME_SOME;
	return entry->own ? OUTCOME_FOUND : OUTCOME_OTHER;
}

static void count(struct report *r, struct typed *t, const struct log_entry *entry, long day)
{
	struct question *q = &r->questions[t->question];
	enum outcome outcome = outcome_of(entry);
	t->times++;
	q->times++;
	q->first = day < q->first ? day : q->first;
	q->last = day > q->last ? day : q->last;
	/* among equals the one that came first stays */
	if (t->times > r->typed[q->best].times)
		q->best = (size_t)(t - r->typed);
	if (outcome != OUTCOME_FOUND && q->outcomes[outcome]++ == 0)
		r->found[outcome].different++;
}

int report_take(struct report *r, const struct log_entry *entry, struct error *e)
{
	long day = log_day_number(span_of(entry->day));
	enum outcome outcome = outcome_of(entry);
	size_t number;
	r->all.times++;
	if (outcome != OUTCOME_FOUND)
		r->found[outcome].times++;
	buf_clear(&r->name);
	buf_putc(&r->name, (char)('0' + language_index(entry->language)));
	buf_add(&r->name, entry->typed.s, entry->typed.n);
	if (r->name.failed || !note_day(r, day) ||
	    !names_find(&r->typed_names, (struct span){r->name.s, r->name.n}, &number))
		return error_memory(e);
	if (number == r->n_typed) {
		if (r->n_typed == REPORT_TYPED) {
			r->uncounted++;
			return 0;
		}
		if (!new_typed(r, entry, day))
			return error_memory(e);
	}
	count(r, &r->typed[number], entry, day);
	return 0;
}

/* ---- asking again -------------------------------------------------------------------------------
 */

/* A section being filled: numbers of questions with what is known of them. */
struct finishing {
	struct report *report;
	struct search *search;
	size_t limit;
	struct report_result *result;
	struct error *e;
};

static void describe(const struct report *r, const struct question *q, struct report_question *out)
{
	const char *name = r->typed_names.list[q->best];
	*out = (struct report_question){.typed = name + 1,
					.language = &languages[name[0] - '0'],
					.times = q->times,
					.spellings = q->spellings};
	log_day_of(q->first, out->first);
	log_day_of(q->last, out->last);
}

static const char *keep(struct finishing *f, struct span s)
{
	return s.n ? arena_copy(&f->report->arena, s.s, s.n) : NULL;
}

/* Asks the index; *outcome is how it fares now. */
static int ask(struct finishing *f, struct report_question *q, enum outcome *outcome)
{
	const struct search_options options = {
		.typed = span_of(q->typed), .language = q->language, .limit = 1};
	const struct mender mender = {f->search, f->report->analysers.of, &f->report->arena};
	struct search_result found;
	if (search_run(f->search, &options, &found, f->e) != 0)
		return -1;
	*outcome = mend_outcome(&found);
	q->own = found.total;
	q->other = found.other_total;
	if (found.corrected)
		q->suggestion = keep(f, span_of(found.suggestion));
	if (found.n_hits) {
		q->title = keep(f, found.hits[0].record.field[RECORD_TITLE]);
		q->path = keep(f, found.hits[0].record.field[RECORD_PATH]);
	}
	int result = *outcome == OUTCOME_FOUND
			     ? 0
			     : mend_question(&mender, &options, &found, &q->mend, f->e);
	search_free(&found);
	return result;
}

static const enum report_section section_of[] = {
	[OUTCOME_NOTHING] = REPORT_NOTHING,
	[OUTCOME_OTHER] = REPORT_OTHER,
	[OUTCOME_SOME] = REPORT_SOME,
	[OUTCOME_FOUND] = REPORT_MENDED,
};

/* Asks one that found too little; what can no longer be asked (a limit is lower now) is passed
 * over. */
static int examine(struct finishing *f, struct question *q)
{
	struct report_question shown;
	enum outcome now;
	q->asked = true;
	describe(f->report, q, &shown);
	if (ask(f, &shown, &now) != 0)
		return f->e->status == STATUS_LIMIT || f->e->status == STATUS_INPUT ? 0 : -1;
	enum report_section s = section_of[now];
	f->result->sections[s].list[f->result->sections[s].n++] = shown;
	return 0;
}

static int by_times(const void *x, const void *y)
{
	const struct question *a = *(const struct question *const *)x,
			      *b = *(const struct question *const *)y;
	if (a->times != b->times)
		return a->times > b->times ? -1 : 1;
	return (a->best > b->best) - (a->best < b->best);
}

static int by_times_shown(const void *x, const void *y)
{
	const struct report_question *a = x, *b = y;
	if (a->times != b->times)
		return a->times > b->times ? -1 : 1;
	int order = strcmp(a->typed, b->typed);
	return order ? order : strcmp(a->language->code, b->language->code);
}

/* Those that found so in the period, the most frequent first, until the section of it is full. */
static int examine_outcome(struct finishing *f, struct question **order, enum outcome outcome)
{
	const struct report *r = f->report;
	enum report_section s = section_of[outcome];
	size_t asked = 0;
	for (size_t i = 0; i < r->n_questions && f->result->sections[s].n < f->limit &&
			   asked < REPORT_ASKED / OUTCOME_FOUND;
	     i++) {
		struct question *q = order[i];
		if (!q->outcomes[outcome] || q->asked || q->masked)
			continue;
		asked++;
		if (examine(f, q) != 0)
			return -1;
	}
	return 0;
}

static int fill_sections(struct finishing *f, struct question **order)
{
	struct report_result *out = f->result;
	const struct report *r = f->report;
	for (int s = 0; s < REPORT_SECTIONS; s++) {
		size_t room = s == REPORT_FREQUENT ? f->limit : REPORT_ASKED;
		out->sections[s].list =
			arena_alloc(&f->report->arena, (room + 1) * sizeof *out->sections[s].list);
		if (!out->sections[s].list)
			return error_memory(f->e);
	}
	for (size_t i = 0; i < r->n_questions && i < f->limit; i++) {
		describe(r, order[i], &out->sections[REPORT_FREQUENT].list[i]);
		out->sections[REPORT_FREQUENT].n++;
	}
	for (int outcome = 0; outcome < OUTCOME_FOUND; outcome++) {
		if (examine_outcome(f, order, (enum outcome)outcome) != 0)
			return -1;
	}
	for (int s = REPORT_NOTHING; s < REPORT_SECTIONS; s++) {
		qsort(out->sections[s].list, out->sections[s].n, sizeof *out->sections[s].list,
		      by_times_shown);
		if (out->sections[s].n > f->limit)
			out->sections[s].n = f->limit;
	}
	return 0;
}

static void sum_up(const struct report *r, struct report_result *out)
{
	out->all = (struct report_sum){r->all.times, r->n_questions};
	memcpy(out->found, r->found, sizeof out->found);
	out->uncounted = r->uncounted;
	for (size_t i = 0; i < r->n_days * DAY_BITS; i++) {
		if (!(r->days[i / DAY_BITS] >> (i % DAY_BITS) & 1))
			continue;
		log_day_of((long)i, out->days++ ? out->last : out->first);
	}
	if (out->days == 1)
		memcpy(out->last, out->first, LOG_DAY_SIZE);
}

int report_finish(struct report *r, struct search *search, size_t limit,
		  struct report_result *result, struct error *e)
{
	*result = (struct report_result){.days = 0};
	struct finishing f = {r, search, limit, result, e};
	struct question **order = malloc((r->n_questions + 1) * sizeof *order);
	if (!order)
		return error_memory(e);
	for (size_t i = 0; i < r->n_questions; i++)
		order[i] = &r->questions[i];
	qsort(order, r->n_questions, sizeof *order, by_times);
	sum_up(r, result);
	int status = fill_sections(&f, order);
	free(order);
	return status;
}

/* measure_rank [OPTIONS] VUE_FOLDER TLDR_FOLDER - how well do answers rank?
 *
 *     1  a heading, typed well or badly, should bring its own passage first
 *     2  a heading, or words of a text, typed in one language should bring the passage to a reader
 *        of the other as well
 *     3  paging through all hits should show each pair once
 *
 *     --only N       one of these parts
 *     --tsv          a figure a line, for scripts that tune
 *     --misses       only each query of part 1 that did not bring its passage first, and what came
 *     --reuse DIR    keep the indexes in DIR, and take those that are there
 *
 * A heading counts as unique when no other passage but its translation has one of the same words.
 * Chance is seeded by what it is about: the same corpora give the same figures. Mean reciprocal
 * rank (Voorhees, TREC-8, 1999) over the first ten hits. */
#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "analyse.h"
#include "build.h"
#include "place.h"
#include "document.h"
#include "front.h"
#include "pair.h"
#include "passage.h"
#include "query.h"
#include "search.h"
#include "walk.h"

enum {
	TOP = 10,	    /* hits looked at */
	CROSS_TOP = 3,	    /* the same for headings in part 2 */
	MAX_WORDS = 30,	    /* of a query; the engine takes two more */
	TLDR_SAMPLE = 1500, /* English pages of tldr that are asked for */
	RARE_TEXT = 30,	    /* words that a text must have to be asked for by its rarest */
	PAGE_HITS = 7,	    /* part 3 */
	PAGED_WORDS = 25,   /* words of a language that are paged through, */
	PAGED_AMONG = 200,  /* of so many that are in most passages */
	QUERY_BYTES = 65536,
};

static void fail(const char *name, const struct error *e)
{
	struct buf why = buf_new(4096);
	language_error(&why, &languages[0], e);
	fprintf(stderr, "measure_rank: %s: %s\n", name, why.s ? why.s : "");
	exit(2);
}

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

/* ---- chance -------------------------------------------------------------------------------------
 */

/* xorshift64* (Vigna, 2016) */
struct chance {
	uint64_t state;
};

static size_t below(struct chance *c, size_t n)
{
	c->state ^= c->state >> 12;
	c->state ^= c->state << 25;
	c->state ^= c->state >> 27;
	return (size_t)((c->state * 0x2545F4914F6CDD1Du) >> 33) % n;
}

/* Seeded by a text and a number, so that leaving one query out changes no other. */
static struct chance chance_of(const char *text, unsigned number)
{
	uint64_t hash = 0xCBF29CE484222325u + number;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
	struct chance c = {hash ? hash : 1};
	below(&c, 2);
	return c;
}

/* ---- the corpora, read again --------------------------------------------------------------------
 */

struct file {
	char *path;
	struct front front;
	struct passages passages;
	const char *title; /* "" for none */
	size_t first;	   /* its first section in the site's list */
};

/* A passage and what is asked about it. */
struct section {
	const struct file *file;
	const struct passage *passage;
	const struct language *language;
	const char *heading;	    /* its folded words */
	const struct section *twin; /* its translation or NULL */
	bool unique;		    /* only it and its translation have this heading */
};

struct site {
	const char *name;
	char index[4096];
	struct search *search;
	struct analysers analysers;
	struct arena arena;
	struct walk walk;
	struct file *files; /* as in the walk */
	struct section *list;
	size_t n;
};

static char *folded(struct arena *arena, const char *s, size_t n)
{
	struct buf b = buf_new(QUERY_BYTES);
	text_fold(&b, s, n);
	char *copy = need(arena_copy(arena, b.s ? b.s : "", b.n));
	buf_free(&b);
	return copy;
}

static void ignore(void *data, const char *path, const struct error *e)
{
	(void)data, (void)path, (void)e;
}

static const char *title_of(const struct file *f)
{
	const struct passage *first = f->passages.list;
	if (f->front.title)
		return f->front.title;
	for (size_t i = 0; i < f->passages.n; i++, first++) {
		if (first->level)
			return first->level == 1 ? first->heading : "";
	}
	return "";
}

/* A file that cannot be read has no passages, as in the index. */
static void read_file(struct file *f, const char *root, char *path)
{
	struct buf text = buf_new(WALK_MAX_FILE + 1);
	struct error e;
	*f = (struct file){.path = path};
	if (walk_read(&text, root, path, &e) == 0 &&
	    front_read(text.s, text.n, &f->front, &e) == 0 &&
	    passages_read(text.s + f->front.body, text.n - f->front.body, f->front.body_line,
			  ANCHOR_GITHUB, &f->passages, &e) != 0)
		f->passages = (struct passages){0};
	f->title = title_of(f);
	buf_free(&text);
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct file *)x)->path, ((const struct file *)y)->path);
}

/* The page below the folder of the other language, or NULL. */
static const struct file *translation(const struct site *s, const struct file *f)
{
	char path[4096];
	struct file key = {.path = path};
	const char *other = strncmp(f->path, "en/", 3) == 0 ? "fr" : "en";
	snprintf(path, sizeof path, "%s%s", other, f->path + 2);
	return bsearch(&key, s->files, s->walk.n, sizeof key, by_path);
}

static void pair_sections(struct site *s, const struct file *f)
{
	const struct file *g = translation(s, f);
	if (!g)
		return;
	int *there = need(malloc((f->passages.n + 1) * sizeof *there));
	int *back = need(malloc((g->passages.n + 1) * sizeof *back));
	pair_passages(&f->passages, language_find(f->path, 2), &g->passages,
		      language_find(g->path, 2), there, back);
	for (size_t i = 0; i < f->passages.n; i++) {
		if (there[i] != PAIR_NONE)
			s->list[f->first + i].twin = &s->list[g->first + (size_t)there[i]];
	}
	free(there);
	free(back);
}

static int by_heading(const void *x, const void *y)
{
	const struct section *const *a = x, *const *b = y;
	int order = strcmp((*a)->heading, (*b)->heading);
	return order ? order : (*a > *b) - (*a < *b);
}

static void find_unique(struct site *s)
{
	struct section **sorted = need(malloc((s->n + 1) * sizeof *sorted));
	for (size_t i = 0; i < s->n; i++)
		sorted[i] = &s->list[i];
	qsort(sorted, s->n, sizeof *sorted, by_heading);
	for (size_t i = 0, end; i < s->n; i = end) {
		for (end = i + 1;
		     end < s->n && strcmp(sorted[i]->heading, sorted[end]->heading) == 0; end++)
			;
		bool pair = end - i == 2 && sorted[i]->twin == sorted[i + 1];
		for (size_t k = i; k < end; k++)
			sorted[k]->unique = end - i == 1 || pair;
	}
	free(sorted);
}

/* The folded words of a heading: signs make no difference to who reads or types it. */
static const char *heading_words(struct arena *arena, struct analyser *a, struct span heading)
{
	struct buf words = buf_new(QUERY_BYTES);
	struct token t;
	analyser_start(a, heading.s, heading.n);
	while (analyser_next(a, &t)) {
		buf_add(&words, t.word.s, t.word.n);
		buf_putc(&words, ' ');
	}
	char *copy = need(arena_copy(arena, words.s ? words.s : "", words.n));
	buf_free(&words);
	return copy;
}

static void add_sections(struct site *s, struct file *f)
{
	f->first = s->n;
	for (size_t i = 0; i < f->passages.n; i++) {
		const struct passage *p = &f->passages.list[i];
		const struct language *l = p->language ? p->language : language_find(f->path, 2);
		struct analyser *a = s->analysers.of[language_index(l)];
		s->list[s->n++] = (struct section){
			.file = f,
			.passage = p,
			.language = l,
			.heading = heading_words(&s->arena, a, span_of(p->heading))};
	}
}

static void read_site(struct site *s, const char *root)
{
	struct error e;
	if (analysers_open(&s->analysers, &e) != 0 ||
	    walk_corpus(&s->walk, root, ignore, NULL, &e) != 0)
		fail(root, &e);
	s->files = need(calloc(s->walk.n + 1, sizeof *s->files));
	size_t passages = 0;
	for (size_t i = 0; i < s->walk.n; i++) {
		read_file(&s->files[i], root, s->walk.files[i].path);
		passages += s->files[i].passages.n;
	}
	s->list = need(calloc(passages + 1, sizeof *s->list));
	for (size_t i = 0; i < s->walk.n; i++)
		add_sections(s, &s->files[i]);
	for (size_t i = 0; i < s->walk.n; i++)
		pair_sections(s, &s->files[i]);
	find_unique(s);
}

static void ignore_file(void *data, const char *root, const char *path, const struct error *e)
{
	(void)root;
	ignore(data, path, e);
}

/* Indexes are in folders of `folder`, by the site's name. */
static void open_index(struct site *s, const char *folder, const char *root)
{
	struct error e;
	struct build_report report;
	struct build_options options = {
		.roots = &root, .n_roots = 1, .index = s->index, .warn = ignore_file};
	snprintf(s->index, sizeof s->index, "%s/%s", folder, s->name);
	char *database = need(place_database(s->index));
	if (access(database, R_OK) != 0 && build_index(&options, &report, &e) != 0)
		fail(root, &e);
	free(database);
	s->search = search_open(s->index, &e);
	if (!s->search)
		fail(s->index, &e);
}

static void site_free(struct site *s)
{
	for (size_t i = 0; s->files && i < s->walk.n; i++) {
		front_free(&s->files[i].front);
		passages_free(&s->files[i].passages);
	}
	search_close(s->search);
	analysers_close(&s->analysers);
	walk_free(&s->walk);
	arena_free(&s->arena);
	free(s->files);
	free(s->list);
}

/* ---- queries from headings ----------------------------------------------------------------------
 */

/* A query's words as they are typed, between spaces. */
struct words {
	struct span list[MAX_WORDS];
	bool stop[MAX_WORDS]; /* nothing in it but stop words */
	size_t n;
};

static bool is_operator(struct span w)
{
	for (size_t l = 0; l < language_count; l++) {
		if (span_equal(w, span_of(languages[l].and_word)) ||
		    span_equal(w, span_of(languages[l].or_word)) ||
		    span_equal(w, span_of(languages[l].not_word)))
			return true;
	}
	return false;
}

/* Does "name:" at the front of the word read as a field? */
static bool is_field(struct arena *arena, const char *s, size_t n)
{
	const char *name = folded(arena, s, n);
	for (size_t l = 0; l < language_count; l++) {
		for (const struct field_name *f = languages[l].fields; f->name; f++) {
			if (strcmp(f->name, name) == 0)
				return true;
		}
	}
	return false;
}

/* A word that holds a letter or number, without what the query language would read as a sign. */
static void add_word(struct words *w, struct arena *arena, struct analyser *a, struct span s)
{
	bool content = false, any = false;
	struct token t;
	while (s.n && s.s[0] == '-')
		s.s++, s.n--;
	while (s.n && s.s[s.n - 1] == '*')
		s.n--;
	if (!s.n || w->n == MAX_WORDS)
		return;
	const char *colon = memchr(s.s, ':', s.n);
	if (colon && is_field(arena, s.s, (size_t)(colon - s.s))) {
		size_t name = (size_t)(colon - s.s);
		add_word(w, arena, a, (struct span){s.s, name});
		add_word(w, arena, a, (struct span){colon + 1, s.n - name - 1});
		return;
	}
	analyser_start(a, s.s, s.n);
	for (; analyser_next(a, &t); any = true)
		content = content || !t.stop;
	if (!any)
		return;
	w->stop[w->n] = !content;
	w->list[w->n++] = is_operator(s) ? span_of(folded(arena, s.s, s.n)) : s;
}

/* Quotes, parentheses and every kind of space part words. */
static bool parts_words(uint32_t c)
{
	return c <= ' ' || c == '"' || c == '(' || c == ')' || c == 0xA0 || c == 0xAB ||
	       c == 0xBB || (c >= 0x2000 && c <= 0x200B) || (c >= 0x201C && c <= 0x201F) ||
	       c == 0x202F || c == 0xFF02;
}

/* The words of a text that may be typed; spans of the text, or of the arena. */
static struct words words_of(struct arena *arena, struct analyser *a, const char *s)
{
	struct words w = {.n = 0};
	size_t n = strlen(s), start = 0, length;
	for (size_t i = 0, count = 0; i <= n && count < QUERY_MAX_CHARACTERS;
	     i += length, count++) {
		uint32_t c = ' ';
		length = i < n ? utf8_decode(s + i, n - i, &c) : 1;
		if (!parts_words(c))
			continue;
		add_word(&w, arena, a, (struct span){s + start, i - start});
		start = i + length;
	}
	return w;
}

static size_t content_words(const struct words *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->n; i++)
		n += !w->stop[i];
	return n;
}

static void remove_word(struct words *w, size_t at)
{
	w->n--;
	memmove(w->list + at, w->list + at + 1, (w->n - at) * sizeof *w->list);
	memmove(w->stop + at, w->stop + at + 1, (w->n - at) * sizeof *w->stop);
}

static void drop_stops(struct words *w)
{
	for (size_t i = w->n; i-- > 0;) {
		if (w->stop[i])
			remove_word(w, i);
	}
}

static void fold_words(struct words *w, struct arena *arena)
{
	for (size_t i = 0; i < w->n; i++)
		w->list[i] = span_of(folded(arena, w->list[i].s, w->list[i].n));
}

/* The letters and numbers with which a word ends, after the signs behind them are cut off. */
static struct span last_run(struct span *word)
{
	size_t start = 0, end = 0, letters = 0;
	bool inside = false;
	for (size_t at = 0, length; at < word->n; at += length) {
		uint32_t c;
		length = utf8_decode(word->s + at, word->n - at, &c);
		bool letter = text_is_alphanumeric(c);
		if (letter && !inside)
			start = at, letters = 0;
		letters += letter;
		end = letter ? at + length : end;
		inside = letter;
	}
	word->n = end;
	return (struct span){word->s + start, letters < 4 ? 0 : end - start};
}

static bool ends_in(struct span s, const char *end)
{
	size_t n = strlen(end);
	return s.n >= n && strncasecmp(s.s + s.n - n, end, n) == 0;
}

/* status, this, class: an s that no plural has put there. */
static bool is_plural(struct span word)
{
	return ends_in(word, "s") && !ends_in(word, "ss") && !ends_in(word, "us") &&
	       !ends_in(word, "is");
}

/* Drops the final s of content words of four letters or more; English -ies becomes -y. */
static void make_singular(struct words *w, struct arena *arena, bool english)
{
	for (size_t i = 0; i < w->n; i++) {
		struct span *s = &w->list[i], whole = *s, last = last_run(&whole);
		if (w->stop[i] || !is_plural(last))
			continue;
		*s = (struct span){whole.s, whole.n - 1};
		if (!english || !ends_in(last, "ies"))
			continue;
		char *y = need(arena_copy(arena, whole.s, whole.n - 2));
		y[whole.n - 3] = 'y';
		*s = (struct span){y, whole.n - 2};
	}
}

static void shuffle(struct words *w, struct chance *c)
{
	for (size_t i = w->n; i > 1; i--) {
		size_t k = below(c, i);
		struct span s = w->list[k];
		bool stop = w->stop[k];
		w->list[k] = w->list[i - 1], w->stop[k] = w->stop[i - 1];
		w->list[i - 1] = s, w->stop[i - 1] = stop;
	}
}

static bool has_word(const struct words *w, struct arena *arena, struct span word)
{
	const char *sought = folded(arena, word.s, word.n);
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(folded(arena, w->list[i].s, w->list[i].n), sought) == 0)
			return true;
	}
	return false;
}

/* Adds a content word of the page's title that the heading lacks; false when there is none. */
static bool add_title_word(struct words *w, struct arena *arena, struct analyser *a,
			   const char *title, struct chance *c)
{
	struct words more = words_of(arena, a, title);
	drop_stops(&more);
	for (size_t i = more.n; i-- > 0;) {
		if (has_word(w, arena, more.list[i]))
			remove_word(&more, i);
	}
	if (!more.n || w->n == MAX_WORDS)
		return false;
	w->list[w->n++] = more.list[below(c, more.n)];
	return true;
}

enum {
	NO_STOPS = 1,
	SHUFFLED = 2,
	FOLDED = 4,
	SINGULAR = 8,
	ALL = NO_STOPS | SHUFFLED | FOLDED | SINGULAR,
	ONE_LESS = 16,
	TITLE_WORD = 32,
};

enum { VARIANTS = 8 };
static const struct {
	char letter;
	const char *name;
	unsigned does;
} variants[VARIANTS] = {
	{'a', "as written", 0},
	{'b', "shuffled", SHUFFLED},
	{'c', "without stop words", NO_STOPS},
	{'d', "without accents", FOLDED},
	{'e', "without plural s", SINGULAR},
	{'f', "b to e together", ALL},
	{'g', "and without one of 3 words or more", ALL | ONE_LESS},
	{'h', "with a word of the page’s title", TITLE_WORD},
};

/* Changes the words as the variant does; false when it has nothing to ask of this section. */
static bool vary(struct words *w, unsigned does, const struct section *s, struct arena *arena,
		 struct analyser *a, struct chance *c)
{
	if ((does & ONE_LESS) && content_words(w) < 3)
		return false;
	if ((does & TITLE_WORD) && !add_title_word(w, arena, a, s->file->title, c))
		return false;
	if (does & NO_STOPS)
		drop_stops(w);
	if (does & ONE_LESS)
		remove_word(w, below(c, w->n));
	if (does & FOLDED)
		fold_words(w, arena);
	if (does & SINGULAR)
		make_singular(w, arena, s->language == &languages[0]);
	if (does & SHUFFLED)
		shuffle(w, c);
	return true;
}

/* ---- asking -------------------------------------------------------------------------------------
 */

static void put_words(struct buf *typed, const struct words *w)
{
	buf_clear(typed);
	for (size_t i = 0; i < w->n; i++) {
		size_t before = typed->n;
		if (i)
			buf_putc(typed, ' ');
		buf_add(typed, w->list[i].s, w->list[i].n);
		if (utf8_length(typed->s, typed->n) > QUERY_MAX_CHARACTERS) {
			typed->n = before;
			break;
		}
	}
}

static void ask(struct site *s, struct span typed, const struct language *reader, size_t offset,
		size_t limit, struct search_result *r)
{
	struct error e;
	struct search_options options = {
		.typed = typed, .language = reader, .offset = offset, .limit = limit};
	if (search_run(s->search, &options, r, &e) != 0)
		fail(typed.s, &e);
}

static bool is_at(struct span path, struct span anchor, const struct section *s)
{
	return span_equal(path, span_of(s->file->path)) &&
	       span_equal(anchor, span_of(s->passage->anchor));
}

/* Is this hit the section, or its translation shown instead? */
static bool is_section(const struct hit *h, const struct section *s)
{
	const struct span *f = h->record.field;
	return is_at(f[RECORD_PATH], f[RECORD_ANCHOR], s) ||
	       is_at(f[RECORD_TWIN_PATH], f[RECORD_TWIN_ANCHOR], s);
}

static bool is_called(struct site *site, struct span title, const struct section *s,
		      struct arena *arena)
{
	struct analyser *a = site->analysers.of[language_index(s->language)];
	return strcmp(heading_words(arena, a, title), s->heading) == 0;
}

/* Ranks from 1; 0 for not among the first. */
struct ranks {
	size_t strict, lenient;
};

static struct ranks rank(struct site *site, const struct search_result *r, const struct section *s,
			 struct arena *arena)
{
	struct ranks found = {0, 0};
	for (size_t i = 0; i < r->n_hits && !found.strict; i++) {
		const struct span *f = r->hits[i].record.field;
		if (is_section(&r->hits[i], s))
			found.strict = i + 1;
		if (!found.lenient && (is_called(site, f[RECORD_TITLE], s, arena) ||
				       is_called(site, f[RECORD_TWIN_TITLE], s, arena)))
			found.lenient = i + 1;
	}
	return found;
}

static double reciprocal(size_t found)
{
	return found ? 1.0 / (double)found : 0;
}

static double share(double part, size_t whole)
{
	return whole ? part / (double)whole : 0;
}

/* ---- part 1: headings ---------------------------------------------------------------------------
 */

struct tally {
	size_t asked, unique;	     /* queries; those of unique headings */
	size_t first, missed;	     /* of unique headings: at rank 1, not among the first ten */
	double strict, lenient, mrr; /* sums of reciprocal ranks; mrr of unique headings */
};

static void count(struct tally *t, const struct section *s, struct ranks found)
{
	t->asked++;
	t->strict += reciprocal(found.strict);
	t->lenient += reciprocal(found.lenient);
	if (!s->unique)
		return;
	t->unique++;
	t->mrr += reciprocal(found.strict);
	t->first += found.strict == 1;
	t->missed += found.strict == 0;
}

/* site, variant, reader, rank, query, wanted passage and heading, what came first, its title */
static void print_miss(const struct site *site, size_t v, const struct section *s, size_t found,
		       const struct buf *typed, const struct search_result *r)
{
	printf("%s\t%c\t%s\t%zu\t%s%s\t%s#%s\t%s\t", site->name, variants[v].letter,
	       s->language->code, found, r->relaxed ? "(relaxed) " : "", typed->s, s->file->path,
	       s->passage->anchor, s->passage->heading);
	for (size_t i = 0; i < r->n_hits && i < 1; i++) {
		const struct span *f = r->hits[i].record.field;
		printf("%.*s#%.*s\t%.*s", (int)f[RECORD_PATH].n, f[RECORD_PATH].s,
		       (int)f[RECORD_ANCHOR].n, f[RECORD_ANCHOR].s, (int)f[RECORD_TITLE].n,
		       f[RECORD_TITLE].s);
	}
	putchar('\n');
}

static void ask_variant(struct site *site, const struct section *s, size_t v, struct tally *t,
			bool misses)
{
	struct arena arena = {0};
	struct search_result r;
	struct analyser *a = site->analysers.of[language_index(s->language)];
	struct words w = words_of(&arena, a, s->passage->heading);
	struct chance c = chance_of(s->file->path, (unsigned)(v + 16 * (size_t)s->passage->line));
	struct buf typed = buf_new(QUERY_BYTES);
	if (content_words(&w) && vary(&w, variants[v].does, s, &arena, a, &c)) {
		put_words(&typed, &w);
		ask(site, (struct span){typed.s, typed.n}, s->language, 0, TOP, &r);
		struct ranks found = rank(site, &r, s, &arena);
		count(t, s, found);
		if (misses && s->unique && found.strict != 1)
			print_miss(site, v, s, found.strict, &typed, &r);
		search_free(&r);
	}
	buf_free(&typed);
	arena_free(&arena);
}

static void ask_headings(struct site *site, const bool *chosen, struct tally *t, bool misses)
{
	for (size_t i = 0; i < site->n; i++) {
		for (size_t v = 0; chosen[i] && v < VARIANTS; v++)
			ask_variant(site, &site->list[i], v, &t[v], misses);
	}
}

static bool *choose_headings(const struct site *s)
{
	bool *chosen = need(calloc(s->n + 1, sizeof *chosen));
	for (size_t i = 0; i < s->n; i++)
		chosen[i] = s->list[i].passage->level >= 1;
	return chosen;
}

/* The titles of all French pages and of a sample of the English ones. */
static bool *choose_titles(const struct site *s)
{
	bool *chosen = need(calloc(s->n + 1, sizeof *chosen));
	size_t *english = need(calloc(s->n + 1, sizeof *english)), n = 0;
	struct chance c = chance_of("titles", 0);
	for (size_t i = 0; i < s->n; i++) {
		if (s->list[i].passage->level != 1)
			continue;
		chosen[i] = s->list[i].language != &languages[0];
		if (!chosen[i])
			english[n++] = i;
	}
	for (size_t taken = 0; taken < TLDR_SAMPLE && n; taken++) {
		size_t k = below(&c, n);
		chosen[english[k]] = true;
		english[k] = english[--n];
	}
	free(english);
	return chosen;
}

static void print_tally(const char *name, const struct tally *t)
{
	printf("\n| %s | asked | strict | lenient | unique headings only | MRR@10 | first | not in "
	       "ten |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
	       name);
	for (size_t v = 0; v < VARIANTS; v++) {
		const struct tally *x = &t[v];
		if (!x->asked)
			continue;
		printf("| %c %s | %zu | %.3f | %.3f | %zu | **%.4f** | %.1f %% | %.1f %% |\n",
		       variants[v].letter, variants[v].name, x->asked, share(x->strict, x->asked),
		       share(x->lenient, x->asked), x->unique, share(x->mrr, x->unique),
		       100 * share((double)x->first, x->unique),
		       100 * share((double)x->missed, x->unique));
	}
}

static void list_tally(const char *name, const struct tally *t)
{
	for (size_t v = 0; v < VARIANTS; v++) {
		const struct tally *x = &t[v];
		if (!x->asked)
			continue;
		printf("%s.%c.strict\t%.5f\n%s.%c.lenient\t%.5f\n%s.%c.unique\t%.5f\n", name,
		       variants[v].letter, share(x->strict, x->asked), name, variants[v].letter,
		       share(x->lenient, x->asked), name, variants[v].letter,
		       share(x->mrr, x->unique));
	}
}

/* The mean over the rows but the first of both tables: what tuning should raise. */
static double criterion(const struct tally *const sites[2])
{
	double sum = 0;
	size_t rows = 0;
	for (size_t v = 1; v < VARIANTS; v++) {
		for (size_t i = 0; i < 2; i++) {
			rows += sites[i][v].unique > 0;
			sum += share(sites[i][v].mrr, sites[i][v].unique);
		}
	}
	return share(sum, rows);
}

enum printing { TABLES, TSV, MISSES };

static void measure_headings(struct site *vue, struct site *tldr, enum printing how)
{
	struct tally of_vue[VARIANTS] = {{0}}, of_tldr[VARIANTS] = {{0}};
	bool *headings = choose_headings(vue), *titles = choose_titles(tldr);
	ask_headings(vue, headings, of_vue, how == MISSES);
	ask_headings(tldr, titles, of_tldr, how == MISSES);
	free(headings);
	free(titles);
	const struct tally *const both[2] = {of_vue, of_tldr};
	if (how == TABLES) {
		print_tally("vue: headings", of_vue);
		print_tally("tldr: titles", of_tldr);
		printf("\nMean of the MRR@10 of unique headings, rows b to h: **%.4f**\n",
		       criterion(both));
	} else if (how == TSV) {
		list_tally("vue", of_vue);
		list_tally("tldr", of_tldr);
		printf("rows b to h\t%.5f\n", criterion(both));
	}
}

/* ---- part 2: across languages -------------------------------------------------------------------
 */

struct cross {
	size_t asked, unique, differ; /* of `differ` the heading is unique and not the same text in
					 both languages */
	size_t strict, lenient, of_unique, of_differ; /* among the first three */
	size_t same;
};

/* Types a section's heading to a reader of its translation's language. */
static void cross_heading(struct site *site, const struct section *s, struct cross *c)
{
	struct arena arena = {0};
	struct search_result r;
	const struct section *t = s->twin;
	struct analyser *a = site->analysers.of[language_index(s->language)];
	struct words w = words_of(&arena, a, s->passage->heading);
	struct buf typed = buf_new(QUERY_BYTES);
	bool strict = false, lenient = false, same = strcmp(s->heading, t->heading) == 0;
	put_words(&typed, &w);
	if (content_words(&w)) {
		ask(site, (struct span){typed.s, typed.n}, t->language, 0, CROSS_TOP, &r);
		for (size_t i = 0; i < r.n_hits; i++) {
			const struct span *f = r.hits[i].record.field;
			strict = strict || is_at(f[RECORD_PATH], f[RECORD_ANCHOR], t);
			lenient = lenient || is_called(site, f[RECORD_TITLE], t, &arena);
		}
		search_free(&r);
		c->asked++;
		c->same += same;
		c->strict += strict;
		c->lenient += lenient;
		c->unique += s->unique;
		c->of_unique += s->unique && strict;
		c->differ += s->unique && !same;
		c->of_differ += s->unique && !same && strict;
	}
	buf_free(&typed);
	arena_free(&arena);
}

static bool has_shared_id(const struct section *s)
{
	return s->passage->level && s->twin && s->passage->anchor_explicit &&
	       s->twin->passage->anchor_explicit &&
	       strcmp(s->passage->anchor, s->twin->passage->anchor) == 0;
}

static void print_cross(const struct language *l, const struct cross *c, enum printing how)
{
	double strict = 100 * share((double)c->strict, c->asked),
	       lenient = 100 * share((double)c->lenient, c->asked),
	       unique = 100 * share((double)c->of_unique, c->unique),
	       differ = 100 * share((double)c->of_differ, c->differ),
	       same = 100 * share((double)c->same, c->asked);
	if (how == TSV)
		printf("cross.%s.strict\t%.2f\ncross.%s.lenient\t%.2f\ncross.%s.unique\t%.2f\n"
		       "cross.%s.differ\t%.2f\n",
		       l->code, strict, l->code, lenient, l->code, unique, l->code, differ);
	else
		printf("| %s | %zu | %.1f %% | %.1f %% | %.1f %% of %zu | %.1f %% of %zu | %.1f %% "
		       "|\n",
		       l->name, c->asked, strict, lenient, unique, c->unique, differ, c->differ,
		       same);
}

static void cross_headings(struct site *site, enum printing how)
{
	if (how == TABLES)
		printf("\n| heading typed in, reader of the other | asked | first three | lenient "
		       "| "
		       "unique headings | unique, other words | same in both |\n"
		       "|---|--:|--:|--:|--:|--:|--:|\n");
	for (size_t l = 0; l < 2; l++) {
		struct cross c = {0};
		for (size_t i = 0; i < site->n; i++) {
			const struct section *s = &site->list[i];
			if (s->language == &languages[l] && has_shared_id(s))
				cross_heading(site, s, &c);
		}
		print_cross(&languages[l], &c, how);
	}
}

/* ---- words and how many passages have them ------------------------------------------------------
 */

struct frequency {
	const char *word; /* folded */
	const char *written;
	size_t passages, last; /* last: 1 + the section that was counted last */
};

struct frequencies {
	struct frequency *table; /* open addressing */
	size_t size, n;
};

static struct frequency *frequency_of(const struct frequencies *f, const char *word)
{
	size_t at = chance_of(word, 0).state % f->size;
	while (f->table[at].word && strcmp(f->table[at].word, word) != 0)
		at = (at + 1) % f->size;
	return &f->table[at];
}

static void grow(struct frequencies *f)
{
	struct frequencies larger = {.size = f->size ? 2 * f->size : 4096, .n = f->n};
	larger.table = need(calloc(larger.size, sizeof *larger.table));
	for (size_t i = 0; i < f->size; i++) {
		if (f->table[i].word)
			*frequency_of(&larger, f->table[i].word) = f->table[i];
	}
	free(f->table);
	*f = larger;
}

static void note_word(struct frequencies *f, struct arena *arena, const struct token *t,
		      size_t section)
{
	char word[ANALYSE_WORD_MAX + 1];
	snprintf(word, sizeof word, "%.*s", (int)t->word.n, t->word.s);
	if (2 * f->n >= f->size)
		grow(f);
	struct frequency *x = frequency_of(f, word);
	if (!x->word) {
		x->word = need(arena_copy(arena, t->word.s, t->word.n));
		x->written = need(arena_copy(arena, t->written.s, t->written.n));
		f->n++;
	}
	x->passages += x->last != section + 1;
	x->last = section + 1;
}

/* Content words of the texts in one language. */
static struct frequencies count_words(struct site *s, const struct language *l)
{
	struct frequencies f = {0};
	struct token t;
	struct analyser *a = s->analysers.of[language_index(l)];
	for (size_t i = 0; i < s->n; i++) {
		const struct passage *p = s->list[i].passage;
		if (s->list[i].language != l)
			continue;
		analyser_start(a, p->text, p->text_n);
		while (analyser_next(a, &t)) {
			if (!t.stop)
				note_word(&f, &s->arena, &t, i);
		}
	}
	return f;
}

/* ---- part 2 again: rare words of texts ----------------------------------------------------------
 */

static int by_rarity(const void *x, const void *y)
{
	const struct frequency *const *a = x, *const *b = y;
	if ((*a)->passages != (*b)->passages)
		return (*a)->passages < (*b)->passages ? -1 : 1;
	return strcmp((*a)->word, (*b)->word);
}

/* The n rarest different words of a section's text; nothing for a short one. */
static struct words rarest(struct site *site, const struct section *s, const struct frequencies *f,
			   size_t n)
{
	enum { MOST = 4096 };
	static const struct words none;
	const struct frequency *found[MOST];
	size_t count_all = 0, count_found = 0;
	struct token t;
	struct words w = {.n = 0};
	struct analyser *a = site->analysers.of[language_index(s->language)];
	analyser_start(a, s->passage->text, s->passage->text_n);
	for (; analyser_next(a, &t); count_all++) {
		char word[ANALYSE_WORD_MAX + 1];
		snprintf(word, sizeof word, "%.*s", (int)t.word.n, t.word.s);
		if (!t.stop && count_found < MOST)
			found[count_found++] = frequency_of(f, word);
	}
	if (count_all < RARE_TEXT)
		return none;
	qsort(found, count_found, sizeof *found, by_rarity);
	for (size_t i = 0; i < count_found && w.n < n; i++) {
		if (i == 0 || found[i] != found[i - 1])
			w.list[w.n++] = span_of(found[i]->written);
	}
	return w;
}

struct rare {
	size_t asked;
	double own, other; /* sums of reciprocal ranks by reader */
};

static size_t rank_for(struct site *site, const struct section *s, const struct words *w,
		       const struct language *reader)
{
	struct arena arena = {0};
	struct search_result r;
	struct buf typed = buf_new(QUERY_BYTES);
	put_words(&typed, w);
	ask(site, (struct span){typed.s, typed.n}, reader, 0, TOP, &r);
	size_t found = rank(site, &r, s, &arena).strict;
	search_free(&r);
	buf_free(&typed);
	arena_free(&arena);
	return found;
}

static void print_rare(const struct language *l, size_t words, const struct rare *x,
		       enum printing how)
{
	double own = share(x->own, x->asked), other = share(x->other, x->asked);
	if (how == TSV)
		printf("rare%zu.%s.own\t%.4f\nrare%zu.%s.other\t%.4f\n", words, l->code, own, words,
		       l->code, other);
	else
		printf("| %zu words, %s | %zu | %.4f | %.4f |\n", words, l->name, x->asked, own,
		       other);
}

static void cross_rare(struct site *site, enum printing how)
{
	static const size_t lengths[] = {4, 2};
	if (how == TABLES)
		printf("\n| rarest words of a text | asked | MRR@10, own reader | other reader |\n"
		       "|---|--:|--:|--:|\n");
	for (size_t l = 0; l < 2; l++) {
		struct frequencies f = count_words(site, &languages[l]);
		for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
			struct rare x = {0};
			for (size_t i = 0; i < site->n; i++) {
				const struct section *s = &site->list[i];
				struct words w = {.n = 0};
				if (s->language == &languages[l] && s->twin)
					w = rarest(site, s, &f, lengths[k]);
				if (w.n < lengths[k])
					continue;
				x.asked++;
				x.own += reciprocal(rank_for(site, s, &w, s->language));
				x.other += reciprocal(rank_for(site, s, &w, s->twin->language));
			}
			print_rare(&languages[l], lengths[k], &x, how);
		}
		free(f.table);
	}
}

/* ---- part 3: paging -----------------------------------------------------------------------------
 */

struct paging {
	size_t words, pages, hits, repeated, missing, unsteady; /* pages with other totals */
};

struct ids {
	char (*list)[17];
	size_t n, cap;
};

static void add_id(struct ids *ids, struct span id)
{
	if (id.n == 0)
		return;
	if (ids->n == ids->cap) {
		ids->cap = ids->cap ? 2 * ids->cap : 1024;
		ids->list = need(realloc(ids->list, ids->cap * sizeof *ids->list));
	}
	snprintf(ids->list[ids->n++], sizeof *ids->list, "%.*s", (int)id.n, id.s);
}

static int by_id(const void *x, const void *y)
{
	return strcmp(x, y);
}

/* Both ids of a pair are in the list: one of them twice is the pair twice. */
static size_t count_repeated(struct ids *ids)
{
	size_t repeated = 0;
	if (ids->n)
		qsort(ids->list, ids->n, sizeof *ids->list, by_id);
	for (size_t i = 1; i < ids->n; i++)
		repeated += strcmp(ids->list[i - 1], ids->list[i]) == 0;
	return repeated;
}

static void page_through(struct site *site, const char *word, const struct language *reader,
			 struct paging *p)
{
	struct ids ids = {0};
	size_t total = 0, shown = 0, here = 1;
	for (size_t offset = 0; here && offset <= total; offset += PAGE_HITS) {
		struct search_result r;
		ask(site, span_of(word), reader, offset, PAGE_HITS, &r);
		p->unsteady += offset && r.total + r.other_total != total;
		total = r.total + r.other_total;
		here = r.n_hits;
		shown += here;
		for (size_t i = 0; i < here; i++) {
			add_id(&ids, r.hits[i].record.field[RECORD_ID]);
			add_id(&ids, r.hits[i].record.field[RECORD_TWIN_ID]);
		}
		p->pages++;
		search_free(&r);
	}
	size_t repeated = count_repeated(&ids);
	p->words++;
	p->hits += shown;
	p->repeated += repeated;
	p->missing += total > shown ? total - shown : 0;
	free(ids.list);
}

static int by_passages(const void *x, const void *y)
{
	const struct frequency *a = x, *b = y;
	if (a->passages != b->passages)
		return a->passages > b->passages ? -1 : 1;
	return strcmp(a->word ? a->word : "", b->word ? b->word : "");
}

static void measure_paging(struct site *site, enum printing how)
{
	struct paging p = {0};
	struct chance c = chance_of("paging", 0);
	for (size_t l = 0; l < 2; l++) {
		struct frequencies f = count_words(site, &languages[l]);
		qsort(f.table, f.size, sizeof *f.table, by_passages);
		size_t n = f.n < PAGED_AMONG ? f.n : PAGED_AMONG;
		for (size_t i = 0; i < PAGED_WORDS && n; i++) {
			size_t k = below(&c, n);
			page_through(site, f.table[k].written, &languages[(l + i) % 2], &p);
			f.table[k] = f.table[--n];
		}
		free(f.table);
	}
	if (how == TSV)
		printf("paging.repeated\t%zu\npaging.missing\t%zu\npaging.unsteady\t%zu\n",
		       p.repeated, p.missing, p.unsteady);
	else
		printf("\nPaging by %d: %zu words, %zu pages, %zu hits: %zu repeated, %zu missing, "
		       "%zu pages with other totals\n",
		       PAGE_HITS, p.words, p.pages, p.hits, p.repeated, p.missing, p.unsteady);
}

/* ---- all together -------------------------------------------------------------------------------
 */

struct asked {
	int only; /* part; 0 for all */
	enum printing how;
	const char *reuse, *vue, *tldr;
};

static bool read_options(struct asked *a, int argc, char **argv)
{
	static const struct option options[] = {{"only", required_argument, NULL, 'o'},
						{"tsv", no_argument, NULL, 't'},
						{"misses", no_argument, NULL, 'm'},
						{"reuse", required_argument, NULL, 'r'},
						{NULL, 0, NULL, 0}};
	*a = (struct asked){.only = 0};
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'o' && optarg[0] >= '1' && optarg[0] <= '3' && !optarg[1])
			a->only = optarg[0] - '0';
		else if (c == 't')
			a->how = TSV;
		else if (c == 'm')
			a->how = MISSES, a->only = 1;
		else if (c == 'r')
			a->reuse = optarg;
		else
			return false;
	}
	if (argc - optind != 2)
		return false;
	a->vue = argv[optind];
	a->tldr = argv[optind + 1];
	return true;
}

/* An index folder is flat. */
static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));)
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	rmdir(path);
}

static void measure(const struct asked *a, struct site *vue, struct site *tldr)
{
	if (a->only == 0 || a->only == 1)
		measure_headings(vue, tldr, a->how);
	if (a->only == 0 || a->only == 2) {
		cross_headings(vue, a->how);
		cross_rare(vue, a->how);
	}
	if (a->only == 0 || a->only == 3)
		measure_paging(vue, a->how);
}

int main(int argc, char **argv)
{
	struct asked a;
	struct site vue = {.name = "vue"}, tldr = {.name = "tldr"};
	char temporary[] = P_tmpdir "/measure_rank.XXXXXX";
	if (!read_options(&a, argc, argv)) {
		fprintf(stderr,
			"usage: measure_rank [--only N] [--tsv | --misses] [--reuse DIR] VUE "
			"TLDR\n");
		return 2;
	}
	const char *folder = a.reuse ? a.reuse : need(mkdtemp(temporary));
	read_site(&vue, a.vue);
	open_index(&vue, folder, a.vue);
	if (a.only < 2) {
		read_site(&tldr, a.tldr);
		open_index(&tldr, folder, a.tldr);
	}
	measure(&a, &vue, &tldr);
	site_free(&vue);
	site_free(&tldr);
	if (!a.reuse) {
		remove_folder(vue.index);
		remove_folder(tldr.index);
		rmdir(folder);
	}
	return 0;
}

#include "inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "document.h"
#include "front.h"
#include "layout.h"

enum {
	TITLE_MAX = 400,  /* bytes of a page among which words are looked for */
	WORDS = 512,	  /* different words of a language that are counted */
	WORD_LETTERS = 4, /* of one worth showing */
	FACET_BYTES = 40, /* of a value */
};

struct word {
	char folded[INSPECT_WORD], written[INSPECT_WORD];
	size_t pages;
};

struct inspector {
	struct inspection *i;
	struct analysers analysers;
	struct word *words[LANGUAGE_MAX];
	size_t n_words[LANGUAGE_MAX];
	void (*warn)(void *data, const char *root, const char *path, const struct error *e);
	void *data;
	bool failed; /* memory was out */
};

/* ---- front matter -------------------------------------------------------------------------------
 */

static struct inspect_key *key_of(struct inspector *x, const char *name, bool known)
{
	struct inspection *i = x->i;
	for (size_t k = 0; k < i->n_keys; k++) {
		if (strcasecmp(i->keys[k].name, name) == 0)
			return &i->keys[k];
	}
	if (i->n_keys == INSPECT_KEYS)
		return NULL;
	char *copy = text_copy(name, strlen(name));
	x->failed = x->failed || !copy;
	if (!copy)
		return NULL;
	i->keys[i->n_keys] = (struct inspect_key){.name = copy, .known = known};
	return &i->keys[i->n_keys++];
}

static bool is_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";
	for (size_t i = 0; form[i]; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';
		if (form[i] == 'd' ? !digit : s[i] != form[i])
			return false;
	}
	return true;
}

/* What says a word, by which people would choose pages. */
static bool is_plain(const char *s)
{
	static const char *const switches[] = {"true", "false", "yes", "no"};
	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
		if (strcasecmp(s, switches[i]) == 0)
			return false;
	}
	return *s && strspn(s, "0123456789.,-+ ") < strlen(s) && strlen(s) <= FACET_BYTES &&
	       !strpbrk(s, "/\"\\");
}

static void count_value(struct inspector *x, const char *name, const char *value, bool known,
			const char *page)
{
	struct inspect_key *key = key_of(x, name, known);
	if (!key)
		return;
	if (key->last_page != page)
		key->pages++;
	key->last_page = page;
	key->dates += is_date(value);
	key->plain += is_plain(value);
	for (size_t v = 0; v < key->n_values; v++) {
		if (strcmp(key->values[v].text, value) == 0) {
			key->values[v].pages++;
			return;
		}
	}
	key->many = key->many || key->n_values == INSPECT_VALUES;
	if (key->many)
		return;
	char *copy = text_copy(value, strlen(value));
	x->failed = x->failed || !copy;
	if (copy)
		key->values[key->n_values++] = (struct inspect_value){copy, 1};
}

static void count_front(struct inspector *x, const struct front *f, const char *page)
{
	const struct {
		const char *name, *value;
	} known[] = {{"title", f->title}, {"lang", f->lang}, {"translationKey", f->key},
		     {"area", f->area},	  {"date", f->date}, {"url", f->url},
		     {"slug", f->slug}};
	for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
		if (known[k].value)
			count_value(x, known[k].name, known[k].value, true, page);
	}
	for (size_t k = 0; k < f->n_others; k++)
		count_value(x, f->others[k].key, f->others[k].value, false, page);
}

/* ---- words --------------------------------------------------------------------------------------
 */

/* The title, else the first heading, else how the text begins. */
static struct span title_of(const struct front *f, struct span text)
{
	struct span body = {text.s + f->body, text.n - f->body};
	if (f->title)
		return span_of(f->title);
	for (size_t at = 0; at < body.n && at < (size_t)10 * TITLE_MAX;) {
		const char *line = body.s + at, *end = memchr(line, '\n', body.n - at);
		size_t n = end ? (size_t)(end - line) : body.n - at;
		if (n > 2 && line[0] == '#' && line[1] == ' ')
			return (struct span){line + 2, n - 2};
		at += n + 1;
	}
	return body;
}

static void count_word(struct inspector *x, size_t l, const struct token *t, struct span written)
{
	struct word *list = x->words[l];
	if (written.n >= INSPECT_WORD || t->word.n >= INSPECT_WORD)
		return;
	for (size_t i = 0; i < x->n_words[l]; i++) {
		if (span_equal(span_of(list[i].folded), t->word)) {
			list[i].pages++;
			return;
		}
	}
	if (x->n_words[l] == WORDS)
		return;
	struct word *new = &list[x->n_words[l]++];
	*new = (struct word){.pages = 1};
	memcpy(new->folded, t->word.s, t->word.n);
	memcpy(new->written, written.s, written.n);
}

static bool is_letters(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c < 0x80 && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

static void count_words(struct inspector *x, const struct language *l, struct span title)
{
	struct token t;
	size_t i = language_index(l);
	if (title.n > TITLE_MAX)
		title.n = TITLE_MAX;
	analyser_start(x->analysers.of[i], title.s, title.n);
	while (analyser_next(x->analysers.of[i], &t)) {
		struct span written = {title.s + t.start, t.end - t.start};
		/* the last of a text that was cut may be half a word */
		if (!t.stop && t.word.n >= WORD_LETTERS && is_letters(written) &&
		    (t.end < TITLE_MAX || title.n < TITLE_MAX))
			count_word(x, i, &t, written);
	}
}

/* The most frequent word, a long one before a short. */
static const struct word *best_word(const struct inspector *x, size_t l)
{
	const struct word *best = NULL;
	for (size_t i = 0; i < x->n_words[l]; i++) {
		const struct word *w = &x->words[l][i];
		if (!best || w->pages > best->pages ||
		    (w->pages == best->pages && strlen(w->folded) > strlen(best->folded)))
			best = w;
	}
	return best;
}

static void choose_word(struct inspector *x, const struct language *messages)
{
	const struct word *word = best_word(x, language_index(messages));
	for (size_t l = 0; l < language_count && !word; l++)
		word = best_word(x, l);
	if (word)
		snprintf(x->i->word, sizeof x->i->word, "%s", word->written);
}

/* ---- pages --------------------------------------------------------------------------------------
 */

static bool is_ruled(const struct inspection *i, const char *path)
{
	for (size_t k = 0; k < i->n_rules; k++) {
		struct buf key = buf_new(64 * 1024);
		bool matches = layout_matches(i->rules[k].pattern, path, &key);
		buf_free(&key);
		if (matches)
			return true;
	}
	return false;
}

static void on_seen(void *data, const struct survey_entry *entry, const struct front *front,
		    struct span text)
{
	struct inspector *x = data;
	struct inspection *i = x->i;
	struct span suffix;
	const struct language *l = entry->heard ? entry->heard : &languages[0];
	count_front(x, front, entry->path);
	count_words(x, l, title_of(front, text));
	if (front->body == 0 && text.n > 4 && memcmp(text.s, "+++", 3) == 0)
		i->toml++;
	if (is_ruled(i, entry->path))
		i->told[TOLD_RULE]++;
	else if (front->lang && language_find(front->lang, strlen(front->lang)))
		i->told[TOLD_FRONT]++;
	else if (!entry->voted)
		i->told[layout_suffix(entry->path, &suffix) ? TOLD_SUFFIX : TOLD_FOLDER]++;
	for (size_t k = 0; k < i->n_keys; k++) /* the page is gone after this */
		i->keys[k].last_page = NULL;
}

static void on_warning(void *data, const char *root, const char *path, const struct error *e)
{
	struct inspector *x = data;
	if (x->warn)
		x->warn(x->data, root, path, e);
}

static void count_alone(struct inspector *x, const char *path)
{
	struct inspection *i = x->i;
	if (i->n_alone < INSPECT_SOME) {
		i->alone[i->n_alone] = text_copy(path, strlen(path));
		x->failed = x->failed || !i->alone[i->n_alone];
	}
	i->n_alone++;
}

static void count_pages(struct inspector *x, const struct survey *s)
{
	struct inspection *i = x->i;
	i->files = s->n;
	for (size_t k = 0, end; k < s->n; k = end) {
		end = survey_group_end(s, k);
		size_t twin = survey_twin(s->list + k, end - k);
		for (size_t p = k; p < end; p++) {
			const struct survey_entry *y = &s->list[p];
			i->languages[language_index(y->language)]++;
			if (y->voted)
				i->told[y->guess ? TOLD_VOTE : TOLD_TWIN]++;
			if (twin < end - k && (p == k || p == k + twin))
				i->paired++;
			else
				count_alone(x, y->path);
		}
	}
}

/* ---- folders that are called after a language ---------------------------------------------------
 */

static int add_rule(struct inspector *x, const char *pattern, size_t n, const struct language *l)
{
	struct inspection *i = x->i;
	for (size_t k = 0; k < i->n_rules; k++) {
		if (span_equal(span_of(i->rules[k].pattern), (struct span){pattern, n}))
			return 0;
	}
	if (i->n_rules == INSPECT_RULES)
		return 0;
	char *copy = text_copy(pattern, n);
	x->failed = x->failed || !copy;
	if (copy)
		i->rules[i->n_rules++] = (struct survey_rule){copy, l};
	return copy ? 0 : -1;
}

/* docs/anglais/x.md: the folder docs/anglais. */
static void find_called(struct inspector *x, const char *path)
{
	const char *piece = path;
	for (const char *slash; (slash = strchr(piece, '/')); piece = slash + 1) {
		struct buf folded = buf_new(1024);
		text_fold(&folded, piece, (size_t)(slash - piece));
		const struct language *l =
			folded.s && !folded.failed ? language_called(folded.s, folded.n) : NULL;
		buf_free(&folded);
		if (l) {
			add_rule(x, path, (size_t)(slash - path), l);
			return;
		}
	}
}

static void find_rules(struct inspector *x, const struct survey *s)
{
	for (size_t k = 0; k < s->n; k++) {
		if (s->list[k].voted)
			find_called(x, s->list[k].path);
	}
}

/* ---- all together -------------------------------------------------------------------------------
 */

static void forget_keys(struct inspection *i)
{
	for (size_t k = 0; k < i->n_keys; k++) {
		free(i->keys[k].name);
		for (size_t v = 0; v < i->keys[k].n_values; v++)
			free(i->keys[k].values[v].text);
	}
	memset(i->keys, 0, sizeof i->keys);
	i->n_keys = 0;
}

/* Begins to count anew: the rules have changed. */
static void forget_counts(struct inspector *x)
{
	forget_keys(x->i);
	memset(x->i->told, 0, sizeof x->i->told);
	memset(x->n_words, 0, sizeof x->n_words);
	x->i->toml = 0;
}

static int look(struct inspector *x, struct survey *survey, bool quiet, struct error *e)
{
	const char *const roots[] = {x->i->corpus};
	struct buf text = buf_new(2 * (size_t)WALK_MAX_FILE);
	void (*warn)(void *, const char *, const char *, const struct error *) = x->warn;
	const struct survey_options options = {.roots = roots,
					       .n_roots = 1,
					       .rules = x->i->rules,
					       .n_rules = x->i->n_rules,
					       .warn = on_warning,
					       .seen = on_seen,
					       .data = x};
	x->warn = quiet ? NULL : warn;
	int result = survey_read(survey, &options, &text, e);
	x->warn = warn;
	buf_free(&text);
	return result;
}

/* The rules that the generator's configuration gives, as far as pages are there for them. */
static void take_rules(struct inspector *x)
{
	const struct generator *g = &x->i->generator;
	for (size_t k = 0; k < g->n_rules; k++)
		add_rule(x, g->rules[k].from, strlen(g->rules[k].from),
			 language_find(g->rules[k].to, strlen(g->rules[k].to)));
}

static int look_twice(struct inspector *x, struct error *e)
{
	struct survey survey;
	take_rules(x);
	bool told = x->i->n_rules;
	if (look(x, &survey, false, e) != 0)
		return -1;
	if (!told)
		find_rules(x, &survey);
	if (!told && x->i->n_rules) {
		survey_free(&survey);
		forget_counts(x);
		if (look(x, &survey, true, e) != 0)
			return -1;
	}
	count_pages(x, &survey);
	survey_free(&survey);
	return 0;
}

static int by_pages(const void *a, const void *b)
{
	const struct inspect_key *x = a, *y = b;
	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* A few words, each on several pages, on a good part of all; and a name that can be typed before a
 * colon. */
static bool is_facet(const struct inspection *i, const struct inspect_key *k)
{
	size_t uses = 0;
	for (size_t v = 0; v < k->n_values; v++)
		uses += k->values[v].pages;
	return !k->known && !k->many && k->n_values > 1 && k->dates == 0 && k->plain == uses &&
	       uses >= 2 * k->n_values && 10 * k->pages >= i->files &&
	       k->name[strspn(k->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] ==
		       '\0';
}

/* What generators ask themselves is no reader's question. */
static bool is_layout(const char *name)
{
	static const char *const names[] = {"layout", "type",	    "template",	 "sidebar",
					    "aside",  "outline",    "editLink",	 "draft",
					    "weight", "pagination", "pageClass", "theme"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcasecmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static void choose(struct inspector *x, const struct language *messages)
{
	struct inspection *i = x->i;
	qsort(i->keys, i->n_keys, sizeof *i->keys, by_pages);
	for (size_t k = 0; k < i->n_keys && i->n_facets < INSPECT_FACETS; k++) {
		if (is_facet(i, &i->keys[k]) && !is_layout(i->keys[k].name))
			i->facets[i->n_facets++] = i->keys[k].name;
	}
	i->language = i->generator.language ? i->generator.language : messages;
	for (size_t l = 0; !i->generator.language && l < language_count; l++) {
		if (i->languages[l] > i->languages[language_index(i->language)])
			i->language = &languages[l];
	}
	choose_word(x, messages);
}

static int open_inspector(struct inspector *x, struct error *e)
{
	for (size_t l = 0; l < language_count; l++) {
		x->words[l] = calloc(WORDS, sizeof *x->words[l]);
		if (!x->words[l])
			return error_memory(e);
	}
	return analysers_open(&x->analysers, e);
}

static int set_corpus(struct inspection *i, const char *folder, struct error *e)
{
	const char *content = i->generator.content;
	size_t n = strlen(folder);
	const char *slash = *content && n && folder[n - 1] != '/' ? "/" : "";
	if (strcmp(folder, ".") == 0 && *content)
		i->corpus = text_copy(content, strlen(content));
	else if (asprintf(&i->corpus, "%s%s%s", folder, slash, content) < 0)
		i->corpus = NULL;
	return i->corpus ? 0 : error_memory(e);
}

int inspect_folder(struct inspection *i, const char *folder, const struct language *messages,
		   void (*warn)(void *data, const char *root, const char *path,
				const struct error *e),
		   void *data, struct error *e)
{
	*i = (struct inspection){.files = 0};
	struct inspector x = {.i = i, .warn = warn, .data = data};
	int result = -1;
	if (generator_find(&i->generator, folder, e) == 0 && set_corpus(i, folder, e) == 0 &&
	    open_inspector(&x, e) == 0)
		result = look_twice(&x, e);
	if (result == 0)
		choose(&x, messages);
	if (result == 0 && x.failed)
		result = error_memory(e);
	for (size_t l = 0; l < language_count; l++)
		free(x.words[l]);
	analysers_close(&x.analysers);
	if (result != 0)
		inspect_free(i);
	return result;
}

void inspect_free(struct inspection *i)
{
	forget_keys(i);
	for (size_t k = 0; k < i->n_rules; k++)
		free(i->rules[k].pattern);
	for (size_t k = 0; k < INSPECT_SOME; k++)
		free(i->alone[k]);
	free(i->corpus);
	generator_free(&i->generator);
	*i = (struct inspection){.files = 0};
}

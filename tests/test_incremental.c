/* Random edits of a corpus: after each, the index brought up to date answers as one built from
 * nothing. SEQUENCES=n for another number of them, SEED=n for others. */
#include "fixture.h"

#include <sys/time.h>

#include "render_json.h"
#include "spelling.h"

enum { FILES = 24, EDITS = 5, WORDS = 14, EN = 0, FR = 1 };

/* So that a file written just now counts as settled, and its stamp is gone by. */
#define LATER INT64_C(10000000000)

struct world {
	struct fixture f;
	char full[700]; /* the index built from nothing */
	uint64_t random;
	bool there[FILES];
	unsigned stem[FILES]; /* file i is called by this number */
	struct {
		unsigned language, key, words[WORDS], n, date, area;
		bool front, suffix;
	} page[FILES];
	unsigned lexique;
	size_t incremental, unchanged;
};

static const char *const words[2][WORDS] = {
	{"library", "loan", "weeding", "staff", "policy", "room", "reader", "resume", "cafe",
	 "collection", "budget", "evaluation", "the", "don't"},
	{"bibliothèque", "prêt", "désherbage", "personnel", "politique", "salle", "lecteur",
	 "résume", "résumé", "l'usager", "budget", "évaluation", "les", "cœur"},
};

static unsigned pick(struct world *w, unsigned n)
{
	w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(w->random >> 33) % n;
}

/* ---- the corpus ---------------------------------------------------------------------------------
 */

static void path_of(const struct world *w, size_t i, char *path, size_t size)
{
	const char *code = w->page[i].language == EN ? "en" : "fr";
	if (w->page[i].suffix)
		snprintf(path, size, "notes/page%u.%s.md", w->stem[i], code);
	else
		snprintf(path, size, "%s/page%u.md", code, w->stem[i]);
}

static void write_page(struct world *w, size_t i)
{
	char path[64];
	struct buf text = buf_new(1 << 16);
	const unsigned language = w->page[i].language;
	if (w->page[i].front) {
		buf_puts(&text, "---\n");
		if (w->page[i].key)
			buf_printf(&text, "translationKey: key%u\n", w->page[i].key);
		if (w->page[i].date)
			buf_printf(&text, "date: 2020-01-0%u\n", w->page[i].date);
		if (w->page[i].area)
			buf_printf(&text, "area: Area %u\n", w->page[i].area);
		if (w->page[i].area == 3) /* whatever the path says */
			buf_printf(&text, "lang: %s\n", language == EN ? "fr" : "en");
		buf_puts(&text, "---\n");
	}
	for (unsigned k = 0; k < w->page[i].n; k++) {
		if (k % 5 == 0)
			buf_printf(&text, "\n\n## %s\n\n", words[language][w->page[i].words[k]]);
		buf_printf(&text, "%s ", words[language][w->page[i].words[k]]);
	}
	buf_putc(&text, '\n');
	path_of(w, i, path, sizeof path);
	fixture_write(w->f.corpus, path, text.s, text.n);
	buf_free(&text);
}

static void remove_page(struct world *w, size_t i)
{
	char path[64], full[700];
	path_of(w, i, path, sizeof path);
	snprintf(full, sizeof full, "%s/%s", w->f.corpus, path);
	assert_int_equal(unlink(full), 0);
}

/* Two pages must not have one path. */
static bool is_free(const struct world *w, size_t i)
{
	char path[64], other[64];
	path_of(w, i, path, sizeof path);
	for (size_t k = 0; k < FILES; k++) {
		path_of(w, k, other, sizeof other);
		if (k != i && w->there[k] && strcmp(path, other) == 0)
			return false;
	}
	return true;
}

static void fill_page(struct world *w, size_t i)
{
	w->page[i].n = pick(w, WORDS + 1);
	for (unsigned k = 0; k < w->page[i].n; k++)
		w->page[i].words[k] = pick(w, WORDS);
	w->page[i].date = pick(w, 4);
	w->page[i].area = pick(w, 4);
}

static void touch(struct world *w, size_t i)
{
	char path[64], full[700];
	path_of(w, i, path, sizeof path);
	snprintf(full, sizeof full, "%s/%s", w->f.corpus, path);
	assert_int_equal(utimes(full, NULL), 0);
}

/* Moves a page to what `change` makes of it, if that place is free. */
static void move_page(struct world *w, size_t i, void change(struct world *, size_t), bool write)
{
	struct world after = *w;
	char from[64], to[64], old[700], new[700];
	change(&after, i);
	path_of(w, i, from, sizeof from);
	path_of(&after, i, to, sizeof to);
	if (!is_free(&after, i)) {
		w->random = after.random;
		return;
	}
	snprintf(old, sizeof old, "%s/%s", w->f.corpus, from);
	snprintf(new, sizeof new, "%s/%s", w->f.corpus, to);
	assert_int_equal(rename(old, new), 0);
	*w = after;
	if (write)
		write_page(w, i);
}

static void other_name(struct world *w, size_t i)
{
	w->stem[i] = pick(w, FILES / 2);
}

static void other_language(struct world *w, size_t i)
{
	w->page[i].language = !w->page[i].language;
}

static void edit_lexique(struct world *w)
{
	static const char *const texts[] = {"weeding\tdésherbage\n",
					    "weeding; loan\tdésherbage\nroom\tsalle\n", "# none\n"};
	w->lexique = pick(w, 3);
	fixture_write(w->f.corpus, "lexique.tsv", texts[w->lexique], strlen(texts[w->lexique]));
}

static void add_page(struct world *w, size_t i)
{
	w->stem[i] = pick(w, FILES / 2);
	w->page[i].language = pick(w, 2);
	w->page[i].suffix = pick(w, 3) == 0;
	w->page[i].front = pick(w, 2);
	w->page[i].key = pick(w, 4);
	if (!is_free(w, i))
		return;
	fill_page(w, i);
	write_page(w, i);
	w->there[i] = true;
}

static void edit(struct world *w)
{
	size_t i = pick(w, FILES);
	if (!w->there[i]) {
		add_page(w, i);
		return;
	}
	switch (pick(w, 8)) {
	case 0:
		remove_page(w, i);
		w->there[i] = false;
		break;
	case 1:
		move_page(w, i, other_name, false);
		break;
	case 2:
		move_page(w, i, other_language, pick(w, 2));
		break;
	case 3:
		w->page[i].front = true;
		w->page[i].key = pick(w, 4);
		write_page(w, i);
		break;
	case 4:
		touch(w, i);
		break;
	case 5:
		edit_lexique(w);
		break;
	default:
		fill_page(w, i);
		write_page(w, i);
	}
}

/* ---- what an index answers ----------------------------------------------------------------------
 */

static void ignore(void *data, const char *root, const char *path, const struct error *e)
{
	(void)data, (void)root, (void)path, (void)e;
}

static struct build_report build(struct world *w, const char *index, bool full)
{
	const char *const roots[] = {w->f.corpus};
	static const char *const facets[] = {"date"};
	struct timeval now;
	gettimeofday(&now, NULL);
	const struct build_options options = {.roots = roots,
					      .n_roots = 1,
					      .index = index,
					      .full = full,
					      .pages = {.facets = facets, .n_facets = 1},
					      .now = (int64_t)now.tv_sec * 1000000000 + LATER,
					      .warn = ignore};
	struct build_report report;
	struct error e;
	if (build_index(&options, &report, &e) != 0)
		fail_msg("build: %d %s", (int)e.status, e.detail);
	return report;
}

static const char *const questions[] = {
	"library",
	"bibliotheque",
	"pret",
	"weeding",
	"desherbage loan",
	"\"library loan\"",
	"\"the staff the\"",
	"\"les les\"",
	"title:\"budget *\" OR \"budget evaluation\"",
	"\"l'usager coe*\"",
	"\"policy room reader\" OR \"salle de lecteur\"",
	"resume",
	"resum\xC3\xA9",
	"biblioteque",
	"libary",
	"lang:fr",
	"lang:en",
	"area:area",
	"coll* OU salle",
	"usager -salle",
	"title:budget",
	"path:page3 OR evaluation",
	"staff policy room",
	"zzz",
	"coeur lecteur",
};

static void ask(struct search *s, struct buf *out, const char *typed, size_t language,
		enum search_sort sort)
{
	struct error e;
	struct search_result r;
	const struct search_options options = {.typed = span_of(typed),
					       .language = &languages[language],
					       .sort = sort,
					       .limit = 50};
	assert_int_equal(search_run(s, &options, &r, &e), 0);
	assert_int_equal(render_json(out, span_of(typed), &r), 0);
	search_free(&r);
}

struct rows {
	char *list[4096];
	size_t n;
};

static bool take_row(void *self, const char *data, size_t n)
{
	struct rows *rows = self;
	assert_true(rows->n < COUNT(rows->list));
	struct buf row = buf_new(1 << 20);
	for (size_t i = 0; i < n; i++)
		buf_putc(&row, data[i] ? data[i] : '|');
	rows->list[rows->n++] = buf_take(&row);
	return true;
}

/* The records, the terms with their counts, the dictionary. */
static void dump(struct xap *x, struct buf *out)
{
	struct error e;
	struct rows rows = {.n = 0};
	struct xap_list terms;
	assert_int_equal(xap_scan(x, "Len", 3, take_row, &rows, &e), 0);
	assert_int_equal(xap_scan(x, "Lfr", 3, take_row, &rows, &e), 0);
	qsort(rows.list, rows.n, sizeof *rows.list, fixture_by_name);
	for (size_t i = 0; i < rows.n; i++) {
		buf_printf(out, "%s\n", rows.list[i]);
		free(rows.list[i]);
	}
	assert_int_equal(xap_terms(x, "", 0, 1000000, &terms, &e), 0);
	for (size_t i = 0; i < terms.n; i++) {
		uint32_t count = 0;
		buf_printf(out, "%s %zu", terms.list[i].value, terms.list[i].count);
		for (size_t l = 0; l < language_count; l++) {
			char entry[300];
			struct span word = span_of(terms.list[i].value);
			int n = snprintf(entry, sizeof entry, "%c%s%c", languages[l].stem_prefix,
					 word.s, languages[l].stem_prefix);
			char *written = spelling_written(x, &languages[l], word, &e);
			assert_non_null(written);
			assert_int_equal(xap_word_count(x, entry, (size_t)n, &count, &e), 0);
			buf_printf(out, " %s %u", written, count);
			free(written);
		}
		buf_putc(out, '\n');
	}
	xap_list_free(&terms);
}

static void describe(const char *index, struct buf *out)
{
	struct error e;
	struct search *s = search_open(index, &e);
	char *path = place_database(index);
	assert_non_null(s);
	struct xap *x = xap_open(path, INDEX_FORMAT, &e);
	assert_non_null(x);
	dump(x, out);
	for (size_t i = 0; i < COUNT(questions); i++) {
		ask(s, out, questions[i], i % 2, SORT_RELEVANCE);
		ask(s, out, questions[i], (i + 1) % 2, i % 3 ? SORT_RELEVANCE : SORT_DATE);
	}
	free(path);
	xap_close(x);
	search_close(s);
}

static void check_same(const struct buf *a, const struct buf *b, const char *when)
{
	size_t i = 0;
	assert_false(a->failed || b->failed);
	while (i < a->n && i < b->n && a->s[i] == b->s[i])
		i++;
	if (a->n == b->n && i == a->n)
		return;
	size_t from = i > 300 ? i - 300 : 0;
	fail_msg("%s: they part at byte %zu\n--- up to date:\n%.600s\n--- from nothing:\n%.600s",
		 when, i, a->s + from, b->s + from);
}

static unsigned number_of(const char *name, unsigned otherwise)
{
	const char *value = getenv(name);
	return value ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static void check_now(struct world *w, unsigned sequence)
{
	char when[64];
	struct buf a = buf_new(1 << 26), b = buf_new(1 << 26);
	struct build_report report = build(w, w->f.index, false);
	struct build_report whole = build(w, w->full, true);
	assert_int_equal(report.files, whole.files);
	assert_int_equal(report.passages, whole.passages);
	assert_int_equal(report.paired, whole.paired);
	w->incremental += report.incremental;
	w->unchanged += report.incremental && !report.changed;
	describe(w->f.index, &a);
	describe(w->full, &b);
	snprintf(when, sizeof when, "sequence %u", sequence);
	check_same(&a, &b, when);
	buf_free(&a);
	buf_free(&b);
}

static void any_sequence_of_edits(void **state)
{
	(void)state;
	static struct world w;
	unsigned sequences = number_of("SEQUENCES", 500);
	fixture_folder(&w.f);
	snprintf(w.full, sizeof w.full, "%s/full", w.f.folder);
	w.random = number_of("SEED", 1);
	edit_lexique(&w);
	for (size_t i = 0; i < FILES; i++)
		add_page(&w, i);
	add_page(&w, 0);
	for (unsigned i = 0; i < sequences; i++) {
		for (unsigned n = 1 + pick(&w, EDITS); n; n--)
			edit(&w);
		check_now(&w, i);
	}
	print_message("%u sequences, %zu brought up to date, %zu of them unchanged\n", sequences,
		      w.incremental, w.unchanged);
	assert_true(w.incremental > sequences / 2);
	w.f.search = NULL;
	fixture_close(&w.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_sequence_of_edits)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

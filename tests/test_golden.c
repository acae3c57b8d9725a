/* The golden table through the whole line: Markdown in, index, query, marks out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "golden.h"
#include "search.h"

enum { CASES = sizeof golden / sizeof golden[0] };

struct site {
	char folder[64];
	struct search *search;
};

static void write_page(const char *folder, size_t i)
{
	char path[128];
	snprintf(path, sizeof path, "%s/corpus/%s/c%03zu.md", folder, golden[i].lang, i);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	for (const char *p = golden[i].text; *p; p++) {
		fputc(*p, f);
		if (*p == '\n') /* the table's line feeds part blocks, as in a passage's text */
			fputc('\n', f);
	}
	fputc('\n', f);
	fclose(f);
}

static void on_warning(void *data, const char *root, const char *path, const struct error *e)
{
	(void)data;
	(void)root;
	fail_msg("warning for %s: message %d", path, (int)e->what);
}

static int set_up(void **state)
{
	struct site *site = calloc(1, sizeof *site);
	char path[128];
	strcpy(site->folder, "/tmp/golden-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	static const char *const folders[] = {"corpus", "corpus/en", "corpus/fr"};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", site->folder, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	for (size_t i = 0; i < CASES; i++)
		write_page(site->folder, i);
	char corpus[128], index[128];
	snprintf(corpus, sizeof corpus, "%s/corpus", site->folder);
	snprintf(index, sizeof index, "%s/index", site->folder);
	const char *const roots[] = {corpus};
	struct build_options options = {
		.roots = roots, .n_roots = 1, .index = index, .warn = on_warning};
	struct build_report report;
	struct error e;
	if (build_index(&options, &report, &e) != 0)
		fail_msg("%s", e.detail);
	assert_int_equal(report.files, CASES);
	site->search = search_open(index, &e);
	assert_non_null(site->search);
	*state = site;
	return 0;
}

static int tear_down(void **state)
{
	struct site *site = *state;
	char command[128];
	search_close(site->search);
	snprintf(command, sizeof command, "rm -rf %s", site->folder);
	int status = system(command);
	free(site);
	return status;
}

/* The marked pieces of a hit's snippet, joined by "|". */
static void join_marks(struct buf *out, const struct hit *hit)
{
	for (size_t i = 0; i < hit->snippet.n; i++) {
		if (!hit->snippet.list[i].match)
			continue;
		if (out->n)
			buf_putc(out, '|');
		buf_add(out, hit->snippet.list[i].text.s, hit->snippet.list[i].text.n);
	}
}

/* Asks for the words on the one page of the case; true when all is as the table says. */
static bool holds(struct site *site, size_t i)
{
	const struct golden *g = &golden[i];
	char typed[512];
	struct error e;
	struct search_result result;
	snprintf(typed, sizeof typed, "%s path:c%03zu", g->typed, i);
	struct search_options options = {
		.typed = span_of(typed), .language = language_find(g->lang, 2), .limit = 10};
	assert_int_equal(search_run(site->search, &options, &result, &e), 0);
	struct buf marks = buf_new(4096);
	if (result.n_hits)
		join_marks(&marks, &result.hits[0]);
	bool found = result.total + result.other_total > 0 && !result.relaxed && !result.corrected;
	bool good = found == g->found && (!found || strcmp(marks.s ? marks.s : "", g->marked) == 0);
	if (!good)
		printf("case %zu (%s): %s <- %s: %s, marked \"%s\"\n", i, g->lang, g->text,
		       g->typed, found ? "found" : "not found", marks.s ? marks.s : "");
	buf_free(&marks);
	search_free(&result);
	return good;
}

static void every_case_holds(void **state)
{
	size_t wrong = 0;
	for (size_t i = 0; i < CASES; i++)
		wrong += !holds(*state, i);
	assert_int_equal(wrong, 0);
}

static void the_table_is_large_enough(void **state)
{
	size_t phrases = 0, prefixes = 0, french = 0, missing = 0;
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		phrases += golden[i].typed[0] == '"';
		prefixes += strchr(golden[i].typed, '*') != NULL;
		french += strcmp(golden[i].lang, "fr") == 0;
		missing += !golden[i].found;
	}
	assert_true(CASES >= 120 && phrases >= 20 && prefixes >= 10 && french >= 50 &&
		    missing >= 20);
	assert_true(CASES - french >= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_table_is_large_enough),
					   cmocka_unit_test(every_case_holds)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

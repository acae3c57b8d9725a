/* trouvaille lexique - for who keeps the bilingual glossary. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "document.h"
#include "lexique.h"
#include "propose.h"
#include "search.h"
#include "walk.h"

#define LEXIQUE_DEFAULT "corpus/" LEXIQUE_FILE

/* ---- suggest ------------------------------------------------------------------------------------
 */

static int suggest(const struct context *c, struct search *search)
{
	struct error e;
	size_t n;
	struct proposal *list = propose_terms(search, &n, &e);
	if (!list)
		return cmd_error(c, &e);
	for (size_t i = 0; i < n; i++)
		printf("%s\t%s\n", list[i].terms[0], list[i].terms[1]);
	propose_free(list, n);
	return cmd_flush(c) ? EXIT_TROUBLE : n ? EXIT_FOUND : EXIT_NOTHING;
}

/* ---- check --------------------------------------------------------------------------------------
 */

/* Where a term stands, by its key. */
struct place {
	char *key;
	long line;
};

struct checking {
	const struct context *context;
	struct search *search;
	const char *file;
	struct place *places; /* by key, then line */
	size_t n_places, cap;
	size_t concepts, used, faults;
	struct analysers analysers;
	struct error error;
};

/* "FILE:LINE: what is noted" on standard output. */
static void note(struct checking *k, long line, enum message what, struct span term, long n)
{
	struct buf text = buf_new(4096), name = buf_new(4096);
	buf_add(&name, term.s, term.n);
	buf_printf(&text, "%s:%ld: ", k->file, line);
	language_format(&text, k->context->language, what, name.s ? name.s : "", n);
	puts(text.s ? text.s : "");
	buf_free(&text);
	buf_free(&name);
	k->faults++;
}

static void wrong_line(void *self, const struct error *e)
{
	struct checking *k = self;
	k->faults++;
	cmd_file_error(k->context, "", k->file, e);
}

static char *key_of(struct checking *k, size_t language, struct span term)
{
	struct buf key = buf_new(4096);
	buf_puts(&key, languages[language].code);
	lexique_key(&key, term, k->analysers.of[language]);
	char *copy = buf_take(&key);
	if (!copy)
		error_memory(&k->error);
	return copy;
}

static int remember(struct checking *k, char *key, long line)
{
	if (k->n_places == k->cap) {
		size_t cap = k->cap ? 2 * k->cap : 256;
		struct place *places = realloc(k->places, cap * sizeof *places);
		if (!places)
			return error_memory(&k->error);
		k->places = places;
		k->cap = cap;
	}
	k->places[k->n_places++] = (struct place){key, line};
	return 0;
}

/* First all terms are gathered, then each is checked. */
static int gather_concept(void *self, const struct concept *c, struct span line, long number)
{
	struct checking *k = self;
	(void)line;
	for (size_t l = 0; l < language_count; l++) {
		for (size_t i = 0; i < c->n[l]; i++) {
			char *key = key_of(k, l, c->terms[l][i]);
			if (!key || remember(k, key, number) != 0) {
				free(key);
				return -1;
			}
		}
	}
	return 0;
}

static void not_yet(void *self, const struct error *e)
{
	(void)self, (void)e; /* told when the terms are checked */
}

static int by_place(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int order = strcmp(a->key, b->key);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* The first line that has the key, when that is another than this; else 0. The key is among the
 * places. */
static long first_line(const struct checking *k, const char *key, long line)
{
	size_t low = 0, high = k->n_places;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(k->places[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return k->places[low].line != line ? k->places[low].line : 0;
}

static int check_term(struct checking *k, size_t language, struct span term, long line)
{
	size_t uses;
	char *key = key_of(k, language, term);
	long first = key ? first_line(k, key, line) : 0;
	free(key);
	if (!key || search_uses(k->search, term, &languages[language], &uses, &k->error) != 0)
		return -1;
	if (first)
		note(k, line, MSG_LEXIQUE_TWICE, term, first);
	if (uses)
		k->used++;
	else
		note(k, line, MSG_LEXIQUE_UNUSED, term, 0);
	return 0;
}

static int check_concept(void *self, const struct concept *c, struct span line, long number)
{
	struct checking *k = self;
	(void)line;
	k->concepts++;
	for (size_t l = 0; l < language_count; l++) {
		for (size_t i = 0; i < c->n[l]; i++) {
			if (check_term(k, l, c->terms[l][i], number) != 0)
				return -1;
		}
	}
	return 0;
}

static void tell(const struct checking *k)
{
	struct buf line = buf_new(4096);
	const struct language *l = k->context->language;
	language_format(&line, l, language_plural(l, MSG_LEXIQUE_CONCEPT, (long)k->concepts), "",
			(long)k->concepts);
	buf_puts(&line, ", ");
	language_format(&line, l, language_plural(l, MSG_LEXIQUE_USED, (long)k->used), "",
			(long)k->used);
	puts(line.s ? line.s : "");
	buf_free(&line);
}

static int check(const struct context *c, struct search *search, const char *file)
{
	struct checking k = {.context = c, .search = search, .file = file};
	const struct lexique_reader gatherer = {gather_concept, not_yet, &k},
				    checker = {check_concept, wrong_line, &k};
	struct buf text = buf_new(WALK_MAX_FILE + 1);
	int status = EXIT_TROUBLE;
	if (walk_read(&text, *file == '/' ? "" : ".", file, &k.error) != 0) {
		cmd_file_error(c, "", file, &k.error);
	} else if (analysers_open(&k.analysers, &k.error) != 0 ||
		   lexique_read(text.s, text.n, &gatherer) != 0) {
		cmd_error(c, &k.error);
	} else {
		if (k.n_places)
			qsort(k.places, k.n_places, sizeof *k.places, by_place);
		if (lexique_read(text.s, text.n, &checker) != 0) {
			cmd_error(c, &k.error);
		} else {
			tell(&k);
			status = cmd_flush(c) ? EXIT_TROUBLE : k.faults ? EXIT_NOTHING : EXIT_FOUND;
		}
	}
	for (size_t i = 0; i < k.n_places; i++)
		free(k.places[i].key);
	free(k.places);
	analysers_close(&k.analysers);
	buf_free(&text);
	return status;
}

/* ---- both ---------------------------------------------------------------------------------------
 */

static int act(const struct context *c, const char *action, const char *file)
{
	bool suggests = strcmp(action, "suggest") == 0;
	struct error e;
	if (!suggests && strcmp(action, "check") != 0)
		return cmd_wrong(c, MSG_LEXIQUE_ACTION, NULL);
	struct search *search = search_open(c->index, &e);
	if (!search || search_is_whole(search, &e) != 0) {
		search_close(search);
		return cmd_error(c, &e);
	}
	int status = suggests ? suggest(c, search) : check(c, search, file);
	search_close(search);
	return status;
}

int cmd_lexique(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'i')
			c->index = optarg;
		else if (got == 'h')
			return cmd_help(c, MSG_HELP_LEXIQUE);
		else if (got == 'V')
			return cmd_version(c);
		else
			return cmd_bad_option(c, argc, argv, got);
	}
	if (optind == argc)
		return cmd_wrong(c, MSG_LEXIQUE_ACTION, NULL);
	const char *action = argv[optind++];
	int files = strcmp(action, "check") == 0 ? 1 : 0;
	if (argc - optind > files)
		return cmd_wrong(c, MSG_LEXIQUE_ONE_FILE, argv[optind + files]);
	return act(c, action, optind < argc ? argv[optind] : LEXIQUE_DEFAULT);
}

/* measure_growth INDEX RUNS < QUESTIONS - how long an answer takes inside the process, without
 * starting it, opening the index or writing the page. A question a line: the reader's language, a
 * tab, the words. Everything is asked once before it counts. Prints p50 and p99 in milliseconds,
 * medians of the runs; the slowest questions go to standard error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "language.h"
#include "search.h"

enum { MAX_QUESTIONS = 10000, MAX_RUNS = 100, HITS = 10, SLOWEST = 5 };

struct question {
	const struct language *language;
	char *words;
	double seconds; /* of all counted runs together */
};

static struct question questions[MAX_QUESTIONS];
static double seconds[MAX_QUESTIONS], p50[MAX_RUNS], p99[MAX_RUNS];
static size_t n_questions;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what, const struct error *e)
{
	struct buf why = buf_new(4096);
	language_error(&why, &languages[0], e);
	fprintf(stderr, "measure_growth: %s: %s\n", what, why.s ? why.s : "");
	exit(2);
}

static void read_questions(void)
{
	char *line = NULL;
	size_t size = 0;
	while (n_questions < MAX_QUESTIONS && getline(&line, &size, stdin) > 0) {
		char *rest = line, *tag = strsep(&rest, "\t");
		const struct language *language = language_find(tag, strlen(tag));
		if (!language || !rest)
			continue;
		rest[strcspn(rest, "\n")] = '\0';
		questions[n_questions++] = (struct question){language, strdup(rest), 0};
	}
	free(line);
}

static double ask(struct search *search, const struct question *q)
{
	struct search_options options = {
		.typed = span_of(q->words), .language = q->language, .limit = HITS};
	struct search_result result;
	struct error e;
	double start = now();
	if (search_run(search, &options, &result, &e) != 0)
		fail(q->words, &e);
	search_free(&result);
	return now() - start;
}

static int by_size(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

static int slowest_first(const void *x, const void *y)
{
	const struct question *a = x, *b = y;
	return by_size(&b->seconds, &a->seconds);
}

static double median(double *list, size_t n)
{
	qsort(list, n, sizeof *list, by_size);
	return list[n / 2];
}

static void run(struct search *search, size_t runs)
{
	for (size_t i = 0; i < n_questions; i++)
		ask(search, &questions[i]);
	for (size_t r = 0; r < runs; r++) {
		for (size_t i = 0; i < n_questions; i++) {
			seconds[i] = ask(search, &questions[i]);
			questions[i].seconds += seconds[i];
		}
		p50[r] = median(seconds, n_questions) * 1000;
		p99[r] = seconds[n_questions * 99 / 100] * 1000;
	}
	printf("%.3f %.3f\n", median(p50, runs), median(p99, runs));
	qsort(questions, n_questions, sizeof *questions, slowest_first);
	for (size_t i = 0; i < SLOWEST && i < n_questions; i++)
		fprintf(stderr, "%8.2f ms  %s %s\n", questions[i].seconds / (double)runs * 1000,
			questions[i].language->code, questions[i].words);
}

int main(int argc, char **argv)
{
	struct error e;
	size_t runs = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	if (!runs || runs > MAX_RUNS) {
		fprintf(stderr, "usage: measure_growth INDEX RUNS < QUESTIONS\n");
		return 2;
	}
	read_questions();
	struct search *search = search_open(argv[1], &e);
	if (!search)
		fail(argv[1], &e);
	if (n_questions)
		run(search, runs);
	search_close(search);
	for (size_t i = 0; i < n_questions; i++)
		free(questions[i].words);
	return 0;
}

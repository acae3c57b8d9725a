/* fuzz_line.c - the whole line: a page, a lexique and a question -> an index -> an answer in JSON.
 * The first line of the input is the question, the lines with a tab after it are the lexique, and
 * the rest is a page in English beside a fixed one in French. */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/build.h"
#include "../src/render_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static char folder[64];

static void remove_all(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command) != 0)
		fputs("the scratch folder stays\n", stderr);
}

static void put(const char *name, const void *data, size_t n)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	require(file && fwrite(data, 1, n, file) == n && fclose(file) == 0);
}

/* Memory where there is some, since each input is synced. */
static void prepare(void)
{
	static const char french[] =
		"# Désherbage\n\nLe désherbage des collections.\n\n## Suite\n\nfin\n";
	char path[128];
	snprintf(folder, sizeof folder, "%s/trouvaille-fuzz.XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	require(mkdtemp(folder) != NULL);
	atexit(remove_all);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"corpus", "corpus/en", "corpus/fr"};
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		require(mkdir(path, 0700) == 0);
	}
	put("corpus/fr/a.md", french, sizeof french - 1);
}

static void ignore(void *data, const char *root, const char *path, const struct error *e)
{
	(void)data, (void)root, (void)path, (void)e;
}

static void ask(struct search *s, struct span typed)
{
	struct search_options options = {
		.typed = typed, .language = &languages[typed.n % 2], .explain = true, .limit = 10};
	struct search_result r;
	struct error e;
	if (search_run(s, &options, &r, &e) != 0) {
		require(e.status == STATUS_LIMIT || e.status == STATUS_INPUT);
		return;
	}
	struct buf out = buf_new(1 << 26);
	require(render_json(&out, typed, &r) == 0);
	json_t *json = json_loadb(out.s, out.n, JSON_REJECT_DUPLICATES, NULL);
	require(json != NULL);
	json_decref(json);
	buf_free(&out);
	search_free(&r);
}

/* Takes the first line off, without its line feed. */
static struct span take_line(struct span *text)
{
	const char *end = memchr(text->s, '\n', text->n);
	struct span line = {text->s, end ? (size_t)(end - text->s) : text->n};
	size_t taken = line.n + (end != NULL);
	*text = (struct span){text->s + taken, text->n - taken};
	return line;
}

/* Takes the first lines off that hold a tab. */
static struct span take_lexique(struct span *text)
{
	struct span rest = *text, whole = *text;
	for (struct span line = take_line(&rest); line.n && memchr(line.s, '\t', line.n);
	     line = take_line(&rest))
		*text = rest;
	return (struct span){whole.s, whole.n - text->n};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char corpus[80], index[80];
	struct span page = {size ? (const char *)data : "", size};
	struct span question = take_line(&page), lexique = take_lexique(&page);
	if (!*folder)
		prepare();
	put("corpus/lexique.tsv", lexique.s, lexique.n);
	put("corpus/en/a.md", page.s, page.n);
	snprintf(corpus, sizeof corpus, "%s/corpus", folder);
	snprintf(index, sizeof index, "%s/index", folder);
	const char *const roots[] = {corpus};
	const struct build_options options = {.roots = roots,
					      .n_roots = 1,
					      .index = index,
					      .full = size % 4 == 0,
					      .warn = ignore};
	struct build_report report;
	struct error e;
	require(build_index(&options, &report, &e) == 0);
	struct search *s = search_open(index, &e);
	require(s != NULL);
	ask(s, question);
	search_close(s);
	return 0;
}

/* fuzz_generator.c - the first byte chooses a generator's configuration file, the rest is its text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/generator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"mkdocs.yml",	    "hugo.toml",   "hugo.json",
				    "docusaurus.config.js", "_config.yml", "config.toml"};
enum { NAMES = sizeof names / sizeof *names };

static char folder[64];

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void path_of(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", folder, name);
}

static void remove_all(void)
{
	char path[128];
	for (size_t i = 0; i < NAMES; i++) {
		path_of(path, names[i]);
		unlink(path);
	}
	path_of(path, "docs");
	rmdir(path);
	path_of(path, "content");
	rmdir(path);
	rmdir(folder);
}

static void prepare(void)
{
	char path[128];
	snprintf(folder, sizeof folder, "%s/trouvaille-fuzz.XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	require(mkdtemp(folder) != NULL);
	atexit(remove_all);
	path_of(path, "docs");
	require(mkdir(path, 0700) == 0);
	path_of(path, "content");
	require(mkdir(path, 0700) == 0);
}

/* What init goes by: pages below the folder, pairs of texts, values that settings may have. */
static void check(const struct generator *g)
{
	struct stat st;
	char path[4096];
	require(g->kind < GENERATOR_KINDS && g->form < ADDRESS_FORMS && g->anchors < ANCHOR_STYLES);
	require(*g->content != '/' && !strstr(g->content, ".."));
	snprintf(path, sizeof path, "%s/%s", folder, g->content);
	require(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
	require(g->n_moves <= GENERATOR_PAIRS && g->n_rules <= GENERATOR_PAIRS);
	for (size_t i = 0; i < g->n_moves; i++)
		require(g->moves[i].from && *g->moves[i].from && g->moves[i].to);
	for (size_t i = 0; i < g->n_rules; i++)
		require(*g->rules[i].from && language_find(g->rules[i].to, strlen(g->rules[i].to)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[128];
	struct generator g;
	struct error e;
	if (!*folder)
		prepare();
	if (size == 0)
		return 0;
	path_of(path, names[data[0] % NAMES]);
	FILE *f = fopen(path, "w");
	require(f != NULL);
	require(fwrite(data + 1, 1, size - 1, f) == size - 1);
	require(fclose(f) == 0);
	require(generator_find(&g, folder, &e) == 0);
	check(&g);
	generator_free(&g);
	require(unlink(path) == 0);
	return 0;
}

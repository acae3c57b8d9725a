/* fixture.h - pages written to a temporary folder, and an index of them. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "t.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "place.h"
#include "document.h"
#include "search.h"

struct sheet {
	const char *path, *text;
};

struct fixture {
	char folder[512], corpus[600], index[600];
	struct search *search;
	struct xap *xap; /* the same index, for what stands below search */
	struct analysers analysers;
};

/* A folder of its own in $TMPDIR or /tmp. */
static inline void fixture_folder(struct fixture *f)
{
	const char *tmp = getenv("TMPDIR");
	*f = (struct fixture){.search = NULL};
	snprintf(f->folder, sizeof f->folder, "%s/trouvaille.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->corpus, sizeof f->corpus, "%s/corpus", f->folder);
	snprintf(f->index, sizeof f->index, "%s/index", f->folder);
	assert_int_equal(mkdir(f->corpus, 0700), 0);
}

/* Writes n bytes to root/path, making the folders on the way. */
static inline void fixture_write(const char *root, const char *path, const char *text, size_t n)
{
	char full[1200];
	snprintf(full, sizeof full, "%s/%s", root, path);
	for (char *slash = full + strlen(root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	FILE *file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static inline void fixture_warning(void *data, const char *root, const char *path,
				   const struct error *e)
{
	(void)data;
	(void)root;
	fail_msg("warning for %s: message %d, %s", path, (int)e->what, e->detail);
}

/* Indexes what is in the corpus folder, and opens it. */
static inline void fixture_index(struct fixture *f)
{
	const char *const roots[] = {f->corpus};
	const struct build_options options = {
		.roots = roots, .n_roots = 1, .index = f->index, .warn = fixture_warning};
	struct build_report report;
	struct error e;
	if (build_index(&options, &report, &e) != 0)
		fail_msg("build: %d %s", (int)e.status, e.detail);
	f->search = search_open(f->index, &e);
	assert_non_null(f->search);
	char *path = place_database(f->index);
	f->xap = xap_open(path, INDEX_FORMAT, &e);
	assert_non_null(f->xap);
	free(path);
	assert_int_equal(analysers_open(&f->analysers, &e), 0);
}

static inline void fixture_open(struct fixture *f, const struct sheet *sheets, size_t n)
{
	fixture_folder(f);
	for (size_t i = 0; i < n; i++)
		fixture_write(f->corpus, sheets[i].path, sheets[i].text, strlen(sheets[i].text));
	fixture_index(f);
}

static inline int fixture_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void fixture_close(struct fixture *f)
{
	search_close(f->search);
	xap_close(f->xap);
	analysers_close(&f->analysers);
	assert_int_equal(nftw(f->folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* "fr/a.md" -> "a" */
static inline struct span fixture_name(struct span path)
{
	const char *slash = memrchr(path.s, '/', path.n);
	struct span name = path;
	if (slash)
		name = (struct span){slash + 1, path.n - (size_t)(slash + 1 - path.s)};
	const char *dot = memchr(name.s, '.', name.n);
	return dot ? (struct span){name.s, (size_t)(dot - name.s)} : name;
}

static inline int fixture_by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The words of s in the order of bytes. */
static inline void fixture_sort(char *s)
{
	char *words[256], copy[4096];
	size_t n = 0;
	snprintf(copy, sizeof copy, "%s", s);
	for (char *w = strtok(copy, " "); w && n < COUNT(words); w = strtok(NULL, " "))
		words[n++] = w;
	qsort(words, n, sizeof *words, fixture_by_name);
	for (size_t i = 0; i < n; i++)
		s += sprintf(s, "%s%s", i ? " " : "", words[i]);
}

#endif

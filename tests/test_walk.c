/* Folders of all kinds of files, made in a temporary folder. */
#include "src/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static char root[100], outside[100];

static char *below(const char *folder, const char *path)
{
	static char full[2][4096];
	static size_t turn;
	turn = !turn;
	snprintf(full[turn], sizeof full[turn], "%s/%s", folder, path);
	return full[turn];
}

static void put_file(const char *folder, const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(below(folder, path), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void put_folder(const char *path)
{
	assert_int_equal(mkdir(below(root, path), 0777), 0);
}

static void put_link(const char *target, const char *path)
{
	assert_int_equal(symlink(target, below(root, path)), 0);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(root, "/tmp/trouvaille-walk-XXXXXX");
	strcpy(outside, "/tmp/trouvaille-out-XXXXXX");
	if (!mkdtemp(root) || !mkdtemp(outside))
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s' '%s'", root, outside);
	return system(command);
}

/* One warning a line: "path: number of the message". */
static void warned(void *data, const char *path, const struct error *e)
{
	buf_printf(data, "%s: %d\n", path, (int)e->what);
}

static void test_corpus(void **state)
{
	(void)state;
	static const char *const folders[] = {"b",    "a",     "a/deep", ".git",
					      "d.md", ".x.md", "links",	 "b-c"};
	static const char *const files[] = {
		"z.md",	     "a/1.MD",	 "a/2.markdown", "a/deep/é.Md", "a/no.txt",
		"a/md",	     "a/no.md~", ".md",		 ".git/no.md",	"..md",
		".#no.md",   "._no.md",	 ".x.md/no.md",	 "d.md/in.md",	"b/line\nfeed.md",
		"b/\xFF.md", "b-c/x.md", "b.md",	 "a/mdx.mdx",
	};
	static const char *const found_paths[] = {
		"..md",	      "a/1.MD",	       "a/2.markdown",		 "a/deep/é.Md",
		"b-c/x.md",   "b.md",	       "b/line\nfeed.md",	 "b/\xFF.md",
		"d.md/in.md", "links/file.md", "links/folder/\u00E9.Md", "z.md",
	};
	static const struct {
		const char *path;
		enum message what;
	} warnings[] = {
		{"links/up", MSG_LINK_LOOP},
		{"links/self.md", MSG_LINK_LOOP},
		{"links/out.md", MSG_LINK_LEAVES},
		{"links/outside", MSG_LINK_LEAVES},
		{"links/nothing.md", MSG_LINK_DANGLES},
		{"fifo.md", MSG_NOT_REGULAR},
		{"links/null.md", MSG_LINK_LEAVES},
	};
	for (size_t i = 0; i < COUNT(folders); i++)
		put_folder(folders[i]);
	for (size_t i = 0; i < COUNT(files); i++)
		put_file(root, files[i], "x", 1);
	put_file(outside, "page.md", "x", 1);
	put_file(outside, "picture.png", "x", 1);
	put_link("../z.md", "links/file.md");
	put_link("../a/deep", "links/folder");
	put_link("..", "links/up");
	put_link("self.md", "links/self.md");
	put_link("nowhere.md", "links/nothing.md");
	put_link(below(outside, "page.md"), "links/out.md");
	put_link(below(outside, "picture.png"), "links/picture.png");
	put_link(outside, "links/outside");
	put_link("/dev/null", "links/null.md");
	assert_int_equal(mkfifo(below(root, "fifo.md"), 0666), 0);

	struct walk w;
	struct error e;
	struct buf got = buf_new(10000);
	assert_int_equal(walk_corpus(&w, root, warned, &got, &e), 0);
	for (size_t i = 0; i < w.n && i < COUNT(found_paths); i++)
		assert_string_equal(w.files[i].path, found_paths[i]);
	assert_int_equal(w.n, COUNT(found_paths));
	size_t lines = 0;
	for (size_t i = 0; i < got.n; i++)
		lines += got.s[i] == '\n';
	for (size_t i = 0; i < COUNT(warnings); i++) {
		char line[100];
		snprintf(line, sizeof line, "%s: %d\n", warnings[i].path, (int)warnings[i].what);
		if (!strstr(got.s, line))
			fail_msg("%s not in\n%s", line, got.s);
	}
	assert_int_equal(lines, COUNT(warnings));
	walk_free(&w);
	assert_int_equal(w.n, 0);
	/* a root that is a link, or ends in a slash, is the same root */
	put_link(root, "links/root");
	assert_int_equal(walk_corpus(&w, below(root, "links/root/"), warned, &got, &e), 0);
	assert_int_equal(w.n, COUNT(found_paths));
	walk_free(&w);
	buf_free(&got);
}

static void test_depth(void **state)
{
	(void)state;
	char path[1000] = "x";
	put_folder(path);
	for (size_t i = 1; i <= WALK_MAX_DEPTH; i++) {
		put_file(root, strcat(path, "/p.md"), "x", 1);
		path[strlen(path) - 5] = '\0';
		put_folder(strcat(path, "/x"));
	}
	put_file(root, strcat(path, "/p.md"), "x", 1);
	struct walk w;
	struct error e;
	struct buf got = buf_new(10000);
	assert_int_equal(walk_corpus(&w, root, warned, &got, &e), 0);
	assert_int_equal(w.n, WALK_MAX_DEPTH);
	char number[20];
	snprintf(number, sizeof number, "x: %d\n", (int)MSG_TOO_DEEP);
	assert_non_null(strstr(got.s, number));
	walk_free(&w);
	buf_free(&got);
}

/* A folder that may be read and not searched: what is a page or may hold some is told of, and the
 * rest is not. */
static void test_unsearchable(void **state)
{
	(void)state;
	static const char *const told[] = {"shut/folder", "shut/link", "shut/page.md"};
	struct walk w;
	struct error e;
	struct buf got = buf_new(10000);
	put_folder("open");
	put_folder("shut");
	put_folder("shut/folder");
	put_folder("shut/node_modules");
	put_folder("shut/.x.md");
	put_file(root, "shut/folder/in.md", "x", 1);
	put_file(root, "shut/page.md", "x", 1);
	put_file(root, "shut/picture.png", "x", 1);
	put_file(root, "open/page.md", "x", 1);
	put_link("../open", "shut/link");
	assert_int_equal(chmod(root, 0755), 0);
	assert_int_equal(chmod(below(root, "shut"), 0744), 0);
	if (geteuid() == 0) /* whom nothing is closed to */
		assert_int_equal(seteuid(65534), 0);
	else
		assert_int_equal(chmod(below(root, "shut"), 0444), 0);
	int result = walk_corpus(&w, root, warned, &got, &e);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(below(root, "shut"), 0755), 0);
	assert_int_equal(result, 0);
	assert_int_equal(w.n, 1);
	size_t lines = 0;
	for (size_t i = 0; i < got.n; i++)
		lines += got.s[i] == '\n';
	for (size_t i = 0; i < COUNT(told); i++) {
		char line[100];
		snprintf(line, sizeof line, "%s: %d\n", told[i], (int)MSG_SYSTEM);
		if (!got.s || !strstr(got.s, line))
			fail_msg("%s not in\n%s", line, got.s ? got.s : "");
	}
	assert_int_equal(lines, COUNT(told));
	walk_free(&w);
	buf_free(&got);
}

static void test_no_root(void **state)
{
	(void)state;
	struct walk w;
	struct error e;
	assert_int_equal(walk_corpus(&w, below(root, "none"), warned, NULL, &e), -1);
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	assert_int_equal(w.n, 0);
	put_file(root, "file", "x", 1);
	assert_int_equal(walk_corpus(&w, below(root, "file"), warned, NULL, &e), -1);
	assert_int_equal(e.status, STATUS_IO);
	assert_int_equal(walk_corpus(&w, root, warned, NULL, &e), 0);
	assert_int_equal(w.n, 0);
	walk_free(&w);
}

static void test_read(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
		enum message what; /* MSG_NONE: it can be read */
		long line;
	} rows[] = {
		{"", 0, MSG_NONE, 0},
		{"# Été\n", 8, MSG_NONE, 0},
		{"a\r\nb", 4, MSG_NONE, 0},
		{"\xEF\xBB\xBF# BOM\n", 9, MSG_NONE, 0},
		{"\xFF", 1, MSG_BAD_UTF8, 1},
		{"a\nb\n\xE9t\xE9\n", 8, MSG_BAD_UTF8, 3},
		{"a\nb\nc\xC3", 6, MSG_BAD_UTF8, 3},
		{"a\nb\n\n\xED\xA0\x80", 8, MSG_BAD_UTF8, 4},
		{"a\n\0", 3, MSG_NUL_BYTE, 2},
		{"\0\xFF", 2, MSG_NUL_BYTE, 1},
		{"\xFF\0", 2, MSG_BAD_UTF8, 1},
	};
	struct buf b = buf_new(WALK_MAX_FILE);
	struct error e;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_file(root, "page.md", rows[i].bytes, rows[i].n);
		int result = walk_read(&b, root, "page.md", &e);
		assert_int_equal(result, rows[i].what == MSG_NONE ? 0 : -1);
		if (result == 0) {
			assert_int_equal(b.n, rows[i].n);
			assert_memory_equal(b.s, rows[i].bytes, b.n + 1);
		} else {
			assert_int_equal(e.status, STATUS_INPUT);
			assert_int_equal(e.what, rows[i].what);
			assert_int_equal(e.line, rows[i].line);
		}
	}
	buf_free(&b);
}

static void test_read_not(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum status status;
	} rows[] = {
		{"missing.md", STATUS_NOT_FOUND}, {"none/x.md", STATUS_NOT_FOUND},
		{"file/x.md", STATUS_IO},	  {"folder", STATUS_INPUT},
		{"fifo.md", STATUS_INPUT},	  {"big.md", STATUS_LIMIT},
	};
	put_file(root, "file", "x", 1);
	put_folder("folder");
	assert_int_equal(mkfifo(below(root, "fifo.md"), 0666), 0);
	put_file(root, "big.md", "", 0);
	assert_int_equal(truncate(below(root, "big.md"), 17 * 1024 * 1024), 0);
	struct buf b = buf_new(WALK_MAX_FILE);
	struct error e;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(walk_read(&b, root, rows[i].path, &e), -1);
		if (e.status != rows[i].status)
			fail_msg("%s: status %d", rows[i].path, (int)e.status);
	}
	/* exactly the limit is fine */
	char *big = malloc(WALK_MAX_FILE);
	memset(big, 'a', WALK_MAX_FILE);
	put_file(root, "limit.md", big, WALK_MAX_FILE);
	free(big);
	assert_int_equal(walk_read(&b, root, "limit.md", &e), 0);
	assert_int_equal(b.n, WALK_MAX_FILE);
	buf_free(&b);
}

/* Links put there after the walk has looked. */
static void test_read_page(void **state)
{
	(void)state;
	struct buf b = buf_new(WALK_MAX_FILE);
	struct error e;
	put_file(root, "page.md", "x", 1);
	put_folder("folder");
	put_file(root, "folder/y.md", "y", 1);
	put_file(outside, "secret.md", "z", 1);
	put_link("folder/y.md", "in.md");
	put_link(below(root, "folder"), "also");
	put_link(below(outside, "secret.md"), "out.md");
	put_link(outside, "away");
	static const char *const good[] = {"page.md", "folder/y.md", "in.md", "also/y.md"},
				 *const bad[] = {"out.md", "away/secret.md"};
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(walk_read_page(&b, root, good[i], &e), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(walk_read(&b, root, bad[i], &e), 0);
		assert_int_equal(walk_read_page(&b, root, bad[i], &e), -1);
		assert_int_equal(e.what, MSG_LINK_LEAVES);
	}
	assert_int_equal(walk_read_page(&b, root, "missing.md", &e), -1);
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	/* a root that is a link itself */
	assert_int_equal(walk_read_page(&b, below(root, "also"), "../page.md", &e), -1);
	assert_int_equal(walk_read_page(&b, below(root, "also"), "y.md", &e), 0);
	buf_free(&b);
}

/* A process without another open file must not take that for a page's fault, which would be left
 * out of the index for it. */
static void test_too_many_open(void **state)
{
	(void)state;
	struct buf b = buf_new(WALK_MAX_FILE);
	struct error e;
	struct rlimit many, none;
	put_file(root, "page.md", "x", 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &many), 0);
	none = (struct rlimit){0, many.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int read = walk_read(&b, root, "page.md", &e),
	    read_page = walk_read_page(&b, root, "page.md", &e);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &many), 0);
	assert_int_equal(read, -1);
	assert_int_equal(read_page, -1);
	assert_int_equal(e.status, STATUS_NO_MEMORY);
	assert_non_null(strstr(e.detail, "page.md"));
	assert_int_equal(walk_read_page(&b, root, "page.md", &e), 0);
	buf_free(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_corpus),	  TEST(test_depth),	   TEST(test_no_root),
		TEST(test_read),	  TEST(test_read_not),	   TEST(test_read_page),
		TEST(test_too_many_open), TEST(test_unsearchable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lists of the parts of an index. */
#include "t.h"

#include <unistd.h>

#include "stub.h"

static char path[] = "/tmp/trouvaille-stub-XXXXXX";

static int read_this(struct stub *s, const char *text, size_t n, struct error *e)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	return stub_read(s, path, e);
}

static void test_parts(void **state)
{
	(void)state;
	static const char text[] = "# parts\n"
				   "auto notes.db\r\n"
				   "\n"
				   "glass \t/srv/a b\n"
				   "remote example.org:7100\n"
				   "remote [::1]:65535";
	static const struct stub_part want[] = {{"/tmp/notes.db", NULL, 0},
						{"/srv/a b", NULL, 0},
						{"example.org:7100", "example.org", 7100},
						{"[::1]:65535", "::1", 65535}};
	struct error e = {0};
	struct stub s;
	assert_int_equal(read_this(&s, text, strlen(text), &e), 0);
	assert_int_equal(s.n, 4);
	for (size_t i = 0; i < s.n; i++) {
		assert_string_equal(s.list[i].name, want[i].name);
		assert_int_equal(s.list[i].port, want[i].port);
		assert_int_equal(!s.list[i].host, !want[i].host);
		if (want[i].host)
			assert_string_equal(s.list[i].host, want[i].host);
	}
	stub_free(&s);
	stub_free(&s);
}

static void test_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		long line; /* 0: no list at all */
	} rows[] = {
		{"", 0},
		{"# nothing\n\n", 0},
		{"auto a\nauto\n", 2},
		{"auto ", 1},
		{"autox a", 1},
		{" auto a", 1},
		{"chert a", 1},
		{"remote a", 1},
		{"remote :1", 1},
		{"remote a:", 1},
		{"remote a:0", 1},
		{"remote a:+1", 1},
		{"remote a:65536", 1},
		{"remote a:99999999999999999999", 1},
		{"remote a:1 ", 1},
		{"remote a:b:1", 1},
		{"remote [a:1", 1},
		{"remote []:1", 1},
		{"remote a:1\nremote ]:1\n\xff\xfe", 3},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error e = {0};
		struct stub s;
		if (read_this(&s, rows[i].text, strlen(rows[i].text), &e) == 0)
			fail_msg("taken: %s", rows[i].text);
		assert_int_equal(e.status, STATUS_CORRUPT);
		assert_int_equal(e.what, rows[i].line ? MSG_STUB_LINE : MSG_XAP_CORRUPT);
		assert_int_equal(e.line, rows[i].line);
		assert_null(s.list);
	}
}

static void test_files(void **state)
{
	(void)state;
	struct error e = {0};
	struct stub s;
	assert_int_equal(read_this(&s, "auto a\0b", 8, &e), -1);
	assert_int_equal(e.status, STATUS_CORRUPT);
	char *much = calloc(1, STUB_MAX_BYTES + 1);
	assert_non_null(much);
	memset(much, '#', STUB_MAX_BYTES + 1);
	assert_int_equal(read_this(&s, much, STUB_MAX_BYTES + 1, &e), -1);
	assert_int_equal(e.status, STATUS_CORRUPT);
	free(much);
	assert_int_equal(stub_read(&s, "/tmp", &e), -1);
	assert_int_equal(e.status, STATUS_CORRUPT);
	unlink(path);
	assert_int_equal(stub_read(&s, path, &e), -1);
	assert_int_equal(e.status, STATUS_NOT_FOUND);
}

/* A list is told by its text, also one that makes no sense: a damaged database is none. */
static void test_is_list(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
		bool is_list;
	} rows[] = {
		{"auto a\n", 7, true},
		{"# \xc3\xa9t\xc3\xa9\r\n\tremote a:1", 20, true},
		{"words", 5, true},
		{"", 0, false},
		{"\x0f\rXapian Glass", 14, false},
		{"a\rXapian Glass\x04\x39", 16, false},
		{"auto a\0", 7, false},
		{"auto a\x7f\x1b", 8, false},
	};
	struct error e;
	struct stub s;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (read_this(&s, rows[i].bytes, rows[i].n, &e) == 0)
			stub_free(&s);
		if (stub_is_list(path) != rows[i].is_list)
			fail_msg("row %zu", i);
	}
	assert_false(stub_is_list("/tmp"));
	assert_false(stub_is_list("/nowhere/at/all"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_is_list),
	};
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}

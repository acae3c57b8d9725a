#include "t.h"

#include "record.h"

static void fill(struct record *r, char *large, size_t n)
{
	for (size_t i = 0; i < RECORD_FIELDS; i++)
		r->field[i] = (struct span){large, i % 3 == 0 ? 0 : i % 3 == 1 ? i : n};
}

static void what_is_written_is_read(void **state)
{
	enum { N = 100000 };
	static char large[N];
	struct record r, back;
	struct buf out = buf_new(1 << 24);
	(void)state;
	memset(large, 'x', N);
	fill(&r, large, N);
	record_write(&out, &r);
	assert_true(record_read(&back, out.s, out.n));
	for (size_t i = 0; i < RECORD_FIELDS; i++)
		assert_true(span_equal(r.field[i], back.field[i]));
	buf_free(&out);
}

static void what_is_cut_is_refused(void **state)
{
	struct record r, back;
	struct buf out = buf_new(1 << 16);
	(void)state;
	fill(&r, "abcdefghijklmnopqrst", 20);
	record_write(&out, &r);
	for (size_t n = 0; n < out.n; n++)
		assert_false(record_read(&back, out.s, n));
	buf_putc(&out, 'x');
	assert_false(record_read(&back, out.s, out.n));
	assert_false(record_read(&back, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 7));
	buf_free(&out);
}

static void ids_tell_passages_apart(void **state)
{
	char a[17], b[17];
	(void)state;
	record_id(a, "en/x.md", "y", 0);
	record_id(b, "en/x.md", "y", 0);
	assert_string_equal(a, b);
	assert_int_equal(strlen(a), 16);
	record_id(b, "en/x.md", "y", 1);
	assert_string_not_equal(a, b);
	record_id(b, "en/x.m", "dy", 0);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_is_read),
					   cmocka_unit_test(what_is_cut_is_refused),
					   cmocka_unit_test(ids_tell_passages_apart)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

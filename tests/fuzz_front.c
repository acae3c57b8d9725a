/* fuzz_front.c - any front matter: values are short single lines, and the body is in the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_value(const char *s)
{
	if (!s)
		return;
	size_t n = strlen(s);
	require(n <= FRONT_MAX_VALUE && utf8_check(s, n) == n && !strchr(s, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	if (utf8_check(text, size) != size)
		return 0;
	struct front f;
	struct error e = {0};
	bool failed = front_read(text, size, &f, &e) != 0;
	require(f.body <= size && f.body_line >= 1);
	require(!failed || (e.what != MSG_NONE && e.line < f.body_line && !f.title));
	const char *values[] = {f.title, f.lang, f.key, f.area, f.date, f.url, f.slug};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		check_value(values[i]);
	require(!f.date || strlen(f.date) == 10);
	front_free(&f);
	return 0;
}

/* fuzz_request.c - four lines (method, query string, script name, Accept-Language), any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static const char *const names[] = {
	"REQUEST_METHOD",
	"QUERY_STRING",
	"SCRIPT_NAME",
	"HTTP_ACCEPT_LANGUAGE",
};

struct environment {
	const char *values[4];
};

static const char *look_up(const char *name, void *data)
{
	const struct environment *v = data;
	for (size_t i = 0; i < 4; i++) {
		if (strcmp(name, names[i]) == 0)
			return v->values[i];
	}
	return NULL;
}

static void check_text(const char *s, size_t size)
{
	size_t n = strnlen(s, size);
	require(n < size && utf8_check(s, n) == n && utf8_length(s, n) <= 200);
	for (size_t i = 0; i < n; i++)
		require((unsigned char)s[i] >= 0x20 && s[i] != 0x7F);
}

static void check(const struct request *r)
{
	check_text(r->q, sizeof r->q);
	check_text(r->area, sizeof r->area);
	check_text(r->suggest, sizeof r->suggest);
	require(r->language && language_index(r->language) < language_count);
	require(r->page >= 1 && r->page <= REQUEST_MAX_PAGE);
	require(r->sort <= REQUEST_DATE && r->format < REQUEST_FORMATS);
	require(r->show <= REQUEST_SHOW_ALL && r->choice.n <= CHOICE_MAX);
	for (size_t i = 0; i < r->choice.n; i++) {
		require(strspn(r->choice.ids[i], "0123456789abcdef") == 16);
		require(choice_find(&r->choice, span_of(r->choice.ids[i])) == i);
	}
	require(r->script_name[0] == '/' && r->script_name[1] != '/');
	require(!strpbrk(r->script_name, " \"<>?#\\\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	struct environment v = {{0}};
	char *rest = text;
	for (size_t i = 0; i < 4 && rest; i++)
		v.values[i] = strsep(&rest, "\n");
	struct request r;
	struct error e = {0};
	int rc = request_read(&r, look_up, &v, &languages[0], &e);
	int http = r.http_status;
	require(rc == 0 ? http == 200 : http == 400 || http == 405 || http == 414);
	require(rc == 0 || (e.status != STATUS_OK && e.what != MSG_NONE));
	check(&r);
	free(text);
	return 0;
}

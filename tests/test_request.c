/* test_request.c - CGI environments and what is read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../src/request.h"

struct environment {
	const char *method, *query, *script, *accept;
};

static const char *look_up(const char *name, void *data)
{
	const struct environment *v = data;
	if (strcmp(name, "REQUEST_METHOD") == 0)
		return v->method;
	if (strcmp(name, "QUERY_STRING") == 0)
		return v->query;
	if (strcmp(name, "SCRIPT_NAME") == 0)
		return v->script;
	if (strcmp(name, "HTTP_ACCEPT_LANGUAGE") == 0)
		return v->accept;
	return NULL;
}

/* "STATUS q|area|suggest lang page sort format" of a request, or "STATUS detail" of a refusal. */
static void dump(char *out, size_t size, const struct request *r, const struct error *e)
{
	static const char *const sorts[] = {"relevance", "date"};
	static const char *const formats[] = {"html", "json", "fragment"};
	if (r->http_status != 200)
		snprintf(out, size, "%d %s", r->http_status, e->detail);
	else
		snprintf(out, size, "%s|%s|%s%s %s%s %u %s %s%s", r->q, r->area,
			 r->suggesting ? "=" : "", r->suggest, r->language->code,
			 r->language_from_accept ? "?" : "", r->page, sorts[r->sort],
			 formats[r->format], r->explain ? " explain" : "");
}

struct query_case {
	const char *query, *expected;
};

static const struct query_case queries[] = {
	{NULL, "|| en? 1 relevance html"},
	{"", "|| en? 1 relevance html"},
	{"&&", "|| en? 1 relevance html"},
	{"q", "|| en? 1 relevance html"},
	{"q=", "|| en? 1 relevance html"},
	{"q=&lang=&page=&area=&sort=&format=", "|| en? 1 relevance html"},
	{"q=library", "library|| en? 1 relevance html"},
	{"q=public+library", "public library|| en? 1 relevance html"},
	{"q=public%20library", "public library|| en? 1 relevance html"},
	{"q=C%2B%2B", "C++|| en? 1 relevance html"},
	{"q=a=b", "a=b|| en? 1 relevance html"},
	{"q=a%26b", "a&b|| en? 1 relevance html"},
	{"q=a;b", "a;b|| en? 1 relevance html"},
	{"q=%C3%A9cole", "école|| en? 1 relevance html"},
	{"q=%c3%a9cole", "école|| en? 1 relevance html"},
	{"q=\xC3\xA9"
	 "cole",
	 "école|| en? 1 relevance html"},
	{"q=a%09b%0Ac%0D", "a b c || en? 1 relevance html"},
	{"%71=a", "a|| en? 1 relevance html"},
	{"q=%25", "%|| en? 1 relevance html"},
	{"q=%3Cscript%3E", "<script>|| en? 1 relevance html"},
	{"lang=fr", "|| fr 1 relevance html"},
	{"lang=en", "|| en 1 relevance html"},
	{"q=a&lang=fr&page=3&area=Gestion&sort=date&format=json", "a|Gestion| fr 3 date json"},
	{"explain=1", "|| en? 1 relevance html explain"},
	{"explain=0", "|| en? 1 relevance html"},
	{"explain=", "|| en? 1 relevance html"},
	{"format=html", "|| en? 1 relevance html"},
	{"format=fragment", "|| en? 1 relevance fragment"},
	{"sort=relevance", "|| en? 1 relevance html"},
	{"page=1", "|| en? 1 relevance html"},
	{"page=0001", "|| en? 1 relevance html"},
	{"page=1000", "|| en? 1000 relevance html"},
	{"suggest=bib", "||=bib en? 1 relevance html"},
	{"suggest=", "||= en? 1 relevance html"},
	{"area=R%C3%A9f%C3%A9rence+%26+pr%C3%AAt", "|Référence & prêt| en? 1 relevance html"},
	{"utm_source=x&q=a", "a|| en? 1 relevance html"},
	{"utm_source=%zz&q=a", "a|| en? 1 relevance html"},
	{"x=1&x=2", "|| en? 1 relevance html"},
	{"Q=a", "|| en? 1 relevance html"},
	/* refused */
	{"q=%", "400 q"},
	{"q=%4", "400 q"},
	{"q=%zz", "400 q"},
	{"q=%4g", "400 q"},
	{"%zz=1", "400 ?"},
	{"q=%00", "400 q"},
	{"q=a%00b", "400 q"},
	{"q=%01", "400 q"},
	{"q=\x1B[2J", "400 q"},
	{"q=%7F", "400 q"},
	{"q=%C2%85", "400 q"},
	{"q=%FF", "400 q"},
	{"q=%C0%AF", "400 q"},
	{"q=%ED%A0%80", "400 q"},
	{"area=%FF", "400 area"},
	{"suggest=%00", "400 suggest"},
	{"q=a&q=b", "400 q"},
	{"q=&q=", "400 q"},
	{"lang=fr&lang=en", "400 lang"},
	{"q=a&%71=b", "400 q"},
	{"lang=de", "400 lang"},
	{"lang=fr%0A", "400 lang"},
	{"page=0", "400 1000"},
	{"page=1001", "400 1000"},
	{"page=-1", "400 1000"},
	{"page=+1", "400 1000"},
	{"page=1.5", "400 1000"},
	{"page=99999999999999999999999", "400 1000"},
	{"page=x", "400 1000"},
	{"sort=size", "400 sort"},
	{"explain=2", "400 explain"},
	{"explain=yes", "400 explain"},
	{"sort=Date", "400 sort"},
	{"format=xml", "400 format"},
	{"format=json%00", "400 format"},
	{"q=%00&page=0", "400 q"},
};

static void test_queries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct environment v = {"GET", queries[i].query, "/x", NULL};
		struct request r;
		struct error e = {0};
		char text[4096];
		int rc = request_read(&r, look_up, &v, &languages[0], &e);
		assert_int_equal(rc, r.http_status == 200 ? 0 : -1);
		dump(text, sizeof text, &r, &e);
		if (strcmp(text, queries[i].expected) != 0)
			fail_msg("«%s» gave «%s», not «%s»",
				 queries[i].query ? queries[i].query : "(null)", text,
				 queries[i].expected);
	}
}

struct accept_case {
	const char *header, *code;
};

static const struct accept_case accepts[] = {
	{NULL, "en"},
	{"", "en"},
	{"fr", "fr"},
	{"FR", "fr"},
	{"fr-CA", "fr"},
	{"en-CA", "en"},
	{"fr-CA, fr;q=0.8, en;q=0.5", "fr"},
	{"en;q=0.5, fr;q=0.8", "fr"},
	{"en, fr", "en"},
	{"fr, en", "fr"},
	{"en;q=0.8,fr;q=0.8", "en"},
	{"fr;q=0.8,en;q=0.8", "fr"},
	{"de, fr;q=0.3", "fr"},
	{"de", "en"},
	{"*", "en"},
	{"fr, *", "fr"},
	{"fr;q=0.2, *;q=0.5", "en"},
	{"en;q=0", "fr"},
	{"en;q=0, *", "fr"},
	{"en;q=0, fr;q=0", "en"},
	{"fr;q=0", "en"},
	{"fr;q=0.001", "fr"},
	{"fr ; q=1.000 , en", "fr"},
	{"en;q=0.9\t,\tfr", "fr"},
	{"fr;Q=0.5", "fr"},
	{"fr;q=2", "en"},
	{"fr;q=1.001", "en"},
	{"fr;q=0.1234", "en"},
	{"fr;q=", "en"},
	{"fr;q=abc", "en"},
	{"fr;level=1", "en"},
	{",,,fr,,", "fr"},
	{";q=1,fr", "fr"},
	{"en;q=0.1, en-GB;q=0.9, fr;q=0.5", "en"},
};

static void test_accept_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof accepts / sizeof *accepts; i++) {
		const struct language *l =
			request_accept_language(accepts[i].header, &languages[0]);
		if (strcmp(l->code, accepts[i].code) != 0)
			fail_msg("«%s» gave %s", accepts[i].header, l->code);
	}
}

static void test_lang_wins_over_accept(void **state)
{
	(void)state;
	struct environment v = {"GET", "lang=en", "/x", "fr"};
	struct request r;
	assert_int_equal(request_read(&r, look_up, &v, &languages[0], NULL), 0);
	assert_string_equal(r.language->code, "en");
	assert_false(r.language_from_accept);
	v.query = "lang=";
	assert_int_equal(request_read(&r, look_up, &v, &languages[0], NULL), 0);
	assert_string_equal(r.language->code, "fr");
	assert_true(r.language_from_accept);
}

/* A refusal still knows the language and format to be told in. */
static void test_refusal_keeps_reading(void **state)
{
	(void)state;
	struct environment v = {"GET", "q=%00&page=0&lang=fr&format=json", "/x", "en"};
	struct request r;
	struct error e = {0};
	assert_int_equal(request_read(&r, look_up, &v, &languages[0], &e), -1);
	assert_int_equal(e.what, MSG_REQUEST_TEXT);
	assert_string_equal(r.language->code, "fr");
	assert_int_equal(r.format, REQUEST_JSON);
	assert_int_equal(r.page, 1);
	assert_string_equal(r.q, "");
}

static void test_methods(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum request_method method;
		int http;
	} methods[] = {
		{NULL, REQUEST_GET, 200},	{"GET", REQUEST_GET, 200},
		{"HEAD", REQUEST_HEAD, 200},	{"POST", REQUEST_OTHER, 405},
		{"PUT", REQUEST_OTHER, 405},	{"get", REQUEST_OTHER, 405},
		{"", REQUEST_OTHER, 405},	{"GET ", REQUEST_OTHER, 405},
		{"DELETE", REQUEST_OTHER, 405},
	};
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		struct environment v = {methods[i].name, "lang=fr", "/x", NULL};
		struct request r;
		struct error e = {0};
		request_read(&r, look_up, &v, &languages[0], &e);
		assert_int_equal(r.method, methods[i].method);
		assert_int_equal(r.http_status, methods[i].http);
		assert_string_equal(r.language->code, "fr");
	}
}

struct script_case {
	const char *name, *expected;
};

static const struct script_case scripts[] = {
	{NULL, "/"},
	{"", "/"},
	{"/", "/"},
	{"/cgi-bin/trouvaille.cgi", "/cgi-bin/trouvaille.cgi"},
	{"/~user/a_b/c.cgi", "/~user/a_b/c.cgi"},
	{"/a%20b", "/a%20b"},
	{"/a%2", "/"},
	{"/a%zz", "/"},
	{"/a b", "/"},
	{"/a\"b", "/"},
	{"/a<b", "/"},
	{"/a?b", "/"},
	{"/a#b", "/"},
	{"/a\\b", "/"},
	{"/a\nb", "/"},
	{"/\xC3\xA9", "/"},
	{"//evil.example/", "/"},
	{"http://evil.example/", "/"},
	{"cgi", "/"},
};

static void test_script_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct environment v = {"GET", "", scripts[i].name, NULL};
		struct request r;
		assert_int_equal(request_read(&r, look_up, &v, &languages[0], NULL), 0);
		assert_string_equal(r.script_name, scripts[i].expected);
	}
	char longest[REQUEST_MAX_SCRIPT + 2] = "/";
	memset(longest + 1, 'a', REQUEST_MAX_SCRIPT);
	struct environment v = {"GET", "", longest, NULL};
	struct request r;
	assert_int_equal(request_read(&r, look_up, &v, &languages[0], NULL), 0);
	assert_string_equal(r.script_name, "/");
	longest[REQUEST_MAX_SCRIPT] = '\0';
	assert_int_equal(request_read(&r, look_up, &v, &languages[0], NULL), 0);
	assert_string_equal(r.script_name, longest);
}

/* name=, then `times` of part: the status that follows. */
static int status_of(const char *name, const char *part, int times, enum message *what)
{
	static char query[1 << 16];
	char *end = stpcpy(query, name);
	while (times--)
		end = stpcpy(end, part);
	struct environment v = {"GET", query, "/x", "fr"};
	struct request r;
	struct error e = {0};
	request_read(&r, look_up, &v, &languages[0], &e);
	assert_string_equal(r.language->code, "fr");
	*what = e.what;
	return r.http_status;
}

static void test_lengths(void **state)
{
	(void)state;
	enum message what;
	assert_int_equal(status_of("q=", "%F0%9F%93%9A", 200, &what), 200);
	assert_int_equal(status_of("q=", "%F0%9F%93%9A", 201, &what), 400);
	assert_int_equal(what, MSG_QUERY_CHARACTERS);
	assert_int_equal(status_of("area=", "a", 200, &what), 200);
	assert_int_equal(status_of("area=", "a", 201, &what), 400);
	assert_int_equal(what, MSG_REQUEST_AREA);
	assert_int_equal(status_of("suggest=", "a", 201, &what), 400);
	assert_int_equal(status_of("x=", "a", REQUEST_MAX_BYTES - 2, &what), 200);
	assert_int_equal(status_of("x=", "a", REQUEST_MAX_BYTES - 1, &what), 414);
	assert_int_equal(what, MSG_REQUEST_LONG);
	assert_int_equal(status_of("q=", "a", REQUEST_MAX_BYTES - 2, &what), 400);
	assert_int_equal(status_of("", "&", REQUEST_MAX_BYTES, &what), 200);
	assert_int_equal(status_of("", "q=a&", 2, &what), 400);
}

#define A "aaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"
#define C "0123456789abcdef"

struct choice_case {
	const char *query, *expected; /* ids, each ended by a blank, and show; or the refusal */
};

static const struct choice_case choices[] = {
	{"", "all"},
	{"id=", "all"},
	{"id=" A, A " all"},
	{"id=" A "-" B, A " " B " all"},
	{"id=" A "&id=" B "&id=" C, A " " B " " C " all"},
	{"id=" A "&q=x&id=" B "-" C, A " " B " " C " all"},
	{"id=" A "&id=" A "-" B "-" A, A " " B " all"},
	{"id=" A "%2D" B, A " " B " all"},
	{"id=" A "-", A " all"},
	/* those of before in their order, then the others in that of the page */
	{"order=" A "-" B, "all"},
	{"order=" B "-" A "&id=" A "&id=" B, B " " A " all"},
	{"order=" C "-" A "&id=" B "-" A "-" C, C " " A " " B " all"},
	{"id=" B "&id=" A "&order=" A "-" C, A " " B " all"},
	{"show=fr&id=" A, A " fr"},
	{"show=all", "all"},
	{"show=", "all"},
	{"show=de", "400 show"},
	{"show=fr&show=en", "400 show"},
	{"order=" A "&order=" A, "400 order"},
	{"id=-" A, "400 id"},
	{"id=" A "--" B, "400 id"},
	{"id=" A "," B, "400 id"},
	{"id=" A "a", "400 id"},
	{"id=aaaaaaaaaaaaaaa", "400 id"},
	{"id=AAAAAAAAAAAAAAAA", "400 id"},
	{"id=aaaaaaaaaaaaaaag", "400 id"},
	{"id=%00", "400 id"},
	{"order=x", "400 order"},
	{"format=pdf", "400 format"},
};

static void test_choices(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		struct environment v = {"GET", choices[i].query, "/x", NULL};
		struct request r;
		struct error e = {0};
		char text[2000] = "", *end = text;
		request_read(&r, look_up, &v, &languages[0], &e);
		for (size_t k = 0; r.http_status == 200 && k < r.choice.n; k++)
			end += sprintf(end, "%s ", r.choice.ids[k]);
		if (r.http_status == 200)
			strcpy(end, r.show == REQUEST_SHOW_ALL ? "all" : languages[r.show].code);
		else
			sprintf(end, "%d %s", r.http_status, e.detail);
		if (strcmp(text, choices[i].expected) != 0)
			fail_msg("«%s» gave «%s», not «%s»", choices[i].query, text,
				 choices[i].expected);
	}
}

static void test_choices_have_a_limit(void **state)
{
	(void)state;
	for (int n = CHOICE_MAX; n <= CHOICE_MAX + 1; n++) {
		char query[REQUEST_MAX_BYTES] = "", *end = query;
		struct request r;
		struct error e = {0};
		for (int i = 0; i < n; i++)
			end += sprintf(end, "&id=%016x", i);
		struct environment v = {"GET", query, "/x", NULL};
		request_read(&r, look_up, &v, &languages[0], &e);
		assert_int_equal(r.choice.n, CHOICE_MAX);
		assert_int_equal(r.http_status, n > CHOICE_MAX ? 400 : 200);
		if (n > CHOICE_MAX)
			assert_int_equal(e.what, MSG_REQUEST_IDS);
	}
}

static void test_choices_change(void **state)
{
	struct choice c = {{A, B, C}, 3};
	(void)state;
	assert_int_equal(choice_find(&c, span_of(B)), 1);
	assert_int_equal(choice_find(&c, span_of("b")), 3);
	choice_raise(&c, 2);
	assert_string_equal(c.ids[1], C);
	assert_string_equal(c.ids[2], B);
	choice_raise(&c, 0);
	assert_string_equal(c.ids[0], A);
	choice_remove(&c, 0);
	assert_int_equal(c.n, 2);
	assert_string_equal(c.ids[0], C);
	choice_remove(&c, 1);
	choice_remove(&c, 0);
	assert_int_equal(c.n, 0);
}

/* Whatever the answer depends on is in its tag. */
static void test_etags(void **state)
{
	static const char *const asked[] = {"format=profile&id=" A,
					    "format=profile&id=" A "-" B,
					    "format=profile&id=" B "-" A,
					    "format=profile&show=fr&id=" A,
					    "format=profile&show=en&id=" A,
					    "format=md&id=" A,
					    "format=csv&id=" A,
					    "q=x&id=" A,
					    "q=x"};
	char tags[sizeof asked / sizeof *asked][REQUEST_ETAG_SIZE];
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct environment v = {"GET", asked[i], "/x", NULL};
		struct request r;
		assert_int_equal(request_read(&r, look_up, &v, &languages[0], NULL), 0);
		request_etag(tags[i], &r, "1", "");
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(tags[i], tags[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_accept_language),
		cmocka_unit_test(test_lang_wins_over_accept),
		cmocka_unit_test(test_refusal_keeps_reading),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_script_names),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_choices_have_a_limit),
		cmocka_unit_test(test_choices_change),
		cmocka_unit_test(test_etags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

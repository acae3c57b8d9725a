#include "t.h"

#include <jansson.h>

#include "render_html.h"
#include "render_json.h"
#include "render_text.h"

/* One hit with all that could do harm in its fields. */
struct answer {
	struct piece title[1], snippet[3];
	struct hit hit;
	struct facet area;
	struct facet_group facet;
	struct search_result result;
};

static void make_answer(struct answer *a, const char *path, const char *url)
{
	const struct language *en = language_find("en", 2);
	memset(a, 0, sizeof *a);
	a->title[0] = (struct piece){span_of("<script>alert(1)</script>"), false};
	a->snippet[0] = (struct piece){span_of("before \033[31m & "), false};
	a->snippet[1] = (struct piece){span_of("\"match\""), true};
	a->snippet[2] = (struct piece){span_of(" after\nnext_block"), false};
	struct record *r = &a->hit.record;
	static const char *const fields[RECORD_FIELDS] = {
		[RECORD_ID] = "0123456789abcdef",
		[RECORD_ANCHOR] = "here",
		[RECORD_LANG] = "en",
		[RECORD_TITLE] = "<script>alert(1)</script>",
		[RECORD_BREADCRUMB] = "One\nTwo & three\n",
		[RECORD_DATE] = "2015-07-22",
		[RECORD_TWIN_PATH] = "fr/page.md",
		[RECORD_TWIN_TITLE] = "L’autre",
		[RECORD_TWIN_ANCHOR] = "ici",
		[RECORD_TWIN_LANG] = "fr"};
	for (size_t i = 0; i < RECORD_FIELDS; i++)
		r->field[i] = span_of(fields[i] ? fields[i] : "");
	r->field[RECORD_PATH] = span_of(path);
	r->field[RECORD_URL] = span_of(url);
	a->hit.language = en;
	a->hit.title = (struct pieces){a->title, 1};
	a->hit.snippet = (struct pieces){a->snippet, 3};
	a->hit.matched[0] = true;
	a->hit.score = 1.5;
	a->area = (struct facet){(char *)"A \"B\"", 1};
	a->facet = (struct facet_group){"area", &a->area, 1};
	a->result = (struct search_result){.language = en,
					   .other = language_find("fr", 2),
					   .total = 1,
					   .hits = &a->hit,
					   .n_hits = 1,
					   .facets = &a->facet,
					   .n_facets = 1};
}

static void text_is_plain_or_coloured(void **state)
{
	struct answer a;
	struct text_style style = {language_find("en", 2), false, 80};
	struct buf plain = buf_new(100000), colour = buf_new(100000);
	(void)state;
	make_answer(&a, "en/page.md", "en/page.md#here");
	render_text(&plain, span_of("q"), &a.result, &style);
	assert_null(strchr(plain.s, '\033'));
	assert_non_null(strstr(plain.s, "*\"match\"*"));
	assert_non_null(strstr(plain.s, "One › Two & three"));
	assert_non_null(strstr(plain.s, "\n    en/page.md#here\n"));
	style.colour = true;
	render_text(&colour, span_of("q"), &a.result, &style);
	assert_non_null(strstr(colour.s, "\033[1;31m\"match\"\033[0m"));
	assert_null(strstr(colour.s, "before \033[31m"));
	buf_free(&plain);
	buf_free(&colour);
}

static void lines_keep_to_the_columns(void **state)
{
	static const char words[] =
		"un mot puis l’usager et d’autres mots sans fin, encore et encore; ";
	char text[2000] = "";
	struct answer a;
	(void)state;
	while (strlen(text) + sizeof words < sizeof text)
		strcat(text, words);
	make_answer(&a, "p.md", "p.md");
	a.snippet[0].text = a.snippet[2].text = span_of(text);
	for (size_t columns = 30; columns < 100; columns += 7) {
		struct text_style style = {language_find("fr", 2), false, columns};
		struct buf out = buf_new(100000);
		render_text(&out, span_of("q"), &a.result, &style);
		for (const char *line = out.s, *end; (end = strchr(line, '\n')); line = end + 1)
			assert_true(utf8_width(line, (size_t)(end - line)) <= columns);
		buf_free(&out);
	}
}

static void markdown_is_escaped(void **state)
{
	struct answer a;
	struct buf out = buf_new(10000);
	(void)state;
	make_answer(&a, "p.md", "p.md#here");
	render_md(&out, &a.result);
	assert_non_null(strstr(out.s, "- [\\<script\\>alert(1)\\</script\\>](<p.md#here>)"));
	assert_non_null(strstr(out.s, "**\"match\"**"));
	assert_non_null(strstr(out.s, "next\\_block"));
	buf_free(&out);
}

static void json_keeps_the_contract(void **state)
{
	static const char *const keys[] = {"format", "query",	   "lang", "total", "offset",
					   "other",  "suggestion", "also", "hits",  "facets"};
	static const char *const hit_keys[] = {"id",   "path",	"url",	      "anchor",
					       "lang", "title", "breadcrumb", "snippet",
					       "date", "score", "matched",    "translation"};
	struct answer a;
	struct buf out = buf_new(100000);
	(void)state;
	make_answer(&a, "en/\xFF.md", "x");
	assert_int_equal(render_json(&out, span_of("q \"x\""), &a.result), 0);
	json_t *j = json_loads(out.s, 0, NULL),
	       *hit = json_array_get(json_object_get(j, "hits"), 0);
	assert_non_null(j);
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_non_null(json_object_get(j, keys[i]));
	for (size_t i = 0; i < COUNT(hit_keys); i++)
		assert_non_null(json_object_get(hit, hit_keys[i]));
	assert_int_equal(json_object_size(j), COUNT(keys));
	assert_int_equal(json_object_size(hit), COUNT(hit_keys));
	assert_string_equal(json_string_value(json_object_get(hit, "path")), "en/\xEF\xBF\xBD.md");
	assert_true(json_is_null(json_object_get(j, "suggestion")));
	json_t *snippet = json_object_get(hit, "snippet");
	assert_true(json_is_true(json_object_get(json_array_get(snippet, 1), "match")));
	assert_null(json_object_get(json_array_get(snippet, 0), "match"));
	json_decref(j);
	buf_free(&out);
}

static const char *no_environment(const char *name, void *data)
{
	(void)name;
	(void)data;
	return NULL;
}

static void html_is_escaped(void **state)
{
	static const char *const urls[][2] = {
		{"javascript:alert(1)", "href=\"#\""},
		{"data:text/html,x", "href=\"#\""},
		{"https://example.org/a", "href=\"https://example.org/a\""},
		{"a\"b.md", "href=\"/base/a&quot;b.md\""},
		{"/abs", "href=\"/base/abs\""}};
	struct request request;
	struct answer a;
	struct error e;
	(void)state;
	assert_int_equal(request_read(&request, no_environment, NULL, &languages[0], &e), 0);
	strcpy(request.q, "\"><script>'");
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct buf out = buf_new(1000000);
		make_answer(&a, "p.md", urls[i][0]);
		const struct site site = {
			.base = "/base/", .url = "", .report = "", .stylesheet = ""};
		render_html(&out, &request, &a.result, &site);
		assert_null(strstr(out.s, "<script"));
		assert_non_null(strstr(out.s, "value=\"&quot;&gt;&lt;script&gt;&#39;\""));
		assert_null(strchr(out.s, '\033'));
		if (!strstr(out.s, urls[i][1]))
			fail_msg("row %zu: no %s", i, urls[i][1]);
		assert_non_null(strstr(out.s, "<mark>&quot;match&quot;</mark>"));
		buf_free(&out);
	}
}

static void refusals_speak_both_languages(void **state)
{
	struct request request;
	struct error e;
	struct buf out = buf_new(1000000);
	(void)state;
	assert_int_equal(request_read(&request, no_environment, NULL, &languages[0], &e), 0);
	error_set(&e, STATUS_INPUT, MSG_BAD_UTF8, NULL);
	const struct site site = {.base = "", .url = "", .report = "", .stylesheet = ""};
	render_html_error(&out, &request, &e, &site);
	for (size_t l = 0; l < language_count; l++) {
		assert_non_null(strstr(out.s, language_message(&languages[l], MSG_BAD_UTF8)));
		assert_non_null(strstr(out.s, languages[l].locale));
	}
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(text_is_plain_or_coloured),
					   cmocka_unit_test(lines_keep_to_the_columns),
					   cmocka_unit_test(markdown_is_escaped),
					   cmocka_unit_test(json_keeps_the_contract),
					   cmocka_unit_test(html_is_escaped),
					   cmocka_unit_test(refusals_speak_both_languages)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

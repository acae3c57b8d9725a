/* test_tokens.c - phrases found by tokens are those that Xapian finds by its positions, after any
 * merging and any change; and damage to tokens is never read past. */
#include "t.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "columns.h"
#include "fixture.h"
#include "merge.h"
#include "tokens.h"

enum { FORMAT = 3, DOCUMENTS = 3000, VOCABULARY = 60, GAP = 16, QUERIES = 500 };

static uint32_t roll(uint64_t *dice, uint32_t n)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*dice >> 33) % n;
}

/* Few words are frequent; every fourth of them is a stop word. */
static uint32_t pick(uint64_t *dice)
{
	return roll(dice, 1 + roll(dice, VOCABULARY));
}

static bool is_stop(uint32_t word)
{
	return word % 4 == 1;
}

static size_t term_of(char *out, const char *prefix, uint32_t word)
{
	return (size_t)snprintf(out, 32, "%sw%u", prefix, word * word);
}

/* A passage as document.c makes one: a title, of which each word is a term twice, and paragraphs.
 * The number tells all of it. */
static struct xap_document *document(uint32_t number)
{
	struct error e;
	uint64_t dice = number * UINT64_C(2654435761) + 1;
	struct xap_document *d = xap_document_new(&e);
	assert_non_null(d);
	uint32_t position = 0, ordinal = 1, blocks = roll(&dice, 5);
	for (uint32_t b = 0; b <= blocks; b++) {
		for (uint32_t n = roll(&dice, b ? 25 : 6); n; n--) {
			char term[32];
			uint32_t word = pick(&dice), late = is_stop(word) ? 0 : ordinal;
			position++;
			for (int k = 0; k < (b ? 1 : 2); k++) {
				size_t length = term_of(term, k ? "T" : "", word);
				assert_int_equal(
					xap_document_word(d, term, length, position, late, 1, &e),
					0);
			}
			ordinal += !is_stop(word);
		}
		position += GAP;
		ordinal += GAP;
	}
	char name[16];
	int n = snprintf(name, sizeof name, "%u", number);
	assert_int_equal(xap_document_data(d, name, (size_t)n, &e), 0);
	return d;
}

static void put(struct xap_writer *w, uint32_t file, uint32_t from, uint32_t end)
{
	struct error e;
	char name[16];
	int length = snprintf(name, sizeof name, "U%u", file);
	assert_int_equal(xap_put_file(w, name, (size_t)length, NULL, 0, &e), 0);
	for (uint32_t i = from; i < end; i++) {
		struct xap_document *d = document(i);
		assert_int_equal(xap_add_to_file(w, name, (size_t)length, d, &e), 0);
		xap_document_free(d);
	}
}

/* What Xapian's writer makes of some documents. */
static struct xap *by_positions(const char *folder, const uint32_t *from, const uint32_t *end,
				size_t n)
{
	struct error e;
	char dir[700];
	snprintf(dir, sizeof dir, "%s/positions", folder);
	struct xap_writer *w = xap_writer_open(dir, FORMAT, false, &e);
	assert_non_null(w);
	for (size_t i = 0; i < n; i++)
		put(w, (uint32_t)i, from[i], end[i]);
	assert_int_equal(xap_commit(w, &e), 0);
	xap_writer_close(w);
	struct xap *x = xap_open(dir, FORMAT, &e);
	assert_non_null(x);
	return x;
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	return (a > b) - (a < b);
}

/* The documents found, by what they hold. */
static size_t ask(struct xap *x, const struct xap_query *query, uint32_t found[DOCUMENTS])
{
	struct xap_request request = {.query = query,
				      .limit = DOCUMENTS,
				      .collapse_slot = XAP_NO_SLOT,
				      .order_slot = XAP_NO_SLOT};
	struct xap_result r;
	struct error e;
	assert_int_equal(xap_search(x, &request, &r, &e), 0);
	size_t n = r.n_hits;
	assert_int_equal(r.total, n);
	for (size_t i = 0; i < n; i++)
		found[i] = (uint32_t)strtoul(r.hits[i].data, NULL, 10);
	xap_result_free(&r);
	qsort(found, n, sizeof *found, by_number);
	return n;
}

/* Phrases that are there: words of a document in a row, with or without its stop words, as
 * compile.c would ask; and ones made up. */
static size_t a_phrase(uint64_t *dice, uint32_t *words, const char **prefix)
{
	size_t n = 2 + roll(dice, 3);
	*prefix = roll(dice, 4) ? "" : "T";
	bool content = roll(dice, 2);
	for (size_t i = 0; i < n; i++) {
		do
			words[i] = pick(dice);
		while (content && is_stop(words[i]));
	}
	return n;
}

static void same_answers(struct xap *a, struct xap *b)
{
	static uint32_t found[2][DOCUMENTS];
	uint64_t dice = 7;
	size_t some = 0;
	for (size_t q = 0; q < QUERIES; q++) {
		char terms[4][2][32];
		uint32_t words[4];
		const char *prefix;
		struct xap_query leaves[4][2], slots[4];
		const struct xap_query *either[4][2], *children[4];
		size_t n = a_phrase(&dice, words, &prefix);
		for (size_t i = 0; i < n; i++) {
			for (uint32_t k = 0; k < 2; k++) {
				size_t length = term_of(terms[i][k], prefix, words[i] + 4 * k);
				leaves[i][k] = (struct xap_query){
					.op = XAP_TERM, .term = terms[i][k], .term_n = length};
				either[i][k] = &leaves[i][k];
			}
			slots[i] = (struct xap_query){
				.op = XAP_OR, .children = either[i], .n = 1 + roll(&dice, 2)};
			if (roll(&dice, 9) == 0)
				slots[i] = (struct xap_query){.op = XAP_PREFIX,
							      .term = terms[i][0],
							      .term_n = 2,
							      .window = 50};
			children[i] = roll(&dice, 2) ? &leaves[i][0] : &slots[i];
		}
		const struct xap_query query = {.op = XAP_PHRASE, .children = children, .n = n};
		size_t n_a = ask(a, &query, found[0]), n_b = ask(b, &query, found[1]);
		if (n_a != n_b || memcmp(found[0], found[1], n_a * sizeof **found) != 0)
			fail_msg("phrase %zu (%zu words): %zu and %zu documents", q, n, n_a, n_b);
		some += n_a > 0;
	}
	assert_true(some > QUERIES / 4);
}

/* A file of an index from databases. */
static struct xap *finish(const char *folder, const char *file, const char *const *dirs, size_t n,
			  const char *old)
{
	struct error e;
	const struct xap_columns columns = {
		.pair_slot = 0, .dirs = dirs, .n_dirs = n, .old = old, .scratch = folder};
	if (merge(dirs, n, folder, file, &e) != 0)
		fail_msg("%d %s", (int)e.what, e.detail);
	assert_null(xap_open(file, FORMAT, &e)); /* not without its tokens */
	assert_int_equal(e.status, STATUS_CORRUPT);
	if (xap_put_columns(file, &columns, &e) != 0)
		fail_msg("%d %s", (int)e.what, e.detail);
	struct xap *x = xap_open(file, FORMAT, &e);
	assert_non_null(x);
	return x;
}

/* Files of documents: file i has those from `from` to before `end`. */
enum { FILES = 60 };
struct files {
	uint32_t from[FILES], end[FILES];
	size_t n;
};

static struct files all_files(void)
{
	struct files f = {.n = FILES};
	for (uint32_t i = 0; i < FILES; i++) {
		f.from[i] = i * (DOCUMENTS / FILES);
		f.end[i] = f.from[i] + (i == 9 ? 0 : DOCUMENTS / FILES);
	}
	return f;
}

/* With something now and then that takes memory, so that another database is begun. */
static void put_all(struct xap_writer *w, const struct files *files)
{
	static char ballast[1 << 19];
	struct error e;
	for (size_t i = 0; i < files->n; i++) {
		char name[32];
		put(w, (uint32_t)i, files->from[i], files->end[i]);
		snprintf(name, sizeof name, "note %zu", i);
		if (i % 5 == 0)
			assert_int_equal(xap_put_note(w, name, ballast, sizeof ballast, &e), 0);
	}
	assert_int_equal(xap_commit(w, &e), 0);
}

/* One part, and many. */
static void merged(void **state)
{
	static const size_t memory[] = {64 << 20, 2 << 20};
	struct files files = all_files();
	(void)state;
	for (size_t m = 0; m < COUNT(memory); m++) {
		struct fixture f;
		struct error e;
		char dir[700], file[700];
		size_t n;
		fixture_folder(&f);
		snprintf(dir, sizeof dir, "%s/bulk", f.folder);
		snprintf(file, sizeof file, "%s/file", f.folder);
		struct xap_writer *w = xap_writer_bulk(dir, FORMAT, memory[m], true, &e);
		assert_non_null(w);
		put_all(w, &files);
		const char *const *parts = xap_writer_parts(w, &n);
		assert_true(m ? n > 2 : n == 1);
		struct xap *x = finish(f.folder, file, parts, n, NULL);
		struct xap *y = by_positions(f.folder, files.from, files.end, files.n);
		same_answers(x, y);
		xap_close(x);
		xap_close(y);
		xap_writer_close(w);
		fixture_close(&f);
	}
}

/* Files are dropped, the first and the last among them, added and replaced, again and again. */
static void changed(void **state)
{
	struct fixture f;
	struct error e;
	struct files files = all_files();
	uint64_t dice = 3;
	char dir[700], file[2][700];
	size_t n;
	(void)state;
	fixture_folder(&f);
	snprintf(dir, sizeof dir, "%s/bulk", f.folder);
	snprintf(file[0], sizeof file[0], "%s/file.0", f.folder);
	snprintf(file[1], sizeof file[1], "%s/file.1", f.folder);
	struct xap_writer *w = xap_writer_bulk(dir, FORMAT, 2 << 20, true, &e);
	assert_non_null(w);
	put_all(w, &files);
	const char *const *parts = xap_writer_parts(w, &n);
	xap_close(finish(f.folder, file[0], parts, n, NULL));
	xap_writer_close(w);
	for (int round = 0; round < 6; round++) {
		const char *const dirs[] = {dir};
		snprintf(dir, sizeof dir, "%s/copy.%d", f.folder, round);
		assert_int_equal(xap_unpack(file[0], dir, &e), 0);
		w = xap_writer_open(dir, FORMAT, false, &e);
		assert_non_null(w);
		assert_int_equal(xap_writer_tokens(w, &e), 0);
		for (uint32_t i = 0; i < FILES; i++) {
			bool drop = round == 0	 ? i < 3
				    : round == 1 ? i > FILES - 4
						 : roll(&dice, 9) == 0;
			bool all_gone = round == 4, back = round == 5;
			if (!drop && !all_gone && !back)
				continue;
			files.from[i] = roll(&dice, DOCUMENTS - 60);
			files.end[i] = files.from[i] +
				       (all_gone || roll(&dice, 3) == 0 ? 0 : roll(&dice, 60));
			put(w, i, files.from[i], files.end[i]);
		}
		assert_int_equal(xap_commit(w, &e), 0);
		struct xap *x = finish(f.folder, file[1], dirs, 1, file[0]);
		struct xap *y = by_positions(f.folder, files.from, files.end, files.n);
		assert_int_equal(xap_document_count(x), xap_document_count(y));
		if (round != 4)
			same_answers(x, y);
		xap_close(x);
		xap_close(y);
		/* no more documents are taken */
		struct xap_document *d = document(1);
		assert_int_equal(xap_add_to_file(w, "U1", 2, d, &e), -1);
		xap_document_free(d);
		xap_writer_close(w);
		assert_int_equal(rename(file[1], file[0]), 0);
	}
	fixture_close(&f);
}

static int to_buf(void *data, const char *bytes, size_t n, struct error *e)
{
	struct buf *out = data;
	buf_add(out, bytes, n);
	return out->failed ? error_memory(e) : 0;
}

static int refuse(void *data, const char *bytes, size_t n, struct error *e)
{
	(void)data, (void)bytes, (void)n;
	return error_set(e, STATUS_IO, MSG_SYSTEM, "full");
}

/* A block of a few documents. */
static void block(struct buf *out)
{
	struct error e;
	struct tokens_pen *p = tokens_pen_new(to_buf, out, &e);
	assert_non_null(p);
	for (uint32_t i = 0; i < 50; i++) {
		assert_int_equal(tokens_document(p, &e), 0);
		for (uint32_t k = 0; k < i % 7 * 10; k++)
			assert_int_equal(tokens_put(p, k * i % 300, k % 3 == 0,
						    (enum token_place)(k % 5 == 0 ? k % 3 : 0), &e),
					 0);
	}
	for (uint32_t i = 0; i < 300; i++) {
		char term[16];
		int n = snprintf(term, sizeof term, "%04u", i);
		assert_int_equal(tokens_term(p, term, (size_t)n, 299 - i, 1 + i, &e), 0);
	}
	assert_int_equal(tokens_finish(p, &e), 0);
	tokens_pen_free(p);
}

/* All that can be asked of a block. */
static void ask_all(const char *bytes, size_t n)
{
	struct error e;
	struct tokens t;
	if (!tokens_read(&t, bytes, n))
		return;
	struct tokens_phrase *p = tokens_phrase_new(2, &e);
	assert_non_null(p);
	for (uint32_t i = 0; i < 400; i += 7) {
		char term[16];
		int length = snprintf(term, sizeof term, "%04u", i);
		uint32_t number = tokens_find(&t, term, (size_t)length);
		if (number != TOKENS_NONE)
			assert_int_equal(tokens_phrase_add(p, i % 2, number, &e), 0);
	}
	for (uint32_t d = 0; d < 60; d++)
		tokens_have(&t, p, d);
	tokens_phrase_free(p);
}

/* Under ASan: nothing outside of it is read, whatever its bytes are; nor when it is merged. */
static void damaged(void **state)
{
	struct fixture f;
	struct error e;
	char path[600], name[32];
	struct buf whole = buf_new(1 << 20), again = buf_new(1 << 20);
	uint64_t dice = 11;
	(void)state;
	fixture_folder(&f);
	block(&whole);
	ask_all(whole.s, whole.n);
	for (uint32_t round = 0; round < 3000; round++) {
		size_t n = round % 3 ? whole.n : whole.n - roll(&dice, 300);
		char *copy = malloc(n + 1);
		assert_non_null(copy);
		memcpy(copy, whole.s, n);
		for (uint32_t k = 0; k < 1 + round % 4; k++) {
			size_t at = roll(&dice, 2) ? n - 1 - roll(&dice, 110)
						   : roll(&dice, (uint32_t)n);
			copy[at] = (char)(roll(&dice, 3) ? roll(&dice, 256) : 0xFF);
		}
		ask_all(copy, n);
		if (round % 10 == 0) {
			snprintf(name, sizeof name, "block.%u", round);
			fixture_write(f.folder, name, copy, n);
			snprintf(path, sizeof path, "%s/block.%u", f.folder, round);
			const struct tokens_source source[] = {{path, 0, n, 0}, {path, 0, n, 50}};
			const uint64_t kept[] = {0x3F5, 0xFF00};
			buf_clear(&again);
			tokens_merge(source, 2, 100, round % 20 ? kept : NULL, f.folder, to_buf,
				     &again, &e);
			unlink(path);
		}
		free(copy);
	}
	fixture_write(f.folder, "block", whole.s, whole.n);
	snprintf(path, sizeof path, "%s/block", f.folder);
	const struct tokens_source source = {path, 0, whole.n, 0};
	assert_int_equal(tokens_merge(&source, 1, 50, NULL, f.folder, refuse, NULL, &e), -1);
	assert_int_equal(e.status, STATUS_IO);
	assert_int_equal(tokens_merge(&source, 1, 50, NULL, "/nowhere", to_buf, &again, &e), -1);
	assert_int_equal(e.status, STATUS_NOT_FOUND);
	buf_clear(&again);
	assert_int_equal(tokens_merge(&source, 1, 50, NULL, f.folder, to_buf, &again, &e), 0);
	assert_int_equal(again.n, whole.n);
	buf_free(&whole);
	buf_free(&again);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(merged), cmocka_unit_test(changed),
					   cmocka_unit_test(damaged)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

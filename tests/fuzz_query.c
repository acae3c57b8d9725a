/* fuzz_query.c - any bytes typed: the tree keeps its promises, and what is written reads the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Groups and the NOTs between them: no path is longer than this. */
enum { DEEPEST = 2 * QUERY_MAX_NESTING + 2 };

static void check(const struct query *q, enum query_kind parent, int depth)
{
	require(depth <= DEEPEST);
	bool group = q->kind == QUERY_AND || q->kind == QUERY_OR;
	require(!group || (q->n >= 2 && q->kind != parent));
	require(q->kind != QUERY_NOT || (q->n == 1 && parent != QUERY_NOT));
	require(q->kind != QUERY_NOTHING || depth == 1);
	require(group || q->kind == QUERY_NOT || q->n == 0);
	require(group || q->kind == QUERY_NOT || q->kind == QUERY_NOTHING || q->text.n > 0);
	for (size_t i = 0; i < q->n; i++)
		check(q->children[i], q->kind, depth + 1);
}

static struct buf written(const struct query *q, const struct language *l)
{
	struct buf b = buf_new(1 << 16);
	query_write(&b, q, l);
	require(!b.failed);
	return b;
}

static void check_again(const struct buf *first, const struct language *l)
{
	struct arena arena = {0};
	struct error e = {0};
	struct query *q = query_parse(&arena, first->s, first->n, NULL, &e);
	if (q) {
		struct buf second = written(q, l);
		require(second.n == first->n &&
			(second.n == 0 || memcmp(second.s, first->s, second.n) == 0));
		buf_free(&second);
	} else {
		/* the operators written out make it longer; no other ceiling can be met */
		require(e.status == STATUS_LIMIT && e.what == MSG_QUERY_CHARACTERS);
	}
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct error e = {0};
	struct query *q = query_parse(&arena, (const char *)data, size, NULL, &e);
	require(q || e.status == STATUS_LIMIT || e.status == STATUS_INPUT);
	if (q) {
		check(q, QUERY_NOTHING, 1);
		for (size_t i = 0; i < language_count; i++) {
			struct buf b = written(q, &languages[i]);
			check_again(&b, &languages[i]);
			buf_free(&b);
		}
	}
	arena_free(&arena);
	return 0;
}

#include "pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	MOST_CELLS = 2 * 1024 * 1024, /* of all alignments of two pages together */
	MOST_CLUES = 1024 * 1024,     /* read of a page, shared out among its passages */
	READ_CLUES = 512,	      /* read of a passage */
	KEPT_CLUES = 64,	      /* kept of a passage: the rarest */
	READ_BYTES = 4096,	      /* of a passage's text: the rest is not looked at */
};

/* Natural logarithms of how much likelier (positive) or less likely a thing is in passages that
 * are translations of each other; tuned with `make build/tests/measure_pair`. */
#define GAP	     -3.0 /* a passage that the other page does not have */
#define LEVEL	     -7.0 /* headings of another level */
#define IN_ORDER     4.0  /* the place is the same in two stretches of the same outline */
#define COGNATE	     24.0 /* all clues in common, rather than the share that chance gives */
#define CHANCE	     0.25 /* that share */
#define DOUBT	     6.0  /* weight of clues below which they say little */
#define LENGTH	     -2.0 /* a text e times as long */
#define LENGTH_SLACK 60	  /* bytes: short texts differ by more */
#define NEVER	     -1e9

/* A word, or the beginning of one, that stands in a passage and in both pages. The order of the
 * keys, rarest first, is the same for both pages. */
struct clue {
	uint64_t key; /* number of passages of both pages that have it, then its hash */
	uint32_t passage;
	float weight;
};

struct side {
	const struct passages *p;
	const struct language *language;
	int *to;	    /* PAIR_NONE, or the passage of the other side */
	struct clue *clues; /* by passage, then by key */
	size_t n;
	size_t *first; /* passage i has clues first[i] to first[i + 1] - 1 */
	float *weight; /* of all clues of a passage */
	int *free;     /* passages of a stretch that have no pair yet */
	size_t n_free;
};

static const struct language *language_in(const struct side *s, size_t i)
{
	return s->p->list[i].language ? s->p->list[i].language : s->language;
}

static bool can_pair(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct language *x = language_in(a, i), *y = language_in(b, j);
	return !x || x != y;
}

static void join(struct side *a, size_t i, struct side *b, size_t j)
{
	a->to[i] = (int)j;
	b->to[j] = (int)i;
}

/* --- pairs by id ------------------------------------------------------------ */

struct anchored {
	const char *anchor;
	size_t index;
};

static int by_anchor(const void *x, const void *y)
{
	const struct anchored *a = x, *b = y;
	int order = strcmp(a->anchor, b->anchor);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Only the author's own ids are trusted: two generated anchors that look alike may be chance. */
static struct anchored *list_anchors(const struct side *s, size_t *n)
{
	struct anchored *table = malloc((s->p->n + 1) * sizeof *table);
	*n = 0;
	for (size_t i = 0; table && i < s->p->n; i++) {
		if (s->p->list[i].anchor_explicit)
			table[(*n)++] = (struct anchored){s->p->list[i].anchor, i};
	}
	if (table)
		qsort(table, *n, sizeof *table, by_anchor);
	return table;
}

/* An id may be there more than once (a passage cut by a <div lang>): these pair in order. */
static int pair_by_id(struct side *a, struct side *b)
{
	size_t n, m;
	struct anchored *x = list_anchors(a, &n), *y = list_anchors(b, &m);
	for (size_t i = 0, j = 0; x && y && i < n && j < m;) {
		int order = strcmp(x[i].anchor, y[j].anchor);
		if (order == 0 && can_pair(a, x[i].index, b, y[j].index)) {
			join(a, x[i++].index, b, y[j++].index);
		} else if (order == 0) {
			/* two of one language: the one that is foreign to its page has no pair */
			bool foreign = language_in(a, x[i].index) != a->language;
			i += foreign;
			j += !foreign;
		} else {
			i += order < 0;
			j += order > 0;
		}
	}
	int result = x && y ? 0 : -1;
	free(x);
	free(y);
	return result;
}

/* --- clues ------------------------------------------------------------------ */

/* In order of their hashes, of 32 bits, those of one hash as they were: by eleven bits at a time
 * from the lowest. `spare` has room for as many. */
static void sort_by_hash(struct clue *list, struct clue *spare, size_t n)
{
	enum { BITS = 11, DIGITS = 1 << BITS };
	for (unsigned shift = 0; shift < 32; shift += BITS) {
		size_t at[DIGITS] = {0}, sum = 0;
		for (size_t i = 0; i < n; i++)
			at[list[i].key >> shift & (DIGITS - 1)]++;
		for (size_t d = 0; d < DIGITS; d++) {
			size_t count = at[d];
			at[d] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++)
			spare[at[list[i].key >> shift & (DIGITS - 1)]++] = list[i];
		memcpy(list, spare, n * sizeof *list);
	}
}

static bool is_same(const struct clue *a, const struct clue *b)
{
	return a->key == b->key && a->passage == b->passage;
}

static int by_passage(const void *x, const void *y)
{
	const struct clue *a = x, *b = y;
	if (a->passage != b->passage)
		return a->passage < b->passage ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

/* Adds the words of a text and their first four letters (Simard, Foster & Isabelle). */
static void read_clues(struct side *s, struct buf *folded, size_t passage, const char *text,
		       size_t n, size_t most, uint32_t seed)
{
	enum { PREFIX = 4 };
	if (n > READ_BYTES) {
		for (n = READ_BYTES; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	}
	buf_clear(folded);
	text_fold(folded, text, n);
	buf_putc(folded, ' ');
	uint32_t hash = seed, c;
	size_t letters = 0, end = s->n + most;
	for (size_t i = 0; i < folded->n && s->n + 2 <= end;) {
		i += utf8_decode(folded->s + i, folded->n - i, &c);
		if (text_is_alphanumeric(c)) {
			hash = (hash ^ c) * 16777619; /* FNV-1a */
			if (++letters == PREFIX)
				s->clues[s->n++] = (struct clue){hash ^ 1, (uint32_t)passage, 0};
			continue;
		}
		if (letters > 1)
			s->clues[s->n++] = (struct clue){hash, (uint32_t)passage, 0};
		hash = seed;
		letters = 0;
	}
}

static int list_clues(struct side *s)
{
	size_t most = MOST_CLUES / (s->p->n + 1);
	if (most > READ_CLUES)
		most = READ_CLUES;
	struct buf folded = buf_new(64 * READ_BYTES);
	s->clues = malloc((2 * s->p->n * most + 1) * sizeof *s->clues);
	s->first = calloc(s->p->n + 2, sizeof *s->first);
	s->weight = calloc(s->p->n + 1, sizeof *s->weight);
	s->free = malloc((s->p->n + 1) * sizeof *s->free);
	if (!s->clues || !s->first || !s->weight || !s->free)
		return -1;
	for (size_t i = 0; i < s->p->n; i++) {
		const struct passage *p = &s->p->list[i];
		read_clues(s, &folded, i, p->heading, strlen(p->heading), most / 4, 2166136261u);
		read_clues(s, &folded, i, p->heading, strlen(p->heading), most / 4, 84696351u);
		read_clues(s, &folded, i, p->text, p->text_n, most, 84696351u);
	}
	bool starved = folded.starved;
	buf_free(&folded);
	if (starved)
		return -1;
	struct clue *spare = malloc((s->n + 1) * sizeof *spare);
	if (!spare)
		return -1;
	sort_by_hash(s->clues, spare, s->n); /* they were in order of passages */
	free(spare);
	size_t kept = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (kept == 0 || !is_same(&s->clues[kept - 1], &s->clues[i]))
			s->clues[kept++] = s->clues[i];
	}
	s->n = kept;
	return 0;
}

static size_t run(const struct side *s, size_t from)
{
	size_t n = 1;
	while (from + n < s->n && s->clues[from + n].key == s->clues[from].key)
		n++;
	return n;
}

static size_t keep_run(struct side *s, size_t kept, size_t from, size_t n, uint64_t both,
		       float weight)
{
	for (size_t i = 0; i < n; i++) {
		struct clue c = s->clues[from + i];
		s->clues[kept++] = (struct clue){both << 32 | c.key, c.passage, weight};
	}
	return kept;
}

/* Of two lists by hash keeps what is in both, and weighs it. */
static void weigh_clues(struct side *a, struct side *b)
{
	size_t kept_a = 0, kept_b = 0;
	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		size_t n = run(a, i), m = run(b, j);
		uint64_t x = a->clues[i].key, y = b->clues[j].key;
		if (x == y) {
			float weight = logf((float)(a->p->n + b->p->n + 1) / (float)(n + m));
			kept_a = keep_run(a, kept_a, i, n, n + m, weight);
			kept_b = keep_run(b, kept_b, j, m, n + m, weight);
		}
		i += x <= y ? n : 0;
		j += y <= x ? m : 0;
	}
	a->n = kept_a;
	b->n = kept_b;
}

static void index_clues(struct side *s)
{
	size_t kept = 0, at = 0;
	qsort(s->clues, s->n, sizeof *s->clues, by_passage);
	for (size_t i = 0; i < s->p->n; i++) {
		s->first[i] = kept;
		for (; at < s->n && s->clues[at].passage == i; at++) {
			if (kept - s->first[i] == KEPT_CLUES)
				continue;
			s->weight[i] += s->clues[at].weight;
			s->clues[kept++] = s->clues[at];
		}
	}
	s->first[s->p->n] = kept;
}

/* --- alignment -------------------------------------------------------------- */

static double common_weight(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct clue *x = a->clues + a->first[i], *x_end = a->clues + a->first[i + 1],
			  *y = b->clues + b->first[j], *y_end = b->clues + b->first[j + 1];
	double sum = 0;
	while (x < x_end && y < y_end) {
		uint64_t kx = x->key, ky = y->key;
		if (kx == ky)
			sum += x->weight;
		x += kx <= ky;
		y += ky <= kx;
	}
	return sum;
}

static double score(const struct side *a, size_t i, const struct side *b, size_t j)
{
	const struct passage *p = &a->p->list[i], *q = &b->p->list[j];
	if ((p->level == 0) != (q->level == 0) || !can_pair(a, i, b, j))
		return NEVER;
	double all = a->weight[i] + b->weight[j];
	double share = all > 0 ? 2 * common_weight(a, i, b, j) / all : 0;
	double ratio = log((double)(p->text_n + LENGTH_SLACK) / (double)(q->text_n + LENGTH_SLACK));
	return COGNATE * (share - CHANCE) * all / (all + DOUBT) + LENGTH * ratio * ratio +
	       (p->level != q->level ? LEVEL : 0);
}

static double log_sum(double x, double y)
{
	return x > y ? x + log1p(exp(y - x)) : y + log1p(exp(x - y));
}

/* sum[i][j]: all alignments of the first i of n passages with the first j of m (of the last ones,
 * backward). row: room for m + 1. Skipped passages of one side come before those of the other, so
 * that no alignment counts twice. */
static void sum_alignments(double *sum, double *row, const float *scores, size_t n, size_t m,
			   bool backward)
{
	for (size_t j = 0; j <= m; j++) {
		sum[j] = (double)j * GAP;
		row[j] = j ? NEVER : 0;
	}
	for (size_t i = 1; i <= n; i++) {
		double *now = sum + i * (m + 1), *before = now - (m + 1);
		now[0] = row[0] = (double)i * GAP;
		for (size_t j = 1; j <= m; j++) {
			float s = backward ? scores[(n - i) * m + m - j]
					   : scores[(i - 1) * m + j - 1];
			row[j] = log_sum(before[j - 1] + (double)s, row[j] + GAP);
			now[j] = log_sum(row[j], now[j - 1] + GAP);
		}
	}
}

/* Pairs what is paired in more than half of all alignments, each counted by its likelihood. Two
 * such pairs stand in one alignment together, so they cannot cross or share a passage. */
static int pair_likely(struct side *a, struct side *b, bool same)
{
	size_t n = a->n_free, m = b->n_free, cells = (n + 1) * (m + 1);
	float *scores = calloc(n * m, sizeof *scores);
	double *sums = malloc((2 * cells + m + 1) * sizeof *sums);
	if (scores && sums) {
		double *forward = sums, *backward = sums + cells, *row = sums + 2 * cells;
		for (size_t i = 0; i < n; i++) {
			for (size_t j = 0; j < m; j++)
				scores[i * m + j] = (float)(score(a, (size_t)a->free[i], b,
								  (size_t)b->free[j]) +
							    (same && i == j ? IN_ORDER : 0));
		}
		sum_alignments(forward, row, scores, n, m, false);
		sum_alignments(backward, row, scores, n, m, true);
		for (size_t i = 0; i < n; i++) {
			for (size_t j = 0; j < m; j++) {
				double likely = forward[i * (m + 1) + j] +
						(double)scores[i * m + j] +
						backward[(n - 1 - i) * (m + 1) + m - 1 - j] -
						forward[cells - 1];
				if (likely > log(0.5))
					join(a, (size_t)a->free[i], b, (size_t)b->free[j]);
			}
		}
	}
	int result = scores && sums ? 0 : -1;
	free(scores);
	free(sums);
	return result;
}

static void list_free(struct side *s, size_t from, size_t end)
{
	s->n_free = 0;
	for (size_t i = from; i < end; i++) {
		if (s->to[i] == PAIR_NONE)
			s->free[s->n_free++] = (int)i;
	}
}

static bool same_outline(const struct side *a, const struct side *b)
{
	for (size_t i = 0; a->n_free == b->n_free && i < a->n_free; i++) {
		if (a->p->list[a->free[i]].level != b->p->list[b->free[i]].level)
			return false;
	}
	return a->n_free == b->n_free;
}

/* Aligns what is still free of a stretch of a with that of a stretch of b. */
static int pair_stretch(struct side *a, size_t from_a, size_t end_a, struct side *b, size_t from_b,
			size_t end_b, size_t *cells)
{
	list_free(a, from_a, end_a);
	list_free(b, from_b, end_b);
	if (a->n_free == 0 || b->n_free == 0)
		return 0;
	bool same = same_outline(a, b);
	if (a->n_free <= *cells / b->n_free) {
		*cells -= a->n_free * b->n_free;
		return pair_likely(a, b, same);
	}
	for (size_t i = 0; same && i < a->n_free; i++) {
		if (can_pair(a, (size_t)a->free[i], b, (size_t)b->free[i]))
			join(a, (size_t)a->free[i], b, (size_t)b->free[i]);
	}
	return 0;
}

/* Marks in fence[] the passages of a that are the longest run of pairs with the same order in both
 * pages (patience sorting). */
static int mark_fences(const struct side *a, bool *fence)
{
	size_t n = a->p->n, length = 0;
	int *last = malloc((2 * n + 1) * sizeof *last), *before = last ? last + n : NULL;
	if (!last)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (a->to[i] == PAIR_NONE)
			continue;
		size_t low = 0, high = length;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if (a->to[last[middle]] < a->to[i])
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? last[low - 1] : PAIR_NONE;
		last[low] = (int)i;
		length += low == length;
	}
	for (int i = length ? last[length - 1] : PAIR_NONE; i != PAIR_NONE; i = before[i])
		fence[i] = true;
	free(last);
	return 0;
}

/* Aligns what stands between the fences, and behind the last. */
static int pair_between(struct side *a, struct side *b, const bool *fence)
{
	size_t from_a = 0, from_b = 0, cells = MOST_CELLS;
	for (size_t i = 0; i < a->p->n; i++) {
		if (!fence[i])
			continue;
		size_t to = (size_t)a->to[i];
		if (pair_stretch(a, from_a, i, b, from_b, to, &cells) != 0)
			return -1;
		from_a = i + 1;
		from_b = to + 1;
	}
	return pair_stretch(a, from_a, a->p->n, b, from_b, b->p->n, &cells);
}

static bool has_unpaired(const struct side *s)
{
	size_t i = 0;
	while (i < s->p->n && s->to[i] != PAIR_NONE)
		i++;
	return i < s->p->n;
}

/* Pairs by their likeness what has no id to be paired by. */
static int pair_by_likeness(struct side *x, struct side *y)
{
	int result = -1;
	bool *fence = calloc(x->p->n + 1, sizeof *fence);
	if (fence && mark_fences(x, fence) == 0 && list_clues(x) == 0 && list_clues(y) == 0) {
		weigh_clues(x, y);
		index_clues(x);
		index_clues(y);
		result = pair_between(x, y, fence);
	}
	free(fence);
	return result;
}

int pair_passages(const struct passages *a, const struct language *of_a, const struct passages *b,
		  const struct language *of_b, int *a_to_b, int *b_to_a)
{
	struct side x = {.p = a, .language = of_a, .to = a_to_b},
		    y = {.p = b, .language = of_b, .to = b_to_a};
	for (size_t i = 0; i < a->n; i++)
		a_to_b[i] = PAIR_NONE;
	for (size_t i = 0; i < b->n; i++)
		b_to_a[i] = PAIR_NONE;
	int result = pair_by_id(&x, &y);
	if (result == 0 && has_unpaired(&x) && has_unpaired(&y))
		result = pair_by_likeness(&x, &y);
	free(x.clues), free(x.first), free(x.weight), free(x.free);
	free(y.clues), free(y.first), free(y.weight), free(y.free);
	return result;
}

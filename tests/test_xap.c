/* test_xap.c - the shim: each test on a database of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xap.h"

enum { FORMAT = 7, PAIR = 0, DATE = 1, AREA = 2 };

/* Xapian 1.4.22 loses a weight when a match ends in an exception: not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:Xapian::BM25Weight::clone\n";
}

struct place {
	char root[64];
	char dir[96];  /* where the database is made */
	char file[96]; /* where it is compacted to */
};

static uint32_t term_count(struct xap *x, const char *term, size_t n)
{
	uint32_t count;
	struct error e;
	return xap_term_count(x, term, n, &count, &e) == 0 ? count : UINT32_MAX;
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	assert_non_null(p);
	strcpy(p->root, "/tmp/test_xap.XXXXXX");
	assert_non_null(mkdtemp(p->root));
	snprintf(p->dir, sizeof p->dir, "%s/db", p->root);
	snprintf(p->file, sizeof p->file, "%s/one", p->root);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", p->root);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* ---- helpers ------------------------------------------------------------------------------- */

static struct xap_writer *writer(const char *dir, bool sync)
{
	struct error e = {0};
	struct xap_writer *w = xap_writer_open(dir, FORMAT, sync, &e);
	if (!w)
		fail_msg("writer: %d %s", (int)e.status, e.detail);
	return w;
}

static struct xap *reader(const char *path)
{
	struct error e = {0};
	struct xap *x = xap_open(path, FORMAT, &e);
	if (!x)
		fail_msg("reader: %d %s", (int)e.status, e.detail);
	return x;
}

static void value(struct xap_document *d, unsigned slot, const char *text)
{
	struct error e;
	if (text)
		assert_int_equal(xap_document_value(d, slot, text, strlen(text), &e), 0);
}

/* A document of words parted by single spaces, at positions from 1. */
static struct xap_document *document(const char *words, const char *pair, const char *date,
				     const char *area)
{
	struct error e;
	struct xap_document *d = xap_document_new(&e);
	assert_non_null(d);
	uint32_t position = 1;
	for (const char *s = words; *s; position++) {
		size_t n = strcspn(s, " ");
		assert_int_equal(xap_document_posting(d, s, n, position, 1, &e), 0);
		s += n + (s[n] == ' ');
	}
	assert_int_equal(xap_document_data(d, words, strlen(words), &e), 0);
	value(d, PAIR, pair);
	value(d, DATE, date);
	value(d, AREA, area);
	return d;
}

static void put(struct xap_writer *w, const char *file, struct xap_document *d)
{
	struct error e = {0};
	struct xap_document *one[] = {d};
	assert_int_equal(xap_put_file(w, file, strlen(file), one, d ? 1 : 0, &e), 0);
	xap_document_free(d);
}

static void commit(struct xap_writer *w)
{
	struct error e = {0};
	assert_int_equal(xap_commit(w, &e), 0);
}

static const struct {
	const char *words, *pair, *date, *area;
} shelf[] = {
	{"loan of books", "p1", "2015", "loans"},	    /* 1 */
	{"loan period books books", "p1", "2016", "loans"}, /* 2: its twin */
	{"books of loan", "p2", "2014", "rooms"},	    /* 3 */
	{"room booking", NULL, "2020", "rooms"},	    /* 4 */
	{"books room", NULL, NULL, NULL},		    /* 5 */
};
enum { SHELF = sizeof shelf / sizeof shelf[0] };

static void fill(struct xap_writer *w)
{
	for (int i = 0; i < SHELF; i++) {
		char file[16];
		snprintf(file, sizeof file, "F%d", i + 1);
		put(w, file, document(shelf[i].words, shelf[i].pair, shelf[i].date, shelf[i].area));
	}
}

static struct xap *stocked(const char *dir)
{
	struct xap_writer *w = writer(dir, true);
	fill(w);
	commit(w);
	xap_writer_close(w);
	return reader(dir);
}

static struct xap_query term(const char *t)
{
	return (struct xap_query){.op = XAP_TERM, .term = t, .term_n = strlen(t)};
}

static struct xap_request request(const struct xap_query *q)
{
	return (struct xap_request){
		.query = q, .limit = 10, .collapse_slot = XAP_NO_SLOT, .order_slot = XAP_NO_SLOT};
}

/* The documents found, by number, in ascending order: "1 3". */
static void numbers(const struct xap_result *r, char *out, size_t cap)
{
	size_t n = 0;
	out[0] = '\0';
	for (uint32_t number = 1; number < 100; number++)
		for (size_t i = 0; i < r->n_hits; i++)
			if (r->hits[i].document == number)
				n += (size_t)snprintf(out + n, cap - n, "%s%u", n ? " " : "",
						      (unsigned)number);
}

static size_t total(struct xap *x, const char *word)
{
	struct error e = {0};
	struct xap_query q = term(word);
	struct xap_request ask = request(&q);
	struct xap_result r;
	if (xap_search(x, &ask, &r, &e))
		fail_msg("search: %d %s", (int)e.status, e.detail);
	size_t n = r.total;
	xap_result_free(&r);
	return n;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* ---- writing ------------------------------------------------------------------------------- */

static void test_bad_input(void **state)
{
	struct place *p = *state;
	char long_term[XAP_TERM_MAX + 1], nuls[200] = {0};
	memset(long_term, 'x', sizeof long_term);
	const struct {
		const char *term;
		size_t n;
		bool good;
	} rows[] = {
		{"", 0, false},	    {long_term, sizeof long_term, false},
		{nuls, 200, false}, {long_term, XAP_TERM_MAX, true},
		{nuls, 122, true},  {"\xff\xfe", 2, true},
	};
	struct xap_writer *w = writer(p->dir, true);
	struct xap_document *d = document("good", NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		int want = rows[i].good ? 0 : -1;
		assert_int_equal(xap_document_posting(d, rows[i].term, rows[i].n, 9, 1, &e), want);
		assert_int_equal(xap_document_term(d, rows[i].term, rows[i].n, 0, &e), want);
		assert_int_equal(xap_put_word(w, rows[i].term, rows[i].n, 1, &e), want);
		assert_int_equal(xap_put_file(w, rows[i].term, rows[i].n, NULL, 0, &e), want);
		assert_int_equal(e.status, rows[i].good ? STATUS_OK : STATUS_INPUT);
	}
	put(w, "F1", d);
	struct error e = {0};
	struct xap_document *two[] = {document("late", NULL, NULL, NULL)};
	assert_int_equal(xap_put_file(w, "", 0, two, 1, &e), -1);
	xap_document_free(two[0]);
	commit(w);
	xap_writer_close(w);
	struct xap *x = reader(p->dir);
	assert_int_equal(xap_document_count(x), 1);
	assert_int_equal(total(x, "good"), 1);
	assert_int_equal(total(x, "late"), 0);
	assert_int_equal(term_count(x, long_term, XAP_TERM_MAX), 1);
	assert_int_equal(term_count(x, nuls, 122), 1);
	assert_int_equal(term_count(x, long_term, sizeof long_term), 0);
	assert_int_equal(term_count(x, "", 0), 0);
	xap_close(x);
}

static void test_second_writer(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	/* volatile: the child, too, must still see it, or valgrind calls it lost there */
	struct xap_writer *volatile w = writer(p->dir, true);
	assert_null(xap_writer_open(p->dir, FORMAT, true, &e));
	assert_int_equal(e.status, STATUS_LOCKED);
	pid_t child = fork();
	if (!child) {
		struct error other = {0};
		struct xap_writer *second = xap_writer_open(p->dir, FORMAT, true, &other);
		_exit(!second && other.status == STATUS_LOCKED ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	xap_writer_close(w);
	xap_writer_close(writer(p->dir, true));
	xap_writer_close(NULL);
}

static void closing_loses(const char *dir, bool sync)
{
	struct xap_writer *w = writer(dir, sync);
	put(w, "F1", document("kept", NULL, NULL, NULL));
	commit(w);
	put(w, "F2", document("lost", NULL, NULL, NULL));
	put(w, "F1", NULL);
	xap_writer_close(w);
	struct xap *x = reader(dir);
	assert_int_equal(total(x, "kept"), 1);
	assert_int_equal(total(x, "lost"), 0);
	xap_close(x);
}

static void test_close_loses(void **state)
{
	struct place *p = *state;
	closing_loses(p->dir, true);
	closing_loses(p->file, false);
}

static void test_put_file(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap_writer *w = writer(p->dir, true);
	struct xap_document *two[] = {document("old", NULL, NULL, NULL),
				      document("old too", NULL, NULL, NULL)};
	assert_int_equal(xap_put_file(w, "F1", 2, two, 2, &e), 0);
	xap_document_free(two[0]);
	xap_document_free(two[1]);
	put(w, "F2", document("other", NULL, NULL, NULL));
	commit(w);
	struct xap *x = reader(p->dir);
	assert_int_equal(total(x, "old"), 2);
	assert_int_equal(term_count(x, "F1", 2), 2);
	xap_close(x);
	put(w, "F1", document("new", NULL, NULL, NULL));
	commit(w);
	x = reader(p->dir);
	assert_int_equal(total(x, "old"), 0);
	assert_int_equal(total(x, "new"), 1);
	assert_int_equal(total(x, "other"), 1);
	xap_close(x);
	struct xap_document *more = document("new again", NULL, NULL, NULL);
	assert_int_equal(xap_add_to_file(w, "F1", 2, more, &e), 0);
	xap_document_free(more);
	commit(w);
	x = reader(p->dir);
	assert_int_equal(total(x, "new"), 2);
	assert_int_equal(term_count(x, "F1", 2), 2);
	xap_close(x);
	put(w, "F1", NULL);
	put(w, "absent", NULL);
	commit(w);
	xap_writer_close(w);
	x = reader(p->dir);
	assert_int_equal(xap_document_count(x), 1);
	xap_close(x);
}

static void test_bulk(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap_writer *w = writer(p->dir, false);
	for (int i = 0; i < 2500; i++) {
		char file[16];
		snprintf(file, sizeof file, "F%d", i);
		put(w, file, document("many of them", NULL, NULL, NULL));
	}
	commit(w);
	xap_writer_close(w);
	assert_int_equal(xap_compact((const char *const[]){p->dir}, 1, p->file, &e), 0);
	struct xap *x = reader(p->file);
	assert_int_equal(total(x, "many"), 2500);
	xap_close(x);
}

/* ---- a moving, damaged or foreign database ------------------------------------------------- */

static void test_moving(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap_writer *w = writer(p->dir, true);
	for (int i = 0; i < 3000; i++) {
		char file[16];
		snprintf(file, sizeof file, "F%d", i);
		put(w, file, document("before", file, NULL, file));
	}
	commit(w);
	struct xap *x = reader(p->dir);
	char *first = xap_revision(x, &e);
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 3000; i++) {
			char file[16];
			snprintf(file, sizeof file, "F%d", i);
			put(w, file, document("after", file, NULL, file));
		}
		commit(w);
	}
	struct xap_query q = term("after");
	struct xap_request ask = request(&q);
	ask.collapse_slot = PAIR;
	ask.facet_slots[0] = AREA;
	ask.n_facets = 1;
	struct xap_result r;
	assert_int_equal(xap_search(x, &ask, &r, &e), 0);
	assert_int_equal(r.total, 3000);
	assert_int_equal(r.n_facets[0], 3000);
	xap_result_free(&r);
	char *second = xap_revision(x, &e);
	assert_string_not_equal(first, second);
	free(first);
	free(second);
	xap_close(x);
	xap_writer_close(w);
}

static void expect_open(const char *path, enum status status)
{
	struct error e = {0};
	assert_null(xap_open(path, FORMAT, &e));
	if (e.status != status)
		fail_msg("%s: status %d, not %d (%s)", path, (int)e.status, (int)status, e.detail);
}

static void expect_writer(const char *path, enum status status)
{
	struct error e = {0};
	assert_null(xap_writer_open(path, FORMAT, true, &e));
	if (e.status != status)
		fail_msg("%s: status %d, not %d (%s)", path, (int)e.status, (int)status, e.detail);
}

static void test_foreign(void **state)
{
	struct place *p = *state;
	char garbage[5000];
	for (size_t i = 0; i < sizeof garbage; i++)
		garbage[i] = (char)(i * 7919 >> 3);
	const struct {
		const char *bytes;
		size_t n;
	} files[] = {
		{"", 0},
		{garbage, sizeof garbage},
		{"# a comment only\n", 17},
		{"hello, world\n", 13},
		{"\n", 1},
		{"\x0f\x0dXapian Glass", 14},
		{"auto /nowhere/at/all\n", 21},
	};
	expect_open(p->dir, STATUS_NOT_FOUND);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		write_file(p->file, files[i].bytes, files[i].n);
		expect_open(p->file, STATUS_CORRUPT);
		expect_writer(p->file, STATUS_CORRUPT);
	}
	assert_int_equal(mkdir(p->dir, 0777), 0);
	expect_open(p->dir, STATUS_CORRUPT);
	char inside[128];
	snprintf(inside, sizeof inside, "%s/readme.txt", p->dir);
	write_file(inside, "junk", 4);
	expect_open(p->dir, STATUS_CORRUPT);
	expect_writer(p->dir, STATUS_CORRUPT);
}

static void test_overwritten(void **state)
{
	struct place *p = *state;
	char inside[128];
	xap_close(stocked(p->dir));
	snprintf(inside, sizeof inside, "%s/postlist.glass", p->dir);
	assert_int_equal(unlink(inside), 0);
	expect_open(p->dir, STATUS_CORRUPT);
	expect_writer(p->dir, STATUS_CORRUPT);
	snprintf(inside, sizeof inside, "%s/iamglass", p->dir);
	for (size_t n = 0; n <= 40; n += 20) {
		write_file(inside, "certainly not glass, certainly not glass, certainly", n);
		expect_open(p->dir, STATUS_CORRUPT);
		expect_writer(p->dir, STATUS_CORRUPT);
	}
}

/* Every call on a cut database returns; that it can say nothing but a known status is all we ask.
 */
static void use(struct xap *x)
{
	struct error e = {0};
	struct xap_result r;
	struct xap_query q = term("books");
	struct xap_request ask = request(&q);
	ask.collapse_slot = PAIR;
	ask.facet_slots[0] = AREA;
	ask.n_facets = 1;
	if (xap_search(x, &ask, &r, &e)) {
		assert_true(e.status == STATUS_CORRUPT || e.status == STATUS_IO);
		assert_null(r.hits);
	}
	xap_result_free(&r);
	free(xap_note(x, "when", &e));
	free(xap_suggest(x, "bokos", 5, &e));
	free(xap_revision(x, &e));
	term_count(x, "books", 5);
	xap_document_count(x);
}

static void test_truncated(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct stat st;
	struct xap_writer *w = writer(p->dir, true);
	for (int i = 0; i < 40; i++)
		fill(w);
	assert_int_equal(xap_put_word(w, "books", 5, 9, &e), 0);
	assert_int_equal(xap_put_note(w, "when", "now", 3, &e), 0);
	commit(w);
	xap_writer_close(w);
	assert_int_equal(xap_compact((const char *const[]){p->dir}, 1, p->file, &e), 0);
	assert_int_equal(stat(p->file, &st), 0);
	for (int eighth = 7; eighth >= 0; eighth--) {
		assert_int_equal(truncate(p->file, st.st_size * eighth / 8), 0);
		struct xap *x = xap_open(p->file, FORMAT, &e);
		if (x)
			use(x);
		else
			assert_int_equal(e.status, STATUS_CORRUPT);
		xap_close(x);
	}
}

static void test_format(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	xap_close(stocked(p->dir));
	assert_null(xap_open(p->dir, FORMAT + 1, &e));
	assert_int_equal(e.status, STATUS_FORMAT);
	e.status = STATUS_OK;
	assert_null(xap_writer_open(p->dir, FORMAT + 1, true, &e));
	assert_int_equal(e.status, STATUS_FORMAT);
	struct xap_writer *w = writer(p->dir, true);
	assert_int_equal(xap_put_note(w, "format", "8", 1, &e), -1);
	assert_int_equal(e.status, STATUS_INPUT);
	xap_writer_close(w);
}

static void test_compact(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	xap_close(stocked(p->dir));
	write_file(p->file, "mine", 4);
	assert_int_equal(xap_compact((const char *const[]){p->dir}, 1, p->file, &e), -1);
	assert_int_equal(e.status, STATUS_INPUT);
	struct stat st;
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(xap_compact((const char *const[]){p->root}, 1, p->file, &e),
			 -1); /* no database there */
	assert_int_equal(e.status, STATUS_CORRUPT);
	assert_int_equal(access(p->file, F_OK), -1);
	assert_int_equal(xap_compact((const char *const[]){p->dir}, 1, p->file, &e), 0);
	struct xap *x = reader(p->file);
	assert_int_equal(total(x, "books"), 4);
	xap_close(x);
	char stub[128], line[256];
	snprintf(stub, sizeof stub, "%s/stub", p->root);
	snprintf(line, sizeof line, "auto %s\nauto %s\n", p->file, p->dir);
	write_file(stub, line, strlen(line));
	x = reader(stub);
	assert_int_equal(total(x, "books"), 8);
	free(xap_revision(x, &e));
	xap_close(x);
}

/* What Xapian cannot open, it takes for missing: that is no smaller database, but an error. */
static void test_lost_table(void **state)
{
	struct place *p = *state;
	static const char *const tables[] = {"docdata", "termlist", "position", "spelling"};
	static const char *const words[] = {"books", "loans"};
	char dirs[2][128], name[160], away[170];
	struct error e = {0};
	for (int i = 0; i < 2; i++) {
		snprintf(dirs[i], sizeof dirs[i], "%s/%d", p->root, i);
		struct xap_writer *w = writer(dirs[i], true);
		fill(w);
		assert_int_equal(xap_put_word(w, words[i], 5, 9, &e), 0);
		commit(w);
		xap_writer_close(w);
	}
	const char *const both[] = {dirs[0], dirs[1]};
	for (size_t i = 0; i < 2 * sizeof tables / sizeof *tables; i++) {
		snprintf(name, sizeof name, "%s/%s.glass", dirs[i % 2], tables[i / 2]);
		snprintf(away, sizeof away, "%s.away", name);
		assert_int_equal(rename(name, away), 0);
		assert_int_equal(xap_compact(both, 2, p->file, &e), -1);
		assert_int_equal(e.status, STATUS_IO);
		assert_int_equal(e.what, MSG_XAP_LOST);
		assert_int_equal(access(p->file, F_OK), -1);
		assert_int_equal(rename(away, name), 0);
	}
	assert_int_equal(xap_compact(both, 2, p->file, &e), 0);
	struct xap *x = reader(p->file);
	uint32_t count;
	assert_int_equal(total(x, "books"), 8);
	assert_int_equal(xap_word_count(x, "loans", 5, &count, &e), 0);
	assert_int_equal(count, 9);
	xap_close(x);
}

static void test_empty(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	xap_writer_close(writer(p->dir, true));
	assert_int_equal(xap_compact((const char *const[]){p->dir}, 1, p->file, &e), 0);
	struct xap *x = reader(p->file);
	assert_int_equal(xap_document_count(x), 0);
	assert_int_equal(total(x, "books"), 0);
	xap_close(x);
}

/* ---- asking -------------------------------------------------------------------------------- */

#define KIDS(...)                                                                                  \
	.children = (const struct xap_query *const[]){__VA_ARGS__},                                \
	.n = sizeof((const struct xap_query *const[]){__VA_ARGS__}) / sizeof(struct xap_query *)

static void test_operators(void **state)
{
	struct place *p = *state;
	const struct xap_query books = term("books"), of = term("of"), loan = term("loan"),
			       room = term("room"), none = {.op = XAP_NOTHING},
			       all = {.op = XAP_ALL}, empty = term(""),
			       constant = {.op = XAP_CONSTANT, .scale = 3},
			       loan_or_room = {.op = XAP_OR, KIDS(&loan, &room)},
			       of_or_books = {.op = XAP_OR, KIDS(&of, &books)},
			       or_of_or = {.op = XAP_OR, KIDS(&loan_or_room, &of)},
			       or_none = {.op = XAP_OR, KIDS(&none, &of)},
			       or_nobody = {.op = XAP_OR},
			       and_of = {.op = XAP_AND, KIDS(&of, &loan)},
			       or_and = {.op = XAP_OR, KIDS(&and_of, &of)},
			       scaled = {.op = XAP_SCALE, .scale = 1, KIDS(&of)},
			       boo = {.op = XAP_PREFIX, .term = "boo", .term_n = 3, .window = 10},
			       boo_one = {.op = XAP_PREFIX,
					  .term = "boo",
					  .term_n = 3,
					  .window = 1},
			       boo_no = {.op = XAP_PREFIX, .term = "boo", .term_n = 3, .window = 0},
			       zoo = {.op = XAP_PREFIX, .term = "zoo", .term_n = 3, .window = 10};
	const struct {
		struct xap_query q;
		const char *want; /* NULL: refused */
	} rows[] = {
		{all, "1 2 3 4 5"},
		{none, ""},
		{books, "1 2 3 5"},
		{empty, NULL},
		{{.op = XAP_AND, KIDS(&books, &of)}, "1 3"},
		{{.op = XAP_AND, KIDS(&books, &none)}, ""},
		{{.op = XAP_AND}, ""},
		{{.op = XAP_OR, KIDS(&of, &room)}, "1 3 4 5"},
		{{.op = XAP_OR, KIDS(&none, &room)}, "4 5"},
		{{.op = XAP_AND_NOT, KIDS(&books, &of, &room)}, "2"},
		{{.op = XAP_AND_NOT, KIDS(&books, &none)}, "1 2 3 5"},
		{{.op = XAP_AND_NOT, KIDS(&all, &books)}, "4"},
		{{.op = XAP_AND_MAYBE, KIDS(&of, &loan, &room)}, "1 3"},
		{{.op = XAP_AND_MAYBE, KIDS(&none, &loan)}, ""},
		{{.op = XAP_FILTER, KIDS(&books, &loan, &of)}, "1 3"},
		{{.op = XAP_FILTER, KIDS(&all, &room)}, "4 5"},
		{{.op = XAP_SCALE, .scale = 2, KIDS(&of)}, "1 3"},
		{{.op = XAP_SCALE, .scale = -1, KIDS(&of)}, NULL},
		{{.op = XAP_SCALE, .scale = NAN, KIDS(&of)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&of, &books)}, "1"},
		{{.op = XAP_PHRASE, KIDS(&loan, &of, &books)}, "1"},
		{{.op = XAP_PHRASE, KIDS(&loan, &books)}, ""},
		{{.op = XAP_PHRASE, KIDS(&books, &books)}, "2"},
		{{.op = XAP_PHRASE, KIDS(&room)}, "4 5"},
		{{.op = XAP_PHRASE, KIDS(&room, &all)}, NULL},
		{{.op = XAP_PREFIX, .term = "boo", .term_n = 3, .window = 10}, "1 2 3 4 5"},
		{{.op = XAP_PREFIX, .term = "boo", .term_n = 3, .window = 1}, "1 2 3 5"},
		{{.op = XAP_PREFIX, .term = "boo", .term_n = 3, .window = 0}, ""},
		{{.op = XAP_PREFIX, .term = "zoo", .term_n = 3, .window = 5}, ""},
		{{.op = XAP_PREFIX, .term = "", .term_n = 0, .window = 5}, NULL},
		/* phrases of ORs and prefixes */
		{{.op = XAP_PHRASE, KIDS(&loan_or_room, &of)}, "1"},
		{{.op = XAP_PHRASE, KIDS(&of_or_books, &loan_or_room)}, "3 5"},
		{{.op = XAP_PHRASE, KIDS(&loan_or_room, &of_or_books, &of_or_books)}, "1"},
		{{.op = XAP_PHRASE, KIDS(&books, &loan_or_room)}, "5"},
		{{.op = XAP_PHRASE, KIDS(&or_of_or, &books)}, "1"},
		{{.op = XAP_PHRASE, KIDS(&or_none, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&or_nobody, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&and_of, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&or_and, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&scaled, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&constant, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&empty, &books)}, NULL},
		{{.op = XAP_PHRASE, KIDS(&room, &boo)}, "4"},
		{{.op = XAP_PHRASE, KIDS(&of, &boo)}, "1"},
		{{.op = XAP_PHRASE, KIDS(&boo, &loan_or_room)}, "5"},
		{{.op = XAP_PHRASE, KIDS(&boo, &boo)}, "2"},
		{{.op = XAP_PHRASE, KIDS(&room, &boo_one)}, ""},
		{{.op = XAP_PHRASE, KIDS(&room, &boo_no)}, ""},
		{{.op = XAP_PHRASE, KIDS(&room, &zoo)}, ""},
		{{.op = XAP_PHRASE, KIDS(&boo)}, "1 2 3 4 5"},
		{{.op = XAP_PHRASE, KIDS(&loan_or_room)}, "1 2 3 4 5"},
		/* a constant matches everything */
		{constant, "1 2 3 4 5"},
		{{.op = XAP_CONSTANT, .scale = 0}, "1 2 3 4 5"},
		{{.op = XAP_CONSTANT, .scale = -1}, NULL},
		{{.op = XAP_CONSTANT, .scale = NAN}, NULL},
		{{.op = XAP_CONSTANT, .scale = INFINITY}, NULL},
		{{.op = XAP_FILTER, KIDS(&constant, &of)}, "1 3"},
		{{.op = XAP_AND_NOT, KIDS(&constant, &books)}, "4"},
		{{.op = XAP_AND_MAYBE, KIDS(&of, &constant)}, "1 3"},
	};
	struct xap *x = stocked(p->dir);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		struct xap_request ask = request(&rows[i].q);
		struct xap_result r;
		char got[64];
		int failed = xap_search(x, &ask, &r, &e);
		numbers(&r, got, sizeof got);
		if (!!failed != !rows[i].want || (!failed && strcmp(got, rows[i].want)))
			fail_msg("row %zu: got %d \"%s\"", i, failed, got);
		assert_int_equal(e.status, failed ? STATUS_INPUT : STATUS_OK);
		assert_int_equal(r.total, r.n_hits);
		xap_result_free(&r);
	}
	xap_close(x);
}

static double weight(struct xap *x, struct xap_query q)
{
	struct error e;
	struct xap_request ask = request(&q);
	struct xap_result r;
	assert_int_equal(xap_search(x, &ask, &r, &e), 0);
	assert_true(r.n_hits > 0);
	double w = r.hits[0].weight;
	xap_result_free(&r);
	return w;
}

static void test_weights(void **state)
{
	struct place *p = *state;
	struct xap *x = stocked(p->dir);
	const struct xap_query of = term("of"), loan = term("loan"), all = {.op = XAP_ALL};
	double one = weight(x, of);
	assert_true(one > 0);
	assert_true(weight(x, all) <= 0);
	struct xap_query scaled = {.op = XAP_SCALE, .scale = 3, KIDS(&of)};
	assert_true(fabs(weight(x, scaled) - 3 * one) < 1e-9);
	struct xap_query filtered = {.op = XAP_FILTER, KIDS(&of, &loan)};
	assert_true(fabs(weight(x, filtered) - one) < 1e-9);
	struct xap_query maybe = {.op = XAP_AND_MAYBE, KIDS(&of, &loan)};
	assert_true(weight(x, maybe) > one);
	const struct xap_query five = {.op = XAP_CONSTANT, .scale = 5},
			       zero = {.op = XAP_CONSTANT, .scale = 0};
	assert_true(fabs(weight(x, five) - 5) < 1e-9);
	assert_true(fabs(weight(x, zero)) < 1e-9);
	struct xap_query constant_of = {.op = XAP_FILTER, KIDS(&five, &of)};
	assert_true(fabs(weight(x, constant_of) - 5) < 1e-9);
	struct xap_query bonus = {.op = XAP_AND_MAYBE, KIDS(&of, &five)};
	assert_true(fabs(weight(x, bonus) - one - 5) < 1e-9);
	struct xap_query half = {.op = XAP_SCALE, .scale = 0.5, KIDS(&five)};
	assert_true(fabs(weight(x, half) - 2.5) < 1e-9);
	xap_close(x);
}

static void test_deep(void **state)
{
	struct place *p = *state;
	struct xap *x = stocked(p->dir);
	static struct xap_query chain[100000];
	static const struct xap_query *next[100000];
	const size_t n = sizeof chain / sizeof chain[0];
	for (size_t i = 0; i + 1 < n; i++) {
		next[i] = &chain[i + 1];
		chain[i] = (struct xap_query){.op = XAP_AND, .children = &next[i], .n = 1};
	}
	chain[n - 1] = term("books");
	const struct {
		size_t depth;
		enum status want;
	} rows[] = {{1, STATUS_OK}, {64, STATUS_OK}, {65, STATUS_INPUT}, {n, STATUS_INPUT}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		struct xap_request ask = request(&chain[n - rows[i].depth]);
		struct xap_result r;
		xap_search(x, &ask, &r, &e);
		assert_int_equal(e.status, rows[i].want);
		xap_result_free(&r);
	}
	xap_close(x);
}

static void test_collapse(void **state)
{
	struct place *p = *state;
	struct xap *x = stocked(p->dir);
	const struct xap_query all = {.op = XAP_ALL};
	const struct {
		size_t offset, limit, hits;
	} rows[] = {{0, 10, 4}, {0, 0, 0},  {0, 1, 1},
		    {3, 10, 1}, {4, 10, 0}, {SIZE_MAX, SIZE_MAX, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		struct xap_request ask = request(&all);
		struct xap_result r;
		ask.offset = rows[i].offset;
		ask.limit = rows[i].limit;
		ask.collapse_slot = PAIR;
		assert_int_equal(xap_search(x, &ask, &r, &e), 0);
		assert_int_equal(r.n_hits, rows[i].hits);
		assert_int_equal(r.total, 4);
		xap_result_free(&r);
	}
	xap_close(x);
}

static void test_facets(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap *x = stocked(p->dir);
	const struct xap_query all = {.op = XAP_ALL};
	const struct {
		int collapse;
		const char *area[3];
		size_t count[3];
	} rows[] = {
		{XAP_NO_SLOT, {"loans", "rooms", ""}, {2, 2, 1}},
		{PAIR, {"rooms", "", "loans"}, {2, 1, 1}},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct xap_request ask = request(&all);
		struct xap_result r;
		ask.limit = 1;
		ask.collapse_slot = rows[i].collapse;
		ask.facet_slots[0] = AREA;
		ask.facet_slots[1] = 9; /* nobody has it */
		ask.n_facets = 2;
		assert_int_equal(xap_search(x, &ask, &r, &e), 0);
		assert_int_equal(r.n_facets[0], 3);
		for (size_t f = 0; f < r.n_facets[0]; f++) {
			assert_string_equal(r.facets[0][f].value, rows[i].area[f]);
			assert_int_equal(r.facets[0][f].count, rows[i].count[f]);
		}
		assert_int_equal(r.n_facets[1], 1);
		assert_string_equal(r.facets[1][0].value, "");
		assert_int_equal(r.facets[1][0].count, r.total);
		xap_result_free(&r);
	}
	struct xap_request ask = request(&all);
	struct xap_result r;
	ask.n_facets = XAP_FACETS + 1;
	assert_int_equal(xap_search(x, &ask, &r, &e), -1);
	assert_int_equal(e.status, STATUS_INPUT);
	xap_close(x);
}

static void test_sort(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap *x = stocked(p->dir);
	const struct xap_query all = {.op = XAP_ALL};
	static const uint32_t order[] = {5, 3, 1, 2, 4};
	struct xap_request ask = request(&all);
	struct xap_result r;
	ask.order_slot = DATE;
	ask.order_first = true;
	assert_int_equal(xap_search(x, &ask, &r, &e), 0);
	assert_int_equal(r.n_hits, SHELF);
	for (size_t i = 0; i < r.n_hits; i++) {
		assert_int_equal(r.hits[i].document, order[i]);
		assert_string_equal(r.hits[i].data, shelf[order[i] - 1].words);
		assert_int_equal(r.hits[i].data_n, strlen(r.hits[i].data));
	}
	xap_result_free(&r);
	xap_close(x);
}

/* ---- words and notes ----------------------------------------------------------------------- */

static void test_stem(void **state)
{
	(void)state;
	struct error e = {0};
	static const struct {
		const char *name, *word, *stem;
		size_t cap;
	} rows[] = {
		{"french", "plaintes", "plaint", 32},
		{"english", "libraries", "librari", 32},
		{"french", "", "", 32},
		{"french", "plaintes", "pla", 3},
		{"french", "\xff\xfe", "\xff\xfe", 8},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char out[32];
		struct xap_stemmer *s = xap_stemmer_open(rows[i].name, &e);
		assert_non_null(s);
		size_t n = xap_stem(s, rows[i].word, strlen(rows[i].word), out, rows[i].cap);
		assert_int_equal(n, strlen(rows[i].stem));
		assert_memory_equal(out, rows[i].stem, n);
		xap_stemmer_close(s);
	}
	static const char *const unknown[] = {"klingon", "", "none"};
	for (size_t i = 0; i < 3; i++) {
		e.status = STATUS_OK;
		assert_null(xap_stemmer_open(unknown[i], &e));
		assert_int_equal(e.status, STATUS_INPUT);
	}
	xap_stemmer_close(NULL);
}

static void expect_suggestion(struct xap *x, const char *word, const char *want)
{
	struct error e;
	char *got = xap_suggest(x, word, strlen(word), &e);
	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void test_suggest(void **state)
{
	struct place *p = *state;
	struct error e;
	struct xap *x = stocked(p->dir);
	expect_suggestion(x, "bibliotheqe", ""); /* an empty dictionary */
	xap_close(x);
	struct xap_writer *w = writer(p->dir, true);
	assert_int_equal(xap_put_word(w, "bibliotheque", 12, 40, &e), 0);
	commit(w);
	xap_writer_close(w);
	x = reader(p->dir);
	expect_suggestion(x, "bibliotheqe", "bibliotheque");
	expect_suggestion(x, "zzz", "");
	expect_suggestion(x, "", "");
	xap_close(x);
}

static void test_notes(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap_writer *w = writer(p->dir, true);
	assert_int_equal(xap_put_note(w, "root", "corpus", 6, &e), 0);
	assert_int_equal(xap_put_note(w, "", "x", 1, &e), -1);
	assert_int_equal(e.status, STATUS_INPUT);
	commit(w);
	xap_writer_close(w);
	struct xap *x = reader(p->dir);
	static const char *const rows[][2] = {{"root", "corpus"}, {"absent", ""}, {"format", "7"}};
	for (size_t i = 0; i < 3; i++) {
		char *note = xap_note(x, rows[i][0], &e);
		assert_non_null(note);
		assert_string_equal(note, rows[i][1]);
		free(note);
	}
	assert_null(xap_note(x, "", &e));
	xap_close(x);
}

/* ---- lists --------------------------------------------------------------------------------- */

/* "value:count value:count" */
static void put_list(const struct xap_list *list, char *out, size_t cap)
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < list->n; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%s:%zu", n ? " " : "",
				      list->list[i].value, list->list[i].count);
}

static void test_terms(void **state)
{
	struct place *p = *state;
	char long_prefix[400];
	memset(long_prefix, 'x', sizeof long_prefix);
	const struct {
		const char *prefix;
		size_t n, most;
		const char *want;
	} rows[] = {
		{"boo", 3, 10, "books:4 booking:1"},
		{"boo", 3, 2, "books:4 booking:1"},
		{"boo", 3, 1, "books:4"},
		{"boo", 3, 0, ""},
		{"books", 5, 10, "books:4"},
		{"bookss", 6, 10, ""},
		{"", 0, 4, "books:4 loan:3 of:2 room:2"}, /* most frequent, then by bytes */
		{"", 0, 100,
		 "books:4 loan:3 of:2 room:2 F1:1 F2:1 F3:1 F4:1 F5:1 booking:1 period:1"},
		{"boox", 3, SIZE_MAX, "books:4 booking:1"}, /* not a C string */
		{"zoo", 3, 10, ""},
		{long_prefix, sizeof long_prefix, 10, ""},
	};
	struct xap *x = stocked(p->dir);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		struct xap_list list;
		char got[512];
		assert_int_equal(xap_terms(x, rows[i].prefix, rows[i].n, rows[i].most, &list, &e),
				 0);
		put_list(&list, got, sizeof got);
		if (strcmp(got, rows[i].want))
			fail_msg("row %zu: \"%s\"", i, got);
		xap_list_free(&list);
		assert_int_equal(list.n, 0);
		xap_list_free(&list);
	}
	xap_close(x);
}

static void test_shared_values(void **state)
{
	struct place *p = *state;
	const struct xap_query books = term("books"), of = term("of"), room = term("room"),
			       period = term("period"), booking = term("booking"),
			       none = {.op = XAP_NOTHING}, all = {.op = XAP_ALL}, empty = term("");
	const struct {
		const struct xap_query *queries[3];
		size_t n;
		unsigned slot;
		size_t most;
		const char *want; /* NULL: refused */
	} rows[] = {
		{{&books}, 1, AREA, 10, "loans:0 rooms:0"},
		{{&of}, 1, AREA, 10, "loans:0 rooms:0"},
		{{&of, &booking}, 2, AREA, 10, "rooms:0"}, /* in two documents */
		{{&booking, &of}, 2, AREA, 10, "rooms:0"},
		{{&period, &of}, 2, AREA, 10, "loans:0"},
		{{&period, &booking}, 2, AREA, 10, ""},
		{{&period, &booking, &books}, 3, AREA, 10, ""},
		{{&of, &period, &books}, 3, PAIR, 10, "p1:0"},
		{{&of, &books}, 2, PAIR, 10, "p1:0 p2:0"},
		{{&of, &books}, 2, PAIR, 1, "p1:0"},
		{{&of, &books}, 2, PAIR, 0, ""},
		{{&all}, 1, DATE, 10, "2014:0 2015:0 2016:0 2020:0"},
		{{&room}, 1, PAIR, 10, ""}, /* neither has one */
		{{&all}, 1, 9, 10, ""},
		{{&of, &none}, 2, AREA, 10, ""},
		{{&none, &of}, 2, AREA, 10, ""},
		{{NULL}, 0, AREA, 10, ""},
		{{&empty}, 1, AREA, 10, NULL},
		{{&of, &empty}, 2, AREA, 10, NULL},
	};
	struct xap *x = stocked(p->dir);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		struct xap_list list = {NULL, 7};
		char got[512];
		int failed = xap_shared_values(x, rows[i].queries, rows[i].n, rows[i].slot,
					       rows[i].most, &list, &e);
		put_list(&list, got, sizeof got);
		if (!!failed != !rows[i].want || strcmp(got, failed ? "" : rows[i].want))
			fail_msg("row %zu: %d \"%s\"", i, failed, got);
		assert_int_equal(e.status, failed ? STATUS_INPUT : STATUS_OK);
		xap_list_free(&list);
	}
	xap_close(x);
}

struct scan {
	char seen[256];
	size_t n, most;
};

static bool scan_take(void *self, const char *data, size_t n)
{
	struct scan *s = self;
	assert_int_equal(data[n], '\0');
	size_t used = strlen(s->seen);
	snprintf(s->seen + used, sizeof s->seen - used, "[%s]", data);
	return ++s->n < s->most;
}

static void test_scan(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *term;
		size_t most;
		const char *want; /* NULL: refused */
		size_t calls;
	} rows[] = {
		{"of", 9, "[loan of books][books of loan]", 2},
		{"room", 9, "[room booking][books room]", 2},
		{"of", 2, "[loan of books][books of loan]", 2},
		{"of", 1, "[loan of books]", 1},
		{"books", 3, "[loan of books][loan period books books][books of loan]", 3},
		{"F4", 9, "[room booking]", 1},
		{"absent", 9, "", 0},
		{"", 9, NULL, 0},
	};
	struct xap *x = stocked(p->dir);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error e = {0};
		struct scan s = {.most = rows[i].most};
		int failed = xap_scan(x, rows[i].term, strlen(rows[i].term), scan_take, &s, &e);
		if (!!failed != !rows[i].want || strcmp(s.seen, failed ? "" : rows[i].want))
			fail_msg("row %zu: %d \"%s\"", i, failed, s.seen);
		assert_int_equal(s.n, rows[i].calls);
		assert_int_equal(e.status, failed ? STATUS_INPUT : STATUS_OK);
	}
	xap_close(x);
}

static void put_many(struct xap_writer *w, const char *words)
{
	for (int i = 0; i < 3000; i++) {
		char file[16];
		snprintf(file, sizeof file, "F%d", i);
		put(w, file, document(words, file, NULL, words));
	}
	commit(w);
}

/* These, too, are read again when the database has moved under them. */
static void test_lists_move(void **state)
{
	struct place *p = *state;
	struct error e = {0};
	struct xap_list list;
	struct scan s = {.most = 2};
	struct xap_writer *w = writer(p->dir, true);
	put_many(w, "before");
	struct xap *x = reader(p->dir), *y = reader(p->dir);
	for (int round = 0; round < 4; round++)
		put_many(w, "after");
	assert_int_equal(xap_terms(x, "af", 2, 10, &list, &e), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.list[0].value, "after");
	assert_int_equal(list.list[0].count, 3000);
	xap_list_free(&list);
	assert_int_equal(xap_scan(y, "after", 5, scan_take, &s, &e), 0);
	assert_string_equal(s.seen, "[after][after]");
	xap_writer_close(w);
	xap_close(x);
	xap_close(y);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bad_input),	  TEST(test_second_writer),
		TEST(test_close_loses),	  TEST(test_put_file),
		TEST(test_bulk),	  TEST(test_moving),
		TEST(test_foreign),	  TEST(test_overwritten),
		TEST(test_truncated),	  TEST(test_format),
		TEST(test_compact),	  TEST(test_lost_table),
		TEST(test_empty),	  TEST(test_operators),
		TEST(test_weights),	  TEST(test_deep),
		TEST(test_collapse),	  TEST(test_facets),
		TEST(test_sort),	  TEST(test_suggest),
		TEST(test_notes),	  TEST(test_terms),
		TEST(test_shared_values), TEST(test_scan),
		TEST(test_lists_move),	  cmocka_unit_test(test_stem),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

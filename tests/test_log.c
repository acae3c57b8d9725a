/* test_log.c - what is masked and what is not, lines there and back, days, and the file. */
#include "t.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

static const struct {
	const char *typed, *kept;
} masks[] = {
	/* what people look for stays */
	{"", ""},
	{"service à la clientèle", "service à la clientèle"},
	{"  \"good judgment\" -policy ", "\"good judgment\" -policy"},
	{"bibliothe* domaine:gestion", "bibliothe* domaine:gestion"},
	{"plan 2015-2016", "plan 2015-2016"},
	{"1998 2003 rapports", "1998 2003 rapports"},
	{"2015/16", "2015/16"},
	{"ISO 15489", "ISO 15489"},
	{"loi 101 article 58", "loi 101 article 58"},
	{"100 000 habitants", "100 000 habitants"},
	{"Dewey 025.431", "Dewey 025.431"},
	{"histoire 1914-1918", "histoire 1914-1918"},
	{"vue3 es2015 h1 h2 h3 h4 h5 h6", "vue3 es2015 h1 h2 h3 h4 h5 h6"},
	{"utf8 base64 sha256", "utf8 base64 sha256"},
	{"salaire @ 25 $", "salaire @ 25 $"},
	{"v-on @click", "v-on @click"},
	{"working at the desk", "working at the desk"},
	{"étudiant(a) 12", "étudiant(a) 12"},
	{"www.example.org", "www.example.org"},
	{"24/7 policy", "24/7 policy"},
	{"K1A", "K1A"},
	{"D1F 2G3 salle", "D1F 2G3 salle"},
	/* e-mail */
	{"jane.doe@example.org", "[@]"},
	{"courriel de jane.doe@exemple.ca svp", "courriel de [@] svp"},
	{"mailto:j@x", "[@]"},
	{"<jane@example.org>", "<[@]>"},
	{"a@b.ca, c@d.ca", "[@], [@]"},
	{"jane @ example.org", "[@]"},
	{"jane@", "[@]"},
	{"jane@ gmail", "[@] gmail"},
	{"jane (at) example.org", "[@]"},
	{"jane[AT]example.org", "[@]"},
	{"jane at example.org", "[@]"},
	{"jane arobase exemple.ca", "[@]"},
	{"jane%40example.org", "[@]"},
	{"jane.doe(at)example(dot)org", "[@]"},
	{"jane.doe [at] mail [dot] example [dot] org now", "[@] now"},
	{"jane.doe at example dot ca", "[@]"},
	{"jane arobase biblio point qc point ca merci", "[@] merci"},
	{"jane@example point ca", "[@]"},
	{"jane{@}example.org", "[@]"},
	{"working at the point of care", "working at the point of care"},
	{"look at the dot product", "look at the dot product"},
	{"at this point call", "at this point call"},
	{"arrive at school (point", "arrive at school (point"},
	{"jane\xEF\xBC\xA0"
	 "example.org",
	 "[@]"}, /* U+FF20 */
	{"ÉLISE.Côté@bibliothèque.ca", "[@]"},
	/* telephones, as written in North America, in French and abroad */
	{"4165550123", "[#]"},
	{"416-555-0123", "[#]"},
	{"(416) 555-0123", "[#]"},
	{"call +1 (416) 555-0123 now", "call [#] now"},
	{"1-800-555-0123", "[#]"},
	{"514 555-0123", "[#]"},
	{"514.555.0123", "[#]"},
	{"514\xC2\xA0"
	 "555\xE2\x80\x91"
	 "0123",
	 "[#]"}, /* no-break space and hyphen */
	{"514 555-0123, poste 234", "[#]"},
	{"514 555-0123 poste 45 bonjour", "[#] bonjour"},
	{"416 555 0123 ext. 7", "[#]"},
	{"416 555 0123 x12", "[#]"},
	{"416 555 0123 #5", "[#]"},
	{"555-0123", "[#]"},
	{"06 12 34 56 78", "[#]"},
	{"+33 6 12 34 56 78", "[#]"},
	{"tél. : 418 555 0123", "tél. : [#]"},
	{"\xEF\xBC\x94\xEF\xBC\x91\xEF\xBC\x96 555 0123", "[#]"},    /* full-width digits */
	{"\xD9\xA4\xD9\xA1\xD9\xA6\xD9\xA5\xD9\xA5\xD9\xA5", "[#]"}, /* Arabic digits */
	/* cards, social insurance, driving licences, health insurance, dates of birth, addresses */
	{"carte 23456 00123 4567", "carte [#]"},
	{"2 1234 56789 0123", "[#]"},
	{"D1234567", "[#]"},
	{"AB123456 passport", "[#] passport"},
	{"123 456 789", "[#]"},
	{"NAS 123-456-789", "NAS [#]"},
	{"4111 1111 1111 1111", "[#]"},
	{"A1234-56789-01234", "[#]"},
	{"TREM 5512 1234", "[#]"},
	{"trem55121234", "[#]"},
	{"TREM 5512 1234 01", "[#]"},
	{"call (416) 555-0123", "call [#]"},
	{"born 1980-02-29", "born [#]"},
	{"born 1/2/1980", "born [#]"},
	{"née le 29/02/80", "née le [#]"},
	{"80-02-29", "[#]"},
	{"1980.2.9", "[#]"},
	{"28/2", "28/2"},
	{"2023-05", "2023-05"},
	{"9/11/", "9/11/"},
	{"3.4.21", "3.4.21"},
	{"24/7/365", "24/7/365"},
	{"12-18/24", "12-18/24"},
	{"1/12/18", "1/12/18"},
	{"1//2/1980", "1//2/1980"},
	{"2015 2016 2017", "[#]"},
	{"192.168.100.200", "[#]"},
	{"123456", "[#]"},
	{"12345", "12345"},
	{"1 2 3 4 5 6 7", "[#]"},
	{"1..2..3..4..5..6..7", "[#]"},
	{"1 and 2 and 3 and 4 and 5 and 6 and 7", "1 and 2 and 3 and 4 and 5 and 6 and 7"},
	/* postal codes */
	{"K1A 0B6", "[#]"},
	{"k1a0b6", "[#]"},
	{"H2X-1Y4 Montréal", "[#] Montréal"},
	{"biblio M5V 3L9", "biblio [#]"},
	{"XK1A 0B6", "XK1A 0B6"},
	/* both kinds */
	{"jane.doe@example.org 416-555-0123", "[@] [#]"},
	{"jane416555@example.org", "[@]"},
	/* what breaks a line, or turns it */
	{"a\tb\nc\rd", "a b c d"},
	{"\x1B[31mred", "[31mred"},
	{"a\xE2\x80\xAE"
	 "b\xE2\x80\xA8"
	 "c",
	 "a b c"},
	{"\xC2\x9B"
	 "31m",
	 "31m"},
	{"\t\n", ""},
	{"\xFF", "\xEF\xBF\xBD"},
};

static void questions_are_masked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++) {
		struct buf out = buf_new(LOG_LINE_MAX);
		buf_puts(&out, "");
		log_mask(&out, span_of(masks[i].typed));
		assert_false(out.failed);
		same(i, masks[i].kept, out.s);
		buf_free(&out);
	}
}

/* Masking what was masked changes nothing. */
static void masking_is_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++) {
		struct buf out = buf_new(LOG_LINE_MAX);
		buf_puts(&out, "");
		log_mask(&out, span_of(masks[i].kept));
		same(i, masks[i].kept, out.s);
		buf_free(&out);
	}
}

/* A number is masked with any one of these between its groups, wherever they are cut. */
static void any_sign_between(void **state)
{
	static const char *const signs[] = {"",
					    " ",
					    ".",
					    "-",
					    "/",
					    "_",
					    ",",
					    " - ",
					    ") ",
					    "\xC2\xA0",
					    "\xE2\x80\x93",
					    "\xC2\xB7",
					    "*",
					    "~",
					    ":",
					    "\xE2\x80\x8B"};
	static const char digits[] = "23456001234567";
	(void)state;
	for (size_t k = 0; k < COUNT(signs); k++) {
		for (size_t cut = 1; cut + 1 < sizeof digits; cut++) {
			char typed[64];
			struct buf out = buf_new(LOG_LINE_MAX);
			snprintf(typed, sizeof typed, "%.*s%s%s", (int)cut, digits, signs[k],
				 digits + cut);
			log_mask(&out, span_of(typed));
			same(k * 100 + cut, "[#]", out.s);
			buf_free(&out);
		}
	}
}

static const struct {
	struct log_entry entry;
	const char *typed, *line;
} lines[] = {
	{{"2026-11-25", &languages[1], 0, 3, LOG_ALL, {0}},
	 "désherbage",
	 "2026-11-25\tfr\t0\t3\tall\tdésherbage\n"},
	{{"2026-01-01", &languages[0], 12, 0, LOG_SOME, {0}},
	 "a\tb",
	 "2026-01-01\ten\t12\t0\tsome\ta b\n"},
	{{"2026-01-01", &languages[0], 0, 0, LOG_CORRECTED, {0}},
	 "j@x.ca",
	 "2026-01-01\ten\t0\t0\tcorrected\t[@]\n"},
	{{"2026-01-01", &languages[0], (size_t)-1, 0, LOG_ALL, {0}},
	 "x",
	 "2026-01-01\ten\t1073741824\t0\tall\tx\n"},
	{{"2026-01-01", &languages[0], 0, 0, LOG_ALL, {0}}, " \t ", ""},
};

static void lines_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct buf out = buf_new(LOG_LINE_MAX);
		struct log_entry entry = lines[i].entry, again;
		entry.typed = span_of(lines[i].typed);
		buf_puts(&out, "");
		log_put_line(&out, &entry);
		same(i, lines[i].line, out.s);
		if (out.n) {
			assert_true(log_read_line((struct span){out.s, out.n - 1}, &again));
			assert_string_equal(again.day, entry.day);
			assert_ptr_equal(again.language, entry.language);
			assert_int_equal(again.other, entry.other);
			assert_int_equal(again.how, entry.how);
		}
		buf_free(&out);
	}
}

/* The longest question there is fits a line. */
static void the_longest_line(void **state)
{
	struct buf typed = buf_new(4096), out = buf_new(LOG_LINE_MAX);
	struct log_entry entry = lines[0].entry;
	(void)state;
	for (int i = 0; i < 2 * LOG_TYPED_MAX; i++)
		buf_puts(&typed, "\xF0\x9F\x93\x9A");
	entry.typed = (struct span){typed.s, typed.n};
	log_put_line(&out, &entry);
	assert_false(out.failed);
	assert_true(log_read_line((struct span){out.s, out.n - 1}, &entry));
	assert_int_equal(utf8_length(entry.typed.s, entry.typed.n), LOG_TYPED_MAX);
	buf_free(&typed);
	buf_free(&out);
}

static const char *const bad_lines[] = {
	"",
	"2026-11-25",
	"2026-11-25\tfr\t0\t3\tall",
	"2026-11-25\tfr\t0\t3\tall\t",
	"2026-02-29\tfr\t0\t3\tall\tx",
	"2026-11-25 10:00\tfr\t0\t3\tall\tx",
	"2026-11-25\tde\t0\t3\tall\tx",
	"2026-11-25\tfr_CA\t0\t3\tall\tx",
	"2026-11-25\tfr\t-1\t3\tall\tx",
	"2026-11-25\tfr\t0\t99999999999\tall\tx",
	"2026-11-25\tfr\t0\t3\tnone\tx",
	"2026-11-25\tfr\t0\t3\tall\tx\ty",
	"2026-11-25\tfr\t0\t3\tall\tx\x1B[31m",
	"2026-11-25\tfr\t0\t3\tall\tx\xE2\x80\xAEy",
	"2026-11-25\tfr\t0\t3\tall\tx\xFF",
	"2026-11-25\tfr\t0\t3\tall\tx\r",
	"=cmd\tfr\t0\t3\tall\tx",
};

static void bad_lines_are_refused(void **state)
{
	struct log_entry entry;
	(void)state;
	for (size_t i = 0; i < COUNT(bad_lines); i++) {
		if (log_read_line(span_of(bad_lines[i]), &entry))
			fail_msg("row %zu was read", i);
	}
	assert_false(log_read_line((struct span){"2026-11-25\tfr\t0\t3\tall\tx\0y", 25}, &entry));
}

static void days(void **state)
{
	static const struct {
		const char *day;
		long number;
	} rows[] = {{"1970-01-01", 0},	    {"1970-03-01", 59}, {"2000-02-29", 11016},
		    {"2026-11-25", 20782},  {"1969-12-31", -1}, {"2100-02-29", -1},
		    {"2026-13-01", -1},	    {"2026-00-10", -1}, {"2026-11-31", -1},
		    {"2026-11-00", -1},	    {"2026-1-01", -1},	{"20a6-11-01", -1},
		    {"9999-12-31", 2932896}};
	char day[LOG_DAY_SIZE];
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(log_day_number(span_of(rows[i].day)), rows[i].number);
		if (rows[i].number >= 0) {
			log_day_of(rows[i].number, day);
			assert_string_equal(day, rows[i].day);
		}
	}
	for (long n = 0; n <= 2932896; n++) {
		log_day_of(n, day);
		assert_int_equal(log_day_number(span_of(day)), n);
	}
	log_today(day);
	assert_true(log_day_number(span_of(day)) > 20000);
}

/* ---- the file ---- */

static char folder[] = "/tmp/trouvaille-log-XXXXXX";

static const char *in(const char *name)
{
	static char path[2][200];
	static int turn;
	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static size_t read_all(const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t n = fread(out, 1, size - 1, file);
	out[n] = '\0';
	fclose(file);
	return n;
}

static void appending(void **state)
{
	char text[64], name[200];
	struct stat st;
	struct error e;
	(void)state;
	snprintf(name, sizeof name, "%s", in("a"));
	struct log_file f = {.path = name}, g = {.path = name};
	mode_t mask = umask(0);
	assert_int_equal(log_open(&f, &e), 0);
	umask(mask);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(fcntl(f.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(log_open(&g, &e), 0);
	assert_int_equal(log_append(&f, span_of("one\n"), &e), 0);
	assert_int_equal(log_append(&g, span_of("two\n"), &e), 0);
	assert_int_equal(log_append(&f, span_of("three\n"), &e), 0);
	read_all(name, text, sizeof text);
	assert_string_equal(text, "one\ntwo\nthree\n");
	/* put away by logrotate: what is open writes there, and is stale */
	assert_false(log_is_stale(&f));
	assert_int_equal(rename(name, in("a.1")), 0);
	assert_true(log_is_stale(&f));
	assert_int_equal(log_append(&f, span_of("four\n"), &e), 0);
	assert_int_equal(log_open(&f, &e), 0);
	assert_false(log_is_stale(&f));
	assert_true(log_is_stale(&g));
	assert_int_equal(log_append(&f, span_of("five\n"), &e), 0);
	read_all(name, text, sizeof text);
	assert_string_equal(text, "five\n");
	/* cut to nothing (copytruncate): the next line is the first */
	assert_int_equal(truncate(name, 0), 0);
	assert_int_equal(log_append(&f, span_of("six\n"), &e), 0);
	read_all(name, text, sizeof text);
	assert_string_equal(text, "six\n");
	log_close(&f);
	log_close(&g);
}

static void files_that_are_none(void **state)
{
	struct error e;
	(void)state;
	char name[200];
	snprintf(name, sizeof name, "%s", in("none"));
	struct log_file none = {.path = NULL}, empty = {.path = ""}, f = {.path = name};
	assert_int_equal(log_open(&none, &e), 0);
	assert_int_equal(log_append(&none, span_of("x\n"), &e), 0);
	assert_false(log_is_stale(&none));
	assert_int_equal(log_open(&empty, &e), 0);
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_int_equal(log_open(&f, &e), -1); /* and does not wait for a reader */
	int reader = open(name, O_RDONLY | O_NONBLOCK);
	assert_int_equal(log_open(&f, &e), -1);
	assert_int_equal(e.what, MSG_LOG_KIND);
	close(reader);
	unlink(name);
	assert_int_equal(symlink("/tmp/trouvaille-log-elsewhere", name), 0);
	assert_int_equal(log_open(&f, &e), -1);
	assert_int_equal(e.what, MSG_LOG_CLOSED);
	assert_int_equal(access("/tmp/trouvaille-log-elsewhere", F_OK), -1);
	unlink(name);
	assert_int_equal(mkdir(name, 0700), 0);
	assert_int_equal(log_open(&f, &e), -1);
	/* asked again when some time has passed, not before */
	assert_false(log_is_stale(&f));
	f.since -= LOG_PATIENCE;
	assert_true(log_is_stale(&f));
	assert_int_equal(log_append(&f, span_of("x\n"), &e), 0);
	rmdir(name);
	/* a file that is as large as it may be */
	assert_int_equal(log_open(&f, &e), 0);
	assert_int_equal(truncate(name, LOG_FILE_MAX - 2), 0);
	assert_int_equal(log_append(&f, span_of("x\n"), &e), 0);
	assert_int_equal(log_append(&f, span_of("x\n"), &e), -1);
	assert_int_equal(e.status, STATUS_LIMIT);
	log_close(&f);
}

static void full_disk(void **state)
{
	struct error e;
	struct log_file f = {.path = "/dev/full", .open = true};
	(void)state;
	f.fd = open("/dev/full", O_WRONLY);
	assert_true(f.fd >= 0);
	assert_int_equal(log_append(&f, span_of("x\n"), &e), -1);
	assert_int_equal(e.what, MSG_LOG_CLOSED);
	log_close(&f);
}

/* Many processes at once: no line parts another. */
static void many_writers(void **state)
{
	enum { WRITERS = 8, LINES = 500 };
	struct error e;
	char name[200], line[256];
	(void)state;
	snprintf(name, sizeof name, "%s", in("many"));
	for (int w = 0; w < WRITERS; w++) {
		pid_t pid = fork();
		if (pid != 0)
			continue;
		struct log_file f = {.path = name};
		struct buf text = buf_new(LOG_LINE_MAX);
		struct log_entry entry = {"2026-11-25", &languages[0], 1, 0, LOG_ALL, {0}};
		memset(line, 'a' + w, 150);
		line[150] = '\0';
		entry.typed = span_of(line);
		log_put_line(&text, &entry);
		int status = log_open(&f, &e);
		for (int i = 0; i < LINES && status == 0; i++)
			status = log_append(&f, (struct span){text.s, text.n}, &e);
		_exit(status != 0);
	}
	for (int w = 0, status; w < WRITERS; w++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	FILE *file = fopen(name, "r");
	assert_non_null(file);
	size_t n = 0;
	while (fgets(line, sizeof line, file)) {
		struct log_entry entry;
		assert_true(log_read_line((struct span){line, strlen(line) - 1}, &entry));
		for (size_t i = 0; i < entry.typed.n; i++)
			assert_int_equal(entry.typed.s[i], entry.typed.s[0]);
		n++;
	}
	fclose(file);
	assert_int_equal(n, WRITERS * LINES);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(in("a"));
	unlink(in("a.1"));
	unlink(in("none"));
	unlink(in("many"));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_masked),
		cmocka_unit_test(masking_is_once),
		cmocka_unit_test(any_sign_between),
		cmocka_unit_test(lines_there_and_back),
		cmocka_unit_test(the_longest_line),
		cmocka_unit_test(bad_lines_are_refused),
		cmocka_unit_test(days),
		cmocka_unit_test(appending),
		cmocka_unit_test(files_that_are_none),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(many_writers),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

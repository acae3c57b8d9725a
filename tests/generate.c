/* generate SITES OUT MEGABYTES FILES SEED     a bilingual tree of about that size
 * generate change OUT PERCENT SEED            a sentence more in some of its files
 *
 * Recombines the sections and paragraphs of the real pages of SITES (../shared/corpora) below
 * OUT/en and OUT/fr: headings, code, tables and front matter as people write them, seven pages in
 * ten with a translation made of the translations of the same paragraphs. Recombined text has no
 * new words, real text has (Heaps): made-up names come in, ever more slowly. The same seed gives
 * the same bytes. */
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

enum { EN, FR, SIDES };
enum { PAIRED, ONLY_EN, ONLY_FR, DECKS };
enum {
	MAX_FILE = 16 * 1024 * 1024,
	FOLDER_FILES = 200,	/* pages of a folder */
	PAIRS = 70,		/* of a hundred pages so many have a translation, */
	ENGLISH = 20,		/* so many are in English only, and the rest in French only */
	WITH_FRONT_MATTER = 67, /* of a hundred pages */
	KEPT = 75,		/* of a hundred paragraphs of a section that is drawn */
	NAMED = 60,		/* of a hundred paragraphs, those that get a made-up name */
};

static const char *const codes[SIDES] = {"en", "fr"};
static const char *const topics[] = {"guide", "reference", "howto",    "policies",
				     "tools", "training",  "services", "news"};
static const char *const areas[][SIDES] = {
	{"Collections", "Collections"},	    {"Public service", "Services au public"},
	{"Management", "Gestion"},	    {"Technology", "Technologie"},
	{"Community", "Vie communautaire"}, {"Programming", "Animation"},
};
enum { TOPICS = sizeof topics / sizeof *topics, AREAS = sizeof areas / sizeof *areas };

static void fail(const char *what)
{
	fprintf(stderr, "generate: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *need(void *p)
{
	if (!p)
		fail("memory");
	return p;
}

/* ---- chance -------------------------------------------------------------------------------------
 */

/* xorshift64* (Vigna, 2016) */
struct chance {
	uint64_t state;
};

static struct chance chance_of(uint64_t seed)
{
	return (struct chance){text_hash(TEXT_HASH_START, (char *)&seed, sizeof seed) | 1};
}

static uint64_t draw(struct chance *c)
{
	c->state ^= c->state >> 12;
	c->state ^= c->state << 25;
	c->state ^= c->state >> 27;
	return c->state * UINT64_C(0x2545F4914F6CDD1D);
}

static size_t below(struct chance *c, size_t n)
{
	return (size_t)(draw(c) >> 33) % n;
}

/* From 0 to 1. */
static double fraction(struct chance *c)
{
	return (double)(draw(c) >> 11) * 0x1p-53;
}

static bool happens(struct chance *c, size_t percent)
{
	return below(c, 100) < percent;
}

/* ---- made-up names ------------------------------------------------------------------------------
 */

/* Of d names written, d to the power 0.85 are different ones, and the early ones come most often.
 */
struct names {
	size_t written, known;
};

static size_t next_name(struct names *names, struct chance *c)
{
	size_t known = (size_t)pow((double)++names->written, 0.85);
	if (known > names->known)
		return names->known = known;
	double u = fraction(c);
	return (size_t)((double)known * u * u);
}

/* Number -> name, never the same for two numbers. One in four looks like an identifier. */
static void put_name(struct buf *out, size_t number)
{
	static const char consonants[] = "bdfgklmnprstvz", vowels[] = "aeiou";
	enum { SYLLABLES = 14 * 5, SHORT = SYLLABLES * SYLLABLES * SYLLABLES };
	bool identifier = number % 4 == 3;
	int syllables = number < SHORT ? 3 : 5;
	size_t rest = number < SHORT ? number * 7919 % SHORT : number;
	if (identifier)
		buf_puts(out, "`set");
	for (int i = 0; i < syllables; i++, rest /= SYLLABLES) {
		char consonant = consonants[rest % SYLLABLES / 5];
		bool capital = identifier && i == 0;
		buf_putc(out, capital ? (char)(consonant - 'a' + 'A') : consonant);
		buf_putc(out, vowels[rest % 5]);
	}
	if (identifier)
		buf_putc(out, '`');
}

/* ---- the real pages, cut up ---------------------------------------------------------------------
 */

struct texts {
	struct span *list;
	size_t n;
};

/* A heading and what stands below it, paragraph by paragraph; none in a language it is not in. */
struct section {
	struct texts of[SIDES];
};

struct deck {
	struct section *list;
	size_t n;
};

static void add_text(struct texts *t, struct span s)
{
	t->list = need(realloc(t->list, (t->n + 1) * sizeof *t->list));
	t->list[t->n++] = s;
}

static void add_section(struct deck *d, struct section s)
{
	d->list = need(realloc(d->list, (d->n + 1) * sizeof *d->list));
	d->list[d->n++] = s;
}

static struct span read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct buf text = buf_new(MAX_FILE);
	char piece[65536];
	if (!file)
		return (struct span){NULL, 0};
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(&text, piece, n);
	fclose(file);
	return (struct span){text.s, text.n}; /* lives to the end: sections borrow it */
}

static struct span next_line(struct span *rest)
{
	const char *end = memchr(rest->s, '\n', rest->n);
	size_t n = end ? (size_t)(end - rest->s) + 1 : rest->n;
	struct span line = {rest->s, n};
	rest->s += n, rest->n -= n;
	return line;
}

static bool starts_with(struct span s, const char *start)
{
	size_t n = strlen(start);
	return s.n >= n && memcmp(s.s, start, n) == 0;
}

static bool is_heading(struct span line)
{
	return starts_with(line, "# ") || starts_with(line, "## ") || starts_with(line, "### ");
}

struct cut {
	struct deck sections; /* texts in of[EN], whatever their language */
	struct span block;    /* being read; n == 0 for none */
	bool fence;
};

static void end_block(struct cut *c)
{
	if (c->block.n && c->sections.n)
		add_text(&c->sections.list[c->sections.n - 1].of[EN], c->block);
	c->block = (struct span){NULL, 0};
}

static void take_line(struct cut *c, struct span line)
{
	struct span trimmed = span_trim(line);
	bool heading = !c->fence && is_heading(line);
	if (heading || (!c->fence && trimmed.n == 0))
		end_block(c);
	if (heading)
		add_section(&c->sections, (struct section){0});
	if (starts_with(trimmed, "```") || starts_with(trimmed, "~~~"))
		c->fence = !c->fence;
	if (trimmed.n && !c->block.n)
		c->block = (struct span){line.s, 0};
	if (c->block.s)
		c->block.n = (size_t)(line.s + line.n - c->block.s);
	if (heading)
		end_block(c);
}

/* From each heading to the next; what stands before the first (front matter) is left out. */
static struct deck cut_sections(struct span page)
{
	struct cut c = {.fence = false};
	while (page.n)
		take_line(&c, next_line(&page));
	end_block(&c);
	return c.sections;
}

/* With the same number of sections in both languages, each is the translation of the other. */
static void add_pages(struct deck decks[DECKS], struct deck english, struct deck french)
{
	bool same = english.n == french.n;
	for (size_t i = 0; i < english.n; i++)
		add_section(&decks[ONLY_EN], english.list[i]);
	for (size_t i = 0; i < french.n; i++)
		add_section(&decks[ONLY_FR],
			    (struct section){.of = {[FR] = french.list[i].of[EN]}});
	for (size_t i = 0; same && i < english.n; i++)
		add_section(&decks[PAIRED], (struct section){.of = {english.list[i].of[EN],
								    french.list[i].of[EN]}});
	free(english.list);
	free(french.list);
}

/* ---- files of a folder, sorted ------------------------------------------------------------------
 */

static struct {
	char **list;
	size_t n;
} files; /* nftw passes nothing on */

static int take_file(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)where;
	size_t n = strlen(path);
	if (kind != FTW_F || n < 3 || strcmp(path + n - 3, ".md") != 0)
		return 0;
	if ((files.n & (files.n - 1)) == 0)
		files.list = need(realloc(files.list, 2 * (files.n + 1) * sizeof *files.list));
	files.list[files.n++] = need(strdup(path));
	return 0;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static void list_files(const char *folder)
{
	files.n = 0;
	if (nftw(folder, take_file, 32, FTW_PHYS) != 0)
		fail(folder);
	qsort(files.list, files.n, sizeof *files.list, by_name);
}

static void read_site(struct deck decks[DECKS], const char *sites, const char *name)
{
	char folder[4096], french[4096];
	snprintf(folder, sizeof folder, "%s/%s/en", sites, name);
	list_files(folder);
	for (size_t i = 0; i < files.n; i++) {
		snprintf(french, sizeof french, "%s/%s/fr%s", sites, name,
			 files.list[i] + strlen(folder));
		add_pages(decks, cut_sections(read_file(files.list[i])),
			  cut_sections(read_file(french)));
	}
}

/* ---- a page -------------------------------------------------------------------------------------
 */

struct tree {
	const char *root;
	struct deck decks[DECKS];
	struct chance chance;
	struct names names;
	size_t pages, files, bytes; /* made so far */
};

/* Where a name may go into running text: between two words, from `start` on; 0 for nowhere. */
static size_t gap(struct span text, size_t start)
{
	if (!text.n || strchr("`|<:{", text.s[0]) || starts_with(text, "    "))
		return 0;
	for (size_t i = start + 1; i + 1 < text.n; i++) {
		bool before = text.s[i - 1] >= 'a' && text.s[i - 1] <= 'z';
		bool after = text.s[i + 1] >= 'a' && text.s[i + 1] <= 'z';
		if (text.s[i] == ' ' && before && after)
			return i;
	}
	return 0;
}

static void put_block(struct buf *out, struct span text, double where, const size_t *name)
{
	size_t at = name ? gap(text, (size_t)((double)text.n * where)) : 0;
	buf_add(out, text.s, at);
	if (at) {
		buf_putc(out, ' ');
		put_name(out, *name);
	}
	buf_add(out, text.s + at, text.n - at);
	if (text.n && text.s[text.n - 1] != '\n')
		buf_putc(out, '\n');
	buf_putc(out, '\n');
}

/* A title among sections becomes a heading of level two. */
static void put_heading(struct buf *out, struct span heading)
{
	buf_puts(out, starts_with(heading, "# ") ? "#" : "");
	put_block(out, heading, 0, NULL);
}

/* The same paragraphs in both languages when they have as many, with the same names in them. */
static void put_section(struct tree *t, struct buf out[SIDES], const struct section *s)
{
	size_t n[SIDES] = {s->of[EN].n, s->of[FR].n}, most = n[EN] > n[FR] ? n[EN] : n[FR];
	bool choose = n[EN] == n[FR] || !n[EN] || !n[FR];
	for (size_t i = 0; i < most; i++) {
		size_t name = 0;
		bool named = happens(&t->chance, NAMED);
		double where = fraction(&t->chance);
		if (i && choose && !happens(&t->chance, KEPT))
			continue;
		if (i && named)
			name = next_name(&t->names, &t->chance);
		for (int l = EN; l < SIDES; l++) {
			if (i < n[l] && i)
				put_block(&out[l], s->of[l].list[i], where, named ? &name : NULL);
			else if (i < n[l])
				put_heading(&out[l], s->of[l].list[i]);
		}
	}
}

/* The words of a heading, without its signs and explicit id. */
static struct span bare(struct span heading)
{
	const char *id = memmem(heading.s, heading.n, "{#", 2);
	if (id)
		heading.n = (size_t)(id - heading.s);
	while (heading.n && *heading.s == '#')
		heading.s++, heading.n--;
	return span_trim(heading);
}

struct head {
	size_t area, name;
	int year, month, day;
	bool front_matter;
};

/* In the front matter, between single quotes, or as the first heading. */
static void put_title(struct buf *out, struct span title, size_t name, bool quoted)
{
	for (size_t i = 0; i < title.n; i++) {
		if (quoted && title.s[i] == '\'')
			buf_putc(out, '\'');
		buf_putc(out, title.s[i]);
	}
	buf_putc(out, ' ');
	put_name(out, name);
}

static void put_head(struct buf *out, const struct head *h, struct span title, int side)
{
	if (h->front_matter) {
		buf_puts(out, "---\ntitle: '");
		put_title(out, title, h->name, true);
		buf_printf(out, "'\narea: %s\ndate: %d-%02d-%02d\n---\n\n", areas[h->area][side],
			   h->year, h->month, h->day);
	}
	buf_puts(out, "# ");
	put_title(out, title, h->name, false);
	buf_puts(out, "\n\n");
}

static struct head make_head(struct tree *t)
{
	struct chance *c = &t->chance;
	struct head h = {.area = below(c, AREAS), .name = next_name(&t->names, c)};
	h.year = 2010 + (int)below(c, 17);
	h.month = 1 + (int)below(c, 12);
	h.day = 1 + (int)below(c, 28);
	h.front_matter = happens(c, WITH_FRONT_MATTER);
	return h;
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		fail(path);
}

/* root/en/guide/012/page-00123.md, its folders made on the way. */
static void write_page(struct tree *t, int side, const struct buf *text)
{
	char path[4096];
	size_t at = (size_t)snprintf(path, sizeof path, "%s/", t->root);
	at += (size_t)snprintf(path + at, sizeof path - at, "%s/%s/%03zu/page-%06zu.md",
			       codes[side], topics[t->pages % TOPICS],
			       t->pages / (TOPICS * FOLDER_FILES), t->pages);
	for (char *slash = path + strlen(t->root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		make_folder(path);
		*slash = '/';
	}
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(text->s, 1, text->n, file) != text->n || fclose(file) != 0)
		fail(path);
	t->files++;
	t->bytes += text->n;
}

/* As many sections as it takes to pass `size` bytes, on average, in each of its languages. */
static void make_page(struct tree *t, int kind, size_t size)
{
	const struct deck *deck = &t->decks[kind];
	struct buf text[SIDES] = {buf_new(MAX_FILE), buf_new(MAX_FILE)};
	struct head head = make_head(t);
	size_t sides = kind == PAIRED ? 2 : 1;
	for (bool first = true; first || text[EN].n + text[FR].n < size * sides; first = false) {
		const struct section *s = &deck->list[below(&t->chance, deck->n)];
		for (int l = EN; first && l < SIDES; l++) {
			if (s->of[l].n)
				put_head(&text[l], &head, bare(s->of[l].list[0]), l);
		}
		put_section(t, text, s);
	}
	for (int l = EN; l < SIDES; l++) {
		if (text[l].n)
			write_page(t, l, &text[l]);
		buf_free(&text[l]);
	}
	t->pages++;
}

static int kind_of_page(struct chance *c, size_t files_left)
{
	size_t number = below(c, 100);
	if (number < PAIRS && files_left > 1)
		return PAIRED;
	return number < PAIRS + ENGLISH ? ONLY_EN : ONLY_FR;
}

/* What is left of bytes and files says how long the next page is to be: from a quarter to seven
 * quarters of the mean, so that the sum comes out right. */
static void make_tree(struct tree *t, size_t bytes, size_t n_files)
{
	while (t->files < n_files) {
		size_t left = bytes > t->bytes ? bytes - t->bytes : 0, to_make = n_files - t->files;
		double scale = 0.25 + 1.5 * fraction(&t->chance);
		size_t size = (size_t)((double)left / (double)to_make * scale);
		make_page(t, kind_of_page(&t->chance, to_make), size);
	}
	printf("%zu files, %zu pages, %zu bytes, %zu made-up names\n", t->files, t->pages, t->bytes,
	       t->names.known);
}

/* ---- the two modes ------------------------------------------------------------------------------
 */

static int generate(char **arguments)
{
	struct tree t = {.root = arguments[1],
			 .chance = chance_of(strtoull(arguments[4], NULL, 10))};
	read_site(t.decks, arguments[0], "vue");
	read_site(t.decks, arguments[0], "tldr");
	make_folder(t.root);
	make_tree(&t, (size_t)(strtod(arguments[2], NULL) * 1e6), strtoull(arguments[3], NULL, 10));
	return 0;
}

/* A sentence at the end, with a name in it that may be new. */
static void touch_up(const char *path, struct chance *c)
{
	struct buf text = buf_new(1000);
	FILE *file = fopen(path, "ab");
	buf_puts(&text, "\nRevised, révisé: ");
	put_name(&text, below(c, 300000));
	buf_puts(&text, ".\n");
	if (!file || fwrite(text.s, 1, text.n, file) != text.n || fclose(file) != 0)
		fail(path);
	buf_free(&text);
}

static int change(char **arguments)
{
	double percent = strtod(arguments[1], NULL);
	struct chance c = chance_of(strtoull(arguments[2], NULL, 10));
	size_t changed = 0;
	list_files(arguments[0]);
	for (size_t i = 0; i < files.n; i++) {
		if (fraction(&c) * 100 >= percent)
			continue;
		touch_up(files.list[i], &c);
		changed++;
	}
	printf("%zu of %zu files changed\n", changed, files.n);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "change") == 0)
		return change(argv + 2);
	if (argc == 6)
		return generate(argv + 1);
	fprintf(stderr, "usage: generate SITES OUT MEGABYTES FILES SEED\n"
			"       generate change OUT PERCENT SEED\n");
	return 2;
}

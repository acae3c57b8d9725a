/* trouvaille explain - why is this page not found by these words, or why so far down? */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "layout.h"
#include "leaf.h"
#include "render_text.h"
#include "render_why.h"
#include "search.h"

enum {
	OUTPUT_MAX = 16 * 1024 * 1024,
	RANK_MAX = 2000, /* hits among which the page is looked for */
	ABOVE = 5,	 /* of those above it that are named */
};

/* The page, as it is on disk and in the index. */
struct subject {
	struct context *c;
	struct search *search;
	struct search_options options;
	struct buf *out;
	char *path, *root;  /* root: NULL when the file is not on disk, or not known where */
	bool outside;	    /* on disk, but below no folder that is indexed */
	struct buf remarks; /* of the survey about it, a line each */
	struct survey survey;
	struct survey_entry *entry; /* NULL: not taken for a page */
	struct survey_rule *rules;
	size_t n_rules;
	struct buf text;
	struct leaf leaf; /* leaf.page.path NULL: not read */
	struct search_result indexed, twin;
	struct trace_section *sections[2];
};

/* ---- where the file is --------------------------------------------------------------------------
 */

static const struct setting_values *roots_of(const struct context *c)
{
	static char usual[] = "corpus", *list[] = {usual};
	static const struct setting_values fallback = {list, 1};
	const struct setting_values *told = &c->settings->of[SETTING_CORPUS];
	return told->n ? told : &fallback;
}

static bool set_place(struct subject *s, const char *root, size_t root_n, const char *path)
{
	s->root = text_copy(root, root_n);
	s->path = text_copy(path, strlen(path));
	return true;
}

static const char *rest_below(const char *file, const char *root)
{
	size_t n = strlen(root);
	while (n && root[n - 1] == '/')
		n--;
	if (strncmp(file, root, n) != 0 || file[n] != '/')
		return NULL;
	return file + n + strspn(file + n, "/");
}

/* Named on disk: below one of the corpora, as it is written or as it resolves. */
static bool is_below_root(struct subject *s, const char *file)
{
	const struct setting_values *roots = roots_of(s->c);
	char *real = realpath(file, NULL);
	bool found = false;
	for (size_t i = 0; real && !found && i < roots->n; i++) {
		const char *root = roots->list[i], *rest = rest_below(file, root);
		char *real_root = realpath(root, NULL);
		if (!rest && real_root)
			rest = rest_below(real, real_root);
		if (rest)
			found = set_place(s, root, strlen(root), rest);
		free(real_root);
	}
	free(real);
	return found;
}

static bool is_in_root(struct subject *s, const char *path)
{
	const struct setting_values *roots = roots_of(s->c);
	struct stat st;
	for (size_t i = 0; i < roots->n; i++) {
		struct buf full = buf_new(PATH_MAX);
		buf_printf(&full, "%s/%s", roots->list[i], path);
		bool there = !full.failed && lstat(full.s, &st) == 0;
		buf_free(&full);
		if (there)
			return set_place(s, roots->list[i], strlen(roots->list[i]), path);
	}
	return false;
}

static bool is_indexed(struct subject *s, const char *path)
{
	struct error e;
	struct search_result r;
	if (search_page(s->search, span_of(path), &r, &e) != 0)
		return false;
	search_free(&r);
	return true;
}

/* No setting says where the corpus is, but the index knows the end of the path. */
static bool is_end_indexed(struct subject *s, const char *file)
{
	char *real = realpath(file, NULL);
	bool found = false;
	for (char *slash = real; slash && !found; slash = strchr(slash + 1, '/')) {
		if (slash > real && is_indexed(s, slash + 1))
			found = set_place(s, real, (size_t)(slash - real), slash + 1);
	}
	free(real);
	return found;
}

static bool is_outside(struct subject *s, const char *file)
{
	const char *slash = strrchr(file, '/');
	struct stat st;
	if (stat(file, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	s->outside = true;
	return slash ? set_place(s, file, slash > file ? (size_t)(slash - file) : 1, slash + 1)
		     : set_place(s, ".", 1, file);
}

static int locate(struct subject *s, const char *file, struct error *e)
{
	bool found = is_below_root(s, file) || is_in_root(s, file);
	if (!found && is_indexed(s, file)) {
		s->path = text_copy(file, strlen(file));
		found = true;
	}
	found = found || is_end_indexed(s, file) || is_outside(s, file);
	if (!found)
		return error_set(e, STATUS_NOT_FOUND, MSG_PAGE_UNKNOWN, file);
	return s->path ? 0 : error_memory(e);
}

/* ---- what is known of it ------------------------------------------------------------------------
 */

/* Is it about the page, or about a folder that it is in? */
static bool concerns(const char *told, const char *path)
{
	size_t n = strlen(told);
	return strncmp(told, path, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static void on_remark(void *data, const char *root, const char *path, const struct error *e)
{
	struct subject *s = data;
	(void)root;
	if (!concerns(path, s->path))
		return;
	if (e->line)
		language_format(&s->remarks, s->c->language, MSG_PAGE_LINE, NULL, e->line);
	language_error(&s->remarks, s->c->language, e);
	buf_putc(&s->remarks, '\n');
}

static int read_rules(struct subject *s)
{
	const struct setting_values *told = &s->c->settings->of[SETTING_LANG_OF];
	s->rules = calloc(told->n + 1, sizeof *s->rules);
	if (!s->rules)
		return -1;
	for (size_t i = 0; i < told->n; i++) {
		char *sign = strrchr(told->list[i], '='); /* checked when it was read */
		*sign = '\0';
		s->rules[s->n_rules++] = (struct survey_rule){
			told->list[i], language_find(sign + 1, strlen(sign + 1))};
	}
	return 0;
}

/* As `index` would see the file among all others. */
static int survey_page(struct subject *s, struct error *e)
{
	const char *const roots[] = {s->root};
	const struct survey_options options = {.roots = roots,
					       .n_roots = 1,
					       .rules = s->rules,
					       .n_rules = s->n_rules,
					       .warn = on_remark,
					       .data = s};
	if (survey_read(&s->survey, &options, &s->text, e) != 0)
		return -1;
	for (size_t i = 0; i < s->survey.n; i++) {
		if (strcmp(s->survey.list[i].path, s->path) == 0)
			s->entry = &s->survey.list[i];
	}
	return 0;
}

static int read_leaf(struct subject *s)
{
	const struct leaf_options options = {
		.anchors = (enum anchor_style)settings_choice(s->c->settings, SETTING_ANCHORS,
							      anchor_style_names)};
	struct error why;
	if (!s->entry)
		return 0;
	if (leaf_read(&s->leaf, s->entry, &options, &s->text, &why) == 0)
		return 0;
	on_remark(s, s->root, s->path, &why);
	s->entry = NULL;
	return 0;
}

static struct span field(const struct hit *h, enum record_field f)
{
	return h->record.field[f];
}

static int read_index(struct subject *s, struct error *e)
{
	if (search_page(s->search, span_of(s->path), &s->indexed, e) != 0)
		return e->status == STATUS_NOT_FOUND ? 0 : -1;
	struct span twin = field(&s->indexed.hits[0], RECORD_TWIN_PATH);
	if (twin.n && search_page(s->search, twin, &s->twin, e) != 0)
		return e->status == STATUS_NOT_FOUND ? 0 : -1;
	return 0;
}

/* Everything; and then what is said of it. */
static int read_all(struct subject *s, const char *file, struct error *e)
{
	if (locate(s, file, e) != 0)
		return -1;
	if (s->root && (read_rules(s) != 0 || survey_page(s, e) != 0))
		return s->rules ? -1 : error_memory(e);
	read_leaf(s);
	return read_index(s, e);
}

/* ---- the page, told -----------------------------------------------------------------------------
 */

static void put_line(struct subject *s, enum message id, const char *detail, long n)
{
	struct buf clean = buf_new(64 * 1024);
	cmd_put_path(&clean, "", detail ? detail : "");
	buf_puts(s->out, "  ");
	language_format(s->out, s->c->language, id, clean.s ? clean.s : "", n);
	buf_putc(s->out, '\n');
	buf_free(&clean);
}

static void put_span_line(struct subject *s, enum message id, struct span detail)
{
	char *copy = text_copy(detail.s, detail.n);
	put_line(s, id, copy, 0);
	free(copy);
}

static bool is_hidden(const char *path)
{
	for (const char *piece = path; piece; piece = strchr(piece, '/')) {
		piece += *piece == '/';
		if (*piece == '.' || strncmp(piece, "node_modules/", 13) == 0)
			return true;
	}
	return false;
}

static bool is_markdown(const char *path)
{
	const char *dot = strrchr(path, '.');
	return dot && (strcasecmp(dot, ".md") == 0 || strcasecmp(dot, ".markdown") == 0);
}

static void put_remarks(struct subject *s)
{
	enum message told = s->entry	 ? MSG_PAGE_WARNED
			    : s->outside ? MSG_PAGE_WOULD_PASS
					 : MSG_PAGE_PASSED;
	for (char *line = s->remarks.s, *end; line && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		put_line(s, told, line, 0);
	}
}

static void put_outside(struct subject *s)
{
	const struct setting_values *roots = roots_of(s->c);
	struct buf list = buf_new(64 * 1024);
	for (size_t i = 0; i < roots->n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", roots->list[i]);
	put_line(s, MSG_PAGE_OUTSIDE, list.s, 0);
	buf_free(&list);
}

/* Why a file that is there is no page of the index. */
static void put_reason(struct subject *s)
{
	if (!s->root)
		return;
	if (!is_markdown(s->path))
		put_line(s, MSG_PAGE_NAME, NULL, 0);
	else if (s->outside)
		put_outside(s);
	else if (!s->entry && s->remarks.n == 0 && is_hidden(s->path))
		put_line(s, MSG_PAGE_HIDDEN, NULL, 0);
	else if (s->entry && s->leaf.passages.n == 0)
		put_line(s, MSG_PAGE_EMPTY, NULL, 0);
	else if (s->entry)
		put_line(s, MSG_PAGE_NEW, NULL, 0);
}

static bool is_changed(const struct subject *s)
{
	const struct passages *p = &s->leaf.passages;
	if (p->n != s->indexed.n_hits)
		return true;
	for (size_t i = 0; i < p->n; i++) {
		struct span source = {s->leaf.page.body + p->list[i].source, p->list[i].source_n};
		if (!span_equal(source, field(&s->indexed.hits[i], RECORD_SOURCE)))
			return true;
	}
	return false;
}

static bool has_rule(const struct subject *s)
{
	for (size_t i = 0; i < s->n_rules; i++) {
		struct buf key = buf_new(64 * 1024);
		bool matches = layout_matches(s->rules[i].pattern, s->path, &key);
		buf_free(&key);
		if (matches)
			return true;
	}
	return false;
}

static enum message how_told(const struct subject *s)
{
	const char *lang = s->leaf.front.lang;
	struct span suffix;
	if (has_rule(s))
		return MSG_PAGE_BY_RULE;
	if (lang && language_find(lang, strlen(lang)))
		return MSG_PAGE_BY_FRONT;
	if (!s->entry->voted)
		return layout_suffix(s->path, &suffix) ? MSG_PAGE_BY_SUFFIX : MSG_PAGE_BY_FOLDER;
	return s->entry->guess ? MSG_PAGE_BY_VOTE : MSG_PAGE_BY_TWIN;
}

static void put_language(struct subject *s)
{
	if (s->entry)
		put_line(s, how_told(s), s->entry->language->name, 0);
	else if (s->indexed.n_hits)
		put_line(s, MSG_PAGE_LANGUAGE, s->indexed.hits[0].language->name, 0);
	if (s->indexed.n_hits == 0)
		return;
	struct span twin = field(&s->indexed.hits[0], RECORD_TWIN_PATH);
	put_span_line(s, twin.n ? MSG_PAGE_TWIN : MSG_PAGE_NO_TWIN, twin);
}

static void put_page(struct subject *s)
{
	size_t n = s->indexed.n_hits;
	cmd_put_path(s->out, "", s->path);
	buf_putc(s->out, '\n');
	if (n)
		put_line(s, language_plural(s->c->language, MSG_PAGE_PASSAGE, (long)n), NULL,
			 (long)n);
	else
		put_line(s, MSG_PAGE_NOT_INDEXED, NULL, 0);
	put_remarks(s);
	if (n == 0)
		put_reason(s);
	else if (!s->root)
		put_line(s, MSG_PAGE_GONE, NULL, 0);
	else if (s->leaf.page.path && is_changed(s))
		put_line(s, MSG_PAGE_CHANGED, NULL, 0);
	put_language(s);
}

/* ---- the words ----------------------------------------------------------------------------------
 */

static long lines_before(const char *s, size_t n)
{
	long lines = 0;
	for (const char *end; (end = memchr(s, '\n', n)); lines++) {
		n -= (size_t)(end + 1 - s);
		s = end + 1;
	}
	return lines;
}

/* The passages of the file as it is now. */
static bool put_leaf(struct subject *s, struct trace_side *side)
{
	const struct passages *p = &s->leaf.passages;
	struct trace_section *list = calloc(p->n + 1, sizeof *list);
	s->sections[0] = list;
	if (!list)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		const struct passage *x = &p->list[i];
		list[i] = (struct trace_section){
			.heading = span_of(x->level ? x->heading : ""),
			.text = {x->text, x->text_n},
			.source = {s->leaf.page.body + x->source, x->source_n},
			.line = x->line,
			.source_line = s->leaf.front.body_line +
				       lines_before(s->leaf.page.body, x->source),
			.language = x->language ? x->language : s->entry->language};
	}
	*side = (struct trace_side){s->path, span_of(s->leaf.page.title), list, p->n};
	return true;
}

/* The passages that the index has. */
static bool put_records(struct subject *s, size_t which, const struct search_result *r,
			const char *path, struct trace_side *side)
{
	struct trace_section *list = calloc(r->n_hits + 1, sizeof *list);
	s->sections[which] = list;
	if (!list)
		return false;
	for (size_t i = 0; i < r->n_hits; i++) {
		const struct hit *h = &r->hits[i];
		struct span line = field(h, RECORD_LINE);
		long number = line.n ? strtol(line.s, NULL, 10) : 0;
		list[i] = (struct trace_section){.heading = field(h, RECORD_TITLE),
						 .text = field(h, RECORD_TEXT),
						 .source = field(h, RECORD_SOURCE),
						 .line = number,
						 .source_line = number,
						 .language = h->language};
	}
	*side = (struct trace_side){.path = path, .sections = list, .n = r->n_hits};
	if (r->n_hits) { /* the outermost title is the page's */
		struct span above = field(&r->hits[0], RECORD_BREADCRUMB);
		const char *end = above.n ? memchr(above.s, '\n', above.n) : NULL;
		side->title = (struct span){above.s, end ? (size_t)(end - above.s) : 0};
	}
	return true;
}

static int put_words(struct subject *s, struct error *e)
{
	struct trace_page page = {.indexed = s->indexed.n_hits,
				  .changed = s->leaf.page.path && is_changed(s)};
	char *twin = NULL;
	bool made = s->leaf.page.path ? put_leaf(s, &page.own)
				      : put_records(s, 0, &s->indexed, s->path, &page.own);
	if (s->leaf.page.path)
		page.file = (struct span){s->text.s, s->text.n};
	if (made && s->twin.n_hits) {
		struct span path = field(&s->twin.hits[0], RECORD_PATH);
		twin = text_copy(path.s, path.n);
		made = twin && put_records(s, 1, &s->twin, twin, &page.twin);
	}
	int result = made ? search_explain(s->search, &s->options, s->c->language, s->out, e)
			  : error_memory(e);
	if (result == 0 && page.own.n) {
		buf_puts(s->out, language_message(s->c->language, MSG_PAGE_WORDS));
		buf_putc(s->out, '\n');
		result = search_trace(s->search, &s->options, &page, s->c->language, s->out, e);
	}
	free(twin);
	return result;
}

/* ---- the answer ---------------------------------------------------------------------------------
 */

static bool is_of_page(const struct subject *s, const struct hit *h)
{
	return span_equal(field(h, RECORD_PATH), span_of(s->path)) ||
	       span_equal(field(h, RECORD_TWIN_PATH), span_of(s->path));
}

static void put_hit(struct subject *s, const struct hit *h, size_t rank)
{
	const struct language *l = s->c->language;
	struct span title = field(h, RECORD_TITLE), path = field(h, RECORD_PATH),
		    anchor = field(h, RECORD_ANCHOR);
	buf_printf(s->out, "  %zu. ", rank);
	buf_add(s->out, title.s, title.n);
	buf_puts(s->out, "  ");
	buf_add(s->out, path.s, path.n);
	buf_puts(s->out, anchor.n ? "#" : "");
	buf_add(s->out, anchor.s, anchor.n);
	buf_putc(s->out, '\n');
	if (h->why.about)
		buf_printf(s->out, "     %s\n", language_message(l, MSG_PAGE_ABOUT));
	for (size_t i = 0; i < h->why.n; i++) {
		buf_puts(s->out, "     ");
		render_why_line(s->out, l, &h->why.list[i]);
		buf_putc(s->out, '\n');
	}
}

/* The page's best hit, and what stands above. */
static void put_rank(struct subject *s, const struct search_result *r, size_t i,
		     const struct search_result *first)
{
	const struct language *l = s->c->language;
	const struct hit *h = &r->hits[i];
	struct buf total = buf_new(100);
	size_t rank = r->offset + i;
	language_format(&total, l, MSG_DAY, NULL,
			(long)(r->total + (s->options.only ? 0 : r->other_total)));
	if (r->relaxed)
		buf_printf(s->out, "%s\n", language_message(l, MSG_RELAXED));
	if (r->corrected) {
		language_format(s->out, l, MSG_CORRECTED, r->suggestion, 0);
		buf_putc(s->out, '\n');
	}
	language_format(s->out, l, MSG_PAGE_FOUND, total.s, (long)rank + 1);
	buf_putc(s->out, '\n');
	put_hit(s, h, rank + 1);
	if (h->other)
		buf_printf(s->out, "     %s\n", language_message(l, MSG_PAGE_FOUND_OTHER));
	if (!span_equal(field(h, RECORD_PATH), span_of(s->path))) {
		buf_puts(s->out, "   ");
		put_span_line(s, MSG_PAGE_FOUND_TWIN, field(h, RECORD_PATH));
	}
	if (rank)
		buf_printf(s->out, "%s\n", language_message(l, MSG_PAGE_ABOVE));
	for (size_t k = 0; k < rank && k < ABOVE && k < first->n_hits; k++)
		put_hit(s, &first->hits[k], k + 1);
	buf_free(&total);
}

/* What of the command line leaves the page out. */
static void put_options(struct subject *s)
{
	if (s->indexed.n_hits == 0)
		return;
	const struct hit *h = &s->indexed.hits[0];
	struct span area = field(h, RECORD_AREA);
	if (s->options.only && h->language != s->options.language && s->twin.n_hits == 0)
		put_line(s, MSG_PAGE_ONLY, h->language->name, 0);
	if (s->options.area.n && !text_folds_equal(area, s->options.area))
		put_span_line(s, area.n ? MSG_PAGE_AREA : MSG_PAGE_NO_AREA, area);
}

/* Looks for the page among the hits, a hundred at a time. 0, or -1 with *e. */
static int put_answer(struct subject *s, int *status, struct error *e)
{
	struct search_result first = {0};
	bool found = false, more = true;
	int result = 0;
	for (s->options.offset = 0; !found && more && s->options.offset < RANK_MAX;
	     s->options.offset += SEARCH_MAX_HITS) {
		struct search_result r;
		result = search_run(s->search, &s->options, &r, e);
		if (result != 0)
			break;
		cmd_missing(s->c, r.missing, s->options.offset ? 0 : r.n_missing);
		size_t i = 0;
		while (i < r.n_hits && !is_of_page(s, &r.hits[i]))
			i++;
		found = i < r.n_hits;
		more = r.n_hits == SEARCH_MAX_HITS;
		if (found)
			put_rank(s, &r, i, s->options.offset ? &first : &r);
		if (s->options.offset == 0 && !found)
			first = r;
		else
			search_free(&r);
	}
	search_free(&first);
	*status = found ? EXIT_FOUND : EXIT_NOTHING;
	if (result != 0 || found)
		return result;
	put_options(s);
	if (more) /* it may still come, but nobody reads that far */
		language_format(s->out, s->c->language, MSG_PAGE_FAR, "", RANK_MAX);
	else
		buf_puts(s->out, language_message(s->c->language, MSG_PAGE_NOT_FOUND));
	buf_putc(s->out, '\n');
	return 0;
}

/* A line at a time, since what comes from documents may hold anything. */
static void print(const struct buf *out)
{
	for (const char *line = out->s, *end; line && (end = strchr(line, '\n')); line = end + 1) {
		struct buf clean = buf_new(OUTPUT_MAX);
		text_put_safe(&clean, line, (size_t)(end - line));
		puts(clean.s ? clean.s : "");
		buf_free(&clean);
	}
}

static void release(struct subject *s)
{
	search_free(&s->indexed);
	search_free(&s->twin);
	leaf_free(&s->leaf);
	survey_free(&s->survey);
	buf_free(&s->text);
	buf_free(&s->remarks);
	free(s->rules);
	free(s->path);
	free(s->root);
	free(s->sections[0]);
	free(s->sections[1]);
	search_close(s->search);
}

static int explain(struct context *c, const struct search_options *options, const char *file)
{
	struct error e;
	int status = EXIT_TROUBLE;
	struct buf out = buf_new(OUTPUT_MAX);
	struct subject s = {.c = c,
			    .options = *options,
			    .out = &out,
			    .remarks = buf_new(64 * 1024),
			    .text = buf_new(2 * (size_t)WALK_MAX_FILE)};
	s.search = search_open(c->index, &e);
	int result = s.search ? read_all(&s, file, &e) : -1;
	if (result == 0) {
		put_page(&s);
		result = put_words(&s, &e) == 0 ? put_answer(&s, &status, &e) : -1;
	}
	if (result == 0 && out.failed)
		result = error_memory(&e);
	if (result == 0)
		print(&out);
	else
		status = cmd_error(c, &e);
	buf_free(&out);
	release(&s);
	return cmd_flush(c) ? EXIT_TROUBLE : status;
}

int cmd_explain(struct context *c, int argc, char **argv)
{
	static const struct option options[] = {{"index", required_argument, NULL, 'i'},
						{"lang", required_argument, NULL, 'l'},
						{"only", no_argument, NULL, 'O'},
						{"sort", required_argument, NULL, 's'},
						{"area", required_argument, NULL, 'a'},
						{"exact", no_argument, NULL, 'x'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{NULL, 0, NULL, 0}};
	struct search_options o = {
		.language = c->language, .limit = SEARCH_MAX_HITS, .explain = true};
	if (!cmd_protect_exclusions(argc, argv))
		return cmd_wrong(c, MSG_NO_MEMORY, NULL);
	for (int got; (got = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
		if (got == 'h')
			return cmd_help(c, MSG_HELP_EXPLAIN);
		if (got == 'V')
			return cmd_version(c);
		if (got == '?' || got == ':')
			return cmd_bad_option(c, argc, argv, got);
		int status = cmd_search_option(c, &o, got);
		if (status)
			return status;
	}
	if (argc - optind < 2)
		return cmd_wrong(c, MSG_EXPLAIN_NEEDS, NULL);
	char *typed = cmd_join_words(argc - optind - 1, argv + optind + 1);
	if (!typed)
		return cmd_wrong(c, MSG_NO_MEMORY, NULL);
	o.typed = span_of(typed);
	int status = explain(c, &o, argv[optind]);
	free(typed);
	return status;
}

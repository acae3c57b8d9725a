#include "survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "layout.h"
#include "walk.h"

struct surveyor {
	struct survey *survey;
	const struct survey_options *options;
	struct buf *text;
	const char *root; /* being walked */
	bool *used;	  /* a rule that covered a page */
	struct error *e;
};

static void warn(void *data, const char *path, const struct error *e)
{
	const struct surveyor *s = data;
	s->options->warn(s->options->data, s->root, path, e);
}

/* The languages there are, for a message: "en, fr". */
static void put_codes(struct buf *out)
{
	for (size_t i = 0; i < language_count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", languages[i].code);
}

static void warn_of_language(struct surveyor *s, const char *path, const char *lang)
{
	struct error why;
	struct buf detail = buf_new(2048);
	buf_printf(&detail, "%s (", lang);
	put_codes(&detail);
	buf_putc(&detail, ')');
	error_set(&why, STATUS_INPUT, MSG_FRONT_LANG, detail.s);
	buf_free(&detail);
	warn(s, path, &why);
}

/* What --lang-of says; key is the path without the folder that the rule names. */
static const struct language *language_of_rule(struct surveyor *s, const char *path,
					       struct buf *key)
{
	const struct survey_options *o = s->options;
	for (size_t i = 0; i < o->n_rules; i++) {
		if (!layout_matches(o->rules[i].pattern, path, key))
			continue;
		s->used[i] = true;
		return o->rules[i].language;
	}
	return NULL;
}

static const struct language *language_of_front(struct surveyor *s, const char *path,
						const struct front *front)
{
	if (!front->lang)
		return NULL;
	const struct language *l = language_find(front->lang, strlen(front->lang));
	if (!l)
		warn_of_language(s, path, front->lang);
	return l;
}

/* Pages are grouped by translationKey, else by root and path without the language. */
static char *group_of(const char *root, const struct buf *key, const struct front *front)
{
	char *group = NULL;
	int n = front->key ? asprintf(&group, "k%s", front->key)
			   : asprintf(&group, "p%s/%s", root, key->s ? key->s : "");
	return n < 0 ? NULL : group;
}

static struct survey_entry entry_of(struct surveyor *s, const char *path, const struct front *front)
{
	struct buf key = buf_new(64 * 1024), by_path = buf_new(64 * 1024);
	const struct language *l = language_of_rule(s, path, &key);
	const struct language *told = layout_read(path, &by_path);
	if (!l)
		l = language_of_front(s, path, front);
	if (!l)
		l = told;
	struct survey_entry entry = {.root = s->root, .language = l, .guess = !l};
	if (!l)
		entry.language = language_guess(s->text->s + front->body, s->text->n - front->body);
	if (!key.failed && !by_path.failed) {
		entry.path = text_copy(path, strlen(path));
		entry.group = group_of(s->root, key.n ? &key : &by_path, front);
	}
	buf_free(&key);
	buf_free(&by_path);
	return entry;
}

static int add_file(struct surveyor *s, const char *path, const struct front *front)
{
	struct survey *all = s->survey;
	if (all->n == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 256;
		struct survey_entry *list = realloc(all->list, cap * sizeof *list);
		if (!list)
			return error_memory(s->e);
		all->list = list;
		all->cap = cap;
	}
	struct survey_entry entry = entry_of(s, path, front);
	if (!entry.path || !entry.group) {
		free(entry.path);
		free(entry.group);
		return error_memory(s->e);
	}
	all->list[all->n++] = entry;
	return 0;
}

static int read_file(struct surveyor *s, const char *path)
{
	struct error why;
	struct front front = {0};
	if (walk_read(s->text, s->root, path, &why) != 0 ||
	    front_read(s->text->s, s->text->n, &front, &why) != 0) {
		if (why.status == STATUS_NO_MEMORY)
			return error_memory(s->e);
		warn(s, path, &why);
		return 0;
	}
	int result = add_file(s, path, &front);
	front_free(&front);
	return result;
}

static int read_root(struct surveyor *s, const char *root)
{
	struct walk walk;
	s->root = root;
	if (walk_corpus(&walk, root, warn, s, s->e) != 0)
		return -1;
	int result = 0;
	for (size_t i = 0; result == 0 && i < walk.n; i++)
		result = read_file(s, walk.paths[i]);
	walk_free(&walk);
	return result;
}

static int by_group(const void *x, const void *y)
{
	const struct survey_entry *a = x, *b = y;
	int order = strcmp(a->group, b->group);
	if (order)
		return order;
	order = strcmp(a->path, b->path);
	return order ? order : strcmp(a->root, b->root);
}

/* Is a language that of a page of the group which knows its own? */
static bool is_taken(const struct survey_entry *group, size_t n, const struct language *l)
{
	for (size_t i = 0; i < n; i++) {
		if (!group[i].guess && group[i].language == l)
			return true;
	}
	return false;
}

/* page.md beside page.fr.md is not French, whatever words stand in it; and when only one language
 * is left it is no guess. */
static void settle_guesses(struct survey_entry *group, size_t n)
{
	const struct language *left = NULL;
	size_t taken = 0;
	for (size_t l = 0; l < language_count; l++) {
		if (is_taken(group, n, &languages[l]))
			taken++;
		else if (!left)
			left = &languages[l];
	}
	for (size_t i = 0; i < n; i++) {
		struct survey_entry *entry = &group[i];
		if (!entry->guess)
			continue;
		if (left && (!entry->language || is_taken(group, n, entry->language)))
			entry->language = left;
		else if (!entry->language)
			entry->language = &languages[0];
	}
	/* only now, since what is no guess takes its language */
	for (size_t i = 0; i < n; i++)
		group[i].guess = group[i].guess && !(left && taken + 1 == language_count);
}

static void settle_groups(struct survey *s)
{
	if (s->n)
		qsort(s->list, s->n, sizeof *s->list, by_group);
	for (size_t i = 0, end; i < s->n; i = end) {
		for (end = i + 1; end < s->n && strcmp(s->list[i].group, s->list[end].group) == 0;
		     end++)
			;
		settle_guesses(s->list + i, end - i);
	}
}

/* A rule that covers no page is most likely a slip of the pen. */
static void warn_of_rules(struct surveyor *s)
{
	struct error why;
	for (size_t i = 0; s->options->n_roots && i < s->options->n_rules; i++) {
		if (s->used[i])
			continue;
		s->root = s->options->roots[0];
		error_set(&why, STATUS_INPUT, MSG_LANG_OF_UNUSED, NULL);
		warn(s, s->options->rules[i].pattern, &why);
	}
}

int survey_read(struct survey *s, const struct survey_options *options, struct buf *text,
		struct error *e)
{
	struct surveyor surveyor = {.survey = s, .options = options, .text = text, .e = e};
	int result = 0;
	*s = (struct survey){0};
	surveyor.used = calloc(options->n_rules + 1, sizeof *surveyor.used);
	if (!surveyor.used)
		return error_memory(e);
	for (size_t i = 0; result == 0 && i < options->n_roots; i++)
		result = read_root(&surveyor, options->roots[i]);
	if (result == 0)
		warn_of_rules(&surveyor);
	free(surveyor.used);
	if (result == 0)
		settle_groups(s);
	else
		survey_free(s);
	return result;
}

void survey_free(struct survey *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].path);
		free(s->list[i].group);
	}
	free(s->list);
	*s = (struct survey){0};
}

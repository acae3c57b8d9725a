#include "correct.h"

#include "lexique.h"

#include <stdlib.h>
#include <string.h>

/* A stretch of what was typed and what is to stand there. */
struct patch {
	const char *start;
	size_t n;
	struct suggestion new;
};

struct patches {
	struct patch list[QUERY_MAX_WORDS];
	size_t n;
	bool says; /* some word that is sought, and in the index, is no stop word */
};

static bool has_term(struct compiler *c, const char *prefix, struct span rest)
{
	return compile_frequency(c, compile_term(c, prefix, rest)) > 0;
}

/* Is it a term of the lexique, in any language? Then it is a word, on whatever page it stands or
 * not. */
static bool in_lexique(struct compiler *c, struct span word)
{
	bool found = false;
	struct buf key = buf_new(4096);
	for (size_t l = 0; l < language_count && !found && !c->failed; l++) {
		buf_clear(&key);
		lexique_key(&key, word, c->analysers[l]);
		if (!key.n)
			continue;
		char *lines =
			lexique_find(c->xap, &languages[l], (struct span){key.s, key.n}, &c->error);
		c->failed = !lines;
		found = lines && *lines;
		free(lines);
	}
	buf_free(&key);
	return found;
}

/* Is the word in the index, itself or by a stem of any language, or in the lexique? */
static bool is_known(struct compiler *c, struct span word)
{
	if (has_term(c, "", word))
		return true;
	for (size_t l = 0; l < language_count; l++) {
		const char prefix[2] = {languages[l].stem_prefix, '\0'};
		struct token t;
		analyser_start(c->analysers[l], word.s, word.n);
		while (analyser_next(c->analysers[l], &t)) {
			for (size_t i = 0; i < t.n_stems; i++) {
				if (t.stop || has_term(c, prefix, t.stem[i]))
					return true;
			}
		}
	}
	return in_lexique(c, word);
}

/* The nearest word of language l, or for want of one of another; and whether it is a stop word. */
static bool nearest(struct compiler *c, struct span word, size_t l, struct suggestion *near,
		    bool *stop)
{
	for (size_t i = 0; i < language_count; i++) {
		size_t k = (l + i) % language_count;
		if (spelling_suggest(c->xap, &languages[k], word, near, &c->error) != 0) {
			c->failed = true;
			return false;
		}
		if (*near->written) {
			*stop = language_is_stop(&languages[k], near->written,
						 strlen(near->written));
			return true;
		}
	}
	return false;
}

/* Appends what to change in a leaf as language l reads it. */
static void patch_leaf(struct compiler *c, const struct query *leaf, size_t l, struct patches *p)
{
	struct token t;
	char copy[ANALYSE_WORD_MAX];
	size_t at = 0;
	/* asking about a word disturbs the analyser: begin again behind it */
	for (;;) {
		analyser_start(c->analysers[l], leaf->text.s + at, leaf->text.n - at);
		if (p->n == QUERY_MAX_WORDS || c->failed || !analyser_next(c->analysers[l], &t))
			return;
		struct span word = {copy, t.word.n};
		const char *start = leaf->text.s + at + t.start;
		memcpy(copy, t.word.s, t.word.n);
		size_t done = at;
		at += t.end;
		struct patch *patch = &p->list[p->n];
		bool begins = t.end + done < leaf->text.n && leaf->text.s[t.end + done] == '*';
		bool stop = t.stop, known = begins || t.stop || is_known(c, word);
		if (!known && !nearest(c, word, l, &patch->new, &stop))
			continue;
		p->says = p->says || !stop;
		if (known)
			continue;
		patch->start = start;
		patch->n = t.end - t.start;
		p->n++;
	}
}

static void patch_tree(struct compiler *c, const struct query *q, size_t l, struct patches *p)
{
	if (q->kind == QUERY_NOT || compile_is_filter(q))
		return;
	if (q->kind == QUERY_WORD || q->kind == QUERY_PHRASE)
		patch_leaf(c, q, l, p);
	p->says = p->says || q->kind == QUERY_PREFIX;
	for (size_t i = 0; i < q->n; i++)
		patch_tree(c, q->children[i], l, p);
}

static struct correction apply(struct compiler *c, struct span typed, const struct patches *p)
{
	struct correction result = {.edits = 0};
	struct buf text = buf_new(64 * 1024);
	const char *at = typed.s;
	for (size_t i = 0; i < p->n; i++) {
		buf_add(&text, at, (size_t)(p->list[i].start - at));
		buf_puts(&text, p->list[i].new.written);
		at = p->list[i].start + p->list[i].n;
		result.edits += p->list[i].new.edits;
	}
	buf_add(&text, at, (size_t)(typed.s + typed.n - at));
	char *copy = text.failed || !text.s ? NULL : arena_copy(c->arena, text.s, text.n);
	result.typed = (struct span){copy, text.n};
	if (!copy && !c->failed) {
		error_memory(&c->error);
		c->failed = true;
	}
	buf_free(&text);
	return result;
}

/* After those that need as few edits; what was said before is not said again. */
static size_t insert(struct correction *list, size_t n, struct correction new)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(list[i].typed, new.typed))
			return n;
	}
	size_t i = n;
	for (; i > 0 && list[i - 1].edits > new.edits; i--)
		list[i] = list[i - 1];
	list[i] = new;
	return n + 1;
}

size_t correct_typing(struct compiler *c, const struct query *q, struct span typed,
		      const struct language *preferred, struct correction list[LANGUAGE_MAX])
{
	size_t n = 0;
	struct patches *p = malloc(sizeof *p);
	if (!p) {
		error_memory(&c->error);
		c->failed = true;
		return 0;
	}
	for (size_t i = 0; i < language_count && !c->failed; i++) {
		p->n = 0;
		p->says = false;
		patch_tree(c, q, (language_index(preferred) + i) % language_count, p);
		if (p->n && p->says && !c->failed)
			n = insert(list, n, apply(c, typed, p));
	}
	free(p);
	return c->failed ? 0 : n;
}

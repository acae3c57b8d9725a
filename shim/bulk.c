#include "bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "glass.h"

struct bulk {
	char *dir;
	size_t memory;
	bool tokens;
	struct glass *at_hand; /* NULL between two */
	char **parts;
	size_t n;
};

struct bulk *bulk_open(const char *dir, size_t memory, bool tokens, struct error *e)
{
	struct bulk *b = calloc(1, sizeof *b);
	char *copy = text_copy(dir, strlen(dir));
	if (!b || !copy) {
		free(b);
		free(copy);
		error_memory(e);
		return NULL;
	}
	b->dir = copy;
	b->memory = memory;
	b->tokens = tokens;
	if (mkdir(dir, 0777) == 0)
		return b;
	error_system(e, dir);
	bulk_close(b);
	return NULL;
}

static int next_part(struct bulk *b, struct error *e)
{
	char *name = NULL, **parts = realloc(b->parts, (b->n + 1) * sizeof *parts);
	if (!parts || asprintf(&name, "%s/%zu", b->dir, b->n) < 0) {
		b->parts = parts ? parts : b->parts;
		return error_memory(e);
	}
	b->parts = parts;
	b->parts[b->n++] = name;
	b->at_hand = glass_open(name, b->tokens, e);
	return b->at_hand ? 0 : -1;
}

int bulk_finish(struct bulk *b, struct error *e)
{
	int result = b->at_hand ? glass_finish(b->at_hand, e) : 0;
	glass_close(b->at_hand);
	b->at_hand = NULL;
	return result;
}

/* The database at hand; NULL on error. */
static struct glass *part(struct bulk *b, struct error *e)
{
	if (b->at_hand && glass_memory(b->at_hand) > b->memory && bulk_finish(b, e) != 0)
		return NULL;
	return b->at_hand || next_part(b, e) == 0 ? b->at_hand : NULL;
}

int bulk_add(struct bulk *b, const char *file_term, size_t file_term_n, struct xap_document *d,
	     struct error *e)
{
	struct glass *g = part(b, e);
	if (!g || xap_document_term(d, file_term, file_term_n, 0, e) != 0 ||
	    posting_sort(d, e) != 0)
		return -1;
	return glass_add(g, d, e);
}

int bulk_note(struct bulk *b, const char *name, const char *value, size_t n, struct error *e)
{
	struct glass *g = part(b, e);
	return g ? glass_note(g, name, value, n, e) : -1;
}

int bulk_word(struct bulk *b, const char *word, size_t n, uint32_t count, struct error *e)
{
	struct glass *g = part(b, e);
	return g ? glass_word(g, word, n, count, e) : -1;
}

const char *const *bulk_parts(const struct bulk *b, size_t *n)
{
	*n = b->n;
	return (const char *const *)b->parts;
}

void bulk_close(struct bulk *b)
{
	if (!b)
		return;
	glass_close(b->at_hand);
	for (size_t i = 0; i < b->n; i++)
		free(b->parts[i]);
	free(b->parts);
	free(b->dir);
	free(b);
}

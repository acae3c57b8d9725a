#include "leaf.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "walk.h"

void leaf_free(struct leaf *l)
{
	front_free(&l->front);
	passages_free(&l->passages);
	free(l->name);
	free(l->address);
	for (size_t f = 0; f < FACET_MAX; f++)
		free(l->facets[f]);
	*l = (struct leaf){0};
}

static const char *title_of(const struct leaf *l)
{
	if (l->front.title && *l->front.title)
		return l->front.title;
	for (size_t i = 0; i < l->passages.n; i++) {
		const struct passage *p = &l->passages.list[i];
		if (p->level && *p->heading)
			return p->level == 1 ? p->heading : l->name;
	}
	return l->name;
}

static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strchr(name, '.');
	return text_copy(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* The values of a key of the front matter, each ended by a line feed but the last; NULL for none.
 */
static char *values_of(const struct front *front, const char *key)
{
	struct buf values = buf_new(FRONT_MAX_BYTES);
	for (size_t i = 0; i < front->n_others; i++) {
		if (strcasecmp(front->others[i].key, key) != 0)
			continue;
		if (values.n)
			buf_putc(&values, '\n');
		buf_puts(&values, front->others[i].value);
	}
	if (!values.n)
		buf_free(&values);
	return values.n ? buf_take(&values) : NULL;
}

static void read_facets(struct leaf *l, const struct leaf_options *o)
{
	for (size_t f = 0; f < o->n_facets && f + 1 < FACET_MAX; f++)
		l->page.facets[f + 1] = l->facets[f + 1] = values_of(&l->front, o->facets[f]);
}

/* One large page at a time: the memory that several take would add up. */
static int read_passages(struct leaf *l, const struct buf *text, const struct leaf_options *options,
			 struct error *why)
{
	pthread_mutex_t *turn = text->n >= LEAF_LARGE ? options->large : NULL;
	if (turn)
		pthread_mutex_lock(turn);
	int result = passages_read(text->s + l->front.body, text->n - l->front.body,
				   l->front.body_line, options->anchors, &l->passages, why);
	if (turn) {
		malloc_trim(0); /* of another thread's pool: what is free there stays */
		pthread_mutex_unlock(turn);
	}
	return result;
}

int leaf_read(struct leaf *l, struct survey_entry *entry, const struct leaf_options *options,
	      struct buf *text, struct error *why)
{
	*l = (struct leaf){0};
	if (walk_read_page(text, entry->root, entry->path, why) != 0 ||
	    front_read(text->s, text->n, &l->front, why) != 0)
		return -1;
	if (text_checksum(TEXT_HASH_START, text->s, text->n) != entry->hash)
		survey_distrust(entry);
	if (read_passages(l, text, options, why) != 0) {
		front_free(&l->front);
		return -1;
	}
	l->name = name_of(entry->path);
	struct buf address = buf_new(FRONT_MAX_BYTES);
	address_of(&address, &options->address, entry->path, l->front.url, l->front.slug);
	l->address = buf_take(&address);
	if (!l->name || !l->address) {
		leaf_free(l);
		return error_memory(why);
	}
	l->page = (struct page){.path = entry->path,
				.address = l->address,
				.title = title_of(l),
				.facets = {[FACET_AREA] = l->front.area},
				.date = l->front.date,
				.language = entry->language,
				.passages = &l->passages,
				.body = text->s + l->front.body};
	read_facets(l, options);
	return 0;
}

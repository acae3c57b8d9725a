#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "markup.h"

enum { DEFINITIONS_MAX = 16 * 1024 * 1024 };

struct profile_page {
	struct span path; /* of an item's record */
	struct buf definitions;
};

static struct profile_page *find_page(const struct profile *p, struct span path)
{
	for (size_t i = 0; i < p->n_pages; i++) {
		if (span_equal(p->pages[i].path, path))
			return &p->pages[i];
	}
	return NULL;
}

/* A page that went since the passage was found has no definitions. */
static int read_page(struct profile *p, struct search *s, struct span path, struct error *e)
{
	struct search_result page;
	if (find_page(p, path))
		return 0;
	struct profile_page *new = &p->pages[p->n_pages++];
	*new = (struct profile_page){path, buf_new(DEFINITIONS_MAX)};
	if (search_page(s, path, &page, e) != 0)
		return e->status == STATUS_NOT_FOUND ? 0 : -1;
	for (size_t i = 0; i < page.n_hits; i++)
		markup_definitions(&new->definitions, page.hits[i].record.field[RECORD_SOURCE]);
	search_free(&page);
	return new->definitions.failed ? error_memory(e) : 0;
}

static bool is_there(const struct profile *p, const struct record *r)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct search_result *found = &p->items[i].found;
		for (size_t k = 0; k < found->n_hits; k++) {
			if (span_equal(found->hits[k].record.field[RECORD_ID], r->field[RECORD_ID]))
				return true;
		}
	}
	return false;
}

static int add(struct profile *p, struct search *s, const char *id, struct error *e)
{
	struct profile_item *item = &p->items[p->n];
	*item = (struct profile_item){.id = id};
	if (search_find(s, span_of(id), &item->found, e) != 0) {
		item->gone = e->status == STATUS_NOT_FOUND;
		p->n += item->gone;
		return item->gone ? 0 : -1;
	}
	if (is_there(p, &item->found.hits[0].record)) {
		search_free(&item->found);
		return 0;
	}
	item->chosen = &item->found.hits[0];
	p->n++;
	for (size_t i = 0; i < item->found.n_hits; i++) {
		const struct hit *hit = &item->found.hits[i];
		item->sides[language_index(hit->language)] = hit;
		if (read_page(p, s, hit->record.field[RECORD_PATH], e) != 0)
			return -1;
	}
	return 0;
}

int profile_collect(struct profile *p, struct search *s, const char *const *ids, size_t n,
		    struct error *e)
{
	*p = (struct profile){.items = calloc(n + 1, sizeof *p->items),
			      .pages = calloc(2 * n + 1, sizeof *p->pages)};
	if (!p->items || !p->pages)
		return error_memory(e);
	for (size_t i = 0; i < n; i++) {
		if (add(p, s, ids[i], e) != 0)
			return -1;
	}
	return 0;
}

void profile_free(struct profile *p)
{
	for (size_t i = 0; i < p->n_pages; i++)
		buf_free(&p->pages[i].definitions);
	for (size_t i = 0; i < p->n; i++)
		search_free(&p->items[i].found);
	free(p->items);
	free(p->pages);
	*p = (struct profile){.n = 0};
}

struct span profile_definitions(const struct profile *p, const struct record *r)
{
	const struct profile_page *page = find_page(p, r->field[RECORD_PATH]);
	return page && page->definitions.s ? (struct span){page->definitions.s, page->definitions.n}
					   : (struct span){"", 0};
}

const struct record *profile_page_of(const struct profile_item *item, const struct language *l)
{
	const struct record *r = item->chosen ? &item->chosen->record : NULL;
	return r && r->field[RECORD_TWIN_PATH].n &&
			       span_equal(r->field[RECORD_TWIN_LANG], span_of(l->code))
		       ? r
		       : NULL;
}

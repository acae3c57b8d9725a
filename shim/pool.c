#include "pool.h"

#include <stdlib.h>
#include <string.h>

/* A slice ends with the address of the next one. */
enum { LINK = 4 };
static const unsigned short slice_sizes[] = {16, 32, 64, 128, 256, 512, 1024, 2048};
enum { SLICE_LEVELS = sizeof slice_sizes / sizeof *slice_sizes };

bool pool_take(struct pool *p, size_t n, uint32_t *address)
{
	if (!p->n || p->used + n > POOL_PAGE) {
		if (p->n == POOL_PAGES || !(p->pages[p->n] = malloc(POOL_PAGE)))
			return false;
		p->n++;
		p->used = 0;
	}
	*address = (uint32_t)(((p->n - 1) << POOL_BITS) + p->used);
	p->used += n;
	return true;
}

static bool add_slice(struct pool *p, struct pool_stream *s)
{
	uint32_t address;
	size_t size = slice_sizes[s->level];
	if (!pool_take(p, size, &address))
		return false;
	if (s->end)
		memcpy(pool_at(p, s->end), &address, sizeof address);
	else
		s->first = address;
	s->at = address;
	s->end = address + (uint32_t)size - LINK;
	s->level += s->level + 1 < SLICE_LEVELS;
	return true;
}

bool pool_add(struct pool *p, struct pool_stream *s, const char *bytes, size_t n)
{
	while (n) {
		if (s->at == s->end && !add_slice(p, s))
			return false;
		size_t room = s->end - s->at, some = n < room ? n : room;
		memcpy(pool_at(p, s->at), bytes, some);
		s->at += (uint32_t)some;
		bytes += some;
		n -= some;
	}
	return true;
}

void pool_read(const struct pool *p, const struct pool_stream *s, struct buf *out)
{
	uint32_t at = s->first;
	for (unsigned level = 0;; level += level + 1 < SLICE_LEVELS) {
		uint32_t end = at + slice_sizes[level] - LINK;
		bool last = end == s->end;
		buf_add(out, pool_at(p, at), (last ? s->at : end) - at);
		if (last)
			return;
		memcpy(&at, pool_at(p, end), sizeof at);
	}
}

size_t pool_memory(const struct pool *p)
{
	return p->n * POOL_PAGE;
}

void pool_free(struct pool *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->pages[i]);
	*p = (struct pool){0};
}

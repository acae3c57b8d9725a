#include "queue.h"

#include <string.h>

void queue_put(struct queue *q, void *stream)
{
	size_t from = 0, end = q->n;
	while (from < end) {
		size_t middle = from + (end - from) / 2;
		if (q->order(q->list[middle], stream) < 0)
			from = middle + 1;
		else
			end = middle;
	}
	memmove(q->list + from + 1, q->list + from, (q->n++ - from) * sizeof *q->list);
	q->list[from] = stream;
}

void *queue_take(struct queue *q)
{
	if (!q->n)
		return NULL;
	void *first = q->list[0];
	memmove(q->list, q->list + 1, --q->n * sizeof *q->list);
	return first;
}

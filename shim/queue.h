/* queue.h - what comes first of several sorted streams. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stddef.h>

/* The streams that are not at their end, the one whose turn it is first. */
struct queue {
	void **list; /* the owner's, with room for all streams; NULL when memory was out */
	size_t n;
	int (*order)(const void *a, const void *b); /* of two streams, as qsort() has it */
};

/* Puts a stream in, behind those that come before it. */
void queue_put(struct queue *q, void *stream);
/* Takes the first one out; NULL when there is none. */
void *queue_take(struct queue *q);

#endif

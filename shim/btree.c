#include "btree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum {
	LEVELS = 10,
	DIRECTORY = 11, /* where a block's directory begins: revision, level, room, room, end */
	ITEM_MAX = 0x1FFF + 3,
	COMPRESSED = 0x80, /* in the first byte of an item */
	LAST = 0x40,
	FIRST = 0x20,
};

/* A block being filled: its directory grows up, its items grow down. */
struct block {
	unsigned char bytes[BTREE_BLOCK];
	size_t directory, items;
	/* of a branch entry that points to this block: the shortest key that parts it from the one
	 * before */
	unsigned char key[BTREE_KEY_MAX];
	size_t key_n;
	unsigned component;
};

struct btree {
	char *path;
	int fd;
	struct block *level[LEVELS];
	unsigned top; /* the highest level in use */
	unsigned char last[BTREE_KEY_MAX];
	size_t last_n;
	struct btree_root root;
};

static void put16(unsigned char *p, size_t n)
{
	p[0] = (unsigned char)(n >> 8);
	p[1] = (unsigned char)n;
}

static void put32(unsigned char *p, uint32_t n)
{
	put16(p, n >> 16);
	put16(p + 2, n & 0xFFFF);
}

static void block_clear(struct block *b)
{
	b->directory = DIRECTORY;
	b->items = BTREE_BLOCK;
}

static bool block_takes(const struct block *b, size_t n)
{
	return b->items - b->directory >= n + 2;
}

/* Room for an item of n bytes. */
static unsigned char *block_item(struct block *b, size_t n)
{
	b->items -= n;
	put16(b->bytes + b->directory, b->items);
	b->directory += 2;
	return b->bytes + b->items;
}

static int write_all(struct btree *t, const unsigned char *s, size_t n, struct error *e)
{
	while (n) {
		ssize_t got = write(t->fd, s, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_system(e, t->path);
		s += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Writes the block of a level; *number is its own. */
static int block_write(struct btree *t, unsigned level, uint32_t *number, struct error *e)
{
	struct block *b = t->level[level];
	size_t room = b->items - b->directory;
	put32(b->bytes, BTREE_REVISION);
	b->bytes[4] = (unsigned char)level;
	put16(b->bytes + 5, room);
	put16(b->bytes + 7, room);
	put16(b->bytes + 9, b->directory);
	memset(b->bytes + b->directory, 0, room);
	*number = t->root.blocks++;
	block_clear(b);
	return write_all(t, b->bytes, BTREE_BLOCK, e);
}

static int level_open(struct btree *t, unsigned level, struct error *e)
{
	if (level == LEVELS)
		return error_set(e, STATUS_LIMIT, MSG_XAP_LONG, t->path);
	if (t->level[level])
		return 0;
	t->level[level] = malloc(sizeof **t->level);
	if (!t->level[level])
		return error_memory(e);
	block_clear(t->level[level]);
	t->level[level]->key_n = 0;
	t->level[level]->component = 0;
	t->top = level;
	return 0;
}

/* Writes the full block of a level and puts it into its parent, and so on upwards. */
static int level_up(struct btree *t, unsigned level, struct error *e)
{
	uint32_t number;
	struct block *b = t->level[level];
	size_t n = 4 + 1 + b->key_n + 2;
	if (block_write(t, level, &number, e) != 0 || level_open(t, level + 1, e) != 0)
		return -1;
	struct block *parent = t->level[level + 1];
	if (!block_takes(parent, n)) {
		if (level_up(t, level + 1, e) != 0)
			return -1;
		/* the branch's first entry is what parts it from the branch before */
		memcpy(parent->key, b->key, b->key_n);
		parent->key_n = b->key_n;
		parent->component = b->component;
	}
	unsigned char *item = block_item(parent, n);
	put32(item, number);
	item[4] = (unsigned char)b->key_n;
	memcpy(item + 5, b->key, b->key_n);
	put16(item + 5 + b->key_n, b->component);
	return 0;
}

/* The shortest beginning of a key that is not one of the key before it. */
static void part(struct btree *t, const char *key, size_t n, unsigned component)
{
	struct block *leaf = t->level[0];
	size_t i = 0;
	while (i < n && i < t->last_n && (unsigned char)key[i] == t->last[i])
		i++;
	leaf->key_n = i < n ? i + 1 : n;
	memcpy(leaf->key, key, leaf->key_n);
	leaf->component = component;
}

static int add_item(struct btree *t, const char *key, size_t key_n, unsigned component,
		    const char *tag, size_t tag_n, unsigned flags, struct error *e)
{
	size_t n = 2 + 1 + key_n + (component > 1 ? 2 : 0) + tag_n;
	if (!block_takes(t->level[0], n)) {
		if (level_up(t, 0, e) != 0)
			return -1;
		part(t, key, key_n, component);
	}
	unsigned char *p = block_item(t->level[0], n);
	put16(p, n - 3);
	p[0] |= (unsigned char)(flags | (component == 1 ? FIRST : 0));
	p[2] = (unsigned char)key_n;
	memcpy(p + 3, key, key_n);
	p += 3 + key_n;
	if (component > 1) {
		put16(p, component);
		p += 2;
	}
	if (tag_n)
		memcpy(p, tag, tag_n);
	memcpy(t->last, key, key_n);
	t->last_n = key_n;
	return 0;
}

struct btree *btree_open(const char *path, struct error *e)
{
	struct btree *t = calloc(1, sizeof *t);
	if (!t) {
		error_memory(e);
		return NULL;
	}
	t->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	t->path = text_copy(path, strlen(path));
	int result = t->fd < 0 ? error_system(e, path) : !t->path ? error_memory(e) : 0;
	/* every table begins with an item of no key, which is not counted */
	if (result == 0 && level_open(t, 0, e) == 0 && add_item(t, "", 0, 1, "", 0, LAST, e) == 0)
		return t;
	btree_close(t);
	return NULL;
}

int btree_add(struct btree *t, const char *key, size_t key_n, const char *tag, size_t tag_n,
	      bool compressed, struct error *e)
{
	unsigned flags = compressed ? COMPRESSED : 0, component = 1;
	if (key_n > BTREE_KEY_MAX)
		return error_set(e, STATUS_INPUT, MSG_XAP_LONG, "(key)");
	for (size_t most = ITEM_MAX - 3 - key_n; tag_n > most; most = ITEM_MAX - 5 - key_n) {
		if (add_item(t, key, key_n, component, tag, most, flags, e) != 0)
			return -1;
		tag += most;
		tag_n -= most;
		component++;
	}
	t->root.entries++;
	return add_item(t, key, key_n, component, tag, tag_n, flags | LAST, e);
}

int btree_finish(struct btree *t, struct btree_root *root, struct error *e)
{
	for (unsigned level = 0; level < t->top; level++) {
		if (level_up(t, level, e) != 0)
			return -1;
	}
	if (block_write(t, t->top, &t->root.block, e) != 0)
		return -1;
	t->root.level = t->top;
	*root = t->root;
	int fd = t->fd;
	t->fd = -1;
	return close(fd) == 0 ? 0 : error_system(e, t->path); /* some disks tell only now */
}

void btree_close(struct btree *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	for (size_t i = 0; i < LEVELS; i++)
		free(t->level[i]);
	free(t->path);
	free(t);
}

#include "record.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Each field: its length in base 128, low bits first, high bit = more to come; then its bytes. */
void record_write(struct buf *out, const struct record *r)
{
	for (size_t i = 0; i < RECORD_FIELDS; i++) {
		size_t n = r->field[i].n;
		for (; n >= 128; n >>= 7)
			buf_putc(out, (char)(n & 127) | (char)128);
		buf_putc(out, (char)n);
		buf_add(out, r->field[i].s, r->field[i].n);
	}
}

bool record_read(struct record *r, const char *data, size_t n)
{
	size_t at = 0;
	for (size_t i = 0; i < RECORD_FIELDS; i++) {
		size_t length = 0;
		for (unsigned shift = 0;; shift += 7) {
			if (at >= n || shift > 28)
				return false;
			unsigned char byte = (unsigned char)data[at++];
			length |= (size_t)(byte & 127) << shift;
			if (byte < 128)
				break;
		}
		if (length > n - at)
			return false;
		r->field[i] = (struct span){data + at, length};
		at += length;
	}
	return at == n;
}

struct span record_page_title(const struct record *r)
{
	struct span above = r->field[RECORD_BREADCRUMB];
	const char *end = above.n ? memchr(above.s, '\n', above.n) : NULL;
	return end ? (struct span){above.s, (size_t)(end - above.s)} : r->field[RECORD_TITLE];
}

void record_id(char id[17], const char *path, const char *anchor, unsigned number)
{
	char tail[16];
	int n = snprintf(tail, sizeof tail, "#%u", number);
	uint64_t hash = text_hash(TEXT_HASH_START, path, strlen(path) + 1);
	hash = text_hash(hash, anchor, strlen(anchor));
	hash = text_hash(hash, tail, number ? (size_t)n : 0);
	snprintf(id, 17, "%016llx", (unsigned long long)hash);
}

#include "pack.h"

void pack_number(struct buf *out, uint64_t n)
{
	char bytes[PACK_MAX];
	buf_add(out, bytes, pack(bytes, n));
}

void pack_string(struct buf *out, const char *s, size_t n)
{
	pack_number(out, n);
	buf_add(out, s, n);
}

/* Two bytes below 0x8000, above that as many leading
 * ones as bytes follow the first two, less one. */
size_t pack_sorted(char *out, uint32_t n)
{
	size_t length = 2;
	if (n < 0x8000) {
		out[0] = (char)(n >> 8);
		out[1] = (char)n;
		return 2;
	}
	for (uint32_t rest = n >> 15; rest; rest >>= 7)
		length++;
	uint64_t all = n;
	for (size_t i = length; i--; all >>= 8)
		out[i] = (char)all;
	out[0] = (char)((unsigned char)out[0] | (0xFF << (10 - length) & 0xFF));
	return length;
}

size_t pack_term(char *out, const char *s, size_t n, bool ended)
{
	size_t length = 0;
	for (size_t i = 0; i < n; i++) {
		out[length++] = s[i];
		if (!s[i])
			out[length++] = (char)0xFF;
	}
	if (ended)
		out[length++] = '\0';
	return length;
}

/* ---- position lists (Xapian's bitstream.cc) -----------------------------------------------------
 *
 * Interpolative code: Moffat and Stuiver 2000; Managing Gigabytes, 2nd edition, 3.4. */

struct bits {
	unsigned char *out;
	size_t n;
	uint64_t held;
	unsigned n_held;
};

/* A value below outof. The values in the middle take a bit less where there are codes to spare. */
static void put_bits(struct bits *b, uint32_t value, uint32_t outof)
{
	uint32_t top = outof - 1;
	unsigned bits = top ? 32 - (unsigned)__builtin_clz(top) : 0;
	uint64_t spare = (UINT64_C(1) << bits) - outof;
	if (spare) {
		uint64_t middle = (outof - spare) / 2;
		if (value >= middle + spare)
			value = (uint32_t)(value - (middle + spare)) | UINT32_C(1) << (bits - 1);
		else if (value >= middle)
			bits--;
	}
	b->held |= (uint64_t)value << b->n_held;
	for (b->n_held += bits; b->n_held >= 8; b->n_held -= 8) {
		b->out[b->n++] = (unsigned char)b->held;
		b->held >>= 8;
	}
}

static void put_between(struct bits *b, const uint32_t *positions, size_t j, size_t k)
{
	while (j + 1 < k) {
		size_t middle = j + (k - j) / 2;
		uint32_t outof = positions[k] - positions[j] - (uint32_t)(k - j) + 1,
			 lowest = positions[j] + (uint32_t)(middle - j);
		put_bits(b, positions[middle] - lowest, outof);
		put_between(b, positions, j, middle);
		j = middle;
	}
}

size_t pack_positions(char *out, const uint32_t *positions, size_t n)
{
	size_t length = pack(out, positions[n - 1]);
	if (n == 1)
		return length;
	struct bits b = {.out = (unsigned char *)out + length};
	put_bits(&b, positions[0], positions[n - 1]);
	put_bits(&b, (uint32_t)n - 2, positions[n - 1] - positions[0]);
	put_between(&b, positions, 0, n - 1);
	if (b.n_held)
		b.out[b.n++] = (unsigned char)b.held;
	return length + b.n;
}

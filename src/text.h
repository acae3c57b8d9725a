/* text.h - bytes: a growing buffer with a ceiling, an arena, and UTF-8. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: not NUL-terminated, never freed through here. */
struct span {
	const char *s;
	size_t n;
};

/* The span of a string literal or C string. */
struct span span_of(const char *s);
bool span_equal(struct span a, struct span b);
/* By their bytes, as qsort() has it; what begins another comes before it. */
int span_order(struct span a, struct span b);
/* Without the ASCII white space at both ends. */
struct span span_trim(struct span a);

/* A growing byte buffer. s is always NUL-terminated once anything was added (s == NULL before).
 * When an addition would pass max bytes or memory is out, the buffer keeps what it had, `failed` is
 * set and stays set, and later additions do nothing: write freely, test once at the end. */
struct buf {
	char *s;
	size_t n, cap, max;
	bool failed;
	bool starved; /* for want of memory */
};

/* A buffer that may grow to max bytes. Nothing is allocated until something is added. */
struct buf buf_new(size_t max);
void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* forgets the content, keeps the memory, clears `failed` */
void buf_add(struct buf *b, const char *s, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Encodes one code point as UTF-8. */
void buf_codepoint(struct buf *b, uint32_t c);
/* Hands the bytes over as a C string that the caller frees; NULL if the buffer failed or memory is
 * out. The buffer is empty afterwards. */
char *buf_take(struct buf *b);

/* An arena: many small allocations with one life. Zero-initialise it: struct arena a = {0};
 * arena_alloc returns zeroed memory or NULL when memory is out. */
struct arena {
	struct arena_block *head;
};

void *arena_alloc(struct arena *a, size_t size);
char *arena_copy(struct arena *a, const char *s, size_t n); /* NUL-terminated copy */
void arena_free(struct arena *a);
/* All that is in `from` lives in `a` from now on; `from` is empty. */
void arena_join(struct arena *a, struct arena *from);

/* Copies n bytes to a new C string that the caller frees; NULL when memory is out. */
char *text_copy(const char *s, size_t n);

/* FNV-1a, 64 bits: goes on from a hash (TEXT_HASH_START at first) with n bytes more. */
#define TEXT_HASH_START UINT64_C(0xCBF29CE484222325)
uint64_t text_hash(uint64_t hash, const char *s, size_t n);

/* A checksum of many bytes, eight at a time: goes on from a sum (TEXT_HASH_START at first). Any
 * change within eight bytes is seen for certain. In pieces of a multiple of eight bytes, but for
 * the last, it is the sum of the whole. */
uint64_t text_checksum(uint64_t sum, const char *s, size_t n);

/* Decodes the code point at s (n > 0 bytes are there) into *c and returns its length in bytes.
 * Bytes that are no valid UTF-8 (RFC 3629) give *c = U+FFFD and length 1. */
size_t utf8_decode(const char *s, size_t n, uint32_t *c);
/* Offset of the first byte that is not valid UTF-8 or that is NUL, or n when all is well. */
size_t utf8_check(const char *s, size_t n);
/* Number of code points. */
size_t utf8_length(const char *s, size_t n);
/* Columns that a terminal shows the text in (wide East Asian = 2, combining marks = 0). */
size_t utf8_width(const char *s, size_t n);

/* Appends the text for a terminal: what text_is_unsafe() says becomes U+FFFD. */
void text_put_safe(struct buf *out, const char *s, size_t n);

/* The text folded for comparison: case folded, compatibility-decomposed, diacritics dropped, œ ->
 * oe, æ -> ae, ø -> o, every apostrophe -> '. Equal for NFC and NFD (Unicode UAX #15). Appends to
 * out. */
void text_fold(struct buf *out, const char *s, size_t n);
/* The same for one code point; returns the number of code points written to out (at most 18). */
size_t text_fold_codepoint(uint32_t c, uint32_t out[18]);
/* Are the two the same once folded, and not empty? Takes no memory. */
bool text_folds_equal(struct span a, struct span b);
/* A letter or a number (Unicode's general categories L and N). */
bool text_is_alphanumeric(uint32_t c);
/* What would break a line or work on a terminal, or turns or hides what stands beside it (ECMA-48:
 * C0, DEL, C1; Unicode: separators, signs of direction, tags). */
bool text_is_unsafe(uint32_t c);
/* True for ' U+2018 U+2019 U+201B U+02BC U+FF07: all that people type or paste for an apostrophe.
 */
bool text_is_apostrophe(uint32_t c);

#endif

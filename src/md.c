#include "md.h"

#include <string.h>

void md_text(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.s[i] == '\n') {
			buf_putc(out, ' ');
			continue;
		}
		if (strchr("\\`*_[]<>#&|~", text.s[i]) && text.s[i])
			buf_putc(out, '\\');
		size_t start = i;
		while (i + 1 < text.n && ((unsigned char)text.s[i + 1] & 0xC0) == 0x80)
			i++;
		text_put_safe(out, text.s + start, i + 1 - start);
	}
}

void md_url(struct buf *out, struct span url)
{
	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.s[i];
		if (c <= 0x20 || c >= 0x7F || strchr("<>\\", c))
			buf_printf(out, "%%%02X", c);
		else
			buf_putc(out, url.s[i]);
	}
}

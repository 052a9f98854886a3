#include "page/shown.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define DIGITS_SHOWN 6 /* a run of more digits is somebody's number */

/* 13812345678 → 138****5678, whatever it stands in. */
static char *shorten_numbers(const char *text)
{
	struct buf out = {0};
	for (const char *p = text; *p;) {
		size_t n = strspn(p, "0123456789");
		if (n > DIGITS_SHOWN) {
			buf_add(&out, p, 3);
			buf_adds(&out, "****");
			buf_add(&out, p + n - (n > 9 ? 4 : 2), n > 9 ? 4 : 2);
		} else
			buf_add(&out, p, n ? n : 1);
		p += n ? n : 1;
	}
	buf_adds(&out, "");
	return buf_take(&out);
}

char *shown_text(const char *text, bool full, int columns)
{
	cleanup_free char *masked = mem_dup(text);
	text_mask_controls(masked);
	char *out = full ? mem_dup(masked) : shorten_numbers(masked);
	if (!columns || text_width(out) <= columns)
		return out;
	const char *at = out, *end = out, *blank = NULL;
	char one[5];
	int wide = 0;
	for (uint32_t c; (c = text_next(&at)); end = at) {
		one[text_put(one, c)] = 0;
		wide += text_width(one);
		if (wide > columns - 2)
			break;
		if (c == ' ')
			blank = end;
	}
	/* a word is not cut, unless it is most of the text */
	size_t n = (size_t)((blank && blank > out + (end - out) * 2 / 3 ? blank : end) - out);
	char *cut = mem_printf("%.*s…", (int)n, out);
	free(out);
	return cut;
}

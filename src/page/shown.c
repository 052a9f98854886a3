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

/* Bytes of the first columns. */
static size_t first_columns(const char *text, int columns)
{
	const char *at = text, *end = text;
	char one[5];
	int wide = 0;
	for (uint32_t c; (c = text_next(&at)); end = at) {
		one[text_put(one, c)] = 0;
		wide += text_width(one);
		if (wide > columns)
			break;
	}
	return (size_t)(end - text);
}

static char *shown(const char *text, bool full, int columns, const char *behind)
{
	cleanup_free char *masked = mem_dup(text);
	text_mask_controls(masked);
	char *out = full ? mem_dup(masked) : shorten_numbers(masked);
	if (!columns || text_width(out) <= columns)
		return out;
	size_t n = text_cut(out, first_columns(out, columns - text_width(behind)));
	char *cut = mem_printf("%.*s%s", (int)n, out, behind);
	free(out);
	return cut;
}

char *shown_text(const char *text, bool full, int columns)
{
	return shown(text, full, columns, "…");
}

char *shown_clause(const char *text, int columns)
{
	return shown(text, false, columns, "");
}

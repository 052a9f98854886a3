#include "base/ini_text.h"
#include "base/i18n.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int ini_text_fail(struct ini_text *in, int line, const char *fmt, ...)
{
	if (!in->failed) {
		char text[300];
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(text, sizeof text, gettext(fmt), ap);
		va_end(ap);
		err_set(in->e, in->file, line, "%s", text);
	}
	in->failed = true;
	return 0;
}

/* Hands one line of the text to inih and counts it. */
static char *next_line(char *out, int size, void *ctx)
{
	struct ini_text *in = ctx;
	if (!*in->text || in->failed)
		return NULL;
	size_t n = strcspn(in->text, "\n");
	size_t with_end = n + (in->text[n] == '\n');
	in->line++;
	if (with_end >= (size_t)size) {
		ini_text_fail(
		    in, in->line,
		    N_("the line is longer than %d bytes; cut it or write a second one of the same key"),
		    size - 2);
		return NULL;
	}
	memcpy(out, in->text, with_end);
	out[with_end] = 0;
	in->text += with_end;
	return out;
}

void ini_text_read(struct ini_text *in, ini_handler on_value, void *ctx, const char *neither)
{
	int rc = ini_parse_stream(next_line, in, on_value, ctx);
	if (rc && !in->failed)
		ini_text_fail(in, rc > 0 ? rc : in->line, "%s", gettext(neither));
}

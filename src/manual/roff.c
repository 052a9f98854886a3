#include "manual/roff.h"

#include "base/text.h"

#include <string.h>

/* Chinese is written without blanks: a line may be broken between two signs, but not before a closing or behind an
 * opening one. */
static bool may_break(const char *p)
{
	static const char *const closing = "。，、；：？！）】》」”’…";
	static const char *const opening = "（【《「“‘";
	char sign[8] = "";
	const char *next = p;
	uint32_t a = text_next(&next);
	size_t n = (size_t)(next - p);
	if (a < 0x2000 || n >= sizeof sign)
		return false;
	memcpy(sign, p, n);
	if (strstr(opening, sign))
		return false;
	const char *end = next;
	uint32_t b = text_next(&end);
	memset(sign, 0, sizeof sign);
	memcpy(sign, next, (size_t)(end - next));
	return b >= 0x2000 && !strstr(closing, sign);
}

/* Whether a break may follow this byte: it must be the last of its sign. */
static void put_break(FILE *f, const char *text, const char *p)
{
	const char *begin = p;
	if (((unsigned char)p[1] & 0xC0) == 0x80 || !((unsigned char)*p & 0x80))
		return;
	while (begin > text && ((unsigned char)*begin & 0xC0) == 0x80)
		begin--;
	if (may_break(begin))
		fputs("\\:", f);
}

void roff_raw(FILE *f, const char *line)
{
	for (const char *p = line; *p; p++) {
		fputc(*p, f);
		put_break(f, line, p);
	}
}

static void put(FILE *f, char c)
{
	switch (c) {
	case '\\':
		fputs("\\e", f);
		break;
	case '-': /* not a hyphen: it is copied and typed */
		fputs("\\-", f);
		break;
	case '^':
		fputs("\\(ha", f);
		break;
	case '~':
		fputs("\\(ti", f);
		break;
	case '`':
		fputs("\\(ga", f);
		break;
	case '\'':
		fputs("\\(aq", f);
		break;
	case '"':
		fputs("\\(dq", f);
		break;
	default:
		fputc(c, f);
	}
}

void roff_plain(FILE *f, const char *text)
{
	for (const char *p = text; *p; p++)
		put(f, *p);
	fputc('\n', f);
}

static void lines(FILE *f, const char *text, bool filled)
{
	for (const char *p = text; *p; p++) {
		if ((p == text || p[-1] == '\n') && *p == '.')
			fputs("\\&", f);
		put(f, *p);
		if (*p == '\n' && filled)
			fputs(".br\n", f);
		put_break(f, text, p);
	}
	fputc('\n', f);
}

void roff_text(FILE *f, const char *text)
{
	lines(f, text, true);
}

void roff_argument(FILE *f, const char *text)
{
	fputc('"', f);
	for (const char *p = text; *p; p++)
		put(f, *p);
	fputc('"', f);
}

void roff_heading(FILE *f, const char *request, const char *text)
{
	fprintf(f, "%s ", request);
	roff_argument(f, text);
	fputc('\n', f);
}

void roff_item(FILE *f, const char *tag, const char *value, const char *text)
{
	fputs(".TP\n", f);
	if (value) {
		fputs(".BI ", f);
		roff_argument(f, tag);
		fputs(" \" \" ", f);
		roff_argument(f, value);
		fputc('\n', f);
	} else {
		fputs(".B ", f);
		roff_argument(f, tag);
		fputc('\n', f);
	}
	roff_text(f, text);
}

void roff_paragraph(FILE *f, const char *text)
{
	fputs(".PP\n", f);
	roff_text(f, text);
}

void roff_example(FILE *f, const char *typed)
{
	fputs(".RS 4\n.nf\n", f);
	lines(f, typed, false);
	fputs(".fi\n.RE\n", f);
}

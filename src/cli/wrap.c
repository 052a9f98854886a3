#include "cli/wrap.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

static const char closing[] = "，。、；：）」”！？", opening[] = "（「“《";

/* One character of `s`, its bytes also in `one`. */
static size_t character(const char *s, char one[8])
{
	const char *p = s;
	text_next(&p);
	size_t n = (size_t)(p - s);
	memcpy(one, s, n);
	one[n] = 0;
	return n;
}

/* What must stay on one line: a word, or a wide character, with the closing signs behind it and the opening ones before it. */
static size_t unit(const char *s, int *ret_width)
{
	char one[8];
	size_t n = character(s, one);
	int width = text_width(one);
	bool wide = width > 1, opens = strstr(opening, one);
	while (s[n] && !strchr(" \n", s[n])) {
		size_t more = character(s + n, one);
		int w = text_width(one);
		if (!opens && !strstr(closing, one) && (wide || w > 1))
			break;
		opens = strstr(opening, one);
		wide |= w > 1;
		width += w;
		n += more;
	}
	*ret_width = width;
	return n;
}

void wrap_print(FILE *f, const char *s, int at, int indent)
{
	while (*s) {
		int blanks = (int)strspn(s, " "), width;
		s += blanks;
		if (!*s)
			break;
		if (*s == '\n') {
			fprintf(f, "\n%*s", indent, "");
			at = indent;
			s++;
			continue;
		}
		size_t n = unit(s, &width);
		if (at > indent && at + blanks + width > WRAP_COLUMNS) {
			fprintf(f, "\n%*s", indent, "");
			at = indent;
			blanks = 0;
		}
		fprintf(f, "%*s%.*s", blanks, "", (int)n, s);
		at += blanks + width;
		s += n;
	}
	fputc('\n', f);
}

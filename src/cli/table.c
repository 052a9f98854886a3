#include "cli/table.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <libintl.h>
#include <string.h>

char *table_cut(const char *s, int width)
{
	if (width <= 0 || text_width(s) <= width)
		return mem_dup(s);
	struct buf b = {0};
	const char *p = s, *from = s;
	int w = 0;
	while (text_next(&p)) {
		char one[8] = "";
		memcpy(one, from, (size_t)(p - from));
		w += text_width(one);
		if (w > width - 1)
			break;
		buf_adds(&b, one);
		from = p;
	}
	buf_adds(&b, "…");
	return buf_take(&b);
}

static void cell(FILE *f, const char *s, int pad, bool right, const char *colour)
{
	if (right)
		fprintf(f, "%*s", pad, "");
	if (colour)
		fprintf(f, "\033[%sm%s\033[0m", colour, s);
	else
		fputs(s, f);
	if (!right)
		fprintf(f, "%*s", pad, "");
}

static void line(FILE *f, const struct out_column *columns, int n, const char *const *cells, const int *widths,
		 int last, bool head, bool colour)
{
	for (int i = 0; i < n; i++) {
		if (!columns[i].title)
			continue;
		bool right = columns[i].type == OUT_INT;
		cleanup_free char *s = table_cut(cells[i], widths[i]);
		int pad = widths[i] - text_width(s);
		if (i == last && !right)
			pad = 0;
		cell(f, s, pad, right,
		     !colour                       ? NULL
		     : head                        ? "1"
		     : columns[i].type == OUT_WORD ? out_word_colour(s)
						   : NULL);
		if (i != last)
			fprintf(f, "%*s", TABLE_GAP, "");
	}
	fputc('\n', f);
}

void table_print(FILE *f, const struct out_column *columns, int n, const char *const *cells, size_t rows,
		 bool colour, bool terminal, bool head)
{
	cleanup_free int *widths = mem_array((size_t)n, sizeof *widths);
	cleanup_free const char **heads = mem_array((size_t)n, sizeof *heads);
	int last = 0;
	for (int i = 0; i < n; i++) {
		if (!columns[i].title)
			continue;
		last = i;
		heads[i] = gettext(columns[i].title);
		widths[i] = text_width(heads[i]);
		for (size_t r = 0; r < rows; r++) {
			int w = text_width(cells[r * (size_t)n + (size_t)i]);
			if (w > widths[i])
				widths[i] = w;
		}
		if (terminal && columns[i].width && widths[i] > columns[i].width)
			widths[i] = columns[i].width;
	}
	if (head)
		line(f, columns, n, heads, widths, last, true, colour);
	for (size_t r = 0; r < rows; r++)
		line(f, columns, n, cells + r * (size_t)n, widths, last, false, colour);
}

static bool is_formula(const char *s)
{
	if (*s == '=' || *s == '@')
		return true;
	return (*s == '+' || *s == '-') && s[1 + strspn(s + 1, "0123456789.:+- ")];
}

void table_csv_cell(FILE *f, const char *s)
{
	size_t n = strlen(s);
	bool formula = is_formula(s);
	bool quote = formula || strpbrk(s, ",\"\r\n") || (n && (s[0] == ' ' || s[n - 1] == ' '));
	if (quote)
		fputc('"', f);
	if (formula)
		fputc('\'', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	if (quote)
		fputc('"', f);
}

#include "page/chart_internal.h"

#include "base/text.h"
#include "page/template.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One row a series: fills that stay apart on a black and white printer, in the order in which they are given out. */
static const struct {
	const char *pattern; /* inside an 8 × 8 tile */
	const char *dash;    /* of its line */
} looks[CHART_SERIES] = {
    {"<rect width=\"8\" height=\"8\" fill=\"#1f4e79\"/>", ""},
    {"<rect width=\"8\" height=\"8\" fill=\"#fff\"/>"
     "<path d=\"M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4\" stroke=\"#1f4e79\" stroke-width=\"2\"/>",
     "8 4"},
    {"<rect width=\"8\" height=\"8\" fill=\"#c9d6e3\"/>", "2 3"},
    {"<rect width=\"8\" height=\"8\" fill=\"#fff\"/><circle cx=\"4\" cy=\"4\" r=\"1.8\" fill=\"#1f4e79\"/>",
     "10 3 2 3"},
    {"<rect width=\"8\" height=\"8\" fill=\"#7f97b0\"/>", "14 4"},
    {"<rect width=\"8\" height=\"8\" fill=\"#fff\"/>"
     "<path d=\"M0,4 h8 M4,0 v8\" stroke=\"#1f4e79\" stroke-width=\"1.2\"/>",
     "5 2 1 2 1 2"},
};

static bool has_id(const struct chart *c)
{
	return c->id && *c->id &&
	       strspn(c->id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
		   strlen(c->id);
}

static const char *id_of(const struct chart *c)
{
	return has_id(c) ? c->id : "chart";
}

void drawing_begin(struct drawing *d, struct buf *out, const struct chart *c)
{
	*d = (struct drawing){.out = out, .c = c, .width = c->width > 0 ? c->width : 640, .y = 4};
	if (c->title && !c->untitled) {
		buf_adds(&d->body, "<g font-weight=\"bold\">");
		int lines = draw_label(d, 0, d->y + CHART_TEXT, d->width, ANCHOR_START, c->title, true);
		buf_adds(&d->body, "</g>");
		d->y += lines * CHART_LINE + 6;
	}
}

void drawing_end(struct drawing *d)
{
	struct buf *o = d->out;
	const char *id = id_of(d->c);
	buf_addf(
	    o,
	    "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
	    "aria-labelledby=\"%s-t %s-d\" font-size=\"%.0f\" fill=\"currentColor\">\n<title id=\"%s-t\">",
	    d->width, ceil(d->y), id, id, CHART_TEXT, id);
	template_escape(o, d->c->title ? d->c->title : "", TEMPLATE_HTML);
	buf_addf(o, "</title>\n<desc id=\"%s-d\">", id);
	template_escape(o, d->c->desc ? d->c->desc : d->c->title ? d->c->title : "", TEMPLATE_HTML);
	buf_adds(o, "</desc>\n<defs>");
	for (int i = 0; i < CHART_SERIES; i++)
		buf_addf(o,
			 "<pattern id=\"%s-p%d\" width=\"8\" height=\"8\" "
			 "patternUnits=\"userSpaceOnUse\">%s</pattern>",
			 id, i, looks[i].pattern);
	buf_adds(o, "</defs>\n");
	buf_add(o, buf_str(&d->body), d->body.len);
	buf_adds(o, "</svg>\n");
	buf_done(&d->body);
}

double chart_text_width(const char *text)
{
	return text_width(text) * CHART_COLUMN;
}

void draw_text(struct drawing *d, double x, double y, enum anchor anchor, const char *text)
{
	static const char *const names[] = {"start", "middle", "end"};
	buf_addf(&d->body, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, names[anchor]);
	template_escape(&d->body, text, TEMPLATE_HTML);
	buf_adds(&d->body, "</text>\n");
}

/* The bytes of the first line of `text` that is at most `columns` wide, broken at a blank where there is one. */
static size_t first_line(const char *text, int columns)
{
	const char *p = text, *before = text, *blank = NULL;
	int wide = 0;
	char one[5] = {0};
	for (uint32_t c; (c = text_next(&p)); before = p) {
		one[text_put(one, c)] = 0;
		wide += text_width(one);
		if (wide > columns && before > text)
			return (size_t)((blank ? blank : before) - text);
		if (c == ' ')
			blank = p;
		else if (c >= 0x2e80)
			blank = p; /* a line may break behind any Han character */
	}
	return strlen(text);
}

int draw_label(struct drawing *d, double x, double y, double width, enum anchor anchor, const char *text,
	       bool draw)
{
	char line[512];
	int lines = 0, columns = (int)(width / CHART_COLUMN);
	if (columns < 4)
		columns = 4;
	do {
		bool last = lines == CHART_LINES - 1;
		size_t n = first_line(text, columns);
		if (last && text[n])
			n = first_line(text, columns - 2);
		if (n >= sizeof line - 4)
			n = sizeof line - 4;
		snprintf(line, sizeof line, "%.*s%s", (int)n, text, last && text[n] ? "…" : "");
		if (draw)
			draw_text(d, x, y + lines * CHART_LINE, anchor, line);
		text += n;
		lines++;
	} while (*text && lines < CHART_LINES);
	return lines;
}

void draw_bar(struct drawing *d, double x, double y, double width, double height, int series)
{
	buf_addf(&d->body,
		 "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"url(#%s-p%d)\" "
		 "stroke=\"#1f4e79\"/>\n",
		 x, y, width, height, id_of(d->c), series % CHART_SERIES);
}

void draw_line(struct drawing *d, double x1, double y1, double x2, double y2, const char *class)
{
	buf_addf(&d->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2,
		 class);
}

const char *chart_dash(int series)
{
	return looks[series % CHART_SERIES].dash;
}

void draw_legend(struct drawing *d, const struct chart_series *series, int count)
{
	double x = 0;
	for (int i = 0; i < count; i++) {
		const char *name = series[i].name ? series[i].name : "";
		double wide = 30 + chart_text_width(name) + 18;
		if (x > 0 && x + wide > d->width) {
			x = 0;
			d->y += CHART_LINE + 3;
		}
		draw_bar(d, x + 1, d->y + 2, 22, 13, i);
		draw_label(d, x + 30, d->y + CHART_TEXT, d->width - x - 30, ANCHOR_START, name, true);
		x += wide;
	}
	d->y += CHART_LINE + 8;
}

char *chart_number(const struct chart *c, double value, char *buf, size_t size)
{
	char digits[64];
	int places = c->decimals < 0 ? 0 : c->decimals > 3 ? 3 : c->decimals;
	if (!isfinite(value) || fabs(value) > 1e15) {
		text_copy(buf, size, "–");
		return buf;
	}
	int n = snprintf(digits, sizeof digits, "%.*f", places, value);
	for (int i = n - (places ? places + 1 : 0) - 3; i > (digits[0] == '-'); i -= 3, n++) {
		memmove(digits + i + 1, digits + i, (size_t)(n - i) + 1);
		digits[i] = ',';
	}
	snprintf(buf, size, "%s%s", digits, c->unit ? c->unit : "");
	return buf;
}

double chart_scale(double most, double least, double *ret_step)
{
	static const double round[] = {1, 2, 2.5, 5, 10};
	double power, step = 1;
	if (!(most > 0) || most > 1e15)
		most = most > 1e15 ? 1e15 : 1;
	power = pow(10, floor(log10(most / 4)));
	for (size_t i = 0; i < sizeof round / sizeof *round; i++) {
		step = round[i] * power;
		if (most / step <= 5)
			break;
	}
	step = fmax(step, least);
	*ret_step = step;
	return ceil(most / step - 1e-9) * step;
}

double chart_most(const struct chart *c, int count, const struct chart_series *series, int series_count)
{
	double most = 0;
	for (int s = 0; s < series_count; s++)
		for (int i = 0; i < count; i++)
			if (isfinite(series[s].values[i]) && series[s].values[i] > most)
				most = series[s].values[i];
	return c->most > most ? c->most : most > 0 ? most : 1;
}

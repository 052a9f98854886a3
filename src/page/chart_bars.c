#include "page/chart_internal.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>

/* Labels take what the longest needs, at most two fifths. */
static double label_width(const struct drawing *d, const char *const *labels, int count)
{
	double most = 0;
	for (int i = 0; i < count; i++)
		most = fmax(most, chart_text_width(labels[i]));
	return fmin(most, d->width * 0.4);
}

static int at_most(int n, int most)
{
	return n < 0 ? 0 : n < most ? n : most;
}

static double positive(double v)
{
	return isfinite(v) && v > 0 ? v : 0;
}

static void value_text(const struct chart *c, double v, const char *note, char *buf, size_t size)
{
	char number[96];
	chart_number(c, v, number, sizeof number);
	snprintf(buf, size, "%s%s%.200s", number, note && *note ? "  " : "", note ? note : "");
}

/* Room that the widest value needs behind its bar. */
static double values_width(const struct chart *c, const char *const *notes, int count,
			   const struct chart_series *series, int series_count)
{
	char text[320];
	double most = 0;
	for (int s = 0; s < series_count; s++)
		for (int i = 0; i < count; i++) {
			value_text(c, series[s].values[i], notes && !s ? notes[i] : NULL, text, sizeof text);
			most = fmax(most, chart_text_width(text));
		}
	return most;
}

void chart_bars(struct buf *out, const struct chart *c, const char *const *labels, const char *const *notes,
		int count, const struct chart_series *series, int series_count)
{
	struct drawing d;
	char text[320];
	count = at_most(count, CHART_POINTS);
	series_count = at_most(series_count, CHART_SERIES);
	drawing_begin(&d, out, c);
	if (series_count > 1)
		draw_legend(&d, series, series_count);
	double left = label_width(&d, labels, count) + 10, most = chart_most(c, count, series, series_count);
	double room = d.width - left - values_width(c, notes, count, series, series_count) - 12;
	room = fmax(room, d.width * 0.2);
	double top = d.y;
	for (int i = 0; i < count; i++) {
		int lines = draw_label(&d, 0, 0, left - 10, ANCHOR_START, labels[i], false);
		double high = fmax(lines * CHART_LINE, series_count * (CHART_BAR + 2));
		draw_label(&d, left - 10, d.y + (high - lines * CHART_LINE) / 2 + CHART_TEXT, left - 10,
			   ANCHOR_END, labels[i], true);
		double y = d.y + (high - series_count * (CHART_BAR + 2)) / 2 + 1;
		for (int s = 0; s < series_count; s++, y += CHART_BAR + 2) {
			double wide = positive(series[s].values[i]) / most * room;
			if (wide > 0)
				draw_bar(&d, left, y, fmax(wide, 1), CHART_BAR, s);
			value_text(c, series[s].values[i], notes && !s ? notes[i] : NULL, text, sizeof text);
			draw_text(&d, left + wide + 6, y + CHART_BAR - 4, ANCHOR_START, text);
		}
		d.y += high + 6;
	}
	draw_line(&d, left, top, left, d.y, "stroke=\"currentColor\" stroke-width=\"1.5\"");
	d.y += 2;
	drawing_end(&d);
}

/* A part's value stands in it where there is room: on white, so that it is read on every pattern. */
static void part_text(struct drawing *d, double x, double y, double wide, const char *text)
{
	double w = chart_text_width(text) + 4;
	if (w + 2 > wide)
		return;
	buf_addf(&d->body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#fff\"/>\n",
		 x + (wide - w) / 2, y + 2, w, CHART_BAR - 4);
	draw_text(d, x + wide / 2, y + CHART_BAR - 4, ANCHOR_MIDDLE, text);
}

static double sum_of(const struct chart_series *series, int series_count, int i)
{
	double sum = 0;
	for (int s = 0; s < series_count; s++)
		sum += positive(series[s].values[i]);
	return sum;
}

void chart_stack(struct buf *out, const struct chart *c, const char *const *labels, int count,
		 const struct chart_series *series, int series_count)
{
	struct drawing d;
	char text[96];
	count = at_most(count, CHART_POINTS);
	series_count = at_most(series_count, CHART_SERIES);
	drawing_begin(&d, out, c);
	draw_legend(&d, series, series_count);
	double left = label_width(&d, labels, count) + 10, most = c->most, value = 0;
	for (int i = 0; i < count; i++) {
		double sum = sum_of(series, series_count, i);
		most = fmax(most, sum);
		value = fmax(value, chart_text_width(chart_number(c, sum, text, sizeof text)));
	}
	most = most > 0 ? most : 1;
	double room = fmax(d.width - left - value - 12, d.width * 0.2), top = d.y;
	for (int i = 0; i < count; i++) {
		int lines = draw_label(&d, 0, 0, left - 10, ANCHOR_START, labels[i], false);
		double high = fmax(lines * CHART_LINE, CHART_BAR + 2), x = left;
		double y = d.y + (high - CHART_BAR) / 2;
		draw_label(&d, left - 10, d.y + (high - lines * CHART_LINE) / 2 + CHART_TEXT, left - 10,
			   ANCHOR_END, labels[i], true);
		for (int s = 0; s < series_count; s++) {
			double wide = positive(series[s].values[i]) / most * room;
			if (wide <= 0)
				continue;
			draw_bar(&d, x, y, wide, CHART_BAR, s);
			part_text(&d, x, y, wide, chart_number(c, series[s].values[i], text, sizeof text));
			x += wide;
		}
		draw_text(&d, x + 6, y + CHART_BAR - 4, ANCHOR_START,
			  chart_number(c, sum_of(series, series_count, i), text, sizeof text));
		d.y += high + 6;
	}
	draw_line(&d, left, top, left, d.y, "stroke=\"currentColor\" stroke-width=\"1.5\"");
	d.y += 2;
	drawing_end(&d);
}

void chart_share(struct buf *out, const struct chart *c, const char *const *labels, const double *values,
		 int count)
{
	struct drawing d;
	char number[96], text[160];
	double sum = 0, x = 0;
	count = at_most(count, CHART_POINTS);
	drawing_begin(&d, out, c);
	for (int i = 0; i < count; i++)
		sum += positive(values[i]);
	for (int i = 0; i < count && sum > 0; i++) {
		double wide = positive(values[i]) / sum * (d.width - 2);
		if (wide > 0)
			draw_bar(&d, x + 1, d.y, wide, CHART_BAR * 1.6, i);
		x += wide;
	}
	if (!(sum > 0))
		buf_addf(&d.body,
			 "<rect x=\"1\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" "
			 "stroke=\"currentColor\"/>\n",
			 d.y, d.width - 2, CHART_BAR * 1.6);
	d.y += CHART_BAR * 1.6 + 10;
	for (int i = 0; i < count; i++) {
		double per_cent = sum > 0 ? floor(positive(values[i]) / sum * 100 + 0.5) : 0;
		snprintf(text, sizeof text, "%s  (%.0f%%)", chart_number(c, values[i], number, sizeof number),
			 per_cent);
		double value = chart_text_width(text);
		draw_bar(&d, 1, d.y + 2, 22, 13, i);
		int lines =
		    draw_label(&d, 32, d.y + CHART_TEXT, d.width - value - 52, ANCHOR_START, labels[i], true);
		draw_text(&d, d.width - 2, d.y + CHART_TEXT, ANCHOR_END, text);
		d.y += lines * CHART_LINE + 5;
	}
	drawing_end(&d);
}

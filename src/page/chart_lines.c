#include "page/chart_internal.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>

#define PLOT_HEIGHT 200.0

/* Marks tell the lines apart where they cross. */
static void draw_mark(struct drawing *d, double x, double y, int series)
{
	struct buf *b = &d->body;
	const char *fill = series % 2 ? "#fff" : "#1f4e79";
	switch (series % 3) {
	case 0:
		buf_addf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"", x, y);
		break;
	case 1:
		buf_addf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\"", x - 4, y - 4);
		break;
	case 2:
		buf_addf(b, "<path d=\"M%.1f,%.1f l5,9 h-10 z\"", x, y - 6);
		break;
	}
	buf_addf(b, " fill=\"%s\" stroke=\"#1f4e79\" stroke-width=\"1.5\"/>\n", fill);
}

struct plot {
	double left, right, top, bottom, most;
	int count;
};

static double x_of(const struct plot *p, int i)
{
	return p->count > 1 ? p->left + (p->right - p->left) * i / (p->count - 1) : (p->left + p->right) / 2;
}

static double y_of(const struct plot *p, double v)
{
	return p->bottom - (v > 0 ? v : 0) / p->most * (p->bottom - p->top);
}

static void draw_series(struct drawing *d, const struct plot *p, const double *values, int series)
{
	bool down = false;
	buf_adds(&d->body, "<path d=\"");
	for (int i = 0; i < p->count; i++) {
		if (!isfinite(values[i])) {
			down = false;
			continue;
		}
		buf_addf(&d->body, "%c%.1f,%.1f ", down ? 'L' : 'M', x_of(p, i), y_of(p, values[i]));
		down = true;
	}
	buf_addf(&d->body,
		 "\" fill=\"none\" stroke=\"#1f4e79\" stroke-width=\"2\" stroke-linejoin=\"round\" "
		 "stroke-dasharray=\"%s\"/>\n",
		 *chart_dash(series) ? chart_dash(series) : "none");
	for (int i = 0; i < p->count; i++)
		if (isfinite(values[i]))
			draw_mark(d, x_of(p, i), y_of(p, values[i]), series);
}

/* The legend of lines: dash and mark. */
static void draw_line_legend(struct drawing *d, const struct chart_series *series, int count)
{
	double x = 0;
	char style[96];
	for (int s = 0; s < count; s++) {
		const char *name = series[s].name ? series[s].name : "";
		double wide = 44 + chart_text_width(name) + 18;
		if (x > 0 && x + wide > d->width) {
			x = 0;
			d->y += CHART_LINE + 3;
		}
		snprintf(style, sizeof style, "stroke=\"#1f4e79\" stroke-width=\"2\" stroke-dasharray=\"%s\"",
			 *chart_dash(s) ? chart_dash(s) : "none");
		draw_line(d, x + 2, d->y + 9, x + 36, d->y + 9, style);
		draw_mark(d, x + 19, d->y + 9, s);
		draw_label(d, x + 44, d->y + CHART_TEXT, d->width - x - 44, ANCHOR_START, name, true);
		x += wide;
	}
	d->y += CHART_LINE + 8;
}

/* The last values stand to the right of their points, pushed apart where they would cover each other. */
static void draw_last_values(struct drawing *d, const struct plot *p, const struct chart_series *series,
			     int count)
{
	struct {
		double y;
		int series, i;
	} at[CHART_SERIES];
	int n = 0;
	char text[96];
	for (int s = 0; s < count; s++)
		for (int i = p->count - 1; i >= 0; i--)
			if (isfinite(series[s].values[i])) {
				int k = n++;
				double y = y_of(p, series[s].values[i]) + CHART_TEXT / 3;
				for (; k > 0 && at[k - 1].y > y; k--)
					at[k] = at[k - 1];
				at[k].y = y, at[k].series = s, at[k].i = i;
				break;
			}
	for (int k = n - 2; k >= 0; k--)
		at[k].y = fmin(at[k].y, at[k + 1].y - CHART_TEXT);
	for (int k = 0; k < n; k++) {
		if (k && at[k].y < at[k - 1].y + CHART_TEXT)
			at[k].y = at[k - 1].y + CHART_TEXT;
		draw_text(d, p->right + 8, at[k].y, ANCHOR_START,
			  chart_number(d->c, series[at[k].series].values[at[k].i], text, sizeof text));
	}
}

/* As many labels as fit without touching, the last one always. */
static void draw_months(struct drawing *d, const struct plot *p, const char *const *labels)
{
	double widest = 0;
	for (int i = 0; i < p->count; i++)
		widest = fmax(widest, chart_text_width(labels[i]));
	double step = p->count > 1 ? (p->right - p->left) / (p->count - 1) : d->width;
	int every = step > 0 ? (int)ceil((widest + 10) / step) : 1;
	if (every < 1)
		every = 1;
	for (int i = p->count - 1; i >= 0; i -= every) {
		double x = x_of(p, i), half = chart_text_width(labels[i]) / 2;
		draw_line(d, x, p->bottom, x, p->bottom + 4, "stroke=\"currentColor\"");
		x = fmax(half, fmin(x, d->width - half));
		draw_text(d, x, p->bottom + 6 + CHART_TEXT, ANCHOR_MIDDLE, labels[i]);
	}
}

void chart_lines(struct buf *out, const struct chart *c, const char *const *labels, int count,
		 const struct chart_series *series, int series_count)
{
	struct drawing d;
	char text[96];
	double step, axis = 0, value = 0;
	count = count < 0 ? 0 : count < CHART_POINTS ? count : CHART_POINTS;
	series_count = series_count < CHART_SERIES ? series_count : CHART_SERIES;
	drawing_begin(&d, out, c);
	if (series_count > 1)
		draw_line_legend(&d, series, series_count);
	struct plot p = {.count = count, .top = d.y + 8, .bottom = d.y + 8 + PLOT_HEIGHT};
	p.most = chart_scale(chart_most(c, count, series, series_count), c->decimals > 0 ? 0 : 1, &step);
	for (double v = 0; v <= p.most * 1.0001; v += step)
		axis = fmax(axis, chart_text_width(chart_number(c, v, text, sizeof text)));
	for (int s = 0; s < series_count; s++)
		for (int i = 0; i < count; i++)
			value = fmax(value,
				     chart_text_width(chart_number(c, series[s].values[i], text, sizeof text)));
	p.left = axis + 10;
	p.right = d.width - value - 12;
	for (double v = 0; v <= p.most * 1.0001; v += step) {
		draw_line(&d, p.left, y_of(&p, v), p.right, y_of(&p, v), "stroke=\"#bbb\"");
		draw_text(&d, p.left - 6, y_of(&p, v) + CHART_TEXT / 3, ANCHOR_END,
			  chart_number(c, v, text, sizeof text));
	}
	draw_line(&d, p.left, p.bottom, p.right, p.bottom, "stroke=\"currentColor\" stroke-width=\"1.5\"");
	for (int s = 0; s < series_count; s++)
		draw_series(&d, &p, series[s].values, s);
	draw_last_values(&d, &p, series, series_count);
	draw_months(&d, &p, labels);
	d.y = p.bottom + CHART_TEXT + 14;
	drawing_end(&d);
}

/* What the charts are drawn with; lengths are user units. */
#pragma once

#include "page/chart.h"

#define CHART_TEXT  14.0 /* height of text */
#define CHART_LINE  19.0 /* from base line to base line */
#define CHART_BAR   18.0 /* height of a bar */
#define CHART_LINES 4    /* of one label; what is longer ends with … */
#define CHART_COLUMN                                                                                           \
	(CHART_TEXT * 0.56) /* of one terminal column: half a Han character, or a wide Latin letter */

struct drawing {
	struct buf *out; /* the caller's */
	struct buf body; /* drawn so far */
	const struct chart *c;
	double width, y;
};

/* Starts a drawing with its title (unless untitled); drawing_end writes the whole svg element and frees. */
void drawing_begin(struct drawing *d, struct buf *out, const struct chart *c);
void drawing_end(struct drawing *d);

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };
double chart_text_width(const char *text);
void draw_text(struct drawing *d, double x, double y, enum anchor anchor, const char *text);
/* A label over as many lines as `width` needs (CHART_LINES at most), the first base line at `y`. The count of lines;
 * nothing is drawn when `draw` is false. */
int draw_label(struct drawing *d, double x, double y, double width, enum anchor anchor, const char *text,
	       bool draw);
/* Dash of a line, "" for a solid one. */
const char *chart_dash(int series);
void draw_bar(struct drawing *d, double x, double y, double width, double height, int series);
void draw_line(struct drawing *d, double x1, double y1, double x2, double y2, const char *class);
/* Pattern and name of each series, from d->y on, which moves below. */
void draw_legend(struct drawing *d, const struct chart_series *series, int count);

/* "1,234.5 件" with the chart's decimals and unit; "–" for NaN. Returns buf. */
char *chart_number(const struct chart *c, double value, char *buf, size_t size);
/* A scale that ends at a round number ≥ most, with at most 6 steps of at least `least`. */
double chart_scale(double most, double least, double *ret_step);
double chart_most(const struct chart *c, int count, const struct chart_series *series, int series_count);

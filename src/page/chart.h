/* Charts as SVG, to stand in a page: bars, lines, shares of a whole. Pure.
 *
 * They print in black and white: series are told apart by pattern, dash and mark, each value stands beside its bar, and
 * what a screen reader says is in <title> and <desc>. Widths are those of East Asian text, labels break over lines, and a
 * chart is as high as what is in it; it has no size of its own but a viewBox, so that the page's CSS decides
 * (svg.chart{width:100%}). Colours and fonts are the page's, too: text is drawn in currentColor and inherits its font. Texts
 * are escaped here. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

#define CHART_POINTS 400 /* bars or points of one chart; what is beyond is left out */
#define CHART_SERIES 6   /* told apart by pattern; what is beyond is left out */

struct chart {
	const char *id;    /* ASCII letters and digits, unique in the page: names the patterns and the title */
	const char *title; /* one line, shown above and read out */
	const char
	    *desc; /* read out instead of the picture, e.g. the figures in words; NULL: the title alone */
	const char *unit; /* behind each value ("%", " 件"); NULL: none */
	int decimals;     /* of values, 0 to 3 */
	int width;        /* user units, 0: 640; text is 14 high */
	double most;      /* the whole scale (100 for per cent); 0: the greatest value */
	bool untitled;    /* the title is read out, but not shown */
};

struct chart_series {
	const char *name;     /* for the legend; one series alone needs none */
	const double *values; /* one for each label; NaN: not known, a gap and "–", never a zero */
};

/* Horizontal bars, one row a label; several series stand below each other in the row, with a legend. `notes`
 * (may be NULL, or hold NULL) stand behind the value: "3 / 12". Negative values count as 0. */
void chart_bars(struct buf *out, const struct chart *c, const char *const *labels, const char *const *notes,
		int count, const struct chart_series *series, int series_count);
/* One horizontal bar a label, divided into the series: cases by state in each grid. With the sum behind it. */
void chart_stack(struct buf *out, const struct chart *c, const char *const *labels, int count,
		 const struct chart_series *series, int series_count);
/* One bar for the whole, divided; below it each part with value and per cent of the sum. */
void chart_share(struct buf *out, const struct chart *c, const char *const *labels, const double *values,
		 int count);
/* Lines over equidistant labels (months, weeks); the last value of each line is written beside it. */
void chart_lines(struct buf *out, const struct chart *c, const char *const *labels, int count,
		 const struct chart_series *series, int series_count);

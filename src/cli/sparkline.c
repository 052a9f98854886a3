#include "cli/sparkline.h"

#include <math.h>
#include <string.h>

void spark_init(struct sparkline *s, int columns, int column_s, int64_t now_utc)
{
	*s = (struct sparkline){.columns = columns < 1           ? 1
					   : columns > SPARK_MAX ? SPARK_MAX
								 : columns,
				.column_s = column_s < 1 ? 1 : column_s};
	s->last = now_utc / s->column_s;
}

void spark_move(struct sparkline *s, int64_t now_utc)
{
	int64_t by = now_utc / s->column_s - s->last;
	s->last += by;
	if (by < 0 || by >= s->columns) { /* the clock was set, or nothing of it is in sight any more */
		memset(s->cell, 0, sizeof s->cell);
		return;
	}
	memmove(s->cell, s->cell + by, (size_t)(s->columns - by) * sizeof *s->cell);
	memmove(s->value, s->value + by, (size_t)(s->columns - by) * sizeof *s->value);
	memset(s->cell + s->columns - by, 0, (size_t)by * sizeof *s->cell);
}

void spark_put(struct sparkline *s, int64_t from_utc, int64_t until_utc, bool has_value, double value)
{
	int64_t first = s->last - s->columns + 1;
	int64_t a = from_utc / s->column_s - first, b = until_utc / s->column_s - first;
	for (int64_t i = a < 0 ? 0 : a; i <= b && i < s->columns; i++) {
		s->cell[i] = has_value ? SPARK_VALUE : SPARK_DARK;
		s->value[i] = value;
	}
}

bool spark_range(const struct sparkline *s, double *ret_low, double *ret_high)
{
	bool any = false;
	for (int i = 0; i < s->columns; i++) {
		if (s->cell[i] != SPARK_VALUE)
			continue;
		*ret_low = any ? fmin(*ret_low, s->value[i]) : s->value[i];
		*ret_high = any ? fmax(*ret_high, s->value[i]) : s->value[i];
		any = true;
	}
	return any;
}

const char *spark_block(const struct sparkline *s, int i, double low, double high)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	if (s->cell[i] != SPARK_VALUE)
		return s->cell[i] == SPARK_DARK ? "·" : " ";
	if (high - low <= 1e-9 * fmax(fabs(high), fabs(low))) /* what binary fractions differ by is nothing */
		return blocks[3];
	double at = (s->value[i] - low) / (high - low) * 8;
	return blocks[at < 0 ? 0 : at >= 8 ? 7 : (int)at];
}

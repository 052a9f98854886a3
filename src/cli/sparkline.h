/* The last while of a value as a row of blocks, ▁▂▃▄▅▆▇█. Pure. Each column stands for some seconds of wall time; what nobody
 * read in its time is as the next reading found it when that came soon enough, else empty. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SPARK_MAX 120

enum spark_cell { SPARK_EMPTY, SPARK_DARK, SPARK_VALUE };

struct sparkline {
	int columns, column_s; /* ≤ SPARK_MAX; ≥ 1 */
	int64_t last;          /* the number of the last column: utc / column_s */
	enum spark_cell cell[SPARK_MAX];
	double value[SPARK_MAX];
};

void spark_init(struct sparkline *s, int columns, int column_s, int64_t now_utc);
/* Time goes on: columns leave on the left. */
void spark_move(struct sparkline *s, int64_t now_utc);
/* It was so from `from` to `until`; what is out of sight is left out. */
void spark_put(struct sparkline *s, int64_t from_utc, int64_t until_utc, bool has_value, double value);
/* What is in sight; false: nothing. */
bool spark_range(const struct sparkline *s, double *ret_low, double *ret_high);
/* The block of column i on that scale; "·" no data, " " not known. A scale of one value gives the middle. */
const char *spark_block(const struct sparkline *s, int i, double low, double high);

/* The layout of a table from its cells, and one CSV cell. Pure but for the FILE that they write. */
#pragma once

#include "cli/output.h"

#define TABLE_GAP 2 /* blanks between columns */

/* Cells row by row, `columns` of them in each; columns without a title are left out. Numbers stand right. On a
 * terminal a cell is cut at its column's width with "…"; elsewhere nothing is cut, and the last column is not
 * padded. */
void table_print(FILE *f, const struct out_column *columns, int column_count, const char *const *cells,
		 size_t rows, bool colour, bool terminal, bool head);

/* RFC 4180: quoted when it holds a comma, quote or line end, or begins or ends with a blank. A cell that a
 * spreadsheet would run as a formula ("=…", "@…", and "+" or "-" before anything but numbers) gets an
 * apostrophe in front. */
void table_csv_cell(FILE *f, const char *cell);

/* `s` cut to `width` columns, the last of them "…" when something was cut. Caller frees. */
char *table_cut(const char *s, int width);

/* Lists that people made in a spreadsheet: RFC 4180 by libcsv, in UTF-8 (with or without a byte order mark),
 * UTF-16 with one, or GB18030 (what Excel writes on a Chinese Windows). Pure: bytes in, rows out. */
#pragma once

#include "base/err.h"

#include <stddef.h>

#define CSV_COLUMNS 32 /* further ones of a row are ignored */

/* The bytes as UTF-8; what was not readable became U+FFFD. -EINVAL with a sentence when it is no text at all.
 * The caller frees. */
int csv_decode(const char *bytes, size_t len, char **ret, struct err *e);

struct csv_row {
	int line;                        /* in the file, counted from 1; of the row's first line */
	const char *fields[CSV_COLUMNS]; /* blanks around them trimmed; borrowed until the callback returns */
	int count;
};

/* Calls back for each row that is not empty, the header included. The delimiter is the comma, or the tab or
 * semicolon when the first line has none. A callback's non-zero ends it and is returned. -EINVAL with the line
 * when a quote is never closed. */
int csv_each(const char *utf8, int (*row)(void *user, const struct csv_row *r), void *user, struct err *e);

/* A column that a list may have: its names in a header, without regard to case and blanks. */
struct csv_column {
	const char *names[4];
};
/* For each of `columns` its place in the header row, −1 when it is not there. -EINVAL when a header's column is
 * unknown or stands twice. */
int csv_header(const struct csv_row *r, const struct csv_column *columns, int count, int *ret_places,
	       struct err *e);

/* The field at a place; "" when the place is −1 or the row is too short. */
const char *csv_field(const struct csv_row *r, int place);

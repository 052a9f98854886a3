/* Lists that people made in a spreadsheet: RFC 4180 by libcsv, in UTF-8 (with or without a byte order mark),
 * UTF-16 with one, or GB18030 (what Excel writes on a Chinese Windows). Pure: bytes in, rows out. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define CSV_COLUMNS 32 /* further ones of a row are ignored */

/* The bytes as UTF-8; what was not readable became U+FFFD (UTF-8 with a few broken characters stays UTF-8). -EINVAL with
 * a sentence when it is no text at all, such as a workbook that was never saved as CSV. The caller frees. */
int csv_decode(const char *bytes, size_t len, char **ret, struct err *e);

struct csv_row {
	int line; /* in the file, counted from 1; of the row's first line */
	const char *fields
	    [CSV_COLUMNS]; /* what cannot be seen at their ends trimmed; borrowed until the callback returns */
	int count;
};

/* Calls back for each row that is not empty, the header included. The delimiter is the comma, tab or
 * semicolon, whichever the first line has most of, or what a line "sep=;" before it says. An apostrophe before =, +, - or
 * @ is dropped: it only says that this is no formula. A callback's non-zero ends it and is returned. -EINVAL with the line
 * when a quote is never closed. */
int csv_each(const char *utf8, int (*row)(void *user, const struct csv_row *r), void *user, struct err *e);

/* A column that a list may have: its names in a header, without regard to case, blanks and remarks in brackets. */
struct csv_column {
	const char *names[12];
};
/* For each of `columns` its place in the header row, −1 when it is not there. -EINVAL when a header's column is
 * unknown or stands twice. */
int csv_header(const struct csv_row *r, const struct csv_column *columns, int count, int *ret_places,
	       struct err *e);

/* The same; columns that are unknown are named in `ret_unknown` and passed over. How many are known, or -EINVAL. */
int csv_header_known(const struct csv_row *r, const struct csv_column *columns, int count, int *ret_places,
		     struct buf *ret_unknown, struct err *e);

/* The field at a place; "" when the place is −1 or the row is too short. */
const char *csv_field(const struct csv_row *r, int place);

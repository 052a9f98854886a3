/* Holidays: the file of [gateway] holidays, one date a line. "2026-10-01 国庆" is a day off; "+2026-10-10 补班" is a
 * working day whatever its weekday. Anything else, such as comments, is passed over. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

#define HOLIDAYS_MAX 400

struct holidays {
	int off[HOLIDAYS_MAX], on[HOLIDAYS_MAX]; /* days as year * 10000 + month * 100 + day */
	int off_count, on_count;
};

/* `path` NULL, "" or a file that cannot be read: none. */
void holidays_load(const char *path, struct holidays *ret);
/* The days off as "2026-10-01 2026-10-02 ", what recurrences take as exceptions. */
void holidays_list(const struct holidays *h, struct buf *out);

/* The minutes of one sensor that are not in the database yet. Pure. What stays as it is becomes one row for all its minutes,
 * within an hour; so a door that stays shut, and a unit that stays dead, cost nearly nothing. */
#pragma once

#include "store/reading.h"

#include <stdbool.h>

#define MINUTES_KEPT 8 /* when the database takes none for so long, the two newest become one */

struct minutes {
	struct reading row[MINUTES_KEPT]; /* the last one is under way */
	int64_t end_utc[MINUTES_KEPT];    /* of the last minute in it */
	int count;
};

/* What was found at `utc`: a value or none, and for how long that stands (since it was asked before; 0 at first). */
void minutes_add(struct minutes *m, int64_t utc, bool has_value, double value, int seconds);
/* Everything was written. */
void minutes_written(struct minutes *m);

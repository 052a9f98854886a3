/* Points: what gives how many, as data (rules/points.table), and how many an occasion is worth when limits of the day and the
 * month are near. Nobody is ranked by them. Pure. */
#pragma once

#include "base/err.h"

#include <stdint.h>

/* X(identifier, "word in the database and in points.table") */
#define POINT_REASONS(X)                                                                                       \
	X(ATTENDED, "attended")   /* came to a meeting */                                                      \
	X(ADOPTED, "adopted")     /* own proposal or case was adopted as a project */                          \
	X(TASK, "task")           /* a task done and confirmed */                                              \
	X(ERRAND, "errand")       /* an errand for a neighbour */                                              \
	X(PATROL, "patrol")       /* a patrol */                                                               \
	X(ACTIVITY, "activity")   /* came to an activity */                                                    \
	X(SETTLED, "settled")     /* own case was confirmed settled */                                         \
	X(SUPPORTED, "supported") /* a case that was supported was confirmed settled */                        \
	X(AWARD, "award")         /* given by the secretary */                                                 \
	X(REDEEM, "redeem")       /* spent at the desk */

enum point_reason {
#define X(id, name) POINT_##id,
	POINT_REASONS(X)
#undef X
	    POINT_REASON_COUNT,
	POINT_ALL = POINT_REASON_COUNT, /* the row of points.table that limits the sum */
};
const char *point_reason_name(enum point_reason r);
int point_reason_find(const char *name); /* or -1 */

#define POINTS_MAX  1000 /* of one row */
#define POINTS_FREE (-1) /* a limit that does not limit */

struct point_rule {
	int points, day, month;
};
struct point_rules {
	struct point_rule rows[POINT_REASON_COUNT + 1]; /* a reason without a row gives nothing */
};

/* Reads the table: lines of `reason points a-day a-month`, "-" for no limit, # begins a comment. -EINVAL with file, line and
 * sentence; *ret is untouched then. */
int point_rules_parse(const char *text, const char *file, struct point_rules *ret, struct err *e);

int point_rules_load(const char *data_dir, struct point_rules *ret, struct err *e); /* its rules/points.table */

/* What was given so far on the day and in the month of the occasion. */
struct point_sums {
	int64_t day, month;         /* for this reason */
	int64_t all_day, all_month; /* for whatever the table gives */
};
/* Points of one more occasion; what is beyond a limit is cut off. */
int points_due(const struct point_rules *rules, enum point_reason r, const struct point_sums *given);

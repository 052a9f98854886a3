/* When will it be finished? Quotas counted in segments, with what is kept for replies (quota.h), quiet hours, what
 * waits in front and how fast a modem sends: told before a broadcast is queued, not found out later. Pure. */
#pragma once

#include "base/clock.h"
#include "store/quota.h"

#include <stdbool.h>

#define PLAN_LINES               64
#define PLAN_SEGMENTS_PER_MINUTE 15 /* of one modem: 4 s a segment, what networks take without complaint */
#define PLAN_HORIZON_S           (60 * DAY_S)

struct plan_line {
	struct quota quota;
	struct quota_window used; /* until now */
	double per_minute;        /* segments, as it was measured; 0: PLAN_SEGMENTS_PER_MINUTE */
	double left;              /* plan_finish's own: what a minute had no whole segment for */
};

struct plan {
	struct plan_line *lines; /* those that send; the caller's */
	int line_count;
	struct day_window quiet;
	bool ignore_quiet;
	bool exact; /* the last minute is cut at its last segment: for who measured the lines just now */
};

/* Simulated by the minute from `from_utc` on: when have `segments` left, after `ahead` others? INT64_MAX: not
 * within PLAN_HORIZON_S, or no modem sends. */
int64_t plan_finish(const struct plan *p, int64_t from_utc, int64_t ahead, int64_t segments);

/* What a SIM may send: so many segments in any 60 minutes and in any 24 hours, counted in windows that slide by
 * the minute. Pure.
 *
 * Why not token buckets: a bucket of N that was left to fill lets N leave at once and, refilling, almost N more
 * within the same hour. Operators count what leaves in an hour; a window never lets through more than N.
 *
 *     alarms      are counted, and never wait
 *     replies     may use all but a tenth of a quota, which is left to what was planned
 *     the rest    may use four fifths of it together: a fifth is kept for replies and alarms */
#pragma once

#include "store/outbox.h"

struct quota {
	int hourly, daily; /* segments; 0: no limit */
};

/* The minute in which a segment left may have been its last second, so 61 and 1441 minutes are counted. */
#define QUOTA_HOUR 61
#define QUOTA_DAY  1441

/* Zeroed at the beginning. */
struct quota_window {
	int64_t newest;                                    /* minute since 1970 up to which it is counted */
	int64_t hour[OUTBOX_CLASSES], day[OUTBOX_CLASSES]; /* segments in the windows that end there */
	int32_t minute[QUOTA_DAY][OUTBOX_CLASSES];
};

/* The windows end now. A clock that was set back does not give back what was used: they stay where they are. */
void quota_move(struct quota_window *w, int64_t now_utc);
void quota_add(struct quota_window *w, enum outbox_class c, int segments, int64_t utc);

int64_t quota_sum(const int64_t used[OUTBOX_CLASSES]);

/* Segments of this class that may leave; INT64_MAX: no limit. */
int64_t quota_left(const struct quota *q, const struct quota_window *w, enum outbox_class c);
/* How long a text may be that begins now, `in_hand` segments being under way: as quota_left, but where nothing was
 * used any text may begin, so that one longer than the quota leaves some day. */
int64_t quota_room(const struct quota *q, const struct quota_window *w, const int64_t in_hand[OUTBOX_CLASSES],
		   enum outbox_class c);
/* When a text of so many segments may begin if nothing else leaves; the start of a minute, past when it may now. */
int64_t quota_opens_utc(const struct quota *q, const struct quota_window *w, enum outbox_class c,
			int64_t segments);

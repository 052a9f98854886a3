/* Segments that left by each line, by the hour: the memory of the quotas. */
#pragma once

#include "store/store.h"

struct airtime {
	int64_t hour,
	    hour_reserved;         /* segments in the last 60 minutes' hours, and of them replies and alarms */
	int64_t day, day_reserved; /* in the last 24 hours */
	int64_t oldest_hour_utc;   /* when quota comes back: start of the oldest hour that counts */
};

int airtime_add(struct store *s, const char *modem, int segments, bool reserved, int64_t now_utc);
int airtime_get(struct store *s, const char *modem, int64_t now_utc, struct airtime *ret);

/* Segments that broadcasts and reminders may still use now: a fifth of each quota is kept for replies and
 * alarms. A quota of 0 is none. INT64_MAX: no limit. For previews and for the sender. */
int64_t airtime_left(const struct airtime *a, int hourly_quota, int daily_quota, bool reserved_class);

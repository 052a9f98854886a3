#include "store/airtime.h"
#include "store/internal.h"

#define HOUR          3600
#define RESERVE_PARTS 5 /* one part in five is for replies and alarms */

int airtime_add(struct store *s, const char *modem, int segments, bool reserved, int64_t now_utc)
{
	return store_run(
	    s,
	    "INSERT INTO airtime (modem, hour_utc, segments, reserved) VALUES (?1, ?2, ?3, ?4)"
	    " ON CONFLICT (modem, hour_utc) DO UPDATE SET segments = segments + ?3, reserved = reserved + ?4",
	    "tIii", modem, now_utc - now_utc % HOUR, segments, reserved ? segments : 0);
}

int airtime_get(struct store *s, const char *modem, int64_t now_utc, struct airtime *ret)
{
	cleanup_query struct query q = {0};
	int64_t hour = now_utc - now_utc % HOUR;
	struct airtime a = {0};
	int r = query_open(s, &q,
			   "SELECT hour_utc, segments, reserved FROM airtime WHERE modem = ? AND hour_utc > ? "
			   "AND hour_utc <= ?"
			   " ORDER BY hour_utc",
			   "tII", modem, hour - 24 * HOUR, hour);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		if (!a.oldest_hour_utc)
			a.oldest_hour_utc = query_int(&q, 0);
		a.day += query_int(&q, 1);
		a.day_reserved += query_int(&q, 2);
		if (query_int(&q, 0) == hour) {
			a.hour = query_int(&q, 1);
			a.hour_reserved = query_int(&q, 2);
		}
	}
	if (r == 0)
		*ret = a;
	return r;
}

/* What replies and alarms used of their fifth does not count against the rest; what they used beyond it does.
 */
static int64_t left(int64_t used, int64_t used_reserved, int quota, bool reserved_class)
{
	if (quota == 0)
		return INT64_MAX;
	if (reserved_class)
		return quota > used ? quota - used : 0;
	int64_t reserve = (quota + RESERVE_PARTS - 1) / RESERVE_PARTS;
	int64_t over = used_reserved > reserve ? used_reserved - reserve : 0;
	int64_t mine = used - used_reserved + over;
	return quota - reserve > mine ? quota - reserve - mine : 0;
}

int64_t airtime_left(const struct airtime *a, int hourly_quota, int daily_quota, bool reserved_class)
{
	int64_t h = left(a->hour, a->hour_reserved, hourly_quota, reserved_class);
	int64_t d = left(a->day, a->day_reserved, daily_quota, reserved_class);
	return h < d ? h : d;
}

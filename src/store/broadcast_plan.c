#include "store/broadcast_plan.h"

#include <string.h>

#define HOURS 24

/* What one line has used, as the daemon counts it (airtime.h): by the clock's hours, the day as the last 24 of
 * them. */
struct used {
	int64_t hour[HOURS]; /* a ring; [at] is the running hour */
	int64_t before;      /* of the day before the simulation began: leaves as one block, which is never too
				hopeful */
};

/* A fifth of each quota is kept for replies and alarms. */
static int64_t room(int quota, int64_t used)
{
	int64_t usable = quota - (quota + 4) / 5;
	return !quota ? INT64_MAX : usable > used ? usable - used : 0;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t day_used(const struct used *u)
{
	int64_t sum = u->before;
	for (int i = 0; i < HOURS; i++)
		sum += u->hour[i];
	return sum;
}

/* Segments that all lines send in one minute. */
static int64_t minute(const struct plan *p, struct used *used, int at)
{
	int64_t total = 0;
	for (int i = 0; i < p->line_count; i++) {
		const struct plan_line *l = &p->lines[i];
		int64_t n =
		    smaller(PLAN_SEGMENTS_PER_MINUTE, smaller(room(l->hourly_quota, used[i].hour[at]),
							      room(l->daily_quota, day_used(&used[i]))));
		used[i].hour[at] += n;
		total += n;
	}
	return total;
}

static void next_hour(const struct plan *p, struct used *used, int64_t hour)
{
	for (int i = 0; i < p->line_count; i++) {
		used[i].hour[hour % HOURS] = 0;
		if (hour == HOURS)
			used[i].before = 0;
	}
}

int64_t plan_finish(const struct plan *p, int64_t from, int64_t ahead, int64_t segments, int64_t limit,
		    int64_t *ret_before)
{
	struct used used[PLAN_LINES];
	int64_t left = ahead + segments, out_at_limit = 0, t = from, hour = 0, start = from - from % HOUR_S;
	memset(used, 0, sizeof used);
	for (int i = 0; i < p->line_count; i++) {
		used[i].hour[0] = p->lines[i].hour_used;
		used[i].before = p->lines[i].day_used - p->lines[i].hour_used;
	}
	while (p->line_count && left > 0 && t < from + PLAN_HORIZON_S) {
		for (; t >= start + (hour + 1) * HOUR_S;)
			next_hour(p, used, ++hour);
		if (!p->ignore_quiet && day_window_contains(&p->quiet, t)) {
			t = day_window_end(&p->quiet, t);
			continue;
		}
		int64_t n = minute(p, used, (int)(hour % HOURS));
		left -= n;
		t = n ? t + MINUTE_S : start + (hour + 1) * HOUR_S;
		if (!limit || t <= limit)
			out_at_limit = ahead + segments - (left > 0 ? left : 0);
	}
	if (ret_before)
		*ret_before = out_at_limit > ahead ? out_at_limit - ahead : 0;
	return left > 0 ? INT64_MAX : t;
}

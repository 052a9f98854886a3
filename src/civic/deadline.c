#include "civic/deadline.h"

#define DAYS_LOOKED 400

static int day_of(int64_t utc)
{
	struct civil c;
	civil_from_utc(utc, &c);
	return c.year * 10000 + c.month * 100 + c.day;
}

static bool listed(const int *list, int count, int day)
{
	for (int i = 0; i < count; i++)
		if (list[i] == day)
			return true;
	return false;
}

/* The window as it is on this day: none on a day off, on every weekday when the day is named as a working one. */
static struct day_window window_of(const struct calendar *c, int64_t utc)
{
	struct day_window w = c->working;
	int day = day_of(utc);
	if (c->holidays && listed(c->holidays->off, c->holidays->off_count, day))
		w.days = 0;
	else if (c->holidays && listed(c->holidays->on, c->holidays->on_count, day))
		w.days = 0x7F;
	return w;
}

static bool never(const struct calendar *c)
{
	return c->working.from_minute == c->working.to_minute || !c->working.days;
}

bool calendar_open(const struct calendar *c, int64_t utc)
{
	struct day_window w = window_of(c, utc);
	return never(c) || (w.days && day_window_contains(&w, utc));
}

int64_t calendar_next(const struct calendar *c, int64_t utc)
{
	int64_t t = utc;
	if (never(c))
		return utc;
	for (int i = 0; i < DAYS_LOOKED; i++) {
		struct day_window w = window_of(c, t);
		int64_t tomorrow = civil_midnight(t, 1), open = w.days ? day_window_next(&w, t) : INT64_MAX;
		if (open < tomorrow)
			return open;
		t = tomorrow;
	}
	return utc;
}

int64_t deadline_after(const struct calendar *c, int64_t utc, int64_t seconds)
{
	if (never(c))
		return utc + seconds;
	for (int i = 0; i < DAYS_LOOKED && seconds > 0; i++) {
		int64_t open = calendar_next(c, utc);
		struct day_window w = window_of(c, open);
		int64_t close = day_window_end(&w, open), tomorrow = civil_midnight(open, 1);
		if (close <= open || close > tomorrow) /* always open, or into the next day: which may be off */
			close = tomorrow;
		if (close - open >= seconds)
			return open + seconds;
		seconds -= close - open;
		utc = close;
	}
	return utc + seconds;
}

int64_t deadline_days(const struct calendar *c, int64_t utc, int days)
{
	return calendar_next(c, utc + days * DAY_S);
}

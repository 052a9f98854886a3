#include "civic/checkin.h"
#include "base/mem.h"

#include <string.h>

const char *checkin_state_name(enum checkin_state s)
{
	static const char *const names[CHECKIN_STATE_COUNT] = {
#define X(id, name) [CHECKIN_##id] = name,
	    CHECKIN_STATES(X)
#undef X
	};
	return names[s];
}

int checkin_state_find(const char *name)
{
	for (int i = 0; i < CHECKIN_STATE_COUNT; i++)
		if (!strcmp(checkin_state_name((enum checkin_state)i), name))
			return i;
	return -1;
}

/* What silence leads to: with a neighbour, and without. */
static const enum checkin_state after_silence[CHECKIN_STATE_COUNT][2] = {
    [CHECKIN_ASKED] = {CHECKIN_CALLED, CHECKIN_BUDDY},   [CHECKIN_BUDDY] = {CHECKIN_CALLED, CHECKIN_CALLED},
    [CHECKIN_CALLED] = {CHECKIN_CALLED, CHECKIN_CALLED}, [CHECKIN_WELL] = {CHECKIN_WELL, CHECKIN_WELL},
    [CHECKIN_HELP] = {CHECKIN_HELP, CHECKIN_HELP},       [CHECKIN_SKIPPED] = {CHECKIN_SKIPPED, CHECKIN_SKIPPED},
};

enum checkin_state checkin_silence(enum checkin_state s, bool buddy)
{
	return after_silence[s][buddy];
}

int checkin_buddy_s(int grace_s)
{
	const int least = 30 * (int)MINUTE_S, most = (int)HOUR_S;
	return grace_s < least ? least : grace_s > most ? most : grace_s;
}

/* The plan's moment on the local day of `now`, `after` days later; 0: not on that weekday. */
static int64_t moment(const struct checkin_plan *p, int64_t now, int after)
{
	struct civil c, day;
	civil_from_utc(now, &c);
	c.day += after;
	c.hour = p->at_minute / 60;
	c.minute = p->at_minute % 60;
	c.second = 0;
	int64_t t = civil_to_utc(&c);
	civil_from_utc(t, &day);
	return p->days >> day.weekday & 1 ? t : 0;
}

static int64_t next_day(const struct checkin_plan *p, int64_t now)
{
	for (int i = 1; i <= 7; i++) {
		int64_t t = moment(p, now, i);
		if (t)
			return t;
	}
	return INT64_MAX;
}

static bool same_day(int64_t a, int64_t b)
{
	struct civil x, y;
	civil_from_utc(a, &x);
	civil_from_utc(b, &y);
	return x.day == y.day && x.month == y.month && x.year == y.year;
}

enum checkin_due checkin_due(const struct checkin_plan *p, const struct day_window *quiet, bool done_today,
			     int64_t now, int64_t *ret_next_utc)
{
	int64_t at = moment(p, now, 0), awake = day_window_end(quiet, now);
	*ret_next_utc = next_day(p, now);
	if (!at || done_today || p->since_utc > at || (p->paused_until_utc > at && p->paused_until_utc > now))
		return CHECKIN_NOT_YET;
	if (now < at || (awake > now && same_day(awake, now))) {
		int64_t t = now < at ? at : awake;
		if (t < *ret_next_utc)
			*ret_next_utc = t;
		return CHECKIN_NOT_YET;
	}
	if (awake > now || day_window_next(quiet, now) < now + p->grace_s || !same_day(now, now + p->grace_s))
		return CHECKIN_MISSED;
	return CHECKIN_ASK;
}

bool checkin_fits(const struct checkin_plan *p, const struct day_window *quiet)
{
	struct checkin_plan daily = *p;
	daily.days = 127;
	int64_t at = moment(&daily, 10 * DAY_S, 0);
	struct day_window always = *quiet;
	always.days = 127;
	return !day_window_contains(&always, at) && day_window_next(&always, at) >= at + p->grace_s &&
	       same_day(at, at + p->grace_s);
}

/* Longest first. */
static const char *const receipts[] = {"知道了", "这就去", "马上去", "我去看", "我去", "看看", "收到", "好的",
				       "明白",   "谢谢",   "好",     "嗯",     "哦",   "行",   "okay", "ok",
				       "OK",     "Ok",     "了",     "啊",     "呢",   "您",   "。",   "，",
				       "！",     "!",      ".",      ",",      " "};

bool checkin_only_received(const char *words)
{
	const char *p = words;
	while (*p) {
		size_t n = 0;
		for (size_t i = 0; i < ARRAY_LEN(receipts) && !n; i++)
			if (!strncmp(p, receipts[i], strlen(receipts[i])))
				n = strlen(receipts[i]);
		if (!n)
			return false;
		p += n;
	}
	return p > words;
}

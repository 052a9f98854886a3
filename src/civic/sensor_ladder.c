#include "civic/sensor_ladder.h"
#include "base/mem.h"

#include <string.h>

#define RUNGS 6

static const struct sensor_rung urgent[RUNGS] = {
    {SENSOR_FIRST, false, 5 * MINUTE_S}, {SENSOR_FIRST, true, 5 * MINUTE_S}, {SENSOR_NEXT, true, 10 * MINUTE_S},
    {SENSOR_ALL, true, 20 * MINUTE_S},   {SENSOR_ALL, true, 40 * MINUTE_S},  {SENSOR_CHORE, false, INT64_MAX},
};
static const struct sensor_rung warning[RUNGS] = {
    {SENSOR_FIRST, false, 30 * MINUTE_S}, {SENSOR_FIRST, false, HOUR_S},    {SENSOR_NEXT, false, 2 * HOUR_S},
    {SENSOR_ALL, false, 4 * HOUR_S},      {SENSOR_CHORE, false, INT64_MAX},
};
static const struct sensor_rung fault_ladder[RUNGS] = {
    {SENSOR_FIRST, false, DAY_S},
    {SENSOR_FIRST, false, 2 * DAY_S},
    {SENSOR_CHORE, false, INT64_MAX},
};

const struct sensor_rung *sensor_rung(enum sensor_severity severity, bool fault, int i)
{
	const struct sensor_rung *l = fault ? fault_ladder : severity == SENSOR_URGENT ? urgent : warning;
	return severity == SENSOR_NOTICE || i < 0 || i >= RUNGS || !l[i].wait_s ? NULL : &l[i];
}

int sensor_rung_due(enum sensor_severity severity, bool fault, int rung, int64_t rung_utc,
		    const struct day_window *quiet, int64_t now, int64_t *ret_next_utc)
{
	const struct sensor_rung *at = sensor_rung(severity, fault, rung);
	*ret_next_utc = INT64_MAX;
	if (!at || at->wait_s == INT64_MAX || !sensor_rung(severity, fault, rung + 1))
		return -1;
	int64_t due = (rung_utc < now ? rung_utc : now) + at->wait_s;
	if (severity != SENSOR_URGENT || fault) {
		due = day_window_end(quiet, rung_utc < now ? rung_utc : now) + at->wait_s;
		due = day_window_end(quiet, due);
	}
	if (now >= due)
		return rung + 1;
	*ret_next_utc = due;
	return -1;
}

#define OFF_DUTY  1000      /* behind all positions of a list */
#define INSTALLER (1 << 22) /* behind all officers */
#define SECRETARY (1 << 24)
#define NOBODY    (1 << 30)

/* The order in which people are told, the smallest first. */
static int order(bool fault, const struct duty_candidate *c, bool installer)
{
	if (c->officer && !fault)
		return c->distance * (2 * OFF_DUTY) + (c->position ? c->position : OFF_DUTY);
	return installer ? INSTALLER : c->secretary ? SECRETARY : NOBODY;
}

static int mark(enum sensor_who who, bool fault, const struct duty_candidate *c, const bool *installer, int n,
		bool absent, bool *ret)
{
	int first = NOBODY, count = 0;
	for (int i = 0; i < n; i++) {
		int o = order(fault, &c[i], installer[i]);
		ret[i] = (!c[i].absent || absent) && !(who == SENSOR_NEXT && c[i].told) && o < NOBODY;
		first = ret[i] && o < first ? o : first;
	}
	for (int i = 0; i < n; i++) {
		ret[i] = ret[i] && (who == SENSOR_ALL || order(fault, &c[i], installer[i]) == first);
		for (int k = 0; k < i && ret[i]; k++)
			ret[i] = !(ret[k] && !strcmp(c[k].number, c[i].number));
		count += ret[i];
	}
	return count;
}

int sensor_choose(enum sensor_who who, bool fault, const struct duty_candidate *c, const bool *installer, int n,
		  bool *ret)
{
	if (who == SENSOR_CHORE) {
		memset(ret, 0, (size_t)n * sizeof *ret);
		return 0;
	}
	int count = mark(who, fault, c, installer, n, false, ret);
	return count || who == SENSOR_NEXT ? count : mark(who, fault, c, installer, n, true, ret);
}

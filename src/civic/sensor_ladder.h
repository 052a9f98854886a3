/* Who hears of an alarm of a sensor, and who next while nobody acknowledges it: a ladder for each urgency. The caller keeps for each
 * alarm the last rung that was climbed and when. Pure. */
#pragma once

#include "base/clock.h"
#include "civic/duty.h"
#include "civic/sensor_watch.h"

enum sensor_who {
	SENSOR_FIRST, /* on duty now, the first position; else officers; else installers; else secretaries */
	SENSOR_NEXT,  /* … who is next in that order and was not told yet */
	SENSOR_ALL,   /* officers, installers, secretaries */
	SENSOR_CHORE  /* the secretary's list: nobody is told any more */
};

struct sensor_rung {
	enum sensor_who who;
	bool ring;      /* their phones are rung, too */
	int64_t wait_s; /* after this one before the next is climbed; INT64_MAX: never */
};

#define SENSOR_RINGS_EACH 3 /* one alarm rings one phone so often at most, … */
#define SENSOR_RINGS_ALL  8 /* … and all phones together */

/* The rung `i` of an alarm of this severity; `fault`: of a sensor or a cabinet that tells nothing. NULL: there is none; notices have none. */
const struct sensor_rung *sensor_rung(enum sensor_severity severity, bool fault, int i);

/* The rung that is due after `rung`, climbed at `rung_utc`; −1: none yet, *ret_next_utc says when (INT64_MAX: never). What does not
 * wake people waits for the end of the quiet hours, and the wait before it does not run in them. A clock that was set makes a
 * rung late, never two due in one moment. */
int sensor_rung_due(enum sensor_severity severity, bool fault, int rung, int64_t rung_utc,
		    const struct day_window *quiet, int64_t now, int64_t *ret_next_utc);

/* Marks in `ret` (n flags) who is told; how many. `installer[i]`: c[i] is one. Absent ones only when nobody else is there. One
 * phone is marked once. */
int sensor_choose(enum sensor_who who, bool fault, const struct duty_candidate *c, const bool *installer, int n,
		  bool *ret);

/* Deadlines in working hours: the window of [gateway] working_hours, without the days off and with the working days that
 * the file of holidays names. Pure. */
#pragma once

#include "base/clock.h"
#include "base/holidays.h"

struct calendar {
	struct day_window working;
	const struct holidays *holidays; /* borrowed; NULL: none */
};

/* Is `utc` within working hours, no holiday? */
bool calendar_open(const struct calendar *c, int64_t utc);
/* The first such moment at or after `utc`; `utc` itself when there is none. */
int64_t calendar_next(const struct calendar *c, int64_t utc);
/* `utc` plus that many seconds of working time. A window that never opens counts every hour. */
int64_t deadline_after(const struct calendar *c, int64_t utc, int64_t seconds);
/* So many days later at the same time of day, or, where that is no working time, when work begins again. */
int64_t deadline_days(const struct calendar *c, int64_t utc, int days);

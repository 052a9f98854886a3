/* Alarms of sensors among people: who hears, who next while nobody acknowledges, who hears that somebody does and that it is over; the
 * case of each. Within the caller's transaction. */
#pragma once

#include "daemon/participation_internal.h"
#include "store/sensor_alarm.h"

/* A new alarm: its row, case, event, and the first texts. `a` is filled but for its number. */
int sensor_begin(const struct participation *p, struct sensor_alarm *a, int64_t now);
/* It came back too often: told once more, to those who heard of it. */
int sensor_comes_and_goes(const struct participation *p, int number, int64_t now);
/* It is over; the value as people read it. `silent`: without a word, for what is not configured any more. Who heard of it hears of
 * that: in the day, but for what was urgent. */
int sensor_over(const struct participation *p, int number, const char *const shown[2], bool silent,
		int64_t now);

/* What time brings: the ladder, and what was acknowledged since. */
int sensor_tick(const struct participation *p, int64_t now, int64_t *next);

int sensor_gather(const struct turn *t, const struct intent *in, struct facts *f);
int sensor_apply(const struct turn *t, const struct facts *f, const struct effect *e);

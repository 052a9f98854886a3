/* Alarms of sensors among people: who hears, who next while nobody acknowledges, who hears that somebody does and that it is over; the
 * case of each. Within the caller's transaction. */
#pragma once

#include "daemon/participation_internal.h"
#include "store/sensor_alarm.h"

/* A new alarm: its row, event, the first texts, and its case: that of the one before it of this sensor and kind when that ended less than
 * SENSOR_FLAPS_S ago. `a` is filled but for its number. */
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

/* ---- participation_sensor_tell.c */
bool sensor_is_fault(const struct sensor_alarm *a);
bool sensor_wakes(const struct sensor_alarm *a); /* people, in the quiet hours */
struct sensor_words {
	const char *key, *name,
	    *shown;        /* name: who looks after it, "" the desk; shown: NULL as it was when it began */
	int64_t until_utc; /* 0: it stands */
};
void sensor_words_add(const struct participation *p, const struct sensor_alarm *a, const struct sensor_words *w,
		      enum language lang, struct buf *out);
/* Texts those who heard of it before, but for one phone; *ret_count grows. `occasion`: nobody twice for the same. */
int sensor_text_told(const struct participation *p, const struct sensor_alarm *a, const struct sensor_words *w,
		     const char *but, const char *occasion, bool quiet, int64_t now, int *ret_count);
/* Texts, and rings, those whom a rung names; how many of both. */
int sensor_call_rung(const struct participation *p, const struct sensor_alarm *a, int rung, const char *key,
		     int64_t now, int *ret_count, int *ret_rings);

/* What the sensors told, for sparklines, pages and the share of time with data. Minutes are written as they come, in batches
 * (the rows of one batch stand side by side: about two pages of flash each); hours are made of minutes and days of hours
 * as soon as they are over. Minutes go after READING_MINUTES_S, hours with [gateway] retention_readings, days stay: 40
 * bytes a day for each sensor. */
#pragma once

#include "civic/summary.h"
#include "store/store.h"

#define READING_MINUTE    60
#define READING_HOUR      3600
#define READING_DAY       86400 /* a day of the time zone */
#define READING_MINUTES_S (14 * (int64_t)86400)

struct reading {
	int64_t utc;
	int count;              /* readings with a value */
	double low, mean, high; /* when count > 0 */
	int data_s, dark_s; /* so long there were data; so long it was asked in vain. The rest nobody asked */
};

/* A minute, or several that were alike. What is there already for this minute (a clock that was set back) is added to. Inside
 * a transaction. */
int reading_put(struct store *s, int64_t sensor, const struct reading *r);
/* Hours and days that are over by now, at most a few at a time; *ret_more: there are more. Idempotent. In a transaction of the
 * caller. */
int reading_roll(struct store *s, int64_t now_utc, bool *ret_more);

/* Rows of one sensor with from ≤ utc < until, oldest first. Of each moment the finest that is still kept, but none
 * finer than `step`. */
int reading_each(struct store *s, int64_t sensor, int step, int64_t from_utc, int64_t until_utc,
		 int (*row)(void *ctx, int step, const struct reading *r), void *ctx);

/* Seconds with data of every sensor since `from`. */
int reading_online(struct store *s, int64_t from_utc, int (*row)(void *ctx, int64_t sensor, int64_t data_s),
		   void *ctx);

/* The same of all sensors that were asked in [from, until) together, for reports: `from` the begin of a day. */
int reading_summary(struct store *s, int64_t from_utc, int64_t until_utc, struct summary_sensors *ret);

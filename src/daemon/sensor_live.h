/* What the polling knows of each sensor now, and when of that is written down. States that change are written at once, values
 * and minutes in one transaction every LIVE_EVERY_MS, their rows side by side: 8 MB of flash a day for up to 16 sensors,
 * 14 MB for 64 (measured, with all that SQLite adds). What flaps cannot wear the flash: changes have a budget, and wait for the next
 * chance when it is spent. While somebody looks on (`yishi sensor watch`) each round is written.
 *
 * A kill loses at most the minutes since the last write; of those it is not known whether there were data. */
#pragma once

#include "base/config.h"
#include "daemon/sensor_minutes.h"
#include "store/sensor.h"

#define LIVE_EVERY_MS  (5 * 60000)
#define LIVE_BUDGET    10    /* changes that are written at once, one more each … */
#define LIVE_REFILL_MS 60000 /* … such time */
#define LIVE_ROUND_MS  1000  /* somebody looks on: at most so often */
#define LIVE_AGAIN_MS  10000 /* the database was busy, or the disk is full */
/* A daemon that was away for less goes on as if it had not been. */
#define LIVE_GAP_S (15 * 60)

struct live {
	char name[2 * CONFIG_NAME_MAX + 2]; /* CABINET.NAME */
	int64_t id;                         /* 0: not written yet */
	enum sensor_fault fault;            /* UNREAD until it was asked */
	enum sensor_fault before;           /* what the database says of the time before that */
	int code;
	int64_t since_utc, seen_utc, first_utc;
	bool has_value, dirty, wanted; /* `wanted`: the configuration has it */
	double value;
	int64_t counted_ms; /* the seconds until then are in the minutes; 0: none are */
	struct minutes minutes;
};

struct lives {
	struct store *store; /* borrowed */
	struct live **list;  /* owned, each; they stay where they are */
	int count, cap;
	int watchers; /* who looks on */
	bool changed; /* something that is to be written at once */
	int64_t written_ms, failed_ms, refilled_ms, hour;
	int budget;
	bool more; /* of rolling up */
};

/* What the database knows. */
int lives_load(struct lives *t, struct store *s, int64_t now_ms);
void lives_done(struct lives *t);
struct live *lives_get(struct lives *t, const char *name); /* made when it is new; never NULL */

/* What is not `wanted` (any more) has no data: nobody reads it. */
void lives_settle(struct lives *t);

/* It was asked. `value` when there is no fault. */
void live_read(struct lives *t, struct live *l, enum sensor_fault fault, int code, double value,
	       int64_t now_utc, int64_t now_ms);

/* Is it time to write? `round`: no poll is under way, so that a transaction holds a whole round. */
bool lives_due(struct lives *t, bool round, int64_t now_utc, int64_t now_ms);
/* Writes what is new. `clock_ok`: the time is to be trusted; else there are no minutes, they would stand at a wrong place. */
int lives_write(struct lives *t, bool clock_ok, int64_t now_utc, int64_t now_ms);

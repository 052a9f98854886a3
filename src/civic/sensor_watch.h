/* What a reading of a sensor means: within its limits, beyond them, long enough to be an alarm, well again, coming and
 * going. One struct sensor_watch a sensor is fed every reading; its answer is what has happened now. A table of states and inputs
 * with every cell filled (sensor_watch.c) says what follows what:
 *
 *     calm ──beyond──→ holds ──(beyond for `hold`)──→ on ──inside──→ settles ──(inside for `hold`, a minute at least)──→ calm
 *       ↑_____________inside, between_____│             ↑____beyond____│   beyond again, too often → flaps
 *       └────────────────────(inside without a break for half an hour)──────────────────────────────────┘
 *
 * Between a limit and its `clear` nothing begins and nothing ends. A reading that is missing ends nothing either: whether there
 * are data at all is the business of struct sensor_silence. Out of the hours in which it is armed nothing begins, and what stands
 * ends as ever: when the reading is inside.
 * Times are UTC seconds; a clock that is set back lets waits begin anew, one that is set forward is told by sensor_watch_shift. Pure. */
#pragma once

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

#define SENSOR_STATES_MAX 8
#define SENSOR_SETTLE_S   MINUTE_S /* inside for so long at least before it is over */
#define SENSOR_FLAPS      3        /* so many beginnings … */
#define SENSOR_FLAPS_S    HOUR_S   /* … within that: it is told once more, and that it comes and goes */
#define SENSOR_CALM_S     (30 * MINUTE_S) /* inside without a break: it has ended coming and going */

enum sensor_severity { SENSOR_NOTICE, SENSOR_WARNING, SENSOR_URGENT, SENSOR_SEVERITIES };
const char *sensor_severity_name(enum sensor_severity s);    /* "notice" "warning" "urgent" */
enum sensor_severity sensor_severity_find(const char *name); /* WARNING for "" and what is unknown */

/* What is an alarm. Zeroed: nothing. */
struct sensor_limits {
	bool has_high, has_low, has_clear;
	double high, low;
	double
	    clear; /* where it ends; with both limits the other one ends as far inside. Without: at the limit itself */
	double state[SENSOR_STATES_MAX]; /* values that are an alarm by themselves */
	int state_count;
	int64_t hold_s;          /* beyond without a break for so long */
	struct day_window armed; /* outside these hours no alarm begins; sensor_always_armed */
};
extern const struct day_window sensor_always_armed;

enum sensor_side { SENSOR_NONE, SENSOR_HIGH, SENSOR_LOW, SENSOR_STATE };
/* Which limit a value has passed. */
enum sensor_side sensor_beyond(const struct sensor_limits *l, double value);
/* The value has come back over `clear` (or needs not). */
bool sensor_inside(const struct sensor_limits *l, double value);

#define SENSOR_WATCH_STATES(X)                                                                                 \
	X(CALM, "calm")                                                                                        \
	X(HOLDS, "holds")                                                                                      \
	X(ON, "on")                                                                                            \
	X(SETTLES, "settles")                                                                                  \
	X(FLAPS, "flaps")
enum sensor_watch_state {
#define X(id, name) WATCH_##id,
	SENSOR_WATCH_STATES(X)
#undef X
	    WATCH_STATES
};

enum sensor_input {
	INPUT_BEYOND,  /* a limit is passed */
	INPUT_BETWEEN, /* it is not, and `clear` is not reached */
	INPUT_INSIDE,
	INPUT_MISSING, /* no value this time */
	INPUT_LOST,    /* no value for so long that it is told of as a fault */
	SENSOR_INPUTS
};

enum sensor_news {
	SENSOR_NOTHING,
	SENSOR_BEGINS, /* an alarm */
	SENSOR_ENDS,
	SENSOR_COMES_AND_GOES, /* the alarm stands; how often it came back is told once */
	SENSOR_BEGINS_FLAPPING /* both: after too many alarms that ended */
};

struct sensor_watch {
	enum sensor_watch_state state;
	enum sensor_side side;       /* of the limit that was passed last */
	int64_t since_utc;           /* beyond since: when it began, not when it had lasted long enough */
	int64_t inside_utc;          /* inside since, while SETTLES or FLAPS; 0: not */
	int64_t begun[SENSOR_FLAPS]; /* the last times that it came, the newest first; 0 none */
};

/* One reading; `valid` false: there was none. */
enum sensor_news sensor_watch_read(struct sensor_watch *w, const struct sensor_limits *l, bool valid,
				   double value, int64_t now);
/* There has been no value for too long. */
enum sensor_news sensor_watch_lost(struct sensor_watch *w, const struct sensor_limits *l, int64_t now);
/* An alarm that stands was written down by an earlier life of the program. */
void sensor_watch_resume(struct sensor_watch *w, enum sensor_side side, bool flaps, int64_t since_utc,
			 int64_t begun_utc);
/* The wall clock was set by so much. */
void sensor_watch_shift(struct sensor_watch *w, int64_t step_s);

/* For the test and the manual: what follows. */
struct sensor_cell {
	enum sensor_watch_state next;
	bool counts; /* a beginning, which is counted */
};
extern const struct sensor_cell sensor_watch_table[WATCH_STATES][SENSOR_INPUTS];
extern const char *const sensor_watch_names[WATCH_STATES];

/* Are there data? A fault begins after `after_s` without any and ends with the first. Zero-initialised. */
struct sensor_silence {
	bool on;
	int64_t good_utc;  /* the last data; 0: none since the program began */
	int64_t since_utc; /* silent since then, 0: not */
};
/* `good`: data came. `after_s` 0: never a fault. BEGINS, ENDS or NOTHING. */
enum sensor_news sensor_silence_read(struct sensor_silence *s, bool good, int64_t after_s, int64_t now);
void sensor_silence_shift(struct sensor_silence *s, int64_t step_s);

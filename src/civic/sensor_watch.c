#include "civic/sensor_watch.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

const struct day_window sensor_always_armed = {0, 1440, 0x7F};

static const char *const severities[SENSOR_SEVERITIES] = {"notice", "warning", "urgent"};

const char *sensor_severity_name(enum sensor_severity s)
{
	return severities[s];
}

enum sensor_severity sensor_severity_find(const char *name)
{
	for (int i = 0; i < SENSOR_SEVERITIES; i++)
		if (name && !strcmp(severities[i], name))
			return (enum sensor_severity)i;
	return SENSOR_WARNING;
}

const char *const sensor_watch_names[WATCH_STATES] = {
#define X(id, name) [WATCH_##id] = name,
    SENSOR_WATCH_STATES(X)
#undef X
};

/* ------------------------------------------------------------------------------------------------ values */

static bool is_state(const struct sensor_limits *l, double value)
{
	for (int i = 0; i < l->state_count; i++)
		if (fabs(l->state[i] - value) < 1e-9)
			return true;
	return false;
}

enum sensor_side sensor_beyond(const struct sensor_limits *l, double value)
{
	if (is_state(l, value))
		return SENSOR_STATE;
	if (l->has_high && value > l->high)
		return SENSOR_HIGH;
	return l->has_low && value < l->low ? SENSOR_LOW : SENSOR_NONE;
}

/* How far inside of its limit an alarm ends. */
static double margin(const struct sensor_limits *l)
{
	double above = l->has_high ? l->high - l->clear : INFINITY,
	       below = l->has_low ? l->clear - l->low : INFINITY;
	double m = above < below ? above : below;
	return l->has_clear && isfinite(m) && m > 0 ? m : 0;
}

bool sensor_inside(const struct sensor_limits *l, double value)
{
	double m = margin(l), high = l->high - m, low = l->low + m;
	/* limits so near that the ends would cross each other meet in the middle */
	if (l->has_high && l->has_low && high < low)
		high = low = (l->high + l->low) / 2;
	if (sensor_beyond(l, value) != SENSOR_NONE)
		return false;
	if (l->has_high && l->has_low && high == low)
		return true;
	return !(l->has_high && value > high) && !(l->has_low && value < low);
}

/* `begun`: an alarm stands. Out of the armed hours none begins; but a door that was left open is not closed by the morning, and
 * nobody may be told that it is. */
static enum sensor_input input_of(const struct sensor_limits *l, bool begun, bool valid, double value,
				  int64_t now, enum sensor_side *ret_side)
{
	if (!valid || !isfinite(value))
		return INPUT_MISSING;
	if (!day_window_contains(&l->armed, now))
		return begun && !sensor_inside(l, value) ? INPUT_BETWEEN : INPUT_INSIDE;
	*ret_side = sensor_beyond(l, value);
	return *ret_side ? INPUT_BEYOND : sensor_inside(l, value) ? INPUT_INSIDE : INPUT_BETWEEN;
}

/* ------------------------------------------------------------------------------------------------ the table */

/* What a reading leads to at once. Waits (HOLDS to ON, SETTLES and FLAPS to CALM) are over when the input that they wait with has
 * lasted; see move(). */
#define TO(input, state)     [INPUT_##input] = {WATCH_##state, false}
#define BEGINS(input, state) [INPUT_##input] = {WATCH_##state, true}
/* clang-format off */
const struct sensor_cell sensor_watch_table[WATCH_STATES][SENSOR_INPUTS] = {
[WATCH_CALM]    = {TO(BEYOND, HOLDS),  TO(BETWEEN, CALM),    TO(INSIDE, CALM),    TO(MISSING, CALM),    TO(LOST, CALM)},
[WATCH_HOLDS]   = {TO(BEYOND, HOLDS),  TO(BETWEEN, CALM),    TO(INSIDE, CALM),    TO(MISSING, HOLDS),   TO(LOST, CALM)},
[WATCH_ON]      = {TO(BEYOND, ON),     TO(BETWEEN, ON),      TO(INSIDE, SETTLES), TO(MISSING, ON),      TO(LOST, ON)},
[WATCH_SETTLES] = {BEGINS(BEYOND, ON), TO(BETWEEN, SETTLES), TO(INSIDE, SETTLES), TO(MISSING, SETTLES), TO(LOST, ON)},
[WATCH_FLAPS]   = {TO(BEYOND, FLAPS),  TO(BETWEEN, FLAPS),   TO(INSIDE, FLAPS),   TO(MISSING, FLAPS),   TO(LOST, FLAPS)},
};
/* clang-format on */

/* One more beginning; true: the last of too many within the time. */
static bool count(struct sensor_watch *w, int64_t now)
{
	for (int i = SENSOR_FLAPS - 1; i > 0; i--)
		w->begun[i] = w->begun[i - 1];
	w->begun[0] = now;
	int64_t oldest = w->begun[SENSOR_FLAPS - 1];
	return oldest && now - oldest < SENSOR_FLAPS_S;
}

static void mind_clock(struct sensor_watch *w, int64_t now)
{
	if (w->since_utc > now)
		w->since_utc = now;
	if (w->inside_utc > now)
		w->inside_utc = now;
	for (int i = 0; i < SENSOR_FLAPS; i++)
		if (w->begun[i] > now)
			w->begun[i] = now;
}

static int64_t settle_s(const struct sensor_watch *w, const struct sensor_limits *l)
{
	int64_t hold = l->hold_s > SENSOR_SETTLE_S ? l->hold_s : SENSOR_SETTLE_S;
	return w->state == WATCH_FLAPS ? SENSOR_CALM_S : hold;
}

static enum sensor_news calm(struct sensor_watch *w)
{
	w->state = WATCH_CALM;
	w->inside_utc = 0;
	return SENSOR_ENDS;
}

static enum sensor_news begin(struct sensor_watch *w, int64_t now)
{
	bool often = count(w, now);
	w->state = often ? WATCH_FLAPS : WATCH_ON;
	w->inside_utc = 0;
	return often ? SENSOR_BEGINS_FLAPPING : SENSOR_BEGINS;
}

/* It was settling and is beyond again. */
static enum sensor_news again(struct sensor_watch *w, int64_t now)
{
	w->inside_utc = 0;
	if (!count(w, now))
		return SENSOR_NOTHING;
	w->state = WATCH_FLAPS;
	return SENSOR_COMES_AND_GOES;
}

static enum sensor_news move(struct sensor_watch *w, const struct sensor_limits *l, enum sensor_input in,
			     int64_t now)
{
	enum sensor_watch_state was = w->state;
	const struct sensor_cell *cell = &sensor_watch_table[was][in];
	mind_clock(w, now);
	w->state = cell->next;
	if (w->state == WATCH_HOLDS && was != WATCH_HOLDS)
		w->since_utc = now;
	if (w->state == WATCH_CALM)
		w->since_utc = 0;
	if (cell->counts)
		return again(w, now);
	if (w->state == WATCH_HOLDS)
		return in == INPUT_BEYOND && now - w->since_utc >= l->hold_s ? begin(w, now) : SENSOR_NOTHING;
	if (in == INPUT_BEYOND || in == INPUT_LOST || w->state == WATCH_ON)
		w->inside_utc = 0;
	if (in == INPUT_INSIDE && !w->inside_utc && (w->state == WATCH_SETTLES || w->state == WATCH_FLAPS))
		w->inside_utc = now;
	/* between the limit and its end it is as it was; a reading that is missing proves nothing */
	bool counts = in == INPUT_INSIDE && w->inside_utc && now - w->inside_utc >= settle_s(w, l);
	return counts ? calm(w) : SENSOR_NOTHING;
}

enum sensor_news sensor_watch_read(struct sensor_watch *w, const struct sensor_limits *l, bool valid,
				   double value, int64_t now)
{
	enum sensor_side side = SENSOR_NONE;
	bool begun = w->state != WATCH_CALM && w->state != WATCH_HOLDS;
	enum sensor_input in = input_of(l, begun, valid, value, now, &side);
	if (side)
		w->side = side;
	return move(w, l, in, now);
}

enum sensor_news sensor_watch_lost(struct sensor_watch *w, const struct sensor_limits *l, int64_t now)
{
	return move(w, l, INPUT_LOST, now);
}

void sensor_watch_resume(struct sensor_watch *w, enum sensor_side side, bool flaps, int64_t since_utc,
			 int64_t begun_utc)
{
	*w = (struct sensor_watch){.state = flaps ? WATCH_FLAPS : WATCH_ON,
				   .side = side,
				   .since_utc = since_utc,
				   .begun = {begun_utc}};
}

static void shift(int64_t *t, int64_t step_s)
{
	if (*t)
		*t += step_s;
}

void sensor_watch_shift(struct sensor_watch *w, int64_t step_s)
{
	shift(&w->since_utc, step_s);
	shift(&w->inside_utc, step_s);
	for (int i = 0; i < SENSOR_FLAPS; i++)
		shift(&w->begun[i], step_s);
}

/* ------------------------------------------------------------------------------------------------ silence */

enum sensor_news sensor_silence_read(struct sensor_silence *s, bool good, int64_t after_s, int64_t now)
{
	bool was = s->on;
	if (good) {
		*s = (struct sensor_silence){.good_utc = now};
		return was ? SENSOR_ENDS : SENSOR_NOTHING;
	}
	if (!s->since_utc || s->since_utc > now)
		s->since_utc = now;
	if (was || !after_s || now - s->since_utc < after_s)
		return SENSOR_NOTHING;
	s->on = true;
	return SENSOR_BEGINS;
}

void sensor_silence_shift(struct sensor_silence *s, int64_t step_s)
{
	shift(&s->good_utc, step_s);
	shift(&s->since_utc, step_s);
}

#include "daemon/sensor_alarms.h"
#include "daemon/daemon.h"
#include "daemon/participation_sensor.h"
#include "daemon/session.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/sensor_watch.h"
#include "hw/register_value.h"
#include "store/sensor_alarm.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define POLLS_MIN    4 /* so many polls without data at least before it is a fault */
#define RING_AGAIN_S 5 /* a line that can ring is busy: asked again */

/* One sensor, or (no dot in its name) one cabinet. */
struct watched {
	char name[SENSOR_SUBJECT_MAX];
	struct sensor_watch watch;
	struct sensor_silence silence;
	int alarm, fault_alarm;  /* numbers of those that stand, 0 none */
	enum sensor_fault fault; /* why there are no data, when it was last asked */
};

struct sensor_alarms {
	struct daemon *d;
	struct watched *list; /* owned */
	int count;
	bool loaded;
};

static struct watched *find(struct sensor_alarms *a, const char *name)
{
	for (int i = 0; i < a->count; i++)
		if (!strcmp(a->list[i].name, name))
			return &a->list[i];
	return NULL;
}

static struct watched *find_or_add(struct sensor_alarms *a, const char *name)
{
	struct watched *w = find(a, name);
	if (w)
		return w;
	a->list = mem_resize(a->list, (size_t)a->count + 1, sizeof *a->list);
	w = &a->list[a->count++];
	*w = (struct watched){.fault = SENSOR_UNREAD};
	text_copy(w->name, sizeof w->name, name);
	return w;
}

/* ------------------------------------------------------------------------------------------------ life */

static int load_row(void *ctx, const struct sensor_alarm *row)
{
	static const enum sensor_side sides[SENSOR_ALARM_KIND_COUNT] = {[SENSOR_ALARM_HIGH] = SENSOR_HIGH,
									[SENSOR_ALARM_LOW] = SENSOR_LOW,
									[SENSOR_ALARM_STATE] = SENSOR_STATE};
	struct watched *w = find_or_add(ctx, row->subject);
	if (row->kind == SENSOR_ALARM_FAULT || row->kind == SENSOR_ALARM_SILENT) {
		w->fault_alarm = row->number;
		w->silence = (struct sensor_silence){.on = true, .since_utc = row->since_utc};
	} else {
		w->alarm = row->number;
		sensor_watch_resume(&w->watch, sides[row->kind], row->flaps, row->since_utc, row->begun_utc);
	}
	return 0;
}

static bool load(struct sensor_alarms *a)
{
	if (a->loaded)
		return true;
	int r = sensor_alarm_each(a->d->store, true, INT64_MIN, 0, load_row, a);
	if (r < 0)
		log_error("alarms of sensors cannot be read: %s", strerror(-r));
	a->loaded = r >= 0;
	return a->loaded;
}

struct sensor_alarms *sensor_alarms_new(struct daemon *d)
{
	struct sensor_alarms *a = mem_alloc(sizeof *a);
	a->d = d;
	load(a);
	return a;
}

void sensor_alarms_free(struct sensor_alarms *a)
{
	if (!a)
		return;
	free(a->list);
	free(a);
}

void sensor_alarms_clock_set(struct daemon *d, int64_t step_s)
{
	struct sensor_alarms *a = d->sensor_alarms;
	for (int i = 0; a && i < a->count; i++) {
		sensor_watch_shift(&a->list[i].watch, step_s);
		sensor_silence_shift(&a->list[i].silence, step_s);
	}
}

/* ------------------------------------------------------------------------------------------------ what it means */

static const struct config_cabinet *cabinet_of(const struct daemon *d, const char *name)
{
	for (int i = 0; i < d->config->cabinet_count; i++)
		if (!strcmp(d->config->cabinets[i].name, name))
			return &d->config->cabinets[i];
	return NULL;
}

static void limits_of(const struct sensor_reading *r, struct sensor_limits *l)
{
	const struct map_row *row = r->row;
	*l = (struct sensor_limits){.has_high = row->has_high,
				    .has_low = row->has_low,
				    .has_clear = row->has_clear,
				    .high = row->high,
				    .low = row->low,
				    .clear = row->clear,
				    .hold_s = (row->hold_ms + 999) / 1000,
				    .armed = r->config ? r->config->armed : sensor_always_armed};
	for (int i = 0; i < row->alarm_count && l->state_count < SENSOR_STATES_MAX; i++)
		l->state[l->state_count++] = row->alarm[i];
}

/* A poll that is rare makes silence longer. */
static int64_t silence_s(const struct config_cabinet *c)
{
	if (!c || !c->silence_ms)
		return 0;
	int64_t polls = POLLS_MIN * c->poll_ms;
	return (c->silence_ms > polls ? c->silence_ms : polls) / 1000;
}

/* The installer's own words for a state say it all. */
static void shown_value(const struct sensor_reading *r, enum sensor_side side, char out[2][SENSOR_SHOWN_MAX])
{
	bool said = side == SENSOR_STATE && r->config && r->config->text && *r->config->text;
	for (int l = 0; l < 2 && !said; l++)
		register_number_shown(r->row, r->value, (enum language)l, out[l], sizeof out[l]);
}

/* A register without a map has the name that the installer gave it: nobody knows what holding:0 is. */
static const char *measured(const struct sensor_reading *r, enum language l)
{
	if (r->config && r->config->text && *r->config->text)
		return r->config->text;
	const char *label = register_label(r->row, l);
	return label == r->row->name ? r->sensor + strlen(r->cabinet) + 1 : label;
}

static void describe(const struct daemon *d, const struct sensor_reading *r, bool whole, struct sensor_alarm *a)
{
	const struct config_cabinet *c = cabinet_of(d, r->cabinet);
	text_copy(a->place, sizeof a->place, c && c->place ? c->place : r->cabinet);
	text_copy(a->grid, sizeof a->grid, c && c->grid ? c->grid : "");
	text_copy(a->subject, sizeof a->subject, whole ? r->cabinet : r->sensor);
	for (int l = 0; l < 2; l++) {
		cleanup_buf struct buf cabinet = {0};
		if (whole)
			replies_add(d->replies, (enum language)l, "sensor.cabinet", (struct reply_value[]){{0}},
				    &cabinet);
		text_copy(a->label[l], sizeof a->label[l],
			  whole ? buf_str(&cabinet) : measured(r, (enum language)l));
	}
	/* a place that is said twice is said once */
	for (int l = 0; l < 2 && !whole; l++)
		if (!strncmp(a->label[l], a->place, strlen(a->place)))
			a->place[0] = 0;
}

/* ------------------------------------------------------------------------------------------------ writing down */

static int commit(struct daemon *d, int r)
{
	if (r >= 0)
		r = store_commit(d->store);
	store_rollback(d->store);
	if (r < 0)
		log_error("an alarm of a sensor cannot be written yet: %s (%s)", strerror(-r),
			  store_error(d->store));
	else
		daemon_act_soon(d, 0);
	return r;
}

static int begin(struct daemon *d, struct sensor_alarm *a, int64_t now)
{
	int r = store_begin(d->store);
	if (r >= 0)
		r = sensor_begin(&d->people, a, now);
	if (r >= 0)
		log_warning("alarm C%d: %s %s%s%s", a->number, a->subject, sensor_alarm_kind_name(a->kind),
			    *a->shown[LANG_EN] || *a->detail ? ": " : "",
			    *a->detail ? a->detail : a->shown[LANG_EN]);
	return commit(d, r);
}

static int over(struct daemon *d, int *number, const char *const shown[2], bool silent, int64_t now)
{
	int was = *number, r = was ? store_begin(d->store) : 0;
	if (!was)
		return 0;
	if (r >= 0)
		r = sensor_over(&d->people, was, shown, silent, now);
	if ((r = commit(d, r)) >= 0) {
		log_notice("alarm C%d is over", was);
		*number = 0;
	}
	return r;
}

static int flaps(struct daemon *d, int number, int64_t now)
{
	int r = number ? store_begin(d->store) : 0;
	if (!number)
		return 0;
	if (r >= 0)
		r = sensor_comes_and_goes(&d->people, number, now);
	return commit(d, r);
}

/* ------------------------------------------------------------------------------------------------ one reading */

static enum sensor_alarm_kind kind_of(enum sensor_side side)
{
	return side == SENSOR_HIGH  ? SENSOR_ALARM_HIGH
	       : side == SENSOR_LOW ? SENSOR_ALARM_LOW
				    : SENSOR_ALARM_STATE;
}

static int begin_limit(struct daemon *d, struct watched *w, const struct sensor_reading *r,
		       const struct sensor_limits *l, bool often, int64_t now)
{
	struct sensor_alarm a = {.kind = kind_of(w->watch.side),
				 .severity = (int)sensor_severity_find(r->row->severity),
				 .has_value = true,
				 .value = round(r->value * 1e6) / 1e6, /* 57.3, as it was scaled */
				 .limit = w->watch.side == SENSOR_LOW ? l->low : l->high,
				 .since_utc = w->watch.since_utc,
				 .begun_utc = now,
				 .flaps = often};
	describe(d, r, false, &a);
	shown_value(r, w->watch.side, a.shown);
	/* of a state the limit is no news */
	if (w->watch.side != SENSOR_STATE && !r->row->word_count)
		register_number_shown(r->row, a.limit, LANG_EN, a.bound, sizeof a.bound);
	int e = begin(d, &a, now);
	if (e >= 0)
		w->alarm = a.number;
	return e;
}

static void judge(struct daemon *d, struct watched *w, const struct sensor_reading *r, int64_t now)
{
	struct sensor_limits l;
	const struct sensor_watch before = w->watch;
	char shown[2][SENSOR_SHOWN_MAX] = {"", ""};
	const char *const now_shown[2] = {shown[0], shown[1]};
	int e = 0;
	limits_of(r, &l);
	if (r->fault == SENSOR_OK)
		shown_value(r, w->watch.side, shown);
	switch (sensor_watch_read(&w->watch, &l, r->fault == SENSOR_OK, r->value, now)) {
	case SENSOR_NOTHING:
		break;
	case SENSOR_BEGINS:
		e = begin_limit(d, w, r, &l, false, now);
		break;
	case SENSOR_BEGINS_FLAPPING:
		e = begin_limit(d, w, r, &l, true, now);
		break;
	case SENSOR_ENDS:
		e = over(d, &w->alarm, now_shown, false, now);
		break;
	case SENSOR_COMES_AND_GOES:
		e = flaps(d, w->alarm, now);
		break;
	}
	if (e < 0)
		w->watch = before; /* as if it had not been read: the next reading says it again */
}

static void judge_silence(struct daemon *d, struct watched *w, const struct sensor_reading *r, bool whole,
			  bool good, int64_t now)
{
	const struct sensor_silence before = w->silence;
	int e = 0;
	enum sensor_news news =
	    sensor_silence_read(&w->silence, good, silence_s(cabinet_of(d, r->cabinet)), now);
	if (news == SENSOR_ENDS)
		e = over(d, &w->fault_alarm, NULL, false, now);
	if (news == SENSOR_BEGINS && !w->fault_alarm) {
		struct sensor_alarm a = {.kind = whole ? SENSOR_ALARM_SILENT : SENSOR_ALARM_FAULT,
					 .severity = SENSOR_WARNING,
					 .since_utc = w->silence.since_utc,
					 .begun_utc = now};
		describe(d, r, whole, &a);
		text_copy(a.detail, sizeof a.detail, sensor_fault_name(r->fault));
		if ((e = begin(d, &a, now)) >= 0)
			w->fault_alarm = a.number;
		if (!whole && e >= 0) {
			struct sensor_limits l;
			limits_of(r, &l);
			sensor_watch_lost(&w->watch, &l, now);
		}
	}
	if (e < 0)
		w->silence = before;
}

/* The unit answers, though it may not tell this value. */
static bool answers(enum sensor_fault f)
{
	return f == SENSOR_OK || f == SENSOR_EXCEPTION || f == SENSOR_INVALID;
}

bool sensor_alarms_read(struct daemon *d, const struct sensor_reading *r)
{
	struct sensor_alarms *a = d->sensor_alarms;
	int64_t now = daemon_now(d);
	if (!a || d->stopping || r->fault == SENSOR_UNREAD || r->fault == SENSOR_LENT || !load(a))
		return false;
	find_or_add(a, r->sensor);
	struct watched *whole = find_or_add(a, r->cabinet), *w = find(a, r->sensor);
	int was = w->alarm;
	whole->fault = w->fault = r->fault;
	judge_silence(d, whole, r, true, answers(r->fault), now);
	/* of a cabinet that tells nothing at all one alarm is enough */
	bool covered = whole->silence.since_utc && !w->fault_alarm;
	if (r->fault == SENSOR_OK || !covered)
		judge_silence(d, w, r, false, r->fault == SENSOR_OK, now);
	judge(d, w, r, now);
	return w->alarm != was;
}

/* ------------------------------------------------------------------------------------------------ configuration */

static bool configured(const struct daemon *d, const char *name)
{
	char cabinet[SENSOR_SUBJECT_MAX];
	text_copy(cabinet, sizeof cabinet, name);
	cabinet[strcspn(cabinet, ".")] = 0;
	if (!cabinet_of(d, cabinet))
		return false;
	bool some = false;
	for (int i = 0; i < d->config->sensor_count; i++) {
		const char *s = d->config->sensors[i].name;
		size_t n = strlen(cabinet);
		some = some || (!strncmp(s, cabinet, n) && s[n] == '.');
		if (!strcmp(s, name))
			return true;
	}
	/* a cabinet without sections is read whole, by its map */
	return !strchr(name, '.') || !some;
}

void sensor_alarms_configure(struct daemon *d)
{
	struct sensor_alarms *a = d->sensor_alarms;
	for (int i = 0; a && load(a) && i < a->count; i++) {
		struct watched *w = &a->list[i];
		if (configured(d, w->name))
			continue;
		over(d, &w->alarm, NULL, true, daemon_now(d));
		over(d, &w->fault_alarm, NULL, true, daemon_now(d));
		if (!w->alarm && !w->fault_alarm)
			a->list[i--] = a->list[--a->count];
	}
}

/* ------------------------------------------------------------------------------------------------ phones */

/* When to look again; INT64_MAX: nobody waits. */
static int64_t ring(struct daemon *d, int64_t now)
{
	struct sensor_ring ring;
	int ringing = 0, free = 0;
	/* of several lines one is left to texts */
	for (int i = 0; i < d->session_count; i++)
		*(session_ring_look(d->session[i]) ? &ringing : &free) += session_for_alarms(d->session[i]);
	int r = d->config->ring ? sensor_ring_next(d->store, now, &ring) : -ENOENT;
	if (r < 0 && r != -ENOENT)
		log_error("phones to be rung cannot be looked for: %s", strerror(-r));
	if (r < 0 || !ring.id)
		return INT64_MAX;
	for (int i = 0; i < d->session_count && !ring.held && (!ringing || free > 1); i++)
		if (session_ring(d->session[i], &ring))
			break;
	return now + RING_AGAIN_S;
}

/* A cabinet that does not answer is asked ever more rarely; that the time is over must not wait for that. */
static int64_t look_at_silence(struct daemon *d, struct watched *w, int64_t now)
{
	int64_t after = silence_s(cabinet_of(d, w->name));
	if (strchr(w->name, '.') || !w->silence.since_utc || w->silence.on || !after ||
	    w->fault == SENSOR_UNREAD)
		return INT64_MAX;
	if (w->silence.since_utc + after > now)
		return w->silence.since_utc + after;
	judge_silence(d, w, &(struct sensor_reading){.cabinet = w->name, .sensor = w->name, .fault = w->fault},
		      true, false, now);
	return now;
}

int64_t sensor_alarms_tick(struct daemon *d)
{
	struct sensor_alarms *a = d->sensor_alarms;
	int64_t now = daemon_now(d), next = INT64_MAX;
	if (!a || d->stopping)
		return next;
	for (int i = 0; i < a->count; i++) {
		int64_t t = look_at_silence(d, &a->list[i], now);
		next = t < next ? t : next;
	}
	int64_t t = ring(d, now);
	return t < next ? t : next;
}

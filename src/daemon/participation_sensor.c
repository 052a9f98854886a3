/* The life of an alarm of a sensor among people: its case, the ladder, who takes it. */
#include "daemon/participation_sensor.h"
#include "base/mem.h"
#include "civic/sensor_ladder.h"
#include "store/chore.h"
#include "store/event.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/staff.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#define WAITING_MAX   64
#define INSTALLERS    16
#define WORKING_DAY_S (8 * HOUR_S)

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

/* ------------------------------------------------------------------------------------------------ its case */

/* The installers' group has it: the one of them with the fewest open cases. 0: there is none, it waits at the secretary's desk. */
static int installer_for(const struct participation *p, int64_t *ret)
{
	struct person who[INSTALLERS];
	int least = INT_MAX, number, n = persons_with_role(p->store, ROLE(INSTALLER), NULL, who, INSTALLERS),
	    r = n;
	*ret = 0;
	for (int i = 0; i < n && r >= 0; i++) {
		int open = 0;
		r = staff_cases(p->store, who[i].id, NULL, STAFF_ALL, &number, 1, &open);
		if (r >= 0 && open < least) {
			least = open;
			*ret = who[i].id;
		}
	}
	return r < 0 ? r : 0;
}

static int assign(const struct participation *p, int matter, int64_t who, int64_t now)
{
	enum case_state st;
	int r = who ? 0 : installer_for(p, &who);
	return r < 0 || !who
		   ? r
		   : matter_act(p->store, matter, &(struct matter_step){.event = CASE_EV_ASSIGN, .person = who},
				&timer, now, &st);
}

struct standing {
	enum case_state state;
	int64_t assignee;
};

static int copy_standing(void *ctx, const struct matter *m)
{
	*(struct standing *)ctx = (struct standing){m->state, m->assignee};
	return 0;
}

/* What comes back within the hour is no case of its own: the former one goes on, with whoever has it. They hear of that only when they
 * had settled it, or when no text has told them yet. 1: done; 0: there is none that can go on. */
static int go_on(const struct participation *p, struct sensor_alarm *a, const char *words, int64_t now)
{
	struct standing was = {CASE_MERGED, 0};
	enum case_state st;
	int matter = 0, heard = 0, r = sensor_alarm_former(p->store, a, now - SENSOR_FLAPS_S, &matter);
	if (r < 0 || !matter || (r = matter_get(p->store, matter, copy_standing, &was)) < 0)
		return r == -ENOENT ? 0 : r;
	bool open = case_open(was.state);
	if (!open && case_next(was.state, CASE_EV_REOPEN) < 0)
		return 0;
	r = matter_act(p->store, matter,
		       &(struct matter_step){.event = open ? CASE_EV_NOTE : CASE_EV_REOPEN,
					     .note = words,
					     .due_utc = working_after(p, now, WORKING_DAY_S)},
		       &timer, now, &st);
	if (r >= 0 && was.assignee)
		r = heard = sensor_case_heard(p->store, matter, was.assignee);
	if (r >= 0 && (!heard || (!open && was.state != CASE_CLOSED)))
		r = assign(p, matter, was.assignee, now);
	a->matter = matter;
	return r < 0 || (r = sensor_alarm_matter(p->store, a->number, matter)) < 0 ? r : 1;
}

static int open_case(const struct participation *p, struct sensor_alarm *a, int64_t now)
{
	cleanup_buf struct buf text = {0};
	sensor_words_add(
	    p, a, &(struct sensor_words){.key = sensor_is_fault(a) ? "sensor.case.fault" : "sensor.case"},
	    p->config->language, &text);
	const struct matter_new m = {.kind = MATTER_CASE,
				     .category = CATEGORY_SAFETY,
				     .text = buf_str(&text),
				     .grid = a->grid,
				     .place = a->place,
				     .origin = "sensor",
				     .due_utc = working_after(p, now, WORKING_DAY_S)};
	int r = go_on(p, a, buf_str(&text), now);
	if (r)
		return r < 0 ? r : 0;
	if ((r = matter_add(p->store, &m, &timer, now, &a->matter)) < 0 ||
	    (r = sensor_alarm_matter(p->store, a->number, a->matter)) < 0)
		return r;
	return assign(p, a->matter, 0, now);
}

/* 1: somebody has still to settle it. */
static int case_waits(const struct participation *p, const struct sensor_alarm *a)
{
	struct standing is = {CASE_CLOSED, 0};
	int r = a->matter ? matter_get(p->store, a->matter, copy_standing, &is) : 0;
	return r < 0 && r != -ENOENT ? r : case_open(is.state);
}

static int close_case(const struct participation *p, const struct sensor_alarm *a, const struct sensor_words *w,
		      int64_t now)
{
	cleanup_buf struct buf note = {0};
	enum case_state st;
	int r = case_waits(p, a);
	if (r <= 0)
		return r;
	sensor_words_add(p, a, w, p->config->language, &note);
	r = matter_act(p->store, a->matter,
		       &(struct matter_step){.event = CASE_EV_RESOLVE, .note = buf_str(&note)}, &timer, now,
		       &st);
	if (r >= 0)
		r = matter_act(p->store, a->matter, &(struct matter_step){.event = CASE_EV_CLOSE}, &timer, now,
			       &st);
	return r;
}

/* ------------------------------------------------------------------------------------------------ its life */

static int note_begin(const struct participation *p, const struct sensor_alarm *a, int recipients, int64_t now)
{
	json_t *body = json_pack("{s:i, s:s, s:s, s:s, s:i, s:i}", "alarm", a->number, "sensor", a->subject,
				 "kind", sensor_alarm_kind_name(a->kind), "severity",
				 sensor_severity_name((enum sensor_severity)a->severity), "case", a->matter,
				 "recipients", recipients);
	if (sensor_is_fault(a)) {
		json_object_set_new(body, "fault", json_string(a->detail));
		return event_add(p->store, EVENT_SENSOR_FAULT, timer.id, body, now);
	}
	json_object_set_new(body, "value", json_real(a->value));
	json_object_set_new(body, "limit", *a->bound ? json_real(a->limit) : json_null());
	return event_add(p->store, EVENT_SENSOR_ALARM, timer.id, body, now);
}

static const char *first_key(const struct sensor_alarm *a)
{
	return sensor_is_fault(a) ? "sensor.fault" : a->flaps ? "sensor.flaps" : "sensor.alarm";
}

int sensor_begin(const struct participation *p, struct sensor_alarm *a, int64_t now)
{
	int recipients = 0, rings = 0, r = sensor_alarm_forget(p->store, now - SENSOR_KEPT_S, NULL);
	if (r >= 0)
		r = sensor_alarm_add(p->store, a, &a->number);
	if (r >= 0 && a->severity != SENSOR_NOTICE)
		r = open_case(p, a, now);
	if (r >= 0 && a->severity != SENSOR_NOTICE)
		r = sensor_call_rung(p, a, 0, first_key(a), now, &recipients, &rings);
	if (r >= 0 && a->matter)
		r = journal_add(p->store, a->matter, recipients ? "alarm told" : "nobody to be told", NULL,
				&timer, now);
	return r < 0 ? r : note_begin(p, a, recipients, now);
}

static int note_again(const struct participation *p, const struct sensor_alarm *a, int step, int recipients,
		      int rings, bool flaps, int64_t now)
{
	return event_add(p->store, EVENT_SENSOR_RAISED, timer.id,
			 json_pack("{s:i, s:i, s:i, s:i, s:b}", "alarm", a->number, "step", step, "recipients",
				   recipients, "rings", rings, "flaps", flaps),
			 now);
}

int sensor_comes_and_goes(const struct participation *p, int number, int64_t now)
{
	struct sensor_alarm a;
	int n = 0, r = sensor_alarm_get(p->store, number, &a);
	if (r < 0 || (r = sensor_alarm_flaps(p->store, number)) < 0)
		return r;
	a.flaps = true;
	if ((r = sensor_text_told(p, &a, &(struct sensor_words){.key = "sensor.flaps"}, "", "flaps",
				  !sensor_wakes(&a), now, &n)) < 0)
		return r;
	if (a.matter && (r = journal_add(p->store, a.matter, "comes and goes", NULL, &timer, now)) < 0)
		return r;
	return note_again(p, &a, a.rung, n, 0, true, now);
}

int sensor_over(const struct participation *p, int number, const char *const shown[2], bool silent, int64_t now)
{
	struct sensor_alarm a;
	int n = 0, r = sensor_alarm_get(p->store, number, &a);
	if (r < 0 || a.ended_utc)
		return r;
	struct sensor_words w = {.key = sensor_is_fault(&a) ? "sensor.over.fault" : "sensor.over",
				 .shown = shown ? shown[p->config->language] : NULL,
				 .until_utc = now};
	if ((r = sensor_alarm_cancel_texts(p->store, number, a.matter, now)) < 0 ||
	    (r = sensor_alarm_end(p->store, number, now)) < 0 || (r = close_case(p, &a, &w, now)) < 0)
		return r;
	/* what it reads now may have another word in the other language: left away there */
	if (!silent && a.severity != SENSOR_NOTICE)
		r = sensor_text_told(p, &a, &w, "", "over", !sensor_wakes(&a), now, &n);
	json_t *body = json_pack("{s:i, s:s, s:s, s:I}", "alarm", number, "sensor", a.subject, "kind",
				 sensor_alarm_kind_name(a.kind), "seconds", (json_int_t)(now - a.since_utc));
	json_object_set_new(body, "value", shown ? json_string(shown[LANG_EN]) : json_null());
	return r < 0 ? json_decref(body), r : event_add(p->store, EVENT_SENSOR_CLEAR, timer.id, body, now);
}

/* ------------------------------------------------------------------------------------------------ time */

static int give_up(const struct participation *p, const struct sensor_alarm *a, int64_t now)
{
	char note[SENSOR_SUBJECT_MAX + 48];
	snprintf(note, sizeof note, "C%d %s: nobody acknowledged it", a->number, a->subject);
	int r = sensor_alarm_rest(p->store, a->number);
	return r < 0 ? r : chore_add(p->store, "sensor", "", 0, note, &timer, now, NULL, NULL);
}

static int climb(const struct participation *p, const struct sensor_alarm *a, int rung, int64_t now)
{
	int n = 0, rings = 0, r;
	const struct sensor_rung *at;
	for (;; rung++) {
		at = sensor_rung((enum sensor_severity)a->severity, sensor_is_fault(a), rung);
		r = sensor_call_rung(p, a, rung, sensor_is_fault(a) ? "sensor.fault.again" : "sensor.again",
				     now, &n, &rings);
		if (r < 0 || !at || n || at->who != SENSOR_NEXT)
			break;
	}
	if (r < 0 || (r = sensor_alarm_rung(p->store, a->number, rung, now)) < 0 ||
	    (r = note_again(p, a, rung, n, rings, false, now)) < 0)
		return r;
	if (a->matter &&
	    (r = journal_add(p->store, a->matter, "nobody acknowledged it", NULL, &timer, now)) < 0)
		return r;
	return !at || at->who == SENSOR_CHORE ? give_up(p, a, now) : 0;
}

static int look(const struct participation *p, int number, int64_t now, int64_t *next)
{
	struct sensor_alarm a;
	int64_t t = INT64_MAX;
	int r = sensor_alarm_get(p->store, number, &a);
	if (r < 0)
		return r;
	if ((r = case_waits(p, &a)) <= 0) /* the installer has settled it, though it stands */
		return r < 0 ? r : sensor_alarm_rest(p->store, number);
	if (a.rung_utc > now && (r = sensor_alarm_rung(p->store, number, a.rung, now)) < 0)
		return r;
	int due = sensor_rung_due((enum sensor_severity)a.severity, sensor_is_fault(&a), a.rung, a.rung_utc,
				  &p->config->quiet_hours, now, &t);
	if (due >= 0 && (r = climb(p, &a, due, now)) >= 0)
		t = now + 1; /* looked at once more, which tells the next time */
	*next = t < *next ? t : *next;
	return r;
}

/* By text or by the tool: the others who heard of it hear of that once. */
static int tell_taken(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct sensor_alarm a;
	int n = 0, r = sensor_alarm_get(p->store, (int)stream_int(e, "alarm"), &a);
	if (r < 0 || a.ended_utc)
		return r == -ENOENT ? 0 : r;
	if ((r = sensor_alarm_cancel_texts(p->store, a.number, 0, now)) < 0)
		return r;
	struct sensor_words w = {.key = "sensor.taken", .name = *a.acked_name ? a.acked_name : a.acked_number};
	return sensor_text_told(p, &a, &w, a.acked_number, "taken", !sensor_wakes(&a), now, &n);
}

int sensor_tick(const struct participation *p, int64_t now, int64_t *next)
{
	int numbers[WAITING_MAX];
	int r = stream_follow(p, "sensors", 1ull << EVENT_SENSOR_ACKNOWLEDGED, tell_taken, now);
	int n = r < 0 ? r : sensor_alarms_waiting(p->store, numbers, WAITING_MAX);
	for (int i = 0; i < n && r >= 0; i++)
		r = look(p, numbers[i], now, next);
	return n < 0 ? n : r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------ by text */

int sensor_gather(const struct turn *t, const struct intent *in, struct facts *f)
{
	return facts_sensor_alarm(t->p->store, &t->sender, in->has & ARG_NUMBER ? in->number : 0,
				  &f->duty.alarm);
}

int sensor_apply(const struct turn *t, const struct facts *f, const struct effect *e)
{
	struct sensor_alarm a;
	(void)f;
	int r = sensor_alarm_ack(t->p->store, e->number, t->sender.person, t->sender.number, t->sender.name,
				 &t->by, t->now, &a);
	return r == -EALREADY || r == -ESTALE ? 0 : r;
}

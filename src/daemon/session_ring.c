/* Ringing the phone of somebody on duty: dialled, rung for a while, hung up, never answered. A line that has texts to send, or is
 * being rung itself, is left alone; texts that come up meanwhile wait for less than half a minute. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define RING_MS   25000 /* five or six rings: long enough to wake somebody, too short for most voice boxes */
#define HANGUP_MS 5000

static void finish(struct session *s)
{
	if (!s->ring.id)
		return;
	struct sensor_ring ring = s->ring;
	s->ring.id = 0;
	int r = store_begin(s->d->store);
	if (r >= 0)
		r = sensor_ring_end(s->d->store, &ring, s->config->name, s->ring_result, session_now(s));
	if (r >= 0)
		r = store_commit(s->d->store);
	store_rollback(s->d->store);
	if (r < 0)
		log_error("%s: a ring was not written: %s", s->config->name, strerror(-r));
	log_info("%s: alarm C%d: a phone was rung: %s", s->config->name, ring.alarm, s->ring_result);
}

void ring_forget(struct session *s)
{
	if (s->ring.id)
		text_copy(s->ring_result, sizeof s->ring_result, "line lost");
	finish(s);
}

bool session_for_alarms(const struct session *s)
{
	return session_up(s) && s->config->roles & (MODEM_SEND | MODEM_ALARMS);
}

bool session_ring(struct session *s, const struct sensor_ring *ring)
{
	if (s->state != SESSION_READY || !session_for_alarms(s) || !call_possible(s) || s->callers.ringing.on ||
	    s->call_busy_ms || !s->registered || send_wanted(s))
		return false;
	/* on disk before a phone rings: after a crash it does not ring for the same occasion again */
	int r = sensor_ring_begin(s->d->store, ring, s->config->name, session_now(s));
	if (r < 0)
		return r == -ENOENT;
	s->ring = *ring;
	s->ring_hangup = 0;
	text_copy(s->ring_result, sizeof s->ring_result, "rang");
	session_event(s, EV_RING);
	return true;
}

/* ------------------------------------------------------------------------------------------------ hanging up */

static void next_word(struct session *s);

static void on_hung_up(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		next_word(s);
}

/* Every way that the row knows: some say OK to one of them and do nothing. */
static void next_word(struct session *s)
{
	if (s->state != SESSION_RINGING)
		return;
	if (s->ring_hangup >= s->row->hangup.count) {
		finish(s);
		/* what came in meanwhile: some announce nothing during a call */
		read_all_due(s);
		session_event(s, EV_REST);
		return;
	}
	struct at_command c = at_cmd(s->row->hangup.word[s->ring_hangup++], HANGUP_MS);
	c.flags |= AT_FIRST;
	port_submit(s, &c, on_hung_up);
}

void ring_hang_up(struct session *s)
{
	if (s->ring_hangup)
		return;
	session_no_due(s);
	/* a dial command that says nothing until somebody picks up makes way first: its own time-out brings us back */
	if (at_chat_idle(s->chat))
		next_word(s);
}

bool session_ring_look(struct session *s)
{
	struct sensor_alarm a;
	if (s->state != SESSION_RINGING)
		return false;
	if (!s->ring.id || s->ring_hangup || sensor_alarm_get(s->d->store, s->ring.alarm, &a) < 0 ||
	    !(a.acked_utc || a.ended_utc))
		return true;
	if (!strcmp(s->ring_result, "rang"))
		text_copy(s->ring_result, sizeof s->ring_result, "called off");
	ring_hang_up(s);
	return true;
}

void act_hang_up(struct session *s)
{
	ring_hang_up(s);
}

/* ------------------------------------------------------------------------------------------------ dialling */

static void on_dialled(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r) || s->state != SESSION_RINGING)
		return;
	enum at_dialled what = at_read_dial(r);
	if (what == DIAL_OVER)
		text_copy(s->ring_result, sizeof s->ring_result, r->text);
	else if (what == DIAL_REFUSED)
		text_copy(s->ring_result, sizeof s->ring_result, "refused");
	bool rings = !strcmp(s->ring_result, "rang"); /* and did not end before the OK */
	if (r->final == AT_OK && rings && !s->stop_wanted && !s->hold_wanted)
		session_due_in(s, RING_MS, NULL);
	else
		next_word(s);
}

void act_ring(struct session *s)
{
	struct at_command c = at_cmd_dial(s->ring.number, RING_MS);
	session_remark(s, "rings a phone because of alarm C%d", s->ring.alarm);
	port_submit(s, &c, on_dialled);
}

bool ring_urc(struct session *s, const struct at_urc *u)
{
	if (s->state != SESSION_RINGING ||
	    (u->kind != URC_CALL_END && u->kind != URC_CALL_BEGIN && u->kind != URC_CALL))
		return false;
	if (u->kind == URC_CALL_BEGIN) /* somebody has picked up: there is nothing to be heard */
		text_copy(s->ring_result, sizeof s->ring_result, "answered");
	else if (u->kind == URC_CALL_END)
		text_copy(s->ring_result, sizeof s->ring_result, "over");
	if (u->kind != URC_CALL)
		ring_hang_up(s);
	return true;
}

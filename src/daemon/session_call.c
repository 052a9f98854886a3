/* Calls between port and inbox: what caller.h makes of the codes becomes commands and records. */
#include "daemon/session_internal.h"
#include "daemon/receiver.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define BUSY_MS 180000 /* longer than any submit before it takes */

static struct callers_rules rules(const struct session *s)
{
	return (struct callers_rules){.gap_ms = s->row->ring_gap_ms,
				      .ask_ms = s->row->clcc_fallback_ms,
				      .reject_ms = (int)s->config->ring_for_ms,
				      .ways = s->row->hangup.count};
}

/* Whether people can be told to ring. */
bool call_possible(const struct session *s)
{
	return s->row->voice != VOICE_NONE;
}

void call_announce(struct session *s)
{
	if (!call_possible(s) && !s->call_said)
		log_notice("%s: this model has no voice; nobody can ring it", s->config->name);
	s->call_said = true;
}

static void record(struct session *s)
{
	char number[AT_NUMBER_MAX + 1];
	bool any = false;
	while (callers_next(&s->callers, number)) {
		int r = receiver_call(&s->d->people, number, s->config->name, session_now(s));
		if (r)
			log_error("%s: a call was not recorded: %s", s->config->name, strerror(-r));
		any = true;
	}
	if (any)
		daemon_act_soon(s->d, 0);
}

static void on_calls(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_call call[AT_CALLS_MAX];
	s->call_busy_ms = 0;
	if (port_over(s, r))
		return;
	int n = at_read_calls(r, call, AT_CALLS_MAX);
	if (n > 0)
		callers_listed(&s->callers, call, n);
	call_tick(s);
	session_arm(s);
}

/* One command at a time: behind a submit it may take a while until it is its turn. */
static void command(struct session *s, struct at_command c, void (*done)(void *, const struct at_reply *));

static void on_left(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_call call[AT_CALLS_MAX];
	s->call_busy_ms = 0;
	if (port_over(s, r))
		return;
	int n = at_read_calls(r, call, AT_CALLS_MAX);
	if (n >= 0)
		callers_gone(&s->callers, call, n, mono_ms());
	call_tick(s);
	session_arm(s);
}

static void on_rejected(void *user, const struct at_reply *r)
{
	struct session *s = user;
	s->call_busy_ms = 0;
	if (port_over(s, r))
		return;
	session_remark(s, "the call was %s", r->final == AT_OK ? "rejected" : "not rejected");
	/* few say that what we have ended is over, and the answer by text waits for it */
	if (r->final == AT_OK && s->callers.ringing.on)
		command(s, at_cmd_calls(), on_left);
	else
		call_tick(s);
}

static void command(struct session *s, struct at_command c, void (*done)(void *, const struct at_reply *))
{
	if (!s->poll)
		return;
	s->call_busy_ms = mono_ms() + BUSY_MS;
	c.flags |= AT_FIRST;
	port_submit(s, &c, done);
}

void call_tick(struct session *s)
{
	struct callers_rules r = rules(s);
	while (s->call_busy_ms <= mono_ms()) {
		enum callers_want want = callers_tick(&s->callers, &r, mono_ms());
		if (want == CALLERS_NOTHING)
			break;
		if (want == CALLERS_ASK)
			command(s, at_cmd_calls(), on_calls);
		else
			command(s, at_cmd(s->row->hangup.word[s->callers.tries - 1], 0), on_rejected);
		if (!s->poll)
			break;
	}
	record(s);
}

int64_t call_due_ms(const struct session *s)
{
	struct callers_rules r = rules(s);
	int64_t due = callers_due_ms(&s->callers, &r);
	return due < s->call_busy_ms ? s->call_busy_ms : due;
}

void call_urc(struct session *s, const struct at_urc *u)
{
	struct callers_rules r = rules(s);
	if (ring_urc(s, u))
		return;
	if (!call_possible(s)) {
		session_remark(s, "a call on a model without voice: %s", u->line);
		return;
	}
	callers_urc(&s->callers, &r, u, mono_ms());
	call_tick(s);
	session_arm(s);
}

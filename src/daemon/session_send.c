/* Sending, so that the air never waits for us. While a part is in the air the next one is chosen and composed
 * (`ahead`). When the answer is in:
 *
 *     modem            session                              disk
 *     +CMGS: 7, OK →
 *                      AT+CMGS=n of what was ahead →
 *                                                           one transaction: what became of the last part with its
 *                                                           event, and the next one begun; while the modem makes
 *     `> `          →                                       its prompt
 *                      PDU, Ctrl-Z →                        (never before that commit)
 *                      chooses what comes next
 *
 * The transaction is session_commit.c's. When it fails, or the next text was cancelled or is somebody else's by
 * now, the prompt is left by ESC (chat: AT_GATED). So nothing is in the air of which the disk does not know, and
 * each outcome is written before anything else is done with its text: `past` is kept, and tried again, until it
 * is. */
#include "daemon/session_internal.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/bound.h"
#include "store/broadcast.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define RECORD_MS  1000  /* the database was busy or full when it was to be written: again */
#define BURST_MS   60000 /* PDU mode is believed so long within a burst */
#define IDLE_MS    5000  /* and so long after one */
#define SHOWN_MS   2000  /* for the answer when a report has shown what it will be */
#define SETTLE_MAX 8     /* texts in a row that turn out to be no work */

static void begin_next(struct session *s);

/* ------------------------------------------------------------------------------------------------ choosing */

void flight_drop(struct session *s, struct flight *f)
{
	struct outbox_message *m = f->m;
	f->m = NULL;
	if (!m || m == s->air.m || m == s->ahead.m || m == s->past.m)
		return;
	outbox_message_done(m);
	free(m);
}

int session_holds(const struct session *s, int64_t ids[2])
{
	const struct outbox_message *all[] = {s->past.m, s->air.m, s->ahead.m};
	int n = 0;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] && n < 2 && !(n && ids[n - 1] == all[i]->id))
			ids[n++] = all[i]->id;
	return n;
}

static bool may_send(const struct session *s)
{
	return s->config->roles & (MODEM_SEND | MODEM_ALARMS) && !s->stop_wanted && !s->hold_wanted &&
	       mono_ms() >= s->blocked_until_ms;
}

/* The first part behind `part` that is to be given to a modem. */
static int next_part(const struct outbox_message *m, int part)
{
	for (int i = part + 1; i <= m->segments; i++)
		if (!m->done[i])
			return i;
	return 0;
}

static void give_up(struct session *s, struct flight *f, const char *reason)
{
	log_error("%s: text %" PRId64 " cannot be sent: %s", s->config->name, f->m->id, reason);
	if (outbox_failed(s->d->store, f->m, f->part, reason, session_now(s)) ||
	    (f->m->broadcast && broadcast_finish(s->d->store, session_now(s))))
		send_pause(s, RECORD_MS);
	flight_drop(s, f);
}

static bool compose(struct session *s, struct flight *f)
{
	const char *wrong = NULL;
	bool report = s->config->reports && s->row->reports && s->no_report != f->m->id;
	int r =
	    sender_compose(f->m, f->part, report, s->no_validity != f->m->id, session_now(s), &f->pdu, &wrong);
	snprintf(f->m->line, sizeof f->m->line, "%s", session_line_key(s));
	if (r)
		give_up(s, f, wrong);
	return r == 0;
}

/* A text without a part to be begun: its rows tell what it is. */
static void settle(struct session *s, struct outbox_message *m)
{
	if (outbox_settle(s->d->store, m->id, session_now(s)) ||
	    (m->broadcast && broadcast_finish(s->d->store, session_now(s))))
		send_pause(s, RECORD_MS);
	outbox_message_done(m);
}

/* Whatever comes first now, the next part of the text in the air included. */
static bool pick(struct session *s, struct flight *f)
{
	int own = s->air.m ? next_part(s->air.m, s->air.part) : 0;
	for (int i = 0; i < SETTLE_MAX; i++) {
		struct outbox_message m;
		int r = sender_next(s->d, s, &m);
		if (r && r != -ENOENT)
			log_error("%s: the outbox cannot be read: %s", s->config->name, strerror(-r));
		if (own && (r || m.class >= s->air.m->class)) {
			if (r == 0)
				outbox_message_done(&m);
			*f = (struct flight){.m = s->air.m, .part = own};
			return true;
		}
		if (r)
			return false;
		int part = next_part(&m, 0);
		if (part) {
			*f = (struct flight){.m = mem_alloc(sizeof m), .part = part};
			*f->m = m;
			return true;
		}
		settle(s, &m);
	}
	return false;
}

bool send_choose(struct session *s)
{
	flight_drop(s, &s->ahead);
	if (!may_send(s))
		return false;
	struct flight f;
	for (int i = 0; i < SETTLE_MAX && pick(s, &f); i++)
		if (compose(s, &f)) {
			s->ahead = f;
			return true;
		}
	return false;
}

bool send_wanted(struct session *s)
{
	if (s->past.m)
		send_commit(s);
	return !s->past.m && send_choose(s);
}

void send_wake(struct session *s)
{
	if (s->past.m)
		send_commit(s);
	else if (s->state == SESSION_SENDING && s->submitting && s->begun)
		send_choose(s);
}

/* ------------------------------------------------------------------------------------------------ the end */

void send_rest(struct session *s)
{
	flight_drop(s, &s->ahead);
	session_event(s, EV_REST);
}

/* What was not begun is as it was before. */
void send_forget(struct session *s)
{
	flight_drop(s, &s->ahead);
	if (!s->submitting)
		flight_drop(s, &s->air);
	if (s->past.m)
		send_commit(s);
	int r = s->submitting ? 0 : outbox_put_down(s->d->store, s->config->name, session_now(s));
	if (r)
		log_error("%s: the outbox cannot be written: %s", s->config->name, strerror(-r));
}

void send_lose(struct session *s)
{
	struct flight done = {.m = s->past.m};
	s->past = (struct outcome){0};
	flight_drop(s, &done);
}

void send_new_port(struct session *s)
{
	s->format_known_ms = 0;
	s->one_command = s->more_set = s->more_refused = false;
}

/* ------------------------------------------------------------------------------------------------ the answer */

/* Somebody else is to have the port first. */
static bool yields(struct session *s, bool between_texts)
{
	return s->stop_wanted || s->hold_wanted || s->confused || read_presses(s) ||
	       (between_texts && (read_wanted(s) || read_overdue(s)));
}

/* It never left: no prompt, or we did not let it go. */
static void not_begun(struct session *s)
{
	flight_drop(s, &s->air);
	if (s->state != SESSION_SENDING)
		return;
	if (s->past.m)
		session_due_in(s, RECORD_MS, send_go_on);
	else
		send_rest(s);
}

/* The row was too hopeful about AT+CMGF?;+CMGS. */
static bool refuses_two_commands(const struct session *s, const struct at_reply *r)
{
	return s->row->ask_format && !s->one_command && !r->payload_sent &&
	       (r->final == AT_ERROR || r->final == AT_CME_ERROR || (r->final == AT_NO_PROMPT && *r->text) ||
		(r->final == AT_WITHHELD && *r->text && !r->count));
}

static void on_submitted(void *user, const struct at_reply *r)
{
	struct session *s = user;
	bool begun = s->begun, again = refuses_two_commands(s, r);
	s->submitting = s->begun = false;
	s->one_command |= again;
	if (!begun) {
		not_begun(s);
	} else {
		s->past = outcome_of(s, &s->air, r);
		s->past.again = again;
		s->air.m = NULL;
		if (s->past.kind != SUBMIT_UNKNOWN || s->past.answered)
			s->air_until_ms = 0;
		if (s->past.kind == SUBMITTED && s->state == SESSION_SENDING && s->ahead.m &&
		    !yields(s, s->ahead.m != s->past.m))
			begin_next(s);
		s->commit_due = true;
	}
	if (r->final == AT_DEAD)
		session_trouble(s, CAUSE_SILENT);
}

void send_untaken(struct session *s)
{
	struct at_reply none = {.final = AT_CANCELLED, .code = -1, .text = ""};
	on_submitted(s, &none);
}

bool send_under_way(const struct session *s)
{
	return s->state == SESSION_SENDING && s->submitting;
}

int64_t send_air_until_ms(const struct session *s)
{
	return s->air_until_ms;
}

void send_cut_off(struct session *s)
{
	s->air_until_ms = 0;
	if (!send_under_way(s))
		return;
	at_chat_abort(s->chat, mono_ms());
	s->air_until_ms = 0;
	if (s->poll)
		at_chat_resync(s->chat, mono_ms());
}

void send_late(struct session *s, uint64_t tag, const char *line)
{
	int mr;
	int64_t id = (int64_t)(tag >> 8);
	if (!id || !at_late_submit(line, &mr))
		return;
	s->air_until_ms = 0;
	int r = outbox_part_late(s->d->store, id, (int)(tag & 0xFF), mr, session_now(s));
	if (r == 0)
		log_notice("%s: text %" PRId64 " did leave: its answer came late", s->config->name, id);
}

void send_reported(struct session *s)
{
	int64_t shown = 0;
	if (!send_under_way(s) || !s->begun ||
	    outbox_part_reported(s->d->store, s->air.m, s->air.part, &shown) || !shown)
		return;
	at_chat_hurry(s->chat, mono_ms(), SHOWN_MS);
	session_arm(s);
}

/* ------------------------------------------------------------------------------------------------ one part */

static void submit(struct session *s)
{
	struct at_command c =
	    at_cmd_submit(s->row, s->air.pdu.hex, s->air.pdu.length, s->row->ask_format && !s->one_command);
	c.tag = (uint64_t)s->air.m->id << 8 | (unsigned)s->air.part;
	s->submitting = true;
	s->commit_due = true;
	s->burst = true;
	port_submit(s, &c, on_submitted);
}

/* In text mode it would send our hex to a number that is none. */
static bool in_pdu_mode(struct session *s, const struct at_reply *r)
{
	int mode;
	if (at_read_format(r, &mode) == 0 && mode != 0) {
		log_notice("%s: is in text mode, it has reset itself", s->config->name);
		s->confused = true;
		return false;
	}
	s->format_known_ms = mono_ms();
	return true;
}

static void on_format(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r)) {
		flight_drop(s, &s->air);
		return;
	}
	s->confused |= r->final == AT_TIMEOUT;
	if (s->past.m || s->confused || !in_pdu_mode(s, r))
		not_begun(s);
	else
		submit(s);
}

/* A modem that has reset itself says so, echoes again, or stops to answer for a while; so the question whether it
 * is in PDU mode is asked when nothing was to be sent for a moment, when anything went not well, and now and then
 * within a burst. */
static bool format_known(const struct session *s)
{
	if (s->row->ask_format && !s->one_command)
		return true;
	return s->format_known_ms && mono_ms() - s->format_known_ms < (s->burst ? BURST_MS : IDLE_MS);
}

static void on_more(void *user, const struct at_reply *r)
{
	struct session *s = user;
	s->more_set = r->final == AT_OK;
	s->more_refused = !s->more_set && r->final != AT_CANCELLED;
}

/* +CMMS: the link is kept between two parts. 2 stays in force, 1 falls back when nothing follows. */
static void keep_link(struct session *s)
{
	bool follows = s->burst || s->air.m->segments > 1;
	if (s->row->cmms == 1 && !s->burst)
		s->more_set = false;
	if (!s->row->cmms || s->more_set || s->more_refused || (s->row->cmms == 1 && !follows))
		return;
	struct at_command c = at_cmd_more(s->row, true);
	s->more_set = true;
	port_submit(s, &c, on_more);
}

static void begin_next(struct session *s)
{
	s->air = s->ahead;
	s->ahead.m = NULL;
	if (s->waits_for != s->air.m->id) {
		s->waits_for = s->air.m->id;
		s->wait_since_ms = mono_ms();
	}
	keep_link(s);
	if (format_known(s)) {
		submit(s);
		return;
	}
	struct at_command c = at_cmd_format_query();
	port_submit(s, &c, on_format);
}

static void on_step(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	in_pdu_mode(s, r);
	send_rest(s);
}

/* Behind a silence: the chat asks until somebody answers, and holds no text meanwhile. */
void send_find_step(struct session *s)
{
	struct at_command c = at_cmd_format_query();
	port_submit(s, &c, on_step);
}

/* Nothing is in the air: writes what could not be written, begins what comes next. */
void send_go_on(struct session *s)
{
	if (s->past.m) {
		send_commit(s); /* which comes back here */
	} else if (!yields(s, true) && (s->ahead.m || send_choose(s)))
		begin_next(s);
	else
		send_rest(s);
}

void send_begin(struct session *s)
{
	if (s->ahead.m)
		begin_next(s);
	else
		send_rest(s);
}

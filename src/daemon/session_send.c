/* Sending: one part after the other, each recorded in the outbox before the modem hears of it, and what became
 * of it. */
#include "daemon/session_internal.h"
#include "daemon/sender.h"
#include "base/log.h"
#include "base/text.h"
#include "sms/compose.h"
#include "store/broadcast.h"
#include "store/event.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define BLOCKED_LINE_MS 3600000 /* the operator refuses this line */
#define PAUSE_MS        2000    /* nothing was sent: not at once again */
#define WAIT_LIMIT_MS   30000
#define FORMAT_MS       60000 /* PDU mode is believed so long within a burst */
#define RECORD_MS       1000  /* the database was busy when an outcome was to be written */

static void begin_part(struct session *s);
static void record(struct session *s);

void send_forget(struct session *s)
{
	if (s->out.id && s->begun)
		outbox_release(s->d->store, &s->out, 0, session_now(s));
	outbox_message_done(&s->out);
	s->begun = false;
}

bool send_wanted(struct session *s)
{
	if (!(s->config->roles & MODEM_SEND) || s->stop_wanted || s->hold_wanted ||
	    mono_ms() < s->blocked_until_ms)
		return false;
	outbox_message_done(&s->out);
	s->begun = false;
	int r = sender_next(s->d, s->config, &s->out);
	if (r && r != -ENOENT)
		log_error("%s: the outbox cannot be read: %s", s->config->name, strerror(-r));
	return r == 0;
}

static void rest(struct session *s)
{
	outbox_message_done(&s->out);
	s->begun = false;
	session_event(s, EV_REST);
}

/* Nothing can leave for a while; the timer brings the session back. */
static void pause_sending(struct session *s, int64_t ms)
{
	s->blocked_until_ms = mono_ms() + ms;
	if (s->next_check_ms > s->blocked_until_ms)
		s->next_check_ms = s->blocked_until_ms;
}

/* ------------------------------------------------------------------------------------------------ outcomes */

static void log_outcome(struct session *s, const char *what)
{
	char number[E164_MAX];
	log_info("%s: text %" PRId64 " to %s part %d of %d: %s", s->config->name, s->out.id,
		 text_short_number(s->out.number, number), s->part, s->out.segments, what);
}

/* Whatever became of its last text, a broadcast of which nothing is left to be sent is done. */
static void finish_broadcast(struct session *s)
{
	int r = s->out.broadcast ? broadcast_finish(s->d->store, session_now(s)) : 0;
	if (r)
		log_error("%s: the broadcast cannot be finished: %s", s->config->name, strerror(-r));
}

static void block_line(struct session *s, const char *why)
{
	log_error("%s: the operator refuses this line (%s); it sends nothing for an hour", s->config->name,
		  why);
	text_copy(s->blocked_reason, sizeof s->blocked_reason, why);
	pause_sending(s, BLOCKED_LINE_MS);
}

/* What the reaction does to the session, beside what it does to the text. */
static void react(struct session *s, enum sender_reaction reaction, const char *why)
{
	switch (reaction) {
	case REACT_LINE:
		block_line(s, why);
		break;
	case REACT_REJECTED:
		if (++s->rejected >= 3)
			block_line(s, why);
		break;
	case REACT_REINIT:
		s->confused = true;
		break;
	case REACT_STORE_FULL:
		read_all_due(s);
		pause_sending(s, PAUSE_MS);
		break;
	case REACT_WAIT:
		pause_sending(s, PAUSE_MS);
		break;
	case REACT_REGISTER:
		if (++s->register_errors >= 3) {
			struct at_command c = at_cmd_operator_auto();
			s->register_errors = 0;
			port_submit(s, &c, NULL);
		}
		break;
	case REACT_NO_REPORT:
		s->no_report = s->out.id;
		break;
	case REACT_NO_VALIDITY:
		s->no_validity = s->out.id;
		break;
	case REACT_SENT:
	case REACT_FAIL:
	case REACT_ONCE:
	case REACT_LATER:
		break;
	}
}

static int record_refused(struct session *s)
{
	int64_t now = session_now(s), next;
	enum sender_reaction reaction = s->outcome.reaction;
	if (reaction == REACT_WAIT && mono_ms() - s->wait_since_ms > WAIT_LIMIT_MS)
		reaction = REACT_LATER;
	if (!sender_next_try(reaction, s->out.class, s->out.attempts, now, &next))
		return outbox_failed(s->d->store, &s->out, s->part, s->outcome.reason, now);
	if (reaction == REACT_LINE || reaction == REACT_WAIT || reaction == REACT_REINIT)
		return outbox_release(s->d->store, &s->out, s->part, next);
	return outbox_part_later(s->d->store, &s->out, s->part, s->outcome.reason, next);
}

/* The report may have been faster than the answer, or is the only one that tells the truth. */
static int believe_report(struct session *s)
{
	int64_t reported = 0;
	int r = 0;
	if (s->outcome.kind == SUBMIT_UNKNOWN || s->outcome.kind == SUBMIT_REFUSED)
		r = outbox_part_reported(s->d->store, &s->out, s->part, &reported);
	if (r == 0 && reported) {
		s->outcome.kind = SUBMITTED;
		s->outcome.mr = -1;
		log_outcome(s, "its report has come");
	}
	return r;
}

static int record_outcome(struct session *s, bool *ret_whole)
{
	*ret_whole = false;
	int r = believe_report(s);
	if (r)
		return r;
	switch (s->outcome.kind) {
	case SUBMITTED:
		return outbox_part_sent(s->d->store, &s->out, s->part, s->outcome.mr, session_now(s),
					ret_whole);
	case SUBMIT_UNKNOWN:
		return outbox_part_uncertain(s->d->store, &s->out, s->part, session_now(s), ret_whole);
	case SUBMIT_NOT_SENT:
		return outbox_release(s->d->store, &s->out, s->part,
				      session_now(s) + (s->poll ? PAUSE_MS / 1000 : 0));
	case SUBMIT_REFUSED:
		return record_refused(s);
	}
	return -EINVAL;
}

/* The session goes on only when the outcome is on disk: a part that is `sending` there must never be begun
 * again. */
static void record(struct session *s)
{
	bool whole;
	int r = record_outcome(s, &whole);
	if (r) {
		log_error("%s: the outcome of text %" PRId64 " cannot be written: %s", s->config->name,
			  s->out.id, strerror(-r));
		if (s->state == SESSION_SENDING)
			session_due_in(s, RECORD_MS, record);
		return;
	}
	bool sent = s->outcome.kind == SUBMITTED;
	if (!sent || whole) {
		finish_broadcast(s);
		daemon_act_soon(s->d, 0); /* when it is tried again, or what is next */
	}
	if (s->state != SESSION_SENDING)
		return;
	if (sent) {
		s->register_errors = s->rejected = 0;
		s->blocked_reason[0] = 0;
		if (!whole && !s->stop_wanted) {
			begin_part(s);
			return;
		}
	} else if (s->answered) {
		react(s, s->outcome.reaction, s->outcome.reason);
		if (s->outcome.kind == SUBMIT_UNKNOWN)
			pause_sending(s, PAUSE_MS); /* not a whole broadcast into the same trouble */
	} else {
		/* silence or no prompt: whatever it is, its settings are in doubt */
		s->confused = true;
		pause_sending(s, PAUSE_MS);
	}
	rest(s);
}

/* An error behind Ctrl-Z that does not say what became of the message: bare, in unknown words, or that the
 * network gave no answer (TS 27.005 3.2.5: 332 network timeout, 500 unknown; TS 27.007 9.2: 31, 100). The
 * service centre may have it. A class that the modem's row gives such a number stands. */
static bool says_little(const struct at_reply *r, enum at_class class)
{
	if (!r->payload_sent)
		return false;
	bool no_answer =
	    (r->final == AT_CMS_ERROR && r->code == 332) || (r->final == AT_CME_ERROR && r->code == 31);
	return class == AT_CLASS_UNKNOWN || (class == AT_CLASS_REGISTER && no_answer);
}

/* Nobody is to get a broadcast or a reminder twice; a reply is worth it. */
static bool never_twice(const struct outbox_message *m)
{
	return m->class == OUTBOX_REMINDER || m->class == OUTBOX_BROADCAST;
}

static void on_submitted(void *user, const struct at_reply *r)
{
	struct session *s = user;
	s->submitting = false;
	s->outcome.kind = at_read_submit(r, &s->outcome.mr);
	enum at_class class = r->final == AT_OK ? AT_CLASS_IGNORE : modem_row_reply_class(s->row, r);
	s->outcome.reaction = sender_reaction(class);
	snprintf(s->outcome.reason, sizeof s->outcome.reason, "%s %s", at_final_name(r->final), r->text);
	if (s->outcome.kind == SUBMIT_REFUSED && s->outcome.reaction == REACT_SENT)
		s->outcome.kind = SUBMITTED;
	s->answered = s->outcome.kind == SUBMIT_REFUSED;
	if (s->answered && says_little(r, class) && never_twice(&s->out))
		s->outcome.kind = SUBMIT_UNKNOWN;
	static const char *const words[] = {[SUBMITTED] = "sent",
					    [SUBMIT_REFUSED] = "refused",
					    [SUBMIT_NOT_SENT] = "not sent",
					    [SUBMIT_UNKNOWN] = "uncertain"};
	if (s->outcome.kind != SUBMITTED)
		s->format_known_ms = 0;
	log_outcome(s, s->answered ? s->outcome.reason : words[s->outcome.kind]);
	record(s);
	if (r->final == AT_DEAD)
		session_trouble(s, CAUSE_SILENT);
}

bool send_under_way(const struct session *s)
{
	return s->state == SESSION_SENDING && s->submitting;
}

void send_cut_off(struct session *s)
{
	if (!send_under_way(s))
		return;
	at_chat_abort(s->chat, mono_ms());
	if (s->poll)
		at_chat_resync(s->chat, mono_ms());
}

void send_late(struct session *s, uint64_t tag, const char *line)
{
	int mr;
	int64_t id = (int64_t)(tag >> 8);
	if (!id || !at_late_submit(line, &mr))
		return;
	int r = outbox_part_late(s->d->store, id, (int)(tag & 0xFF), mr, session_now(s));
	if (r == 0)
		log_notice("%s: text %" PRId64 " did leave: its answer came late", s->config->name, id);
}

/* ------------------------------------------------------------------------------------------------ one part */

static int next_part(const struct outbox_message *m)
{
	for (int i = 1; i <= m->segments; i++)
		if (!m->done[i])
			return i;
	return 0;
}

static void give_up(struct session *s, const char *reason)
{
	log_error("%s: text %" PRId64 " cannot be sent: %s", s->config->name, s->out.id, reason);
	if (outbox_failed(s->d->store, &s->out, s->part, reason, session_now(s)) == 0)
		finish_broadcast(s);
	else
		pause_sending(s, RECORD_MS);
	rest(s);
}

static void submit(struct session *s)
{
	struct compose_part part;
	const char *wrong = NULL;
	int64_t now = session_now(s);
	int r =
	    sender_compose(&s->out, s->part, s->config->reports && s->row->reports && s->no_report != s->out.id,
			   s->no_validity != s->out.id, now, &part, &wrong);
	if (r) {
		give_up(s, wrong);
		return;
	}
	if (s->row->cmms && s->out.segments > 1 && s->part == 1) {
		struct at_command more = at_cmd_more(s->row, true);
		port_submit(s, &more, NULL);
	}
	r = outbox_part_begin(s->d->store, &s->out, s->part, s->out.ref, s->config->name, now);
	if (r) {
		/* cancelled or taken by another line in the meantime, or the disk is full */
		if (r != -ENOENT) {
			log_error("%s: the outbox cannot be written: %s", s->config->name, strerror(-r));
			pause_sending(s, RECORD_MS);
		}
		rest(s);
		return;
	}
	s->begun = true;
	struct at_command c = at_cmd_submit(s->row, part.hex, part.length, false);
	c.flags = 0;
	c.tag = (uint64_t)s->out.id << 8 | (unsigned)s->part;
	s->submits++;
	s->submitting = true;
	port_submit(s, &c, on_submitted);
}

static void on_format(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int mode;
	if (port_over(s, r))
		return;
	if (at_read_format(r, &mode) == 0 && mode != 0) {
		/* in text mode it would send our hex to a number that is none */
		log_notice("%s: is in text mode, it has reset itself", s->config->name);
		s->confused = true;
		rest(s);
		return;
	}
	s->format_known_ms = mono_ms();
	s->burst = true;
	submit(s);
}

static void begin_part(struct session *s)
{
	s->part = next_part(&s->out);
	if (!s->part) {
		if (outbox_settle(s->d->store, s->out.id, session_now(s)))
			pause_sending(s, RECORD_MS);
		finish_broadcast(s);
		rest(s);
		return;
	}
	if (s->out.attempts == 0)
		s->wait_since_ms = mono_ms();
	/* In text mode the PDU would leave as the text of a message to nobody. A modem that has reset itself
	 * says so, or stops to answer; so the question is asked when nothing was to be sent for a moment, when
	 * anything went not well, and now and then within a burst for those that fall back without a word. */
	if (s->burst && s->format_known_ms && mono_ms() - s->format_known_ms < FORMAT_MS) {
		submit(s);
		return;
	}
	struct at_command c = at_cmd_format_query();
	port_submit(s, &c, on_format);
}

void send_begin(struct session *s)
{
	begin_part(s);
}

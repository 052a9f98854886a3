/* What became of a part: read from the modem's answer, written into the outbox, and what it means for the line. */
#include "daemon/session_internal.h"
#include "daemon/alarm.h"
#include "base/log.h"
#include "base/text.h"
#include "store/broadcast.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define BLOCKED_LINE_MS 3600000 /* the operator refuses this line */
#define PAUSE_MS        2000    /* nothing was sent: not at once again */
#define WAIT_LIMIT_MS   30000

static void send_log(struct session *s, const struct outbox_message *m, int part, const char *what)
{
	char number[E164_MAX];
	log_info("%s: text %" PRId64 " to %s part %d of %d: %s", s->config->name, m->id,
		 text_short_number(m->number, number), part, m->segments, what);
}

/* Nothing can leave for a while; the timer brings the session back. */
void send_pause(struct session *s, int64_t ms)
{
	s->blocked_until_ms = mono_ms() + ms;
	if (s->next_check_ms > s->blocked_until_ms)
		s->next_check_ms = s->blocked_until_ms;
}

/* ------------------------------------------------------------------------------------------------ the answer */

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

struct outcome outcome_of(struct session *s, const struct flight *f, const struct at_reply *r)
{
	struct outcome o = {.m = f->m, .part = f->part, .kind = SUBMIT_NOT_SENT};
	o.kind = at_read_submit(r, &o.mr);
	o.class = r->final == AT_OK ? AT_CLASS_IGNORE : modem_row_reply_class(s->row, r);
	snprintf(o.reason, sizeof o.reason, "%s %s", at_final_name(r->final), r->text);
	text_mask_controls(o.reason); /* into JSON and rows */
	if (o.kind == SUBMIT_REFUSED && sender_reaction(o.class) == REACT_SENT)
		o.kind = SUBMITTED;
	o.answered = o.kind == SUBMIT_REFUSED;
	o.silent = r->final == AT_TIMEOUT && r->payload_sent;
	if (o.answered && says_little(r, o.class))
		o.kind = SUBMIT_UNKNOWN;
	static const char *const words[] = {[SUBMITTED] = "sent",
					    [SUBMIT_REFUSED] = "refused",
					    [SUBMIT_NOT_SENT] = "not sent",
					    [SUBMIT_UNKNOWN] = "uncertain"};
	send_log(s, o.m, o.part, o.answered ? o.reason : words[o.kind]);
	if (o.silent)
		log_warning("%s: not a word behind text %" PRId64 "; its answer or its report will tell",
			    s->config->name, o.m->id);
	return o;
}

/* ------------------------------------------------------------------------------------------------ the outbox */

/* An error that says nothing: a reply or alarm is worth another try, when a report has had its time; nobody is to
 * get a broadcast or a reminder twice. */
static int record_unknown(struct session *s, struct outcome *o, bool *ret_whole)
{
	int64_t now = session_now(s), again = 0;
	if (o->answered && outbox_personal(o->m->class) &&
	    sender_next_try(sender_reaction(o->class), o->m->class, o->m->attempts, now, &again) &&
	    again < now + OUTBOX_REPEAT_S)
		again = now + OUTBOX_REPEAT_S;
	return outbox_part_uncertain(s->d->store, o->m, o->part, again, now, ret_whole);
}

static int record_refused(struct session *s, struct outcome *o)
{
	int64_t now = session_now(s), next;
	enum sender_reaction reaction = sender_reaction(o->class);
	if (reaction == REACT_WAIT && mono_ms() - s->wait_since_ms > WAIT_LIMIT_MS)
		reaction = REACT_LATER;
	/* its settings were gone through since this line refused the same text for the same reason */
	if (reaction == REACT_DOUBT && s->doubted == o->m->id)
		reaction = REACT_FAIL;
	if (!sender_next_try(reaction, o->m->class, o->m->attempts, now, &next))
		return outbox_failed(s->d->store, o->m, o->part, o->reason, now);
	if (reaction == REACT_LINE || reaction == REACT_WAIT || reaction == REACT_REINIT ||
	    reaction == REACT_DOUBT)
		return outbox_release(s->d->store, o->m, o->part, next);
	return outbox_part_later(s->d->store, o->m, o->part, o->reason, next);
}

/* The report may have been faster than the answer, or is the only one that tells the truth. */
static int believe_report(struct session *s, struct outcome *o)
{
	int64_t reported = 0;
	int r = 0;
	if (o->kind == SUBMIT_UNKNOWN || o->kind == SUBMIT_REFUSED)
		r = outbox_part_reported(s->d->store, o->m, o->part, &reported);
	if (r == 0 && reported) {
		o->kind = SUBMITTED;
		o->mr = -1;
		send_log(s, o->m, o->part, "its report has come");
	}
	return r;
}

static int record(struct session *s, struct outcome *o, bool *ret_whole)
{
	int r = believe_report(s, o);
	if (r)
		return r;
	switch (o->again ? SUBMIT_NOT_SENT : o->kind) {
	case SUBMITTED:
		return outbox_part_sent(s->d->store, o->m, o->part, o->mr, session_now(s), ret_whole);
	case SUBMIT_UNKNOWN:
		return record_unknown(s, o, ret_whole);
	case SUBMIT_NOT_SENT:
		return outbox_release(s->d->store, o->m, o->part,
				      session_now(s) + (s->not_sent ? PAUSE_MS / 1000 : 0));
	case SUBMIT_REFUSED:
		return record_refused(s, o);
	}
	return -EINVAL;
}

int outcome_record(struct session *s, struct outcome *o, bool *ret_whole)
{
	*ret_whole = false;
	int r = record(s, o, ret_whole);
	/* whatever became of its last text, a broadcast of which nothing is left to be sent is done */
	if (r == 0 && o->m->broadcast && (o->kind != SUBMITTED || *ret_whole))
		r = broadcast_finish(s->d->store, session_now(s));
	return r;
}

/* ------------------------------------------------------------------------------------------------ the line */

static void block_line(struct session *s, const char *why)
{
	log_error("%s: the operator refuses this line (%s); it sends nothing for an hour", s->config->name,
		  why);
	text_copy(s->blocked_reason, sizeof s->blocked_reason, why);
	alarm_raise(s->d, s->config->name, ALARM_REFUSED, "%s", why);
	send_pause(s, BLOCKED_LINE_MS);
}

static void react(struct session *s, const struct outcome *o)
{
	switch (sender_reaction(o->class)) {
	case REACT_LINE:
		block_line(s, o->reason);
		break;
	case REACT_REJECTED:
		if (++s->rejected >= 3)
			block_line(s, o->reason);
		break;
	case REACT_REINIT:
		s->confused = true;
		break;
	case REACT_DOUBT:
		s->confused |= s->doubted != o->m->id;
		s->doubted = o->m->id;
		break;
	case REACT_STORE_FULL:
		read_all_due(s);
		send_pause(s, PAUSE_MS);
		break;
	case REACT_WAIT:
		send_pause(s, PAUSE_MS);
		break;
	case REACT_REGISTER:
		if (++s->register_errors >= 3) {
			struct at_command c = at_cmd_operator_auto();
			s->register_errors = 0;
			port_submit(s, &c, NULL);
		}
		break;
	case REACT_NO_REPORT:
		s->no_report = o->m->id;
		break;
	case REACT_NO_VALIDITY:
		s->no_validity = o->m->id;
		break;
	case REACT_SENT:
	case REACT_FAIL:
	case REACT_ONCE:
	case REACT_LATER:
		break;
	}
}

void outcome_react(struct session *s, const struct outcome *o)
{
	if (o->kind == SUBMITTED) {
		s->register_errors = s->rejected = s->not_sent = 0;
		s->blocked_reason[0] = 0;
		alarm_clear(s->d, s->config->name, ALARM_REFUSED);
		return;
	}
	s->format_known_ms = 0;
	if (o->again) {
		return;
	} else if (o->answered) {
		react(s, o);
		if (o->class == AT_CLASS_SMSC)
			operator_smsc_doubt(s);
		if (o->kind == SUBMIT_UNKNOWN)
			send_pause(s, PAUSE_MS); /* not a whole broadcast into the same trouble */
	} else if (!o->silent) {
		/* no prompt, or cut off: whatever it is, its settings are in doubt */
		s->confused = true;
		if (s->not_sent++)
			send_pause(s, PAUSE_MS);
	}
}

/* Answers that come after their question, "send that again", and how the gateway itself is. */
#include "civic/decide_internal.h"

bool decide_missed_meeting(const struct facts *f, struct decision *d)
{
	if (!f->question.late || f->question.kind != ASKED_INVITATION)
		return false;
	const struct meeting_fact *next = NULL;
	for (int i = 0; i < f->meeting_count; i++) {
		const struct meeting_fact *m = &f->meetings[i];
		if (m->id == f->question.subject)
			return false; /* under way: the answer is about this one */
		if (m->starts_utc > f->now && (!next || m->starts_utc < next->starts_utc))
			next = m;
	}
	decision_effect(d, EFFECT_ANSWERED);
	if (next) {
		decision_when(d, "when", next->starts_utc);
		decision_say(d, f, "late.meeting.next");
	} else
		decision_say(d, f, "late.meeting");
	return true;
}

void decide_selftest(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct box_fact *b = &f->box;
	if (!(f->sender.roles & ROLES_STAFF)) {
		decide_unknown(f, in, d);
		return;
	}
	if (!b->known) {
		decision_say(d, f, "selftest.unknown");
		return;
	}
	decision_text(d, "lines", b->lines, 0);
	decision_int(d, "queue", b->queued);
	if (b->alarms)
		decision_int(d, "alarms", b->alarms);
	if (b->sensors)
		decision_int(d, "sensors", b->sensors);
	if (b->silent)
		decision_int(d, "silent", b->silent);
	decision_text(d, "disk", b->disk, 0);
	decision_key(d, "clock", b->clock_ok ? "selftest.clock.ok" : "selftest.clock.bad");
	decision_say(d, f, "selftest");
}

void decide_resend(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct resend_fact *r = &f->resend;
	(void)in;
	if (r->resent_utc && f->now - r->resent_utc < RESEND_EVERY_S)
		decision_say(d, f, "resend.wait");
	else if (!r->text[0])
		decision_say(d, f, "resend.none");
	else {
		decision_effect(d, EFFECT_RESENT);
		decision_text(d, "text", r->text, 0);
		decision_say(d, f, "resend");
	}
}

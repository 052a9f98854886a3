/* "ACK C3": somebody of the staff looks after an alarm of a sensor. */
#include "civic/decide_internal.h"

bool means_alarm(const struct facts *f, const struct intent *in)
{
	const struct alarm_fact *a = &f->duty.alarm;
	const struct matter_fact *m = &f->named;
	const struct call_fact *c = &f->duty.call;
	/* "alarm 3" is no case; a call for help of that number is meant when no alarm waits */
	if (in->has & ARG_ALARM)
		return in->alarm || a->waiting || !(c->waiting && c->number == in->number);
	/* "got it", or the number without its letter, where nothing else waits for that */
	if ((in->kind != INTENT_ACKNOWLEDGE && in->kind != INTENT_THANKS) || c->number || c->choices)
		return false;
	if (in->has & ARG_NUMBER) {
		bool own_case = m->number == in->number && case_open(m->state) && (m->assigned || m->given);
		return (a->told && a->waiting && !own_case) || (!m->number && a->any);
	}
	return a->choices > 0 && f->question.kind == ASKED_NONE;
}

static void which(const struct alarm_fact *a, const struct facts *f, struct decision *d)
{
	static const char *const names[] = {"n1", "n2", "n3"};
	for (int i = 0; i < 3 && i < a->choices; i++)
		decision_int(d, names[i], a->numbers[i]);
	decision_int(d, "count", a->choices);
	decision_say(d, f, "sensor.which");
}

void decide_alarm(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct alarm_fact *a = &f->duty.alarm;
	if (!(f->sender.roles & ROLES_STAFF) && !a->told) {
		decision_say(d, f, "staff.only");
		return;
	}
	if (!(in->has & ARG_NUMBER) && a->choices > 1) {
		which(a, f, d);
		return;
	}
	decision_int(d, "number", a->number ? a->number : in->number);
	if (!a->number) {
		if (a->any)
			decision_int(d, "other", a->any);
		decision_say(d, f, "sensor.unknown");
		return;
	}
	decision_text(d, "label", a->label[f->sender.language], 20);
	if (a->ended_utc) {
		decision_when(d, "until", a->ended_utc);
		decision_say(d, f, "sensor.ended");
	} else if (a->mine)
		decision_say(d, f, "sensor.mine");
	else if (!a->waiting) {
		decision_text(d, "name", a->by, 12);
		decision_say(d, f, "sensor.other");
	} else {
		struct effect *e = decision_effect(d, EFFECT_ALARM);
		e->number = a->number;
		if (a->others)
			decision_int(d, "others", a->others);
		decision_say(d, f, "sensor.yours");
	}
}

/* "I am well", and a neighbour's word about somebody who was silent. */
#include "civic/decide_internal.h"

void decide_checkin(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	const struct checkin_fact *c = &f->duty.checkin;
	if (!c->buddy) {
		/* that the person is well follows from any text (participation_checkin.c) */
		decision_say(d, f, "checkin.thanks");
		d->daily = true;
		return;
	}
	decision_text(d, "name", c->name, 8);
	decision_int(d, "number", c->plan);
	if (c->choices > 1 || c->only_received) {
		decision_say(d, f, "checkin.wait");
		return;
	}
	if (c->open) {
		struct effect *e = decision_effect(d, EFFECT_CHECKIN);
		e->subject = c->round;
		e->answer = 1;
		e->undo = ACTION_CHECKIN;
	}
	decision_say(d, f, "checkin.looked");
}

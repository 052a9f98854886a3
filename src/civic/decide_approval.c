/* A large broadcast needs a second person: the code that was texted to a secretary comes back. */
#include "civic/decide_internal.h"

#include <string.h>

static void approve(const struct facts *f, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_APPROVE);
	e->subject = f->approval.broadcast;
	e->undo = ACTION_APPROVE;
	decision_int(d, "count", f->approval.recipients);
	decision_when(d, "when", f->approval.at_utc > f->now ? f->approval.at_utc : f->now);
	d->key = "approval.done";
}

static void right_code(const struct facts *f, struct decision *d)
{
	switch (f->approval.state) {
	case APPROVAL_OPEN:
		approve(f, d);
		return;
	case APPROVAL_EXPIRED: /* it goes to the true owner of the number, whoever texted */
		decision_effect(d, EFFECT_RECODE)->subject = f->approval.broadcast;
		return;
	case APPROVAL_VOID:
		d->key = "approval.void";
		return;
	case APPROVAL_TOO_LATE:
		d->key = "approval.late";
		return;
	case APPROVAL_GIVEN:
		d->key = "approval.given";
		return;
	case APPROVAL_CANCELLED:
		d->key = "approval.cancelled";
		return;
	}
}

static void wrong_code(const struct facts *f, struct decision *d)
{
	int left = APPROVAL_TRIES - f->approval.wrong - 1;
	struct effect *e = decision_effect(d, EFFECT_MISCODE);
	e->subject = f->approval.broadcast;
	e->answer = left;
	decision_int(d, "count", left);
	d->key = left > 0 ? "approval.wrong" : "approval.void";
}

void decide_code(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (!(f->sender.roles & ROLE(SECRETARY)) || !f->approval.broadcast ||
	    strlen(in->code) != APPROVAL_DIGITS) {
		decide_unknown(f, in, d);
		return;
	}
	decision_int(d, "number", f->approval.broadcast);
	if (f->approval.right)
		right_code(f, d);
	else
		wrong_code(f, d);
}

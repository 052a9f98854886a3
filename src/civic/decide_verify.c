/* What two neighbours of the building say of a case: is it so at their place, too? */
#include "civic/decide_internal.h"

static void witness(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct witness_fact *w = &f->duty.witness;
	struct effect *e = decision_effect(d, EFFECT_WITNESS);
	e->number = w->number;
	e->answer = in->valid ? 1 : 2;
	e->undo = in->valid ? ACTION_WITNESS : -1;
	if (!f->question.late)
		decision_effect(d, EFFECT_ANSWERED);
	decision_int(d, "number", w->number);
	if (in->valid)
		decision_say(d, f, "verify.yes");
	else
		decision_say(d, f, "verify.no");
}

/* A bare answer belongs to the question; with a number it is the command of a grid worker. */
void decide_verify(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (f->duty.witness.number && !(in->has & ARG_NUMBER))
		witness(f, in, d);
	else
		decide_staff(f, in, d);
}

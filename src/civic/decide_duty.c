/* Calls for help: who calls, who comes, who cannot. */
#include "civic/decide_internal.h"

/* A neighbour who was asked to look after somebody speaks of that person's home. */
static bool speaks_of_another(const struct facts *f)
{
	return f->question.kind == ASKED_CHECKIN && f->duty.checkin.round && f->duty.checkin.buddy;
}

static void at_home(const struct checkin_fact *c, struct effect *e)
{
	e->building = c->building;
	e->unit = c->unit;
	e->room = c->room;
}

void decide_duty(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct checkin_fact *c = &f->duty.checkin;
	int number = f->recent_duty;
	if (number)
		join_case(d, number, in->text, CATEGORY_SAFETY)->undo =
		    -1; /* corrected, as the first call is */
	else {
		struct effect *e = open_case(f, in, d);
		e->category = CATEGORY_SAFETY;
		e->urgent = true;
		e->undo = -1; /* a call for help is corrected, never taken away */
		if (speaks_of_another(f))
			at_home(c, e);
		number = f->next_number;
		d->arg_count = 0;
	}
	struct effect *e = decision_effect(d, EFFECT_DUTY);
	e->number = number;
	e->text = in->text;
	case_address(f, in, e);
	e->undo = ACTION_DUTY;
	if (speaks_of_another(f)) {
		at_home(c, e);
		e->name = c->name;
		struct effect *help = decision_effect(d, EFFECT_CHECKIN);
		help->subject = c->round;
		help->answer = 2;
	}
	decision_int(d, "number", number);
	/* Its own words in every case: nothing else in the text may shorten this answer. */
	d->key = f->duty_count ? "duty" : "duty.nobody";
}

bool means_call(const struct facts *f, const struct intent *in)
{
	const struct call_fact *c = &f->duty.call;
	if (in->kind == INTENT_STAFF_RESOLVE) /* "OK", as a worker with one case says it; "done 23" is done */
		return c->waiting && !(in->has & (ARG_NUMBER | ARG_TEXT));
	if (in->has & ARG_NUMBER)
		return c->number == in->number && c->number;
	if (in->kind == INTENT_DECLINE) /* of a meeting, when one was asked about */
		return c->waiting && f->question.kind == ASKED_NONE;
	return c->waiting || (c->mine && (in->kind == INTENT_ARRIVED || in->kind == INTENT_ACKNOWLEDGE));
}

/* Several calls wait for this phone, and the text names none. */
static void ask_which(const struct facts *f, struct decision *d)
{
	static const char *const names[] = {"n1", "n2", "n3"};
	const struct call_fact *c = &f->duty.call;
	for (int i = 0; i < 3 && i < c->choices; i++)
		decision_int(d, names[i], c->numbers[i]);
	decision_int(d, "count", c->choices);
	decision_say(d, f, "duty.which");
}

static void arrived(const struct facts *f, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_STEP);
	e->number = f->duty.call.number;
	e->event = CASE_EV_NOTE;
	e->note = "arrived";
	decision_say(d, f, "duty.arrived");
}

void decide_acknowledge(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct call_fact *c = &f->duty.call;
	if (!(in->has & ARG_NUMBER) && c->choices > 1) {
		ask_which(f, d);
		return;
	}
	decision_int(d, "number", c->number);
	if (!(f->sender.roles & ROLES_STAFF) && !c->told) {
		decision_say(d, f, "staff.only");
		return;
	}
	if (!c->told && !c->near && !(f->sender.roles & ROLE(SECRETARY))) {
		decision_say(d, f, "staff.denied");
		return;
	}
	if (!case_open(c->state)) {
		decision_key(d, "state", state_key(c->state));
		decision_say(d, f, "duty.over");
		return;
	}
	if (c->mine) {
		if (in->kind == INTENT_ARRIVED)
			arrived(f, d);
		else
			decision_say(d, f, "duty.mine");
		return;
	}
	if (!c->waiting && c->by[0]) {
		decision_text(d, "name", c->by, 8);
		decision_say(d, f, "duty.other");
		return;
	}
	bool comes = in->kind != INTENT_DECLINE;
	struct effect *e = decision_effect(d, comes ? EFFECT_ACKNOWLEDGE : EFFECT_CANNOT);
	e->number = c->number;
	if (comes) {
		e->undo = ACTION_ACKNOWLEDGE;
		decision_text(d, "phone", c->phone, 0);
		decision_say(d, f, "duty.yours");
	} else
		decision_say(d, f, "duty.cannot");
}

/* No call waits. */
void decide_received(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (in->has & ARG_NUMBER)
		decide_staff(f, in, d);
	else
		decide_thanks(f, in, d);
}

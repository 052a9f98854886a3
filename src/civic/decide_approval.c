/* A code that was texted to this phone comes back: for a large broadcast that somebody else asked for (the second person's
 * yes), or for a command of the sender's own that is wide or final. */
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

/* The command is decided upon once more, as things are now, and this time it is done. */
static void obey(const struct facts *f, struct decision *d)
{
	const struct intent *in = &f->cases.command.intent;
	if (in->kind == INTENT_STAFF_BROADCAST)
		decide_broadcast(f, in, d);
	else
		decide_staff(f, in, d);
	decision_effect(d, EFFECT_COMMAND)->subject = f->cases.command.id;
}

static void right_command_code(const struct facts *f, struct decision *d)
{
	switch (f->cases.command.state) {
	case COMMAND_OPEN:
		obey(f, d);
		return;
	case COMMAND_EXPIRED:
		d->key = "command.expired";
		return;
	case COMMAND_VOID:
		d->key = "command.void";
		return;
	case COMMAND_DONE:
		d->key = "command.done";
		return;
	case COMMAND_NONE:
		return;
	}
}

static void wrong_command_code(const struct facts *f, struct decision *d)
{
	int left = APPROVAL_TRIES - f->cases.command.wrong - 1;
	struct effect *e = decision_effect(d, EFFECT_NOCOMMAND);
	e->subject = f->cases.command.id;
	e->answer = left;
	decision_int(d, "count", left);
	d->key = left > 0 ? "command.wrong" : "command.void";
}

void decide_code(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct command_fact *own = &f->cases.command;
	bool asked = f->sender.roles & ROLE(SECRETARY) && f->approval.broadcast;
	if (!(f->sender.roles & ROLES_STAFF) || (!asked && own->state == COMMAND_NONE) ||
	    strlen(in->code) != APPROVAL_DIGITS) {
		decide_unknown(f, in, d);
		return;
	}
	if (own->state != COMMAND_NONE && own->right)
		right_command_code(f, d);
	else if (asked) {
		decision_int(d, "number", f->approval.broadcast);
		if (f->approval.right)
			right_code(f, d);
		else
			wrong_code(f, d);
	} else
		wrong_command_code(f, d);
}

/* Commands of grid workers, departments and secretaries on a case. The sender's role is what allows them; a
 * resident who texts the same words is answered, not obeyed. */
#include "civic/decide_internal.h"

#include <assert.h>

#define EXTEND_DAYS_MAX 30

struct staff_step {
	enum case_event event;
	const char *key, *key_short;
};

/* What a staff intent does to the case; the others have no row. */
static const struct staff_step steps[INTENT_COUNT] = {
    [INTENT_STAFF_TAKE] = {CASE_EV_TAKE, "staff.take", "staff.take.s"},
    [INTENT_ACKNOWLEDGE] = {CASE_EV_TAKE, "staff.take", "staff.take.s"},
    [INTENT_STAFF_VERIFY] = {CASE_EV_VERIFY, "staff.verify", "staff.verify.s"},
    [INTENT_STAFF_RESOLVE] = {CASE_EV_RESOLVE, "staff.resolve", "staff.resolve.s"},
    [INTENT_STAFF_RETURN] = {CASE_EV_RETURN, "staff.return", "staff.return.s"},
    [INTENT_STAFF_TRANSFER] = {CASE_EV_RETURN, "staff.transfer", "staff.transfer.s"},
    [INTENT_STAFF_EXTEND] = {CASE_EV_EXTEND, "staff.extend", "staff.extend.s"},
};
static const struct staff_step untrue = {CASE_EV_NOTE, "staff.untrue", "staff.untrue.s"};

/* Grid workers and building heads: what lies in their grid; departments: what was given to them; secretaries:
 * all. A case whose grid nobody knows may be taken by any of them. */
static bool may(const struct facts *f, const struct matter_fact *m)
{
	unsigned roles = f->sender.roles;
	if (m->private || roles & ROLE(SECRETARY) || m->assigned)
		return true;
	if (roles & (ROLE(GRID_WORKER) | ROLE(BUILDING_HEAD) | ROLE(DUTY_OFFICER)))
		return m->near || !m->grid[0];
	return false;
}

void decide_staff(const struct facts *f, const struct intent *in, struct decision *d)
{
	bool false_alarm = in->kind == INTENT_STAFF_VERIFY && in->has & ARG_VALID && !in->valid;
	struct staff_step st = false_alarm ? untrue : steps[in->kind];
	assert(st.key);
	const struct matter_fact *m = &f->named;
	if (m->consult) {
		decide_consult_staff(f, in, d);
		return;
	}
	decision_int(d, "number", in->number);
	if (!(f->sender.roles & ROLES_STAFF)) {
		decision_say(d, f, "staff.only");
		return;
	}
	if (!m->number || (m->private && !(f->sender.roles & ROLE(MEDIATOR)))) {
		decision_say(d, f, "number.unknown");
		return;
	}
	if (!may(f, m)) {
		decision_say(d, f, "staff.denied");
		return;
	}
	decision_key(d, "state", state_key(m->state));
	if (case_next(m->state, st.event) == CASE_REFUSED) {
		decision_say(d, f, "staff.refused");
		return;
	}
	struct effect *e = decision_effect(d, EFFECT_STEP);
	e->number = m->number;
	e->event = st.event;
	e->note = in->kind == INTENT_STAFF_TRANSFER ? in->to : in->text;
	e->undo = ACTION_STEP;
	if (in->kind == INTENT_STAFF_EXTEND) {
		e->days = in->days < 1 ? 1 : in->days > EXTEND_DAYS_MAX ? EXTEND_DAYS_MAX : in->days;
		decision_int(d, "days", e->days);
	}
	if (in->kind == INTENT_STAFF_TRANSFER || in->kind == INTENT_STAFF_RETURN || false_alarm) {
		/* What the secretary has to decide on. */
		struct effect *c = decision_effect(d, EFFECT_CHORE);
		c->origin = intent_name(in->kind);
		c->number = m->number;
		c->note = e->note;
	}
	if (in->kind == INTENT_STAFF_TRANSFER)
		decision_text(d, "to", in->to, 10);
	d->key = f->several ? st.key_short : st.key;
}

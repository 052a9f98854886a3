/* Commands of grid workers, departments and secretaries on a case. The sender's role is what allows them; a resident who
 * texts the same words is answered, not obeyed. */
#include "civic/decide_internal.h"

#define EXTEND_DAYS_MAX 30

struct staff_step {
	enum case_event event;
	const char *key, *key_short;
};

/* What a staff intent does to the case; false: the intent is none of these. */
static bool staff_step(const struct intent *in, struct staff_step *ret)
{
	switch (in->kind) {
	case INTENT_STAFF_TAKE:
	case INTENT_ACKNOWLEDGE:
		*ret = (struct staff_step){CASE_EV_TAKE, "staff.take", "staff.take.s"};
		return true;
	case INTENT_STAFF_VERIFY:
		*ret = in->has & ARG_VALID && !in->valid ? (struct staff_step){CASE_EV_NOTE, "staff.untrue", "staff.untrue.s"}
		                                         : (struct staff_step){CASE_EV_VERIFY, "staff.verify", "staff.verify.s"};
		return true;
	case INTENT_STAFF_RESOLVE:
		*ret = (struct staff_step){CASE_EV_RESOLVE, "staff.resolve", "staff.resolve.s"};
		return true;
	case INTENT_STAFF_RETURN:
		*ret = (struct staff_step){CASE_EV_RETURN, "staff.return", "staff.return.s"};
		return true;
	case INTENT_STAFF_TRANSFER:
		*ret = (struct staff_step){CASE_EV_RETURN, "staff.transfer", "staff.transfer.s"};
		return true;
	case INTENT_STAFF_EXTEND:
		*ret = (struct staff_step){CASE_EV_EXTEND, "staff.extend", "staff.extend.s"};
		return true;
	case INTENT_COUNT:
	case INTENT_ATTEND: case INTENT_DECLINE: case INTENT_COMPLAINT: case INTENT_PROPOSAL: case INTENT_SUPPORT:
	case INTENT_STATUS: case INTENT_AGENDA: case INTENT_DUTY: case INTENT_MENU: case INTENT_RATE: case INTENT_VOTE:
	case INTENT_REGISTER: case INTENT_POINTS: case INTENT_STOP: case INTENT_START: case INTENT_UNDO: case INTENT_THANKS:
	case INTENT_CONSULT: case INTENT_JOBS: case INTENT_ERASE: case INTENT_CALLBACK: case INTENT_PRIVATE: case INTENT_FAQ:
	case INTENT_ATTENDANCE: case INTENT_CHECKIN: case INTENT_PROXY: case INTENT_WRONG_NUMBER: case INTENT_ACTIVITY:
	case INTENT_ERRAND: case INTENT_TAKE: case INTENT_GIVEBACK: case INTENT_ARRIVED: case INTENT_DONE:
	case INTENT_STAFF_BROADCAST: case INTENT_CODE: case INTENT_UNKNOWN:
		return false;
	}
	return false;
}

/* Grid workers and building heads: what lies in their grid; departments: what was given to them; secretaries: all. A case
 * whose grid nobody knows may be taken by any of them. */
static bool may(const struct facts *f, const struct matter_fact *m)
{
	unsigned roles = f->sender.roles;
	if (m->private)
		return (roles & ROLE(MEDIATOR)) != 0;
	if (roles & (ROLE(SECRETARY)) || m->assigned)
		return true;
	if (roles & (ROLE(GRID_WORKER) | ROLE(BUILDING_HEAD) | ROLE(DUTY_OFFICER)))
		return m->near || !m->grid[0];
	return false;
}

void decide_staff(const struct facts *f, const struct intent *in, struct decision *d)
{
	struct staff_step st;
	if (!staff_step(in, &st))
		return;
	const struct matter_fact *m = &f->named;
	decision_int(d, "number", in->number);
	if (!(f->sender.roles & ROLES_STAFF)) {
		decision_say(d, f, "staff.only");
		return;
	}
	if (!m->number) {
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
	if (in->kind == INTENT_STAFF_TRANSFER || in->kind == INTENT_STAFF_VERIFY || in->kind == INTENT_STAFF_RETURN) {
		if (in->kind != INTENT_STAFF_VERIFY || (in->has & ARG_VALID && !in->valid)) {
			struct effect *c = decision_effect(d, EFFECT_CHORE);
			c->origin = intent_name(in->kind);
			c->number = m->number;
			c->note = in->kind == INTENT_STAFF_TRANSFER ? in->to : in->text;
		}
		if (in->kind == INTENT_STAFF_TRANSFER)
			decision_text(d, "to", in->to, 10);
	}
	d->key = f->several ? st.key_short : st.key;
}

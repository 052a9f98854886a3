/* Commands of staff on a case, as PARTICIPATION section 5 lists them: 接 转 延 办结 退 核实 上报 合并 不予受理. How the sender
 * stands to the case is what allows a command; civic/case_life.c says what is allowed to whom, what follows, and what
 * wants a code. A resident who texts the same words is answered, not obeyed. */
#include "civic/decide_internal.h"

#include <assert.h>
#include <string.h>

#define EXTEND_DAYS     7  /* so far staff move a deadline themselves; beyond it the secretary is asked */
#define EXTEND_DAYS_MAX 30 /* at once, whoever does it */

struct command {
	enum case_event event;
	const char *key, *key_short;
	/* Completes the step; false: the reply says why nothing happens. NULL: the words are the note. */
	bool (*complete)(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d);
};

static bool find_untrue(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	if (!(in->has & ARG_VALID) || in->valid)
		return true;
	e->event = CASE_EV_UNTRUE;
	struct effect *c = decision_effect(d, EFFECT_CHORE); /* what the secretary has to decide on */
	c->origin = intent_name(in->kind);
	c->number = f->named.number;
	decision_say(d, f, "staff.untrue");
	return true;
}

/* Names of whom a word may mean, so that the next text can name one. */
static void list_found(const struct facts *f, struct decision *d)
{
	static const char *const names[FACTS_FOUND] = {"n1", "n2", "n3", "n4"};
	for (int i = 0; i < f->cases.found_count; i++)
		decision_text(d, names[i], f->cases.found[i].name, 8);
	decision_say(d, f, "staff.to.which");
}

static bool transfer(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	if (f->cases.found_count == 1) {
		e->subject = f->cases.found[0].person;
		e->note = f->cases.found[0].name;
		decision_text(d, "to", f->cases.found[0].name, 10);
		return true;
	}
	if (f->cases.found_count > 1) {
		list_found(f, d);
		return false;
	}
	decision_text(d, "items", f->cases.departments, 40);
	if (!in->to[0]) {
		decision_say(d, f, "staff.to.whom");
		return false;
	}
	decision_text(d, "to", in->to, 10);
	decision_say(d, f, "staff.to.unknown");
	return false;
}

static bool extend(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	e->days = in->days < 1 ? 1 : in->days > EXTEND_DAYS_MAX ? EXTEND_DAYS_MAX : in->days;
	decision_int(d, "days", e->days);
	if (f->sender.roles & ROLE(SECRETARY) || f->named.extended + e->days <= EXTEND_DAYS) {
		e->expires_utc = f->cases.longer_utc;
		decision_date(d, "date", e->expires_utc);
		return true;
	}
	e->event = CASE_EV_REQUEST;
	decision_say(d, f, "staff.extend.asked");
	return true;
}

/* What is given back goes to the next of its route, and only then to the secretary. */
static bool give_back(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	(void)in;
	const struct staff_fact *next = &f->cases.next;
	if (!next->person || f->named.private)
		return true;
	int number = e->number;
	struct effect *a = decision_effect(d, EFFECT_STEP);
	a->number = number;
	a->event = CASE_EV_ASSIGN;
	a->subject = next->person;
	a->note = next->name;
	a->people = f->cases.next_step;
	decision_text(d, "to", next->name, 10);
	decision_say(d, f, "staff.return.next");
	return true;
}

/* 上报, 吹哨: to the one that the text names, else to whoever stands above, else the secretary finds somebody; a name that
 * the registry does not know (12345) is written down with its number there. */
static bool escalate(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	const struct staff_fact *to = in->to[0] ? &f->cases.found[0] : &f->cases.next;
	e->expires_utc = f->cases.again_utc;
	if (in->to[0] && f->cases.found_count > 1) {
		list_found(f, d);
		return false;
	}
	if (to->person && (!in->to[0] || f->cases.found_count == 1)) {
		e->event = CASE_EV_SUMMON;
		e->subject = to->person;
		decision_text(d, "to", to->name, 10);
		decision_say(d, f, "staff.summon");
		return true;
	}
	e->name = in->to;
	e->origin = in->text;
	e->note = in->to[0] ? in->to : in->text;
	return true;
}

static bool reject(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	(void)e;
	if (in->text[0])
		return true;
	decision_say(d, f, "staff.reject.why"); /* who raised it is told why */
	return false;
}

static bool merge(const struct facts *f, const struct intent *in, struct effect *e, struct decision *d)
{
	bool desk = f->sender.roles & ROLE(SECRETARY);
	decision_int(d, "other", in->other);
	if (in->other == f->named.number || !f->cases.other.number || f->cases.other.private ||
	    f->cases.other.state == CASE_MERGED || f->cases.other.state == CASE_REJECTED ||
	    !(desk || f->cases.other.near)) {
		decision_say(d, f, "staff.merge.into");
		return false;
	}
	e->answer = in->other;
	return true;
}

static const struct command commands[INTENT_COUNT] = {
    [INTENT_STAFF_TAKE] = {CASE_EV_TAKE, "staff.take", "staff.take.s", NULL},
    [INTENT_ACKNOWLEDGE] = {CASE_EV_TAKE, "staff.take", "staff.take.s", NULL},
    [INTENT_UNKNOWN] = {CASE_EV_NOTE, "staff.note", "staff.note.s", NULL},
    [INTENT_STAFF_VERIFY] = {CASE_EV_VERIFY, "staff.verify", "staff.verify.s", find_untrue},
    [INTENT_STAFF_RESOLVE] = {CASE_EV_RESOLVE, "staff.resolve", "staff.resolve.s", NULL},
    [INTENT_STAFF_RETURN] = {CASE_EV_RETURN, "staff.return", "staff.return.s", give_back},
    [INTENT_STAFF_TRANSFER] = {CASE_EV_TRANSFER, "staff.transfer", "staff.transfer.s", transfer},
    [INTENT_STAFF_EXTEND] = {CASE_EV_EXTEND, "staff.extend", "staff.extend.s", extend},
    [INTENT_STAFF_ESCALATE] = {CASE_EV_ESCALATE, "staff.escalate", "staff.escalate.s", escalate},
    [INTENT_STAFF_REJECT] = {CASE_EV_REJECT, "staff.reject", "staff.reject.s", reject},
    [INTENT_STAFF_MERGE] = {CASE_EV_MERGE, "staff.merge", "staff.merge.s", merge},
};

unsigned decision_standing(const struct facts *f, const struct matter_fact *m)
{
	unsigned roles = f->sender.roles, s = 0;
	if (m->private)
		return roles & ROLE(MEDIATOR) ? STANDING(MEDIATOR) : 0;
	bool near = m->near || !m->grid[0]; /* whose grid nobody knows is anybody's */
	if (m->assigned)
		s |= STANDING(ASSIGNEE);
	if (m->given && roles & ROLE(DEPARTMENT))
		s |= STANDING(DEPARTMENT);
	if (near && roles & (ROLE(GRID_WORKER) | ROLE(DUTY_OFFICER)))
		s |= STANDING(GRID);
	bool own_building =
	    !f->sender.building[0] || !m->building[0] || !strcmp(f->sender.building, m->building);
	if (near && own_building && roles & ROLE(BUILDING_HEAD))
		s |= STANDING(HEAD);
	if (roles & ROLE(SECRETARY))
		s |= STANDING(SECRETARY);
	return s;
}

/* The case that is meant: the one with the number, else the only one that the sender has. NULL: the reply asks. */
static const struct matter_fact *meant(const struct facts *f, const struct intent *in, struct decision *d)
{
	static const char *const names[FACTS_MINE][2] = {{"n1", "t1"}, {"n2", "t2"}, {"n3", "t3"}};
	if (in->has & ARG_NUMBER || f->cases.mine_count == 1)
		return &f->named;
	if (!f->cases.mine_count) {
		decision_say(d, f, "staff.none");
		return NULL;
	}
	decision_int(d, "count", f->cases.mine_count);
	for (int i = 0; i < f->cases.mine_count && i < FACTS_MINE; i++) {
		decision_int(d, names[i][0], f->cases.mine[i].number);
		decision_key(d, names[i][1], category_key(f->cases.mine[i].category));
	}
	decision_say(d, f, "staff.which");
	return NULL;
}

/* May it be, now and by this sender? Else the reply says why not. */
static bool allowed(const struct facts *f, const struct matter_fact *m, enum case_event ev, struct decision *d)
{
	if (!m->number || (m->private && !(f->sender.roles & ROLE(MEDIATOR))))
		decision_say(d, f, "number.unknown");
	else if (!case_may(ev, decision_standing(f, m)))
		decision_say(d, f, "staff.denied");
	else if (case_next(m->state, ev) == CASE_REFUSED)
		decision_say(d, f, "staff.refused");
	else
		return true;
	return false;
}

void decide_staff(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct command *c = &commands[in->kind];
	assert(c->key);
	if (in->has & ARG_NUMBER && f->named.consult) {
		decide_consult_staff(f, in, d);
		return;
	}
	if (!(f->sender.roles & ROLES_STAFF)) {
		decision_int(d, "number", in->number);
		decision_say(d, f, "staff.only");
		return;
	}
	const struct matter_fact *m = meant(f, in, d);
	if (!m)
		return;
	decision_int(d, "number", in->has & ARG_NUMBER ? in->number : m->number);
	decision_key(d, "state", state_key(m->state));
	if (!allowed(f, m, c->event, d))
		return;
	struct effect *e = decision_effect(d, EFFECT_STEP);
	e->number = m->number;
	e->event = c->event;
	e->note = in->text;
	e->undo = ACTION_STEP;
	if (c->complete && !c->complete(f, in, e, d)) {
		d->effect_count = 0;
		return;
	}
	if (case_needs_code(e->event) && !f->cases.confirmed) {
		d->effect_count = 0;
		struct effect *ask =
		    decision_effect(d, EFFECT_CONFIRM); /* the text with the code is the answer */
		ask->number = m->number;
		ask->category = m->category;
		ask->intent = in;
		return;
	}
	if (!d->key)
		d->key = f->several ? c->key_short : c->key;
}

/* All that waits for the sender, in one text: cases of staff, else what a volunteer took, else the sender's own matter. */
void decide_list(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (f->cases.list.count) {
		decision_int(d, "count", f->cases.list.count);
		if (f->cases.list.late)
			decision_int(d, "late", f->cases.list.late);
		decision_text(d, "items", f->cases.list.items, 0);
		if (f->sender.roles & ROLE(SECRETARY))
			decision_say(d, f, "staff.list.desk");
		else
			decision_say(d, f, "staff.list");
	} else if (f->offer.count) {
		offer_say_list(f, d);
		decision_say(d, f, "offer.mine");
	} else if (f->sender.roles & (ROLES_STAFF | ROLE(EXPERT)))
		decision_say(d, f, "staff.list.none");
	else
		decide_status(f, in, d);
}

/* A broadcast by text: what was understood and how many get it stands in the text with the code. */
void decide_broadcast(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct audience_fact *a = &f->cases.audience;
	decision_text(d, "to", a->name[0] ? a->name : in->to, 12);
	decision_int(d, "count", a->recipients);
	if (!(f->sender.roles & ROLE(SECRETARY)))
		d->key = "broadcast.only";
	else if (!in->text[0])
		d->key = "broadcast.empty";
	else if (!a->terms[0])
		d->key = "broadcast.whom";
	else if (!a->recipients)
		d->key = "broadcast.nobody";
	else if (!f->cases.confirmed)
		decision_effect(d, EFFECT_CONFIRM)->intent = in;
	else {
		struct effect *e = decision_effect(d, EFFECT_BROADCAST);
		e->origin = a->terms;
		e->text = in->text;
		e->undo = ACTION_BROADCAST;
		d->key = "broadcast.queued";
	}
}

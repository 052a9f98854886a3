/* What concerns the sender alone: texts wanted or not, who they are, help, and taking back. */
#include "civic/decide_internal.h"

void decide_menu(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	if (f->sender.roles & (ROLES_STAFF & ~ROLE(INSTALLER)))
		decision_say(d, f, "menu.staff");
	else if (f->sender.roles & ROLE(EXPERT))
		decision_say(d, f, "menu.expert");
	else
		decision_say(d, f, "menu");
}

void decide_stop(const struct facts *f, const struct intent *in, struct decision *d)
{
	bool staff = (f->sender.roles & ROLES_STAFF) != 0;
	bool all = in->has & ARG_SCOPE && in->scope == SCOPE_ALL && !staff;
	struct effect *e = decision_effect(d, EFFECT_OPT);
	e->opt = all ? OPT_ALL : OPT_BROADCASTS;
	e->undo = ACTION_OPT;
	if (all)
		decision_say(d, f, "stop.all");
	else if (staff)
		decision_say(d, f, "stop.staff");
	else
		decision_say(d, f, "stop");
}

void decide_start(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	struct effect *e = decision_effect(d, EFFECT_OPT);
	e->opt = OPT_NONE;
	e->undo = ACTION_OPT;
	decision_say(d, f, "start");
}

void decide_register(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (!in->name[0] && !in->building[0] && !in->room[0]) {
		decision_say(d, f, "register.how");
		return;
	}
	struct effect *e = decision_effect(d, EFFECT_REGISTER);
	e->name = in->name;
	e->building = in->building;
	e->unit = in->unit;
	e->room = in->room;
	e->undo = ACTION_REGISTER;
	decision_text(d, "name", in->name, 10);
	decision_text(d, "building", in->building, 6);
	decision_text(d, "unit", in->unit, 6);
	decision_text(d, "room", in->room, 8);
	decision_say(d, f, "register");
}

static struct effect *chore(struct decision *d, const char *kind)
{
	struct effect *e = decision_effect(d, EFFECT_CHORE);
	e->origin = kind;
	e->undo = ACTION_CHORE;
	return e;
}

void decide_thanks(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (in->has & ARG_TOPIC) { /* somebody is praised: the list of good deeds */
		chore(d, "praise")->note = in->text;
		decision_say(d, f, "praise");
		return;
	}
	if (f->several || consult_thanked(f, d))
		return;
	d->key = "thanks";
	d->daily = true;
}

/* The secretary says yes at the desk (yishi todo accept); until then nothing changes. */
void decide_volunteer(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	if (f->sender.roles & ROLE(VOLUNTEER)) {
		decision_say(d, f, "volunteer.already");
		return;
	}
	chore(d, "volunteer");
	decision_say(d, f, "volunteer");
}

void decide_erase(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	chore(d, "erase");
	decision_say(d, f, "erase");
}

void decide_callback(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	chore(d, "callback");
	decision_say(d, f, "callback");
}

void decide_wrong_number(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	struct effect *e = decision_effect(d, EFFECT_UNLINK);
	e->undo = ACTION_UNLINK;
	decision_effect(d, EFFECT_CHORE)->origin = "wrong_number";
	decision_say(d, f, "wrong_number");
}

/* What is said after an action of each kind was taken back. */
static const char *const undone[ACTION_KIND_COUNT] = {
    [ACTION_RSVP] = "undone.rsvp",           [ACTION_CASE] = "undone.case",
    [ACTION_SUPPORT] = "undone.support",     [ACTION_LIKELY] = "undone.likely",
    [ACTION_JOIN] = "undone.likely",         [ACTION_OPT] = "undone.opt",
    [ACTION_REGISTER] = "undone.register",   [ACTION_STEP] = "undone.step",
    [ACTION_CHORE] = "undone.chore",         [ACTION_UNLINK] = "undone.unlink",
    [ACTION_DUTY] = "undone.duty",           [ACTION_CONSULT] = "undone.case",
    [ACTION_APPROVE] = "undone.approve",     [ACTION_BROADCAST] = "undone.broadcast",
    [ACTION_CLAIM] = "undone.claim",         [ACTION_OFFER] = "undone.offer",
    [ACTION_SUBSCRIBE] = "undone.subscribe", [ACTION_ACKNOWLEDGE] = "undone.acknowledge",
    [ACTION_CHECKIN] = "undone.checkin",     [ACTION_WITNESS] = "undone.support",
    [ACTION_PROXY] = "undone.case",          [ACTION_VOTE] = "undone.vote",
    [ACTION_ATTENDED] = "undone.attended",   [ACTION_QUESTION] = "undone.question",
};

void decide_undo(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	const struct action_fact *last = NULL;
	bool touched = false;
	struct effect *undo = NULL;
	int count = 0;
	for (int i = 0; i < f->action_count; i++) {
		const struct action_fact *a = &f->actions[i];
		if (f->now - a->utc > UNDO_S)
			continue;
		if (a->touched) {
			touched = true;
			continue;
		}
		undo = decision_effect(d, EFFECT_UNDO);
		undo->subject = a->id;
		last = a;
		count++;
	}
	if (!last) {
		if (touched)
			decision_say(d, f, "undo.late");
		else
			decision_say(d, f, "undo.nothing");
		return;
	}
	if (count > 1) {
		decision_int(d, "count", count);
		decision_say(d, f, "undone.many");
		return;
	}
	/* One that was joined to a likely case now becomes a case of its own: the next number. Of several
	 * wishes none does: the text as a whole is taken back. */
	undo->split = last->kind == ACTION_LIKELY || last->kind == ACTION_JOIN;
	decision_int(d, "number", undo->split ? f->next_number : last->subject);
	d->key = undone[last->kind];
}

/* Troubles, wishes and how far they are. */
#include "civic/alike.h"
#include "civic/decide_internal.h"
#include "civic/indoors.h"

#include <string.h>

static void ask_for_text(const struct facts *f, const char *detail, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_ASK);
	e->asked = ASKED_TEXT;
	e->note = detail;
	e->expires_utc = f->now + QUESTION_TEXT_S;
}

static const char *either(const char *a, const char *b)
{
	return *a ? a : b;
}

/* Where: what the text says; a building that is not the sender's own leaves nothing of the registered address.
 */
void case_address(const struct facts *f, const struct intent *in, struct effect *e)
{
	const struct sender *s = &f->sender;
	bool elsewhere = in->building[0] && strcmp(in->building, s->building) != 0;
	e->building = either(in->building, s->building);
	e->unit = elsewhere ? in->unit : either(in->unit, s->unit);
	e->room =
	    elsewhere || (in->unit[0] && strcmp(in->unit, s->unit) != 0) ? in->room : either(in->room, s->room);
	e->place = in->place;
}

/* "楼道", or the building when the text names no place. */
static void say_place(const struct facts *f, const struct effect *e, struct decision *d)
{
	(void)f;
	decision_text(d, "building", e->building, 6);
	decision_text(d, "place", e->place, 8);
}

struct effect *join_case(struct decision *d, int number, const char *text, enum category c)
{
	struct effect *e = decision_effect(d, EFFECT_JOIN);
	e->number = number;
	e->text = text;
	e->category = c;
	e->undo = ACTION_JOIN;
	return e;
}

/* Joins the likely same matter, if there is one. */
static bool join_likely(const struct facts *f, const struct intent *in, struct decision *d)
{
	struct effect where = {0};
	case_address(f, in, &where);
	struct alike_new n = {.text = in->text,
			      .building = where.building,
			      .unit = where.unit,
			      .place = in->place,
			      .grid = f->sender.grid,
			      .category = in->kind == INTENT_COMPLAINT ? in->category : CATEGORY_OTHER,
			      .place_told = in->building[0] || in->unit[0]};
	const struct matter_fact *m = alike_find(&n, f->similar, f->similar_count, f->now);
	if (!m)
		return false;
	decision_int(d, "number", m->number);
	decision_key(d, "category", category_key(m->category));
	if (m->mine) {
		join_case(d, m->number, in->text, n.category);
		decision_say(d, f, "case.again");
		return true;
	}
	struct effect *e = decision_effect(d, EFFECT_SUPPORT);
	e->number = m->number;
	e->text = in->text;
	e->undo = ACTION_LIKELY;
	decision_effect(d, EFFECT_QUOTE)->number = m->number;
	decision_int(d, "count", m->supporters + (m->supported ? 1 : 2));
	decision_say(d, f, "case.likely");
	return true;
}

struct effect *open_case(const struct facts *f, const struct intent *in, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_OPEN);
	e->number = f->next_number;
	e->origin = intent_name(in->kind);
	e->text = in->text;
	e->category = CATEGORY_OTHER;
	e->undo = ACTION_CASE;
	case_address(f, in, e);
	d->open_number = f->next_number;
	decision_effect(d, EFFECT_QUOTE)->number = f->next_number;
	decision_int(d, "number", f->next_number);
	return e;
}

/* Who gets it, by when, and whether a meeting may talk of it: as the route of its category and grid says. What leaks in
 * somebody's own kitchen is nobody else's talk. */
static void route(const struct facts *f, struct effect *e, struct decision *d)
{
	const struct case_facts *c = &f->cases;
	if (!c->route)
		return;
	e->deliberate = c->route->deliberate && !indoors(e->text);
	e->routed = true;
	e->expires_utc = c->due_utc;
	decision_date(d, "due", c->due_utc);
}

void decide_complaint(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (!in->text[0]) {
		ask_for_text(f, "complaint", d);
		decision_say(d, f, "ask.complaint");
		return;
	}
	if (f->recent_case && !f->several) {
		join_case(d, f->recent_case, in->text, in->category);
		return;
	}
	if (join_likely(f, in, d))
		return;
	struct effect *e = open_case(f, in, d);
	e->category = in->category;
	e->anonymous = in->anonymous;
	route(f, e, d);
	decision_key(d, "category", category_key(in->category));
	say_place(f, e, d);
	if (in->anonymous)
		decision_say(d, f, "case.anonymous");
	else if (in->category == CATEGORY_OTHER)
		decision_say(d, f, "case.other");
	else
		decision_say(d, f, "case");
}

void decide_proposal(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (!in->text[0]) {
		ask_for_text(f, "proposal", d);
		decision_say(d, f, "ask.proposal");
		return;
	}
	struct effect *e = open_case(f, in, d);
	e->proposal = true;
	e->deliberate = true;
	decision_text(d, "text", in->text, 14);
	if (f->meeting.agenda.later && f->meeting.agenda.starts_utc) {
		decision_date(d, "agenda", f->meeting.agenda.starts_utc);
		decision_say(d, f, "proposal.later");
	} else
		decision_say(d, f, "proposal");
}

static void say_no_such(const struct facts *f, int number, struct decision *d)
{
	decision_int(d, "number", number);
	decision_say(d, f, "number.unknown");
}

static const struct matter_fact *supported_matter(const struct facts *f, const struct intent *in,
						  struct decision *d)
{
	if (in->has & ARG_NUMBER) {
		if (f->named.number && !f->named.private)
			return &f->named;
		say_no_such(f, in->number, d);
		return NULL;
	}
	if (f->candidate_count == 1 && !f->candidates_listed)
		return &f->candidates[0];
	if (f->candidate_count == 0) {
		decision_say(d, f, "support.which");
		return NULL;
	}
	for (int i = 0; i < f->candidate_count; i++) {
		static const char *const names[FACTS_CANDIDATES][2] = {
		    {"n1", "t1"}, {"n2", "t2"}, {"n3", "t3"}};
		const struct matter_fact *m = &f->candidates[i];
		decision_int(d, names[i][0], m->number);
		if (m->proposal)
			decision_text(d, names[i][1], m->text, 8);
		else
			decision_key(d, names[i][1], category_key(m->category));
		decision_effect(d, EFFECT_QUOTE)->number = m->number;
	}
	decision_say(d, f, "support.list");
	return NULL;
}

void decide_support(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct matter_fact *m = supported_matter(f, in, d);
	if (!m)
		return;
	decision_int(d, "number", m->number);
	if (m->proposal)
		decision_text(d, "what", m->text, 10);
	else
		decision_key(d, "what", category_key(m->category));
	if (m->mine) {
		decision_say(d, f, "support.mine");
		return;
	}
	if (!case_open(m->state)) {
		decision_key(d, "state", state_key(m->state));
		decision_say(d, f, "support.closed");
		return;
	}
	decision_int(d, "count", m->supporters + (m->supported ? 1 : 2));
	struct effect *e = decision_effect(d, EFFECT_SUPPORT);
	e->number = m->number;
	e->undo = ACTION_SUPPORT;
	decision_effect(d, EFFECT_QUOTE)->number = m->number;
	decision_say(d, f, "support");
}

/* What whoever settles it needs on the way: where, whose words, whom to ring. */
static void status_for_staff(const struct matter_fact *m, const struct facts *f, struct decision *d)
{
	decision_text(d, "building", m->building, 6);
	decision_text(d, "unit", m->unit, 6);
	decision_text(d, "text", m->text, 40);
	decision_text(d, "phone", m->anonymous ? "" : m->phone, 0);
	if (m->due_utc && case_open(m->state))
		decision_date(d, "due", m->due_utc);
	decision_say(d, f, "status.staff");
}

void decide_status(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct matter_fact *m = &f->named;
	bool inside = m->mine || m->supported || m->assigned || m->near;
	if (!m->number || (m->private && !m->mine)) {
		if (in->has & ARG_NUMBER)
			say_no_such(f, in->number, d);
		else
			decision_say(d, f, "status.none");
		return;
	}
	decision_int(d, "number", m->number);
	decision_key(d, "state", state_key(m->state));
	decision_date(d, "date", m->changed_utc);
	decision_key(d, "category", category_key(m->category));
	if (!m->private && case_open(m->state))
		decision_effect(d, EFFECT_QUOTE)->number = m->number;
	decision_item(f, d);
	unsigned hands = STANDING(ASSIGNEE) | STANDING(DEPARTMENT) | STANDING(GRID) | STANDING(SECRETARY);
	if (!m->mine && !m->private && decision_standing(f, m) & hands)
		status_for_staff(m, f, d);
	else if (inside && !m->private) {
		decision_text(d, "text", m->text, 14);
		decision_say(d, f, "status.own");
	} else
		decision_say(d, f, "status");
}

static void step(struct decision *d, int number, enum case_event ev, const char *note, int undo)
{
	struct effect *e = decision_effect(d, EFFECT_STEP);
	e->number = number;
	e->event = ev;
	e->note = note;
	e->undo = undo;
}

void decide_rate(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (consult_rated(f, in, d))
		return;
	const struct matter_fact *m = &f->named;
	enum case_event ev = in->rating == RATING_GOOD   ? CASE_EV_RATE_GOOD
			     : in->rating == RATING_FAIR ? CASE_EV_RATE_FAIR
							 : CASE_EV_RATE_BAD;
	unsigned standing = (m->mine ? STANDING(REPORTER) : 0) | (m->supported ? STANDING(SUPPORTER) : 0);
	if (!m->number || !case_may(ev, standing) || case_next(m->state, ev) == CASE_REFUSED) {
		/* "Not fixed, it still leaks" is a trouble whether or not we asked. */
		if (in->rating == RATING_BAD && in->text[0]) {
			open_case(f, in, d);
			decision_say(d, f, "case.other");
		} else if (in->rating == RATING_GOOD && !f->several) /* a neighbour is content as well */
			decide_thanks(f, in, d);
		else
			decision_say(d, f, "rate.none");
		return;
	}
	bool words = in->has & ARG_TEXT && strlen(in->text) > 1; /* the bare digit says nothing more */
	step(d, m->number, ev, words ? in->text : NULL, ACTION_STEP);
	if (in->rating != RATING_BAD)
		step(d, m->number, CASE_EV_CLOSE, NULL, -1);
	if (f->question.kind == ASKED_RATING && f->question.subject == m->number)
		decision_effect(d, EFFECT_ANSWERED);
	decision_int(d, "number", m->number);
	decision_key(d, "category", category_key(m->category));
	if (in->rating == RATING_GOOD)
		decision_say(d, f, "rate.good");
	else if (in->rating == RATING_FAIR)
		decision_say(d, f, "rate.fair");
	else
		decision_say(d, f, "rate.bad");
}

void decide_private(const struct facts *f, const struct intent *in, struct decision *d)
{
	struct effect *e = open_case(f, in, d);
	e->private = true;
	e->building = e->unit = e->room = e->place = "";
	e = decision_effect(d, EFFECT_MEDIATE);
	e->number = f->next_number;
	e->text = in->text;
	d->key = f->mediator_count ? "private" : "private.nobody";
}

void decide_unknown(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (f->quote_only) {
		d->key = "empty";
		d->daily = true;
		return;
	}
	/* "23 parts are missing": how far it is, from who settles it */
	if (in->has & ARG_NUMBER && case_may(CASE_EV_NOTE, decision_standing(f, &f->named))) {
		decide_staff(f, in, d);
		return;
	}
	if (f->civics.faq.found) { /* the bare name of something that has a ready answer */
		decide_faq(f, in, d);
		return;
	}
	if (f->recent_case && !f->several) {
		join_case(d, f->recent_case, in->text, CATEGORY_OTHER);
		return;
	}
	if (join_likely(f, in, d))
		return;
	route(f, open_case(f, in, d), d);
	decision_say(d, f, "unknown");
}

/* A wish beyond what the box does by itself for this sender: a person sees to it, and the sender hears that honestly. */
void leave_to_person(const struct facts *f, const struct intent *in, struct decision *d)
{
	open_case(f, in, d);
	decision_say(d, f, "later");
}

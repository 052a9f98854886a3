/* Taking, giving back, being there, being done: what a text does to an offer. Whether it may is civic/offer.h's; here it is
 * said. */
#include "civic/decide_internal.h"
#include "civic/offer.h"

#include <string.h>

#define TEXT_CHARS  12
#define PLACE_CHARS 6

/* The key of its name, "flavour.task". */
static const char *what_key(enum flavour f)
{
	static const char *const keys[FLAVOUR_COUNT] = {
#define X(id, name) [FLAVOUR_##id] = "flavour." name,
	    FLAVOURS(X)
#undef X
	};
	return keys[f];
}

/* Arguments that every reply about an offer has. */
static void say_offer(const struct offer_fact *o, struct decision *d)
{
	decision_int(d, "number", o->number);
	decision_text(d, "text", o->text, TEXT_CHARS);
	decision_key(d, "what", what_key(o->flavour));
	if (o->starts_utc)
		decision_when(d, "when", o->starts_utc);
}

void offer_say_list(const struct facts *f, struct decision *d)
{
	static const char *const names[OFFERS_LISTED][3] = {
	    {"n1", "t1", "d1"}, {"n2", "t2", "d2"}, {"n3", "t3", "d3"}};
	for (int i = 0; i < f->offer.count; i++) {
		const struct offer_fact *o = &f->offer.list[i];
		decision_int(d, names[i][0], o->number);
		decision_text(d, names[i][1], o->text, 8);
		if (o->starts_utc)
			decision_date(d, names[i][2], o->starts_utc);
		decision_effect(d, EFFECT_QUOTE)->number = o->number;
	}
}

/* ---- which one */

static void say_no_offer(const struct facts *f, const struct intent *in, struct decision *d)
{
	decision_int(d, "number", in->number);
	if (f->named.number && !f->named.private)
		decision_say(d, f, "offer.not");
	else
		decision_say(d, f, "number.unknown");
}

/* The number of the text; without one the only that it can be. NULL: it was said why not. */
static const struct offer_fact *which(const struct facts *f, const struct intent *in, const char *none,
				      const char *several, struct decision *d)
{
	if (in->has & ARG_NUMBER) {
		if (f->offer.named.number)
			return &f->offer.named;
		say_no_offer(f, in, d);
		return NULL;
	}
	if (f->offer.count == 1 && !f->offer.browsed)
		return &f->offer.list[0];
	offer_say_list(f, d);
	d->key = f->offer.count ? several : none;
	return NULL;
}

static void claim(const struct offer_fact *o, enum claim_state next, int people, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_CLAIM);
	e->number = o->number;
	e->answer = (int)next;
	e->people = people;
	e->undo = ACTION_CLAIM;
}

/* ---- take */

static const char *const take_keys[OUTCOME_COUNT] = {
    [OUTCOME_WAITS] = "offer.take.waits",
    [OUTCOME_AGAIN] = "offer.take.again",
    [OUTCOME_AGAIN_WAITS] = "offer.take.again.waits",
    [OUTCOME_DRAFT] = "number.unknown",
    [OUTCOME_SETTLED] = "offer.take.settled",
    [OUTCOME_CANCELLED] = "offer.take.cancelled",
    [OUTCOME_LATE] = "offer.take.late",
    [OUTCOME_EARLY] = "offer.early",
    [OUTCOME_STRANGER] = "offer.take.stranger",
    [OUTCOME_ELSEWHERE] = "offer.take.elsewhere",
    [OUTCOME_OWN] = "offer.take.own",
    [OUTCOME_FINISHED] = "offer.take.finished",
};

static void say_taken(const struct offer_fact *o, int people, struct decision *d)
{
	decision_text(d, "place", o->place, PLACE_CHARS);
	if (people > 1)
		decision_int(d, "people", people);
	if (flavour_row(o->flavour)->exchange == OFFER_BOTH_NUMBERS) {
		decision_text(d, "name", o->name, 8);
		decision_text(d, "phone", o->phone, 0);
		decision_text(d, "address", o->address, 12);
	}
	d->key = flavour_row(o->flavour)->taken;
}

/* "8 12 3" of somebody who has a place already: more or fewer people. */
static bool other_people(const struct offer_fact *o, const struct intent *in, int people)
{
	return in->has & ARG_PEOPLE && people != o->people &&
	       offer_room(o->wanted, o->taken - o->people) >= people;
}

static void take(const struct facts *f, const struct intent *in, const struct offer_fact *o, struct decision *d)
{
	int people = 1;
	if (flavour_row(o->flavour)->companions && in->has & ARG_PEOPLE && in->people > 1)
		people = in->people > OFFER_PEOPLE_MAX ? OFFER_PEOPLE_MAX : in->people;
	enum claim_outcome out = offer_take(o, &f->sender, people, f->now);
	if (out == OUTCOME_AGAIN && flavour_row(o->flavour)->companions && other_people(o, in, people))
		out = OUTCOME_OK;
	say_offer(o, d);
	if (out == OUTCOME_OK) {
		claim(o, claim_holds(o->claim) ? o->claim : CLAIM_TAKEN, people, d);
		say_taken(o, people, d);
		return;
	}
	d->key = take_keys[out];
	if (out == OUTCOME_WAITS) {
		claim(o, CLAIM_WAITING, people, d);
		decision_int(d, "line", o->waiting + 1);
	} else if (out == OUTCOME_AGAIN_WAITS)
		decision_int(d, "line", o->place_in_line);
	else if (out == OUTCOME_ELSEWHERE)
		decision_text(d, "grid", o->grid, 12);
	else if (out == OUTCOME_STRANGER) {
		/* whoever wants to help is asked to become a volunteer, not sent away */
		struct effect *e = decision_effect(d, EFFECT_CHORE);
		e->origin = "volunteer";
		e->undo = ACTION_CHORE;
	}
}

void decide_take(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct offer_fact *o = which(f, in, "offer.take.none", "offer.take.list", d);
	if (o)
		take(f, in, o, d);
}

/* ---- the other steps of who took it */

struct step_keys {
	enum claim_event event;
	const char *ok, *again;
};

static void step(const struct facts *f, const struct offer_fact *o, const struct step_keys *k,
		 struct decision *d)
{
	enum claim_state next = o->claim;
	enum claim_outcome out = offer_step(o, k->event, f->now, &next);
	say_offer(o, d);
	if (out == OUTCOME_OK) {
		claim(o, next, 0, d);
		d->key = k->ok;
	} else if (out == OUTCOME_AGAIN)
		d->key = k->again;
	else if (out == OUTCOME_NO_CLAIM)
		d->key = "offer.noclaim";
	else {
		if (out == OUTCOME_AGAIN_WAITS)
			decision_int(d, "line", o->place_in_line);
		d->key = take_keys[out];
	}
}

/* Who asked for it does not need it any more. */
static void withdraw(const struct offer_fact *o, struct decision *d)
{
	say_offer(o, d);
	if (o->state != OFFER_OPEN && o->state != OFFER_DRAFT) {
		d->key = o->state == OFFER_DONE ? "offer.take.settled" : "offer.take.cancelled";
		return;
	}
	decision_effect(d, EFFECT_WITHDRAW)->number = o->number;
	d->key = "offer.withdrawn";
}

void decide_giveback(const struct facts *f, const struct intent *in, struct decision *d)
{
	static const struct step_keys keys = {CLAIM_EV_BACK, "offer.back", "offer.back.again"};
	const struct offer_fact *o = which(f, in, "offer.noclaim.any", "offer.which", d);
	if (o && o->mine && o->claim == CLAIM_NONE)
		withdraw(o, d);
	else if (o)
		step(f, o, &keys, d);
}

/* Of several the one that goes on: tomorrow's turn is not meant by who says to be there. NULL: none, or it is not clear. */
static const struct offer_fact *going_on(const struct facts *f)
{
	const struct offer_fact *found = NULL;
	for (int i = 0; i < f->offer.count; i++) {
		const struct offer_fact *o = &f->offer.list[i];
		if (!o->starts_utc || f->now < o->starts_utc - OFFER_EARLY_S ||
		    f->now >= offer_until(o->flavour, o->starts_utc, o->ends_utc))
			continue;
		if (found)
			return NULL;
		found = o;
	}
	return found;
}

bool offer_goes_on(const struct facts *f)
{
	return going_on(f) != NULL;
}

static const struct offer_fact *which_now(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct offer_fact *o = in->has & ARG_NUMBER ? NULL : going_on(f);
	return o ? o : which(f, in, "offer.noclaim.any", "offer.which", d);
}

void decide_arrived(const struct facts *f, const struct intent *in, struct decision *d)
{
	static const struct step_keys keys = {CLAIM_EV_ARRIVE, "offer.arrived", "offer.arrived"};
	const struct offer_fact *o = which_now(f, in, d);
	if (o)
		step(f, o, &keys, d);
}

void decide_done(const struct facts *f, const struct intent *in, struct decision *d)
{
	static const struct step_keys confirmed = {CLAIM_EV_FINISH, "offer.done.confirm", "offer.done.again"},
				      plain = {CLAIM_EV_FINISH, "offer.done", "offer.done.again"};
	const struct offer_fact *o = which_now(f, in, d);
	if (o)
		step(f, o, flavour_row(o->flavour)->closes == OFFER_BY_CONFIRMATION ? &confirmed : &plain, d);
}

/* ---- a number that is an offer's, under an intent that means cases */

void decide_offer_status(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	static const char *const own[CLAIM_STATE_COUNT] = {
	    [CLAIM_WAITING] = "offer.take.again.waits", [CLAIM_TAKEN] = "offer.take.again",
	    [CLAIM_ARRIVED] = "offer.take.again",       [CLAIM_DONE] = "offer.done.again",
	    [CLAIM_CONFIRMED] = "offer.done.again",
	};
	const struct offer_fact *o = &f->offer.named;
	if (!o->number || (o->state == OFFER_DRAFT && !o->mine)) {
		say_no_offer(f, in, d);
		d->key = "number.unknown";
		return;
	}
	say_offer(o, d);
	if (o->state == OFFER_DONE || o->state == OFFER_CANCELLED)
		d->key = o->state == OFFER_DONE ? "offer.take.settled" : "offer.take.cancelled";
	else if (own[o->claim]) {
		d->key = own[o->claim];
		decision_int(d, "line", o->place_in_line);
	} else {
		decision_int(d, "count", o->taken);
		if (o->wanted)
			decision_int(d, "room", offer_room(o->wanted, o->taken));
		d->key = "offer.status";
	}
}

void decide_offer_support(const struct facts *f, const struct intent *in, struct decision *d)
{
	decide_offer_status(f, in, d);
}

/* "办好了吗": the asker's answer. */
void decide_offer_rate(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct offer_fact *o = &f->offer.named;
	bool good = in->rating != RATING_BAD;
	decision_effect(d, EFFECT_ANSWERED);
	if (!o->number || !o->mine || o->state == OFFER_CANCELLED) {
		d->key = "rate.none";
		return;
	}
	struct effect *e = decision_effect(d, EFFECT_SETTLED);
	e->number = o->number;
	e->answer = good ? CLAIM_EV_CONFIRM : CLAIM_EV_DENY;
	e->note = in->has & ARG_TEXT ? in->text : NULL;
	say_offer(o, d);
	d->key = good ? "offer.rate.good" : "offer.rate.bad";
}

/* Staff are volunteers, too: their words for cases, with an offer's number. */
void decide_task_staff(const struct facts *f, const struct intent *in, struct decision *d)
{
	static void (*const same[INTENT_COUNT])(const struct facts *f, const struct intent *in,
						struct decision *d) = {
	    [INTENT_STAFF_TAKE] = decide_take,
	    [INTENT_ACKNOWLEDGE] = decide_take,
	    [INTENT_STAFF_RETURN] = decide_giveback,
	    [INTENT_STAFF_RESOLVE] = decide_done,
	};
	if (same[in->kind]) {
		same[in->kind](f, in, d);
		return;
	}
	say_offer(&f->offer.named, d);
	d->key = "offer.nocase";
}

#include "civic/offer.h"
#include "base/text.h"
#include "base/mem.h"

#include <limits.h>
#include <string.h>

/* How the flavours differ. */
static const struct flavour_row rows[FLAVOUR_COUNT] = {
    [FLAVOUR_TASK] = {.name = "任务",
		      .audience = OFFER_TO_VOLUNTEERS,
		      .who = OFFER_BY_VOLUNTEERS,
		      .exchange = OFFER_NO_NUMBERS,
		      .free = OFFER_FREE_AGAIN,
		      .closes = OFFER_BY_CONFIRMATION,
		      .ahead_s = 7 * DAY_S,
		      .remind_s = {DAY_S, 0},
		      .publish = "offer.task.publish",
		      .taken = "offer.task.taken",
		      .remind = "offer.task.remind"},
    [FLAVOUR_ERRAND] = {.name = "代办",
			.audience = OFFER_TO_NEIGHBOURS,
			.who = OFFER_BY_VOLUNTEERS,
			.exchange = OFFER_BOTH_NUMBERS,
			.free = OFFER_FREE_AGAIN,
			.closes = OFFER_BY_CONFIRMATION,
			.unclaimed_s = 2 * HOUR_S,
			.open_max = 2,
			.publish = "offer.errand.publish",
			.taken = "offer.errand.taken",
			.comes = "offer.errand.comes",
			.leaves = "offer.errand.leaves",
			.there = "offer.errand.there",
			.settled = "offer.errand.settled"},
    [FLAVOUR_PATROL] = {.name = "巡逻",
			.audience = OFFER_TO_VOLUNTEERS,
			.who = OFFER_BY_WATCH,
			.exchange = OFFER_NO_NUMBERS,
			.free = OFFER_FREE_TO_ROSTER,
			.closes = OFFER_BY_TIME,
			.late = true,
			.checkin = true,
			.ahead_s = 3 * DAY_S,
			.remind_s = {DAY_S, HOUR_S},
			.publish = "offer.patrol.publish",
			.ask = "offer.patrol.ask",
			.taken = "offer.patrol.taken",
			.leaves = "offer.patrol.leaves",
			.remind = "offer.patrol.remind"},
    [FLAVOUR_JOB] = {.name = "招工",
		     .audience = OFFER_TO_SUBSCRIBERS,
		     .who = OFFER_BY_ALL,
		     .exchange = OFFER_NUMBER_TO_ASKER,
		     .free = OFFER_FREE_STAYS,
		     .closes = OFFER_BY_DESK,
		     .late = true,
		     .moderated = true,
		     .open_max = 3,
		     .publish = "offer.job.publish",
		     .taken = "offer.job.taken",
		     .comes = "offer.job.comes",
		     .leaves = "offer.job.leaves"},
    [FLAVOUR_ACTIVITY] = {.name = "活动",
			  .audience = OFFER_TO_RESIDENTS,
			  .who = OFFER_BY_ALL,
			  .exchange = OFFER_NO_NUMBERS,
			  .free = OFFER_FREE_STAYS,
			  .closes = OFFER_BY_TIME,
			  .companions = true,
			  .ahead_s = 35 * DAY_S,
			  .remind_s = {DAY_S, 0},
			  .publish = "offer.activity.publish",
			  .taken = "offer.activity.taken",
			  .remind = "offer.activity.remind"},
};

const struct flavour_row *flavour_row(enum flavour f)
{
	return &rows[f];
}

/* ---- names */

static const char *const flavour_names[FLAVOUR_COUNT] = {
#define X(id, name) [FLAVOUR_##id] = name,
    FLAVOURS(X)
#undef X
};
static const char *const offer_states[OFFER_STATE_COUNT] = {
    [OFFER_DRAFT] = "draft", [OFFER_OPEN] = "open", [OFFER_DONE] = "done", [OFFER_CANCELLED] = "cancelled"};
static const char *const claim_states[CLAIM_STATE_COUNT] = {
#define X(id, name) [CLAIM_##id] = name,
    CLAIM_STATES(X)
#undef X
};

const char *flavour_name(enum flavour f)
{
	return flavour_names[f];
}

int flavour_find(const char *name)
{
	for (int i = 0; i < FLAVOUR_COUNT; i++)
		if (!strcmp(rows[i].name, name))
			return i;
	return text_index(flavour_names, FLAVOUR_COUNT, name);
}

const char *offer_state_name(enum offer_state s)
{
	return offer_states[s];
}

int offer_state_find(const char *name)
{
	return text_index(offer_states, OFFER_STATE_COUNT, name);
}

const char *claim_state_name(enum claim_state s)
{
	return claim_states[s];
}

int claim_state_find(const char *name)
{
	return text_index(claim_states, CLAIM_STATE_COUNT, name);
}

/* ---- claims */

static const struct {
	bool holds; /* a place */
	/* what each event makes of it; CLAIM_NONE: `refused` */
	enum claim_state next[CLAIM_EV_COUNT];
	enum claim_outcome refused[CLAIM_EV_COUNT];
} life[CLAIM_STATE_COUNT] = {
    [CLAIM_NONE] = {.next = {[CLAIM_EV_TAKE] = CLAIM_TAKEN},
		    .refused = {[CLAIM_EV_BACK] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_ARRIVE] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_FINISH] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_CONFIRM] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_DENY] = OUTCOME_NO_CLAIM}},
    [CLAIM_ASKED] = {.next = {[CLAIM_EV_TAKE] = CLAIM_TAKEN, [CLAIM_EV_BACK] = CLAIM_BACK},
		     .refused = {[CLAIM_EV_ARRIVE] = OUTCOME_NO_CLAIM,
				 [CLAIM_EV_FINISH] = OUTCOME_NO_CLAIM,
				 [CLAIM_EV_CONFIRM] = OUTCOME_NO_CLAIM,
				 [CLAIM_EV_DENY] = OUTCOME_NO_CLAIM}},
    [CLAIM_WAITING] = {.next = {[CLAIM_EV_BACK] = CLAIM_BACK},
		       .refused = {[CLAIM_EV_TAKE] = OUTCOME_AGAIN_WAITS,
				   [CLAIM_EV_ARRIVE] = OUTCOME_AGAIN_WAITS,
				   [CLAIM_EV_FINISH] = OUTCOME_AGAIN_WAITS,
				   [CLAIM_EV_CONFIRM] = OUTCOME_NO_CLAIM,
				   [CLAIM_EV_DENY] = OUTCOME_NO_CLAIM}},
    [CLAIM_TAKEN] = {.holds = true,
		     .next = {[CLAIM_EV_BACK] = CLAIM_BACK,
			      [CLAIM_EV_ARRIVE] = CLAIM_ARRIVED,
			      [CLAIM_EV_FINISH] = CLAIM_DONE,
			      [CLAIM_EV_CONFIRM] = CLAIM_CONFIRMED},
		     .refused = {[CLAIM_EV_TAKE] = OUTCOME_AGAIN, [CLAIM_EV_DENY] = OUTCOME_AGAIN}},
    [CLAIM_ARRIVED] = {.holds = true,
		       .next = {[CLAIM_EV_BACK] = CLAIM_BACK,
				[CLAIM_EV_FINISH] = CLAIM_DONE,
				[CLAIM_EV_CONFIRM] = CLAIM_CONFIRMED},
		       .refused = {[CLAIM_EV_TAKE] = OUTCOME_AGAIN,
				   [CLAIM_EV_ARRIVE] = OUTCOME_AGAIN,
				   [CLAIM_EV_DENY] = OUTCOME_AGAIN}},
    [CLAIM_DONE] = {.holds = true,
		    .next = {[CLAIM_EV_CONFIRM] = CLAIM_CONFIRMED, [CLAIM_EV_DENY] = CLAIM_TAKEN},
		    .refused = {[CLAIM_EV_TAKE] = OUTCOME_FINISHED,
				[CLAIM_EV_BACK] = OUTCOME_FINISHED,
				[CLAIM_EV_ARRIVE] = OUTCOME_FINISHED,
				[CLAIM_EV_FINISH] = OUTCOME_AGAIN}},
    [CLAIM_CONFIRMED] = {.holds = true,
			 .refused = {[CLAIM_EV_TAKE] = OUTCOME_FINISHED,
				     [CLAIM_EV_BACK] = OUTCOME_FINISHED,
				     [CLAIM_EV_ARRIVE] = OUTCOME_FINISHED,
				     [CLAIM_EV_FINISH] = OUTCOME_AGAIN,
				     [CLAIM_EV_CONFIRM] = OUTCOME_AGAIN,
				     [CLAIM_EV_DENY] = OUTCOME_FINISHED}},
    [CLAIM_BACK] = {.next = {[CLAIM_EV_TAKE] = CLAIM_TAKEN},
		    .refused = {[CLAIM_EV_BACK] = OUTCOME_AGAIN,
				[CLAIM_EV_ARRIVE] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_FINISH] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_CONFIRM] = OUTCOME_NO_CLAIM,
				[CLAIM_EV_DENY] = OUTCOME_NO_CLAIM}},
    /* Who comes late after all is there. */
    [CLAIM_MISSED] = {.next = {[CLAIM_EV_TAKE] = CLAIM_TAKEN,
			       [CLAIM_EV_ARRIVE] = CLAIM_ARRIVED,
			       [CLAIM_EV_FINISH] = CLAIM_DONE,
			       [CLAIM_EV_CONFIRM] = CLAIM_CONFIRMED},
		      .refused = {[CLAIM_EV_BACK] = OUTCOME_FINISHED, [CLAIM_EV_DENY] = OUTCOME_NO_CLAIM}},
};

bool claim_holds(enum claim_state s)
{
	return life[s].holds;
}

int64_t offer_until(enum flavour f, int64_t starts_utc, int64_t ends_utc)
{
	int64_t until = rows[f].late || !starts_utc ? ends_utc : starts_utc;
	return until ? until : INT64_MAX;
}

int offer_room(int wanted, int taken)
{
	return !wanted ? INT_MAX : wanted > taken ? wanted - taken : 0;
}

static bool may_take(enum offer_who who, unsigned roles)
{
	switch (who) {
	case OFFER_BY_VOLUNTEERS:
		return roles & ROLE(VOLUNTEER);
	case OFFER_BY_WATCH:
		return roles & (ROLE(VOLUNTEER) | ROLES_STAFF);
	case OFFER_BY_ALL:
		return true;
	}
	return false;
}

enum claim_outcome offer_take(const struct offer_fact *o, const struct sender *by, int people, int64_t now)
{
	static const enum claim_outcome of_state[OFFER_STATE_COUNT] = {[OFFER_DRAFT] = OUTCOME_DRAFT,
								       [OFFER_OPEN] = OUTCOME_OK,
								       [OFFER_DONE] = OUTCOME_SETTLED,
								       [OFFER_CANCELLED] = OUTCOME_CANCELLED};
	if (of_state[o->state] != OUTCOME_OK)
		return of_state[o->state];
	if (life[o->claim].next[CLAIM_EV_TAKE] == CLAIM_NONE)
		return life[o->claim].refused[CLAIM_EV_TAKE];
	if (o->mine)
		return OUTCOME_OWN;
	/* whose turn it is by the roster needs no role */
	if (o->claim != CLAIM_ASKED && !may_take(rows[o->flavour].who, by->roles))
		return OUTCOME_STRANGER;
	if (!o->near)
		return OUTCOME_ELSEWHERE;
	if (now >= offer_until(o->flavour, o->starts_utc, o->ends_utc))
		return OUTCOME_LATE;
	return offer_room(o->wanted, o->taken) >= people ? OUTCOME_OK : OUTCOME_WAITS;
}

enum claim_outcome offer_step(const struct offer_fact *o, enum claim_event ev, int64_t now,
			      enum claim_state *ret_next)
{
	if (o->state == OFFER_CANCELLED)
		return OUTCOME_CANCELLED;
	enum claim_state next = life[o->claim].next[ev];
	if (next == CLAIM_NONE)
		return life[o->claim].refused[ev];
	if ((ev == CLAIM_EV_ARRIVE || ev == CLAIM_EV_FINISH) && o->starts_utc &&
	    now < o->starts_utc - OFFER_EARLY_S)
		return OUTCOME_EARLY;
	*ret_next = next;
	return OUTCOME_OK;
}

/* Offers: what neighbours may take. A task (抢单), an errand (帮我买药), a date of a patrol, a job, an activity: one engine and one
 * table, a row each, that says in what they differ: who hears of it, who may take it, who is told what, what ends it.
 * Whether a claim holds is decided here; the caller carries it out in the same transaction. Pure. */
#pragma once

#include "base/clock.h"
#include "civic/facts.h"

/* Who is told of a new one. */
enum offer_audience {
	OFFER_TO_VOLUNTEERS,  /* of its grid and below */
	OFFER_TO_NEIGHBOURS,  /* the nearest volunteers, OFFER_NEAREST of them */
	OFFER_TO_SUBSCRIBERS, /* of the job board */
	OFFER_TO_RESIDENTS,   /* of the grid; only when the secretary says so, else whoever asks */
};
#define OFFER_NEAREST 20

enum offer_who { OFFER_BY_VOLUNTEERS, OFFER_BY_WATCH, OFFER_BY_ALL }; /* watch: volunteers and staff */

enum offer_exchange {
	OFFER_NO_NUMBERS,
	OFFER_BOTH_NUMBERS,   /* who asks and who comes get each other's */
	OFFER_NUMBER_TO_ASKER /* who offers gets the applicant's, nobody else anything */
};

/* A place became free and nobody waits for it (who waits gets it at once). */
enum offer_free {
	OFFER_FREE_STAYS,     /* until somebody takes it */
	OFFER_FREE_AGAIN,     /* it is published again */
	OFFER_FREE_TO_ROSTER, /* the next on the roster is asked */
};

/* What makes somebody's part count as done. */
enum offer_closes {
	OFFER_BY_CONFIRMATION, /* the asker's or the secretary's */
	OFFER_BY_TIME,         /* its end, for who was there */
	OFFER_BY_DESK,         /* nothing but the desk: no points in it */
};

struct flavour_row {
	const char *name;
	enum offer_audience audience;
	enum offer_who who;
	enum offer_exchange exchange;
	enum offer_free free;
	enum offer_closes closes;
	bool late;       /* may be taken until its end, not only until its start */
	bool checkin;    /* who has not checked in OFFER_MISSED_S after the start is looked for */
	bool companions; /* a claim may be for several people */
	bool moderated;  /* by text: a draft until the secretary publishes it */
	int remind_s[2]; /* before the start, the earlier first; 0: none */
	int unclaimed_s; /* nobody takes it for so long: the secretary and the asker hear; 0: never */
	int64_t ahead_s; /* dates of a roster are laid out so far ahead */
	int open_max;    /* open ones that one phone may ask for by text */
	/* reply keys; NULL: nobody is told */
	const char *publish; /* to the audience */
	const char *ask;     /* to the next on the roster: can you stand in? */
	const char *taken;   /* to who takes it */
	const char *comes;   /* to who asked for it, when somebody takes it */
	const char *leaves;  /* … gives it back */
	const char *there;   /* … is there */
	const char *settled; /* … says that it is done: a question, good or bad */
	const char *remind;  /* to who has a place */
};

#define OFFER_MISSED_S   (15 * MINUTE_S)
#define OFFER_PEOPLE_MAX 9            /* with companions */
#define OFFER_ROUNDS     3            /* published at most so often */
#define OFFER_EARLY_S    (2 * HOUR_S) /* nobody is there, or done, longer before the start */
#define OFFER_ASK_S      (7 * DAY_S)

const struct flavour_row *flavour_row(enum flavour f);
const char *flavour_name(enum flavour f);
int flavour_find(const char *name); /* −1: none; Chinese names (巡逻) are understood too */
const char *offer_state_name(enum offer_state s);
int offer_state_find(const char *name);
const char *claim_state_name(enum claim_state s);
int claim_state_find(const char *name);

/* Does somebody in this state have a place? */
bool claim_holds(enum claim_state s);

/* What happens to a claim. */
enum claim_event {
	CLAIM_EV_TAKE,
	CLAIM_EV_BACK,
	CLAIM_EV_ARRIVE,
	CLAIM_EV_FINISH,  /* "done", by who did it */
	CLAIM_EV_CONFIRM, /* by who asked, or at the desk */
	CLAIM_EV_DENY,    /* "not settled", by who asked */
	CLAIM_EV_COUNT
};

/* What comes of it. */
enum claim_outcome {
	OUTCOME_OK,
	OUTCOME_WAITS,       /* no place is left: on the waiting list */
	OUTCOME_AGAIN,       /* it was so already */
	OUTCOME_AGAIN_WAITS, /* waits already */
	OUTCOME_DRAFT,       /* not published yet */
	OUTCOME_SETTLED,     /* it is done already */
	OUTCOME_CANCELLED,
	OUTCOME_LATE,      /* it has begun, or is over */
	OUTCOME_EARLY,     /* it has not begun by far */
	OUTCOME_STRANGER,  /* only volunteers may */
	OUTCOME_ELSEWHERE, /* another grid's */
	OUTCOME_OWN,       /* asked for by the sender */
	OUTCOME_NO_CLAIM,  /* the sender has no place in it */
	OUTCOME_FINISHED,  /* too late to give it back: it was done */
	OUTCOME_COUNT
};

/* May this sender take it for so many people, and what comes of that? */
enum claim_outcome offer_take(const struct offer_fact *o, const struct sender *by, int people, int64_t now);
/* The other events, by the sender's own claim. *ret_next is the state that follows. */
enum claim_outcome offer_step(const struct offer_fact *o, enum claim_event ev, int64_t now,
			      enum claim_state *ret_next);

/* Until when it may be taken; INT64_MAX: as long as it is open. */
int64_t offer_until(enum flavour f, int64_t starts_utc, int64_t ends_utc);
/* How many of `wanted` places are free; INT_MAX without a limit. */
int offer_room(int wanted, int taken);

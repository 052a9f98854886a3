/* What is known of offers (tasks, errands, patrols, jobs, activities) when a text is decided upon. */
#pragma once

#include "base/e164.h"
#include "rules/intent.h"

#include <stdbool.h>
#include <stdint.h>

#define OFFERS_LISTED 3  /* what a bare 8, 零工 or 有啥活动 lists */
#define OFFER_TEXT    96 /* bytes of its text that a reply may use */

/* X(identifier, "name") */
#define FLAVOURS(X)                                                                                            \
	X(TASK, "task")                                                                                        \
	X(ERRAND, "errand")                                                                                    \
	X(PATROL, "patrol")                                                                                    \
	X(JOB, "job")                                                                                          \
	X(ACTIVITY, "activity")

enum flavour {
#define X(id, name) FLAVOUR_##id,
	FLAVOURS(X)
#undef X
	    FLAVOUR_COUNT
};

enum offer_state { OFFER_DRAFT, OFFER_OPEN, OFFER_DONE, OFFER_CANCELLED, OFFER_STATE_COUNT };

/* Somebody's place: asked (whose turn it may become), waiting on the list, taken, there, done by their own word,
 * confirmed by others, given back, not come. */
#define CLAIM_STATES(X)                                                                                        \
	X(NONE, "none")                                                                                        \
	X(ASKED, "asked")                                                                                      \
	X(WAITING, "waiting")                                                                                  \
	X(TAKEN, "taken")                                                                                      \
	X(ARRIVED, "there")                                                                                    \
	X(DONE, "done")                                                                                        \
	X(CONFIRMED, "confirmed")                                                                              \
	X(BACK, "back")                                                                                        \
	X(MISSED, "missed")

enum claim_state {
#define X(id, name) CLAIM_##id,
	CLAIM_STATES(X)
#undef X
	    CLAIM_STATE_COUNT
};

struct offer_fact {
	int number; /* 0: none */
	enum flavour flavour;
	enum offer_state state;
	int wanted;  /* people; 0 no limit */
	int taken;   /* people who have a place */
	int waiting; /* claims on the waiting list */
	int points;
	int64_t starts_utc, ends_utc; /* 0: at any time */
	char text[OFFER_TEXT], grid[32], place[INTENT_SHORT_MAX];
	bool near; /* the sender's grid lies in the offer's or above it, or one of them is not known */
	bool mine; /* the sender asked for it */
	char phone[E164_MAX], name[INTENT_SHORT_MAX], address[INTENT_SHORT_MAX]; /* of who asked for it */
	/* the sender's own claim */
	enum claim_state claim;
	int people;
	int place_in_line; /* on the waiting list, from 1 */
};

struct offer_facts {
	struct offer_fact named; /* the number in the intent */
	/* Without a number. Take: open ones last quoted to this phone, else (`browsed`) the youngest that the sender may
	 * take. Give back, arrived, done: the sender's own. Boards: what they list. */
	struct offer_fact list[OFFERS_LISTED];
	int count;
	bool browsed;
	int own_open;    /* offers of this flavour that the sender asked for and that are not settled */
	bool subscribed; /* … to the board */
};

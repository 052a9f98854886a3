/* The life of a case (PARTICIPATION section 5) as one table of states × events. Whoever changes a case (a text,
 * the secretary's shell, the calendar) asks this table; there is no second place that knows what may follow
 * what. Pure. */
#pragma once

#include "rules/intent.h"

#include <stdbool.h>

/* X(identifier, "word in the database and in JSON") */
#define CASE_STATES(X)                                                                                         \
	X(RECEIVED, "received")                                                                                \
	X(VERIFIED, "verified")                                                                                \
	X(ASSIGNED, "assigned")                                                                                \
	X(IN_PROGRESS, "in_progress")                                                                          \
	X(RESOLVED, "resolved")                                                                                \
	X(CONFIRMED, "confirmed")                                                                              \
	X(CLOSED, "closed")                                                                                    \
	X(MERGED, "merged")                                                                                    \
	X(REJECTED, "rejected")

enum case_state {
#define X(id, name) CASE_##id,
	CASE_STATES(X)
#undef X
	    CASE_STATE_COUNT
};

/* X(identifier, "entry in the journal") */
#define CASE_EVENTS(X)                                                                                         \
	X(VERIFY, "verified")                                                                                  \
	X(ASSIGN, "assigned")                                                                                  \
	X(TAKE, "taken")                                                                                       \
	X(RESOLVE, "resolved")                                                                                 \
	X(RETURN, "returned")                                                                                  \
	X(ESCALATE, "escalated")                                                                               \
	X(REJECT, "rejected")                                                                                  \
	X(MERGE, "merged")                                                                                     \
	X(SPLIT, "split")                                                                                      \
	X(REOPEN, "reopened")                                                                                  \
	X(RATE_GOOD, "rated good")                                                                             \
	X(RATE_FAIR, "rated fair")                                                                             \
	X(RATE_BAD, "rated bad")                                                                               \
	X(CLOSE, "closed")                                                                                     \
	X(WITHDRAW, "withdrawn")                                                                               \
	X(NOTE, "note")                                                                                        \
	X(EXTEND, "extended")                                                                                  \
	X(DELIBERATE, "to the agenda")

enum case_event {
#define X(id, name) CASE_EV_##id,
	CASE_EVENTS(X)
#undef X
	    CASE_EVENT_COUNT
};

#define CASE_STAYS   (-1) /* allowed, the state remains */
#define CASE_REFUSED (-2) /* has no meaning in this state */

/* The state that follows, CASE_STAYS or CASE_REFUSED. A good or fair rating leads to CONFIRMED, and the caller
 * then passes CLOSE. */
int case_next(enum case_state from, enum case_event ev);

bool case_open(enum case_state s); /* before resolved */
const char *case_state_name(enum case_state s);
int case_state_find(const char *name); /* or -1 */
const char *case_event_entry(enum case_event ev);

/* Working hours until a case of this category is due; urgent ones 2. */
int case_hours(enum category c, bool urgent);

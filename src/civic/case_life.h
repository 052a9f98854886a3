/* The life of a case (PARTICIPATION section 5) as one table of steps × states, with who may take a step, which of them
 * need a confirmation code, and who is told by which reply text. Whoever changes a case (a text, the secretary's
 * shell, the calendar) and whoever tells of it asks this table; there is no second place that knows what may follow
 * what. `yishi case life` reads it out. Pure. */
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
	X(UNTRUE, "found untrue")                                                                              \
	X(ASSIGN, "assigned")                                                                                  \
	X(TRANSFER, "transferred")                                                                             \
	X(TAKE, "taken")                                                                                       \
	X(EXTEND, "extended")                                                                                  \
	X(REQUEST, "asked for")                                                                                \
	X(RESOLVE, "resolved")                                                                                 \
	X(RETURN, "returned")                                                                                  \
	X(ESCALATE, "escalated")                                                                               \
	X(SUMMON, "summoned")                                                                                  \
	X(OVERDUE, "overdue")                                                                                  \
	X(SUPERVISE, "supervised")                                                                             \
	X(REJECT, "rejected")                                                                                  \
	X(DECLINE, "declined")                                                                                 \
	X(MERGE, "merged")                                                                                     \
	X(SPLIT, "split")                                                                                      \
	X(ASK, "asked")                                                                                        \
	X(RATE_GOOD, "rated good")                                                                             \
	X(RATE_FAIR, "rated fair")                                                                             \
	X(RATE_BAD, "rated bad")                                                                               \
	X(CLOSE, "closed")                                                                                     \
	X(REOPEN, "reopened")                                                                                  \
	X(WORDS, "more words")                                                                                 \
	X(WITHDRAW, "withdrawn")                                                                               \
	X(UNDO, "undone")                                                                                      \
	X(DELIBERATE, "to the agenda")                                                                         \
	X(NOTE, "note")

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

/* How somebody stands to a case, as bits. X(identifier, "word") */
#define CASE_STANDINGS(X)                                                                                      \
	X(REPORTER, "reporter")                                                                                \
	X(SUPPORTER, "supporter")                                                                              \
	X(ASSIGNEE, "assignee")                                                                                \
	X(GRID, "grid worker")      /* of its grid or one above, or a duty officer there */                    \
	X(HEAD, "building head")    /* of its building */                                                      \
	X(DEPARTMENT, "department") /* the one that it was given to */                                         \
	X(SECRETARY, "secretary")                                                                              \
	X(MEDIATOR, "mediator")   /* of a private one, which nobody else touches */                            \
	X(MEETING, "the meeting") /* what it decided is entered by the secretary */                            \
	X(BOX, "the box")         /* time, routes */
enum case_standing_bit {
#define X(id, name) STANDING_INDEX_##id,
	CASE_STANDINGS(X)
#undef X
	    STANDING_COUNT
};
#define STANDING(id) (1u << STANDING_INDEX_##id)
const char *case_standing_name(int index);

unsigned case_who(enum case_event ev); /* standings that may */
bool case_may(enum case_event ev, unsigned standing);
/* It is wide or final: a code goes to the sender's phone first, since a number can be forged. */
bool case_needs_code(enum case_event ev);
/* A person who is to settle it does this: what ends the time to the first human. */
bool case_by_hand(enum case_event ev);

/* Who hears of a step. X(identifier, "word"). The first of them that a phone belongs to counts. */
#define CASE_PARTIES(X)                                                                                        \
	X(ASSIGNEE, "assignee") /* who has it after the step */                                                \
	X(FORMER, "who had it") /* … before, when that is somebody else */                                   \
	X(ABOVE, "level above") /* the workers of the grid above */                                            \
	X(SECRETARY, "secretary")                                                                              \
	X(REPORTER, "reporter")                                                                                \
	X(SUPPORTERS, "supporters")                                                                            \
	X(KEEPER, "who has the other") /* the case that it was merged into */
enum case_party {
#define X(id, name) PARTY_##id,
	CASE_PARTIES(X)
#undef X
	    PARTY_COUNT
};
const char *case_party_name(enum case_party p);
/* The reply text by which this party hears of the step; NULL: it does not. */
const char *case_tells(enum case_event ev, enum case_party p);
bool case_is_told(enum case_event ev); /* anybody hears of it */

bool case_open(enum case_state s); /* before resolved */
const char *case_state_name(enum case_state s);
int case_state_find(const char *name); /* or -1 */
const char *case_event_entry(enum case_event ev);
int case_event_find(const char *entry); /* or -1 */

#define CASE_LEVELS 3 /* the grid, the community, the street */

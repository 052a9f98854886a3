#include "civic/case_life.h"
#include "base/text.h"

struct step {
	signed char next[CASE_STATE_COUNT];
	unsigned who;
	bool code;
	const char *tell[PARTY_COUNT];
};

/* Who settles it: those it was given to, those whose grid it lies in, the secretary; of a private one the mediator. */
#define HANDS                                                                                                  \
	(STANDING(ASSIGNEE) | STANDING(GRID) | STANDING(DEPARTMENT) | STANDING(SECRETARY) | STANDING(MEDIATOR))
/* A private matter is never passed to others. */
#define PUBLIC (HANDS & ~STANDING(MEDIATOR))
#define HOLDER (STANDING(ASSIGNEE) | STANDING(DEPARTMENT) | STANDING(SECRETARY) | STANDING(MEDIATOR))
#define LOCALS (HANDS | STANDING(HEAD))
#define DESK   STANDING(SECRETARY)
#define VOICE  STANDING(REPORTER)
#define VOICES (VOICE | STANDING(SUPPORTER))
#define BOX    STANDING(BOX)

#define no CASE_REFUSED
#define __ CASE_STAYS
#define RC CASE_RECEIVED
#define VF CASE_VERIFIED
#define AS CASE_ASSIGNED
#define IP CASE_IN_PROGRESS
#define RS CASE_RESOLVED
#define CF CASE_CONFIRMED
#define CL CASE_CLOSED
#define MG CASE_MERGED
#define RJ CASE_REJECTED

#define FREELY false
#define CODE   true

#define EV(id, rec, ver, ass, inp, res, con, clo, mer, rej, by, with, ...)                                     \
	[CASE_EV_##id] = {{rec, ver, ass, inp, res, con, clo, mer, rej}, by, with, {__VA_ARGS__}}
#define ASSIGNEE(key)   [PARTY_ASSIGNEE] = (key)
#define FORMER(key)     [PARTY_FORMER] = (key)
#define ABOVE(key)      [PARTY_ABOVE] = (key)
#define SECRETARY(key)  [PARTY_SECRETARY] = (key)
#define REPORTER(key)   [PARTY_REPORTER] = (key)
#define SUPPORTERS(key) [PARTY_SUPPORTERS] = (key)
#define KEEPER(key)     [PARTY_KEEPER] = (key)
#define NOBODY          NULL

/* A table is read by its columns: from which state a step leads where, who may take it, whether a code is wanted, who
 * hears of it. A merged case lives on in the other one: it can be split off again, and nothing else. Nobody but who
 * raised it says that it is confirmed. */
/* clang-format off */
static const struct step life[CASE_EVENT_COUNT] = {
/*                  rec  ver  ass  inp  res  con  clo  mer  rej   who may        code  */
    EV(VERIFY,      VF,  __,  __,  __,  no,  no,  no,  no,  no,   LOCALS,        FREELY, NOBODY),
    EV(UNTRUE,      __,  __,  __,  __,  no,  no,  no,  no,  no,   LOCALS,        FREELY, SECRETARY("news.untrue")),
    EV(ASSIGN,      AS,  AS,  AS,  AS,  no,  no,  no,  no,  no,   DESK | BOX,    FREELY, ASSIGNEE("news.assigned"), FORMER("news.moved")),
    EV(TRANSFER,    AS,  AS,  AS,  AS,  no,  no,  no,  no,  no,   PUBLIC,        FREELY, ASSIGNEE("news.assigned"), FORMER("news.moved")),
    EV(TAKE,        IP,  IP,  IP,  __,  no,  no,  no,  no,  no,   HANDS,         FREELY, FORMER("news.moved"), REPORTER("news.taken"), SUPPORTERS("news.taken")),
    EV(EXTEND,      __,  __,  __,  __,  no,  no,  no,  no,  no,   HANDS,         FREELY, ASSIGNEE("news.longer"), REPORTER("news.extended")),
    EV(REQUEST,     __,  __,  __,  __,  no,  no,  no,  no,  no,   HANDS,         FREELY, SECRETARY("news.request")),
    /* who raised it is not told but asked: "is it fixed?" */
    EV(RESOLVE,     RS,  RS,  RS,  RS,  __,  no,  no,  no,  no,   HANDS,         FREELY, SUPPORTERS("news.resolved")),
    EV(RETURN,      __,  RC,  RC,  RC,  no,  no,  no,  no,  no,   HOLDER,        FREELY, SECRETARY("news.returned")),
    /* a matter that a level cannot settle goes to the level above: to somebody there, or to whoever the secretary finds */
    EV(ESCALATE,    __,  RC,  RC,  RC,  no,  no,  no,  no,  no,   PUBLIC,        FREELY, FORMER("news.moved"), SECRETARY("news.escalated"), REPORTER("news.higher"), SUPPORTERS("news.higher")),
    EV(SUMMON,      AS,  AS,  AS,  AS,  no,  no,  no,  no,  no,   PUBLIC,        FREELY, ASSIGNEE("news.summoned"), FORMER("news.moved"), REPORTER("news.higher"), SUPPORTERS("news.higher")),
    EV(OVERDUE,     __,  __,  __,  __,  no,  no,  no,  no,  no,   BOX,           FREELY, ASSIGNEE("news.overdue")),
    EV(SUPERVISE,   __,  __,  __,  __,  no,  no,  no,  no,  no,   DESK | BOX,    FREELY, ASSIGNEE("news.supervised"), ABOVE("news.late"), SECRETARY("news.late")),
    EV(REJECT,      RJ,  RJ,  RJ,  RJ,  no,  no,  no,  no,  no,   HOLDER,        CODE,   ASSIGNEE("news.ended"), REPORTER("news.rejected"), SUPPORTERS("news.rejected")),
    /* a meeting did not adopt it: who raised or supports it hears of all that was decided in one text (verdict.h) */
    EV(DECLINE,     RJ,  RJ,  RJ,  RJ,  no,  no,  no,  no,  no,   STANDING(MEETING), FREELY, ASSIGNEE("news.ended")),
    EV(MERGE,       MG,  MG,  MG,  MG,  MG,  no,  no,  no,  no,   PUBLIC,        FREELY, ASSIGNEE("news.merged"), REPORTER("news.merged"), SUPPORTERS("news.merged"), KEEPER("news.joined")),
    EV(SPLIT,       __,  __,  __,  __,  __,  no,  no,  RC,  no,   PUBLIC,        FREELY, NOBODY),
    EV(ASK,         no,  no,  no,  no,  __,  no,  no,  no,  no,   BOX,           FREELY, NOBODY),
    EV(RATE_GOOD,   no,  no,  no,  no,  CF,  __,  __,  no,  no,   VOICE,         FREELY, NOBODY),
    EV(RATE_FAIR,   no,  no,  no,  no,  CF,  __,  __,  no,  no,   VOICE,         FREELY, NOBODY),
    /* whoever has the same trouble says that it is still there */
    EV(RATE_BAD,    no,  no,  no,  no,  IP,  IP,  IP,  no,  no,   VOICES,        FREELY, ASSIGNEE("news.reopened"), SECRETARY("news.unhappy"), REPORTER("news.again")),
    EV(CLOSE,       CL,  CL,  CL,  CL,  CL,  CL,  __,  no,  CL,   DESK | BOX,    FREELY, NOBODY),
    EV(REOPEN,      no,  no,  no,  no,  IP,  IP,  IP,  no,  RC,   DESK | BOX,    FREELY, ASSIGNEE("news.reopened"), REPORTER("news.again"), SUPPORTERS("news.again")),
    EV(WORDS,       __,  __,  __,  __,  __,  __,  __,  __,  __,   VOICE,         FREELY, ASSIGNEE("news.words")),
    EV(WITHDRAW,    CL,  CL,  CL,  CL,  no,  no,  no,  no,  no,   VOICE,         FREELY, ASSIGNEE("news.withdrawn")),
    /* the state before comes back from what UNDO remembers */
    EV(UNDO,        __,  __,  __,  __,  __,  __,  __,  __,  __,   VOICE | HANDS, FREELY, ASSIGNEE("news.assigned"), FORMER("news.moved")),
    EV(DELIBERATE,  __,  __,  __,  __,  __,  __,  __,  no,  no,   DESK | BOX,    FREELY, NOBODY),
    EV(NOTE,        __,  __,  __,  __,  __,  __,  __,  __,  __,   LOCALS,        FREELY, NOBODY),
};
/* clang-format on */

int case_next(enum case_state from, enum case_event ev)
{
	return life[ev].next[from];
}

unsigned case_who(enum case_event ev)
{
	return life[ev].who;
}

bool case_may(enum case_event ev, unsigned standing)
{
	return (life[ev].who & standing) != 0;
}

bool case_needs_code(enum case_event ev)
{
	return life[ev].code;
}

bool case_by_hand(enum case_event ev)
{
	return life[ev].who & STANDING(SECRETARY) && !(life[ev].who & STANDING(REPORTER));
}

const char *case_tells(enum case_event ev, enum case_party p)
{
	return life[ev].tell[p];
}

bool case_is_told(enum case_event ev)
{
	for (int p = 0; p < PARTY_COUNT; p++)
		if (life[ev].tell[p])
			return true;
	return false;
}

bool case_open(enum case_state s)
{
	return s == CASE_RECEIVED || s == CASE_VERIFIED || s == CASE_ASSIGNED || s == CASE_IN_PROGRESS;
}

/* ------------------------------------------------------------------------------------------------ names */

static const char *const state_names[CASE_STATE_COUNT] = {
#define X(id, name) [CASE_##id] = name,
    CASE_STATES(X)
#undef X
};

static const char *const event_entries[CASE_EVENT_COUNT] = {
#define X(id, name) [CASE_EV_##id] = name,
    CASE_EVENTS(X)
#undef X
};

const char *case_state_name(enum case_state s)
{
	return state_names[s];
}

int case_state_find(const char *name)
{
	return text_index(state_names, CASE_STATE_COUNT, name);
}

const char *case_event_entry(enum case_event ev)
{
	return event_entries[ev];
}

int case_event_find(const char *entry)
{
	return text_index(event_entries, CASE_EVENT_COUNT, entry);
}

const char *case_standing_name(int index)
{
	static const char *const names[STANDING_COUNT] = {
#define X(id, name) [STANDING_INDEX_##id] = name,
	    CASE_STANDINGS(X)
#undef X
	};
	return names[index];
}

const char *case_party_name(enum case_party p)
{
	static const char *const names[PARTY_COUNT] = {
#define X(id, name) [PARTY_##id] = name,
	    CASE_PARTIES(X)
#undef X
	};
	return names[p];
}

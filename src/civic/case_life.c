#include "civic/case_life.h"

#include <string.h>

#define NO   CASE_REFUSED
#define STAY CASE_STAYS

/* A table is read by its columns. */
/* clang-format off */
/* A merged case lives on in the other one: it can be split off again, and nothing else. */
static const signed char life[CASE_STATE_COUNT][CASE_EVENT_COUNT] = {
#define ROW(state, verify, assign, take, resolve, ret, escalate, reject, merge, split, reopen, good, fair, bad, close,  \
            withdraw, note, extend, deliberate)                                                                        \
	[CASE_##state] = {verify, assign, take, resolve, ret, escalate, reject, merge, split, reopen, good, fair, bad,  \
	                  close, withdraw, note, extend, deliberate}
#define RC CASE_RECEIVED
#define VF CASE_VERIFIED
#define AS CASE_ASSIGNED
#define IP CASE_IN_PROGRESS
#define RS CASE_RESOLVED
#define CF CASE_CONFIRMED
#define CL CASE_CLOSED
#define MG CASE_MERGED
#define RJ CASE_REJECTED
    /*               ver   ass take res  ret   esc   rej  mer  spl  reo  good  fair bad  clo  wit  note  ext   del */
    ROW(RECEIVED,    VF,   AS, IP,  RS,  STAY, STAY, RJ,  MG,  STAY, NO,  NO,   NO,  NO,  CL,  CL,  STAY, STAY, STAY),
    ROW(VERIFIED,    STAY, AS, IP,  RS,  RC,   STAY, RJ,  MG,  STAY, NO,  NO,   NO,  NO,  CL,  CL,  STAY, STAY, STAY),
    ROW(ASSIGNED,    STAY, AS, IP,  RS,  RC,   RC,   RJ,  MG,  STAY, NO,  NO,   NO,  NO,  CL,  CL,  STAY, STAY, STAY),
    ROW(IN_PROGRESS, STAY, AS, IP,  RS,  RC,   RC,   RJ,  MG,  STAY, NO,  NO,   NO,  NO,  CL,  CL,  STAY, STAY, STAY),
    ROW(RESOLVED,    NO,   NO, NO,  STAY, NO,   NO,   NO,  MG,  STAY, IP,  CF,   CF,  IP,  CL,  NO,  STAY, NO,   STAY),
    ROW(CONFIRMED,   NO,   NO, NO,  NO,  NO,   NO,   NO,  NO,  NO,   IP,  STAY, STAY, IP, CL,  NO,  STAY, NO,   STAY),
    ROW(CLOSED,      NO,   NO, NO,  NO,  NO,   NO,   NO,  NO,  NO,   IP,  STAY, STAY, IP, STAY, NO, STAY, NO,   STAY),
    ROW(MERGED,      NO,   NO, NO,  NO,  NO,   NO,   NO,  NO,  RC,   NO,  NO,   NO,  NO,  NO,  NO,  STAY, NO,   NO),
    ROW(REJECTED,    NO,   NO, NO,  NO,  NO,   NO,   NO,  NO,  NO,   RC,  NO,   NO,  NO,  CL,  NO,  STAY, NO,   NO),
#undef ROW
#undef RC
#undef VF
#undef AS
#undef IP
#undef RS
#undef CF
#undef CL
#undef MG
#undef RJ
};
/* clang-format on */

int case_next(enum case_state from, enum case_event ev)
{
	return life[from][ev];
}

bool case_open(enum case_state s)
{
	return s == CASE_RECEIVED || s == CASE_VERIFIED || s == CASE_ASSIGNED || s == CASE_IN_PROGRESS;
}

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
	for (int i = 0; i < CASE_STATE_COUNT; i++)
		if (!strcmp(state_names[i], name))
			return i;
	return -1;
}

const char *case_event_entry(enum case_event ev)
{
	return event_entries[ev];
}

int case_hours(enum category c, bool urgent)
{
	if (urgent)
		return 2;
	static const int hours[CATEGORY_COUNT] = {
	    [CATEGORY_LIGHTING] = 24, [CATEGORY_WATER] = 8,     [CATEGORY_POWER] = 8,
	    [CATEGORY_GAS] = 4,       [CATEGORY_SEWAGE] = 16,   [CATEGORY_GARBAGE] = 16,
	    [CATEGORY_NOISE] = 24,    [CATEGORY_PARKING] = 40,  [CATEGORY_ELEVATOR] = 8,
	    [CATEGORY_ROAD] = 40,     [CATEGORY_GREENING] = 40, [CATEGORY_SAFETY] = 8,
	    [CATEGORY_PROPERTY] = 40, [CATEGORY_DISPUTE] = 40,  [CATEGORY_ELDERLY] = 8,
	    [CATEGORY_PETS] = 24,     [CATEGORY_OTHER] = 40,
	};
	return hours[c];
}

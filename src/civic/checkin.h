/* "Are you well?" to people who live alone: when it is asked, and what silence leads to. Pure. */
#pragma once

#include "base/clock.h"

/* X(identifier, "word in the database") */
#define CHECKIN_STATES(X)                                                                                      \
	X(ASKED, "asked")   /* the person was texted */                                                        \
	X(BUDDY, "buddy")   /* … and was silent: the neighbour was */                                        \
	X(CALLED, "called") /* … and was silent, too: officers and grid worker were called */                \
	X(WELL, "well")                                                                                        \
	X(HELP, "help")       /* the answer was a call for help */                                             \
	X(SKIPPED, "skipped") /* could not be asked; the secretary was told */

enum checkin_state {
#define X(id, name) CHECKIN_##id,
	CHECKIN_STATES(X)
#undef X
	    CHECKIN_STATE_COUNT
};
const char *checkin_state_name(enum checkin_state s);
int checkin_state_find(const char *name); /* or -1 */

struct checkin_plan {
	int at_minute; /* of the local day */
	unsigned days; /* bit 0 Sunday */
	int grace_s;   /* silence that long is one */
	int64_t paused_until_utc;
	int64_t since_utc; /* laid out then: a moment before that was none of its */
};

enum checkin_due { CHECKIN_NOT_YET, CHECKIN_ASK, CHECKIN_MISSED };
/* Of a plan that has not been seen to today. *ret_next_utc: look again then. A box that was off asks later the same day,
 * unless the silence would last into the quiet hours: then it is missed, and the secretary is told. */
enum checkin_due checkin_due(const struct checkin_plan *p, const struct day_window *quiet, bool done_today,
			     int64_t now, int64_t *ret_next_utc);
/* Is there time for silence to be one before the quiet hours begin? For who lays out a plan. */
bool checkin_fits(const struct checkin_plan *p, const struct day_window *quiet);

/* What follows on silence in a state; `buddy`: there is a neighbour who can be texted. Itself: nothing. */
enum checkin_state checkin_silence(enum checkin_state s, bool buddy);
/* How long the neighbour has. */
int checkin_buddy_s(int grace_s);

/* Is a text nothing but "got it"? That is no news of the person. */
bool checkin_only_received(const char *words);

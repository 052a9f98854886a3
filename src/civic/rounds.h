/* When the texts around a meeting go out: invitation, reminder to who has not answered, last call to who comes.
 * A round whose moment lies in the quiet hours goes out before they begin; nothing goes out so late that it
 * could arrive after the meeting began; a box that was off does not send in one heap what it missed. Pure. */
#pragma once

#include "base/clock.h"

/* X(identifier, "name") */
#define ROUNDS(X) X(INVITE, "invite") X(REMIND, "remind") X(LAST_CALL, "last_call")

enum round {
#define X(id, name) ROUND_##id,
	ROUNDS(X)
#undef X
	    ROUND_COUNT
};
const char *round_name(enum round r);

struct round_config {
	int64_t before_s[ROUND_COUNT]; /* ahead of the start; 0: this round is off */
	struct day_window quiet;
};

struct round_state {
	int64_t starts_utc;
	int64_t done_utc[ROUND_COUNT]; /* 0: not yet */
};

struct round_plan {
	int due;                /* enum round to send now, or −1 */
	bool skip[ROUND_COUNT]; /* rounds to be marked as done without a text */
	int64_t next_utc;       /* look again then; INT64_MAX: never */
	int64_t not_after_utc;  /* of the texts of `due` */
};

void rounds_plan(const struct round_state *m, const struct round_config *c, int64_t now,
		 struct round_plan *ret);

/* The moment of one round, moved before the quiet hours where it would fall inside. */
int64_t round_time(const struct round_state *m, const struct round_config *c, enum round r);

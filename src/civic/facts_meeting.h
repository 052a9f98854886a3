/* Facts about meetings beyond which ones are to come (facts.h: meetings). Strings are "" when unknown. */
#pragma once

#include "civic/verdict.h"

#define ATTENDANCE_EARLY_S HOUR_S          /* the code is taken from so long before the start … */
#define ATTENDANCE_LATE_S  (30 * MINUTE_S) /* … until so long after the end: meetings run over */
#define ATTENDANCE_SEEN_S  (7 * DAY_S)     /* a code of so long ago is still told from a wrong one */

/* On whose agenda a new proposal of this sender comes. */
struct agenda_fact {
	int64_t starts_utc; /* 0: none is planned */
	bool later;         /* an earlier one's agenda is fixed or full already */
};

/* What of a matter meetings are about to do and have done. */
struct item_fact {
	int64_t starts_utc; /* of the coming meeting that has it on its agenda, 0 none */
	int verdict;        /* enum verdict of the last meeting whose minutes are closed, VERDICT_NONE */
	int64_t until_utc;  /* 0 none */
};

/* The meeting of the code that was texted. */
struct attendance_fact {
	int64_t meeting; /* 0: no meeting has this code */
	int64_t starts_utc, ends_utc;
	bool cancelled;
	char place[96];
};

struct meeting_facts {
	struct agenda_fact agenda;
	struct item_fact item;
	struct attendance_fact attendance;
};

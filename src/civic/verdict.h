/* What a meeting can decide on an item of its agenda (PARTICIPATION section 6): one table says what follows for the case, what
 * the secretary must say with it, and what those who raised or supported it are told. Pure. */
#pragma once

#include "civic/case_life.h"

/* X(identifier, "word in the database, in JSON and at the desk") */
#define VERDICTS(X)                                                                                            \
	X(ADOPTED, "adopted")                                                                                  \
	X(ASSIGNED, "assigned")                                                                                \
	X(VOTE, "vote")                                                                                        \
	X(POSTPONED, "postponed")                                                                              \
	X(DECLINED, "declined")

enum verdict {
#define X(id, name) VERDICT_##id,
	VERDICTS(X)
#undef X
	    VERDICT_COUNT
};

#define VERDICT_NONE (-1)

struct verdict_info {
	const char *word;
	int at_once;        /* enum case_event when it is decided, VERDICT_NONE: none … */
	int with_person;    /* … and when somebody is named who sees to it */
	int at_closing;     /* … and when the minutes are closed: what hurts is not said before it is sure */
	bool wants_person;  /* it goes to somebody of the registry */
	bool wants_reason;  /* whoever raised it is told why */
	bool stays;         /* it comes back on the next agenda by itself */
	bool project;       /* followed until it is done */
	const char *result; /* key of the sentence that those concerned are told afterwards */
	const char *status; /* key of the word for "6 n" */
};
const struct verdict_info *verdict_info(enum verdict v);
int verdict_find(const char *word); /* VERDICT_NONE: no such */

/* What a project has come to, for a later meeting. */
enum project_state { PROJECT_IN_HAND, PROJECT_LATE, PROJECT_DONE, PROJECT_GIVEN_UP, PROJECT_STATE_COUNT };
const char *project_state_name(enum project_state s);
enum project_state project_state(enum case_state s, int64_t until_utc, int64_t now);

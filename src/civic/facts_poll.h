/* What is known of the poll that a text may mean, as the sender stands to it. A member of struct facts. */
#pragma once

#include "base/e164.h"

#include <stdbool.h>
#include <stdint.h>

#define POLL_OPTIONS_MIN  2
#define POLL_OPTIONS_MAX  8  /* 9 is always the call for help, 0 the menu */
#define POLL_OPTION_MAX   64 /* bytes of an option's text, with NUL */
#define POLL_QUESTION_MAX 256

#define POLL_CHANGE_S (30 * 60) /* after a vote a bare digit still means it, when nothing else was asked */
#define POLL_LATE_S   (7 * 24 * 3600) /* so long after its close a vote is told to be late, not unasked for */

/* X(identifier, "name") */
#define POLL_STATES(X) X(PLANNED, "planned") X(OPEN, "open") X(CLOSED, "closed") X(CANCELLED, "cancelled")

enum poll_state {
#define X(id, name) POLL_##id,
	POLL_STATES(X)
#undef X
	    POLL_STATE_COUNT
};

struct poll_fact {
	int64_t id; /* 0: none */
	enum poll_state state;
	char question[POLL_QUESTION_MAX];
	char options[POLL_OPTIONS_MAX][POLL_OPTION_MAX];
	int option_count;
	int64_t opens_utc, closes_utc, ended_utc;
	int matter; /* the case that it is about, 0 none */
	bool secret, household;
	bool sealed;          /* what a secret one is told can be kept secret: the private file is usable */
	bool entitled;        /* the sender may vote */
	int64_t voted_utc;    /* when this phone's vote that counts came in, 0: none */
	int option;           /* it; 0: none, or secret */
	char other[E164_MAX]; /* household: another phone of it whose vote counts now, "" none */
};

struct polls_fact {
	char line[POLL_OPTIONS_MAX * POLL_OPTION_MAX]; /* "1赞成 2反对 3弃权" */
	int meant;             /* option of `poll` that the words mean, 0: none of them */
	bool late;             /* it was written after the close */
	struct poll_fact poll; /* that is meant, else id 0 */
	int open;              /* polls that are open to this phone */
	int elsewhere;         /* … and to others only */
};

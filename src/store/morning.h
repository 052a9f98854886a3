/* What a secretary wants to know in the morning: what happened since work ended, what waits for a person, who has what is
 * overdue, how the next meeting stands, how fast people hear from a human. Everything is bounded and comes of an index. */
#pragma once

#include "civic/figures.h"
#include "store/store.h"

#define MORNING_ROWS 8 /* of each list; `more` counts what is beyond */

struct morning_count {
	char name[64];
	int64_t id, count; /* id: person, 0 nobody */
};

struct morning {
	/* since `since_utc` */
	int64_t texts, calls, cases, settled, help, failed, yes, no;
	int numbers[MORNING_ROWS]; /* of the new cases, the newest first; private ones not */
	int number_count;
	/* what waits */
	struct morning_count chores[MORNING_ROWS]; /* name: the kind */
	int chore_kinds;
	int64_t untaken;   /* open cases that nobody has */
	int64_t approvals; /* broadcasts that wait for a second person */
	/* open past the deadline, by who has it, most first */
	struct morning_count late[MORNING_ROWS];
	int late_count;
	int64_t late_more;         /* cases of the others */
	int64_t meeting;           /* the next one, 0 none */
	struct spread first_human; /* of the last `days`; owned: morning_done */
	struct share heard;        /* how many were heard, of how many */
};
int morning_look(struct store *s, int64_t since_utc, int days, int64_t now_utc, struct morning *ret);
void morning_done(struct morning *m);

/* Broadcasts that are not over: waiting, queued, paused. Ids, the oldest first, at most `max`; the count or -errno. */
int morning_broadcasts(struct store *s, int64_t *ret, int max);

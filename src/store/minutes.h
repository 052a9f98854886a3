/* What meetings decide, item by item (civic/verdict.h says what follows), the minutes that make it final, and what became of
 * the projects. Writers need the caller's transaction. */
#pragma once

#include "civic/verdict.h"
#include "store/audience.h"
#include "store/meeting.h"
#include "store/poll.h"

#define MINUTES_CLOSE_S                                                                                        \
	DAY_S /* so long after the end the minutes close by themselves, when something was decided */

struct verdict_new {
	enum verdict verdict;
	int64_t person;    /* who sees to it, 0: nobody of the registry */
	const char *who;   /* … as he is called; NULL: none */
	int64_t until_utc; /* deadline; of a vote its close; 0: none */
	const char *note;  /* NULL: none */
	const char
	    *whether; /* of a vote about a trouble: what makes its words a question; NULL: they stand alone */
	struct poll_new
	    poll; /* of a vote: what the caller's options say; question, meeting, matter, audience are filled in here */
};

enum decide_result { DECIDE_DONE, DECIDE_NO_ITEM, DECIDE_CLOSED, DECIDE_CANCELLED, DECIDE_EARLY };
/* Decides an item and the alike ones under it, or corrects what was decided. The case takes its step at once (or when the
 * minutes are closed, by the table); journal of the case, event meeting.decided. -EINVAL: the poll, in `e`. */
int meeting_decide(struct store *s, int64_t meeting, int matter, const struct verdict_new *v,
		   const struct actor *by, int64_t now, enum decide_result *ret, struct err *e);

/* From now on nothing is corrected, and the daemon tells those concerned (`all`: everybody invited as well). What was not decided is
 * postponed. -EALREADY: they are closed; -ENOENT: cancelled, or not begun yet. */
int minutes_close(struct store *s, int64_t meeting, bool all, const struct actor *by, int64_t now);
/* Closes those that nobody closed in time; *ret_next is lowered. */
int minutes_close_late(struct store *s, int64_t now, int64_t *ret_next);

/* Meetings whose results are not told to everybody yet; the count. */
int results_pending(struct store *s, int64_t *ret, int max);
/* Who is still to hear the results of this meeting, in a fixed order, at most `max`: who raised or supports an item, and (`all`)
 * who was invited. */
int results_audience(struct store *s, int64_t meeting, struct audience_row *ret, int max);
/* Results went to all up to this number; NULL: to everybody. */
int results_told(struct store *s, int64_t meeting, const char *number, int64_t now);
/* Numbers of the items of this meeting that a phone raised or supports, ascending; the count. */
int results_own(struct store *s, int64_t meeting, const char *number, int *ret, int max);

struct project {
	int64_t meeting, adopted_utc, until_utc, person, done_utc;
	int matter;
	const char *title; /* "" for a dispute */
	const char *who, *grid, *note;
	enum category category;
	enum project_state state;
};
/* Adopted items, the oldest first; `grid`: subtree or NULL. */
int project_list(struct store *s, const char *grid, int64_t now, int (*row)(void *ctx, const struct project *p),
		 void *ctx);
/* What a meeting looks back at: projects of earlier meetings of its grid that were done since the last one, or are late. */
int project_review(struct store *s, int64_t meeting, int64_t now,
		   int (*row)(void *ctx, const struct project *p), void *ctx);

/* Meeting series, meetings, their agenda, invitations and answers. Writers need the caller's transaction. */
#pragma once

#include "store/agenda.h"
#include "store/meeting_roll.h"

#define MEETING_AHEAD_DAYS 35 /* how far a series is laid out as meetings */

/* What recurs, here or in a roster: -EINVAL with a sentence in `e` when the rule, a date or the grid is wrong. */
int recurrence_check(struct store *s, const char *grid, const char *rrule, const char *start_local,
		     const char *exdates, struct err *e);

struct series_new {
	const char *grid, *title, *place; /* title may be NULL */
	const char *rrule;                /* RFC 5545, without "RRULE:" */
	const char *start_local;          /* DTSTART "2026-11-20T15:00:00" */
	const char *exdates;              /* local dates "2026-12-25" separated by blanks, or NULL */
	const char *audience;             /* roles separated by blanks; NULL or "": everybody of the grid */
	int minutes;                      /* 0: 60 */
};
/* -EINVAL with a sentence in `e`: the rule, a date or the grid is wrong. Meetings are laid out at once up to
 * `now` + MEETING_AHEAD_DAYS. */
int series_add(struct store *s, const struct series_new *n, int64_t now, int64_t *ret_id, struct err *e);
int series_end(struct store *s, int64_t id, int64_t now); /* planned meetings are cancelled */
/* Adds dates on which the series does not meet; planned meetings on them are cancelled. */
int series_except(struct store *s, int64_t id, const char *exdates, int64_t now, struct err *e);

struct series {
	int64_t id;
	const char *grid, *title, *rrule, *start_local, *exdates, *place, *audience;
	int minutes;
	int64_t next_utc;  /* of its next meeting, 0: none laid out */
	int64_t ended_utc; /* 0: goes on */
};
int series_list(struct store *s, const char *grid, int64_t now, int (*row)(void *ctx, const struct series *r),
		void *ctx);

/* Lays out the meetings of all series between now and now + MEETING_AHEAD_DAYS; those which a changed rule no
 * longer has and to which nobody was invited are cancelled. `holidays`: local dates on which no series meets,
 * or NULL. */
int series_lay_out(struct store *s, const char *holidays, int64_t now);

enum meeting_state { MEETING_PLANNED, MEETING_INVITED, MEETING_HELD, MEETING_CANCELLED };
const char *meeting_state_name(enum meeting_state st);

struct meeting {
	int64_t id, series;
	const char *grid, *title, *place, *code;
	const char *audience; /* roles that are invited, separated by blanks; "": everybody of the grid */
	int64_t starts_utc, ends_utc, moved_from;
	int64_t invited_utc, reminded_utc, last_call_utc, frozen_utc; /* 0: not yet */
	enum meeting_state state;
	int agenda_items, yes, no, people, unanswered; /* unanswered: invited and silent */
	int attended, guests, heads;   /* phones that came, people without a name, all with their companions */
	int64_t minutes_utc, told_utc; /* 0: not closed yet; results not told to everybody yet */
};

struct meeting_filter {
	const char *grid;             /* subtree or NULL */
	const char *state;            /* name or NULL */
	int64_t since_utc, until_utc; /* starts in [since, until); INT64_MIN / INT64_MAX all */
	long limit;                   /* 0 all */
};
/* In the order of their starts. Strings are valid during the callback. */
int meeting_list(struct store *s, const struct meeting_filter *f,
		 int (*row)(void *ctx, const struct meeting *m), void *ctx);
int meeting_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct meeting *m),
		void *ctx); /* -ENOENT */

/* Who was invited or comes is told by the daemon at its next tick. -ENOENT: not there, held or cancelled
 * already. `reason`: words for residents, or NULL. */
int meeting_cancel(struct store *s, int64_t id, const char *reason, const struct actor *by, int64_t now);
/* Another time or place: a new meeting takes the place of this one, with its answers (a "no" is asked again), invitations and
 * agenda; who was invited is told by the daemon at its next tick. `place` NULL: the same. -ENOENT as above. */
int meeting_move(struct store *s, int64_t id, int64_t starts_utc, const char *place, const char *note,
		 const struct actor *by, int64_t now, int64_t *ret_id);

/* The next meeting that is not cancelled: starts_utc or 0. */
int meeting_next(struct store *s, int64_t now, int64_t *ret_utc);

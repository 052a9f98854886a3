/* Duty lists with their absences, and calls for help on their way up the ladder of civic/duty.h: the last rung, who was
 * told, who took it and after how long. Writers need a transaction. */
#pragma once

#include "base/clock.h"
#include "civic/duty.h"
#include "civic/facts.h"
#include "store/store.h"

#define DUTY_CANDIDATES 96
#define DUTY_BELOW      50  /* distance of the grids below the place, behind all that are above it */
#define DUTY_WORDS      280 /* characters that are kept of a call; further calls add no more */

struct duty_entry {
	int64_t id, person;
	int position;             /* 1 … */
	struct day_window window; /* 0 to 1440: the whole day */
	bool now;                 /* on duty at the time asked for */
	int64_t absent_until_utc; /* of an absence that lasts then, 0: none */
	const char *grid, *name,
	    *number; /* borrowed until the callback returns; number "" when there is none */
};
/* -EINVAL: no such grid; -ENOENT: no such person. `position` 0: behind the last. */
int duty_add(struct store *s, const char *grid, int64_t person, int position, const struct day_window *w,
	     int64_t *ret_id);
int duty_remove(struct store *s, int64_t id); /* -ENOENT */
/* By grid and position; `grid` NULL: all, else its subtree. A callback's non-zero ends the walk and is returned. */
int duty_list(struct store *s, const char *grid, int64_t now, int (*row)(void *ctx, const struct duty_entry *e),
	      void *ctx);
int duty_absent(struct store *s, int64_t person, int64_t from_utc, int64_t until_utc);
int duty_back(struct store *s, int64_t person, int64_t now); /* ends what lasts or comes */
/* Is there nobody at all to be called before the secretaries? */
int duty_empty(struct store *s, bool *ret);

/* Who may be called for help in a grid (NULL or "": unknown, anybody), nearest first; `but`: not this phone. `matter`: of
 * this call, `told` is filled. The count, or -errno. */
int duty_candidates(struct store *s, const char *grid, const char *but, int matter, int64_t now,
		    struct duty_candidate ret[DUTY_CANDIDATES]);

struct duty_call {
	int matter; /* 0: none */
	char caller[E164_MAX];
	int64_t called_utc, rung_utc, acked_utc, acked_person;
	int rung, seconds; /* seconds: until somebody took it, −1 nobody has */
	bool waiting;
	char acked_number[E164_MAX], acked_name[INTENT_SHORT_MAX];
	char words[INTENT_TEXT_MAX]; /* verbatim, of each call */
};
/* A call begins, or (its caller calls again) waits anew on its first rung. */
int duty_call_begin(struct store *s, int matter, const char *caller, const char *words, int64_t now);
int duty_call_get(struct store *s, int matter, struct duty_call *ret); /* matter 0: there is none */
int duty_call_rung(struct store *s, int matter, int rung, int64_t utc);
/* Somebody took it; *ret_seconds since the call, of the first who did. */
int duty_call_taken(struct store *s, int matter, int64_t person, const char *number, int64_t now,
		    int *ret_seconds);
int duty_call_rest(struct store *s, int matter); /* withdrawn or settled: nobody is called any more */
int duty_call_anew(struct store *s, int matter); /* nobody has it any more: it waits where it was */
/* Calls that wait; at most `max`. */
int duty_calls_waiting(struct store *s, int *ret, int max);

int duty_told_add(struct store *s, int matter, const char *number, int64_t person, int rung, int64_t now);
/* Phones that heard of a call. */
int duty_told(struct store *s, int matter, char (*ret)[E164_MAX], int max);

/* The call that a text of this phone may mean (facts_duty.h); `number` 0: it names none. */
int facts_call(struct store *s, const struct sender *who, int number, int64_t now, struct call_fact *ret);

struct duty_call_row {
	struct duty_call call;
	const char *state, *grid; /* of the case */
	int told;
};
/* The newest first, at most `limit` (0: all). */
int duty_call_list(struct store *s, int64_t since_utc, long limit,
		   int (*row)(void *ctx, const struct duty_call_row *c), void *ctx);

/* Check-ins of people who live alone: the plans, and a round for each day of one. Writers need a transaction. */
#pragma once

#include "civic/checkin.h"
#include "civic/facts.h"
#include "store/store.h"

struct checkin_new {
	int64_t person, buddy; /* buddy 0: none */
	struct checkin_plan plan;
};
/* -ENOENT: no such person or buddy; -EEXIST: this person has a plan. */
int checkin_add(struct store *s, const struct checkin_new *n, int64_t now, int64_t *ret_id);
/* -ENOENT. What waits of it waits no more. */
int checkin_remove(struct store *s, int64_t id, int64_t now);
int checkin_pause(struct store *s, int64_t id, int64_t until_utc); /* 0: it goes on. -ENOENT */

struct checkin_row {
	int64_t id, person, buddy, created_utc;
	struct checkin_plan plan;
	const char *name, *number, *buddy_name,
	    *buddy_number; /* borrowed until the callback returns, "" for none */
	int64_t last_round, last_asked_utc, last_answered_utc; /* 0: none */
	enum checkin_state last_state;
	const char *last_by, *last_day; /* "" */
	int64_t last_matter;
};
/* By id; `id` 0: all that run. A callback's non-zero ends the walk and is returned. */
int checkin_list(struct store *s, int64_t id, int (*row)(void *ctx, const struct checkin_row *c), void *ctx);

struct checkin_round_row {
	int64_t id, asked_utc, answered_utc, matter;
	enum checkin_state state;
	const char *day, *by; /* borrowed */
};
/* The last rounds of a plan, the newest first. */
int checkin_rounds(struct store *s, int64_t plan, long limit,
		   int (*row)(void *ctx, const struct checkin_round_row *r), void *ctx);

/* A day of a plan. */
struct checkin_round {
	int64_t id, plan, person, buddy, asked_utc, until_utc, matter;
	enum checkin_state state;
	int grace_s;
	bool
	    sent; /* the question has left, or never will by a fault of the phone; false: it waits here, or did too long */
	bool expired;
};
int checkin_round_add(struct store *s, int64_t plan, const char *day, enum checkin_state state, int64_t message,
		      int64_t until_utc, int64_t now, int64_t *ret_id);
int checkin_round_get(struct store *s, int64_t id, struct checkin_round *ret); /* -ENOENT */
/* `until_utc` 0: nothing follows. */
int checkin_round_step(struct store *s, int64_t id, enum checkin_state state, int64_t until_utc);
int checkin_round_message(struct store *s, int64_t id, int64_t message);
int checkin_round_called(struct store *s, int64_t id, int matter);
/* Somebody answered, or (by "") the answer is taken back. */
int checkin_round_answered(struct store *s, int64_t id, enum checkin_state state, const char *by, int64_t now);
/* Rounds in which silence lasted until now, at most `max`; *ret_next: when the next one's does. */
int checkin_silent(struct store *s, int64_t now, int64_t *ret, int max, int64_t *ret_next);
/* Rounds of today's that wait for who answers at this phone, asked at or before `heard_utc`; at most `max`. */
int checkin_open(struct store *s, const char *number, int64_t heard_utc, int64_t now, int64_t *ret, int max);

/* The round that words of this phone speak of (facts_duty.h): `plan` 0: the words name none. */
int facts_checkin(struct store *s, const struct sender *who, int64_t plan, int64_t round, int64_t now,
		  struct checkin_fact *ret);

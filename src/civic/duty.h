/* Who is called for help, and who next while nobody takes it: a ladder of a few rungs. The caller keeps for each call the
 * last rung that was climbed and when; nothing here reads a clock, so that a clock that was set and a box that was off make
 * a rung late, never one that is left out or two in one moment. Pure. */
#pragma once

#include "base/e164.h"
#include "rules/intent.h"

#include <stdbool.h>
#include <stdint.h>

enum duty_who {
	DUTY_FIRST, /* on duty now, the first position; else the officers of the nearest grid upwards; else the secretaries */
	DUTY_NEXT, /* … who is next in that order and was not told yet */
	DUTY_ALL,  /* officers, grid workers of the grid, secretaries */
	DUTY_CHORE /* the secretary's list */
};

struct duty_rung {
	enum duty_who who;
	int64_t wait_s; /* after this one before the next is climbed */
};
#define DUTY_RUNGS 5
extern const struct duty_rung duty_ladder[DUTY_RUNGS];

/* The rung that is due after `rung`, climbed at `rung_utc`; −1: none yet, *ret_next_utc says when (INT64_MAX: never). After
 * a long silence of the box all are called at once. */
int duty_due(int rung, int64_t rung_utc, int64_t now, int64_t *ret_next_utc);

/* Somebody who may be called. */
struct duty_candidate {
	int64_t person;
	char number[E164_MAX], name[INTENT_SHORT_MAX];
	int distance; /* steps from the place's grid up to the grid of the duty or the person */
	int position; /* on the duty list and on duty now; 0: not */
	bool officer; /* duty officer, or on a list */
	bool worker;  /* grid worker */
	bool secretary;
	bool absent;
	bool told;
};
/* Marks in `ret` (n flags) who is called; how many. Absent ones only when nobody else is there, and not as the next.
 * One phone is marked once. `worker`: DUTY_FIRST calls the nearest grid workers as well. */
int duty_choose(enum duty_who who, bool worker, const struct duty_candidate *c, int n, bool *ret);

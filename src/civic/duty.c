#include "civic/duty.h"
#include "base/clock.h"

#include <string.h>

const struct duty_rung duty_ladder[DUTY_RUNGS] = {
    {DUTY_FIRST, 10 * MINUTE_S}, {DUTY_NEXT, 10 * MINUTE_S}, {DUTY_ALL, 20 * MINUTE_S},
    {DUTY_ALL, 20 * MINUTE_S},   {DUTY_CHORE, INT64_MAX},
};

#define CLOCK_SET_S DAY_S /* a wait as long as that is a clock that was set */

int duty_due(int rung, int64_t rung_utc, int64_t now, int64_t *ret_next_utc)
{
	*ret_next_utc = INT64_MAX;
	if (rung < 0 || rung >= DUTY_RUNGS - 1)
		return -1;
	int64_t waited = now - rung_utc;
	if (waited < 0 || waited < duty_ladder[rung].wait_s) {
		*ret_next_utc = (waited < 0 ? now : rung_utc) + duty_ladder[rung].wait_s;
		return -1;
	}
	int due = rung + 1;
	if (waited >= CLOCK_SET_S)
		return due;
	for (waited -= duty_ladder[rung].wait_s; duty_ladder[due].who == DUTY_NEXT; due++) {
		if (waited < duty_ladder[due].wait_s)
			break;
		waited -= duty_ladder[due].wait_s;
	}
	return due;
}

#define OFF_DUTY  1000      /* behind all positions of a list */
#define SECRETARY (1 << 24) /* behind all officers */
#define NOBODY    (1 << 30)

/* The order in which people are called, the smallest first. */
static int order(const struct duty_candidate *c)
{
	if (c->officer)
		return c->distance * (2 * OFF_DUTY) + (c->position ? c->position : OFF_DUTY);
	return c->secretary ? SECRETARY : NOBODY;
}

/* The one among those who may be chosen now that comes first: its order, and the distance of the nearest worker. */
struct bounds {
	int first, worker;
};

static bool may(enum duty_who who, const struct duty_candidate *c, bool absent)
{
	return (!c->absent || absent) && !(who == DUTY_NEXT && c->told);
}

static bool wanted(enum duty_who who, bool worker, const struct duty_candidate *c, const struct bounds *b)
{
	switch (who) {
	case DUTY_FIRST:
		if (worker && c->worker && c->distance == b->worker)
			return true;
		return order(c) == b->first && b->first < NOBODY;
	case DUTY_NEXT:
		return order(c) == b->first && b->first < NOBODY;
	case DUTY_ALL:
		return c->officer || c->worker || c->secretary;
	case DUTY_CHORE:
		return false;
	}
	return false;
}

static int mark(enum duty_who who, bool worker, const struct duty_candidate *c, int n, bool absent, bool *ret)
{
	struct bounds b = {NOBODY, NOBODY};
	int count = 0;
	for (int i = 0; i < n; i++) {
		if (!may(who, &c[i], absent))
			continue;
		if (order(&c[i]) < b.first)
			b.first = order(&c[i]);
		if (c[i].worker && c[i].distance < b.worker)
			b.worker = c[i].distance;
	}
	for (int i = 0; i < n; i++) {
		ret[i] = may(who, &c[i], absent) && wanted(who, worker, &c[i], &b);
		for (int k = 0; k < i && ret[i]; k++)
			ret[i] = !(ret[k] && !strcmp(c[k].number, c[i].number));
		count += ret[i];
	}
	return count;
}

int duty_choose(enum duty_who who, bool worker, const struct duty_candidate *c, int n, bool *ret)
{
	int count = mark(who, worker, c, n, false, ret);
	return count || who == DUTY_NEXT ? count : mark(who, worker, c, n, true, ret);
}

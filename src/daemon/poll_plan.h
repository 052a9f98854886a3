/* When a unit is asked next. Pure: monotonic milliseconds in, a moment out.
 *
 * Moments lie on the grid of the poll interval, so that what is read every ten seconds is read together and wakes the box
 * once, and so that a box that slept has nothing to make up for: there is one next moment, never a queue of missed ones.
 * One lost answer is no news: the unit is asked once more after PLAN_RETRY_MS, and only then it counts. From there on it is
 * asked after 1, 2, 4 … intervals, up to a cap. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PLAN_CAP_MS                                                                                            \
	300000 /* a dead unit is asked at least so often; or at its own interval when that is longer */
#define PLAN_SEEN_MS  15000 /* … while somebody looks on */
#define PLAN_RETRY_MS 1000

struct poll_plan {
	int64_t due_ms; /* 0: at once */
	int fails;      /* in a row, that count; 0: it answers */
	bool doubtful;  /* one answer was lost */
};

void plan_answered(struct poll_plan *p, int64_t poll_ms, int64_t now_ms);
/* True: it counts, there are no data. False: it is asked once more first. */
bool plan_failed(struct poll_plan *p, int64_t poll_ms, int64_t cap_ms, int64_t now_ms);
/* It is asked as soon as its turn comes, whatever it did before: somebody has worked on the wires. */
void plan_hurry(struct poll_plan *p, int64_t now_ms);

/* Whose turn it is of `count` units on one bus: of those that are due the one that answers, before those that do not; of
 * equals the one that has waited longest. −1: none is due. *ret_next: when the first will be. */
int plan_choose(const struct poll_plan *const *plans, int count, int64_t now_ms, int64_t *ret_next);

/* What the read-only board counts; nothing private and nobody's name is in it. */
#pragma once

#include "store/store.h"

#define BOARD_SETTLED_DAYS 30

struct board_cases {
	int64_t received, verified, assigned, in_progress; /* open ones by state */
	int64_t overdue;                                   /* of them */
	int64_t settled;                                   /* in the last BOARD_SETTLED_DAYS … */
	int64_t resolved;                                  /* … and not confirmed yet by who raised it */
};
int board_cases(struct store *s, int64_t now_utc, struct board_cases *ret);

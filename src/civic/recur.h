/* Recurring meetings: an RFC 5545 rule with a local start, expanded into moments. libical does the arithmetic
 * on floating local time; each occurrence then becomes UTC in the process's zone, so that "15:00" stays 15:00
 * when summer time begins or ends. Pure but for TZ. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

#define RECUR_STEPS 20000 /* occurrences that are walked through at most: 54 years of days */

/* Is the rule usable? Daily or rarer; a start that is a date and time; dates without a meeting. -EINVAL with a
 * sentence. */
int recur_check(const char *rrule, const char *start_local, const char *exdates, struct err *e);

/* Occurrences in [from_utc, until_utc), in order, at most `max`. `exdates` are local dates "2026-12-25"
 * separated by blanks or commas (NULL: none). The count, or -EINVAL. */
int recur_expand(const char *rrule, const char *start_local, const char *exdates, int64_t from_utc,
		 int64_t until_utc, int64_t *ret, int max);

/* Periods of a report: ISO weeks (Monday to Sunday), months, quarters, years, in the box's time zone. Pure: local time
 * is the process's, as everywhere (base/clock.h). */
#pragma once

#include "base/clock.h"

enum period_kind { PERIOD_WEEK, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_KINDS };
#define PERIOD_PARTS_MAX 12 /* of a year */
#define PERIOD_NAME_MAX  16

struct period {
	enum period_kind kind;
	int year, index; /* 2026 and the week 1 … 53, month 1 … 12, quarter 1 … 4; a year's index is 0 */
	int64_t from_utc, to_utc; /* [from, to) */
};

const char *period_kind_name(enum period_kind k); /* "week" … as in JSON */

/* The period of that kind that holds `utc`; the one so many before (−) or after (+) `p`. */
void period_at(enum period_kind k, int64_t utc, struct period *ret);
void period_shift(const struct period *p, int by, struct period *ret);

/* What people write: "2026-W47" "2026-11" "2026年11月" "2026-Q4" "2026", without the year "W47" "11月" "Q4" of the last
 * such period that has begun, "this" "last" "本月" "上周" …, or a date in it. `kind` PERIOD_KINDS: of any kind, and then also
 * "week" "last-month" …; else a plain number is an index, too. -EINVAL. */
int period_parse(enum period_kind kind, const char *s, int64_t now_utc, struct period *ret);

/* "2026-W47" "2026-11" "2026-Q4" "2026". `buf` ≥ PERIOD_NAME_MAX bytes. */
char *period_name(const struct period *p, char *buf);

/* What a period is broken down into: a year and a quarter into months, a month into its weeks (which begin and end with
 * the month), a week into days. The count; ret[] holds their bounds, −1 beyond. */
struct period_part {
	int64_t from_utc, to_utc;
};
int period_parts(const struct period *p, struct period_part ret[PERIOD_PARTS_MAX]);

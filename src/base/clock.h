/* Time: int64_t UTC seconds (`…_utc`), monotonic milliseconds (`…_ms`), and local civil time only at the edge.
 * Local time is the process's TZ, which the program sets once from [gateway] timezone (clock_set_zone).
 * Only main functions and the event loop read a clock; everything else is handed `now`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MINUTE_S ((int64_t)60)
#define HOUR_S   ((int64_t)3600)
#define DAY_S    ((int64_t)86400)

struct civil {
	int year, month, day; /* month 1…12 */
	int hour, minute, second;
	int weekday; /* 0 = Sunday … 6 = Saturday; ignored on input */
};

/* Sets TZ. -EINVAL when the system knows no such zone. */
int clock_set_zone(const char *zone);

void civil_from_utc(int64_t utc, struct civil *ret);
int64_t civil_to_utc(const struct civil *c); /* fields out of range are normalised; a gap moves forward */
/* The midnight that the day of `utc` begins with, `days` later. */
int64_t civil_midnight(int64_t utc, int days);
/* When it is `hour` o'clock next, after `utc`. */
int64_t civil_next_hour(int64_t utc, int hour);

/* RFC 3339: "2026-11-20T15:00:00+08:00" (or Z). Formats with the local offset. `buf` ≥ 32 bytes. */
int rfc3339_parse(const char *s, int64_t *ret_utc);
char *rfc3339_format(int64_t utc, char *buf);

/* What people write: RFC 3339, "2026-11-20 15:00", "2026-11-20", "11-20 15:00", "15:00", "fri 09:00", "周五 9:00",
 * "today/今天 …", "tomorrow/明天 …", "now", "+2h", "-3d". Times of day without a date and weekdays mean the next such moment after now. */
int when_parse(const char *s, int64_t now_utc, int64_t *ret_utc);

/* "250ms" "90s" "5m" "2h" "3d"; a bare 0 is allowed. Milliseconds. */
int duration_parse(const char *s, int64_t *ret_ms);

/* Minutes of the day [from, to) that may wrap midnight, on the days of a bit mask (bit 0 = Sunday). from == to: never. */
struct day_window {
	int from_minute, to_minute;
	unsigned days;
};
/* "20:30-08:00", "mon-fri 08:30-17:30", "none". */
int day_window_parse(const char *s, struct day_window *ret);
bool day_window_contains(const struct day_window *w, int64_t utc);
/* The first moment at or after `utc` outside the window. */
int64_t day_window_end(const struct day_window *w, int64_t utc);
/* The first moment at or after `utc` inside the window; INT64_MAX when it never opens. */
int64_t day_window_next(const struct day_window *w, int64_t utc);

/* The wall clock, or in tests the file that $YISHI_CLOCK names (one RFC 3339 line). */
struct wall_clock {
	char test_file[256]; /* "" = the system's clock */
};
/* `allow_test` is [gateway] test_clock. -EPERM when the variable is set and the key is not. */
int wall_clock_init(struct wall_clock *w, bool allow_test);
/* Seconds since 1970. While the test file cannot be read it is the system's clock. */
int64_t wall_clock_now(const struct wall_clock *w);
int64_t mono_ms(void);
/* No clock can rightly be before this: the day before the program was built. */
int64_t clock_built_utc(void);

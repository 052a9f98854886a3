/* Times as people and standards write them, windows of the day, and the wall clock of tests. */
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t at(const char *rfc3339)
{
	int64_t utc;
	assert_int_equal(rfc3339_parse(rfc3339, &utc), 0);
	return utc;
}

static void test_rfc3339(void **state)
{
	(void)state;
	char buf[32];
	assert_int_equal(at("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(at("2026-11-20T15:00:00+08:00"), at("2026-11-20T07:00:00Z"));
	assert_int_equal(at("2026-11-20T02:00:00-05:30"), at("2026-11-20T07:30:00Z"));
	assert_int_equal(at("2026-11-20T07:00:00.123Z\n"), at("2026-11-20T07:00:00Z"));
	assert_string_equal(rfc3339_format(at("2026-11-20T07:00:00Z"), buf), "2026-11-20T15:00:00+08:00");
	static const char *const bad[] = {
	    "",
	    "2026",
	    "2026-13-01T00:00:00Z",
	    "2026-11-20T25:00:00Z",
	    "2026-11-20T15:00:00",
	    "2026-11-20T15:00Z",
	    "2026-11-20T15:00:00+8:00",
	    "20261120T150000Z",
	    "2026-11-20T15:00:00Zx",
	};
	int64_t untouched = 42;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (rfc3339_parse(bad[i], &untouched) == 0)
			fail_msg("accepted: %s", bad[i]);
	assert_int_equal(untouched, 42);
}

static void test_when(void **state)
{
	(void)state;
	int64_t now = at("2026-11-22T12:00:00+08:00"); /* a Sunday */
	static const struct {
		const char *text, *expect; /* NULL: refused */
	} table[] = {
	    {"fri 09:00", "2026-11-27T09:00:00+08:00"},
	    {"Friday 9:00", "2026-11-27T09:00:00+08:00"},
	    {"周五 9:00", "2026-11-27T09:00:00+08:00"},
	    {"星期天 13:00", "2026-11-22T13:00:00+08:00"},
	    {"sun 11:00", "2026-11-29T11:00:00+08:00"}, /* already past today */
	    {"15:30", "2026-11-22T15:30:00+08:00"},
	    {"08:00", "2026-11-23T08:00:00+08:00"},
	    {"tomorrow 8:05", "2026-11-23T08:05:00+08:00"},
	    {"明天 8:05", "2026-11-23T08:05:00+08:00"},
	    {"2026-12-01", "2026-12-01T00:00:00+08:00"},
	    {"2026-12-01 10:15", "2026-12-01T10:15:00+08:00"},
	    {"01-05 10:15", "2027-01-05T10:15:00+08:00"}, /* without a year: the next one */
	    {"+2h", "2026-11-22T14:00:00+08:00"},
	    {"-1d", "2026-11-21T12:00:00+08:00"},
	    {"now", "2026-11-22T12:00:00+08:00"},
	    {"2026-11-20T15:00:00Z", "2026-11-20T15:00:00Z"},
	    {"", NULL},
	    {"fri 25:00", NULL},
	    {"someday", NULL},
	    {"2026-13-01", NULL},
	    {"12:00:99x", NULL},
	    {"+2", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int64_t utc = 0;
		int r = when_parse(table[i].text, now, &utc);
		if (!table[i].expect) {
			if (r == 0)
				fail_msg("accepted: %s", table[i].text);
			continue;
		}
		if (r || utc != at(table[i].expect))
			fail_msg("%s: rc %d, %+lld s off", table[i].text, r,
				 (long long)(utc - at(table[i].expect)));
	}
}

static void test_days(void **state)
{
	(void)state;
	int64_t midnight = at("2026-11-20T00:00:00+08:00");
	assert_int_equal(civil_midnight(midnight, 0), midnight);
	assert_int_equal(civil_midnight(midnight + DAY_S - 1, 0), midnight);
	assert_int_equal(civil_midnight(midnight + 1, 1), midnight + DAY_S);
	assert_int_equal(civil_next_hour(midnight + 2 * HOUR_S - 1, 2), midnight + 2 * HOUR_S);
	assert_int_equal(civil_next_hour(midnight + 2 * HOUR_S, 2), midnight + 26 * HOUR_S);
}

static void test_duration(void **state)
{
	(void)state;
	int64_t ms = -1;
	assert_int_equal(duration_parse("250ms", &ms), 0);
	assert_int_equal(ms, 250);
	assert_int_equal(duration_parse("90s", &ms), 0);
	assert_int_equal(ms, 90000);
	assert_int_equal(duration_parse("3d", &ms), 0);
	assert_int_equal(ms, 3 * 86400000);
	assert_int_equal(duration_parse("0", &ms), 0);
	assert_int_equal(ms, 0);
	static const char *const bad[] = {"", "5", "s", "-5s", "5 s", "5x", "99999999999999999999d"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(duration_parse(bad[i], &ms), -EINVAL);
}

static void test_window(void **state)
{
	(void)state;
	struct day_window quiet, work;
	assert_int_equal(day_window_parse("20:30-08:00", &quiet), 0);
	assert_true(day_window_contains(&quiet, at("2026-11-22T20:30:00+08:00")));
	assert_true(day_window_contains(&quiet, at("2026-11-23T07:59:59+08:00")));
	assert_false(day_window_contains(&quiet, at("2026-11-23T08:00:00+08:00")));
	assert_false(day_window_contains(&quiet, at("2026-11-22T20:29:59+08:00")));
	assert_int_equal(day_window_end(&quiet, at("2026-11-22T23:00:00+08:00")),
			 at("2026-11-23T08:00:00+08:00"));
	assert_int_equal(day_window_end(&quiet, at("2026-11-22T12:00:00+08:00")),
			 at("2026-11-22T12:00:00+08:00"));
	assert_int_equal(day_window_next(&quiet, at("2026-11-22T12:00:00+08:00")),
			 at("2026-11-22T20:30:00+08:00"));

	assert_int_equal(day_window_parse("mon-fri 08:30-17:30", &work), 0);
	assert_false(day_window_contains(&work, at("2026-11-22T10:00:00+08:00"))); /* Sunday */
	assert_int_equal(day_window_next(&work, at("2026-11-20T18:00:00+08:00")),
			 at("2026-11-23T08:30:00+08:00"));

	struct day_window never;
	assert_int_equal(day_window_parse("none", &never), 0);
	assert_false(day_window_contains(&never, 0));
	assert_true(day_window_next(&never, 0) == INT64_MAX);
	static const char *const bad[] = {
	    "", "8-20", "20:30", "25:00-08:00", "mon-xyz 08:00-09:00", "08:00-09:00 tail"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (day_window_parse(bad[i], &never) == 0)
			fail_msg("accepted: %s", bad[i]);
}

/* Where a zone has summer time, a window follows the local clock over the change. */
static void test_window_over_summer_time(void **state)
{
	(void)state;
	assert_int_equal(clock_set_zone("Europe/Berlin"), 0);
	struct day_window quiet;
	assert_int_equal(day_window_parse("20:30-08:00", &quiet), 0);
	assert_int_equal(day_window_end(&quiet, at("2026-03-28T23:00:00+01:00")),
			 at("2026-03-29T08:00:00+02:00"));
	assert_int_equal(day_window_end(&quiet, at("2026-10-24T23:00:00+02:00")),
			 at("2026-10-25T08:00:00+01:00"));
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
	assert_int_equal(clock_set_zone("Asia/Nowhere"), -EINVAL);
	assert_int_equal(clock_set_zone("../../etc/passwd"), -EINVAL);
}

static void test_wall_clock(void **state)
{
	(void)state;
	char path[] = "/tmp/yishi-clock-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "2030-01-01T00:00:00Z\n", 21), 21);
	close(fd);
	setenv("YISHI_CLOCK", path, 1);
	struct wall_clock w;
	assert_int_equal(wall_clock_init(&w, false), -EPERM);
	assert_int_equal(wall_clock_init(&w, true), 0);
	assert_int_equal(wall_clock_now(&w), at("2030-01-01T00:00:00Z"));
	unlink(path);
	unsetenv("YISHI_CLOCK");
	assert_int_equal(wall_clock_init(&w, false), 0);
	assert_int_equal(w.test_file[0], 0);
}

int main(void)
{
	clock_set_zone("Asia/Shanghai");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc3339),    cmocka_unit_test(test_when),
	    cmocka_unit_test(test_days),       cmocka_unit_test(test_duration),
	    cmocka_unit_test(test_window),     cmocka_unit_test(test_window_over_summer_time),
	    cmocka_unit_test(test_wall_clock),
	};
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}

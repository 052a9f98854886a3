/* Whom to believe about the time: boxes that woke up in 1970, in last week, in another zone, or in the right moment. */
#include "civic/clock_witness.h"
#include "base/clock.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define BUILT 1795305600
#define NOW   (BUILT + 30 * DAY_S)

static void test_correction(void **state)
{
	static const struct {
		int64_t ahead[3];
		int count;
		bool implausible;
		int64_t now, by;
	} rows[] = {
	    {{0}, 0, true, 0, 0},
	    {{NOW}, 1, true, 0, NOW},                 /* 1970 */
	    {{4505}, 1, false, NOW, 4505},            /* an hour and a quarter without power */
	    {{-4505}, 1, false, NOW, -4505},          /* a battery clock that ran ahead */
	    {{119}, 1, true, NOW, 0},                 /* networks err by that */
	    {{3 * HOUR_S}, 1, false, NOW, 0},         /* a zone */
	    {{3 * HOUR_S + 59}, 1, false, NOW, 0},    /* likewise */
	    {{-8 * HOUR_S - 20}, 1, false, NOW, 0},   /* China and Greenwich */
	    {{5 * HOUR_S + 1800}, 1, false, NOW, 0},  /* India */
	    {{3 * HOUR_S}, 1, true, NOW, 3 * HOUR_S}, /* before our own last event: better than that */
	    {{3 * HOUR_S, 3 * HOUR_S + 40}, 2, false, NOW, 3 * HOUR_S + 40},
	    {{3 * HOUR_S, 4 * HOUR_S}, 2, true, NOW, 0}, /* they differ */
	    {{500, 510, 5000}, 3, false, NOW, 0},
	    {{-40 * DAY_S}, 1, false, NOW, 0},     /* before the program was built: a modem's own 1980 */
	    {{30 * 365 * DAY_S}, 1, true, NOW, 0}, /* 2056 */
	    {{2 * 365 * DAY_S}, 1, false, NOW, 2 * 365 * DAY_S},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t by =
		    clock_correction(rows[i].ahead, rows[i].count, rows[i].implausible, rows[i].now, BUILT);
		if (by != rows[i].by)
			fail_msg("row %zu: %lld", i, (long long)by);
	}
}

static void test_vouched(void **state)
{
	(void)state;
	int64_t in_2099 = BUILT + 73 * 365 * DAY_S, next_week = NOW + 7 * DAY_S;
	assert_false(clock_vouched(0, NOW, in_2099, BUILT));
	assert_true(clock_vouched(1, NOW, in_2099, BUILT));
	assert_false(
	    clock_vouched(1, NOW, next_week, BUILT)); /* one line that is a week late set the clock so */
	assert_true(clock_vouched(2, NOW, next_week, BUILT));
	assert_false(clock_vouched(2, 1000, NOW, BUILT)); /* 1970, as modems that nobody told have it too */
	assert_false(clock_vouched(2, NOW, in_2099, 0));
}

static void test_stamps(void **state)
{
	struct clock_stamps s = {0};
	(void)state;
	/* all that waited while the power was away comes at once, and says nothing */
	assert_false(clock_stamps_take(&s, 1000, 5000));
	assert_false(clock_stamps_take(&s, 1900, 6000));
	assert_false(clock_stamps_take(&s, 2800, 64000));
	/* one that was sent while it came: a good hour later both clocks have gone as far */
	assert_false(clock_stamps_take(&s, 9000, 70000));
	assert_true(clock_stamps_take(&s, 9000 + 3605, 70000 + 3600000));
	assert_true(clock_stamps_take(&s, 9000 + 3605 + 70, 70000 + 3600000 + 65000));
	/* this one had waited; the next is measured by it, and the one after that is good again */
	assert_false(clock_stamps_take(&s, 9000 + 3700, 70000 + 4000000));
	assert_false(clock_stamps_take(&s, 9000 + 4100, 70000 + 4100000));
	assert_true(clock_stamps_take(&s, 9000 + 4200, 70000 + 4200000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_correction),
	    cmocka_unit_test(test_vouched),
	    cmocka_unit_test(test_stamps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a broadcast will be out: quotas, quiet hours, what stands in front. */
#include "store/broadcast_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t at(const char *rfc3339)
{
	int64_t utc;
	assert_int_equal(rfc3339_parse(rfc3339, &utc), 0);
	return utc;
}

#define TEN at("2026-11-18T10:00:00+08:00")

static struct plan one_line(int hourly, int daily)
{
	return (struct plan){.lines = {{hourly, daily, 0, 0}}, .line_count = 1};
}

static void rate_alone(void **state)
{
	(void)state;
	struct plan p = one_line(0, 0);
	assert_int_equal(plan_finish(&p, TEN, 0, 0, 0, NULL), TEN);
	assert_int_equal(plan_finish(&p, TEN, 0, 1, 0, NULL), TEN + MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 150, 0, NULL), TEN + 10 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 150, 150, 0, NULL), TEN + 20 * MINUTE_S);
	p.lines[p.line_count++] = p.lines[0];
	assert_int_equal(plan_finish(&p, TEN, 0, 300, 0, NULL), TEN + 10 * MINUTE_S);
	p.line_count = 0;
	assert_int_equal(plan_finish(&p, TEN, 0, 1, 0, NULL), INT64_MAX);
}

static void a_fifth_of_the_quota_is_kept(void **state)
{
	(void)state;
	struct plan p = one_line(100, 0);
	assert_int_equal(plan_finish(&p, TEN, 0, 80, 0, NULL), TEN + 6 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 81, 0, NULL), TEN + HOUR_S + MINUTE_S);
	p.lines[0].hour_used = 70;
	p.lines[0].day_used = 70;
	assert_int_equal(plan_finish(&p, TEN, 0, 11, 0, NULL), TEN + HOUR_S + MINUTE_S);
	/* the clock's hours count, not those since the beginning */
	p = one_line(100, 0);
	assert_int_equal(plan_finish(&p, TEN + 58 * MINUTE_S, 0, 100, 0, NULL), TEN + 65 * MINUTE_S);
}

static void the_day(void **state)
{
	(void)state;
	struct plan p = one_line(0, 100);
	assert_int_equal(plan_finish(&p, TEN, 0, 80, 0, NULL), TEN + 6 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 81, 0, NULL), TEN + DAY_S + MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 240, 0, NULL), TEN + 2 * DAY_S + 6 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 100000, 0, NULL), INT64_MAX);
}

static void quiet_hours(void **state)
{
	(void)state;
	struct plan p = one_line(0, 0);
	assert_int_equal(day_window_parse("20:30-08:00", &p.quiet), 0);
	int64_t evening = at("2026-11-18T20:29:00+08:00"), morning = at("2026-11-19T08:00:00+08:00");
	assert_int_equal(plan_finish(&p, evening, 0, 15, 0, NULL), evening + MINUTE_S);
	assert_int_equal(plan_finish(&p, evening, 0, 16, 0, NULL), morning + MINUTE_S);
	p.ignore_quiet = true;
	assert_int_equal(plan_finish(&p, evening, 0, 16, 0, NULL), evening + 2 * MINUTE_S);
}

static void what_would_fit(void **state)
{
	(void)state;
	struct plan p = one_line(100, 0);
	int64_t before;
	plan_finish(&p, TEN, 0, 300, TEN + 2 * HOUR_S, &before);
	assert_int_equal(before, 160);
	plan_finish(&p, TEN, 100, 300, TEN + 2 * HOUR_S, &before);
	assert_int_equal(before, 60);
	plan_finish(&p, TEN, 200, 300, TEN + 2 * HOUR_S, &before);
	assert_int_equal(before, 0);
	plan_finish(&p, TEN, 0, 80, TEN + 2 * HOUR_S, &before);
	assert_int_equal(before, 80);
	plan_finish(&p, TEN, 0, 80, TEN + 30, &before); /* not even the first minute */
	assert_int_equal(before, 0);
}

/* More time or fewer texts never make it worse; the estimate agrees with what is said to fit. */
static void properties(void **state)
{
	(void)state;
	unsigned seed = 7, x = seed;
	print_message("seed %u\n", seed);
	for (int i = 0; i < 300; i++) {
		x = x * 1103515245u + 12345u;
		struct plan p = one_line((int)(x >> 8) % 3 * 60, (int)(x >> 12) % 3 * 300);
		day_window_parse((x >> 20) % 2 ? "20:30-08:00" : "none", &p.quiet);
		int64_t n = (int64_t)(x >> 9) % 400 + 1, ahead = (int64_t)(x >> 17) % 100, before;
		int64_t from = TEN + (int64_t)(x >> 5) % DAY_S;
		int64_t end = plan_finish(&p, from, ahead, n, 0, NULL);
		assert_true(end > from && end <= plan_finish(&p, from, ahead, n + 1, 0, NULL));
		plan_finish(&p, from, ahead, n, end, &before);
		assert_int_equal(before, n);
		plan_finish(&p, from, ahead, n, end - MINUTE_S - 1, &before);
		assert_true(before < n);
	}
}

int main(void)
{
	clock_set_zone("Asia/Shanghai");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rate_alone),     cmocka_unit_test(a_fifth_of_the_quota_is_kept),
	    cmocka_unit_test(the_day),        cmocka_unit_test(quiet_hours),
	    cmocka_unit_test(what_would_fit), cmocka_unit_test(properties),
	};
	return cmocka_run_group_tests_name("broadcast plan", tests, NULL, NULL);
}

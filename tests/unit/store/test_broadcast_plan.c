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

static struct plan_line lines[PLAN_LINES];

static struct plan one_line(int hourly, int daily)
{
	lines[0] = (struct plan_line){.quota = {hourly, daily}};
	return (struct plan){.lines = lines, .line_count = 1};
}

static void rate_alone(void **state)
{
	(void)state;
	struct plan p = one_line(0, 0);
	assert_int_equal(plan_finish(&p, TEN, 0, 0), TEN);
	assert_int_equal(plan_finish(&p, TEN, 0, 1), TEN + MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 150), TEN + 10 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 150, 150), TEN + 20 * MINUTE_S);
	lines[p.line_count++] = lines[0];
	assert_int_equal(plan_finish(&p, TEN, 0, 300), TEN + 10 * MINUTE_S);
	p.line_count = 0;
	assert_int_equal(plan_finish(&p, TEN, 0, 1), INT64_MAX);
}

/* As fast as the lines are; to the second only for who has just measured it. */
static void measured(void **state)
{
	(void)state;
	struct plan p = one_line(0, 0);
	lines[0].per_minute = 7.5;
	assert_int_equal(plan_finish(&p, TEN, 0, 7), TEN + MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 15), TEN + 2 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 75), TEN + 10 * MINUTE_S);
	p.exact = true;
	assert_int_equal(plan_finish(&p, TEN, 0, 750), TEN + 100 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 76), TEN + 10 * MINUTE_S + 9);
	assert_int_equal(plan_finish(&p, TEN, 1, 0), TEN + 9);
	lines[0].quota.hourly = 10; /* of them 8 for broadcasts */
	assert_int_equal(plan_finish(&p, TEN, 0, 9), TEN + QUOTA_HOUR * MINUTE_S + 9);
}

/* Of 100 an hour a fifth is for replies and alarms. */
static void what_is_kept_of_the_quota(void **state)
{
	(void)state;
	struct plan p = one_line(100, 0);
	assert_int_equal(plan_finish(&p, TEN, 0, 80), TEN + 6 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 81), TEN + QUOTA_HOUR * MINUTE_S + MINUTE_S);
	/* what left before counts from the minute in which it left */
	quota_add(&lines[0].used, OUTBOX_BROADCAST, 75, TEN - 30 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 5), TEN + MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 6), TEN + 32 * MINUTE_S);
}

static void the_day(void **state)
{
	(void)state;
	struct plan p = one_line(0, 100);
	assert_int_equal(plan_finish(&p, TEN, 0, 80), TEN + 6 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 81), TEN + QUOTA_DAY * MINUTE_S + MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 240), TEN + 2 * QUOTA_DAY * MINUTE_S + 6 * MINUTE_S);
	assert_int_equal(plan_finish(&p, TEN, 0, 100000), INT64_MAX);
}

static void quiet_hours(void **state)
{
	(void)state;
	struct plan p = one_line(0, 0);
	assert_int_equal(day_window_parse("20:30-08:00", &p.quiet), 0);
	int64_t evening = at("2026-11-18T20:29:00+08:00"), morning = at("2026-11-19T08:00:00+08:00");
	assert_int_equal(plan_finish(&p, evening, 0, 15), evening + MINUTE_S);
	assert_int_equal(plan_finish(&p, evening, 0, 16), morning + MINUTE_S);
	p.ignore_quiet = true;
	assert_int_equal(plan_finish(&p, evening, 0, 16), evening + 2 * MINUTE_S);
}

/* More texts never end earlier, nor with more before them. */
static void properties(void **state)
{
	(void)state;
	unsigned seed = 7, x = seed;
	print_message("seed %u\n", seed);
	for (int i = 0; i < 100; i++) {
		x = x * 1103515245u + 12345u;
		struct plan p = one_line((int)(x >> 8) % 3 * 60, (int)(x >> 12) % 3 * 300);
		day_window_parse((x >> 20) % 2 ? "20:30-08:00" : "none", &p.quiet);
		int64_t n = (int64_t)(x >> 9) % 400 + 1, ahead = (int64_t)(x >> 17) % 100;
		int64_t from = TEN + (int64_t)(x >> 5) % DAY_S;
		int64_t end = plan_finish(&p, from, ahead, n);
		assert_true(end > from && end <= plan_finish(&p, from, ahead, n + 1));
		assert_int_equal(end, plan_finish(&p, from, ahead + n, 0));
	}
}

/* What the plan promises is what the daemon's own arithmetic lets through, text by text. */
static void as_the_sender_counts(void **state)
{
	(void)state;
	struct plan p = one_line(60, 200);
	static struct quota_window w;
	int64_t t = TEN, out = 0;
	while (out < 300) {
		quota_move(&w, t);
		for (int n = 0; n < PLAN_SEGMENTS_PER_MINUTE && out < 300; n++)
			if (quota_left(&lines[0].quota, &w, OUTBOX_BROADCAST) > 0) {
				quota_add(&w, OUTBOX_BROADCAST, 1, t);
				out++;
			}
		t += MINUTE_S;
	}
	assert_int_equal(plan_finish(&p, TEN, 0, 300), t);
}

int main(void)
{
	clock_set_zone("Asia/Shanghai");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rate_alone),
	    cmocka_unit_test(measured),
	    cmocka_unit_test(what_is_kept_of_the_quota),
	    cmocka_unit_test(the_day),
	    cmocka_unit_test(quiet_hours),
	    cmocka_unit_test(properties),
	    cmocka_unit_test(as_the_sender_counts),
	};
	return cmocka_run_group_tests_name("broadcast plan", tests, NULL, NULL);
}

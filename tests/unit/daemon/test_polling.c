/* When units are asked, what minutes are written, and when: the pure parts of the polling. */
#include "daemon/poll_plan.h"
#include "daemon/sensor_minutes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define POLL 10000

static void test_backs_off_and_comes_back(void **state)
{
	static const int64_t waits[] = {1, 2, 4, 8, 16, 30, 30, 30}; /* polls; the cap is five minutes */
	struct poll_plan p = {0};
	int64_t now = 123456;
	(void)state;
	plan_answered(&p, POLL, now);
	assert_int_equal(p.due_ms, 130000);
	/* one lost answer is no news */
	now = p.due_ms;
	assert_false(plan_failed(&p, POLL, PLAN_CAP_MS, now + 100));
	assert_int_equal(p.due_ms, now + 100 + PLAN_RETRY_MS);
	plan_answered(&p, POLL, p.due_ms);
	assert_int_equal(p.due_ms, 140000);
	assert_false(plan_failed(&p, POLL, PLAN_CAP_MS, now = p.due_ms));
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		int64_t asked = p.due_ms;
		assert_true(plan_failed(&p, POLL, PLAN_CAP_MS, asked + 500));
		assert_int_equal(p.due_ms % POLL, 0);
		assert_true(p.due_ms > asked && p.due_ms - asked <= waits[i] * POLL + 500);
		assert_true(p.due_ms - asked > (waits[i] - 1) * POLL);
	}
	/* somebody looks on, then has worked on the wires */
	plan_failed(&p, POLL, PLAN_SEEN_MS, now = p.due_ms);
	assert_true(p.due_ms - now <= PLAN_SEEN_MS + POLL);
	plan_hurry(&p, now + 5);
	assert_int_equal(p.due_ms, now + 5);
	plan_answered(&p, POLL, now);
	assert_int_equal(p.fails, 0);
	assert_true(p.due_ms - now <= POLL);
	/* an interval that is longer than the cap stays what it is */
	p = (struct poll_plan){.fails = 9};
	plan_failed(&p, 3600000, PLAN_CAP_MS, 1000);
	assert_int_equal(p.due_ms, 3600000);
}

/* A box that slept for a week asks once. */
static void test_no_burst_after_sleep(void **state)
{
	struct poll_plan p = {0};
	const struct poll_plan *one = &p;
	int64_t next, week = 7 * 86400000LL + 3;
	int asked = 0;
	(void)state;
	plan_answered(&p, POLL, 5);
	while (plan_choose(&one, 1, week, &next) == 0) {
		plan_answered(&p, POLL, week);
		asked++;
	}
	assert_int_equal(asked, 1);
	assert_true(next > week && next <= week + POLL);
}

static void test_the_dead_do_not_come_first(void **state)
{
	struct poll_plan a = {.due_ms = 100, .fails = 3}, b = {.due_ms = 300}, c = {.due_ms = 200},
			 d = {.due_ms = 900};
	const struct poll_plan *all[] = {&a, &b, &c, &d};
	int64_t next;
	(void)state;
	assert_int_equal(plan_choose(all, 4, 50, &next), -1);
	assert_int_equal(next, 100);
	assert_int_equal(plan_choose(all, 4, 250, &next), 2);
	assert_int_equal(plan_choose(all, 4, 300, &next), 2);
	c.due_ms = 1000;
	assert_int_equal(plan_choose(all, 4, 300, &next), 1);
	b.due_ms = 1000;
	assert_int_equal(plan_choose(all, 4, 300, &next), 0);
}

/* What twenty units of which half are dead cost on one bus: with a time-out of half a second, how late are those that answer? */
static void test_half_a_bus_dead(void **state)
{
	struct poll_plan p[20] = {0};
	const struct poll_plan *all[20];
	int64_t now = 1000, next, late = 0, asked_dead = 0;
	unsigned seed = (unsigned)time(NULL);
	(void)state;
	printf("seed %u\n", seed);
	srand(seed);
	for (int i = 0; i < 20; i++)
		all[i] = &p[i];
	while (now < 2 * 3600000LL) {
		int i = plan_choose(all, 20, now, &next);
		if (i < 0) {
			now = next;
			continue;
		}
		bool dead = i % 2;
		if (!dead && now > 120000 && now - p[i].due_ms > late)
			late = now - p[i].due_ms;
		now += dead ? 500 : 30 + rand() % 20;
		asked_dead += dead && now > 3600000;
		if (dead)
			plan_failed(&p[i], POLL, PLAN_CAP_MS, now);
		else
			plan_answered(&p[i], POLL, now);
	}
	/* never more than the others' own 20 × 50 ms and one time-out; each dead one is asked twelve times an hour */
	assert_true(late <= 1000 + 500);
	assert_true(asked_dead <= 10 * 13);
}

static void test_minutes(void **state)
{
	struct minutes m = {0};
	int64_t t = 1795140000;
	(void)state;
	minutes_add(&m, t, true, 20, 0);
	minutes_add(&m, t + 10, true, 26, 10);
	minutes_add(&m, t + 50, false, 0, 40);
	assert_int_equal(m.count, 1);
	assert_int_equal(m.row[0].count, 2);
	assert_true(m.row[0].low == 20 && m.row[0].mean == 23 && m.row[0].high == 26);
	assert_int_equal(m.row[0].data_s, 10);
	assert_int_equal(m.row[0].dark_s, 40);
	/* a door that stays shut is one row; within the hour */
	for (int i = 1; i < 60; i++)
		minutes_add(&m, t + 60 * i, true, 0, 60);
	minutes_add(&m, t + 3600, true, 0, 60);
	minutes_add(&m, t + 3660, false, 0, 60);
	minutes_add(&m, t + 3720, false, 0, 60);
	minutes_add(&m, t + 3780, true, 0, 60);
	minutes_add(&m, t + 3840, true, 1, 60);
	minutes_add(&m, t + 3900, true, 1, 60);
	assert_int_equal(m.count, 7);
	assert_int_equal(m.row[1].utc, t + 60);
	assert_int_equal(m.row[1].count, 59);
	assert_int_equal(m.row[1].data_s, 59 * 60);
	assert_int_equal(m.row[2].utc, t + 3600);
	assert_int_equal(m.row[3].dark_s, 120);
	/* nothing is lost when nobody takes them */
	minutes_written(&m);
	for (int i = 0; i < 1000; i++)
		minutes_add(&m, t + 7200 + 60 * i, true, i, 60);
	int seconds = 0, count = 0;
	for (int i = 0; i < m.count; i++) {
		seconds += m.row[i].data_s;
		count += m.row[i].count;
	}
	assert_int_equal(seconds, 60000);
	assert_int_equal(count, 1000);
	assert_true(m.count <= MINUTES_KEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_backs_off_and_comes_back),
	    cmocka_unit_test(test_no_burst_after_sleep),
	    cmocka_unit_test(test_the_dead_do_not_come_first),
	    cmocka_unit_test(test_half_a_bus_dead),
	    cmocka_unit_test(test_minutes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "daemon/trouble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define MOST 60000

static void other_bytes_each_time_are_five_rounds(void **state)
{
	(void)state;
	struct trouble t = {.count = 0};
	int64_t now = 0;
	char hex[16];
	for (int i = 1; i <= TROUBLE_ROUNDS; i++) {
		snprintf(hex, sizeof hex, "00%02X", (unsigned)i);
		assert_int_equal(trouble_bad_read(&t, "SM", 3, hex, now, MOST), i == TROUBLE_ROUNDS);
		/* too early: no round of its own */
		assert_false(trouble_bad_read(&t, "SM", 3, hex, now + 1, MOST));
		assert_false(trouble_ripe(&t, "SM", 3, now + 1));
		assert_true(trouble_ripe(&t, "SM", 4, now + 1));
		assert_true(trouble_ripe(&t, "ME", 3, now + 1));
		now = trouble_next_ms(&t);
	}
	assert_true(now >= 30000);
}

static void same_bytes_are_three_rounds(void **state)
{
	(void)state;
	struct trouble t = {.count = 0};
	assert_false(trouble_bad_read(&t, "SM", 3, "00AA", 0, MOST));
	assert_false(trouble_bad_read(&t, "SM", 3, "00AA", 10000, MOST));
	assert_false(trouble_bad_read(&t, "SM", 3, "00AB", 20000, MOST));
	assert_false(trouble_bad_read(&t, "SM", 3, NULL, 40000, MOST));
	trouble_good_read(&t, "SM", 3);
	assert_int_equal(t.count, 0);
	for (int i = 1; i <= TROUBLE_SAME; i++)
		assert_int_equal(trouble_bad_read(&t, "SM", 3, NULL, i * MOST, MOST), i == TROUBLE_SAME);
}

static void pauses_double_up_to_the_most(void **state)
{
	(void)state;
	struct trouble t = {.count = 0};
	int64_t now = 0, last = 0;
	for (int i = 1; i <= 40; i++) {
		assert_int_equal(trouble_not_freed(&t, "SM", 1, now, MOST), i);
		int64_t pause = trouble_next_ms(&t) - now;
		assert_true(pause >= last && pause <= MOST);
		last = pause;
		now += pause;
	}
	assert_int_equal(last, MOST);
	trouble_good_read(&t, "SM", 1); /* says nothing about freeing it */
	assert_int_equal(trouble_in(&t, "SM"), 1);
	trouble_over(&t, "SM", 1);
	assert_int_equal(trouble_in(&t, "SM"), 0);
	assert_true(trouble_next_ms(&t) == INT64_MAX);
}

static void more_slots_than_fit(void **state)
{
	(void)state;
	struct trouble t = {.count = 0};
	for (int i = 0; i < 3 * TROUBLE_MAX; i++)
		trouble_not_freed(&t, i % 2 ? "SM" : "ME", i, i, MOST);
	assert_int_equal(t.count, TROUBLE_MAX);
	int sm = trouble_in(&t, "SM");
	trouble_forget(&t, "ME");
	assert_int_equal(t.count, sm);
	trouble_forget(&t, "SM");
	assert_int_equal(t.count, 0);
}

static void an_earlier_life_counts(void **state)
{
	(void)state;
	struct trouble t = {.count = 0};
	assert_false(trouble_bad_read(&t, "SM", 3, "00AA", 0, MOST));
	assert_true(t.changed);
	struct trouble_slot kept = t.slot[0];
	t = (struct trouble){.count = 0};
	trouble_restore(&t, kept.memory, kept.index, kept.rounds, kept.same, kept.bytes);
	assert_false(t.changed);
	assert_true(trouble_ripe(&t, "SM", 3, 0));
	assert_false(trouble_bad_read(&t, "SM", 3, "00AA", 0, MOST));
	assert_true(trouble_bad_read(&t, "SM", 3, "00AA", 10000, MOST));
	/* and is over with the slot */
	t.changed = false;
	trouble_over(&t, "SM", 3);
	assert_true(t.changed);
	t.changed = false;
	trouble_not_freed(&t, "SM", 4, 0, MOST);
	trouble_over(&t, "SM", 4);
	assert_false(t.changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(other_bytes_each_time_are_five_rounds),
	    cmocka_unit_test(same_bytes_are_three_rounds),
	    cmocka_unit_test(pauses_double_up_to_the_most),
	    cmocka_unit_test(more_slots_than_fit),
	    cmocka_unit_test(an_earlier_life_counts),
	};
	return cmocka_run_group_tests_name("trouble", tests, NULL, NULL);
}

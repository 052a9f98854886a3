/* The ladder of resets: every cause climbs as far as its row says and no further, in order, within the day's cap,
 * never while a text may be on the air, and from below again afterwards. */
#include "daemon/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct ladder_can all = {.radio = true, .restarts = 2, .usb = true, .left_today = 12};

/* Keys of the steps that follow each other, up to `most`, a minute apart. */
static const char *climb(struct ladder *l, enum ladder_cause cause, const struct ladder_can *can, int most)
{
	static char out[400];
	int64_t now = 1000000 + (l->hard ? l->hard_ms : 0);
	out[0] = 0;
	for (int i = 0; i < most; i++, now += 60000) {
		enum ladder_step s = ladder_next(l, cause, can, now);
		if (s == STEP_NONE)
			break;
		snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i ? " " : "",
			 ladder_steps[s].key);
	}
	return out;
}

static void causes_climb_as_far_as_they_may(void **state)
{
	(void)state;
	static const struct {
		enum ladder_cause cause;
		const char *steps;
	} cases[] = {
	    {CAUSE_SILENT, "settings reopen restart restart rebind power settings reopen settings"},
	    {CAUSE_SETTINGS, "settings reopen radio restart restart rebind power settings reopen"},
	    {CAUSE_NO_ECHO, "settings register radio restart restart settings register settings register"},
	    {CAUSE_UNREGISTERED,
	     "register radio register register register register register register register"},
	    {CAUSE_DENIED, ""},
	    {CAUSE_BARRED, ""},
	    {CAUSE_SIM, ""},
	    {CAUSE_AWAY, ""},
	    {CAUSE_LENT, ""},
	};
	assert_int_equal(sizeof cases / sizeof cases[0], CAUSE_COUNT);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ladder l = {0};
		assert_string_equal(climb(&l, cases[i].cause, &all, 9), cases[i].steps);
	}
}

static void what_the_modem_has_not_is_passed_over(void **state)
{
	(void)state;
	struct ladder_can can = {.restarts = 1, .left_today = 12};
	struct ladder l = {0};
	assert_string_equal(climb(&l, CAUSE_SETTINGS, &can, 4), "settings reopen restart settings");
	l = (struct ladder){0};
	assert_string_equal(climb(&l, CAUSE_UNREGISTERED, &can, 3), "register register register");
	can = all;
	can.no_power = true;
	l = (struct ladder){0};
	assert_string_equal(climb(&l, CAUSE_SILENT, &can, 6),
			    "settings reopen restart restart rebind settings");
	can.no_rebind = true;
	l = (struct ladder){0};
	assert_string_equal(climb(&l, CAUSE_SILENT, &can, 5), "settings reopen restart restart settings");
}

static void a_days_resets_are_used_up(void **state)
{
	(void)state;
	struct ladder_can can = all;
	can.left_today = 0;
	struct ladder l = {0};
	assert_string_equal(climb(&l, CAUSE_SILENT, &can, 4), "settings reopen settings reopen");
	assert_false(l.hard);
}

static void hard_steps_once_an_hour_after_the_first_round(void **state)
{
	(void)state;
	struct ladder l = {0};
	climb(&l, CAUSE_SILENT, &all, 6);
	assert_true(l.hard);
	int64_t power = l.hard_ms;
	int resets = 0;
	for (int64_t now = power + 60000; now < power + 10 * LADDER_HARD_MS; now += 60000) {
		enum ladder_step s = ladder_next(&l, CAUSE_SILENT, &all, now);
		assert_int_not_equal(s, STEP_NONE);
		resets += ladder_steps[s].hard;
	}
	assert_in_range(resets, 8, 10);
}

static void nothing_hard_while_a_text_is_in_the_air(void **state)
{
	(void)state;
	struct ladder_can can = all;
	struct ladder l = {0};
	can.on_air = true;
	assert_string_equal(climb(&l, CAUSE_SILENT, &can, 5), "settings reopen settings settings settings");
	assert_false(l.hard);
	/* and it goes on where it stood */
	assert_string_equal(climb(&l, CAUSE_SILENT, &all, 2), "restart restart");
}

static void each_reset_of_the_row_in_turn(void **state)
{
	(void)state;
	struct ladder l = {0};
	int seen = 0;
	for (int i = 0; i < 5; i++)
		if (ladder_next(&l, CAUSE_SILENT, &all, i) == STEP_RESTART)
			assert_int_equal(ladder_restart(&l, &all), seen++);
	assert_int_equal(seen, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(causes_climb_as_far_as_they_may),
	    cmocka_unit_test(what_the_modem_has_not_is_passed_over),
	    cmocka_unit_test(a_days_resets_are_used_up),
	    cmocka_unit_test(hard_steps_once_an_hour_after_the_first_round),
	    cmocka_unit_test(nothing_hard_while_a_text_is_in_the_air),
	    cmocka_unit_test(each_reset_of_the_row_in_turn),
	};
	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}

/* The ladder of calls for help, who stands on it, and the days of a check-in. */
#include "base/mem.h"
#include "civic/checkin.h"
#include "civic/duty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T0 ((int64_t)2000000000)

static void rungs_by_time(void **state)
{
	(void)state;
	static const struct {
		int rung, waited, due;
	} rows[] = {
	    {0, 0, -1},     {0, 599, -1}, {0, 600, 1},   {0, 1199, 1},   {0, 1200, 2}, /* off for a while: all at once */
	    {0, 4000, 2},   {1, 599, -1}, {1, 600, 2},   {1, 5000, 2},   {2, 1199, -1}, {2, 1200, 3},
	    {3, 1199, -1},  {3, 1200, 4}, {3, 90000, 4}, {4, 99999, -1}, {0, 86400, 1}, /* the clock was set */
	    {0, -5000, -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t next;
		int due = duty_due(rows[i].rung, T0, T0 + rows[i].waited, &next);
		if (due != rows[i].due)
			fail_msg("rung %d after %d s: %d", rows[i].rung, rows[i].waited, due);
		assert_true(due >= 0 || next > T0 + rows[i].waited);
	}
}

static struct duty_candidate who(int64_t id, int distance, int position, const char *roles)
{
	struct duty_candidate c = {.person = id,
				   .distance = distance,
				   .position = position,
				   .officer = strchr(roles, 'o') != NULL,
				   .worker = strchr(roles, 'w') != NULL,
				   .secretary = strchr(roles, 's') != NULL,
				   .absent = strchr(roles, 'a') != NULL};
	snprintf(c.number, sizeof c.number, "+86138%08d", (int)id % 10000);
	return c;
}

/* "1" or "2 3": who is called, one step after the other. */
static void plays(struct duty_candidate *c, int n, const char *steps)
{
	char heard[128] = "";
	bool chosen[16];
	for (enum duty_who w = DUTY_FIRST; duty_choose(w, false, c, n, chosen) > 0; w = DUTY_NEXT) {
		for (int i = 0; i < n; i++)
			if (chosen[i]) {
				size_t used = strlen(heard);
				snprintf(heard + used, sizeof heard - used, "%d ", (int)c[i].person);
				c[i].told = true;
			}
		strcat(heard, "| ");
	}
	assert_string_equal(heard, steps);
}

static void who_is_called_next(void **state)
{
	(void)state;
	struct duty_candidate list[] = {who(1, 0, 1, "o"), who(2, 0, 2, "o"),  who(3, 0, 0, "o"),
					who(4, 1, 0, "o"), who(5, 99, 0, "s"), who(6, 0, 0, "w")};
	plays(list, 6, "1 | 2 | 3 | 4 | 5 | ");
	struct duty_candidate plain[] = {who(1, 0, 0, "o"), who(2, 0, 0, "o"), who(3, 2, 1, "o"),
					 who(4, 99, 0, "s"), who(5, 99, 0, "s")};
	plays(plain, 5, "1 2 | 3 | 4 5 | ");
	struct duty_candidate absent[] = {who(1, 0, 1, "oa"), who(2, 0, 2, "o"), who(3, 1, 0, "oa")};
	plays(absent, 3, "2 | "); /* who is away is not the next */
	struct duty_candidate away[] = {who(1, 0, 1, "oa"), who(2, 0, 0, "wa")};
	plays(away, 2, "1 | "); /* better than nobody */
	struct duty_candidate nobody[] = {who(6, 0, 0, "w")};
	plays(nobody, 1, "");
}

static void all_and_the_grid_worker(void **state)
{
	(void)state;
	struct duty_candidate c[] = {who(1, 0, 1, "o"), who(2, 0, 0, "w"), who(3, 1, 0, "w"),
				     who(4, 99, 0, "s"), who(5, 0, 2, "oa")};
	bool chosen[5];
	assert_int_equal(duty_choose(DUTY_ALL, false, c, 5, chosen), 4);
	assert_false(chosen[4]);
	assert_int_equal(duty_choose(DUTY_FIRST, true, c, 5, chosen), 2);
	assert_true(chosen[0] && chosen[1]);
	strcpy(c[1].number, c[0].number); /* one phone of two people */
	assert_int_equal(duty_choose(DUTY_FIRST, true, c, 5, chosen), 1);
	assert_int_equal(duty_choose(DUTY_CHORE, false, c, 5, chosen), 0);
}

static int64_t at(const char *rfc3339)
{
	int64_t t = 0;
	assert_int_equal(rfc3339_parse(rfc3339, &t), 0);
	return t;
}

static void days_of_a_check_in(void **state)
{
	(void)state;
	struct day_window quiet;
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
	assert_int_equal(day_window_parse("20:30-08:00", &quiet), 0);
	const struct checkin_plan weekdays = {.at_minute = 540, .days = 62, .grace_s = 3600};
	static const struct {
		const char *now;
		bool done;
		enum checkin_due due;
		const char *next;
	} rows[] = {
	    /* Monday 8 January 2035 */
	    {"2035-01-08T08:59:59+08:00", false, CHECKIN_NOT_YET, "2035-01-08T09:00:00+08:00"},
	    {"2035-01-08T09:00:00+08:00", false, CHECKIN_ASK, "2035-01-09T09:00:00+08:00"},
	    {"2035-01-08T09:00:01+08:00", true, CHECKIN_NOT_YET, "2035-01-09T09:00:00+08:00"},
	    {"2035-01-08T19:29:00+08:00", false, CHECKIN_ASK,
	     "2035-01-09T09:00:00+08:00"}, /* the box was off */
	    {"2035-01-08T19:31:00+08:00", false, CHECKIN_MISSED, "2035-01-09T09:00:00+08:00"},
	    {"2035-01-08T23:00:00+08:00", false, CHECKIN_MISSED, "2035-01-09T09:00:00+08:00"},
	    {"2035-01-12T10:00:00+08:00", true, CHECKIN_NOT_YET, "2035-01-15T09:00:00+08:00"},
	    {"2035-01-13T10:00:00+08:00", false, CHECKIN_NOT_YET, "2035-01-15T09:00:00+08:00"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t next;
		enum checkin_due due = checkin_due(&weekdays, &quiet, rows[i].done, at(rows[i].now), &next);
		if (due != rows[i].due || next != at(rows[i].next))
			fail_msg("%s: %d", rows[i].now, (int)due);
	}
	struct checkin_plan p = weekdays;
	int64_t next;
	p.paused_until_utc = at("2035-01-09T00:00:00+08:00");
	assert_int_equal(checkin_due(&p, &quiet, false, at("2035-01-08T09:30:00+08:00"), &next),
			 CHECKIN_NOT_YET);
	assert_int_equal(checkin_due(&p, &quiet, false, at("2035-01-09T09:30:00+08:00"), &next), CHECKIN_ASK);
	p = weekdays;
	p.since_utc = at("2035-01-08T09:20:00+08:00"); /* laid out after its time of that day */
	assert_int_equal(checkin_due(&p, &quiet, false, at("2035-01-08T09:30:00+08:00"), &next),
			 CHECKIN_NOT_YET);
	assert_true(checkin_fits(&weekdays, &quiet));
	p = (struct checkin_plan){.at_minute = 20 * 60, .days = 127, .grace_s = 3600};
	assert_false(checkin_fits(&p, &quiet));
}

static void silence_and_receipts(void **state)
{
	(void)state;
	assert_int_equal(checkin_silence(CHECKIN_ASKED, true), CHECKIN_BUDDY);
	assert_int_equal(checkin_silence(CHECKIN_ASKED, false), CHECKIN_CALLED);
	assert_int_equal(checkin_silence(CHECKIN_BUDDY, true), CHECKIN_CALLED);
	assert_int_equal(checkin_silence(CHECKIN_WELL, true), CHECKIN_WELL);
	static const char *const receipts[] = {"收到", "好的，马上去", "ok", "知道了。"},
				 *const news[] = {"平安", "没事", "她很好", "去看过了", "", "1"};
	for (size_t i = 0; i < ARRAY_LEN(receipts); i++)
		assert_true(checkin_only_received(receipts[i]));
	for (size_t i = 0; i < ARRAY_LEN(news); i++)
		if (checkin_only_received(news[i]))
			fail_msg("%s", news[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rungs_by_time),           cmocka_unit_test(who_is_called_next),
	    cmocka_unit_test(all_and_the_grid_worker), cmocka_unit_test(days_of_a_check_in),
	    cmocka_unit_test(silence_and_receipts),
	};
	return cmocka_run_group_tests_name("duty", tests, NULL, NULL);
}

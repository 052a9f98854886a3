/* Broadcasts that recur: once for each date, to who is of the audience then, never late, never twice. */
#include "play.h"

#include "store/reminder.h"

#include <stdlib.h>

static struct rules *rules;
static struct replies *replies;

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	site_open(s, rules, replies);
	grid(s, "KS", "");
	person(s, "+8613900000001", "李大爷", "KS", "3", ROLE(RESIDENT));
	person(s, "+8613900000002", "", "KS", "5", ROLE(RESIDENT));
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	site_close(*state);
	free(*state);
	return 0;
}

static int64_t recurring(struct site *s, const char *audience, const char *text, int64_t hours)
{
	struct err e = {0};
	int64_t id = 0;
	struct reminder_new n = {.audience = audience,
				 .text = text,
				 .rrule = "FREQ=WEEKLY;BYDAY=TH",
				 .start_local = "2026-11-05T09:00:00",
				 .exdates = "2026-12-03",
				 .valid_s = hours * HOUR_S,
				 .by = "shell:1000"};
	if (reminder_add(s->store, &n, s->now, &id, &e) != 0)
		fail_msg("%s", e.text);
	return id;
}

static int64_t tick_at(struct site *s, const char *when)
{
	int64_t next = INT64_MAX;
	s->now = at(when);
	assert_int_equal(participation_tick(&s->p, s->now, &next, NULL), 0);
	return next;
}

static void each_date_once(void **state)
{
	struct site *s = *state;
	recurring(s, "all", "{name|邻居}，周五开会", 6);
	assert_true(tick_at(s, "2026-11-18T12:00:00+08:00") <= at("2026-11-19T09:00:00+08:00"));
	assert_int_equal(count(s, "broadcast"), 0);
	tick_at(s, "2026-11-19T09:00:00+08:00");
	tick_at(s, "2026-11-19T09:00:00+08:00");
	tick_at(s, "2026-11-19T09:05:00+08:00");
	assert_int_equal(count(s, "broadcast"), 1);
	assert_int_equal(count(s, "message_out WHERE broadcast = 1"), 2);
	assert_int_equal(
	    count(s, "message_out WHERE text = '李大爷，周五开会' AND quiet = 1 AND state = 'queued'"), 1);
	assert_int_equal(count(s, "message_out WHERE text = '邻居，周五开会'"), 1);
	assert_int_equal(value(s, "SELECT not_after_utc FROM broadcast", ""), at("2026-11-19T15:00:00+08:00"));
	assert_int_equal(value(s, "SELECT segments_total FROM broadcast", ""), 2);
	/* who moved here since is reminded, too; on 3 December there is none */
	person(s, "+8613900000003", "新来的", "KS", "3", ROLE(RESIDENT));
	tick_at(s, "2026-11-26T09:30:00+08:00");
	assert_int_equal(count(s, "message_out WHERE broadcast = 2"), 3);
	tick_at(s, "2026-12-03T10:00:00+08:00");
	assert_int_equal(count(s, "broadcast"), 2);
}

static void never_late(void **state)
{
	struct site *s = *state;
	recurring(s, "all", "开会", 6);
	tick_at(s, "2026-11-19T15:30:00+08:00"); /* the box was off until half past three */
	assert_int_equal(count(s, "broadcast"), 0);
	tick_at(s, "2026-11-26T14:59:00+08:00");
	assert_int_equal(count(s, "broadcast"), 1);
	tick_at(s, "2026-11-26T15:30:00+08:00");
	assert_int_equal(count(s, "broadcast"), 1);
	/* one that is drawn up after its time waits for the next */
	recurring(s, "all", "巡逻", 24);
	tick_at(s, "2026-11-26T16:00:00+08:00");
	assert_int_equal(count(s, "broadcast"), 1);
}

static void many_wait_for_a_second_person(void **state)
{
	struct site *s = *state;
	s->config.approval_above = 1;
	int64_t id = recurring(s, "all", "5{{", 6);
	tick_at(s, "2026-11-19T09:00:00+08:00");
	assert_int_equal(
	    count(s, "broadcast WHERE state = 'waiting' AND text = '5{' AND created_by = 'shell:1000'"), 1);
	assert_int_equal(reminder_end(s->store, id, s->now), 0);
	assert_int_equal(reminder_end(s->store, id, s->now), -ENOENT);
	tick_at(s, "2026-11-26T09:00:00+08:00");
	assert_int_equal(count(s, "broadcast"), 1);
}

static void what_is_wrong_is_said_once_and_stops_nothing(void **state)
{
	struct site *s = *state;
	recurring(s, "grid:NO", "a", 6);
	recurring(s, "all", "{unit|}", 6);
	recurring(s, "group:nobody all", "a", 6);
	recurring(s, "number:+8613900000009", "b", 6);
	tick_at(s, "2026-11-19T09:00:00+08:00");
	tick_at(s, "2026-11-19T09:01:00+08:00");
	assert_int_equal(count(s, "broadcast"), 1);
	assert_int_equal(count(s, "message_out WHERE text = 'b' AND number = '+8613900000009'"), 1);
	assert_int_equal(count(s, "chore WHERE kind = 'reminder'"), 3);
	assert_int_equal(count(s, "chore WHERE kind = 'reminder' AND note LIKE 'reminder 1: %NO%'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_date_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(never_late, setup, teardown),
	    cmocka_unit_test_setup_teardown(many_wait_for_a_second_person, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_is_wrong_is_said_once_and_stops_nothing, setup, teardown),
	};
	return play_load(&rules, &replies) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}

/* Weeks of meetings, lived through in milliseconds. */
#include "play.h"
#include "store/audience.h"

static struct rules *rules;
static struct replies *replies;

#define LI   "+8613900000001"
#define WANG "+8613900000002"
#define ZHAO "+8613900000003"

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	site_open(s, rules, replies);
	grid(s, "KS", "");
	grid(s, "KS-03", "KS");
	grid(s, "KS-03-2", "KS-03");
	grid(s, "KS-04", "KS");
	person(s, LI, "李", "KS-03", "3", ROLE(RESIDENT));
	person(s, WANG, "王", "KS-03-2", "2", ROLE(RESIDENT));
	person(s, ZHAO, "赵", "KS-04", "9", ROLE(RESIDENT)); /* another grid */
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	site_close(*state);
	free(*state);
	return 0;
}

static void a_week(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	play(s, LI, "3 楼道灯坏了");
	play(s, WANG, "4 在小广场装几个健身器材");
	play(s, WANG, "5 1");
	int64_t before = last_out(s);
	live(s, at("2026-11-17T14:59:00+08:00"));
	assert_int_equal(last_out(s), before);
	live(s, at("2026-11-17T15:00:00+08:00"));
	const char *a = queued(s, LI, before);
	assert_has(a, "矿山社区");
	assert_has(a, "11月20日周五15:00");
	assert_has(a, "1楼道灯坏了");
	assert_has(a, "回1");
	assert_string_equal(queued(s, ZHAO, before), "");
	assert_int_equal(count(s, "message_out WHERE class = 'reminder' AND (segments > 1 OR quiet = 0 OR "
				  "not_after_utc IS NULL)"),
			 0);
	assert_int_equal(count(s, "meeting WHERE state = 'invited'"), 1);
	assert_int_equal(count(s, "agenda_item"), 2);
	assert_int_equal(count(s, "event WHERE kind = 'meeting.invited'"), 1);
	assert_has(play(s, LI, "1 2"), "2人");
	before = last_out(s);
	live(s, at("2026-11-19T15:00:00+08:00"));
	assert_string_equal(queued(s, LI, before), ""); /* has answered */
	assert_has(queued(s, WANG, before), "提醒");
	before = last_out(s);
	live(s, at("2026-11-20T13:00:00+08:00"));
	assert_has(queued(s, LI, before), "签到码");
	assert_string_equal(queued(s, WANG, before), "");
	before = last_out(s);
	live(s, at("2026-11-20T18:00:00+08:00"));
	assert_int_equal(last_out(s), before);
	assert_int_equal(count(s, "meeting WHERE state = 'held'"), 1);
	assert_int_equal(count(s, "event WHERE kind = 'meeting.changed' AND body LIKE '%held%'"), 1);
	assert_int_equal(count(s, "question WHERE kind = 'invitation'"), 0);
}

static void deadlines_pass(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 楼道灯坏了");
	int64_t due = value(s, "SELECT due_utc FROM matter WHERE number = 1", "");
	live(s, due);
	assert_int_equal(count(s, "event WHERE kind = 'case.overdue'"), 0);
	live(s, due + 5 * DAY_S);
	assert_int_equal(count(s, "event WHERE kind = 'case.overdue'"), 1);
	assert_int_equal(count(s, "journal WHERE entry = 'overdue'"), 1);
}

static void a_month(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", "2026-12-04");
	live(s, at("2026-12-20T00:00:00+08:00"));
	/* 20 and 27 November, 11 and 18 December; the 4th is a holiday. */
	assert_int_equal(count(s, "meeting WHERE state = 'held'"), 4);
	assert_int_equal(count(s, "meeting WHERE state = 'cancelled'"), 0);
	assert_int_equal(count(s, "invitation"), 8);
	assert_int_equal(count(s, "message_out WHERE dedupe LIKE 'meeting:%:invite:%'"), 8);
	/* Silent for three meetings: no reminder for the fourth. */
	assert_int_equal(count(s, "message_out WHERE dedupe LIKE 'meeting:%:remind:%'"), 6);
	assert_int_equal(count(s, "message_out WHERE dedupe LIKE 'meeting:%:last_call:%'"), 0);
	/* Nothing about a meeting may arrive after it. */
	assert_int_equal(
	    count(s, "message_out o JOIN meeting m ON m.id = o.meeting WHERE o.not_after_utc > m.starts_utc"),
	    0);
	/* Nothing was queued in the quiet hours (they are 20:30 to 08:00 in UTC+8). */
	assert_int_equal(
	    count(s, "message_out WHERE (created_utc + 8 * 3600) % 86400 NOT BETWEEN 8 * 3600 AND 73799"), 0);
}

static void early_meetings_keep_quiet(void **state)
{
	struct site *s = *state;
	struct err e = {0};
	int64_t id;
	struct series_new n = {.grid = "KS-03",
			       .place = "活动室",
			       .rrule = "FREQ=WEEKLY;BYDAY=SA",
			       .start_local = "2026-11-21T08:30:00"};
	assert_int_equal(series_add(s->store, &n, s->now, &id, &e), 0);
	s->now = at("2026-11-18T09:00:00+08:00");
	tick(s);
	play(s, LI, "1");
	live(s, at("2026-11-21T12:00:00+08:00"));
	assert_int_equal(value(s, "SELECT created_utc FROM message_out WHERE dedupe LIKE '%last_call%'", ""),
			 at("2026-11-20T20:00:00+08:00"));
}

static void summer_time(void **state)
{
	struct site *s = *state;
	assert_int_equal(clock_set_zone("Europe/Berlin"), 0);
	s->now = at("2026-03-23T10:00:00+01:00");
	weekly(s, "KS-03", NULL);
	struct err e = {0};
	int64_t id;
	struct series_new n = {.grid = "KS-03",
			       .place = "Saal",
			       .rrule = "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
			       .start_local = "2026-03-23T15:00:00"};
	assert_int_equal(series_add(s->store, &n, s->now, &id, &e), 0);
	assert_int_equal(value(s, "SELECT count(*) FROM meeting WHERE series = ?", "I", id), 3);
	assert_int_equal(value(s, "SELECT max(starts_utc) FROM meeting WHERE series = ?", "I", id),
			 at("2026-04-06T15:00:00+02:00"));
	assert_int_equal(value(s, "SELECT min(starts_utc) FROM meeting WHERE series = ?", "I", id),
			 at("2026-03-23T15:00:00+01:00"));
	live(s, at("2026-04-08T00:00:00+02:00"));
	assert_int_equal(count(s, "meeting WHERE state = 'held'"), 3);
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
}

static void exceptions_added_later(void **state)
{
	struct site *s = *state;
	struct err e = {0};
	int64_t id = weekly(s, "KS-03", NULL);
	assert_int_equal(series_except(s->store, id, "2026-12-04", s->now, &e), 0);
	assert_int_equal(count(s, "meeting WHERE state = 'cancelled'"), 1);
	tick(s);
	tick(s);
	assert_int_equal(count(s, "meeting WHERE state = 'cancelled'"), 1);
	assert_int_equal(series_except(s->store, id, "neulich", s->now, &e), -EINVAL);
	/* Holidays out of the configured file. */
	char file[128];
	snprintf(file, sizeof file, "%s/holidays", s->folder);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fputs("# 假期\n2026-12-11 元旦前\n", f);
	fclose(f);
	s->config.holidays = file;
	tick(s);
	assert_int_equal(count(s, "meeting WHERE state = 'cancelled'"), 2);
	unlink(file);
}

static void cancelled_meetings_are_silent(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	live(s, at("2026-11-17T15:00:00+08:00"));
	play(s, WANG, "2");
	int64_t id = value(s, "SELECT id FROM meeting WHERE state = 'invited'", "");
	struct actor by = {"shell:0", CHANNEL_SHELL, 0};
	assert_int_equal(meeting_cancel(s->store, id, "书记出差", &by, s->now), 0);
	assert_int_equal(meeting_cancel(s->store, id, "书记出差", &by, s->now), -ENOENT);
	assert_int_equal(count(s, "message_out WHERE state = 'queued' AND class = 'reminder'"), 0);
	int64_t before = last_out(s);
	tick(s);
	assert_has(queued(s, LI, before), "取消了：书记出差");
	assert_string_equal(queued(s, WANG, before), ""); /* said no */
	before = last_out(s);
	live(s, at("2026-11-21T15:00:00+08:00"));
	assert_int_equal(last_out(s), before);
}

static void an_implausible_clock_sends_nothing(void **state)
{
	struct site *s = *state;
	bool ok = true;
	int64_t next;
	weekly(s, "KS-03", NULL);
	s->now = at("2026-11-17T14:00:00+08:00");
	play(s, LI, "3 楼道灯坏了"); /* an event: the clock was here */
	/* The box wakes up in 1970. */
	int64_t good = s->now;
	s->now = 1000;
	assert_int_equal(participation_tick(&s->p, s->now, &next, &ok), 0);
	assert_false(ok);
	assert_int_equal(count(s, "event WHERE kind = 'clock.implausible'"), 1);
	assert_int_equal(participation_tick(&s->p, s->now + 60, &next, &ok), 0);
	assert_int_equal(count(s, "event WHERE kind = 'clock.implausible'"), 1);
	assert_int_equal(count(s, "message_out WHERE class = 'reminder'"), 0);
	/* It answers all the same, … */
	assert_has(play(s, WANG, "6"), "没有查到");
	play(s, WANG, "3 水管漏水");
	assert_int_equal(count(s, "matter WHERE due_utc < 10000000"), 1);
	/* … and when the clock is set, schedules follow it, and the deadline of what came meanwhile. */
	s->now = good + 2 * HOUR_S;
	assert_int_equal(participation_tick(&s->p, s->now, &next, &ok), 0);
	assert_true(ok);
	assert_int_equal(count(s, "event WHERE kind = 'clock.plausible'"), 1);
	assert_int_equal(count(s, "invitation"), 2);
	assert_int_equal(count(s, "event WHERE kind = 'case.overdue'"), 0);
	assert_int_equal(count(s, "matter WHERE due_utc > 1794895200"), 2);
}

static bool trusted(struct site *s)
{
	bool ok;
	int64_t next;
	assert_int_equal(participation_tick(&s->p, s->now, &next, &ok), 0);
	return ok;
}

static void a_year_2099_is_over_when_the_network_says_so(void **state)
{
	struct site *s = *state;
	s->p.built_utc = s->now - 30 * DAY_S;
	int64_t good = s->now;
	s->now = at("2099-01-01T12:00:00+08:00");
	play(s, LI, "3 楼道灯坏了");
	s->now = good;
	s->p.network_agrees = 1;
	assert_false(trusted(s)); /* perhaps it was said of the clock before */
	s->p.network_agrees = 0;
	assert_false(trusted(s));
	s->p.network_agrees = 1;
	assert_true(trusted(s));
	/* for good; a clock that falls behind what it has written since is another matter */
	s->p.network_agrees = 0;
	assert_true(trusted(s));
	s->now = good - HOUR_S;
	assert_false(trusted(s));
}

static void a_clock_that_leaps_past_a_meeting(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	tick(s);
	s->now = at("2026-11-20T15:30:00+08:00");
	tick(s);
	assert_int_equal(count(s, "message_out WHERE class = 'reminder'"), 0);
	/* Set back by a week: nobody is invited twice. */
	live(s, at("2026-11-24T15:00:00+08:00"));
	int64_t sent = count(s, "message_out");
	s->now = at("2026-11-24T14:00:00+08:00");
	int64_t next;
	assert_int_equal(participation_tick(&s->p, s->now, &next, NULL), 0);
	live(s, at("2026-11-24T16:00:00+08:00"));
	assert_int_equal(count(s, "message_out"), sent);
}

static void only_who_agreed_is_invited(void **state)
{
	struct site *s = *state;
	struct person_change ch = {
	    .name = "无", .grid = "KS-03", .set_roles = true, .numbers = {"+8613900000044"}, .number_count = 1};
	int64_t id;
	assert_int_equal(person_add(s->store, &ch, s->now, &id), 0);
	weekly(s, "KS-03", NULL);
	assert_int_equal(phone_set_muted(s->store, WANG, true), 0);
	live(s, at("2026-11-20T12:00:00+08:00"));
	assert_int_equal(count(s, "invitation"), 1);
	/* START is the consent that was missing. */
	play(s, "+8613900000044", "订阅");
	live(s, at("2026-11-24T15:00:00+08:00"));
	assert_int_equal(count(s, "invitation WHERE number = '+8613900000044'"), 1);
}

/* More people than one batch, each once, whatever crashes between. */
static void a_large_grid(void **state)
{
	struct site *s = *state;
	char number[32];
	assert_int_equal(store_begin(s->store), 0);
	for (int i = 0; i < 700; i++) {
		snprintf(number, sizeof number, "+86137000%05d", i);
		person(s, number, "居民", "KS-03", "7", ROLE(RESIDENT));
	}
	assert_int_equal(store_commit(s->store), 0);
	weekly(s, "KS-03", NULL);
	s->now = at("2026-11-17T15:00:00+08:00");
	int64_t next;
	assert_int_equal(participation_tick(&s->p, s->now, &next, NULL), 0);
	assert_int_equal(next, s->now); /* there is more */
	assert_in_range(count(s, "invitation"), 1, 701);
	tick(s);
	assert_int_equal(count(s, "invitation"), 702);
	assert_int_equal(
	    value(s, "SELECT count(DISTINCT number) FROM message_out WHERE class = 'reminder'", ""), 702);
	assert_int_equal(count(s, "message_out WHERE class = 'reminder'"), 702);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	if (!play_load(&rules, &replies))
		return 1;
	const struct CMUnitTest tests[] = {
	    T(a_week),
	    T(a_month),
	    T(deadlines_pass),
	    T(early_meetings_keep_quiet),
	    T(summer_time),
	    T(exceptions_added_later),
	    T(cancelled_meetings_are_silent),
	    T(an_implausible_clock_sends_nothing),
	    T(a_year_2099_is_over_when_the_network_says_so),
	    T(a_clock_that_leaps_past_a_meeting),
	    T(only_who_agreed_is_invited),
	    T(a_large_grid),
	};
	int failed = cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}

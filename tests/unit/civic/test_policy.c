/* The pure decisions, each as a table. */
#include "base/mem.h"
#include "civic/alike.h"
#include "civic/attention.h"
#include "civic/clock_guard.h"
#include "civic/context.h"
#include "civic/deadline.h"
#include "civic/decide.h"
#include "civic/recur.h"
#include "civic/ring.h"
#include "civic/rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *rfc3339)
{
	int64_t t = 0;
	assert_int_equal(rfc3339_parse(rfc3339, &t), 0);
	return t;
}

static void case_life_steps(void **state)
{
	(void)state;
	static const struct {
		enum case_state from;
		enum case_event ev;
		int next;
	} steps[] = {
	    {CASE_RECEIVED, CASE_EV_VERIFY, CASE_VERIFIED},
	    {CASE_VERIFIED, CASE_EV_ASSIGN, CASE_ASSIGNED},
	    {CASE_ASSIGNED, CASE_EV_TAKE, CASE_IN_PROGRESS},
	    {CASE_RECEIVED, CASE_EV_TAKE, CASE_IN_PROGRESS},
	    {CASE_IN_PROGRESS, CASE_EV_RESOLVE, CASE_RESOLVED},
	    {CASE_IN_PROGRESS, CASE_EV_RETURN, CASE_RECEIVED},
	    {CASE_RESOLVED, CASE_EV_RATE_GOOD, CASE_CONFIRMED},
	    {CASE_RESOLVED, CASE_EV_RATE_FAIR, CASE_CONFIRMED},
	    {CASE_RESOLVED, CASE_EV_RATE_BAD, CASE_IN_PROGRESS},
	    {CASE_CONFIRMED, CASE_EV_CLOSE, CASE_CLOSED},
	    {CASE_CLOSED, CASE_EV_REOPEN, CASE_IN_PROGRESS},
	    {CASE_MERGED, CASE_EV_SPLIT, CASE_RECEIVED},
	    {CASE_REJECTED, CASE_EV_REOPEN, CASE_RECEIVED},
	    {CASE_MERGED, CASE_EV_RESOLVE, CASE_REFUSED},
	    {CASE_RECEIVED, CASE_EV_RATE_GOOD, CASE_REFUSED},
	    {CASE_IN_PROGRESS, CASE_EV_RATE_BAD, CASE_REFUSED},
	    {CASE_RESOLVED, CASE_EV_WITHDRAW, CASE_REFUSED},
	    {CASE_CLOSED, CASE_EV_TAKE, CASE_REFUSED},
	    {CASE_RECEIVED, CASE_EV_NOTE, CASE_STAYS},
	};
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (case_next(steps[i].from, steps[i].ev) != steps[i].next)
			fail_msg("%s + %s", case_state_name(steps[i].from), case_event_entry(steps[i].ev));
	/* Nobody but the resident says "confirmed", and a note is possible everywhere. */
	for (int st = 0; st < CASE_STATE_COUNT; st++) {
		assert_int_equal(case_next((enum case_state)st, CASE_EV_NOTE), CASE_STAYS);
		assert_int_equal(case_state_find(case_state_name((enum case_state)st)), st);
		for (int ev = 0; ev < CASE_EVENT_COUNT; ev++) {
			int next = case_next((enum case_state)st, (enum case_event)ev);
			assert_in_range(next + 2, 0, CASE_STATE_COUNT + 1);
			if (next == CASE_CONFIRMED)
				assert_true(ev == CASE_EV_RATE_GOOD || ev == CASE_EV_RATE_FAIR);
		}
	}
}

static void weekly_meetings_of_a_month(void **state)
{
	(void)state;
	int64_t t[16];
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
	int n = recur_expand("FREQ=WEEKLY;BYDAY=FR", "2026-11-20T15:00:00", "2026-12-04, 2026-12-11",
			     at("2026-11-16T00:00:00+08:00"), at("2026-12-31T00:00:00+08:00"), t, 16);
	assert_int_equal(n, 4);
	assert_int_equal(t[0], at("2026-11-20T15:00:00+08:00"));
	assert_int_equal(t[1], at("2026-11-27T15:00:00+08:00"));
	assert_int_equal(t[2], at("2026-12-18T15:00:00+08:00"));
	/* Bounded by what the caller holds. */
	assert_int_equal(recur_expand("FREQ=DAILY", "2026-01-01T08:00", NULL, 0, INT64_MAX, t, 16), 16);
}

static void summer_time_keeps_the_local_hour(void **state)
{
	(void)state;
	int64_t t[16];
	assert_int_equal(clock_set_zone("Europe/Berlin"), 0);
	int n = recur_expand("FREQ=WEEKLY;BYDAY=FR", "2026-03-20T15:00:00", NULL, at("2026-03-19T00:00:00Z"),
			     at("2026-04-11T00:00:00Z"), t, 16);
	assert_int_equal(n, 4);
	assert_int_equal(t[1], at("2026-03-27T15:00:00+01:00"));
	assert_int_equal(t[2], at("2026-04-03T15:00:00+02:00"));
	/* 02:30 does not exist on the 29th of March: it moves on. */
	n = recur_expand("FREQ=DAILY", "2026-03-28T02:30:00", NULL, at("2026-03-28T00:00:00Z"),
			 at("2026-03-29T12:00:00Z"), t, 16);
	assert_int_equal(n, 2);
	assert_true(t[1] > t[0]);
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
}

static void bad_rules_are_refused(void **state)
{
	(void)state;
	struct err e = {0};
	assert_int_equal(
	    recur_check("FREQ=WEEKLY;BYDAY=FR", "2026-11-20T15:00:00", "2026-12-25 2027-01-01", &e), 0);
	static const char *const bad[][3] = {
	    {"every friday", "2026-11-20T15:00:00", NULL},
	    {"FREQ=SECONDLY", "2026-11-20T15:00:00", NULL},
	    {"FREQ=HOURLY", "2026-11-20T15:00:00", NULL},
	    {"", "2026-11-20T15:00:00", NULL},
	    {"FREQ=WEEKLY", "friday", NULL},
	    {"FREQ=WEEKLY", "2026-13-20T15:00:00", NULL},
	    {"FREQ=WEEKLY", "2026-11-20T15:00:00", "chunjie"},
	    {"FREQ=WEEKLY", "2026-11-20T25:00", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		e = (struct err){0};
		if (recur_check(bad[i][0], bad[i][1], bad[i][2], &e) == 0)
			fail_msg("%s %s", bad[i][0], bad[i][1]);
		assert_true(e.text[0]);
	}
}

static struct round_config usual(void)
{
	struct round_config c = {.before_s = {3 * DAY_S, DAY_S, 2 * HOUR_S}};
	assert_int_equal(day_window_parse("20:30-08:00", &c.quiet), 0);
	return c;
}

static void rounds_of_a_usual_week(void **state)
{
	(void)state;
	struct round_config c = usual();
	struct round_state m = {.starts_utc = at("2026-11-20T15:00:00+08:00")};
	struct round_plan p;
	rounds_plan(&m, &c, at("2026-11-16T10:00:00+08:00"), &p);
	assert_int_equal(p.due, -1);
	assert_int_equal(p.next_utc, at("2026-11-17T15:00:00+08:00"));
	rounds_plan(&m, &c, at("2026-11-17T15:00:00+08:00"), &p);
	assert_int_equal(p.due, ROUND_INVITE);
	assert_int_equal(p.not_after_utc, m.starts_utc);
	m.done_utc[ROUND_INVITE] = at("2026-11-17T15:00:00+08:00");
	rounds_plan(&m, &c, at("2026-11-19T15:00:00+08:00"), &p);
	assert_int_equal(p.due, ROUND_REMIND);
	m.done_utc[ROUND_REMIND] = at("2026-11-19T15:00:00+08:00");
	rounds_plan(&m, &c, at("2026-11-20T13:00:00+08:00"), &p);
	assert_int_equal(p.due, ROUND_LAST_CALL);
	m.done_utc[ROUND_LAST_CALL] = at("2026-11-20T13:00:00+08:00");
	rounds_plan(&m, &c, at("2026-11-20T13:00:01+08:00"), &p);
	assert_int_equal(p.due, -1);
	assert_int_equal(p.next_utc, INT64_MAX);
}

static void rounds_keep_quiet(void **state)
{
	(void)state;
	struct round_config c = usual();
	/* Nine in the morning: the last call, at seven, goes out the evening before, ahead of half past eight.
	 */
	struct round_state m = {.starts_utc = at("2026-11-20T09:00:00+08:00")};
	assert_int_equal(round_time(&m, &c, ROUND_LAST_CALL), at("2026-11-19T20:00:00+08:00"));
	/* A box that wakes at night waits for the morning, … */
	struct round_plan p;
	m.starts_utc = at("2026-11-20T15:00:00+08:00");
	rounds_plan(&m, &c, at("2026-11-18T23:00:00+08:00"), &p);
	assert_int_equal(p.due, -1);
	assert_int_equal(p.next_utc, at("2026-11-19T08:00:00+08:00"));
	/* … and says nothing when the meeting begins before anything could arrive. */
	m.starts_utc = at("2026-11-20T07:30:00+08:00");
	rounds_plan(&m, &c, at("2026-11-20T01:00:00+08:00"), &p);
	assert_int_equal(p.due, -1);
	assert_true(p.skip[ROUND_INVITE] && p.skip[ROUND_REMIND] && p.skip[ROUND_LAST_CALL]);
}

static void rounds_that_were_missed(void **state)
{
	(void)state;
	struct round_config c = usual();
	struct round_state m = {.starts_utc = at("2026-11-20T15:00:00+08:00")};
	struct round_plan p;
	/* Five hours ahead and nobody invited yet: the invitation, and no reminder in the same minute. */
	rounds_plan(&m, &c, at("2026-11-20T10:00:00+08:00"), &p);
	assert_int_equal(p.due, ROUND_INVITE);
	assert_true(p.skip[ROUND_REMIND]);
	/* Under way: nothing. */
	rounds_plan(&m, &c, at("2026-11-20T15:00:01+08:00"), &p);
	assert_int_equal(p.due, -1);
	/* A round that is off. */
	c.before_s[ROUND_LAST_CALL] = 0;
	rounds_plan(&m, &c, at("2026-11-16T15:00:01+08:00"), &p);
	assert_true(p.skip[ROUND_LAST_CALL]);
	/* Short times, as in a demo. */
	c = (struct round_config){.before_s = {120, 60, 20}};
	m = (struct round_state){.starts_utc = 1000000};
	rounds_plan(&m, &c, 1000000 - 119, &p);
	assert_int_equal(p.due, ROUND_INVITE);
	m.done_utc[ROUND_INVITE] = 1000000 - 119;
	rounds_plan(&m, &c, 1000000 - 60, &p);
	assert_int_equal(p.due, ROUND_REMIND);
	m.done_utc[ROUND_REMIND] = 1000000 - 60;
	rounds_plan(&m, &c, 1000000 - 20, &p);
	assert_int_equal(p.due, ROUND_LAST_CALL);
}

static void clock_guard(void **state)
{
	(void)state;
	assert_true(clock_plausible(1000000, 0, 0));
	assert_true(clock_plausible(1000000, 1000060, 0)); /* a small step back */
	assert_false(clock_plausible(1000000, 1000600, 0));
	assert_false(clock_plausible(0, 0, 1000000));
	assert_true(clock_plausible(2000000, 1000000, 1000000));
}

static void deadlines(void **state)
{
	(void)state;
	static struct holidays days = {
	    .off = {20261123, 20261124}, .off_count = 2, .on = {20261128}, .on_count = 1};
	struct calendar cal = {.holidays = NULL};
	assert_int_equal(day_window_parse("mon-fri 08:30-17:30", &cal.working), 0);
	/* Monday 10:00 + 8 working hours = Tuesday 09:00; Friday 17:00 + 2 hours = Monday 10:00. */
	assert_int_equal(deadline_after(&cal, at("2026-11-16T10:00:00+08:00"), 8 * HOUR_S),
			 at("2026-11-17T09:00:00+08:00"));
	assert_int_equal(deadline_after(&cal, at("2026-11-20T17:00:00+08:00"), 2 * HOUR_S),
			 at("2026-11-23T10:00:00+08:00"));
	assert_int_equal(deadline_after(&cal, at("2026-11-21T12:00:00+08:00"), HOUR_S),
			 at("2026-11-23T09:30:00+08:00"));
	assert_int_equal(deadline_after(&(struct calendar){0}, 100, HOUR_S), 100 + HOUR_S);
	/* Days off are passed over, and a Saturday that is said to be a working day counts. */
	cal.holidays = &days;
	assert_int_equal(deadline_after(&cal, at("2026-11-20T17:00:00+08:00"), 2 * HOUR_S),
			 at("2026-11-25T10:00:00+08:00"));
	assert_int_equal(deadline_after(&cal, at("2026-11-27T17:00:00+08:00"), 2 * HOUR_S),
			 at("2026-11-28T10:00:00+08:00"));
	assert_int_equal(deadline_days(&cal, at("2026-11-20T10:00:00+08:00"), 3),
			 at("2026-11-25T08:30:00+08:00"));
	assert_int_equal(deadline_days(&cal, at("2026-11-20T10:00:00+08:00"), 5),
			 at("2026-11-25T10:00:00+08:00"));
	assert_true(calendar_open(&cal, at("2026-11-28T10:00:00+08:00")));
	assert_false(calendar_open(&cal, at("2026-11-24T10:00:00+08:00")));
}

static struct matter_fact lamp(void)
{
	struct matter_fact m = {.number = 1, .category = CATEGORY_LIGHTING, .opened_utc = 1000000};
	strcpy(m.text, "楼道灯坏了");
	strcpy(m.grid, "KS-03");
	strcpy(m.building, "3");
	strcpy(m.place, "楼道");
	return m;
}

static void likeness(void **state)
{
	(void)state;
	assert_int_equal(alike_words("楼道灯坏了", "楼道灯坏了!"), 100);
	assert_int_equal(alike_words("", "楼道"), 0);
	assert_true(alike_words("楼道灯坏了", "楼道灯又坏了") > 50);
	assert_true(alike_words("楼道灯坏了", "垃圾没人收") == 0);
	static const struct {
		const char *text, *building, *unit, *place;
		enum category category;
		bool mine, same;
	} rows[] = {
	    {"楼道灯又坏了", "3", "", "楼道", CATEGORY_LIGHTING, false, true},
	    {"楼道灯坏了", "5", "", "楼道", CATEGORY_LIGHTING, false, false},   /* another building */
	    {"楼道灯坏了", "3", "", "楼道", CATEGORY_SAFETY, false, false},     /* another category */
	    {"路灯不亮", "3", "", "路边", CATEGORY_LIGHTING, false, false},     /* another place */
	    {"还没修，灯还是不亮", "3", "", "", CATEGORY_LIGHTING, true, true}, /* his own, again */
	    {"楼道灯坏了", "", "", "楼道", CATEGORY_LIGHTING, false, true},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct matter_fact m = lamp();
		m.mine = rows[i].mine;
		struct alike_new n = {.text = rows[i].text,
				      .building = rows[i].building,
				      .unit = rows[i].unit,
				      .place = rows[i].place,
				      .grid = "KS-03",
				      .category = rows[i].category};
		if ((alike_find(&n, &m, 1, 1000100) != NULL) != rows[i].same)
			fail_msg("row %zu: %s", i, rows[i].text);
	}
	struct matter_fact m = lamp();
	m.private = true;
	assert_null(
	    alike_find(&(struct alike_new){"楼道灯坏了", "3", "", "楼道", "KS-03", CATEGORY_LIGHTING, false},
		       &m, 1, 1000100));
}

/* Neighbours of one building, each in words of his own; where they live is from the registry. */
static void one_burst_pipe(void **state)
{
	(void)state;
	static const struct {
		const char *text, *building;
		bool same;
	} rows[] = {
	    {"3栋楼道里全是水，水管破了", "3", true},
	    {"水管漏水，我们楼3栋", "3", true},
	    {"5栋水管漏水", "5", false},
	    {"我家厨房水管漏水", "3", false}, /* a flat's own leak */
	    {"水表走得太快", "3", false},
	    {"我们三栋漏水啦，都流到一楼了", "3", true},
	    {"楼下水哗哗的 管子裂了 3栋", "3", true},
	    {"3栋2单元门口发大水了", "3", true},
	    {"三栋楼梯间淹了", "3", true},
	    {"3栋漏得厉害，都流到我家了", "3", true}, /* it comes in from outside */
	    {"Pipe burst in building 3", "3", true},
	    {"家里水管爆了", "3", false},
	    {"3栋停水了", "3", false}, /* a dry tap is another matter */
	    {"5栋水管爆了，水淌了一楼道", "5", false},
	};
	struct matter_fact m = {.number = 1, .category = CATEGORY_WATER, .unit = "2", .opened_utc = 1000000};
	strcpy(m.text, "三栋水管爆了，水淌了一楼道");
	strcpy(m.building, "3");
	strcpy(m.grid, "KS-03");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct alike_new n = {rows[i].text, rows[i].building, "1", "", "KS-03", CATEGORY_WATER, true};
		if ((alike_find(&n, &m, 1, 1000100) != NULL) != rows[i].same)
			fail_msg("row %zu: %s", i, rows[i].text);
	}
	strcpy(m.text, "我家停水了");
	struct alike_new n = {"没得水用", "3", "1", "", "KS-03", CATEGORY_WATER, false};
	assert_non_null(alike_find(&n, &m, 1, 1000100));
	assert_null(alike_find(&n, &m, 1, 1000000 + 2 * 86400));
}

static void attention(void **state)
{
	(void)state;
	struct sender who = {.kind = E164_MOBILE};
	struct attention_facts f = {.now = 1000000, .sender = &who, .budget = 5, .command = true};
	assert_true(attention_decide(&f).answer);
	f.answers = 5;
	assert_true(attention_decide(&f).notice && !attention_decide(&f).answer);
	f.notice_utc = 1000000 - 60;
	assert_false(attention_decide(&f).notice || attention_decide(&f).answer);
	f.help = true;
	assert_true(attention_decide(&f).answer);
	f.help = false;
	who.roles = ROLE(GRID_WORKER);
	assert_true(attention_decide(&f).answer);
	who.roles = 0;
	f.budget = 0;
	f.identical = 9;
	f.command = false;
	assert_true(attention_decide(&f).answer); /* the guard is off with the budget */
	f.budget = 50;
	assert_true(attention_decide(&f).loop);
	f.command = true;
	assert_true(attention_decide(&f).answer);
	who.opted_out = OPT_ALL;
	assert_false(attention_decide(&f).answer);
	f.leave = true;
	assert_true(attention_decide(&f).answer);
	who = (struct sender){.kind = E164_MOBILE, .muted = true};
	assert_false(attention_decide(&f).answer);
	static const enum e164_kind never[] = {E164_SERVICE, E164_ALPHANUMERIC, E164_LANDLINE, E164_NONE};
	f.help = true;
	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		who = (struct sender){.kind = never[i], .machine = !e164_is_person(never[i])};
		assert_false(attention_decide(&f).answer);
	}
}

static void ring_meanings(void **state)
{
	(void)state;
	struct sender who = {.kind = E164_MOBILE};
	struct ring_facts f = {.sender = &who, .known = true};
	assert_int_equal(ring_decide(&f), RING_CALLBACK);
	f.invited = true;
	assert_int_equal(ring_decide(&f), RING_ATTEND);
	f.rings = 1;
	assert_int_equal(ring_decide(&f), RING_CALLBACK);
	f = (struct ring_facts){.sender = &who, .known = true, .declined = true};
	assert_int_equal(ring_decide(&f), RING_ASK);
	f.known = false;
	assert_int_equal(ring_decide(&f), RING_RECORD);
	f.known = true;
	who.kind = E164_LANDLINE;
	assert_int_equal(ring_decide(&f), RING_RECORD);
}

static void buildings_out_of_words(void **state)
{
	(void)state;
	static const struct {
		const char *words, *building;
	} rows[] = {{"3栋", "3"},  {"３号楼", "3"}, {"我住12栋", "12"}, {"building 7", "7"},
		    {"五栋", "5"}, {"3", "3"},      {"不知道", NULL},   {"", NULL}};
	char b[16];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool ok = context_building(rows[i].words, b);
		if (ok != (rows[i].building != NULL) || (ok && strcmp(b, rows[i].building)))
			fail_msg("%s → %s", rows[i].words, b);
	}
}

static void help_swallows_the_complaint_beside_it(void **state)
{
	(void)state;
	struct intents in = {.count = 4};
	in.list[0].kind = INTENT_DUTY;
	in.list[1].kind = INTENT_COMPLAINT;
	in.list[2].kind = INTENT_ATTEND;
	in.list[3].kind = INTENT_THANKS;
	context_reduce(&in);
	assert_int_equal(in.count, 2);
	assert_int_equal(in.list[1].kind, INTENT_ATTEND);
	in = (struct intents){.count = 1};
	in.list[0].kind = INTENT_THANKS;
	context_reduce(&in);
	assert_int_equal(in.count, 1);
}

/* Whatever the intent and however bare its arguments: a decision, and something to say or to do. */
static void every_intent_is_decided(void **state)
{
	(void)state;
	for (int k = 0; k < INTENT_COUNT; k++)
		for (int several = 0; several < 2; several++) {
			struct facts f = {.now = 1000000, .next_number = 7, .several = several != 0};
			struct intent in = {.kind = (enum intent_kind)k};
			struct decision d;
			strcpy(in.text, "话");
			decide(&f, &in, &d);
			bool thanks = k == INTENT_THANKS || k == INTENT_ACKNOWLEDGE;
			if (!d.key && !d.effect_count && !(thanks && several))
				fail_msg("%s: silence", intent_name(in.kind));
		}
}

static void the_meeting_that_is_meant(void **state)
{
	(void)state;
	struct facts f = {.now = 1000000, .meeting_grid = true, .meeting_count = 2};
	f.meetings[0] =
	    (struct meeting_fact){.id = 1, .series = 1, .starts_utc = 1000000 + DAY_S, .distance = 1};
	f.meetings[1] =
	    (struct meeting_fact){.id = 2, .series = 2, .starts_utc = 1000000 + 5 * DAY_S, .distance = 0};
	assert_int_equal(meeting_choose(&f), 1); /* the nearest grid */
	f.meetings[0].invited = true;
	assert_int_equal(meeting_choose(&f), 0); /* the open invitation */
	f.question = (struct question_fact){.kind = ASKED_INVITATION, .subject = 2};
	assert_int_equal(meeting_choose(&f), 1); /* the question that was asked last */
	f.question.kind = ASKED_NONE;
	f.meetings[0].invited = false;
	f.meetings[1].starts_utc = 1000000 + 20 * DAY_S;
	assert_int_equal(meeting_choose(&f), 0); /* 14 days at most */
	f.meetings[1].starts_utc = 1000000 + DAY_S;
	f.meeting_grid = false;
	assert_int_equal(meeting_choose(&f), MEETING_SEVERAL);
	f.meetings[1].series = 1;
	assert_true(meeting_choose(&f) >= 0);
	f.meeting_count = 0;
	assert_int_equal(meeting_choose(&f), MEETING_NONE);
}

static void staff_rights(void **state)
{
	(void)state;
	static const struct {
		unsigned roles;
		bool near, assigned, allowed;
	} rows[] = {
	    {0, true, true, false},
	    {ROLE(RESIDENT) | ROLE(VOLUNTEER), true, false, false},
	    {ROLE(GRID_WORKER), true, false, true},
	    {ROLE(GRID_WORKER), false, false, false},
	    {ROLE(DEPARTMENT), true, false, false},
	    {ROLE(DEPARTMENT), false, true, true},
	    {ROLE(SECRETARY), false, false, true},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct facts f = {.now = 1000000, .named = {.number = 3, .state = CASE_RECEIVED}};
		f.sender.roles = rows[i].roles;
		f.named.near = rows[i].near;
		f.named.assigned = rows[i].assigned;
		strcpy(f.named.grid, "KS-03");
		struct intent in = {.kind = INTENT_STAFF_RESOLVE, .has = ARG_NUMBER, .number = 3};
		struct decision d;
		decide(&f, &in, &d);
		if ((d.effect_count > 0) != rows[i].allowed)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weekly_meetings_of_a_month),
	    cmocka_unit_test(summer_time_keeps_the_local_hour),
	    cmocka_unit_test(bad_rules_are_refused),
	    cmocka_unit_test(case_life_steps),
	    cmocka_unit_test(rounds_of_a_usual_week),
	    cmocka_unit_test(rounds_keep_quiet),
	    cmocka_unit_test(rounds_that_were_missed),
	    cmocka_unit_test(clock_guard),
	    cmocka_unit_test(deadlines),
	    cmocka_unit_test(likeness),
	    cmocka_unit_test(one_burst_pipe),
	    cmocka_unit_test(attention),
	    cmocka_unit_test(ring_meanings),
	    cmocka_unit_test(buildings_out_of_words),
	    cmocka_unit_test(help_swallows_the_complaint_beside_it),
	    cmocka_unit_test(every_intent_is_decided),
	    cmocka_unit_test(the_meeting_that_is_meant),
	    cmocka_unit_test(staff_rights),
	};
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}

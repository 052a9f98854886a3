/* The loop closes for everybody who is in it: who shares a trouble, who settles it, who stands in, who wants to help. */
#include "play.h"

#include "civic/indoors.h"
#include "store/duty.h"
#include "store/offer.h"

static struct rules *rules;
static struct replies *replies;

#define LI      "+8613900000001" /* registered, building 3 of KS-03 */
#define ZHAO    "+8613900000003" /* the same building */
#define ABOVE   "+8613900000004" /* registered at the community */
#define ALIEN   "+8613900000009" /* not registered */
#define OFFICER "+8613900000021" /* of KS-03 */
#define BOSS    "+8613900000022" /* secretary */
#define WORKER  "+8613900000023" /* of KS-03 */
#define DEPUTY  "+8613900000024" /* stands in for the worker */
#define UPPER   "+8613900000025" /* worker of the community */

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	struct err e = {0};
	site_open(s, rules, replies);
	routes_free(s->routes);
	s->routes = NULL;
	assert_int_equal(
	    routes_parse("* | * | worker > secretary | 8 16 40 | deliberate\n", "play", &s->routes, &e), 0);
	s->p.routes = s->routes;
	grid(s, "KS", "");
	grid(s, "KS-03", "KS");
	person(s, LI, "李大爷", "KS-03", "3", ROLE(RESIDENT));
	person(s, ZHAO, "赵师傅", "KS-03", "3", ROLE(RESIDENT));
	person(s, ABOVE, "周阿姨", "KS", "1", ROLE(RESIDENT));
	person(s, WORKER, "陈师傅", "KS-03", "", ROLE(GRID_WORKER));
	person(s, BOSS, "孙书记", "KS", "", ROLE(SECRETARY));
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	site_close(*state);
	free(*state);
	return 0;
}

/* What a phone was told since `after` without having asked. */
static const char *told(struct site *s, const char *number, int64_t after)
{
	tick(s);
	return queued(s, number, after);
}

static void a_supporter_reopens(void **state)
{
	struct site *s = *state;
	play(s, LI, "3栋楼道水管爆了");
	assert_has(play(s, ZHAO, "3栋楼道水管漏水"), "第1号");
	play(s, WORKER, "办结 1 换了水管");
	tick(s);
	assert_string_equal(state_of(s, 1), "resolved");
	assert_has(queued(s, ZHAO, 0), "已办结");
	s->now += DAY_S;
	int64_t before = last_out(s);
	assert_has(play(s, ZHAO, "还在漏"), "没有办好");
	assert_string_equal(state_of(s, 1), "in_progress");
	assert_int_equal(count(s, "matter"), 1);
	assert_int_equal(count(s, "journal WHERE entry = 'rated bad' AND note = '还在漏'"), 1);
	assert_has(told(s, WORKER, before), "没办好：还在漏");
	assert_has(told(s, LI, before), "重新办理");
	assert_has(play(s, ZHAO, "修好了"), "不客气");
	assert_string_equal(state_of(s, 1), "in_progress");
	assert_has(play(s, ZHAO, "撤销"), "第1号已改回");
	assert_string_equal(state_of(s, 1), "resolved");
}

static void what_is_still_there_after_the_close_reopens(void **state)
{
	struct site *s = *state;
	play(s, LI, "3栋楼道水管爆了");
	play(s, WORKER, "办结 1 换了水管");
	tick(s);
	play(s, LI, "1");
	assert_string_equal(state_of(s, 1), "closed");
	s->now += 2 * DAY_S;
	assert_has(play(s, LI, "灯又不亮了"), "第2号"); /* another trouble */
	assert_has(play(s, LI, "水管又漏了"), "第1号");
	assert_string_equal(state_of(s, 1), "in_progress");
	assert_int_equal(value(s, "SELECT reopened FROM matter WHERE number = 1", ""), 1);
	play(s, WORKER, "办结 1 又换了");
	s->now += 9 * DAY_S; /* after a week it is a new one */
	play(s, LI, "水管还在漏");
	assert_string_equal(state_of(s, 1), "resolved");
}

static void a_stranger_to_the_case_does_not_reopen(void **state)
{
	struct site *s = *state;
	play(s, LI, "3栋楼道水管爆了");
	play(s, WORKER, "办结 1 换了水管");
	tick(s);
	play(s, ZHAO, "水管还在漏");
	assert_string_equal(state_of(s, 1), "resolved");
	assert_int_equal(count(s, "matter WHERE state <> 'resolved'"), 1);
}

static void a_call_from_above_all_grids(void **state)
{
	struct site *s = *state;
	person(s, OFFICER, "值班员", "KS-03", "", ROLE(DUTY_OFFICER));
	assert_has(play(s, ABOVE, "9 我摔倒了起不来"), "值班员");
	assert_has(queued(s, OFFICER, 0), "我摔倒了起不来");
	assert_int_equal(count(s, "message_out WHERE class = 'alarm' AND number = '" BOSS "'"), 0);
	/* whoever is on duty above comes before those below */
	person(s, UPPER, "总值班", "KS", "", ROLE(DUTY_OFFICER));
	int64_t before = last_out(s);
	play(s, ALIEN, "你好");
	play(s, ABOVE, "6 1");
	play(s, LI, "9 救命");
	assert_has(queued(s, OFFICER, before), "救命");
	assert_string_equal(queued(s, UPPER, before), "");
}

static void all_that_waits_in_one_text(void **state)
{
	struct site *s = *state;
	assert_has(play(s, WORKER, "我的单"), "没有要办的事");
	play(s, LI, "3 3栋楼道灯不亮");
	play(s, LI, "3 小区后面垃圾没人收");
	const char *a = play(s, WORKER, "我的单");
	assert_has(a, "您手上2件");
	assert_has(a, "1照明3栋 2垃圾");
	assert_null(strstr(a, "逾期"));
	s->now += 10 * DAY_S;
	assert_has(play(s, WORKER, "还有哪些没办"), "2件已逾期");
	assert_has(play(s, BOSS, "清单"), "没有要办的事");
	play(s, ALIEN, "3 菜市场门口路坏了");
	assert_has(play(s, BOSS, "清单"), "等您处理1件");
	assert_int_equal(value(s, "SELECT max(segments) FROM message_out WHERE number = ?", "t", BOSS), 1);
	person(s, DEPUTY, "钱老师", "KS-03", "", ROLE(MEDIATOR));
	play(s, LI, "心里难受，睡不着");
	assert_has(play(s, DEPUTY, "我的单"), "您手上1件：4私密。");
	/* of a resident they are words like any others */
	int64_t cases = count(s, "matter");
	play(s, LI, "我的单");
	assert_int_equal(count(s, "matter"), cases + 1);
}

static void a_volunteer_is_asked_for_and_accepted(void **state)
{
	struct site *s = *state;
	assert_has(play(s, LI, "我要当志愿者"), "已报给书记");
	assert_int_equal(count(s, "chore WHERE kind = 'volunteer' AND done_utc IS NULL AND person IS NOT NULL"),
			 1);
	play(s, LI, "志愿报名");
	assert_int_equal(count(s, "chore"), 1);
	assert_has(play(s, LI, "撤销"), "撤销");
	assert_int_equal(count(s, "chore WHERE done_utc IS NULL"), 0);
	assert_has(play(s, ALIEN, "我想当志愿者"), "已报给书记");
	person(s, DEPUTY, "志愿者", "KS-03", "3", ROLE(RESIDENT) | ROLE(VOLUNTEER));
	assert_has(play(s, DEPUTY, "我要当志愿者"), "已经是志愿者");
}

static void an_activity_is_no_meeting(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", "");
	tick(s);
	assert_has(play(s, LI, "我要报名活动"), "活动");
	assert_int_equal(count(s, "rsvp"), 0);
}

static void what_leaks_in_a_kitchen(void **state)
{
	static const struct {
		const char *text;
		bool inside;
	} rows[] = {
	    {"我家厨房水管漏水", true},  {"卫生间堵了", true},
	    {"我家门口路灯坏了", false}, {"楼上的水漏到我家了", false},
	    {"公共厕所没水", false},     {"我家楼下垃圾没人收", false},
	    {"3栋楼道水管爆了", false},  {"The kitchen tap drips", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (indoors(rows[i].text) != rows[i].inside)
			fail_msg("%s", rows[i].text);
	struct site *s = *state;
	play(s, LI, "3 我家厨房水管漏水");
	play(s, ZHAO, "3 3栋楼道水管爆了");
	assert_int_equal(value(s, "SELECT deliberate FROM matter WHERE number = 1", ""), 0);
	assert_int_equal(value(s, "SELECT deliberate FROM matter WHERE number = 2", ""), 1);
}

static void who_is_away_is_stood_in_for(void **state)
{
	struct site *s = *state;
	struct day_window always = {0};
	int64_t id = 0, worker = value(s, "SELECT person FROM person_phone WHERE number = '" WORKER "'", "");
	int64_t deputy = person(s, DEPUTY, "小吴", "KS-03", "", ROLE(GRID_WORKER));
	person(s, UPPER, "总网格员", "KS", "", ROLE(GRID_WORKER));
	assert_int_equal(day_window_parse("00:00-24:00", &always), 0);
	assert_int_equal(duty_add(s->store, "KS-03", worker, 1, &always, &id), 0);
	assert_int_equal(duty_add(s->store, "KS-03", deputy, 2, &always, &id), 0);
	play(s, LI, "3 楼道灯不亮");
	assert_int_equal(value(s, "SELECT assignee FROM matter WHERE number = 1", ""), worker);
	assert_int_equal(duty_absent(s->store, worker, s->now, s->now + DAY_S), 0);
	assert_int_equal(store_run(s->store,
				   "DELETE FROM person_role WHERE person = ? AND role = 'grid_worker'", "I",
				   deputy),
			 0); /* on the list as an officer alone */
	play(s, LI, "3 小区后面垃圾没人收");
	assert_int_equal(value(s, "SELECT assignee FROM matter WHERE number = 2", ""), deputy);
	assert_int_equal(duty_absent(s->store, deputy, s->now, s->now + DAY_S), 0);
	play(s, LI, "3 楼上太吵");
	assert_int_equal(value(s, "SELECT assignee FROM matter WHERE number = 3", ""),
			 value(s, "SELECT person FROM person_phone WHERE number = '" UPPER "'", ""));
}

static void who_has_the_other_case_hears_of_a_merge(void **state)
{
	struct site *s = *state;
	person(s, UPPER, "总网格员", "KS", "", ROLE(GRID_WORKER));
	play(s, LI, "3 楼道灯不亮");
	play(s, ABOVE, "3 大门口的灯一闪一闪");
	tick(s);
	int64_t before = last_out(s);
	assert_has(play(s, BOSS, "合并 1 2"), "已并入第2号");
	assert_has(told(s, UPPER, before), "第1号（照明）并入您办的第2号：“楼道灯不亮”");
	assert_has(told(s, WORKER, before), "与第2号是同一件事");
}

static void a_hot_line_and_its_number(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 楼道灯不亮");
	assert_has(play(s, WORKER, "上报 1 12345 工单号 2035-08"), "已上报");
	assert_int_equal(count(s, "matter WHERE handed_to = '12345' AND handed_ref = '2035-08'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_supporter_reopens, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_is_still_there_after_the_close_reopens, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_stranger_to_the_case_does_not_reopen, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_call_from_above_all_grids, setup, teardown),
	    cmocka_unit_test_setup_teardown(all_that_waits_in_one_text, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_volunteer_is_asked_for_and_accepted, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_activity_is_no_meeting, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_leaks_in_a_kitchen, setup, teardown),
	    cmocka_unit_test_setup_teardown(who_is_away_is_stood_in_for, setup, teardown),
	    cmocka_unit_test_setup_teardown(who_has_the_other_case_hears_of_a_merge, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_hot_line_and_its_number, setup, teardown),
	};
	if (!play_load(&rules, &replies))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}

/* Conversations with the gateway, as residents have them. */
#include "play.h"

static struct rules *rules;
static struct replies *replies;

#define LI     "+8613900000001" /* registered, building 3 of KS-03 */
#define WANG   "+8613900000002" /* registered, building 5 of KS-03 */
#define ZHAO   "+8613900000003" /* registered, building 3 of KS-03 */
#define ALIEN  "+8613900000009" /* not registered */
#define DUTY   "+8613900000021"
#define BOSS   "+8613900000022" /* secretary */
#define WORKER "+8613900000023"

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	site_open(s, rules, replies);
	grid(s, "KS", "");
	grid(s, "KS-03", "KS");
	person(s, LI, "李大爷", "KS-03", "3", ROLE(RESIDENT));
	person(s, WANG, "王大妈", "KS-03", "5", ROLE(RESIDENT));
	person(s, ZHAO, "赵师傅", "KS-03", "3", ROLE(RESIDENT));
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	site_close(*state);
	free(*state);
	return 0;
}

static void complaint_is_read_back(void **state)
{
	struct site *s = *state;
	const char *a = play(s, LI, "3 楼道灯坏了");
	assert_has(a, "第1号");
	assert_has(a, "照明");
	assert_has(a, "楼道");
	assert_int_equal(value(s, "SELECT segments FROM message_out WHERE number = ?", "t", LI), 1);
	assert_int_equal(value(s, "SELECT quiet FROM message_out WHERE number = ?", "t", LI), 0);
	assert_string_equal(state_of(s, 1), "received");
	assert_int_equal(count(s, "message_in WHERE state = 'stored'"), 0);
	assert_int_equal(count(s, "event WHERE kind = 'case.opened'"), 1);
	assert_int_equal(count(s, "matter WHERE building = '3' AND grid = 'KS-03' AND due_utc > opened_utc"),
			 1);
	assert_has(play(s, LI, "6 1"), "已受理");
	assert_has(play(s, LI, "6"), "第1号");
}

static void taken_twice_is_once(void **state)
{
	struct site *s = *state;
	int64_t id = store_text(s, LI, "3 楼道灯坏了", false);
	/* A crash before the commit: as if nothing had been done. */
	assert_int_equal(store_begin(s->store), 0);
	store_rollback(s->store);
	assert_int_equal(participation_take(&s->p, id, s->now), 0);
	assert_int_equal(participation_take(&s->p, id, s->now), 0);
	assert_int_equal(count(s, "matter"), 1);
	assert_int_equal(count(s, "message_out"), 1);
	assert_int_equal(participation_take(&s->p, 4242, s->now), 0);
}

static void same_trouble_is_support(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 楼道灯坏了");
	const char *a = play(s, ZHAO, "3 楼道灯又坏了");
	assert_has(a, "邻居");
	assert_has(a, "第1号");
	assert_has(a, "2人");
	assert_int_equal(count(s, "matter"), 1);
	/* UNDO makes it a case of its own. */
	assert_has(play(s, ZHAO, "撤销"), "第2号");
	assert_int_equal(count(s, "supporter"), 0);
	assert_int_equal(
	    count(s, "matter WHERE number = 2 AND number_from = '" ZHAO "' AND text LIKE '%又坏了%'"), 1);
	/* Another building's lamp is another lamp. */
	assert_has(play(s, WANG, "3 楼道灯坏了"), "第3号");
}

static void support_by_number(void **state)
{
	struct site *s = *state;
	play(s, LI, "4 在小广场装几个健身器材");
	assert_int_equal(count(s, "matter WHERE kind = 'proposal' AND deliberate = 1"), 1);
	assert_has(play(s, WANG, "5 1"), "2人");
	assert_has(play(s, WANG, "5 1"), "2人");
	assert_int_equal(count(s, "supporter"), 1);
	assert_has(play(s, LI, "5 1"), "就是您提的");
	assert_has(play(s, WANG, "5 77"), "没有查到第77号");
	assert_has(play(s, WANG, "撤销"), "撤销");
	assert_int_equal(count(s, "supporter"), 0);
	/* A bare 5: nothing quoted to this phone, then one. */
	assert_has(play(s, ZHAO, "5"), "1号");
	assert_int_equal(count(s, "supporter"), 0);
	play(s, ZHAO, "6 1");
	assert_has(play(s, ZHAO, "5"), "已附议第1号");
}

static void bare_three_asks(void **state)
{
	struct site *s = *state;
	assert_has(play(s, LI, "3"), "什么事");
	assert_int_equal(count(s, "matter"), 0);
	assert_has(play(s, LI, "楼道灯坏了"), "第1号");
	assert_int_equal(count(s, "question"), 0);
	assert_has(play(s, LI, "4"), "建议");
	assert_has(play(s, LI, "装个雨棚"), "第2号");
	assert_int_equal(count(s, "matter WHERE kind = 'proposal'"), 1);
}

static void upset_people_text_thrice(void **state)
{
	struct site *s = *state;
	s->config.merge_window_ms = 90000;
	assert_has(play(s, LI, "楼道灯坏了"), "第1号");
	s->now += 40;
	assert_string_equal(play(s, LI, "黑灯瞎火的差点摔倒了都"), "");
	s->now += 80;
	assert_string_equal(play(s, LI, "你们到底管不管啊"), "");
	assert_int_equal(count(s, "matter"), 1);
	assert_int_equal(count(s, "journal WHERE entry = 'more words'"), 2);
	/* A command is never held back. */
	assert_has(play(s, LI, "6 1"), "第1号");
	/* Nor a coded complaint. */
	assert_has(play(s, LI, "3 垃圾好几天没人收"), "第2号");
	s->now += 3600;
	assert_has(play(s, LI, "小区大门口的井盖松了"), "第");
}

static void meeting_yes_and_no(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	const char *a = play(s, LI, "1 3");
	assert_has(a, "11月20日周五15:00");
	assert_has(a, "3号议事点");
	assert_has(a, "3人");
	assert_int_equal(count(s, "rsvp WHERE answer = 'yes' AND people = 3"), 1);
	assert_int_equal(count(s, "message_out WHERE not_after_utc = (SELECT min(starts_utc) FROM meeting)"),
			 1);
	assert_has(play(s, LI, "2"), "不来");
	assert_int_equal(count(s, "rsvp WHERE answer = 'no'"), 1);
	assert_has(play(s, LI, "撤销"), "撤销");
	assert_int_equal(count(s, "rsvp WHERE answer = 'yes' AND people = 3"), 1);
	assert_has(play(s, LI, "7"), "11月20日");
	/* An unregistered number, one series in the box. */
	a = play(s, ALIEN, "1");
	assert_has(a, "11月20日");
	assert_int_equal(count(s, "rsvp WHERE answer = 'yes'"), 2);
}

static void no_meeting_is_said(void **state)
{
	struct site *s = *state;
	assert_has(play(s, LI, "1"), "还没有安排");
	assert_has(play(s, LI, "7"), "还没有安排");
	assert_int_equal(count(s, "rsvp"), 0);
}

static void strangers_name_their_building(void **state)
{
	struct site *s = *state;
	grid(s, "KS-04", "KS");
	person(s, "+8613900000031", "钱", "KS-04", "9", ROLE(RESIDENT));
	weekly(s, "KS-03", NULL);
	weekly(s, "KS-04", NULL);
	assert_has(play(s, ALIEN, "1"), "几栋");
	assert_int_equal(count(s, "rsvp"), 0);
	assert_has(play(s, ALIEN, "9栋"), "11月20日");
	assert_int_equal(count(s, "rsvp r JOIN meeting m ON m.id = r.meeting WHERE m.grid = 'KS-04'"), 1);
	/* Two grids up and down: the nearest one counts. */
	weekly(s, "KS", NULL);
	play(s, LI, "1");
	assert_int_equal(count(s, "rsvp r JOIN meeting m ON m.id = r.meeting WHERE m.grid = 'KS-03'"), 1);
}

static void several_wishes_one_reply(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	const char *a = play(s, LI, "1 楼道灯又坏了,还有下水堵了");
	assert_has(a, "来开会");
	assert_has(a, "照明");
	assert_int_equal(count(s, "message_out"), 1);
	assert_int_equal(count(s, "matter"), 2);
	assert_int_equal(count(s, "rsvp"), 1);
	assert_has(play(s, LI, "撤销"), "3件");
	assert_int_equal(count(s, "rsvp"), 0);
	assert_int_equal(count(s, "matter WHERE state = 'closed'"), 2);
}

static void bare_five_lists_what_can_be_supported(void **state)
{
	struct site *s = *state;
	grid(s, "KS-04", "KS");
	person(s, "+8613900000031", "外网格", "KS-04", "9", ROLE(RESIDENT));
	assert_has(play(s, WANG, "5"), "编号");
	play(s, LI, "3 垃圾桶满了没人倒");                     /* 1: a trouble */
	play(s, LI, "4 在小广场装几个健身器材让大家锻炼身体"); /* 2: a proposal, on the agenda */
	play(s, LI, "4 门口修一个雨棚");                       /* 3 */
	play(s, LI, "调解 跟儿媳妇过不下去了");                /* 4: private */
	play(s, LI, "9 我摔倒了");                             /* 5: a call for help */
	play(s, "+8613900000031", "4 给车棚装个灯");           /* 6: another grid's */
	play(s, WANG, "4 修个花坛");                           /* 7: one's own */
	assert_has(play(s, ZHAO, "5 3"), "2人");
	const char *a = play(s, WANG, "5");
	const char *first = strstr(a, "3号门口修一个雨棚"), *then = strstr(a, "2号在小广场装几"),
		   *last = strstr(a, "1号垃圾");
	if (!first || !then || !last || first > then || then > last)
		fail_msg("the agenda comes first, then what most people have: %s", a);
	static const char *const others[] = {"4号", "5号", "6号", "7号"};
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_null(strstr(a, others[i]));
	assert_int_equal(value(s, "SELECT max(segments) FROM message_out WHERE number = ?", "t", WANG), 1);
	assert_int_equal(count(s, "supporter WHERE number = '" WANG "'"), 0);
	assert_has(play(s, WANG, "5 2"), "已附议第2号");
	/* What a list of one named is the one last quoted. */
	assert_has(play(s, "+8613900000031", "5"), "编号");
}

static void help_reaches_the_duty_officer(void **state)
{
	struct site *s = *state;
	person(s, DUTY, "值班", "KS", "1", ROLE(DUTY_OFFICER));
	s->now = at("2026-11-16T23:30:00+08:00");
	assert_int_equal(store_begin(s->store), 0);
	assert_int_equal(phone_set_muted(s->store, LI, true), 0);
	assert_int_equal(store_commit(s->store), 0);
	const char *a = play(s, LI, "9 我摔倒了起不来");
	assert_has(a, "110");
	assert_has(a, "119");
	assert_has(a, "120");
	a = queued(s, DUTY, 0);
	assert_has(a, LI);
	assert_has(a, "李大爷");
	assert_has(a, "3栋");
	assert_has(a, "我摔倒了起不来");
	assert_int_equal(count(s, "message_out WHERE class = 'alarm' AND quiet = 0"), 2);
	assert_int_equal(count(s, "event WHERE kind = 'duty.called'"), 1);
	assert_int_equal(count(s, "matter WHERE urgent = 1"), 1);
	/* A second call joins the case and is passed on again. */
	play(s, LI, "9");
	assert_int_equal(count(s, "matter WHERE urgent = 1"), 1);
	assert_int_equal(count(s, "message_out WHERE number = '" DUTY "'"), 2);
}

static void help_is_corrected_never_recalled(void **state)
{
	struct site *s = *state;
	person(s, DUTY, "值班", "KS-03", "1", ROLE(DUTY_OFFICER));
	play(s, LI, "9");
	assert_has(play(s, LI, "撤销"), "值班员");
	assert_int_equal(count(s, "message_out WHERE number = '" DUTY "' AND state = 'queued'"), 2);
	assert_has(queued(s, DUTY, 0), "更正");
	assert_int_equal(count(s, "matter WHERE urgent = 1 AND state = 'received'"), 1);
	/* The second call within the half hour, too: its words stay in the case. */
	play(s, LI, "9 我摔倒了起不来");
	assert_has(play(s, LI, "撤销"), "值班员");
	assert_int_equal(count(s, "matter WHERE urgent = 1 AND text LIKE '%起不来'"), 1);
	assert_int_equal(count(s, "matter"), 1);
}

static void help_falls_back(void **state)
{
	struct site *s = *state;
	assert_has(play(s, LI, "9"), "联系不上值班员");
	person(s, BOSS, "书记", "KS", "1", ROLE(SECRETARY));
	s->now += 3600;
	assert_has(play(s, LI, "9"), "已把您的求助");
	assert_has(queued(s, BOSS, 0), LI);
}

static void opt_out_is_honoured(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	assert_has(play(s, LI, "退订"), "不再给您群发");
	assert_has(play(s, LI, "3 楼道灯坏了"), "第1号");
	assert_has(play(s, WANG, "全停"), "任何短信");
	assert_string_equal(play(s, WANG, "3 垃圾没人收"), "");
	assert_int_equal(count(s, "matter"), 2);
	live(s, at("2026-11-21T00:00:00+08:00"));
	assert_int_equal(count(s, "message_out WHERE class = 'reminder' AND number IN ('" LI "', '" WANG "')"),
			 0);
	assert_int_equal(count(s, "phone WHERE opted_out_message IS NOT NULL"), 2);
	assert_has(play(s, WANG, "订阅"), "恢复");
	assert_has(play(s, WANG, "6"), "第2号");
}

static void strangers_are_asked_once(void **state)
{
	struct site *s = *state;
	assert_has(play(s, ALIEN, "3 路灯不亮"), "登记 姓名");
	assert_int_equal(value(s, "SELECT segments FROM message_out WHERE number = ?", "t", ALIEN), 1);
	assert_null(strstr(play(s, ALIEN, "3 垃圾没人收"), "登记 姓名"));
	assert_has(play(s, ALIEN, "登记 孙悟空 3栋2单元501"), "孙悟空");
	assert_int_equal(count(s, "person WHERE name = '孙悟空' AND confirmed = 0"), 1);
	assert_int_equal(count(s, "chore WHERE kind = 'register'"), 1);
	assert_has(play(s, ALIEN, "撤销"), "撤销");
	assert_int_equal(count(s, "person_phone WHERE number = '" ALIEN "'"), 0);
}

static void machines_are_never_answered(void **state)
{
	struct site *s = *state;
	assert_string_equal(play(s, "10086", "您的余额不足10元，退订回T"), "");
	assert_string_equal(play(s, "1069012345", "回复1订购，回复TD退订"), "");
	assert_string_equal(play(s, "+8613800000000", "1"), ""); /* the box itself */
	assert_int_equal(count(s, "message_out"), 0);
	assert_int_equal(count(s, "matter"), 0);
	assert_int_equal(count(s, "message_in WHERE state = 'done'"), 3);
}

static void budget_and_notice(void **state)
{
	struct site *s = *state;
	s->config.answer_budget = 3;
	for (int i = 0; i < 3; i++)
		assert_has(play(s, LI, "6"), "没有查到");
	assert_has(play(s, LI, "6"), "不一一回复");
	assert_string_equal(play(s, LI, "3 楼道灯坏了"), "");
	assert_int_equal(count(s, "matter"), 1);
	assert_has(play(s, LI, "9"), "110");
	s->now += 3700;
	assert_has(play(s, LI, "6"), "第");
}

static void loops_are_cut(void **state)
{
	struct site *s = *state;
	s->config.answer_budget = 50;
	assert_has(play(s, LI, "我现在不方便接收短信稍后联系"), "第1号");
	for (int i = 0; i < 2; i++) {
		s->now += 10;
		play(s, LI, "我现在不方便接收短信稍后联系");
	}
	s->now += 10;
	assert_string_equal(play(s, LI, "我现在不方便接收短信稍后联系"), "");
	assert_int_equal(count(s, "chore WHERE kind = 'loop'"), 1);
	assert_has(play(s, LI, "6"), "第");
}

static void private_words_stay_private(void **state)
{
	struct site *s = *state;
	const char *a = play(s, LI, "调解 和儿媳妇天天吵架过不下去了");
	assert_has(a, "12356");
	assert_int_equal(count(s, "message_in WHERE text IS NULL AND private = 1"), 1);
	assert_int_equal(count(s, "matter WHERE private = 1 AND text = ''"), 1);
	assert_int_equal(count(s, "journal WHERE note LIKE '%儿媳%'"), 0);
	assert_int_equal(count(s, "event WHERE body LIKE '%儿媳%'"), 0);
	assert_has(play(s, WANG, "6 1"), "没有查到第1号");
	assert_has(play(s, WANG, "5 1"), "没有查到第1号");
}

static void strangers_see_little(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 楼道灯坏了快来修");
	const char *a = play(s, ALIEN, "6 1");
	assert_has(a, "照明");
	assert_null(strstr(a, "快来修"));
	assert_has(play(s, LI, "6 1"), "楼道灯坏了快来修");
}

static void nothing_is_lost(void **state)
{
	struct site *s = *state;
	static const char *const texts[] = {
	    "阿巴阿巴歪比巴卜",        "积分", "零工",         "8 12",        "问 医保",
	    "医生 血压高能不能吃柚子", "回电", "删除我的信息", "你们几点下班"};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *a = play(s, WANG, texts[i]);
		if (!*a)
			fail_msg("no answer to %s", texts[i]);
	}
	assert_true(count(s, "matter") + count(s, "chore") >= 5);
	assert_has(play(s, LI, ""), "没有文字");
	assert_string_equal(play(s, LI, "  "), ""); /* said once a day */
	assert_has(play(s, LI, "谢谢"), "不客气");
	assert_string_equal(play(s, LI, "谢谢"), "");
	assert_int_equal(value(s, "SELECT max(segments) FROM message_out", ""), 1);
	play(s, LI, "0");
	assert_true(value(s, "SELECT max(segments) FROM message_out", "") <= 2);
}

static void undo_respects_others(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 楼道灯坏了");
	play(s, ZHAO, "5 1");
	assert_has(play(s, LI, "撤销"), "已经有人");
	assert_string_equal(state_of(s, 1), "received");
	play(s, WANG, "3 垃圾没人收");
	s->now += 31 * 60;
	assert_has(play(s, WANG, "撤销"), "半小时内没有");
}

static void wrong_number_unlinks(void **state)
{
	struct site *s = *state;
	assert_has(play(s, LI, "打错了"), "对不起");
	assert_int_equal(count(s, "phone WHERE unlinked_utc IS NOT NULL"), 1);
	assert_int_equal(count(s, "chore WHERE kind = 'wrong_number'"), 1);
	assert_has(play(s, LI, "撤销"), "恢复");
	assert_int_equal(count(s, "phone WHERE unlinked_utc IS NOT NULL"), 0);
}

static void staff_settle_and_resident_rates(void **state)
{
	struct site *s = *state;
	person(s, WORKER, "小周", "KS-03", "1", ROLE(GRID_WORKER));
	play(s, LI, "3 楼道灯坏了");
	play(s, ZHAO, "5 1");
	assert_has(play(s, WANG, "办结 1 已换灯泡"), "第");
	assert_string_not_equal(state_of(s, 1), "resolved");
	assert_has(play(s, WORKER, "接 1"), "由您办理");
	int64_t before = last_out(s);
	tick(s);
	assert_has(queued(s, LI, before), "小周");
	assert_has(play(s, WORKER, "办结 1 已换灯泡"), "已办结");
	before = last_out(s);
	tick(s);
	assert_has(queued(s, LI, before), "修好了回1");
	assert_has(queued(s, LI, before), "已换灯泡");
	assert_has(queued(s, ZHAO, before), "已办结");
	assert_int_equal(
	    count(s, "message_out WHERE text LIKE '%修好了回1%' AND quiet = 1 AND not_after_utc IS NOT NULL"),
	    1);
	tick(s);
	assert_int_equal(count(s, "message_out WHERE text LIKE '%修好了回1%'"), 1);
	assert_has(play(s, LI, "2"), "重办");
	assert_string_equal(state_of(s, 1), "in_progress");
	assert_int_equal(count(s, "matter WHERE reopened = 1"), 1);
	assert_has(play(s, LI, "撤销"), "第1号");
	assert_string_equal(state_of(s, 1), "resolved");
	play(s, LI, "修好了");
	assert_string_equal(state_of(s, 1), "closed");
}

static void one_question_at_a_time(void **state)
{
	struct site *s = *state;
	person(s, WORKER, "小周", "KS-03", "1", ROLE(GRID_WORKER));
	weekly(s, "KS-03", NULL);
	play(s, LI, "3 楼道灯坏了");
	play(s, WORKER, "办结 1");
	tick(s);
	assert_int_equal(count(s, "question WHERE kind = 'rating'"), 1);
	/* Tuesday 15:00: the invitation is due; this phone's has to wait. */
	live(s, at("2026-11-17T15:10:00+08:00"));
	assert_int_equal(count(s, "invitation WHERE number = '" WANG "'"), 1);
	assert_int_equal(count(s, "invitation WHERE number = '" LI "'"), 0);
	assert_has(play(s, LI, "1"), "谢谢您的评价");
	assert_int_equal(count(s, "invitation WHERE number = '" LI "'"), 1);
	assert_has(play(s, LI, "1"), "来开会");
}

static void rings(void **state)
{
	struct site *s = *state;
	weekly(s, "KS-03", NULL);
	/* No invitation is open: one text, one chore. */
	assert_has(ring(s, LI), "回电话");
	s->now += 1200;
	assert_string_equal(ring(s, LI), "");
	assert_int_equal(count(s, "chore WHERE kind = 'callback'"), 1);
	live(s, at("2026-11-17T15:10:00+08:00"));
	assert_has(ring(s, WANG), "记下您来开会");
	assert_int_equal(count(s, "rsvp WHERE answer = 'yes' AND channel = 'call'"), 1);
	s->now += 60;
	assert_has(ring(s, WANG), "回电话"); /* twice in ten minutes */
	play(s, ZHAO, "2");
	assert_has(ring(s, ZHAO), "回过不来");
	assert_int_equal(count(s, "rsvp WHERE answer = 'no'"), 1);
	/* Unknown, landline, withheld, machine. */
	assert_string_equal(ring(s, ALIEN), "");
	assert_string_equal(ring(s, "07146361234"), "");
	assert_string_equal(ring(s, ""), "");
	assert_string_equal(ring(s, "10086"), "");
	assert_int_equal(count(s, "event WHERE kind = 'call.missed'"), 9);
}

static void quarantine_opens_one_case(void **state)
{
	struct site *s = *state;
	assert_int_equal(store_begin(s->store), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    participation_quarantine(&s->p, 0, LI, "user data shorter than said", "front", s->now), 0);
	assert_int_equal(store_commit(s->store), 0);
	assert_int_equal(count(s, "matter WHERE origin = 'quarantine'"), 1);
	assert_int_equal(count(s, "message_out"), 0);
}

static void a_flood_is_bounded(void **state)
{
	struct site *s = *state;
	char text[64];
	for (int i = 0; i < 60; i++) {
		snprintf(text, sizeof text, "4 第%d个主意各不相同%c", i, 'a' + i % 26);
		play(s, ALIEN, text);
	}
	assert_int_equal(count(s, "matter"), 20);
	assert_int_equal(count(s, "journal WHERE entry = 'more words'"), 40);
}

static void english_is_answered_in_english(void **state)
{
	struct site *s = *state;
	assert_has(play(s, LI, "The street lamp is broken near building 5"), "Noted");
	assert_has(play(s, LI, "6"), "No. 1");
}

static void late_replies_keep_quiet(void **state)
{
	struct site *s = *state;
	s->now = at("2026-11-16T19:00:00+08:00");
	int64_t id = store_text(s, LI, "3 楼道灯坏了", false);
	s->now = at("2026-11-16T22:00:00+08:00");
	assert_int_equal(participation_take(&s->p, id, s->now), 0);
	assert_int_equal(count(s, "message_out WHERE quiet = 1"), 1);
	play(s, WANG, "6");
	assert_int_equal(count(s, "message_out WHERE quiet = 0"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	if (!play_load(&rules, &replies))
		return 1;
	const struct CMUnitTest tests[] = {
	    T(complaint_is_read_back),
	    T(taken_twice_is_once),
	    T(same_trouble_is_support),
	    T(support_by_number),
	    T(bare_three_asks),
	    T(upset_people_text_thrice),
	    T(meeting_yes_and_no),
	    T(no_meeting_is_said),
	    T(strangers_name_their_building),
	    T(several_wishes_one_reply),
	    T(bare_five_lists_what_can_be_supported),
	    T(help_reaches_the_duty_officer),
	    T(help_is_corrected_never_recalled),
	    T(help_falls_back),
	    T(opt_out_is_honoured),
	    T(strangers_are_asked_once),
	    T(machines_are_never_answered),
	    T(budget_and_notice),
	    T(loops_are_cut),
	    T(private_words_stay_private),
	    T(strangers_see_little),
	    T(nothing_is_lost),
	    T(undo_respects_others),
	    T(wrong_number_unlinks),
	    T(staff_settle_and_resident_rates),
	    T(one_question_at_a_time),
	    T(rings),
	    T(quarantine_opens_one_case),
	    T(a_flood_is_bounded),
	    T(english_is_answered_in_english),
	    T(late_replies_keep_quiet),
	};
	int failed = cmocka_run_group_tests_name("conversation", tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}

/* UNDO of words that joined a case: what the answer says is what happened. */
#include "play.h"

static struct rules *rules;
static struct replies *replies;

#define LI   "+8613900000001" /* registered, building 3 of KS-03 */
#define ZHAO "+8613900000003" /* registered, building 3 of KS-03 */

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	site_open(s, rules, replies);
	grid(s, "KS", "");
	grid(s, "KS-03", "KS");
	person(s, LI, "李大爷", "KS-03", "3", ROLE(RESIDENT));
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

static void undo_of_several_opens_nothing(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 楼道灯坏了");
	play(s, LI, "1 楼道灯又坏了,还有下水堵了");
	int64_t cases = count(s, "matter");
	assert_has(play(s, LI, "撤销"), "都已撤销");
	assert_int_equal(count(s, "matter"), cases);
	assert_int_equal(count(s, "matter WHERE number = 1 AND text = '楼道灯坏了' AND state = 'received'"), 1);
	/* One alone becomes a case of its own, with its own words. */
	assert_has(play(s, LI, "3 楼道灯还是坏的"), "第1号");
	assert_has(play(s, LI, "撤销"), "第3号");
	assert_int_equal(count(s, "matter WHERE number = 3 AND text = '楼道灯还是坏的'"), 1);
	assert_int_equal(count(s, "matter WHERE number = 1 AND text = '楼道灯坏了'"), 1);
}

/* None of the words stay behind, none of others' go, and the number that is told is the new case's. */
static void undo_of_joined_words_leaves_no_trace(void **state)
{
	struct site *s = *state;
	s->config.merge_window_ms = 90000;
	play(s, LI, "3 楼道灯坏了");
	assert_string_equal(play(s, LI, "三楼也不亮"), "");
	assert_string_equal(play(s, LI, "好几天了"), "");
	assert_has(play(s, LI, "撤销"), "单独登记为第2号");
	assert_int_equal(count(s, "matter WHERE number = 2 AND text = '好几天了'"), 1);
	assert_int_equal(count(s, "matter WHERE number = 1 AND text = '楼道灯坏了 / 三楼也不亮'"), 1);
	s->config.merge_window_ms = 0;
	/* Words that came behind stay where they are. */
	assert_has(play(s, LI, "3 楼道灯还是坏的"), "第1号");
	assert_int_equal(store_begin(s->store), 0);
	assert_int_equal(matter_join(s->store, 1, "别人的话", CATEGORY_LIGHTING,
				     &(struct actor){"shell:1000", CHANNEL_SHELL, 0}, s->now),
			 0);
	assert_int_equal(store_commit(s->store), 0);
	assert_has(play(s, LI, "撤销"), "单独登记为第3号");
	assert_int_equal(count(s, "matter WHERE number = 1 AND text = '楼道灯坏了 / 三楼也不亮 / 别人的话'"),
			 1);
	assert_int_equal(
	    count(s, "matter WHERE number = 3 AND text = '楼道灯还是坏的' AND category = 'lighting'"), 1);
}

static void undo_gives_back_the_category(void **state)
{
	struct site *s = *state;
	s->config.merge_window_ms = 90000;
	play(s, LI, "3 那边的东西坏了");
	assert_int_equal(count(s, "matter WHERE number = 1 AND category = 'other'"), 1);
	play(s, LI, "下水道也堵了");
	assert_int_equal(count(s, "matter WHERE number = 1 AND category = 'sewage'"), 1);
	play(s, LI, "撤销");
	assert_int_equal(count(s, "matter WHERE number = 1 AND category = 'other'"), 1);
	assert_int_equal(count(s, "matter WHERE number = 2 AND category = 'sewage'"), 1);
}

static void undo_keeps_an_earlier_support(void **state)
{
	struct site *s = *state;
	play(s, LI, "3 3栋的楼道灯坏了");
	play(s, ZHAO, "5 1");
	assert_has(play(s, ZHAO, "3 3栋楼道灯坏了"), "第1号");
	assert_has(play(s, ZHAO, "撤销"), "单独登记为第2号");
	assert_int_equal(count(s, "matter"), 2);
	assert_int_equal(count(s, "supporter WHERE matter = 1 AND number = '" ZHAO "'"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	if (!play_load(&rules, &replies))
		return 1;
	const struct CMUnitTest tests[] = {
	    T(undo_of_several_opens_nothing),
	    T(undo_of_joined_words_leaves_no_trace),
	    T(undo_gives_back_the_category),
	    T(undo_keeps_an_earlier_support),
	};
	int failed = cmocka_run_group_tests_name("undo", tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}

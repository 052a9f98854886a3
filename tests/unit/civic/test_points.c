/* What gives points, and how limits cut it; which topic and which answer a text means; how words are passed on. */
#include "base/mem.h"
#include "civic/consult.h"
#include "civic/faq.h"
#include "civic/points.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_a_table(void **state)
{
	(void)state;
	struct point_rules t;
	struct err e = {0};
	const char *text = "# a comment\n\nattended 2 2 10 # and one behind\r\n\ttask\t3  6 -\nall - 10 60";
	assert_int_equal(point_rules_parse(text, "x", &t, &e), 0);
	assert_int_equal(t.rows[POINT_ATTENDED].points, 2);
	assert_int_equal(t.rows[POINT_TASK].day, 6);
	assert_int_equal(t.rows[POINT_TASK].month, POINTS_FREE);
	assert_int_equal(t.rows[POINT_ALL].month, 60);
	assert_int_equal(t.rows[POINT_PATROL].points, 0);
	assert_int_equal(point_rules_parse("", "x", &t, &e), 0);
	assert_int_equal(t.rows[POINT_ALL].day, POINTS_FREE);
}

static void test_what_is_wrong_has_a_line(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int line;
	} wrong[] = {
	    {"attended 2 2", 1},
	    {"attended 2 2 10 7", 1},
	    {"task 3 6 30\nfame 5 - -", 2},
	    {"award 5 - -", 1},
	    {"redeem 5 - -", 1},
	    {"task 3 6 30\n\ntask 3 6 30", 3},
	    {"task - 6 30", 1},
	    {"task -3 6 30", 1},
	    {"task 3x 6 30", 1},
	    {"task 1001 - -", 1},
	    {"task 99999999999999999999 - -", 1},
	    {"task 3 2 30", 1},
	    {"task 3 6 1", 1},
	    {"all 3 6 30", 1},
	    {"averyveryveryverylongwordthatisnoreason 1 1 1", 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct point_rules t = {.rows = {{7, 7, 7}}};
		struct err e = {0};
		assert_int_equal(point_rules_parse(wrong[i].text, "points.table", &t, &e), -EINVAL);
		assert_int_equal(e.line, wrong[i].line);
		assert_string_equal(e.file, "points.table");
		assert_true(e.text[0]);
		assert_int_equal(t.rows[0].points, 7); /* untouched */
	}
}

static void test_limits_cut(void **state)
{
	(void)state;
	struct point_rules t;
	struct err e = {0};
	assert_int_equal(point_rules_parse("task 3 6 30\npatrol 5 - -\nall - 10 60", "x", &t, &e), 0);
	static const struct {
		enum point_reason reason;
		struct point_sums given;
		int due;
	} cases[] = {
	    {POINT_TASK, {0, 0, 0, 0}, 3},     {POINT_TASK, {3, 3, 3, 3}, 3},
	    {POINT_TASK, {5, 5, 5, 5}, 1},     {POINT_TASK, {6, 6, 6, 6}, 0},
	    {POINT_TASK, {9, 9, 9, 9}, 0},     {POINT_TASK, {0, 29, 0, 29}, 1},
	    {POINT_TASK, {0, 0, 9, 9}, 1},     {POINT_TASK, {0, 0, 0, 59}, 1},
	    {POINT_PATROL, {90, 90, 0, 0}, 5}, {POINT_ATTENDED, {0, 0, 0, 0}, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(points_due(&t, cases[i].reason, &cases[i].given), cases[i].due);
}

static void test_our_own_table(void **state)
{
	(void)state;
	struct point_rules t;
	struct err e = {0};
	assert_int_equal(point_rules_load(".", &t, &e), 0);
	for (int i = 0; i < POINT_REASON_COUNT; i++)
		assert_int_equal(t.rows[i].points > 0, i != POINT_AWARD && i != POINT_REDEEM);
	assert_int_equal(point_rules_load("/nowhere", &t, &e), -ENOENT);
}

static void test_topics(void **state)
{
	(void)state;
	static const struct {
		const char *words;
		int topic;
	} cases[] = {
	    {"律师", CONSULT_LAW},
	    {"张律师", CONSULT_LAW},
	    {"Lawyer", CONSULT_LAW},
	    {"吴医生", CONSULT_HEALTH},
	    {"Dr. Wu, doctor", CONSULT_HEALTH},
	    {"Lawrence", -1},
	    {"", -1},
	    {"王秀英", -1},
	    {"flaw", -1},
	    {"law", CONSULT_LAW},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(consult_topic_find(cases[i].words), cases[i].topic);
	assert_int_equal(consult_topics("law health"), 3);
}

static void test_words_are_passed_on(void **state)
{
	(void)state;
	char out[CONSULT_RELAY_MAX * 4 + 8], small[16];
	assert_string_equal(consult_relay("  a\n\n b\r\nc  ", out, sizeof out), "a b c");
	assert_string_equal(consult_relay("【社区】”说“[x]", out, sizeof out), "(社区)'说'(x)");
	assert_string_equal(consult_relay("打13800138008", out, sizeof out), "打13800138008");
	assert_string_equal(consult_relay("", out, sizeof out), "");
	assert_string_equal(consult_relay("一二三四五六七", small, sizeof small), "一二三四…");
	char long_text[4096];
	memset(long_text, 'x', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = 0;
	consult_relay(long_text, out, sizeof out);
	assert_int_equal(strlen(out), CONSULT_RELAY_MAX + strlen("…"));
}

static void test_answers(void **state)
{
	(void)state;
	assert_int_equal(faq_score("医保", "医保", ""), FAQ_SAME);
	assert_int_equal(faq_score("医疗保险", "医保", "看病 医疗保险"), FAQ_SAME);
	assert_true(faq_score("户口迁移要什么", "户口迁移", "") > faq_score("户口迁移要什么", "户口", ""));
	assert_true(faq_score("医保怎么办", "医保", "") >= FAQ_SURE);
	assert_true(faq_score("公积金", "公积金提取", "") < FAQ_SURE);
	assert_true(faq_score("公积金提取", "公积", "") >= FAQ_SURE);
	assert_int_equal(faq_score("停车", "医保", "看病"), 0);
	assert_int_equal(faq_score("", "医保", "看病"), 0);
	assert_int_equal(faq_score("MEDICAL", "医保", "medical"), FAQ_SAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_table),    cmocka_unit_test(test_what_is_wrong_has_a_line),
	    cmocka_unit_test(test_limits_cut), cmocka_unit_test(test_our_own_table),
	    cmocka_unit_test(test_topics),     cmocka_unit_test(test_words_are_passed_on),
	    cmocka_unit_test(test_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Polls: what a count says, which option words mean, when the silent are reminded. Tables. */
#include "civic/context.h"
#include "civic/poll.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void counting_and_quorum(void **state)
{
	static const struct {
		const char *what;
		struct poll_count count;
		int64_t voted, needed;
		bool quorate;
		int winner;
	} rows[] = {
	    {"nobody voted, nothing is wanted", {.asked = 10, .options = 3}, 0, 0, true, 0},
	    {"one vote wins", {.asked = 10, .options = 3, .votes = {0, 1}}, 1, 0, true, 2},
	    {"a tie has no winner", {.asked = 10, .options = 3, .votes = {4, 4, 1}}, 9, 0, true, 0},
	    {"a tie below the most does not matter",
	     {.asked = 10, .options = 3, .votes = {2, 2, 3}},
	     7,
	     0,
	     true,
	     3},
	    {"as many as wanted", {.asked = 10, .options = 2, .votes = {3, 2}, .quorum = 5}, 5, 5, true, 1},
	    {"one too few", {.asked = 10, .options = 2, .votes = {3, 1}, .quorum = 5}, 4, 5, false, 0},
	    {"half of ten", {.asked = 10, .options = 2, .votes = {5, 0}, .quorum_percent = 50}, 5, 5, true, 1},
	    {"half of eleven is six",
	     {.asked = 11, .options = 2, .votes = {5, 0}, .quorum_percent = 50},
	     5,
	     6,
	     false,
	     0},
	    {"two thirds of three",
	     {.asked = 3, .options = 2, .votes = {2, 0}, .quorum_percent = 66},
	     2,
	     2,
	     true,
	     1},
	    {"67 per cent of three",
	     {.asked = 3, .options = 2, .votes = {2, 0}, .quorum_percent = 67},
	     2,
	     3,
	     false,
	     0},
	    {"all", {.asked = 3, .options = 2, .votes = {3, 0}, .quorum_percent = 100}, 3, 3, true, 1},
	    {"the greater of both",
	     {.asked = 10, .options = 2, .votes = {4, 0}, .quorum = 2, .quorum_percent = 50},
	     4,
	     5,
	     false,
	     0},
	    {"abstentions are votes",
	     {.asked = 4, .options = 3, .votes = {1, 0, 1}, .quorum = 2},
	     2,
	     2,
	     true,
	     0},
	    {"eight options", {.asked = 99, .options = 8, .votes = {1, 2, 3, 4, 5, 6, 7, 8}}, 36, 0, true, 8},
	    {"fifty thousand",
	     {.asked = 50000, .options = 2, .votes = {25001, 0}, .quorum_percent = 50},
	     25001,
	     25000,
	     true,
	     1},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct poll_outcome o = poll_outcome_of(&rows[i].count);
		if (o.voted != rows[i].voted || o.needed != rows[i].needed || o.quorate != rows[i].quorate ||
		    o.winner != rows[i].winner)
			fail_msg("%s: voted %d needed %d quorate %d winner %d", rows[i].what, (int)o.voted,
				 (int)o.needed, o.quorate, o.winner);
	}
	assert_int_equal(poll_percent(0, 0), 0);
	assert_int_equal(poll_percent(1, 3), 33);
	assert_int_equal(poll_percent(2, 3), 67);
	assert_int_equal(poll_percent(3, 3), 100);
}

static struct poll_fact of(const char *const *options)
{
	struct poll_fact p = {.id = 1};
	for (; options[p.option_count]; p.option_count++)
		strcpy(p.options[p.option_count], options[p.option_count]);
	return p;
}

static void what_words_mean(void **state)
{
	static const char *const stance[] = {"赞成", "反对", "弃权", NULL},
				 *const turned[] = {"不同意", "同意", NULL},
				 *const places[] = {"东侧", "西侧", "西侧路口", NULL},
				 *const scale[] = {"很安全", "安全", "一般", "不安全", NULL},
				 *const english[] = {"Yes", "No", "North gate", NULL};
	static const struct {
		const char *const *options;
		int said; /* what the rules read, 0 nothing */
		const char *words;
		int meant;
	} rows[] = {
	    {stance, 1, "1", 1},
	    {stance, 0, "２。", 2},
	    {stance, 7, "7", 7},
	    {stance, 1, "我赞成", 1},
	    {stance, 2, "坚决反对", 2},
	    {stance, 3, "弃权吧", 3},
	    {stance, 1, "一楼的不同意，我六楼的同意", 1},
	    {turned, 1, "同意", 2},
	    {turned, 2, "不同意", 1},
	    {turned, 3, "弃权", 0},
	    {places, 0, "西侧", 2},
	    {places, 0, "西侧路口", 3},
	    {places, 0, "还是东侧好", 1},
	    {places, 0, "不要东侧", 0},
	    {places, 0, "东侧西侧都行", 0},
	    {places, 1, "同意", 0},
	    {places, 2, "我选2", 2},
	    {scale, 0, "一般", 3},
	    {scale, 0, "不安全", 4},
	    {scale, 0, "安全", 2},
	    {scale, 0, "很安全", 1},
	    {english, 1, "yes", 1},
	    {english, 0, "north gate", 3},
	    {english, 2, "no", 2},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct poll_fact p = of(rows[i].options);
		int meant = poll_option_meant(&p, rows[i].said, rows[i].words);
		if (meant != rows[i].meant)
			fail_msg("\"%s\" of %s …: %d, not %d", rows[i].words, p.options[0], meant,
				 rows[i].meant);
	}
}

static void when_the_silent_are_reminded(void **state)
{
	struct day_window quiet;
	int64_t noon = 0;
	(void)state;
	assert_int_equal(clock_set_zone("Asia/Shanghai"), 0);
	assert_int_equal(day_window_parse("20:30-08:00", &quiet), 0);
	assert_int_equal(rfc3339_parse("2026-11-16T12:00:00+08:00", &noon), 0);
	const struct {
		int64_t length, before, after_opening; /* hours; after_opening −1: none */
	} rows[] = {
	    {96, 24, 72}, /* a day before the close */
	    {24, 24, 0},  /* below: 04:00 is night, so before 20:30 */
	    {6, 24, 4},   /* a short one: after two thirds */
	    {1, 24, -1},  /* too short for one */
	    {96, 0, -1},  /* reminders are off */
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t at =
		    poll_remind_utc(noon, noon + rows[i].length * HOUR_S, rows[i].before * HOUR_S, &quiet);
		if (rows[i].after_opening < 0)
			assert_int_equal(at, 0);
		else if (rows[i].after_opening > 0)
			assert_int_equal(at, noon + rows[i].after_opening * HOUR_S);
		else
			assert_true(at > noon + 8 * HOUR_S && at < noon + 8 * HOUR_S + 30 * MINUTE_S);
	}
}

static void late_answers(void **state)
{
	static const struct {
		enum asked kind;
		int64_t days;
		const char *words;
		bool meeting, late;
	} rows[] = {
	    {ASKED_RATING, 1, "1", true, true},
	    {ASKED_RATING, 5, "1", true, false}, /* the meeting that is coming is meant */
	    {ASKED_RATING, 5, "1", false, true},
	    {ASKED_RATING, 5, "3", false, false}, /* by now that is the code for a complaint */
	    {ASKED_POLL, 1, "3", true, true},
	    {ASKED_POLL, 1, "9", true, false},
	    {ASKED_POLL, 1, "0", true, false},
	    {ASKED_POLL, 1, "3 楼道灯坏了", true, false},
	    {ASKED_INVITATION, 0, "来", false, true},
	    {ASKED_INVITATION, 3, "1", true, false},
	    {ASKED_CHECKIN, 1, "平安", true, true},
	    {ASKED_CHECKIN, 1, "我今天一天都在家里没事", true, false},
	    {ASKED_CODE, 0, "1", false, false},
	    {ASKED_TEXT, 0, "1", false, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct question_fact q = {.kind = rows[i].kind, .late = true, .expires_utc = 1000};
		if (context_late(&q, rows[i].words, rows[i].meeting, 1000 + rows[i].days * DAY_S) !=
		    rows[i].late)
			fail_msg("row %zu: \"%s\"", i, rows[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counting_and_quorum),
	    cmocka_unit_test(what_words_mean),
	    cmocka_unit_test(when_the_silent_are_reminded),
	    cmocka_unit_test(late_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

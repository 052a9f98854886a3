/* The order of an agenda, when it is fixed, and what decisions mean. */
#include "civic/agenda.h"
#include "civic/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define T(f) cmocka_unit_test(f)

static struct agenda_entry entry(int matter, int supporters, int64_t opened, const char *text)
{
	return (struct agenda_entry){.matter = matter,
				     .supporters = supporters,
				     .opened_utc = opened,
				     .proposal = true,
				     .category = CATEGORY_OTHER,
				     .text = (char *)text};
}

static void expect(struct agenda_entry *list, int count, const int *order)
{
	agenda_arrange(list, count);
	for (int i = 0; i < count; i++)
		assert_int_equal(list[i].matter, order[i]);
}

static void ranked(void **state)
{
	(void)state;
	struct agenda_entry list[] = {entry(1, 2, 10, "装电梯"), entry(2, 5, 30, "修路灯"),
				      entry(3, 2, 5, "种树木"), entry(4, 2, 20, "挖水井")};
	list[3].urgent = true;
	expect(list, 4, (const int[]){2, 4, 3, 1}); /* supporters, urgent, the one that waits longest */
}

static void placed(void **state)
{
	(void)state;
	struct agenda_entry list[] = {entry(1, 9, 1, "装电梯"), entry(2, 8, 1, "修路灯"),
				      entry(3, 1, 1, "种树木"), entry(4, 1, 2, "挖水井")};
	list[2].position = 1;
	list[3].position = 9; /* past the end */
	expect(list, 4, (const int[]){3, 1, 2, 4});
	list[0] = entry(1, 1, 1, "装电梯");
	expect(list, 1, (const int[]){1});
	expect(list, 0, NULL);
}

static void grouped(void **state)
{
	(void)state;
	struct agenda_entry list[] = {entry(1, 2, 1, "小区里装充电车棚"), entry(2, 3, 2, "门口修一个凉亭"),
				      entry(3, 2, 3, "小区里装个充电车棚"),
				      entry(4, 1, 4, "小区里装充电车棚吧")};
	expect(list, 4, (const int[]){1, 3, 4, 2}); /* together they have five */
	assert_int_equal(list[0].weight, 5);
	assert_int_equal(list[1].under, 1);
	assert_int_equal(list[2].under, 1);
	assert_int_equal(list[3].under, 0);
	for (int i = 0; i < 4; i++)
		if (list[i].matter == 3)
			list[i].apart = true;
	expect(list, 4, (const int[]){1, 4, 2, 3});
}

static void not_alike(void **state)
{
	(void)state;
	struct agenda_entry list[] = {entry(1, 1, 1, "楼道灯不亮"), entry(2, 1, 2, "楼道灯不亮")};
	for (int i = 0; i < 2; i++) {
		list[i].proposal = false;
		list[i].category = CATEGORY_LIGHTING;
		strcpy(list[i].building, i ? "5" : "3");
	}
	expect(list, 2, (const int[]){1, 2});
	assert_int_equal(list[1].under, 0); /* two buildings' lamps */
	list[0].category = list[1].category = CATEGORY_DISPUTE;
	list[1].building[0] = 0;
	expect(list, 2, (const int[]){1, 2});
	assert_int_equal(list[1].under, 0); /* quarrels are never put together */
}

static void many(void **state)
{
	(void)state;
	struct agenda_entry list[AGENDA_MAX];
	bool seen[AGENDA_MAX + 1] = {false};
	for (int i = 0; i < AGENDA_MAX; i++) {
		list[i] = entry(i + 1, rand() % 5, rand() % 9, i % 3 ? "装充电车棚" : "修凉亭座椅");
		list[i].position = i % 4 ? 0 : rand() % (2 * AGENDA_MAX);
	}
	agenda_arrange(list, AGENDA_MAX);
	for (int i = 0; i < AGENDA_MAX; i++) {
		assert_false(seen[list[i].matter]); /* each once */
		seen[list[i].matter] = true;
		assert_true(i || !list[i].under);
		if (list[i].under)
			assert_true(list[i].under == list[i - 1].matter || list[i].under == list[i - 1].under);
	}
}

static void fixed(void **state)
{
	(void)state;
	const int64_t starts = 100 * DAY_S + 7 * HOUR_S;
	struct round_config c = {.before_s = {3 * DAY_S, DAY_S, 2 * HOUR_S}};
	struct round_state m = {.starts_utc = starts, .done_utc = {starts - 3 * DAY_S, 0, 0}};
	assert_int_equal(agenda_freeze_time(&m, &c), starts - DAY_S);
	m.done_utc[ROUND_INVITE] = starts - 5 * HOUR_S; /* planned late */
	assert_int_equal(agenda_freeze_time(&m, &c), starts - AGENDA_LAST_S);
	c.before_s[ROUND_REMIND] = 0;
	m.done_utc[ROUND_INVITE] = starts - 3 * DAY_S;
	assert_int_equal(agenda_freeze_time(&m, &c), starts - AGENDA_FREEZE_S);
}

static void verdicts(void **state)
{
	(void)state;
	for (int v = 0; v < VERDICT_COUNT; v++) {
		const struct verdict_info *i = verdict_info((enum verdict)v);
		assert_int_equal(verdict_find(i->word), v);
		assert_non_null(i->result);
		assert_non_null(i->status);
		assert_true(!i->wants_person || i->with_person != VERDICT_NONE);
	}
	assert_int_equal(verdict_find("maybe"), VERDICT_NONE);
	/* what residents would hear as a refusal waits until it is sure */
	assert_int_equal(verdict_info(VERDICT_DECLINED)->at_once, VERDICT_NONE);
	assert_int_equal(verdict_info(VERDICT_DECLINED)->at_closing, CASE_EV_DECLINE);
}

static void projects(void **state)
{
	(void)state;
	static const struct {
		enum case_state state;
		int64_t until;
		enum project_state want;
	} rows[] = {{CASE_ASSIGNED, 0, PROJECT_IN_HAND},  {CASE_ASSIGNED, 200, PROJECT_IN_HAND},
		    {CASE_IN_PROGRESS, 99, PROJECT_LATE}, {CASE_RESOLVED, 99, PROJECT_DONE},
		    {CASE_CLOSED, 0, PROJECT_DONE},       {CASE_REJECTED, 0, PROJECT_GIVEN_UP},
		    {CASE_MERGED, 200, PROJECT_GIVEN_UP}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(project_state(rows[i].state, rows[i].until, 100), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(ranked), T(placed), T(grouped),  T(not_alike),
					   T(many),   T(fixed),  T(verdicts), T(projects)};
	return cmocka_run_group_tests_name("agenda", tests, NULL, NULL);
}

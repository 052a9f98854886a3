/* Periods, shares and times of a report: bounds in local time, honest percentages, sums that add up. */
#include "civic/figures_words.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t utc(const char *rfc3339)
{
	int64_t t = 0;
	assert_int_equal(rfc3339_parse(rfc3339, &t), 0);
	return t;
}

static const char *now_text = "2026-11-22T10:00:00+08:00"; /* a Sunday, in the week 47 */

static void periods_are_read(void **state)
{
	(void)state;
	static const struct {
		enum period_kind kind;
		const char *written, *name, *from, *to;
	} cases[] = {
	    {PERIOD_MONTH, "this", "2026-11", "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00"},
	    {PERIOD_MONTH, "2026年2月", "2026-02", "2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"},
	    {PERIOD_MONTH, "12", "2025-12", "2025-12-01T00:00:00+08:00", "2026-01-01T00:00:00+08:00"},
	    {PERIOD_MONTH, "上个月", "2026-10", "2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00"},
	    {PERIOD_WEEK, "this", "2026-W47", "2026-11-16T00:00:00+08:00", "2026-11-23T00:00:00+08:00"},
	    {PERIOD_WEEK, "2026-W53", "2026-W53", "2026-12-28T00:00:00+08:00", "2027-01-04T00:00:00+08:00"},
	    {PERIOD_WEEK, "2027-01-01", "2026-W53", "2026-12-28T00:00:00+08:00", "2027-01-04T00:00:00+08:00"},
	    {PERIOD_WEEK, "2024-12-31", "2025-W01", "2024-12-30T00:00:00+08:00", "2025-01-06T00:00:00+08:00"},
	    {PERIOD_QUARTER, "last", "2026-Q3", "2026-07-01T00:00:00+08:00", "2026-10-01T00:00:00+08:00"},
	    {PERIOD_QUARTER, "2025Q4", "2025-Q4", "2025-10-01T00:00:00+08:00", "2026-01-01T00:00:00+08:00"},
	    {PERIOD_YEAR, "去年", "2025", "2025-01-01T00:00:00+08:00", "2026-01-01T00:00:00+08:00"},
	    {PERIOD_KINDS, "2026-Q1", "2026-Q1", "2026-01-01T00:00:00+08:00", "2026-04-01T00:00:00+08:00"},
	    {PERIOD_KINDS, "2026-11-20", "2026-11", "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00"},
	    {PERIOD_KINDS, "W46", "2026-W46", "2026-11-09T00:00:00+08:00", "2026-11-16T00:00:00+08:00"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct period p;
		char name[PERIOD_NAME_MAX];
		if (period_parse(cases[i].kind, cases[i].written, utc(now_text), &p))
			fail_msg("%s is no period", cases[i].written);
		assert_string_equal(period_name(&p, name), cases[i].name);
		assert_int_equal(p.from_utc, utc(cases[i].from));
		assert_int_equal(p.to_utc, utc(cases[i].to));
		struct period again;
		assert_int_equal(period_parse(PERIOD_KINDS, name, utc(now_text), &again), 0);
		assert_int_equal(again.from_utc, p.from_utc);
	}
}

static void what_is_no_period_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",        "13",    "2026-13",  "2026-W54", "2025-W53",
					    "2026-Q5", "0",     "2026-11x", "11-2026",  "-1",
					    "month",   "2026-", "Q4",       "去年"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct period p;
		enum period_kind kind = strchr(wrong[i], 'W') ? PERIOD_WEEK : PERIOD_MONTH;
		if (!strcmp(wrong[i], "month"))
			kind = PERIOD_WEEK;
		if (period_parse(kind, wrong[i], utc(now_text), &p) == 0)
			fail_msg("%s was taken for a period", wrong[i]);
	}
}

/* Weeks of a zone with summer time are an hour shorter or longer; parts never leave a gap. */
static void parts_fill_the_whole(void **state)
{
	(void)state;
	clock_set_zone("Europe/Berlin");
	for (int k = 0; k < PERIOD_KINDS; k++) {
		struct period p, next;
		period_at((enum period_kind)k, utc("2024-01-01T00:00:00+01:00"), &p);
		for (int i = 0; i < 160; i++, p = next) {
			struct period_part part[PERIOD_PARTS_MAX];
			int n = period_parts(&p, part);
			assert_true(n >= 1 && n <= PERIOD_PARTS_MAX);
			assert_int_equal(part[0].from_utc, p.from_utc);
			assert_int_equal(part[n - 1].to_utc, p.to_utc);
			for (int j = 1; j < n; j++)
				assert_int_equal(part[j].from_utc, part[j - 1].to_utc);
			period_shift(&p, 1, &next);
			assert_int_equal(next.from_utc, p.to_utc);
			struct period back;
			period_shift(&next, -1, &back);
			assert_int_equal(back.from_utc, p.from_utc);
		}
	}
	clock_set_zone("Asia/Shanghai");
}

static void a_percentage_is_honest(void **state)
{
	(void)state;
	char text[FIGURES_WORDS];
	assert_int_equal(share_percent((struct share){0, 0}), SHARE_NONE);
	assert_int_equal(share_percent((struct share){2, 9}), SHARE_FEWER);
	assert_int_equal(share_percent((struct share){12, 17}), 71);
	assert_int_equal(share_percent((struct share){1, 1000}), 1);
	assert_int_equal(share_percent((struct share){999, 1000}), 99);
	assert_int_equal(share_percent((struct share){1000, 1000}), 100);
	assert_string_equal(share_words((struct share){12, 17}, text), "12 of 17 (71 %)");
	assert_string_equal(share_words((struct share){2, 3}, text), "2 of 3");
	assert_string_equal(share_words((struct share){0, 0}, text), "no data");
}

static void times_are_of_ranks(void **state)
{
	(void)state;
	struct spread s = {0};
	char text[FIGURES_WORDS];
	assert_int_equal(spread_at(&s, 50), -1);
	for (int i = 9; i >= 1; i--)
		spread_add(&s, i * 60);
	assert_int_equal(spread_at(&s, 50), 5 * 60);
	assert_int_equal(spread_at(&s, 90), -1); /* nine are too few */
	spread_add(&s, 10 * 60);
	assert_int_equal(spread_at(&s, 90), 9 * 60);
	spread_done(&s);
	assert_string_equal(time_words(-1, text), "no data");
	assert_string_equal(time_words(90, text), "90 s");
	assert_string_equal(time_words(7800, text), "2 h 10 min");
	assert_string_equal(time_words(27 * 3600, text), "1 d 3 h");
	assert_string_equal(time_words(24 * 3600 - 1, text), "1 d");
}

/* Whatever happened to them, received cases are merged, rejected, open or settled, and no part is more than its whole. */
static void sums_add_up(void **state)
{
	(void)state;
	struct figures f = {0};
	unsigned seed = 2026;
	const int64_t now = 2000000;
	for (int i = 0; i < 5000; i++) {
		seed = seed * 1103515245u + 12345u;
		unsigned x = seed >> 8;
		struct case_figures c = {.number = i + 1,
					 .state = (enum case_state)(x % CASE_STATE_COUNT),
					 .proposal = x % 5 == 0,
					 .private = x % 11 == 0,
					 .asked = x % 3 == 0,
					 .rating = (int)(x / 7 % 4) - 1,
					 .reopened = x % 13 == 0,
					 .opened_utc = 1000000 + (int)(x % 1000),
					 .due_utc = x % 4 ? 1500000 + (int)(x % 900000) : 0,
					 .resolved_utc = x % 3 ? 1600000 : 0,
					 .first_human_utc = x % 6 ? 1000500 + (int)(x % 5000) : 0};
		figures_add(&f, &c, now);
	}
	assert_int_equal(f.received, f.merged + f.rejected + f.open + f.settled);
	for (int m = 0; m < MEASURE_COUNT; m++) {
		struct measured v;
		figures_measure(&f, (enum measure)m, &v);
		assert_true(v.share.n >= 0 && v.share.n <= v.share.of);
		assert_true(v.most_s < 0 || v.most_s >= v.median_s);
	}
	figures_done(&f);
}

static void what_is_told_of_one_case(void **state)
{
	(void)state;
	struct figures f = {0};
	struct measured v;
	char text[FIGURES_WORDS];
	figures_add(&f,
		    &(struct case_figures){.number = 1,
					   .state = CASE_CLOSED,
					   .asked = true,
					   .rating = RATING_FAIR,
					   .opened_utc = 1000,
					   .first_human_utc = 4600,
					   .due_utc = 5000,
					   .resolved_utc = 5001},
		    9000);
	figures_measure(&f, MEASURE_CONFIRMED, &v);
	assert_true(v.share.n == 1 && v.share.of == 1);
	figures_measure(&f, MEASURE_SATISFIED, &v); /* so-so is no satisfaction */
	assert_true(v.share.n == 0 && v.share.of == 1);
	figures_measure(&f, MEASURE_OVERDUE, &v);
	assert_true(v.share.n == 1 && v.share.of == 1);
	figures_measure(&f, MEASURE_FIRST_HUMAN, &v);
	assert_string_equal(measured_words(MEASURE_FIRST_HUMAN, &v, text), "median 1 h, of 1 of 1");
	figures_done(&f);
}

static int use_zone(void **state)
{
	(void)state;
	return clock_set_zone("Asia/Shanghai");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(periods_are_read),         cmocka_unit_test(what_is_no_period_is_refused),
	    cmocka_unit_test(parts_fill_the_whole),     cmocka_unit_test(a_percentage_is_honest),
	    cmocka_unit_test(times_are_of_ranks),       cmocka_unit_test(sums_add_up),
	    cmocka_unit_test(what_is_told_of_one_case),
	};
	return cmocka_run_group_tests(tests, use_zone, NULL);
}

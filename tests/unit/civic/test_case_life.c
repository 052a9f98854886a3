/* The table of the life of a case, and the routes that send one on its way. */
#include "base/mem.h"
#include "civic/case_life.h"
#include "civic/route.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void every_row_can_be_read(void **state)
{
	(void)state;
	for (int ev = 0; ev < CASE_EVENT_COUNT; ev++) {
		bool leads = false;
		assert_true(case_who((enum case_event)ev) != 0);
		assert_int_equal(case_event_find(case_event_entry((enum case_event)ev)), ev);
		for (int st = 0; st < CASE_STATE_COUNT; st++)
			leads |= case_next((enum case_state)st, (enum case_event)ev) != CASE_REFUSED;
		if (!leads)
			fail_msg("%s leads nowhere", case_event_entry((enum case_event)ev));
	}
	assert_int_equal(case_event_find("decided"), -1);
}

static void who_may(void **state)
{
	(void)state;
	static const struct {
		enum case_event ev;
		unsigned standing;
		bool may;
	} rows[] = {
	    {CASE_EV_RESOLVE, STANDING(ASSIGNEE), true},
	    {CASE_EV_RESOLVE, STANDING(GRID), true},
	    {CASE_EV_RESOLVE, STANDING(HEAD), false},
	    {CASE_EV_VERIFY, STANDING(HEAD), true},
	    {CASE_EV_RESOLVE, STANDING(REPORTER), false},
	    {CASE_EV_RATE_GOOD, STANDING(SECRETARY), false},
	    {CASE_EV_RATE_GOOD, STANDING(REPORTER), true},
	    {CASE_EV_REJECT, STANDING(GRID), false},
	    {CASE_EV_REJECT, STANDING(SECRETARY), true},
	    {CASE_EV_OVERDUE, STANDING(SECRETARY), false},
	    {CASE_EV_RETURN, STANDING(GRID), false},
	    {CASE_EV_RETURN, STANDING(DEPARTMENT), true},
	    {CASE_EV_RESOLVE, 0, false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (case_may(rows[i].ev, rows[i].standing) != rows[i].may)
			fail_msg("%s by %x", case_event_entry(rows[i].ev), rows[i].standing);
	assert_true(case_needs_code(CASE_EV_REJECT));
	assert_false(case_needs_code(CASE_EV_RESOLVE));
}

/* What the box does by itself, and what the resident says, is no human hand. */
static void by_hand(void **state)
{
	(void)state;
	assert_true(case_by_hand(CASE_EV_TAKE));
	assert_true(case_by_hand(CASE_EV_ASSIGN));
	assert_true(case_by_hand(CASE_EV_NOTE));
	assert_false(case_by_hand(CASE_EV_OVERDUE));
	assert_false(case_by_hand(CASE_EV_RATE_BAD));
	assert_false(case_by_hand(CASE_EV_WITHDRAW));
	assert_false(case_by_hand(CASE_EV_UNDO));
}

static void who_hears(void **state)
{
	(void)state;
	assert_string_equal(case_tells(CASE_EV_ASSIGN, PARTY_ASSIGNEE), "news.assigned");
	assert_null(case_tells(CASE_EV_ASSIGN, PARTY_REPORTER));
	assert_string_equal(case_tells(CASE_EV_TAKE, PARTY_REPORTER), "news.taken");
	assert_string_equal(case_tells(CASE_EV_WITHDRAW, PARTY_ASSIGNEE), "news.withdrawn");
	assert_null(case_tells(CASE_EV_RESOLVE, PARTY_REPORTER)); /* is asked instead */
	assert_false(case_is_told(CASE_EV_NOTE));
	assert_true(case_is_told(CASE_EV_OVERDUE));
}

/* A step back never leads further than a step of the same kind: nothing but a rating confirms, nothing reopens itself. */
static void nothing_ends_by_itself(void **state)
{
	(void)state;
	for (int st = 0; st < CASE_STATE_COUNT; st++) {
		for (int ev = 0; ev < CASE_EVENT_COUNT; ev++) {
			bool box = case_who((enum case_event)ev) == STANDING(BOX);
			if (box && case_next((enum case_state)st, (enum case_event)ev) >= 0)
				fail_msg("time alone changes %s by %s", case_state_name((enum case_state)st),
					 case_event_entry((enum case_event)ev));
		}
	}
}

static const char good[] = "# category | grid | to | hours | flags\n"
			   "water | * | worker > department 水务 | 8 16 40 | deliberate verify\n"
			   "* | KS-05 | department 星河物业 > secretary | 16 40 80 |\n"
			   "noise | KS-05 | worker | 4 5 6\n"
			   "\n"
			   "* | * | secretary | 40 80 120 | # the rest\n";

static void routes_are_found(void **state)
{
	(void)state;
	static const char here[][ROUTE_GRID_MAX] = {"KS-05-2", "KS-05", "KS"},
			  there[][ROUTE_GRID_MAX] = {"KS-03", "KS"};
	struct routes *r = NULL;
	struct err e = {0};
	if (routes_parse(good, "good", &r, &e) < 0)
		fail_msg("%d: %s", e.line, e.text);
	assert_int_equal(routes_count(r), 4);
	const struct route *w = route_find(r, CATEGORY_WATER, there, 2);
	assert_int_equal(w->line, 2);
	assert_int_equal(w->to_count, 2);
	assert_int_equal(w->to[0].kind, ROUTE_WORKER);
	assert_int_equal(w->to[1].kind, ROUTE_DEPARTMENT);
	assert_string_equal(w->to[1].name, "水务");
	assert_true(w->deliberate && w->verify);
	/* the nearest grid's row counts, whatever it says of categories; in it the one that names the category */
	assert_int_equal(route_find(r, CATEGORY_WATER, here, 3)->line, 3);
	assert_int_equal(route_find(r, CATEGORY_NOISE, here, 3)->line, 4);
	assert_int_equal(route_find(r, CATEGORY_NOISE, there, 2)->line, 6);
	assert_int_equal(route_find(r, CATEGORY_WATER, NULL, 0)->line, 2);
	assert_int_equal(route_hours(w, 1, false), 8);
	assert_int_equal(route_hours(w, 2, false), 16);
	assert_int_equal(route_hours(w, 9, false), 40);
	assert_int_equal(route_hours(w, 3, true), URGENT_HOURS);
	routes_free(r);
	assert_int_equal(route_find(NULL, CATEGORY_WATER, NULL, 0)->to[0].kind, ROUTE_SECRETARY);
}

static void bad_routes_say_where(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int line;
	} bad[] = {
	    {"", 0},
	    {"water | * | worker | 8 16 40 |\n", 1}, /* nothing for the rest */
	    {"* | * | secretary | 1 1 1 |\nwater | worker | 8 16 40\n", 2},
	    {"* | * | secretary | 1 1 1 |\nwaterr | * | worker | 8 16 40 |\n", 2},
	    {"* | * | somebody | 1 1 1 |\n", 1},
	    {"* | * | department | 1 1 1 |\n", 1},
	    {"* | * | worker 老王 | 1 1 1 |\n", 1},
	    {"* | * | | 1 1 1 |\n", 1},
	    {"* | * | secretary | 1 1 |\n", 1},
	    {"* | * | secretary | 1 1 1 1 |\n", 1},
	    {"* | * | secretary | 0 1 1 |\n", 1},
	    {"* | * | secretary | 1 1 9999 |\n", 1},
	    {"* | * | secretary | 1 1 1 | often\n", 1},
	    {"* | * | secretary | 1 1 1 | | more\n", 1},
	    {"* | * | secretary | 1 1 1 |\n* | * | worker | 1 1 1 |\n", 2},
	    {"* | * | worker > worker > worker > worker > worker | 1 1 1 |\n", 1},
	    {"* | A B | secretary | 1 1 1 |\n", 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct routes *r = NULL;
		struct err e = {0};
		if (routes_parse(bad[i].text, "bad", &r, &e) != -EINVAL || e.line != bad[i].line ||
		    !e.text[0] || r)
			fail_msg("%s: line %d: %s", bad[i].text, e.line, e.text);
	}
}

/* The file that is installed is right, and gives each category hours. */
static void our_own_routes(void **state)
{
	(void)state;
	struct routes *r = NULL;
	struct err e = {0};
	if (routes_load(".", &r, &e) == -ENOENT)
		skip(); /* not run from the source tree */
	if (!r)
		fail_msg("%s:%d: %s", e.file, e.line, e.text);
	for (int c = 0; c < CATEGORY_COUNT; c++)
		assert_in_range(route_hours(route_find(r, (enum category)c, NULL, 0), 1, false), 1, 40);
	assert_false(route_find(r, CATEGORY_DISPUTE, NULL, 0)->deliberate);
	assert_false(route_find(r, CATEGORY_ELDERLY, NULL, 0)->deliberate);
	assert_false(route_find(r, CATEGORY_GAS, NULL, 0)->deliberate);
	assert_true(route_find(r, CATEGORY_PARKING, NULL, 0)->deliberate);
	routes_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_can_be_read),
	    cmocka_unit_test(who_may),
	    cmocka_unit_test(by_hand),
	    cmocka_unit_test(who_hears),
	    cmocka_unit_test(nothing_ends_by_itself),
	    cmocka_unit_test(routes_are_found),
	    cmocka_unit_test(bad_routes_say_where),
	    cmocka_unit_test(our_own_routes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

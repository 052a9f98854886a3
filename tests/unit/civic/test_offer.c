/* Offers: the table of flavours, and when a claim holds. */
#include "civic/offer.h"
#include "base/mem.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW 2000000000

static const struct sender resident = {.roles = ROLE(RESIDENT)}, volunteer = {.roles = ROLE(VOLUNTEER)},
			   head = {.roles = ROLE(BUILDING_HEAD)};

static struct offer_fact open_offer(enum flavour f)
{
	return (struct offer_fact){.number = 12, .flavour = f, .state = OFFER_OPEN, .wanted = 2, .near = true};
}

static void every_flavour_says_what_it_needs(void **state)
{
	(void)state;
	for (int i = 0; i < FLAVOUR_COUNT; i++) {
		const struct flavour_row *row = flavour_row((enum flavour)i);
		assert_non_null(row->name);
		assert_non_null(row->publish);
		assert_non_null(row->taken);
		assert_int_equal(flavour_find(flavour_name((enum flavour)i)), i);
		assert_int_equal(flavour_find(row->name), i);
		assert_true(!row->remind_s[0] == !row->remind);
		assert_true(row->remind_s[0] >= row->remind_s[1]);
		/* numbers go to an asker only where one is told who comes */
		assert_true(row->exchange == OFFER_NO_NUMBERS || row->comes);
		assert_true(row->free != OFFER_FREE_TO_ROSTER || row->ask);
		assert_true(!row->checkin || row->closes == OFFER_BY_TIME);
	}
	assert_int_equal(flavour_find("meeting"), -1);
	for (int i = 0; i < CLAIM_STATE_COUNT; i++)
		assert_int_equal(claim_state_find(claim_state_name((enum claim_state)i)), i);
}

static void who_may_take_what(void **state)
{
	(void)state;
	static const struct {
		enum flavour f;
		const struct sender *by;
		enum claim_outcome out;
	} rows[] = {
	    {FLAVOUR_TASK, &resident, OUTCOME_STRANGER}, {FLAVOUR_TASK, &volunteer, OUTCOME_OK},
	    {FLAVOUR_TASK, &head, OUTCOME_STRANGER},     {FLAVOUR_ERRAND, &resident, OUTCOME_STRANGER},
	    {FLAVOUR_ERRAND, &volunteer, OUTCOME_OK},    {FLAVOUR_PATROL, &resident, OUTCOME_STRANGER},
	    {FLAVOUR_PATROL, &volunteer, OUTCOME_OK},    {FLAVOUR_PATROL, &head, OUTCOME_OK},
	    {FLAVOUR_JOB, &resident, OUTCOME_OK},        {FLAVOUR_ACTIVITY, &resident, OUTCOME_OK},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct offer_fact o = open_offer(rows[i].f);
		assert_int_equal(offer_take(&o, rows[i].by, 1, NOW), rows[i].out);
	}
	/* whose turn it is by the roster needs no role */
	struct offer_fact o = open_offer(FLAVOUR_PATROL);
	o.claim = CLAIM_ASKED;
	assert_int_equal(offer_take(&o, &resident, 1, NOW), OUTCOME_OK);
}

static void when_a_claim_holds(void **state)
{
	(void)state;
	static const struct {
		enum offer_state state;
		enum claim_state claim;
		int taken, people;
		bool far, mine;
		int64_t starts, ends; /* from now, 0 none */
		enum claim_outcome task, patrol;
	} rows[] = {
	    {OFFER_OPEN, CLAIM_NONE, 0, 1, false, false, 0, 0, OUTCOME_OK, OUTCOME_OK},
	    {OFFER_OPEN, CLAIM_BACK, 1, 1, false, false, 0, 0, OUTCOME_OK, OUTCOME_OK},
	    {OFFER_OPEN, CLAIM_NONE, 2, 1, false, false, 0, 0, OUTCOME_WAITS, OUTCOME_WAITS},
	    {OFFER_OPEN, CLAIM_NONE, 1, 2, false, false, 0, 0, OUTCOME_WAITS, OUTCOME_WAITS},
	    {OFFER_OPEN, CLAIM_TAKEN, 2, 1, false, false, 0, 0, OUTCOME_AGAIN, OUTCOME_AGAIN},
	    {OFFER_OPEN, CLAIM_WAITING, 2, 1, false, false, 0, 0, OUTCOME_AGAIN_WAITS, OUTCOME_AGAIN_WAITS},
	    {OFFER_OPEN, CLAIM_DONE, 2, 1, false, false, 0, 0, OUTCOME_FINISHED, OUTCOME_FINISHED},
	    {OFFER_OPEN, CLAIM_NONE, 0, 1, true, false, 0, 0, OUTCOME_ELSEWHERE, OUTCOME_ELSEWHERE},
	    {OFFER_OPEN, CLAIM_NONE, 0, 1, false, true, 0, 0, OUTCOME_OWN, OUTCOME_OWN},
	    {OFFER_DRAFT, CLAIM_NONE, 0, 1, false, false, 0, 0, OUTCOME_DRAFT, OUTCOME_DRAFT},
	    {OFFER_DONE, CLAIM_NONE, 0, 1, false, false, 0, 0, OUTCOME_SETTLED, OUTCOME_SETTLED},
	    {OFFER_CANCELLED, CLAIM_TAKEN, 0, 1, false, false, 0, 0, OUTCOME_CANCELLED, OUTCOME_CANCELLED},
	    /* a patrol wants people until its end, a task until its start */
	    {OFFER_OPEN, CLAIM_NONE, 0, 1, false, false, 1, 60, OUTCOME_OK, OUTCOME_OK},
	    {OFFER_OPEN, CLAIM_NONE, 0, 1, false, false, -1, 60, OUTCOME_LATE, OUTCOME_OK},
	    {OFFER_OPEN, CLAIM_NONE, 0, 1, false, false, -90, -60, OUTCOME_LATE, OUTCOME_LATE},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct offer_fact o = {.state = rows[i].state,
				       .claim = rows[i].claim,
				       .wanted = 2,
				       .taken = rows[i].taken,
				       .near = !rows[i].far,
				       .mine = rows[i].mine,
				       .starts_utc = rows[i].starts ? NOW + rows[i].starts : 0,
				       .ends_utc = rows[i].ends ? NOW + rows[i].ends : 0};
		assert_int_equal(offer_take(&o, &volunteer, rows[i].people, NOW), rows[i].task);
		o.flavour = FLAVOUR_PATROL;
		assert_int_equal(offer_take(&o, &volunteer, rows[i].people, NOW), rows[i].patrol);
	}
	struct offer_fact any = open_offer(FLAVOUR_JOB);
	any.wanted = 0;
	any.taken = 100000;
	assert_int_equal(offer_take(&any, &resident, 1, NOW), OUTCOME_OK);
}

/* Every cell of the table of claims: an event leads somewhere, or there is a word for why not. */
static void no_step_is_silent(void **state)
{
	(void)state;
	for (int c = 0; c < CLAIM_STATE_COUNT; c++)
		for (int ev = 0; ev < CLAIM_EV_COUNT; ev++) {
			struct offer_fact o = open_offer(FLAVOUR_TASK);
			enum claim_state next = CLAIM_STATE_COUNT;
			o.claim = (enum claim_state)c;
			enum claim_outcome out = offer_step(&o, (enum claim_event)ev, NOW, &next);
			assert_true((out == OUTCOME_OK) == (next != CLAIM_STATE_COUNT));
			if (out == OUTCOME_OK)
				assert_int_not_equal(next, c);
			o.state = OFFER_CANCELLED;
			assert_int_equal(offer_step(&o, (enum claim_event)ev, NOW, &next), OUTCOME_CANCELLED);
		}
}

static void the_life_of_a_claim(void **state)
{
	(void)state;
	static const struct {
		enum claim_state from;
		enum claim_event ev;
		enum claim_outcome out;
		enum claim_state to;
	} rows[] = {
	    {CLAIM_TAKEN, CLAIM_EV_ARRIVE, OUTCOME_OK, CLAIM_ARRIVED},
	    {CLAIM_TAKEN, CLAIM_EV_FINISH, OUTCOME_OK, CLAIM_DONE},
	    {CLAIM_ARRIVED, CLAIM_EV_FINISH, OUTCOME_OK, CLAIM_DONE},
	    {CLAIM_ARRIVED, CLAIM_EV_ARRIVE, OUTCOME_AGAIN, 0},
	    {CLAIM_DONE, CLAIM_EV_CONFIRM, OUTCOME_OK, CLAIM_CONFIRMED},
	    {CLAIM_DONE, CLAIM_EV_DENY, OUTCOME_OK, CLAIM_TAKEN},
	    {CLAIM_DONE, CLAIM_EV_BACK, OUTCOME_FINISHED, 0},
	    {CLAIM_WAITING, CLAIM_EV_BACK, OUTCOME_OK, CLAIM_BACK},
	    {CLAIM_WAITING, CLAIM_EV_ARRIVE, OUTCOME_AGAIN_WAITS, 0},
	    {CLAIM_NONE, CLAIM_EV_BACK, OUTCOME_NO_CLAIM, 0},
	    {CLAIM_BACK, CLAIM_EV_BACK, OUTCOME_AGAIN, 0},
	    {CLAIM_MISSED, CLAIM_EV_ARRIVE, OUTCOME_OK, CLAIM_ARRIVED},
	    {CLAIM_CONFIRMED, CLAIM_EV_FINISH, OUTCOME_AGAIN, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct offer_fact o = open_offer(FLAVOUR_TASK);
		enum claim_state next = 0;
		o.claim = rows[i].from;
		assert_int_equal(offer_step(&o, rows[i].ev, NOW, &next), rows[i].out);
		assert_int_equal(next, rows[i].to);
	}
}

static void nobody_is_there_a_week_before(void **state)
{
	(void)state;
	struct offer_fact o = open_offer(FLAVOUR_ACTIVITY);
	enum claim_state next;
	o.claim = CLAIM_TAKEN;
	o.starts_utc = NOW + 7 * DAY_S;
	assert_int_equal(offer_step(&o, CLAIM_EV_ARRIVE, NOW, &next), OUTCOME_EARLY);
	assert_int_equal(offer_step(&o, CLAIM_EV_FINISH, NOW, &next), OUTCOME_EARLY);
	assert_int_equal(offer_step(&o, CLAIM_EV_BACK, NOW, &next), OUTCOME_OK);
	assert_int_equal(offer_step(&o, CLAIM_EV_ARRIVE, o.starts_utc - HOUR_S, &next), OUTCOME_OK);
}

static void room(void **state)
{
	(void)state;
	assert_int_equal(offer_room(2, 0), 2);
	assert_int_equal(offer_room(2, 3), 0);
	assert_int_equal(offer_room(0, 3), INT_MAX);
	assert_true(offer_until(FLAVOUR_TASK, 0, 0) == INT64_MAX);
	assert_int_equal(offer_until(FLAVOUR_TASK, 10, 20), 10);
	assert_int_equal(offer_until(FLAVOUR_PATROL, 10, 20), 20);
	assert_int_equal(offer_until(FLAVOUR_TASK, 0, 20), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_flavour_says_what_it_needs),
	    cmocka_unit_test(who_may_take_what),
	    cmocka_unit_test(when_a_claim_holds),
	    cmocka_unit_test(no_step_is_silent),
	    cmocka_unit_test(the_life_of_a_claim),
	    cmocka_unit_test(room),
	    cmocka_unit_test(nobody_is_there_a_week_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

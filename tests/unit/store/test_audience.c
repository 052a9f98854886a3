/* Whom a meeting's texts go to: each person on the first phone of theirs that can be texted, once, and nobody who answered from
 * another one. */
#include "bed.h"

#include "store/audience.h"

#include <string.h>

static const char *const town[] = {
    "INSERT INTO grid VALUES ('KS', '', NULL)",
    "INSERT INTO household (id, grid, building) VALUES (1, 'KS', '3')",
    "INSERT INTO meeting (id, grid, place, starts_utc, ends_utc, code) VALUES (1, 'KS', 'x', 1000, 2000, "
    "'1234')",
    "INSERT INTO phone (number) VALUES ('+8671465432100'), ('+8613800000001'), ('+8613800000002'), "
    "('+8613800000003'),"
    " ('+8613800000004')",
    "UPDATE phone SET unlinked_utc = 1 WHERE number = '+8613800000003'",
    "INSERT INTO person (id, name, household, consent_source, created_utc, changed_utc) VALUES (1, 'landline "
    "first', 1, 'x', 1, 1),"
    " (2, 'two', 1, 'x', 1, 1), (3, 'shares', 1, 'x', 1, 1), (4, 'wrong number', 1, 'x', 1, 1), (5, "
    "'landline', 1, 'x', 1, 1)",
    "INSERT INTO person_phone VALUES (1, '+8671465432100', 0), (1, '+8613800000001', 1), (2, '+8613800000002', "
    "0),"
    " (2, '+8613800000004', 1), (3, '+8613800000002', 0), (4, '+8613800000003', 0), (5, '+8671465432100', 0)",
};

static void settle(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(town); i++)
		assert_int_equal(store_run(s, town[i], ""), 0);
}

static void assert_round(struct store *s, enum round round, const char *first, const char *second)
{
	struct audience_row rows[8];
	int n = audience_round(s, 1, round, NULL, rows, 8);
	assert_int_equal(n, !!first + !!second);
	if (first)
		assert_string_equal(rows[0].number, first);
	if (second)
		assert_string_equal(rows[1].number, second);
}

static void test_invited_on_the_first_phone_that_can_be_texted(void **state)
{
	struct store *s = *state;
	struct audience_row row;
	settle(s);
	assert_round(s, ROUND_INVITE, "+8613800000001", "+8613800000002");
	assert_int_equal(audience_round(s, 1, ROUND_INVITE, "+8613800000001", &row, 1), 1);
	assert_int_equal(row.person, 1);
	assert_int_equal(audience_round(s, 1, ROUND_INVITE, "+8613800000004", &row, 1), 0);
	assert_int_equal(
	    store_run(s, "INSERT INTO question VALUES ('+8613800000001', 'rating', 1, '', 1, 9)", ""), 0);
	assert_round(s, ROUND_INVITE, "+8613800000002", NULL);
	assert_int_equal(audience_held(s, 1, &row, 1), 1);
	assert_string_equal(row.number, "+8613800000001");
}

static void test_an_answer_from_another_phone_is_one(void **state)
{
	struct store *s = *state;
	settle(s);
	static const char *const answer =
	    "INSERT INTO rsvp (meeting, number, person, answer, channel, changed_utc)"
	    " VALUES (1, '+8613800000004', 2, 'yes', 'text', 5)";
	assert_int_equal(invitation_add(s, 1, "+8613800000001", 1, 1), 0);
	assert_int_equal(invitation_add(s, 1, "+8613800000002", 2, 1), 0);
	assert_round(s, ROUND_REMIND, "+8613800000001", "+8613800000002");
	assert_int_equal(store_run(s, answer, ""), 0);
	assert_round(s, ROUND_REMIND, "+8613800000001", NULL);
	assert_int_equal(store_run(s, "DELETE FROM invitation", ""), 0);
	assert_round(s, ROUND_INVITE, "+8613800000001", "+8613800000002"); /* for who shares it */
	assert_int_equal(store_run(s, "DELETE FROM person_phone WHERE person = 3", ""), 0);
	assert_round(s, ROUND_INVITE, "+8613800000001", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(test_invited_on_the_first_phone_that_can_be_texted),
	    WITH_STORE(test_an_answer_from_another_phone_is_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every cell of the table of states and events is filled, and where nothing is done nothing changes. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "daemon/sender.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_total(void **unused)
{
	(void)unused;
	for (int s = 0; s < SESSION_STATE_COUNT; s++)
		for (int e = 0; e < SESSION_EVENT_COUNT; e++) {
			const struct session_cell *c = &session_table[s][e];
			if (!c->act)
				fail_msg("%s in %s is empty", session_event_names[e], session_state_names[s]);
			if (c->act == act_nothing)
				assert_int_equal(c->next, s);
		}
}

static void test_ends(void **unused)
{
	(void)unused;
	for (int s = 0; s < SESSION_STATE_COUNT; s++) {
		/* from everywhere there is a way to stop: at once, or after the submit */
		const struct session_cell *stop = &session_table[s][EV_STOP];
		assert_true(stop->next == SESSION_STOPPED || stop->act == act_stop_later);
		/* a port that goes is noticed wherever one is open */
		bool open = s >= SESSION_OPENING && s <= SESSION_SENDING;
		assert_int_equal(session_table[s][EV_GONE].next, open ? (int)SESSION_BACKOFF : s);
		assert_int_equal(session_table[s][EV_DEAD].next, open ? (int)SESSION_BACKOFF : s);
	}
	for (int e = 0; e < SESSION_EVENT_COUNT; e++)
		assert_int_equal(session_table[SESSION_STOPPED][e].next, SESSION_STOPPED);
}

static void test_steps(void **unused)
{
	(void)unused;
	static const int reply[] = {5, 20, 60, 300, 900}, bulk[] = {60, 300, 900, 3600};
	int64_t next;
	for (int i = 0; i < 5; i++) {
		assert_true(sender_next_try(REACT_LATER, OUTBOX_REPLY, i, 1000, &next));
		assert_int_equal(next, 1000 + reply[i]);
	}
	assert_false(sender_next_try(REACT_LATER, OUTBOX_ALARM, 5, 1000, &next));
	for (int i = 0; i < 4; i++) {
		assert_true(sender_next_try(REACT_LATER, OUTBOX_BROADCAST, i, 1000, &next));
		assert_int_equal(next, 1000 + bulk[i]);
	}
	assert_false(sender_next_try(REACT_LATER, OUTBOX_REMINDER, 4, 1000, &next));
	assert_false(sender_next_try(REACT_FAIL, OUTBOX_REPLY, 0, 1000, &next));
	assert_true(sender_next_try(REACT_ONCE, OUTBOX_REPLY, 0, 1000, &next));
	assert_false(sender_next_try(REACT_ONCE, OUTBOX_REPLY, 1, 1000, &next));
	for (int c = 0; c < AT_CLASS_COUNT; c++)
		assert_true(sender_reaction((enum at_class)c) != REACT_SENT || c == AT_CLASS_SENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_total),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_steps),
	};
	return cmocka_run_group_tests_name("session table", tests, NULL, NULL);
}

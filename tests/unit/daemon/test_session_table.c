/* Every cell of the table of states and events is filled, and where nothing is done nothing changes. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "daemon/sender.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
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
				assert_int_equal(c->next, SESSION_STAYS);
		}
}

static bool port_is_open(int s)
{
	return s == SESSION_PROBING || s == SESSION_PIN || s == SESSION_REGISTERING || s == SESSION_READY ||
	       s == SESSION_READING || s == SESSION_DRAINING || s == SESSION_SENDING || s == SESSION_RINGING;
}

static void test_ends(void **unused)
{
	(void)unused;
	for (int s = 0; s < SESSION_STATE_COUNT; s++) {
		/* from everywhere there is a way to stop: at once, or after the submit */
		const struct session_cell *row = session_table[s];
		assert_true(s == SESSION_STOPPED || row[EV_STOP].next == SESSION_STOPPED ||
			    row[EV_STOP].act == act_stop_later);
		/* a port that goes is noticed wherever one is open, and so is a modem that gives trouble */
		assert_int_equal(row[EV_GONE].next, port_is_open(s) ? (int)SESSION_LOST : (int)SESSION_STAYS);
		assert_int_equal(row[EV_TROUBLE].next, port_is_open(s) || s == SESSION_RESETTING
							   ? (int)SESSION_BACKOFF
							   : (int)SESSION_STAYS);
		/* nothing is read or sent but from where the network and the settings are known */
		bool sends = row[EV_SEND].act != act_nothing;
		assert_int_equal(sends, s == SESSION_READY);
		/* a phone is rung by a line that has nothing else to do */
		assert_int_equal(row[EV_RING].act != act_nothing, s == SESSION_READY);
	}
	for (int e = 0; e < SESSION_EVENT_COUNT; e++)
		assert_ptr_equal(session_table[SESSION_STOPPED][e].act, act_nothing);
}

/* From every state but the last all others can be reached: nobody is stuck. */
static void test_no_dead_end(void **unused)
{
	(void)unused;
	for (int from = 0; from < SESSION_STOPPED; from++) {
		bool seen[SESSION_STATE_COUNT] = {false};
		seen[from] = true;
		for (int round = 0; round < SESSION_STATE_COUNT; round++)
			for (int s = 0; s < SESSION_STATE_COUNT; s++)
				for (int e = 0; seen[s] && e < SESSION_EVENT_COUNT; e++)
					if (session_table[s][e].next != SESSION_STAYS)
						seen[session_table[s][e].next] = true;
		for (int s = 0; s < SESSION_STATE_COUNT; s++)
			if (!seen[s])
				fail_msg("no way leads from %s to %s", session_state_names[from],
					 session_state_names[s]);
	}
}

/* It can be read aloud: every cell that is not ignored is a sentence. */
static void test_words(void **unused)
{
	(void)unused;
	char *text;
	size_t n;
	int cells = 0, sentences = 0;
	FILE *f = open_memstream(&text, &n);
	session_table_print(f);
	fclose(f);
	for (int s = 0; s < SESSION_STATE_COUNT; s++)
		for (int e = 0; e < SESSION_EVENT_COUNT; e++)
			cells += session_table[s][e].act != act_nothing;
	for (const char *p = text; (p = strstr(p, "  When ")); p++)
		sentences++;
	assert_int_equal(sentences, cells);
	assert_non_null(strstr(text, "\nready: "));
	assert_non_null(
	    strstr(text, "  When the port vanishes, it closes the port, and looks for it → lost\n"));
	free(text);
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
	    cmocka_unit_test(test_total), cmocka_unit_test(test_ends),  cmocka_unit_test(test_no_dead_end),
	    cmocka_unit_test(test_words), cmocka_unit_test(test_steps),
	};
	return cmocka_run_group_tests_name("session table", tests, NULL, NULL);
}

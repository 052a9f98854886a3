/* The outbox by itself: who goes first, what becomes of a text, what a crash leaves. */
#include "unit/store/bed.h"
#include "store/choose.h"
#include "store/outbox.h"
#include "store/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NOW ((int64_t)1795300000)

static const struct outbox_gate all_open = {.room = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}};

static int64_t add(struct store *s, enum outbox_class class, int segments)
{
	int64_t id = 0;
	struct outbox_new n = {
	    .number = "+8613800138001", .text = "text", .class = class, .segments = segments, .report = true};
	assert_int_equal(outbox_add(s, &n, NOW, &id), 0);
	assert_true(id > 0);
	return id;
}

static const char *state_of(struct store *s, int64_t id, char buf[16])
{
	cleanup_query struct query q = {0};
	assert_int_equal(query_open(s, &q, "SELECT state FROM message_out WHERE id = ?", "I", id), 0);
	assert_int_equal(query_next(&q), 1);
	snprintf(buf, 16, "%s", query_text(&q, 0));
	return buf;
}
#define assert_state(s, id, want) assert_string_equal(state_of(s, id, (char[16]){0}), want)

static int64_t claim(struct store *s, const char *modem, int64_t now, struct outbox_message *m)
{
	struct outbox_gate g = all_open;
	g.modem = g.line = modem;
	g.now_utc = now;
	int r = outbox_choose(s, &g, &(struct outbox_turns){0}, m);
	assert_true(r == 0 || r == -ENOENT);
	return r ? 0 : m->id;
}

static void test_order(void **state)
{
	struct store *s = *state;
	struct outbox_message m = {0};
	int64_t bulk = add(s, OUTBOX_BROADCAST, 1), reply = add(s, OUTBOX_REPLY, 1),
		alarm = add(s, OUTBOX_ALARM, 1);
	const int64_t want[] = {alarm, reply, bulk};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		bool whole;
		assert_int_equal(claim(s, "a", NOW, &m), want[i]);
		assert_int_equal(outbox_part_begin(s, &m, 1, 0, "a", NOW), 0);
		assert_int_equal(outbox_part_sent(s, &m, 1, (int)i, NOW, &whole), 0);
		assert_true(whole);
		assert_state(s, want[i], "sent");
		outbox_message_done(&m);
	}
	assert_int_equal(claim(s, "a", NOW, &m), 0);
}

static void test_two_lines_take_it_once(void **state)
{
	struct store *s = *state;
	struct outbox_message a = {0}, b = {0};
	int64_t id = add(s, OUTBOX_REPLY, 1);
	assert_int_equal(claim(s, "a", NOW, &a), id);
	assert_int_equal(claim(s, "b", NOW, &b), id);
	assert_int_equal(outbox_part_begin(s, &a, 1, 0, "a", NOW), 0);
	assert_int_equal(outbox_part_begin(s, &b, 1, 0, "b", NOW), -ENOENT);
	outbox_message_done(&a);
	outbox_message_done(&b);
}

static void test_dedupe_and_cancel(void **state)
{
	struct store *s = *state;
	int64_t id, second = 99;
	struct outbox_new n = {
	    .number = "+8613800138001", .text = "t", .class = OUTBOX_REMINDER, .segments = 1, .dedupe = "m:1"};
	assert_int_equal(outbox_add(s, &n, NOW, &id), 0);
	assert_int_equal(outbox_add(s, &n, NOW, &second), 0);
	assert_int_equal(second, 0);
	assert_int_equal(outbox_cancel(s, id, NOW), 0);
	assert_state(s, id, "cancelled");
	assert_int_equal(outbox_cancel(s, id, NOW), -ENOENT);
}

static int64_t report(struct store *s, int mr, int64_t now)
{
	int64_t of = -1;
	struct report in = {
	    .line = "a", .modem = "a", .number = "13800138001", .mr = mr, .says = REPORT_ARRIVED};
	assert_int_equal(report_take(s, &in, now, &of), 0);
	return of;
}

static void test_uncertain(void **state)
{
	struct store *s = *state;
	struct outbox_message m = {0};
	bool whole;
	int64_t bulk = add(s, OUTBOX_BROADCAST, 1), reply = add(s, OUTBOX_REPLY, 1);
	for (int i = 0; i < 2; i++) {
		assert_true(claim(s, "a", NOW, &m) != 0);
		assert_int_equal(outbox_part_begin(s, &m, 1, 0, "a", NOW), 0);
		assert_int_equal(outbox_part_uncertain(s, &m, 1, 0, NOW, &whole), 0);
		outbox_message_done(&m);
	}
	assert_int_equal(claim(s, "a", NOW + OUTBOX_REPEAT_S - 1, &m), 0);
	/* the reply once, the broadcast never */
	assert_int_equal(claim(s, "a", NOW + OUTBOX_REPEAT_S, &m), reply);
	assert_true(m.repeated);
	assert_int_equal(outbox_part_begin(s, &m, 1, 0, "a", NOW + 15), 0);
	assert_int_equal(outbox_part_uncertain(s, &m, 1, 0, NOW + 15, &whole), 0);
	outbox_message_done(&m);
	assert_int_equal(claim(s, "a", NOW + 100000, &m), 0);
	assert_state(s, reply, "uncertain");
	assert_state(s, bulk, "uncertain");
	/* its report, by number, settles the one that is left without a reference */
	assert_int_equal(report(s, 5, NOW + 20), 0); /* two could be meant */
	assert_int_equal(outbox_part_late(s, reply, 1, 5, NOW + 20), 0);
	assert_state(s, reply, "sent");
	assert_int_equal(report(s, 5, NOW + 21), reply);
	assert_state(s, reply, "delivered");
	assert_int_equal(report(s, 9, NOW + 22), bulk);
	assert_state(s, bulk, "delivered");
}

static void test_crash_between_parts(void **state)
{
	struct store *s = *state;
	struct outbox_message m = {0};
	bool whole;
	int uncertain;
	int64_t id = add(s, OUTBOX_BROADCAST, 3);
	assert_int_equal(claim(s, "a", NOW, &m), id);
	assert_int_equal(outbox_part_begin(s, &m, 1, 0, "a", NOW), 0);
	assert_int_equal(outbox_part_sent(s, &m, 1, 1, NOW, &whole), 0);
	assert_false(whole);
	assert_int_equal(outbox_part_begin(s, &m, 2, 0, "a", NOW), 0);
	outbox_message_done(&m);
	/* the program dies here: part 2 may have left and is not repeated, part 3 goes on, by the same line
	 * alone */
	assert_int_equal(outbox_recover(s, NOW, &uncertain), 0);
	assert_int_equal(uncertain, 1);
	assert_int_equal(claim(s, "b", NOW, &m), 0);
	assert_int_equal(claim(s, "a", NOW, &m), id);
	assert_true(m.done[1] && m.done[2] && !m.done[3]);
	assert_int_equal(outbox_part_begin(s, &m, 3, 0, "a", NOW), 0);
	assert_int_equal(outbox_part_sent(s, &m, 3, 3, NOW, &whole), 0);
	assert_true(whole);
	assert_state(s, id, "uncertain");
	outbox_message_done(&m);
}

static void test_crash_of_a_reply(void **state)
{
	struct store *s = *state;
	struct outbox_message m = {0};
	int uncertain;
	int64_t id = add(s, OUTBOX_REPLY, 1);
	for (int life = 0; life < 3; life++) {
		int64_t now = NOW + life * 100;
		int64_t got = claim(s, "a", now, &m);
		assert_int_equal(got, life < 2 ? id : 0);
		if (got)
			assert_int_equal(outbox_part_begin(s, &m, 1, 0, "a", now), 0);
		outbox_message_done(&m);
		assert_int_equal(outbox_recover(s, now, &uncertain), 0);
		assert_state(s, id, "uncertain");
	}
}

static void test_expiry_and_quiet_hours(void **state)
{
	struct store *s = *state;
	struct outbox_message m = {0};
	int count;
	struct outbox_gate quiet = all_open;
	quiet.modem = quiet.line = "a";
	quiet.now_utc = NOW + 20;
	quiet.quiet_hours = true;
	struct outbox_new n = {.number = "+8613800138001",
			       .text = "t",
			       .class = OUTBOX_REMINDER,
			       .segments = 1,
			       .quiet = true,
			       .not_after_utc = NOW + 100,
			       .not_before_utc = NOW + 10};
	int64_t id, next;
	assert_int_equal(outbox_add(s, &n, NOW, &id), 0);
	assert_int_equal(outbox_next_utc(s, NOW, &next), 0);
	assert_int_equal(next, NOW + 10);
	assert_int_equal(claim(s, "a", NOW, &m), 0);
	assert_int_equal(outbox_choose(s, &quiet, &(struct outbox_turns){0}, &m), -ENOENT);
	assert_int_equal(claim(s, "a", NOW + 20, &m), id);
	outbox_message_done(&m);
	assert_int_equal(claim(s, "a", NOW + 100, &m), 0);
	assert_int_equal(outbox_expire(s, NOW + 99, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(outbox_expire(s, NOW + 100, &count), 0);
	assert_int_equal(count, 1);
	assert_state(s, id, "expired");
}

static int64_t number_of(struct store *s, const char *what)
{
	int64_t n;
	assert_int_equal(store_get(s, &n, what, ""), 0);
	return n;
}
#define SENT_EVENTS "SELECT count(*) FROM event WHERE kind = 'message.sent'"
#define IN_THE_AIR  "SELECT count(*) FROM part_out WHERE state = 'sending'"

/* An outcome, its event, its airtime and the begin of the next text are one, or nothing. */
static void test_outcome_and_begin_together(void **state)
{
	struct store *s = *state;
	struct outbox_message one = {0}, two = {0};
	bool whole;
	int64_t first = add(s, OUTBOX_REPLY, 1), second;
	assert_int_equal(claim(s, "a", NOW, &one), first);
	assert_int_equal(outbox_part_begin(s, &one, 1, 0, "a", NOW), 0);
	second = add(s, OUTBOX_BROADCAST, 1);
	assert_int_equal(claim(s, "b", NOW, &two), second);
	for (int commit = 0; commit < 2; commit++) {
		assert_int_equal(store_begin(s), 0);
		assert_int_equal(outbox_part_sent(s, &one, 1, 7, NOW, &whole), 0);
		assert_int_equal(outbox_part_begin(s, &two, 1, 0, "a", NOW), 0);
		assert_true(whole);
		if (commit)
			assert_int_equal(store_commit(s), 0);
		else
			store_rollback(s);
		assert_state(s, first, commit ? "sent" : "sending");
		assert_state(s, second, commit ? "sending" : "queued");
		assert_int_equal(number_of(s, SENT_EVENTS), commit);
		assert_int_equal(number_of(s, IN_THE_AIR), 1);
	}
	outbox_message_done(&one);
	outbox_message_done(&two);
}

/* What was chosen ahead and is not to be had any more takes nothing with it. */
static void test_begin_too_late(void **state)
{
	struct store *s = *state;
	struct outbox_message one = {0}, two = {0};
	bool whole;
	int64_t first = add(s, OUTBOX_REPLY, 1), second;
	assert_int_equal(claim(s, "a", NOW, &one), first);
	assert_int_equal(outbox_part_begin(s, &one, 1, 0, "a", NOW), 0);
	second = add(s, OUTBOX_BROADCAST, 1);
	assert_int_equal(claim(s, "b", NOW, &two), second);
	assert_int_equal(outbox_cancel(s, second, NOW), 0);
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(outbox_part_sent(s, &one, 1, 7, NOW, &whole), 0);
	assert_int_equal(outbox_part_begin(s, &two, 1, 0, "a", NOW), -ENOENT);
	assert_int_equal(store_commit(s), 0);
	assert_state(s, first, "sent");
	assert_state(s, second, "cancelled");
	assert_int_equal(number_of(s, "SELECT count(*) FROM part_out"), 1);
	/* and one that is over its time */
	assert_int_equal(store_run(s, "UPDATE message_out SET state = 'queued', not_after_utc = ? WHERE id = ?",
				   "II", (int64_t)NOW, second),
			 0);
	assert_int_equal(outbox_part_begin(s, &two, 1, 0, "a", NOW), -ENOENT);
	outbox_message_done(&one);
	outbox_message_done(&two);
}

/* A late answer is told like any other, once. */
static void test_late_answer_has_its_event(void **state)
{
	struct store *s = *state;
	struct outbox_message m = {0};
	bool whole;
	int64_t id = add(s, OUTBOX_BROADCAST, 1);
	assert_int_equal(claim(s, "a", NOW, &m), id);
	assert_int_equal(outbox_part_begin(s, &m, 1, 0, "a", NOW), 0);
	assert_int_equal(outbox_part_uncertain(s, &m, 1, 0, NOW, &whole), 0);
	assert_int_equal(number_of(s, SENT_EVENTS), 0);
	assert_int_equal(outbox_part_late(s, id, 1, 5, NOW + 30), 0);
	assert_int_equal(outbox_part_late(s, id, 1, 5, NOW + 31), -ENOENT);
	assert_state(s, id, "sent");
	assert_int_equal(number_of(s, SENT_EVENTS), 1);
	outbox_message_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(test_order),
	    WITH_STORE(test_two_lines_take_it_once),
	    WITH_STORE(test_dedupe_and_cancel),
	    WITH_STORE(test_uncertain),
	    WITH_STORE(test_crash_between_parts),
	    WITH_STORE(test_crash_of_a_reply),
	    WITH_STORE(test_expiry_and_quiet_hours),
	    WITH_STORE(test_outcome_and_begin_together),
	    WITH_STORE(test_begin_too_late),
	    WITH_STORE(test_late_answer_has_its_event),
	};
	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}

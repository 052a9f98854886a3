/* Which text leaves next by which line: priority, turns, wishes, what is bound; and that the queue may be long. */
#include "unit/store/bed.h"
#include "store/bound.h"
#include "store/broadcast.h"
#include "store/choose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NOW ((int64_t)1795300000)

static int64_t put(struct store *s, const struct outbox_new *n, int64_t now)
{
	struct outbox_new m = *n;
	int64_t id = 0;
	m.number = "+8613800138001";
	m.text = "text";
	m.segments = m.segments ? m.segments : 1;
	assert_int_equal(outbox_add(s, &m, now, &id), 0);
	return id;
}

static int64_t add(struct store *s, enum outbox_class class, int64_t now)
{
	return put(s, &(struct outbox_new){.class = class}, now);
}

static int64_t broadcast(struct store *s, const char *state, int texts, int64_t now)
{
	int64_t id = 0;
	assert_int_equal(
	    store_run(s,
		      "INSERT INTO broadcast (audience, text, state, segments, recipients, at_utc, created_by, "
		      "created_utc) VALUES ('all', 't', ?, 1, ?, ?, 'x', ?)",
		      "tiII", state, texts, now, now),
	    0);
	id = store_last_id(s);
	for (int i = 0; i < texts; i++)
		put(s, &(struct outbox_new){.class = OUTBOX_BROADCAST, .broadcast = id}, now);
	return id;
}

#define ALL                                                                                                    \
	{                                                                                                      \
		INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX                                                     \
	}
static struct outbox_gate gate(const char *line, int64_t now)
{
	return (struct outbox_gate){.modem = line, .line = line, .room = ALL, .now_utc = now};
}

/* 0: none */
static int64_t choose(struct store *s, const struct outbox_gate *g, const struct outbox_turns *t)
{
	struct outbox_message m = {0};
	int r = outbox_choose(s, g, t, &m);
	assert_true(r == 0 || r == -ENOENT);
	int64_t id = r ? 0 : m.id;
	outbox_message_done(&m);
	return id;
}

/* Chosen, begun and sent; its broadcast by *ret. 0: none. */
static int64_t send(struct store *s, const struct outbox_gate *g, struct outbox_turns *t,
		    int64_t *ret_broadcast)
{
	struct outbox_message m = {0};
	bool whole;
	int r = outbox_choose(s, g, t, &m);
	if (r == -ENOENT)
		return 0;
	assert_int_equal(r, 0);
	int64_t id = m.id;
	if (ret_broadcast)
		*ret_broadcast = m.broadcast;
	for (int part = 1; part <= m.segments; part++) {
		if (m.done[part])
			continue;
		assert_int_equal(outbox_part_begin(s, &m, part, 1, g->modem, g->now_utc), 0);
		outbox_took(t, &m);
		assert_int_equal(outbox_part_sent(s, &m, part, 1, g->now_utc, &whole), 0);
	}
	outbox_message_done(&m);
	return id;
}

/* ------------------------------------------------------------------------------------------------ who is first */

static void by_class_then_by_age(void **state)
{
	struct store *s = *state;
	struct outbox_turns t = {0};
	struct outbox_gate g = gate("a", NOW + 10);
	int64_t old = add(s, OUTBOX_BROADCAST, NOW), remind = add(s, OUTBOX_REMINDER, NOW + 1),
		second = add(s, OUTBOX_REPLY, NOW + 3), first = add(s, OUTBOX_REPLY, NOW + 2),
		alarm = add(s, OUTBOX_ALARM, NOW + 9);
	const int64_t want[] = {alarm, first, second, remind, old, 0};
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(send(s, &g, &t, NULL), want[i]);
}

static void what_others_hold_is_not_theirs(void **state)
{
	struct store *s = *state;
	int64_t one = add(s, OUTBOX_REPLY, NOW), two = add(s, OUTBOX_REPLY, NOW);
	struct outbox_gate g = gate("a", NOW);
	const int64_t held[] = {one, two};
	const struct outbox_turns t = {0};
	assert_int_equal(choose(s, &g, &t), one);
	g.held = held;
	g.held_count = 1;
	assert_int_equal(choose(s, &g, &t), two);
	g.held_count = 2;
	assert_int_equal(choose(s, &g, &t), 0);
}

static void a_closed_class_and_a_narrow_one(void **state)
{
	struct store *s = *state;
	const struct outbox_turns t = {0};
	struct outbox_gate g = gate("a", NOW);
	int64_t longer = put(s, &(struct outbox_new){.class = OUTBOX_REMINDER, .segments = 3}, NOW);
	int64_t bulk = add(s, OUTBOX_BROADCAST, NOW);
	add(s, OUTBOX_REMINDER, NOW + 0);
	assert_int_equal(choose(s, &g, &t), longer);
	/* three segments do not begin with room for two, nor does a shorter one overtake */
	g.room[OUTBOX_REMINDER] = 2;
	assert_int_equal(choose(s, &g, &t), bulk);
	g.room[OUTBOX_REMINDER] = 3;
	assert_int_equal(choose(s, &g, &t), longer);
	g.room[OUTBOX_REMINDER] = g.room[OUTBOX_BROADCAST] = -1;
	assert_int_equal(choose(s, &g, &t), 0);
}

/* PAINS 16: a flood above does not starve what is below, and still comes first. */
static void nothing_starves(void **state)
{
	struct store *s = *state;
	struct outbox_turns t = {0};
	int64_t bulk = broadcast(s, "queued", 40, NOW), got;
	int young = 0, old = 0, remind = 0;
	for (int i = 0; i < 100; i++) {
		struct outbox_gate g = gate("a", NOW + 100 + i);
		add(s, OUTBOX_REPLY, NOW + 100 + i);
		send(s, &g, &t, &got);
		young += got == bulk;
	}
	assert_int_equal(young, 0);
	for (int i = 0; i < 20; i++)
		add(s, OUTBOX_REMINDER, NOW + 5000);
	for (int i = 0; i < 100; i++) {
		struct outbox_gate g = gate("a", NOW + 10000 + i);
		add(s, OUTBOX_REPLY, NOW + 10000 + i);
		int64_t id = send(s, &g, &t, &got), class;
		assert_int_equal(store_get(s, &class, "SELECT priority FROM message_out WHERE id = ?", "I", id),
				 0);
		old += got == bulk;
		remind += class == OUTBOX_REMINDER;
	}
	print_message("of 100 beside a flood of replies: %d of the broadcast, %d reminders\n", old, remind);
	assert_in_range(old, 12, 20);
	assert_in_range(remind, 12, 20);
	/* an alarm waits for none of it */
	int64_t alarm = add(s, OUTBOX_ALARM, NOW + 20000);
	struct outbox_gate g = gate("a", NOW + 20000);
	assert_int_equal(send(s, &g, &t, NULL), alarm);
}

/* Four turns of five, among themselves in turns; when they cannot leave, nobody waits for them. */
static void urgent_broadcasts_first(void **state)
{
	struct store *s = *state;
	struct outbox_turns t = {0};
	struct outbox_gate g = gate("a", NOW + 10);
	int64_t large = broadcast(s, "queued", 20, NOW), other = broadcast(s, "queued", 20, NOW),
		gas = broadcast(s, "queued", 20, NOW), flood = broadcast(s, "queued", 20, NOW + 5), got;
	int64_t had[8] = {0};
	assert_int_equal(
	    store_run(s, "UPDATE broadcast SET override_quiet = 1 WHERE id IN (?, ?)", "II", gas, flood), 0);
	/* what an estimate says of ten more texts */
	struct broadcast_ahead ahead;
	assert_int_equal(broadcast_ahead(s, NOW + 10, 0, false, &ahead), 0);
	assert_int_equal(broadcast_ahead_of(&ahead, 10), 10 + 10 + 20 + 20);
	assert_int_equal(broadcast_ahead(s, NOW + 10, other, true, &ahead), 0);
	assert_int_equal(broadcast_ahead_of(&ahead, 10), 2 + 10 + 10);
	for (int i = 0; i < 40; i++)
		had[send(s, &g, &t, &got) ? got : 0]++;
	assert_int_equal(had[gas], 16);
	assert_int_equal(had[flood], 16);
	assert_int_equal(had[large], 4);
	assert_int_equal(had[other], 4);
	assert_int_equal(choose(s, &g, &t), choose(s, &g, &t));
	assert_int_equal(store_run(s, "UPDATE broadcast SET state = 'paused' WHERE id = ?", "I", gas), 0);
	assert_int_equal(
	    store_run(s, "UPDATE message_out SET next_try_utc = ? WHERE broadcast = ?", "II", NOW + 99, flood),
	    0);
	for (int i = 0; i < 32; i++)
		assert_true(send(s, &g, &t, &got) && (got == large || got == other));
	assert_int_equal(send(s, &g, &t, &got), 0);
	g = gate("a", NOW + 100);
	for (int i = 0; i < 4; i++)
		assert_true(send(s, &g, &t, &got) && got == flood);
	assert_int_equal(send(s, &g, &t, &got), 0);
}

static void broadcasts_take_turns(void **state)
{
	struct store *s = *state;
	struct outbox_turns t = {0};
	struct outbox_gate g = gate("a", NOW + 10);
	int64_t large = broadcast(s, "queued", 100, NOW), paused = broadcast(s, "paused", 10, NOW),
		small = broadcast(s, "queued", 10, NOW + 5), got;
	int64_t alone = add(s, OUTBOX_BROADCAST, NOW + 6);
	int of_small = 0, of_large = 0;
	bool of_none = false;
	for (int i = 0; i < 21; i++) {
		of_none |= send(s, &g, &t, &got) == alone;
		of_small += got == small;
		of_large += got == large;
		assert_int_not_equal(got, paused);
	}
	assert_int_equal(of_small, 10);
	assert_int_equal(of_large, 10);
	assert_true(of_none);
	/* asked again without having begun anything, the answer is the same */
	assert_int_equal(choose(s, &g, &t), choose(s, &g, &t));
	for (int i = 0; i < 90; i++)
		assert_true(send(s, &g, &t, &got) && got == large);
	assert_int_equal(send(s, &g, &t, &got), 0);
	assert_int_equal(store_run(s, "UPDATE broadcast SET state = 'queued' WHERE id = ?", "I", paused), 0);
	assert_true(send(s, &g, &t, &got) && got == paused);
}

static void quiet_hours_hold_each_lane(void **state)
{
	struct store *s = *state;
	const struct outbox_turns t = {0};
	struct outbox_gate g = gate("a", NOW + 10);
	int64_t quiet = put(s, &(struct outbox_new){.class = OUTBOX_REMINDER, .quiet = true}, NOW);
	int64_t loud = put(s, &(struct outbox_new){.class = OUTBOX_REMINDER}, NOW + 1);
	assert_int_equal(choose(s, &g, &t), quiet);
	g.quiet_hours = true;
	assert_int_equal(choose(s, &g, &t), loud);
}

/* ------------------------------------------------------------------------------------------------ by which line */

static int64_t ten(void *user, const char *modem)
{
	return strcmp(modem, user) == 0 ? 10 : 0;
}

static void an_answer_is_left_to_its_line(void **state)
{
	struct store *s = *state;
	const struct outbox_turns t = {0};
	assert_int_equal(store_run(s,
				   "INSERT INTO message_in (id, number, text, modem, received_utc) VALUES (2, "
				   "'+86', 't', 'b', 1)",
				   ""),
			 0);
	int64_t id = put(s, &(struct outbox_new){.class = OUTBOX_REPLY, .answers = 2}, NOW), when;
	struct outbox_gate a = gate("a", NOW), b = gate("b", NOW);
	a.patience_s = b.patience_s = ten;
	char back[] = "b", none[] = "none";
	a.user = b.user = back;
	assert_int_equal(choose(s, &a, &t), 0);
	assert_int_equal(choose(s, &b, &t), id);
	assert_int_equal(outbox_wished_utc(s, &a, &when), 0);
	assert_int_equal(when, NOW + 10);
	a.now_utc = NOW + 9;
	assert_int_equal(choose(s, &a, &t), 0);
	a.now_utc = NOW + 10;
	assert_int_equal(choose(s, &a, &t), id);
	assert_int_equal(outbox_wished_utc(s, &a, &when), 0);
	assert_int_equal(when, INT64_MAX);
	/* one that is known to be gone is not waited for */
	a.now_utc = NOW;
	a.user = none;
	assert_int_equal(choose(s, &a, &t), id);
	/* only answers wish: a reminder goes by any line */
	int64_t other = put(s, &(struct outbox_new){.class = OUTBOX_REMINDER, .answers = 2}, NOW);
	a.user = back;
	assert_int_equal(choose(s, &a, &t), other);
}

/* One part of it sent by `line`, then the line breaks down. */
static int64_t begun_text(struct store *s, enum outbox_class class, const char *line, int64_t not_after)
{
	struct outbox_message m = {0};
	bool whole;
	int64_t id = put(
	    s, &(struct outbox_new){.class = class, .segments = 3, .not_after_utc = not_after, .report = true},
	    NOW);
	assert_int_equal(choose_load(s, id, &m), 0);
	assert_int_equal(outbox_part_begin(s, &m, 1, 1, line, NOW), 0);
	assert_int_equal(outbox_part_sent(s, &m, 1, 1, NOW, &whole), 0);
	assert_int_equal(outbox_release(s, &m, 0, NOW), 0);
	outbox_message_done(&m);
	return id;
}

static void what_was_begun_stays_on_its_sim(void **state)
{
	struct store *s = *state;
	const struct outbox_turns t = {0};
	struct outbox_gate a = gate("front", NOW + 1), b = gate("back", NOW + 1);
	a.line = "sim-a";
	b.line = "sim-b";
	int64_t id = begun_text(s, OUTBOX_BROADCAST, "sim-a", 0), reply = add(s, OUTBOX_REPLY, NOW);
	/* within its class first, not before a reply */
	assert_int_equal(choose(s, &a, &t), reply);
	assert_int_equal(outbox_cancel(s, reply, NOW), 0);
	broadcast(s, "queued", 1, NOW - 100);
	assert_int_equal(choose(s, &a, &t), id);
	assert_int_not_equal(choose(s, &b, &t), id);
	/* it is half out: no quota holds it, only a line that may not send at all does */
	a.room[OUTBOX_BROADCAST] = 0;
	assert_int_equal(choose(s, &a, &t), id);
	a.room[OUTBOX_BROADCAST] = -1;
	assert_int_equal(choose(s, &a, &t), 0);
	/* the SIM in another modem goes on with it, and nobody else can begin a part */
	b.line = "sim-a";
	assert_int_equal(choose(s, &b, &t), id);
	struct outbox_message m = {0};
	assert_int_equal(choose_load(s, id, &m), 0);
	snprintf(m.line, sizeof m.line, "sim-b");
	assert_int_equal(outbox_part_begin(s, &m, 2, 1, "back", NOW), -ENOENT);
	snprintf(m.line, sizeof m.line, "sim-a");
	assert_int_equal(outbox_part_begin(s, &m, 2, 1, "back", NOW), 0);
	outbox_message_done(&m);
}

static bool gone(void *user, const char *line)
{
	return strcmp(user, line) == 0;
}

static int unbind(struct store *s, const char *line, int64_t now, int64_t *next)
{
	int count = -1;
	char name[32];
	snprintf(name, sizeof name, "%s", line);
	assert_int_equal(outbox_unbind(s, gone, name, now, next, &count), 0);
	return count;
}

static void a_line_that_stays_away(void **state)
{
	struct store *s = *state;
	struct outbox_turns t = {0};
	int64_t next, events;
	int64_t reply = begun_text(s, OUTBOX_REPLY, "a", 0), bulk = begun_text(s, OUTBOX_BROADCAST, "a", 0),
		ends = begun_text(s, OUTBOX_REMINDER, "a", NOW + 7200);
	struct outbox_gate b = gate("b", NOW + OUTBOX_AWAY_S);
	assert_int_equal(unbind(s, "a", NOW + OUTBOX_AWAY_S - 1, &next), 0);
	assert_int_equal(next, NOW + OUTBOX_AWAY_S);
	/* it is there, and busy */
	assert_int_equal(unbind(s, "z", NOW + OUTBOX_AWAY_S, &next), 0);
	assert_int_equal(choose(s, &b, &t), 0);
	/* of what was begun only the reply goes out anew, as a whole */
	assert_int_equal(unbind(s, "a", NOW + OUTBOX_AWAY_S, &next), 1);
	struct outbox_message m = {0};
	assert_int_equal(outbox_choose(s, &b, &t, &m), 0);
	assert_int_equal(m.id, reply);
	assert_false(m.done[1]);
	assert_int_equal(m.ref, -1);
	assert_true(m.repeated);
	outbox_message_done(&m);
	assert_int_equal(send(s, &b, &t, NULL), reply);
	assert_int_equal(send(s, &b, &t, NULL), 0);
	/* the others: until not-after, or for a day */
	int count;
	assert_int_equal(unbind(s, "a", NOW + OUTBOX_GONE_S - 1, &next), 0);
	assert_int_equal(outbox_expire(s, NOW + 7200, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(unbind(s, "a", NOW + OUTBOX_GONE_S, &next), 1);
	assert_int_equal(next == INT64_MAX || next > NOW + OUTBOX_GONE_S, true);
	const int64_t ids[] = {bulk, ends};
	const char *const want[] = {"failed", "expired"};
	for (int i = 0; i < 2; i++) {
		int64_t ok;
		assert_int_equal(store_get(s, &ok,
					   "SELECT state = ? AND reason <> '' FROM message_out WHERE id = ?",
					   "tI", want[i], ids[i]),
				 0);
		assert_int_equal(ok, 1);
	}
	assert_int_equal(store_get(s, &events, "SELECT count(*) FROM event WHERE kind = 'message.failed'", ""),
			 0);
	assert_int_equal(events, 1);
	assert_int_equal(unbind(s, "a", NOW + 2 * OUTBOX_GONE_S, &next), 0);
	assert_int_equal(next, INT64_MAX);
}

/* ------------------------------------------------------------------------------------------------ a long queue */

/* 200,000 that may leave, behind 20,000 of a broadcast that is paused, 20,000 that wait for tomorrow and 2,000
 * answers that are left to other lines. */
static void fill(struct store *s)
{
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(
	    store_run(
		s,
		"INSERT INTO broadcast (id, audience, text, state, segments, recipients, at_utc, created_by,"
		" created_utc) VALUES (1, 'a', 't', 'paused', 1, 1, 0, 'x', 7), (2, 'a', 't', 'queued', 1, 1,"
		" ?2, 'x', 8), (3, 'a', 't', 'queued', 1, 1, ?1, 'x', 9)",
		"II", NOW - 800, NOW + 86400),
	    0);
	static const struct {
		int texts, broadcast;
		const char *class, *prefer;
		int64_t from;
	} rows[] = {{20000, 1, "broadcast", NULL, NOW - 900},  {20000, 2, "broadcast", NULL, NOW + 86400},
		    {200000, 3, "broadcast", NULL, NOW - 800}, {10000, 0, "reminder", NULL, NOW + 86400},
		    {10000, 0, "reminder", NULL, NOW - 10},    {1000, 0, "reply", "b", NOW - 1},
		    {1000, 0, "reply", "c", NOW - 1}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(store_run(s,
					   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
					   "WHERE i < ?1) INSERT INTO"
					   " message_out (number, text, class, priority, alphabet, segments, "
					   "created_utc, next_try_utc,"
					   " broadcast, prefer, quiet) SELECT '+86138' || i, 't', ?2, ?3, "
					   "'ucs2', 1, ?4, ?4, ?5, ?6, 0"
					   " FROM n",
					   "itiIPt", rows[i].texts, rows[i].class,
					   outbox_class_find(rows[i].class), rows[i].from,
					   (int64_t)rows[i].broadcast, rows[i].prefer),
				 0);
	assert_int_equal(store_commit(s), 0);
}

static double ms_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int64_t minute(void *user, const char *modem)
{
	(void)user;
	(void)modem;
	return 60;
}

static int64_t steps(struct store *s)
{
	int64_t sum = 0;
	for (int i = 0; i < STORE_CACHE; i++)
		if (s->cache[i].st) {
			sum += sqlite3_stmt_status(s->cache[i].st, SQLITE_STMTSTATUS_VM_STEP, 0);
			if (strstr(s->cache[i].sql, "message_out") &&
			    sqlite3_stmt_status(s->cache[i].st, SQLITE_STMTSTATUS_SORT, 0))
				fail_msg("sorts: %s", s->cache[i].sql);
		}
	return sum;
}

static void the_length_of_the_queue_costs_nothing(void **state)
{
	struct store *s = *state;
	struct outbox_turns t = {0};
	struct outbox_gate g = gate("a", NOW);
	int64_t got;
	bool ready[OUTBOX_CLASSES];
	struct outbox_counts counts;
	g.patience_s = minute;
	fill(s);
	for (int i = 0; i < 100; i++) /* reminders first */
		assert_true(send(s, &g, &t, &got) && !got);
	g.room[OUTBOX_REMINDER] = 0;
	assert_true(send(s, &g, &t, &got) && got == 3);
	int64_t before = steps(s);
	double begin = ms_now();
	for (int i = 0; i < 1000; i++)
		assert_int_not_equal(choose(s, &g, &t), 0);
	print_message("one choice: %.1f µs of CPU, %d steps of SQLite\n", ms_now() - begin,
		      (int)(steps(s) - before) / 1000);
	assert_true(steps(s) - before < 1000 * 1000);
	/* what the clock of the daemon asks after each text */
	before = steps(s);
	assert_int_equal(outbox_next_utc(s, NOW, &got), 0);
	assert_int_equal(got, NOW + 86400);
	assert_int_equal(outbox_ready(s, NOW, ready), 0);
	assert_true(ready[OUTBOX_REPLY] && ready[OUTBOX_REMINDER] && ready[OUTBOX_BROADCAST] && !ready[0]);
	assert_int_equal(outbox_wished_utc(s, &g, &got), 0);
	assert_int_equal(got, NOW + 59);
	assert_true(steps(s) - before < 2000);
	begin = ms_now();
	assert_int_equal(outbox_counts(s, NOW, &counts), 0);
	print_message("counts for status: %.1f ms\n", ms_now() - begin);
	assert_int_equal(counts.queued, 262000 - 101);
	assert_int_equal(counts.oldest_utc, NOW - 800); /* not of the one that is paused */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(by_class_then_by_age),
	    WITH_STORE(what_others_hold_is_not_theirs),
	    WITH_STORE(a_closed_class_and_a_narrow_one),
	    WITH_STORE(nothing_starves),
	    WITH_STORE(broadcasts_take_turns),
	    WITH_STORE(urgent_broadcasts_first),
	    WITH_STORE(quiet_hours_hold_each_lane),
	    WITH_STORE(an_answer_is_left_to_its_line),
	    WITH_STORE(what_was_begun_stays_on_its_sim),
	    WITH_STORE(a_line_that_stays_away),
	    WITH_STORE(the_length_of_the_queue_costs_nothing),
	};
	return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}

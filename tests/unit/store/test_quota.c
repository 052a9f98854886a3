/* Quotas: never more than N in any 60 minutes and in any 24 hours, whatever is done when; what each class leaves to
 * the others; and the rows by which they outlive the program. */
#include "unit/store/bed.h"
#include "store/airtime.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NOW  ((int64_t)1795300000)
#define HOUR ((int64_t)3600)
#define DAY  (24 * HOUR)

static const int64_t nothing[OUTBOX_CLASSES];

static unsigned seed;
static unsigned dice(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % n;
}

/* Lines that send as fast as they may, at odd seconds, with pauses of all lengths; every window of an hour and of a
 * day is then counted to the second. */
static void never_more_in_any_hour_or_day(void **state)
{
	(void)state;
	static int64_t left[20000];
	for (int round = 0; round < 20; round++) {
		seed = (unsigned)round + 1;
		static struct quota_window w;
		memset(&w, 0, sizeof w);
		const struct quota q = {10 + (int)dice(100), 50 + (int)dice(400)};
		int n = 0;
		for (int64_t t = NOW; t < NOW + 4 * DAY && n < 20000;
		     t += dice(300) ? dice(40) : dice(5 * 3600)) {
			enum outbox_class c = OUTBOX_REPLY + dice(3);
			quota_move(&w, t);
			if (quota_left(&q, &w, c) > 0) {
				quota_add(&w, c, 1, t);
				left[n++] = t;
			}
		}
		assert_true(n > q.daily);
		for (int i = 0, h = 0, d = 0; i < n; i++) {
			while (left[h] <= left[i] - HOUR)
				h++;
			while (left[d] <= left[i] - DAY)
				d++;
			assert_true(i - h + 1 <= q.hourly);
			assert_true(i - d + 1 <= q.daily);
		}
	}
}

static int64_t left_of(int hourly, const int used[OUTBOX_CLASSES], enum outbox_class c)
{
	static struct quota_window w;
	memset(&w, 0, sizeof w);
	const struct quota q = {hourly, 0};
	for (int i = 0; i < OUTBOX_CLASSES; i++)
		quota_add(&w, (enum outbox_class)i, used[i], NOW);
	return quota_left(&q, &w, c);
}

static void each_class_leaves_something(void **state)
{
	(void)state;
	/* alarm, reply, reminder, broadcast */
	const int none[] = {0, 0, 0, 0}, flood[] = {0, 0, 0, 80}, reminders[] = {0, 0, 75, 0},
		  bulk[] = {0, 0, 5, 75}, replies[] = {0, 90, 0, 0}, over[] = {0, 30, 0, 0},
		  alarms[] = {150, 0, 0, 0};
	assert_int_equal(left_of(100, none, OUTBOX_REPLY), 90);
	assert_int_equal(left_of(100, none, OUTBOX_REMINDER), 80);
	assert_int_equal(left_of(100, none, OUTBOX_BROADCAST), 80);
	/* a fifth is kept for replies */
	assert_int_equal(left_of(100, flood, OUTBOX_BROADCAST), 0);
	assert_int_equal(left_of(100, flood, OUTBOX_REMINDER), 0);
	assert_int_equal(left_of(100, reminders, OUTBOX_BROADCAST), 5);
	assert_int_equal(left_of(100, bulk, OUTBOX_REMINDER), 0);
	assert_int_equal(left_of(100, bulk, OUTBOX_REPLY), 20);
	/* a flood of replies leaves a tenth; what they use beyond their fifth is taken from the rest */
	assert_int_equal(left_of(100, replies, OUTBOX_REPLY), 0);
	assert_int_equal(left_of(100, replies, OUTBOX_REMINDER), 10);
	assert_int_equal(left_of(100, over, OUTBOX_BROADCAST), 70);
	/* alarms are counted and never wait */
	assert_int_equal(left_of(100, alarms, OUTBOX_ALARM), INT64_MAX);
	assert_int_equal(left_of(100, alarms, OUTBOX_REPLY), 0);
	assert_int_equal(left_of(10, none, OUTBOX_BROADCAST), 8);
	assert_int_equal(left_of(0, flood, OUTBOX_BROADCAST), INT64_MAX);
}

static void the_narrower_window_counts(void **state)
{
	(void)state;
	static struct quota_window w;
	memset(&w, 0, sizeof w);
	const struct quota q = {100, 200};
	for (int i = 0; i < 3; i++)
		quota_add(&w, OUTBOX_BROADCAST, 40, NOW + i * 2 * HOUR);
	assert_int_equal(quota_left(&q, &w, OUTBOX_BROADCAST), 40);
	quota_move(&w, NOW + 20 * HOUR);
	assert_int_equal(quota_left(&q, &w, OUTBOX_BROADCAST), 40);
	assert_int_equal(w.hour[OUTBOX_BROADCAST], 0);
	quota_move(&w, NOW + DAY + 120);
	assert_int_equal(quota_left(&q, &w, OUTBOX_BROADCAST), 80);
}

static void a_text_longer_than_the_quota_leaves_some_day(void **state)
{
	(void)state;
	static struct quota_window w;
	memset(&w, 0, sizeof w);
	const struct quota q = {4, 0};
	const int64_t one[OUTBOX_CLASSES] = {[OUTBOX_BROADCAST] = 1};
	quota_move(&w, NOW);
	assert_int_equal(quota_room(&q, &w, nothing, OUTBOX_BROADCAST), INT64_MAX);
	assert_int_equal(quota_room(&q, &w, one, OUTBOX_BROADCAST), 2); /* one is under way */
	quota_add(&w, OUTBOX_BROADCAST, 1, NOW);
	assert_int_equal(quota_room(&q, &w, nothing, OUTBOX_BROADCAST), 2);
	assert_int_equal(quota_opens_utc(&q, &w, OUTBOX_BROADCAST, 2), NOW - NOW % 60);
	int64_t then = quota_opens_utc(&q, &w, OUTBOX_BROADCAST, 5);
	assert_true(then > NOW + HOUR && then <= NOW + HOUR + 120);
	quota_move(&w, then - 1);
	assert_int_equal(quota_room(&q, &w, nothing, OUTBOX_BROADCAST), 2);
	quota_move(&w, then);
	assert_int_equal(quota_room(&q, &w, nothing, OUTBOX_BROADCAST), INT64_MAX);
}

static void a_clock_set_back_gives_nothing_back(void **state)
{
	(void)state;
	static struct quota_window w;
	memset(&w, 0, sizeof w);
	const struct quota q = {10, 0};
	quota_add(&w, OUTBOX_BROADCAST, 8, NOW);
	quota_move(&w, NOW - 2 * HOUR);
	assert_int_equal(quota_left(&q, &w, OUTBOX_BROADCAST), 0);
	quota_move(&w, NOW + 2 * HOUR);
	assert_int_equal(quota_left(&q, &w, OUTBOX_BROADCAST), 8);
}

/* ------------------------------------------------------------------------------------------------ rows */

static int64_t day_of(struct store *s, const char *line, int64_t now)
{
	const struct quota_window *w;
	assert_int_equal(airtime_get(s, line, now, &w), 0);
	return quota_sum(w->day);
}

static void again(void **state)
{
	struct store *s = *state;
	struct err e;
	cleanup_free char *path = mem_dup(store_path(s));
	store_close(s);
	assert_int_equal(store_open(path, STORE_DAEMON, (struct store **)state, &e), 0);
}

static void rows_outlive_the_program(void **state)
{
	assert_int_equal(airtime_add(*state, "8986", OUTBOX_REPLY, 2, NOW), 0);
	assert_int_equal(airtime_add(*state, "8986", OUTBOX_BROADCAST, 3, NOW + 70), 0);
	assert_int_equal(airtime_add(*state, "other", OUTBOX_BROADCAST, 9, NOW), 0);
	assert_int_equal(day_of(*state, "8986", NOW + 80), 5);
	again(state);
	const struct quota_window *w;
	assert_int_equal(airtime_get(*state, "8986", NOW + 80, &w), 0);
	assert_int_equal(w->hour[OUTBOX_REPLY], 2);
	assert_int_equal(w->day[OUTBOX_BROADCAST], 3);
	assert_int_equal(airtime_get(*state, "8986", NOW + HOUR + 60, &w), 0);
	assert_int_equal(w->hour[OUTBOX_REPLY], 0);
	assert_int_equal(w->hour[OUTBOX_BROADCAST], 3);
	assert_int_equal(day_of(*state, "8986", NOW + DAY + 200), 0);
}

static void what_is_rolled_back_was_not_used(void **state)
{
	struct store *s = *state;
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 1, NOW), 0);
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 5, NOW), 0);
	assert_int_equal(day_of(s, "a", NOW), 6);
	store_rollback(s);
	assert_int_equal(day_of(s, "a", NOW), 1);
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(store_mark(s), 0);
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 5, NOW), 0);
	store_undo(s);
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 1, NOW), 0);
	assert_int_equal(store_commit(s), 0);
	store_rollback(s);
	assert_int_equal(day_of(s, "a", NOW), 2);
}

static void counted_by_sim(void **state)
{
	struct store *s = *state;
	char line[AIRTIME_LINE_MAX];
	/* counted under the modem's name until its SIM was known; then the SIM moves to another modem */
	assert_int_equal(airtime_add(s, "front", OUTBOX_BROADCAST, 4, NOW), 0);
	assert_int_equal(store_run(s, "INSERT INTO line (name, iccid) VALUES ('front', '8986')", ""), 0);
	assert_int_equal(airtime_line(s, "front", line), 0);
	assert_string_equal(line, "8986");
	assert_int_equal(airtime_line(s, "none", line), 0);
	assert_string_equal(line, "none");
	assert_int_equal(day_of(s, "8986", NOW), 4);
	assert_int_equal(airtime_add(s, "8986", OUTBOX_BROADCAST, 2, NOW), 0);
	assert_int_equal(day_of(s, "8986", NOW), 6);
	assert_int_equal(day_of(s, "8987", NOW), 0);
}

static void old_rows_go_and_a_wild_clock_is_forgiven(void **state)
{
	struct store *s = *state;
	int64_t rows;
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 1, NOW), 0);
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 1, NOW + 400 * DAY), 0);
	/* the clock was a year ahead: what it counted then does not count now, what is an hour ahead does */
	assert_int_equal(day_of(s, "a", NOW + 60), 0);
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 1, NOW + 10 * DAY), 0);
	assert_int_equal(day_of(s, "a", NOW + 10 * DAY - HOUR), 1);
	assert_int_equal(
	    store_get(s, &rows, "SELECT count(*) FROM airtime WHERE minute < ?", "I", (NOW + 8 * DAY) / 60), 0);
	assert_int_equal(rows, 0);
}

/* Minutes in the middle of busy ones tell the speed; the first and the last of a run are not full. */
static void as_fast_as_it_was(void **state)
{
	static const int run[] = {3, 12, 14, 13, 2};
	struct store *s = *state;
	double speed = 9;
	int64_t sum;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(airtime_speed(s, "a", NOW + i * 60, &speed), 0);
		assert_true(speed == 0);
		assert_int_equal(airtime_add(s, "a", OUTBOX_BROADCAST, run[i] - 1, NOW + i * 60), 0);
		assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 1, NOW + i * 60), 0);
	}
	assert_int_equal(airtime_add(s, "a", OUTBOX_REPLY, 40, NOW + 20 * 60), 0);
	assert_int_equal(airtime_speed(s, "a", NOW + 30 * 60, &speed), 0);
	assert_true(speed == 13);
	assert_int_equal(airtime_broadcasts(s, NOW + 60, &sum), 0);
	assert_int_equal(sum, 11 + 13 + 12 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(never_more_in_any_hour_or_day),
	    cmocka_unit_test(each_class_leaves_something),
	    cmocka_unit_test(the_narrower_window_counts),
	    cmocka_unit_test(a_text_longer_than_the_quota_leaves_some_day),
	    cmocka_unit_test(a_clock_set_back_gives_nothing_back),
	    WITH_STORE(rows_outlive_the_program),
	    WITH_STORE(what_is_rolled_back_was_not_used),
	    WITH_STORE(counted_by_sim),
	    WITH_STORE(as_fast_as_it_was),
	    WITH_STORE(old_rows_go_and_a_wild_clock_is_forgiven),
	};
	return cmocka_run_group_tests_name("quota", tests, NULL, NULL);
}

/* What readings of a sensor mean: every cell of the machine, hysteresis, hold, hours, coming and going; and random readings under a
 * clock that is set, against what must hold whatever comes. And who hears of an alarm, when. */
#include "base/mem.h"
#include "civic/sensor_ladder.h"
#include "civic/sensor_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static int64_t at(const char *when)
{
	int64_t t = 0;
	char text[48];
	snprintf(text, sizeof text, "%s+08:00", when);
	assert_int_equal(rfc3339_parse(text, &t), 0);
	return t;
}

static struct sensor_limits heat(void)
{
	return (struct sensor_limits){.has_high = true,
				      .high = 55,
				      .has_clear = true,
				      .clear = 50,
				      .hold_s = 60,
				      .armed = sensor_always_armed};
}

static void test_values(void **unused)
{
	(void)unused;
	struct sensor_limits l = heat();
	assert_int_equal(sensor_beyond(&l, 55), SENSOR_NONE); /* above, not at */
	assert_int_equal(sensor_beyond(&l, 55.1), SENSOR_HIGH);
	assert_true(sensor_inside(&l, 50));
	assert_false(sensor_inside(&l, 50.1));
	/* both limits: the other one ends as far inside */
	l.has_low = true;
	l.low = -10;
	assert_int_equal(sensor_beyond(&l, -10.5), SENSOR_LOW);
	assert_false(sensor_inside(&l, -6));
	assert_true(sensor_inside(&l, -5));
	/* a clear for the low one */
	l.clear = -8;
	assert_true(sensor_inside(&l, -8));
	assert_true(sensor_inside(&l, 53));
	assert_false(sensor_inside(&l, 53.5));
	/* ends that would cross: whatever is within the limits is inside */
	l.low = 40, l.high = 44, l.clear = 41;
	assert_true(sensor_inside(&l, 41));
	l.clear = 80; /* nonsense: beyond the limit itself */
	assert_true(sensor_inside(&l, 43));
	struct sensor_limits door = {.state = {1, 3}, .state_count = 2, .armed = sensor_always_armed};
	assert_int_equal(sensor_beyond(&door, 1), SENSOR_STATE);
	assert_int_equal(sensor_beyond(&door, 3), SENSOR_STATE);
	assert_int_equal(sensor_beyond(&door, 2), SENSOR_NONE);
	assert_true(sensor_inside(&door, 0));
	assert_int_equal(sensor_severity_find("urgent"), SENSOR_URGENT);
	assert_int_equal(sensor_severity_find(""), SENSOR_WARNING);
}

/* Every cell leads somewhere that makes sense of its input. */
static void test_table(void **unused)
{
	(void)unused;
	for (int s = 0; s < WATCH_STATES; s++) {
		const struct sensor_cell *row = sensor_watch_table[s];
		bool stands = s == WATCH_ON || s == WATCH_SETTLES || s == WATCH_FLAPS;
		for (int i = 0; i < SENSOR_INPUTS; i++) {
			enum sensor_watch_state to = row[i].next;
			bool still = to == WATCH_ON || to == WATCH_SETTLES || to == WATCH_FLAPS;
			assert_int_equal(stands,
					 still); /* what begins and ends it takes time, or is in move() */
		}
		assert_int_equal(row[INPUT_MISSING].next, s);
		assert_true(row[INPUT_BETWEEN].next == (enum sensor_watch_state)s || s == WATCH_HOLDS);
		assert_true(row[INPUT_BEYOND].next != WATCH_CALM);
		assert_true(row[INPUT_INSIDE].next != WATCH_HOLDS && row[INPUT_LOST].next != WATCH_HOLDS);
	}
}

static void expect(struct sensor_watch *w, const struct sensor_limits *l, double value, int64_t *now,
		   int64_t later, enum sensor_news want)
{
	*now += later;
	enum sensor_news got = sensor_watch_read(w, l, value > -900, value, *now);
	if (got != want)
		fail_msg("%g: news %d instead of %d in %s", value, (int)got, (int)want,
			 sensor_watch_names[w->state]);
}
#define GONE (-999)

static void test_hold_and_hysteresis(void **unused)
{
	(void)unused;
	struct sensor_limits l = heat();
	struct sensor_watch w = {0};
	int64_t t = at("2026-11-20T10:00:00");
	expect(&w, &l, 40, &t, 0, SENSOR_NOTHING);
	expect(&w, &l, 56, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 57, &t, 50, SENSOR_NOTHING);
	expect(&w, &l, 54, &t, 5, SENSOR_NOTHING); /* interrupted */
	expect(&w, &l, 56, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, GONE, &t, 30, SENSOR_NOTHING); /* one that is missing interrupts nothing, … */
	expect(&w, &l, GONE, &t, 40, SENSOR_NOTHING); /* … and begins nothing */
	expect(&w, &l, 58, &t, 10, SENSOR_BEGINS);
	assert_int_equal(w.since_utc, t - 80);
	expect(&w, &l, 52, &t, 100, SENSOR_NOTHING); /* between */
	assert_int_equal(w.state, WATCH_ON);
	expect(&w, &l, 49, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 52, &t, 30, SENSOR_NOTHING);
	expect(&w, &l, GONE, &t, 60, SENSOR_NOTHING); /* a missing one proves nothing */
	expect(&w, &l, 49, &t, 10, SENSOR_ENDS);
	assert_int_equal(w.state, WATCH_CALM);
	/* no data for long: what was about to begin begins anew, what stands stands */
	expect(&w, &l, 60, &t, 10, SENSOR_NOTHING);
	assert_int_equal(sensor_watch_lost(&w, &l, t += 300), SENSOR_NOTHING);
	assert_int_equal(w.state, WATCH_CALM);
	expect(&w, &l, 60, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 60, &t, 60, SENSOR_BEGINS);
	assert_int_equal(sensor_watch_lost(&w, &l, t += 300), SENSOR_NOTHING);
	assert_int_equal(w.state, WATCH_ON);
}

static void test_armed(void **unused)
{
	(void)unused;
	struct sensor_limits l = {.state = {1}, .state_count = 1};
	struct sensor_watch w = {0};
	assert_int_equal(day_window_parse("20:00-07:00", &l.armed), 0);
	int64_t t = at("2026-11-20T15:00:00");
	expect(&w, &l, 1, &t, 0, SENSOR_NOTHING);
	t = at("2026-11-20T19:59:50");
	expect(&w, &l, 1, &t, 0, SENSOR_NOTHING);
	expect(&w, &l, 1, &t, 10, SENSOR_BEGINS); /* left open */
	expect(&w, &l, 0, &t, 600, SENSOR_NOTHING);
	expect(&w, &l, 0, &t, 60, SENSOR_ENDS);
	t = at("2026-11-21T06:59:50");
	expect(&w, &l, 1, &t, 0, SENSOR_BEGINS);
	expect(&w, &l, 1, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 1, &t, 60, SENSOR_NOTHING); /* the night is over, the door is open all the same */
	expect(&w, &l, 1, &t, HOUR_S, SENSOR_NOTHING);
	expect(&w, &l, 0, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 1, &t, 10,
	       SENSOR_NOTHING); /* people come and go: it is not counted as another night's */
	expect(&w, &l, 0, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 0, &t, 60, SENSOR_ENDS);
	expect(&w, &l, 1, &t, 10, SENSOR_NOTHING);
	assert_int_equal(day_window_parse("none", &l.armed), 0);
	t = at("2026-11-21T22:00:00");
	expect(&w, &l, 1, &t, 0, SENSOR_NOTHING);
}

static void test_flapping(void **unused)
{
	(void)unused;
	struct sensor_limits l = {.state = {1}, .state_count = 1, .armed = sensor_always_armed};
	struct sensor_watch w = {0};
	int64_t t = at("2026-11-20T10:00:00");
	expect(&w, &l, 1, &t, 0, SENSOR_BEGINS);
	expect(&w, &l, 0, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 1, &t, 10, SENSOR_NOTHING); /* too soon to have been over */
	expect(&w, &l, 0, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 1, &t, 10, SENSOR_COMES_AND_GOES);
	for (int i = 0; i < 500; i++) /* an hour and more */
		expect(&w, &l, i % 2, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, 0, &t, 10, SENSOR_NOTHING);
	expect(&w, &l, GONE, &t, SENSOR_CALM_S, SENSOR_NOTHING);
	expect(&w, &l, 0, &t, 10, SENSOR_ENDS);
	/* alarms that ended each time count as well */
	struct sensor_watch v = {0};
	for (int i = 0; i < 3; i++) {
		expect(&v, &l, 1, &t, 100, i < 2 ? SENSOR_BEGINS : SENSOR_BEGINS_FLAPPING);
		expect(&v, &l, 0, &t, 100, SENSOR_NOTHING);
		expect(&v, &l, 0, &t, 100, i < 2 ? SENSOR_ENDS : SENSOR_NOTHING);
	}
	/* once a day is not flapping */
	struct sensor_watch d = {0};
	for (int i = 0; i < 9; i++) {
		expect(&d, &l, 1, &t, DAY_S, SENSOR_BEGINS);
		expect(&d, &l, 0, &t, 100, SENSOR_NOTHING);
		expect(&d, &l, 0, &t, 100, SENSOR_ENDS);
	}
}

static void test_silence(void **unused)
{
	(void)unused;
	struct sensor_silence s = {0};
	assert_int_equal(sensor_silence_read(&s, false, 300, 1000), SENSOR_NOTHING);
	assert_int_equal(sensor_silence_read(&s, false, 300, 1299), SENSOR_NOTHING);
	assert_int_equal(sensor_silence_read(&s, false, 300, 1300), SENSOR_BEGINS);
	assert_int_equal(sensor_silence_read(&s, false, 300, 1400), SENSOR_NOTHING);
	assert_int_equal(sensor_silence_read(&s, true, 300, 1500), SENSOR_ENDS);
	assert_int_equal(sensor_silence_read(&s, false, 300, 1600), SENSOR_NOTHING);
	sensor_silence_shift(&s, DAY_S); /* a clock that is set is no silence */
	assert_int_equal(sensor_silence_read(&s, false, 300, 1700 + DAY_S), SENSOR_NOTHING);
	assert_int_equal(sensor_silence_read(&s, false, 300, 900), SENSOR_NOTHING); /* set back: anew */
	assert_int_equal(sensor_silence_read(&s, false, 300, 1200), SENSOR_BEGINS);
	s = (struct sensor_silence){0};
	assert_int_equal(sensor_silence_read(&s, false, 0, 1000), SENSOR_NOTHING);
	assert_int_equal(sensor_silence_read(&s, false, 0, 90000), SENSOR_NOTHING); /* never */
}

/* Whatever is read, and however the clock is set: an alarm begins only behind `hold` seconds beyond, ends only behind a while inside,
 * beginnings and ends take turns, and in no hour are there more than a few of them. */
static void test_random(void **unused)
{
	(void)unused;
	unsigned seed = (unsigned)time(NULL);
	if (getenv("SEED"))
		seed = (unsigned)strtoul(getenv("SEED"), NULL, 10);
	print_message("seed %u\n", seed);
	srand(seed);
	for (int life = 0; life < 60; life++) {
		struct sensor_limits l = heat();
		l.hold_s = rand() % 3 * 30;
		struct sensor_watch w = {0};
		int64_t t = at("2026-11-20T10:00:00"), beyond = 0, inside = 0, hour = t;
		bool stands = false;
		int told = 0;
		double v = 50;
		for (int i = 0; i < 4000; i++) {
			int64_t step = 5 + rand() % 20;
			t += step;
			if (rand() % 300 == 0) { /* the box's clock is set */
				int64_t set = rand() % 200000 - 100000;
				t += set, hour += set, beyond += beyond ? set : 0, inside += inside ? set : 0;
				sensor_watch_shift(&w, set);
			}
			v += (rand() % 100 - 50) / (i / 500 % 2 ? 10.0 : 40.0) + (52.5 - v) / 20;
			bool valid = rand() % 20 != 0;
			enum sensor_news n = sensor_watch_read(&w, &l, valid, v, t);
			if (valid) {
				beyond = v > l.high ? (beyond ? beyond : t) : 0;
				inside = v <= l.clear ? (inside ? inside : t) : v > l.high ? 0 : inside;
			}
			bool begins = n == SENSOR_BEGINS || n == SENSOR_BEGINS_FLAPPING;
			if (begins) {
				assert_false(stands);
				assert_true(beyond && t - beyond >= l.hold_s);
			}
			if (n == SENSOR_ENDS) {
				assert_true(stands);
				assert_true(inside && t - inside >= SENSOR_SETTLE_S && v <= l.clear);
			}
			if (n == SENSOR_COMES_AND_GOES)
				assert_true(stands);
			stands = begins || (stands && n != SENSOR_ENDS);
			assert_int_equal(stands, w.state >= WATCH_ON);
			if (t - hour >= HOUR_S)
				hour = t, told = 0;
			told += n != SENSOR_NOTHING;
			assert_true(told <= 2 * SENSOR_FLAPS + 2);
			/* nothing stays unsaid: beyond for long is an alarm */
			if (valid && beyond && t - beyond >= l.hold_s)
				assert_true(stands);
		}
	}
}

static void test_ladder(void **unused)
{
	(void)unused;
	struct day_window quiet;
	int64_t next = 0, t = at("2026-11-20T23:00:00");
	assert_int_equal(day_window_parse("20:30-08:00", &quiet), 0);
	/* urgent: at night as by day */
	assert_int_equal(sensor_rung_due(SENSOR_URGENT, false, 0, t, &quiet, t + 299, &next), -1);
	assert_int_equal(next, t + 300);
	assert_int_equal(sensor_rung_due(SENSOR_URGENT, false, 0, t, &quiet, t + 300, &next), 1);
	assert_int_equal(sensor_rung_due(SENSOR_URGENT, false, 1, t, &quiet, t + 90 * DAY_S, &next),
			 2); /* late, and one */
	/* a warning: the night does not count, and nobody is told in it */
	assert_int_equal(sensor_rung_due(SENSOR_WARNING, false, 0, t, &quiet, t + 8 * HOUR_S, &next), -1);
	assert_int_equal(next, at("2026-11-21T08:30:00"));
	t = at("2026-11-20T20:10:00");
	assert_int_equal(sensor_rung_due(SENSOR_WARNING, false, 0, t, &quiet, t + HOUR_S, &next), -1);
	assert_int_equal(next, at("2026-11-21T08:00:00"));
	/* a clock that was set back */
	assert_int_equal(sensor_rung_due(SENSOR_WARNING, false, 0, t + DAY_S, &quiet, t - 3600, &next), -1);
	assert_true(next < t + HOUR_S);
	assert_null(sensor_rung(SENSOR_NOTICE, false, 0));
	for (int fault = 0; fault < 2; fault++)
		for (int s = SENSOR_WARNING; s <= SENSOR_URGENT; s++) {
			int i = 0;
			for (; sensor_rung((enum sensor_severity)s, fault, i + 1); i++)
				assert_true(sensor_rung((enum sensor_severity)s, fault, i)->wait_s < INT64_MAX);
			assert_int_equal(sensor_rung((enum sensor_severity)s, fault, i)->who, SENSOR_CHORE);
			assert_int_equal(
			    sensor_rung_due((enum sensor_severity)s, fault, i, 0, &quiet, t, &next), -1);
			assert_true(next == INT64_MAX);
		}
}

static void test_who(void **unused)
{
	(void)unused;
	struct duty_candidate c[] = {
	    {.number = "+8613800000001", .officer = true, .position = 2},
	    {.number = "+8613800000002", .officer = true, .position = 1},
	    {.number = "+8613800000003", .worker = true},
	    {.number = "+8613800000004", .secretary = true},
	    {.number = "+8613800000005"},
	    {.number = "+8613800000006"},
	    {.number = "+8613800000006", .secretary = true}, /* one phone, two people */
	};
	const bool installer[] = {false, false, false, false, true, true, false};
	const int n = (int)ARRAY_LEN(c);
	bool is[7];
	assert_int_equal(sensor_choose(SENSOR_FIRST, false, c, installer, n, is), 1);
	assert_true(is[1]);
	c[1].told = true;
	assert_int_equal(sensor_choose(SENSOR_NEXT, false, c, installer, n, is), 1);
	assert_true(is[0]);
	c[1].absent = true;
	assert_int_equal(sensor_choose(SENSOR_FIRST, false, c, installer, n, is), 1);
	assert_true(is[0]);
	/* of a fault installers hear, the others only when all do */
	assert_int_equal(sensor_choose(SENSOR_FIRST, true, c, installer, n, is), 2);
	assert_true(is[4] && is[5]);
	assert_int_equal(sensor_choose(SENSOR_ALL, false, c, installer, n, is),
			 4); /* not the worker, not the absent, one phone once */
	assert_false(is[2] || is[6] || is[1]);
	/* nobody on duty */
	c[0].officer = c[1].officer = false;
	assert_int_equal(sensor_choose(SENSOR_FIRST, false, c, installer, n, is), 2);
	assert_true(is[4] && is[5]);
	const bool none[7] = {false};
	assert_int_equal(sensor_choose(SENSOR_FIRST, false, c, none, n, is), 2);
	assert_true(is[3] && is[6]);
	c[3].absent = c[6].absent = true; /* only absent ones: they after all */
	assert_int_equal(sensor_choose(SENSOR_FIRST, false, c, none, n, is), 2);
	assert_int_equal(sensor_choose(SENSOR_CHORE, false, c, none, n, is), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_hold_and_hysteresis),
	    cmocka_unit_test(test_armed),
	    cmocka_unit_test(test_flapping),
	    cmocka_unit_test(test_silence),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_ladder),
	    cmocka_unit_test(test_who),
	};
	setenv("TZ", "Asia/Shanghai", 1);
	tzset();
	return cmocka_run_group_tests_name("sensor watch", tests, NULL, NULL);
}

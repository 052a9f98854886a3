/* Readings: minutes become hours and days, are kept for so long, and each second is counted once. */
#include "bed.h"
#include "base/clock.h"
#include "store/reading.h"
#include "store/retention.h"
#include "store/sensor.h"
#include "store/worklist.h"

#include <string.h>

#define MIDNIGHT 1795104000 /* 2026-11-20T00:00:00+08:00 */

static void put(struct store *s, int64_t sensor, int64_t utc, double value, int data_s, int dark_s)
{
	struct reading r = {utc, data_s ? 2 : 0, value - 1, value, value + 1, data_s, dark_s};
	assert_int_equal(reading_put(s, sensor, &r), 0);
}

static void roll(struct store *s, int64_t now)
{
	bool more = true;
	for (int i = 0; more; i++) {
		assert_true(i < 10000);
		assert_int_equal(reading_roll(s, now, &more), 0);
	}
}

struct sum {
	int rows, steps[3];
	int64_t data_s, dark_s, last_utc;
	double low, high;
};

static int add(void *ctx, int step, const struct reading *r)
{
	struct sum *x = ctx;
	assert_true(r->utc > x->last_utc);
	x->last_utc = r->utc;
	x->low = !x->rows || r->low < x->low ? r->low : x->low;
	x->high = !x->rows || r->high > x->high ? r->high : x->high;
	x->rows++;
	x->steps[step == READING_MINUTE ? 0 : step == READING_HOUR ? 1 : 2]++;
	x->data_s += r->data_s;
	x->dark_s += r->dark_s;
	return 0;
}

static struct sum sum(struct store *s, int64_t sensor, int step, int64_t from, int64_t until)
{
	struct sum x = {0};
	assert_int_equal(reading_each(s, sensor, step, from, until, add, &x), 0);
	return x;
}

static int first_only(void *ctx, int64_t sensor, int64_t data_s)
{
	if (sensor == 1)
		*(int64_t *)ctx = data_s;
	return 0;
}

static int64_t online(struct store *s, int64_t from)
{
	int64_t n = 0;
	assert_int_equal(reading_online(s, from, first_only, &n), 0);
	return n;
}

static int64_t count(struct store *s, int step)
{
	int64_t n;
	assert_int_equal(store_get(s, &n, "SELECT count(*) FROM reading WHERE step = ?", "i", step), 0);
	return n;
}

static void two_sensors(struct store *s)
{
	int64_t id;
	for (int i = 0; i < 2; i++) {
		struct sensor x = {
		    .name = i ? "box.b" : "box.a", .since_utc = MIDNIGHT, .has_value = !i, .value = 0.5};
		x.fault = i ? SENSOR_TIMEOUT : SENSOR_OK;
		assert_int_equal(sensor_put(s, &x, MIDNIGHT, &id), 0);
		assert_int_equal(id, i + 1);
	}
}

static int check_one(void *ctx, const struct sensor *x)
{
	int *n = ctx;
	bool first = !strcmp(x->name, "box.a");
	assert_int_equal(x->fault, first ? SENSOR_OK : SENSOR_TIMEOUT);
	assert_int_equal(x->has_value, first);
	assert_int_equal(x->first_utc, MIDNIGHT);
	++*n;
	return 0;
}

static void test_three_days(void **state)
{
	struct store *s = *state;
	int n = 0;
	two_sensors(s);
	assert_int_equal(sensor_each(s, check_one, &n), 0);
	assert_int_equal(n, 2);
	for (int m = 0; m < 3 * 1440; m++) {
		int64_t utc = MIDNIGHT + m * 60;
		put(s, 1, utc, m % 1440, 60, 0);
		put(s, 2, utc, 0, 0, 60);
		if (m % 60 == 0 && m < 2880 + 600)
			roll(s, utc);
	}
	int64_t now = MIDNIGHT + 3 * DAY_S; /* rolled until 09:00 of the third day */
	assert_int_equal(count(s, 3600), 2 * (48 + 9));
	assert_int_equal(count(s, 86400), 2 * 2);
	for (int step = 60; step; step = step == 60 ? 3600 : step == 3600 ? 86400 : 0) {
		struct sum x = sum(s, 1, step, MIDNIGHT, now), y = sum(s, 2, step, MIDNIGHT, now);
		assert_int_equal(x.rows, step == 60 ? 4320 : step == 3600 ? 72 : 3);
		assert_int_equal(x.data_s, 3 * DAY_S);
		assert_true(x.low == -1 && x.high == 1440);
		assert_int_equal(y.data_s, 0);
		assert_int_equal(y.dark_s, 3 * DAY_S);
	}
	assert_int_equal(online(s, MIDNIGHT), 3 * DAY_S);
	assert_int_equal(online(s, MIDNIGHT + DAY_S), 2 * DAY_S);
	assert_int_equal(online(s, MIDNIGHT + 2 * DAY_S + 3600), DAY_S - 3600);
	assert_int_equal(online(s, now - 600), 600);
	/* the mean of a day is that of its readings */
	int64_t mean;
	assert_int_equal(
	    store_get(s, &mean, "SELECT mean * 10 FROM reading WHERE step = 86400 AND sensor = 1", ""), 0);
	assert_int_equal(mean, 7195);

	/* twice is once; a clock that was set back adds up and is made again */
	cursor_set(s, "readings_hours", MIDNIGHT);
	roll(s, now);
	assert_int_equal(online(s, MIDNIGHT), 3 * DAY_S);
	put(s, 1, now - 7200, 5000, 30, 0);
	roll(s, now - 7000);
	roll(s, now + 3600);
	assert_int_equal(online(s, MIDNIGHT), 3 * DAY_S + 30);
	assert_true(sum(s, 1, 3600, now - 7200, now).high == 5001);

	/* for reports: of the time since they exist, whether it was asked or not */
	struct summary_sensors report;
	assert_int_equal(reading_summary(s, MIDNIGHT + DAY_S, MIDNIGHT + 4 * DAY_S, &report), 0);
	assert_int_equal(report.sensors, 2);
	assert_int_equal(report.of_s, 2 * 3 * DAY_S);
	assert_int_equal(report.data_s, 2 * DAY_S + 30);
	assert_int_equal(reading_summary(s, MIDNIGHT - 9 * DAY_S, MIDNIGHT + DAY_S, &report), 0);
	assert_int_equal(report.of_s, 2 * DAY_S);
	assert_int_equal(report.data_s, DAY_S);
	assert_int_equal(reading_summary(s, MIDNIGHT - 9 * DAY_S, MIDNIGHT, &report), 0);
	assert_int_equal(report.sensors, 0);

	/* weeks later minutes are gone, years later hours, never the days */
	roll(s, now + 20 * DAY_S);
	assert_int_equal(count(s, 60), 0);
	assert_int_equal(sum(s, 1, 60, 0, now).data_s, 3 * DAY_S + 30);
	assert_int_equal(sum(s, 1, 60, 0, now).steps[1], 72);
	struct retention run;
	int rows;
	struct config cfg = {.retention_readings_ms = 730 * DAY_S * 1000};
	retention_begin(&run, &cfg, now + 800 * DAY_S);
	while (retention_piece(&run, s, 200, 0, &rows) == 1)
		;
	assert_int_equal(count(s, 3600), 0);
	assert_int_equal(count(s, 86400), 2 * 3);
	assert_int_equal(sum(s, 1, 60, 0, now).data_s, 3 * DAY_S + 30);
}

int main(void)
{
	clock_set_zone("Asia/Shanghai");
	const struct CMUnitTest tests[] = {WITH_STORE(test_three_days)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

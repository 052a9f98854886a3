#include "unit/sms/prelude.h"

#include "sms/timestamp.h"

static void reads_stamps_in_every_zone(void **state)
{
	(void)state;
	static const struct {
		uint8_t octets[7];
		const char *text; /* "" : broken */
		int64_t utc;
	} rows[] = {
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x23}, "2026-11-20T15:00:00+08:00", 1795158000},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x00}, "2026-11-20T15:00:00+00:00", 1795186800},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x0A}, "2026-11-20T15:00:00-05:00", 1795204800},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x41}, "2026-11-20T15:00:00+03:30", 1795174200},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x65}, "2026-11-20T15:00:00+14:00", 1795136400},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x8C}, "2026-11-20T15:00:00-12:00", 1795230000},
	    {{0x99, 0x30, 0x92, 0x51, 0x61, 0x95, 0x80}, "1999-03-29T15:16:59+02:00", 922713419},
	    {{0x00, 0x10, 0x10, 0x00, 0x00, 0x00, 0x00}, "2000-01-01T00:00:00+00:00", 946684800},
	    {{0x42, 0x20, 0x92, 0x32, 0x95, 0x95, 0x00}, "2024-02-29T23:59:59+00:00", 1709251199},
	    {{0x52, 0x20, 0x92, 0x32, 0x95, 0x95, 0x00}, "", 0}, /* no leap year */
	    {{0x62, 0x00, 0x02, 0x51, 0x00, 0x00, 0x23}, "", 0}, /* month 0 */
	    {{0x62, 0x31, 0x02, 0x51, 0x00, 0x00, 0x23}, "", 0}, /* month 13 */
	    {{0x62, 0x11, 0x00, 0x51, 0x00, 0x00, 0x23}, "", 0}, /* day 0 */
	    {{0x62, 0x11, 0x13, 0x51, 0x00, 0x00, 0x23}, "", 0}, /* November 31 */
	    {{0x62, 0x11, 0x02, 0x42, 0x00, 0x00, 0x23}, "", 0}, /* hour 24 */
	    {{0x62, 0x11, 0x02, 0x51, 0x06, 0x00, 0x23}, "", 0}, /* minute 60 */
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x06, 0x23}, "", 0},
	    {{0x6A, 0x11, 0x02, 0x51, 0x00, 0x00, 0x23}, "", 0}, /* digits over 9 */
	    {{0xA6, 0x11, 0x02, 0x51, 0x00, 0x00, 0x23}, "", 0},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0xA2}, "", 0},
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x75}, "", 0}, /* +14:15 */
	    {{0x62, 0x11, 0x02, 0x51, 0x00, 0x00, 0x9C}, "", 0}, /* −12:15 */
	    {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, "", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tpdu_time t;
		char text[32];
		timestamp_decode(rows[i].octets, &t);
		assert_string_equal(timestamp_format(&t, text), rows[i].text);
		assert_memory_equal(t.octets, rows[i].octets, 7);
		assert_int_equal(t.valid, *rows[i].text != 0);
		if (!t.valid)
			continue;
		assert_int_equal(t.utc, rows[i].utc);
		memset(t.octets, 0xEE, 7);
		assert_int_equal(timestamp_encode(&t), 0);
		assert_memory_equal(t.octets, rows[i].octets, 7);
	}
}

static void writes_every_moment(void **state)
{
	(void)state;
	struct random r = random_start("writes_every_moment");
	for (int i = 0; i < 5000; i++) {
		struct tpdu_time t = {.utc = 631152000 + 86400 + (int64_t)random_below(&r, 36500) * 86400 +
					     random_below(&r, 86400),
				      .zone_minutes = ((int)random_below(&r, 105) - 48) * 15},
				 again;
		assert_int_equal(timestamp_encode(&t), 0);
		timestamp_decode(t.octets, &again);
		assert_true(again.valid);
		assert_int_equal(again.utc, t.utc);
		assert_int_equal(again.zone_minutes, t.zone_minutes);
	}
	struct tpdu_time before = {.utc = 631151999}, after = {.utc = 3786912000},
			 zone = {.utc = 1795158000, .zone_minutes = 15 * 60};
	assert_int_equal(timestamp_encode(&before), -EINVAL);
	assert_int_equal(timestamp_encode(&after), -EINVAL);
	assert_int_equal(timestamp_encode(&zone), -EINVAL);
}

/* 9.2.3.12.1 */
static void reads_relative_validity(void **state)
{
	(void)state;
	static const struct {
		uint8_t vp;
		int64_t minutes;
	} rows[] = {{0, 5},
		    {11, 60},
		    {143, 720},
		    {144, 750},
		    {167, 1440},
		    {168, 2880},
		    {170, 4 * 1440},
		    {173, 7 * 1440},
		    {196, 30 * 1440},
		    {197, 5 * 7 * 1440},
		    {255, 63 * 7 * 1440}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(validity_relative_decode(rows[i].vp), rows[i].minutes);
		assert_int_equal(validity_relative_encode(rows[i].minutes), rows[i].vp);
	}
	for (int vp = 0; vp < 256; vp++)
		assert_int_equal(validity_relative_encode(validity_relative_decode((uint8_t)vp)), vp);
	assert_int_equal(validity_relative_encode(1), 0);
	assert_int_equal(validity_relative_encode(9), 0);
	assert_int_equal(validity_relative_encode(119), 22); /* rounded down, never longer than was asked */
	assert_int_equal(validity_relative_encode(1441), 167);
	assert_int_equal(validity_relative_encode(INT64_MAX), 255);
}

/* 9.2.3.12.3 */
static void reads_enhanced_validity(void **state)
{
	(void)state;
	static const struct {
		uint8_t octets[7];
		int r;
		int64_t minutes;
		bool once;
	} rows[] = {
	    {{0x00}, 0, 0, false},
	    {{0x40}, 0, 0, true},
	    {{0x01, 11}, 0, 60, false},
	    {{0x41, 11}, 0, 60, true},
	    {{0x02, 30}, 0, 1, false},
	    {{0x02, 61}, 0, 2, false},
	    {{0x02, 255}, 0, 5, false},
	    {{0x02, 0}, -EBADMSG, 0, false},
	    {{0x03, 0x10, 0x03, 0x00}, 0, 90, false},
	    {{0x03, 0x21, 0x95, 0x10}, 0, 12 * 60 + 60, false},
	    {{0x03, 0x0A, 0x00, 0x00}, -EBADMSG, 0, false},
	    {{0x03, 0x00, 0x06, 0x00}, -EBADMSG, 0, false},
	    {{0x04}, -EBADMSG, 0, false},
	    {{0x07}, -EBADMSG, 0, false},
	    {{0x81, 0x00, 11}, 0, 60, false}, /* the indicator goes on for an octet */
	    {{0x83, 0x80, 0x80, 0x00, 0x10, 0x03, 0x00}, 0, 90, false},
	    {{0x83, 0x80, 0x80, 0x80, 0x00, 0x10, 0x03}, -EBADMSG, 0, false}, /* no room for hh:mm:ss */
	    {{0x83, 0x80, 0x00, 0x10, 0x03, 0x00}, 0, 90, false},
	    {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, -EBADMSG, 0, false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t minutes = -1;
		bool once = false;
		assert_int_equal(validity_enhanced_decode(rows[i].octets, &minutes, &once), rows[i].r);
		if (rows[i].r)
			continue;
		assert_int_equal(minutes, rows[i].minutes);
		assert_int_equal(once, rows[i].once);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_stamps_in_every_zone),
	    cmocka_unit_test(writes_every_moment),
	    cmocka_unit_test(reads_relative_validity),
	    cmocka_unit_test(reads_enhanced_validity),
	};
	return cmocka_run_group_tests_name("sms time", tests, NULL, NULL);
}

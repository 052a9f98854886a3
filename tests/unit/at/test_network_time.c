/* Network time in the makers' forms. */
#include "at_commands/network_time.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define T 1795330800 /* 2026-11-22T07:00:00Z, 15:00 in China */

static void reads_the_forms(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		bool utc;
		int64_t want; /* 0: the zone alone; −1: refused */
		int zone;
	} rows[] = {
	    {"+CCLK: \"26/11/22,15:00:00+32\"", false, T, 480},
	    {"+CCLK: \"26/11/22,07:00:00+32\"", true, T, 480},
	    {"+CCLK: \"26/11/22,02:00:00-20\"", false, T, -300},
	    {"+CCLK:\"2026/11/22,15:00:00+32\"", false, T, 480},
	    {"+QLTS: \"2026/11/22,07:00:00+32,0\"", true, T, 480},
	    {"*PSUTTZ: 2026,11,22,07,00,00,\"+32\",0", false, T, 480},
	    {"*PSUTTZ: 26,11,22,7,0,0,\"+32\",0", false, T, 480},
	    {"^NWTIME: 26/11/22,15:00:00+32,00", false, T, 480},
	    {"^NWTIME:26/11/22,15:00:00+32,00", false, T, 480},
	    {"+CTZE: \"+32\",0,\"2026/11/22,15:00:00\"", false, T, 480},
	    {"+CTZV: +32,\"26/11/22,15:00:00\"", false, T, 480},
	    {"+CTZV: 32", false, 0, 480},
	    {"+CTZV: +32", false, 0, 480},
	    {"+CTZV: \"-20\"", false, 0, -300},
	    {"+CTZE: +32,1", false, 0, 480},
	    {"+CCLK: \"80/01/06,00:00:12+00\"", false, -1, 0}, /* never set */
	    {"+CCLK: \"04/01/01,00:00:12+00\"", false, -1, 0},
	    {"+CCLK: \"26/13/22,15:00:00+32\"", false, -1, 0},
	    {"+CCLK: \"26/11/22,25:00:00+32\"", false, -1, 0},
	    {"+CCLK: \"26/11/22,15:00:00\"", false, -1, 0}, /* local to what? */
	    {"+CCLK: \"26/11/22,15:00:00\"", true, T + 8 * 3600, 0},
	    {"+CCLK: \"\"", false, -1, 0},
	    {"+CCLK:", false, -1, 0},
	    {"", false, -1, 0},
	    {"+CTZV: +99", false, -1, 0},
	    {"+CCLK: \"99999999999999999999/1/1,1:1:1+1\"", false, -1, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct at_network_time t = {.zone_min = -1};
		int r = at_parse_network_time(rows[i].line, rows[i].utc, &t);
		if (rows[i].want < 0) {
			if (!r)
				fail_msg("%s was read as %ld", rows[i].line, (long)t.utc);
			assert_int_equal(t.zone_min, -1); /* untouched */
			continue;
		}
		if (r || t.has_time != (rows[i].want > 0) || (t.has_time && t.utc != rows[i].want) ||
		    (t.has_zone && t.zone_min != rows[i].zone))
			fail_msg("%s: %d %d %ld %d", rows[i].line, r, t.has_time, (long)t.utc, t.zone_min);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_the_forms)};
	return cmocka_run_group_tests_name("network_time", tests, NULL, NULL);
}

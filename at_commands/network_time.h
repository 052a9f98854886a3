/* The network's time as modems tell it: +CCLK (27.007 8.15: local time with its zone), +CTZV, +CTZE, and the makers'
 * ^NWTIME, *PSUTTZ, +QLTS, +ZMTIME. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct at_network_time {
	bool has_time;
	int64_t utc;
	bool has_zone;
	int zone_min; /* east of UTC */
};

/* `utc`: the row says that this modem shows UTC where the standard wants local time. A code that always shows UTC
 * (*PSUTTZ) or that names the zone alone (+CTZV: +32) is known as such. −EBADMSG: neither time nor zone; months,
 * hours and the like out of range; a year before 2020 (a clock that never was set). */
int at_parse_network_time(const char *line, bool utc, struct at_network_time *ret);

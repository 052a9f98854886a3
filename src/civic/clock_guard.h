/* Can the wall clock be trusted? A box without a battery wakes up in 1970 or in last week; until somebody or
 * the network sets the clock it answers, but sends nothing on its own account. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Small steps back (leap seconds, NTP) are no reason for distrust. */
#define CLOCK_SLACK_S 120
/* By how much the network's clock may be ahead: networks err by an hour in summer, and by minutes always. */
#define CLOCK_BEHIND_S 7200

/* `last_event_utc`: the latest committed event, 0 none; `built_utc`: when the program was built, 0 unknown. */
bool clock_plausible(int64_t now, int64_t last_event_utc, int64_t built_utc);

/* What time is it, when nothing keeps the clock of the box and mobile networks say something? By how much it is to be set,
 * or that it had better be left alone. Pure.
 *
 * A witness is a line whose modem's clock follows the network (NITZ, +CCLK), or the stamps that service centres put on
 * texts, when two texts came as far apart as they were stamped: then neither had waited anywhere (clock_stamps_take).
 *
 *     witnesses that differ                           it is left alone
 *     less than CLOCK_OFF_S                           networks err by that much
 *     two witnesses agree                             it is set
 *     one, and our own clock cannot be right          it is set: it can only become better
 *     one, and ours may be right                      it is set, unless the difference is one of whole half hours: then it
 *                                                     is more likely that a modem speaks of another time zone
 *     a time before the program was built, or
 *     a generation later                              nobody is believed */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_OFF_S     120
#define CLOCK_AGREE_S   90
#define CLOCK_WITNESSES 65 /* a line each, and the stamps */

/* `ahead_s`: by so much each witness is before us; `implausible`: clock_plausible said no. Seconds to add; 0: leave it. */
int64_t clock_correction(const int64_t *ahead_s, int count, bool implausible, int64_t now_utc,
			 int64_t built_utc);

/* clock_plausible said no, for an event of `last_utc`, and so many lines say the time that it is here (none another one):
 * was it that event which stood at a wrong time? One line is enough where the event lies a generation ahead, which
 * cannot be; else the line may be what set the clock wrong, and it takes a second one. */
bool clock_vouched(int lines, int64_t now_utc, int64_t last_utc, int64_t built_utc);

/* The last text that may be one of two. Zero-initialised: none. */
struct clock_stamps {
	int64_t utc, ms;
	bool known;
};
/* A text came at `ms` (monotonic) and bears `utc`. True: together with the former it says what time it is: `utc`. */
bool clock_stamps_take(struct clock_stamps *s, int64_t utc, int64_t ms);

#include "civic/deadline.h"

int64_t deadline_after(const struct day_window *working, int64_t utc, int64_t seconds)
{
	if (working->from_minute == working->to_minute || !working->days)
		return utc + seconds;
	for (int i = 0; i < 400 && seconds > 0; i++) {
		int64_t open = day_window_next(working, utc);
		if (open == INT64_MAX)
			return utc + seconds;
		int64_t close = day_window_end(working, open);
		if (close <= open) /* always open */
			return open + seconds;
		int64_t span = close - open;
		if (span >= seconds)
			return open + seconds;
		seconds -= span;
		utc = close;
	}
	return utc + seconds;
}

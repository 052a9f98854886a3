#include "civic/clock_guard.h"

bool clock_plausible(int64_t now, int64_t last_event_utc, int64_t built_utc)
{
	return now + CLOCK_SLACK_S >= last_event_utc && now + CLOCK_SLACK_S >= built_utc;
}

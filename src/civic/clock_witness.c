#include "civic/clock_witness.h"

#include <stdlib.h>

#define GENERATION_S (20 * 365 * (int64_t)86400)
#define ZONE_MAX_S   (14 * (int64_t)3600) /* as far as time zones lie apart, … */
#define ZONE_STEP_S  1800                 /* … in such steps, … */
#define ZONE_NEAR_S  60                   /* … and clocks that are right but for that differ by so much */
#define APART_MS     60000                /* texts that waited together come together */
#define SLACK_S      30

static bool like_a_zone(int64_t ahead_s)
{
	int64_t off = llabs(ahead_s), rest = off % ZONE_STEP_S;
	return off <= ZONE_MAX_S + ZONE_NEAR_S && off >= ZONE_STEP_S - ZONE_NEAR_S &&
	       (rest <= ZONE_NEAR_S || rest >= ZONE_STEP_S - ZONE_NEAR_S);
}

int64_t clock_correction(const int64_t *ahead_s, int count, bool implausible, int64_t now_utc,
			 int64_t built_utc)
{
	int64_t least = INT64_MAX, most = INT64_MIN;
	for (int i = 0; i < count; i++) {
		least = ahead_s[i] < least ? ahead_s[i] : least;
		most = ahead_s[i] > most ? ahead_s[i] : most;
	}
	if (!count || most - least > CLOCK_AGREE_S)
		return 0;
	/* a stamp is older than the moment by what its text was under way: the latest is the best */
	int64_t to = now_utc + most;
	if (llabs(most) < CLOCK_OFF_S || to < built_utc || to > built_utc + GENERATION_S)
		return 0;
	return count > 1 || implausible || !like_a_zone(most) ? most : 0;
}

bool clock_vouched(int lines, int64_t now_utc, int64_t last_utc, int64_t built_utc)
{
	int64_t end = built_utc + GENERATION_S;
	return built_utc && now_utc >= built_utc && now_utc <= end && lines >= (last_utc > end ? 1 : 2);
}

bool clock_stamps_take(struct clock_stamps *s, int64_t utc, int64_t ms)
{
	if (s->known && ms - s->ms < APART_MS)
		return false;
	int64_t came = (ms - s->ms) / 1000, stamped = utc - s->utc;
	bool agree = s->known && llabs(came - stamped) <= SLACK_S;
	*s = (struct clock_stamps){.utc = utc, .ms = ms, .known = true};
	return agree;
}

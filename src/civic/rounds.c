#include "civic/rounds.h"

#define AHEAD_OF_QUIET_S (30 * MINUTE_S) /* so that the queue is through before the quiet hours begin */
#define LATEST_S         (10 * MINUTE_S) /* ahead of the start; a text needs some minutes of validity */

const char *round_name(enum round r)
{
	static const char *const names[ROUND_COUNT] = {
#define X(id, name) [ROUND_##id] = name,
	    ROUNDS(X)
#undef X
	};
	return names[r];
}

/* The latest beginning of the window at or before `utc`, which lies inside it. */
static int64_t window_begin(const struct day_window *w, int64_t utc)
{
	for (int back = 0; back < 8; back++) {
		struct civil c;
		civil_from_utc(utc, &c);
		c.day -= back;
		c.hour = w->from_minute / 60;
		c.minute = w->from_minute % 60;
		c.second = 0;
		int64_t t = civil_to_utc(&c);
		struct civil day;
		civil_from_utc(t, &day);
		if (t <= utc && (w->days >> day.weekday & 1))
			return t;
	}
	return utc;
}

int64_t round_time(const struct round_state *m, const struct round_config *c, enum round r)
{
	int64_t t = m->starts_utc - c->before_s[r];
	if (!day_window_contains(&c->quiet, t))
		return t;
	return window_begin(&c->quiet, t) - AHEAD_OF_QUIET_S;
}

/* The last moment for a round: later than this it is left out. */
static int64_t deadline(const struct round_state *m, const struct round_config *c, enum round r)
{
	int64_t half = c->before_s[r] / 2;
	return m->starts_utc - (half < LATEST_S ? half : LATEST_S);
}

/* A round on the heels of the invitation would be the same text twice. A reminder and the last call go to
 * different people: one to the silent, the other to those who come. */
static bool too_close(const struct round_state *m, const struct round_config *c, enum round r, int64_t now)
{
	if (r == ROUND_INVITE || !m->done_utc[ROUND_INVITE] || !c->before_s[ROUND_INVITE])
		return false;
	int64_t gap = (c->before_s[ROUND_INVITE] - c->before_s[r]) / 4;
	return now - m->done_utc[ROUND_INVITE] < gap;
}

void rounds_plan(const struct round_state *m, const struct round_config *c, int64_t now, struct round_plan *ret)
{
	*ret = (struct round_plan){.due = -1, .next_utc = INT64_MAX, .not_after_utc = m->starts_utc};
	int64_t awake = day_window_end(&c->quiet, now);
	/* From the last round to the first: the latest one whose moment has come is sent, what it overtook is
	 * left out, except that nobody is reminded of what he was never told. */
	for (int r = ROUND_LAST_CALL; r >= 0; r--) {
		if (m->done_utc[r])
			continue;
		int64_t t = round_time(m, c, (enum round)r);
		if (c->before_s[r] == 0 || awake > deadline(m, c, (enum round)r) ||
		    (now >= t && too_close(m, c, (enum round)r, now))) {
			ret->skip[r] = true;
			continue;
		}
		if (t > now || awake > now) {
			int64_t at = t > awake ? t : awake;
			ret->next_utc = at < ret->next_utc ? at : ret->next_utc;
			continue;
		}
		if (r == ROUND_INVITE) {
			if (ret->due >= 0)
				ret->skip[ret->due] = true;
			ret->due = r;
		} else if (ret->due >= 0)
			ret->skip[r] = true;
		else
			ret->due = r;
	}
}

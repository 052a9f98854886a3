/* What happens because time passes. One call brings everything up to date and says when to call again. */
#include "base/buf.h"
#include "base/holidays.h"
#include "base/mem.h"
#include "civic/clock_guard.h"
#include "civic/clock_witness.h"
#include "daemon/participation_duty.h"
#include "daemon/participation_sensor.h"
#include "store/audience.h"
#include "store/event.h"
#include "store/journal.h"
#include "store/meeting.h"
#include "store/worklist.h"

#include <stdio.h>
#include <string.h>

#define LAY_OUT_S     (6 * HOUR_S) /* how often the calendar is laid out anew at least */
#define CLOCK_RETRY_S 60

/* Says once that the clock is not to be trusted, and once that it is again. */
static int note_clock(const struct participation *p, int64_t now, bool *ret_ok)
{
	int64_t last = 0, since,
		journal = 0; /* since: 1 + the last row of the journal when the distrust began */
	int r = event_last_utc(p->store, &last);
	if (r < 0 || (r = cursor_get(p->store, "clock_implausible", &since)) < 0)
		return r;
	bool ok = clock_plausible(now, last, p->built_utc);
	/* not in the first look: just after the clock was set the lines speak of the one before */
	if (!ok && since > 0 && clock_vouched(p->network_agrees, now, last, p->built_utc)) {
		if ((r = event_forget_utc(p->store)) < 0)
			return r;
		ok = true;
	}
	ok = ok && p->network_ahead_s <= CLOCK_BEHIND_S;
	*ret_ok = ok;
	if (ok == (since <= 0))
		return 0;
	if ((r = ok ? overdue_anew(p, since - 1, now) : journal_last_id(p->store, &journal)) < 0 ||
	    (r = cursor_set(p->store, "clock_implausible", ok ? 0 : journal + 1)) < 0)
		return r;
	if (ok)
		return event_add(p->store, EVENT_CLOCK_PLAUSIBLE, "daemon",
				 json_pack("{s:I}", "now", (json_int_t)now), now);
	return event_add(p->store, EVENT_CLOCK_IMPLAUSIBLE, "daemon",
			 json_pack("{s:I, s:I}", "now", (json_int_t)now, "last", (json_int_t)last), now);
}

static int lower(int r, int64_t t, int64_t *next)
{
	if (r >= 0 && t < *next)
		*next = t;
	return r;
}

static int lay_out(const struct participation *p, int64_t now, int64_t *next)
{
	cleanup_buf struct buf holidays = {0};
	struct holidays days;
	holidays_load(p->config->holidays, &days);
	holidays_list(&days, &holidays);
	return lower(series_lay_out(p->store, buf_str(&holidays), now), now + LAY_OUT_S, next);
}

static int close_meetings(const struct participation *p, int64_t now, int64_t *next)
{
	int64_t t = INT64_MAX;
	int r = meeting_close(p->store, now, &t);
	return lower(r, t, next);
}

/* What time brings, in this order; each brings its part up to date and lowers `next` to the time of its next look. */
static int (*const steps[])(const struct participation *p, int64_t now, int64_t *next) = {
    lay_out,       close_meetings, overdue_look,  overdue_list, week_page,    news_send,
    meeting_news,  checkin_tick,   verify_tick,   offers_tick,  offers_tell,  ask_settle,
    polls_send,    ask_tick,       agenda_freeze, rounds_send,  results_send, reminders_tick,
    approval_send, points_tick,    person_follow, faq_follow,   consult_tick,
};

/* What a wrong clock does not stop. */
static int (*const always[])(const struct participation *p, int64_t now, int64_t *next) = {duty_tick,
											   sensor_tick};

static int tick(const struct participation *p, int64_t now, int64_t *ret_next, bool *ret_ok)
{
	int64_t next = INT64_MAX;
	int r = note_clock(p, now, ret_ok);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if ((r = always[i](p, now, &next)) < 0)
			return r;
	if (!*ret_ok) {
		*ret_next = next < now + CLOCK_RETRY_S ? next : now + CLOCK_RETRY_S;
		return 0;
	}
	/* what one step cannot do (a row that a later version wrote, say) must not stop the others */
	int failed = 0;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if ((r = store_mark(p->store)) < 0)
			return r;
		if ((r = steps[i](p, now, &next)) >= 0)
			r = store_keep(p->store);
		else
			store_undo(p->store);
		failed = failed ? failed : r;
	}
	*ret_next = next;
	return failed;
}

int participation_tick(const struct participation *p, int64_t now, int64_t *ret_next, bool *ret_clock_ok)
{
	int64_t next = INT64_MAX;
	bool ok = true;
	int r = store_begin(p->store);
	if (r < 0)
		return r;
	int failed = tick(p, now, &next, &ok);
	r = store_commit(p->store);
	store_rollback(p->store);
	if (r < 0)
		return r;
	*ret_next = next;
	if (ret_clock_ok)
		*ret_clock_ok = ok;
	return failed;
}

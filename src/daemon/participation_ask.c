/* One question at a time to a phone: a bare digit must have one meaning. What else is to be asked waits until the open one
 * is answered or expires. */
#include "base/mem.h"
#include "daemon/participation_duty.h"
#include "daemon/participation_internal.h"
#include "store/matter.h"
#include "store/poll_work.h"
#include "store/question.h"
#include "store/worklist.h"

#include <errno.h>
#include <string.h>

#define PHONES_MAX 64

/* What a phone may be asked, the most urgent first. Each asks what waits of `number`, or (NULL) of every phone; a phone that
 * has an open question is left alone. */
static int (*const askers[])(const struct participation *p, const char *number, int64_t now) = {
    verify_ask, poll_ask, news_ask_rating, offers_ask_settled, rounds_ask_held,
};

/* Nobody is asked anything at night, and nothing is open that nobody was asked: the asking itself waits. */
static bool at_night(const struct participation *p, int64_t now)
{
	return day_window_contains(&p->config->quiet_hours, now);
}

int ask_next(const struct participation *p, const char *number, int64_t now)
{
	struct question_fact q = {0};
	int r = at_night(p, now) ? 0 : question_get(p->store, number, now, &q);
	for (size_t i = 0; i < ARRAY_LEN(askers) && r >= 0 && q.kind == ASKED_NONE && !at_night(p, now); i++)
		if ((r = askers[i](p, number, now)) >= 0)
			r = question_get(p->store, number, now, &q);
	return r < 0 ? r : 0;
}

/* ---- questions whose subject is gone */

static int copy_state(void *ctx, const struct matter *m)
{
	*(enum case_state *)ctx = m->state;
	return 0;
}

static int copy_poll_state(void *ctx, const struct poll *p)
{
	*(enum poll_state *)ctx = p->state;
	return 0;
}

static int void_rating(const struct participation *p, int64_t number, int64_t now)
{
	enum case_state st = CASE_RESOLVED;
	int r = matter_get(p->store, (int)number, copy_state, &st);
	return r < 0 || st == CASE_RESOLVED ? (r == -ENOENT ? 0 : r)
					    : question_void(p->store, ASKED_RATING, number, now);
}

static int void_poll(const struct participation *p, int64_t id, int64_t now)
{
	enum poll_state st = POLL_OPEN;
	int r = poll_get(p->store, id, copy_poll_state, &st);
	return r < 0 || st == POLL_OPEN ? (r == -ENOENT ? 0 : r) : question_void(p->store, ASKED_POLL, id, now);
}

static int settle_one(const struct participation *p, const struct stream_event *e, int64_t now)
{
	if (e->kind == EVENT_CASE_CHANGED)
		return void_rating(p, stream_int(e, "case"), now);
	if (e->kind == EVENT_POLL_CHANGED || e->kind == EVENT_POLL_CLOSED)
		return void_poll(p, stream_int(e, "poll"), now);
	return !strcmp(stream_text(e, "state"), "cancelled")
		   ? question_void(p->store, ASKED_INVITATION, stream_int(e, "meeting"), now)
		   : 0;
}

int ask_settle(const struct participation *p, int64_t now, int64_t *ret_next)
{
	(void)ret_next;
	return stream_follow(p, "questions",
			     1ull << EVENT_CASE_CHANGED | 1ull << EVENT_MEETING_CHANGED |
				 1ull << EVENT_POLL_CHANGED | 1ull << EVENT_POLL_CLOSED,
			     settle_one, now);
}

int ask_tick(const struct participation *p, int64_t now, int64_t *ret_next)
{
	cleanup_free char(*phones)[E164_MAX] = mem_array(PHONES_MAX, E164_MAX);
	int64_t next = INT64_MAX;
	int n = question_expired(p->store, now, phones, PHONES_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = question_lapse(p->store, phones[i], now)) >= 0)
			r = ask_next(p, phones[i], now);
	for (size_t i = 0; i < ARRAY_LEN(askers) && r >= 0 && !at_night(p, now); i++)
		r = askers[i](p, NULL, now);
	if (r >= 0)
		r = question_expire(p->store, now, &next);
	if (n == PHONES_MAX)
		next = now;
	if (at_night(p, now) && day_window_end(&p->config->quiet_hours, now) < next)
		next = day_window_end(&p->config->quiet_hours, now);
	if (next < *ret_next)
		*ret_next = next;
	return r < 0 ? r : 0;
}

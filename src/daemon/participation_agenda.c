/* What a meeting's own changes bring: agendas are fixed in time, what was voted on comes back, and who is concerned hears that a
 * meeting was cancelled or moved, or that his item is not talked about. The stream of events is followed, whoever did it. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/verdict.h"
#include "daemon/participation_internal.h"
#include "store/meeting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MEETINGS_MAX   64
#define DROPPED_KEPT_S (3 * DAY_S) /* the news that an item was dropped */

static const struct actor calendar = {"daemon", CHANNEL_TIMER, 0};

static int copy_rounds(void *ctx, const struct meeting *m)
{
	*(struct round_state *)ctx = (struct round_state){.starts_utc = m->starts_utc,
							  .done_utc = {[ROUND_INVITE] = m->invited_utc,
								       [ROUND_REMIND] = m->reminded_utc,
								       [ROUND_LAST_CALL] = m->last_call_utc}};
	return 0;
}

int agenda_freeze(const struct participation *p, int64_t now, int64_t *next)
{
	int64_t ids[MEETINGS_MAX];
	const struct round_config c = rounds_config(p->config);
	int n = agenda_open(p->store, now, ids, MEETINGS_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		struct round_state m;
		if ((r = meeting_get(p->store, ids[i], copy_rounds, &m)) < 0)
			break;
		int64_t t = agenda_freeze_time(&m, &c);
		if (t <= now)
			r = agenda_fix(p->store, ids[i], true, &calendar, now);
		else if (t < *next)
			*next = t;
	}
	return r < 0 ? r : 0;
}

struct dropped {
	char from[E164_MAX];
	const char *what; /* category's key */
	bool private;
};

static int copy_dropped(void *ctx, const struct matter *m)
{
	struct dropped *d = ctx;
	text_copy(d->from, sizeof d->from, m->number_from);
	d->what = category_key(m->category);
	d->private = m->private;
	return 0;
}

static int tell_dropped(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct round_state meeting;
	struct dropped d = {0};
	enum language lang;
	int number = (int)stream_int(e, "case");
	if (strcmp(stream_text(e, "change"), "dropped") != 0)
		return 0;
	int r = matter_get(p->store, number, copy_dropped, &d);
	if (r < 0 || d.private || !d.from[0] || (r = may_tell(p, d.from, &lang)) <= 0 ||
	    (r = meeting_get(p->store, stream_int(e, "meeting"), copy_rounds, &meeting)) < 0)
		return r;
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "number", .type = REPLY_INT, .n = number},
	    {.name = "category", .type = REPLY_KEY, .text = d.what},
	    {.name = "date", .type = REPLY_DATE, .n = meeting.starts_utc},
	    {.name = "note", .type = REPLY_TEXT, .text = stream_text(e, "note"), .max = 16},
	    {0},
	};
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	say(p, lang, "agenda.dropped", args, &text);
	snprintf(dedupe, sizeof dedupe, "agenda:%" PRId64 ":%.23s", e->id, d.from);
	return say_send(p, d.from, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .matter = number,
					      .not_after_utc = now + DROPPED_KEPT_S,
					      .dedupe = dedupe},
			now, NULL);
}

static int tell(const struct participation *p, const struct stream_event *e, int64_t now)
{
	if (e->kind == EVENT_MEETING_AGENDA)
		return tell_dropped(p, e, now);
	if (e->kind == EVENT_POLL_CLOSED)
		return agenda_voted(p->store, stream_int(e, "poll"), &calendar, now);
	const char *state = stream_text(e, "state"), *reason = stream_text(e, "reason");
	int64_t meeting = stream_int(e, "meeting");
	if (!strcmp(state, "cancelled"))
		return rounds_cancelled(p, meeting, reason, now);
	return !strcmp(state, "moved") ? rounds_moved(p, meeting, stream_int(e, "to"), reason, now) : 0;
}

int meeting_news(const struct participation *p, int64_t now, int64_t *next)
{
	(void)next;
	return stream_follow(p, "meeting_news",
			     1ull << EVENT_MEETING_CHANGED | 1ull << EVENT_MEETING_AGENDA |
				 1ull << EVENT_POLL_CLOSED,
			     tell, now);
}

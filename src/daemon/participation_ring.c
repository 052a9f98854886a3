/* Somebody rang. The gateway never picks up. */
#include "base/text.h"
#include "civic/ring.h"
#include "daemon/participation_duty.h"
#include "store/chore.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/inbox.h"
#include "store/meeting.h"
#include "store/question.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct seen {
	int64_t starts_utc;
	char place[96], code[8];
};

static int copy_meeting(void *ctx, const struct meeting *m)
{
	struct seen *s = ctx;
	s->starts_utc = m->starts_utc;
	text_copy(s->place, sizeof s->place, m->place);
	text_copy(s->code, sizeof s->code, m->code);
	return 0;
}

static int answer(const struct turn *t, const char *key, int64_t meeting, const char *dedupe)
{
	struct attention_facts af = {.command = true};
	struct attention at;
	struct seen m = {0};
	int r = turn_attention(t, &af, &at);
	if (r < 0 || !at.answer)
		return r;
	if (meeting && (r = meeting_get(t->p->store, meeting, copy_meeting, &m)) < 0)
		return r;
	const struct reply_arg args[] = {
	    {.name = "when", .type = REPLY_WHEN, .n = m.starts_utc},
	    {.name = "place", .type = REPLY_TEXT, .text = m.place, .max = 16},
	    {.name = "code", .type = REPLY_TEXT, .text = m.code},
	    {0},
	};
	cleanup_buf struct buf text = {0};
	say(t->p, t->language, key, args, &text);
	return say_send(t->p, t->sender.number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REPLY,
					      .answers = t->message,
					      .meeting = meeting,
					      .person = t->sender.person,
					      .not_after_utc = m.starts_utc,
					      .dedupe = dedupe},
			t->now, NULL);
}

static int attend(const struct turn *t, int64_t meeting)
{
	struct question_fact q;
	int r =
	    meeting_rsvp(t->p->store, meeting, t->sender.number, t->sender.person, RSVP_YES, 1, &t->by, t->now);
	if (r < 0 || (r = answer(t, "ring.attend", meeting, NULL)) < 0 ||
	    (r = question_get(t->p->store, t->sender.number, t->now, &q)) < 0)
		return r;
	if (q.kind != ASKED_INVITATION || q.subject != meeting)
		return 0;
	if ((r = question_clear(t->p->store, t->sender.number)) < 0)
		return r;
	return ask_next(t->p, t->sender.number, t->now);
}

static int call_back(const struct turn *t)
{
	int64_t id;
	bool fresh;
	char dedupe[48];
	int r = chore_add(t->p->store, "callback", t->sender.number, t->sender.person, "", &t->by, t->now, &id,
			  &fresh);
	if (r < 0 || !fresh)
		return r;
	snprintf(dedupe, sizeof dedupe, "callback:%" PRId64, id);
	return answer(t, "ring.callback", 0, dedupe);
}

static int ring(const struct participation *p, const char *number, const char *modem, int64_t now)
{
	struct turn t = {.p = p, .now = now, .words = "", .heard_utc = now};
	struct ring_facts f = {.sender = &t.sender};
	int64_t invited = 0, declined = 0, texts = 0;
	int r = sender_of(p, number ? number : "", &t.sender);
	if (r < 0)
		return r;
	const char *from = t.sender.number;
	if ((r = facts_ring(p->store, from, now - RING_TWICE_S, now, &f.rings, &invited, &declined)) < 0 ||
	    (r = inbox_count_since(p->store, from, 0, &texts)) < 0)
		return r;
	f.known = t.sender.person || texts > 0;
	f.invited = invited != 0;
	f.declined = declined != 0;
	struct inbox_message m = {.number = from,
				  .kind = INBOX_CALL,
				  .class = -1,
				  .port = -1,
				  .parts = 1,
				  .modem = modem ? modem : "",
				  .received_utc = now,
				  .machine = t.sender.machine};
	if ((r = inbox_add_message(p->store, &m, &t.message)) < 0 ||
	    (r = inbox_done(p->store, t.message, NULL)) < 0)
		return r;
	turn_actor(&t, CHANNEL_CALL);
	t.language = t.sender.language;
	if ((r = event_add(p->store, EVENT_CALL_MISSED, t.by.id,
			   json_pack("{s:s, s:s, s:I}", "number", from, "modem", modem ? modem : "", "message",
				     (json_int_t)t.message),
			   now)) < 0)
		return r;
	if ((r = checkin_heard(p, from, now, false, &t.by, now)) < 0)
		return r;
	switch (ring_decide(&f)) {
	case RING_RECORD:
		return 0;
	case RING_ATTEND:
		return attend(&t, invited);
	case RING_ASK:
		return answer(&t, "ring.declined", declined, NULL);
	case RING_CALLBACK:
		return call_back(&t);
	}
	return 0;
}

int participation_ring(const struct participation *p, const char *number, const char *modem, int64_t now)
{
	int r = store_begin(p->store);
	if (r < 0)
		return r;
	if ((r = ring(p, number, modem, now)) >= 0)
		r = store_commit(p->store);
	store_rollback(p->store);
	return r < 0 ? r : 0;
}

/* The texts around a meeting, and the calendar that drives them. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/clock_guard.h"
#include "daemon/participation_internal.h"
#include "store/audience.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/meeting.h"
#include "store/question.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BATCH        200 /* texts queued in one transaction */
#define MEETINGS_MAX 64
#define ITEMS_MAX    6

struct event_of {
	struct round_state rounds;
	int64_t id;
	char place[96], code[8];
	char title[INTENT_SHORT_MAX]; /* of a kind of meeting that has a name of its own */
	int64_t was_utc;              /* before it was moved, 0: it was not */
	const char *note;             /* why it is cancelled, or NULL */
	char items[ITEMS_MAX][64];    /* "23楼道灯坏了" */
	int item_count;
};

static int copy_meeting(void *ctx, const struct meeting *m)
{
	struct event_of *e = ctx;
	e->id = m->id;
	e->rounds = (struct round_state){.starts_utc = m->starts_utc,
					 .done_utc = {[ROUND_INVITE] = m->invited_utc,
						      [ROUND_REMIND] = m->reminded_utc,
						      [ROUND_LAST_CALL] = m->last_call_utc}};
	text_copy(e->place, sizeof e->place, m->place);
	text_copy(e->code, sizeof e->code, m->code);
	text_copy(e->title, sizeof e->title, m->title);
	return 0;
}

static int copy_item(void *ctx, const struct agenda_row *a)
{
	struct event_of *e = ctx;
	if (e->item_count < ITEMS_MAX && !a->under && a->verdict == VERDICT_NONE) {
		char title[48];
		text_copy(title, sizeof title, a->title);
		snprintf(e->items[e->item_count++], sizeof e->items[0], "%d%s%s", a->matter,
			 title[0] >= '0' && title[0] <= '9' ? " " : "", title);
	}
	return 0;
}

static int load(const struct participation *p, int64_t id, struct event_of *e)
{
	*e = (struct event_of){0};
	int r = meeting_get(p->store, id, copy_meeting, e);
	if (r < 0 || (r = meeting_agenda_build(p->store, id)) < 0)
		return r;
	return meeting_agenda(p->store, id, copy_item, e);
}

/* The first `chars` characters of an item; English words are several to one Chinese character. */
static void add_item(struct buf *out, const char *item, int chars)
{
	const char *p = item;
	char utf8[4];
	if (out->len)
		buf_addc(out, ' ');
	for (uint32_t c; chars > 0 && (c = text_next(&p));) {
		buf_add(out, utf8, text_put(utf8, c));
		chars -= c >= 0x80 || c == ' ';
	}
}

/* As many agenda items as one segment holds, their titles shortened before one is left out. */
static void compose(const struct participation *p, enum language lang, const char *key,
		    const struct event_of *e, struct buf *out)
{
	static const int lengths[] = {14, 10, 7, 5};
	for (int step = 0; step <= e->item_count * (int)ARRAY_LEN(lengths); step++) {
		int items = e->item_count - step / (int)ARRAY_LEN(lengths),
		    length = lengths[step % (int)ARRAY_LEN(lengths)];
		cleanup_buf struct buf list = {0};
		for (int i = 0; i < items; i++)
			add_item(&list, e->items[i], length);
		const struct reply_arg args[] = {
		    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
		    {.name = "when", .type = REPLY_WHEN, .n = e->rounds.starts_utc},
		    {.name = "place", .type = REPLY_TEXT, .text = e->place, .max = 16},
		    {.name = "items", .type = REPLY_TEXT, .text = buf_str(&list)},
		    {.name = "code", .type = REPLY_TEXT, .text = e->code},
		    {.name = "note", .type = REPLY_TEXT, .text = e->note, .max = 16},
		    {.name = "title",
		     .type = *e->title ? REPLY_TEXT : REPLY_KEY,
		     .text = *e->title ? e->title : "meeting.word",
		     .max = 8},
		    {.name = e->was_utc ? "was" : NULL, .type = REPLY_DATE, .n = e->was_utc},
		    {0},
		};
		buf_reset(out);
		say(p, lang, key, args, out);
		if (say_segments(buf_str(out)) <= 1)
			return;
	}
}

static const char *const keys[ROUND_COUNT] = {
    [ROUND_INVITE] = "invite", [ROUND_REMIND] = "remind", [ROUND_LAST_CALL] = "last_call"};

static int send_text(const struct participation *p, const struct event_of *e, const char *occasion,
		     const char *key, const struct audience_row *to, int64_t now)
{
	enum language lang = to->has_language ? to->english ? LANG_EN : LANG_ZH : p->config->language;
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	compose(p, lang, key, e, &text);
	snprintf(dedupe, sizeof dedupe, "meeting:%" PRId64 ":%s:%.23s", e->id, occasion, to->number);
	return say_send(p, to->number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .not_after_utc = e->rounds.starts_utc,
					      .meeting = e->id,
					      .person = to->person,
					      .dedupe = dedupe},
			now, NULL);
}

static int send_one(const struct participation *p, const struct event_of *e, enum round round, const char *key,
		    const struct audience_row *to, int64_t now)
{
	int r = send_text(p, e, round_name(round), key, to, now);
	if (r < 0 || round != ROUND_INVITE)
		return r;
	if ((r = invitation_add(p->store, e->id, to->number, to->person, now)) < 0)
		return r;
	/* In words when another question is open: a bare digit belongs to that one. */
	return strcmp(key, "invite") ? 0
				     : question_ask(p->store, to->number, ASKED_INVITATION, e->id, NULL, now,
						    e->rounds.starts_utc);
}

/* One batch; 1 when there may be more. */
static int send_batch(const struct participation *p, const struct event_of *e, enum round round, int64_t now,
		      int *ret_sent)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	int n = audience_round(p->store, e->id, round, NULL, rows, BATCH), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = send_one(p, e, round, keys[round], &rows[i], now);
	*ret_sent = n > 0 ? n : 0;
	return r < 0 ? r : n == BATCH;
}

static int send_held(const struct participation *p, const struct event_of *e, int64_t now)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	int n = audience_held(p->store, e->id, rows, BATCH), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = send_one(p, e, ROUND_INVITE, "invite.words", &rows[i], now);
	return r < 0 ? r : 0;
}

static int round_event(const struct participation *p, const struct event_of *e, enum round round,
		       int recipients, int64_t now)
{
	if (!recipients)
		return 0;
	if (round == ROUND_INVITE)
		return event_add(
		    p->store, EVENT_MEETING_INVITED, "daemon",
		    json_pack("{s:I, s:i}", "meeting", (json_int_t)e->id, "recipients", recipients), now);
	return event_add(p->store, EVENT_MEETING_REMINDED, "daemon",
			 json_pack("{s:I, s:i, s:s}", "meeting", (json_int_t)e->id, "recipients", recipients,
				   "which", round_name(round)),
			 now);
}

struct round_config rounds_config(const struct config *c)
{
	return (struct round_config){.before_s = {[ROUND_INVITE] = c->invite_before_ms / 1000,
						  [ROUND_REMIND] = c->remind_before_ms / 1000,
						  [ROUND_LAST_CALL] = c->last_call_before_ms / 1000},
				     .quiet = c->quiet_hours};
}

static int meeting_due(const struct participation *p, int64_t id, int64_t now, int64_t *ret_next)
{
	struct event_of e;
	struct round_plan plan;
	struct round_config c = rounds_config(p->config);
	int sent = 0, r = meeting_get(p->store, id, copy_meeting, &e);
	if (r < 0)
		return r;
	rounds_plan(&e.rounds, &c, now, &plan);
	for (int k = 0; k < ROUND_COUNT && r >= 0; k++)
		if (plan.skip[k])
			r = meeting_round_done(p->store, id, (enum round)k, now);
	if (plan.next_utc < *ret_next)
		*ret_next = plan.next_utc;
	if (r < 0 || plan.due < 0)
		return r;
	enum round due = (enum round)plan.due;
	if ((r = load(p, id, &e)) < 0 || (r = send_batch(p, &e, due, now, &sent)) < 0)
		return r;
	bool more = r == 1;
	if ((r = round_event(p, &e, due, sent, now)) < 0)
		return r;
	if (more) {
		*ret_next = now;
		return 0;
	}
	if (due == ROUND_REMIND && (r = send_held(p, &e, now)) < 0)
		return r;
	*ret_next = *ret_next < now + 1 ? *ret_next
					: now + 1; /* the next round's moment is known once this one is done */
	return meeting_round_done(p->store, id, due, now);
}

int rounds_send(const struct participation *p, int64_t now, int64_t *ret_next)
{
	int64_t ids[MEETINGS_MAX];
	int n = meeting_rounds(p->store, now, ids, MEETINGS_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = meeting_due(p, ids[i], now, ret_next);
	return r < 0 ? r : 0;
}

int rounds_ask_held(const struct participation *p, const char *number, int64_t now)
{
	int64_t ids[MEETINGS_MAX];
	struct audience_row row;
	struct event_of e;
	if (!number)
		return 0; /* the rounds themselves see to everybody */
	int n = meeting_invited(p->store, now, ids, MEETINGS_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		if ((r = audience_round(p->store, ids[i], ROUND_INVITE, number, &row, 1)) <= 0)
			continue;
		if ((r = load(p, ids[i], &e)) >= 0)
			r = send_one(p, &e, ROUND_INVITE, "invite", &row, now);
		break;
	}
	return r < 0 ? r : 0;
}

int rounds_cancelled(const struct participation *p, int64_t meeting, const char *reason, int64_t now)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	struct event_of e = {0};
	int n, r = meeting_get(p->store, meeting, copy_meeting, &e);
	if (r < 0 || e.rounds.starts_utc <= now)
		return r;
	e.note = reason;
	do {
		n = audience_cancelled(p->store, meeting, rows, BATCH);
		r = n;
		for (int i = 0; i < n && r >= 0; i++)
			r = send_text(p, &e, "cancelled", "cancelled", &rows[i], now);
	} while (r >= 0 && n == BATCH);
	return r < 0 ? r : 0;
}

/* Who was invited hears it from the old meeting's number of rounds, so once; the invitation is asked again where no other
 * question is open. */
int rounds_moved(const struct participation *p, int64_t meeting, int64_t to, const char *reason, int64_t now)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	struct event_of e = {0};
	int64_t was = 0;
	int n, r = meeting_get(p->store, meeting, copy_meeting, &e);
	was = e.rounds.starts_utc;
	if (r < 0 || (r = meeting_get(p->store, to, copy_meeting, &e)) < 0 || e.rounds.starts_utc <= now)
		return r;
	e.id = meeting;
	e.note = reason;
	e.was_utc = was;
	do {
		n = audience_moved(p->store, meeting, rows, BATCH);
		r = n;
		for (int i = 0; i < n && r >= 0; i++) {
			struct question_fact q;
			if ((r = send_text(p, &e, "moved", "moved", &rows[i], now)) >= 0 &&
			    (r = question_get(p->store, rows[i].number, now, &q)) >= 0 && q.kind == ASKED_NONE)
				r = question_ask(p->store, rows[i].number, ASKED_INVITATION, to, NULL, now,
						 e.rounds.starts_utc);
		}
	} while (r >= 0 && n == BATCH);
	return r < 0 ? r : 0;
}

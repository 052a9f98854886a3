/* What time brings to offers: dates of rosters, publishing, reminders, who did not come, what nobody takes, what is over. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_offer.h"
#include "sms/compose.h"
#include "store/broadcast.h"
#include "store/chore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BATCH      32
#define CLAIMS_MAX 2000
#define STALE_S    (2 * DAY_S) /* nobody wants to be asked later */

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

/* ---- publishing, by the broadcasts' machinery: consent, opt-outs, quota, quiet hours, the second person */

static int audience(const struct participation *p, const struct offer_note *n, struct buf *out)
{
	switch (flavour_row(n->flavour)->audience) {
	case OFFER_TO_VOLUNTEERS:
		buf_addf(out, *n->grid ? "role:volunteer@%s" : "role:volunteer", n->grid);
		return 0;
	case OFFER_TO_NEIGHBOURS:
		return offer_nearest(p->store, n->number, OFFER_NEAREST, out);
	case OFFER_TO_SUBSCRIBERS:
		buf_adds(out, "jobs");
		return 0;
	case OFFER_TO_RESIDENTS:
		buf_addf(out, *n->grid ? "grid:%s" : "all", n->grid);
		return 0;
	}
	return 0;
}

static int publish(const struct participation *p, const struct offer_note *n, int64_t now)
{
	const struct config *c = p->config;
	cleanup_buf struct buf terms = {0}, text = {0};
	struct broadcast_audience who = {0};
	struct err e = {0};
	char by[ACTOR_MAX];
	int64_t id = 0;
	int r = audience(p, n, &terms);
	if (r >= 0 && terms.len && (r = broadcast_audience_begin(p->store, buf_str(&terms), &e)) >= 0)
		r = broadcast_audience_end(p->store, &who);
	if (r < 0 || (r = offer_creator(p->store, n->number, by)) < 0)
		return r;
	if (who.recipients) {
		enum sms_alphabet alphabet = SMS_UCS2;
		offer_say(p, c->language, flavour_row(n->flavour)->publish, n,
			  &(struct offer_about){.whole = true}, &text);
		int segments = compose_count(buf_str(&text), &(struct compose_options){0}, &alphabet);
		r = broadcast_add(
		    p->store,
		    &(struct broadcast_new){.audience = buf_str(&terms),
					    .text = buf_str(&text),
					    .ucs2 = alphabet != SMS_GSM7,
					    .segments = segments > 0 ? segments : 1,
					    .recipients = who.recipients,
					    .at_utc = now,
					    .not_after_utc =
						n->until_utc < now + STALE_S ? n->until_utc : now + STALE_S,
					    .waiting = c->approval_above && who.recipients > c->approval_above,
					    .by = by},
		    now, &id);
	}
	return r < 0 ? r : offer_mark(p->store, n->number, OFFER_MARK_PUBLISHED, id, now);
}

/* ---- reminders, to who took it before they were due */

static int remind(const struct participation *p, const struct offer_note *n, int nth, int64_t now)
{
	const struct flavour_row *row = flavour_row(n->flavour);
	cleanup_free struct claim *claims = mem_array(CLAIMS_MAX, sizeof *claims);
	/* after a long silence of the box both are due: once is enough */
	bool overtaken = nth == 0 && row->remind_s[1] && now >= n->starts_utc - row->remind_s[1];
	int count = overtaken ? 0 : claim_list(p->store, n->number, 1u << CLAIM_TAKEN, claims, CLAIMS_MAX);
	int r = count;
	char occasion[40];
	snprintf(occasion, sizeof occasion, "remind:%d", nth);
	for (int i = 0; i < count && r >= 0; i++)
		if (claims[i].changed_utc <= n->starts_utc - row->remind_s[nth])
			r = offer_tell(p, claims[i].number, row->remind, n, NULL, occasion, now);
	return r < 0 ? r : offer_mark(p->store, n->number, OFFER_MARK_REMINDED, nth + 1, now);
}

static int remind_early(const struct participation *p, const struct offer_note *n, int64_t now)
{
	return remind(p, n, 0, now);
}

static int remind_late(const struct participation *p, const struct offer_note *n, int64_t now)
{
	return remind(p, n, 1, now);
}

/* ---- who is not there a quarter of an hour after the start: the next is asked, and the organiser hears of both */

static int miss(const struct participation *p, const struct offer_note *n, const struct claim *c, int64_t now)
{
	struct claim next = {0};
	struct offer_note after;
	char occasion[40];
	int r = claim_put(
	    p->store, &(struct claim_change){.offer = n->number, .number = c->number, .state = CLAIM_MISSED},
	    &timer, now);
	if (r < 0 || (r = offer_note_get(p, n->number, &after)) < 0)
		return r;
	if (after.room > 0 && now < after.until_utc && (r = offer_ask_next(p, &after, &next, now)) < 0)
		return r;
	snprintf(occasion, sizeof occasion, "missed:%.23s", c->number);
	return offer_tell_bosses(p, "offer.missed", n,
				 &(struct offer_about){.name = c->name,
						       .phone = c->number,
						       .other = *next.name ? next.name : next.number},
				 occasion, now);
}

static int look_who_is_there(const struct participation *p, const struct offer_note *n, int64_t now)
{
	struct claim claims[ROSTER_PEOPLE];
	int count = claim_list(p->store, n->number, 1u << CLAIM_TAKEN, claims, ROSTER_PEOPLE), r = count;
	for (int i = 0; i < count && r >= 0; i++)
		r = miss(p, n, &claims[i], now);
	return r < 0 ? r : offer_mark(p->store, n->number, OFFER_MARK_MISSED, 0, now);
}

static int nobody_takes_it(const struct participation *p, const struct offer_note *n, int64_t now)
{
	char note[256];
	snprintf(note, sizeof note, "%s %d: %.200s", flavour_name(n->flavour), n->number, n->text);
	int r = chore_add(p->store, flavour_name(n->flavour), n->phone, 0, note, &timer, now, NULL, NULL);
	if (r >= 0 && *n->phone)
		r = offer_tell(p, n->phone, "offer.nobody", n, NULL, "nobody", now);
	return r < 0 ? r : offer_mark(p->store, n->number, OFFER_MARK_UNCLAIMED, 0, now);
}

/* It is over: who was there has done their part. */
static int over(const struct participation *p, const struct offer_note *n, int64_t now)
{
	static const unsigned there = 1u << CLAIM_ARRIVED | 1u << CLAIM_DONE;
	int r = 0, count = 0;
	cleanup_free struct claim *claims = mem_array(CLAIMS_MAX, sizeof *claims);
	if (flavour_row(n->flavour)->closes == OFFER_BY_TIME)
		r = count = claim_list(p->store, n->number, there, claims, CLAIMS_MAX);
	for (int i = 0; i < count && r >= 0; i++)
		r = claim_put(p->store,
			      &(struct claim_change){
				  .offer = n->number, .number = claims[i].number, .state = CLAIM_CONFIRMED},
			      &timer, now);
	return r < 0 ? r : offer_close(p->store, n->number, &timer, now);
}

/* ---- all of it */

/* What is looked for, in this order. */
static const struct {
	enum offer_due due;
	int (*act)(const struct participation *p, const struct offer_note *n, int64_t now);
} looks[] = {
    {OFFER_DUE_OVER, over},
    {OFFER_DUE_PUBLISH, publish},
    {OFFER_DUE_REMIND, remind_early},
    {OFFER_DUE_LAST_CALL, remind_late},
    {OFFER_DUE_MISSED, look_who_is_there},
    {OFFER_DUE_UNCLAIMED, nobody_takes_it},
};

/* The offset from the time that `due` counts from; −1: this flavour knows no such thing. */
static int64_t offset(const struct flavour_row *row, enum offer_due due)
{
	switch (due) {
	case OFFER_DUE_PUBLISH:
		return 0;
	case OFFER_DUE_REMIND:
		return row->remind_s[0] ? row->remind_s[0] : -1;
	case OFFER_DUE_LAST_CALL:
		return row->remind_s[1] ? row->remind_s[1] : -1;
	case OFFER_DUE_MISSED:
		return row->checkin ? OFFER_MISSED_S : -1;
	case OFFER_DUE_UNCLAIMED:
		return row->unclaimed_s ? row->unclaimed_s : -1;
	case OFFER_DUE_OVER:
		return DAY_S;
	case OFFER_DUE_COUNT:
		return -1;
	}
	return -1;
}

static int look(const struct participation *p, size_t what, enum flavour f, int64_t now, int64_t *ret_next)
{
	int numbers[BATCH];
	struct offer_note n;
	int64_t off = offset(flavour_row(f), looks[what].due);
	if (off < 0)
		return 0;
	int count = offer_due(p->store, looks[what].due, f, off, now, numbers, BATCH, ret_next), r = count;
	for (int i = 0; i < count && r >= 0; i++)
		if ((r = offer_note_get(p, numbers[i], &n)) >= 0)
			r = looks[what].act(p, &n, now);
	return r < 0 ? r : 0;
}

int offers_tick(const struct participation *p, int64_t now, int64_t *ret_next)
{
	int r = roster_lay_out(p->store, now, ret_next);
	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		for (int f = 0; f < FLAVOUR_COUNT && r >= 0; f++)
			r = look(p, i, (enum flavour)f, now, ret_next);
	return r < 0 ? r : 0;
}

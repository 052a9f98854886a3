/* Who hears of what happened to an offer. The stream of events is followed, so that a step by text, at the desk or by time
 * counts alike and nothing is told twice; a table says which change tells whom what. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_offer.h"
#include "store/chore.h"
#include "store/facts.h"
#include "store/outbox.h"
#include "store/person.h"
#include "store/question.h"
#include "store/worklist.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOLD_MAX   2000 /* of one offer that is cancelled */
#define BOSSES_MAX 8
#define ASK_MAX    64

static int copy_offer(void *ctx, const struct offer *o)
{
	struct offer_note *n = ctx;
	*n = (struct offer_note){.number = o->number,
				 .flavour = o->flavour,
				 .state = o->state,
				 .room = offer_room(o->wanted, o->taken),
				 .wanted = o->wanted,
				 .waiting = o->waiting,
				 .points = o->points,
				 .starts_utc = o->starts_utc,
				 .until_utc = offer_until(o->flavour, o->starts_utc, o->ends_utc),
				 .broadcast = o->broadcast};
	text_copy(n->text, sizeof n->text, o->text);
	text_copy(n->place, sizeof n->place, o->place);
	text_copy(n->grid, sizeof n->grid, o->grid);
	text_copy(n->phone, sizeof n->phone, o->phone);
	text_copy(n->asker, sizeof n->asker, o->name);
	text_copy(n->building, sizeof n->building, o->building);
	if (*o->building)
		snprintf(n->address, sizeof n->address, "%.15s-%.15s-%.15s", o->building, o->unit, o->room);
	return 0;
}

int offer_note_get(const struct participation *p, int number, struct offer_note *ret)
{
	return offer_get(p->store, number, copy_offer, ret);
}

void offer_say(const struct participation *p, enum language lang, const char *key, const struct offer_note *n,
	       const struct offer_about *a, struct buf *out)
{
	static const struct offer_about nobody = {0};
	if (!a)
		a = &nobody;
	struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "number", .type = REPLY_INT, .n = n->number},
	    {.name = "text", .type = REPLY_TEXT, .text = n->text, .max = a->whole ? 24 : 12},
	    {.name = "place", .type = REPLY_TEXT, .text = n->place, .max = 8},
	    {.name = "building", .type = REPLY_TEXT, .text = n->building, .max = 6},
	    {.name = "name", .type = REPLY_TEXT, .text = a->name, .max = 8},
	    {.name = "phone", .type = REPLY_TEXT, .text = a->phone},
	    {.name = "address", .type = REPLY_TEXT, .text = n->address, .max = 12},
	    {.name = "note", .type = REPLY_TEXT, .text = a->note, .max = 12},
	    {.name = "other", .type = REPLY_TEXT, .text = a->other, .max = 8},
	    {.name = "when", .type = REPLY_WHEN, .n = n->starts_utc},
	    {0}};
	if (!n->starts_utc)
		args[ARRAY_LEN(args) - 2] = (struct reply_arg){0};
	say(p, lang, key, args, out);
}

/* At night it waits for the morning, unless it would be too late then. */
static bool may_wait(const struct participation *p, int64_t too_late_utc, int64_t now)
{
	const struct day_window *quiet = &p->config->quiet_hours;
	return too_late_utc <= now || !day_window_contains(quiet, now) ||
	       day_window_end(quiet, now) < too_late_utc;
}

int offer_tell(const struct participation *p, const char *number, const char *key, const struct offer_note *n,
	       const struct offer_about *a, const char *occasion, int64_t now)
{
	struct sender w;
	char dedupe[96];
	cleanup_buf struct buf text = {0};
	int64_t ends = n->until_utc == INT64_MAX ? now + 2 * DAY_S : n->until_utc + DAY_S;
	int r = *number ? facts_sender(p->store, number, p->config->number, p->config->language, &w) : -ENOENT;
	if (r == -ENOENT)
		return 0;
	if (r < 0 || w.machine || !e164_can_text(w.kind) || w.muted || w.unlinked || w.opted_out == OPT_ALL)
		return r < 0 ? r : 0;
	offer_say(p, w.language, key, n, a, &text);
	snprintf(dedupe, sizeof dedupe, "offer:%d:%.40s:%.23s", n->number, occasion, number);
	return say_send(
	    p, number, buf_str(&text),
	    &(struct say_options){.class = OUTBOX_REMINDER,
				  .quiet = may_wait(p, a && a->running ? n->until_utc : n->starts_utc, now),
				  .matter = n->number,
				  .not_after_utc = n->starts_utc > now ? n->starts_utc : ends,
				  .dedupe = dedupe},
	    now, NULL);
}

int offer_tell_bosses(const struct participation *p, const char *key, const struct offer_note *n,
		      const struct offer_about *a, const char *occasion, int64_t now)
{
	struct person list[BOSSES_MAX];
	if (*n->phone)
		return offer_tell(p, n->phone, key, n, a, occasion, now);
	int count = persons_with_role(p->store, ROLE(SECRETARY), n->grid, list, BOSSES_MAX), r = count;
	for (int i = 0; i < count && r >= 0; i++)
		r = offer_tell(p, list[i].number, key, n, a, occasion, now);
	return r < 0 ? r : 0;
}

/* ---- a place that nobody waits for */

int offer_ask_next(const struct participation *p, const struct offer_note *n, struct claim *ret, int64_t now)
{
	static const struct actor by = {"daemon", CHANNEL_TIMER, 0};
	int r = roster_next(p->store, n->number, ret);
	if (r <= 0)
		return r;
	if ((r = claim_put(
		 p->store,
		 &(struct claim_change){
		     .offer = n->number, .number = ret->number, .person = ret->person, .state = CLAIM_ASKED},
		 &by, now)) < 0)
		return r;
	r = offer_tell(p, ret->number, flavour_row(n->flavour)->ask, n, &(struct offer_about){.running = true},
		       "asked", now);
	return r < 0 ? r : 1;
}

static int place_is_free(const struct participation *p, const struct offer_note *n, int64_t now)
{
	struct claim next;
	if (n->state != OFFER_OPEN || n->room <= 0 || n->waiting || now >= n->until_utc)
		return 0;
	switch (flavour_row(n->flavour)->free) {
	case OFFER_FREE_STAYS:
		return 0;
	case OFFER_FREE_AGAIN:
		return offer_again(p->store, n->number);
	case OFFER_FREE_TO_ROSTER:
		return offer_ask_next(p, n, &next, now);
	}
	return 0;
}

/* ---- what happened */

static int about_claim(const struct participation *p, const struct stream_event *e, struct offer_about *ret,
		       struct claim *c)
{
	int r = claim_get(p->store, (int)stream_int(e, "task"), stream_text(e, "number"), c);
	if (r >= 0 && c->state == CLAIM_NONE) { /* taken back meanwhile */
		struct person w;
		text_copy(c->number, sizeof c->number, stream_text(e, "number"));
		c->person = stream_int(e, "person");
		if (c->person && person_get(p->store, c->person, &w) == 0)
			text_copy(c->name, sizeof c->name, w.name);
	}
	*ret = (struct offer_about){.name = c->name, .phone = c->number};
	return r;
}

static int tell_asker(const struct participation *p, const char *key, const struct offer_note *n,
		      const struct offer_about *a, int64_t event, int64_t now)
{
	char occasion[40];
	snprintf(occasion, sizeof occasion, "%" PRId64, event);
	return key && *n->phone ? offer_tell(p, n->phone, key, n, a, occasion, now) : 0;
}

/* Who got a place without a text of their own hears of it. */
static int tell_taken(const struct participation *p, const struct stream_event *e, const struct offer_note *n,
		      int64_t now)
{
	const struct flavour_row *row = flavour_row(n->flavour);
	const char *reason = stream_text(e, "reason");
	struct claim c;
	struct offer_about a;
	char occasion[40];
	int r = about_claim(p, e, &a, &c);
	if (r < 0 || !claim_holds(c.state))
		return r;
	snprintf(occasion, sizeof occasion, "%" PRId64, e->id);
	if (!strcmp(reason, "promoted") || !strcmp(reason, "desk")) {
		bool both = row->exchange == OFFER_BOTH_NUMBERS;
		const struct offer_about asker = {.name = n->asker, .phone = n->phone};
		r = offer_tell(p, c.number,
			       both                          ? row->taken
			       : !strcmp(reason, "promoted") ? "offer.promoted"
							     : "offer.given",
			       n, both ? &asker : NULL, occasion, now);
	}
	if (r >= 0 && !strcmp(reason, "roster")) /* laid out so late that no reminder is to come */
		return n->starts_utc - row->remind_s[0] < e->utc
			   ? offer_tell(p, c.number, row->remind, n, NULL, "roster", now)
			   : 0;
	if (r < 0)
		return r;
	return tell_asker(p, row->comes, n, &a, e->id, now);
}

static int tell_claim(const struct participation *p, const struct stream_event *e, const struct offer_note *n,
		      int64_t now)
{
	const struct flavour_row *row = flavour_row(n->flavour);
	int to = claim_state_find(stream_text(e, "state")), from = claim_state_find(stream_text(e, "from"));
	struct claim c;
	struct offer_about a;
	char occasion[40];
	int r = about_claim(p, e, &a, &c);
	if (r < 0 || to < 0 || from < 0)
		return r;
	bool left =
	    (claim_holds((enum claim_state)from) || from == CLAIM_ASKED) && !claim_holds((enum claim_state)to);
	if (left && to != CLAIM_MISSED) {
		if (claim_holds((enum claim_state)from) && n->state == OFFER_OPEN &&
		    (r = tell_asker(p, row->leaves, n, &a, e->id, now)) < 0)
			return r;
		return place_is_free(p, n, now);
	}
	if (to == CLAIM_ARRIVED)
		return tell_asker(p, row->there, n, &a, e->id, now);
	if (to == CLAIM_TAKEN && !strcmp(stream_text(e, "reason"), "denied")) {
		snprintf(occasion, sizeof occasion, "%" PRId64, e->id);
		return offer_tell(p, c.number, "offer.denied", n,
				  &(struct offer_about){.name = n->asker, .phone = n->phone}, occasion, now);
	}
	if (to == CLAIM_DONE && row->closes == OFFER_BY_CONFIRMATION && !*n->phone) {
		static const struct actor by = {"daemon", CHANNEL_TIMER, 0};
		char note[64];
		snprintf(note, sizeof note, "yishi task confirm %d", n->number);
		return chore_add(p->store, "task", c.number, c.person, note, &by, now, NULL, NULL);
	}
	return 0;
}

static int tell_cancelled(const struct participation *p, const struct offer_note *n, const char *reason,
			  int64_t now)
{
	static const unsigned hear =
	    1u << CLAIM_ASKED | 1u << CLAIM_WAITING | 1u << CLAIM_TAKEN | 1u << CLAIM_ARRIVED;
	cleanup_free struct claim *claims = mem_array(TOLD_MAX, sizeof *claims);
	int count = claim_list(p->store, n->number, hear, claims, TOLD_MAX), r = count;
	for (int i = 0; i < count && r >= 0; i++)
		r = offer_tell(p, claims[i].number, "offer.off", n, &(struct offer_about){.note = reason},
			       "off", now);
	return r >= 0 && n->broadcast ? outbox_cancel_broadcast(p->store, n->broadcast, now, NULL) : r;
}

static int tell(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct offer_note n;
	const char *state = stream_text(e, "state");
	int r = offer_note_get(p, (int)stream_int(e, "task"), &n);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (e->kind == EVENT_TASK_TAKEN)
		r = tell_taken(p, e, &n, now);
	else if (*stream_text(e, "number"))
		r = tell_claim(p, e, &n, now);
	else if (!strcmp(state, "cancelled"))
		r = tell_cancelled(p, &n, stream_text(e, "reason"), now);
	else if (!strcmp(state, "open") && n.flavour == FLAVOUR_JOB &&
		 strcmp(stream_text(e, "reason"), "new") != 0)
		r = tell_asker(p, "offer.job.published", &n, NULL, e->id, now);
	return r < 0 ? r : 0;
}

int offers_tell(const struct participation *p, int64_t now, int64_t *ret_next)
{
	(void)ret_next;
	return stream_follow(p, "offers", 1ull << EVENT_TASK_TAKEN | 1ull << EVENT_TASK_CHANGED, tell, now);
}

/* ---- "is it done?" */

static int ask_settled(const struct participation *p, int number, int64_t now)
{
	struct offer_note n;
	struct question_fact q;
	struct claim c = {0};
	char occasion[40];
	int64_t event = 0; /* no second question about the same word of theirs */
	int r = offer_note_get(p, number, &n);
	if (r < 0 || (r = question_get(p->store, n.phone, now, &q)) < 0 || q.kind != ASKED_NONE ||
	    (r = claim_list(p->store, number, 1u << CLAIM_DONE, &c, 1)) <= 0)
		return r;
	if ((r = event_last_id(p->store, &event)) < 0)
		return r;
	snprintf(occasion, sizeof occasion, "settled:%" PRId64, event);
	if ((r = offer_mark(p->store, number, OFFER_MARK_ASKED, now, now)) < 0 ||
	    (r = offer_tell(p, n.phone, flavour_row(n.flavour)->settled, &n,
			    &(struct offer_about){.name = c.name, .phone = c.number}, occasion, now)) < 0)
		return r;
	return question_ask(p->store, n.phone, ASKED_RATING, number, NULL, now, now + OFFER_ASK_S);
}

int offers_ask_settled(const struct participation *p, const char *number, int64_t now)
{
	int numbers[ASK_MAX];
	int n = offer_unasked(p->store, number, numbers, ASK_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = ask_settled(p, numbers[i], now);
	return r < 0 ? r : 0;
}

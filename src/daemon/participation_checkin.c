/* Who lives alone is asked once a day; silence goes to the neighbour, then to grid worker and officers. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_duty.h"
#include "store/checkin.h"
#include "store/chore.h"
#include "store/duty.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/question.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS_MAX   64
#define PLANS_MAX    64             /* asked in one go */
#define STILL_HERE_S (5 * MINUTE_S) /* our own queue holds the question: look again */
#define QUESTION_S   (12 * HOUR_S)  /* a bare 1 belongs to the question for so long */

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

/* -------------------------------------------------------------------------------------------- asking */

struct asking {
	const struct participation *p;
	int64_t now, next;
	int asked;
};

struct asked_person {
	int64_t plan;
	int grace_s;
	char number[E164_MAX], day[16];
};

static char *local_day(int64_t now, char out[16])
{
	struct civil c;
	civil_from_utc(now, &c);
	snprintf(out, 16, "%04d-%02d-%02d", c.year % 10000, c.month % 100, c.day % 100);
	return out;
}

static int to_secretary(const struct participation *p, int64_t plan, const char *why, const char *number,
			int64_t person, int64_t now)
{
	char note[96];
	snprintf(note, sizeof note, "check-in %" PRId64 ": %s", plan, why);
	return chore_add(p->store, "checkin", number, person, note, &timer, now, NULL, NULL);
}

/* Why somebody cannot be texted; NULL: can be. */
static const char *unreachable(const struct sender *w)
{
	return !*w->number || !e164_can_text(w->kind) || w->machine ? "no phone"
	       : w->opted_out == OPT_ALL                            ? "opted out"
	       : w->unlinked                                        ? "wrong number"
	       : w->muted                                           ? "muted"
								    : NULL;
}

static int ask(const struct participation *p, const struct checkin_row *c, const char *day, int64_t now)
{
	struct sender w = {0};
	struct question_fact q = {0};
	cleanup_buf struct buf text = {0};
	char dedupe[64];
	int64_t id = 0, message = 0, until = now + c->plan.grace_s;
	int r = facts_sender(p->store, c->number, p->config->number, p->config->language, &w);
	if (r < 0)
		return r;
	const char *why = *c->number ? unreachable(&w) : "no phone";
	if ((r = checkin_round_add(p->store, c->id, day, why ? CHECKIN_SKIPPED : CHECKIN_ASKED, 0,
				   why ? 0 : until, now, &id)) < 0 ||
	    !id)
		return r;
	if (why)
		return to_secretary(p, c->id, why, c->number, c->person, now);
	if ((r = question_get(p->store, w.number, now, &q)) < 0)
		return r;
	/* In words while a code or a text is awaited: a bare digit belongs to that question. */
	bool digit = q.kind == ASKED_CHECKIN || duty_asks_over(q.kind);
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "name", .type = REPLY_TEXT, .text = c->name, .max = 8},
	    {0},
	};
	say(p, w.language, digit ? "checkin.ask" : "checkin.ask.words", args, &text);
	snprintf(dedupe, sizeof dedupe, "checkin:%" PRId64 ":%s", c->id, day);
	r = say_send(p, w.number, buf_str(&text),
		     &(struct say_options){.class = OUTBOX_REMINDER,
					   .quiet = true,
					   .person = c->person,
					   .not_after_utc = until,
					   .dedupe = dedupe},
		     now, &message);
	if (r < 0 || (r = checkin_round_message(p->store, id, message)) < 0 || !digit)
		return r;
	return question_ask(p->store, w.number, ASKED_CHECKIN, id, NULL, now, now + QUESTION_S);
}

static int look_at_plan(void *ctx, const struct checkin_row *c)
{
	struct asking *a = ctx;
	char day[16];
	int64_t next, id = 0;
	int r = 0;
	local_day(a->now, day);
	bool done = !strcmp(c->last_day, day);
	switch (checkin_due(&c->plan, &a->p->config->quiet_hours, done, a->now, &next)) {
	case CHECKIN_NOT_YET:
		break;
	case CHECKIN_ASK:
		if (a->asked++ < PLANS_MAX)
			r = ask(a->p, c, day, a->now);
		else
			next = a->now;
		break;
	case CHECKIN_MISSED:
		r = checkin_round_add(a->p->store, c->id, day, CHECKIN_SKIPPED, 0, 0, a->now, &id);
		if (r >= 0 && id)
			r = to_secretary(a->p, c->id, "not asked today", c->number, c->person, a->now);
		break;
	}
	if (next < a->next)
		a->next = next;
	return r < 0 ? r : 0;
}

/* -------------------------------------------------------------------------------------------- silence */

static int note_silence(const struct participation *p, const struct checkin_round *r, enum checkin_state step,
			int matter, int64_t now)
{
	return event_add(p->store, EVENT_CHECKIN_SILENT, timer.id,
			 json_pack("{s:I, s:I, s:s, s:i}", "plan", (json_int_t)r->plan, "person",
				   (json_int_t)r->person, "step", checkin_state_name(step), "case", matter),
			 now);
}

static int tell_buddy(const struct participation *p, const struct checkin_round *r, const struct person *who,
		      const struct sender *buddy, const char *key, int64_t now)
{
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "name", .type = REPLY_TEXT, .text = who->name, .max = 8},
	    {.name = "building", .type = REPLY_TEXT, .text = who->building, .max = 6},
	    {.name = "unit", .type = REPLY_TEXT, .text = who->unit, .max = 6},
	    {.name = "room", .type = REPLY_TEXT, .text = who->room, .max = 8},
	    {.name = "phone", .type = REPLY_TEXT, .text = who->number},
	    {.name = "number", .type = REPLY_INT, .n = r->plan},
	    {0},
	};
	say(p, buddy->language, key, args, &text);
	snprintf(dedupe, sizeof dedupe, "%.20s:%" PRId64, key, r->id);
	return say_send(p, buddy->number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER, .quiet = true, .dedupe = dedupe}, now,
			NULL);
}

static int call_officers(const struct participation *p, const struct checkin_round *r, const struct person *who,
			 int64_t now)
{
	cleanup_buf struct buf text = {0};
	char occasion[48];
	int number = 0;
	const struct reply_arg args[] = {{.name = "name", .type = REPLY_TEXT, .text = who->name, .max = 8},
					 {0}};
	say(p, p->config->language, r->state == CHECKIN_BUDDY ? "checkin.case" : "checkin.case.alone", args,
	    &text);
	int e = matter_add(p->store,
			   &(struct matter_new){.category = CATEGORY_ELDERLY,
						.text = buf_str(&text),
						.grid = who->grid,
						.building = who->building,
						.unit = who->unit,
						.room = who->room,
						.urgent = true,
						.origin = "checkin",
						.reporter = who->id,
						.due_utc = now + 2 * HOUR_S},
			   &timer, now, &number);
	if (e < 0 || (e = checkin_round_called(p->store, r->id, number)) < 0 ||
	    (e = note_silence(p, r, CHECKIN_CALLED, number, now)) < 0)
		return e;
	const struct duty_alarm a = {.number = number,
				     .phone = who->number,
				     .name = who->name,
				     .grid = who->grid,
				     .building = who->building,
				     .unit = who->unit,
				     .room = who->room,
				     .text = buf_str(&text),
				     .heard_utc = r->asked_utc};
	snprintf(occasion, sizeof occasion, "checkin:called:%" PRId64, r->id);
	return duty_begin(p, &a, "", true, occasion, &timer, now);
}

static int silent(const struct participation *p, int64_t id, int64_t now)
{
	struct checkin_round r;
	struct person who, buddy = {0};
	struct sender b = {0};
	struct question_fact q = {0};
	int e = checkin_round_get(p->store, id, &r);
	if (e < 0)
		return e;
	if (r.state == CHECKIN_ASKED && !r.sent)
		return checkin_round_step(p->store, id, r.state, now + STILL_HERE_S);
	if ((e = person_get(p->store, r.person, &who)) < 0) /* forgotten in between */
		return checkin_round_step(p->store, id, CHECKIN_SKIPPED, 0);
	if (r.state == CHECKIN_ASKED && r.expired) { /* our silence, not theirs */
		e = checkin_round_step(p->store, id, CHECKIN_SKIPPED, 0);
		return e < 0
			   ? e
			   : to_secretary(p, r.plan, "the question could not be sent", who.number, who.id, now);
	}
	if (r.buddy && person_get(p->store, r.buddy, &buddy) >= 0 && *buddy.number &&
	    (e = facts_sender(p->store, buddy.number, p->config->number, p->config->language, &b)) < 0)
		return e;
	enum checkin_state next = checkin_silence(r.state, *b.number && !unreachable(&b));
	if (next == r.state)
		return checkin_round_step(p->store, id, r.state, 0);
	if (next != CHECKIN_BUDDY)
		return call_officers(p, &r, &who, now);
	int64_t until = now + checkin_buddy_s(r.grace_s);
	if ((e = tell_buddy(p, &r, &who, &b, "checkin.buddy", now)) < 0 ||
	    (e = note_silence(p, &r, next, 0, now)) < 0 ||
	    (e = checkin_round_step(p->store, id, next, until)) < 0 ||
	    (e = question_get(p->store, b.number, now, &q)) < 0)
		return e;
	return q.kind == ASKED_CHECKIN || duty_asks_over(q.kind)
		   ? question_ask(p->store, b.number, ASKED_CHECKIN, id, "buddy", now, now + QUESTION_S)
		   : 0;
}

int checkin_tick(const struct participation *p, int64_t now, int64_t *next)
{
	struct asking a = {.p = p, .now = now, .next = INT64_MAX};
	int64_t rounds[ROUNDS_MAX], until;
	int r = checkin_list(p->store, 0, look_at_plan, &a);
	int n = r < 0 ? r : checkin_silent(p->store, now, rounds, ROUNDS_MAX, &until);
	for (int i = 0; i < n && r >= 0; i++)
		r = silent(p, rounds[i], now);
	if (n < 0 || r < 0)
		return n < 0 ? n : r;
	if (n > 0) /* what follows on them is known now */
		until = now + 1;
	if (a.next < *next)
		*next = a.next;
	if (until < *next)
		*next = until;
	return 0;
}

/* -------------------------------------------------------------------------------------------- answers */

static int note_answer(const struct participation *p, const struct checkin_round *r, const char *by,
		       const struct actor *actor, int64_t now)
{
	int64_t seconds = now > r->asked_utc ? now - r->asked_utc : 0;
	return event_add(p->store, EVENT_CHECKIN_ANSWERED, actor->id,
			 json_pack("{s:I, s:I, s:s, s:I}", "plan", (json_int_t)r->plan, "person",
				   (json_int_t)r->person, "by", by, "seconds", (json_int_t)seconds),
			 now);
}

/* Whoever was called because of the silence hears that it is over; the case stays for a person to settle. */
static int good_news(const struct participation *p, const struct checkin_round *r, const char *by,
		     const struct actor *actor, int64_t now)
{
	struct person who, buddy;
	struct sender b = {0};
	char occasion[48];
	int e = person_get(p->store, r->person, &who);
	if (e < 0)
		return 0;
	if (r->state != CHECKIN_ASKED && !strcmp(by, "person") && r->buddy &&
	    person_get(p->store, r->buddy, &buddy) >= 0 && *buddy.number) {
		if ((e = facts_sender(p->store, buddy.number, p->config->number, p->config->language, &b)) <
			0 ||
		    (!unreachable(&b) && (e = tell_buddy(p, r, &who, &b, "checkin.back", now)) < 0))
			return e;
	}
	if (!r->matter)
		return 0;
	snprintf(occasion, sizeof occasion, "checkin:back:%" PRId64, r->id);
	if ((e = duty_tell(p, (int)r->matter, "", "duty.alive", who.number, who.name, occasion, now)) < 0 ||
	    (e = duty_call_rest(p->store, (int)r->matter)) < 0)
		return e;
	return journal_add(p->store, (int)r->matter, "answered", by, actor, now);
}

static int answered(const struct participation *p, int64_t id, enum checkin_state state, const char *by,
		    const struct actor *actor, int64_t now)
{
	struct checkin_round r;
	int e = checkin_round_get(p->store, id, &r);
	if (e < 0 || (e = checkin_round_answered(p->store, id, state, by, now)) < 0 ||
	    (e = note_answer(p, &r, by, actor, now)) < 0)
		return e;
	return state == CHECKIN_WELL ? good_news(p, &r, by, actor, now) : 0;
}

static int drop_question(const struct participation *p, const char *number, int64_t round, int64_t now)
{
	struct question_fact q;
	int r = question_get(p->store, number, now, &q);
	if (r < 0)
		return r;
	if (q.kind != ASKED_CHECKIN)
		return question_void(p->store, ASKED_CHECKIN, round, now);
	r = question_clear(p->store, number);
	return r < 0 ? r : ask_next(p, number, now);
}

int checkin_heard(const struct participation *p, const char *number, int64_t heard_utc, bool help,
		  const struct actor *by, int64_t now)
{
	int64_t rounds[8];
	int n = checkin_open(p->store, number, heard_utc, now, rounds, 8), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = answered(p, rounds[i], help ? CHECKIN_HELP : CHECKIN_WELL, "person", by, now);
	return r < 0 || n == 0 ? r : drop_question(p, number, rounds[0], now);
}

/* "平安 3": digits that stand alone at the end name the plan. */
static int64_t plan_in(const char *words)
{
	size_t n = strlen(words), i = n;
	while (i > 0 && words[i - 1] >= '0' && words[i - 1] <= '9')
		i--;
	int64_t plan = 0;
	for (size_t k = i; k < n && n - i < 7; k++)
		plan = plan * 10 + (words[k] - '0');
	return i > 0 ? plan : 0;
}

int checkin_facts(const struct turn *t, const struct intent *in, struct facts *f)
{
	bool asked = f->question.kind == ASKED_CHECKIN && !strcmp(f->question.detail, "buddy");
	int64_t plan = in->kind != INTENT_CHECKIN ? 0
		       : in->has & ARG_NUMBER     ? in->number
		       : asked                    ? 0
						  : plan_in(t->words);
	int64_t round = in->kind == INTENT_DUTY && asked ? f->question.subject : 0;
	if (in->kind == INTENT_DUTY && !round)
		return 0;
	int r = facts_checkin(t->p->store, &t->sender, plan, round, t->now, &f->duty.checkin);
	if (r >= 0 && plan && !f->duty.checkin.round) /* "平安 1": the 1 is no plan */
		r = facts_checkin(t->p->store, &t->sender, 0, 0, t->now, &f->duty.checkin);
	f->duty.checkin.only_received = asked && checkin_only_received(t->words);
	return r < 0 ? r : 0;
}

int checkin_answer(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	enum checkin_state state = e->answer == 2 ? CHECKIN_HELP : CHECKIN_WELL;
	struct checkin_round before;
	int r = checkin_round_get(t->p->store, e->subject, &before);
	if (r < 0 || (r = answered(t->p, e->subject, state, "buddy", &t->by, t->now)) < 0 ||
	    (r = drop_question(t->p, t->sender.number, e->subject, t->now)) < 0)
		return r;
	return note_action(t, e, e->subject, json_pack("{s:s}", "state", checkin_state_name(before.state)));
}

/* The neighbour was wrong: the silence goes on where it was. */
int checkin_undo(const struct turn *t, const struct former *f)
{
	struct checkin_round r;
	int e = checkin_round_get(t->p->store, f->subject, &r);
	if (e < 0 || (e = checkin_round_answered(t->p->store, r.id, CHECKIN_BUDDY, "", t->now)) < 0)
		return e;
	return r.matter ? duty_next(t->p, (int)r.matter, t->now)
			: checkin_round_step(t->p->store, r.id, CHECKIN_BUDDY, t->now + STILL_HERE_S);
}

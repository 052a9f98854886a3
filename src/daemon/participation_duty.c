/* Calls for help: who hears of them, who next while nobody comes, and who hears that somebody does. */
#include "daemon/participation_duty.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/chore.h"
#include "store/duty.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/worklist.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOLD_MAX  128
#define CALLS_MAX 64 /* that wait at one time and are looked after in one go */

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

/* -------------------------------------------------------------------------------------------- one text to one phone */

static int send_alarm(const struct participation *p, const char *number, const char *text, int matter,
		      const char *occasion, int64_t now)
{
	char dedupe[128];
	snprintf(dedupe, sizeof dedupe, "%.90s:%.23s", occasion, number);
	return say_send(p, number, text,
			&(struct say_options){.class = OUTBOX_ALARM, .matter = matter, .dedupe = dedupe}, now,
			NULL);
}

static void alarm_text(const struct participation *p, const struct duty_alarm *a, struct buf *out)
{
	char number[16], when[48];
	snprintf(number, sizeof number, "%d", a->number);
	const struct reply_value values[] = {
	    {"number", number, 0},
	    {"phone", a->phone, 0},
	    {"name", a->name, 12},
	    {"grid", a->grid, 0},
	    {"building", a->building, 6},
	    {"unit", a->unit, 6},
	    {"room", a->room, 8},
	    {"text", a->text, 300},
	    {"when", say_when(p->config->language, a->heard_utc, when), 0},
	    {0},
	};
	replies_add(p->replies, p->config->language, a->again ? "duty.again" : "duty.alarm", values, out);
}

int duty_tell(const struct participation *p, int number, const char *but, const char *key, const char *phone,
	      const char *name, const char *occasion, int64_t now)
{
	cleanup_free char(*phones)[E164_MAX] = mem_array(TOLD_MAX, E164_MAX);
	cleanup_buf struct buf text = {0};
	const struct reply_arg args[] = {
	    {.name = "number", .type = REPLY_INT, .n = number},
	    {.name = "phone", .type = REPLY_TEXT, .text = phone},
	    {.name = "name", .type = REPLY_TEXT, .text = name, .max = 12},
	    {0},
	};
	say(p, p->config->language, key, args, &text);
	int n = duty_told(p->store, number, phones, TOLD_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if (strcmp(phones[i], but) != 0)
			r = send_alarm(p, phones[i], buf_str(&text), number, occasion, now);
	return r < 0 ? r : 0;
}

bool duty_asks_over(enum asked open)
{
	static const bool lasts[ASKED_COUNT] = {
	    [ASKED_NONE] = true, [ASKED_INVITATION] = true, [ASKED_POLL] = true, [ASKED_RATING] = true};
	return lasts[open];
}

/* -------------------------------------------------------------------------------------------- the ladder */

struct crowd {
	struct duty_candidate list[DUTY_CANDIDATES];
	bool chosen[DUTY_CANDIDATES];
	int count;
};

/* Those whom a rung calls; how many. */
static int choose(const struct participation *p, enum duty_who who, bool worker, const char *grid,
		  const char *but, int matter, int64_t now, struct crowd *c)
{
	c->count = duty_candidates(p->store, grid, but, matter, now, c->list);
	return c->count < 0 ? c->count : duty_choose(who, worker, c->list, c->count, c->chosen);
}

int duty_count(const struct participation *p, const char *grid, const char *but, int64_t now)
{
	cleanup_free struct crowd *c = mem_alloc(sizeof *c);
	return choose(p, DUTY_FIRST, false, grid, but, 0, now, c);
}

static int call_chosen(const struct participation *p, const struct duty_alarm *a, const struct crowd *c,
		       int rung, const char *occasion, int64_t now)
{
	cleanup_buf struct buf text = {0};
	int r = 0;
	alarm_text(p, a, &text);
	for (int i = 0; i < c->count && r >= 0; i++) {
		if (!c->chosen[i])
			continue;
		if ((r = send_alarm(p, c->list[i].number, buf_str(&text), a->number, occasion, now)) >= 0)
			r = duty_told_add(p->store, a->number, c->list[i].number, c->list[i].person, rung, now);
	}
	return r < 0 ? r : 0;
}

/* Who heard of the first call hears of the second. */
static void choose_told(struct crowd *c, int *count)
{
	for (int i = 0; i < c->count; i++) {
		bool known = c->chosen[i] || !c->list[i].told;
		for (int k = 0; k < c->count && !known; k++)
			known = c->chosen[k] && !strcmp(c->list[k].number, c->list[i].number);
		*count += !known;
		c->chosen[i] = c->chosen[i] || !known;
	}
}

int duty_begin(const struct participation *p, const struct duty_alarm *a, const char *caller, bool worker,
	       const char *occasion, const struct actor *by, int64_t now)
{
	cleanup_free struct crowd *c = mem_alloc(sizeof *c);
	int n = choose(p, DUTY_FIRST, worker, a->grid, a->phone, a->number, now, c), r = n;
	if (r >= 0)
		choose_told(c, &n);
	if (r < 0 || (r = duty_call_begin(p->store, a->number, caller, a->text, now)) < 0 ||
	    (r = call_chosen(p, a, c, 0, occasion, now)) < 0 ||
	    (r = journal_add(p->store, a->number, n ? "duty called" : "nobody on duty", NULL, by, now)) < 0)
		return r;
	return event_add(p->store, EVENT_DUTY_CALLED, by->id,
			 json_pack("{s:I, s:s, s:i, s:i}", "message", (json_int_t)by->message, "number",
				   a->phone, "case", a->number, "recipients", n),
			 now);
}

/* The case as an officer is told of it. */
struct told_case {
	struct duty_alarm alarm;
	enum case_state state;
	bool from_desk; /* an urgent one that somebody typed in */
	int64_t assignee;
	char phone[E164_MAX], name[INTENT_SHORT_MAX], assignee_name[INTENT_SHORT_MAX], grid[CIVIC_CODE_MAX],
	    building[16], unit[16], room[16], text[INTENT_TEXT_MAX];
};

static int copy_case(void *ctx, const struct matter *m)
{
	struct told_case *c = ctx;
	text_copy(c->phone, sizeof c->phone, m->number_from);
	text_copy(c->name, sizeof c->name, m->reporter_name);
	text_copy(c->assignee_name, sizeof c->assignee_name, m->assignee_name);
	text_copy(c->grid, sizeof c->grid, m->grid);
	text_copy(c->building, sizeof c->building, m->building);
	text_copy(c->unit, sizeof c->unit, m->unit);
	text_copy(c->room, sizeof c->room, m->room);
	text_copy(c->text, sizeof c->text, m->text);
	c->state = m->state;
	c->from_desk = m->kind == MATTER_CASE && m->urgent && !m->private && !strcmp(m->origin, "shell");
	c->assignee = m->assignee;
	c->alarm = (struct duty_alarm){.number = m->number,
				       .phone = c->phone,
				       .name = c->name,
				       .grid = c->grid,
				       .building = c->building,
				       .unit = c->unit,
				       .room = c->room,
				       .text = c->text,
				       .heard_utc = m->opened_utc};
	return 0;
}

static int note_rung(const struct participation *p, int number, int rung, int recipients, int64_t now)
{
	char note[48];
	int r = duty_call_rung(p->store, number, rung, now);
	snprintf(note, sizeof note, "step %d: %d", rung, recipients);
	if (r < 0 || (r = journal_add(p->store, number, "nobody came", note, &timer, now)) < 0)
		return r;
	return event_add(p->store, EVENT_DUTY_RAISED, timer.id,
			 json_pack("{s:i, s:i, s:i}", "case", number, "step", rung, "recipients", recipients),
			 now);
}

/* Nobody is left to be called: a person finds it among the small things to look at. */
static int give_up(const struct participation *p, const struct duty_call *call, int64_t now)
{
	char note[64];
	snprintf(note, sizeof note, "case %d: nobody took it", call->matter);
	int r = duty_call_rest(p->store, call->matter);
	return r < 0 ? r : chore_add(p->store, "duty", call->caller, 0, note, &timer, now, NULL, NULL);
}

static int climb(const struct participation *p, struct duty_call *call, int rung, int64_t now)
{
	cleanup_free struct crowd *c = mem_alloc(sizeof *c);
	cleanup_free struct told_case *k = mem_alloc(sizeof *k);
	char occasion[64];
	int n = 0, r = matter_get(p->store, call->matter, copy_case, k);
	if (r < 0)
		return r;
	if (!case_open(k->state))
		return duty_call_rest(p->store, call->matter);
	for (;; rung++) {
		enum duty_who who = duty_ladder[rung].who;
		n = choose(p, who, false, k->grid, *call->caller ? call->caller : k->phone, call->matter, now,
			   c);
		if (n != 0 || who != DUTY_NEXT)
			break;
	}
	k->alarm.again = true;
	if (*call->words)
		k->alarm.text = call->words;
	snprintf(occasion, sizeof occasion, "duty:%d:%d:%" PRId64, call->matter, rung, now);
	if (n < 0 || (r = call_chosen(p, &k->alarm, c, rung, occasion, now)) < 0 ||
	    (r = note_rung(p, call->matter, rung, n, now)) < 0)
		return n < 0 ? n : r;
	return duty_ladder[rung].who == DUTY_CHORE ? give_up(p, call, now) : 0;
}

static int look(const struct participation *p, int number, int64_t now, int64_t *next)
{
	struct duty_call call;
	int64_t t = INT64_MAX;
	int r = duty_call_get(p->store, number, &call);
	if (r < 0)
		return r;
	if (call.rung_utc > now) { /* the clock was set back: the wait begins anew */
		call.rung_utc = now;
		if ((r = duty_call_rung(p->store, number, call.rung, now)) < 0)
			return r;
	}
	int due = duty_due(call.rung, call.rung_utc, now, &t);
	if (due >= 0 && (r = climb(p, &call, due, now)) >= 0) {
		if ((r = duty_call_get(p->store, number, &call)) < 0)
			return r;
		if (call.waiting)
			duty_due(call.rung, call.rung_utc, now, &t);
	}
	if (t < *next)
		*next = t;
	return r;
}

int duty_next(const struct participation *p, int number, int64_t now)
{
	struct duty_call call;
	int r = duty_call_get(p->store, number, &call);
	if (r < 0 || !call.matter || call.rung >= DUTY_RUNGS - 1)
		return r;
	if ((r = duty_call_anew(p->store, number)) < 0)
		return r;
	return climb(p, &call, call.rung + 1, now);
}

/* -------------------------------------------------------------------------------------------- somebody comes */

/* Once for each call, whoever takes it after another. */
static int tell_caller(const struct participation *p, const struct duty_call *call, const char *name,
		       int64_t now)
{
	struct sender who;
	cleanup_buf struct buf text = {0};
	char dedupe[48];
	int r = facts_sender(p->store, call->caller, p->config->number, p->config->language, &who);
	if (r < 0 || !*call->caller || who.machine || !e164_can_text(who.kind))
		return r;
	const struct reply_arg args[] = {{.name = "number", .type = REPLY_INT, .n = call->matter},
					 {.name = "name", .type = REPLY_TEXT, .text = name, .max = 8},
					 {0}};
	say(p, who.language, "duty.coming", args, &text);
	snprintf(dedupe, sizeof dedupe, "duty:coming:%d", call->matter);
	return say_send(p, call->caller, buf_str(&text),
			&(struct say_options){.class = OUTBOX_ALARM, .matter = call->matter, .dedupe = dedupe},
			now, NULL);
}

/* The others hear who, the caller that somebody comes. */
static int take(const struct participation *p, int number, int64_t person, const char *phone, const char *name,
		const struct actor *by, int64_t now)
{
	struct duty_call call;
	char occasion[64], note[32];
	int seconds = 0, r = duty_call_get(p->store, number, &call);
	if (r < 0 || (r = duty_call_taken(p->store, number, person, phone, now, &seconds)) < 0)
		return r;
	snprintf(note, sizeof note, "%d s", seconds);
	snprintf(occasion, sizeof occasion, "duty:taken:%d:%" PRId64, number, now);
	if ((r = journal_add(p->store, number, "acknowledged", note, by, now)) < 0 ||
	    (r = event_add(
		 p->store, EVENT_DUTY_ACKNOWLEDGED, by->id,
		 json_pack("{s:i, s:I, s:i}", "case", number, "person", (json_int_t)person, "seconds", seconds),
		 now)) < 0 ||
	    (r = duty_tell(p, number, phone, "duty.taken", "", *name ? name : phone, occasion, now)) < 0)
		return r;
	return tell_caller(p, &call, name, now);
}

/* What is typed in as urgent is called out as what is texted is. */
static int follow_opened(const struct participation *p, int number, struct told_case *k, int64_t now)
{
	char occasion[32];
	struct duty_call call;
	int r = duty_call_get(p->store, number, &call);
	if (r < 0 || call.matter || !k->from_desk || !case_open(k->state))
		return r;
	snprintf(occasion, sizeof occasion, "duty:desk:%d", number);
	return duty_begin(p, &k->alarm, k->phone, false, occasion, &timer, now);
}

/* A step by the shell or by an ordinary command ends the wait as well. */
static int follow_step(const struct participation *p, const struct stream_event *e, const struct told_case *k,
		       int64_t now)
{
	struct duty_call call;
	int number = k->alarm.number, r = duty_call_get(p->store, number, &call);
	const char *reason = stream_text(e, "reason");
	if (r < 0 || !call.matter)
		return r;
	if (!case_open(k->state))
		return call.waiting ? duty_call_rest(p->store, number) : 0;
	if (!strcmp(reason, case_event_entry(CASE_EV_RETURN)) && !call.waiting)
		return duty_next(p, number, now);
	/* whom the routes gave it to as it was typed in has not heard of it yet */
	bool given =
	    !strcmp(reason, case_event_entry(CASE_EV_ASSIGN)) && !(k->from_desk && e->utc <= call.called_utc);
	if (!call.waiting || !k->assignee || (!given && strcmp(reason, case_event_entry(CASE_EV_TAKE)) != 0))
		return 0;
	return take(p, number, k->assignee, "", k->assignee_name, &timer, now);
}

static int follow(const struct participation *p, const struct stream_event *e, int64_t now)
{
	cleanup_free struct told_case *k = mem_alloc(sizeof *k);
	int number = (int)stream_int(e, "case"), r = matter_get(p->store, number, copy_case, k);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return e->kind == EVENT_CASE_OPENED ? follow_opened(p, number, k, now) : follow_step(p, e, k, now);
}

int duty_tick(const struct participation *p, int64_t now, int64_t *next)
{
	int numbers[CALLS_MAX];
	int r = stream_follow(p, "duty", 1ull << EVENT_CASE_OPENED | 1ull << EVENT_CASE_CHANGED, follow, now);
	int n = r < 0 ? r : duty_calls_waiting(p->store, numbers, CALLS_MAX);
	for (int i = 0; i < n && r >= 0; i++)
		r = look(p, numbers[i], now, next);
	return n < 0 ? n : r < 0 ? r : 0;
}

/* -------------------------------------------------------------------------------------------- by text */

int duty_call(const struct turn *t, const struct facts *f, const struct effect *e)
{
	char occasion[64];
	cleanup_free char *words = e->name ? mem_printf("%s：%s", e->name, t->words) : mem_dup(t->words);
	const struct duty_alarm a = {.number = e->number,
				     .phone = t->sender.number,
				     .name = t->sender.name,
				     .grid = t->sender.grid,
				     .building = e->building,
				     .unit = e->unit,
				     .room = e->room,
				     .text = words,
				     .heard_utc = t->heard_utc};
	(void)f;
	snprintf(occasion, sizeof occasion, "duty:%" PRId64, t->message);
	return duty_begin(t->p, &a, t->sender.number, false, occasion, &t->by, t->now);
}

int duty_acknowledge(const struct turn *t, const struct effect *e)
{
	cleanup_free char *before = matter_remember(t->p->store, e->number);
	enum case_state st;
	int r = matter_act(t->p->store, e->number,
			   &(struct matter_step){.event = CASE_EV_TAKE, .person = t->sender.person}, &t->by,
			   t->now, &st);
	if (r < 0 && r != -EPERM)
		return r;
	if ((r = take(t->p, e->number, t->sender.person, t->sender.number, t->sender.name, &t->by, t->now)) < 0)
		return r;
	return note_action(t, e, e->number, json_loads(before, 0, NULL));
}

int duty_cannot(const struct turn *t, const struct effect *e)
{
	int r = journal_add(t->p->store, e->number, "cannot come", NULL, &t->by, t->now);
	return r < 0 ? r : duty_next(t->p, e->number, t->now);
}

int duty_undo_take(const struct turn *t, const struct former *f)
{
	int number = (int)f->subject, r = matter_restore(t->p->store, number, f->raw, &t->by, t->now);
	return r < 0 ? r : duty_next(t->p, number, t->now);
}

int duty_correct(const struct turn *t, int number)
{
	char occasion[64];
	struct duty_call call;
	snprintf(occasion, sizeof occasion, "correction:%" PRId64 ":%d", t->message, number);
	int r = duty_call_get(t->p->store, number, &call);
	if (r < 0 || (r = duty_tell(t->p, number, t->sender.number, "duty.correction", t->sender.number,
				    t->sender.name, occasion, t->now)) < 0)
		return r;
	/* Nobody goes on waking people; whether all is well a person looks. */
	if (call.waiting && (r = give_up(t->p, &call, t->now)) < 0)
		return r;
	return journal_add(t->p->store, number, "said to be a mistake", NULL, &t->by, t->now);
}

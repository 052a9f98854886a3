/* UNDO: one action's state before it comes back, by a table with one function an action. Whether it may (half an hour, nobody built upon it) was
 * decided before. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_duty.h"
#include "store/action.h"
#include "store/broadcast.h"
#include "store/chore.h"
#include "store/event.h"
#include "store/matter.h"
#include "store/matter_route.h"
#include "store/meeting.h"
#include "store/person.h"
#include "store/phone.h"
#include "store/question.h"

#include <errno.h>
#include <string.h>

static int copy(void *ctx, const struct action *a)
{
	struct former *f = ctx;
	f->subject = a->subject;
	f->message = a->message;
	f->kind = a->kind;
	f->raw = mem_dup(a->before);
	f->before = json_loads(a->before, 0, NULL);
	return 0;
}

static const char *text_of(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));
	return s ? s : "";
}

static int undo_rsvp(const struct turn *t, const struct former *f)
{
	int answer = (int)json_integer_value(json_object_get(f->before, "answer"));
	int people = (int)json_integer_value(json_object_get(f->before, "people"));
	return meeting_rsvp(t->p->store, f->subject, t->sender.number, t->sender.person,
			    answer == 1   ? RSVP_YES
			    : answer == 2 ? RSVP_NO
					  : RSVP_NONE,
			    people, &t->by, t->now);
}

static int undo_case(const struct turn *t, const struct former *f)
{
	enum case_state st;
	int r = matter_act(t->p->store, (int)f->subject, &(struct matter_step){.event = CASE_EV_WITHDRAW},
			   &t->by, t->now, &st);
	return r == -EPERM ? 0 : r;
}

struct place {
	struct matter_new m;
	char grid[CIVIC_CODE_MAX], building[16], unit[16], room[16];
};

static int copy_place(void *ctx, const struct matter *m)
{
	struct place *p = ctx;
	text_copy(p->grid, sizeof p->grid, m->grid);
	text_copy(p->building, sizeof p->building, m->building);
	text_copy(p->unit, sizeof p->unit, m->unit);
	text_copy(p->room, sizeof p->room, m->room);
	p->m = (struct matter_new){.category = m->category, .origin = "split", .due_utc = m->due_utc};
	return 0;
}

/* Words that had joined a case become one of their own. */
static int own_case(const struct turn *t, const struct former *f)
{
	struct place p = {0};
	int category = category_find(text_of(f->before, "own category"));
	int r = matter_get(t->p->store, (int)f->subject, copy_place, &p);
	if (r < 0)
		return r;
	if (category >= 0)
		p.m.category = (enum category)category;
	p.m.grid = p.grid;
	p.m.building = p.building;
	p.m.unit = p.unit;
	p.m.room = p.room;
	p.m.text = text_of(f->before, "text");
	p.m.reporter = t->sender.person;
	p.m.number_from = t->sender.number;
	int number = 0;
	r = matter_add(t->p->store, &p.m, &t->by, t->now, &number);
	return r < 0 ? r : matter_begin(t->p->store, t->p->routes, number, 0, t->now);
}

/* A support that was there before the words came stays. */
static int undo_likely(const struct turn *t, const struct former *f)
{
	bool supported = json_is_true(json_object_get(f->before, "supported"));
	if (!f->split)
		return supported
			   ? 0
			   : matter_unsupport(t->p->store, (int)f->subject, t->sender.number, &t->by, t->now);
	int number = 0;
	int r = supported ? -ENOENT
			  : matter_split(t->p->store, (int)f->subject, t->sender.number,
					 text_of(f->before, "text"), &t->by, t->now, &number);
	if (r == -ENOENT)
		return own_case(t, f);
	return r < 0 ? r : matter_begin(t->p->store, t->p->routes, number, 0, t->now);
}

static int undo_join(const struct turn *t, const struct former *f)
{
	int r = matter_unjoin(t->p->store, (int)f->subject, text_of(f->before, "text"),
			      text_of(f->before, "category"), &t->by, t->now);
	return r < 0 || !f->split ? r : own_case(t, f);
}

static int undo_register(const struct turn *t, const struct former *f)
{
	if (json_is_true(json_object_get(f->before, "new")))
		return person_forget(t->p->store, f->subject, t->now);
	return person_edit(t->p->store, f->subject,
			   &(struct person_change){.name = text_of(f->before, "name"),
						   .grid = text_of(f->before, "grid"),
						   .building = text_of(f->before, "building"),
						   .unit = text_of(f->before, "unit"),
						   .room = text_of(f->before, "room")},
			   t->now);
}

static int undo_opt(const struct turn *t, const struct former *f)
{
	int o = opt_out_find(text_of(f->before, "opt"));
	return phone_set_opt_out(t->p->store, t->sender.number, o < 0 ? OPT_NONE : (enum opt_out)o, t->message,
				 t->now);
}

static int undo_support(const struct turn *t, const struct former *f)
{
	return matter_unsupport(t->p->store, (int)f->subject, t->sender.number, &t->by, t->now);
}

static int undo_step(const struct turn *t, const struct former *f)
{
	char phones[1][E164_MAX];
	struct question_fact q = {0};
	int r = matter_restore(t->p->store, (int)f->subject, f->raw, &t->by, t->now);
	/* "is it fixed?" is no question any more */
	if (r >= 0 && (r = matter_phones(t->p->store, (int)f->subject, phones, 1)) > 0)
		r = question_get(t->p->store, phones[0], t->now, &q);
	return r >= 0 && q.kind == ASKED_RATING && q.subject == f->subject
		   ? question_clear(t->p->store, phones[0])
		   : r;
}

static int undo_chore(const struct turn *t, const struct former *f)
{
	int r = chore_done(t->p->store, f->subject, t->now);
	return r == -ENOENT ? 0 : r;
}

static int undo_unlink(const struct turn *t, const struct former *f)
{
	(void)f;
	return phone_set_unlinked(t->p->store, t->sender.number, 0, t->now);
}

static int undo_duty(const struct turn *t, const struct former *f)
{
	return duty_correct(t, (int)f->subject);
}

/* What has gone has gone; nothing more goes. */
static int undo_approve(const struct turn *t, const struct former *f)
{
	int r = broadcast_pause(t->p->store, f->subject, &t->by, t->now);
	return r == -EPERM ? 0 : r;
}

static int undo_consult(const struct turn *t, const struct former *f)
{
	return consult_withdraw(t, (int)f->subject);
}

static int undo_attended(const struct turn *t, const struct former *f)
{
	return meeting_unattend(t->p->store, f->subject, t->sender.number, t->sender.person, &t->by, t->now);
}

static int undo_question(const struct turn *t, const struct former *f)
{
	return consult_unask(t, (int)f->subject, json_integer_value(json_object_get(f->before, "line")));
}

/* Who asked for it takes it back: what has not gone does not go. */
static int undo_broadcast(const struct turn *t, const struct former *f)
{
	int stopped = 0, r = broadcast_cancel(t->p->store, f->subject, &t->by, t->now, &stopped);
	return r == -EPERM ? 0 : r;
}

static int (*const table[ACTION_KIND_COUNT])(const struct turn *t, const struct former *f) = {
    [ACTION_RSVP] = undo_rsvp,
    [ACTION_CASE] = undo_case,
    [ACTION_SUPPORT] = undo_support,
    [ACTION_LIKELY] = undo_likely,
    [ACTION_JOIN] = undo_join,
    [ACTION_OPT] = undo_opt,
    [ACTION_REGISTER] = undo_register,
    [ACTION_STEP] = undo_step,
    [ACTION_CHORE] = undo_chore,
    [ACTION_CONSULT] = undo_consult,
    [ACTION_UNLINK] = undo_unlink,
    [ACTION_DUTY] = undo_duty,
    [ACTION_APPROVE] = undo_approve,
    [ACTION_CLAIM] = undo_claim,
    [ACTION_OFFER] = undo_offer,
    [ACTION_SUBSCRIBE] = undo_subscribe,
    [ACTION_ACKNOWLEDGE] = duty_undo_take,
    [ACTION_CHECKIN] = checkin_undo,
    [ACTION_WITNESS] = verify_undo,
    [ACTION_PROXY] = proxy_undo,
    [ACTION_VOTE] = undo_vote,
    [ACTION_BROADCAST] = undo_broadcast,
    [ACTION_ATTENDED] = undo_attended,
    [ACTION_QUESTION] = undo_question,
};

int undo_action(const struct turn *t, int64_t action, bool split)
{
	struct former f = {.split = split};
	int r = action_get(t->p->store, action, copy, &f);
	if (r >= 0 && (r = table[f.kind](t, &f)) >= 0)
		r = action_undone(t->p->store, action, t->now);
	json_decref(f.before);
	free(f.raw);
	return r < 0 ? r : 0;
}

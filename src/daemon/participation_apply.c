/* Carries out what was decided: a table with one function an effect. Each effect that UNDO can take back leaves an action
 * with the state before it. */
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_sensor.h"
#include "daemon/participation_duty.h"
#include "store/action.h"
#include "store/chore.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/matter_route.h"
#include "store/meeting.h"
#include "store/person.h"
#include "store/phone.h"
#include "store/private.h"
#include "store/question.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int note_action(const struct turn *t, const struct effect *e, int64_t subject, json_t *before)
{
	cleanup_free char *text = before ? json_dumps(before, JSON_COMPACT) : NULL;
	json_decref(before);
	if (e->undo < 0)
		return 0;
	return action_add(t->p->store, t->sender.number, (enum action_kind)e->undo, subject, text, &t->by,
			  t->now);
}

static int person_event(const struct turn *t, int64_t person, const char *what)
{
	return event_add(t->p->store, EVENT_PERSON_CHANGED, t->by.id,
			 json_pack("{s:I, s:s, s:I}", "person", (json_int_t)person, "what", what, "message",
				   (json_int_t)t->message),
			 t->now);
}

static int apply_rsvp(const struct turn *t, const struct facts *f, const struct effect *e)
{
	int answer = 0, people = 0;
	for (int i = 0; i < f->meeting_count; i++)
		if (f->meetings[i].id == e->subject) {
			answer = f->meetings[i].answer;
			people = f->meetings[i].people;
		}
	int r = meeting_rsvp(t->p->store, e->subject, t->sender.number, t->sender.person,
			     e->answer == 1 ? RSVP_YES : RSVP_NO, e->people, &t->by, t->now);
	return r < 0
		   ? r
		   : note_action(t, e, e->subject, json_pack("{s:i, s:i}", "answer", answer, "people", people));
}

/* By when, where the decision did not say. */
static int as_routed(const struct turn *t, const struct effect *e, struct matter_new *m)
{
	const struct route *route;
	int r = e->proposal ? 0 : matter_route(t->p->store, t->p->routes, e->category, m->grid, &route);
	if (r < 0 || e->proposal)
		return r;
	if (!m->due_utc)
		m->due_utc = case_due(t->p, route, 1, e->urgent, t->now);
	return 0;
}

static int apply_open(const struct turn *t, const struct facts *f, const struct effect *e)
{
	const char *text = e->text && *e->text ? e->text : t->words;
	int number = 0, kept = e->private ? private_keep(t->p->store, t->message, t->words, t->now) : 0;
	if (kept == -EBUSY || kept == -ENOSPC || kept == -EIO)
		return kept;
	if (kept < 0) /* nobody in distress goes unheard because of a file: lists empty it still */
		log_error("private words stay in the database, their own file cannot be used: %s",
			  strerror(-kept));
	struct matter_new m = {.kind = e->proposal ? MATTER_PROPOSAL : MATTER_CASE,
			       .category = e->category,
			       .text = e->private && kept == 0 ? "" : text,
			       .grid = t->sender.grid[0] ? t->sender.grid : f->sender.grid,
			       .building = e->building,
			       .unit = e->unit,
			       .room = e->room,
			       .place = e->place,
			       .urgent = e->urgent,
			       .anonymous = e->anonymous,
			       .private = e->private,
			       .origin = e->origin,
			       .reporter = t->sender.person,
			       .number_from = t->sender.number,
			       .deliberate = e->deliberate,
			       .due_utc = e->expires_utc};
	int r = as_routed(t, e, &m);
	if (r >= 0)
		r = matter_add(t->p->store, &m, &t->by, t->now, &number);
	if (r >= 0 && e->routed)
		r = matter_begin(t->p->store, t->p->routes, number, 0, t->now);
	if (r >= 0 && e->private)
		r = private_hide(t->p->store, t->message);
	return r < 0 ? r : note_action(t, e, number, NULL);
}

static int apply_support(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int r = matter_support(t->p->store, e->number, t->sender.number, t->sender.person, &t->by, t->now);
	if (r < 0)
		return r;
	bool fresh = r == 1, likely = e->undo == ACTION_LIKELY;
	if (likely && (r = journal_add(t->p->store, e->number, "likely the same", e->text, &t->by, t->now)) < 0)
		return r;
	return fresh || likely
		   ? note_action(t, e, e->number,
				 json_pack("{s:s, s:b}", "text", e->text ? e->text : "", "supported", !fresh))
		   : 0;
}

static int copy_category(void *ctx, const struct matter *m)
{
	*(enum category *)ctx = m->category;
	return 0;
}

static int apply_join(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	const char *words = e->text && *e->text ? e->text : t->words;
	enum category before = CATEGORY_OTHER;
	int r = matter_get(t->p->store, e->number, copy_category, &before);
	if (r < 0 || (r = matter_join(t->p->store, e->number, words, e->category, &t->by, t->now)) < 0)
		return r;
	return note_action(t, e, e->number,
			   json_pack("{s:s, s:s, s:s}", "text", words, "category", category_name(before),
				     "own category", category_name(e->category)));
}

static int apply_opt(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	json_t *before = json_pack("{s:s}", "opt", opt_out_name(t->sender.opted_out));
	int r = phone_set_opt_out(t->p->store, t->sender.number, e->opt, t->message, t->now);
	/* START from somebody in the registry is the consent that was missing. */
	if (r >= 0 && e->opt == OPT_NONE && t->sender.person) {
		struct person who;
		if ((r = person_get(t->p->store, t->sender.person, &who)) >= 0 && !who.consent)
			r = person_edit(t->p->store, who.id,
					&(struct person_change){.consent_source = "text START"}, t->now);
	}
	if (r >= 0)
		r = note_action(t, e, 0, before);
	else
		json_decref(before);
	return r < 0 ? r
		     : person_event(t, t->sender.person,
				    e->opt == OPT_NONE         ? "texts resumed"
				    : e->opt == OPT_BROADCASTS ? "broadcasts stopped"
							       : "all texts stopped");
}

static int apply_unlink(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int r = phone_set_unlinked(t->p->store, t->sender.number, t->now, t->now);
	if (r >= 0)
		r = question_forget(t->p->store, t->sender.number);
	if (r >= 0)
		r = note_action(t, e, 0, NULL);
	return r < 0 ? r : person_event(t, t->sender.person, "number unlinked");
}

static int apply_register(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	struct store *s = t->p->store;
	char grid[CIVIC_CODE_MAX] = "", note[256];
	const struct sender *w = &t->sender;
	int64_t id = w->person;
	json_t *before;
	int r = *e->building ? facts_grid_of_building(s, e->building, grid) : 0;
	struct person_change ch = {.name = *e->name ? e->name : NULL, .confirmed = -1};
	if (*e->building) {
		ch.building = e->building;
		ch.unit = e->unit;
		ch.room = e->room;
	} else if (*e->room)
		ch.room = e->room;
	if (*grid)
		ch.grid = grid;
	if (w->person) {
		before = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", w->name, "grid", w->grid, "building",
				   w->building, "unit", w->unit, "room", w->room);
		r = person_edit(s, id, &ch, t->now);
	} else {
		before = json_pack("{s:b}", "new", 1);
		ch.set_roles = true;
		ch.roles = ROLE(RESIDENT);
		ch.numbers[0] = w->number;
		ch.number_count = 1;
		r = phone_set_unlinked(s, w->number, 0, t->now);
		if (r >= 0)
			r = person_add(s, &ch, t->now, &id);
	}
	if (r < 0) {
		json_decref(before);
		return r;
	}
	snprintf(note, sizeof note, "%s %s-%s-%s", e->name, e->building, e->unit, e->room);
	if ((r = note_action(t, e, id, before)) < 0 ||
	    (r = chore_add(s, "register", w->number, id, note, &t->by, t->now, NULL, NULL)) < 0)
		return r;
	return person_event(t, id, "registered by text");
}

static int apply_chore(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int64_t id = 0;
	char note[256] = "";
	if (e->number)
		snprintf(note, sizeof note, "case %d: %.200s", e->number, e->note ? e->note : "");
	else
		text_copy(note, sizeof note, e->note ? e->note : "");
	int r = chore_add(t->p->store, e->origin, t->sender.number, t->sender.person, note, &t->by, t->now, &id,
			  NULL);
	return r < 0 ? r : note_action(t, e, id, NULL);
}

static int apply_attended(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int r = meeting_attend(t->p->store, e->subject, t->sender.number, t->sender.person, &t->by, t->now);
	return r <= 0 ? r : note_action(t, e, e->subject, NULL); /* a second check-in changes nothing */
}

static int apply_ask(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return question_ask(t->p->store, t->sender.number, e->asked, e->subject, e->note, t->now,
			    e->expires_utc);
}

static int apply_answered(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f, (void)e;
	int r = question_clear(t->p->store, t->sender.number);
	return r < 0 ? r : ask_next(t->p, t->sender.number, t->now);
}

static int apply_quote(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return quoted_add(t->p->store, t->sender.number, e->number, t->now);
}

static int apply_duty(const struct turn *t, const struct facts *f, const struct effect *e)
{
	int r = duty_call(t, f, e);
	return r < 0 ? r : note_action(t, e, e->number, NULL);
}

static int apply_mediate(const struct turn *t, const struct facts *f, const struct effect *e)
{
	int r = f->mediator_count ? 0
				  : chore_add(t->p->store, "mediator", t->sender.number, t->sender.person, "",
					      &t->by, t->now, NULL, NULL);
	return r < 0 ? r : mediate(t, e);
}

static int apply_acknowledge(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return duty_acknowledge(t, e);
}

static int apply_cannot(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return duty_cannot(t, e);
}

static int apply_approve(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int r = approval_apply(t, e);
	return r < 0 ? r : note_action(t, e, e->subject, NULL);
}

static int apply_code(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return approval_apply(t, e);
}

static int apply_undo(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return undo_action(t, e->subject, e->split);
}

static int apply_consult(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return consult_apply(t, e);
}

static int apply_resent(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f, (void)e;
	return phone_set_resent(t->p->store, t->sender.number, t->now);
}

static int (*const table[EFFECT_KIND_COUNT])(const struct turn *t, const struct facts *f,
					     const struct effect *e) = {
    [EFFECT_RSVP] = apply_rsvp,
    [EFFECT_ATTENDED] = apply_attended,
    [EFFECT_OPEN] = apply_open,
    [EFFECT_SUPPORT] = apply_support,
    [EFFECT_JOIN] = apply_join,
    [EFFECT_STEP] = case_step,
    [EFFECT_OPT] = apply_opt,
    [EFFECT_UNLINK] = apply_unlink,
    [EFFECT_REGISTER] = apply_register,
    [EFFECT_CHORE] = apply_chore,
    [EFFECT_ASK] = apply_ask,
    [EFFECT_ANSWERED] = apply_answered,
    [EFFECT_QUOTE] = apply_quote,
    [EFFECT_DUTY] = apply_duty,
    [EFFECT_MEDIATE] = apply_mediate,
    [EFFECT_APPROVE] = apply_approve,
    [EFFECT_MISCODE] = apply_code,
    [EFFECT_RECODE] = apply_code,
    [EFFECT_UNDO] = apply_undo,
    [EFFECT_CONSULT] = apply_consult,
    [EFFECT_CONSULT_MORE] = apply_consult,
    [EFFECT_CONSULT_ANSWER] = apply_consult,
    [EFFECT_CONSULT_PASS] = apply_consult,
    [EFFECT_CONSULT_CLOSE] = apply_consult,
    [EFFECT_CLAIM] = apply_claim,
    [EFFECT_OFFER] = apply_offer,
    [EFFECT_WITHDRAW] = apply_withdraw,
    [EFFECT_SETTLED] = apply_settled,
    [EFFECT_SUBSCRIBE] = apply_subscribe,
    [EFFECT_ACKNOWLEDGE] = apply_acknowledge,
    [EFFECT_CANNOT] = apply_cannot,
    [EFFECT_CHECKIN] = checkin_answer,
    [EFFECT_WITNESS] = verify_answer,
    [EFFECT_PROXY] = proxy_open,
    [EFFECT_VOTE] = apply_vote,
    [EFFECT_RESENT] = apply_resent,
    [EFFECT_ALARM] = sensor_apply,
    [EFFECT_CONFIRM] = command_confirm,
    [EFFECT_COMMAND] = command_close,
    [EFFECT_NOCOMMAND] = command_wrong,
    [EFFECT_BROADCAST] = command_broadcast,
};

int apply(const struct turn *t, const struct facts *f, const struct decision *d)
{
	int r = 0;
	for (int i = 0; i < d->effect_count && r >= 0; i++)
		r = table[d->effects[i].kind](t, f, &d->effects[i]);
	return r < 0 ? r : 0;
}

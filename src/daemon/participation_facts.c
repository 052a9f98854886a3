/* Gathers what the decision about one intent needs: a table with one function a need. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_duty.h"
#include "daemon/participation_sensor.h"
#include "store/action.h"
#include "store/approval.h"
#include "store/duty.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/offer.h"
#include "store/phone.h"
#include "store/proxy.h"
#include "store/question.h"

#include <string.h>

static bool wordless(const char *text)
{
	for (uint32_t c; (c = text_next(&text));)
		if (c > ' ' && c != 0x3000 && c != 0xFFFD && c != 0xA0)
			return false;
	return true;
}

/* "3 …" is a command and is never joined to what was said before. */
static bool begins_with_code(const char *text)
{
	for (uint32_t c; (c = text_next(&text));)
		if (c > ' ' && c != 0x3000)
			return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
	return false;
}

static int get_matter(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct store *s = t->p->store;
	if (in->has & ARG_NUMBER)
		return facts_matter(s, &t->sender, in->number, &f->named);
	if (in->kind == INTENT_RATE && f->question.kind == ASKED_RATING)
		return facts_matter(s, &t->sender, (int)f->question.subject, &f->named);
	return facts_latest(s, &t->sender, in->kind == INTENT_RATE, &f->named);
}

/* A number that is a consultation brings how the sender stands to it. */
static int get_named(const struct turn *t, const struct intent *in, struct facts *f)
{
	int r = get_matter(t, in, f);
	return r >= 0 && f->named.consult && in->has & ARG_NUMBER ? consult_facts(t, in, f) : r;
}

static int get_meetings(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	return facts_meetings(t->p->store, f);
}

static int get_items(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	return facts_items(t->p->store, f);
}

static int get_agenda(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	return facts_agenda(t->p->store, f);
}

static int get_item(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	return facts_item(t->p->store, f);
}

static int get_attendance(const struct turn *t, const struct intent *in, struct facts *f)
{
	return facts_attendance(t->p->store, in->code, f);
}

static int get_candidates(const struct turn *t, const struct intent *in, struct facts *f)
{
	return in->has & ARG_NUMBER ? 0 : facts_candidates(t->p->store, f);
}

static int get_similar(const struct turn *t, const struct intent *in, struct facts *f)
{
	return facts_similar(t->p->store, in->kind == INTENT_COMPLAINT ? in->category : CATEGORY_OTHER, f);
}

static int get_recent(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	return t->answers || begins_with_code(t->words)
		   ? 0
		   : facts_recent(t->p->store, t->p->config->merge_window_ms / 1000, f);
}

static int get_duty(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	int r = facts_recent_duty(t->p->store, f);
	if (r >= 0 && (r = duty_count(t->p, t->sender.grid, t->sender.number, t->now)) >= 0)
		f->duty_count = r;
	return r;
}

static int get_call(const struct turn *t, const struct intent *in, struct facts *f)
{
	int r =
	    facts_call(t->p->store, &t->sender, in->has & ARG_NUMBER ? in->number : 0, t->now, &f->duty.call);
	return r < 0 || !(t->sender.roles & ROLES_STAFF) ? r : sensor_gather(t, in, f);
}

static int get_mediators(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	char phones[32][E164_MAX];
	int r = mediator_phones(t, phones, 32);
	if (r >= 0)
		f->mediator_count = r;
	return r;
}

static int get_approval(const struct turn *t, const struct intent *in, struct facts *f)
{
	return approval_get(t->p->store, t->sender.number, t->sender.person, in->code, t->now, &f->approval);
}

static int get_actions(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	int r = proxy_arrived(t->p->store, t->sender.number, t->now);
	if (r >= 0)
		r = action_last(t->p->store, t->sender.number, t->now - UNDO_S, f->actions);
	if (r >= 0)
		f->action_count = r;
	return r;
}

/* Which offers a text without a number may mean. */
static int get_offers(struct store *s, enum intent_kind k, struct facts *f)
{
	if (k == INTENT_TAKE)
		return facts_offers_to_take(s, f);
	if (k == INTENT_GIVEBACK || k == INTENT_ARRIVED || k == INTENT_DONE || k == INTENT_DECLINE ||
	    k == INTENT_ATTENDANCE || k == INTENT_STAFF_LIST)
		return facts_offers_claimed(s, f);
	if (k == INTENT_JOBS || k == INTENT_ACTIVITY || k == INTENT_ERRAND)
		return facts_board(s,
				   k == INTENT_JOBS       ? FLAVOUR_JOB
				   : k == INTENT_ACTIVITY ? FLAVOUR_ACTIVITY
							  : FLAVOUR_ERRAND,
				   f);
	return 0;
}

static int get_offer(const struct turn *t, const struct intent *in, struct facts *f)
{
	if (f->named.task)
		return facts_offer(t->p->store, &t->sender, f->named.number, &f->offer.named);
	return in->has & ARG_NUMBER ? 0 : get_offers(t->p->store, in->kind, f);
}

static int get_resend(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct phone ph;
	(void)in;
	int r = phone_get(t->p->store, t->sender.number, &ph);
	if (r < 0)
		return r;
	f->resend.resent_utc = ph.resent_utc;
	return facts_last_text(t->p->store, t->sender.number, t->now, &f->resend);
}

/* Only the running daemon knows; a text that is taken without it gets a shorter answer. */
static int get_box(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	return t->p->look ? t->p->look(t->p->look_user, t->now, t->language, &f->box) : 0;
}

static const struct {
	unsigned need; /* enum fact_need, or NEED_BOX */
	int (*get)(const struct turn *t, const struct intent *in, struct facts *f);
} table[] = {
    {NEED_ROUTE, case_get_place}, /* first: the others ask in which grid */
    {NEED_MEETINGS, get_meetings},
    {NEED_ITEMS, get_items},
    {NEED_AGENDA, get_agenda},
    {NEED_ATTENDANCE, get_attendance},
    {NEED_NAMED, get_named},
    {NEED_CANDIDATES, get_candidates},
    {NEED_SIMILAR, get_similar},
    {NEED_RECENT, get_recent},
    {NEED_DUTY, get_duty},
    {NEED_MEDIATORS, get_mediators},
    {NEED_APPROVAL, get_approval},
    {NEED_ACTIONS, get_actions},
    {NEED_ITEM, get_item}, /* after the named matter */
    {NEED_POINTS, points_facts},
    {NEED_CONSULT, consult_facts}, /* participation_civics.c, …_consult.c */
    {NEED_FAQ, faq_facts},
    {NEED_ROUTE, case_get_route},
    {NEED_MINE, case_get_mine},
    {NEED_OTHER, case_get_other},
    {NEED_FOUND, case_get_found},
    {NEED_NEXT, case_get_next},
    {NEED_LIST, case_get_list},
    {NEED_LONGER, case_get_longer},
    {NEED_AUDIENCE, audience_gather},
    {NEED_APPROVAL, command_gather},
    {NEED_OFFER, get_offer}, /* after the named matter */
    {NEED_CALL, get_call},
    {NEED_CHECKIN, checkin_facts},
    {NEED_PROXY, proxy_facts},
    {NEED_WITNESS, verify_facts},
    {NEED_POLLS, get_polls},
    {NEED_RESEND, get_resend},
    {NEED_BOX, get_box},
};

int gather_needs(const struct turn *t, const struct intent *in, unsigned needs, struct facts *f)
{
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(table) && r >= 0; i++)
		if (needs & table[i].need)
			r = table[i].get(t, in, f);
	return r < 0 ? r : 0;
}

int sender_of(const struct participation *p, const char *number, struct sender *ret)
{
	const struct config *c = p->config;
	int r = facts_sender(p->store, number, c->number, c->language, ret);
	for (int i = 0; i < c->modem_count && r >= 0; i++)
		ret->machine =
		    ret->machine || (c->modems[i].number && !strcmp(ret->number, c->modems[i].number));
	return r;
}

int gather(const struct turn *t, const struct intent *in, bool several, struct facts *f)
{
	struct store *s = t->p->store;
	unsigned needs = decide_needs(in->kind);
	int r;
	*f = (struct facts){
	    .now = t->now, .sender = t->sender, .several = several, .quote_only = wordless(t->words)};
	if ((r = question_get(s, t->sender.number, t->now, &f->question)) < 0 ||
	    (r = matter_next_number(s, &f->next_number)) < 0)
		return r;
	if (!(t->sender.roles & ROLES_STAFF) && (r = facts_flood(s, f)) < 0)
		return r;
	if (f->question.kind == ASKED_NONE)
		f->question = t->meant;
	return gather_needs(t, in, needs, f);
}

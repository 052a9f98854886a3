#include "civic/decide_internal.h"

#include <assert.h>

/* One row an intent: who decides, and on which facts. */
static const struct {
	void (*decide)(const struct facts *f, const struct intent *in, struct decision *d);
	unsigned needs;
	/* … when the number is that of an offer (task, activity …); NULL: the same */
	void (*of_offer)(const struct facts *f, const struct intent *in, struct decision *d);
} table[INTENT_COUNT] = {
    [INTENT_ATTEND] = {decide_attend, NEED_MEETINGS, NULL},
    [INTENT_DECLINE] = {decide_decline, NEED_MEETINGS | NEED_CALL | NEED_OFFER, NULL},
    [INTENT_COMPLAINT] = {decide_complaint, NEED_SIMILAR | NEED_RECENT | NEED_ROUTE, NULL},
    [INTENT_PROPOSAL] = {decide_proposal, NEED_AGENDA, NULL},
    [INTENT_SUPPORT] = {decide_support, NEED_NAMED | NEED_CANDIDATES | NEED_OFFER, decide_offer_support},
    [INTENT_STATUS] = {decide_status, NEED_NAMED | NEED_ITEM | NEED_OFFER, decide_offer_status},
    [INTENT_AGENDA] = {decide_agenda, NEED_MEETINGS | NEED_ITEMS, NULL},
    [INTENT_DUTY] = {decide_duty, NEED_DUTY | NEED_CHECKIN, NULL},
    [INTENT_MENU] = {decide_menu, 0, NULL},
    [INTENT_RATE] = {decide_rate, NEED_NAMED | NEED_CONSULT | NEED_OFFER, decide_offer_rate},
    [INTENT_VOTE] = {decide_vote, NEED_POLLS, NULL},
    [INTENT_REGISTER] = {decide_register, 0, NULL},
    [INTENT_POINTS] = {decide_points, NEED_POINTS, NULL},
    [INTENT_STOP] = {decide_stop, 0, NULL},
    [INTENT_START] = {decide_start, 0, NULL},
    [INTENT_UNDO] = {decide_undo, NEED_ACTIONS, NULL},
    [INTENT_THANKS] = {decide_thanks, NEED_CONSULT | NEED_CALL, NULL},
    [INTENT_CONSULT] = {decide_consult, NEED_CONSULT, NULL},
    [INTENT_JOBS] = {decide_jobs, NEED_OFFER, NULL},
    [INTENT_ERASE] = {decide_erase, 0, NULL},
    [INTENT_CALLBACK] = {decide_callback, 0, NULL},
    [INTENT_PRIVATE] = {decide_private, NEED_MEDIATORS, NULL},
    [INTENT_FAQ] = {decide_faq, NEED_FAQ, NULL},
    [INTENT_ATTENDANCE] = {decide_attendance, NEED_ATTENDANCE | NEED_OFFER, NULL},
    [INTENT_CHECKIN] = {decide_checkin, NEED_CHECKIN, NULL},
    [INTENT_PROXY] = {decide_proxy, NEED_PROXY, NULL},
    [INTENT_WRONG_NUMBER] = {decide_wrong_number, 0, NULL},
    [INTENT_ACTIVITY] = {decide_activity, NEED_OFFER, NULL},
    [INTENT_ERRAND] = {decide_errand, NEED_OFFER, NULL},
    [INTENT_TAKE] = {decide_take, NEED_NAMED | NEED_OFFER, NULL},
    [INTENT_GIVEBACK] = {decide_giveback, NEED_NAMED | NEED_OFFER, NULL},
    [INTENT_ARRIVED] = {decide_arrived, NEED_CALL | NEED_NAMED | NEED_OFFER, NULL},
    [INTENT_DONE] = {decide_done, NEED_NAMED | NEED_OFFER, NULL},
    [INTENT_STAFF_TAKE] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_CALL, decide_task_staff},
    [INTENT_STAFF_VERIFY] = {decide_verify, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_WITNESS,
			     decide_task_staff},
    [INTENT_STAFF_RESOLVE] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_CALL, decide_task_staff},
    [INTENT_STAFF_RETURN] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_NEXT, decide_task_staff},
    [INTENT_STAFF_TRANSFER] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_FOUND,
			       decide_task_staff},
    [INTENT_STAFF_EXTEND] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_LONGER,
			     decide_task_staff},
    [INTENT_STAFF_BROADCAST] = {decide_broadcast, NEED_AUDIENCE, NULL},
    [INTENT_STAFF_REJECT] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE, decide_task_staff},
    [INTENT_STAFF_ESCALATE] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_FOUND | NEED_NEXT,
			       decide_task_staff},
    [INTENT_STAFF_MERGE] = {decide_staff, NEED_NAMED | NEED_OFFER | NEED_MINE | NEED_OTHER, decide_task_staff},
    [INTENT_ANSWER] = {decide_answer, NEED_CONSULT, NULL},
    [INTENT_VOLUNTEER] = {decide_volunteer, 0, NULL},
    [INTENT_STAFF_LIST] = {decide_list, NEED_LIST | NEED_OFFER | NEED_NAMED | NEED_ITEM, NULL},
    [INTENT_SELFTEST] = {decide_selftest, NEED_BOX, NULL},
    [INTENT_RESEND] = {decide_resend, NEED_RESEND, NULL},
    [INTENT_CODE] = {decide_code, NEED_APPROVAL | NEED_RECENT | NEED_SIMILAR, NULL},
    [INTENT_ACKNOWLEDGE] = {decide_received, NEED_NAMED | NEED_OFFER | NEED_CALL | NEED_MINE,
			    decide_task_staff},
    [INTENT_UNKNOWN] = {decide_unknown, NEED_NAMED | NEED_RECENT | NEED_SIMILAR | NEED_ROUTE | NEED_FAQ, NULL},
};

unsigned decide_needs(enum intent_kind kind)
{
	return table[kind].needs;
}

/* A phone cannot fill the list of cases: its words are kept with its latest one. */
static void stem_flood(const struct facts *f, struct decision *d)
{
	for (int i = 0; i < d->effect_count; i++) {
		struct effect *e = &d->effects[i];
		if (e->kind != EFFECT_OPEN || e->urgent || e->private)
			continue;
		e->kind = EFFECT_JOIN;
		e->number = f->flood_case;
		e->undo = -1;
		d->arg_count = 0;
		d->open_number = 0;
		decision_int(d, "number", f->flood_case);
		decision_key(d, "category", category_key(e->category));
		decision_say(d, f, "case.again");
	}
}

void decide(const struct facts *f, const struct intent *in, struct decision *ret)
{
	*ret = (struct decision){0};
	bool offer = f->named.task && table[in->kind].of_offer;
	if (table[in->kind].needs & NEED_CALL && means_alarm(f, in))
		decide_alarm(f, in, ret);
	else if (table[in->kind].needs & NEED_CALL && means_call(f, in))
		decide_acknowledge(f, in, ret);
	else
		(offer ? table[in->kind].of_offer : table[in->kind].decide)(f, in, ret);
	if (f->flood_case)
		stem_flood(f, ret);
}

bool intent_is_free_text(enum intent_kind k)
{
	return k == INTENT_COMPLAINT || k == INTENT_UNKNOWN || k == INTENT_PROPOSAL || k == INTENT_THANKS;
}

struct effect *decision_effect(struct decision *d, enum effect_kind kind)
{
	assert(d->effect_count < DECISION_EFFECTS);
	struct effect *e = &d->effects[d->effect_count++];
	*e = (struct effect){.kind = kind, .undo = -1};
	return e;
}

static struct reply_arg *argument(struct decision *d, const char *name, enum reply_arg_type type)
{
	assert(d->arg_count < REPLY_ARGS);
	struct reply_arg *a = &d->args[d->arg_count++];
	*a = (struct reply_arg){.name = name, .type = type};
	return a;
}

void decision_text(struct decision *d, const char *name, const char *text, int max)
{
	struct reply_arg *a = argument(d, name, REPLY_TEXT);
	a->text = text;
	a->max = max;
}

void decision_int(struct decision *d, const char *name, int64_t n)
{
	argument(d, name, REPLY_INT)->n = n;
}

void decision_when(struct decision *d, const char *name, int64_t utc)
{
	argument(d, name, REPLY_WHEN)->n = utc;
}

void decision_date(struct decision *d, const char *name, int64_t utc)
{
	argument(d, name, REPLY_DATE)->n = utc;
}

void decision_key(struct decision *d, const char *name, const char *key)
{
	argument(d, name, REPLY_KEY)->text = key;
}

const char *category_key(enum category c)
{
	static const char *const keys[CATEGORY_COUNT] = {
#define X(id, name) [CATEGORY_##id] = "category." name,
	    CATEGORIES(X)
#undef X
	};
	return keys[c];
}

const char *state_key(enum case_state s)
{
	static const char *const keys[CASE_STATE_COUNT] = {
#define X(id, name) [CASE_##id] = "state." name,
	    CASE_STATES(X)
#undef X
	};
	return keys[s];
}

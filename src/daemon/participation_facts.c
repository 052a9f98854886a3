/* Gathers what the decision about one intent needs. */
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/action.h"
#include "store/approval.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/question.h"

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

static int named(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct store *s = t->p->store;
	if (in->has & ARG_NUMBER)
		return facts_matter(s, &t->sender, in->number, &f->named);
	if (in->kind == INTENT_RATE && f->question.kind == ASKED_RATING)
		return facts_matter(s, &t->sender, (int)f->question.subject, &f->named);
	return facts_latest(s, &t->sender, in->kind == INTENT_RATE, &f->named);
}

int gather(const struct turn *t, const struct intent *in, bool several, struct facts *f)
{
	struct store *s = t->p->store;
	unsigned needs = decide_needs(in->kind);
	char phones[32][E164_MAX];
	int r;
	*f = (struct facts){
	    .now = t->now, .sender = t->sender, .several = several, .quote_only = wordless(t->words)};
	if ((r = question_get(s, t->sender.number, t->now, &f->question)) < 0 ||
	    (r = matter_next_number(s, &f->next_number)) < 0)
		return r;
	if (!(t->sender.roles & ROLES_STAFF) && (r = facts_flood(s, f)) < 0)
		return r;
	if (needs & NEED_MEETINGS && (r = facts_meetings(s, f)) < 0)
		return r;
	if (needs & NEED_NAMED && (r = named(t, in, f)) < 0)
		return r;
	if (needs & NEED_CANDIDATES && !(in->has & ARG_NUMBER) && (r = facts_candidates(s, f)) < 0)
		return r;
	if (needs & NEED_SIMILAR &&
	    (r = facts_similar(s, in->kind == INTENT_COMPLAINT ? in->category : CATEGORY_OTHER, f)) < 0)
		return r;
	if (needs & NEED_RECENT && !begins_with_code(t->words) &&
	    (r = facts_recent(s, t->p->config->merge_window_ms / 1000, f)) < 0)
		return r;
	if (needs & NEED_DUTY) {
		if ((r = facts_recent_duty(s, f)) < 0 || (r = duty_phones(t, t->sender.grid, phones, 32)) < 0)
			return r;
		f->duty_count = r;
	}
	if (needs & NEED_MEDIATORS) {
		if ((r = mediator_phones(t, phones, 32)) < 0)
			return r;
		f->mediator_count = r;
	}
	if (needs & NEED_APPROVAL &&
	    (r = approval_get(s, t->sender.number, t->sender.person, in->code, t->now, &f->approval)) < 0)
		return r;
	if (needs & NEED_ACTIONS) {
		if ((r = action_last(s, t->sender.number, t->now - UNDO_S, f->actions)) < 0)
			return r;
		f->action_count = r;
	}
	return 0;
}

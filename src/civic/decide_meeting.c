/* Coming, not coming, what is on the agenda. */
#include "civic/decide_internal.h"

#include <string.h>

static bool coming(const struct facts *f, const struct meeting_fact *m)
{
	return m->starts_utc > f->now && m->starts_utc - f->now <= MEETING_WITHIN_S;
}

/* Invited, silent, and it has just begun: an answer is about this one, not about next week's. */
static bool under_way(const struct facts *f, const struct meeting_fact *m)
{
	return m->invited && m->answer != 1 && m->starts_utc <= f->now && f->now < m->ends_utc;
}

int meeting_choose(const struct facts *f)
{
	if (f->question.kind == ASKED_INVITATION)
		for (int i = 0; i < f->meeting_count; i++)
			if (f->meetings[i].id == f->question.subject && f->meetings[i].starts_utc > f->now)
				return i;
	for (int i = 0; i < f->meeting_count; i++)
		if (under_way(f, &f->meetings[i]))
			return i;
	for (int i = 0; i < f->meeting_count; i++)
		if (f->meetings[i].invited && !f->meetings[i].answer && f->meetings[i].starts_utc > f->now)
			return i;
	int best = MEETING_NONE;
	for (int i = 0; i < f->meeting_count; i++) {
		const struct meeting_fact *m = &f->meetings[i];
		if (!coming(f, m))
			continue;
		if (best < 0) {
			best = i;
			continue;
		}
		/* Nobody knows which grid this phone belongs to, and there is more than one to choose from. */
		if (!f->meeting_grid && m->series != f->meetings[best].series && !m->answer &&
		    !f->meetings[best].answer)
			return MEETING_SEVERAL;
		const struct meeting_fact *b = &f->meetings[best];
		if (m->distance < b->distance || (m->distance == b->distance && m->starts_utc < b->starts_utc))
			best = i;
	}
	return best;
}

static void say_none_or_which(const struct facts *f, const struct intent *in, int which, struct decision *d)
{
	if (which == MEETING_NONE) {
		decision_say(d, f, "meeting.none");
		return;
	}
	struct effect *e = decision_effect(d, EFFECT_ASK);
	e->asked = ASKED_TEXT;
	e->note = in->kind == INTENT_ATTEND ? "attend" : "decline";
	e->subject = in->has & ARG_PEOPLE ? in->people : 1;
	e->expires_utc = f->now + QUESTION_TEXT_S;
	decision_say(d, f, "meeting.which");
}

static void settle_invitation(const struct facts *f, const struct meeting_fact *m, struct decision *d)
{
	if (f->question.kind == ASKED_INVITATION && f->question.subject == m->id)
		decision_effect(d, EFFECT_ANSWERED);
}

void decide_attend(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (decide_missed_meeting(f, d))
		return;
	int which = meeting_choose(f);
	if (which < 0) {
		say_none_or_which(f, in, which, d);
		return;
	}
	const struct meeting_fact *m = &f->meetings[which];
	int people = in->has & ARG_PEOPLE ? in->people : 1;
	people = people < 1 ? 1 : people > 99 ? 99 : people;
	struct effect *e = decision_effect(d, EFFECT_RSVP);
	e->subject = m->id;
	e->answer = 1;
	e->people = people;
	e->undo = ACTION_RSVP;
	settle_invitation(f, m, d);
	decision_when(d, "when", m->starts_utc);
	decision_text(d, "place", m->place, 16);
	decision_text(d, "code", m->code, 0);
	if (people > 1)
		decision_int(d, "people", people);
	if (m->starts_utc <= f->now)
		decision_say(d, f, "attend.late");
	else
		decision_say(d, f, "attend");
}

void decide_decline(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (decide_missed_meeting(f, d))
		return;
	int which = meeting_choose(f);
	if (which < 0 && f->offer.count) { /* "不去了" of who took a task, or signed up for an activity */
		decide_giveback(f, in, d);
		return;
	}
	if (which < 0) {
		say_none_or_which(f, in, which, d);
		return;
	}
	const struct meeting_fact *m = &f->meetings[which];
	struct effect *e = decision_effect(d, EFFECT_RSVP);
	e->subject = m->id;
	e->answer = 2;
	e->people = 1;
	e->undo = ACTION_RSVP;
	settle_invitation(f, m, d);
	decision_when(d, "when", m->starts_utc);
	decision_say(d, f, "decline");
}

void decide_agenda(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	const struct meeting_fact *best = NULL;
	for (int i = 0; i < f->meeting_count; i++) {
		const struct meeting_fact *m = &f->meetings[i];
		if (m->starts_utc > f->now &&
		    (!best || m->distance < best->distance ||
		     (m->distance == best->distance && m->starts_utc < best->starts_utc)))
			best = m;
	}
	if (!best) {
		decision_say(d, f, "meeting.none");
		return;
	}
	decision_when(d, "when", best->starts_utc);
	decision_text(d, "place", best->place, 16);
	decision_text(d, "items", best->items, 0);
	if (*best->title)
		decision_text(d, "title", best->title, 8);
	else
		decision_key(d, "title", "meeting.word");
	decision_say(d, f, "agenda");
}

void decide_attendance(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct attendance_fact *a = &f->meeting.attendance;
	if (!(in->has & ARG_CODE) && offer_goes_on(f)) { /* a patrol that has come */
		decide_arrived(f, in, d);
		return;
	}
	if (!a->meeting) {
		decision_say(d, f, "attendance.wrong");
		return;
	}
	decision_when(d, "when", a->starts_utc);
	if (a->cancelled)
		decision_say(d, f, "attendance.cancelled");
	else if (f->now < a->starts_utc - ATTENDANCE_EARLY_S)
		decision_say(d, f, "attendance.early");
	else if (f->now > a->ends_utc + ATTENDANCE_LATE_S)
		decision_say(d, f, "attendance.late");
	else {
		struct effect *e = decision_effect(d, EFFECT_ATTENDED);
		e->subject = a->meeting;
		e->undo = ACTION_ATTENDED;
		decision_text(d, "place", a->place, 16);
		decision_say(d, f, "attended");
	}
}

void decision_item(const struct facts *f, struct decision *d)
{
	const struct item_fact *it = &f->meeting.item;
	if (it->starts_utc)
		decision_date(d, "agenda", it->starts_utc);
	else if (it->verdict != VERDICT_NONE)
		decision_key(d, "decided", verdict_info((enum verdict)it->verdict)->status);
}

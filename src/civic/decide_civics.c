/* What a resident asks to know: the own points, and plain answers that the secretary keeps. */
#include "civic/decide_internal.h"

#include <inttypes.h>

void decide_points(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	const struct points_fact *p = &f->civics.points;
	static const char *const names[POINTS_OWNERS][2] = {
	    {"n1", "t1"}, {"n2", "t2"}, {"n3", "t3"}, {"n4", "t4"}};
	if (p->owners == 0) {
		decision_say(d, f, "points.unknown");
		return;
	}
	if (p->owners > 1) { /* a shared phone: whose */
		for (int i = 0; i < p->owners && i < REPLY_ARGS / 2; i++) {
			decision_text(d, names[i][0], p->list[i].name[0] ? p->list[i].name : "?", 6);
			decision_int(d, names[i][1], p->list[i].balance);
		}
		decision_say(d, f, "points.shared");
		return;
	}
	decision_int(d, "count", p->list[0].balance);
	decision_int(d, "month", p->list[0].month);
	decision_text(d, "items", p->items, 0);
	decision_say(d, f, "points");
}

/* A question that nothing answers goes to the list of who keeps the answers. */
static void leave_question(const struct intent *in, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_CHORE);
	e->origin = "faq";
	e->note = in->topic;
	e->undo = ACTION_CHORE;
}

void decide_faq(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct faq_fact *a = &f->civics.faq;
	decision_text(d, "near", a->near, 0);
	if (a->found) {
		decision_text(d, "text", a->text, 0);
		decision_date(d, "date", a->changed_utc);
		decision_say(d, f, "faq");
		return;
	}
	if (!in->topic[0]) {
		decision_say(d, f, "faq.which");
		return;
	}
	leave_question(in, d);
	decision_text(d, "topic", in->topic, 10);
	decision_say(d, f, "faq.none");
}

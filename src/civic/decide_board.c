/* Errands that residents ask for, the job board, the calendar of activities: how an offer comes about by text, and how it is
 * found. */
#include "civic/decide_internal.h"
#include "civic/offer.h"

static void offer(const struct facts *f, const struct intent *in, enum flavour flavour, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_OFFER);
	e->number = f->next_number;
	e->answer = (int)flavour;
	e->text = in->text;
	e->undo = ACTION_OFFER;
	decision_int(d, "number", f->next_number);
	decision_text(d, "text", in->text, 14);
}

void decide_errand(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (!in->text[0]) {
		d->key = "errand.how";
		return;
	}
	/* Volunteers are sent to people whom the community knows, and not to one door all day long. */
	if (!f->sender.person || f->offer.own_open >= flavour_row(FLAVOUR_ERRAND)->open_max) {
		leave_to_person(f, in, d);
		return;
	}
	offer(f, in, FLAVOUR_ERRAND, d);
	decision_say(d, f, "errand");
}

static void post_job(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (f->offer.own_open >= flavour_row(FLAVOUR_JOB)->open_max) {
		leave_to_person(f, in, d);
		return;
	}
	offer(f, in, FLAVOUR_JOB, d);
	decision_say(d, f, "job.draft");
}

/* An employer's words carry the topic; whoever else speaks of jobs looks for one. */
void decide_jobs(const struct facts *f, const struct intent *in, struct decision *d)
{
	if (in->has & ARG_TOPIC && in->text[0]) {
		post_job(f, in, d);
		return;
	}
	if (!f->offer.subscribed) {
		struct effect *e = decision_effect(d, EFFECT_SUBSCRIBE);
		e->origin = "jobs";
		e->undo = ACTION_SUBSCRIBE;
	}
	offer_say_list(f, d);
	if (f->offer.count)
		decision_say(d, f, "jobs.list");
	else
		decision_say(d, f, "jobs.none");
}

void decide_activity(const struct facts *f, const struct intent *in, struct decision *d)
{
	(void)in;
	offer_say_list(f, d);
	if (f->offer.count)
		decision_say(d, f, "activity.list");
	else
		decision_say(d, f, "activity.none");
}

/* Votes. A row for each way in which there is nothing to vote on; the first that holds is said. */
#include "base/mem.h"
#include "civic/decide_internal.h"

static bool only_elsewhere(const struct facts *f)
{
	return !f->polls.poll.id && f->polls.elsewhere > 0;
}

static bool none(const struct facts *f)
{
	return !f->polls.poll.id;
}

static bool not_asked(const struct facts *f)
{
	return !f->polls.poll.entitled && f->polls.poll.state != POLL_PLANNED;
}

static bool early(const struct facts *f)
{
	return f->polls.poll.state == POLL_PLANNED;
}

static bool cancelled(const struct facts *f)
{
	return f->polls.poll.state == POLL_CANCELLED;
}

static bool late(const struct facts *f)
{
	return f->polls.poll.state == POLL_CLOSED || f->polls.late;
}

static bool not_sealed(const struct facts *f)
{
	return !f->polls.poll.sealed;
}

static bool no_such_option(const struct facts *f)
{
	return f->polls.meant > f->polls.poll.option_count;
}

static bool not_understood(const struct facts *f)
{
	return f->polls.meant < 1;
}

static const struct {
	bool (*holds)(const struct facts *f);
	const char *key, *key_short;
} refusals[] = {
    {only_elsewhere, "poll.not_asked", "poll.not_asked.s"},
    {none, "poll.none", "poll.none.s"},
    {early, "poll.early", "poll.early.s"},
    {not_asked, "poll.not_asked", "poll.not_asked.s"},
    {cancelled, "poll.void", "poll.void.s"},
    {late, "poll.late", "poll.late.s"},
    {not_sealed, "poll.broken", "poll.broken.s"},
    {no_such_option, "poll.option", "poll.option.s"},
    {not_understood, "poll.say", "poll.say.s"},
};

/* What the sentences about a poll quote. */
static void quote(const struct facts *f, struct decision *d)
{
	const struct poll_fact *p = &f->polls.poll;
	if (!p->id)
		return;
	decision_text(d, "question", p->question, 14);
	decision_text(d, "options", f->polls.line, 0);
	decision_int(d, "count", p->option_count);
	decision_when(d, "when", p->state == POLL_PLANNED ? p->opens_utc : p->closes_utc);
}

static void settle(const struct facts *f, struct decision *d)
{
	if (f->question.kind == ASKED_POLL && (f->question.subject == f->polls.poll.id || f->question.late))
		decision_effect(d, EFFECT_ANSWERED);
}

void decide_vote(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct poll_fact *p = &f->polls.poll;
	(void)in;
	quote(f, d);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (refusals[i].holds(f)) {
			d->key = f->several ? refusals[i].key_short : refusals[i].key;
			if (late(f) || cancelled(f))
				settle(f, d);
			if (not_sealed(f) && p->id)
				decision_effect(d, EFFECT_CHORE)->origin = "poll";
			return;
		}
	struct effect *e = decision_effect(d, EFFECT_VOTE);
	e->subject = p->id;
	e->answer = f->polls.meant;
	e->private = p->secret;
	e->undo = ACTION_VOTE;
	settle(f, d);
	decision_int(d, "option", f->polls.meant);
	decision_text(d, "what", p->options[f->polls.meant - 1], 8);
	if (p->other[0])
		decision_say(d, f, "poll.voted.home");
	else if (p->voted_utc)
		decision_say(d, f, "poll.changed");
	else
		decision_say(d, f, "poll.voted");
}

#include "civic/figures.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/order.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ shares, times */

int share_percent(struct share s)
{
	if (s.of <= 0)
		return SHARE_NONE;
	if (s.of < FIGURES_FEW)
		return SHARE_FEWER;
	int percent = (int)((s.n * 200 + s.of) / (2 * s.of));
	if (percent == 0 && s.n > 0)
		return 1;
	return percent == 100 && s.n < s.of ? 99 : percent;
}

void spread_add(struct spread *s, int64_t seconds)
{
	if (s->count == s->cap)
		s->values = mem_resize(s->values, s->cap = s->cap ? s->cap * 2 : 64, sizeof *s->values);
	s->values[s->count++] = seconds > 0 ? seconds : 0;
	s->sorted = false;
}

int64_t spread_at(struct spread *s, int percent)
{
	if (!s->count || (percent > 50 && s->count < FIGURES_FEW))
		return -1;
	if (!s->sorted)
		qsort(s->values, s->count, sizeof *s->values, order_at);
	s->sorted = true;
	size_t rank = (s->count * (size_t)percent + 99) / 100;
	return s->values[rank ? rank - 1 : 0];
}

void spread_done(struct spread *s)
{
	free(s->values);
	*s = (struct spread){0};
}

/* ------------------------------------------------------------------------------------------------ cases */

static bool settled(enum case_state s)
{
	return s == CASE_RESOLVED || s == CASE_CONFIRMED || s == CASE_CLOSED;
}

void figures_add(struct figures *f, const struct case_figures *c, int64_t now)
{
	f->received++;
	f->proposals += c->proposal;
	f->urgent += c->urgent;
	f->private += c->private;
	if (c->state == CASE_MERGED) {
		f->merged++;
		return;
	}
	bool done = settled(c->state), open = case_open(c->state);
	f->rejected += c->state == CASE_REJECTED;
	f->open += open;
	f->settled += done;
	f->confirmed += c->state == CASE_CONFIRMED || c->state == CASE_CLOSED;
	f->asked += c->asked || c->rating != RATING_NONE;
	if (c->rating != RATING_NONE)
		f->rated[c->rating]++;
	f->ever_settled += done || c->reopened;
	f->reopened += c->reopened > 0;
	if (c->due_utc) {
		f->timed++;
		f->overdue += c->was_overdue || (open && c->due_utc < now) ||
			      (c->resolved_utc && c->resolved_utc > c->due_utc);
	}
	if (c->first_human_utc)
		spread_add(&f->first_human, c->first_human_utc - c->opened_utc);
	if (done && c->resolved_utc)
		spread_add(&f->settling, c->resolved_utc - c->opened_utc);
}

void figures_done(struct figures *f)
{
	spread_done(&f->first_human);
	spread_done(&f->settling);
}

/* ------------------------------------------------------------------------------------------------ measures */

const struct measure_info measures[MEASURE_COUNT] = {
#define X(id, key, title, form) {key, title, MEASURE_IS_##form},
    FIGURES_MEASURES(X)
#undef X
};

static struct share share_of(const struct figures *f, enum measure m)
{
	int64_t distinct = f->received - f->merged;
	int64_t answered = f->rated[RATING_GOOD] + f->rated[RATING_FAIR] + f->rated[RATING_BAD];
	switch (m) {
	case MEASURE_RECEIVED:
		return (struct share){f->received, f->received};
	case MEASURE_PROPOSALS:
		return (struct share){f->proposals, f->received};
	case MEASURE_URGENT:
		return (struct share){f->urgent, f->received};
	case MEASURE_PRIVATE:
		return (struct share){f->private, f->received};
	case MEASURE_MERGED:
		return (struct share){f->merged, f->received};
	case MEASURE_SETTLED:
		return (struct share){f->settled, distinct};
	case MEASURE_OPEN:
		return (struct share){f->open, distinct};
	case MEASURE_REJECTED:
		return (struct share){f->rejected, distinct};
	case MEASURE_CONFIRMED:
		return (struct share){f->confirmed, f->settled};
	case MEASURE_ANSWERED:
		return (struct share){answered, f->asked};
	case MEASURE_SATISFIED:
		return (struct share){f->rated[RATING_GOOD], answered};
	case MEASURE_DISSATISFIED:
		return (struct share){f->rated[RATING_BAD], answered};
	case MEASURE_FIRST_HUMAN:
		return (struct share){(int64_t)f->first_human.count, distinct};
	case MEASURE_SETTLING:
		return (struct share){(int64_t)f->settling.count, distinct};
	case MEASURE_OVERDUE:
		return (struct share){f->overdue, f->timed};
	case MEASURE_REOPENED:
		return (struct share){f->reopened, f->ever_settled};
	case MEASURE_SETTLED_WITHIN:
		return (struct share){f->settled_within, f->settled_within};
	case MEASURE_COUNT:
		break;
	}
	return (struct share){0};
}

void figures_measure(struct figures *f, enum measure m, struct measured *ret)
{
	*ret = (struct measured){.share = share_of(f, m), .median_s = -1, .most_s = -1};
	struct spread *s = m == MEASURE_FIRST_HUMAN ? &f->first_human
			   : m == MEASURE_SETTLING  ? &f->settling
						    : NULL;
	if (s) {
		ret->median_s = spread_at(s, 50);
		ret->most_s = spread_at(s, 90);
	}
}

bool measure_is_told(enum measure m, const struct measured *now, const struct measured *before)
{
	bool seldom = m == MEASURE_PROPOSALS || m == MEASURE_URGENT || m == MEASURE_PRIVATE ||
		      m == MEASURE_MERGED || m == MEASURE_REJECTED;
	return !seldom || now->share.n || before->share.n;
}

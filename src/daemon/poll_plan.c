#include "daemon/poll_plan.h"

static int64_t grid_after(int64_t now_ms, int64_t poll_ms)
{
	return (now_ms / poll_ms + 1) * poll_ms;
}

void plan_answered(struct poll_plan *p, int64_t poll_ms, int64_t now_ms)
{
	*p = (struct poll_plan){.due_ms = grid_after(now_ms, poll_ms)};
}

bool plan_failed(struct poll_plan *p, int64_t poll_ms, int64_t cap_ms, int64_t now_ms)
{
	if (!p->fails && !p->doubtful) {
		p->doubtful = true;
		p->due_ms = now_ms + (poll_ms / 4 < PLAN_RETRY_MS ? poll_ms / 4 : PLAN_RETRY_MS);
		return false;
	}
	int64_t cap = cap_ms > poll_ms ? cap_ms : poll_ms, wait = poll_ms;
	for (int i = 0; i < p->fails && wait < cap; i++)
		wait *= 2;
	if (wait > cap)
		wait = cap;
	p->doubtful = false;
	p->fails++;
	p->due_ms = grid_after(now_ms + wait - poll_ms, poll_ms);
	return true;
}

void plan_hurry(struct poll_plan *p, int64_t now_ms)
{
	if (p->due_ms > now_ms)
		p->due_ms = now_ms;
}

int plan_choose(const struct poll_plan *const *plans, int count, int64_t now_ms, int64_t *ret_next)
{
	int best = -1;
	*ret_next = INT64_MAX;
	for (int i = 0; i < count; i++) {
		const struct poll_plan *p = plans[i];
		if (p->due_ms < *ret_next)
			*ret_next = p->due_ms;
		if (p->due_ms > now_ms)
			continue;
		bool well = !p->fails, best_well = best >= 0 && !plans[best]->fails;
		if (best < 0 || (well && !best_well) || (well == best_well && p->due_ms < plans[best]->due_ms))
			best = i;
	}
	return best;
}

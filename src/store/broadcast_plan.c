#include "store/broadcast_plan.h"
#include "base/mem.h"

/* Segments that all lines send in the minute that begins at `t`. */
static int64_t minute(struct plan_line *lines, int count, int64_t t, int64_t want)
{
	int64_t total = 0;
	for (int i = 0; i < count; i++) {
		struct plan_line *l = &lines[i];
		quota_move(&l->used, t);
		int64_t n = quota_left(&l->quota, &l->used, OUTBOX_BROADCAST);
		n = n < PLAN_SEGMENTS_PER_MINUTE ? n : PLAN_SEGMENTS_PER_MINUTE;
		n = n < want - total ? n : want - total;
		quota_add(&l->used, OUTBOX_BROADCAST, (int)n, t);
		total += n;
	}
	return total;
}

int64_t plan_finish(const struct plan *p, int64_t from, int64_t ahead, int64_t segments)
{
	cleanup_free struct plan_line *lines = mem_resize(NULL, (size_t)p->line_count + 1, sizeof *lines);
	int64_t left = ahead + segments, t = from;
	for (int i = 0; i < p->line_count; i++)
		lines[i] = p->lines[i];
	while (p->line_count && left > 0 && t < from + PLAN_HORIZON_S) {
		if (!p->ignore_quiet && day_window_contains(&p->quiet, t)) {
			t = day_window_end(&p->quiet, t);
			continue;
		}
		left -= minute(lines, p->line_count, t, left);
		t += MINUTE_S;
	}
	return left > 0 ? INT64_MAX : t;
}

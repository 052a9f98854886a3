#include "store/broadcast_plan.h"
#include "base/mem.h"

/* Segments that all lines send in the minute that begins at `t`; *ret_could: how many they could. */
static int64_t minute(struct plan_line *lines, int count, int64_t t, int64_t want, int64_t *ret_could)
{
	int64_t total = 0;
	*ret_could = 0;
	for (int i = 0; i < count; i++) {
		struct plan_line *l = &lines[i];
		double may = (l->per_minute > 0 ? l->per_minute : PLAN_SEGMENTS_PER_MINUTE) + l->left;
		quota_move(&l->used, t);
		int64_t n = quota_left(&l->quota, &l->used, OUTBOX_BROADCAST);
		l->left = n < (int64_t)may ? 0 : may - (double)(int64_t)may;
		n = n < (int64_t)may ? n : (int64_t)may;
		*ret_could += n;
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
		int64_t could;
		if (!p->ignore_quiet && day_window_contains(&p->quiet, t)) {
			t = day_window_end(&p->quiet, t);
			continue;
		}
		int64_t n = minute(lines, p->line_count, t, left, &could);
		left -= n;
		t += p->exact && left <= 0 && could ? (MINUTE_S * n + could / 2) / could : MINUTE_S;
	}
	return left > 0 ? INT64_MAX : t;
}

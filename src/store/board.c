#include "store/board.h"

#include "base/clock.h"
#include "civic/case_life.h"
#include "store/internal.h"

#include <string.h>

static int count_open(struct store *s, int64_t now_utc, struct board_cases *c)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT state, count(*), sum(coalesce(due_utc, ?1) < ?1) FROM matter"
			   " WHERE state IN ('received', 'verified', 'assigned', 'in_progress') AND private = 0"
			   " GROUP BY state",
			   "I", now_utc);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t n = query_int(&q, 1);
		c->overdue += query_int(&q, 2);
		switch (case_state_find(query_text(&q, 0))) {
		case CASE_RECEIVED:
			c->received = n;
			break;
		case CASE_VERIFIED:
			c->verified = n;
			break;
		case CASE_ASSIGNED:
			c->assigned = n;
			break;
		case CASE_IN_PROGRESS:
			c->in_progress = n;
			break;
		}
	}
	return r < 0 ? r : 0;
}

static int count_settled(struct store *s, int64_t now_utc, struct board_cases *c)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT count(*), coalesce(sum(state = 'resolved'), 0) FROM matter"
			   " WHERE resolved_utc >= ? AND private = 0",
			   "I", now_utc - BOARD_SETTLED_DAYS * DAY_S);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	c->settled = query_int(&q, 0);
	c->resolved = query_int(&q, 1);
	return 0;
}

int board_cases(struct store *s, int64_t now_utc, struct board_cases *ret)
{
	struct board_cases c = {0};
	int r = count_open(s, now_utc, &c);
	if (!r)
		r = count_settled(s, now_utc, &c);
	if (!r)
		*ret = c;
	return r;
}

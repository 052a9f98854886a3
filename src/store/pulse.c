#include "store/pulse.h"

#include "store/internal.h"

int pulse_version(struct store *s, int64_t *ret)
{
	return store_get(s, ret, "PRAGMA data_version", "");
}

/* The conditions are those of the indices message_out_lane, message_out_bound and message_out_state. */
int pulse_look(struct store *s, struct pulse *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct pulse){0};
	int r = query_open(s, &q,
			   "SELECT priority, count(*) FROM message_out WHERE state IN ('queued', 'uncertain') "
			   "AND bound IS NULL"
			   " AND next_try_utc <> 9223372036854775807 GROUP BY priority UNION ALL"
			   " SELECT priority, count(*) FROM message_out WHERE state IN ('queued', 'uncertain')"
			   " AND bound IS NOT NULL GROUP BY priority",
			   "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t c = query_int(&q, 0);
		if (c >= 0 && c < OUTBOX_CLASSES)
			ret->waiting[c] += query_int(&q, 1);
	}
	return r < 0 ? r
		     : store_get(
			   s, &ret->sending,
			   "SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
			   " AND state = 'sending'",
			   "");
}

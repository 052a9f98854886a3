#include "store/gauges.h"

#include "store/event.h"
#include "store/internal.h"

static int count_events(struct store *s, int64_t after, int64_t upto,
			int (*row)(void *ctx, const struct gauge_count *c), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT e.kind, coalesce(json_extract(e.body, '$.modem'), ''), coalesce(o.class, ''), count(*)"
	    " FROM event e LEFT JOIN message_out o ON o.id = json_extract(e.body, '$.message')"
	    " AND e.kind IN ('message.sent', 'message.failed')"
	    " WHERE e.id > ? AND e.id <= ? AND e.kind IN"
	    " ('message.received', 'message.sent', 'message.failed', 'call.missed', 'modem.reset')"
	    " GROUP BY 1, 2, 3",
	    "II", after, upto);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct gauge_count c = {query_text(&q, 0), query_text(&q, 1), query_text(&q, 2),
					query_int(&q, 3)};
		int stop = row(ctx, &c);
		if (stop)
			return stop;
	}
	return r;
}

int gauge_events(struct store *s, int64_t after, int64_t *ret_upto,
		 int (*row)(void *ctx, const struct gauge_count *c), void *ctx)
{
	int64_t upto;
	int r = event_last_id(s, &upto);
	if (!r && upto > after)
		r = count_events(s, after, upto, row, ctx);
	if (!r)
		*ret_upto = upto;
	return r;
}

int gauge_states(struct store *s, int (*row)(void *ctx, const char *state, int64_t n), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT state, count(*) FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
	    " GROUP BY state",
	    "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int stop = row(ctx, query_text(&q, 0), query_int(&q, 1));
		if (stop)
			return stop;
	}
	return r;
}

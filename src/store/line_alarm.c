#include "store/line_alarm.h"
#include "store/internal.h"

#include <errno.h>

int line_alarm_put(struct store *s, const struct line_alarm *a)
{
	return store_run(
	    s,
	    "INSERT INTO line_alarm (line, kind, severity, detail, since_utc, on_utc, over_utc, told_utc)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
	    " ON CONFLICT (line, kind) DO UPDATE SET severity = ?3, detail = ?4, since_utc = ?5, on_utc = ?6,"
	    " times = times + (on_utc <> ?6), over_utc = ?7, told_utc = ?8",
	    "ttttIIPP", a->line, a->kind, a->severity, a->detail, a->since_utc, a->on_utc, a->over_utc,
	    a->told_utc);
}

int line_alarm_each(struct store *s, bool standing, int (*row)(void *ctx, const struct line_alarm *a),
		    void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT line, kind, severity, detail, since_utc, on_utc, over_utc, told_utc, times FROM line_alarm"
	    " WHERE over_utc IS NULL OR NOT ?1 ORDER BY since_utc, line, kind",
	    "b", standing);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct line_alarm a = {.line = query_text(&q, 0),
				       .kind = query_text(&q, 1),
				       .severity = query_text(&q, 2),
				       .detail = query_text(&q, 3),
				       .since_utc = query_int(&q, 4),
				       .on_utc = query_int(&q, 5),
				       .over_utc = query_int(&q, 6),
				       .told_utc = query_int(&q, 7),
				       .times = query_int(&q, 8)};
		int stop = row(ctx, &a);
		if (stop)
			return stop;
	}
	return r;
}

/* substr, not GLOB: the name of a line may hold any sign. */
int line_alarm_cancel_texts(struct store *s, const char *prefix, int64_t now_utc, int *ret_count)
{
	int r = store_run(
	    s,
	    "UPDATE message_out SET state = 'cancelled', done_utc = ?1 WHERE state IN ('queued', 'sending', "
	    "'uncertain')"
	    " AND state = 'queued'" /* the list is that of an index */
	    " AND priority = 0 AND substr(dedupe, 1, length(?2)) = ?2"
	    " AND NOT EXISTS (SELECT 1 FROM part_out WHERE message = message_out.id AND state <> 'failed')",
	    "It", now_utc, prefix);
	if (r == 0 && ret_count)
		*ret_count = store_changes(s);
	return r;
}

#include "store/line.h"
#include "store/internal.h"

#include <errno.h>
#include <stdio.h>

int line_put(struct store *s, const struct line *l, int64_t now_utc)
{
	return store_run(
	    s,
	    "INSERT INTO line (name, imei, iccid, model, operator, technology, state, signal_dbm, storage_used,"
	    " storage_size, seen_utc, changed_utc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), "
	    "nullif(?9, -1),"
	    " nullif(?10, -1), ?11, ?12)"
	    " ON CONFLICT (name) DO UPDATE SET imei = ?2, iccid = ?3, model = ?4, operator = ?5, technology = "
	    "?6,"
	    " state = ?7, signal_dbm = nullif(?8, 0), storage_used = nullif(?9, -1),"
	    " storage_size = nullif(?10, -1), seen_utc = ?11, changed_utc = ?12"
	    " WHERE (imei, iccid, model, operator, technology, state) IS NOT (?2, ?3, ?4, ?5, ?6, ?7)"
	    " OR signal_dbm IS NOT nullif(?8, 0) OR storage_used IS NOT nullif(?9, -1)"
	    " OR storage_size IS NOT nullif(?10, -1)",
	    "tttttttiiiPI", l->name, l->imei, l->iccid, l->model, l->operator_name, l->technology, l->state,
	    l->signal_dbm, l->storage_used, l->storage_size, l->seen_utc, now_utc);
}

int line_add_received(struct store *s, const char *name, int segments)
{
	return store_run(s,
			 "INSERT INTO line (name, received) VALUES (?1, ?2)"
			 " ON CONFLICT (name) DO UPDATE SET received = received + ?2",
			 "ti", name, segments);
}

int line_add_sent(struct store *s, const char *name, int segments)
{
	return store_run(
	    s,
	    "INSERT INTO line (name, sent) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET sent = sent + ?2",
	    "ti", name, segments);
}

int line_each(struct store *s, int (*row)(void *ctx, const struct line *l), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT name, imei, iccid, model, operator, technology, state, signal_dbm,"
	    " coalesce(storage_used, -1), coalesce(storage_size, -1), sent, received, seen_utc, changed_utc"
	    " FROM line ORDER BY name",
	    "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct line l = {.name = query_text(&q, 0),
				 .imei = query_text(&q, 1),
				 .iccid = query_text(&q, 2),
				 .model = query_text(&q, 3),
				 .operator_name = query_text(&q, 4),
				 .technology = query_text(&q, 5),
				 .state = query_text(&q, 6),
				 .signal_dbm = (int)query_int(&q, 7),
				 .storage_used = (int)query_int(&q, 8),
				 .storage_size = (int)query_int(&q, 9),
				 .sent = query_int(&q, 10),
				 .received = query_int(&q, 11),
				 .seen_utc = query_int(&q, 12),
				 .changed_utc = query_int(&q, 13)};
		int stop = row(ctx, &l);
		if (stop)
			return stop;
	}
	return r;
}

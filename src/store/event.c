#include "store/event.h"
#include "base/mem.h"
#include "store/internal.h"

int event_add(struct store *s, enum event_kind kind, const char *actor, json_t *body, int64_t now)
{
	cleanup_free char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	return store_run(s, "INSERT INTO event (utc, kind, actor, body) VALUES (?,?,?,?)", "Ittt", now,
			 event_kinds[kind].name, actor, text ? text : "{}");
}

int event_last_utc(struct store *s, int64_t *ret)
{
	/* A window, not all: a box that once lived in 2099 by mistake comes round after these many events. */
	return store_get(
	    s, ret, "SELECT coalesce(max(utc), 0) FROM (SELECT utc FROM event ORDER BY id DESC LIMIT 200)", "");
}

int event_last_id(struct store *s, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(max(id), 0) FROM event", "");
}

int event_list(struct store *s, int64_t after, long limit, int (*row)(void *ctx, const struct event_row *e),
	       void *ctx)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q, "SELECT id, utc, kind, actor, body FROM event WHERE id > ? ORDER BY id LIMIT ?",
		       "II", after, limit > 0 ? (int64_t)limit : (int64_t)-1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct event_row e = {query_int(&q, 0), query_int(&q, 1), query_text(&q, 2), query_text(&q, 3),
				      query_text(&q, 4)};
		int end = row(ctx, &e);
		if (end)
			return end;
	}
	return r;
}

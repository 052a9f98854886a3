#include "store/event.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/internal.h"

int event_add(struct store *s, enum event_kind kind, const char *actor, json_t *body, int64_t now)
{
	cleanup_free char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	s->events++;
	return store_run(s, "INSERT INTO event (utc, kind, actor, body) VALUES (?,?,?,?)", "Ittt", now,
			 event_kinds[kind].name, actor, text ? text : "{}");
}

int event_last_utc(struct store *s, int64_t *ret)
{
	/* A window, not all: a box that once lived in 2099 by mistake comes round after these many events. */
	return store_get(s, ret,
			 "SELECT coalesce(max(utc), 0) FROM (SELECT utc FROM event WHERE id > coalesce("
			 "(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'clock_since'), 0)"
			 " ORDER BY id DESC LIMIT 200)",
			 "");
}

int event_forget_utc(struct store *s)
{
	return store_run(s,
			 "INSERT OR REPLACE INTO meta (key, value)"
			 " SELECT 'clock_since', CAST(coalesce(max(id), 0) AS TEXT) FROM event",
			 "");
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

static json_t *masked(const char *text)
{
	cleanup_free char *copy = mem_dup(text);
	text_mask_controls(copy);
	json_t *v = json_string(copy);
	return v ? v : json_string("?");
}

json_t *event_json(const struct event_row *e)
{
	char time[40];
	json_t *body = json_loads(e->body, 0, NULL);
	return json_pack("{sI ss so so so}", "id", (json_int_t)e->id, "time", rfc3339_format(e->utc, time),
			 "kind", masked(e->kind), "actor", masked(e->actor), "body",
			 body ? body : json_object());
}

uint64_t event_written(const struct store *s)
{
	return s->events;
}

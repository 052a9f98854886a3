#include "store/hook.h"
#include "base/text.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

/* Begins when no transaction is open, so that what is written belongs together. */
static int ended(struct store *s, int r)
{
	if (r >= 0)
		r = store_commit(s);
	if (r < 0)
		store_rollback(s);
	return r < 0 ? r : 0;
}

static int load(struct store *s, const char *kind, const char *program, struct hook_state *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(
	    s, &q, "SELECT id, cursor, coalesce(event, 0), tries FROM hook WHERE kind = ? AND program = ?",
	    "tt", kind, program);
	if (r < 0)
		return r;
	*ret = (struct hook_state){query_int(&q, 0), query_int(&q, 1), query_int(&q, 2), (int)query_int(&q, 3)};
	return 0;
}

int hook_adopt(struct store *s, const char *kind, const char *program, int64_t now, struct hook_state *ret)
{
	int r = load(s, kind, program, ret);
	if (r != -ENOENT)
		return r;
	r = store_run(s,
		      "INSERT INTO hook (kind, program, since_utc, cursor)"
		      " VALUES (?, ?, ?, (SELECT coalesce(max(id), 0) FROM event))",
		      "ttI", kind, program, now);
	return r < 0 ? r : load(s, kind, program, ret);
}

int hook_drop(struct store *s, int64_t id)
{
	int r = store_run(s, "DELETE FROM hook WHERE id = ?", "I", id);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------ the round */

struct search {
	const char *kind;
	int64_t found, seen;
};

static int compare(void *ctx, const struct event_row *e)
{
	struct search *f = ctx;
	f->seen = e->id;
	if (strcmp(e->kind, f->kind) != 0)
		return 0;
	f->found = e->id;
	return 1;
}

int hook_find(struct store *s, int64_t id, const char *kind, int64_t after, long limit, int64_t *ret_event,
	      int64_t *ret_seen)
{
	struct search f = {.kind = kind, .seen = after};
	int r = store_get(s, ret_event,
			  "SELECT event FROM hook_failure WHERE hook = ? AND again = 1 ORDER BY event LIMIT 1",
			  "I", id);
	*ret_seen = after;
	if (r != -ENOENT)
		return r;
	r = event_list(s, after, limit, compare, &f);
	*ret_event = f.found;
	*ret_seen = f.seen;
	return r < 0 ? r : 0;
}

int hook_begin(struct store *s, int64_t id, int64_t event)
{
	int r = store_run(s,
			  "UPDATE hook SET tries = iif(event IS ?2, tries + 1, 1), event = ?2, next_utc = NULL"
			  " WHERE id = ?1",
			  "II", id, event);
	return r < 0 ? r : 0;
}

static int settle(struct store *s, int64_t id, int64_t event, bool done)
{
	int r = store_run(s,
			  "UPDATE hook SET cursor = max(cursor, ?2), event = NULL, tries = 0, next_utc = NULL,"
			  " reason = '', done = done + ?3 WHERE id = ?1",
			  "IIb", id, event, done);
	return r < 0 ? r
		     : store_run(s, "DELETE FROM hook_failure WHERE hook = ? AND event = ?", "II", id, event);
}

int hook_done(struct store *s, int64_t id, int64_t event)
{
	int r = store_begin(s);
	return r ? r : ended(s, settle(s, id, event, true));
}

int hook_later(struct store *s, int64_t id, int64_t next_utc, const char *reason)
{
	char text[HOOK_REASON_MAX];
	int r = store_run(s, "UPDATE hook SET next_utc = ?2, reason = ?3 WHERE id = ?1", "IIt", id, next_utc,
			  text_copy(text, sizeof text, reason));
	return r < 0 ? r : 0;
}

int hook_back(struct store *s, int64_t id)
{
	int r = store_run(s, "UPDATE hook SET tries = max(tries - 1, 0) WHERE id = ?", "I", id);
	return r < 0 ? r : 0;
}

static int note_failure(struct store *s, int64_t id, int64_t event, const char *reason, int64_t now)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT kind, program, tries FROM hook WHERE id = ?", "I", id);
	if (r || (r = query_next(&q)) <= 0)
		return r ? r : -ENOENT;
	int tries = (int)query_int(&q, 2);
	if (strcmp(query_text(&q, 0), event_kinds[EVENT_HOOK_FAILED].name) != 0)
		r = event_add(s, EVENT_HOOK_FAILED, "daemon",
			      json_pack("{ss ss sI si ss}", "hook", query_text(&q, 0), "program",
					query_text(&q, 1), "event", (json_int_t)event, "tries", tries, "reason",
					reason),
			      now);
	if (r >= 0)
		r = settle(s, id, event, false);
	if (r >= 0)
		r = store_run(
		    s, "INSERT INTO hook_failure (hook, event, utc, tries, reason) VALUES (?, ?, ?, ?, ?)",
		    "IIIit", id, event, now, tries, reason);
	return r < 0 ? r
		     : store_run(s,
				 "DELETE FROM hook_failure WHERE hook = ?1 AND event <= (SELECT event FROM"
				 " hook_failure WHERE hook = ?1 ORDER BY event DESC LIMIT 1 OFFSET ?2)",
				 "Ii", id, HOOK_FAILURES_MAX);
}

int hook_fail(struct store *s, int64_t id, int64_t event, const char *reason, int64_t now)
{
	char text[HOOK_REASON_MAX];
	int r = store_begin(s);
	text_copy(text, sizeof text, reason);
	text_mask_controls(text);
	return r ? r : ended(s, note_failure(s, id, event, text, now));
}

int hook_pass(struct store *s, int64_t id, int64_t cursor)
{
	int r = store_run(s, "UPDATE hook SET cursor = ?2 WHERE id = ?1 AND event IS NULL", "II", id, cursor);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------ for people */

int hook_each(struct store *s, int (*row)(void *ctx, const struct hook_row *h), void *ctx)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT id, since_utc, cursor, coalesce(event, 0), coalesce(next_utc, 0), done,"
		       " (SELECT count(*) FROM hook_failure f WHERE f.hook = hook.id), tries, kind, program,"
		       " reason FROM hook ORDER BY kind, program",
		       "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct hook_row h = {.id = query_int(&q, 0),
				     .since_utc = query_int(&q, 1),
				     .cursor = query_int(&q, 2),
				     .event = query_int(&q, 3),
				     .next_utc = query_int(&q, 4),
				     .done = query_int(&q, 5),
				     .failed = query_int(&q, 6),
				     .tries = (int)query_int(&q, 7),
				     .kind = query_text(&q, 8),
				     .program = query_text(&q, 9),
				     .reason = query_text(&q, 10)};
		int end = row(ctx, &h);
		if (end)
			return end;
	}
	return r;
}

int hook_failure_each(struct store *s, int (*row)(void *ctx, const struct hook_failure *f), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT f.event, f.utc, f.tries, f.again, h.kind, h.program, f.reason FROM hook_failure f"
	    " JOIN hook h ON h.id = f.hook ORDER BY f.event, h.kind, h.program",
	    "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct hook_failure f = {.event = query_int(&q, 0),
					 .utc = query_int(&q, 1),
					 .tries = (int)query_int(&q, 2),
					 .again = query_int(&q, 3) != 0,
					 .kind = query_text(&q, 4),
					 .program = query_text(&q, 5),
					 .reason = query_text(&q, 6)};
		int end = row(ctx, &f);
		if (end)
			return end;
	}
	return r;
}

int hook_failures(struct store *s, int64_t *ret)
{
	return store_get(s, ret, "SELECT count(*) FROM hook_failure", "");
}

int hook_again(struct store *s, int64_t event, int *ret_count)
{
	int r = store_run(s, "UPDATE hook_failure SET again = 1 WHERE ?1 = 0 OR event = ?1", "I", event);
	*ret_count = store_changes(s);
	return r < 0 ? r : 0;
}

int hook_clear(struct store *s, int64_t event, int *ret_count)
{
	int r = store_run(s, "DELETE FROM hook_failure WHERE ?1 = 0 OR event = ?1", "I", event);
	*ret_count = store_changes(s);
	return r < 0 ? r : 0;
}

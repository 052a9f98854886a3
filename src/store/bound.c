#include "store/bound.h"
#include "store/choose.h"
#include "store/internal.h"
#include "base/event_kinds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BOUND "state IN ('queued', 'uncertain') AND bound IS NOT NULL AND next_try_utc <> 9223372036854775807"

int outbox_put_down(struct store *s, const char *modem, int64_t now_utc)
{
	int64_t id;
	int r;
	while ((r = store_get(s, &id,
			      "SELECT id FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
			      " AND state = 'sending' AND modem = ? AND NOT EXISTS (SELECT 1 FROM part_out"
			      " WHERE message = message_out.id AND state = 'sending') LIMIT 1",
			      "t", modem)) == 0 &&
	       (r = store_run(s,
			      "UPDATE message_out SET state = 'queued', next_try_utc = ?1, " CHOOSE_BOUND
			      " WHERE id = ?2",
			      "II", now_utc, id)) == 0)
		;
	return r == -ENOENT ? 0 : r;
}

/* As if it had never been begun; the repetition of what may have arrived is the only one. */
static int anew(struct store *s, int64_t id, const char *state, const char *reason, int64_t now_utc)
{
	int r = store_run(s, "UPDATE part_out SET state = 'failed' WHERE message = ?", "I", id);
	if (r)
		return r;
	r = store_run(
	    s,
	    "UPDATE message_out SET state = ?1, bound = NULL, prefer = NULL, modem = NULL, ref = NULL,"
	    " repeated = 1, next_try_utc = ?2, reason = ?3,"
	    " done_utc = CASE ?1 WHEN 'failed' THEN ?2 END WHERE id = ?4",
	    "tItI", state, now_utc, reason, id);
	if (r == 0 && !strcmp(state, "failed"))
		r = outbox_note(s, id, EVENT_MESSAGE_FAILED, now_utc);
	return r;
}

static int one(struct store *s, int64_t id, int64_t now_utc, bool *ret_changed)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q, "SELECT priority, not_after_utc IS NOT NULL, next_try_utc FROM message_out WHERE id = ?",
	    "I", id);
	if (r == 0)
		r = query_next(&q);
	if (r != 1)
		return r;
	bool personal = outbox_personal((enum outbox_class)query_int(&q, 0)), ends = query_int(&q, 1);
	int64_t since = query_int(&q, 2);
	query_close(&q);
	*ret_changed = true;
	if (personal)
		return anew(s, id, "queued", "its line is away: sent anew by another", now_utc);
	if (!ends && since <= now_utc - OUTBOX_GONE_S)
		return anew(s, id, "failed", "parts of it have left by a line that is gone", now_utc);
	*ret_changed = false;
	return 0;
}

static int one_line(struct store *s, const char *line, int64_t now_utc, int *count)
{
	int64_t id = 0;
	int r;
	while ((r = store_get(s, &id,
			      "SELECT id FROM message_out WHERE " BOUND
			      " AND bound = ?1 AND next_try_utc <= ?2 AND id > ?3 ORDER BY id LIMIT 1",
			      "tII", line, now_utc - OUTBOX_AWAY_S, id)) == 0) {
		bool changed = false;
		if ((r = one(s, id, now_utc, &changed)))
			return r;
		*count += changed;
	}
	return r == -ENOENT ? 0 : r;
}

static int next_line(struct store *s, char line[64])
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q,
			   "SELECT bound FROM message_out WHERE " BOUND " AND bound > ? ORDER BY bound LIMIT 1",
			   "t", line);
	if (!r)
		snprintf(line, 64, "%s", query_text(&q, 0));
	return r;
}

/* Looked for before anything is written: most times there is nothing. */
static int due(struct store *s, int64_t now_utc, int64_t *ret_next)
{
	return store_get(
	    s, ret_next,
	    "SELECT min(CASE WHEN next_try_utc + ?1 > ?3 THEN next_try_utc + ?1 WHEN next_try_utc + ?2"
	    " > ?3 THEN next_try_utc + ?2 ELSE ?3 + ?1 END) FROM message_out WHERE " BOUND,
	    "iiI", OUTBOX_AWAY_S, OUTBOX_GONE_S, now_utc);
}

int outbox_unbind(struct store *s, bool (*away)(void *user, const char *line), void *user, int64_t now_utc,
		  int64_t *ret_next, int *ret_count)
{
	char line[64] = "";
	int64_t any;
	*ret_count = 0;
	*ret_next = INT64_MAX;
	int r = store_get(s, &any, "SELECT 1 FROM message_out WHERE " BOUND " LIMIT 1", "");
	if (r)
		return r == -ENOENT ? 0 : r;
	if ((r = due(s, now_utc, ret_next)))
		return r;
	r = store_get(s, &any, "SELECT 1 FROM message_out WHERE " BOUND " AND next_try_utc <= ? LIMIT 1", "I",
		      now_utc - OUTBOX_AWAY_S);
	if (r)
		return r == -ENOENT ? 0 : r;
	r = store_begin(s);
	if (r)
		return r;
	while (r == 0 && (r = next_line(s, line)) == 0)
		if (away(user, line))
			r = one_line(s, line, now_utc, ret_count);
	r = r == -ENOENT ? store_commit(s) : r;
	if (r)
		store_rollback(s);
	return r;
}

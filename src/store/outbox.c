/* Rows of the outbox: put in, cancelled, counted. How one leaves is in dispatch.c. */
#include "store/outbox.h"
#include "store/choose.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

static const char *const class_names[OUTBOX_CLASSES] = {[OUTBOX_ALARM] = "alarm",
							[OUTBOX_REPLY] = "reply",
							[OUTBOX_REMINDER] = "reminder",
							[OUTBOX_BROADCAST] = "broadcast"};

int outbox_class_find(const char *name)
{
	for (int i = 0; i < OUTBOX_CLASSES; i++)
		if (!strcmp(class_names[i], name))
			return i;
	return -1;
}

int outbox_add(struct store *s, const struct outbox_new *n, int64_t now_utc, int64_t *ret_id)
{
	int64_t first = n->not_before_utc > now_utc ? n->not_before_utc : now_utc;
	int r = store_run(
	    s,
	    "INSERT INTO message_out (id, number, person, text, class, priority, alphabet, "
	    "segments, report, "
	    "prefer,"
	    " created_utc, not_before_utc, not_after_utc, quiet, next_try_utc, answers, "
	    "broadcast, meeting, "
	    "matter,"
	    " dedupe, secret, private) VALUES ((SELECT (coalesce(max(id), -1) | 1) + 2 FROM "
	    "message_out)," /* odd:
											     store/message.h */
	    " ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
	    " coalesce(?9, CASE ?4 WHEN 'reply' THEN (SELECT modem FROM message_in WHERE id = ?15) END),"
	    " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)"
	    " ON CONFLICT (dedupe) DO NOTHING",
	    "tPttitibTIIPbIPPPPTTb", n->number, n->person, n->text, class_names[n->class], (int)n->class,
	    n->ucs2 ? "ucs2" : "gsm7", n->segments, n->report, n->prefer, now_utc, n->not_before_utc,
	    n->not_after_utc, n->quiet, first, n->answers, n->broadcast, n->meeting, n->matter, n->dedupe,
	    n->secret, n->private);
	if (r)
		return r;
	if (ret_id)
		*ret_id = store_changes(s) ? store_last_id(s) : 0;
	return 0;
}

int outbox_cancel(struct store *s, int64_t id, int64_t now_utc)
{
	int r = store_run(
	    s,
	    "UPDATE message_out SET state = 'cancelled', done_utc = ? WHERE id = ? AND state = 'queued'"
	    " AND NOT EXISTS (SELECT 1 FROM part_out WHERE message = message_out.id AND state <> 'failed')",
	    "II", now_utc, id);
	return r ? r : store_changes(s) ? 0 : -ENOENT;
}

int outbox_cancel_broadcast(struct store *s, int64_t broadcast, int64_t now_utc, int *ret_count)
{
	int r = store_run(
	    s,
	    "UPDATE message_out SET state = 'cancelled', done_utc = ? WHERE broadcast = ? AND state = 'queued'"
	    " AND NOT EXISTS (SELECT 1 FROM part_out WHERE message = message_out.id AND state <> 'failed')",
	    "II", now_utc, broadcast);
	if (r == 0 && ret_count)
		*ret_count = store_changes(s);
	return r;
}

int outbox_retry_broadcast(struct store *s, int64_t broadcast, bool uncertain, int64_t now_utc, int *ret_count)
{
	int r = uncertain
		    ? store_run(s,
				"UPDATE part_out SET state = 'failed' WHERE state = 'uncertain' AND message IN"
				" (SELECT id FROM message_out WHERE broadcast = ? AND state = 'uncertain')",
				"I", broadcast)
		    : 0;
	if (r)
		return r;
	r = store_run(s,
		      "UPDATE message_out SET state = 'queued', next_try_utc = ?1, attempts = 0, done_utc = "
		      "NULL, reason = NULL, " CHOOSE_BOUND
		      " WHERE broadcast = ?2 AND (state = 'failed' OR (?3 AND state = 'uncertain'))"
		      " AND coalesce(not_after_utc, ?1 + 1) > ?1",
		      "IIb", now_utc, broadcast, uncertain);
	if (r == 0 && ret_count)
		*ret_count = store_changes(s);
	return r;
}

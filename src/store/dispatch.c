/* How a text of the outbox leaves: begun part by part, and what became of each part (outbox.h). */
#include "store/outbox.h"
#include "store/airtime.h"
#include "store/choose.h"
#include "store/internal.h"
#include "store/line.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

/* An uncertain text that will not be repeated stays in the index of ready texts, behind all others. */
#define NEVER INT64_MAX

void outbox_message_done(struct outbox_message *m)
{
	free(m->text);
	*m = (struct outbox_message){0};
}

/* Each change here is a transaction of its own, begun and ended in one place, or a piece of its caller's, who then
 * rolls back what failed. */
static int begin(struct store *s, bool *own)
{
	*own = sqlite3_get_autocommit(s->db);
	return *own ? store_begin(s) : 0;
}

static int finish(struct store *s, bool own, int r)
{
	if (!own)
		return r;
	if (r == 0)
		r = store_commit(s);
	if (r)
		store_rollback(s);
	return r;
}

int outbox_note(struct store *s, int64_t message, enum event_kind kind, int64_t now_utc)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT number, modem, reason FROM message_out WHERE id = ?", "I", message);
	if (r < 0)
		return r;
	bool failed = kind == EVENT_MESSAGE_FAILED;
	return event_add(s, kind, "daemon",
			 json_pack("{s:I, s:s, s:s}", "message", (json_int_t)message, "number",
				   query_text(&q, 0), failed ? "reason" : "modem",
				   query_text(&q, failed ? 2 : 1)),
			 now_utc);
}

int outbox_part_begin(struct store *s, const struct outbox_message *m, int part, int ref, const char *modem,
		      int64_t now_utc)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	/* it may have been cancelled, held back, too late, or taken by another line since it was chosen */
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'sending', modem = ?1, ref = nullif(?2, -1),"
	    " repeated = CASE state WHEN 'uncertain' THEN 1 ELSE repeated END,"
	    " next_try_utc = min(next_try_utc, ?3)"
	    " WHERE id = ?4 AND ((state = 'sending' AND modem = ?1) OR (state IN ('queued', 'uncertain')"
	    " AND (not_after_utc IS NULL OR not_after_utc > ?3) AND (bound = ?5 OR (bound IS NULL AND"
	    " (broadcast IS NULL OR (SELECT state FROM broadcast WHERE id = message_out.broadcast) IN"
	    " ('queued', 'done'))))))",
	    "tiIIt", modem, ref, now_utc, m->id, m->line[0] ? m->line : modem);
	if (r == 0 && !store_changes(s))
		r = -ENOENT;
	if (r == 0)
		r = store_run(s,
			      "INSERT INTO part_out (message, part, state, modem, started_utc, line, asked)"
			      " VALUES (?1, ?2, 'sending', ?3, ?4, ?5, ?6)"
			      " ON CONFLICT (message, part) DO UPDATE SET state = 'sending', attempts = "
			      "attempts + 1, modem = ?3, line = ?5, asked = ?6,"
			      " started_utc = ?4, mr = NULL, sent_utc = NULL",
			      "IitItb", m->id, part, modem, now_utc, m->line[0] ? m->line : modem, m->asked);
	return finish(s, own, r);
}

/* Whether a part of this text is still to be begun. */
static bool whole(const struct outbox_message *m)
{
	for (int i = 1; i <= m->segments; i++)
		if (!m->done[i])
			return false;
	return true;
}

static int count_parts(struct store *s, int64_t message, int64_t *ret_uncertain, int64_t *ret_sent,
		       int64_t *ret_given_up)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT coalesce(sum(state = 'uncertain'), 0), coalesce(sum(state = 'sent'), 0),"
			   " coalesce(sum(state = 'failed' AND report_st >= 64), 0) FROM part_out"
			   " WHERE message = ?",
			   "I", message);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	*ret_uncertain = query_int(&q, 0);
	*ret_sent = query_int(&q, 1);
	*ret_given_up = query_int(&q, 2);
	return 0;
}

/* The state of a text whose parts have all been given away, from the states of its parts. */
static int settle(struct store *s, const struct outbox_message *m, int64_t now_utc)
{
	int64_t uncertain, sent, given_up;
	int r = count_parts(s, m->id, &uncertain, &sent, &given_up);
	if (r)
		return r;
	if (given_up) {
		r = store_run(s,
			      "UPDATE message_out SET state = 'failed', done_utc = ?1, sent_utc = "
			      "coalesce(sent_utc, ?1), reason = 'the service centre gave up' WHERE id = ?2",
			      "II", now_utc, m->id);
		return r ? r : outbox_note(s, m->id, EVENT_MESSAGE_FAILED, now_utc);
	}
	if (uncertain) {
		bool again = outbox_personal(m->class) && !m->repeated;
		return store_run(s,
				 "UPDATE message_out SET state = 'uncertain', next_try_utc = ?, " CHOOSE_BOUND
				 " WHERE id = ?",
				 "II", again ? now_utc + OUTBOX_REPEAT_S : NEVER, m->id);
	}
	/* a report may have come before the final OK */
	r = store_run(s,
		      "UPDATE message_out SET state = ?1, sent_utc = coalesce(sent_utc, ?2),"
		      " done_utc = CASE ?1 WHEN 'delivered' THEN ?2 END, reason = NULL WHERE id = ?3",
		      "tII", sent ? "sent" : "delivered", now_utc, m->id);
	return r ? r : outbox_note(s, m->id, EVENT_MESSAGE_SENT, now_utc);
}

static int count_airtime(struct store *s, const struct outbox_message *m, int part, int64_t now_utc)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT modem, line FROM part_out WHERE message = ? AND part = ?", "Ii",
			   m->id, part);
	if (r == 0)
		r = query_next(&q);
	if (r != 1)
		return r;
	r = airtime_add(s, query_text(&q, 1), m->class, 1, now_utc);
	return r ? r : line_add_sent(s, query_text(&q, 0), 1);
}

int outbox_part_sent(struct store *s, struct outbox_message *m, int part, int mr, int64_t now_utc,
		     bool *ret_whole)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	r = store_run(
	    s,
	    "UPDATE part_out SET state = CASE WHEN report_st < 32 AND report_utc >= started_utc THEN "
	    "'delivered' ELSE"
	    " 'sent' END, mr = coalesce(nullif(?1, -1), mr), sent_utc = ?2 WHERE message = ?3 AND part = ?4",
	    "iIIi", mr, now_utc, m->id, part);
	if (r == 0)
		r = count_airtime(s, m, part, now_utc);
	m->done[part] = 1;
	if (r == 0 && whole(m))
		r = settle(s, m, now_utc);
	r = finish(s, own, r);
	if (r == 0)
		*ret_whole = whole(m);
	return r;
}

int outbox_part_reported(struct store *s, const struct outbox_message *m, int part, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT count(*) FROM part_out WHERE message = ? AND part = ? AND report_st < 64 AND "
			 "report_utc >= started_utc",
			 "Ii", m->id, part);
}

int outbox_part_uncertain(struct store *s, struct outbox_message *m, int part, int64_t again_utc,
			  int64_t now_utc, bool *ret_whole)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	r = store_run(s, "UPDATE part_out SET state = 'uncertain' WHERE message = ? AND part = ?", "Ii", m->id,
		      part);
	if (r == 0)
		r = count_airtime(s, m, part, now_utc); /* it may have cost */
	m->done[part] = 1;
	if (r == 0 && whole(m))
		r = settle(s, m, now_utc);
	if (r == 0 && again_utc)
		r = store_run(s,
			      "UPDATE message_out SET attempts = attempts + 1, next_try_utc = CASE state WHEN"
			      " 'uncertain' THEN ?1 ELSE next_try_utc END WHERE id = ?2",
			      "II", again_utc, m->id);
	r = finish(s, own, r);
	if (r == 0)
		*ret_whole = whole(m);
	return r;
}

/* Parts that have left keep a text on its line: from another number they would not be joined. */
static int requeue(struct store *s, int64_t message, int64_t next_try_utc)
{
	return store_run(
	    s,
	    "UPDATE message_out SET state = 'queued', next_try_utc = ?1, modem = CASE WHEN EXISTS"
	    " (SELECT 1 FROM part_out WHERE message = ?2 AND state <> 'failed') THEN modem END, " CHOOSE_BOUND
	    " WHERE id = ?2 AND state = 'sending'",
	    "II", next_try_utc, message);
}

int outbox_part_later(struct store *s, struct outbox_message *m, int part, const char *reason,
		      int64_t next_try_utc)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	r = store_run(s, "UPDATE part_out SET state = 'failed' WHERE message = ? AND part = ?", "Ii", m->id,
		      part);
	if (r == 0)
		r = store_run(
		    s,
		    "UPDATE message_out SET attempts = attempts + 1, reason = ?, prefer = NULL WHERE id "
		    "= ?",
		    "tI", reason, m->id);
	if (r == 0)
		r = requeue(s, m->id, next_try_utc);
	return finish(s, own, r);
}

int outbox_release(struct store *s, const struct outbox_message *m, int part, int64_t next_try_utc)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	r = store_run(
	    s,
	    "UPDATE part_out SET state = 'failed', attempts = attempts - 1 WHERE message = ? AND part = ?"
	    " AND state = 'sending'",
	    "Ii", m->id, part);
	if (r == 0)
		r = requeue(s, m->id, next_try_utc);
	return finish(s, own, r);
}

int outbox_failed(struct store *s, struct outbox_message *m, int part, const char *reason, int64_t now_utc)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	r = store_run(s, "UPDATE part_out SET state = 'failed' WHERE message = ? AND part = ?", "Ii", m->id,
		      part);
	if (r == 0)
		r = store_run(s,
			      "UPDATE message_out SET state = 'failed', attempts = attempts + 1, reason = ?, "
			      "done_utc = ? WHERE id = ?",
			      "tII", reason, now_utc, m->id);
	if (r == 0)
		r = outbox_note(s, m->id, EVENT_MESSAGE_FAILED, now_utc);
	return finish(s, own, r);
}

int outbox_expire(struct store *s, int64_t now_utc, int *ret_count)
{
	/* looked for before it is written, since most times there is none and a write is a wake-up of the disk
	 */
	int64_t id;
	int r = store_get(s, &id,
			  "SELECT id FROM message_out WHERE state = 'queued' AND not_after_utc <= ? LIMIT 1",
			  "I", now_utc);
	*ret_count = 0;
	if (r)
		return r == -ENOENT ? 0 : r;
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'expired', done_utc = ?1, reason = coalesce(reason, 'too late')"
	    " WHERE state = 'queued' AND not_after_utc <= ?1",
	    "I", now_utc);
	if (r == 0)
		*ret_count = store_changes(s);
	return r;
}

/* After a crash: a part that was with a modem is uncertain. The text then stands as if its outcome had been
 * learned in life: parts which are left go on, or the text is settled. */
static int recover_one(struct store *s, int64_t id, int64_t now_utc)
{
	struct outbox_message m;
	int64_t part;
	int r = choose_load(s, id, &m);
	if (r)
		return r;
	while ((r = store_get(s, &part, "SELECT part FROM part_out WHERE message = ? AND state = 'sending'",
			      "I", id)) == 0 &&
	       (r = count_airtime(s, &m, (int)part, now_utc)) == 0 && /* it may have cost */
	       (r = store_run(s, "UPDATE part_out SET state = 'uncertain' WHERE message = ? AND part = ?", "II",
			      id, part)) == 0)
		;
	outbox_message_done(&m);
	r = r == -ENOENT ? choose_load(s, id, &m) : r;
	if (r)
		return r;
	if (!whole(&m) && m.repeated) {
		/* its one repetition was under way: the parts that are uncertain now stay so */
		int64_t begun;
		r = store_get(s, &begun,
			      "SELECT count(*) FROM part_out WHERE message = ? AND state <> 'failed'", "I", id);
		if (r == 0 && begun == m.segments)
			memset(m.done, 1, sizeof m.done);
	}
	if (r == 0)
		r = whole(&m)
			? settle(s, &m, now_utc)
			: store_run(s,
				    "UPDATE message_out SET state = 'queued', next_try_utc = ?, " CHOOSE_BOUND
				    " WHERE id = ?",
				    "II", now_utc, id);
	outbox_message_done(&m);
	return r;
}

int outbox_settle(struct store *s, int64_t id, int64_t now_utc)
{
	bool own;
	int r = begin(s, &own);
	return r ? r : finish(s, own, recover_one(s, id, now_utc));
}

int outbox_recover(struct store *s, int64_t now_utc, int *ret_uncertain)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	int64_t id, before = 0, count;
	r = store_get(
	    s, &count,
	    "SELECT count(*) FROM part_out WHERE state IN ('sending', 'uncertain') AND state = 'sending'", "");
	while (r == 0) {
		r = store_get(s, &id,
			      "SELECT id FROM message_out WHERE state IN ('queued', 'sending', 'uncertain') "
			      "AND state = 'sending'"
			      " AND id > ? ORDER BY id LIMIT 1",
			      "I", before);
		if (r == 0)
			r = recover_one(s, before = id, now_utc);
	}
	r = finish(s, own, r == -ENOENT ? 0 : r);
	if (r == 0)
		*ret_uncertain = (int)count;
	return r;
}

int outbox_part_late(struct store *s, int64_t message, int part, int mr, int64_t now_utc)
{
	bool own;
	int r = begin(s, &own);
	if (r)
		return r;
	r = store_run(s,
		      "UPDATE part_out SET state = 'sent', mr = nullif(?1, -1), sent_utc = ?2"
		      " WHERE message = ?3 AND part = ?4 AND state = 'uncertain'",
		      "iIIi", mr, now_utc, message, part);
	if (r == 0 && !store_changes(s))
		r = -ENOENT;
	if (r == 0)
		r = store_run(
		    s,
		    "UPDATE message_out SET state = 'sent', sent_utc = coalesce(sent_utc, ?1) WHERE id = ?2"
		    " AND state = 'uncertain' AND NOT EXISTS (SELECT 1 FROM part_out WHERE message = ?2"
		    " AND state NOT IN ('sent', 'delivered'))",
		    "II", now_utc, message);
	if (r == 0 && store_changes(s))
		r = outbox_note(s, message, EVENT_MESSAGE_SENT, now_utc);
	return finish(s, own, r);
}

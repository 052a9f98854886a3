/* How a text of the outbox leaves: claimed, begun part by part, and what became of each part (outbox.h). */
#include "store/outbox.h"
#include "store/airtime.h"
#include "store/internal.h"
#include "store/line.h"
#include "store/private.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

/* An uncertain text that will not be repeated stays in the index of ready texts, behind all others. */
#define NEVER INT64_MAX

static bool personal(enum outbox_class c)
{
	return c == OUTBOX_ALARM || c == OUTBOX_REPLY;
}

void outbox_message_done(struct outbox_message *m)
{
	free(m->text);
	*m = (struct outbox_message){0};
}

#define COLUMNS                                                                                                \
	"id, number, text, priority, alphabet = 'ucs2', report, report_missing, segments, attempts, "          \
	"coalesce(ref, -1),"                                                                                   \
	" not_after_utc, created_utc, broadcast, matter, state, private, dedupe"

static int load_done(struct store *s, struct outbox_message *m)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT part, state FROM part_out WHERE message = ?", "I", m->id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t part = query_int(&q, 0);
		const char *state = query_text(&q, 1);
		/* `sending` is found here only when an outcome could not be written: not to be begun again, see
		 * outbox_settle */
		if (part >= 1 && part <= OUTBOX_PARTS_MAX)
			m->done[part] = !strcmp(state, "sent") || !strcmp(state, "delivered") ||
					!strcmp(state, "sending") ||
					(!strcmp(state, "uncertain") && !(m->repeated && personal(m->class)));
	}
	return r;
}

static int load(struct store *s, struct query *q, struct outbox_message *ret)
{
	int r = query_next(q);
	if (r != 1)
		return r ? r : -ENOENT;
	struct outbox_message m = {.id = query_int(q, 0),
				   .text = mem_dup(query_text(q, 2)),
				   .class = (enum outbox_class)query_int(q, 3),
				   .ucs2 = query_int(q, 4) != 0,
				   .report = query_int(q, 5) != 0,
				   .repeated = query_int(q, 6) != 0 || !strcmp(query_text(q, 14), "uncertain"),
				   .segments = (int)query_int(q, 7),
				   .attempts = (int)query_int(q, 8),
				   .ref = (int)query_int(q, 9),
				   .not_after_utc = query_int(q, 10),
				   .created_utc = query_int(q, 11),
				   .broadcast = query_int(q, 12),
				   .matter = query_int(q, 13)};
	strncpy(m.number, query_text(q, 1), sizeof m.number - 1);
	r = load_done(s, &m);
	if (r)
		outbox_message_done(&m);
	else
		*ret = m;
	return r;
}

/* The words themselves in place of what stands for them. */
static int load_private(struct store *s, const char *occasion, struct outbox_message *m, int64_t now_utc)
{
	char *words = NULL;
	int r = private_out(s, occasion, &words);
	if (r == -EBUSY || r == -ENOSPC || r == -EIO)
		return r;
	if (words) {
		free(m->text);
		m->text = words;
		return 0;
	}
	/* the file is gone or is not ours: no other text has to wait for this one */
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'failed', done_utc = ?, reason = 'its words are not in the "
	    "private file' WHERE id = ?",
	    "II", now_utc, m->id);
	return r < 0 ? r : -ENOENT;
}

static int load_whole(struct store *s, struct query *q, int64_t now_utc, struct outbox_message *ret)
{
	int r = load(s, q, ret);
	if (r || !query_int(q, 15))
		return r;
	if ((r = load_private(s, query_text(q, 16), ret, now_utc)))
		outbox_message_done(ret);
	return r;
}

int outbox_claim(struct store *s, const char *modem, const struct outbox_gate *g, int64_t now_utc,
		 struct outbox_message *ret)
{
	/* parts of one text stay together: what was begun here goes on before anything else is begun */
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT " COLUMNS " FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
		       " AND state = 'sending' AND modem = ? AND next_try_utc <= ? ORDER BY priority, "
		       "next_try_utc, id LIMIT 1",
		       "tI", modem, now_utc);
	if (r == 0)
		r = load_whole(s, &q, now_utc, ret);
	for (int c = 0; c < OUTBOX_CLASSES && r == -ENOENT; c++) {
		if (!g->class_open[c])
			continue;
		r = query_open(s, &q,
			       "SELECT " COLUMNS
			       " FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
			       " AND priority = ?1 AND next_try_utc <= ?2 AND state <> 'sending' AND (modem IS "
			       "NULL OR modem = ?3)"
			       " AND (quiet = 0 OR NOT ?4) AND (not_after_utc IS NULL OR not_after_utc > ?2)"
			       " AND (broadcast IS NULL OR (SELECT state FROM broadcast WHERE id = "
			       "message_out.broadcast) IN ('queued', 'done'))"
			       " ORDER BY next_try_utc, id LIMIT 1",
			       "iItb", c, now_utc, modem, g->quiet_hours);
		if (r == 0)
			r = load_whole(s, &q, now_utc, ret);
	}
	return r;
}

int outbox_next_utc(struct store *s, int64_t now_utc, int64_t *ret_utc)
{
	return store_get(s, ret_utc,
			 "SELECT coalesce(min(next_try_utc), 9223372036854775807) FROM message_out"
			 " WHERE state IN ('queued', 'sending', 'uncertain') AND next_try_utc > ?",
			 "I", now_utc);
}

/* Each change here is a transaction, begun and ended in one place. */
static int finish(struct store *s, int r)
{
	if (r == 0)
		r = store_commit(s);
	if (r)
		store_rollback(s);
	return r;
}

int outbox_part_begin(struct store *s, const struct outbox_message *m, int part, int ref, const char *modem,
		      int64_t now_utc)
{
	int r = store_begin(s);
	if (r)
		return r;
	/* it may have been cancelled, or taken by another line, since it was chosen */
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'sending', modem = ?1, ref = nullif(?2, -1),"
	    " report_missing = CASE state WHEN 'uncertain' THEN 1 ELSE report_missing END,"
	    " next_try_utc = min(next_try_utc, ?3)"
	    " WHERE id = ?4 AND (state IN ('queued', 'uncertain') OR (state = 'sending' AND modem = ?1))",
	    "tiII", modem, ref, now_utc, m->id);
	if (r == 0 && !store_changes(s))
		r = -ENOENT;
	if (r == 0)
		r = store_run(s,
			      "INSERT INTO part_out (message, part, state, modem, started_utc) VALUES (?1, ?2, "
			      "'sending', ?3, ?4)"
			      " ON CONFLICT (message, part) DO UPDATE SET state = 'sending', attempts = "
			      "attempts + 1, modem = ?3,"
			      " started_utc = ?4, mr = NULL, sent_utc = NULL",
			      "IitI", m->id, part, modem, now_utc);
	return finish(s, r);
}

/* Whether a part of this text is still to be begun. */
static bool whole(const struct outbox_message *m)
{
	for (int i = 1; i <= m->segments; i++)
		if (!m->done[i])
			return false;
	return true;
}

/* The state of a text whose parts have all been given away, from the states of its parts. */
static int settle(struct store *s, const struct outbox_message *m, int64_t now_utc)
{
	int64_t uncertain, sent;
	int r =
	    store_get(s, &uncertain, "SELECT count(*) FROM part_out WHERE message = ? AND state = 'uncertain'",
		      "I", m->id);
	if (r == 0)
		r = store_get(s, &sent, "SELECT count(*) FROM part_out WHERE message = ? AND state = 'sent'",
			      "I", m->id);
	if (r)
		return r;
	if (uncertain) {
		bool again = personal(m->class) && !m->repeated;
		return store_run(s, "UPDATE message_out SET state = 'uncertain', next_try_utc = ? WHERE id = ?",
				 "II", again ? now_utc + OUTBOX_REPEAT_S : NEVER, m->id);
	}
	/* a report may have come before the final OK */
	return store_run(s,
			 "UPDATE message_out SET state = ?1, sent_utc = coalesce(sent_utc, ?2),"
			 " done_utc = CASE ?1 WHEN 'delivered' THEN ?2 END, reason = NULL WHERE id = ?3",
			 "tII", sent ? "sent" : "delivered", now_utc, m->id);
}

static int count_airtime(struct store *s, const struct outbox_message *m, int part, int64_t now_utc)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q, "SELECT modem FROM part_out WHERE message = ? AND part = ?", "Ii", m->id, part);
	if (r == 0)
		r = query_next(&q);
	if (r != 1)
		return r;
	r = airtime_add(s, query_text(&q, 0), 1, personal(m->class), now_utc);
	return r ? r : line_add_sent(s, query_text(&q, 0), 1);
}

int outbox_part_sent(struct store *s, struct outbox_message *m, int part, int mr, int64_t now_utc,
		     bool *ret_whole)
{
	int r = store_begin(s);
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
	r = finish(s, r);
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

int outbox_part_uncertain(struct store *s, struct outbox_message *m, int part, int64_t now_utc, bool *ret_whole)
{
	int r = store_begin(s);
	if (r)
		return r;
	r = store_run(s, "UPDATE part_out SET state = 'uncertain' WHERE message = ? AND part = ?", "Ii", m->id,
		      part);
	if (r == 0)
		r = count_airtime(s, m, part, now_utc); /* it may have cost */
	m->done[part] = 1;
	if (r == 0 && whole(m))
		r = settle(s, m, now_utc);
	r = finish(s, r);
	if (r == 0)
		*ret_whole = whole(m);
	return r;
}

/* Parts that have left keep a text on its line: from another number they would not be joined. */
static int requeue(struct store *s, int64_t message, int64_t next_try_utc)
{
	return store_run(s,
			 "UPDATE message_out SET state = 'queued', next_try_utc = ?1, modem = CASE WHEN EXISTS"
			 " (SELECT 1 FROM part_out WHERE message = ?2 AND state <> 'failed') THEN modem END"
			 " WHERE id = ?2 AND state = 'sending'",
			 "II", next_try_utc, message);
}

int outbox_part_later(struct store *s, struct outbox_message *m, int part, const char *reason,
		      int64_t next_try_utc)
{
	int r = store_begin(s);
	if (r)
		return r;
	r = store_run(s, "UPDATE part_out SET state = 'failed' WHERE message = ? AND part = ?", "Ii", m->id,
		      part);
	if (r == 0)
		r = store_run(s, "UPDATE message_out SET attempts = attempts + 1, reason = ? WHERE id = ?",
			      "tI", reason, m->id);
	if (r == 0)
		r = requeue(s, m->id, next_try_utc);
	return finish(s, r);
}

int outbox_release(struct store *s, const struct outbox_message *m, int part, int64_t next_try_utc)
{
	int r = store_begin(s);
	if (r)
		return r;
	r = store_run(
	    s,
	    "UPDATE part_out SET state = 'failed', attempts = attempts - 1 WHERE message = ? AND part = ?"
	    " AND state = 'sending'",
	    "Ii", m->id, part);
	if (r == 0)
		r = requeue(s, m->id, next_try_utc);
	return finish(s, r);
}

int outbox_failed(struct store *s, struct outbox_message *m, int part, const char *reason, int64_t now_utc)
{
	int r = store_begin(s);
	if (r)
		return r;
	r = store_run(s, "UPDATE part_out SET state = 'failed' WHERE message = ? AND part = ?", "Ii", m->id,
		      part);
	if (r == 0)
		r = store_run(s,
			      "UPDATE message_out SET state = 'failed', attempts = attempts + 1, reason = ?, "
			      "done_utc = ? WHERE id = ?",
			      "tII", reason, now_utc, m->id);
	return finish(s, r);
}

int outbox_expire(struct store *s, int64_t now_utc, int *ret_count)
{
	/* looked for before it is written, since most times there is none and a write is a wake-up of the disk
	 */
	int64_t id;
	int r = store_get(
	    s, &id,
	    "SELECT id FROM message_out WHERE state IN ('queued', 'sending', 'uncertain') AND state = 'queued'"
	    " AND not_after_utc <= ? LIMIT 1",
	    "I", now_utc);
	*ret_count = 0;
	if (r)
		return r == -ENOENT ? 0 : r;
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'expired', done_utc = ?1, reason = coalesce(reason, 'too late')"
	    " WHERE state IN ('queued', 'sending', 'uncertain') AND state = 'queued' AND not_after_utc <= ?1",
	    "I", now_utc);
	if (r == 0)
		*ret_count = store_changes(s);
	return r;
}

/* After a crash: a part that was with a modem is uncertain. The text then stands as if its outcome had been
 * learned in life: parts which are left go on, or the text is settled. */
static int recover_one(struct store *s, int64_t id, int64_t now_utc)
{
	cleanup_query struct query q = {0};
	struct outbox_message m;
	int r = store_run(s, "UPDATE part_out SET state = 'uncertain' WHERE message = ? AND state = 'sending'",
			  "I", id);
	if (r == 0)
		r = query_open(s, &q, "SELECT " COLUMNS " FROM message_out WHERE id = ?", "I", id);
	if (r == 0)
		r = load(s, &q, &m);
	if (r)
		return r;
	query_close(&q);
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
			: store_run(s, "UPDATE message_out SET state = 'queued', next_try_utc = ? WHERE id = ?",
				    "II", now_utc, id);
	outbox_message_done(&m);
	return r;
}

int outbox_settle(struct store *s, int64_t id, int64_t now_utc)
{
	int r = store_begin(s);
	return r ? r : finish(s, recover_one(s, id, now_utc));
}

int outbox_recover(struct store *s, int64_t now_utc, int *ret_uncertain)
{
	int r = store_begin(s);
	if (r)
		return r;
	int64_t id, before = 0, count;
	r = store_get(s, &count, "SELECT count(*) FROM part_out WHERE state = 'sending'", "");
	while (r == 0) {
		r = store_get(s, &id,
			      "SELECT id FROM message_out WHERE state IN ('queued', 'sending', 'uncertain') "
			      "AND state = 'sending'"
			      " AND id > ? ORDER BY id LIMIT 1",
			      "I", before);
		if (r == 0)
			r = recover_one(s, before = id, now_utc);
	}
	r = finish(s, r == -ENOENT ? 0 : r);
	if (r == 0)
		*ret_uncertain = (int)count;
	return r;
}

int outbox_part_late(struct store *s, int64_t message, int part, int mr, int64_t now_utc)
{
	int r = store_begin(s);
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
	return finish(s, r);
}

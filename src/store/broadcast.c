#include "store/broadcast.h"

#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/outbox.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {[BROADCAST_WAITING] = "waiting",
					  [BROADCAST_QUEUED] = "queued",
					  [BROADCAST_PAUSED] = "paused",
					  [BROADCAST_DONE] = "done",
					  [BROADCAST_CANCELLED] = "cancelled"};

const char *broadcast_state_name(enum broadcast_state st)
{
	return state_names[st];
}

enum broadcast_state broadcast_state_find(const char *name)
{
	for (int i = 0; i <= BROADCAST_CANCELLED; i++)
		if (!strcmp(state_names[i], name))
			return (enum broadcast_state)i;
	return BROADCAST_CANCELLED;
}

static int note(struct store *s, int64_t id, const char *entry, const struct actor *by, int64_t now)
{
	char text[48];
	snprintf(text, sizeof text, "broadcast %lld", (long long)id);
	return journal_add(s, 0, entry, text, by, now);
}

static int tell_queued(struct store *s, int64_t id, const char *by, int64_t now)
{
	int64_t recipients, segments;
	int r = store_get(s, &recipients, "SELECT recipients FROM broadcast WHERE id = ?", "I", id);
	if (!r)
		r = store_get(
		    s, &segments,
		    "SELECT coalesce(segments_total, recipients * segments) FROM broadcast WHERE id = ?", "I",
		    id);
	return r ? r
		 : event_add(s, EVENT_BROADCAST_QUEUED, by,
			     json_pack("{sI sI sI}", "broadcast", (json_int_t)id, "recipients",
				       (json_int_t)recipients, "segments", (json_int_t)segments),
			     now);
}

#define TEXT_COLUMNS                                                                                           \
	"INSERT INTO message_out (id, number, person, text, class, priority, alphabet, segments, report, "     \
	"created_utc,"                                                                                         \
	" not_before_utc, not_after_utc, quiet, next_try_utc, broadcast, dedupe)"

struct queueing {
	struct store *s;
	const struct broadcast_new *n;
	int64_t id, now;
	int64_t last; /* number of the text before: odd, as the outbox gives them (store/message.h) */
	char occasion[48];
	struct buf text;
};

/* The same text for all, in one statement; who is left out leaves a gap in the numbers. */
static int queue_all(const struct queueing *q)
{
	const struct broadcast_new *n = q->n;
	return store_run(
	    q->s,
	    TEXT_COLUMNS " SELECT ?1 + 2 * position, number, person, ?2, 'broadcast', ?3, ?4, ?5, 1, ?6,"
			 " ?7, ?8, ?9, ?7, ?10, ?11 || number FROM audience WHERE reason IS NULL",
	    "ItitiIIPbIt", q->last, n->text, (int)OUTBOX_BROADCAST, n->ucs2 ? "ucs2" : "gsm7", n->segments,
	    q->now, n->at_utc, n->not_after_utc, !n->override_quiet, q->id, q->occasion);
}

static int queue_one(void *ctx, const struct broadcast_member *m)
{
	struct queueing *q = ctx;
	const struct broadcast_new *n = q->n;
	bool ucs2 = false;
	int segments = 0;
	buf_reset(&q->text);
	int r = n->fill(n->ctx, m, &q->text, &ucs2, &segments);
	return r ? r
		 : store_run(q->s,
			     TEXT_COLUMNS
			     " VALUES (?1, ?2, ?3, ?4, 'broadcast', ?5, ?6, ?7, 1, ?8, ?9, ?10, ?11, ?9,"
			     " ?12, ?13 || ?2)",
			     "ItPtitiIIPbIt", q->last += 2, m->number, m->person, buf_str(&q->text),
			     (int)OUTBOX_BROADCAST, ucs2 ? "ucs2" : "gsm7", segments, q->now, n->at_utc,
			     n->not_after_utc, !n->override_quiet, q->id, q->occasion);
}

static int queue_texts(struct store *s, int64_t id, const struct broadcast_new *n, int64_t now)
{
	struct queueing q = {.s = s, .n = n, .id = id, .now = now};
	snprintf(q.occasion, sizeof q.occasion, "broadcast:%lld:", (long long)id);
	int r = store_get(s, &q.last, "SELECT coalesce(max(id), -1) | 1 FROM message_out", "");
	if (!r)
		r = n->fill ? broadcast_recipients_each(s, queue_one, &q) : queue_all(&q);
	buf_done(&q.text);
	return r;
}

int broadcast_add(struct store *s, const struct broadcast_new *n, int64_t now, int64_t *ret_id)
{
	struct actor by = {.channel = strncmp(n->by, "person:", 7) ? CHANNEL_SHELL : CHANNEL_TEXT};
	text_copy(by.id, sizeof by.id, n->by);
	int r = store_run(s,
			  "INSERT INTO broadcast (audience, text, state, segments, recipients, at_utc, "
			  "not_after_utc, override_quiet,"
			  " created_by, created_utc, segments_total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			  "tttiIIPbtIP", n->audience, n->text, n->waiting ? "waiting" : "queued", n->segments,
			  n->recipients, n->at_utc, n->not_after_utc, n->override_quiet, n->by, now,
			  n->segments_total);
	if (r)
		return r;
	int64_t id = store_last_id(s);
	if (!n->poll)
		r = queue_texts(s, id, n, now);
	if (!r)
		r = note(s, id,
			 n->override_quiet ? "broadcast into quiet hours"
			 : n->waiting      ? "broadcast asked for"
					   : "broadcast",
			 &by, now);
	if (!r && !n->waiting)
		r = tell_queued(s, id, n->by, now);
	if (!r)
		*ret_id = id;
	return r;
}

#define COLUMNS                                                                                                \
	"b.id, b.audience, b.text, b.state, b.segments, b.recipients, b.at_utc, b.not_after_utc, "             \
	"b.override_quiet,"                                                                                    \
	" b.created_by, b.created_utc, b.done_utc, b.asked_utc,"                                               \
	" (SELECT count(*) FROM approval a WHERE a.broadcast = b.id AND a.wrong < 3),"                         \
	" (SELECT max(expires_utc) FROM approval a WHERE a.broadcast = b.id AND a.wrong < 3),"                 \
	" coalesce(b.segments_total, b.recipients * b.segments)"

static int count_asked(struct store *s, struct broadcast *b)
{
	int r = store_get(s, &b->sent,
			  "SELECT (SELECT count(*) FROM poll_voter v WHERE v.poll = o.id AND v.asked_utc IS NOT"
			  " NULL) FROM poll o WHERE o.broadcast = ?",
			  "I", b->id);
	if (r == 0 && b->state != BROADCAST_DONE && b->state != BROADCAST_CANCELLED && b->recipients > b->sent)
		b->queued = b->recipients - b->sent;
	return r == -ENOENT ? 0 : r;
}

static int count_states(struct store *s, struct broadcast *b)
{
	cleanup_query struct query q = {0};
	static const char *const names[] = {"queued", "sending", "sent",      "delivered",
					    "failed", "expired", "uncertain", "cancelled"};
	int64_t *const counts[] = {&b->queued, &b->sending, &b->sent,      &b->delivered,
				   &b->failed, &b->expired, &b->uncertain, &b->cancelled};
	int r = query_open(s, &q, "SELECT state, count(*) FROM message_out WHERE broadcast = ? GROUP BY state",
			   "I", b->id);
	while (r >= 0 && (r = query_next(&q)) == 1)
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (!strcmp(query_text(&q, 0), names[i]))
				*counts[i] = query_int(&q, 1);
	if (r >= 0)
		r = count_asked(s, b);
	if (b->recipients)
		b->segments_left = (b->queued + b->sending) * b->segments_total / b->recipients;
	return r;
}

static int walk(struct store *s, struct query *q, int r, int (*row)(void *ctx, const struct broadcast *b),
		void *ctx, int *rows)
{
	while (r >= 0 && (r = query_next(q)) == 1) {
		struct broadcast b = {.id = query_int(q, 0),
				      .audience = query_text(q, 1),
				      .text = query_text(q, 2),
				      .state = broadcast_state_find(query_text(q, 3)),
				      .segments = (int)query_int(q, 4),
				      .recipients = query_int(q, 5),
				      .at_utc = query_int(q, 6),
				      .not_after_utc = query_int(q, 7),
				      .override_quiet = query_int(q, 8) != 0,
				      .created_by = query_text(q, 9),
				      .created_utc = query_int(q, 10),
				      .done_utc = query_int(q, 11),
				      .asked_utc = query_int(q, 12),
				      .codes = (int)query_int(q, 13),
				      .code_until_utc = query_int(q, 14),
				      .segments_total = query_int(q, 15)};
		++*rows;
		if ((r = count_states(s, &b)) < 0)
			return r;
		int stop = row(ctx, &b);
		if (stop)
			return stop;
	}
	return r;
}

int broadcast_list(struct store *s, int64_t since_utc, long limit,
		   int (*row)(void *ctx, const struct broadcast *b), void *ctx)
{
	cleanup_query struct query q = {0};
	int rows = 0;
	int r = query_open(s, &q,
			   "SELECT " COLUMNS
			   " FROM (SELECT * FROM broadcast WHERE created_utc >= ? ORDER BY id DESC LIMIT ?) b"
			   " ORDER BY b.id",
			   "II", since_utc, limit == LONG_MAX ? (int64_t)-1 : (int64_t)limit);
	return walk(s, &q, r, row, ctx, &rows);
}

int broadcast_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct broadcast *b), void *ctx)
{
	cleanup_query struct query q = {0};
	int rows = 0;
	int r = query_open(s, &q, "SELECT " COLUMNS " FROM broadcast b WHERE b.id = ?", "I", id);
	r = walk(s, &q, r, row, ctx, &rows);
	return r == 0 && rows == 0 ? -ENOENT : r;
}

/* From one of the states of the mask to another; -ENOENT, or -EPERM from any other. */
static int change(struct store *s, int64_t id, unsigned from, enum broadcast_state to)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT state FROM broadcast WHERE id = ?", "I", id);
	if (r < 0)
		return r;
	if (!(from & 1u << broadcast_state_find(query_text(&q, 0))))
		return -EPERM;
	query_close(&q);
	return store_run(s, "UPDATE broadcast SET state = ?2, done_utc = NULL WHERE id = ?1", "It", id,
			 state_names[to]);
}

int broadcast_pause(struct store *s, int64_t id, const struct actor *by, int64_t now)
{
	int r = change(s, id, 1u << BROADCAST_QUEUED, BROADCAST_PAUSED);
	return r ? r : note(s, id, "broadcast paused", by, now);
}

int broadcast_resume(struct store *s, int64_t id, const struct actor *by, int64_t now)
{
	int r = change(s, id, 1u << BROADCAST_PAUSED, BROADCAST_QUEUED);
	return r ? r : note(s, id, "broadcast resumed", by, now);
}

int broadcast_approve(struct store *s, int64_t id, const struct actor *by, int64_t now)
{
	int64_t same;
	int r = store_get(s, &same, "SELECT created_by = ?2 FROM broadcast WHERE id = ?1", "It", id, by->id);
	if (r)
		return r;
	if (same)
		return -EACCES;
	r = change(s, id, 1u << BROADCAST_WAITING, BROADCAST_QUEUED);
	if (!r)
		r = note(s, id, "broadcast approved", by, now);
	return r ? r : tell_queued(s, id, by->id, now);
}

int broadcast_cancel(struct store *s, int64_t id, const struct actor *by, int64_t now, int *ret_stopped)
{
	int r = change(s, id, 1u << BROADCAST_WAITING | 1u << BROADCAST_QUEUED | 1u << BROADCAST_PAUSED,
		       BROADCAST_CANCELLED);
	if (!r)
		r = store_run(s, "UPDATE broadcast SET done_utc = ?2 WHERE id = ?1", "II", id, now);
	if (!r)
		r = outbox_cancel_broadcast(s, id, now, ret_stopped);
	return r ? r : note(s, id, "broadcast cancelled", by, now);
}

int broadcast_retry(struct store *s, int64_t id, bool uncertain, const struct actor *by, int64_t now,
		    int *ret_again)
{
	int again = 0;
	int64_t polls = 0;
	int r = store_get(s, &polls, "SELECT count(*) FROM poll WHERE broadcast = ?", "I", id);
	if (r || polls)
		return r ? r : -EPERM;
	r = change(s, id, 1u << BROADCAST_QUEUED | 1u << BROADCAST_DONE, BROADCAST_QUEUED);
	if (!r)
		r = outbox_retry_broadcast(s, id, uncertain, now, &again);
	if (!r && !again) /* nothing to repeat: one that was done is done */
		r = store_run(s,
			      "UPDATE broadcast SET state = 'done', done_utc = ?2 WHERE id = ?1 AND NOT EXISTS "
			      "(SELECT 1 FROM message_out"
			      " WHERE broadcast = ?1 AND state IN ('queued', 'sending'))",
			      "II", id, now);
	*ret_again = again;
	return r ? r
		 : note(s, id, uncertain ? "broadcast repeated, uncertain ones too" : "broadcast repeated", by,
			now);
}

int broadcast_ahead(struct store *s, int64_t by_utc, int64_t except, bool urgent, struct broadcast_ahead *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct broadcast_ahead){0};
	int r = query_open(
	    s, &q,
	    "SELECT m.broadcast, count(*), sum(m.segments), b.override_quiet FROM message_out m"
	    " LEFT JOIN broadcast b ON b.id = m.broadcast"
	    " WHERE m.state IN ('queued', 'sending', 'uncertain') AND m.state IN ('queued', 'sending')"
	    " AND m.priority >= 2 AND m.next_try_utc <= ? AND m.broadcast IS NOT ? AND (m.broadcast IS NULL OR"
	    " b.state = 'queued') GROUP BY m.broadcast",
	    "II", by_utc, except ? except : -1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		if (query_null(&q, 0) || ret->count == BROADCAST_QUEUES) {
			ret->segments += query_int(&q, 2);
			continue;
		}
		bool other_urgent = query_int(&q, 3) != 0;
		ret->queue[ret->count].texts = query_int(&q, 1);
		ret->queue[ret->count].per_text = other_urgent == urgent ? 1 : urgent ? 0.25 : 4;
		ret->queue[ret->count++].segments = query_int(&q, 2);
	}
	return r;
}

int64_t broadcast_ahead_of(const struct broadcast_ahead *a, int64_t texts)
{
	int64_t sum = a->segments;
	for (int i = 0; i < a->count; i++) {
		double before = (double)texts * a->queue[i].per_text;
		sum += before < (double)a->queue[i].texts
			   ? (int64_t)((double)a->queue[i].segments * before / (double)a->queue[i].texts)
			   : a->queue[i].segments;
	}
	return sum;
}

static int finish_one(struct store *s, int64_t id, int64_t now)
{
	struct broadcast b = {.id = id};
	int r = store_run(s, "UPDATE broadcast SET state = 'done', done_utc = ?2 WHERE id = ?1", "II", id, now);
	if (!r)
		r = count_states(s, &b);
	return r ? r
		 : event_add(s, EVENT_BROADCAST_DONE, "daemon",
			     json_pack("{sI sI sI sI}", "broadcast", (json_int_t)id, "sent",
				       (json_int_t)(b.sent + b.delivered), "failed",
				       (json_int_t)(b.failed + b.expired), "uncertain",
				       (json_int_t)b.uncertain),
			     now);
}

int broadcast_finish(struct store *s, int64_t now)
{
	int64_t id;
	int r;
	while ((r = store_get(s, &id,
			      "SELECT b.id FROM broadcast b WHERE b.state = 'queued' AND NOT EXISTS (SELECT 1 "
			      "FROM message_out"
			      " WHERE broadcast = b.id AND state IN ('queued', 'sending'))"
			      " AND NOT EXISTS (SELECT 1 FROM poll WHERE broadcast = b.id) LIMIT 1",
			      "")) == 0)
		if ((r = finish_one(s, id, now)))
			return r;
	return r == -ENOENT ? 0 : r;
}

#include "store/balance.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/outbox.h"

static int note_event(struct store *s, const struct balance *b, int64_t now_utc)
{
	return event_add(s, EVENT_BALANCE_READ, "daemon",
			 json_pack("{s:s, s:o, s:s, s:s, s:o, s:I}", "modem", b->line, "amount",
				   b->has_amount ? json_real((double)b->cents / 100) : json_null(), "news",
				   b->news, "notice", b->notice, "expires",
				   b->expires_utc ? json_integer(b->expires_utc) : json_null(), "message",
				   (json_int_t)b->message),
			 now_utc);
}

int balance_add(struct store *s, const struct balance *b, int64_t now_utc)
{
	int r = store_run(
	    s,
	    "INSERT INTO balance (line, iccid, utc, cents, news, expires_utc, source, message, notice)"
	    " VALUES (?1, coalesce(nullif(?2, ''), (SELECT iccid FROM line WHERE name = ?1), "
	    "''), ?3, CASE WHEN ?4 THEN ?5 END, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (message) DO NOTHING",
	    "ttIbItPtPt", b->line, b->iccid, b->utc, b->has_amount, b->cents, b->news, b->expires_utc,
	    b->source, b->message, b->notice);
	if (r || !store_changes(s))
		return r;
	r = note_event(s, b, now_utc);
	if (r)
		return r;
	return store_run(s,
			 "DELETE FROM balance WHERE line = ?1 AND id <= (SELECT id FROM balance WHERE line = ?1"
			 " ORDER BY id DESC LIMIT 1 OFFSET ?2)",
			 "ti", b->line, BALANCE_MAX);
}

int balance_each(struct store *s, const char *line, int limit, int (*row)(void *ctx, const struct balance *b),
		 void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT id, line, iccid, utc, cents, news, expires_utc, source, message, notice FROM balance"
	    " WHERE line = ? ORDER BY id DESC LIMIT ?",
	    "ti", line, limit);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct balance b = {.id = query_int(&q, 0),
				    .line = query_text(&q, 1),
				    .iccid = query_text(&q, 2),
				    .utc = query_int(&q, 3),
				    .has_amount = !query_null(&q, 4),
				    .cents = query_int(&q, 4),
				    .news = query_text(&q, 5),
				    .expires_utc = query_int(&q, 6),
				    .source = query_text(&q, 7),
				    .message = query_int(&q, 8),
				    .notice = query_text(&q, 9)};
		int stop = row(ctx, &b);
		if (stop)
			return stop;
	}
	return r;
}

int balance_arrived(struct store *s, const char *line, int64_t utc, bool *ret)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT EXISTS (SELECT 1 FROM message_out WHERE created_utc > ?1 AND sent_utc > ?1 AND modem = ?2"
	    " AND state = 'delivered')",
	    "It", utc, line);
	if (r >= 0)
		*ret = n != 0;
	return r < 0 ? r : 0;
}

int balance_last_id(struct store *s, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(max(id), 0) FROM balance", "");
}

int balance_ask(struct store *s, const char *number, const char *text, bool ucs2, const char *bound,
		const char *dedupe, int64_t now_utc, int64_t not_after_utc)
{
	int64_t id = 0;
	int r = outbox_add(s,
			   &(struct outbox_new){.number = number,
						.text = text,
						.class = OUTBOX_REPLY,
						.ucs2 = ucs2,
						.segments = 1,
						.not_after_utc = not_after_utc,
						.dedupe = dedupe},
			   now_utc, &id);
	if (r || !id)
		return r;
	return store_run(s, "UPDATE message_out SET bound = ? WHERE id = ?", "tI", bound, id);
}

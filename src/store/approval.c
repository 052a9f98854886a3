#include "store/approval.h"
#include "store/internal.h"
#include "store/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int approval_due(struct store *s, int64_t now, bool urgent, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(s, &q,
		       "SELECT id FROM broadcast WHERE state = 'waiting' AND asked_utc IS NULL"
		       " AND coalesce(not_after_utc, ?1 + 1) > ?1 AND (override_quiet OR NOT ?2) ORDER BY id",
		       "Ib", now, urgent);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

/* The text with the code before, as far as it has not left. */
static int cancel_text(struct store *s, int64_t broadcast, const char *number, int64_t now)
{
	int64_t message;
	int r = store_get(s, &message, "SELECT message FROM approval WHERE broadcast = ? AND number = ?", "It",
			  broadcast, number);
	if (r == 0 && message)
		r = outbox_cancel(s, message, now);
	return r == -ENOENT ? 0 : r;
}

int approval_open(struct store *s, int64_t broadcast, const char *number, const char *code, int64_t now,
		  int64_t expires_utc)
{
	int r = cancel_text(s, broadcast, number, now);
	if (r == 0)
		r = store_run(s,
			      "DELETE FROM approval WHERE (broadcast = ?1 AND number = ?2) OR asked_utc <= ?3",
			      "ItI", broadcast, number, now - APPROVAL_KEPT_S);
	if (r == 0)
		r = store_run(s,
			      "INSERT INTO approval (broadcast, number, code, asked_utc, expires_utc)"
			      " VALUES (?, ?, ?, ?, ?) ON CONFLICT (number, code) DO NOTHING",
			      "IttII", broadcast, number, code, now, expires_utc);
	return r ? r : store_changes(s) ? 0 : -EEXIST;
}

int approval_texted(struct store *s, int64_t broadcast, const char *number, int64_t message)
{
	return store_run(s, "UPDATE approval SET message = ? WHERE broadcast = ? AND number = ?", "PIt",
			 message, broadcast, number);
}

int approval_asked(struct store *s, int64_t broadcast, int64_t now)
{
	return store_run(s, "UPDATE broadcast SET asked_utc = ? WHERE id = ?", "II", now, broadcast);
}

int approval_ask_again(struct store *s, int64_t broadcast, const struct actor *by, int64_t now)
{
	int64_t waits;
	char note[48];
	int r = store_get(s, &waits, "SELECT state = 'waiting' FROM broadcast WHERE id = ?", "I", broadcast);
	if (r == 0 && !waits)
		r = -EPERM;
	if (r == 0)
		r = store_run(s, "UPDATE broadcast SET asked_utc = NULL WHERE id = ?", "I", broadcast);
	snprintf(note, sizeof note, "broadcast %lld", (long long)broadcast);
	return r ? r : journal_add(s, 0, "broadcast asked for", note, by, now);
}

/* The state as the broadcast's, or the reason for which its code does not count. */
static enum approval_state stand(const struct query *q, int64_t now)
{
	const char *state = query_text(q, 1);
	int64_t not_after = query_int(q, 5);
	if (!strcmp(state, broadcast_state_name(BROADCAST_CANCELLED)))
		return APPROVAL_CANCELLED;
	if (strcmp(state, broadcast_state_name(BROADCAST_WAITING)) != 0)
		return APPROVAL_GIVEN;
	if (not_after && not_after <= now)
		return APPROVAL_TOO_LATE;
	if (query_int(q, 3) >= APPROVAL_TRIES)
		return APPROVAL_VOID;
	return query_int(q, 2) <= now ? APPROVAL_EXPIRED : APPROVAL_OPEN;
}

int approval_get(struct store *s, const char *number, int64_t person, const char *code, int64_t now,
		 struct approval_fact *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct approval_fact){0};
	/* the code that was texted, else the youngest that is still open */
	int r = query_open(
	    s, &q,
	    "SELECT b.id, b.state, a.expires_utc, a.wrong, a.code = ?2, b.not_after_utc, b.recipients, b.at_utc"
	    " FROM approval a JOIN broadcast b ON b.id = a.broadcast"
	    " WHERE a.number = ?1 AND b.created_by <> 'person:' || ?3 AND a.asked_utc > ?4 - ?5"
	    " AND (a.code = ?2 OR (b.state = 'waiting' AND a.expires_utc > ?4 AND a.wrong < ?6"
	    "  AND coalesce(b.not_after_utc, ?4 + 1) > ?4))"
	    " ORDER BY a.code = ?2 DESC, a.asked_utc DESC, b.id DESC LIMIT 1",
	    "ttIIIi", number, code, person, now, (int64_t)APPROVAL_KEPT_S, APPROVAL_TRIES);
	if (r < 0 || (r = query_next(&q)) < 1)
		return r;
	*ret = (struct approval_fact){.broadcast = query_int(&q, 0),
				      .state = stand(&q, now),
				      .wrong = (int)query_int(&q, 3),
				      .right = query_int(&q, 4) != 0,
				      .recipients = query_int(&q, 6),
				      .at_utc = query_int(&q, 7)};
	return 0;
}

int approval_expected(struct store *s, const char *number, int64_t now)
{
	int64_t n = 0;
	int r = store_get(s, &n,
			  "SELECT count(*) FROM approval a JOIN broadcast b ON b.id = a.broadcast"
			  " WHERE a.number = ? AND b.state = 'waiting' AND a.asked_utc > ?",
			  "tI", number, now - APPROVAL_KEPT_S);
	return r < 0 ? r : n > 0;
}

int approval_missed(struct store *s, const char *number, int64_t now)
{
	return store_run(
	    s,
	    "UPDATE approval SET wrong = wrong + 1 WHERE number = ? AND expires_utc > ? AND broadcast IN"
	    " (SELECT id FROM broadcast WHERE state = 'waiting')",
	    "tI", number, now);
}

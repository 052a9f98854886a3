#include "store/question.h"
#include "base/text.h"
#include "store/internal.h"

static int read_one(struct query *q, int r, struct question_fact *ret)
{
	*ret = (struct question_fact){.kind = ASKED_NONE};
	if (r < 0 || (r = query_next(q)) < 1)
		return r;
	int kind = asked_find(query_text(q, 0));
	if (kind > 0)
		ret->kind = (enum asked)kind;
	ret->subject = query_int(q, 1);
	text_copy(ret->detail, sizeof ret->detail, query_text(q, 2));
	ret->expires_utc = query_int(q, 3);
	return 0;
}

int question_get(struct store *s, const char *number, int64_t now, struct question_fact *ret)
{
	cleanup_query struct query q = {0};
	return read_one(
	    &q,
	    query_open(s, &q,
		       "SELECT kind, subject, detail, expires_utc FROM question WHERE number = ? AND"
		       " expires_utc > ?",
		       "tI", number, now),
	    ret);
}

int question_late(struct store *s, const char *number, int64_t now, struct question_fact *ret)
{
	cleanup_query struct query q = {0};
	int r = read_one(
	    &q,
	    query_open(s, &q,
		       "SELECT kind, subject, detail, expires_utc FROM question_aside WHERE number = ?1 AND"
		       " expired = 1 AND expires_utc BETWEEN ?2 - ?3 AND ?2"
		       " AND NOT EXISTS (SELECT 1 FROM question WHERE number = ?1)"
		       " ORDER BY expires_utc DESC LIMIT 1",
		       "tII", number, now, (int64_t)QUESTION_LATE_S),
	    ret);
	ret->late = ret->kind != ASKED_NONE;
	return r;
}

/* What is open goes beside: as one that comes back, or as one that expired. What waits for words or a code for some minutes
 * does not come back. */
static int put_aside(struct store *s, const char *number, bool expired)
{
	int r = store_run(
	    s,
	    "INSERT OR REPLACE INTO question_aside (number, kind, subject, detail, asked_utc, expires_utc, "
	    "expired)"
	    " SELECT number, kind, coalesce(subject, 0), detail, asked_utc, expires_utc, ? FROM question"
	    " WHERE number = ? AND kind NOT IN ('text', 'code')",
	    "bt", expired, number);
	return r < 0 ? r : store_run(s, "DELETE FROM question WHERE number = ?", "t", number);
}

static int bring_back(struct store *s, const char *number)
{
	int r = store_run(
	    s,
	    "INSERT INTO question (number, kind, subject, detail, asked_utc, expires_utc) SELECT number, kind,"
	    " subject, detail, asked_utc, expires_utc FROM question_aside WHERE number = ? AND expired = 0"
	    " ORDER BY asked_utc DESC, expires_utc LIMIT 1",
	    "t", number);
	return r < 0 ? r
		     : store_run(s,
				 "DELETE FROM question_aside WHERE number = ?1 AND expired = 0 AND EXISTS "
				 "(SELECT 1 FROM"
				 " question q WHERE q.number = ?1 AND q.kind = question_aside.kind AND "
				 "coalesce(q.subject, 0) ="
				 " question_aside.subject)",
				 "t", number);
}

int question_ask(struct store *s, const char *number, enum asked kind, int64_t subject, const char *detail,
		 int64_t now, int64_t expires_utc)
{
	int64_t same = 0;
	int r = store_get(
	    s, &same,
	    "SELECT count(*) FROM question WHERE number = ? AND kind = ? AND coalesce(subject, 0) = ?", "ttI",
	    number, asked_name(kind), subject);
	if (r < 0 || (!same && (r = put_aside(s, number, false)) < 0))
		return r;
	if ((r = store_run(s,
			   "DELETE FROM question_aside WHERE number = ? AND (expired = 1 OR expires_utc <= ?)",
			   "tI", number, now)) < 0)
		return r;
	return store_run(
	    s,
	    "INSERT OR REPLACE INTO question (number, kind, subject, detail, asked_utc, expires_utc)"
	    " VALUES (?,?,?,?,?,?)",
	    "ttItII", number, asked_name(kind), subject, detail ? detail : "", now, expires_utc);
}

int question_clear(struct store *s, const char *number)
{
	int r = store_run(s, "DELETE FROM question WHERE number = ?", "t", number);
	if (r >= 0)
		r = store_run(s, "DELETE FROM question_aside WHERE number = ? AND expired = 1", "t", number);
	return r < 0 ? r : bring_back(s, number);
}

int question_forget(struct store *s, const char *number)
{
	int r = store_run(s, "DELETE FROM question WHERE number = ?", "t", number);
	return r < 0 ? r : store_run(s, "DELETE FROM question_aside WHERE number = ?", "t", number);
}

int question_lapse(struct store *s, const char *number, int64_t now)
{
	int r = put_aside(s, number, true);
	if (r >= 0)
		r = store_run(s, "UPDATE question_aside SET expired = 1 WHERE number = ? AND expires_utc <= ?",
			      "tI", number, now);
	return r < 0 ? r : bring_back(s, number);
}

int question_expire(struct store *s, int64_t now, int64_t *ret_next)
{
	int64_t next = 0;
	int r = store_run(s, "DELETE FROM question_aside WHERE expires_utc < ?", "I", now - QUESTION_LATE_S);
	if (r < 0 || (r = store_get(s, &next, "SELECT coalesce(min(expires_utc), 0) FROM question", "")) < 0)
		return r;
	*ret_next = next ? next : INT64_MAX;
	return 0;
}

int question_void(struct store *s, enum asked kind, int64_t subject, int64_t now)
{
	int r = store_run(
	    s, "UPDATE question SET expires_utc = ?3 WHERE kind = ?1 AND subject = ?2 AND expires_utc > ?3",
	    "tII", asked_name(kind), subject, now);
	return r < 0 ? r
		     : store_run(s,
				 "UPDATE question_aside SET expires_utc = ?3, expired = 1 WHERE kind = ?1 AND "
				 "subject = ?2 AND"
				 " expires_utc > ?3",
				 "tII", asked_name(kind), subject, now);
}

int quoted_add(struct store *s, const char *number, int matter, int64_t now)
{
	int r = store_run(s, "INSERT OR REPLACE INTO quoted (number, matter, utc) VALUES (?,?,?)", "tiI",
			  number, matter, now);
	if (r < 0)
		return r;
	return store_run(
	    s,
	    "DELETE FROM quoted WHERE number = ?1 AND matter NOT IN"
	    " (SELECT matter FROM quoted WHERE number = ?1 ORDER BY utc DESC, matter DESC LIMIT ?2)",
	    "ti", number, QUOTED_KEPT);
}

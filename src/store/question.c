#include "store/question.h"
#include "base/text.h"
#include "store/internal.h"

int question_get(struct store *s, const char *number, int64_t now, struct question_fact *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct question_fact){.kind = ASKED_NONE};
	int r =
	    query_open(s, &q, "SELECT kind, subject, detail FROM question WHERE number = ? AND expires_utc > ?",
		       "tI", number, now);
	if (r < 0 || (r = query_next(&q)) < 1)
		return r;
	int kind = asked_find(query_text(&q, 0));
	if (kind > 0)
		ret->kind = (enum asked)kind;
	ret->subject = query_int(&q, 1);
	text_copy(ret->detail, sizeof ret->detail, query_text(&q, 2));
	return 0;
}

int question_ask(struct store *s, const char *number, enum asked kind, int64_t subject, const char *detail,
		 int64_t now, int64_t expires_utc)
{
	return store_run(
	    s,
	    "INSERT OR REPLACE INTO question (number, kind, subject, detail, asked_utc, expires_utc)"
	    " VALUES (?,?,?,?,?,?)",
	    "ttItII", number, asked_name(kind), subject, detail ? detail : "", now, expires_utc);
}

int question_clear(struct store *s, const char *number)
{
	return store_run(s, "DELETE FROM question WHERE number = ?", "t", number);
}

int question_expire(struct store *s, int64_t now, int64_t *ret_next)
{
	int r = store_run(s, "DELETE FROM question WHERE expires_utc <= ?", "I", now);
	if (r < 0)
		return r;
	int64_t next = 0;
	if ((r = store_get(s, &next, "SELECT coalesce(min(expires_utc), 0) FROM question", "")) < 0)
		return r;
	*ret_next = next ? next : INT64_MAX;
	return 0;
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

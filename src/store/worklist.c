#include "store/worklist.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/journal.h"

#include <stdlib.h>

int matter_unasked(struct store *s, const char *phone, int64_t since_utc, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    /* asked at every look at the schedule: of the settled ones only those that wait */
	    "SELECT m.number FROM matter m INDEXED BY matter_unasked"
	    " WHERE m.state = 'resolved' AND m.asked = 0 AND m.private = 0"
	    " AND m.resolved_utc >= ?2 AND m.number_from <> '' AND (?1 IS NULL OR m.number_from = ?1)"
	    " AND m.origin <> 'quarantine'"
	    " ORDER BY m.resolved_utc LIMIT ?3",
	    "TIi", phone ? phone : "", since_utc, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int matter_late(struct store *s, bool urged, int64_t now, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    urged ? query_open(s, &q,
			       "SELECT number FROM matter WHERE urge_utc < ? AND late = 1 AND state IN"
			       " ('received', 'verified', 'assigned', 'in_progress') ORDER BY urge_utc LIMIT ?",
			       "Ii", now, max)
		  : query_open(s, &q,
			       "SELECT number FROM matter WHERE due_utc < ? AND late = 0 AND state IN"
			       " ('received', 'verified', 'assigned', 'in_progress') ORDER BY due_utc LIMIT ?",
			       "Ii", now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int matter_late_since(struct store *s, int64_t journal_id, int64_t now, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT number FROM matter m WHERE due_utc < ? AND late = 0 AND state IN"
			   " ('received', 'verified', 'assigned', 'in_progress') AND EXISTS"
			   " (SELECT 1 FROM journal WHERE matter = m.number AND id > ?) LIMIT ?",
			   "IIi", now, journal_id, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int matter_late_next(struct store *s, int64_t now, int64_t *ret_next)
{
	int64_t due = 0, urge = 0;
	int r = store_get(s, &due,
			  "SELECT min(due_utc) FROM matter WHERE due_utc >= ? AND late = 0"
			  " AND state IN ('received', 'verified', 'assigned', 'in_progress')",
			  "I", now);
	if (r >= 0)
		r = store_get(s, &urge,
			      "SELECT min(urge_utc) FROM matter WHERE urge_utc >= ? AND late = 1"
			      " AND state IN ('received', 'verified', 'assigned', 'in_progress')",
			      "I", now);
	*ret_next = due && (!urge || due < urge) ? due + 1 : urge ? urge + 1 : INT64_MAX;
	return r;
}

int journal_note(struct store *s, int matter, const char *entry, char *ret, int size)
{
	cleanup_query struct query q = {0};
	*ret = 0;
	int r = query_open(s, &q,
			   "SELECT note FROM journal WHERE matter = ? AND entry = ? ORDER BY id DESC LIMIT 1",
			   "it", matter, entry);
	if (r >= 0 && (r = query_next(&q)) == 1)
		text_copy(ret, (size_t)size, query_text(&q, 0));
	return r < 0 ? r : 0;
}

int question_expired(struct store *s, int64_t now, char (*ret)[E164_MAX], int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q, "SELECT number FROM question WHERE expires_utc <= ? LIMIT ?", "Ii", now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		text_copy(ret[n++], E164_MAX, query_text(&q, 0));
	return r < 0 ? r : n;
}

int cursor_get(struct store *s, const char *key, int64_t *ret)
{
	cleanup_query struct query q = {0};
	*ret = -1;
	int r = query_open(s, &q, "SELECT value FROM meta WHERE key = ?", "t", key);
	if (r >= 0 && (r = query_next(&q)) == 1)
		*ret = strtoll(query_text(&q, 0), NULL, 10);
	return r < 0 ? r : 0;
}

int cursor_set(struct store *s, const char *key, int64_t value)
{
	return store_run(s, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, CAST(? AS TEXT))", "tI", key,
			 value);
}

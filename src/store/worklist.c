#include "store/worklist.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/journal.h"

#include <stdlib.h>

int matter_unasked(struct store *s, const char *phone, int64_t since_utc, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT m.number FROM matter m WHERE m.state = 'resolved' AND m.asked = 0 AND m.private = 0"
	    " AND m.resolved_utc >= ?2 AND m.number_from <> '' AND (?1 IS NULL OR m.number_from = ?1)"
	    " AND m.origin <> 'quarantine'"
	    " ORDER BY m.resolved_utc LIMIT ?3",
	    "TIi", phone ? phone : "", since_utc, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int matter_overdue(struct store *s, int64_t now, int64_t *ret_next)
{
	enum { MAX = 64 };
	static const struct actor by = {"daemon", CHANNEL_TIMER, 0};
	struct {
		int number;
		int64_t due;
	} late[MAX];
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT m.number, m.due_utc FROM matter m WHERE m.due_utc < ?1 AND m.due_utc > ?1 - 30 * 86400"
	    " AND m.state IN ('received', 'verified', 'assigned', 'in_progress') AND NOT EXISTS"
	    " (SELECT 1 FROM journal j WHERE j.matter = m.number AND j.entry = 'overdue' AND j.utc >= "
	    "m.due_utc)"
	    " ORDER BY m.due_utc LIMIT ?2",
	    "Ii", now, (int)MAX);
	while (r >= 0 && n < MAX && (r = query_next(&q)) == 1) {
		late[n].number = (int)query_int(&q, 0);
		late[n++].due = query_int(&q, 1);
	}
	query_close(&q);
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = journal_add(s, late[i].number, "overdue", NULL, &by, now)) >= 0)
			r = event_add(
			    s, EVENT_CASE_OVERDUE, "daemon",
			    json_pack("{s:i, s:I}", "case", late[i].number, "due", (json_int_t)late[i].due),
			    now);
	if (r < 0)
		return r;
	int64_t next = 0;
	r = store_get(s, &next,
		      "SELECT coalesce(min(due_utc), 0) FROM matter WHERE due_utc >= ?"
		      " AND state IN ('received', 'verified', 'assigned', 'in_progress')",
		      "I", now);
	*ret_next = n == MAX ? now : next ? next + 1 : INT64_MAX;
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

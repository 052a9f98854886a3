#include "store/morning.h"

#include "base/clock.h"
#include "base/text.h"
#include "store/internal.h"

#include <errno.h>

#define OPEN "m.state IN ('received', 'verified', 'assigned', 'in_progress')"
#define OURS "m.kind <> 'task' AND m.origin <> 'quarantine'"

static int overnight(struct store *s, int64_t since, struct morning *m)
{
	cleanup_query struct query in = {0}, fresh = {0};
	int r = query_open(
	    s, &in,
	    "SELECT coalesce(sum(kind <> 'call'), 0), coalesce(sum(kind = 'call'), 0) FROM message_in"
	    " WHERE received_utc >= ? AND machine = 0",
	    "I", since);
	if (r >= 0 && (r = query_next(&in)) == 1) {
		m->texts = query_int(&in, 0);
		m->calls = query_int(&in, 1);
	}
	if (r >= 0)
		r = store_get(s, &m->cases, "SELECT count(*) FROM matter m WHERE m.opened_utc >= ? AND " OURS,
			      "I", since);
	if (r >= 0)
		r = query_open(
		    s, &fresh,
		    "SELECT m.number FROM matter m WHERE m.opened_utc >= ? AND m.private = 0 AND " OURS
		    " ORDER BY m.opened_utc DESC LIMIT ?",
		    "Ii", since, MORNING_ROWS);
	while (r >= 0 && (r = query_next(&fresh)) == 1)
		m->numbers[m->number_count++] = (int)query_int(&fresh, 0);
	if (r >= 0)
		r = store_get(s, &m->settled,
			      "SELECT count(*) FROM matter m WHERE m.resolved_utc >= ? AND " OURS
			      " AND m.state IN ('resolved', 'confirmed', 'closed')",
			      "I", since);
	if (r >= 0)
		r = store_get(s, &m->help, "SELECT count(*) FROM duty_call WHERE called_utc >= ?", "I", since);
	if (r >= 0) /* one that ended now was made at most two days ago, or it was no use any more */
		r = store_get(s, &m->failed,
			      "SELECT count(*) FROM message_out WHERE created_utc >= ? AND done_utc >= ?"
			      " AND state IN ('failed', 'expired')",
			      "II", since - 2 * DAY_S, since);
	return r;
}

static int counts(struct query *q, struct morning_count *list, int *ret_count, int64_t *ret_more)
{
	int r;
	while ((r = query_next(q)) == 1) {
		if (*ret_count == MORNING_ROWS) {
			if (ret_more)
				*ret_more += query_int(q, 2);
			continue;
		}
		struct morning_count *c = &list[(*ret_count)++];
		*c = (struct morning_count){.id = query_int(q, 1), .count = query_int(q, 2)};
		text_copy(c->name, sizeof c->name, query_text(q, 0));
	}
	return r;
}

static int waiting(struct store *s, int64_t now, struct morning *m)
{
	cleanup_query struct query chores = {0}, late = {0};
	int r = query_open(
	    s, &chores,
	    "SELECT kind, 0, count(*) FROM chore WHERE done_utc IS NULL GROUP BY kind ORDER BY 3 DESC, 1", "");
	if (r >= 0)
		r = counts(&chores, m->chores, &m->chore_kinds, NULL);
	if (r >= 0)
		r = store_get(
		    s, &m->untaken,
		    "SELECT count(*) FROM matter m WHERE m.assignee IS NULL AND m.private = 0 AND " OPEN
		    " AND m.origin <> 'duty' AND m.kind = 'case'",
		    "");
	if (r >= 0)
		r = store_get(s, &m->approvals, "SELECT count(*) FROM broadcast WHERE state = 'waiting'", "");
	if (r >= 0)
		r = query_open(s, &late,
			       "SELECT coalesce((SELECT name FROM person WHERE id = m.assignee), ''), "
			       "coalesce(m.assignee, 0),"
			       " count(*) FROM matter m WHERE m.due_utc < ? AND " OPEN
			       " GROUP BY m.assignee ORDER BY 3 DESC, 2",
			       "I", now);
	return r < 0 ? r : counts(&late, m->late, &m->late_count, &m->late_more);
}

static int next_meeting(struct store *s, int64_t since, int64_t now, struct morning *m)
{
	cleanup_query struct query q = {0};
	int r = store_get(s, &m->meeting,
			  "SELECT id FROM meeting WHERE ends_utc > ? AND state IN ('planned', 'invited')"
			  " ORDER BY starts_utc LIMIT 1",
			  "I", now);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if ((r = query_open(s, &q,
			    "SELECT coalesce(sum(answer = 'yes'), 0), coalesce(sum(answer = 'no'), 0) FROM rsvp"
			    " WHERE meeting = ? AND changed_utc >= ?",
			    "II", m->meeting, since)) >= 0 &&
	    (r = query_next(&q)) == 1) {
		m->yes = query_int(&q, 0);
		m->no = query_int(&q, 1);
	}
	return r < 0 ? r : 0;
}

static int first_human(struct store *s, int64_t from, struct morning *m)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT m.opened_utc, coalesce(m.first_human_utc, 0) FROM matter m WHERE m.opened_utc >= ?"
	    " AND m.state <> 'merged' AND " OURS,
	    "I", from);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		m->heard.of++;
		if (!query_int(&q, 1))
			continue;
		m->heard.n++;
		spread_add(&m->first_human, query_int(&q, 1) - query_int(&q, 0));
	}
	return r;
}

int morning_look(struct store *s, int64_t since, int days, int64_t now, struct morning *ret)
{
	*ret = (struct morning){0};
	bool look = store_look(s);
	int r = overnight(s, since, ret);
	if (r >= 0)
		r = waiting(s, now, ret);
	if (r >= 0)
		r = next_meeting(s, since, now, ret);
	if (r >= 0)
		r = first_human(s, now - days * DAY_S, ret);
	store_looked(s, look);
	return r < 0 ? r : 0;
}

void morning_done(struct morning *m)
{
	spread_done(&m->first_human);
}

int morning_broadcasts(struct store *s, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0,
	    r = query_open(
		s, &q,
		"SELECT id FROM broadcast WHERE state IN ('waiting', 'queued', 'paused') ORDER BY id LIMIT ?",
		"i", max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

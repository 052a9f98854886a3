/* What a report tells besides cases: meetings and their decisions, texts, calls for help. */
#include "base/text.h"
#include "store/internal.h"
#include "store/summary.h"

#include <string.h>

#define SUBTREE                                                                                                \
	"WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?1 UNION"                             \
	" SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"

/* ------------------------------------------------------------------------------------------------ meetings */

/* Who was counted at the door without having said so before is a yes of that very moment. */
#define SAID_YES "r.answer = 'yes' AND (r.attended_utc IS NULL OR r.attended_utc <> r.changed_utc)"

static void add_meeting(const struct query *q, int64_t now, struct summary_meetings *m)
{
	if (!strcmp(query_text(q, 0), "cancelled")) {
		m->cancelled += query_int(q, 2) == 0; /* not those that were moved */
		return;
	}
	if (strcmp(query_text(q, 0), "held") != 0 && query_int(q, 1) > now) {
		m->planned++;
		return;
	}
	int64_t heads = query_int(q, 7) + query_int(q, 8);
	m->held++;
	m->asked += query_int(q, 3);
	m->answered += query_int(q, 4);
	m->yes += query_int(q, 5);
	m->items += query_int(q, 9);
	m->decided += query_int(q, 10);
	if (!heads)
		return;
	m->rolls++;
	m->heads += heads;
	m->yes_rolls += query_int(q, 5);
	m->came += query_int(q, 6);
}

static int decisions(struct store *s, const char *grid, int64_t from, int64_t to, int64_t now,
		     struct summary_meetings *m)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    SUBTREE
	    "SELECT a.decision = 'adopted', c.state IN ('resolved', 'confirmed', 'closed'),"
	    " coalesce(a.until_utc < ?4 AND c.state IN ('received', 'verified', 'assigned', 'in_progress'), 0)"
	    " FROM meeting m CROSS JOIN agenda_item a ON a.meeting = m.id"
	    " CROSS JOIN matter c ON c.number = a.matter AND c.private = 0"
	    " WHERE m.starts_utc >= ?2 AND m.starts_utc < ?3 AND a.decision IN ('adopted', 'assigned')"
	    " AND (?1 IS NULL OR m.grid IN sub)",
	    "TIII", grid ? grid : "", from, to, now);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		m->to_do++;
		m->done += query_int(&q, 1);
		m->late += query_int(&q, 2);
		m->adopted += query_int(&q, 0);
		m->adopted_done += query_int(&q, 0) && query_int(&q, 1);
	}
	return r;
}

int summary_meetings(struct store *s, const char *grid, int64_t from, int64_t to, int64_t now,
		     struct summary_meetings *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct summary_meetings){0};
	int r = query_open(
	    s, &q,
	    SUBTREE
	    "SELECT m.state, m.ends_utc, EXISTS (SELECT 1 FROM meeting n WHERE n.moved_from = m.id),"
	    " (SELECT count(*) FROM invitation i WHERE i.meeting = m.id),"
	    " (SELECT count(*) FROM rsvp r CROSS JOIN invitation i ON i.meeting = m.id AND i.number = r.number"
	    "  WHERE r.meeting = m.id AND NOT (r.answer = 'yes' AND r.attended_utc IS NOT NULL"
	    "  AND r.attended_utc = r.changed_utc)),"
	    " (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND " SAID_YES "),"
	    " (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND " SAID_YES
	    " AND r.attended_utc IS NOT NULL),"
	    " (SELECT coalesce(sum(r.people), 0) FROM rsvp r WHERE r.meeting = m.id AND r.attended_utc IS NOT "
	    "NULL),"
	    " m.guests,"
	    " (SELECT count(*) FROM agenda_item a JOIN matter c ON c.number = a.matter WHERE a.meeting = m.id"
	    "  AND a.dropped IS NULL AND c.private = 0 AND (a.decision IS NOT NULL"
	    "  OR c.state NOT IN ('merged', 'rejected', 'closed'))),"
	    " (SELECT count(*) FROM agenda_item a JOIN matter c ON c.number = a.matter WHERE a.meeting = m.id"
	    "  AND a.dropped IS NULL AND c.private = 0 AND a.decision <> 'postponed')"
	    " FROM meeting m WHERE m.starts_utc >= ?2 AND m.starts_utc < ?3 AND (?1 IS NULL OR m.grid IN sub)",
	    "TII", grid ? grid : "", from, to);
	while (r >= 0 && (r = query_next(&q)) == 1)
		add_meeting(&q, now, ret);
	return r < 0 ? r : decisions(s, grid, from, to, now, ret);
}

/* ------------------------------------------------------------------------------------------------ texts, help */

int summary_texts(struct store *s, int64_t from, int64_t to, struct summary_texts *ret)
{
	cleanup_query struct query in = {0}, out = {0};
	*ret = (struct summary_texts){0};
	int r = query_open(s, &in,
			   "SELECT coalesce(sum(kind <> 'call'), 0), count(DISTINCT nullif(number, '')),"
			   " coalesce(sum(kind = 'call'), 0) FROM message_in"
			   " WHERE received_utc >= ? AND received_utc < ? AND machine = 0",
			   "II", from, to);
	if (r >= 0 && (r = query_next(&in)) == 1) {
		ret->in = query_int(&in, 0);
		ret->phones = query_int(&in, 1);
		ret->calls = query_int(&in, 2);
	}
	if (r >= 0)
		r = query_open(
		    s, &out,
		    "SELECT count(*), coalesce(sum(state IN ('failed', 'expired')), 0) FROM message_out"
		    " WHERE created_utc >= ? AND created_utc < ? AND state NOT IN ('queued', 'sending', "
		    "'cancelled')",
		    "II", from, to);
	if (r >= 0 && (r = query_next(&out)) == 1) {
		ret->out = query_int(&out, 0);
		ret->failed = query_int(&out, 1);
	}
	return r < 0 ? r : 0;
}

int summary_help(struct store *s, const char *grid, int64_t from, int64_t to, struct summary_help *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct summary_help){0};
	int r = query_open(
	    s, &q,
	    SUBTREE "SELECT coalesce(d.seconds, -1) FROM duty_call d JOIN matter m ON m.number = d.matter"
		    " WHERE d.called_utc >= ?2 AND d.called_utc < ?3 AND (?1 IS NULL OR m.grid IN sub)",
	    "TII", grid ? grid : "", from, to);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		ret->calls++;
		if (query_int(&q, 0) < 0)
			continue;
		ret->acknowledged++;
		spread_add(&ret->seconds, query_int(&q, 0));
	}
	return r;
}

/* ?1 grid, ?2 now, ?3 category. All of it stands in the index matter_due. */
#define LATE                                                                                                   \
	" WHERE m.due_utc < ?2 AND m.state IN ('received', 'verified', 'assigned', 'in_progress')"             \
	" AND m.kind <> 'task' AND m.origin <> 'quarantine' AND (?1 IS NULL OR m.grid IN sub)"                 \
	" AND (?3 IS NULL OR m.category = ?3)"

int summary_late(struct store *s, const struct summary_scope *scope, int64_t now, struct summary *ret)
{
	cleanup_query struct query q = {0};
	const char *grid = scope->grid ? scope->grid : "", *sort = scope->category ? scope->category : "";
	ret->late_count = 0;
	int r = store_get(s, &ret->late_total, SUBTREE "SELECT count(*) FROM matter m" LATE, "TIT", grid, now,
			  sort);
	if (r >= 0)
		r = query_open(
		    s, &q,
		    SUBTREE "SELECT m.number, m.category, coalesce(m.grid, ''), coalesce(p.name, ''), m.due_utc"
			    " FROM matter m LEFT JOIN person p ON p.id = m.assignee" LATE
			    " AND m.private = 0 ORDER BY m.due_utc LIMIT ?4",
		    "TITi", grid, now, sort, SUMMARY_LATE);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct summary_late *l = &ret->late[ret->late_count++];
		int category = category_find(query_text(&q, 1));
		*l = (struct summary_late){.number = (int)query_int(&q, 0),
					   .category = category < 0 ? CATEGORY_OTHER : (enum category)category,
					   .due_utc = query_int(&q, 4)};
		text_copy(l->grid, sizeof l->grid, query_text(&q, 2));
		text_copy(l->who, sizeof l->who, query_text(&q, 3));
	}
	return r;
}

int summary_names(struct store *s, int (*row)(void *ctx, const char *name), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT p.name FROM person p WHERE p.name <> ''", "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int end = row(ctx, query_text(&q, 0));
		if (end)
			return end;
	}
	return r;
}

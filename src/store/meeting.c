#include "store/meeting.h"
#include "store/event.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

static const char *const state_names[] = {[MEETING_PLANNED] = "planned",
					  [MEETING_INVITED] = "invited",
					  [MEETING_HELD] = "held",
					  [MEETING_CANCELLED] = "cancelled"};

const char *meeting_state_name(enum meeting_state st)
{
	return state_names[st];
}

static enum meeting_state state_find(const char *name)
{
	for (int i = 0; i <= MEETING_CANCELLED; i++)
		if (!strcmp(state_names[i], name))
			return (enum meeting_state)i;
	return MEETING_PLANNED;
}

#define MEETING_COLUMNS                                                                                        \
	"m.id, coalesce(m.series, 0), m.grid, m.title, m.place, m.code, m.starts_utc, m.ends_utc, "            \
	"coalesce(m.invited_utc, 0),"                                                                          \
	" coalesce(m.reminded_utc, 0), coalesce(m.last_call_utc, 0), coalesce(m.frozen_utc, 0), m.state,"      \
	" (SELECT count(*) FROM agenda_item a JOIN matter c ON c.number = a.matter WHERE a.meeting = m.id"     \
	"  AND a.dropped IS NULL AND c.private = 0 AND (a.decision IS NOT NULL"                                \
	"  OR c.state NOT IN ('merged', 'rejected', 'closed'))),"                                              \
	" (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND r.answer = 'yes'),"                          \
	" (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND r.answer = 'no'),"                           \
	" (SELECT coalesce(sum(r.people), 0) FROM rsvp r WHERE r.meeting = m.id AND r.answer = 'yes'),"        \
	" (SELECT count(*) FROM invitation i WHERE i.meeting = m.id) - (SELECT count(*) FROM rsvp r"           \
	"  CROSS JOIN invitation i ON i.meeting = m.id AND i.number = r.number WHERE r.meeting = m.id),"       \
	" (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND r.attended_utc IS NOT NULL),"                \
	" (SELECT coalesce(sum(r.people), 0) FROM rsvp r WHERE r.meeting = m.id AND r.attended_utc IS NOT "    \
	"NULL),"                                                                                               \
	" m.guests, m.audience, coalesce(m.moved_from, 0), coalesce(m.minutes_utc, 0), coalesce(m.told_utc, "  \
	"0)"

static struct meeting read_row(const struct query *q)
{
	return (struct meeting){.id = query_int(q, 0),
				.series = query_int(q, 1),
				.grid = query_text(q, 2),
				.title = query_text(q, 3),
				.place = query_text(q, 4),
				.code = query_text(q, 5),
				.starts_utc = query_int(q, 6),
				.ends_utc = query_int(q, 7),
				.invited_utc = query_int(q, 8),
				.reminded_utc = query_int(q, 9),
				.last_call_utc = query_int(q, 10),
				.frozen_utc = query_int(q, 11),
				.state = state_find(query_text(q, 12)),
				.agenda_items = (int)query_int(q, 13),
				.yes = (int)query_int(q, 14),
				.no = (int)query_int(q, 15),
				.people = (int)query_int(q, 16),
				.unanswered = (int)query_int(q, 17),
				.attended = (int)query_int(q, 18),
				.heads = (int)(query_int(q, 19) + query_int(q, 20)),
				.guests = (int)query_int(q, 20),
				.audience = query_text(q, 21),
				.moved_from = query_int(q, 22),
				.minutes_utc = query_int(q, 23),
				.told_utc = query_int(q, 24)};
}

int meeting_list(struct store *s, const struct meeting_filter *f,
		 int (*row)(void *ctx, const struct meeting *m), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?1 UNION"
			   " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
			   "SELECT " MEETING_COLUMNS " FROM meeting m WHERE (?1 IS NULL OR m.grid IN sub)"
			   " AND (?2 IS NULL OR m.state = ?2) AND m.starts_utc >= ?3 AND m.starts_utc < ?4"
			   " ORDER BY m.starts_utc, m.id LIMIT ?5",
			   "TTIII", f->grid ? f->grid : "", f->state ? f->state : "", f->since_utc,
			   f->until_utc, f->limit > 0 ? (int64_t)f->limit : (int64_t)-1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct meeting m = read_row(&q);
		int end = row(ctx, &m);
		if (end)
			return end;
	}
	return r;
}

int meeting_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct meeting *m), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT " MEETING_COLUMNS " FROM meeting m WHERE m.id = ?", "I", id);
	if (r < 0)
		return r;
	struct meeting m = read_row(&q);
	return row(ctx, &m);
}

int meeting_next(struct store *s, int64_t now, int64_t *ret_utc)
{
	return store_get(
	    s, ret_utc,
	    "SELECT coalesce(min(starts_utc), 0) FROM meeting WHERE starts_utc > ? AND state <> 'cancelled'",
	    "I", now);
}

/* No text about it may leave any more, and its invitation is no open question. The list of states is that of the index
 * message_out_ready. */
static int silence(struct store *s, int64_t id, int64_t now)
{
	int r = store_run(s,
			  "UPDATE message_out SET state = 'cancelled', done_utc = ? WHERE meeting = ?"
			  " AND state IN ('queued', 'sending', 'uncertain') AND state = 'queued'",
			  "II", now, id);
	return r < 0 ? r
		     : store_run(s, "DELETE FROM question WHERE kind = 'invitation' AND subject = ?", "I", id);
}

static int call_off(struct store *s, int64_t id)
{
	int r = store_run(
	    s, "UPDATE meeting SET state = 'cancelled' WHERE id = ? AND state IN ('planned', 'invited')", "I",
	    id);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

static int next_of_series(struct store *s, int64_t id, int64_t *ret)
{
	int r = store_get(
	    s, ret,
	    "SELECT n.id FROM meeting m JOIN meeting n ON n.series = m.series AND n.starts_utc > m.starts_utc"
	    " WHERE m.id = ? AND n.state <> 'cancelled' ORDER BY n.starts_utc LIMIT 1",
	    "I", id);
	return r == -ENOENT ? 0 : r;
}

int meeting_cancel(struct store *s, int64_t id, const char *reason, const struct actor *by, int64_t now)
{
	int64_t next = 0;
	int r = call_off(s, id);
	if (r < 0 || (r = silence(s, id, now)) < 0 || (r = next_of_series(s, id, &next)) < 0 ||
	    (next && (r = agenda_hand_over(s, id, next)) < 0) ||
	    (r = journal_add(s, 0, "meeting cancelled", reason, by, now)) < 0)
		return r;
	return event_add(s, EVENT_MEETING_CHANGED, by->id,
			 json_pack("{s:I, s:s, s:s}", "meeting", (json_int_t)id, "state", "cancelled", "reason",
				   reason ? reason : ""),
			 now);
}

int meeting_move(struct store *s, int64_t id, int64_t starts_utc, const char *place, const char *note,
		 const struct actor *by, int64_t now, int64_t *ret_id)
{
	int64_t series = 0;
	int r = call_off(s, id);
	if (r < 0 || (r = silence(s, id, now)) < 0 ||
	    (r = store_get(s, &series, "SELECT coalesce(series, 0) FROM meeting WHERE id = ?", "I", id)) < 0 ||
	    /* A meeting that was called off keeps no place: one may be moved back, or to another room alone. */
	    (r = store_run(
		 s,
		 "UPDATE meeting SET series = NULL WHERE series = ? AND starts_utc = ? AND state = 'cancelled'",
		 "II", series, starts_utc)) < 0)
		return r;
	/* What was never invited to is laid out anew, with all rounds to come; else the reminders come again. */
	if ((r = store_run(
		 s,
		 "INSERT INTO meeting (series, grid, title, place, starts_utc, ends_utc, state, code,"
		 " invited_utc, thawed_utc, guests, audience, moved_from)"
		 " SELECT ?4, grid, title, coalesce(?3, place), ?2, ?2 + ends_utc - starts_utc,"
		 " CASE WHEN invited_utc IS NULL THEN 'planned' ELSE 'invited' END, code, invited_utc,"
		 " thawed_utc, guests, audience, id FROM meeting WHERE id = ?1",
		 "IITP", id, starts_utc, place ? place : "", series)) < 0)
		return r;
	int64_t fresh = store_last_id(s);
	if ((r = store_run(s,
			   "INSERT INTO invitation (meeting, number, person, asked_utc)"
			   " SELECT ?2, number, person, asked_utc FROM invitation WHERE meeting = ?1",
			   "II", id, fresh)) < 0 ||
	    (r = store_run(
		 s,
		 "INSERT INTO rsvp (meeting, number, person, answer, people, channel, message, changed_utc)"
		 " SELECT ?2, number, person, answer, people, channel, message, changed_utc FROM rsvp"
		 " WHERE meeting = ?1 AND answer = 'yes'",
		 "II", id, fresh)) < 0 ||
	    (r = agenda_hand_over(s, id, fresh)) < 0 ||
	    (r = journal_add(s, 0, "meeting moved", note, by, now)) < 0)
		return r;
	*ret_id = fresh;
	return event_add(s, EVENT_MEETING_CHANGED, by->id,
			 json_pack("{s:I, s:s, s:s, s:I}", "meeting", (json_int_t)id, "state", "moved",
				   "reason", note ? note : "", "to", (json_int_t)fresh),
			 now);
}

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
	"  AND a.dropped IS NULL AND c.state NOT IN ('merged', 'rejected')),"                                  \
	" (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND r.answer = 'yes'),"                          \
	" (SELECT count(*) FROM rsvp r WHERE r.meeting = m.id AND r.answer = 'no'),"                           \
	" (SELECT coalesce(sum(r.people), 0) FROM rsvp r WHERE r.meeting = m.id AND r.answer = 'yes'),"        \
	" (SELECT count(*) FROM invitation i WHERE i.meeting = m.id AND NOT EXISTS"                            \
	"  (SELECT 1 FROM rsvp r WHERE r.meeting = m.id AND r.number = i.number))"

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
				.unanswered = (int)query_int(q, 17)};
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
	int r = query_open(s, &q, "SELECT " MEETING_COLUMNS " FROM meeting m WHERE m.id = ?", "I", id);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	if (r == 0)
		return -ENOENT;
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

int meeting_cancel(struct store *s, int64_t id, const char *reason, const struct actor *by, int64_t now)
{
	int r = store_run(
	    s, "UPDATE meeting SET state = 'cancelled' WHERE id = ? AND state IN ('planned', 'invited')", "I",
	    id);
	if (r < 0)
		return r;
	if (!store_changes(s))
		return -ENOENT;
	/* What has not left yet must not leave; the invitation is no open question any more. The list of
	 * states is that of the index message_out_ready. */
	if ((r = store_run(s,
			   "UPDATE message_out SET state = 'cancelled', done_utc = ? WHERE meeting = ?"
			   " AND state IN ('queued', 'sending', 'uncertain') AND state = 'queued'",
			   "II", now, id)) < 0 ||
	    (r = store_run(s, "DELETE FROM question WHERE kind = 'invitation' AND subject = ?", "I", id)) < 0 ||
	    (r = journal_add(s, 0, "meeting cancelled", reason, by, now)) < 0)
		return r;
	return event_add(s, EVENT_MEETING_CHANGED, by->id,
			 json_pack("{s:I, s:s, s:s}", "meeting", (json_int_t)id, "state", "cancelled", "reason",
				   reason ? reason : ""),
			 now);
}

int meeting_rsvp(struct store *s, int64_t id, const char *number, int64_t person, enum rsvp_answer answer,
		 int people, const struct actor *by, int64_t now)
{
	const char *word = answer == RSVP_YES ? "yes" : "no";
	int r =
	    answer == RSVP_NONE
		? store_run(s, "DELETE FROM rsvp WHERE meeting = ? AND number = ?", "It", id, number)
		: store_run(s,
			    "INSERT INTO rsvp (meeting, number, person, answer, people, channel, message, "
			    "changed_utc)"
			    " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (meeting, number) DO UPDATE SET answer = "
			    "excluded.answer,"
			    " people = excluded.people, channel = excluded.channel, message = excluded.message,"
			    " changed_utc = excluded.changed_utc, person = coalesce(excluded.person, person)",
			    "ItPtitPI", id, number, person, word, people > 0 ? people : 1,
			    journal_channel_name(by->channel), by->message, now);
	if (r < 0)
		return r;
	return event_add(s, EVENT_RSVP_CHANGED, by->id,
			 json_pack("{s:I, s:I, s:s, s:i, s:I}", "meeting", (json_int_t)id, "person",
				   (json_int_t)person, "answer", answer == RSVP_NONE ? "none" : word, "people",
				   people, "message", (json_int_t)by->message),
			 now);
}

int meeting_attend(struct store *s, int64_t id, const char *number, int64_t person, const struct actor *by,
		   int64_t now)
{
	int64_t n = 0;
	int r =
	    store_get(s, &n, "SELECT count(*) FROM rsvp WHERE meeting = ? AND number = ? AND answer = 'yes'",
		      "It", id, number);
	if (r < 0 || (!n && (r = meeting_rsvp(s, id, number, person, RSVP_YES, 1, by, now)) < 0))
		return r;
	return store_run(
	    s, "UPDATE rsvp SET attended_utc = coalesce(attended_utc, ?) WHERE meeting = ? AND number = ?",
	    "IIt", now, id, number);
}

int meeting_answers(struct store *s, int64_t id, int (*row)(void *ctx, const struct rsvp_row *r), void *ctx)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT x.number, coalesce(p.name, ''), coalesce(h.building, ''), coalesce(h.unit, ''),"
		       " coalesce(h.room, ''), r.answer, coalesce(r.people, 0), r.attended_utc IS NOT NULL"
		       " FROM (SELECT number, person FROM invitation WHERE meeting = ?1 UNION"
		       "  SELECT number, person FROM rsvp WHERE meeting = ?1 AND number NOT IN"
		       "  (SELECT number FROM invitation WHERE meeting = ?1)) x"
		       " LEFT JOIN rsvp r ON r.meeting = ?1 AND r.number = x.number"
		       " LEFT JOIN person p ON p.id = x.person LEFT JOIN household h ON h.id = p.household"
		       " ORDER BY h.building + 0, h.building, h.unit + 0, h.room + 0, h.room, x.number",
		       "I", id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct rsvp_row a = {.number = query_text(&q, 0),
				     .name = query_text(&q, 1),
				     .building = query_text(&q, 2),
				     .unit = query_text(&q, 3),
				     .room = query_text(&q, 4),
				     .answer = query_null(&q, 5)                   ? RSVP_NONE
					       : !strcmp(query_text(&q, 5), "yes") ? RSVP_YES
										   : RSVP_NO,
				     .people = (int)query_int(&q, 6),
				     .attended = query_int(&q, 7) != 0};
		int end = row(ctx, &a);
		if (end)
			return end;
	}
	return r;
}

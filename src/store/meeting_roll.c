#include "store/meeting_roll.h"
#include "store/event.h"
#include "store/internal.h"

#include <string.h>

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
	r = store_run(
	    s, "UPDATE rsvp SET attended_utc = ? WHERE meeting = ? AND number = ? AND attended_utc IS NULL",
	    "IIt", now, id, number);
	if (r < 0 || !store_changes(s))
		return r < 0 ? r : 0;
	r = event_add(s, EVENT_MEETING_ATTENDED, by->id,
		      json_pack("{s:I, s:s, s:I, s:I}", "meeting", (json_int_t)id, "number", number, "person",
				(json_int_t)person, "message", (json_int_t)by->message),
		      now);
	return r < 0 ? r : 1;
}

int meeting_unattend(struct store *s, int64_t id, const char *number, int64_t person, const struct actor *by,
		     int64_t now)
{
	int r = store_run(s, "UPDATE rsvp SET attended_utc = NULL WHERE meeting = ? AND number = ?", "It", id,
			  number);
	if (r < 0 || !store_changes(s))
		return r < 0 ? r : 0;
	return event_add(s, EVENT_MEETING_LEFT, by->id,
			 json_pack("{s:I, s:s, s:I, s:I}", "meeting", (json_int_t)id, "number", number,
				   "person", (json_int_t)person, "message", (json_int_t)by->message),
			 now);
}

int meeting_guests(struct store *s, int64_t id, int guests)
{
	return store_run(s, "UPDATE meeting SET guests = ? WHERE id = ?", "iI", guests, id);
}

int meeting_answers(struct store *s, int64_t id, int (*row)(void *ctx, const struct rsvp_row *r), void *ctx)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT x.number, coalesce(p.name, ''), coalesce(h.building, ''), coalesce(h.unit, ''),"
		       " coalesce(h.room, ''), r.answer, coalesce(r.people, 0), r.attended_utc IS NOT NULL, "
		       "coalesce(x.person, 0), x.invited"
		       " FROM (SELECT number, person, 1 AS invited FROM invitation WHERE meeting = ?1 UNION"
		       "  SELECT number, person, 0 FROM rsvp WHERE meeting = ?1 AND number NOT IN"
		       "  (SELECT number FROM invitation WHERE meeting = ?1)) x"
		       " LEFT JOIN rsvp r ON r.meeting = ?1 AND r.number = x.number"
		       " LEFT JOIN person p ON p.id = x.person LEFT JOIN household h ON h.id = p.household"
		       " ORDER BY h.building + 0, h.building, h.unit + 0, h.room + 0, h.room, x.number",
		       "I", id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct rsvp_row a = {.number = strncmp(query_text(&q, 0), ROLL_PERSON, strlen(ROLL_PERSON))
						   ? query_text(&q, 0)
						   : "",
				     .name = query_text(&q, 1),
				     .building = query_text(&q, 2),
				     .unit = query_text(&q, 3),
				     .room = query_text(&q, 4),
				     .answer = query_null(&q, 5)                   ? RSVP_NONE
					       : !strcmp(query_text(&q, 5), "yes") ? RSVP_YES
										   : RSVP_NO,
				     .people = (int)query_int(&q, 6),
				     .attended = query_int(&q, 7) != 0,
				     .person = query_int(&q, 8),
				     .invited = query_int(&q, 9) != 0};
		int end = row(ctx, &a);
		if (end)
			return end;
	}
	return r;
}

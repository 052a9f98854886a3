#include "store/audience.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <string.h>

#define PHONE_OK "ph.opted_out = 'no' AND ph.muted = 0 AND ph.unlinked_utc IS NULL"
/* A meeting of some roles alone. */
#define OF_AUDIENCE                                                                                            \
	" AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = ?1 AND (m.audience = '' OR EXISTS"                  \
	" (SELECT 1 FROM person_role pr WHERE pr.person = p.id"                                                \
	"  AND instr(' ' || m.audience || ' ', ' ' || pr.role || ' '))))"
/* Who answered, maybe by a phone that was not asked. */
#define BY_ANOTHER_PHONE " (SELECT person FROM rsvp WHERE meeting = ?1 AND person IS NOT NULL)"
#define NOT_TOLD(round)                                                                                        \
	"NOT EXISTS (SELECT 1 FROM message_out o WHERE o.dedupe = 'meeting:' || ?1 || ':" round ":' || "

/* ?1 the meeting, ?2 one phone or NULL, ?3 how many. BETWEEN, since after `?2 IS NULL OR` no index is used; "~"
 * comes after every number. */
static const char *const round_sql[ROUND_COUNT] = {
    [ROUND_INVITE] =
	"WITH RECURSIVE sub(code) AS (SELECT grid FROM meeting WHERE id = ?1 UNION"
	" SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
	"SELECT pp.number, p.id, coalesce(p.language, ph.language) FROM person p"
	" JOIN household h ON h.id = p.household JOIN person_phone pp ON pp.person = p.id AND pp.number "
	"= " PERSON_NUMBER " JOIN phone ph ON ph.number = pp.number"
	" WHERE pp.number BETWEEN coalesce(?2, '') AND coalesce(?2, '~') AND h.grid IN sub"
	" AND p.consent_source IS NOT NULL"
	" AND p.forgotten_utc IS NULL AND " PHONE_OK OF_AUDIENCE
	" AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.meeting = ?1 AND i.number = pp.number)"
	" AND NOT EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = ?1 AND r.number = pp.number)"
	" AND p.id NOT IN" BY_ANOTHER_PHONE
	" AND NOT EXISTS (SELECT 1 FROM question q WHERE q.number = pp.number)"
	" GROUP BY pp.number ORDER BY p.id LIMIT ?3",
    [ROUND_REMIND] =
	"SELECT i.number, coalesce(i.person, 0), coalesce(p.language, ph.language) FROM invitation i"
	" JOIN phone ph ON ph.number = i.number LEFT JOIN person p ON p.id = i.person"
	" WHERE i.meeting = ?1 AND (?2 IS NULL OR i.number = ?2) AND " PHONE_OK
	" AND NOT EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = ?1 AND r.number = i.number)"
	" AND (i.person IS NULL OR i.person NOT IN" BY_ANOTHER_PHONE ")"
	" AND 3 > (SELECT count(*) FROM (SELECT m.id FROM invitation j JOIN meeting m ON m.id = j.meeting"
	"  WHERE j.number = i.number AND m.starts_utc < (SELECT starts_utc FROM meeting WHERE id = ?1)"
	"  AND m.state <> 'cancelled' ORDER BY m.starts_utc DESC LIMIT 3) silent"
	"  WHERE NOT EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = silent.id AND r.number = i.number))"
	" AND " NOT_TOLD("remind") "i.number) ORDER BY i.number LIMIT ?3",
    [ROUND_LAST_CALL] =
	"SELECT r.number, coalesce(r.person, 0), coalesce(p.language, ph.language) FROM rsvp r"
	" JOIN phone ph ON ph.number = r.number LEFT JOIN person p ON p.id = r.person"
	" WHERE r.meeting = ?1 AND (?2 IS NULL OR r.number = ?2) AND r.answer = 'yes' AND " PHONE_OK
	" AND " NOT_TOLD("last_call") "r.number) ORDER BY r.number LIMIT ?3",
};

static int read_rows(struct query *q, struct audience_row *ret, int max)
{
	int n = 0, r = 0;
	while (n < max && (r = query_next(q)) == 1) {
		ret[n] = (struct audience_row){.person = query_int(q, 1),
					       .has_language = !query_null(q, 2),
					       .english = !strcmp(query_text(q, 2), "en")};
		text_copy(ret[n++].number, E164_MAX, query_text(q, 0));
	}
	return r < 0 ? r : n;
}

int audience_round(struct store *s, int64_t meeting, enum round round, const char *number,
		   struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, round_sql[round], "ITi", meeting, number ? number : "", max);
	return r < 0 ? r : read_rows(&q, ret, max);
}

int audience_held(struct store *s, int64_t meeting, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE sub(code) AS (SELECT grid FROM meeting WHERE id = ?1 UNION"
	    " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
	    "SELECT pp.number, p.id, coalesce(p.language, ph.language) FROM question q"
	    " CROSS JOIN person_phone pp ON pp.number = q.number CROSS JOIN person p ON p.id = pp.person AND "
	    "pp.number = " PERSON_NUMBER
	    " CROSS JOIN household h ON h.id = p.household CROSS JOIN phone ph ON ph.number = pp.number"
	    " WHERE h.grid IN sub AND p.consent_source IS NOT NULL AND p.forgotten_utc IS NULL AND " PHONE_OK
		OF_AUDIENCE
	    " AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.meeting = ?1 AND i.number = pp.number)"
	    " AND NOT EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = ?1 AND r.number = pp.number)"
	    " AND p.id NOT IN" BY_ANOTHER_PHONE " GROUP BY pp.number ORDER BY p.id LIMIT ?2",
	    "Ii", meeting, max);
	return r < 0 ? r : read_rows(&q, ret, max);
}

int audience_cancelled(struct store *s, int64_t meeting, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT x.number, coalesce(x.person, 0), coalesce(p.language, ph.language) FROM"
	    " (SELECT number, person FROM invitation WHERE meeting = ?1 UNION"
	    "  SELECT number, person FROM rsvp WHERE meeting = ?1) x"
	    " JOIN phone ph ON ph.number = x.number LEFT JOIN person p ON p.id = x.person"
	    " WHERE ph.opted_out <> 'all' AND ph.muted = 0 AND ph.unlinked_utc IS NULL AND NOT EXISTS"
	    " (SELECT 1 FROM rsvp r WHERE r.meeting = ?1 AND r.number = x.number AND r.answer = 'no')"
	    " AND (ph.opted_out = 'no' OR EXISTS"
	    "  (SELECT 1 FROM rsvp r WHERE r.meeting = ?1 AND r.number = x.number AND r.answer = 'yes')) "
	    "AND " NOT_TOLD("cancelled") "x.number) GROUP BY x.number ORDER BY x.number LIMIT ?2",
	    "Ii", meeting, max);
	return r < 0 ? r : read_rows(&q, ret, max);
}

int audience_moved(struct store *s, int64_t meeting, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT x.number, coalesce(x.person, 0), coalesce(p.language, ph.language) FROM"
	    " (SELECT number, person FROM invitation WHERE meeting = ?1 UNION"
	    "  SELECT number, person FROM rsvp WHERE meeting = ?1) x"
	    " JOIN phone ph ON ph.number = x.number LEFT JOIN person p ON p.id = x.person"
	    " WHERE ph.opted_out <> 'all' AND ph.muted = 0 AND ph.unlinked_utc IS NULL"
	    " AND (ph.opted_out = 'no' OR EXISTS"
	    "  (SELECT 1 FROM rsvp r WHERE r.meeting = ?1 AND r.number = x.number AND r.answer = 'yes'))"
	    " AND " NOT_TOLD("moved") "x.number) GROUP BY x.number ORDER BY x.number LIMIT ?2",
	    "Ii", meeting, max);
	return r < 0 ? r : read_rows(&q, ret, max);
}

int invitation_add(struct store *s, int64_t meeting, const char *number, int64_t person, int64_t now)
{
	return store_run(s,
			 "INSERT INTO invitation (meeting, number, person, asked_utc) VALUES (?,?,?,?) ON "
			 "CONFLICT DO NOTHING",
			 "ItPI", meeting, number, person, now);
}

int meeting_round_done(struct store *s, int64_t meeting, enum round r, int64_t now)
{
	switch (r) {
	case ROUND_INVITE:
		return store_run(s,
				 "UPDATE meeting SET invited_utc = ?, state = CASE state WHEN 'planned' THEN "
				 "'invited' ELSE state END"
				 " WHERE id = ?",
				 "II", now, meeting);
	case ROUND_REMIND:
		return store_run(s, "UPDATE meeting SET reminded_utc = ? WHERE id = ?", "II", now, meeting);
	case ROUND_LAST_CALL:
		return store_run(s, "UPDATE meeting SET last_call_utc = ? WHERE id = ?", "II", now, meeting);
	case ROUND_COUNT:
		return -EINVAL;
	}
	return -EINVAL;
}

static int read_ids(struct query *q, int64_t *ret, int max)
{
	int n = 0, r = 0;
	while (n < max && (r = query_next(q)) == 1)
		ret[n++] = query_int(q, 0);
	return r < 0 ? r : n;
}

int meeting_close(struct store *s, int64_t now, int64_t *ret_next)
{
	int64_t ids[16];
	int n;
	do {
		cleanup_query struct query q = {0};
		int r = query_open(
		    s, &q,
		    "SELECT id FROM meeting WHERE ends_utc <= ? AND state IN ('planned', 'invited') LIMIT 16",
		    "I", now);
		if (r < 0 || (n = read_ids(&q, ids, 16)) < 0)
			return r < 0 ? r : n;
		query_close(&q);
		for (int i = 0; i < n; i++)
			if ((r = store_run(s, "UPDATE meeting SET state = 'held' WHERE id = ?", "I", ids[i])) <
				0 ||
			    (r = event_add(
				 s, EVENT_MEETING_CHANGED, "daemon",
				 json_pack("{s:I, s:s}", "meeting", (json_int_t)ids[i], "state", "held"),
				 now)) < 0)
				return r;
	} while (n > 0);
	int r;
	int64_t next = 0;
	r = store_get(s, &next,
		      "SELECT coalesce(min(ends_utc), 0) FROM meeting WHERE ends_utc > ? AND state IN "
		      "('planned', 'invited')",
		      "I", now);
	*ret_next = next ? next : INT64_MAX;
	return r;
}

int meeting_rounds(struct store *s, int64_t now, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT id FROM meeting WHERE starts_utc > ? AND state IN ('planned', 'invited') AND"
			   " (invited_utc IS NULL OR reminded_utc IS NULL OR last_call_utc IS NULL) ORDER BY "
			   "starts_utc, id LIMIT ?",
			   "Ii", now, max);
	return r < 0 ? r : read_ids(&q, ret, max);
}

int meeting_invited(struct store *s, int64_t now, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT id FROM meeting WHERE starts_utc > ? AND state = 'invited' ORDER BY starts_utc, id LIMIT ?",
	    "Ii", now, max);
	return r < 0 ? r : read_ids(&q, ret, max);
}

/* What the daemon does with polls: opening, whom to ask, remind and tell, closing. */
#include "store/poll_work.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/private.h"

#include <errno.h>
#include <string.h>

static const struct actor daemon_actor = {"daemon", CHANNEL_TIMER, 0};

int poll_live(struct store *s, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q, "SELECT id FROM poll WHERE state IN ('planned', 'open') ORDER BY closes_utc, id LIMIT ?",
	    "i", max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

static int audience_of(struct store *s, int64_t id, char ret[BROADCAST_AUDIENCE_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT audience FROM poll WHERE id = ?", "I", id);
	if (!r)
		text_copy(ret, BROADCAST_AUDIENCE_MAX, query_text(&q, 0));
	return r;
}

int poll_open(struct store *s, int64_t id, int64_t now)
{
	char terms[BROADCAST_AUDIENCE_MAX];
	struct broadcast_audience who;
	struct err e = {0};
	int r = audience_of(s, id, terms);
	if (r < 0)
		return r;
	r = broadcast_audience_begin(s, terms, &e);
	if (r == -EINVAL)
		return poll_cancel(s, id, e.text, &daemon_actor, now);
	if (r < 0 || (r = broadcast_audience_end(s, &who)) < 0)
		return r;
	/* a household is who shares a room; without one each phone votes for itself */
	r = store_run(
	    s,
	    "INSERT INTO poll_voter (poll, number, person, unit, may_ask) SELECT ?1, a.number, a.person,"
	    " CASE WHEN h.room <> '' AND (SELECT household FROM poll WHERE id = ?1) THEN 'h' || h.id"
	    " ELSE a.number END, a.reason IS NULL FROM audience a LEFT JOIN person p ON p.id = a.person"
	    " LEFT JOIN household h ON h.id = p.household"
	    " WHERE a.reason IS NULL OR a.reason IN ('opted_out', 'no_consent') ON CONFLICT DO NOTHING",
	    "I", id);
	if (r < 0)
		return r;
	if (store_changes(s) == 0)
		return poll_cancel(s, id, "nobody may vote", &daemon_actor, now);
	int64_t closes = 0;
	if ((r = store_run(s, "UPDATE poll SET state = 'open' WHERE id = ?", "I", id)) < 0 ||
	    (r = store_get(s, &closes, "SELECT closes_utc FROM poll WHERE id = ?", "I", id)) < 0)
		return r;
	return event_add(s, EVENT_POLL_CHANGED, "daemon",
			 json_pack("{s:I, s:s, s:I, s:s}", "poll", (json_int_t)id, "state",
				   poll_state_name(POLL_OPEN), "closes", (json_int_t)closes, "reason", ""),
			 now);
}

/* ---- whom to text */

#define PHONE_OK "ph.opted_out = 'no' AND ph.muted = 0 AND ph.unlinked_utc IS NULL"
#define ROWS                                                                                                   \
	"SELECT v.number, coalesce(v.person, 0), coalesce(p.language, ph.language), v.poll FROM poll_voter v"  \
	" LEFT JOIN phone ph ON ph.number = v.number LEFT JOIN person p ON p.id = v.person "
#define NOBODY_VOTED                                                                                           \
	" AND NOT EXISTS (SELECT 1 FROM poll_voter w WHERE w.poll = v.poll AND w.unit = v.unit AND"            \
	" w.voted_utc IS NOT NULL)"

static int read_rows(struct query *q, int r, struct audience_row *ret, int max, int64_t *ret_poll)
{
	int n = 0;
	while (r >= 0 && n < max && (r = query_next(q)) == 1) {
		ret[n] = (struct audience_row){.person = query_int(q, 1),
					       .has_language = !query_null(q, 2),
					       .english = !strcmp(query_text(q, 2), "en")};
		text_copy(ret[n++].number, E164_MAX, query_text(q, 0));
		if (ret_poll)
			*ret_poll = query_int(q, 3);
	}
	return r < 0 ? r : n;
}

/* Of the polls that are open, the one that closes first and has somebody to be asked. */
static int poll_with_unasked(struct store *s, const char *number, int64_t now, int64_t *ret)
{
	*ret = 0;
	int r = store_get(
	    s, ret,
	    "SELECT o.id FROM poll o WHERE o.state = 'open' AND o.closes_utc > ?2 AND (o.broadcast IS NULL OR"
	    " EXISTS (SELECT 1 FROM broadcast b WHERE b.id = o.broadcast AND b.state = 'queued')) AND EXISTS"
	    " (SELECT 1 FROM poll_voter v LEFT JOIN phone ph ON ph.number = v.number WHERE v.poll = o.id AND"
	    " v.number BETWEEN coalesce(?1, '') AND coalesce(?1, '~') AND v.asked_utc IS NULL AND v.may_ask = 1"
	    " AND (ph.number IS NULL OR " PHONE_OK ")" NOBODY_VOTED
	    " AND NOT EXISTS (SELECT 1 FROM question q WHERE q.number = v.number)) ORDER BY o.closes_utc, o.id "
	    "LIMIT 1",
	    "TI", number ? number : "", now);
	return r == -ENOENT ? 0 : r;
}

int poll_unasked(struct store *s, const char *number, int64_t now, int64_t *ret_poll, struct audience_row *ret,
		 int max)
{
	cleanup_query struct query q = {0};
	int r = poll_with_unasked(s, number, now, ret_poll);
	if (r < 0 || !*ret_poll)
		return r;
	return read_rows(
	    &q,
	    query_open(s, &q,
		       ROWS "WHERE v.poll = ?1 AND v.number BETWEEN coalesce(?2, '') AND coalesce(?2, '~')"
			    " AND v.asked_utc IS NULL AND v.may_ask = 1"
			    " AND (ph.number IS NULL OR " PHONE_OK ")" NOBODY_VOTED
			    " AND NOT EXISTS (SELECT 1 FROM question q WHERE q.number = v.number)"
			    " ORDER BY v.number LIMIT ?3",
		       "ITi", *ret_poll, number ? number : "", max),
	    ret, max, NULL);
}

int poll_held(struct store *s, int64_t poll, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	return read_rows(&q,
			 query_open(s, &q,
				    ROWS "WHERE v.poll = ?1 AND v.asked_utc IS NULL AND v.may_ask = 1"
					 " AND (ph.number IS NULL OR " PHONE_OK ")" NOBODY_VOTED
					 " ORDER BY v.number LIMIT ?2",
				    "Ii", poll, max),
			 ret, max, NULL);
}

int poll_asked(struct store *s, int64_t poll, const char *number, int64_t now)
{
	return store_run(s, "UPDATE poll_voter SET asked_utc = ? WHERE poll = ? AND number = ?", "IIt", now,
			 poll, number);
}

int poll_silent(struct store *s, int64_t poll, int64_t closes_utc, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	return read_rows(&q,
			 query_open(s, &q,
				    ROWS
				    "WHERE v.poll = ?1 AND v.asked_utc IS NOT NULL AND " PHONE_OK NOBODY_VOTED
				    " AND NOT EXISTS (SELECT 1 FROM message_out o WHERE o.dedupe ="
				    " 'poll:' || ?1 || ':remind:' || ?2 || ':' || v.number)"
				    " ORDER BY v.number LIMIT ?3",
				    "IIi", poll, closes_utc, max),
			 ret, max, NULL);
}

int poll_reminded(struct store *s, int64_t poll, int64_t now)
{
	return store_run(s, "UPDATE poll SET reminded_utc = ? WHERE id = ?", "II", now, poll);
}

/* ---- how it ends */

/* A text that came before the close and was not taken yet (the daemon was down) may be a vote. */
static int vote_waits(struct store *s, int64_t closes_utc)
{
	int64_t n = 0;
	int r = store_get(s, &n, "SELECT count(*) FROM message_in WHERE state = 'stored' AND received_utc <= ?",
			  "I", closes_utc);
	return r < 0 ? r : n > 0;
}

struct tally {
	struct store *s;
	int64_t poll, *votes;
};

/* A ballot counts when the phone's vote in force came by its text. */
static int add_ballot(void *ctx, int64_t message, int option)
{
	struct tally *t = ctx;
	int64_t n = 0;
	int r = store_get(
	    t->s, &n,
	    "SELECT count(*) FROM poll_voter WHERE poll = ? AND message = ? AND voted_utc IS NOT NULL", "II",
	    t->poll, message);
	if (r >= 0 && n && option >= 1 && option <= POLL_OPTIONS_MAX)
		t->votes[option - 1]++;
	return r < 0 ? r : 0;
}

static int copy_counted(void *ctx, const struct poll *p)
{
	struct poll *c = ctx;
	*c = *p;
	c->question = c->audience = c->created_by = c->reason = NULL;
	return 0;
}

static int write_result(struct store *s, struct poll *p, int64_t now)
{
	struct poll_outcome o = poll_outcome_of(&p->count);
	json_t *votes = json_array();
	int r = store_run(
	    s, "UPDATE poll SET state = 'closed', ended_utc = ?, asked = ? WHERE id = ? AND state = 'open'",
	    "III", now, p->count.asked, p->id);
	if (r >= 0)
		r = poll_settle(s, p->id, BROADCAST_DONE, now);
	for (int i = 0; i < p->option_count && r >= 0; i++) {
		json_array_append_new(votes, json_integer(p->count.votes[i]));
		r = store_run(s, "UPDATE poll_option SET votes = ? WHERE poll = ? AND position = ?", "IIi",
			      p->count.votes[i], p->id, i + 1);
	}
	json_t *body = json_pack("{s:I, s:I, s:I, s:I, s:b, s:i, s:o, s:I, s:i}", "poll", (json_int_t)p->id,
				 "asked", (json_int_t)p->count.asked, "voted", (json_int_t)o.voted, "needed",
				 (json_int_t)o.needed, "quorate", o.quorate, "winner", o.winner, "votes", votes,
				 "meeting", (json_int_t)p->meeting, "case", p->matter);
	int e = event_add(s, EVENT_POLL_CLOSED, "daemon", body, now);
	if (r >= 0 && (r = e) >= 0 && p->matter)
		r = journal_add(s, p->matter, "voted on", o.winner ? p->options[o.winner - 1] : "",
				&daemon_actor, now);
	return r < 0 ? r : 1;
}

int poll_close(struct store *s, int64_t id, int64_t now)
{
	struct poll p = {0};
	int r = poll_get(s, id, copy_counted, &p);
	if (r < 0 || p.state != POLL_OPEN || p.closes_utc > now)
		return r < 0 ? r : 0;
	if ((r = vote_waits(s, p.closes_utc)) != 0)
		return r < 0 ? r : 0;
	if (p.secret) {
		memset(p.count.votes, 0, sizeof p.count.votes);
		if ((r = private_ballots(s, id, add_ballot, &(struct tally){s, id, p.count.votes})) < 0)
			return r;
	}
	return write_result(s, &p, now);
}

int poll_purge(struct store *s, int64_t now)
{
	int64_t id = 0;
	int r = store_get(
	    s, &id,
	    "SELECT coalesce(min(id), 0) FROM poll WHERE secret = 1 AND ended_utc < ? AND purged_utc IS NULL"
	    " AND ended_utc IS NOT NULL",
	    "I", now);
	if (r < 0 || !id)
		return r;
	if ((r = private_ballots_drop(s, id)) < 0)
		return r;
	return store_run(s, "UPDATE poll SET purged_utc = ? WHERE id = ?", "II", now, id);
}

int poll_unpurged(struct store *s, int64_t *ret)
{
	return store_get(
	    s, ret,
	    "SELECT coalesce(min(id), 0) FROM poll WHERE secret = 1 AND ended_utc IS NOT NULL AND purged_utc"
	    " IS NULL",
	    "");
}

int poll_untold(struct store *s, int64_t *ret)
{
	return store_get(
	    s, ret, "SELECT coalesce(min(id), 0) FROM poll WHERE ended_utc IS NOT NULL AND told_utc IS NULL",
	    "");
}

int poll_listeners(struct store *s, int64_t id, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	return read_rows(
	    &q,
	    query_open(s, &q,
		       ROWS "JOIN poll o ON o.id = v.poll WHERE v.poll = ?1 AND v.told_utc IS NULL"
			    " AND ph.opted_out <> 'all' AND ph.muted = 0 AND ph.unlinked_utc IS NULL AND"
			    " CASE WHEN o.state = 'cancelled' THEN v.asked_utc IS NOT NULL OR v.voted_utc IS"
			    " NOT NULL WHEN o.tell = 'voters' THEN v.message IS NOT NULL WHEN o.tell = 'asked'"
			    " THEN v.asked_utc IS NOT NULL OR v.voted_utc IS NOT NULL ELSE 0 END"
			    " ORDER BY v.number LIMIT ?2",
		       "Ii", id, max),
	    ret, max, NULL);
}

int poll_told(struct store *s, int64_t id, const char *number, int64_t now)
{
	return number ? store_run(s, "UPDATE poll_voter SET told_utc = ? WHERE poll = ? AND number = ?", "IIt",
				  now, id, number)
		      : store_run(s, "UPDATE poll SET told_utc = ? WHERE id = ?", "II", now, id);
}

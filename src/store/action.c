#include "store/action.h"
#include "store/internal.h"
#include "store/poll_work.h"
#include "store/offer.h"

#include <errno.h>
#include <string.h>

static const char *action_name(enum action_kind k)
{
	static const char *const names[ACTION_KIND_COUNT] = {
#define X(id, name) [ACTION_##id] = name,
	    ACTIONS(X)
#undef X
	};
	return names[k];
}

static int kind_find(const char *name)
{
	for (int i = 0; i < ACTION_KIND_COUNT; i++)
		if (!strcmp(action_name((enum action_kind)i), name))
			return i;
	return -1;
}

int action_add(struct store *s, const char *number, enum action_kind kind, int64_t subject, const char *before,
	       const struct actor *by, int64_t now)
{
	return store_run(
	    s, "INSERT INTO action (number, utc, message, kind, subject, before) VALUES (?,?,?,?,?,?)",
	    "tIPtIt", number, now, by->message, action_name(kind), subject, before ? before : "{}");
}

/* Has somebody else built upon it? 1, 0, -errno. */
static int touched(struct store *s, const struct action_fact *a, const char *number, int64_t message)
{
	int64_t n = 0;
	int r = 0;
	switch (a->kind) {
	case ACTION_CASE:
	case ACTION_PROXY:
		if ((r = journal_touched(s, (int)a->subject, number, message)) != 0)
			return r;
		r = store_get(
		    s, &n,
		    "SELECT count(*) FROM matter WHERE number = ? AND state NOT IN ('received', 'assigned')",
		    "I", a->subject);
		break;
	case ACTION_STEP:
	case ACTION_ACKNOWLEDGE:
		return journal_touched(s, (int)a->subject, number, message);
	case ACTION_RSVP:
		r = store_get(s, &n,
			      "SELECT count(*) FROM rsvp WHERE meeting = ? AND number = ? AND changed_utc >= ? "
			      "AND channel = 'shell'",
			      "ItI", a->subject, number, a->utc);
		break;
	case ACTION_REGISTER:
		r = store_get(s, &n,
			      "SELECT count(*) FROM person WHERE id = ? AND confirmed = 1 AND changed_utc > ?",
			      "II", a->subject, a->utc);
		break;
	case ACTION_CHORE:
		r = store_get(s, &n, "SELECT count(*) FROM chore WHERE id = ? AND done_utc IS NOT NULL", "I",
			      a->subject);
		break;
	case ACTION_BROADCAST:
		r = store_get(s, &n,
			      "SELECT count(*) FROM broadcast WHERE id = ? AND state IN ('done', 'cancelled')",
			      "I", a->subject);
		break;
	case ACTION_APPROVE:
		r = store_get(
		    s, &n, "SELECT count(*) FROM broadcast WHERE id = ? AND state NOT IN ('queued', 'paused')",
		    "I", a->subject);
		break;
	case ACTION_CLAIM:
		return claim_touched(s, (int)a->subject, number, a->id);
	case ACTION_OFFER:
		r = store_get(
		    s, &n,
		    "SELECT (SELECT count(*) FROM offer WHERE number = ?1 AND state IN ('done', 'cancelled')) +"
		    " (SELECT count(*) FROM claim WHERE offer = ?1 AND state IN ('there', 'done', "
		    "'confirmed'))",
		    "I", a->subject);
		break;
	case ACTION_SUBSCRIBE:
	case ACTION_CONSULT:
		r = store_get(s, &n,
			      "SELECT count(*) FROM consult WHERE matter = ? AND answered_utc IS NOT NULL", "I",
			      a->subject);
		break;
	case ACTION_QUESTION: /* the expert has answered since */
		r = store_get(s, &n, "SELECT count(*) FROM consult WHERE matter = ? AND answered_utc >= ?",
			      "II", a->subject, a->utc);
		break;
	case ACTION_VOTE:
		return poll_vote_touched(s, a->subject, number, message);
	case ACTION_SUPPORT:
	case ACTION_LIKELY:
	case ACTION_JOIN:
	case ACTION_OPT:
	case ACTION_UNLINK:
	case ACTION_DUTY:
	case ACTION_CHECKIN:
	case ACTION_WITNESS:
	case ACTION_ATTENDED:
	case ACTION_KIND_COUNT:
		return 0;
	}
	return r < 0 ? r : n > 0;
}

int action_last(struct store *s, const char *number, int64_t since_utc, struct action_fact ret[FACTS_ACTIONS])
{
	cleanup_query struct query q = {0};
	int n = 0;
	int64_t message = 0;
	int r = query_open(
	    s, &q,
	    "SELECT id, kind, subject, utc, coalesce(message, 0) FROM action WHERE number = ?1 AND undone_utc "
	    "IS NULL AND utc >= ?2"
	    " AND coalesce(message, -id) = (SELECT coalesce(message, -id) FROM action WHERE number = ?1"
	    " AND undone_utc IS NULL AND utc >= ?2 ORDER BY id DESC LIMIT 1) ORDER BY id DESC",
	    "tI", number, since_utc);
	while (r >= 0 && n < FACTS_ACTIONS && (r = query_next(&q)) == 1) {
		int kind = kind_find(query_text(&q, 1));
		if (kind < 0)
			continue;
		message = query_int(&q, 4);
		ret[n++] = (struct action_fact){.id = query_int(&q, 0),
						.kind = (enum action_kind)kind,
						.subject = query_int(&q, 2),
						.utc = query_int(&q, 3)};
	}
	query_close(&q);
	for (int i = 0; r >= 0 && i < n; i++) {
		r = touched(s, &ret[i], number, message);
		ret[i].touched = r > 0;
	}
	return r < 0 ? r : n;
}

int action_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct action *a), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT id, kind, subject, utc, coalesce(message, 0), number, before FROM action WHERE id = ?", "I",
	    id);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	int kind = r == 1 ? kind_find(query_text(&q, 1)) : -1;
	if (kind < 0)
		return -ENOENT;
	struct action a = {.id = query_int(&q, 0),
			   .kind = (enum action_kind)kind,
			   .subject = query_int(&q, 2),
			   .utc = query_int(&q, 3),
			   .message = query_int(&q, 4),
			   .number = query_text(&q, 5),
			   .before = query_text(&q, 6)};
	return row(ctx, &a);
}

int action_undone(struct store *s, int64_t id, int64_t now)
{
	return store_run(s, "UPDATE action SET undone_utc = ? WHERE id = ?", "II", now, id);
}

#include "store/offer.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/matter.h"

#include <errno.h>
#include <string.h>

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

int offer_add(struct store *s, const struct offer_new *n, const struct actor *by, int64_t now, int *ret_number)
{
	int number;
	int r = n->grid && *n->grid ? grid_known(s, n->grid) : 0;
	if (r < 0 || (r = matter_next_number(s, &number)) < 0)
		return r;
	if ((r = store_run(s, "UPDATE sequence SET next = next + 1 WHERE name = 'matter'", "")) < 0)
		return r;
	r = store_run(
	    s,
	    "INSERT INTO matter (number, kind, state, category, text, grid, building, unit, room, place, "
	    "origin,"
	    " reporter, number_from, message, opened_utc, changed_utc)"
	    " VALUES (?1,'task','closed','other',?2,?3,?4,?5,?6,?7,?8,"
	    " coalesce(?9, (SELECT min(person) FROM person_phone WHERE number = ?10)),?10,?11,?12,?13)",
	    "itTtttttPtPII", number, n->text, or_empty(n->grid), or_empty(n->building), or_empty(n->unit),
	    or_empty(n->room), or_empty(n->place), flavour_name(n->flavour), n->asker, or_empty(n->phone),
	    by->message, now, now);
	if (r < 0)
		return r;
	r = store_run(
	    s,
	    "INSERT INTO offer (number, flavour, state, wanted, points, starts_utc, ends_utc, roster, announce,"
	    " created_utc, changed_utc) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	    "ittiiPPPbII", number, flavour_name(n->flavour), n->draft ? "draft" : "open", n->wanted, n->points,
	    n->starts_utc, n->ends_utc, n->roster, n->announce, now, now);
	if (r < 0 || (r = journal_add(s, number, "offered", n->text, by, now)) < 0)
		return r;
	*ret_number = number;
	return event_add(s, EVENT_TASK_CHANGED, by->id,
			 json_pack("{s:i, s:s, s:s, s:s}", "task", number, "state", n->draft ? "draft" : "open",
				   "flavour", flavour_name(n->flavour), "reason", "new"),
			 now);
}

/* claim.state of those who have a place, as claim_holds() says. */
#define HOLDS "('taken', 'there', 'done', 'confirmed')"

#define OFFER_COLUMNS                                                                                          \
	"o.number, o.flavour, o.state, o.wanted, o.points,"                                                    \
	" (SELECT coalesce(sum(people), 0) FROM claim c WHERE c.offer = o.number AND c.state IN " HOLDS "),"   \
	" (SELECT count(*) FROM claim c WHERE c.offer = o.number AND c.state = 'waiting'),"                    \
	" (SELECT count(*) FROM claim c WHERE c.offer = o.number AND c.state IN ('done', 'confirmed')),"       \
	" o.rounds, o.reminded, coalesce(o.starts_utc, 0) AS starts, coalesce(o.ends_utc, 0), "                \
	"coalesce(o.published_utc, 0),"                                                                        \
	" o.created_utc, o.changed_utc, coalesce(o.asked_utc, 0), coalesce(o.roster, 0), "                     \
	"coalesce(o.broadcast, 0),"                                                                            \
	" coalesce(m.reporter, 0), m.text, coalesce(m.grid, ''), m.place, m.number_from, coalesce(p.name, "    \
	"''),"                                                                                                 \
	" m.building, m.unit, m.room, o.announce"
#define OFFER_FROM " FROM offer o JOIN matter m ON m.number = o.number LEFT JOIN person p ON p.id = m.reporter "

static struct offer read_row(const struct query *q)
{
	int flavour = flavour_find(query_text(q, 1)), state = offer_state_find(query_text(q, 2));
	return (struct offer){
	    .number = (int)query_int(q, 0),
	    .flavour = flavour < 0 ? FLAVOUR_TASK : (enum flavour)flavour,
	    .state = state < 0 ? OFFER_CANCELLED : (enum offer_state)state,
	    .wanted = (int)query_int(q, 3),
	    .points = (int)query_int(q, 4),
	    .taken = (int)query_int(q, 5),
	    .waiting = (int)query_int(q, 6),
	    .claims_done = (int)query_int(q, 7),
	    .rounds = (int)query_int(q, 8),
	    .reminded = (int)query_int(q, 9),
	    .starts_utc = query_int(q, 10),
	    .ends_utc = query_int(q, 11),
	    .published_utc = query_int(q, 12),
	    .created_utc = query_int(q, 13),
	    .changed_utc = query_int(q, 14),
	    .asked_utc = query_int(q, 15),
	    .roster = query_int(q, 16),
	    .broadcast = query_int(q, 17),
	    .asker = query_int(q, 18),
	    .text = query_text(q, 19),
	    .grid = query_text(q, 20),
	    .place = query_text(q, 21),
	    .phone = query_text(q, 22),
	    .name = query_text(q, 23),
	    .building = query_text(q, 24),
	    .unit = query_text(q, 25),
	    .room = query_text(q, 26),
	    .announce = query_int(q, 27) != 0,
	};
}

int offer_get(struct store *s, int number, int (*row)(void *ctx, const struct offer *o), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT " OFFER_COLUMNS OFFER_FROM "WHERE o.number = ?", "i", number);
	if (r < 0)
		return r;
	struct offer o = read_row(&q);
	return row(ctx, &o);
}

int offer_list(struct store *s, const struct offer_filter *f, int (*row)(void *ctx, const struct offer *o),
	       void *ctx)
{
	/* The newest `limit`, printed by number; what comes next first with `coming`. NULL switches a filter off. */
	static const char sql[] =
	    "WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?3 UNION"
	    " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
	    "SELECT * FROM (SELECT " OFFER_COLUMNS OFFER_FROM "WHERE (?1 IS NULL OR o.flavour = ?1)"
	    " AND (?2 IS NULL OR o.state = ?2) AND (?3 IS NULL OR m.grid IN sub) AND o.changed_utc >= ?4"
	    " AND (?5 = 0 OR (o.state = 'open' AND coalesce(o.ends_utc, o.starts_utc + 86400, ?6 + 1) > ?6))"
	    " ORDER BY o.number DESC LIMIT ?7) ORDER BY CASE WHEN ?5 THEN starts END, 1";
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, sql, "TTTIbII", f->flavour < 0 ? "" : flavour_name((enum flavour)f->flavour),
			   or_empty(f->state), or_empty(f->grid), f->since_utc, f->coming, f->now_utc,
			   f->limit > 0 ? (int64_t)f->limit : (int64_t)-1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct offer o = read_row(&q);
		int end = row(ctx, &o);
		if (end)
			return end;
	}
	return r;
}

int offer_creator(struct store *s, int number, char *ret)
{
	cleanup_query struct query q = {0};
	text_copy(ret, ACTOR_MAX, "daemon");
	int r = query_open(s, &q,
			   "SELECT actor FROM journal WHERE matter = ? AND entry IN ('offered', 'published') "
			   "ORDER BY id DESC LIMIT 1",
			   "i", number);
	if (r >= 0 && (r = query_next(&q)) == 1)
		text_copy(ret, ACTOR_MAX, query_text(&q, 0));
	return r < 0 ? r : 0;
}

/* ---- its life */

static int become(struct store *s, int number, enum offer_state from, enum offer_state to, const char *entry,
		  const char *note, const struct actor *by, int64_t now)
{
	int64_t known = 0;
	int r = store_get(s, &known, "SELECT count(*) FROM offer WHERE number = ?", "i", number);
	if (r < 0 || !known)
		return r < 0 ? r : -ENOENT;
	r = store_run(s, "UPDATE offer SET state = ?, changed_utc = ? WHERE number = ? AND state = ?", "tIit",
		      offer_state_name(to), now, number, offer_state_name(from));
	if (r < 0)
		return r;
	if (!store_changes(s))
		return -EPERM;
	if ((r = journal_add(s, number, entry, note, by, now)) < 0)
		return r;
	return event_add(s, EVENT_TASK_CHANGED, by->id,
			 json_pack("{s:i, s:s, s:s}", "task", number, "state", offer_state_name(to), "reason",
				   or_empty(note)),
			 now);
}

int offer_publish(struct store *s, int number, const char *text, const struct actor *by, int64_t now)
{
	int r = become(s, number, OFFER_DRAFT, OFFER_OPEN, "published", text, by, now);
	return r < 0 || !text || !*text
		   ? r
		   : store_run(s, "UPDATE matter SET text = ? WHERE number = ?", "ti", text, number);
}

int offer_cancel(struct store *s, int number, const char *reason, const struct actor *by, int64_t now)
{
	int r = become(s, number, OFFER_OPEN, OFFER_CANCELLED, "cancelled", reason, by, now);
	return r == -EPERM ? become(s, number, OFFER_DRAFT, OFFER_CANCELLED, "cancelled", reason, by, now) : r;
}

int offer_close(struct store *s, int number, const struct actor *by, int64_t now)
{
	return become(s, number, OFFER_OPEN, OFFER_DONE, "finished", NULL, by, now);
}

int offer_mark(struct store *s, int number, enum offer_mark m, int64_t value, int64_t now)
{
	switch (m) {
	case OFFER_MARK_PUBLISHED:
		return store_run(
		    s,
		    "UPDATE offer SET published_utc = ?, broadcast = ?, rounds = rounds + 1 WHERE number = ?",
		    "IPi", now, value, number);
	case OFFER_MARK_REMINDED:
		return store_run(s, "UPDATE offer SET reminded = ? WHERE number = ?", "Ii", value, number);
	case OFFER_MARK_ASKED:
		return store_run(s, "UPDATE offer SET asked_utc = ? WHERE number = ?", "Pi", value, number);
	case OFFER_MARK_MISSED:
		return store_run(s, "UPDATE offer SET missed_utc = ? WHERE number = ?", "Ii", now, number);
	case OFFER_MARK_UNCLAIMED:
		return store_run(s, "UPDATE offer SET unclaimed_utc = ? WHERE number = ?", "Ii", now, number);
	case OFFER_MARK_COUNT:
		return -EINVAL;
	}
	return -EINVAL;
}

int offer_again(struct store *s, int number)
{
	int r = store_run(
	    s,
	    "UPDATE offer SET published_utc = NULL WHERE number = ? AND state = 'open' AND announce = 1"
	    " AND published_utc IS NOT NULL AND rounds < ?",
	    "ii", number, OFFER_ROUNDS);
	return r < 0 ? r : store_changes(s) > 0;
}

/* ---- what time brings: ?1 the flavour, ?2 the offset, ?3 now. Each row is a number and when it is due. */

static const char *const due_sql[OFFER_DUE_COUNT] = {
    [OFFER_DUE_PUBLISH] =
	"SELECT number, created_utc FROM offer WHERE state = 'open' AND flavour = ?1 AND announce = 1"
	" AND published_utc IS NULL ORDER BY number LIMIT ?4",
    [OFFER_DUE_REMIND] =
	"SELECT number, starts_utc - ?2 AS due FROM offer WHERE state = 'open' AND flavour = ?1"
	" AND reminded < 1 AND starts_utc > ?3 ORDER BY due, number LIMIT ?4",
    [OFFER_DUE_LAST_CALL] =
	"SELECT number, starts_utc - ?2 AS due FROM offer WHERE state = 'open' AND flavour = ?1"
	" AND reminded < 2 AND starts_utc > ?3 ORDER BY due, number LIMIT ?4",
    [OFFER_DUE_MISSED] =
	"SELECT number, starts_utc + ?2 AS due FROM offer WHERE state = 'open' AND flavour = ?1"
	" AND missed_utc IS NULL AND starts_utc > ?3 - 86400 ORDER BY due, number LIMIT ?4",
    [OFFER_DUE_UNCLAIMED] =
	"SELECT number, created_utc + ?2 AS due FROM offer o WHERE state = 'open' AND flavour = ?1"
	" AND unclaimed_utc IS NULL AND created_utc > ?3 - 7 * 86400 AND NOT EXISTS (SELECT 1 FROM claim c"
	" WHERE c.offer = o.number AND c.state IN " HOLDS ") ORDER BY due, number LIMIT ?4",
    [OFFER_DUE_OVER] =
	"SELECT number, coalesce(ends_utc, starts_utc + ?2) AS due FROM offer WHERE state = 'open'"
	" AND flavour = ?1 AND due IS NOT NULL ORDER BY due, number LIMIT ?4",
};

int offer_due(struct store *s, enum offer_due what, enum flavour f, int64_t offset_s, int64_t now, int *ret,
	      int max, int64_t *ret_next)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q, due_sql[what], "tIIi", flavour_name(f), offset_s, now, max + 1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t due = query_int(&q, 1);
		if (due <= now && n < max)
			ret[n++] = (int)query_int(&q, 0);
		else {
			due = due > now ? due : now;
			*ret_next = due < *ret_next ? due : *ret_next;
			break;
		}
	}
	return r < 0 ? r : n;
}

int offer_unasked(struct store *s, const char *phone, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT o.number FROM offer o JOIN matter m ON m.number = o.number WHERE o.state = 'open'"
	    " AND o.flavour = 'errand' AND o.asked_utc IS NULL AND m.number_from <> ''"
	    " AND (?1 IS NULL OR m.number_from = ?1) AND EXISTS (SELECT 1 FROM claim c WHERE"
	    " c.offer = o.number AND c.state = 'done') ORDER BY o.number LIMIT ?2",
	    "Ti", or_empty(phone), max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int offer_nearest(struct store *s, int offer, int max, struct buf *out)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE sub(code) AS (SELECT grid FROM matter WHERE number = ?1 UNION"
	    " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
	    "SELECT pp.number FROM matter m JOIN person p JOIN household h ON h.id = p.household"
	    " JOIN person_phone pp ON pp.person = p.id AND pp.position = 0 JOIN phone ph ON ph.number = "
	    "pp.number"
	    " WHERE m.number = ?1 AND (m.grid IS NULL OR h.grid IN sub) AND p.consent_source IS NOT NULL"
	    " AND p.id IN (SELECT person FROM person_role WHERE role = 'volunteer')"
	    " AND p.forgotten_utc IS NULL AND ph.opted_out = 'no' AND ph.muted = 0 AND ph.unlinked_utc IS NULL"
	    " AND pp.number <> m.number_from AND pp.number NOT IN (SELECT number FROM claim WHERE offer = ?1)"
	    /* who was asked to do least of late comes first among those who live equally near */
	    " GROUP BY pp.number ORDER BY h.building = m.building AND m.building <> '' DESC, h.grid = m.grid "
	    "DESC,"
	    " (SELECT count(*) FROM claim c WHERE c.number = pp.number), p.id LIMIT ?2",
	    "ii", offer, max);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		buf_addf(out, "%snumber:%s", out->len ? " " : "", query_text(&q, 0));
		n++;
	}
	return r < 0 ? r : n;
}

int subscribe(struct store *s, const char *number, const char *topic, int64_t now)
{
	int r = store_run(
	    s, "INSERT INTO subscription (number, topic, since_utc) VALUES (?,?,?) ON CONFLICT DO NOTHING",
	    "ttI", number, topic, now);
	return r < 0 ? r : store_changes(s) > 0;
}

int unsubscribe(struct store *s, const char *number, const char *topic)
{
	return store_run(s, "DELETE FROM subscription WHERE number = ? AND topic = ?", "tt", number, topic);
}

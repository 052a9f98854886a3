#include "store/points.h"

#include "store/event.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <limits.h>

int point_balance(struct store *s, int64_t person, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(sum(delta), 0) FROM point WHERE person = ?", "I", person);
}

int point_add(struct store *s, const struct point_new *n, const struct actor *by, int64_t now, int64_t *ret_id)
{
	int64_t there, balance, turn;
	const char *reason = point_reason_name(n->reason);
	int r =
	    store_get(s, &there, "SELECT count(*) FROM person WHERE id = ? AND (forgotten_utc IS NULL OR ?)",
		      "Ib", n->person, n->delta < 0);
	if (r < 0 || !there)
		return r < 0 ? r : -ENOENT;
	if ((r = point_balance(s, n->person, &balance)) < 0)
		return r;
	if (balance + n->delta < 0)
		return -ERANGE;
	r = store_get(s, &turn, "SELECT count(*) FROM point WHERE person = ? AND reason = ? AND subject IS ?",
		      "ItP", n->person, reason, n->subject);
	if (r >= 0)
		r = store_run(s,
			      "INSERT INTO point (person, utc, delta, reason, subject, turn, reverses, note, "
			      "actor, message)"
			      " VALUES (?,?,?,?,?,?,?,?,?,?)",
			      "IIitPIPttP", n->person, n->utc, n->delta, reason, n->subject, turn, n->reverses,
			      n->note ? n->note : "", by->id, by->message);
	if (r < 0)
		return r;
	int64_t id = store_last_id(s);
	if (ret_id)
		*ret_id = id;
	return event_add(s, EVENT_POINTS_CHANGED, by->id,
			 json_pack("{s:I, s:i, s:s, s:I, s:I}", "person", (json_int_t)n->person, "delta",
				   n->delta, "reason", reason, "subject", (json_int_t)n->subject, "points",
				   (json_int_t)id),
			 now);
}

int point_sums_since(struct store *s, int64_t person, enum point_reason reason, int64_t day_utc,
		     int64_t month_utc, struct point_sums *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT coalesce(sum(delta) FILTER (WHERE reason = ?2 AND utc >= ?3), 0),"
			   " coalesce(sum(delta) FILTER (WHERE reason = ?2), 0),"
			   " coalesce(sum(delta) FILTER (WHERE utc >= ?3), 0), coalesce(sum(delta), 0)"
			   " FROM point WHERE person = ?1 AND utc >= ?4 AND reason NOT IN ('award', 'redeem')",
			   "ItII", person, point_reason_name(reason), day_utc, month_utc);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	*ret = (struct point_sums){.day = query_int(&q, 0),
				   .month = query_int(&q, 1),
				   .all_day = query_int(&q, 2),
				   .all_month = query_int(&q, 3)};
	return 0;
}

int point_earned(struct store *s, int64_t person, int64_t since_utc, int64_t *ret)
{
	return store_get(
	    s, ret,
	    "SELECT coalesce(sum(delta), 0) FROM point WHERE person = ? AND utc >= ? AND reason <> 'redeem'",
	    "II", person, since_utc);
}

int point_of(struct store *s, int64_t person, enum point_reason reason, int64_t subject, int64_t *ret)
{
	return store_get(
	    s, ret, "SELECT coalesce(sum(delta), 0) FROM point WHERE person = ? AND reason = ? AND subject = ?",
	    "ItI", person, point_reason_name(reason), subject);
}

int point_supporters(struct store *s, int matter, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(s, &q,
		       "SELECT DISTINCT person FROM supporter WHERE matter = ? AND person IS NOT NULL ORDER BY "
		       "since_utc LIMIT ?",
		       "ii", matter, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

/* ---------------------------------------------------------------------------------------- taking back */

struct taken {
	int64_t id, person, delta, subject, reverses, reversed, balance;
	int reason;
};

static int read_taken(struct store *s, int64_t id, struct taken *t)
{
	cleanup_query struct query q = {0};
	int r =
	    query_find(s, &q,
		       "SELECT id, person, delta, coalesce(subject, 0), coalesce(reverses, 0),"
		       " coalesce((SELECT min(b.id) FROM point b WHERE b.reverses = p.id), 0), reason,"
		       " (SELECT sum(delta) FROM point b WHERE b.person = p.person) FROM point p WHERE id = ?",
		       "I", id);
	if (r < 0)
		return r;
	*t = (struct taken){.id = query_int(&q, 0),
			    .person = query_int(&q, 1),
			    .delta = query_int(&q, 2),
			    .subject = query_int(&q, 3),
			    .reverses = query_int(&q, 4),
			    .reversed = query_int(&q, 5),
			    .reason = point_reason_find(query_text(&q, 6)),
			    .balance = query_int(&q, 7)};
	return t->reason < 0 ? -ENOENT : 0;
}

int point_reverse(struct store *s, int64_t id, const char *note, const struct actor *by, int64_t now,
		  int64_t *ret_back)
{
	struct taken t;
	int r = read_taken(s, id, &t);
	if (r < 0)
		return r;
	if (t.reverses || t.reversed)
		return -EALREADY;
	int64_t back = t.delta > t.balance ? t.balance : t.delta;
	if (!back)
		return -ERANGE;
	struct point_new n = {.person = t.person,
			      .delta = (int)-back,
			      .reason = (enum point_reason)t.reason,
			      .subject = t.subject,
			      .reverses = id,
			      .note = note,
			      .utc = now};
	if ((r = point_add(s, &n, by, now, NULL)) >= 0 && ret_back)
		*ret_back = back;
	return r;
}

int point_reverse_cause(struct store *s, enum point_reason reason, int64_t subject, int64_t person,
			const struct actor *by, int64_t now)
{
	enum { BATCH = 128 };
	int64_t ids[BATCH], after = 0;
	int n, r = 0;
	do {
		cleanup_query struct query q = {0};
		r = query_open(
		    s, &q,
		    "SELECT p.id FROM point p WHERE reason = ?1 AND subject = ?2 AND delta > 0 AND p.id > ?3"
		    " AND (?4 = 0 OR person = ?4) AND NOT EXISTS (SELECT 1 FROM point b WHERE b.reverses = "
		    "p.id)"
		    " ORDER BY p.id LIMIT ?5",
		    "tIIIi", point_reason_name(reason), subject, after, person, (int)BATCH);
		for (n = 0; r >= 0 && n < BATCH && (r = query_next(&q)) == 1;)
			after = ids[n++] = query_int(&q, 0);
		query_close(&q);
		for (int i = 0; i < n && r >= 0; i++)
			if ((r = point_reverse(s, ids[i], NULL, by, now, NULL)) == -ERANGE)
				r = 0;
	} while (r >= 0 && n == BATCH);
	return r < 0 ? r : 0;
}

/* ---------------------------------------------------------------------------------------------- lists */

#define LIST(where)                                                                                            \
	"SELECT * FROM (SELECT p.id, p.person, p.utc, p.delta, coalesce(p.subject, 0), coalesce(p.reverses, "  \
	"0),"                                                                                                  \
	" coalesce((SELECT min(b.id) FROM point b WHERE b.reverses = p.id), 0), w.name, coalesce(h.grid, '')," \
	" p.reason, p.note, p.actor FROM point p JOIN person w ON w.id = p.person"                             \
	" JOIN household h ON h.id = w.household WHERE " where " AND (?2 IS NULL OR h.grid IN " GRID_SUBTREE(  \
	    "?2") ") AND (?3 IS NULL OR p.reason = ?3) AND p.utc >= ?4 ORDER BY p.id DESC LIMIT ?5)"           \
		  " ORDER BY CASE WHEN ?6 THEN -id ELSE id END"

int point_list(struct store *s, const struct point_filter *f, int (*row)(void *ctx, const struct point_row *p),
	       void *ctx)
{
	cleanup_query struct query q = {0};
	const char *sql = f->id ? LIST("p.id = ?1") : f->person ? LIST("p.person = ?1") : LIST("?1 = 0");
	int r = query_open(s, &q, sql, "ITTIIb", f->id ? f->id : f->person, f->grid ? f->grid : "",
			   f->reason ? f->reason : "", f->since_utc,
			   f->limit == LONG_MAX ? (int64_t)-1 : (int64_t)f->limit, f->newest_first);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct point_row p = {.id = query_int(&q, 0),
				      .person = query_int(&q, 1),
				      .utc = query_int(&q, 2),
				      .delta = query_int(&q, 3),
				      .subject = query_int(&q, 4),
				      .reverses = query_int(&q, 5),
				      .reversed = query_int(&q, 6),
				      .name = query_text(&q, 7),
				      .grid = query_text(&q, 8),
				      .reason = query_text(&q, 9),
				      .note = query_text(&q, 10),
				      .actor = query_text(&q, 11)};
		int stop = row(ctx, &p);
		if (stop)
			return stop;
	}
	return r;
}

int point_month(struct store *s, int64_t from_utc, int64_t to_utc, const char *grid,
		int (*row)(void *ctx, const struct point_month_row *m), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    /* added up in the order of an index first: what people got in all the years is not sorted */
	    "SELECT w.id, p.earned, p.spent, p.balance, w.name, coalesce(h.grid, ''), h.building, h.unit, "
	    "h.room"
	    " FROM (SELECT person, coalesce(sum(delta) FILTER (WHERE utc >= ?1 AND reason <> 'redeem'), 0) AS "
	    "earned,"
	    "  -coalesce(sum(delta) FILTER (WHERE utc >= ?1 AND reason = 'redeem'), 0) AS spent, sum(delta) AS "
	    "balance"
	    "  FROM point WHERE utc < ?2 GROUP BY person) p"
	    " JOIN person w ON w.id = p.person JOIN household h ON h.id = w.household"
	    " WHERE w.forgotten_utc IS NULL AND (?3 IS NULL OR h.grid IN " GRID_SUBTREE(
		"?3") ")"
		      " ORDER BY 6, length(h.building), h.building, length(h.unit), h.unit, "
		      "length(h.room), h.room, w.id",
	    "IIT", from_utc, to_utc, grid ? grid : "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct point_month_row m = {.person = query_int(&q, 0),
					    .earned = query_int(&q, 1),
					    .spent = query_int(&q, 2),
					    .balance = query_int(&q, 3),
					    .name = query_text(&q, 4),
					    .grid = query_text(&q, 5),
					    .building = query_text(&q, 6),
					    .unit = query_text(&q, 7),
					    .room = query_text(&q, 8)};
		int stop = row(ctx, &m);
		if (stop)
			return stop;
	}
	return r;
}

/* Meeting series, and the meetings that are laid out from them. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/recur.h"
#include "store/event.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/meeting.h"

#include <errno.h>
#include <string.h>

#define LAID_OUT_MAX 64 /* meetings of one series within MEETING_AHEAD_DAYS */
#define SERIES_MAX   256

static const struct actor calendar = {"daemon", CHANNEL_TIMER, 0};

struct plan {
	int64_t id;
	char *grid, *title, *place, *rrule, *start, *exdates, *audience;
	int minutes;
};

static void plan_done(struct plan *p)
{
	free(p->grid);
	free(p->title);
	free(p->place);
	free(p->rrule);
	free(p->start);
	free(p->exdates);
	free(p->audience);
}

static int add_meeting(struct store *s, const struct plan *p, int64_t starts)
{
	return store_run(
	    s,
	    "INSERT INTO meeting (series, grid, title, place, starts_utc, ends_utc, audience, code)"
	    " VALUES (?,?,?,?,?,?,?, printf('%04d', abs(random() % 10000))) ON CONFLICT DO NOTHING",
	    "ItttIIt", p->id, p->grid, p->title, p->place, starts, starts + p->minutes * MINUTE_S, p->audience);
}

/* Planned meetings of the series which it no longer has: forgotten when they were never more than planned. */
static int drop_stale(struct store *s, const struct plan *p, const int64_t *starts, int count, int64_t now)
{
	int64_t stale[LAID_OUT_MAX];
	int n = 0;
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT id, starts_utc FROM meeting WHERE series = ? AND state = 'planned' AND starts_utc > ?"
	    " AND moved_from IS NULL",
	    "II", p->id, now);
	while (r >= 0 && n < LAID_OUT_MAX && (r = query_next(&q)) == 1) {
		bool kept = query_int(&q, 1) >= now + MEETING_AHEAD_DAYS * DAY_S;
		for (int i = 0; i < count && !kept; i++)
			kept = starts[i] == query_int(&q, 1);
		if (!kept)
			stale[n++] = query_int(&q, 0);
	}
	query_close(&q);
	for (int i = 0; r >= 0 && i < n; i++)
		r = meeting_cancel(s, stale[i], NULL, &calendar, now);
	return r < 0 ? r : 0;
}

static int lay_out(struct store *s, const struct plan *p, const char *holidays, int64_t now)
{
	int64_t starts[LAID_OUT_MAX];
	cleanup_free char *except = mem_printf("%s %s", p->exdates, holidays ? holidays : "");
	int n = recur_expand(p->rrule, p->start, except, now, now + MEETING_AHEAD_DAYS * DAY_S, starts,
			     LAID_OUT_MAX);
	if (n < 0)
		return 0; /* written by another program; the tool refuses such a rule */
	int r = 0;
	for (int i = 0; i < n && r >= 0; i++)
		r = add_meeting(s, p, starts[i]);
	return r < 0 ? r : drop_stale(s, p, starts, n, now);
}

static int load(struct store *s, int64_t only, struct plan *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT id, grid, title, place, rrule, start_local, exdates, minutes, audience FROM series"
	    " WHERE ended_utc IS NULL AND (?1 = 0 OR id = ?1) ORDER BY id",
	    "I", only);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (struct plan){.id = query_int(&q, 0),
					 .grid = mem_dup(query_text(&q, 1)),
					 .title = mem_dup(query_text(&q, 2)),
					 .place = mem_dup(query_text(&q, 3)),
					 .rrule = mem_dup(query_text(&q, 4)),
					 .start = mem_dup(query_text(&q, 5)),
					 .exdates = mem_dup(query_text(&q, 6)),
					 .minutes = (int)query_int(&q, 7),
					 .audience = mem_dup(query_text(&q, 8))};
	return r < 0 ? r : n;
}

static int lay_out_some(struct store *s, int64_t only, const char *holidays, int64_t now)
{
	cleanup_free struct plan *plans = mem_array(SERIES_MAX, sizeof *plans);
	int n = load(s, only, plans, SERIES_MAX), r = n < 0 ? n : 0;
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = lay_out(s, &plans[i], holidays, now);
		plan_done(&plans[i]);
	}
	return r;
}

int series_lay_out(struct store *s, const char *holidays, int64_t now)
{
	return lay_out_some(s, 0, holidays, now);
}

int recurrence_check(struct store *s, const char *grid, const char *rrule, const char *start_local,
		     const char *exdates, struct err *e)
{
	int r = recur_check(rrule, start_local, exdates, e);
	if (r < 0)
		return r;
	r = grid_known(s, grid);
	return r == -EINVAL ? err_set(e, NULL, 0, "no grid has the code \"%s\"; see yishi grid list", grid) : r;
}

int series_add(struct store *s, const struct series_new *n, int64_t now, int64_t *ret_id, struct err *e)
{
	int r = recurrence_check(s, n->grid, n->rrule, n->start_local, n->exdates, e);
	if (r < 0)
		return r;
	r = store_run(s,
		      "INSERT INTO series (grid, title, rrule, start_local, exdates, place, audience, minutes, "
		      "created_utc)"
		      " VALUES (?,?,?,?,?,?,?,?,?)",
		      "tttttttiI", n->grid, n->title ? n->title : "", n->rrule, n->start_local,
		      n->exdates ? n->exdates : "", n->place, n->audience ? n->audience : "",
		      n->minutes > 0 ? n->minutes : 60, now);
	if (r < 0)
		return r;
	int64_t id = store_last_id(s);
	if ((r = lay_out_some(s, id, NULL, now)) < 0)
		return r;
	*ret_id = id;
	return 0;
}

int series_except(struct store *s, int64_t id, const char *exdates, int64_t now, struct err *e)
{
	int r = recur_check("FREQ=DAILY", "2026-01-01T00:00:00", exdates, e);
	if (r < 0)
		return r;
	if ((r = store_run(s, "UPDATE series SET exdates = trim(exdates || ' ' || ?) WHERE id = ?", "tI",
			   exdates, id)) < 0)
		return r;
	return store_changes(s) ? lay_out_some(s, id, NULL, now) : -ENOENT;
}

int series_end(struct store *s, int64_t id, int64_t now)
{
	int r =
	    store_run(s, "UPDATE series SET ended_utc = ? WHERE id = ? AND ended_utc IS NULL", "II", now, id);
	if (r < 0)
		return r;
	if (!store_changes(s))
		return -ENOENT;
	const struct plan none = {.id = id};
	return drop_stale(s, &none, NULL, 0, now);
}

int series_list(struct store *s, const char *grid, int64_t now, int (*row)(void *ctx, const struct series *r),
		void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?1 UNION"
	    " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
	    "SELECT id, grid, title, rrule, start_local, exdates, place, minutes, coalesce(ended_utc, 0),"
	    " coalesce((SELECT min(starts_utc) FROM meeting m WHERE m.series = series.id AND m.starts_utc > ?2"
	    " AND m.state <> 'cancelled'), 0), audience"
	    " FROM series WHERE ?1 IS NULL OR grid IN sub ORDER BY id",
	    "TI", grid ? grid : "", now);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct series se = {.id = query_int(&q, 0),
				    .grid = query_text(&q, 1),
				    .title = query_text(&q, 2),
				    .rrule = query_text(&q, 3),
				    .start_local = query_text(&q, 4),
				    .exdates = query_text(&q, 5),
				    .place = query_text(&q, 6),
				    .minutes = (int)query_int(&q, 7),
				    .ended_utc = query_int(&q, 8),
				    .next_utc = query_int(&q, 9),
				    .audience = query_text(&q, 10)};
		int end = row(ctx, &se);
		if (end)
			return end;
	}
	return r;
}

/* Duty lists (duty.h). Calls for help are in duty_call.c. */
#include "store/duty.h"
#include "base/text.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <string.h>

int duty_add(struct store *s, const char *grid, int64_t person, int position, const struct day_window *w,
	     int64_t *ret_id)
{
	int64_t n = 0;
	int r = grid_known(s, grid);
	if (r < 0)
		return r;
	r = store_get(s, &n, "SELECT count(*) FROM person WHERE id = ? AND forgotten_utc IS NULL", "I", person);
	if (r < 0 || !n)
		return r < 0 ? r : -ENOENT;
	if (position <= 0) {
		if ((r = store_get(s, &n, "SELECT coalesce(max(position), 0) + 1 FROM duty WHERE grid = ?", "t",
				   grid)) < 0)
			return r;
		position = (int)n;
	}
	r = store_run(
	    s, "INSERT INTO duty (grid, person, position, days, from_minute, to_minute) VALUES (?,?,?,?,?,?)",
	    "tIiiii", grid, person, position, (int)w->days, w->from_minute, w->to_minute);
	if (r < 0)
		return r;
	*ret_id = store_last_id(s);
	/* what an officer texts is read as an officer's words */
	return store_run(s, "INSERT OR IGNORE INTO person_role (person, role) VALUES (?, 'duty_officer')", "I",
			 person);
}

int duty_remove(struct store *s, int64_t id)
{
	int r = store_run(s, "DELETE FROM duty WHERE id = ?", "I", id);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

int duty_list(struct store *s, const char *grid, int64_t now, int (*row)(void *ctx, const struct duty_entry *e),
	      void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT d.id, d.person, d.position, d.from_minute, d.to_minute, d.days, d.grid, "
	    "p.name, " PERSON_NUMBER ","
	    " (SELECT max(until_utc) FROM duty_absence a WHERE a.person = d.person AND a.from_utc <= ?2 AND "
	    "a.until_utc > ?2)"
	    " FROM duty d JOIN person p ON p.id = d.person WHERE p.forgotten_utc IS NULL"
	    " AND (?1 IS NULL OR d.grid IN " GRID_SUBTREE("?1") ") ORDER BY d.grid, d.position, d.id",
	    "TI", grid, now);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct duty_entry e = {
		    .id = query_int(&q, 0),
		    .person = query_int(&q, 1),
		    .position = (int)query_int(&q, 2),
		    .window = {(int)query_int(&q, 3), (int)query_int(&q, 4), (unsigned)query_int(&q, 5)},
		    .grid = query_text(&q, 6),
		    .name = query_text(&q, 7),
		    .number = query_text(&q, 8),
		    .absent_until_utc = query_int(&q, 9)};
		e.now = day_window_contains(&e.window, now);
		int end = row(ctx, &e);
		if (end)
			return end;
	}
	return r;
}

int duty_absent(struct store *s, int64_t person, int64_t from_utc, int64_t until_utc)
{
	int64_t n = 0;
	int r =
	    store_get(s, &n, "SELECT count(*) FROM person WHERE id = ? AND forgotten_utc IS NULL", "I", person);
	if (r < 0 || !n)
		return r < 0 ? r : -ENOENT;
	return store_run(s, "INSERT INTO duty_absence (person, from_utc, until_utc) VALUES (?,?,?)", "III",
			 person, from_utc, until_utc);
}

int duty_back(struct store *s, int64_t person, int64_t now)
{
	int r = store_run(s, "DELETE FROM duty_absence WHERE person = ? AND until_utc > ?", "II", person, now);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

int duty_empty(struct store *s, bool *ret)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT EXISTS (SELECT 1 FROM person p WHERE p.forgotten_utc IS NULL AND (p.id IN (SELECT person"
	    " FROM duty) OR p.id IN (SELECT person FROM person_role WHERE role = 'duty_officer'))"
	    " AND " PERSON_NUMBER " IS NOT NULL)",
	    "");
	if (r >= 0)
		*ret = n == 0;
	return r < 0 ? r : 0;
}

/* One row a duty or role: what a person is in several of them is put together. */
static int merge(struct duty_candidate *list, int n, const struct duty_candidate *c)
{
	for (int i = 0; i < n; i++) {
		struct duty_candidate *has = &list[i];
		if (has->person != c->person)
			continue;
		if (c->officer &&
		    (!has->officer || (c->position && !has->position && c->distance <= has->distance))) {
			has->distance = c->distance;
			has->position = c->position;
		}
		has->officer = has->officer || c->officer;
		has->worker = has->worker || c->worker;
		has->secretary = has->secretary || c->secretary;
		return n;
	}
	if (n < DUTY_CANDIDATES)
		list[n++] = *c;
	return n;
}

int duty_candidates(struct store *s, const char *grid, const char *but, int matter, int64_t now,
		    struct duty_candidate ret[DUTY_CANDIDATES])
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE up (code, d) AS (SELECT ?1, 0 WHERE ?1 IS NOT NULL"
	    " UNION SELECT g.parent, d + 1 FROM grid g JOIN up ON g.code = up.code WHERE g.parent IS NOT NULL "
	    "AND d < 16),"
	    /* who lives, or is registered, above all grids has the officers of those below, after all others */
	    " down (code, d) AS (SELECT g.code, ?5 FROM grid g WHERE g.parent = ?1"
	    " UNION SELECT g.code, d + 1 FROM grid g JOIN down ON g.parent = down.code WHERE d < ?5 + 16),"
	    " around (code, d) AS (SELECT code, d FROM up UNION ALL SELECT code, d FROM down),"
	    " who (person, distance, position, from_minute, to_minute, days, officer, worker, secretary) AS ("
	    "SELECT y.person, coalesce(u.d, 99), y.position, y.from_minute, y.to_minute, y.days, 1, 0, 0"
	    " FROM duty y LEFT JOIN around u ON u.code = y.grid WHERE ?1 IS NULL OR u.code IS NOT NULL"
	    " UNION ALL SELECT pr.person, coalesce(u.d, 99), 0, 0, 0, 0, pr.role = 'duty_officer', pr.role = "
	    "'grid_worker',"
	    " pr.role = 'secretary' FROM person_role pr JOIN person o ON o.id = pr.person"
	    " JOIN household h ON h.id = o.household LEFT JOIN around u ON u.code = h.grid"
	    " WHERE pr.role = 'secretary' OR (pr.role IN ('duty_officer', 'grid_worker')"
	    " AND (?1 IS NULL OR u.code IS NOT NULL)))"
	    "SELECT w.person, w.distance, w.position, w.from_minute, w.to_minute, w.days, w.officer, w.worker, "
	    "w.secretary,"
	    " p.name, " PERSON_NUMBER " AS number, EXISTS (SELECT 1 FROM duty_absence a WHERE a.person = p.id"
	    " AND a.from_utc <= ?3 AND a.until_utc > ?3),"
	    " EXISTS (SELECT 1 FROM duty_told t WHERE t.matter = ?4 AND t.number = " PERSON_NUMBER ")"
	    " FROM who w JOIN person p ON p.id = w.person WHERE p.forgotten_utc IS NULL AND number IS NOT NULL"
	    " AND number <> ?2 ORDER BY w.distance, w.position = 0, w.position, p.id",
	    "TtIii", grid, but ? but : "", now, matter, DUTY_BELOW);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct day_window w = {(int)query_int(&q, 3), (int)query_int(&q, 4),
				       (unsigned)query_int(&q, 5)};
		struct duty_candidate c = {.person = query_int(&q, 0),
					   .distance = (int)query_int(&q, 1),
					   .position = (int)query_int(&q, 2),
					   .officer = query_int(&q, 6) != 0,
					   .worker = query_int(&q, 7) != 0,
					   .secretary = query_int(&q, 8) != 0,
					   .absent = query_int(&q, 11) != 0,
					   .told = query_int(&q, 12) != 0};
		if (c.position && !day_window_contains(&w, now))
			c.position = 0;
		text_copy(c.name, sizeof c.name, query_text(&q, 9));
		text_copy(c.number, sizeof c.number, query_text(&q, 10));
		n = merge(ret, n, &c);
	}
	return r < 0 ? r : n;
}

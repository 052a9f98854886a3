#include "store/reading.h"
#include "base/clock.h"
#include "base/order.h"
#include "store/internal.h"
#include "store/worklist.h"

#define HOURS_DONE "readings_hours" /* they are made until then */
#define DAYS_DONE  "readings_days"
/* At a time: a box that was off for weeks has little to make hours of, one whose clock was wrong may have much. */
#define ROLL_MAX 3
#define DROP_MAX 2000

int reading_put(struct store *s, int64_t sensor, const struct reading *r)
{
	return store_run(
	    s,
	    "INSERT INTO reading (step, utc, sensor, count, low, mean, high, data_s, dark_s) VALUES (60, ?1, "
	    "?2,"
	    " ?3, CASE WHEN ?3 > 0 THEN ?4 END, CASE WHEN ?3 > 0 THEN ?5 END, CASE WHEN ?3 > 0 THEN ?6 END, ?7,"
	    " ?8) ON CONFLICT (step, utc, sensor) DO UPDATE SET low = min(coalesce(low, excluded.low),"
	    " coalesce(excluded.low, low)), high = max(coalesce(high, excluded.high), coalesce(excluded.high,"
	    " high)), mean = CASE WHEN count + excluded.count > 0 THEN (coalesce(mean, 0) * count +"
	    " coalesce(excluded.mean, 0) * excluded.count) / (count + excluded.count) END,"
	    " count = count + excluded.count, data_s = data_s + excluded.data_s, dark_s = dark_s +"
	    " excluded.dark_s",
	    "IIidddii", r->utc, sensor, r->count, r->low, r->mean, r->high, r->data_s, r->dark_s);
}

/* ------------------------------------------------------------------------------------------------ rolling up */

/* One row of each sensor out of the finer ones of [from, until). */
static int make(struct store *s, int step, int of, int64_t from, int64_t until)
{
	return store_run(
	    s,
	    "INSERT OR REPLACE INTO reading (step, utc, sensor, count, low, mean, high, data_s, dark_s)"
	    " SELECT ?1, ?3, sensor, sum(count), min(low), CASE WHEN sum(count) > 0 THEN"
	    " sum(coalesce(mean, 0) * count) / sum(count) END, max(high), sum(data_s), sum(dark_s)"
	    " FROM reading WHERE step = ?2 AND utc >= ?3 AND utc < ?4 GROUP BY sensor",
	    "iiII", step, of, from, until);
}

/* The first row of that size at or after `from`; INT64_MAX: none. */
static int first_of(struct store *s, int step, int64_t from, int64_t *ret)
{
	int r = store_get(s, ret, "SELECT min(utc) FROM reading WHERE step = ? AND utc >= ?", "iI", step, from);
	if (r >= 0 && !*ret)
		*ret = INT64_MAX;
	return r;
}

static int64_t hour_begin(int64_t utc, int more)
{
	return utc - utc % READING_HOUR + more * READING_HOUR;
}

/* What rows of a step are made of, and how far: `done` is the cursor. */
struct coarser {
	const char *done;
	int step, of;
	int64_t (*begin)(int64_t utc, int more);
};
static const struct coarser hours = {HOURS_DONE, READING_HOUR, READING_MINUTE, hour_begin};
static const struct coarser days = {DAYS_DONE, READING_DAY, READING_HOUR, civil_midnight};

/* Makes those that end by `until`, which is the beginning of one. */
static int roll(struct store *s, const struct coarser *c, int64_t until, bool *ret_more)
{
	int64_t done, first;
	int r = cursor_get(s, c->done, &done);
	int64_t at = done < 0 ? 0 : done;
	if (r < 0 || at == until)
		return r;
	/* the clock was set back: what is lived again is made again */
	if (at > until)
		return cursor_set(s, c->done, until);
	for (int i = 0; at < until; i++) {
		if ((r = first_of(s, c->of, at, &first)) < 0)
			return r;
		if (first >= until)
			at = until;
		else if (i == ROLL_MAX) {
			*ret_more = true;
			break;
		} else {
			at = c->begin(first, 0);
			int64_t next = c->begin(at, 1);
			if ((r = make(s, c->step, c->of, at, next)) < 0)
				return r;
			at = next;
		}
	}
	return cursor_set(s, c->done, at);
}

static int drop_minutes(struct store *s, int64_t now_utc, bool *ret_more)
{
	int r =
	    store_run(s,
		      "DELETE FROM reading WHERE (step, utc, sensor) IN (SELECT step, utc, sensor FROM reading"
		      " WHERE step = 60 AND utc < ? ORDER BY utc LIMIT ?)",
		      "Ii", now_utc - READING_MINUTES_S, DROP_MAX);
	if (r >= 0 && store_changes(s) == DROP_MAX)
		*ret_more = true;
	return r;
}

int reading_roll(struct store *s, int64_t now_utc, bool *ret_more)
{
	*ret_more = false;
	int64_t made = -1;
	int r = roll(s, &hours, hour_begin(now_utc, 0), ret_more);
	if (r >= 0 && !*ret_more)
		r = cursor_get(s, HOURS_DONE, &made);
	if (r >= 0 && !*ret_more && made >= 0)
		r = roll(s, &days, civil_midnight(made, 0), ret_more);
	/* only what hours were made of */
	if (r >= 0 && !*ret_more)
		r = drop_minutes(s, now_utc, ret_more);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------ reading */

struct edges {
	int64_t minutes, hours;        /* those that are still kept begin there; INT64_MAX: none */
	int64_t hours_done, days_done; /* those that are made end there; 0: none */
};

static int look_at_edges(struct store *s, struct edges *e)
{
	int r = first_of(s, READING_MINUTE, 0, &e->minutes);
	if (r >= 0)
		r = first_of(s, READING_HOUR, 0, &e->hours);
	if (r >= 0)
		r = cursor_get(s, HOURS_DONE, &e->hours_done);
	if (r >= 0)
		r = cursor_get(s, DAYS_DONE, &e->days_done);
	if (r < 0)
		return r;
	e->hours_done = e->hours_done < 0 ? 0 : e->hours_done;
	e->days_done = e->days_done < 0 ? 0 : e->days_done;
	return 0;
}

struct walk {
	struct store *s;
	int64_t sensor;
	int (*row)(void *ctx, int step, const struct reading *r);
	void *ctx;
};

static int hand_out(struct walk *w, struct query *q, int step)
{
	int r;
	while ((r = query_next(q)) == 1) {
		struct reading x = {.utc = query_int(q, 0),
				    .count = (int)query_int(q, 1),
				    .low = query_double(q, 2),
				    .mean = query_double(q, 3),
				    .high = query_double(q, 4),
				    .data_s = (int)query_int(q, 5),
				    .dark_s = (int)query_int(q, 6)};
		int stop = w->row(w->ctx, step, &x);
		if (stop)
			return stop;
	}
	return r;
}

static int rows_of(struct walk *w, int step, int64_t from, int64_t until)
{
	cleanup_query struct query q = {0};
	if (from >= until)
		return 0;
	int r = query_open(w->s, &q,
			   "SELECT utc, count, low, mean, high, data_s, dark_s FROM reading"
			   " WHERE step = ? AND utc >= ? AND utc < ? AND sensor = ? ORDER BY utc",
			   "iIII", step, from, until, w->sensor);
	return r < 0 ? r : hand_out(w, &q, step);
}

/* What no hour, or day, was made of yet: minutes as hours, hours and minutes as a day. */
static int tail_of(struct walk *w, int step, const struct edges *e, int64_t from, int64_t until)
{
	cleanup_query struct query q = {0};
	if (from >= until)
		return 0;
	int r = query_open(
	    w->s, &q,
	    "SELECT CASE WHEN ?1 = 3600 THEN utc / 3600 * 3600 ELSE ?2 END AS at, sum(count), min(low),"
	    " CASE WHEN sum(count) > 0 THEN sum(coalesce(mean, 0) * count) / sum(count) END,"
	    " max(high), sum(data_s), sum(dark_s) FROM (SELECT * FROM reading WHERE step = 3600"
	    " AND ?1 = 86400 AND utc >= ?2 AND utc < ?3 AND sensor = ?5 UNION ALL SELECT * FROM"
	    " reading WHERE step = 60 AND utc >= ?3 AND utc < ?4 AND sensor = ?5) GROUP BY at"
	    " ORDER BY at",
	    "iIIII", step, from, from > e->hours_done ? from : e->hours_done, until, w->sensor);
	return r < 0 ? r : hand_out(w, &q, step);
}

int reading_each(struct store *s, int64_t sensor, int step, int64_t from_utc, int64_t until_utc,
		 int (*row)(void *ctx, int step, const struct reading *r), void *ctx)
{
	struct walk w = {s, sensor, row, ctx};
	struct edges e;
	int r = look_at_edges(s, &e);
	if (r < 0)
		return r;
	if (step >= READING_DAY) {
		r = rows_of(&w, READING_DAY, from_utc, lesser(e.days_done, until_utc));
		return r ? r : tail_of(&w, READING_DAY, &e, greater(e.days_done, from_utc), until_utc);
	}
	/* a day that is half covered by hours, an hour that is half covered by minutes, is left to them */
	r = rows_of(&w, READING_DAY, from_utc,
		    lesser(lesser(e.hours, e.days_done) - READING_DAY + 1, until_utc));
	if (r)
		return r;
	if (step >= READING_HOUR) {
		r = rows_of(&w, READING_HOUR, greater(e.hours, from_utc), lesser(e.hours_done, until_utc));
		return r ? r : tail_of(&w, READING_HOUR, &e, greater(e.hours_done, from_utc), until_utc);
	}
	int64_t fine = lesser(e.minutes, greater(e.hours_done, from_utc));
	r = rows_of(&w, READING_HOUR, greater(e.hours, from_utc), lesser(fine - READING_HOUR + 1, until_utc));
	return r ? r : rows_of(&w, READING_MINUTE, greater(fine, from_utc), until_utc);
}

/* Seconds with data of each sensor in [?1, ?4): of each moment the coarsest that is made; days until ?2, hours until ?3. */
#define DATA_OF_EACH                                                                                           \
	"(SELECT sensor, sum(data_s) AS data FROM (SELECT sensor, data_s FROM reading WHERE step = 86400"      \
	" AND utc >= ?1 AND utc < min(?2, ?4) UNION ALL SELECT sensor, data_s FROM reading WHERE step = 3600"  \
	" AND utc >= max(?1, ?2) AND utc < min(?3, ?4) UNION ALL SELECT sensor, data_s FROM reading"           \
	" WHERE step = 60 AND utc >= max(?1, ?3) AND utc < ?4) GROUP BY sensor)"

static int ask_data(struct store *s, struct query *q, const char *sql, int64_t from_utc, int64_t until_utc)
{
	struct edges e;
	int r = look_at_edges(s, &e);
	return r < 0 ? r : query_open(s, q, sql, "IIII", from_utc, e.days_done, e.hours_done, until_utc);
}

int reading_online(struct store *s, int64_t from_utc, int (*row)(void *ctx, int64_t sensor, int64_t data_s),
		   void *ctx)
{
	cleanup_query struct query q = {0};
	int r = ask_data(s, &q, "SELECT sensor, data FROM " DATA_OF_EACH, from_utc, INT64_MAX);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int stop = row(ctx, query_int(&q, 0), query_int(&q, 1));
		if (stop)
			return stop;
	}
	return r;
}

int reading_summary(struct store *s, int64_t from_utc, int64_t until_utc, struct summary_sensors *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct summary_sensors){0};
	int r = ask_data(s, &q,
			 "SELECT count(*), coalesce(sum(min(data, ?4 - max(?1, first_utc))), 0),"
			 " coalesce(sum(?4 - max(?1, first_utc)), 0) FROM " DATA_OF_EACH
			 " CROSS JOIN sensor ON id = sensor WHERE first_utc < ?4",
			 from_utc, until_utc);
	if (r >= 0 && (r = query_next(&q)) == 1)
		*ret = (struct summary_sensors){query_int(&q, 0), query_int(&q, 1), query_int(&q, 2)};
	return r < 0 ? r : 0;
}

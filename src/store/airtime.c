#include "store/airtime.h"
#include "store/internal.h"
#include "base/mem.h"
#include "base/order.h"

#include <errno.h>
#include <string.h>

#define KEPT_MINUTES (2 * 24 * 60)

struct airtime {
	struct airtime *next;
	char line[AIRTIME_LINE_MAX];
	int64_t swept; /* hour in which old rows were last taken out */
	struct quota_window window;
};

/* Taken up from the rows. Those of the coming day count: the clock was set back. Those still later were written
 * by a clock that was wrong. */
static int load(struct store *s, struct airtime *a, int64_t now_utc)
{
	cleanup_query struct query q = {0};
	int64_t minute = now_utc / 60;
	memset(&a->window, 0, sizeof a->window);
	int r = query_open(s, &q,
			   "SELECT minute, class, sum(segments) FROM airtime WHERE line IN"
			   " (SELECT ?1 UNION SELECT name FROM line WHERE iccid = ?1)"
			   " AND minute > ?2 AND minute < ?3 GROUP BY minute, class ORDER BY minute",
			   "tII", a->line, minute - QUOTA_DAY, minute + QUOTA_DAY);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t c = query_int(&q, 1);
		if (c >= 0 && c < OUTBOX_CLASSES)
			quota_add(&a->window, (enum outbox_class)c, (int)query_int(&q, 2),
				  query_int(&q, 0) * 60);
	}
	return r;
}

static int find(struct store *s, const char *line, int64_t now_utc, struct airtime **ret)
{
	struct airtime *a = s->airtime;
	while (a && strcmp(a->line, line) != 0)
		a = a->next;
	if (!a || a->window.newest >= now_utc / 60 + QUOTA_DAY) {
		bool fresh = !a;
		if (fresh) {
			a = mem_alloc(sizeof *a);
			snprintf(a->line, sizeof a->line, "%s", line);
		}
		int r = load(s, a, now_utc);
		if (r && fresh)
			free(a);
		if (r)
			return r;
		if (fresh) {
			a->next = s->airtime;
			s->airtime = a;
		}
	}
	quota_move(&a->window, now_utc);
	*ret = a;
	return 0;
}

static int sweep(struct store *s, struct airtime *a, int64_t now_utc)
{
	if (a->swept == now_utc / 3600)
		return 0;
	a->swept = now_utc / 3600;
	return store_run(s, "DELETE FROM airtime WHERE line = ? AND minute < ?", "tI", a->line,
			 now_utc / 60 - KEPT_MINUTES);
}

int airtime_add(struct store *s, const char *line, enum outbox_class c, int segments, int64_t now_utc)
{
	struct airtime *a;
	int r = find(s, line, now_utc, &a);
	if (r == 0)
		r = sweep(s, a, now_utc);
	if (r == 0)
		r = store_run(s,
			      "INSERT INTO airtime (line, minute, class, segments) VALUES (?1, ?2, ?3, ?4)"
			      " ON CONFLICT (line, minute, class) DO UPDATE SET segments = segments + ?4",
			      "tIii", line, now_utc / 60, (int)c, segments);
	if (r == 0) {
		quota_add(&a->window, c, segments, now_utc);
		s->airtime_pending = !sqlite3_get_autocommit(s->db);
	}
	return r;
}

int airtime_get(struct store *s, const char *line, int64_t now_utc, const struct quota_window **ret)
{
	struct airtime *a;
	int r = find(s, line, now_utc, &a);
	if (r == 0)
		*ret = &a->window;
	return r;
}

#define BUSY_MINUTES 3 /* fewer say nothing */

int airtime_speed(struct store *s, const char *line, int64_t now_utc, double *ret)
{
	cleanup_query struct query q = {0};
	cleanup_free int64_t *busy = mem_array(QUOTA_DAY + 1, sizeof *busy);
	int64_t before = -1, last = -1, last_sum = 0;
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT minute, sum(segments) FROM airtime WHERE line IN"
			   " (SELECT ?1 UNION SELECT name FROM line WHERE iccid = ?1)"
			   " AND minute > ?2 AND minute <= ?3 GROUP BY minute ORDER BY minute",
			   "tII", line, now_utc / 60 - QUOTA_DAY, now_utc / 60);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		/* the minutes at the ends of a run are not full */
		if (query_int(&q, 0) == last + 1 && last == before + 1 && n < QUOTA_DAY)
			busy[n++] = last_sum;
		before = last;
		last = query_int(&q, 0);
		last_sum = query_int(&q, 1);
	}
	if (r < 0)
		return r;
	qsort(busy, (size_t)n, sizeof *busy, order_at);
	*ret = n < BUSY_MINUTES ? 0 : (double)busy[n / 2];
	return 0;
}

int airtime_broadcasts(struct store *s, int64_t since_utc, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT coalesce(sum(segments), 0) FROM airtime WHERE class = ? AND minute >= ?", "iI",
			 (int)OUTBOX_BROADCAST, since_utc / 60);
}

int airtime_line(struct store *s, const char *modem, char ret[AIRTIME_LINE_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT nullif(iccid, '') FROM line WHERE name = ?", "t", modem);
	if (r == 0)
		r = query_next(&q);
	if (r < 0)
		return r;
	const char *iccid = r == 1 ? query_text0(&q, 0) : NULL;
	snprintf(ret, AIRTIME_LINE_MAX, "%s", iccid ? iccid : modem);
	return 0;
}

void airtime_kept(struct store *s)
{
	s->airtime_pending = false;
}

void airtime_refresh(struct store *s)
{
	if (!s->airtime_pending) {
		s->airtime_pending = true;
		airtime_undone(s);
	}
}

void airtime_undone(struct store *s)
{
	/* the rows know better: they are read again when they are needed */
	while (s->airtime_pending && s->airtime) {
		struct airtime *a = s->airtime;
		s->airtime = a->next;
		free(a);
	}
	s->airtime_pending = false;
}

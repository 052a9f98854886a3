#include "store/reminder.h"
#include "base/clock.h"
#include "base/mem.h"
#include "civic/recur.h"
#include "store/internal.h"

#include <errno.h>

#define AHEAD_S   (400 * DAY_S) /* what recurs more rarely is not looked for */
#define DATES_MAX 64            /* of one reminder that are still of use at the same time */

int reminder_add(struct store *s, const struct reminder_new *n, int64_t now, int64_t *ret_id, struct err *e)
{
	int r = recur_check(n->rrule, n->start_local, n->exdates, e);
	if (r < 0)
		return r;
	r = store_run(s,
		      "INSERT INTO reminder (audience, text, rrule, start_local, exdates, valid_s, created_by, "
		      "created_utc)"
		      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      "tttttItI", n->audience, n->text, n->rrule, n->start_local, n->exdates ? n->exdates : "",
		      n->valid_s, n->by, now);
	if (!r)
		*ret_id = store_last_id(s);
	return r;
}

int reminder_end(struct store *s, int64_t id, int64_t now)
{
	int r =
	    store_run(s, "UPDATE reminder SET ended_utc = ? WHERE id = ? AND ended_utc IS NULL", "II", now, id);
	return r ? r : store_changes(s) ? 0 : -ENOENT;
}

/* The first date after `after`; 0: none. A rule that cannot be read any more has none. */
static int64_t next_date(const struct query *q, int64_t after)
{
	int64_t t;
	int n = recur_expand(query_text(q, 3), query_text(q, 4), query_text(q, 5), after + 1, after + AHEAD_S,
			     &t, 1);
	return n > 0 ? t : 0;
}

#define COLUMNS                                                                                                \
	"id, audience, text, rrule, start_local, exdates, created_by, valid_s, last_utc, coalesce(broadcast, " \
	"0),"                                                                                                  \
	" coalesce(ended_utc, 0), created_utc"

int reminder_list(struct store *s, int64_t now, int (*row)(void *ctx, const struct reminder *r), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT " COLUMNS " FROM reminder ORDER BY ended_utc IS NOT NULL, id", "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct reminder x = {.id = query_int(&q, 0),
				     .audience = query_text(&q, 1),
				     .text = query_text(&q, 2),
				     .rrule = query_text(&q, 3),
				     .start_local = query_text(&q, 4),
				     .exdates = query_text(&q, 5),
				     .by = query_text(&q, 6),
				     .valid_s = query_int(&q, 7),
				     .last_utc = query_int(&q, 8),
				     .broadcast = query_int(&q, 9),
				     .ended_utc = query_int(&q, 10)};
		x.next_utc = x.ended_utc ? 0 : next_date(&q, now);
		int end = row(ctx, &x);
		if (end)
			return end;
	}
	return r;
}

void reminder_date_done(struct reminder_date *d)
{
	free(d->audience);
	free(d->text);
	free(d->by);
}

/* The last date up to now that is still of use and was not dealt with; 0: none. Of several that a box missed while it was off
 * only the last is said. */
static int64_t due_date(const struct query *q, int64_t now)
{
	int64_t dates[DATES_MAX], from = now - query_int(q, 7) + 1;
	int64_t after = query_int(q, 8) > query_int(q, 11) ? query_int(q, 8) : query_int(q, 11);
	if (from <= after)
		from = after + 1;
	int n = from > now ? 0
			   : recur_expand(query_text(q, 3), query_text(q, 4), query_text(q, 5), from, now + 1,
					  dates, DATES_MAX);
	return n > 0 ? dates[n - 1] : 0;
}

int reminder_due(struct store *s, int64_t now, struct reminder_date *ret, int64_t *next)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT " COLUMNS " FROM reminder WHERE ended_utc IS NULL ORDER BY id", "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t due = due_date(&q, now), later = next_date(&q, now);
		if (due) {
			*ret = (struct reminder_date){.id = query_int(&q, 0),
						      .at_utc = due,
						      .until_utc = due + query_int(&q, 7),
						      .audience = mem_dup(query_text(&q, 1)),
						      .text = mem_dup(query_text(&q, 2)),
						      .by = mem_dup(query_text(&q, 6))};
			return 1;
		}
		if (later && later < *next)
			*next = later;
	}
	return r;
}

int reminder_mark(struct store *s, const struct reminder_date *d, int64_t broadcast)
{
	return store_run(s, "UPDATE reminder SET last_utc = ?, broadcast = coalesce(?, broadcast) WHERE id = ?",
			 "IPI", d->at_utc, broadcast, d->id);
}

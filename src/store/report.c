/* Status reports: which part one speaks of, and what it says of it (report.h). */
#include "store/report.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

#define TAIL_DIGITS 11

/* Parts to that number whose reference never came: one is told, of several none can be. */
static int find_nameless(struct store *s, const char *modem, bool errored, const char *tail, int64_t since_utc,
			 int64_t *ret_count, int64_t *ret_message, int64_t *ret_part)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT count(*), message, part FROM part_out WHERE modem = ?1 AND mr IS NULL"
	    " AND started_utc > ?2 AND CASE WHEN ?3 THEN state = 'failed' AND (SELECT state FROM"
	    " message_out WHERE id = message) IN ('queued', 'sending', 'failed', 'expired') ELSE state IN"
	    " ('sending', 'uncertain') END AND (SELECT number FROM message_out WHERE id = message)"
	    " LIKE '%' || ?4",
	    "tIbt", modem, since_utc, errored, tail);
	if (r == 0)
		r = query_next(&q);
	if (r < 0)
		return r;
	*ret_count = query_int(&q, 0);
	*ret_message = query_int(&q, 1);
	*ret_part = query_int(&q, 2);
	return 0;
}

static int find_part(struct store *s, const char *modem, int mr, const char *tail, int64_t now_utc,
		     int64_t *ret_message, int64_t *ret_part)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT message, part FROM part_out WHERE modem = ?1 AND mr = ?2 AND sent_utc > ?3"
			   " AND (SELECT number FROM message_out WHERE id = message) LIKE '%' || ?4"
			   " ORDER BY sent_utc DESC, message DESC LIMIT 1",
			   "tiIt", modem, mr, now_utc - OUTBOX_REPORT_WINDOW_S, tail);
	if (r == 0)
		r = query_next(&q);
	if (r < 0)
		return r;
	if (r == 1) {
		*ret_message = query_int(&q, 0);
		*ret_part = query_int(&q, 1);
		return 0;
	}
	int64_t count = 0;
	r = find_nameless(s, modem, false, tail, now_utc - OUTBOX_REPORT_WINDOW_S, &count, ret_message,
			  ret_part);
	if (r == 0 && count == 0)
		r = find_nameless(s, modem, true, tail, now_utc - OUTBOX_ERROR_WINDOW_S, &count, ret_message,
				  ret_part);
	if (r == 0 && count != 1)
		r = -ENOENT;
	return r;
}

static int take_report(struct store *s, int64_t message, int64_t part, int mr, int st, int64_t now_utc)
{
	/* TS 23.040 9.2.3.15: below 32 it arrived, 32 to 63 the centre still tries, from 64 on it gave up */
	int r = store_run(
	    s,
	    "UPDATE part_out SET report_st = ?1, report_utc = ?2, mr = coalesce(mr, ?3), sent_utc = "
	    "coalesce(sent_utc, ?2),"
	    " state = CASE WHEN state = 'sending' THEN state WHEN state = 'delivered' THEN state WHEN ?1 < 32"
	    " THEN 'delivered' WHEN ?1 >= 64 THEN 'failed' ELSE 'sent' END WHERE message = ?4 AND part = ?5",
	    "iIiII", st, now_utc, mr, message, part);
	if (r)
		return r;
	/* One in mid-submit is settled by its sender; one that waits for another try, or was given up, is settled
	 * when no part of it is left. */
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'delivered', done_utc = ?1, sent_utc = coalesce(sent_utc, ?1),"
	    " reason = NULL WHERE id = ?2 AND state IN ('sent', 'uncertain', 'queued', 'failed', 'expired')"
	    " AND (SELECT count(*) FROM part_out WHERE message = ?2 AND state = 'delivered') = segments",
	    "II", now_utc, message);
	if (r == 0)
		r = store_run(
		    s,
		    "UPDATE message_out SET state = 'sent', sent_utc = coalesce(sent_utc, ?1), done_utc = NULL,"
		    " reason = NULL WHERE id = ?2 AND state IN ('uncertain', 'queued', 'failed', 'expired')"
		    " AND (SELECT count(*) FROM part_out WHERE message = ?2"
		    " AND state IN ('sent', 'delivered')) = segments",
		    "II", now_utc, message);
	if (r == 0 && st >= 64)
		r = store_run(s,
			      "UPDATE message_out SET state = 'failed', done_utc = ?1, reason = 'the service "
			      "centre gave up, status '"
			      " || ?2 WHERE id = ?3 AND state IN ('sent', 'uncertain')",
			      "IiI", now_utc, st, message);
	return r;
}

int outbox_report(struct store *s, const char *modem, int mr, const char *number, int st, int64_t now_utc,
		  int64_t *ret_message)
{
	size_t n = strlen(number);
	int64_t message, part;
	int r = find_part(s, modem, mr, n > TAIL_DIGITS ? number + n - TAIL_DIGITS : number, now_utc, &message,
			  &part);
	if (r == 0)
		r = take_report(s, message, part, mr, st, now_utc);
	if (r == 0)
		*ret_message = message;
	return r;
}

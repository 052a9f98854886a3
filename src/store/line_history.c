#include "store/line_history.h"
#include "store/internal.h"

#include <errno.h>
#include <stdio.h>

static const char *const names[LINE_WHATS] = {[LINE_REGISTRATION] = "registration",
					      [LINE_OPERATOR] = "operator",
					      [LINE_TECHNOLOGY] = "technology",
					      [LINE_CELL] = "cell",
					      [LINE_SIGNAL] = "signal"};

int line_history_add(struct store *s, const char *line, const char *iccid, enum line_what what,
		     const char *value, int64_t now_utc)
{
	int r =
	    store_run(s,
		      "INSERT INTO line_history (line, iccid, utc, what, value) SELECT ?1, ?2, ?3, ?4, ?5 WHERE"
		      " (?5, ?2) IS NOT (SELECT value, iccid FROM line_history WHERE line = ?1 AND what = ?4"
		      " ORDER BY id DESC LIMIT 1)",
		      "ttItt", line, iccid, now_utc, names[what], value);
	if (r || !store_changes(s))
		return r;
	return store_run(
	    s,
	    "DELETE FROM line_history WHERE line = ?1 AND id <= (SELECT id FROM line_history WHERE line = ?1"
	    " ORDER BY id DESC LIMIT 1 OFFSET ?2)",
	    "ti", line, LINE_HISTORY_MAX);
}

int line_history_last(struct store *s, const char *line, enum line_what what, char *ret, size_t size)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q, "SELECT value FROM line_history WHERE line = ? AND what = ? ORDER BY id DESC LIMIT 1", "tt",
	    line, names[what]);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	snprintf(ret, size, "%s", r == 1 ? query_text(&q, 0) : "");
	return 0;
}

int line_history_had(struct store *s, const char *iccid, enum line_what what, const char *value, bool *ret)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n, "SELECT EXISTS (SELECT 1 FROM line_history WHERE iccid = ? AND what = ? AND value = ?)",
	    "ttt", iccid, names[what], value);
	*ret = n > 0;
	return r;
}

int line_history_each(struct store *s, const char *line, int limit,
		      int (*row)(void *ctx, const struct line_change *c), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT utc, what, value, iccid FROM (SELECT * FROM line_history WHERE line = ? ORDER BY id DESC"
	    " LIMIT ?) ORDER BY id",
	    "ti", line, limit);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct line_change c = {query_int(&q, 0), query_text(&q, 1), query_text(&q, 2),
					query_text(&q, 3)};
		int stop = row(ctx, &c);
		if (stop)
			return stop;
	}
	return r;
}

int line_put_operator(struct store *s, const char *line, const struct line_operator *o)
{
	return store_run(
	    s,
	    "INSERT INTO line (name, smsc, registration, cause, registration_utc, network_utc, network_ahead)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
	    " ON CONFLICT (name) DO UPDATE SET smsc = ?2, registration = ?3, cause = ?4, registration_utc = ?5,"
	    " network_utc = ?6, network_ahead = ?7 WHERE (smsc, registration, cause, registration_utc) IS NOT"
	    " (?2, ?3, ?4, ?5) OR (network_utc IS NULL) IS NOT (?6 IS NULL) OR"
	    /* a second more or less is no news, and half a day without any is one */
	    " abs(coalesce(network_ahead, 0) - coalesce(?7, 0)) > 5 OR ?6 - network_utc > 43200",
	    "ttttPPI", line, o->smsc, o->registration, o->cause, o->registration_utc, o->network_utc,
	    o->network_ahead);
}

int line_get_operator(struct store *s, const char *line, int (*row)(void *ctx, const struct line_operator *o),
		      void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_find(
	    s, &q,
	    "SELECT smsc, registration, cause, registration_utc, network_utc, network_ahead FROM line"
	    " WHERE name = ?",
	    "t", line);
	if (r < 0)
		return r;
	struct line_operator o = {.smsc = query_text(&q, 0),
				  .registration = query_text(&q, 1),
				  .cause = query_text(&q, 2),
				  .registration_utc = query_int(&q, 3),
				  .network_utc = query_int(&q, 4),
				  .network_ahead = query_int(&q, 5)};
	return row(ctx, &o);
}

int line_last_texts(struct store *s, const char *modem, int64_t *ret_in_utc, int64_t *ret_out_utc)
{
	int r =
	    store_get(s, ret_in_utc,
		      "SELECT coalesce(max(received_utc), 0) FROM pdu_in WHERE modem = ? AND kind = 'deliver'",
		      "t", modem);
	if (r)
		return r;
	return store_get(s, ret_out_utc, "SELECT coalesce(max(sent_utc), 0) FROM part_out WHERE modem = ?", "t",
			 modem);
}

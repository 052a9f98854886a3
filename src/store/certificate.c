#include "store/certificate.h"
#include "store/event.h"
#include "store/internal.h"

#include <errno.h>

int certificate_add(struct store *s, const struct certificate *c, const char *failed, const char *warned,
		    int64_t *ret_id)
{
	int r = store_run(s,
			  "INSERT INTO certificate (utc, seconds, line, imei, iccid, verdict, actor, body)"
			  " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			  "IItttttt", c->utc, c->seconds, c->line, c->imei, c->iccid, c->verdict, c->actor,
			  c->body);
	if (r)
		return r;
	int64_t id = store_last_id(s);
	if ((r = store_run(s, "DELETE FROM certificate WHERE id <= ?", "I", id - CERTIFICATE_MAX)))
		return r;
	*ret_id = id;
	return event_add(s, EVENT_MODEM_TESTED, c->actor,
			 json_pack("{s:s, s:I, s:s, s:s, s:s}", "modem", c->line, "certificate", (json_int_t)id,
				   "verdict", c->verdict, "failed", failed, "warned", warned),
			 c->utc);
}

static int walk(struct query *q, int r, int (*row)(void *ctx, const struct certificate *c), void *ctx)
{
	while (r >= 0 && (r = query_next(q)) == 1) {
		struct certificate c = {.id = query_int(q, 0),
					.utc = query_int(q, 1),
					.seconds = query_int(q, 2),
					.line = query_text(q, 3),
					.imei = query_text(q, 4),
					.iccid = query_text(q, 5),
					.verdict = query_text(q, 6),
					.actor = query_text(q, 7),
					.body = query_text(q, 8)};
		int stop = row(ctx, &c);
		if (stop)
			return stop;
	}
	return r;
}

/* Few rows, by number: as many as certificate_add leaves. */
int certificate_each(struct store *s, int64_t since_utc, long limit,
		     int (*row)(void *ctx, const struct certificate *c), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT id, utc, seconds, line, imei, iccid, verdict, actor, body FROM certificate"
			   " WHERE id > 0 AND utc >= ? ORDER BY id DESC LIMIT ?",
			   "II", since_utc, (int64_t)limit);
	return walk(&q, r, row, ctx);
}

struct seen {
	int (*row)(void *ctx, const struct certificate *c);
	void *ctx;
	bool any;
};

static int see(void *ctx, const struct certificate *c)
{
	struct seen *x = ctx;
	x->any = true;
	return x->row(x->ctx, c);
}

int certificate_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct certificate *c), void *ctx)
{
	cleanup_query struct query q = {0};
	struct seen x = {.row = row, .ctx = ctx};
	int r =
	    id ? query_open(s, &q,
			    "SELECT id, utc, seconds, line, imei, iccid, verdict, actor, body FROM certificate"
			    " WHERE id = ?",
			    "I", id)
	       : query_open(s, &q,
			    "SELECT id, utc, seconds, line, imei, iccid, verdict, actor, body FROM certificate"
			    " WHERE id > 0 ORDER BY id DESC LIMIT 1",
			    "");
	r = walk(&q, r, see, &x);
	return r < 0 ? r : x.any ? r : -ENOENT;
}

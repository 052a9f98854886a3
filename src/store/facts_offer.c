/* What a decision about offers stands on. */
#include "base/text.h"
#include "store/internal.h"
#include "store/offer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct reading {
	const struct sender *who;
	struct offer_fact *out;
};

static int copy_offer(void *ctx, const struct offer *o)
{
	const struct reading *rd = ctx;
	struct offer_fact *f = rd->out;
	*f = (struct offer_fact){.number = o->number,
				 .flavour = o->flavour,
				 .state = o->state,
				 .wanted = o->wanted,
				 .taken = o->taken,
				 .waiting = o->waiting,
				 .points = o->points,
				 .starts_utc = o->starts_utc,
				 .ends_utc = o->ends_utc,
				 .mine = *o->phone && (!strcmp(o->phone, rd->who->number) ||
						       (rd->who->person && o->asker == rd->who->person))};
	text_copy(f->text, sizeof f->text, o->text);
	text_copy(f->grid, sizeof f->grid, o->grid);
	text_copy(f->place, sizeof f->place, o->place);
	text_copy(f->phone, sizeof f->phone, o->phone);
	text_copy(f->name, sizeof f->name, o->name);
	if (*o->building)
		snprintf(f->address, sizeof f->address, "%.15s-%.15s-%.15s", o->building, o->unit, o->room);
	return 0;
}

/* Does the sender's grid lie in the offer's, or the offer's in the sender's? */
static int near(struct store *s, const char *grid, const char *own, bool *ret)
{
	int64_t n = 0;
	*ret = true;
	if (!*grid || !*own)
		return 0;
	int r = store_get(
	    s, &n,
	    "WITH RECURSIVE up(code, of) AS (VALUES (?1, 1), (?2, 2) UNION SELECT g.parent, of FROM grid g"
	    " JOIN up ON g.code = up.code WHERE g.parent IS NOT NULL)"
	    "SELECT count(*) FROM up WHERE (of = 1 AND code = ?2) OR (of = 2 AND code = ?1)",
	    "tt", grid, own);
	*ret = n > 0;
	return r;
}

int facts_offer(struct store *s, const struct sender *who, int number, struct offer_fact *ret)
{
	struct reading rd = {who, ret};
	struct claim own;
	int64_t before = 0;
	*ret = (struct offer_fact){0};
	int r = offer_get(s, number, copy_offer, &rd);
	if (r == -ENOENT)
		return 0;
	if (r < 0 || (r = near(s, ret->grid, who->grid, &ret->near)) < 0 ||
	    (r = claim_get(s, number, who->number, &own)) < 0)
		return r;
	ret->claim = own.state;
	ret->people = own.people;
	if (own.state != CLAIM_WAITING)
		return 0;
	r = store_get(s, &before,
		      "SELECT count(*) FROM claim WHERE offer = ? AND state = 'waiting' AND position <= ?",
		      "iI", number, own.position);
	ret->place_in_line = (int)before;
	return r;
}

/* Fills the list with the offers whose numbers a query yields. */
static int each(struct store *s, struct query *q, struct facts *f)
{
	int numbers[OFFERS_LISTED], n = 0, r = 0;
	while (n < OFFERS_LISTED && (r = query_next(q)) == 1)
		numbers[n++] = (int)query_int(q, 0);
	query_close(q);
	for (int i = 0; r >= 0 && i < n; i++)
		r = facts_offer(s, &f->sender, numbers[i], &f->offer.list[i]);
	f->offer.count = r < 0 ? 0 : n;
	return r < 0 ? r : n;
}

#define STILL_OPEN                                                                                             \
	"o.state = 'open' AND coalesce(o.starts_utc, o.ends_utc, ?2 + 1) > ?2"                                 \
	" AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.offer = o.number AND c.number = ?1 AND c.state <> "    \
	"'asked'"                                                                                              \
	" AND c.state <> 'back')"
#define UPWARDS                                                                                                \
	"WITH RECURSIVE up(code) AS (VALUES (?3) UNION SELECT g.parent FROM grid g JOIN up ON g.code = "       \
	"up.code"                                                                                              \
	" WHERE g.parent IS NOT NULL) "

int facts_offers_to_take(struct store *s, struct facts *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT o.number FROM offer o INDEXED BY offer_open LEFT JOIN quoted qu ON qu.matter = o.number "
	    "AND qu.number = ?1"
	    " LEFT JOIN message_out mo ON +mo.broadcast = o.broadcast AND mo.number = ?1 AND mo.created_utc > "
	    "?2 - 7 * 86400 AND mo.sent_utc IS NOT "
	    "NULL"
	    " LEFT JOIN claim a ON a.offer = o.number AND a.number = ?1 AND a.state = 'asked'"
	    " WHERE " STILL_OPEN " AND coalesce(qu.utc, mo.sent_utc, a.changed_utc) > ?2 - 7 * 86400"
	    " GROUP BY o.number ORDER BY max(coalesce(qu.utc, mo.sent_utc, a.changed_utc)) DESC,"
	    " o.number DESC LIMIT 3",
	    "tI", f->sender.number, f->now);
	if (r < 0 || (r = each(s, &q, f)) != 0)
		return r < 0 ? r : 0;
	f->offer.browsed = true;
	r = query_open(
	    s, &q,
	    UPWARDS
	    "SELECT o.number FROM offer o JOIN matter m ON m.number = o.number WHERE " STILL_OPEN
	    " AND m.number_from <> ?1 AND (?3 IS NULL OR m.grid IS NULL OR m.grid IN (SELECT code FROM up))"
	    " AND (o.flavour IN ('job', 'activity') OR ?4) ORDER BY"
	    " o.flavour NOT IN ('task', 'errand'), o.number DESC LIMIT 3",
	    "tITb", f->sender.number, f->now, f->sender.grid, (f->sender.roles & ROLE(VOLUNTEER)) != 0);
	return r < 0 || (r = each(s, &q, f)) < 0 ? r : 0;
}

int facts_offers_claimed(struct store *s, struct facts *f)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT c.offer FROM claim c JOIN offer o ON o.number = c.offer WHERE c.number = ?1"
		       " AND c.state IN ('waiting', 'taken', 'there') AND o.state = 'open'"
		       " ORDER BY c.state = 'waiting', coalesce(o.starts_utc, c.changed_utc), c.offer LIMIT 3",
		       "t", f->sender.number);
	return r < 0 || (r = each(s, &q, f)) < 0 ? r : 0;
}

int facts_board(struct store *s, enum flavour flavour, struct facts *f)
{
	cleanup_query struct query q = {0};
	int64_t own = 0, subscribed = 0;
	/* activities: what comes next; jobs: the latest */
	int r = query_open(
	    s, &q,
	    UPWARDS "SELECT o.number FROM offer o JOIN matter m ON m.number = o.number WHERE o.state = 'open'"
		    " AND o.flavour = ?1 AND coalesce(o.ends_utc, o.starts_utc, ?2 + 1) > ?2"
		    " AND (?3 IS NULL OR m.grid IS NULL OR m.grid IN (SELECT code FROM up))"
		    " ORDER BY CASE WHEN ?1 = 'job' THEN -o.number ELSE coalesce(o.starts_utc, 0) END LIMIT 3",
	    "tIT", flavour_name(flavour), f->now, f->sender.grid);
	if (r < 0 || (r = each(s, &q, f)) < 0 ||
	    (r = store_get(
		 s, &own,
		 "SELECT count(*) FROM offer o JOIN matter m ON m.number = o.number WHERE o.flavour = ?"
		 " AND o.state IN ('open', 'draft') AND m.number_from = ?",
		 "tt", flavour_name(flavour), f->sender.number)) < 0 ||
	    (r = store_get(s, &subscribed,
			   "SELECT count(*) FROM subscription WHERE topic = 'jobs' AND number = ?", "t",
			   f->sender.number)) < 0)
		return r;
	f->offer.own_open = (int)own;
	f->offer.subscribed = subscribed > 0;
	return 0;
}

int facts_has_part(struct store *s, const char *number)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT EXISTS (SELECT 1 FROM claim c JOIN offer o ON o.number = c.offer WHERE c.number = ?1"
	    " AND o.state = 'open') OR EXISTS (SELECT 1 FROM matter m JOIN offer o ON o.number = m.number"
	    " WHERE m.number_from = ?1 AND m.kind = 'task' AND o.state IN ('draft', 'open'))",
	    "t", number);
	return r < 0 ? r : n > 0;
}

/* Rosters: patrols and activities that recur, laid out into dates, each an offer with a number. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/recur.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/meeting.h"
#include "store/offer.h"

#include <errno.h>
#include <string.h>

#define ROSTERS_MAX 256
#define DATES_MAX   8 /* of one roster laid out at once */
#define LAY_OUT_S   (6 * HOUR_S)

static const struct actor calendar = {"daemon", CHANNEL_TIMER, 0};

int roster_add(struct store *s, const struct roster_new *n, int64_t now, int64_t *ret_id, struct err *e)
{
	int r = recurrence_check(s, n->grid, n->rrule, n->start_local, n->exdates, e);
	if (r < 0)
		return r;
	r = store_run(s,
		      "INSERT INTO roster (flavour, grid, text, place, rrule, start_local, exdates, minutes, "
		      "wanted, points,"
		      " organiser, created_utc) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
		      "tttttttiiitI", flavour_name(n->flavour), n->grid, n->text, n->place ? n->place : "",
		      n->rrule, n->start_local, n->exdates ? n->exdates : "", n->minutes, n->wanted, n->points,
		      n->organiser ? n->organiser : "", now);
	if (r < 0)
		return r;
	*ret_id = store_last_id(s);
	for (int i = 0; i < n->number_count && r >= 0; i++)
		r = store_run(
		    s,
		    "INSERT INTO roster_person (roster, position, number, person) VALUES (?1, ?2, ?3,"
		    " (SELECT min(person) FROM person_phone WHERE number = ?3)) ON CONFLICT DO NOTHING",
		    "Iit", *ret_id, i, n->numbers[i]);
	return r < 0 ? r : 0;
}

int roster_end(struct store *s, int64_t id, const struct actor *by, int64_t now)
{
	int numbers[DATES_MAX], n = 0;
	int r =
	    store_run(s, "UPDATE roster SET ended_utc = ? WHERE id = ? AND ended_utc IS NULL", "II", now, id);
	if (r < 0 || !store_changes(s))
		return r < 0 ? r : -ENOENT;
	cleanup_query struct query q = {0};
	r = query_open(s, &q, "SELECT number FROM offer WHERE roster = ? AND state = 'open' AND starts_utc > ?",
		       "II", id, now);
	while (r >= 0 && n < DATES_MAX && (r = query_next(&q)) == 1)
		numbers[n++] = (int)query_int(&q, 0);
	query_close(&q);
	for (int i = 0; i < n && r >= 0; i++)
		r = offer_cancel(s, numbers[i], NULL, by, now);
	return r < 0 ? r : 0;
}

#define ROSTER_COLUMNS                                                                                         \
	"r.id, r.flavour, r.grid, r.text, r.place, r.rrule, r.start_local, r.exdates, r.organiser, r.minutes," \
	" r.wanted, r.points, coalesce(r.ended_utc, 0)"

int roster_list(struct store *s, int64_t now, int (*row)(void *ctx, const struct roster *r), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT " ROSTER_COLUMNS ", coalesce((SELECT min(starts_utc) FROM offer o WHERE o.roster = r.id"
	    " AND o.starts_utc > ? AND o.state = 'open'), 0), coalesce((SELECT group_concat(number, ' ')"
	    " FROM (SELECT number FROM roster_person WHERE roster = r.id ORDER BY position)), '')"
	    " FROM roster r ORDER BY r.id",
	    "I", now);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int flavour = flavour_find(query_text(&q, 1));
		struct roster x = {.id = query_int(&q, 0),
				   .flavour = flavour < 0 ? FLAVOUR_PATROL : (enum flavour)flavour,
				   .grid = query_text(&q, 2),
				   .text = query_text(&q, 3),
				   .place = query_text(&q, 4),
				   .rrule = query_text(&q, 5),
				   .start_local = query_text(&q, 6),
				   .exdates = query_text(&q, 7),
				   .organiser = query_text(&q, 8),
				   .minutes = (int)query_int(&q, 9),
				   .wanted = (int)query_int(&q, 10),
				   .points = (int)query_int(&q, 11),
				   .ended_utc = query_int(&q, 12),
				   .next_utc = query_int(&q, 13),
				   .people = query_text(&q, 14)};
		int end = row(ctx, &x);
		if (end)
			return end;
	}
	return r;
}

/* ---- laying out */

struct plan {
	int64_t id, laid;
	int minutes, wanted, points, turns;
	enum flavour flavour;
	char *grid, *text, *place, *rrule, *start, *exdates, *organiser;
};

static void plan_done(struct plan *p)
{
	free(p->grid);
	free(p->text);
	free(p->place);
	free(p->rrule);
	free(p->start);
	free(p->exdates);
	free(p->organiser);
}

static int load(struct store *s, struct plan *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(s, &q,
		       "SELECT " ROSTER_COLUMNS ", r.turns, r.laid_utc FROM roster r WHERE r.ended_utc IS NULL"
		       " ORDER BY r.id",
		       "");
	while (r >= 0 && n < max && (r = query_next(&q)) == 1) {
		int flavour = flavour_find(query_text(&q, 1));
		ret[n++] = (struct plan){.id = query_int(&q, 0),
					 .flavour = flavour < 0 ? FLAVOUR_PATROL : (enum flavour)flavour,
					 .grid = mem_dup(query_text(&q, 2)),
					 .text = mem_dup(query_text(&q, 3)),
					 .place = mem_dup(query_text(&q, 4)),
					 .rrule = mem_dup(query_text(&q, 5)),
					 .start = mem_dup(query_text(&q, 6)),
					 .exdates = mem_dup(query_text(&q, 7)),
					 .organiser = mem_dup(query_text(&q, 8)),
					 .minutes = (int)query_int(&q, 9),
					 .wanted = (int)query_int(&q, 10),
					 .points = (int)query_int(&q, 11),
					 .turns = (int)query_int(&q, 13),
					 .laid = query_int(&q, 14)};
	}
	return r < 0 ? r : n;
}

static int people_of(struct store *s, int64_t roster, struct claim *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q, "SELECT number, coalesce(person, 0) FROM roster_person WHERE roster = ? ORDER BY position",
	    "I", roster);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1) {
		ret[n] = (struct claim){.person = query_int(&q, 1)};
		text_copy(ret[n++].number, E164_MAX, query_text(&q, 0));
	}
	return r < 0 ? r : n;
}

/* One date: the offer, and in it those whose turn it is: `wanted` of the list, going on where the last date ended. */
static int add_date(struct store *s, const struct plan *p, int turn, int64_t starts, int64_t now)
{
	struct claim people[ROSTER_PEOPLE];
	int number, count = people_of(s, p->id, people, ROSTER_PEOPLE);
	if (count < 0)
		return count;
	struct offer_new n = {.flavour = p->flavour,
			      .text = p->text,
			      .grid = p->grid,
			      .place = p->place,
			      .wanted = p->wanted,
			      .points = p->points,
			      .starts_utc = starts,
			      .ends_utc = starts + p->minutes * MINUTE_S,
			      .phone = p->organiser,
			      .roster = p->id};
	int r = offer_add(s, &n, &calendar, now, &number);
	int places = p->wanted && p->wanted < count ? p->wanted : count;
	for (int i = 0; i < places && r >= 0; i++) {
		const struct claim *c = &people[(turn * places + i) % count];
		r = claim_put(s,
			      &(struct claim_change){.offer = number,
						     .number = c->number,
						     .person = c->person,
						     .state = CLAIM_TAKEN,
						     .reason = "roster"},
			      &calendar, now);
	}
	return r;
}

static int lay_out(struct store *s, const struct plan *p, int64_t now)
{
	int64_t starts[DATES_MAX];
	int64_t from = p->laid >= now ? p->laid + 1 : now;
	int n = recur_expand(p->rrule, p->start, p->exdates, from, now + flavour_row(p->flavour)->ahead_s,
			     starts, DATES_MAX);
	int r = 0;
	for (int i = 0; i < n && r >= 0; i++)
		r = add_date(s, p, p->turns + i, starts[i], now);
	return r < 0 || n <= 0 ? r
			       : store_run(s, "UPDATE roster SET turns = turns + ?, laid_utc = ? WHERE id = ?",
					   "iII", n, starts[n - 1], p->id);
}

int roster_lay_out(struct store *s, int64_t now, int64_t *ret_next)
{
	cleanup_free struct plan *plans = mem_array(ROSTERS_MAX, sizeof *plans);
	int n = load(s, plans, ROSTERS_MAX), r = n < 0 ? n : 0;
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = lay_out(s, &plans[i], now);
		plan_done(&plans[i]);
	}
	if (n > 0 && now + LAY_OUT_S < *ret_next)
		*ret_next = now + LAY_OUT_S;
	return r < 0 ? r : 0;
}

int roster_next(struct store *s, int offer, struct claim *ret)
{
	cleanup_query struct query q = {0};
	/* behind the last one who has a claim, going round */
	int r = query_open(
	    s, &q,
	    "WITH ro(id) AS (SELECT roster FROM offer WHERE number = ?1), held(at) AS (SELECT max(rp.position)"
	    " FROM roster_person rp JOIN claim c ON c.offer = ?1 AND c.number = rp.number"
	    " WHERE rp.roster = (SELECT id FROM ro) AND c.state <> 'back')"
	    "SELECT rp.number, coalesce(rp.person, 0) FROM roster_person rp"
	    " WHERE rp.roster = (SELECT id FROM ro) AND NOT EXISTS (SELECT 1 FROM claim c WHERE"
	    " c.offer = ?1 AND c.number = rp.number)"
	    " ORDER BY rp.position <= coalesce((SELECT at FROM held), -1), rp.position LIMIT 1",
	    "i", offer);
	if (r < 0 || (r = query_next(&q)) != 1)
		return r;
	*ret = (struct claim){.person = query_int(&q, 1)};
	text_copy(ret->number, E164_MAX, query_text(&q, 0));
	return 1;
}

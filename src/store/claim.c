/* Who has a place in an offer, and who waits for one. */
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/offer.h"

#include <errno.h>
#include <string.h>

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

#define CLAIM_COLUMNS                                                                                          \
	"c.number, coalesce(c.person, 0), coalesce(p.name, ''), c.people, c.state, c.position, c.changed_utc"

static void read_row(const struct query *q, struct claim *ret)
{
	int state = claim_state_find(query_text(q, 4));
	*ret = (struct claim){.person = query_int(q, 1),
			      .people = (int)query_int(q, 3),
			      .state = state < 0 ? CLAIM_NONE : (enum claim_state)state,
			      .position = query_int(q, 5),
			      .changed_utc = query_int(q, 6)};
	text_copy(ret->number, sizeof ret->number, query_text(q, 0));
	text_copy(ret->name, sizeof ret->name, query_text(q, 2));
}

int claim_get(struct store *s, int offer, const char *number, struct claim *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct claim){0};
	int r = query_open(s, &q,
			   "SELECT " CLAIM_COLUMNS " FROM claim c LEFT JOIN person p ON p.id = c.person"
			   " WHERE c.offer = ? AND c.number = ?",
			   "it", offer, number);
	if (r >= 0 && (r = query_next(&q)) == 1)
		read_row(&q, ret);
	return r < 0 ? r : 0;
}

int claim_list(struct store *s, int offer, unsigned states, struct claim *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT " CLAIM_COLUMNS " FROM claim c LEFT JOIN person p ON p.id = c.person"
			   " WHERE c.offer = ? ORDER BY c.position",
			   "i", offer);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1) {
		read_row(&q, &ret[n]);
		if (!states || states & 1u << ret[n].state)
			n++;
	}
	return r < 0 ? r : n;
}

struct terms {
	enum flavour flavour;
	bool open;
	int wanted, taken, points;
	int64_t until;
};

static int copy_terms(void *ctx, const struct offer *o)
{
	*(struct terms *)ctx = (struct terms){.flavour = o->flavour,
					      .open = o->state == OFFER_OPEN,
					      .wanted = o->wanted,
					      .taken = o->taken,
					      .points = o->points,
					      .until = offer_until(o->flavour, o->starts_utc, o->ends_utc)};
	return 0;
}

static int tell(struct store *s, const struct claim_change *c, enum claim_state before, int people,
		const struct terms *t, const struct actor *by, int64_t now)
{
	json_t *body = json_pack("{s:i, s:s, s:I, s:s}", "task", c->offer, "number", c->number, "person",
				 (json_int_t)c->person, "flavour", flavour_name(t->flavour));
	enum event_kind kind = EVENT_TASK_CHANGED;
	if (c->state == CLAIM_CONFIRMED || before == CLAIM_CONFIRMED) {
		kind = c->state == CLAIM_CONFIRMED ? EVENT_TASK_DONE : EVENT_TASK_UNDONE;
		json_object_set_new(body, "points", json_integer(t->points));
	} else if (c->state == CLAIM_TAKEN && !claim_holds(before)) {
		kind = EVENT_TASK_TAKEN;
		json_object_set_new(body, "people", json_integer(people));
		json_object_set_new(body, "message", json_integer(by->message));
	} else
		json_object_set_new(body, "state", json_string(claim_state_name(c->state)));
	json_object_set_new(body, "from", json_string(claim_state_name(before)));
	json_object_set_new(body, "reason", json_string(c->reason ? c->reason : ""));
	return event_add(s, kind, by->id, body, now);
}

static int next_position(struct store *s, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(max(position), 0) + 1 FROM claim", "");
}

static int write_claim(struct store *s, const struct claim_change *c, const struct claim *was, int people,
		       const struct actor *by, int64_t now)
{
	int64_t position = c->position ? c->position : was->position;
	int r = 0;
	if (c->state == CLAIM_NONE)
		return store_run(s, "DELETE FROM claim WHERE offer = ? AND number = ?", "it", c->offer,
				 c->number);
	/* who comes back after having given it back stands at the end */
	if (!c->position &&
	    (was->state == CLAIM_NONE || was->state == CLAIM_BACK || was->state == CLAIM_MISSED))
		r = next_position(s, &position);
	return r < 0 ? r
		     : store_run(s,
				 "INSERT OR REPLACE INTO claim (offer, number, person, people, state, "
				 "position, message,"
				 " changed_utc, changed_by) VALUES (?,?,?,?,?,?,?,?,?)",
				 "itPitIPIt", c->offer, c->number, c->person, people,
				 claim_state_name(c->state), position, by->message, now, by->id);
}

static int put(struct store *s, const struct claim_change *given, const struct terms *t, const struct actor *by,
	       int64_t now)
{
	struct claim_change c = *given;
	struct claim was;
	int r = claim_get(s, c.offer, c.number, &was);
	if (r < 0)
		return r;
	int people = c.people ? c.people : was.people ? was.people : 1;
	if (!c.person)
		c.person = was.person;
	const char *entry = c.state == CLAIM_NONE ? "undone" : claim_state_name(c.state);
	if ((r = write_claim(s, &c, &was, people, by, now)) < 0 ||
	    (r = journal_add(s, c.offer, entry, c.number, by, now)) < 0)
		return r;
	return tell(s, &c, was.state, people, t, by, now);
}

/* The first of the list for whose people there is room gets the place. 1, 0 nobody, -errno. */
static int promote(struct store *s, int offer, int64_t now)
{
	struct terms t;
	struct claim first;
	int r = offer_get(s, offer, copy_terms, &t);
	if (r < 0 || !t.open || now >= t.until)
		return r < 0 ? r : 0;
	int room = offer_room(t.wanted, t.taken);
	if (room <= 0)
		return 0;
	cleanup_query struct query q = {0};
	r = query_open(s, &q,
		       "SELECT " CLAIM_COLUMNS
		       " FROM claim c LEFT JOIN person p ON p.id = c.person WHERE c.offer = ?"
		       " AND c.state = 'waiting' AND c.people <= ? ORDER BY c.position LIMIT 1",
		       "ii", offer, room);
	if (r < 0 || (r = query_next(&q)) != 1)
		return r;
	read_row(&q, &first);
	query_close(&q);
	r = put(s,
		&(struct claim_change){
		    .offer = offer, .number = first.number, .state = CLAIM_TAKEN, .reason = "promoted"},
		&t, &timer, now);
	return r < 0 ? r : 1;
}

/* Everybody has come, and everybody's part is confirmed: nothing is open on it. */
static int close_settled(struct store *s, int offer, const struct terms *t, const struct actor *by, int64_t now)
{
	int64_t left = 0, people = 0;
	if (flavour_row(t->flavour)->closes != OFFER_BY_CONFIRMATION || !t->open)
		return 0;
	int r = store_get(s, &left,
			  "SELECT count(*) FROM claim WHERE offer = ? AND state IN ('taken', 'there', 'done')",
			  "i", offer);
	if (r >= 0)
		r = store_get(
		    s, &people,
		    "SELECT coalesce(sum(people), 0) FROM claim WHERE offer = ? AND state = 'confirmed'", "i",
		    offer);
	return r < 0 || left || !t->wanted || people < t->wanted ? r : offer_close(s, offer, by, now);
}

int claim_put(struct store *s, const struct claim_change *c, const struct actor *by, int64_t now)
{
	struct terms t;
	int r = offer_get(s, c->offer, copy_terms, &t);
	if (r >= 0)
		r = put(s, c, &t, by, now);
	if (r >= 0 && c->state == CLAIM_CONFIRMED)
		r = close_settled(s, c->offer, &t, by, now);
	while (r >= 0 && !claim_holds(c->state) && (r = promote(s, c->offer, now)) == 1)
		;
	return r < 0 ? r : 0;
}

int claim_touched(struct store *s, int offer, const char *number, int64_t action)
{
	struct terms t;
	struct claim now;
	cleanup_query struct query q = {0};
	int r = claim_get(s, offer, number, &now);
	if (r < 0 || (r = offer_get(s, offer, copy_terms, &t)) < 0)
		return r;
	r = query_open(
	    s, &q,
	    "SELECT coalesce(json_extract(a.before, '$.state'), ''), coalesce(json_extract(a.before, "
	    "'$.people'), 1),"
	    " EXISTS (SELECT 1 FROM claim c WHERE c.offer = ?1 AND c.number = ?2 AND c.changed_by NOT IN"
	    " ('phone:' || c.number, 'person:' || coalesce(c.person, 0)))"
	    " FROM action a WHERE a.id = ?3",
	    "itI", offer, number, action);
	if (r < 0 || (r = query_next(&q)) != 1)
		return r;
	int state = claim_state_find(query_text(&q, 0));
	if (query_int(&q, 2) || !t.open)
		return 1;
	/* the place that was given back is somebody else's now */
	return state >= 0 && claim_holds((enum claim_state)state) && !claim_holds(now.state) &&
	       offer_room(t.wanted, t.taken) < (int)query_int(&q, 1);
}

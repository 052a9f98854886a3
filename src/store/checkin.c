#include "store/checkin.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/person.h"
#include "store/person_sql.h"

#include <errno.h>
#include <string.h>

#define LASTS_S (20 * HOUR_S) /* an answer later than that belongs to no round */

static int there(struct store *s, int64_t person)
{
	struct person p;
	return person ? person_get(s, person, &p) : 0;
}

int checkin_add(struct store *s, const struct checkin_new *n, int64_t now, int64_t *ret_id)
{
	int64_t has = 0;
	int r = there(s, n->person);
	if (r < 0 || (r = there(s, n->buddy)) < 0 ||
	    (r = store_get(s, &has, "SELECT count(*) FROM checkin WHERE person = ? AND ended_utc IS NULL", "I",
			   n->person)) < 0)
		return r;
	if (has)
		return -EEXIST;
	r = store_run(s,
		      "INSERT INTO checkin (person, buddy, at_minute, days, grace_minutes, created_utc) VALUES "
		      "(?,?,?,?,?,?)",
		      "IPiiiI", n->person, n->buddy, n->plan.at_minute, (int)n->plan.days, n->plan.grace_s / 60,
		      now);
	if (r >= 0)
		*ret_id = store_last_id(s);
	return r < 0 ? r : 0;
}

int checkin_remove(struct store *s, int64_t id, int64_t now)
{
	int r =
	    store_run(s, "UPDATE checkin SET ended_utc = ? WHERE id = ? AND ended_utc IS NULL", "II", now, id);
	if (r < 0 || !store_changes(s))
		return r < 0 ? r : -ENOENT;
	return store_run(s, "UPDATE checkin_round SET until_utc = NULL WHERE checkin = ?", "I", id);
}

int checkin_pause(struct store *s, int64_t id, int64_t until_utc)
{
	int r = store_run(s, "UPDATE checkin SET paused_until_utc = ? WHERE id = ? AND ended_utc IS NULL", "PI",
			  until_utc, id);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

#define NUMBER_OF(person)                                                                                      \
	"(SELECT tp.number FROM person_phone tp JOIN phone tf ON tf.number = tp.number WHERE tp.person "       \
	"= " person " AND tf.unlinked_utc IS NULL AND " NUMBER_TEXTABLE(                                       \
	    "tp.number") " ORDER BY tp.position, tp.number LIMIT 1)"

int checkin_list(struct store *s, int64_t id, int (*row)(void *ctx, const struct checkin_row *c), void *ctx)
{
	cleanup_query struct query q = {0};
	/* clang-format off */
	static const char sql[] =
	    "SELECT c.id, c.person, coalesce(c.buddy, 0), c.at_minute, c.days, c.grace_minutes,"
	    " coalesce(c.paused_until_utc, 0), c.created_utc, p.name, " NUMBER_OF("c.person") ","
	    " coalesce(b.name, ''), " NUMBER_OF("c.buddy") ", coalesce(d.id, 0), coalesce(d.state, 'skipped'),"
	    " coalesce(d.asked_utc, 0), coalesce(d.answered_utc, 0), coalesce(d.answered_by, ''), coalesce(d.day, ''),"
	    " coalesce(d.matter, 0)"
	    " FROM checkin c JOIN person p ON p.id = c.person LEFT JOIN person b ON b.id = c.buddy"
	    " LEFT JOIN checkin_round d ON d.id ="
	    "  (SELECT id FROM checkin_round WHERE checkin = c.id ORDER BY day DESC LIMIT 1)"
	    " WHERE c.ended_utc IS NULL AND p.forgotten_utc IS NULL AND (?1 = 0 OR c.id = ?1) ORDER BY c.id";
	/* clang-format on */
	int r = query_open(s, &q, sql, "I", id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int state = checkin_state_find(query_text(&q, 13));
		struct checkin_row c = {.id = query_int(&q, 0),
					.person = query_int(&q, 1),
					.buddy = query_int(&q, 2),
					.plan = {(int)query_int(&q, 3), (unsigned)query_int(&q, 4),
						 (int)query_int(&q, 5) * 60, query_int(&q, 6),
						 query_int(&q, 7)},
					.created_utc = query_int(&q, 7),
					.name = query_text(&q, 8),
					.number = query_text(&q, 9),
					.buddy_name = query_text(&q, 10),
					.buddy_number = query_text(&q, 11),
					.last_round = query_int(&q, 12),
					.last_state = state < 0 ? CHECKIN_SKIPPED : (enum checkin_state)state,
					.last_asked_utc = query_int(&q, 14),
					.last_answered_utc = query_int(&q, 15),
					.last_by = query_text(&q, 16),
					.last_day = query_text(&q, 17),
					.last_matter = query_int(&q, 18)};
		int end = row(ctx, &c);
		if (end)
			return end;
	}
	return r;
}

int checkin_rounds(struct store *s, int64_t plan, long limit,
		   int (*row)(void *ctx, const struct checkin_round_row *r), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT id, asked_utc, coalesce(answered_utc, 0), coalesce(matter, 0), state, day, answered_by"
	    " FROM checkin_round WHERE checkin = ? ORDER BY day DESC LIMIT ?",
	    "II", plan, limit > 0 ? (int64_t)limit : (int64_t)-1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int state = checkin_state_find(query_text(&q, 4));
		struct checkin_round_row c = {query_int(&q, 0),
					      query_int(&q, 1),
					      query_int(&q, 2),
					      query_int(&q, 3),
					      state < 0 ? CHECKIN_SKIPPED : (enum checkin_state)state,
					      query_text(&q, 5),
					      query_text(&q, 6)};
		int end = row(ctx, &c);
		if (end)
			return end;
	}
	return r;
}

int checkin_round_add(struct store *s, int64_t plan, const char *day, enum checkin_state state, int64_t message,
		      int64_t until_utc, int64_t now, int64_t *ret_id)
{
	int r =
	    store_run(s,
		      "INSERT OR IGNORE INTO checkin_round (checkin, day, state, asked_utc, message, until_utc)"
		      " VALUES (?,?,?,?,?,?)",
		      "IttIPP", plan, day, checkin_state_name(state), now, message, until_utc);
	if (r < 0)
		return r;
	*ret_id = store_changes(s) ? store_last_id(s) : 0;
	return 0;
}

int checkin_round_get(struct store *s, int64_t id, struct checkin_round *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(
	    s, &q,
	    "SELECT r.id, r.checkin, c.person, coalesce(c.buddy, 0), r.asked_utc, coalesce(r.until_utc, 0),"
	    " coalesce(r.matter, 0), r.state, c.grace_minutes, coalesce(o.state NOT IN ('queued', 'sending'), "
	    "1),"
	    " coalesce(o.state IN ('expired', 'cancelled'), 0)"
	    " FROM checkin_round r JOIN checkin c ON c.id = r.checkin LEFT JOIN message_out o ON o.id = "
	    "r.message"
	    " WHERE r.id = ?",
	    "I", id);
	if (r < 0)
		return r;
	int state = checkin_state_find(query_text(&q, 7));
	*ret = (struct checkin_round){.id = query_int(&q, 0),
				      .plan = query_int(&q, 1),
				      .person = query_int(&q, 2),
				      .buddy = query_int(&q, 3),
				      .asked_utc = query_int(&q, 4),
				      .until_utc = query_int(&q, 5),
				      .matter = query_int(&q, 6),
				      .state = state < 0 ? CHECKIN_SKIPPED : (enum checkin_state)state,
				      .grace_s = (int)query_int(&q, 8) * 60,
				      .sent = query_int(&q, 9) != 0,
				      .expired = query_int(&q, 10) != 0};
	return 0;
}

int checkin_round_step(struct store *s, int64_t id, enum checkin_state state, int64_t until_utc)
{
	return store_run(s, "UPDATE checkin_round SET state = ?, until_utc = ? WHERE id = ?", "tPI",
			 checkin_state_name(state), until_utc, id);
}

int checkin_round_message(struct store *s, int64_t id, int64_t message)
{
	return store_run(s, "UPDATE checkin_round SET message = ? WHERE id = ?", "PI", message, id);
}

int checkin_round_called(struct store *s, int64_t id, int matter)
{
	return store_run(s,
			 "UPDATE checkin_round SET state = 'called', until_utc = NULL, matter = ? WHERE id = ?",
			 "iI", matter, id);
}

int checkin_round_answered(struct store *s, int64_t id, enum checkin_state state, const char *by, int64_t now)
{
	return store_run(s,
			 "UPDATE checkin_round SET state = ?, until_utc = NULL, answered_utc = ?, answered_by "
			 "= ? WHERE id = ?",
			 "tPtI", checkin_state_name(state), *by ? now : 0, by, id);
}

int checkin_silent(struct store *s, int64_t now, int64_t *ret, int max, int64_t *ret_next)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int64_t next = 0;
	int r =
	    query_open(s, &q, "SELECT id FROM checkin_round WHERE until_utc <= ? ORDER BY until_utc LIMIT ?",
		       "Ii", now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	query_close(&q);
	if (r >= 0)
		r = store_get(s, &next,
			      "SELECT coalesce(min(until_utc), 0) FROM checkin_round WHERE until_utc > ?", "I",
			      now);
	*ret_next = n == max ? now : next ? next : INT64_MAX;
	return r < 0 ? r : n;
}

int checkin_open(struct store *s, const char *number, int64_t heard_utc, int64_t now, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(s, &q,
		       "SELECT r.id FROM person_phone pp JOIN checkin c ON c.person = pp.person"
		       " JOIN checkin_round r ON r.checkin = c.id WHERE pp.number = ?1 AND c.ended_utc IS NULL"
		       " AND r.state IN ('asked', 'buddy', 'called') AND r.asked_utc <= ?2 AND r.asked_utc > ?3"
		       " LIMIT ?4",
		       "tIIi", number, heard_utc, now - LASTS_S, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

int facts_checkin(struct store *s, const struct sender *who, int64_t plan, int64_t round, int64_t now,
		  struct checkin_fact *ret)
{
	cleanup_query struct query q = {0};
	struct person p;
	*ret = (struct checkin_fact){0};
	if (!who->person)
		return 0;
	int r = query_open(
	    s, &q,
	    "SELECT r.id, c.person, c.id, r.state IN ('buddy', 'called') FROM checkin c JOIN checkin_round r"
	    " ON r.checkin = c.id JOIN person_phone pp ON pp.person = c.buddy WHERE pp.number = ?1 AND "
	    "c.ended_utc IS NULL"
	    " AND r.asked_utc > ?2 AND r.state IN ('buddy', 'called', 'well') AND (?3 = 0 OR c.id = ?3)"
	    " AND (?4 = 0 OR r.id = ?4) ORDER BY r.state = 'well', r.id DESC",
	    "tIII", who->number, now - LASTS_S, plan, round);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		bool open = query_int(&q, 3) != 0;
		ret->choices += open;
		if (ret->round)
			continue;
		ret->round = query_int(&q, 0);
		ret->person = query_int(&q, 1);
		ret->plan = query_int(&q, 2);
		ret->open = open;
		ret->buddy = true;
	}
	query_close(&q);
	/* who was asked is meant first of all */
	int64_t own = 0;
	if (r >= 0 && (r = checkin_open(s, who->number, now, now, &own, 1)) == 1 && !plan && !round)
		*ret = (struct checkin_fact){.round = own, .open = true};
	if (r < 0 || !ret->buddy || (r = person_get(s, ret->person, &p)) < 0)
		return r < 0 ? r : 0;
	text_copy(ret->name, sizeof ret->name, p.name);
	text_copy(ret->number, sizeof ret->number, p.number);
	text_copy(ret->building, sizeof ret->building, p.building);
	text_copy(ret->unit, sizeof ret->unit, p.unit);
	text_copy(ret->room, sizeof ret->room, p.room);
	return 0;
}

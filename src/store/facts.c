#include "store/facts.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/phone.h"

#include <errno.h>
#include <string.h>

int facts_sender(struct store *s, const char *number, const char *own, enum language language,
		 struct sender *ret)
{
	struct person people[PERSONS_PER_NUMBER];
	struct phone ph;
	struct sender w = {.language = language};
	w.kind = e164_parse(number, w.number);
	w.machine = !e164_is_person(w.kind) || (own && *own && !strcmp(w.number, own));
	int r = phone_get(s, w.number, &ph);
	if (r < 0)
		return r;
	w.muted = ph.muted;
	w.unlinked = ph.unlinked_utc != 0;
	w.asked_register = ph.asked_register_utc != 0;
	w.loop_muted_utc = ph.loop_muted_utc;
	w.opted_out = ph.opted_out;
	if (ph.has_language)
		w.language = ph.english ? LANG_EN : LANG_ZH;
	int n = w.unlinked ? 0 : persons_of_number(s, w.number, people);
	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		w.roles |= people[i].roles;
	if (n > 0) {
		w.person = people[0].id;
		text_copy(w.name, sizeof w.name, people[0].name);
		text_copy(w.grid, sizeof w.grid, people[0].grid);
		text_copy(w.building, sizeof w.building, people[0].building);
		text_copy(w.unit, sizeof w.unit, people[0].unit);
		text_copy(w.room, sizeof w.room, people[0].room);
		if (people[0].has_language)
			w.language = people[0].language;
	}
	*ret = w;
	return 0;
}

struct reading {
	const struct sender *who;
	struct matter_fact *out;
	char grid[CIVIC_CODE_MAX];
};

static int copy_matter(void *ctx, const struct matter *m)
{
	struct reading *rd = ctx;
	const struct sender *w = rd->who;
	struct matter_fact *f = rd->out;
	*f = (struct matter_fact){
	    .number = m->number,
	    .proposal = m->kind == MATTER_PROPOSAL,
	    .task = m->kind == MATTER_TASK,
	    .state = m->state,
	    .category = m->category,
	    .private = m->private,
	    .consult = !strcmp(m->origin, "consult"),
	    .urgent = m->urgent,
	    .mine = !strcmp(m->number_from, w->number) || (w->person && m->reporter == w->person),
	    .assigned = w->person && m->assignee == w->person,
	    .given = w->roles & ROLE(DEPARTMENT) && *w->name && !strcmp(m->assignee_name, w->name),
	    .anonymous = m->anonymous,
	    .supporters = m->supporters,
	    .level = m->level,
	    .route_step = m->route_step,
	    .extended = m->extended,
	    .reopened = m->reopened,
	    .due_utc = m->due_utc,
	    .opened_utc = m->opened_utc,
	    .changed_utc = m->changed_utc};
	text_copy(f->phone, sizeof f->phone, m->number_from);
	text_copy(f->assignee, sizeof f->assignee, m->assignee_name);
	text_copy(f->text, sizeof f->text, m->text);
	text_copy(f->building, sizeof f->building, m->building);
	text_copy(f->unit, sizeof f->unit, m->unit);
	text_copy(f->room, sizeof f->room, m->room);
	text_copy(f->place, sizeof f->place, m->place);
	text_copy(f->grid, sizeof f->grid, m->grid);
	return 0;
}

int facts_matter(struct store *s, const struct sender *who, int number, struct matter_fact *ret)
{
	struct reading rd = {.who = who, .out = ret};
	*ret = (struct matter_fact){0};
	int r = matter_get(s, number, copy_matter, &rd);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	int64_t n = 0;
	if ((r = store_get(s, &n, "SELECT count(*) FROM supporter WHERE matter = ? AND number = ?", "it",
			   number, who->number)) < 0)
		return r;
	ret->supported = n > 0;
	if (who->roles & ROLES_STAFF && who->grid[0] && ret->grid[0]) {
		cleanup_query struct query q = {0};
		r = query_open(s, &q,
			       "WITH RECURSIVE up(code) AS (VALUES (?1) UNION SELECT g.parent FROM grid g JOIN "
			       "up ON g.code = up.code"
			       " WHERE g.parent IS NOT NULL) SELECT 1 FROM up WHERE code = ?2",
			       "tt", ret->grid, who->grid);
		if (r < 0 || (r = query_next(&q)) < 0)
			return r;
		ret->near = r == 1;
	}
	return 0;
}

/* Fills facts of the matters whose numbers a query yields. */
static int each_matter(struct store *s, struct query *q, const struct sender *who, struct matter_fact *ret,
		       int max)
{
	int numbers[FACTS_SIMILAR], n = 0, r = 0;
	while (n < max && n < FACTS_SIMILAR && (r = query_next(q)) == 1)
		numbers[n++] = (int)query_int(q, 0);
	query_close(q);
	for (int i = 0; r >= 0 && i < n; i++)
		r = facts_matter(s, who, numbers[i], &ret[i]);
	return r < 0 ? r : n;
}

int facts_latest(struct store *s, const struct sender *who, bool resolved, struct matter_fact *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct matter_fact){0};
	int r = query_open(
	    s, &q,
	    "SELECT number FROM matter WHERE (number_from = ?1 OR (?2 IS NOT NULL AND reporter = ?2)) AND "
	    "private = 0"
	    " AND kind <> 'task' AND state <> 'merged' AND (?3 = 0 OR state = 'resolved')"
	    " UNION SELECT matter FROM supporter WHERE number = ?1 AND ?3 = 0 ORDER BY 1 DESC LIMIT 1",
	    "tPb", who->number, who->person, resolved);
	if (r < 0)
		return r;
	r = each_matter(s, &q, who, ret, 1);
	return r < 0 ? r : 0;
}

int facts_settled(struct store *s, const char *number, int64_t since_utc, int *ret_number, enum category *ret)
{
	cleanup_query struct query q = {0};
	*ret_number = 0;
	int r = query_open(s, &q,
			   "SELECT number, category FROM matter WHERE number IN"
			   " (SELECT matter FROM supporter WHERE number = ?1 UNION SELECT number FROM matter"
			   "  WHERE number_from = ?1) AND private = 0 AND kind = 'case'"
			   " AND state IN ('resolved', 'confirmed', 'closed') AND resolved_utc >= ?2"
			   " ORDER BY resolved_utc DESC, number DESC LIMIT 1",
			   "tI", number, since_utc);
	if (r < 0 || (r = query_next(&q)) != 1)
		return r;
	int category = category_find(query_text(&q, 1));
	*ret_number = (int)query_int(&q, 0);
	*ret = category < 0 ? CATEGORY_OTHER : (enum category)category;
	return 0;
}

/* For who asks without a number: what can be supported in the sender's grid, the agenda first. Of an unknown grid, of what
 * came last. */
#define LISTED(where)                                                                                          \
	"WITH RECURSIVE up(code) AS (VALUES (?2) UNION SELECT g.parent FROM grid g JOIN up ON g.code = "       \
	"up.code WHERE g.parent IS NOT NULL)"                                                                  \
	"SELECT m.number FROM matter m WHERE m.private = 0 AND m.number_from <> ?1"                            \
	" AND (?3 IS NULL OR m.reporter IS NOT ?3) AND m.category <> 'dispute'"                                \
	" AND (m.deliberate = 1 OR (m.category <> 'other' AND m.origin IN ('complaint', 'split', 'shell')))"   \
	" AND m.state IN ('received', 'verified', 'assigned', 'in_progress') AND " where                       \
	" AND NOT EXISTS (SELECT 1 FROM supporter su WHERE su.matter = m.number AND su.number = ?1)"           \
	" ORDER BY m.deliberate DESC, (SELECT count(*) FROM supporter su WHERE su.matter = m.number) DESC,"    \
	" m.number DESC LIMIT 3"

static int listed(struct store *s, struct facts *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    f->sender.grid[0]
		? LISTED("m.grid IN (SELECT code FROM up)")
		: LISTED(
		      "m.number IN (SELECT n.number FROM matter n INDEXED BY matter_open WHERE n.state IN"
		      " ('received', 'verified', 'assigned', 'in_progress') ORDER BY n.number DESC LIMIT 200)"),
	    "tTP", f->sender.number, f->sender.grid, f->sender.person);
	return r < 0 ? r : each_matter(s, &q, &f->sender, f->candidates, FACTS_CANDIDATES);
}

int facts_candidates(struct store *s, struct facts *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT q.matter FROM quoted q JOIN matter m ON m.number = q.matter WHERE q.number = ?1 AND "
	    "m.private = 0"
	    " AND m.state IN ('received', 'verified', 'assigned', 'in_progress') AND m.number_from <> ?1"
	    " AND NOT EXISTS (SELECT 1 FROM supporter su WHERE su.matter = m.number AND su.number = ?1)"
	    " ORDER BY q.utc DESC, q.matter DESC LIMIT 3",
	    "t", f->sender.number);
	if (r < 0)
		return r;
	r = each_matter(s, &q, &f->sender, f->candidates, FACTS_CANDIDATES);
	if (r == 0) {
		f->candidates_listed = true;
		r = listed(s, f);
	}
	f->candidate_count = r < 0 ? 0 : r;
	return r < 0 ? r : 0;
}

int facts_similar(struct store *s, enum category c, struct facts *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT number FROM matter WHERE grid IS ?1 AND category = ?2 AND kind = 'case' AND private = 0"
	    " AND state IN ('received', 'verified', 'assigned', 'in_progress') AND origin <> 'duty'"
	    " ORDER BY opened_utc DESC, number DESC LIMIT ?3",
	    "Tti", f->sender.grid, category_name(c), FACTS_SIMILAR);
	if (r < 0)
		return r;
	r = each_matter(s, &q, &f->sender, f->similar, FACTS_SIMILAR);
	f->similar_count = r < 0 ? 0 : r;
	return r < 0 ? r : 0;
}

static int number_or_none(int r, int64_t n, int *ret)
{
	if (r < 0 && r != -ENOENT)
		return r;
	*ret = r < 0 ? 0 : (int)n;
	return 0;
}

int facts_recent(struct store *s, int64_t window_s, struct facts *f)
{
	int64_t n = 0, since = f->now - window_s;
	f->recent_case = 0;
	if (window_s <= 0)
		return 0;
	int r = store_get(
	    s, &n,
	    "SELECT number FROM (SELECT m.number AS number, max(j.utc) AS utc FROM matter m"
	    "  JOIN journal j ON j.matter = m.number"
	    "  WHERE m.number_from = ?1 AND m.opened_utc >= ?2 - 3600 AND m.kind = 'case' AND m.private = 0"
	    "  AND m.origin IN ('complaint', 'unknown') AND m.state IN ('received', 'verified', 'assigned', "
	    "'in_progress')"
	    "  AND j.entry IN ('received', 'more words') GROUP BY m.number"
	    " UNION ALL SELECT su.matter, su.since_utc FROM supporter su JOIN matter m ON m.number = su.matter"
	    "  WHERE su.number = ?1 AND m.state IN ('received', 'verified', 'assigned', 'in_progress') AND "
	    "m.kind = 'case')"
	    " WHERE utc >= ?2 ORDER BY utc DESC, number DESC LIMIT 1",
	    "tI", f->sender.number, since);
	return number_or_none(r, n, &f->recent_case);
}

int facts_recent_duty(struct store *s, struct facts *f)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT number FROM matter WHERE number_from = ? AND origin = 'duty' AND opened_utc >= ?"
	    " AND state IN ('received', 'verified', 'assigned', 'in_progress') ORDER BY number DESC LIMIT 1",
	    "tI", f->sender.number, f->now - 30 * MINUTE_S);
	return number_or_none(r, n, &f->recent_duty);
}

int facts_flood(struct store *s, struct facts *f)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT CASE WHEN count(*) >= ? THEN max(number) ELSE 0 END FROM matter WHERE number_from = ?"
	    " AND opened_utc > ? AND private = 0 AND urgent = 0 AND kind <> 'task'",
	    "itI", FLOOD_CASES, f->sender.number, f->now - DAY_S);
	return number_or_none(r, n, &f->flood_case);
}

int facts_quarantine(struct store *s, const char *number, int *ret)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT number FROM matter WHERE number_from = ? AND origin = 'quarantine' AND state = 'received'"
	    " ORDER BY number DESC LIMIT 1",
	    "t", number);
	return number_or_none(r, n, ret);
}

int facts_last_text(struct store *s, const char *number, int64_t now, struct resend_fact *ret)
{
	cleanup_query struct query q = {0};
	ret->text[0] = 0;
	int r = query_open(
	    s, &q,
	    "SELECT text, private OR secret IS NOT NULL OR coalesce(not_after_utc, ?2) < ?2 FROM message_out"
	    " WHERE number = ?1 AND created_utc > ?2 - ?3 AND class IN ('reply', 'reminder')"
	    " AND state <> 'cancelled' AND NOT EXISTS (SELECT 1 FROM message_in m WHERE m.id = answers AND"
	    " m.intents LIKE '%\"intent\":\"resend\"%') ORDER BY id DESC LIMIT 1",
	    "tII", number, now, (int64_t)RESEND_AGE_S);
	if (r >= 0 && (r = query_next(&q)) == 1 && !query_int(&q, 1))
		text_copy(ret->text, sizeof ret->text, query_text(&q, 0));
	return r < 0 ? r : 0;
}

int facts_pending(struct store *s, int64_t message)
{
	int64_t n = 0;
	int r =
	    store_get(s, &n, "SELECT count(*) FROM message_in WHERE id = ? AND state = 'stored'", "I", message);
	return r < 0 ? r : n > 0;
}

int facts_answers(struct store *s, const char *number, int64_t since_utc, int *ret)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT count(*) FROM message_out WHERE number = ? AND created_utc > ? AND answers IS NOT NULL"
	    " AND class = 'reply'",
	    "tI", number, since_utc);
	if (r < 0)
		return r;
	*ret = (int)n;
	return 0;
}

int facts_identical(struct store *s, const char *number, int64_t message, const char *text, int within_s,
		    int max, int *ret)
{
	cleanup_query struct query q = {0};
	*ret = 0;
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT m.text = ?3, EXISTS (SELECT 1 FROM message_out o WHERE o.number = ?1 AND "
			   "o.answers IS NOT NULL"
			   "  AND o.created_utc <= m.received_utc AND o.created_utc >= m.received_utc - ?4)"
			   " FROM message_in m WHERE m.number = ?1 AND m.id <= ?2 AND m.kind = 'text' ORDER BY "
			   "m.received_utc DESC, m.id DESC LIMIT ?5",
			   "tItii", number, message, text, within_s, max);
	while (r >= 0 && (r = query_next(&q)) == 1 && query_int(&q, 0) && query_int(&q, 1))
		n++;
	if (r < 0)
		return r;
	*ret = n;
	return 0;
}

int facts_grid_of_building(struct store *s, const char *building, char ret[CIVIC_CODE_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_find(
	    s, &q, "SELECT DISTINCT grid FROM household WHERE building = ? AND grid IS NOT NULL LIMIT 2", "t",
	    building);
	if (r < 0)
		return r;
	text_copy(ret, CIVIC_CODE_MAX, query_text(&q, 0));
	r = query_next(&q);
	return r < 0 ? r : r == 1 ? -ENOENT : 0;
}

int facts_ring(struct store *s, const char *number, int64_t since_utc, int64_t now, int *ret_rings,
	       int64_t *ret_meeting, int64_t *ret_declined)
{
	int64_t rings = 0, meeting = 0, declined = 0;
	int r =
	    store_get(s, &rings,
		      "SELECT count(*) FROM message_in WHERE number = ? AND kind = 'call' AND received_utc > ?",
		      "tI", number, since_utc);
	if (r < 0)
		return r;
	r = store_get(s, &meeting,
		      "SELECT m.id FROM invitation i JOIN meeting m ON m.id = i.meeting WHERE i.number = ?1 "
		      "AND m.starts_utc > ?2"
		      " AND m.state IN ('planned', 'invited')"
		      " AND NOT EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = m.id AND r.number = ?1) ORDER "
		      "BY m.starts_utc LIMIT 1",
		      "tI", number, now);
	if (r < 0 && r != -ENOENT)
		return r;
	*ret_meeting = r < 0 ? 0 : meeting;
	r = store_get(
	    s, &declined,
	    "SELECT CASE r.answer WHEN 'no' THEN m.id ELSE 0 END FROM rsvp r JOIN meeting m ON m.id = r.meeting"
	    " WHERE r.number = ?1"
	    " AND m.starts_utc > ?2 AND m.state IN ('planned', 'invited') ORDER BY m.starts_utc LIMIT 1",
	    "tI", number, now);
	if (r < 0 && r != -ENOENT)
		return r;
	*ret_declined = r < 0 ? 0 : declined;
	*ret_rings = (int)rings;
	return 0;
}

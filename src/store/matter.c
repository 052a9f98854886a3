#include "store/matter.h"
#include "base/text.h"
#include "store/event.h"
#include "store/grid.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

const char *matter_kind_name(enum matter_kind k)
{
	static const char *const names[] = {
	    [MATTER_CASE] = "case", [MATTER_PROPOSAL] = "proposal", [MATTER_TASK] = "task"};
	return names[k];
}

static enum matter_kind kind_find(const char *name)
{
	return !strcmp(name, "proposal") ? MATTER_PROPOSAL : !strcmp(name, "task") ? MATTER_TASK : MATTER_CASE;
}

int matter_next_number(struct store *s, int *ret)
{
	int64_t n;
	int r = store_get(s, &n, "SELECT next FROM sequence WHERE name = 'matter'", "");
	if (r < 0)
		return r;
	*ret = (int)n;
	return 0;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

int matter_add(struct store *s, const struct matter_new *m, const struct actor *by, int64_t now,
	       int *ret_number)
{
	int number, r;
	if (m->grid && *m->grid && (r = grid_known(s, m->grid)) < 0)
		return r;
	if ((r = matter_next_number(s, &number)) < 0 ||
	    (r = store_run(s, "UPDATE sequence SET next = next + 1 WHERE name = 'matter'", "")) < 0)
		return r;
	r = store_run(s,
		      "INSERT INTO matter (number, kind, state, category, text, grid, building, unit, room, "
		      "place, urgent,"
		      " anonymous, private, origin, reporter, number_from, message, deliberate, opened_utc, "
		      "changed_utc, due_utc)"
		      " VALUES (?,?,'received',?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		      "itttTttttbbbtPtPbIIP", number, matter_kind_name(m->kind), category_name(m->category),
		      or_empty(m->text), or_empty(m->grid), or_empty(m->building), or_empty(m->unit),
		      or_empty(m->room), or_empty(m->place), m->urgent, m->anonymous, m->private,
		      or_empty(m->origin), m->reporter, or_empty(m->number_from), by->message, m->deliberate,
		      now, now, m->due_utc);
	if (r < 0 || (r = journal_add(s, number, "received", m->private ? NULL : m->text, by, now)) < 0)
		return r;
	r = event_add(s, EVENT_CASE_OPENED, by->id,
		      json_pack("{s:i, s:I, s:s, s:s}", "case", number, "message", (json_int_t)by->message,
				"category", m->private ? "other" : category_name(m->category), "grid",
				or_empty(m->grid)),
		      now);
	if (r == 0 && ret_number)
		*ret_number = number;
	return r;
}

#define MATTER_COLUMNS                                                                                         \
	"m.number, m.kind, m.state, m.category, m.text, coalesce(m.grid, ''), m.building, m.unit, m.room, "    \
	"m.place, m.origin,"                                                                                   \
	" m.number_from, m.urgent, m.anonymous, m.private, m.deliberate, coalesce(m.reporter, 0), "            \
	"coalesce(m.assignee, 0),"                                                                             \
	" coalesce(m.message, 0), coalesce(rp.name, ''), coalesce(ap.name, ''),"                               \
	" (SELECT count(*) FROM supporter su WHERE su.matter = m.number AND su.number <> m.number_from),"      \
	" coalesce(m.merged_into, 0), m.reopened, m.opened_utc, m.changed_utc, coalesce(m.due_utc, 0),"        \
	" coalesce(m.resolved_utc, 0), m.level, m.route_step, m.extended, m.late, m.handed_to, m.handed_ref,"  \
	" coalesce(m.first_human_utc, 0)"
#define MATTER_FROM                                                                                            \
	" FROM matter m LEFT JOIN person rp ON rp.id = m.reporter LEFT JOIN person ap ON ap.id = m.assignee "

static struct matter read_row(const struct query *q)
{
	int category = category_find(query_text(q, 3)), state = case_state_find(query_text(q, 2));
	return (struct matter){
	    .number = (int)query_int(q, 0),
	    .kind = kind_find(query_text(q, 1)),
	    .state = state < 0 ? CASE_RECEIVED : (enum case_state)state,
	    .category = category < 0 ? CATEGORY_OTHER : (enum category)category,
	    .text = query_text(q, 4),
	    .grid = query_text(q, 5),
	    .building = query_text(q, 6),
	    .unit = query_text(q, 7),
	    .room = query_text(q, 8),
	    .place = query_text(q, 9),
	    .origin = query_text(q, 10),
	    .number_from = query_text(q, 11),
	    .urgent = query_int(q, 12) != 0,
	    .anonymous = query_int(q, 13) != 0,
	    .private = query_int(q, 14) != 0,
	    .deliberate = query_int(q, 15) != 0,
	    .reporter = query_int(q, 16),
	    .assignee = query_int(q, 17),
	    .message = query_int(q, 18),
	    .reporter_name = query_text(q, 19),
	    .assignee_name = query_text(q, 20),
	    .supporters = (int)query_int(q, 21),
	    .merged_into = (int)query_int(q, 22),
	    .reopened = (int)query_int(q, 23),
	    .opened_utc = query_int(q, 24),
	    .changed_utc = query_int(q, 25),
	    .due_utc = query_int(q, 26),
	    .resolved_utc = query_int(q, 27),
	    .level = (int)query_int(q, 28),
	    .route_step = (int)query_int(q, 29),
	    .extended = (int)query_int(q, 30),
	    .late = (int)query_int(q, 31),
	    .handed_to = query_text(q, 32),
	    .handed_ref = query_text(q, 33),
	    .first_human_utc = query_int(q, 34),
	};
}

int matter_get(struct store *s, int number, int (*row)(void *ctx, const struct matter *m), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT " MATTER_COLUMNS MATTER_FROM "WHERE m.number = ?", "i", number);
	if (r < 0)
		return r;
	struct matter m = read_row(&q);
	return row(ctx, &m);
}

#define OPEN "m.state IN ('received', 'verified', 'assigned', 'in_progress')"
/* Each filter is switched off by a NULL. What narrows most is said once more in `narrow`, without "IS NULL OR": only then
 * is an index used. */
#define SUBTREE                                                                                                \
	"WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?3 UNION"                             \
	" SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
#define ROWS(narrow)                                                                                           \
	"SELECT " MATTER_COLUMNS MATTER_FROM "WHERE " narrow                                                   \
	" AND m.kind <> 'task' AND (?1 IS NULL OR m.state = ?1 OR (?1 = 'open' AND " OPEN "))"                 \
	" AND (?2 IS NULL OR m.category = ?2) AND (?3 IS NULL OR m.grid IN sub)"                               \
	" AND (?4 = 0 OR m.assignee = ?4) AND m.changed_utc >= ?5"                                             \
	" AND (?6 = 0 OR (m.due_utc < ?7 AND " OPEN "))"
#define IS_OPEN        "m.number IN (SELECT m.number FROM matter m WHERE " OPEN ")"
#define NEWEST(narrow) SUBTREE "SELECT * FROM (" ROWS(narrow) " ORDER BY m.number DESC LIMIT ?8) ORDER BY 1"

int matter_list(struct store *s, const struct matter_filter *f, int (*row)(void *ctx, const struct matter *m),
		void *ctx)
{
	/* All of them are not held to be sorted: they lie in the order of their numbers. */
	const char *sql = f->overdue || (f->state && !strcmp(f->state, "open")) ? NEWEST(IS_OPEN)
			  : f->assignee                                         ? NEWEST("m.assignee = ?4")
			  : f->limit > 0                                        ? NEWEST("true")
					 : SUBTREE ROWS("?8 <> 0") " ORDER BY m.number";
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, sql, "TTTiIbII", f->state ? f->state : "", f->category ? f->category : "",
			   f->grid ? f->grid : "", f->assignee, f->since_utc, f->overdue, f->now_utc,
			   f->limit > 0 ? (int64_t)f->limit : (int64_t)-1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct matter m = read_row(&q);
		if (m.private)
			m.text = m.building = m.unit = m.room = m.place = m.number_from = m.reporter_name = "";
		int end = row(ctx, &m);
		if (end)
			return end;
	}
	return r;
}

int matter_count(struct store *s, int64_t now, int64_t *ret_open, int64_t *ret_overdue, int64_t *ret_help)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT count(*), coalesce(sum(due_utc < ?), 0), coalesce(sum(origin = 'duty'), 0) FROM matter"
	    " WHERE state IN ('received', 'verified', 'assigned', 'in_progress')",
	    "I", now);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	*ret_open = query_int(&q, 0);
	*ret_overdue = query_int(&q, 1);
	*ret_help = query_int(&q, 2);
	return 0;
}

int matter_phones(struct store *s, int number, char (*ret)[E164_MAX], int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT number_from, 0 FROM matter WHERE number = ?1 AND number_from <> '' UNION"
			   " SELECT su.number, 1 FROM supporter su JOIN matter m ON m.number = su.matter"
			   " WHERE su.matter = ?1 AND su.number <> m.number_from ORDER BY 2, 1",
			   "i", number);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		text_copy(ret[n++], E164_MAX, query_text(&q, 0));
	return r < 0 ? r : n;
}

#include "store/staff.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <string.h>

#define LOOKED_AT 64 /* staff of one role in one place */

int staff_grids(struct store *s, const char *grid, char (*ret)[ROUTE_GRID_MAX], int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "WITH RECURSIVE up (code, d) AS (SELECT ?1, 0 WHERE ?1 IS NOT NULL"
			   " UNION SELECT g.parent, d + 1 FROM grid g JOIN up ON g.code = up.code"
			   " WHERE g.parent IS NOT NULL AND d < 16) SELECT code FROM up ORDER BY d",
			   "T", grid ? grid : "");
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		text_copy(ret[n++], ROUTE_GRID_MAX, query_text(&q, 0));
	return r < 0 ? r : n;
}

static int open_cases(struct store *s, int64_t person, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT count(*) FROM matter INDEXED BY matter_hands WHERE assignee = ?"
			 " AND state IN ('received', 'verified', 'assigned', 'in_progress')",
			 "I", person);
}

static int is_absent(struct store *s, int64_t person, int64_t now, bool *ret)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n, "SELECT count(*) FROM duty_absence WHERE person = ?1 AND from_utc <= ?2 AND until_utc > ?2",
	    "II", person, now);
	*ret = n > 0;
	return r;
}

/* Of the nearest grid's people who are there the one with the least to do; they come nearest first. */
static int least_busy(struct store *s, const struct person *people, int count, int64_t except, int64_t now,
		      struct person *ret)
{
	int64_t least = INT64_MAX;
	const struct person *first = NULL;
	for (int i = 0; i < count; i++) {
		int64_t n;
		bool absent;
		if (people[i].id == except)
			continue;
		if (first && strcmp(first->grid, people[i].grid) != 0)
			break;
		int r = is_absent(s, people[i].id, now, &absent);
		if (r < 0 || (r = open_cases(s, people[i].id, &n)) < 0)
			return r;
		if (absent)
			continue;
		if (n < least) {
			least = n;
			*ret = people[i];
		}
		first = &people[i];
	}
	return 0;
}

/* Who stands in for the worker of a grid: the first of its duty list who is there. */
static int deputy(struct store *s, const char *grid, int64_t except, int64_t now, struct person *ret)
{
	cleanup_query struct query q = {0};
	int64_t id = 0;
	int r = query_open(s, &q,
			   "SELECT d.person FROM duty d JOIN person p ON p.id = d.person WHERE d.grid = ?1 AND"
			   " d.person <> ?2 AND p.forgotten_utc IS NULL AND " PERSON_NUMBER " IS NOT NULL"
			   " AND NOT EXISTS (SELECT 1 FROM duty_absence a WHERE a.person = d.person"
			   "  AND a.from_utc <= ?3 AND a.until_utc > ?3) ORDER BY d.position, d.id LIMIT 1",
			   "tII", grid, except, now);
	if (r >= 0 && (r = query_next(&q)) == 1)
		id = query_int(&q, 0);
	query_close(&q);
	return r < 0 || !id ? r : person_get(s, id, ret);
}

int staff_named(struct store *s, unsigned roles, const char *name, const char *grid, struct person *ret,
		int max)
{
	cleanup_query struct query q = {0};
	cleanup_buf struct buf words = {0};
	int64_t ids[LOOKED_AT];
	int n = 0, kept = 0;
	person_roles_json(roles, &words);
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE up (code, d) AS (SELECT ?3, 0 WHERE ?3 IS NOT NULL"
	    " UNION SELECT g.parent, d + 1 FROM grid g JOIN up ON g.code = up.code"
	    " WHERE g.parent IS NOT NULL AND d < 16)"
	    "SELECT p.id FROM person p JOIN household h ON h.id = p.household WHERE p.id IN"
	    " (SELECT person FROM person_role WHERE role IN (SELECT value FROM json_each(?2)))"
	    " AND p.forgotten_utc IS NULL AND p.name <> '' AND (instr(p.name, ?1) OR instr(?1, p.name))"
	    " ORDER BY p.name = ?1 DESC, coalesce((SELECT d FROM up WHERE code = h.grid), 99), p.id LIMIT ?4",
	    "ttTi", name, buf_str(&words), grid ? grid : "", LOOKED_AT);
	while (r >= 0 && n < LOOKED_AT && (r = query_next(&q)) == 1)
		ids[n++] = query_int(&q, 0);
	query_close(&q);
	for (int i = 0; i < n && kept < max && r >= 0; i++)
		if ((r = person_get(s, ids[i], &ret[kept])) >= 0 && ret[kept].number[0])
			kept++;
	return r < 0 ? r : kept;
}

/* 1: somebody is there (*ret), 0: nobody, the next target is looked at; STOP: it ends here. */
enum { STOP = 2 };
static int target_person(struct store *s, const struct route_target *t, const char *grid, int64_t except,
			 int64_t now, struct person *ret)
{
	static const unsigned roles[ROUTE_TARGET_KIND_COUNT] = {
	    [ROUTE_WORKER] = ROLE(GRID_WORKER),
	    [ROUTE_DEPARTMENT] = ROLE(DEPARTMENT),
	    [ROUTE_EXPERT] = ROLE(EXPERT),
	    [ROUTE_DUTY] = ROLE(DUTY_OFFICER),
	};
	cleanup_free struct person *people = mem_array(LOOKED_AT, sizeof *people);
	if (!roles[t->kind])
		return STOP;
	if (!*grid && t->kind != ROUTE_DEPARTMENT)
		return 0; /* nobody knows where it is: a person looks first */
	int n = t->kind == ROUTE_DEPARTMENT ? staff_named(s, roles[t->kind], t->name, grid, people, LOOKED_AT)
					    : persons_with_role(s, roles[t->kind], grid, people, LOOKED_AT);
	if (n < 0)
		return n;
	ret->id = 0;
	int r = least_busy(s, people, n, except, now, ret);
	/* the grid's own worker is away: whoever stands in there comes before the worker of the grid above */
	if (r >= 0 && t->kind == ROUTE_WORKER && n && people[0].id != except &&
	    (!ret->id || strcmp(ret->grid, people[0].grid) != 0))
		r = deputy(s, people[0].grid, except, now, ret);
	return r < 0 ? r : ret->id != 0;
}

int staff_of_route(struct store *s, const struct route *r, int step, const char *grid, int64_t except,
		   int64_t now, struct person *ret, int *ret_step)
{
	int found = 0;
	*ret = (struct person){0};
	for (; found == 0 && step < r->to_count; step++)
		if ((found = target_person(s, &r->to[step], grid, except, now, ret)) < 0)
			return found;
	if (found == STOP)
		ret->id = 0;
	*ret_step = step;
	return 0;
}

int staff_above(struct store *s, const char *grid, struct person *ret, int max)
{
	char grids[2][ROUTE_GRID_MAX];
	int n = staff_grids(s, grid, grids, 2);
	return n < 2 ? (n < 0 ? n : 0) : persons_with_role(s, ROLE(GRID_WORKER), grids[1], ret, max);
}

/* A person's own, and those of the whole department ?2. What is open is looked for in its own index: a worker of many years has settled
 * thousands. */
#define THEIRS                                                                                                 \
	"(SELECT ?1 UNION SELECT p.id FROM person p JOIN person_role pr ON pr.person = p.id"                   \
	" AND pr.role = 'department' WHERE p.name = ?2)"

int staff_cases(struct store *s, int64_t person, const char *department, enum staff_which which, int *ret,
		int max, int *ret_count)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT number FROM matter INDEXED BY matter_hands WHERE kind <> 'task' AND assignee IN " THEIRS
	    " AND ((?3 <> 2 AND state IN ('received', 'verified', 'assigned')) OR (?3 <> 1 AND state = "
	    "'in_progress'))"
	    " AND state IN ('received', 'verified', 'assigned', 'in_progress') ORDER BY number DESC",
	    "ITi", person, department ? department : "", (int)which);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		if (n < max)
			ret[n] = (int)query_int(&q, 0);
		n++;
	}
	*ret_count = n;
	return r < 0 ? r : n < max ? n : max;
}

#define OPEN_STATES "state IN ('received', 'verified', 'assigned', 'in_progress')"

int staff_waiting(struct store *s, const struct staff_asking *who, int64_t now, int *ret, int max,
		  int *ret_count, int *ret_late)
{
	cleanup_query struct query q = {0};
	int n = 0, late = 0;
	int r = query_open(
	    s, &q,
	    "SELECT number, due_utc FROM (SELECT number, due_utc FROM matter INDEXED BY matter_hands"
	    " WHERE kind <> 'task' AND " OPEN_STATES " AND assignee IN " THEIRS
	    " UNION SELECT matter, due_utc FROM consult WHERE expert = ?1 AND closed_utc IS NULL"
	    " UNION SELECT number, due_utc FROM matter INDEXED BY matter_open WHERE ?3 AND " OPEN_STATES
	    "  AND assignee IS NULL AND kind = 'case' AND private = 0 AND grid IN"
	    "  (SELECT code FROM grid WHERE ?4 IS NULL UNION SELECT * FROM " GRID_SUBTREE(
		"?4") ")"
		      " UNION SELECT number, due_utc FROM matter INDEXED BY matter_open WHERE ?3 "
		      "AND " OPEN_STATES
		      "  AND assignee IS NULL AND kind = 'case' AND private = 0 AND grid IS NULL"
		      " UNION SELECT number, due_utc FROM matter INDEXED BY matter_open WHERE ?5 "
		      "AND " OPEN_STATES "  AND assignee IS NULL AND private = 1 AND origin = 'private'"
		      ") ORDER BY due_utc IS NULL, due_utc, number",
	    "ITbTb", who->person, who->department ? who->department : "", who->desk != NULL,
	    who->desk ? who->desk : "", who->mediator);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		if (n < max)
			ret[n] = (int)query_int(&q, 0);
		n++;
		late += query_int(&q, 1) && query_int(&q, 1) < now;
	}
	*ret_count = n;
	*ret_late = late;
	return r < 0 ? r : n < max ? n : max;
}

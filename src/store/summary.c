#include "store/summary.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUBTREE                                                                                                \
	"WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?1 UNION"                             \
	" SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"

/* ------------------------------------------------------------------------------------------------ cases */

static int rating_of(const char *entry)
{
	return !strcmp(entry, "rated good")   ? RATING_GOOD
	       : !strcmp(entry, "rated fair") ? RATING_FAIR
	       : !strcmp(entry, "rated bad")  ? RATING_BAD
					      : RATING_NONE;
}

/* The case's own columns; its journal comes with further rows. */
static void read_case(const struct query *q, struct case_figures *c)
{
	int category = category_find(query_text(q, 3)), state = case_state_find(query_text(q, 2));
	*c = (struct case_figures){.number = (int)query_int(q, 0),
				   .rating = RATING_NONE,
				   .state = state < 0 ? CASE_RECEIVED : (enum case_state)state,
				   .category = category < 0 ? CATEGORY_OTHER : (enum category)category,
				   .proposal = !strcmp(query_text(q, 1), "proposal"),
				   .urgent = query_int(q, 5) != 0,
				   .private = query_int(q, 6) != 0,
				   .opened_utc = query_int(q, 7),
				   .due_utc = query_int(q, 8),
				   .resolved_utc = query_int(q, 9),
				   .first_human_utc = query_int(q, 10),
				   .reopened = (int)query_int(q, 11)};
	text_copy(c->grid, sizeof c->grid, query_text(q, 4));
}

int summary_cases(struct store *s, const struct summary_scope *scope, int64_t from, int64_t to,
		  int (*row)(void *ctx, const struct case_figures *c), void *ctx)
{
	cleanup_query struct query q = {0};
	struct case_figures c = {0};
	int end = 0;
	int r = query_open(
	    s, &q,
	    SUBTREE
	    "SELECT m.number, m.kind, m.state, m.category, coalesce(m.grid, ''), m.urgent, m.private, "
	    "m.opened_utc,"
	    " coalesce(m.due_utc, 0), coalesce(m.resolved_utc, 0), coalesce(m.first_human_utc, 0), m.reopened,"
	    " coalesce(j.entry, '') FROM matter m LEFT JOIN journal j ON j.matter = m.number"
	    " AND j.entry IN ('asked', 'overdue', 'rated good', 'rated fair', 'rated bad')"
	    " WHERE m.opened_utc >= ?2 AND m.opened_utc < ?3 AND m.kind <> 'task' AND m.origin <> 'quarantine'"
	    " AND (?1 IS NULL OR m.grid IN sub) AND (?4 IS NULL OR m.category = ?4)"
	    " ORDER BY m.opened_utc, m.number, j.id",
	    "TIIT", scope->grid ? scope->grid : "", from, to, scope->category ? scope->category : "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		if (c.number != (int)query_int(&q, 0)) {
			if (c.number && (end = row(ctx, &c)))
				return end;
			read_case(&q, &c);
		}
		const char *entry = query_text(&q, 12);
		c.asked |= !strcmp(entry, "asked");
		c.was_overdue |= !strcmp(entry, "overdue");
		if (rating_of(entry) != RATING_NONE)
			c.rating = rating_of(entry);
	}
	return r >= 0 && c.number ? row(ctx, &c) : r;
}

/* ------------------------------------------------------------------------------------------------ grids */

/* Which row of the breakdown a grid counts in. */
struct place {
	char code[GRID_CODE_MAX], name[96];
	int depth, row; /* row −1: none */
};

struct places {
	struct summary *s;
	struct place *list; /* the tree from its top, then sorted by code */
	size_t count, cap;
	int roots;
};

static int add_place(void *user, const struct grid *g)
{
	struct places *p = user;
	if (p->count == p->cap)
		p->list = mem_resize(p->list, p->cap = p->cap ? p->cap * 2 : 64, sizeof *p->list);
	struct place *x = &p->list[p->count++];
	*x = (struct place){.depth = g->depth, .row = -1};
	text_copy(x->code, sizeof x->code, g->code);
	text_copy(x->name, sizeof x->name, g->name);
	p->roots += g->depth == 0;
	return 0;
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->code, ((const struct place *)b)->code);
}

static int load_places(struct store *s, const char *top, struct places *p)
{
	int r = grid_list(s, top, add_place, p);
	p->s->grids = mem_array(SUMMARY_GRIDS, sizeof *p->s->grids);
	/* one top: itself is a row, and each of its children with all below; several: each of them is */
	int level = p->roots == 1;
	for (size_t i = 0; i < p->count; i++) {
		struct place *x = &p->list[i];
		if (x->depth <= level && p->s->grid_count < SUMMARY_GRIDS - 1) {
			struct summary_grid *row = &p->s->grids[p->s->grid_count++];
			text_copy(row->code, sizeof row->code, x->code);
			text_copy(row->name, sizeof row->name, x->name);
			row->own = x->depth < level;
			x->row = p->s->grid_count - 1;
		} else if (x->depth > level)
			x->row = p->list[i - 1].row; /* parents stand before their children */
	}
	if (p->count)
		qsort(p->list, p->count, sizeof *p->list, by_code);
	return r;
}

/* The row that a case of this grid counts in. What lies in no grid has one, too. */
static struct figures *row_of(struct places *p, const char *grid)
{
	struct summary *m = p->s;
	struct place key = {.row = 0}, *found;
	text_copy(key.code, sizeof key.code, grid);
	found = p->count ? bsearch(&key, p->list, p->count, sizeof *p->list, by_code) : NULL;
	if (found)
		return found->row >= 0 ? &m->grids[found->row].f : NULL;
	struct summary_grid *last = m->grid_count ? &m->grids[m->grid_count - 1] : NULL;
	if (!last || *last->code) {
		if (m->grid_count == SUMMARY_GRIDS)
			return NULL;
		last = &m->grids[m->grid_count++];
	}
	return &last->f;
}

/* ------------------------------------------------------------------------------------------------ the walk */

struct walk {
	struct summary *s;
	struct places places;
	int64_t now;
};

static int count_case(void *ctx, const struct case_figures *c)
{
	struct walk *w = ctx;
	struct summary *s = w->s;
	figures_add(&s->whole, c, w->now);
	for (int i = 0; i < s->part_count; i++)
		if (c->opened_utc >= s->part[i].from_utc && c->opened_utc < s->part[i].to_utc)
			figures_add(&s->parts[i], c, w->now);
	if (c->private) {
		figures_add(&s->private, c, w->now);
		return 0;
	}
	figures_add(&s->category[c->category], c, w->now);
	struct figures *grid = row_of(&w->places, c->grid);
	if (grid)
		figures_add(grid, c, w->now);
	return 0;
}

static int count_before(void *ctx, const struct case_figures *c)
{
	struct walk *w = ctx;
	figures_add(&w->s->before, c, w->now);
	return 0;
}

static int settled_within(struct store *s, const struct summary_scope *scope, int64_t from, int64_t to,
			  int64_t *ret)
{
	return store_get(
	    s, ret,
	    SUBTREE "SELECT count(*) FROM matter m WHERE m.resolved_utc >= ?2 AND m.resolved_utc < ?3"
		    " AND m.kind <> 'task' AND m.origin <> 'quarantine' AND m.state IN ('resolved',"
		    " 'confirmed', 'closed') AND (?1 IS NULL OR m.grid IN sub)"
		    " AND (?4 IS NULL OR m.category = ?4)",
	    "TIIT", scope->grid ? scope->grid : "", from, to, scope->category ? scope->category : "");
}

static int cases_of(struct store *s, const struct summary_scope *scope, struct walk *w)
{
	struct summary *m = w->s;
	int64_t from = m->period.from_utc, to = m->to_utc;
	struct period before;
	period_shift(&m->period, -1, &before);
	/* a month that has lasted ten days is held against the first ten of the one before */
	int64_t before_to = m->complete ? before.to_utc : before.from_utc + (to - from);
	if (before_to > before.to_utc)
		before_to = before.to_utc;
	int r = load_places(s, scope->grid, &w->places);
	if (r >= 0)
		r = summary_cases(s, scope, from, to, count_case, w);
	if (r >= 0)
		r = settled_within(s, scope, from, to, &m->whole.settled_within);
	for (int i = 0; i < m->part_count && r >= 0; i++)
		r = settled_within(s, scope, m->part[i].from_utc, m->part[i].to_utc,
				   &m->parts[i].settled_within);
	if (r >= 0)
		r = summary_cases(s, scope, before.from_utc, before_to, count_before, w);
	if (r >= 0)
		r = settled_within(s, scope, before.from_utc, before_to, &m->before.settled_within);
	free(w->places.list);
	return r;
}

int summary_collect(struct store *s, const struct period *p, const struct summary_scope *scope, int64_t now,
		    struct summary **ret)
{
	struct summary *m = mem_alloc(sizeof *m);
	struct walk w = {.s = m, .places = {.s = m}, .now = now};
	m->period = *p;
	m->complete = p->to_utc <= now;
	m->to_utc = m->complete ? p->to_utc : now > p->from_utc ? now : p->from_utc;
	m->part_count = period_parts(p, m->part);
	bool look = store_look(s);
	int r = scope->grid ? grid_known(s, scope->grid) : 0;
	if (r >= 0)
		r = cases_of(s, scope, &w);
	if (r >= 0 && !scope->category)
		r = summary_meetings(s, scope->grid, p->from_utc, p->to_utc, now, &m->meetings);
	if (r >= 0 && !scope->category)
		r = summary_help(s, scope->grid, p->from_utc, m->to_utc, &m->help);
	if (r >= 0 && !scope->category && !scope->grid)
		r = summary_texts(s, p->from_utc, m->to_utc, &m->texts);
	if (r >= 0 && !scope->category && !scope->grid)
		r = reading_summary(s, p->from_utc, m->to_utc, &m->sensors);
	if (r >= 0)
		r = summary_late(s, scope, now, m);
	store_looked(s, look);
	if (r < 0) {
		summary_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

#include "store/matter_route.h"
#include "base/text.h"
#include "store/matter.h"
#include "store/staff.h"

int matter_route(struct store *s, const struct routes *routes, enum category c, const char *grid,
		 const struct route **ret)
{
	char grids[STAFF_GRIDS][ROUTE_GRID_MAX];
	int n = staff_grids(s, grid, grids, STAFF_GRIDS);
	if (n >= 0)
		*ret = route_find(routes, c, (const char(*)[ROUTE_GRID_MAX])grids, n);
	return n < 0 ? n : 0;
}

struct fresh {
	enum category category;
	char grid[GRID_CODE_MAX];
	int step;
	bool stays;
};

static int copy(void *ctx, const struct matter *m)
{
	struct fresh *f = ctx;
	f->category = m->category;
	f->step = m->route_step;
	f->stays = m->private || m->kind != MATTER_CASE || m->state != CASE_RECEIVED || m->urgent;
	text_copy(f->grid, sizeof f->grid, m->grid);
	return 0;
}

int matter_begin(struct store *s, const struct routes *routes, int number, int64_t except, int64_t now)
{
	static const struct actor by = {"daemon", CHANNEL_TIMER, 0};
	const struct route *route;
	struct fresh f;
	struct person who;
	int step = 0, r = matter_get(s, number, copy, &f);
	if (r < 0 || f.stays)
		return r;
	if ((r = matter_route(s, routes, f.category, f.grid, &route)) < 0 ||
	    (r = staff_of_route(s, route, f.step, f.grid, except, now, &who, &step)) < 0 || !who.id)
		return r;
	return matter_act(s, number,
			  &(struct matter_step){
			      .event = CASE_EV_ASSIGN, .person = who.id, .route_step = step, .note = who.name},
			  &by, now, NULL);
}

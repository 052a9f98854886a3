#include "cli/case_route.h"

#include "base/paths.h"
#include "base/text.h"
#include "civic/deadline.h"
#include "civic/route.h"
#include "store/matter.h"
#include "store/matter_route.h"
#include "store/person.h"

#include <limits.h>

void case_routes(struct cli *c, struct routes **ret)
{
	char dir[PATH_MAX], line[640];
	struct err e = {0};
	(void)c;
	*ret = NULL;
	if (paths_data(dir, sizeof dir) < 0)
		err_set(&e, NULL, 0, "%s", _("the data folder with rules/ was not found; set YISHI_DATA"));
	else if (routes_load(dir, ret, &e) >= 0)
		return;
	cli_note(_("nobody is given the case by a route: %s"), err_line(&e, line, sizeof line));
}

int case_deadline(struct cli *c, const struct routes *r, enum category category, const char *grid, int level,
		  bool urgent, int64_t *ret_utc)
{
	struct holidays days;
	const struct route *route;
	int e = matter_route(c->store, r, category, grid, &route);
	if (e < 0)
		return e;
	holidays_load(c->config->holidays, &days);
	*ret_utc = deadline_after(&(struct calendar){c->config->working_hours, &days}, cli_now(c),
				  route_hours(route, level, urgent) * HOUR_S);
	return 0;
}

struct known {
	enum category category;
	char grid[GRID_CODE_MAX];
	int level;
	bool urgent;
};

static int copy(void *ctx, const struct matter *m)
{
	struct known *k = ctx;
	*k = (struct known){.category = m->category, .level = m->level, .urgent = m->urgent};
	text_copy(k->grid, sizeof k->grid, m->grid);
	return 0;
}

int case_deadline_of(struct cli *c, int number, int level_up, int64_t *ret_utc)
{
	struct known k = {0};
	struct routes *routes;
	int r = matter_get(c->store, number, copy, &k);
	if (r < 0)
		return r;
	case_routes(c, &routes);
	r = case_deadline(c, routes, k.category, k.grid, k.level + level_up, k.urgent, ret_utc);
	routes_free(routes);
	return r;
}

int case_pass_on(struct cli *c, int number, int64_t except)
{
	struct routes *routes;
	case_routes(c, &routes);
	int r = matter_begin(c->store, routes, number, except, cli_now(c));
	routes_free(routes);
	return r;
}

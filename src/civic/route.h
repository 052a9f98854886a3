/* Routes: who settles a matter of this category in this grid, and within how many working hours, as data. A file of
 * rows, one a line, columns separated by |, comments begin with #:
 *
 *     # category | grid  | to                               | hours    | flags
 *     water      | *     | worker > department 水务         | 8 16 40  | deliberate verify
 *     *          | KS-05 | department 星河物业 > secretary  | 16 40 80 |
 *
 * The row of the nearest grid counts (its own, then the ones above, then *); among these the one that names the
 * category. `to` is tried from the left: the first that there is somebody for gets it, who gives it back sends it to
 * the next. `hours` are for the levels of civic/case_life.h: the grid, the community, the street. Reading changes
 * nothing; finding is pure. */
#pragma once

#include "base/err.h"
#include "rules/intent.h"

#include <stdbool.h>

#define ROUTES_MAX      400
#define ROUTE_TARGETS   4
#define ROUTE_LEVELS    3 /* the grid, the community, the street */
#define ROUTE_GRID_MAX  32
#define ROUTE_HOURS_MAX 2000

/* X(identifier, "word in the file") */
#define ROUTE_TARGET_KINDS(X)                                                                                  \
	X(WORKER, "worker")         /* the grid's worker, the nearest grid upwards */                          \
	X(DEPARTMENT, "department") /* of this name */                                                         \
	X(EXPERT, "expert")                                                                                    \
	X(DUTY, "duty")           /* a duty officer */                                                         \
	X(SECRETARY, "secretary") /* nobody yet: the secretary's list */                                       \
	X(AGENDA, "agenda")       /* nobody: the next meeting */

enum route_target_kind {
#define X(id, name) ROUTE_##id,
	ROUTE_TARGET_KINDS(X)
#undef X
	    ROUTE_TARGET_KIND_COUNT
};
const char *route_target_name(enum route_target_kind k);

struct route_target {
	enum route_target_kind kind;
	char name[INTENT_SHORT_MAX]; /* of the department, else "" */
};

struct route {
	int category;              /* enum category, −1 any */
	char grid[ROUTE_GRID_MAX]; /* its subtree; "" any */
	struct route_target to[ROUTE_TARGETS];
	int to_count;
	int hours[ROUTE_LEVELS];
	bool deliberate; /* may go to a meeting's agenda */
	bool verify;     /* two neighbours of the building are asked whether it is so */
	int line;
};

struct routes;

/* DATA/rules/cases.routes. -ENOENT, -EINVAL with file, line and sentence in `e`; *ret untouched. */
int routes_load(const char *data_dir, struct routes **ret, struct err *e);
/* The same from text, for tests; `path` stands in errors. */
int routes_parse(const char *text, const char *path, struct routes **ret, struct err *e);
void routes_free(struct routes *r);
int routes_count(const struct routes *r);

/* The route of a category in a grid: `grids` are its code and those above it, nearest first. Never NULL: a file
 * without a row for everything is refused. `r` NULL (tests, no data): the secretary in 40 hours. */
const struct route *route_find(const struct routes *r, enum category c, const char (*grids)[ROUTE_GRID_MAX],
			       int grid_count);

/* Working hours at a level (1 …) of a route; an urgent matter has URGENT_HOURS. */
#define URGENT_HOURS 2
int route_hours(const struct route *r, int level, bool urgent);

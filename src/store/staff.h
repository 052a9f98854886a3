/* Who settles cases: the target of a route, a department or a colleague by name, whoever stands above, and what somebody
 * has on their list. Only people with a phone that can be texted. Reads only. */
#pragma once

#include "civic/route.h"
#include "store/person.h"

#define STAFF_GRIDS 16 /* steps from a building up to the city */

#define ROLES_SETTLE                                                                                           \
	(ROLE(BUILDING_HEAD) | ROLE(GRID_WORKER) | ROLE(DEPARTMENT) | ROLE(EXPERT) | ROLE(DUTY_OFFICER) |      \
	 ROLE(SECRETARY))

/* A grid's code and those above it, nearest first; the count, or -errno. "" has none. */
int staff_grids(struct store *s, const char *grid, char (*ret)[ROUTE_GRID_MAX], int max);

/* The first target of the route, from its `step` on, that there is somebody for, without `except` (0: nobody) and without
 * those above the grid's border; *ret_step: how many targets were looked at. ret->id 0: nobody, the secretary's list. Of
 * several workers of the nearest grid the one with the fewest open cases. */
int staff_of_route(struct store *s, const struct route *r, int step, const char *grid, int64_t except,
		   int64_t now, struct person *ret, int *ret_step);

/* Staff of these roles whose name holds `name` (or is held by it: 水务 and 水务局), those of the grid and above first.
 * The count, or -errno. */
int staff_named(struct store *s, unsigned roles, const char *name, const char *grid, struct person *ret,
		int max);

/* Workers of the nearest grid above this one. */
int staff_above(struct store *s, const char *grid, struct person *ret, int max);

/* Open cases of this person, or of the department of this name (NULL: no department), youngest first; the numbers of at
 * most `max`, *ret_count tells all. */
enum staff_which { STAFF_ALL, STAFF_UNTAKEN, STAFF_TAKEN };
int staff_cases(struct store *s, int64_t person, const char *department, enum staff_which which, int *ret,
		int max, int *ret_count);

/* Whose list it is. */
struct staff_asking {
	int64_t person;
	const char *department; /* for which they speak; NULL: none */
	const char
	    *desk; /* cases of this grid ("": all), and of no known grid, that nobody has; NULL: not theirs */
	bool mediator; /* private matters that nobody has */
};
/* What waits for somebody, consultations too. The most urgent first; *ret_late: past their deadline. */
int staff_waiting(struct store *s, const struct staff_asking *who, int64_t now, int *ret, int max,
		  int *ret_count, int *ret_late);

/* Who settles a case and by when, as the daemon decides it: routes and calendar of the configuration. */
#pragma once

#include "cli/cli.h"
#include "rules/intent.h"

struct routes;

/* The routes of the data folder, read for each call: the caller frees with routes_free. Where they cannot be read a note
 * says so, and *ret is NULL: the secretary in 40 hours. */
void case_routes(struct cli *c, struct routes **ret);
/* The deadline of a matter of this category in this grid at a level, counted from now. The store is open. */
int case_deadline(struct cli *c, const struct routes *r, enum category category, const char *grid, int level,
		  bool urgent, int64_t *ret_utc);
/* The same for a case that is there, `level_up` levels above its own; 0, -ENOENT or another −errno. */
int case_deadline_of(struct cli *c, int number, int level_up, int64_t *ret_utc);
/* A case without anybody goes to the next of its route, but not to `except`. Inside the caller's transaction. */
int case_pass_on(struct cli *c, int number, int64_t except);

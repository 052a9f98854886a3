/* Sending a case on its way: who gets it first, or next, as its route says. Writers need a transaction. */
#pragma once

#include "civic/route.h"
#include "store/journal.h"

/* The route of a category in a grid, the grids above it looked up. */
int matter_route(struct store *s, const struct routes *routes, enum category c, const char *grid,
		 const struct route **ret);
/* A case that nobody has is given to the next of its route that there is somebody for, but not to `except` (0: nobody);
 * where there is nobody, where it is private, urgent (duty officers have it) or no case at all, it stays `received`. */
int matter_begin(struct store *s, const struct routes *routes, int number, int64_t except, int64_t now);

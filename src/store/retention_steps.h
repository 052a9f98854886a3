/* What goes when it is old, as statements. For retention.c alone.
 *
 * Each is asked over a range of ids: ?1 < id <= ?2; ?3 is the time before which a thing is old, ?4 how many rows at most,
 * ?5 the time now. Each finds only what is still there, so that a second run changes nothing. */
#pragma once

#include "store/retention.h"

/* A table through which a step goes by its ids; they grow with time, so that the last old one is found by halving. */
struct retention_sweep {
	const char *first, *last; /* the smallest id, the greatest */
	const char *time_at;      /* of the first row at or after the id ?1; NULL: time says nothing */
};

struct retention_step {
	enum retention_kind kind;
	const char *what;
	const struct retention_sweep *over; /* NULL: a short table, taken whole */
	const char *count, *act;
};

extern const struct retention_step retention_steps[];
extern const int retention_step_count;

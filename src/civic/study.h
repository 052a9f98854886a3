/* Cases for a study, so that nobody can be found in them: month × grid × category, and each row of at least k cases. What is
 * less goes up: into the grid above, at the top into "any category", then into "any month"; the rest is left out and
 * counted. A case is in one row only and there are no sums, so that nothing can be had by subtracting. Within a row a share
 * is blank whose part, or what is not in it, is less than k, and a time that was measured on less. Private matters have no
 * place here: whoever calls leaves them out. Pure. */
#pragma once

#include "civic/figures.h"

#define STUDY_K   5    /* the least */
#define STUDY_ANY (-1) /* any month, any grid, any category */

struct study_case {
	int month;    /* of the caller's counting, from 0 */
	int grid;     /* index into the parents, or STUDY_ANY: of no grid */
	int category; /* enum category */
	struct case_figures figures;
};

struct study_row {
	int month, grid, category; /* each may be STUDY_ANY */
	struct figures f;
};

/* `parents`: of each grid the index of the one above, or STUDY_ANY at a top; no loops. `cases` is put into another order.
 * Rows come by month, grid and category. *ret_left_out: cases in no row. A callback's non-zero ends it and is
 * returned. */
int study_rows(struct study_case *cases, size_t count, const int *parents, int grid_count, int k,
	       int64_t now_utc, int (*row)(void *ctx, struct study_row *r), void *ctx, size_t *ret_left_out);

/* May this share stand in a row? */
bool study_share_is_safe(struct share s, int k);

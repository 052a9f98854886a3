#include "civic/study.h"
#include "base/order.h"

#include <stdlib.h>

static int by_cell(const void *a, const void *b)
{
	const struct study_case *x = a, *y = b;
	int r = order(x->month, y->month);
	if (!r)
		r = order(x->grid, y->grid);
	if (!r)
		r = order(x->category, y->category);
	return r ? r : order(x->figures.number, y->figures.number);
}

static bool same_cell(const struct study_case *x, const struct study_case *y)
{
	return x->month == y->month && x->grid == y->grid && x->category == y->category;
}

static int depth_of(int grid, const int *parents)
{
	int d = 0;
	for (; grid >= 0; grid = parents[grid])
		d++;
	return d;
}

/* The cells of so many grids' depth (0: of no grid) that are too small become their parents'. */
static void lift(struct study_case *cases, size_t count, const int *parents, int depth, size_t k)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && same_cell(&cases[i], &cases[end]); end++)
			;
		if (end - i >= k || depth_of(cases[i].grid, parents) != depth)
			continue;
		int grid = depth ? parents[cases[i].grid] : STUDY_ANY;
		for (size_t j = i; j < end; j++)
			cases[j].grid = grid;
	}
}

/* Cells without a grid that are too small lose their category, then their month. */
static void widen(struct study_case *cases, size_t count, bool month, size_t k)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && same_cell(&cases[i], &cases[end]); end++)
			;
		if (end - i >= k || cases[i].grid != STUDY_ANY)
			continue;
		for (size_t j = i; j < end; j++) {
			cases[j].category = STUDY_ANY;
			if (month)
				cases[j].month = STUDY_ANY;
		}
	}
}

static int tell(struct study_case *cases, size_t count, size_t k, int64_t now,
		int (*row)(void *ctx, struct study_row *r), void *ctx, size_t *ret_left_out)
{
	int r = 0;
	*ret_left_out = 0;
	for (size_t i = 0, end; i < count && !r; i = end) {
		struct study_row x = {
		    .month = cases[i].month, .grid = cases[i].grid, .category = cases[i].category};
		for (end = i; end < count && same_cell(&cases[i], &cases[end]); end++)
			figures_add(&x.f, &cases[end].figures, now);
		if (end - i >= k)
			r = row(ctx, &x);
		else
			*ret_left_out += end - i;
		figures_done(&x.f);
	}
	return r;
}

int study_rows(struct study_case *cases, size_t count, const int *parents, int grid_count, int k, int64_t now,
	       int (*row)(void *ctx, struct study_row *r), void *ctx, size_t *ret_left_out)
{
	int deepest = 0;
	if (!count)
		return tell(cases, 0, (size_t)k, now, row, ctx, ret_left_out);
	for (int i = 0; i < grid_count; i++)
		if (depth_of(i, parents) > deepest)
			deepest = depth_of(i, parents);
	for (int depth = deepest; depth >= 1; depth--) {
		qsort(cases, count, sizeof *cases, by_cell);
		lift(cases, count, parents, depth, (size_t)k);
	}
	for (int month = 0; month <= 1; month++) {
		qsort(cases, count, sizeof *cases, by_cell);
		widen(cases, count, month, (size_t)k);
	}
	qsort(cases, count, sizeof *cases, by_cell);
	return tell(cases, count, (size_t)k, now, row, ctx, ret_left_out);
}

bool study_share_is_safe(struct share s, int k)
{
	return s.of && (s.n == 0 || s.n >= k) && (s.n == s.of || s.of - s.n >= k);
}

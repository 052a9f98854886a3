/* Anonymous cells for a study (civic/study.h). */
#include "cli/report.h"

#include "base/mem.h"
#include "base/text.h"
#include "civic/study.h"
#include "store/grid.h"
#include "store/store.h"
#include "store/summary.h"

#include <stdlib.h>
#include <string.h>

const struct cli_option study_options[] = {
    {"k", N_("N"), N_("no row with fewer cases, 5 or more"), false},
    {0},
};

static const struct out_column columns[] = {
    {"month", N_("month"), OUT_TEXT, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"category", N_("category"), OUT_TEXT, 0},
    {"cases", N_("cases"), OUT_INT, 0},
    {"settled", N_("settled"), OUT_INT, 0},
    {"confirmed", N_("confirmed"), OUT_INT, 0},
    {"answered", N_("answered"), OUT_INT, 0},
    {"satisfied", N_("satisfied"), OUT_INT, 0},
    {"overdue", N_("missed a deadline"), OUT_INT, 0},
    {"reopened", N_("were reopened"), OUT_INT, 0},
    {"first_human_median_hours", N_("first human, h"), OUT_INT, 0},
    {"settling_median_hours", N_("settled, h"), OUT_INT, 0},
    {0},
};

struct study {
	struct cli *c;
	struct period first; /* month 0 */
	int k;
	struct study_case *cases;
	size_t count, cap;
	struct grid *grids; /* sorted by code once they are all there */
	int *parents, grid_count;
};

static int keep_grid(void *ctx, const struct grid *g)
{
	struct study *st = ctx;
	st->grids = mem_resize(st->grids, (size_t)st->grid_count + 1, sizeof *st->grids);
	st->grids[st->grid_count++] = *g;
	return 0;
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct grid *)a)->code, ((const struct grid *)b)->code);
}

static int grid_index(const struct study *st, const char *code)
{
	struct grid key = {0};
	text_copy(key.code, sizeof key.code, code);
	const struct grid *found =
	    st->grid_count ? bsearch(&key, st->grids, (size_t)st->grid_count, sizeof *st->grids, by_code)
			   : NULL;
	return found ? (int)(found - st->grids) : STUDY_ANY;
}

static int keep_case(void *ctx, const struct case_figures *c)
{
	struct study *st = ctx;
	struct period month;
	if (c->private)
		return 0;
	if (st->count == st->cap)
		st->cases = mem_resize(st->cases, st->cap = st->cap ? st->cap * 2 : 1024, sizeof *st->cases);
	period_at(PERIOD_MONTH, c->opened_utc, &month);
	if (!st->count)
		st->first = month;
	st->cases[st->count++] =
	    (struct study_case){.month = (month.year - st->first.year) * 12 + month.index - st->first.index,
				.grid = grid_index(st, c->grid),
				.category = (int)c->category,
				.figures = *c};
	return 0;
}

static void set_share(json_t *row, const char *key, struct figures *f, enum measure m, int k)
{
	struct measured v;
	figures_measure(f, m, &v);
	json_object_set_new(row, key, study_share_is_safe(v.share, k) ? json_integer(v.share.n) : json_null());
}

static void set_hours(json_t *row, const char *key, struct spread *s, int k)
{
	json_object_set_new(
	    row, key, s->count < (size_t)k ? json_null() : json_integer((spread_at(s, 50) + 1800) / HOUR_S));
}

static int print_row(void *ctx, struct study_row *r)
{
	struct study *st = ctx;
	struct period month;
	char name[PERIOD_NAME_MAX];
	period_shift(&st->first, r->month, &month);
	json_t *row =
	    json_pack("{ss ss ss sI}", "month", r->month == STUDY_ANY ? "*" : period_name(&month, name), "grid",
		      r->grid == STUDY_ANY ? "*" : st->grids[r->grid].code, "category",
		      r->category == STUDY_ANY ? "*" : category_name((enum category)r->category), "cases",
		      (json_int_t)r->f.received);
	set_share(row, "settled", &r->f, MEASURE_SETTLED, st->k);
	set_share(row, "confirmed", &r->f, MEASURE_CONFIRMED, st->k);
	set_share(row, "answered", &r->f, MEASURE_ANSWERED, st->k);
	set_share(row, "satisfied", &r->f, MEASURE_SATISFIED, st->k);
	set_share(row, "overdue", &r->f, MEASURE_OVERDUE, st->k);
	set_share(row, "reopened", &r->f, MEASURE_REOPENED, st->k);
	set_hours(row, "first_human_median_hours", &r->f.first_human, st->k);
	set_hours(row, "settling_median_hours", &r->f.settling, st->k);
	out_row(&st->c->out, row);
	return 0;
}

/* Of the period, or of all time, the months that are over. */
static int bounds(struct cli *c, int64_t *from, int64_t *to)
{
	struct period p, month;
	int64_t now = cli_now(c);
	period_at(PERIOD_MONTH, now, &month);
	*from = 0;
	*to = month.from_utc;
	if (!c->argc)
		return 0;
	if (period_parse(PERIOD_KINDS, c->argv[0], now, &p) || p.kind == PERIOD_WEEK)
		return cli_usage(c, _("%.40s is no month, quarter or year"), c->argv[0]);
	*from = p.from_utc;
	if (p.to_utc < *to)
		*to = p.to_utc;
	return 0;
}

static int gather(struct store *s, struct study *st, int64_t from, int64_t to)
{
	const struct summary_scope all = {0};
	bool look = store_look(s);
	int r = grid_list(s, NULL, keep_grid, st);
	if (st->grid_count)
		qsort(st->grids, (size_t)st->grid_count, sizeof *st->grids, by_code);
	st->parents = mem_array((size_t)st->grid_count + 1, sizeof *st->parents);
	for (int i = 0; i < st->grid_count; i++)
		st->parents[i] = grid_index(st, st->grids[i].parent);
	if (r >= 0)
		r = summary_cases(s, &all, from, to, keep_case, st);
	store_looked(s, look);
	return r;
}

int report_study(struct cli *c)
{
	struct store *s;
	struct study st = {.c = c, .k = STUDY_K};
	int64_t from, to, k;
	size_t left_out = 0;
	int r = cli_opt(c, "k") ? cli_integer(c, cli_opt(c, "k"), "--k", STUDY_K, &k) : 0;
	if (!r && cli_opt(c, "k"))
		st.k = k < 1000000 ? (int)k : 1000000;
	if (r || (r = cli_store(c, &s)) || (r = bounds(c, &from, &to)))
		return r;
	r = gather(s, &st, from, to);
	if (c->out.mode == OUT_TABLE && !c->out.terminal)
		c->out.mode = OUT_CSV; /* it is made for a file */
	out_begin(&c->out, columns);
	if (r >= 0)
		r = study_rows(st.cases, st.count, st.parents, st.grid_count, st.k, cli_now(c), print_row, &st,
			       &left_out);
	out_end(&c->out);
	free(st.cases);
	free(st.grids);
	free(st.parents);
	if (r < 0)
		return cli_store_failed(c, r);
	if (left_out)
		cli_note(_("%zu cases stand in no row: they were too few"), left_out);
	return EX_OK;
}

/* `yishi report`: a period on one page, for the notice board, the street office, a spreadsheet or a script. */
#include "cli/report.h"
#include "cli/nouns.h"

#include "base/text.h"
#include "store/grid.h"
#include "store/summary.h"

#include <errno.h>
#include <string.h>

static int find_name(void *user, const struct grid *g)
{
	text_copy(user, 96, g->name);
	return 1;
}

static int read_scope(struct cli *c, struct store *s, struct report_view *v)
{
	v->scope = (struct summary_scope){.grid = cli_opt(c, "grid"), .category = cli_opt(c, "category")};
	if (v->scope.category && category_find(v->scope.category) < 0)
		return cli_usage(c, _("%s is no category"), v->scope.category);
	if (!v->scope.grid)
		return 0;
	int r = grid_known(s, v->scope.grid);
	if (r == -EINVAL)
		return cli_fail(EX_DATAERR, _("there is no grid %s; `yishi grid list` shows them"),
				v->scope.grid);
	if (r >= 0)
		r = grid_list(s, v->scope.grid, find_name, v->grid_name);
	return r < 0 ? cli_store_failed(c, r) : 0;
}

/* Without a word it is the period that lasts. */
static int read_period(struct cli *c, enum period_kind kind, struct period *ret)
{
	const char *written = c->argc ? c->argv[0] : "this";
	if (period_parse(kind, written, cli_now(c), ret) == 0)
		return 0;
	return cli_usage(c, _("%.40s is no period; such are 2026-11, 2026-Q4, 2026-W47, 2026, last or a date"),
			 written);
}

static int report(struct cli *c, enum period_kind kind, enum report_by by)
{
	struct store *s;
	struct period p;
	struct report_view v = {.by = by};
	int r = cli_store(c, &s);
	if (r || (r = read_period(c, kind, &p)) || (r = read_scope(c, s, &v)))
		return r;
	if ((r = summary_collect(s, &p, &v.scope, cli_now(c), &v.s)) < 0)
		return cli_store_failed(c, r);
	if (cli_opt(c, "html") || cli_opt(c, "output") || cli_opt(c, "values"))
		r = report_html(c, &v);
	else if (c->out.mode == OUT_TABLE)
		report_table(c, &v);
	else
		report_rows(c, &v);
	summary_free(v.s);
	return r;
}

static int run_week(struct cli *c)
{
	return report(c, PERIOD_WEEK, REPORT_BY_PART);
}

static int run_month(struct cli *c)
{
	return report(c, PERIOD_MONTH, REPORT_BY_PART);
}

static int run_quarter(struct cli *c)
{
	return report(c, PERIOD_QUARTER, REPORT_BY_PART);
}

static int run_year(struct cli *c)
{
	return report(c, PERIOD_YEAR, REPORT_BY_PART);
}

static int run_grid(struct cli *c)
{
	return report(c, PERIOD_KINDS, REPORT_BY_GRID);
}

static int run_category(struct cli *c)
{
	return report(c, PERIOD_KINDS, REPORT_BY_CATEGORY);
}

static const struct cli_option options[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"category", N_("CATEGORY"), N_("only this category"), false},
    {"html", NULL, N_("a page with charts that prints on one sheet"), false},
    {"output", N_("FILE"), N_("into this file instead of standard output"), false},
    {"language", N_("zh|en"), N_("of the page; otherwise that of this screen"), false},
    {"values", NULL, N_("what the page can show, as JSON, for `yishi page render`"), false},
    {0},
};

#define PERIOD_VERB(verb, function, words, lines)                                                              \
	{                                                                                                      \
		.name = verb, .run = function, .what = words, .args = "[WHEN]", .max_args = 1,                 \
		.common = CLI_FORMATS, .options = options, .roles = CLI_SECRETARY | CLI_STAFF,                 \
		.example = lines,                                                                              \
		.more = N_(                                                                                    \
		    "WHEN is the period, one that lasts without it: 2026-11, 2026-Q4, 2026-W47, 2026, last, "  \
		    "or a "                                                                                    \
		    "date in it. Counted are the cases and proposals that were raised in it, as they stand "   \
		    "now; a share names what it is of, and gets a percentage from ten on. Private matters "    \
		    "are "                                                                                     \
		    "counted, never shown.")                                                                   \
	}

const struct cli_verb cli_report[] = {
    PERIOD_VERB("month", run_month, N_("the month on one page"),
		"yishi report month\nyishi report month last --html --output month.html\nyishi report month "
		"2026-11 --grid KS-03 --json"),
    PERIOD_VERB("quarter", run_quarter, N_("the quarter"), "yishi report quarter 2026-Q3 --csv"),
    PERIOD_VERB("year", run_year, N_("the year"), "yishi report year last"),
    PERIOD_VERB("week", run_week, N_("the week on one page"),
		"yishi report week last --html --output week.html"),
    PERIOD_VERB("grid", run_grid, N_("a period by grid, each with what lies below it"),
		"yishi report grid\nyishi report grid 2026-Q3 --grid KS --csv"),
    PERIOD_VERB("category", run_category, N_("a period by category"), "yishi report category last-month"),
    {.name = "open311",
     .run = report_open311,
     .what = N_("cases and categories as Open311 GeoReport v2, without names, numbers and private matters"),
     .args = "[requests|services]",
     .max_args = 1,
     .common = CLI_LIST,
     .options = open311_options,
     .roles = CLI_STAFF | CLI_HELPER,
     .example = "yishi report open311 --since 2026-11-01 > requests.json\nyishi report open311 services --xml",
     .more = N_(
	 "A JSON array, or XML; --json gives one object a line. --since: what changed since then. Words that "
	 "residents wrote lose telephone numbers and the names of everybody in the registry; of disputes "
	 "neither "
	 "words nor address are given.")},
    {.name = "study",
     .run = report_study,
     .what = N_("cases as anonymous cells for a study, each of five cases at least, as CSV"),
     .args = "[WHEN]",
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = study_options,
     .roles = CLI_STAFF | CLI_HELPER,
     .example = "yishi report study > cells.csv\nyishi report study 2026 --k 10",
     .more = N_("Month, grid and category, complete months only. A cell that is too small goes up into the "
		"grid above, then "
		"into any category, then into any month (*). Within a row a share is blank whose smaller part "
		"is below five. "
		"Private matters are left out.")},
    {0},
};

/* For src/cli/report*.c alone: `yishi report`, the figures of a period. */
#pragma once

#include "cli/cli.h"
#include "civic/summary.h"

/* What is broken down behind the whole. */
enum report_by { REPORT_BY_PART, REPORT_BY_CATEGORY, REPORT_BY_GRID };

struct report_view {
	struct summary *s; /* owned by who collected it */
	struct summary_scope scope;
	char grid_name[96]; /* of the scope's grid; "" none */
	enum report_by by;
};

/* The whole, the period before, and each row of what it is broken down by: as tables, or one JSON or CSV row each. */
void report_table(struct cli *c, struct report_view *v);
void report_rows(struct cli *c, struct report_view *v);
/* The page: as HTML on standard output, or into the file of --output. An exit status. */
int report_html(struct cli *c, struct report_view *v);

int report_open311(struct cli *c);
int report_study(struct cli *c);
extern const struct cli_option open311_options[], study_options[];

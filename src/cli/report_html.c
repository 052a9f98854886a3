/* The report as a page. */
#include "cli/paper.h"
#include "cli/report.h"

#include "page/report_page.h"

int report_html(struct cli *c, struct report_view *v)
{
	struct paper paper;
	int r = paper_begin(&paper, c);
	if (!r)
		r = paper_print(&paper, "report.html",
				report_page_data(&(struct report_page){.summary = v->s,
								       .site = c->config->name,
								       .grid = v->scope.grid,
								       .grid_name = v->grid_name,
								       .category = v->scope.category,
								       .language = paper.lang,
								       .now_utc = cli_now(c)}));
	paper_end(&paper);
	return r;
}

/* The page of a report: its figures, charts and, of a week, what is overdue, on one sheet of A4. The same page for the
 * tool and for the daemon that writes it on a Monday. Pure: a summary in, HTML out; the layout is the template
 * "report.html", what it may use is said there. */
#pragma once

#include "base/buf.h"
#include "base/config.h"
#include "civic/summary.h"
#include "page/template.h"

struct report_page {
	struct summary *summary;                 /* borrowed; sorted while it is read */
	const char *site;                        /* the community */
	const char *grid, *grid_name, *category; /* the scope; NULL or "": all */
	enum language language;                  /* that gettext speaks */
	int64_t now_utc;
};

/* What the template "report.html" may use. The caller owns it. */
json_t *report_page_data(const struct report_page *p);
/* -EINVAL with a sentence in `e`: the template. */
int report_page_write(const struct report_page *p, const struct template_set *pages, struct buf *out,
		      struct err *e);

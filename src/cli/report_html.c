/* The report as a page. */
#include "cli/report.h"

#include "base/paths.h"
#include "page/pages.h"
#include "page/report_page.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static int write_out(struct cli *c, const struct buf *page)
{
	const char *path = cli_opt(c, "output");
	if (!path)
		return fwrite(page->data, 1, page->len, c->out.file) == page->len ? EX_OK : EX_IOERR;
	FILE *f = fopen(path, "we");
	bool failed = !f || fwrite(page->data, 1, page->len, f) != page->len;
	int r = failed ? errno : 0;
	if (f && fclose(f))
		r = errno;
	return r ? cli_fail(EX_CANTCREAT, _("%s cannot be written: %s"), path, err_system(r)) : EX_OK;
}

int report_html(struct cli *c, struct report_view *v)
{
	struct template_set *pages;
	cleanup_buf struct buf page = {0};
	char dir[PATH_MAX], line[600];
	struct err e = {0};
	const struct report_page p = {.summary = v->s,
				      .site = c->config->name,
				      .grid = v->scope.grid,
				      .grid_name = v->grid_name,
				      .category = v->scope.category,
				      .language = c->language,
				      .now_utc = cli_now(c)};
	if (paths_data(dir, sizeof dir))
		return cli_fail(EX_OSFILE, "%s", _("no data folder; set $YISHI_DATA"));
	int r = pages_load(dir, c->config ? c->config->pages : NULL, c->language, &pages, &e);
	if (!r) {
		r = report_page_write(&p, pages, &page, &e);
		template_set_free(pages);
	}
	return r ? cli_fail(EX_CONFIG, "%s", err_line(&e, line, sizeof line)) : write_out(c, &page);
}

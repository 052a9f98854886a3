/* `yishi grid`: the tree of grids. */
#include "cli/changes.h"
#include "cli/csv.h"
#include "cli/nouns.h"

#include "store/grid.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

#define FILE_MAX_BYTES (16u << 20)

enum { CODE, NAME, PARENT, COLUMNS };
static const struct csv_column list_columns[COLUMNS] = {
    [CODE] = {{"code", "编码", "网格编码", "代码"}},
    [NAME] = {{"name", "名称", "网格名称", "网格"}},
    [PARENT] = {{"parent", "上级", "上级编码"}},
};

static const struct out_column columns[] = {
    {"code", N_("code"), OUT_TEXT, 0},
    {"name", N_("grid name"), OUT_TEXT, 40},
    {"parent", N_("parent"), OUT_TEXT, 0},
    {"persons", N_("people"), OUT_INT, 0},
    {0},
};

struct import {
	struct cli *c;
	struct store *s;
	const char *file;
	int places[COLUMNS], read, wrong;
	bool header_read;
};

static int wrong_row(struct import *im, int line, const char *text)
{
	im->wrong++;
	cli_note("%s:%d: %s", im->file, line, text);
	return 0;
}

static bool code_fits(const char *code)
{
	size_t n = strlen(code);
	return n > 0 && n < GRID_CODE_MAX && !strpbrk(code, " ,:/\"'") && !strstr(code, "\xEF\xBF\xBD");
}

static int on_row(void *user, const struct csv_row *r)
{
	struct import *im = user;
	struct err e = {0};
	if (!im->header_read) {
		im->header_read = true;
		if (csv_header(r, list_columns, COLUMNS, im->places, &e))
			return cli_fail(EX_DATAERR, _("%s:%d: %s; columns are code,name,parent"), im->file,
					r->line, e.text);
		if (im->places[CODE] < 0)
			return cli_fail(
			    EX_DATAERR,
			    _("%s:%d: the first line has no column code; it begins code,name,parent"), im->file,
			    r->line);
		return 0;
	}
	const char *code = csv_field(r, im->places[CODE]), *parent = csv_field(r, im->places[PARENT]);
	if (!code_fits(code) || (*parent && !code_fits(parent)))
		return wrong_row(im, r->line,
				 _("a code has 1 to 31 letters, digits and dashes, such as KS-03-2"));
	int res = grid_put(im->s, code, csv_field(r, im->places[NAME]), parent);
	if (res == -ELOOP)
		return wrong_row(im, r->line, _("this grid would lie in itself; look at its parent"));
	if (res == -E2BIG)
		return wrong_row(im, r->line, _("the tree gets deeper than 16 levels"));
	if (res)
		return cli_store_failed(im->c, res);
	im->read++;
	return 0;
}

static int run_import(struct cli *c)
{
	struct import im = {.c = c, .file = c->argv[0]};
	struct err e = {0};
	char *text;
	int r = cli_store(c, &im.s);
	if (r || (r = cli_read_csv(im.file, FILE_MAX_BYTES, &text)))
		return r;
	r = store_begin(im.s);
	if (!r)
		r = csv_each(text, on_row, &im, &e);
	free(text);
	if (r == -EINVAL)
		r = wrong_row(&im, e.line, e.text);
	if ((r = changes_end(c, r)))
		return r;
	printf(_("%d grids read, %d rows with errors\n"), im.read, im.wrong);
	return im.wrong ? EX_DATAERR : EX_OK;
}

static int on_grid(void *user, const struct grid *g)
{
	struct cli *c = user;
	if (!cli_list_more(c))
		return 1;
	char name[sizeof g->name + 2 * GRID_DEPTH_MAX];
	int64_t persons = 0;
	int r = grid_persons(c->store, g->code, &persons);
	if (r < 0)
		return r;
	/* people see the tree by its indentation */
	snprintf(name, sizeof name, "%*s%s", c->out.mode == OUT_TABLE ? 2 * g->depth : 0, "", g->name);
	out_row(&c->out,
		json_pack("{so so so sI}", "code", out_string(g->code), "name", out_string(name), "parent",
			  *g->parent ? out_string(g->parent) : json_null(), "persons", (json_int_t)persons));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, grid_list(s, c->argc ? c->argv[0] : NULL, on_grid, c));
}

const struct cli_verb cli_grid[] = {
    {.name = "import",
     .run = run_import,
     .what = N_("read the tree of grids from CSV: code,name,parent"),
     .args = "FILE",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi grid import grids.csv\nprintf 'code,name,parent\\nKS,矿山社区,\\nKS-03,三网格,KS\\n' | "
		"yishi grid import -"},
    {.name = "list",
     .run = run_list,
     .what = N_("the tree of grids, or what lies below one"),
     .args = "[GRID]",
     .max_args = 1,
     .common = CLI_LIST,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi grid list KS --json"},
    {0},
};

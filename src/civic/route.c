#include "civic/route.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 512

struct routes {
	struct route list[ROUTES_MAX];
	int count;
};

const char *route_target_name(enum route_target_kind k)
{
	static const char *const names[ROUTE_TARGET_KIND_COUNT] = {
#define X(id, name) [ROUTE_##id] = name,
	    ROUTE_TARGET_KINDS(X)
#undef X
	};
	return names[k];
}

/* ------------------------------------------------------------------------------------------------ reading */

struct place {
	const char *path;
	int line;
	struct err *e;
};

static char *trim(char *s)
{
	s += strspn(s, " \t");
	for (size_t n = strlen(s); n && strchr(" \t\r\n", s[n - 1]);)
		s[--n] = 0;
	return s;
}

static int read_category(char *s, struct route *r, const struct place *at)
{
	r->category = strcmp(s, "*") ? category_find(s) : -1;
	return strcmp(s, "*") && r->category < 0
		   ? err_set(at->e, at->path, at->line, "there is no category '%s'; * stands for all", s)
		   : 0;
}

static int read_grid(char *s, struct route *r, const struct place *at)
{
	if (!*s || strlen(s) >= sizeof r->grid || strpbrk(s, " \t"))
		return err_set(at->e, at->path, at->line, "the second column is the code of a grid, or *");
	text_copy(r->grid, sizeof r->grid, strcmp(s, "*") ? s : "");
	return 0;
}

static int read_target(char *s, struct route_target *t, const struct place *at)
{
	char *name = s + strcspn(s, " \t");
	if (*name)
		*name++ = 0;
	name = trim(name);
	for (int k = 0; k < ROUTE_TARGET_KIND_COUNT; k++) {
		if (strcmp(s, route_target_name((enum route_target_kind)k)) != 0)
			continue;
		t->kind = (enum route_target_kind)k;
		if ((k == ROUTE_DEPARTMENT) != (*name != 0))
			return err_set(at->e, at->path, at->line,
				       k == ROUTE_DEPARTMENT ? "'department' wants its name behind it"
							     : "only 'department' has a name behind it");
		text_copy(t->name, sizeof t->name, name);
		return 0;
	}
	return err_set(at->e, at->path, at->line,
		       "'%s' is nobody; worker, department NAME, expert, duty, secretary and agenda are", s);
}

static int read_targets(char *s, struct route *r, const struct place *at)
{
	int e = 0;
	for (char *save, *t = strtok_r(s, ">", &save); t && !e; t = strtok_r(NULL, ">", &save)) {
		if (r->to_count == ROUTE_TARGETS)
			return err_set(at->e, at->path, at->line, "more than %d to try", ROUTE_TARGETS);
		e = read_target(trim(t), &r->to[r->to_count++], at);
	}
	return e             ? e
	       : r->to_count ? 0
			     : err_set(at->e, at->path, at->line, "the third column says who settles it");
}

static int read_hours(char *s, struct route *r, const struct place *at)
{
	char more[8] = "";
	if (sscanf(s, "%d %d %d %7s", &r->hours[0], &r->hours[1], &r->hours[2], more) != ROUTE_LEVELS)
		return err_set(at->e, at->path, at->line,
			       "the fourth column has three numbers: working hours in the grid, the community, "
			       "the street");
	for (int i = 0; i < ROUTE_LEVELS; i++)
		if (r->hours[i] < 1 || r->hours[i] > ROUTE_HOURS_MAX)
			return err_set(at->e, at->path, at->line, "%d is no number of hours (1 to %d)",
				       r->hours[i], ROUTE_HOURS_MAX);
	return 0;
}

static int read_flags(char *s, struct route *r, const struct place *at)
{
	for (char *save, *t = strtok_r(s, " \t", &save); t; t = strtok_r(NULL, " \t", &save)) {
		if (!strcmp(t, "deliberate"))
			r->deliberate = true;
		else if (!strcmp(t, "verify"))
			r->verify = true;
		else
			return err_set(at->e, at->path, at->line, "'%s' is no flag; deliberate and verify are",
				       t);
	}
	return 0;
}

static int (*const columns[])(char *s, struct route *r, const struct place *at) = {
    read_category, read_grid, read_targets, read_hours, read_flags,
};

static int read_row(char *line, struct routes *all, const struct place *at)
{
	struct route r = {.line = at->line};
	char *rest = line;
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		char *field = rest ? strsep(&rest, "|") : NULL;
		if (!field && i + 1 < ARRAY_LEN(columns))
			return err_set(at->e, at->path, at->line,
				       "a row is category | grid | to | hours | flags");
		int e = field ? columns[i](trim(field), &r, at) : 0;
		if (e)
			return e;
	}
	if (rest)
		return err_set(at->e, at->path, at->line, "a row has five columns");
	for (int i = 0; i < all->count; i++)
		if (all->list[i].category == r.category && !strcmp(all->list[i].grid, r.grid))
			return err_set(at->e, at->path, at->line, "line %d says already where these go",
				       all->list[i].line);
	if (all->count == ROUTES_MAX)
		return err_set(at->e, at->path, at->line, "more than %d rows", ROUTES_MAX);
	all->list[all->count++] = r;
	return 0;
}

static bool for_everything(const struct routes *r)
{
	for (int i = 0; i < r->count; i++)
		if (r->list[i].category < 0 && !r->list[i].grid[0])
			return true;
	return false;
}

int routes_parse(const char *text, const char *path, struct routes **ret, struct err *e)
{
	struct routes *all = mem_alloc(sizeof *all);
	struct place at = {path, 0, e};
	char line[LINE_MAX_BYTES];
	int r = 0;
	all->count = 0;
	while (*text && r == 0) {
		size_t n = strcspn(text, "\n");
		at.line++;
		if (n >= sizeof line)
			r = err_set(e, path, at.line, "the line is too long");
		else {
			memcpy(line, text, n);
			line[n] = 0;
			line[strcspn(line, "#")] = 0;
			char *s = trim(line);
			r = *s ? read_row(s, all, &at) : 0;
		}
		text += n + (text[n] == '\n');
	}
	if (r == 0 && !for_everything(all))
		r = err_set(e, path, at.line,
			    "a row for everything is wanted: * | * | secretary | 40 80 120 |");
	if (r < 0) {
		free(all);
		return r;
	}
	*ret = all;
	return 0;
}

int routes_load(const char *data_dir, struct routes **ret, struct err *e)
{
	char path[300];
	snprintf(path, sizeof path, "%s/rules/cases.routes", data_dir);
	cleanup_buf struct buf text = {0};
	int r = file_read(path, FILE_TEXT_MAX, &text, e);
	return r ? r : routes_parse(buf_str(&text), path, ret, e);
}

void routes_free(struct routes *r)
{
	free(r);
}

int routes_count(const struct routes *r)
{
	return r->count;
}

/* ------------------------------------------------------------------------------------------------ finding */

/* The row of this very grid for the category, else the one for all categories. */
static const struct route *of_grid(const struct routes *r, enum category c, const char *grid)
{
	const struct route *any = NULL;
	for (int i = 0; i < r->count; i++) {
		const struct route *row = &r->list[i];
		if (strcmp(row->grid, grid) != 0)
			continue;
		if (row->category == (int)c)
			return row;
		if (row->category < 0)
			any = row;
	}
	return any;
}

const struct route *route_find(const struct routes *r, enum category c, const char (*grids)[ROUTE_GRID_MAX],
			       int grid_count)
{
	static const struct route none = {
	    .category = -1, .to = {{.kind = ROUTE_SECRETARY}}, .to_count = 1, .hours = {40, 80, 120}};
	const struct route *found = NULL;
	for (int i = 0; r && !found && i < grid_count; i++)
		found = of_grid(r, c, grids[i]);
	if (r && !found)
		found = of_grid(r, c, "");
	return found ? found : &none;
}

int route_hours(const struct route *r, int level, bool urgent)
{
	int i = level < 1 ? 0 : level > ROUTE_LEVELS ? ROUTE_LEVELS - 1 : level - 1;
	return urgent && r->hours[i] > URGENT_HOURS ? URGENT_HOURS : r->hours[i];
}

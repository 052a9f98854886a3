#include "civic/points.h"
#include "base/file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[POINT_REASON_COUNT + 1] = {
#define X(id, name) [POINT_##id] = name,
    POINT_REASONS(X)
#undef X
	[POINT_ALL] = "all",
};

const char *point_reason_name(enum point_reason r)
{
	return names[r];
}

int point_reason_find(const char *name)
{
	for (int i = 0; i < POINT_REASON_COUNT; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* ------------------------------------------------------------------------------------------- the table */

#define FIELDS    4
#define FIELD_MAX 32

/* A line's words; the count, or -1 when there are more or one is too long. */
static int words_of(const char *line, size_t len, char out[FIELDS][FIELD_MAX])
{
	int n = 0;
	for (size_t i = 0; i < len;) {
		if (line[i] == '#')
			break;
		if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r') {
			i++;
			continue;
		}
		size_t k = 0;
		while (i + k < len && !strchr(" \t\r#", line[i + k]))
			k++;
		if (n == FIELDS || k >= FIELD_MAX)
			return -1;
		memcpy(out[n], line + i, k);
		out[n++][k] = 0;
		i += k;
	}
	return n;
}

/* A number from 0 on, or "-": `free` stands for it. */
static bool number(const char *word, int free, int *ret)
{
	if (!strcmp(word, "-")) {
		*ret = free;
		return free != 0;
	}
	char *end;
	long v = *word >= '0' && *word <= '9' ? strtol(word, &end, 10) : -1;
	if (v < 0 || v > POINTS_MAX || *end)
		return false;
	*ret = (int)v;
	return true;
}

static int find_row(const char *name)
{
	int i = point_reason_find(name);
	if (i == POINT_AWARD || i == POINT_REDEEM) /* a person decides on these */
		return -1;
	return i < 0 && !strcmp(name, names[POINT_ALL]) ? POINT_ALL : i;
}

static int read_line(const char *line, size_t len, const char *file, int n, struct point_rules *t, bool *seen,
		     struct err *e)
{
	char w[FIELDS][FIELD_MAX];
	struct point_rule row;
	int count = words_of(line, len, w);
	if (count == 0)
		return 0;
	if (count != FIELDS)
		return err_set(e, file, n, "a row is: reason points a-day a-month, such as `task 3 6 30`");
	int i = find_row(w[0]);
	if (i < 0)
		return err_set(e, file, n,
			       "%.20s gives no points; attended adopted task errand patrol activity settled "
			       "supported do, and all limits their sum",
			       w[0]);
	if (seen[i])
		return err_set(e, file, n, "%.20s stands here a second time", w[0]);
	if (i == POINT_ALL && strcmp(w[1], "-") != 0)
		return err_set(e, file, n, "all only limits the sum: write - for its points");
	if (!number(w[1], i == POINT_ALL ? POINTS_FREE : 0, &row.points) ||
	    !number(w[2], POINTS_FREE, &row.day) || !number(w[3], POINTS_FREE, &row.month))
		return err_set(e, file, n, "points and limits are whole numbers from 0 to %d, a limit may be -",
			       POINTS_MAX);
	if ((row.day >= 0 && row.day < row.points) || (row.month >= 0 && row.month < row.points))
		return err_set(e, file, n, "a limit below the points of one occasion would never let it count");
	seen[i] = true;
	t->rows[i] = row;
	return 0;
}

int point_rules_parse(const char *text, const char *file, struct point_rules *ret, struct err *e)
{
	struct point_rules t = {0};
	bool seen[POINT_REASON_COUNT + 1] = {0};
	t.rows[POINT_ALL] = (struct point_rule){POINTS_FREE, POINTS_FREE, POINTS_FREE};
	int n = 1;
	for (const char *p = text; *p; n++) {
		size_t len = strcspn(p, "\n");
		int r = read_line(p, len, file, n, &t, seen, e);
		if (r < 0)
			return r;
		p += len + (p[len] == '\n');
	}
	*ret = t;
	return 0;
}

int point_rules_load(const char *data_dir, struct point_rules *ret, struct err *e)
{
	char path[512];
	snprintf(path, sizeof path, "%s/rules/points.table", data_dir);
	cleanup_buf struct buf text = {0};
	int r = file_read(path, FILE_TEXT_MAX, &text, e);
	return r ? r : point_rules_parse(buf_str(&text), path, ret, e);
}

/* ------------------------------------------------------------------------------------------- an occasion */

static int64_t at_most(int64_t points, int limit, int64_t given)
{
	int64_t left = limit - given;
	return limit < 0 || points <= left ? points : left > 0 ? left : 0;
}

int points_due(const struct point_rules *rules, enum point_reason r, const struct point_sums *given)
{
	const struct point_rule *row = &rules->rows[r], *all = &rules->rows[POINT_ALL];
	int64_t n = row->points;
	n = at_most(n, row->day, given->day);
	n = at_most(n, row->month, given->month);
	n = at_most(n, all->day, given->all_day);
	return (int)at_most(n, all->month, given->all_month);
}

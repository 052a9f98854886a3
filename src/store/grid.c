#include "store/grid.h"

#include "base/text.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

int grid_known(struct store *s, const char *code)
{
	int64_t n = 0;
	int r = store_get(s, &n, "SELECT count(*) FROM grid WHERE code = ?", "t", code);
	return r < 0 ? r : n ? 0 : -EINVAL;
}

int grid_named(struct store *s, const char *name, char ret[GRID_CODE_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT min(code) FROM grid WHERE name = ? HAVING count(*) = 1", "t", name);
	if (r < 0 || (r = query_next(&q)) != 1)
		return r < 0 ? r : -ENOENT;
	text_copy(ret, GRID_CODE_MAX, query_text(&q, 0));
	return 0;
}

/* `code` itself and the grids above it, nearest first. The count (0: unknown code), or -errno. */
int grid_above(struct store *s, const char *code, char ret[GRID_DEPTH_MAX][GRID_CODE_MAX])
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE up (code, parent, d) AS ("
	    " SELECT code, parent, 0 FROM grid WHERE code = ?"
	    " UNION ALL SELECT g.code, g.parent, d + 1 FROM grid g JOIN up ON g.code = up.parent WHERE d < 15)"
	    "SELECT code FROM up ORDER BY d",
	    "t", code);
	while (r >= 0 && (r = query_next(&q)) == 1 && n < GRID_DEPTH_MAX)
		text_copy(ret[n++], GRID_CODE_MAX, query_text(&q, 0));
	return r < 0 ? r : n;
}

/* How many levels hang below `code`; a tree that was checked at each step cannot loop. */
static int height(struct store *s, const char *code, int64_t *ret)
{
	return store_get(s, ret,
			 "WITH RECURSIVE down (code, d) AS ("
			 " VALUES (?, 0) UNION ALL SELECT g.code, d + 1 FROM grid g JOIN down ON g.parent = "
			 "down.code WHERE d < 16)"
			 "SELECT max(d) FROM down",
			 "t", code);
}

int grid_put(struct store *s, const char *code, const char *name, const char *parent)
{
	int r = 0;
	if (parent && *parent) {
		char up[GRID_DEPTH_MAX][GRID_CODE_MAX];
		int64_t below;
		int depth = grid_above(s, parent, up);
		if (depth < 0)
			return depth;
		bool loop = !strcmp(parent, code);
		for (int i = 0; i < depth; i++)
			loop |= !strcmp(up[i], code);
		if (loop)
			return -ELOOP;
		if ((r = height(s, code, &below)))
			return r;
		if ((depth ? depth : 1) + 1 + below > GRID_DEPTH_MAX)
			return -E2BIG;
		if ((r = store_run(s, "INSERT OR IGNORE INTO grid (code) VALUES (?)", "t", parent)))
			return r;
	}
	return store_run(
	    s,
	    "INSERT INTO grid (code, name, parent) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (code) DO UPDATE SET name = CASE WHEN ?2 = '' THEN name ELSE ?2 END, parent = ?3",
	    "ttT", code, name ? name : "", parent);
}

int grid_list(struct store *s, const char *top, int (*each)(void *user, const struct grid *g), void *user)
{
	cleanup_query struct query q = {0};
	/* the path keeps parents before their children and siblings in order of their codes */
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE tree (code, name, parent, d, path) AS ("
	    " SELECT code, name, parent, 0, code FROM grid WHERE code = ?1 OR (?1 IS NULL AND parent IS NULL)"
	    " UNION ALL SELECT g.code, g.name, g.parent, d + 1, path || '/' || g.code"
	    " FROM grid g JOIN tree ON g.parent = tree.code WHERE d < 16)"
	    "SELECT code, name, parent, d FROM tree ORDER BY path",
	    "t", top);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct grid g = {.depth = (int)query_int(&q, 3)};
		text_copy(g.code, sizeof g.code, query_text(&q, 0));
		text_copy(g.name, sizeof g.name, query_text(&q, 1));
		text_copy(g.parent, sizeof g.parent, query_text(&q, 2));
		int stop = each(user, &g);
		if (stop)
			return stop;
	}
	return r;
}

int grid_persons(struct store *s, const char *code, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT count(*) FROM person p JOIN household h ON h.id = p.household WHERE h.grid = ?"
			 " AND p.forgotten_utc IS NULL",
			 "t", code);
}

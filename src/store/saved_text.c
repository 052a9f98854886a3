#include "store/saved_text.h"
#include "store/internal.h"

#include <errno.h>

int saved_text_set(struct store *s, const char *name, const char *text, const char *audience,
		   const struct actor *by, int64_t now)
{
	return store_run(s,
			 "INSERT OR REPLACE INTO saved_text (name, text, audience, changed_by, changed_utc) "
			 "VALUES (?, ?, ?, ?, ?)",
			 "ttttI", name, text, audience, by->id, now);
}

int saved_text_remove(struct store *s, const char *name)
{
	int r = store_run(s, "DELETE FROM saved_text WHERE name = ?", "t", name);
	return r ? r : store_changes(s) ? 0 : -ENOENT;
}

int saved_text_list(struct store *s, const char *name, int (*row)(void *ctx, const struct saved_text *t),
		    void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT name, text, audience, changed_by, changed_utc FROM saved_text"
			   " WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
			   "T", name ? name : "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct saved_text t = {query_text(&q, 0), query_text(&q, 1), query_text(&q, 2),
				       query_text(&q, 3), query_int(&q, 4)};
		int end = row(ctx, &t);
		if (end)
			return end;
	}
	return r;
}

#include "store/group.h"
#include "store/event.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

bool group_name_valid(const char *name)
{
	size_t n = strlen(name);
	return n && n < GROUP_NAME_MAX && name[0] != '-' && !strpbrk(name, " ,\t\n") &&
	       !strstr(name, "\xE3\x80\x80");
}

static int tell(struct store *s, const char *name, const char *what, int people, const struct actor *by,
		int64_t now)
{
	return people
		   ? event_add(s, EVENT_GROUP_CHANGED, by->id,
			       json_pack("{s:s, s:s, s:i}", "group", name, "what", what, "people", people), now)
		   : 0;
}

int group_join(struct store *s, const char *name, const struct actor *by, int64_t now, int *ret,
	       int *ret_strangers)
{
	int64_t strangers = 0;
	int r = store_get(s, &strangers, "SELECT count(*) FROM audience WHERE person IS NULL", "");
	if (!r)
		r = store_run(
		    s,
		    "INSERT INTO person_group (name, person, since_utc) SELECT ?1, person, ?2 FROM audience"
		    " WHERE person IS NOT NULL AND reason IS NOT 'excluded' ON CONFLICT DO NOTHING",
		    "tI", name, now);
	int joined = r ? 0 : store_changes(s);
	if (!r)
		r = tell(s, name, "joined", joined, by, now);
	if (r)
		return r;
	*ret = joined;
	*ret_strangers = (int)strangers;
	return 0;
}

int group_leave(struct store *s, const char *name, const struct actor *by, int64_t now, int *ret)
{
	int r = store_run(s,
			  "DELETE FROM person_group WHERE name = ? AND person IN (SELECT person FROM audience"
			  " WHERE person IS NOT NULL AND reason IS NOT 'excluded')",
			  "t", name);
	int left = r ? 0 : store_changes(s);
	if (!r)
		r = tell(s, name, "left", left, by, now);
	if (!r)
		*ret = left;
	return r;
}

int group_drop(struct store *s, const char *name, const struct actor *by, int64_t now, int *ret)
{
	int r = store_run(s, "DELETE FROM person_group WHERE name = ?", "t", name);
	int left = r ? 0 : store_changes(s);
	if (!r && !left)
		return -ENOENT;
	if (!r)
		r = tell(s, name, "dropped", left, by, now);
	if (!r)
		*ret = left;
	return r;
}

int group_list(struct store *s, int (*row)(void *ctx, const struct group *g), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q, "SELECT name, count(*), min(since_utc) FROM person_group GROUP BY name ORDER BY name", "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct group g = {query_text(&q, 0), query_int(&q, 1), query_int(&q, 2)};
		int end = row(ctx, &g);
		if (end)
			return end;
	}
	return r;
}

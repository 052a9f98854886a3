#include "store/chore.h"
#include "store/internal.h"

#include <errno.h>

int chore_add(struct store *s, const char *kind, const char *number, int64_t person, const char *note,
	      const struct actor *by, int64_t now, int64_t *ret_id, bool *ret_new)
{
	int64_t id = 0;
	int r = store_get(
	    s, &id, "SELECT id FROM chore WHERE kind = ? AND number = ? AND note = ? AND done_utc IS NULL",
	    "ttt", kind, number, note ? note : "");
	if (r < 0 && r != -ENOENT)
		return r;
	bool fresh = r == -ENOENT;
	if (fresh) {
		r = store_run(
		    s, "INSERT INTO chore (kind, number, person, message, note, utc) VALUES (?,?,?,?,?,?)",
		    "ttPPtI", kind, number, person, by->message, note ? note : "", now);
		if (r < 0)
			return r;
		id = store_last_id(s);
	}
	if (ret_id)
		*ret_id = id;
	if (ret_new)
		*ret_new = fresh;
	return 0;
}

int chore_done(struct store *s, int64_t id, int64_t now)
{
	int r = store_run(s, "UPDATE chore SET done_utc = ? WHERE id = ? AND done_utc IS NULL", "II", now, id);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

int chore_list(struct store *s, bool all, int (*row)(void *ctx, const struct chore *c), void *ctx)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT id, coalesce(person, 0), coalesce(message, 0), utc, coalesce(done_utc, 0), "
		       "kind, number, note, coalesce((SELECT name FROM person p WHERE p.id = chore.person), '')"
		       " FROM chore WHERE ? OR done_utc IS NULL ORDER BY id",
		       "b", all);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct chore c = {.id = query_int(&q, 0),
				  .person = query_int(&q, 1),
				  .message = query_int(&q, 2),
				  .utc = query_int(&q, 3),
				  .done_utc = query_int(&q, 4),
				  .kind = query_text(&q, 5),
				  .number = query_text(&q, 6),
				  .note = query_text(&q, 7),
				  .name = query_text(&q, 8)};
		int end = row(ctx, &c);
		if (end)
			return end;
	}
	return r;
}

#include "store/bad_slot.h"
#include "store/internal.h"

int bad_slot_put(struct store *s, const char *line, const struct bad_slot *slot, int count)
{
	int r = store_begin(s);
	if (r)
		return r;
	r = store_run(s, "DELETE FROM bad_slot WHERE line = ?", "t", line);
	for (int i = 0; i < count && r == 0; i++)
		r = store_run(
		    s,
		    "INSERT INTO bad_slot (line, memory, slot, rounds, same, bytes) VALUES (?, ?, ?, ?, ?, ?)",
		    "ttiiiI", line, slot[i].memory, slot[i].slot, slot[i].rounds, slot[i].same,
		    (int64_t)slot[i].bytes);
	if (r == 0)
		r = store_commit(s);
	if (r)
		store_rollback(s);
	return r;
}

int bad_slot_each(struct store *s, const char *line, int (*row)(void *ctx, const struct bad_slot *b), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT memory, slot, rounds, same, bytes FROM bad_slot WHERE line = ?", "t",
			   line);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct bad_slot b = {.memory = query_text(&q, 0),
				     .slot = (int)query_int(&q, 1),
				     .rounds = (int)query_int(&q, 2),
				     .same = (int)query_int(&q, 3),
				     .bytes = (uint64_t)query_int(&q, 4)};
		int stop = row(ctx, &b);
		if (stop)
			return stop;
	}
	return r;
}

#include "store/sim_pin.h"
#include "store/internal.h"

int sim_pin_tried(struct store *s, const char *sim, const char *mark, bool *ret_this, int *ret_count)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT count(*), coalesce(sum(mark = ?2), 0) FROM sim_pin WHERE sim = ?1",
			   "tt", sim, mark);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	*ret_count = (int)query_int(&q, 0);
	*ret_this = query_int(&q, 1) > 0;
	return 0;
}

int sim_pin_note(struct store *s, const char *sim, const char *mark, int64_t now_utc)
{
	return store_run(s, "INSERT INTO sim_pin (sim, mark, tried_utc) VALUES (?, ?, ?)", "ttI", sim, mark,
			 now_utc);
}

int sim_pin_accepted(struct store *s, const char *sim)
{
	return store_run(s, "DELETE FROM sim_pin WHERE sim = ?", "t", sim);
}

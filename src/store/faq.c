#include "store/faq.h"
#include "store/event.h"
#include "store/internal.h"

#include <errno.h>

int faq_set(struct store *s, const char *topic, const char *words, const char *zh, const char *en,
	    const struct actor *by, int64_t now, bool *ret_new)
{
	int64_t there, count;
	int r = store_get(s, &there, "SELECT count(*) FROM faq WHERE topic = ?", "t", topic);
	if (r >= 0)
		r = store_get(s, &count, "SELECT count(*) FROM faq", "");
	if (r < 0)
		return r;
	if (!there && count >= FAQ_TOPICS_MAX)
		return -E2BIG;
	if (ret_new)
		*ret_new = !there;
	r = store_run(
	    s,
	    "INSERT OR REPLACE INTO faq (topic, words, zh, en, changed_by, changed_utc) VALUES (?,?,?,?,?,?)",
	    "tttttI", topic, words, zh, en, by->id, now);
	return r < 0 ? r : event_add(s, EVENT_FAQ_CHANGED, by->id, json_pack("{s:s}", "topic", topic), now);
}

int faq_remove(struct store *s, const char *topic)
{
	int r = store_run(s, "DELETE FROM faq WHERE topic = ?", "t", topic);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

int faq_list(struct store *s, const char *topic, int (*row)(void *ctx, const struct faq *f), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT topic, words, zh, en, changed_by, changed_utc FROM faq WHERE ?1 IS NULL OR topic = ?1"
	    " ORDER BY topic",
	    "T", topic ? topic : "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct faq f = {query_text(&q, 0), query_text(&q, 1), query_text(&q, 2),
				query_text(&q, 3), query_text(&q, 4), query_int(&q, 5)};
		int stop = row(ctx, &f);
		if (stop)
			return stop;
	}
	return r;
}

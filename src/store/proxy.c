#include "store/proxy.h"
#include "base/text.h"
#include "store/internal.h"

#include <errno.h>

int proxy_add(struct store *s, int matter, const char *sender, const char *number, int64_t told, int64_t now)
{
	return store_run(s, "INSERT INTO proxy (matter, sender, number, told, utc) VALUES (?,?,?,?,?)", "ittPI",
			 matter, sender, number, told, now);
}

int proxy_count(struct store *s, const char *sender, int64_t since_utc, int *ret)
{
	int64_t n = 0;
	int r = store_get(s, &n, "SELECT count(*) FROM proxy WHERE sender = ? AND utc > ?", "tI", sender,
			  since_utc);
	if (r >= 0)
		*ret = (int)n;
	return r < 0 ? r : 0;
}

int proxy_sender(struct store *s, int matter, char ret[E164_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT sender FROM proxy WHERE matter = ?", "i", matter);
	if (r < 0)
		return r;
	text_copy(ret, E164_MAX, query_text(&q, 0));
	return 0;
}

int proxy_arrived(struct store *s, const char *number, int64_t now)
{
	return store_run(
	    s,
	    "UPDATE action SET utc = (SELECT CASE WHEN o.state = 'delivered' THEN coalesce(o.done_utc, "
	    "o.sent_utc)"
	    " WHEN o.state IN ('queued', 'sending') THEN ?2 ELSE coalesce(o.sent_utc, action.utc) END"
	    " FROM proxy x JOIN message_out o ON o.id = x.told WHERE x.matter = action.subject)"
	    " WHERE number = ?1 AND kind = 'proxy' AND undone_utc IS NULL AND EXISTS (SELECT 1 FROM proxy x"
	    " JOIN message_out o ON o.id = x.told WHERE x.matter = action.subject)",
	    "tI", number, now);
}

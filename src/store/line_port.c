#include "store/line_port.h"
#include "store/internal.h"

#include <stdio.h>

int line_port_learned(struct store *s, const char *name, const char *device, char *imei, size_t size)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q, "SELECT imei FROM line_port WHERE name = ? AND device = ?", "tt", name, device);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	snprintf(imei, size, "%s", r == 1 ? query_text(&q, 0) : "");
	return 0;
}

int line_port_learn(struct store *s, const char *name, const char *device, const char *imei, int64_t now_utc)
{
	return store_run(s,
			 "INSERT INTO line_port (name, device, imei, learned_utc) VALUES (?1, ?2, ?3, ?4)"
			 " ON CONFLICT (name) DO UPDATE SET device = ?2, imei = ?3, learned_utc = ?4"
			 " WHERE (device, imei) IS NOT (?2, ?3)",
			 "tttI", name, device, imei, now_utc);
}

#include "store/line_reset.h"
#include "store/internal.h"

int line_resets(struct store *s, const char *modem, int64_t since_utc, int *ret_count)
{
	int64_t n;
	int r = store_get(s, &n,
			  "SELECT count(*) FROM event WHERE kind = 'modem.reset' AND utc > ?2"
			  " AND json_extract(body, '$.modem') = ?1",
			  "tI", modem, since_utc);
	if (r == 0)
		*ret_count = (int)n;
	return r;
}

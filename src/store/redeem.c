/* Points that are about to be spent at the desk (points.h). */
#include "base/text.h"
#include "store/internal.h"
#include "store/points.h"

#include <errno.h>

int redeem_begin(struct store *s, int64_t person, int points, const char *note, int64_t now, int64_t *ret_id)
{
	int r = store_run(s, "UPDATE redemption SET done_utc = ? WHERE person = ? AND done_utc IS NULL", "II",
			  now, person);
	if (r >= 0)
		r = store_run(
		    s,
		    "INSERT INTO redemption (person, points, note, asked_utc, expires_utc) VALUES (?,?,?,?,?)",
		    "IitII", person, points, note ? note : "", now, now + REDEEM_WAIT_S);
	if (r >= 0 && ret_id)
		*ret_id = store_last_id(s);
	return r;
}

static void read_row(const struct query *q, struct redemption *ret)
{
	*ret = (struct redemption){.id = query_int(q, 0),
				   .person = query_int(q, 1),
				   .points = query_int(q, 2),
				   .expires_utc = query_int(q, 3),
				   .wrong = (int)query_int(q, 6)};
	text_copy(ret->code, sizeof ret->code, query_text(q, 4));
	text_copy(ret->note, sizeof ret->note, query_text(q, 5));
}

#define COLUMNS "SELECT id, person, points, expires_utc, code, note, wrong FROM redemption "

int redeem_get(struct store *s, int64_t person, int64_t now, struct redemption *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, COLUMNS "WHERE person = ? AND done_utc IS NULL AND expires_utc >= ?", "II",
			   person, now);
	if (r < 0)
		return r;
	read_row(&q, ret);
	return 0;
}

int redeem_waiting(struct store *s, int64_t now, struct redemption *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q, COLUMNS "WHERE done_utc IS NULL AND code IS NULL AND expires_utc >= ? ORDER BY id LIMIT ?",
	    "Ii", now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		read_row(&q, &ret[n++]);
	return r < 0 ? r : n;
}

int redeem_texted(struct store *s, int64_t id, const char *code, int64_t expires_utc)
{
	return store_run(s, "UPDATE redemption SET code = ?, expires_utc = ? WHERE id = ?", "tII", code,
			 expires_utc, id);
}

int redeem_missed(struct store *s, int64_t id, int64_t now)
{
	return store_run(s,
			 "UPDATE redemption SET wrong = wrong + 1, done_utc = CASE WHEN wrong + 1 >= ? THEN ? "
			 "END WHERE id = ?",
			 "iII", REDEEM_TRIES, now, id);
}

int redeem_done(struct store *s, int64_t id, int64_t point, int64_t now)
{
	return store_run(s, "UPDATE redemption SET done_utc = ?, point = ?, code = '' WHERE id = ?", "IPI", now,
			 point, id);
}

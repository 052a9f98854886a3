/* A piece of the nightly job that takes too long has done nothing, and goes through when it is made smaller. */
#include "store/retention.h"
#include "unit/store/bed.h"

#include <errno.h>

#define NOW  ((int64_t)1795300000)
#define ROWS 3000

static int64_t left(struct store *s)
{
	int64_t n = -1;
	assert_int_equal(store_get(s, &n, "SELECT count(*) FROM action", ""), 0);
	return n;
}

static void too_long_a_piece_is_undone(void **state)
{
	struct store *s = *state;
	const struct config cfg = {.retention_pdu_ms = RETENTION_LEAST_PDU * 1000};
	struct retention run;
	int rows = 0;
	assert_int_equal(
	    store_run(s,
		      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
		      " INSERT INTO action (number, utc, kind, subject) SELECT '', i, 'support', i"
		      " FROM n",
		      "i", ROWS),
	    0);
	retention_begin(&run, &cfg, NOW);
	assert_int_equal(retention_piece(&run, s, 2000, -1, &rows), -EINTR); /* it is late already */
	assert_int_equal(left(s), ROWS);
	assert_int_equal(rows, 0);
	assert_int_equal(retention_piece(&run, s, 500, 0, &rows), 1);
	assert_int_equal(rows, 500);
	assert_int_equal(retention_piece(&run, s, ROWS, 60000, &rows), 1);
	assert_int_equal(left(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {WITH_STORE(too_long_a_piece_is_undone)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

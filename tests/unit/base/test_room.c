/* Room on a disk: limits of big and small ones, and that a disk which hovers at a limit changes nothing. */
#include "base/room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define MB ((int64_t)1 << 20)
#define GB ((int64_t)1 << 30)

static void test_limits(void **state)
{
	(void)state;
	const struct room card = {.total_bytes = 32 * GB}, small = {.total_bytes = 100 * MB};
	assert_int_equal(room_low(&card), 200 * MB);
	assert_int_equal(room_full(&card), 8 * MB);
	assert_int_equal(room_reserve(&card), 4 * MB);
	assert_int_equal(room_low(&small), 5 * MB);
	assert_int_equal(room_full(&small), MB);
	assert_true(room_reserve(&small) < room_low(&small));
	/* the log of the database has room in it on a small card, too */
	const struct room tiny = {.total_bytes = 16 * MB}, stick = {.total_bytes = 48 * MB};
	assert_int_equal(room_reserve(&tiny), 2 * MB);
	assert_int_equal(room_reserve(&stick), 4 * MB);
}

static void test_states(void **state)
{
	(void)state;
	static const struct {
		enum room_state before;
		int64_t free, gone;
		enum room_state after;
	} rows[] = {
	    {ROOM_FINE, 200 * MB, 0, ROOM_FINE},    {ROOM_FINE, 200 * MB - 1, 0, ROOM_LOW},
	    {ROOM_LOW, 249 * MB, 0, ROOM_LOW},      {ROOM_LOW, 250 * MB, 0, ROOM_FINE},
	    {ROOM_FINE, 8 * MB - 1, 0, ROOM_FULL},  {ROOM_LOW, 8 * MB, 0, ROOM_LOW},
	    {ROOM_FULL, 16 * MB - 1, 0, ROOM_FULL}, {ROOM_FULL, 16 * MB, 0, ROOM_LOW},
	    {ROOM_FULL, 300 * MB, 0, ROOM_FINE},    {ROOM_FULL, 19 * MB, 4 * MB, ROOM_FULL},
	    {ROOM_FULL, 20 * MB, 4 * MB, ROOM_LOW}, {ROOM_FINE, 4 * MB, 4 * MB, ROOM_FULL},
	    {ROOM_FULL, 0, 4 * MB, ROOM_FULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct room r = {rows[i].free, 32 * GB};
		if (room_judge(rows[i].before, &r, rows[i].gone) != rows[i].after)
			fail_msg("row %zu", i);
	}
}

static void test_real(void **state)
{
	(void)state;
	struct room r, folder;
	assert_int_equal(room_look("/", &r), 0);
	assert_true(r.total_bytes > 0 && r.free_bytes >= 0 && r.free_bytes <= r.total_bytes);
	assert_int_equal(room_look("/not-there-yet.db", &folder), 0); /* the folder's */
	assert_int_equal(folder.total_bytes, r.total_bytes);
	assert_true(room_look("/not/there/yet.db", &r) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_limits), cmocka_unit_test(test_states),
					   cmocka_unit_test(test_real)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

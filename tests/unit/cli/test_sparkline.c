/* The line of `yishi sensor watch`: columns of time, what is not known, scales. */
#include "cli/sparkline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const char *drawn(const struct sparkline *s, char *buf)
{
	double low = 0, high = 0;
	spark_range(s, &low, &high);
	buf[0] = 0;
	for (int i = 0; i < s->columns; i++)
		strcat(buf, spark_block(s, i, low, high));
	return buf;
}

static void test_time_goes_on(void **state)
{
	struct sparkline s;
	char buf[SPARK_MAX * 4];
	double low, high;
	(void)state;
	spark_init(&s, 8, 10, 1000);
	assert_false(spark_range(&s, &low, &high));
	assert_string_equal(drawn(&s, buf), "        ");
	spark_put(&s, 0, 989, true, 10); /* began long before */
	spark_put(&s, 990, 990, false, 0);
	spark_put(&s, 1000, 1000, true, 17.9);
	assert_string_equal(drawn(&s, buf), "▁▁▁▁▁▁·█");
	spark_put(&s, 1001, 1001, true, 14); /* the last one of a column counts */
	assert_true(spark_range(&s, &low, &high) && low >= 10 && low <= 10 && high <= 14);
	spark_move(&s, 1029);
	assert_string_equal(drawn(&s, buf), "▁▁▁▁·█  ");
	spark_put(&s, 2000, 3000, true, 99); /* to come: out of sight */
	spark_move(&s, 1030);
	assert_string_equal(drawn(&s, buf), "▁▁▁·█   ");
	spark_move(&s, 990); /* the clock was set back */
	assert_string_equal(drawn(&s, buf), "        ");
	spark_put(&s, 980, 990, true, 21.5);
	assert_string_equal(drawn(&s, buf), "      ▄▄");
	spark_put(&s, 980, 980, true, 21.500000000000004); /* the same, but for binary fractions */
	assert_string_equal(drawn(&s, buf), "      ▄▄");
	spark_move(&s, 100000);
	assert_string_equal(drawn(&s, buf), "        ");
}

static void test_scale(void **state)
{
	struct sparkline s;
	char buf[SPARK_MAX * 4];
	(void)state;
	spark_init(&s, 9, 1, 100);
	for (int i = 0; i < 9; i++)
		spark_put(&s, 92 + i, 92 + i, true, -4 + i);
	assert_string_equal(drawn(&s, buf), "▁▂▃▄▅▆▇██");
	/* columns and seconds that make no sense become those that do */
	spark_init(&s, 100000, 0, 5);
	assert_int_equal(s.columns, SPARK_MAX);
	assert_int_equal(s.column_s, 1);
	spark_init(&s, -3, 7, 5);
	assert_int_equal(s.columns, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_time_goes_on),
	    cmocka_unit_test(test_scale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

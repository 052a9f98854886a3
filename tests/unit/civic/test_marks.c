/* Marks of a broadcast's text: filled in for each recipient, refused when nobody says what they are. */
#include "civic/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static const struct mark_values wang = {
    {[MARK_NAME] = "王秀英", [MARK_BUILDING] = "3", [MARK_GRID] = "三网格"}};
static const struct mark_values nobody = {{NULL}};

static void assert_filled(const char *text, const struct mark_values *v, const char *wanted, unsigned unknown)
{
	cleanup_buf struct buf out = {0};
	assert_int_equal(marks_fill(text, v, &out), unknown);
	assert_string_equal(buf_str(&out), wanted);
}

static void test_filled_for_each(void **state)
{
	(void)state;
	assert_filled("{name}，{building}栋停水", &wang, "王秀英，3栋停水", 0);
	assert_filled("{姓名|邻居}，{楼栋|本}栋停水", &wang, "王秀英，3栋停水", 0);
	assert_filled("{姓名|邻居}，{楼栋|本}栋停水", &nobody, "邻居，本栋停水", 0);
	assert_filled("{name|}{unit|}好", &nobody, "好", 0);
	assert_filled("{name}您好{room}", &nobody, "您好", 1u << MARK_NAME | 1u << MARK_ROOM);
	assert_filled("{{name} 5{{", &wang, "{name} 5{", 0);
	assert_filled("没有", &wang, "没有", 0);
	assert_filled("{name}", &(struct mark_values){{"a\n\x1B[31mb"}}, "a ?[31mb", 0);
	assert_filled("{name}", &(struct mark_values){{"{building}"}}, "{building}",
		      0); /* a value is no text */
}

static void assert_read(const char *text, const char *wanted, unsigned marks)
{
	static const struct mark_word words[] = {{"date", "周五"}, {"地点", "{name}"}, {"name2", ""}};
	cleanup_buf struct buf out = {0};
	struct err e = {0};
	unsigned found = 99;
	int r = marks_read(text, words, 3, &out, &found, &e);
	if (!wanted) {
		assert_int_equal(r, -22);
		assert_true(e.text[0]);
		assert_int_equal(found, 99);
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(buf_str(&out), wanted);
	assert_int_equal(found, marks);
}

static void test_read(void **state)
{
	(void)state;
	assert_read("{date}停水", "周五停水", 0);
	assert_read("{date}{name|您}{楼栋}", "周五{name|您}{楼栋}", 1u << MARK_NAME | 1u << MARK_BUILDING);
	assert_read("{name2}{{date}", "{{date}", 0);
	for (const char *const *bad =
		 (const char *const[]){"{", "a{name", "{nmae}", "{}", "{Name}", "{name{date}}", "{a\nb}", NULL};
	     *bad; bad++)
		assert_read(*bad, NULL, 0);
	assert_read("{地点}", "{{name}", 0);
	assert_read("5} {{}", "5} {{}", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_filled_for_each), cmocka_unit_test(test_read)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tables, CSV cells and rows in their three forms. */
#include "cli/output.h"
#include "cli/table.h"

#include "base/clock.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct out_column columns[] = {
    {"id", "ID", OUT_INT, 0},         {"name", "name", OUT_TEXT, 8},
    {"phone", "phone", OUT_PHONE, 0}, {"when", "when", OUT_TIME, 0},
    {"secret", NULL, OUT_TEXT, 0},    {"tags", "tags", OUT_WORDS, 0},
    {"on", "on", OUT_BOOL, 0},        {0},
};

static json_t *row(int id, const char *name)
{
	return json_pack("{si so ss sI ss s[ss] sb}", "id", id, "name", out_string(name), "phone",
			 "+8613800138001", "when", (json_int_t)1763438400, "secret", "x", "tags", "a", "b",
			 "on", 1);
}

/* What a list of two rows prints. Caller frees. */
static char *printed(struct out o, const char *first, const char *second)
{
	char *text = NULL;
	size_t n;
	o.file = open_memstream(&text, &n);
	out_begin(&o, columns);
	out_row(&o, row(1, first));
	if (second)
		out_row(&o, row(22, second));
	out_end(&o);
	fclose(o.file);
	return text;
}

static void table_keeps_its_columns(void **state)
{
	(void)state;
	char *text = printed((struct out){.mode = OUT_TABLE}, "王秀英", "Li");
	assert_string_equal(text, "ID  name    phone        when              tags  on\n"
				  " 1  王秀英  138****8001  2025-11-18 12:00  a b   yes\n"
				  "22  Li      138****8001  2025-11-18 12:00  a b   yes\n");
	free(text);
	text = printed((struct out){.mode = OUT_TABLE, .full = true}, "a", NULL);
	assert_non_null(strstr(text, "+8613800138001"));
	free(text);
}

static void a_terminal_cuts(void **state)
{
	(void)state;
	char *text = printed((struct out){.mode = OUT_TABLE, .terminal = true}, "王秀英李建国", NULL);
	assert_non_null(strstr(text, "王秀英… "));
	free(text);
	text = printed((struct out){.mode = OUT_TABLE}, "王秀英李建国", NULL);
	assert_non_null(strstr(text, "王秀英李建国"));
	free(text);
}

static void json_keeps_order_and_types(void **state)
{
	(void)state;
	char *text = printed((struct out){.mode = OUT_JSON}, "a\x1b[31m\n", NULL);
	assert_string_equal(text, "{\"id\":1,\"name\":\"a?[31m "
				  "\",\"phone\":\"+8613800138001\",\"when\":\"2025-11-18T12:00:00+08:00\","
				  "\"secret\":\"x\",\"tags\":[\"a\",\"b\"],\"on\":true}\n");
	free(text);
	struct out o = {.mode = OUT_JSON};
	size_t n;
	o.file = open_memstream(&text, &n);
	out_record(&o, columns, json_object()); /* what is missing is null */
	fclose(o.file);
	assert_non_null(strstr(text, "\"when\":null"));
	free(text);
}

static void csv_has_a_header(void **state)
{
	(void)state;
	char *text = printed((struct out){.mode = OUT_CSV}, "a,\"b\"", NULL);
	assert_string_equal(text, "id,name,phone,when,secret,tags,on\r\n"
				  "1,\"a,\"\"b\"\"\",+8613800138001,2025-11-18T12:00:00+08:00,x,a b,true\r\n");
	free(text);
}

static void csv_cells(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} t[] = {
	    {"", ""},
	    {"a", "a"},
	    {"a,b", "\"a,b\""},
	    {"a\"b", "\"a\"\"b\""},
	    {" a", "\" a\""},
	    {"a ", "\"a \""},
	    {"a\nb", "\"a\nb\""},
	    {"=1+1", "\"'=1+1\""},
	    {"@x", "\"'@x\""},
	    {"+8613800138001", "+8613800138001"},
	    {"-5", "-5"},
	    {"-x", "\"'-x\""},
	    {"+cmd|x", "\"'+cmd|x\""},
	    {"2026-11-18", "2026-11-18"},
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char *text = NULL;
		size_t n;
		FILE *f = open_memstream(&text, &n);
		table_csv_cell(f, t[i].in);
		fclose(f);
		assert_string_equal(text, t[i].want);
		free(text);
	}
}

static void cutting(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int width;
		const char *want;
	} t[] = {{"abc", 3, "abc"},
		 {"abcd", 3, "ab…"},
		 {"王秀英", 6, "王秀英"},
		 {"王秀英", 5, "王秀…"},
		 {"王秀英", 4, "王…"},
		 {"王", 1, "…"},
		 {"", 3, ""},
		 {"abc", 0, "abc"}};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char *s = table_cut(t[i].in, t[i].width);
		assert_string_equal(s, t[i].want);
		if (t[i].width)
			assert_true(text_width(s) <= t[i].width);
		free(s);
	}
}

int main(void)
{
	clock_set_zone("Asia/Shanghai");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_keeps_its_columns),
	    cmocka_unit_test(a_terminal_cuts),
	    cmocka_unit_test(json_keeps_order_and_types),
	    cmocka_unit_test(csv_has_a_header),
	    cmocka_unit_test(csv_cells),
	    cmocka_unit_test(cutting),
	};
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}

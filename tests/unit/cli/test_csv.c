/* Lists that people made in a spreadsheet. */

#include "base/buf.h"
#include "base/err.h"
#include "cli/csv.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Rows as "line:a|b|c/". */
static int print_row(void *user, const struct csv_row *r)
{
	struct buf *b = user;
	buf_addf(b, "%d:", r->line);
	for (int i = 0; i < r->count; i++)
		buf_addf(b, "%s%s", i ? "|" : "", r->fields[i]);
	buf_addc(b, '/');
	return 0;
}

static void rows(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} t[] = {
	    {"", ""},
	    {"a", "1:a/"},
	    {"a,b\r\nc,d\r\n", "1:a|b/2:c|d/"},
	    {"a,b\nc", "1:a|b/2:c/"},
	    {"\n\na,b\n\n\nc\n", "3:a|b/6:c/"},
	    {"\r\n\r\na\r\n", "3:a/"},
	    {"\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d/"},
	    {"\"a\nb\",c\nd\n", "1:a\nb|c/3:d/"},
	    {"x\n\"\n-\n\",c\nd\n", "1:x/2:-|c/5:d/"}, /* line breaks at the ends cannot be seen */
	    {" a , b\t,\xE3\x80\x80"
	     "c\xE3\x80\x80\n",
	     "1:a|b|c/"},
	    {",,\n , \n", ""},                    /* rows of empty cells are nobody */
	    {"a\tb\nc,d\te\n", "1:a|b/2:c,d|e/"}, /* tabs, when the first line has no comma */
	    {"a;b\nc;d,e\n", "1:a|b/2:c|d,e/"},
	    {"a;b (x,y);c\n1;2,2;3\n", "1:a|b (x,y)|c/2:1|2,2|3/"}, /* which there is most of */
	    {"\"a,b,c\"\td\n1\t2\n", "1:a,b,c|d/2:1|2/"},           /* … outside quotation marks */
	    {"sep=;\r\na,b;c\r\n", "2:a,b|c/"},                     /* a spreadsheet's word for it */
	    {"a,b\r\rc,d\re", "1:a|b/3:c|d/4:e/"},                  /* an old Macintosh's lines */
	    {"\xE2\x80\xAD+86 138\xE2\x80\xAC,\xC2\xA0x\n",
	     "1:+86 138|x/"},                                      /* marks of direction, a hard blank */
	    {"'=1+1,'+8,'@x,'-1,'a,'\n", "1:=1+1|+8|@x|-1|'a|'/"}, /* no formulas, says the apostrophe */
	    {"5\" x,y\n", "1:5\" x|y/"},                           /* a quote within is a quote */
	    {"1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4\n",
	     "1:1|2|3|4|5|6|7|8|9|0|1|2|3|4|5|6|7|8|9|0|1|2|3|4|5|6|7|8|9|0|1|2/"},
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		cleanup_buf struct buf b = {0};
		struct err e = {0};
		assert_int_equal(csv_each(t[i].text, print_row, &b, &e), 0);
		assert_string_equal(buf_str(&b), t[i].want);
	}
}

static void an_open_quote_is_told_with_its_line(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct err e = {0};
	assert_int_equal(csv_each("a\nb\n\"c\nd\n", print_row, &b, &e), -EINVAL);
	assert_int_equal(e.line, 3);
	assert_string_equal(buf_str(&b), "1:a/2:b/");
}

static int stop_at_two(void *user, const struct csv_row *r)
{
	(void)r;
	return ++*(int *)user == 2 ? 7 : 0;
}

static void a_callback_ends_it(void **state)
{
	(void)state;
	int count = 0;
	assert_int_equal(csv_each("a\nb\nc\n", stop_at_two, &count, NULL), 7);
	assert_int_equal(count, 2);
}

static void codings(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
		const char *want; /* NULL: refused */
	} t[] = {
	    {"abc", 3, "abc"},
	    {"\xEF\xBB\xBF"
	     "a",
	     4, "a"},
	    {"\xE7\x8E\x8B", 3, "王"},
	    {"\xCD\xF5", 2, "王"},               /* GB18030 */
	    {"\x81\x30\x81\x30", 4, "\xC2\x80"}, /* … of four bytes */
	    {"\xFF\xFE\x8B\x73", 4, "王"},       /* UTF-16 */
	    {"\xFE\xFF\x73\x8B", 4, "王"},
	    {"\xE7\x8E\x8B\xE7\x8E\x8B\xE7\x8E\x8B\xE7\x8E\x8B\xE7\x8E\x8B\xE7\x8E\x8B\xE7\x8E\x8B\xE7\x8E\x8B"
	     "\xE7\x8E\x8B"
	     "\xE7\x8E\x8B\xE7\x8E\x8B\xE7,",
	     35, "王王王王王王王王王王王\xEF\xBF\xBD,"}, /* UTF-8 with a character that was cut, not GB18030 */
	    {"a\0b", 3, NULL},
	    {"PK\3\4x", 5, NULL}, /* a workbook */
	    {"\xD0\xCF\x11\xE0\xA1", 5, NULL},
	    {"", 0, ""},
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char *text = NULL;
		struct err e = {0};
		int r = csv_decode(t[i].bytes, t[i].len, &text, &e);
		assert_int_equal(r, t[i].want ? 0 : -EINVAL);
		if (t[i].want)
			assert_string_equal(text, t[i].want);
		else
			assert_true(strlen(e.text) > 0);
		free(text);
	}
}

/* Whatever the bytes are, it ends, reads nothing past them and gives terminated fields. */
static void random_bytes(void **state)
{
	(void)state;
	unsigned seed = 20261118, x = seed;
	print_message("seed %u\n", seed);
	static const char alphabet[] = "a,\"\r\n\t; \xE7\x8E\x8B\xCD\xF5\xFF\x81\x30";
	for (int round = 0; round < 3000; round++) {
		char bytes[64];
		size_t n = 0;
		x = x * 1103515245u + 12345u;
		size_t len = (x >> 16) % sizeof bytes;
		for (; n < len; n++) {
			x = x * 1103515245u + 12345u;
			bytes[n] = alphabet[(x >> 16) % (sizeof alphabet - 1)];
		}
		char *text = NULL;
		cleanup_buf struct buf b = {0};
		if (csv_decode(bytes, n, &text, NULL) == 0)
			csv_each(text, print_row, &b, NULL);
		free(text);
	}
}

static void headers(void **state)
{
	(void)state;
	static const struct csv_column columns[] = {
	    {{"phone", "手机"}}, {{"consent_date", "consentdate"}}, {{"name"}}};
	struct csv_row r = {.line = 1, .fields = {"Name", "手机（必填）", ""}, .count = 3};
	int places[3];
	struct err e = {0};
	assert_int_equal(csv_header(&r, columns, 3, places, &e), 0);
	assert_int_equal(places[0], 1);
	assert_int_equal(places[1], -1);
	assert_int_equal(places[2], 0);
	assert_string_equal(csv_field(&r, places[1]), "");
	assert_string_equal(csv_field(&r, 9), "");
	cleanup_buf struct buf unknown = {0};
	r.fields[2] = "备注";
	assert_int_equal(csv_header_known(&r, columns, 3, places, &unknown, &e), 2);
	assert_string_equal(buf_str(&unknown), "备注");
	r.fields[2] = "PHONE ";
	assert_int_equal(csv_header(&r, columns, 3, places, &e), -EINVAL); /* twice */
	r.fields[2] = "age";
	assert_int_equal(csv_header(&r, columns, 3, places, &e), -EINVAL);
	assert_non_null(strstr(e.text, "age"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows),
	    cmocka_unit_test(an_open_quote_is_told_with_its_line),
	    cmocka_unit_test(a_callback_ends_it),
	    cmocka_unit_test(codings),
	    cmocka_unit_test(random_bytes),
	    cmocka_unit_test(headers),
	};
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}

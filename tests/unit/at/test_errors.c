/* Error numbers, their classes and words; report status. */
#include "at_commands/errors.h"
#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void table_is_sorted_and_whole(void **state)
{
	(void)state;
	size_t n;
	const struct at_error *t = at_errors(&n);
	assert_true(n > 150);
	for (size_t i = 1; i < n; i++)
		assert_true(t[i - 1].domain < t[i].domain ||
			    (t[i - 1].domain == t[i].domain && t[i - 1].code < t[i].code));
	for (size_t i = 0; i < n; i++)
		assert_true(t[i].text && *t[i].text && t[i].class < AT_CLASS_COUNT);
}

static void classes(void **state)
{
	(void)state;
	static const struct {
		enum at_domain domain;
		int code;
		enum at_class class;
	} cases[] = {
	    {AT_CMS, 1, AT_CLASS_PERMANENT},    {AT_CMS, 8, AT_CLASS_LINE},
	    {AT_CMS, 10, AT_CLASS_LINE},        {AT_CMS, 50, AT_CLASS_LINE},
	    {AT_CMS, 21, AT_CLASS_REJECTED},    {AT_CMS, 27, AT_CLASS_LATER},
	    {AT_CMS, 28, AT_CLASS_PERMANENT},   {AT_CMS, 30, AT_CLASS_PERMANENT},
	    {AT_CMS, 38, AT_CLASS_LATER},       {AT_CMS, 41, AT_CLASS_LATER},
	    {AT_CMS, 47, AT_CLASS_LATER},       {AT_CMS, 69, AT_CLASS_NO_REPORT},
	    {AT_CMS, 96, AT_CLASS_ONCE},        {AT_CMS, 111, AT_CLASS_ONCE},
	    {AT_CMS, 128, AT_CLASS_PROGRAM},    {AT_CMS, 150, AT_CLASS_PROGRAM},
	    {AT_CMS, 192, AT_CLASS_LATER},      {AT_CMS, 193, AT_CLASS_LINE},
	    {AT_CMS, 197, AT_CLASS_SENT},       {AT_CMS, 198, AT_CLASS_NO_VALIDITY},
	    {AT_CMS, 208, AT_CLASS_STORE_FULL}, {AT_CMS, 300, AT_CLASS_REINIT},
	    {AT_CMS, 304, AT_CLASS_FORMAT},     {AT_CMS, 310, AT_CLASS_SIM},
	    {AT_CMS, 311, AT_CLASS_PIN},        {AT_CMS, 314, AT_CLASS_WAIT},
	    {AT_CMS, 321, AT_CLASS_EMPTY},      {AT_CMS, 322, AT_CLASS_STORE_FULL},
	    {AT_CMS, 330, AT_CLASS_SMSC},       {AT_CMS, 331, AT_CLASS_REGISTER},
	    {AT_CMS, 332, AT_CLASS_REGISTER},   {AT_CMS, 340, AT_CLASS_IGNORE},
	    {AT_CMS, 500, AT_CLASS_UNKNOWN},    {AT_CMS, 9999, AT_CLASS_UNKNOWN},
	    {AT_CMS, -1, AT_CLASS_UNKNOWN},     {AT_CME, 10, AT_CLASS_SIM},
	    {AT_CME, 11, AT_CLASS_PIN},         {AT_CME, 14, AT_CLASS_WAIT},
	    {AT_CME, 16, AT_CLASS_PIN},         {AT_CME, 30, AT_CLASS_REGISTER},
	    {AT_CME, 40, AT_CLASS_LOCKED},      {AT_CME, 103, AT_CLASS_REFUSED},
	    {AT_CME, 515, AT_CLASS_WAIT},       {AT_CME, 150, AT_CLASS_REFUSED},
	    {AT_CME, 200, AT_CLASS_UNKNOWN},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (at_error_class(cases[i].domain, cases[i].code) != cases[i].class)
			fail_msg("%d: class %d", cases[i].code, at_error_class(cases[i].domain, cases[i].code));
	assert_int_equal(at_class_parse("unknown"), AT_CLASS_UNKNOWN);
	assert_int_equal(at_class_parse("store-full"), AT_CLASS_STORE_FULL);
	assert_int_equal(at_class_parse("ignore"), AT_CLASS_IGNORE);
	assert_int_equal(at_class_parse("sometimes"), -EINVAL);
}

/* What our emulator prints is what our reader understands, however it is written. */
static void every_text_leads_back(void **state)
{
	(void)state;
	size_t n;
	const struct at_error *t = at_errors(&n);
	for (size_t i = 0; i < n; i++) {
		char loud[128];
		size_t k = 0;
		assert_int_equal(at_error_from_text(t[i].domain, t[i].text), t[i].code);
		for (const char *p = t[i].text; *p; p++)
			loud[k++] = *p == ' ' ? '_' : (char)toupper((unsigned char)*p);
		loud[k] = 0;
		assert_int_equal(at_error_from_text(t[i].domain, loud), t[i].code);
	}
}

static void words_of_others(void **state)
{
	(void)state;
	assert_int_equal(at_error_from_text(AT_CME, "SIM not inserted"), 10);
	assert_int_equal(at_error_from_text(AT_CME, "(U)SIM not inserted"), 10);
	assert_int_equal(at_error_from_text(AT_CME, "operation not allowed"), 3);
	assert_int_equal(at_error_from_text(AT_CME, "No network"), 30);
	assert_int_equal(at_error_from_text(AT_CMS, "Network timeout"), 332);
	assert_int_equal(at_error_from_text(AT_CMS, "network time-out"), 332);
	assert_int_equal(at_error_from_text(AT_CMS, "memory full"), 322);
	assert_int_equal(at_error_from_text(AT_CMS, "invalid memory index"), 321);
	assert_int_equal(at_error_from_text(AT_CME, "invalid memory index"), 21);
	assert_int_equal(at_error_from_text(AT_CMS, "unknown error"), 500);
	assert_int_equal(at_error_from_text(AT_CMS, "the cat sat on it"), -1);
	assert_int_equal(at_error_from_text(AT_CMS, ""), -1);
	assert_int_equal(at_error_from_text(AT_CMS, "::"), -1);
	assert_string_equal(at_error_text(AT_CMS, 322), "Memory full");
	assert_string_equal(at_error_text(AT_CMS, 7777), "unknown error");
}

static void report_status(void **state)
{
	(void)state;
	static const struct {
		int from, to;
		enum tp_status_class class;
	} ranges[] = {
	    {0, 0, TP_STATUS_DELIVERED}, {1, 2, TP_STATUS_FORWARDED},  {3, 31, TP_STATUS_DELIVERED},
	    {32, 63, TP_STATUS_TRYING},  {64, 69, TP_STATUS_FAILED},   {70, 70, TP_STATUS_EXPIRED},
	    {71, 95, TP_STATUS_FAILED},  {96, 127, TP_STATUS_GAVE_UP}, {128, 255, TP_STATUS_RESERVED},
	};
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		for (int st = ranges[i].from; st <= ranges[i].to; st++) {
			assert_int_equal(tp_status_class((uint8_t)st), ranges[i].class);
			assert_true(*tp_status_text((uint8_t)st));
		}
	assert_string_equal(tp_status_text(33), "SME busy");
	assert_string_equal(tp_status_text(97), "SME busy");
	assert_string_equal(tp_status_text(70), "validity period expired");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_is_sorted_and_whole),
	    cmocka_unit_test(classes),
	    cmocka_unit_test(every_text_leads_back),
	    cmocka_unit_test(words_of_others),
	    cmocka_unit_test(report_status),
	};
	return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}

/* Who speaks on a port, and what a modem tells of its supply, of IMS and of its number. */
#include "at_commands/health.h"
#include "at_commands/speaker.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void speakers_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *heard;
		size_t n;
		enum speaker who;
	} cases[] = {
	    {"", 0, SPEAKER_SILENT},
	    {"$GPGGA,092750.000,,,,,0,,,,,,,,*66\r\n", 36, SPEAKER_NMEA},
	    {"xx\r\n$BDRMC,,V*", 14, SPEAKER_NMEA},
	    {"!AIVDM,1,1\r\n", 12, SPEAKER_NMEA},
	    {"$5.00, please\r\n", 15, SPEAKER_LOG},
	    {"\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x20\x7e", 11, SPEAKER_PPP},
	    {"a ~ b\r\n", 7, SPEAKER_LOG},
	    {"\x1b\rAT+CMEE?\r\x1b\rAT+CMEE?\r", 22, SPEAKER_ECHO},
	    {"\r\n", 2, SPEAKER_LOG},
	    {"AT+CMEE?\rhello", 14, SPEAKER_LOG},
	    {"[ 12.3] boot\r\n", 14, SPEAKER_LOG},
	    {"\x80\x90\xa0\x01\x02ok", 7, SPEAKER_BINARY},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (speaker_of(cases[i].heard, cases[i].n) != cases[i].who)
			fail_msg("case %zu: %s", i, speaker_name(speaker_of(cases[i].heard, cases[i].n)));
}

static struct at_reply reply(const char *const *line, size_t count)
{
	return (struct at_reply){.final = AT_OK, .code = -1, .text = "", .lines = line, .count = count};
}

static void supplies(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int r, millivolt, percent;
	} cases[] = {
	    {"+CBC: 0,80,3850", 0, 3850, 80}, {"+CBC: 3.916V", 0, 3916, -1},
	    {"+CBC: 0,80", 0, -1, 80},        {"+CBC: 0,0,0", 0, -1, 0},
	    {"+CBC: x", -EBADMSG, 0, 0},      {"+CBC: 0,200,99999999", -EBADMSG, 0, 0},
	    {"+CSQ: 1,2", -EBADMSG, 0, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int millivolt = 0, percent = 0;
		struct at_reply r = reply(&cases[i].line, 1);
		assert_int_equal(at_read_battery(&r, &millivolt, &percent), cases[i].r);
		if (!cases[i].r) {
			assert_int_equal(millivolt, cases[i].millivolt);
			assert_int_equal(percent, cases[i].percent);
		}
	}
}

static void ims_and_number(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum at_ims ims;
	} cases[] = {{"+CIREG: 0,1", IMS_ON},
		     {"+CIREG: 2,0,4", IMS_OFF},
		     {"+QCFG: \"ims\",1,1", IMS_ON},
		     {"+QCFG: \"ims\",0,0", IMS_OFF},
		     {"+QCFG: \"ims\",2,0", IMS_FORBIDDEN},
		     {"+CIREG:", IMS_UNKNOWN},
		     {"+QCFG: \"nwscanmode\",0", IMS_UNKNOWN}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct at_reply r = reply(&cases[i].line, 1);
		assert_int_equal(at_read_ims(&r), cases[i].ims);
	}
	static const struct {
		const char *line, *number;
	} numbers[] = {
	    {"+CNUM: \"\",\"+8613800138001\",145", "+8613800138001"},
	    {"+CNUM: ,\"8613800138001\",145", "+8613800138001"},
	    {"+CNUM: \"x\",\"13800138001\",129,7,4", "13800138001"},
	    {"+CNUM: \"\",\"002B0038003600310033003800300030003100330038003000300031\",145", "+8613800138001"},
	    {"+CNUM: \"\",\"\",129", NULL},
	    {"+CNUM: \"\",\"voice\",129", NULL}};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		char number[AT_NUMBER_MAX] = "";
		struct at_reply r = reply(&numbers[i].line, 1);
		assert_int_equal(at_read_own_number(&r, number, sizeof number),
				 numbers[i].number ? 0 : -ENODATA);
		assert_string_equal(number, numbers[i].number ? numbers[i].number : "");
	}
}

static void ports_by_rank(void **state)
{
	(void)state;
	const struct modem_row row = {.at_if = {2, 3}, .at_if_count = 2, .avoid_if = {0}, .avoid_if_count = 1};
	assert_true(modem_row_rank(&row, 2) < modem_row_rank(&row, 3));
	assert_true(modem_row_rank(&row, 3) < modem_row_rank(&row, -1));
	assert_true(modem_row_rank(&row, 7) < ROW_RANK_AVOID);
	assert_true(modem_row_rank(&row, 0) >= ROW_RANK_AVOID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(speakers_are_told_apart),
	    cmocka_unit_test(supplies),
	    cmocka_unit_test(ims_and_number),
	    cmocka_unit_test(ports_by_rank),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

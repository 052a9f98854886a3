/* Unsolicited codes: what they mean, in the forms that makers print. */
#include "at_commands/urc.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void kinds(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum urc_kind kind;
	} cases[] = {
	    {"RING", URC_RING},
	    {"+CRING: VOICE", URC_RING},
	    {"+CRING: VOICE/AUX", URC_RING},
	    {"RINGING", URC_UNKNOWN},
	    {"NO CARRIER", URC_CALL_END},
	    {"BUSY", URC_CALL_END},
	    {"NO ANSWER", URC_CALL_END},
	    {"^CEND: 1,0,29,16", URC_CALL_END},
	    {"^CEND:1,0,104", URC_CALL_END},
	    {"VOICE CALL: END", URC_CALL_END},
	    {"VOICE CALL: END: 000017", URC_CALL_END},
	    {"VOICE CALL:END:000017", URC_CALL_END},
	    {"VOICE CALL: BEGIN", URC_CALL_BEGIN},
	    {"MISSED_CALL: 01:23AM 13800138000", URC_MISSED_CALL},
	    {"+CMTI: \"SM\",1", URC_CMTI},
	    {"+CMT: ,23", URC_CMT},
	    {"+CDS: 26", URC_CDS},
	    {"+CDSI: \"SR\",1", URC_CDSI},
	    {"+CBM: 88", URC_CBM},
	    {"+CLASS0: \"x\"", URC_CLASS0},
	    {"^SMMEMFULL:\"SM\"", URC_STORE_FULL},
	    {"+QIND: \"smsfull\",\"ME\"", URC_STORE_FULL},
	    {"+QIND: SMS DONE", URC_READY},
	    {"SMS DONE", URC_READY},
	    {"SMS Ready", URC_READY},
	    {"+QIND: PB DONE", URC_NOISE},
	    {"+QIND: \"csq\",21,99", URC_SIGNAL},
	    {"+QIND: \"vbatt\",-1", URC_POWER},
	    {"+QIND: \"other\",1", URC_NOISE},
	    {"RDY", URC_BOOT},
	    {"QCRDY", URC_BOOT},
	    {"*ATREADY: 1", URC_BOOT},
	    {"^SYSSTART", URC_BOOT},
	    {"+CFUN: 1", URC_BOOT},
	    {"+CFUN: 4", URC_NETWORK},
	    {"+CPIN: NOT INSERTED", URC_PIN},
	    {"+CPIN: READY", URC_PIN},
	    {"UNDER_VOLTAGE WARNING", URC_POWER},
	    {"NORMAL POWER DOWN", URC_POWER},
	    {"POWERED DOWN", URC_POWER},
	    {"+CREG: 1", URC_REG},
	    {"+CEREG: 5", URC_REG},
	    {"+C5GREG: 1", URC_REG},
	    {"+CTZV: +32", URC_TIME},
	    {"+CTZE: \"+32\",0,\"2026/11/20,15:00:00\"", URC_TIME},
	    {"*PSUTTZ: 26,11,20", URC_TIME},
	    {"^NWTIME: 26/11/20", URC_TIME},
	    {"+CUSD: 0,\"x\",15", URC_USSD},
	    {"+ZUSIMR:2", URC_NOISE},
	    {"^XYZZY: 1", URC_UNKNOWN},
	    {"bare words", URC_UNKNOWN},
	    {"", URC_UNKNOWN},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_urc u;
		urc_parse(cases[i].line, NULL, &u);
		if (u.kind != cases[i].kind)
			fail_msg("%s is %s", cases[i].line, urc_kind_name(u.kind));
	}
}

static void callers(void **state)
{
	(void)state;
	static const struct {
		const char *line, *number;
		int type;
		enum urc_validity validity;
	} cases[] = {
	    {"+CLIP: \"13800138000\",129", "13800138000", 129, CLIP_VALID},
	    {"+CLIP: \"+8613800138000\",145,,,,0", "+8613800138000", 145, CLIP_VALID},
	    {"+CLIP: \"13800138000\",161,\"\",,\"\",0", "13800138000", 161, CLIP_VALID},
	    {"+CLIP: 13800138000,129", "13800138000", 129, CLIP_VALID},
	    {"+CLIP: \"\",128,,,,1", "", 128, CLIP_WITHHELD},
	    {"+CLIP: \"\",128,\"\",,\"\",1", "", 128, CLIP_WITHHELD},
	    {"+CLIP: ,128,,,,2", "", 128, CLIP_UNAVAILABLE},
	    {"+CLIP: \"\",128", "", 128, CLIP_WITHHELD},
	    {"+CLIP: \"anonymous\",128", "", 128, CLIP_WITHHELD},
	    {"+CLIP: \"13800138000\",255,,,\"Wang 2\"", "13800138000", 255, CLIP_VALID},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_urc u;
		urc_parse(cases[i].line, NULL, &u);
		assert_int_equal(u.kind, URC_CLIP);
		if (strcmp(u.number, cases[i].number) != 0 || u.number_type != cases[i].type ||
		    u.validity != cases[i].validity)
			fail_msg("%s: %s %d %d", cases[i].line, u.number, u.number_type, (int)u.validity);
	}
	struct at_urc u;
	urc_parse("MISSED_CALL: 01:23AM 13800138000", NULL, &u);
	assert_string_equal(u.number, "13800138000");
	urc_parse("+CCWA: \"13900139000\",129,1", NULL, &u);
	assert_string_equal(u.number, "13900139000");
	char line[200];
	snprintf(line, sizeof line, "+CLIP: \"%0150d\",129", 1);
	urc_parse(line, NULL, &u);
	assert_int_equal(strlen(u.number), AT_NUMBER_MAX - 1);
}

static void call_lists(void **state)
{
	(void)state;
	struct at_call c;
	assert_int_equal(urc_parse_clcc("+CLCC: 1,1,4,0,0,\"13800138000\",129,\"\"", &c), 0);
	assert_true(c.incoming && c.voice && c.state == CALL_INCOMING);
	assert_string_equal(c.number, "13800138000");
	assert_int_equal(urc_parse_clcc("+CLCC: 2,1,6,1,0", &c), 0);
	assert_true(c.state == CALL_ENDED && !c.voice);
	assert_string_equal(c.number, "");
	assert_int_not_equal(urc_parse_clcc("+CLCC: 1", &c), 0);
	assert_int_not_equal(urc_parse_clcc("+CLCC: 1,1,9,0,0", &c), 0);
	struct at_urc u;
	urc_parse("^DSCI: 4,1,3,0,+8613800138000,145", NULL, &u);
	assert_int_equal(u.kind, URC_CALL);
	assert_string_equal(u.call.number, "+8613800138000");
	assert_true(u.call.incoming);
	urc_parse("^DSCI: 4,1,6,0,13800138000,129", NULL, &u);
	assert_int_equal(u.call.state, CALL_ENDED);
	urc_parse("+CLCC: nonsense", NULL, &u);
	assert_int_equal(u.kind, URC_UNKNOWN);
}

static void stored_and_direct(void **state)
{
	(void)state;
	struct at_urc u;
	urc_parse("+CMTI: \"ME\", 12", NULL, &u);
	assert_string_equal(u.memory, "ME");
	assert_int_equal(u.index, 12);
	urc_parse("+CMTI: SM,0", NULL, &u);
	assert_string_equal(u.memory, "SM");
	assert_int_equal(u.index, 0);
	urc_parse("+CDSI: 4", NULL, &u); /* no memory named */
	assert_string_equal(u.memory, "");
	assert_int_equal(u.index, 4);
	urc_parse("+CMTI:", NULL, &u);
	assert_int_equal(u.index, -1);
	static const char *const lengths[] = {"+CMT: ,3",      "+CMT: \"\",3", "+CMT: 3",
					      "+CMT:\"Li\",3", "+CDS: 3",      "+CDS: ,3"};
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		urc_parse(lengths[i], "00010203", &u);
		assert_int_equal(u.length, 3);
		assert_false(u.length_lies);
		assert_string_equal(u.pdu, "00010203");
	}
	urc_parse("+CMT: ,9", "00010203", &u);
	assert_true(u.length_lies);
	urc_parse("^SMMEMFULL:\"SM\"", NULL, &u);
	assert_string_equal(u.memory, "SM");
}

static void sim_and_registration(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int value;
	} cases[] = {
	    {"+QUSIM: 1", 1}, {"+QSIMSTAT: 1,0", 0}, {"+QSIMSTAT: 1,1", 1},
	    {"^SIMST:1", 1},  {"^SIMST:255", 0},     {"+SIMCARD: NOT AVAILABLE", 0},
	    {"#QSS: 0", 0},   {"+CREG: 5", 5},       {"+CEREG: 1,\"18A2\",\"0D2F\",7", 1},
	    {"+CREG: x", -1}, {"+CUSD: 2", 2},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_urc u;
		urc_parse(cases[i].line, NULL, &u);
		if (u.value != cases[i].value)
			fail_msg("%s: %d", cases[i].line, u.value);
	}
	struct at_urc u;
	urc_parse("+CGREG: 1", NULL, &u);
	assert_int_equal(u.domain, REG_PS);
	urc_parse("+CEREG: 1", NULL, &u);
	assert_int_equal(u.domain, REG_EPS);
}

static void collisions(void **state)
{
	(void)state;
	static const char *const unasked[] = {
	    "+CREG: 1",
	    "+CREG: 1,\"00C3\",\"0A1B\"",
	    "+CREG: 1,00C3,0A1B",
	    "+CEREG: 5,\"18A2\",\"0D2F4A01\",7",
	    "+CGREG: 1",
	    "+CLIP: \"138\",129",
	    "+CLIP: 138,129",
	    "+CLIP: ,128,,,,1",
	    "+CLCC: 1,1,6,0,0",
	    "+CUSD: 0,\"x\",15",
	    "+CMTI: \"SM\",1",
	    "+CMT: ,20",
	    "+CCWA: \"138\",129,1",
	};
	static const char *const replies[] = {
	    "+CREG: 0,1",
	    "+CREG: 002,001,\"18d8\"",
	    "+CREG: 2,1,\"00C3\",\"0A1B\"",
	    "+CREG: 2,5,\"00C3\",\"0A1B\",7",
	    "+CEREG: 0,11",
	    "+CLIP: 1,1",
	    "+CLIP: 0,2",
	    "+CLCC: 1,1,4,0,0",
	    "+CPIN: READY",
	    "+CUSD: 1",
	    "+CSQ: 1,99",
	    "+CCWA: 1",
	};
	for (size_t i = 0; i < ARRAY_LEN(unasked); i++)
		if (!urc_not_reply(unasked[i]))
			fail_msg("%s is unasked", unasked[i]);
	for (size_t i = 0; i < ARRAY_LEN(replies); i++)
		if (urc_not_reply(replies[i]))
			fail_msg("%s is a reply", replies[i]);
}

static void table_is_sound(void **state)
{
	(void)state;
	size_t n;
	const struct urc_row *t = urc_table(&n);
	for (size_t i = 0; i < n; i++) {
		struct at_urc u;
		urc_parse(t[i].prefix, NULL, &u);
		assert_ptr_equal(urc_find(t[i].prefix), &t[i]); /* no row hides another */
		assert_true(t[i].lines == 1 || t[i].lines == 2);
		assert_non_null(urc_kind_name(t[i].kind));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kinds),
	    cmocka_unit_test(callers),
	    cmocka_unit_test(call_lists),
	    cmocka_unit_test(stored_and_direct),
	    cmocka_unit_test(sim_and_registration),
	    cmocka_unit_test(collisions),
	    cmocka_unit_test(table_is_sound),
	};
	return cmocka_run_group_tests_name("unsolicited codes", tests, NULL, NULL);
}

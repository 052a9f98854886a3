/* What the console says about lines, and which commands it asks about. */
#include "cli/console_words.h"
#include "cli/modem_stanza.h"
#include "cli/modem_trouble.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void harm_is_known_in_every_spelling(void **state)
{
	(void)state;
	static const char *const harmful[] = {"AT+CPIN=1234",
					      "at+cpin=\"1234\"",
					      "AT+CLCK=\"SC\",1,\"1234\"",
					      "AT+CPWD=\"SC\",\"1\",\"2\"",
					      "AT+CFUN=0",
					      "AT+CFUN=4,0",
					      "AT+CFUN=1,1",
					      "AT&F",
					      "AT & F0",
					      "ATZ",
					      "ATD10086;",
					      "ATDT10086",
					      "AT+CMGD=1",
					      "AT+CMGD=1,4",
					      "AT+CSQ;+CFUN=0",
					      "ATE0;D10086",
					      "AT+CMEE=2;;+CPIN=1",
					      "AT+CRESET",
					      "AT+QPOWD=1",
					      "AT+EGMR=1,7,\"1\"",
					      "AT+COPS=1,2,\"46000\"",
					      "AT+CMGS=20",
					      "  AT+IPR=9600"};
	static const char *const harmless[] = {"AT",
					       "ATI",
					       "AT+CPIN?",
					       "AT+CLCK=?",
					       "AT+CFUN?",
					       "AT+CFUN=1",
					       "AT+CMGD=?",
					       "AT+COPS?",
					       "AT+COPS=?",
					       "AT+CSQ;+CREG?",
					       "AT+CMGL=4",
					       "AT+QCFG=\"ims\"",
					       "AT+CUSD=1,\"a;+CFUN=0\"",
					       "",
					       "hello"};
	for (size_t i = 0; i < ARRAY_LEN(harmful); i++)
		if (!console_danger(harmful[i]))
			fail_msg("%s goes through", harmful[i]);
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (console_danger(harmless[i]))
			fail_msg("%s is held up: %s", harmless[i], console_danger(harmless[i]));
	assert_true(console_secret("AT+CSQ;+CPIN=1234"));
	assert_true(console_secret("at+cpin=\"1234\""));
	assert_true(console_secret("AT+CPIN2=1"));
	assert_false(console_secret("AT+CPIN?"));
	assert_false(console_secret("AT+CPIN=?"));
}

static void lines_have_words(void **state)
{
	(void)state;
	static const struct {
		const char *line, *words; /* NULL: none */
	} cases[] = {
	    {"+CSQ: 20,99", "-73 dBm, strong"},
	    {"+CSQ: 99,99", "not known"},
	    {"+CREG: 0,1", "registered, in its own network"},
	    {"+CREG: 1,\"00C3\",\"0012A5B4\",7", "registered, in its own network, LTE"},
	    {"+CEREG: 0,3", "refused by the network"},
	    {"+CPIN: SIM PUK", "is blocked and wants its PUK"},
	    {"+CPMS: \"SM\",3,20,\"SM\",3,20,\"SM\",3,20", "3 texts stored, room for 20"},
	    {"+CLIP: \"+8613800138001\",145", "it is 138****8001"},
	    {"+CLIP: \"\",128,,,,1", "the number is withheld"},
	    {"+CMTI: \"ME\",7", "a text was stored in ME, place 7: AT+CMGR=7 reads it"},
	    {"RING", "somebody rings"},
	    {"+CBC: 0,80,3310", "3.31 V"},
	    {"+CREG: x", NULL},
	    {"Quectel", NULL},
	    {"861473041234003", NULL},
	    {"0123456789ABCDEF0123456789ABCDEF", NULL},
	};
	const struct modem_row row = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup_free char *words = console_explain(&row, cases[i].line, false);
		if (cases[i].words)
			assert_string_equal(words ? words : cases[i].line, cases[i].words);
		else
			assert_null(words);
	}
	cleanup_free char *error = console_explain(&row, "+CMS ERROR: 38", false);
	assert_non_null(strstr(error, "the gateway tries again later"));
	cleanup_free char *words = console_explain(&row, "+CME ERROR: SIM not inserted", false);
	assert_non_null(strstr(words, "look at the SIM"));
	assert_null(console_explain(&row, "+CME ERROR: what nobody knows", false));
	/* completion offers nothing that would be asked about */
	const char *command, *what;
	for (int i = 0; (command = console_command(i, &what)); i++)
		assert_null(console_danger(command));
}

static void sections_have_names(void **state)
{
	(void)state;
	struct stanza list[3] = {0};
	stanza_name(&list[0], "SIMCOM_SIM7600CE", NULL, list, 0);
	assert_string_equal(list[0].name, "sim7600ce");
	stanza_name(&list[1], "SIM7600CE", NULL, list, 1);
	assert_string_equal(list[1].name, "sim7600ce-2");
	stanza_name(&list[2], "模块]\n[x", NULL, list, 2);
	assert_string_equal(list[2].name, "x");
	stanza_name(&list[2], "", NULL, list, 2);
	assert_string_equal(list[2].name, "modem");
	struct buf b = {0};
	struct stanza s = {
	    .name = "m", .imei = "861473041234003", .iccid = "89860000000012345000", .wants_pin = true};
	stanza_format(&b, &s);
	assert_string_equal(b.data, "[modem m]\ndevice = imei:861473041234003\niccid = 89860000000012345000\n"
				    "#pin_file = /etc/yishi/m.pin\n");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(harm_is_known_in_every_spelling),
	    cmocka_unit_test(lines_have_words),
	    cmocka_unit_test(sections_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

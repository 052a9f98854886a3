/* Typed verbs: the command line that they build, and what they read from the replies of real modems. */
#include "at_commands/verbs.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define P23 "0891683108100005F0240BA13119311000F100086211201251002304597D0031"

/* An OK reply of up to four lines, or another final result. */
struct fake {
	const char *line[4];
	struct at_reply r;
};

static struct at_reply *ok(struct fake *f, const char *a, const char *b, const char *c, const char *d)
{
	*f = (struct fake){.line = {a, b, c, d}};
	f->r = (struct at_reply){.final = AT_OK, .code = -1, .text = "", .lines = f->line};
	while (f->r.count < 4 && f->line[f->r.count])
		f->r.count++;
	return &f->r;
}

static struct at_reply *one(struct fake *f, const char *line)
{
	return ok(f, line, NULL, NULL, NULL);
}

static struct at_reply *wrong(struct fake *f, enum at_final final, int code)
{
	*f = (struct fake){.r = {.final = final, .code = code, .text = "", .lines = f->line}};
	return &f->r;
}

static struct modem_row generic(void)
{
	struct modem_row row = {.name = "generic",
				.cmgl_max_ms = 60000,
				.prompt_ms = 10000,
				.result_ms = 130000,
				.cpms_args = 3,
				.reg_ok = 1 << 1 | 1 << 5 | 1 << 6 | 1 << 7,
				.csms = 1,
				.cmms = 2};
	row.reg_commands = (struct modem_words){.word = {"CREG", "CEREG"}, .count = 2};
	return row;
}

static void words(void **state)
{
	(void)state;
	static const struct {
		const char *line, *words;
	} cases[] = {
	    {"Quectel", "Quectel"},
	    {"+CGMI: \"SIMCOM INCORPORATED\"", "SIMCOM INCORPORATED"},
	    {"Revision: EC25EFAR06A03M4G", "EC25EFAR06A03M4G"},
	    {"+CGMR: LE11B07SIM7600M22", "LE11B07SIM7600M22"},
	    {" MULTIBAND  900E  1800 ", "MULTIBAND  900E  1800"},
	};
	struct fake f;
	char out[64];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(at_read_words(one(&f, cases[i].line), out, sizeof out), 0);
		assert_string_equal(out, cases[i].words);
	}
	assert_int_equal(at_read_words(one(&f, NULL), out, sizeof out), -ENODATA);
	assert_int_equal(at_read_words(one(&f, "+CGMI:"), out, sizeof out), -ENODATA);
	assert_int_equal(at_read_words(wrong(&f, AT_ERROR, -1), out, sizeof out), -ENODATA);
	char tiny[4];
	assert_int_equal(at_read_words(one(&f, "Quectel"), tiny, sizeof tiny), 0);
	assert_string_equal(tiny, "Que");
}

static void numbers_of_device_and_sim(void **state)
{
	(void)state;
	struct fake f;
	char imei[16], iccid[24];
	assert_int_equal(at_read_imei(one(&f, "866340050000017"), imei), 0);
	assert_string_equal(imei, "866340050000017");
	assert_int_equal(at_read_imei(one(&f, "+CGSN: \"8663400500000171\""), imei), 0);
	assert_string_equal(imei, "866340050000017");
	assert_int_equal(at_read_imei(one(&f, "0x80ABCD"), imei), -EBADMSG);
	assert_int_equal(at_read_imei(one(&f, "000000000000000"), imei), -EBADMSG);
	assert_int_equal(at_read_iccid(one(&f, "+QCCID: 89860012345678901234"), iccid), 0);
	assert_string_equal(iccid, "89860012345678901234");
	assert_int_equal(at_read_iccid(one(&f, "+CCID: \"8986001234567890123F\""), iccid), 0);
	assert_string_equal(iccid, "8986001234567890123");
	assert_int_equal(at_read_iccid(one(&f, "89860012345678901234"), iccid), 0);
	assert_int_equal(at_read_iccid(one(&f, "+CME: 1"), iccid), -EBADMSG);
}

static void pin(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum pin_state state;
	} cases[] = {
	    {"+CPIN: READY", PIN_READY},         {"+CPIN: \"READY\"", PIN_READY},
	    {"+CPIN:READY", PIN_READY},          {NULL, PIN_READY},
	    {"+CPIN: SIM PIN", PIN_PIN},         {"+CPIN: SIM PUK", PIN_PUK},
	    {"+CPIN: SIM PIN2", PIN_PIN2},       {"+CPIN: SIM PUK2", PIN_PUK2},
	    {"+CPIN: PH-NET PIN", PIN_LOCKED},   {"+CPIN: PH-SIM PIN", PIN_LOCKED},
	    {"+CPIN: NOT READY", PIN_NOT_READY}, {"+CPIN: NOT INSERTED", PIN_ABSENT},
	    {"+CPIN: WHATEVER", PIN_UNKNOWN},
	};
	struct fake f;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(at_read_pin(one(&f, cases[i].line)), cases[i].state);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 10)), PIN_ABSENT);
	assert_int_equal(at_read_pin(wrong(&f, AT_CMS_ERROR, 310)), PIN_ABSENT);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 11)), PIN_PIN);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 12)), PIN_PUK);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 18)), PIN_PUK2);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 13)), PIN_FAILED);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 14)), PIN_NOT_READY);
	assert_int_equal(at_read_pin(wrong(&f, AT_CME_ERROR, 41)), PIN_LOCKED);
	assert_int_equal(at_read_pin(wrong(&f, AT_TIMEOUT, -1)), PIN_UNKNOWN);
	struct modem_row row = {.cpin_no_ok = true};
	assert_true(at_cmd_pin_query(&row).grace_ms > 0);
	assert_string_equal(at_cmd_pin_enter("1234").line, "AT+CPIN=\"1234\"");
}

static void stores(void **state)
{
	(void)state;
	static const struct {
		const char *line, *name0;
		int count, used0, total0, total2;
	} cases[] = {
	    {"+CPMS: \"SM\",3,20,\"SM\",3,20,\"SM\",3,20", "SM", 3, 3, 20, 20},
	    {"+CPMS: \"ME\", 0, 255, \"ME\", 0, 255, \"MT\", 1, 300", "ME", 3, 0, 255, 300},
	    {"+CPMS: 1,20,1,20,1,20", "", 3, 1, 20, 20},
	    {"+CPMS: \"SM\",0,0,\"SM\",0,0,\"SM\",0,0", "SM", 3, 0, 0, 0},
	    {"+CPMS: \"SM\",4,10", "SM", 1, 4, 10, -1},
	};
	struct fake f;
	struct at_stores s;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(at_read_stores(one(&f, cases[i].line), &s), 0);
		assert_string_equal(s.name[0], cases[i].name0);
		assert_int_equal(s.count, cases[i].count);
		assert_int_equal(s.used[0], cases[i].used0);
		assert_int_equal(s.total[0], cases[i].total0);
		assert_int_equal(s.total[2], cases[i].total2);
	}
	assert_int_equal(at_read_stores(one(&f, "+CPMS: \"SM\",2147483647,2147483647"), &s), 0);
	assert_true(s.used[0] == -1 && s.total[0] == -1);
	assert_int_equal(at_read_stores(one(&f, "+CPMS: "), &s), -EBADMSG);
	assert_int_equal(at_read_stores(one(&f, NULL), &s), -EBADMSG); /* OK alone, after a setting */
	assert_int_equal(at_read_stores(wrong(&f, AT_CMS_ERROR, 302), &s), -ENODATA);
	struct modem_row row = generic();
	at_read_stores(one(&f, "+CPMS: \"ME\",0,255,\"ME\",0,255,\"SM\",0,50"), &s);
	assert_false(at_stores_are(&row, &s, "ME"));
	row.cpms_args = 2;
	assert_true(at_stores_are(&row, &s, "ME"));
	assert_string_equal(at_cmd_store_read_from("SM").line, "AT+CPMS=\"SM\"");
}

static void small_queries(void **state)
{
	(void)state;
	struct fake f;
	int v, n[5], type;
	char number[AT_NUMBER_MAX];
	assert_int_equal(at_read_radio(one(&f, "+CFUN: 1"), &v), 0);
	assert_int_equal(v, 1);
	assert_int_equal(at_read_radio(one(&f, "+CFUN: x"), &v), -EBADMSG);
	assert_int_equal(at_read_format(one(&f, "+CMGF: 0"), &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(at_read_notify(one(&f, "+CNMI: 2,1,0,1,0"), n), 0);
	assert_true(n[0] == 2 && n[3] == 1);
	assert_int_equal(at_read_notify(one(&f, "+CNMI: 2, 1"), n), 0);
	assert_int_equal(n[2], -1);
	assert_int_equal(at_read_smsc(one(&f, "+CSCA: \"+8613800100500\",145"), number, &type), 0);
	assert_string_equal(number, "+8613800100500");
	assert_int_equal(type, 145);
	assert_int_equal(
	    at_read_smsc(one(&f, "+CSCA: \"002B0038003600310033003800300030\",145"), number, &type), 0);
	assert_string_equal(number, "+8613800");
	assert_int_equal(at_read_smsc(one(&f, "+CSCA: \"\",129"), number, &type), -EBADMSG);
	struct modem_row row = generic();
	assert_string_equal(at_cmd_service(&row).line, "AT+CSMS=1");
}

static void registration(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		bool query;
		int mode, stat, lac, act; /* stat −1: no registration at all */
	} cases[] = {
	    {"+CREG: 0,1", true, 0, 1, -1, -1},
	    {"+CREG: 2,5,\"00C3\",\"0A1B\",7", true, 2, 5, 0xC3, 7},
	    {"+CREG: 2,1,00C3,0A1B", true, 2, 1, 0xC3, -1},
	    {"+CGREG: 0,5", true, 0, 5, -1, -1},
	    {"+CREG: 1", true, -1, 1, -1, -1},
	    {"+CREG: 2,1,\"0B,\"0100701\",7", true, 2, 1, 0x0B, 7},
	    {"+CREG: 2,1,\"5E25", true, 2, 1, 0x5E25, -1},
	    {"+CREG: 002,001,\"18d8\",\"ffff\"", true, 2, 1, 0x18D8, -1},
	    {"+CREG: 1,00C3,0A1B", false, -1, 1, 0xC3, -1},
	    {"+CEREG: 0,11", true, 0, 11, -1, -1},
	    {"+CREG: 6", false, -1, 6, -1, -1},
	    {"+CEREG: 1,\"18A2\",\"0D2F4A01\",7", false, -1, 1, 0x18A2, 7},
	    {"+CREG: x", true, -1, -1, -1, -1},
	    {"+CREG:", true, -1, -1, -1, -1},
	    {"+CREG: 99", true, -1, -1, -1, -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct at_registration r;
		int rc = at_parse_reg(cases[i].line, cases[i].query, &r);
		if (cases[i].stat < 0) {
			assert_int_equal(rc, -EBADMSG);
			continue;
		}
		if (rc || r.mode != cases[i].mode || r.stat != cases[i].stat || r.lac != cases[i].lac ||
		    r.act != cases[i].act)
			fail_msg("%s: %d mode %d stat %d lac %x act %d", cases[i].line, rc, r.mode, r.stat,
				 (unsigned)r.lac, r.act);
	}
	struct modem_row row = generic();
	assert_true(at_reg_usable(&row, 1) && at_reg_usable(&row, 5) && at_reg_usable(&row, 6) &&
		    at_reg_usable(&row, 7));
	assert_false(at_reg_usable(&row, 0) || at_reg_usable(&row, 2) || at_reg_usable(&row, 3) ||
		     at_reg_usable(&row, 8) || at_reg_usable(&row, 11) || at_reg_usable(&row, -1));
	row.reg_alias = (struct modem_words){.word = {"+CGREG:"}, .count = 1};
	struct at_command c = at_cmd_reg_query(&row, "CEREG");
	assert_string_equal(c.line, "AT+CEREG?");
	assert_string_equal(c.prefixes, "+CEREG: +CGREG:");
}

static void signal_and_operator(void **state)
{
	(void)state;
	struct fake f;
	int dbm, act;
	char name[32];
	assert_int_equal(at_signal_dbm("+CSQ: 20,99"), -73);
	assert_int_equal(at_signal_dbm("+CSQ: 0,99"), -113);
	assert_int_equal(at_signal_dbm("+CSQ: 31,0"), -51);
	assert_int_equal(at_signal_dbm("+CSQ: 99,99"), SIGNAL_UNKNOWN);
	assert_int_equal(at_signal_dbm("+CSQ: 120,99"), -96);
	assert_int_equal(at_signal_dbm("+CSQ: 199,99"), SIGNAL_UNKNOWN);
	assert_int_equal(at_signal_dbm("+CSQ:"), SIGNAL_UNKNOWN);
	assert_int_equal(at_read_signal(one(&f, NULL), &dbm), -EBADMSG);
	assert_int_equal(at_read_operator(one(&f, "+COPS: 0,0,\"CHINA MOBILE\",7"), name, sizeof name, &act),
			 0);
	assert_string_equal(name, "CHINA MOBILE");
	assert_string_equal(at_technology(act), "LTE");
	assert_int_equal(at_read_operator(one(&f, "+COPS: 0"), name, sizeof name, &act), 0);
	assert_string_equal(name, "");
	assert_string_equal(at_technology(act), "");
	assert_string_equal(at_technology(99), "");
	/* in GBK, as some makers have it, and cut by an escape: it goes into JSON and onto terminals */
	assert_int_equal(at_read_operator(one(&f, "+COPS: 0,0,\"\xD6\xD0\xB9\xFA\xF0\x9F\x98\x1B[2J\",7"), name,
					  sizeof name, &act),
			 0);
	assert_true(text_valid(name, strlen(name)));
	assert_null(strchr(name, 0x1B));
}

static void listings(void **state)
{
	(void)state;
	struct fake f;
	struct at_list l;
	assert_int_equal(at_read_list(one(&f, NULL), &l), 0);
	assert_int_equal(l.count, 0);
	at_list_done(&l);
	/* every form of the header */
	static const char *const headers[] = {"+CMGL: 7,1,,23", "+CMGL:7,1,\"\",23",
					      "+CMGL: 7,1,\"004C0069\",23", "+CMGL: 7,1,\"Li, Ming\",23",
					      "+CMGL: 7, 1, , 23"};
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		assert_int_equal(at_read_list(ok(&f, headers[i], P23, NULL, NULL), &l), 0);
		assert_int_equal(l.count, 1);
		assert_int_equal(l.slot[0].index, 7);
		assert_int_equal(l.slot[0].stat, 1);
		assert_int_equal(l.slot[0].length, 23);
		assert_string_equal(l.slot[0].pdu, P23);
		assert_false(l.slot[0].length_lies);
		at_list_done(&l);
	}
	/* a PDU before the first header, a header without PDU, a length that lies */
	assert_int_equal(at_read_list(ok(&f, P23, "+CMGL: 1,1,,23", "+CMGL: 2,1,,99", P23), &l), 0);
	assert_int_equal(l.count, 3);
	assert_int_equal(l.slot[0].index, -1);
	assert_string_equal(l.slot[0].pdu, P23);
	assert_false(l.slot[0].length_lies);
	assert_null(l.slot[1].pdu);
	assert_true(l.slot[2].length_lies);
	at_list_done(&l);
	assert_int_equal(at_read_list(ok(&f, "+CMGL: 1,1,,23", "0891zz", NULL, NULL), &l), 0);
	assert_true(l.slot[0].length_lies);
	at_list_done(&l);
	/* text mode, TS 27.005 3.4.2 */
	assert_int_equal(
	    at_read_list(ok(&f, "+CMGL: 1,\"REC UNREAD\",\"+8613800138001\",,\"26/11/22,08:00:00+32\"",
			    "0041004200430044", NULL, NULL),
			 &l),
	    0);
	assert_true(l.slot[0].text_mode);
	at_list_done(&l);
	assert_int_equal(at_read_list(wrong(&f, AT_CMS_ERROR, 302), &l), -ENODATA);
}

static void many_deletes(void **state)
{
	(void)state;
	int index[40], taken;
	for (int i = 0; i < 40; i++)
		index[i] = 255 - i;
	assert_string_equal(at_cmd_delete_many(index, 1, &taken).line, "AT+CMGD=255");
	assert_int_equal(taken, 1);
	assert_string_equal(at_cmd_delete_many(index, 3, &taken).line, "AT+CMGD=255;+CMGD=254;+CMGD=253");
	assert_int_equal(taken, 3);
	/* no more than the line holds */
	struct at_command c = at_cmd_delete_many(index, 40, &taken);
	assert_in_range(taken, 20, 39);
	char last[24];
	snprintf(last, sizeof last, "+CMGD=%d", 256 - taken);
	assert_string_equal(c.line + strlen(c.line) - strlen(last), last);
}

static void slots(void **state)
{
	(void)state;
	struct fake f;
	struct at_slot s;
	assert_int_equal(at_read_slot(ok(&f, "+CMGR: 0,,23", P23, NULL, NULL), &s), 0);
	assert_int_equal(s.stat, 0);
	assert_false(s.length_lies);
	at_slot_done(&s);
	assert_int_equal(at_read_slot(ok(&f, "+CMGR: 1,\"\",27", P23, NULL, NULL), &s),
			 0); /* Air780EPV, 1 in 4 */
	assert_true(s.length_lies);
	at_slot_done(&s);
	assert_int_equal(at_read_slot(one(&f, "+CMGR: 1,,23"), &s), 0); /* a header without its PDU */
	assert_null(s.pdu);
	assert_int_equal(at_read_slot(ok(&f, "+CMGR: \"REC READ\",\"+8613800138001\",,\"26/11/22,08:00:00+32\"",
					 "0041004200430044", NULL, NULL),
				      &s),
			 0);
	assert_true(s.text_mode);
	at_slot_done(&s);
	assert_int_equal(at_read_slot(one(&f, NULL), &s), -ENOENT);
	assert_int_equal(at_read_slot(one(&f, "+CMGR: 0,,0"), &s), -ENOENT);
	assert_int_equal(at_read_slot(wrong(&f, AT_CMS_ERROR, 321), &s), -ENOENT);
	assert_int_equal(at_read_slot(wrong(&f, AT_CME_ERROR, 21), &s), -ENOENT);
	assert_int_equal(at_read_slot(wrong(&f, AT_CMS_ERROR, 314), &s), -ENODATA);
	assert_int_equal(at_read_slot(wrong(&f, AT_TIMEOUT, -1), &s), -ENODATA);
	assert_int_equal(at_read_delete(one(&f, NULL)), 0);
	assert_int_equal(at_read_delete(wrong(&f, AT_CMS_ERROR, 321)), 0);
	assert_int_equal(at_read_delete(wrong(&f, AT_ERROR, -1)), -ENODATA);
	assert_string_equal(at_cmd_read(0).line, "AT+CMGR=0");
	assert_string_equal(at_cmd_delete(12).line, "AT+CMGD=12");
}

static void submits(void **state)
{
	(void)state;
	struct modem_row row = generic();
	row.silence_ms = 20000;
	struct at_command c = at_cmd_submit(&row, P23, 23, false);
	assert_string_equal(c.line, "AT+CMGS=23");
	assert_int_equal(c.timeout_ms, 130000);
	assert_true(c.flags & AT_GATED);
	assert_int_equal(c.silence_ms, 20000);
	assert_string_equal(c.before, "");
	c = at_cmd_submit(&row, P23, 23, true);
	assert_string_equal(c.line, "AT+CMGF?;+CMGS=23");
	assert_string_equal(c.before, "+CMGF: 0");
	static const struct {
		enum at_final final;
		bool sent;
		const char *line;
		enum at_submitted outcome;
		int mr;
	} cases[] = {
	    {AT_OK, true, "+CMGS: 17", SUBMITTED, 17},
	    {AT_OK, true, "+CMGS: 255,\"26/11/20\"", SUBMITTED, 255},
	    {AT_OK, true, "+CMGS: 999", SUBMITTED, -1},
	    {AT_OK, true, NULL, SUBMITTED, -1},
	    {AT_OK, false, NULL, SUBMIT_NOT_SENT, -1},
	    {AT_CMS_ERROR, true, NULL, SUBMIT_REFUSED, -1},
	    {AT_ERROR, false, NULL, SUBMIT_REFUSED, -1},
	    {AT_TIMEOUT, true, NULL, SUBMIT_UNKNOWN, -1},
	    {AT_TIMEOUT, false, NULL, SUBMIT_NOT_SENT, -1},
	    {AT_CANCELLED, true, NULL, SUBMIT_UNKNOWN, -1},
	    {AT_CANCELLED, false, NULL, SUBMIT_NOT_SENT, -1},
	    {AT_NO_PROMPT, false, NULL, SUBMIT_NOT_SENT, -1},
	    {AT_DEAD, false, NULL, SUBMIT_NOT_SENT, -1},
	    {AT_WITHHELD, false, NULL, SUBMIT_NOT_SENT, -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fake f;
		int mr;
		one(&f, cases[i].line);
		f.r.final = cases[i].final;
		f.r.payload_sent = cases[i].sent;
		assert_int_equal(at_read_submit(&f.r, &mr), cases[i].outcome);
		assert_int_equal(mr, cases[i].mr);
	}
	int mr;
	assert_true(at_late_submit("+CMGS: 4", &mr));
	assert_int_equal(mr, 4);
	assert_false(at_late_submit("OK", &mr));
	assert_string_equal(at_cmd_more(&row, true).line, "AT+CMMS=2");
	assert_string_equal(at_cmd_more(&row, false).line, "AT+CMMS=0");
	bool wanted;
	at_cmd_acknowledge(&row, &wanted);
	assert_false(wanted);
	row.cnma = CNMA_0;
	c = at_cmd_acknowledge(&row, &wanted);
	assert_true(wanted && c.flags & AT_FIRST);
	assert_string_equal(c.line, "AT+CNMA=0");
}

static void calls(void **state)
{
	(void)state;
	struct fake f;
	struct at_call list[AT_CALLS_MAX];
	assert_int_equal(at_read_calls(one(&f, NULL), list, AT_CALLS_MAX), 0);
	assert_int_equal(at_read_calls(ok(&f, "+CLCC: 1,1,4,0,0,\"13800138000\",129", "+CLCC: rubbish",
					  "+CLCC: 2,0,0,1,0", NULL),
				       list, AT_CALLS_MAX),
			 2);
	assert_string_equal(list[0].number, "13800138000");
	assert_false(list[1].incoming);
	assert_int_equal(at_read_calls(wrong(&f, AT_ERROR, -1), list, AT_CALLS_MAX), -ENODATA);
}

/* A call of ours: some say OK at once, some only how it ended, some nothing for as long as it rings. */
static void dialling(void **state)
{
	(void)state;
	struct fake f;
	struct at_command c = at_cmd_dial("+8613800138000", 25000);
	assert_string_equal(c.line, "ATD+8613800138000;"); /* without the semicolon it is a data call */
	assert_int_equal(c.timeout_ms, 25000);
	assert_true(c.flags & AT_CALL);
	assert_int_equal(at_read_dial(one(&f, NULL)), DIAL_RINGS);
	assert_int_equal(at_read_dial(wrong(&f, AT_TIMEOUT, -1)), DIAL_RINGS);
	assert_int_equal(at_read_dial(wrong(&f, AT_CME_ERROR, 3)), DIAL_REFUSED);
	static const char *const ends[] = {"BUSY", "NO ANSWER", "NO CARRIER"};
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct at_reply r = *wrong(&f, AT_ERROR, -1);
		r.text = ends[i];
		assert_int_equal(at_read_dial(&r), DIAL_OVER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words),
	    cmocka_unit_test(numbers_of_device_and_sim),
	    cmocka_unit_test(pin),
	    cmocka_unit_test(stores),
	    cmocka_unit_test(small_queries),
	    cmocka_unit_test(registration),
	    cmocka_unit_test(signal_and_operator),
	    cmocka_unit_test(listings),
	    cmocka_unit_test(slots),
	    cmocka_unit_test(many_deletes),
	    cmocka_unit_test(submits),
	    cmocka_unit_test(calls),
	    cmocka_unit_test(dialling),
	};
	return cmocka_run_group_tests_name("verbs", tests, NULL, NULL);
}

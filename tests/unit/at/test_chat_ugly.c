/* Tables of ugly replies: each whole, cut at every byte, and byte by byte, with the same result; then
 * unsolicited codes thrown in between the lines at random. */
#include "unit/at/rig.h"

#include <errno.h>
#include <time.h>

/* DELIVER of 23 octets, STATUS-REPORT of 26, DELIVER of 20 */
#define P23 "0891683108100005F0240BA13119311000F100086211201251002304597D0031"
#define R26 "0891683108100005F006110BA13119311000F162112012510023621120125100230000"
#define P20 "07911326040000F0240B911346610089F60000208062917314080131"

struct ugly {
	const char *line, *prefixes;
	unsigned flags;
	const char *bytes, *log;
};

static const struct ugly table[] = {
    /* 1.2: echo, line ends, glue, text errors */
    {"AT", "", 0, "AT\r\r\nOK\r\n", "done OK\n"},
    {"AT+CSQ", "", 0, "at+csq\r\n+CSQ: 20,99\nOK\n", "done OK | +CSQ: 20,99\n"},
    {"AT+CSQ", "", 0, "\r\r\n+CSQ: 20,99\r\r\n\r\r\nOK\r\r\n\r\n\r\n", "done OK | +CSQ: 20,99\n"},
    {"AT+CNUM", "", 0, "\r\nERROR+CNUM: ,\"\",129\r\n", "done ERROR\nurc unknown +CNUM: ,\"\",129\n"},
    {"AT^CURC=0", "", 0, "\r\nCOMMAND NOT SUPPORT\r\n", "done ERROR\n"},
    {"AT+X", "", 0, "\r\nMODEM ERROR: 5\r\n", "done ERROR\n"},
    {"AT+X", "", 0, "NA\r\n", "done ERROR\n"},
    {"AT+CGMR", "+CGMR:", AT_TAKE_BARE, "NA\r\nOK\r\n", "done OK | NA\n"},
    {"AT+X", "", 0, "\r\n+CME ERROR: SIM not inserted\r\n", "done CME 10 (SIM not inserted)\n"},
    {"AT+X", "", 0, "\r\n+CME ERROR:14\r\n", "done CME 14 (14)\n"},
    {"AT+X", "", 0, "\r\n+CMS ERROR 500\r\n", "done CMS 500 (500)\n"},
    {"AT+X", "", 0, "\r\n+CMS ERROR: unknown error\r\n", "done CMS 500 (unknown error)\n"},
    {"AT+X", "", 0, "+CUSTOM: 1\r\nOK\r\n", "urc unknown +CUSTOM: 1\ndone OK\n"},
    {"AT+CSMS=0", "", 0, "+CSMS: 1,1,1\r\nOK\r\n", "done OK | +CSMS: 1,1,1\n"},
    {"AT+CPIN=\"1234\"", "", 0, "OK\r\n+CPIN: READY\r\n", "done OK\nurc pin +CPIN: READY\n"},
    {"AT+CFUN=1", "", 0, "+CPIN: READY\r\n+CFUN: 1\r\nOK\r\n",
     "urc pin +CPIN: READY\nurc boot +CFUN: 1\ndone OK\n"},
    {"AT+X?", "", 0, "+X: 1\r\n+X: 2\r\nOK\r\n", "done OK | +X: 1 | +X: 2\n"},
    {"AT+CGSN", "+CGSN:", AT_TAKE_BARE, "\r\n866340050000017\r\n\r\nOK\r\n", "done OK | 866340050000017\n"},
    {"AT+CGSN", "+CGSN:", AT_TAKE_BARE, "+CGSN: 866340050000017\r\nOK\r\n",
     "done OK | +CGSN: 866340050000017\n"},
    {"AT+CCID", "+CCID:", AT_TAKE_BARE, "89860012345678901234\r\nOK\r\n", "done OK | 89860012345678901234\n"},
    {"AT", "", 0, "~\x7e\xff}#\xc0!}!}\r\n\x01\x02\x03\r\nOK\r\n", "done OK\n"},
    /* 1.3: noise inside answers */
    {"AT+CPIN?", "", 0, "+ZUSIMR:2\r\n+CPIN: READY\r\n+ZUSIMR:2\r\nOK\r\n",
     "urc noise +ZUSIMR:2\nurc noise +ZUSIMR:2\ndone OK | +CPIN: READY\n"},
    {"AT", "", 0, "^RSSI:19\r\n^BOOT:28,0,0,0,75\r\n^XYZZY:3\r\n*NEW: 1\r\n_OX\r\nOK\r\n",
     "urc signal ^RSSI:19\nurc noise ^BOOT:28,0,0,0,75\nurc unknown ^XYZZY:3\nurc unknown *NEW: 1\n"
     "urc unknown _OX\ndone OK\n"},
    {"AT", "", 0, "stray words\r\nOK\r\n", "done OK\n"},
    /* 2.5: the same prefix as the running query */
    {"AT+CREG?", "", 0, "+CREG: 5\r\n+CREG: 0,1\r\nOK\r\n", "urc reg +CREG: 5\ndone OK | +CREG: 0,1\n"},
    {"AT+CREG?", "", 0, "+CREG: 0,1\r\n+CREG: 1,\"00C3\",\"0A1B\",7\r\nOK\r\n",
     "urc reg +CREG: 1,\"00C3\",\"0A1B\",7\ndone OK | +CREG: 0,1\n"},
    {"AT+CREG?", "", 0, "+CREG: 2,1,\"00C3\",\"0A1B\"\r\nOK\r\n", "done OK | +CREG: 2,1,\"00C3\",\"0A1B\"\n"},
    {"AT+CREG?", "", 0, "+CREG: 1\r\nOK\r\n", "urc reg +CREG: 1\ndone OK | +CREG: 1\n"}, /* no <n> at all */
    {"AT+CEREG?", "+CEREG: +CGREG:", 0, "+CGREG: 1\r\n+CGREG: 0,5\r\nOK\r\n",
     "urc reg +CGREG: 1\ndone OK | +CGREG: 0,5\n"}, /* Air780EPV */
    {"AT+CLIP?", "", 0, "+CLIP: \"13800138000\",129,,,,0\r\n+CLIP: 1,1\r\nOK\r\n",
     "urc clip +CLIP: \"13800138000\",129,,,,0\ndone OK | +CLIP: 1,1\n"},
    {"AT+CLIP?", "", 0, "+CLIP: 13800138000,129\r\n+CLIP: 1,1\r\nOK\r\n",
     "urc clip +CLIP: 13800138000,129\ndone OK | +CLIP: 1,1\n"},
    {"AT+CLCC", "", 0, "+CLCC: 1,1,6,0,0,\"13800138000\",129\r\nOK\r\n",
     "urc call +CLCC: 1,1,6,0,0,\"13800138000\",129\ndone OK\n"},
    {"AT+CLCC", "", 0, "+CLCC: 1,1,4,0,0,\"13800138000\",129\r\nOK\r\n",
     "done OK | +CLCC: 1,1,4,0,0,\"13800138000\",129\n"},
    {"AT+CUSD=1,\"*100#\",15", "", 0, "OK\r\n+CUSD: 0,\"12.50\",15\r\n",
     "done OK\nurc ussd +CUSD: 0,\"12.50\",15\n"},
    /* a text of several lines, with another code between them, before and behind the OK */
    {"AT+CUSD=1,\"*100#\",15", "-", 0,
     "OK\r\n+CUSD: 1,\"Credit 12.50\r\n*1# Offers\r\n+CMTI: \"ME\",3\r\n2 Top\",15\r\n",
     "done OK\nurc cmti ME 3\nurc ussd +CUSD: 1,\"Credit 12.50\n*1# Offers\n2 Top\",15\n"},
    {"AT+CUSD=1,\"*100#\",15", "-", 0, "+CUSD: 0,\"A\r\nB\",15\r\nOK\r\n",
     "urc ussd +CUSD: 0,\"A\nB\",15\ndone OK\n"},
    /* codes before, between and inside a listing, of one and of two lines */
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU,
     "RING\r\n+CMGL: 1,1,,23\r\n" P23 "\r\n+CMTI: \"ME\",3\r\n+CMGL: 2,0,\"\",23\r\n" P23 "\r\n\r\nOK\r\n",
     "urc ring RING\nurc cmti ME 3\ndone OK | +CMGL: 1,1,,23 | " P23 " | +CMGL: 2,0,\"\",23 | " P23 "\n"},
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CMGL:1,1,,23\r\n+CMTI: \"SM\",9\r\n" P23 "\r\nOK\r\n",
     "urc cmti SM 9\ndone OK | +CMGL:1,1,,23 | " P23 "\n"},
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CMGL: 1,1,,23\r\n+CMT: ,20\r\n" P20 "\r\n" P23 "\r\nOK\r\n",
     "urc cmt 20 " P20 "\ndone OK | +CMGL: 1,1,,23 | " P23 "\n"},
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CMGL: 1,1,,23\r\n+CDS: 26\r\n" P23 "\r\n" R26 "\r\nOK\r\n",
     "urc cds 26 " R26 "\ndone OK | +CMGL: 1,1,,23 | " P23 "\n"}, /* the lengths decide */
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CDS: ,26\r\n" R26 "\r\n+CMGL: 1,1,,23\r\n" P23 "\r\nOK\r\n",
     "urc cds 26 " R26 "\ndone OK | +CMGL: 1,1,,23 | " P23 "\n"}, /* ZTE's comma */
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CMT: ,20\r\n+CMTI: \"SM\",2\r\n" P20 "\r\nOK\r\n",
     "urc cmti SM 2\nurc cmt 20 " P20 "\ndone OK\n"},
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CMT: 20\r\n+CDS: 26\r\n" R26 "\r\n" P20 "\r\nOK\r\n",
     "urc cds 26 " R26 "\nurc cmt 20 " P20 "\ndone OK\n"},
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, P23 "\r\n+CMGL: 1,1,,23\r\n+CMGL: 2,1,,23\r\n" P23 "\r\nOK\r\n",
     "done OK | " P23 " | +CMGL: 1,1,,23 | +CMGL: 2,1,,23 | " P23 "\n"}, /* PDU before the first header */
    {"AT+CMGL=4", "+CMGL:", AT_TAKE_PDU, "+CMGL: 1,1,,23\r\n0891zz\r\nOK\r\n",
     "done OK | +CMGL: 1,1,,23 | 0891zz\n"},
    {"AT+CMGR=1", "+CMGR:", AT_TAKE_PDU, "OK\r\n", "done OK\n"},
    {"AT+CMGR=1", "+CMGR:", AT_TAKE_PDU, "+CMGR: 1,,23\r\n" P23 "\r\n\r\nOK\r\n",
     "done OK | +CMGR: 1,,23 | " P23 "\n"},
    {"AT+CMGD=1", "", 0, "+CMT: \"\",20\r\n" P20 "\r\nOK\r\n", "urc cmt 20 " P20 "\ndone OK\n"},
    {"AT+CMGD=1", "", 0, "+CMT: ,99\r\n" P20 "\r\nOK\r\n", "urc cmt 99 " P20 " lies\ndone OK\n"},
    {"AT+CMGD=1", "", 0, "+CMT: ,20\r\nOK\r\n" P20 "\r\n", "done OK\nurc cmt 20 " P20 "\n"},
    /* 5.1: a call in the middle */
    {"AT+CMGD=1", "", 0, "\r\nRING\r\n\r\n+CLIP: \"\",128,,,,1\r\n\r\nNO CARRIER\r\n\r\nOK\r\n",
     "urc ring RING\nurc clip +CLIP: \"\",128,,,,1\nurc call-end NO CARRIER\ndone OK\n"},
    {"AT+CMGD=1", "", 0, "VOICE CALL: END: 000017\r\nMISSED_CALL: 01:23AM 13800138000\r\nOK\r\n",
     "urc call-end VOICE CALL: END: 000017\nurc missed-call MISSED_CALL: 01:23AM 13800138000\ndone OK\n"},
    /* a second OK, an OK of nobody */
    {"AT", "", 0, "OK\r\nOK\r\n", "done OK\n"},
};

static void play(const struct ugly *u, const size_t *cuts, size_t cut_count, struct rig *r)
{
	rig_init(r, NULL);
	rig_submit(r, rig_command(u->line, u->prefixes, u->flags));
	size_t at = 0, n = strlen(u->bytes);
	for (size_t i = 0; i < cut_count; i++) {
		rig_feed_n(r, u->bytes + at, cuts[i] - at);
		at = cuts[i];
	}
	rig_feed_n(r, u->bytes + at, n - at);
}

static void expect(const struct ugly *u, size_t i, size_t cut, struct rig *r)
{
	if (strcmp(buf_str(&r->log), u->log) != 0)
		fail_msg("case %zu cut %zu of %s:\n%snot\n%s", i, cut, u->line, buf_str(&r->log), u->log);
	rig_end(r);
}

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct rig r;
		play(&table[i], NULL, 0, &r);
		expect(&table[i], i, 0, &r);
	}
}

static void cut_at_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		for (size_t cut = 1; cut < strlen(table[i].bytes); cut++) {
			struct rig r;
			play(&table[i], &cut, 1, &r);
			expect(&table[i], i, cut, &r);
		}
	}
}

static void byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct rig r;
		rig_init(&r, NULL);
		rig_submit(&r, rig_command(table[i].line, table[i].prefixes, table[i].flags));
		for (const char *p = table[i].bytes; *p; p++)
			rig_feed_n(&r, p, 1);
		expect(&table[i], i, 1, &r);
	}
}

/* ---- codes at random places between the lines ---- */

static unsigned next(unsigned *s)
{
	*s = *s * 1103515245u + 12345u;
	return *s >> 16;
}

static const char *const codes[] = {
    "+CMTI: \"ME\",7\r\n",      "RING\r\n",
    "\r\n+CREG: 1\r\n",         "^RSSI:19\r\n",
    "+CMT: ,20\r\n" P20 "\r\n", "+CDS: 26\r\n" R26 "\r\n",
    "\r\nNO CARRIER\r\n",       "+CLIP: \"13800138000\",129\r\n",
    "+QIND: SMS DONE\r\n",      "+CDSI: \"SR\",1\r\n",
};

/* What the log says of codes, and what it says of the command, apart. */
static void sort_log(const char *log, struct buf *urcs, struct buf *rest)
{
	while (*log) {
		size_t n = strcspn(log, "\n") + 1;
		buf_add(strncmp(log, "urc ", 4) ? rest : urcs, log, n);
		log += n;
	}
}

static void codes_anywhere(void **state)
{
	(void)state;
	static const char *const lines[] = {
	    "AT+CMGL=4\r\r\n", "+CMGL: 1,1,,23\r\n", P23 "\r\n", "+CMGL: 12,0,\"\",23\r\n", P23 "\r\n", "\r\n",
	    "OK\r\n"};
	unsigned seed = (unsigned)time(NULL), s = seed;
	for (int round = 0; round < 400; round++) {
		struct buf bytes = {0}, plain = {0}, urcs = {0}, rest = {0};
		for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
			while (next(&s) % 3 == 0) {
				const char *code = codes[next(&s) % ARRAY_LEN(codes)];
				buf_adds(&bytes, code);
				buf_adds(&plain, code);
			}
			buf_adds(&bytes, lines[i]);
		}
		/* the codes alone, with nothing running: the same codes must come out */
		struct rig a, b;
		rig_init(&a, NULL);
		rig_init(&b, NULL);
		rig_feed(&a, buf_str(&plain));
		rig_submit(&b, rig_command("AT+CMGL=4", "+CMGL:", AT_TAKE_PDU));
		for (size_t at = 0; at < bytes.len;) {
			size_t n = 1 + next(&s) % 40;
			n = n > bytes.len - at ? bytes.len - at : n;
			rig_feed_n(&b, bytes.data + at, n);
			at += n;
		}
		sort_log(buf_str(&b.log), &urcs, &rest);
		if (strcmp(buf_str(&urcs), buf_str(&a.log)) != 0 ||
		    strcmp(buf_str(&rest),
			   "done OK | +CMGL: 1,1,,23 | " P23 " | +CMGL: 12,0,\"\",23 | " P23 "\n") != 0)
			fail_msg("seed %u round %d:\n%s", seed, round, buf_str(&b.log));
		rig_end(&a);
		rig_end(&b);
		buf_done(&bytes);
		buf_done(&plain);
		buf_done(&urcs);
		buf_done(&rest);
	}
}

static void pdu_line_that_never_comes(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_feed(&r, "+CMT: ,20\r\n");
	assert_int_equal(at_chat_deadline(r.chat), r.now + 3000);
	rig_pass(&r, 3000);
	assert_string_equal(buf_str(&r.log), "urc cmt 20 -\n");
	assert_true(at_chat_deadline(r.chat) == INT64_MAX);
	for (int i = 0; i < 6; i++)
		rig_feed(&r, "+CDS: 26\r\n"); /* more than can wait */
	rig_end(&r);
}

static void garbage_is_counted(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	for (int i = 0; i < 500; i++)
		rig_feed(&r, "$GPGGA\x81\x82 noise\r\nbare words\r\n");
	assert_true(at_chat_stats(r.chat).stray >= 500);
	rig_submit(&r, rig_command("AT", "", 0));
	rig_feed(&r, "OK\r\n");
	assert_int_equal(at_chat_stats(r.chat).garbage, 0);
	rig_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole),
	    cmocka_unit_test(cut_at_every_byte),
	    cmocka_unit_test(byte_by_byte),
	    cmocka_unit_test(codes_anywhere),
	    cmocka_unit_test(pdu_line_that_never_comes),
	    cmocka_unit_test(garbage_is_counted),
	};
	return cmocka_run_group_tests_name("ugly replies", tests, NULL, NULL);
}

/* A trace without its people: nothing of them is left, and everything else decodes as before. */
#include "cli/anonymise.h"

#include "at_commands/framer.h"
#include "at_commands/trace.h"
#include "sms/tpdu.h"
#include "sms/udh.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define RESIDENT "13912345678"
#define CENTRE   "13800100500"

struct made {
	struct buf trace;
	int64_t at_ms;
};

static void say(struct made *m, enum trace_kind kind, const char *bytes)
{
	trace_format(&m->trace, m->at_ms += 10, kind, bytes, strlen(bytes));
}

static void make_pdu(enum tpdu_type type, const char *number, const char *text, int part,
		     char hex[2 * TPDU_MAX + 1])
{
	struct tpdu t;
	int len;
	tpdu_init(&t, type);
	snprintf(t.smsc, sizeof t.smsc, "+86" CENTRE);
	snprintf(t.number, sizeof t.number, "%s", number);
	t.has_user_data = true;
	if (type == TPDU_SUBMIT)
		t.vp = VP_RELATIVE;
	assert_int_equal(tpdu_set_text(&t, text), 0);
	if (part) {
		t.concat_ref = 7;
		t.concat_bits = 8;
		t.part = part;
		t.parts = 2;
		assert_int_equal(udh_encode(&t), 0);
		t.udhi = true;
	}
	memcpy(t.scts.octets, "\x62\x11\x22\x01\x00\x00\x23", 7);
	t.scts.valid = true;
	assert_int_equal(tpdu_encode_hex(&t, hex, &len), 0);
}

static const char *const texts[] = {"3 楼道灯坏了，我是王秀英，电话" RESIDENT,
				    "Call me: " RESIDENT " [home] €5", "😀好", "1"};

/* Lines of both directions, as the framer gives them. */
static int lines_of(const char *trace, char **ret, int max)
{
	int n = 0;
	for (int kind = 0; kind < 2; kind++) {
		struct at_framer f = {0};
		for (const char *p = trace; *p;) {
			size_t len = strcspn(p, "\n");
			cleanup_free char *line = mem_printf("%.*s", (int)len, p);
			struct trace_record r;
			struct err e;
			int got = trace_parse(line, &r, &e);
			assert_true(got >= 0);
			p += len + (p[len] == '\n');
			if (!got)
				continue;
			const char *bytes = r.bytes.data;
			size_t left = r.bytes.len;
			while (r.kind == (kind ? TRACE_SENT : TRACE_RECEIVED) &&
			       at_framer_next(&f, &bytes, &left) == AT_FRAME_LINE)
				if (n < max)
					ret[n++] = mem_dup(f.line);
			trace_record_done(&r);
		}
	}
	return n;
}

static void same_form(const struct tpdu *a, const struct tpdu *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->alphabet, b->alphabet);
	assert_int_equal(a->unit_count, b->unit_count);
	assert_int_equal(a->concat_ref, b->concat_ref);
	assert_int_equal(a->part, b->part);
	assert_int_equal(strlen(a->number), strlen(b->number));
	assert_int_equal(a->number_type, b->number_type);
	assert_memory_equal(a->scts.octets, b->scts.octets, 7);
	assert_int_equal(a->dcs, b->dcs);
}

static void nobody_is_left_and_all_decodes(void **state)
{
	(void)state;
	struct made m = {0};
	struct buf out = {0};
	struct err e;
	char hex[2 * TPDU_MAX + 1];
	buf_adds(&m.trace, "# recorded for +86" RESIDENT "\n");
	say(&m, TRACE_SENT, "AT+CPIN=\"4711\"\r");
	say(&m, TRACE_RECEIVED, "AT+CPIN=\"4711\"\r\r\nOK\r\n");
	say(&m, TRACE_SENT, "AT+CMEE=1;+CPIN=47");
	say(&m, TRACE_SENT, "11\r");
	say(&m, TRACE_SENT, "AT+CLCK=\"SC\",0,\"4711\"\r");
	say(&m, TRACE_RECEIVED,
	    "\r\n861473041234003\r\n\r\nOK\r\n\r\n+QCCID: 89860012345678901203\r\n\r\n460001234567890\r\n");
	say(&m, TRACE_RECEIVED, "\r\n+CREG: 2,1,\"00C3\",\"0012A5B4\",7\r\n+CREG: 1,\"00C3\",\"0012A5B4\"\r\n");
	say(&m, TRACE_RECEIVED,
	    "\r\n+CSCA: \"002B0038003600310033003800300030003100300030003500300030\",145\r\n");
	/* cut in the middle of the number */
	say(&m, TRACE_RECEIVED, "\r\nRING\r\n\r\n+CLIP: \"+86139123");
	say(&m, TRACE_RECEIVED,
	    "45678\",145,\"\",0,\"王秀英\",0\r\n+COPS: 0,2,\"46000\",7\r\n+CMS ERROR: 350\r\n");
	say(&m, TRACE_RECEIVED,
	    "\r\n+CPBR: 1,\"" RESIDENT "\",129,\"Wang home\"\r\n+CUSD: 0,\"余额：12.5元，用户" RESIDENT
	    "\",72\r\n");
	say(&m, TRACE_RECEIVED,
	    "\r\n+CMGL: 1,\"REC READ\",\"+86" RESIDENT
	    "\",,\"26/11/22,10:00:00+32\"\r\n李建国 home\r\n\r\nOK\r\n");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		make_pdu(TPDU_DELIVER, i == 3 ? "HomeBank" : "+86" RESIDENT, texts[i], i == 2 ? 2 : 0, hex);
		cleanup_free char *line =
		    mem_printf("\r\n+CMGR: 0,,%zu\r\n%s\r\n\r\nOK\r\n", strlen(hex) / 2 - 9, hex);
		say(&m, TRACE_RECEIVED, line);
	}
	make_pdu(TPDU_SUBMIT, RESIDENT, "王秀英您好 home", 0, hex);
	cleanup_free char *submit = mem_printf("%s\x1a", hex);
	say(&m, TRACE_SENT, submit);
	say(&m, TRACE_SENT, "\r"); /* ends the line for the framer */
	say(&m, TRACE_RECEIVED, "\r\n+CMT: ,24\r\n0891683108200105F0040BA1FFFFFFFFFFFFFF\r\n");
	say(&m, TRACE_REMARK, "text from +86" RESIDENT);
	assert_int_equal(trace_anonymise(m.trace.data, &out, &e), 0);

	static const char *const gone[] = {RESIDENT,
					   CENTRE,
					   "4711",
					   "861473041234003",
					   "89860012345678901203",
					   "460001234567890",
					   "王秀英",
					   "李建国",
					   "Wang",
					   "home",
					   "=47",
					   "0012A5B4",
					   "00C3",
					   "\\xe7\\x8e\\x8b",
					   "余额",
					   "139123"};
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		if (strstr(out.data, gone[i]))
			fail_msg("%s is left in\n%s", gone[i], out.data);
	static const char *const kept[] = {"+COPS: 0,2,\"46000\",7", "+CMS ERROR: 350",      "AT+CPIN=\"****\"",
					   "\"REC READ\"",           "26/11/22,10:00:00+32", "+CREG: 2,1,\""};
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (!strstr(out.data, kept[i]))
			fail_msg("%s is missing in\n%s", kept[i], out.data);

	char *before[64], *after[64];
	int n = lines_of(m.trace.data, before, 64), k = lines_of(out.data, after, 64), pdus = 0;
	assert_int_equal(n, k);
	char *resident = NULL;
	for (int i = 0; i < n; i++) {
		struct tpdu a, b;
		assert_int_equal(strlen(before[i]), strlen(after[i]));
		const char *x = before[i] + strspn(before[i], "> "), *y = after[i] + strspn(after[i], "> ");
		if (!tpdu_decode_hex(x, true, TPDU_INCOMING, -1, &a, &e)) {
			assert_int_equal(tpdu_decode_hex(y, true, TPDU_INCOMING, -1, &b, &e), 0);
			same_form(&a, &b);
			cleanup_free char *text = tpdu_text(&b);
			assert_null(strstr(text, "王"));
			assert_null(strstr(text, "9123"));
			assert_string_not_equal(a.number, b.number);
			assert_string_not_equal(a.smsc, b.smsc);
			if (a.alphanumeric)
				assert_string_equal(b.number, "XxxxXxxx");
			else if (!resident)
				resident = mem_dup(b.number + strlen(b.number) - 11);
			else /* the same person everywhere */
				assert_string_equal(resident, b.number + strlen(b.number) - 11);
			pdus++;
		}
	}
	assert_int_equal(pdus, 5);
	assert_non_null(resident);
	cleanup_free char *clip = mem_printf("text from +86%s", resident ? resident : "");
	assert_non_null(strstr(out.data, clip));
	for (int i = 0; i < n; i++) {
		free(before[i]);
		free(after[i]);
	}
	free(resident);
	/* what is public stays public: a second time changes nothing that matters */
	struct buf again = {0};
	assert_int_equal(trace_anonymise(out.data, &again, &e), 0);
	assert_int_equal(again.len, out.len);
	buf_done(&again);
	buf_done(&out);
	buf_done(&m.trace);
}

static void what_is_no_trace_is_told(void **state)
{
	(void)state;
	struct buf out = {0};
	struct err e = {0};
	assert_int_equal(trace_anonymise("10 < OK\r\nhello\n", &out, &e), -EINVAL);
	assert_int_equal(e.line, 2);
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

/* Whatever a file holds: the same records of the same lengths, or a refusal. */
static void any_bytes(void **state)
{
	(void)state;
	static const char *const pieces[] = {"0891683108200105F0",
					     "040BA13119325476F8",
					     "0008621122010000",
					     "23044F60597D",
					     "+CLIP: \"",
					     "13912345678",
					     "\"",
					     "\\r\\n",
					     "\\x1a",
					     "\n  10 < ",
					     "\n  20 > ",
					     "\n# modem1",
					     "+CUSD: 0,\"",
					     "004F0060",
					     "AT+CPIN=",
					     "4711",
					     "\\xe7\\x8e",
					     "+CREG: 1,\"00C3",
					     "FF",
					     "> "};
	unsigned seed = 7;
	for (int round = 0; round < 3000; round++) {
		struct buf in = {0}, out = {0};
		struct err e = {0};
		buf_adds(&in, "1 < ");
		for (int i = 0; i < 30; i++) {
			seed = seed * 1103515245 + 12345;
			buf_adds(&in, pieces[(seed >> 16) % ARRAY_LEN(pieces)]);
		}
		if (trace_anonymise(in.data, &out, &e))
			fail_msg("%s\n%s", e.text, in.data);
		struct buf again = {0};
		assert_int_equal(trace_anonymise(buf_str(&out), &again, &e), 0);
		assert_int_equal(again.len, out.len);
		buf_done(&again);
		buf_done(&in);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_left_and_all_decodes),
					   cmocka_unit_test(what_is_no_trace_is_told),
					   cmocka_unit_test(any_bytes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

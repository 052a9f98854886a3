#include "unit/sms/prelude.h"

#include "sms/timestamp.h"
#include "sms/udh.h"

/* Whole PDUs with the SMSC part; ours or from public manuals, with made-up numbers where they name a person. */
enum { WAY_IN = TPDU_INCOMING, WAY_OUT = TPDU_OUTGOING };

struct sample {
	const char *name, *hex;
	int way;
	enum tpdu_type type;
	const char *number, *text; /* text NULL: data or none */
};

static const struct sample samples[] = {
    {"plain", "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07", WAY_IN,
     TPDU_DELIVER, "+31641600986", "How are you?"},
    {"ucs2, two parts", "0891683108100005F0440D91683119325476F8000862111251000023080500030A02014E2D", WAY_IN,
     TPDU_DELIVER, "+8613912345678", "中"},
    {"alphanumeric sender", "0791448720003023240DD0E474D81C0EBB010000111011315214000BE474D81C0EBB5DE3771B",
     WAY_IN, TPDU_DELIVER, "diafaan", "diafaan.com"},
    {"no service centre", "00040581018 0F60000621112510000230 0", WAY_IN, TPDU_DELIVER, "10086", ""},
    {"fill bits after a header", "0041000B910121436587F900000 F050003CC0201986F79B90D4AC200", WAY_OUT,
     TPDU_SUBMIT, "+10123456789", NULL},
    {"binary to a port", "00440D91683119325476F80004621112510000230B06050423F4000001020304", WAY_IN,
     TPDU_DELIVER, "+8613912345678", NULL},
    {"flash", "00040D91683119325476F8001062111251000023024834", WAY_IN, TPDU_DELIVER, "+8613912345678", "Hh"},
    {"submit, relative validity", "0011000B916407281553F80000AA0AE8329BFD4697D9EC37", WAY_OUT, TPDU_SUBMIT,
     "+46708251358", "hellohello"},
    {"submit, absolute validity", "0019000B916407281553F8000062111251000023 0AE8329BFD4697D9EC37", WAY_OUT,
     TPDU_SUBMIT, "+46708251358", "hellohello"},
    {"submit, enhanced validity", "0009000B916407281553F80000 0310030000000 00AE8329BFD4697D9EC37", WAY_OUT,
     TPDU_SUBMIT, "+46708251358", "hellohello"},
    {"submit, no validity", "0021000B916407281553F800000AE8329BFD4697D9EC37", WAY_OUT, TPDU_SUBMIT,
     "+46708251358", "hellohello"},
    {"report", "0006D60D91683119325476F86211125100002362111251002123 00", WAY_IN, TPDU_STATUS_REPORT,
     "+8613912345678", NULL},
    {"report with everything", "0006D60D91683119325476F8621112510000236211125100212330 07 7F 08 04 4E2D6587",
     WAY_IN, TPDU_STATUS_REPORT, "+8613912345678", "中文"},
    {"report, nothing announced", "0006D60D91683119325476F8621112510000236211125100212300 00", WAY_IN,
     TPDU_STATUS_REPORT, "+8613912345678", NULL},
};

static char *without_blanks(const char *hex)
{
	char *s = mem_alloc(strlen(hex) + 1), *o = s;
	for (; *hex; hex++)
		if (*hex != ' ')
			*o++ = *hex;
	return s;
}

static int decode(const char *hex, int way, struct tpdu *ret)
{
	struct err e = {.text = ""};
	cleanup_free char *h = without_blanks(hex);
	int r = tpdu_decode_hex(h, true, (enum tpdu_direction)way, -1, ret, &e);
	if (r < 0)
		assert_true(*e.text);
	return r;
}

static void reads_and_writes_the_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		const struct sample *s = &samples[i];
		struct tpdu t;
		struct err e;
		char again[2 * TPDU_MAX + 1];
		int len;
		cleanup_free char *hex = without_blanks(s->hex);
		if (tpdu_decode_hex(hex, true, (enum tpdu_direction)s->way, -1, &t, &e) < 0)
			fail_msg("%s: %s", s->name, e.text);
		assert_int_equal(t.type, s->type);
		assert_string_equal(t.number, s->number);
		if (s->text) {
			cleanup_free char *text = tpdu_text(&t);
			assert_string_equal(text, s->text);
		}
		if (tpdu_encode_hex(&t, again, &len) < 0)
			fail_msg("%s cannot be written", s->name);
		assert_string_equal(again, hex);
		/* the length that the modem states is counted without the service centre */
		assert_int_equal(tpdu_decode_hex(hex, true, (enum tpdu_direction)s->way, len, &t, &e), 0);
		assert_int_equal(tpdu_decode_hex(hex, true, (enum tpdu_direction)s->way, len - 1, &t, &e),
				 -EBADMSG);
		assert_int_equal(tpdu_decode_hex(hex, true, (enum tpdu_direction)s->way, len + 1, &t, &e),
				 -EBADMSG);
	}
}

/* A card's record is handed over whole: FFh behind the TPDU is no part of it, anything else is a lie. */
static void passes_over_a_records_filling(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		bool good;
	} cases[] = {
	    {"0004038105F300006060605130308A04D4F29C0EFFFFFFFF", true},
	    {"0004038105F300006060605130308A04D4F29C0EFFFF00FF", false},
	    {"000605038105F3606060513030236060605130302300FFFFFF", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tpdu t;
		struct err e;
		cleanup_free char *hex = without_blanks(cases[i].hex);
		int r = tpdu_decode_hex(hex, true, TPDU_INCOMING, -1, &t, &e);
		assert_int_equal(r, cases[i].good ? 0 : -EBADMSG);
		if (r == 0 && t.type == TPDU_DELIVER) {
			cleanup_free char *text = tpdu_text(&t);
			assert_string_equal(text, "Test");
		}
	}
}

static size_t octets_of(const char *hex, uint8_t *out)
{
	size_t n = 0;
	for (; hex[0] && hex[1]; hex += 2) {
		unsigned v;
		sscanf(hex, "%2x", &v);
		out[n++] = (uint8_t)v;
	}
	return n;
}

/* Cut at every octet: an error, or (behind TP-ST) a shorter report; and never a look past the end. */
static void cut_anywhere_it_is_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		uint8_t octets[TPDU_MAX];
		cleanup_free char *hex = without_blanks(samples[i].hex);
		size_t n = octets_of(hex, octets);
		for (size_t len = 0; len < n; len++) {
			uint8_t *exact = malloc(len ? len : 1);
			memcpy(exact, octets, len);
			struct tpdu t;
			struct err e = {.text = ""};
			int r = tpdu_decode(exact, len, true, (enum tpdu_direction)samples[i].way, -1, &t, &e);
			free(exact);
			if (r == 0)
				assert_int_equal(t.type, TPDU_STATUS_REPORT);
			else
				assert_true(r == -EBADMSG && *e.text);
		}
	}
}

/* Every octet replaced by every value: whatever is read must be writable or refused, and never a crash. */
static void survives_any_octet(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		uint8_t octets[TPDU_MAX];
		cleanup_free char *hex = without_blanks(samples[i].hex);
		size_t n = octets_of(hex, octets);
		for (size_t at = 0; at < n; at++) {
			uint8_t keep = octets[at];
			for (unsigned v = 0; v < 256; v++) {
				struct tpdu t;
				struct err e;
				char again[2 * TPDU_MAX + 1];
				int len;
				octets[at] = (uint8_t)v;
				if (tpdu_decode(octets, n, true, TPDU_INCOMING, -1, &t, &e) == 0) {
					cleanup_free char *text = tpdu_text(&t);
					assert_true(strlen(text) <= 3 * TPDU_UNITS_MAX);
					tpdu_encode_hex(&t, again, &len);
				}
			}
			octets[at] = keep;
		}
	}
}

static void refuses_lies(void **state)
{
	(void)state;
	static const struct {
		const char *why, *hex;
		int way;
	} rows[] = {
	    {"empty", "", WAY_IN},
	    {"no TPDU", "00", WAY_IN},
	    {"not hex", "0004zz", WAY_IN},
	    {"half an octet", "000", WAY_IN},
	    {"UDL over the data", "00040581018 0F6000062111251000023 03 E832", WAY_IN},
	    {"UDL under the data", "00040581018 0F6000062111251000023 01 E832", WAY_IN},
	    {"octets behind the data", "00040581018 0F6000862111251000023 02 4E2D 00", WAY_IN},
	    {"161 septets",
	     "00040581018 0F6000062111251000023 A1 "
	     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	     "0"
	     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	     "0"
	     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	     WAY_IN},
	    {"header over the data", "00440581018 0F6000862111251000023 03 05 00 03", WAY_IN},
	    {"header announced, no data", "00440581018 0F6000862111251000023 00", WAY_IN},
	    {"element over the header", "00440581018 0F6000862111251000023 06 05 00 04 0A 02 01", WAY_IN},
	    {"half an element", "00440581018 0F6000862111251000023 02 01 00", WAY_IN},
	    {"UDL under the header, septets", "00440581018 0F6000062111251000023 06 05 00 03 0A 02 01", WAY_IN},
	    {"a command", "0002000000 0B911346610089F6 00", WAY_OUT},
	    {"a delivery report", "0000 00 00", WAY_OUT},
	    {"octets behind a report", "0006D60D91683119325476F86211125100002362111251002123 00 00 11", WAY_IN},
	    {"report that lacks its PID", "0006D60D91683119325476F86211125100002362111251002123 00 01", WAY_IN},
	    {"enhanced validity, reserved", "0009000B916407281553F80000 04000000000000 00", WAY_OUT},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tpdu t = {.mr = 77};
		if (decode(rows[i].hex, rows[i].way, &t) != -EBADMSG)
			fail_msg("%s was taken", rows[i].why);
		assert_int_equal(t.mr, 77); /* untouched on failure */
	}
	char longest[2 * TPDU_MAX + 3];
	memset(longest, '0', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	struct tpdu t;
	assert_int_equal(decode(longest, WAY_IN, &t), -EBADMSG);
}

#define DELIVER_UD(dcs, rest) "00440D91683119325476F800" dcs "62111251000023" rest

static void reads_headers(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int ref, bits, part, parts, dest, src;
		uint8_t single, locking;
	} rows[] = {
	    {DELIVER_UD("08", "08 05 00030A0201 4E2D"), 10, 8, 1, 2, -1, -1, 0, 0},
	    {DELIVER_UD("08", "09 06 0804012C0302 4E2D"), 300, 16, 2, 3, -1, -1, 0, 0},
	    {DELIVER_UD("08", "08 05 00030AFFFF 4E2D"), 10, 8, 255, 255, -1, -1, 0, 0},
	    {DELIVER_UD("08", "08 05 00030A0101 4E2D"), 10, 8, 1, 1, -1, -1, 0, 0},
	    {DELIVER_UD("08", "08 05 00030A0200 4E2D"), -1, 0, 0, 0, -1, -1, 0, 0}, /* part 0 */
	    {DELIVER_UD("08", "08 05 00030A0203 4E2D"), -1, 0, 0, 0, -1, -1, 0, 0}, /* part 3 of 2 */
	    {DELIVER_UD("08", "08 05 00030A0000 4E2D"), -1, 0, 0, 0, -1, -1, 0, 0},
	    {DELIVER_UD("08", "07 04 00020A02 4E2D"), -1, 0, 0, 0, -1, -1, 0,
	     0}, /* wrong length: passed over */
	    {DELIVER_UD("08", "0D 0A 00030A0201 00030B0302 4E2D"), 11, 8, 2, 3, -1, -1, 0,
	     0}, /* the last one counts */
	    {DELIVER_UD("08", "0E 0B 00030A0201 0804012C0302 4E2D"), 300, 16, 2, 3, -1, -1, 0, 0},
	    {DELIVER_UD("08", "09 06 05040B8423F0 4E2D"), -1, 0, 0, 0, 2948, 9200, 0, 0},
	    {DELIVER_UD("08", "07 04 0402F0F1 4E2D"), -1, 0, 0, 0, 240, 241, 0, 0},
	    {DELIVER_UD("08", "0E 0B 05040B8400000003070302 4E2D"), 7, 8, 2, 3, 2948, 0, 0, 0},
	    {DELIVER_UD("08", "0A 07 7103AABBCC 7200 4E2D"), -1, 0, 0, 0, -1, -1, 0,
	     0}, /* elements nobody knows */
	    {DELIVER_UD("08", "03 00 4E2D"), -1, 0, 0, 0, -1, -1, 0, 0},
	    {DELIVER_UD("00", "08 06 240101250103"), -1, 0, 0, 0, -1, -1, 1, 3},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tpdu t;
		char again[2 * TPDU_MAX + 1];
		int len;
		cleanup_free char *hex = without_blanks(rows[i].hex);
		if (decode(hex, WAY_IN, &t) < 0)
			fail_msg("%s was refused", hex);
		assert_int_equal(t.concat_ref, rows[i].ref);
		if (rows[i].ref >= 0) {
			assert_int_equal(t.concat_bits, rows[i].bits);
			assert_int_equal(t.part, rows[i].part);
			assert_int_equal(t.parts, rows[i].parts);
		}
		assert_int_equal(t.port_dest, rows[i].dest);
		assert_int_equal(t.port_src, rows[i].src);
		assert_int_equal(t.lang_single, rows[i].single);
		assert_int_equal(t.lang_locking, rows[i].locking);
		assert_int_equal(tpdu_encode_hex(&t, again, &len), 0); /* every element is kept */
		assert_string_equal(again, hex);
	}
}

static void writes_headers(void **state)
{
	(void)state;
	struct tpdu t, again;
	struct err e;
	tpdu_init(&t, TPDU_DELIVER);
	t.concat_ref = 0xABCD, t.concat_bits = 16, t.part = 255, t.parts = 255;
	t.port_dest = 2948, t.port_src = 9200;
	t.lang_locking = 3, t.lang_single = 1;
	assert_int_equal(udh_encode(&t), 0);
	assert_true(t.udhi);
	tpdu_init(&again, TPDU_DELIVER);
	memcpy(again.udh, t.udh, t.udh_len);
	again.udh_len = t.udh_len;
	assert_int_equal(udh_decode(&again, &e), 0);
	assert_int_equal(again.concat_ref, 0xABCD);
	assert_int_equal(again.part, 255);
	assert_int_equal(again.port_dest, 2948);
	assert_int_equal(again.port_src, 9200);
	assert_int_equal(again.lang_locking, 3);
	assert_int_equal(again.lang_single, 1);
	t.concat_bits = 8; /* cannot say ABCD */
	assert_int_equal(udh_encode(&t), -EINVAL);
	t.concat_ref = 1, t.part = 0;
	assert_int_equal(udh_encode(&t), -EINVAL);
	tpdu_init(&t, TPDU_DELIVER);
	assert_int_equal(udh_encode(&t), 0);
	assert_false(t.udhi);
}

static void reads_flags_and_fields(void **state)
{
	(void)state;
	struct tpdu t;
	assert_int_equal(decode("00A0 0581 0180F6 00 D8 62111251000023 00", WAY_IN, &t), 0);
	assert_true(t.reply_path && t.report_requested && t.more_messages && !t.udhi && !t.loop_prevention);
	assert_int_equal(t.waiting, 0);
	assert_true(t.waiting_active && t.waiting_store);
	assert_int_equal(t.message_class, -1);
	assert_int_equal(decode("000C 0581 0180F6 00 F2 62111251000023 00", WAY_IN, &t), 0);
	assert_true(t.loop_prevention && !t.more_messages);
	assert_int_equal(t.message_class, 2);
	/* the reserved type 11 is to be read as a DELIVER (9.2.3.1) */
	assert_int_equal(decode("0007 0581 0180F6 00 00 62111251000023 00", WAY_IN, &t), 0);
	assert_int_equal(t.type, TPDU_DELIVER);
	/* a SUBMIT is one whichever way it is said to have gone */
	assert_int_equal(decode("0035 2A 0581 0180F6 41 18 AA 00", WAY_IN, &t), 0);
	assert_int_equal(t.type, TPDU_SUBMIT);
	assert_int_equal(t.mr, 42);
	assert_int_equal(t.pid, 0x41);
	assert_int_equal(t.message_class, 0);
	assert_true(t.report_requested && t.reject_duplicates);
	assert_int_equal(t.vp, VP_RELATIVE);
	assert_int_equal(t.validity_minutes, 4 * 1440);
	/* broken stamps do not lose the text */
	assert_int_equal(decode("0004 0581 0180F6 00 08 62001251000023 02 4E2D", WAY_IN, &t), 0);
	assert_false(t.scts.valid);
	assert_int_equal(t.unit_count, 1);
	/* compressed text stays as it is */
	assert_int_equal(decode("0004 0581 0180F6 00 20 62111251000023 03 010203", WAY_IN, &t), 0);
	assert_true(t.compressed);
	assert_int_equal(t.data_len, 3);
	/* half a character at the end */
	assert_int_equal(decode("0004 0581 0180F6 00 08 62111251000023 03 4E2D4E", WAY_IN, &t), 0);
	cleanup_free char *text = tpdu_text(&t);
	assert_string_equal(text, "中\xEF\xBF\xBD");
	/* without the service centre's part */
	struct err e;
	assert_int_equal(tpdu_decode_hex("040581"
					 "0180F60000621112510000230141",
					 false, TPDU_INCOMING, 17, &t, &e),
			 0);
	assert_int_equal(t.units[0], 'A');
	/* a report's parameters of a later release are skipped */
	assert_int_equal(decode("0006D60D91683119325476F86211125100002362111251002123 00 08 1122", WAY_IN, &t),
			 0);
	assert_int_equal(t.st, 0);
}

/* The emulator's way: a SUBMIT comes in, the same user data goes out as a DELIVER, and a report follows. */
static void a_submit_becomes_a_deliver(void **state)
{
	(void)state;
	struct tpdu t, got;
	char hex[2 * TPDU_MAX + 1];
	int len;
	assert_int_equal(decode("0061000D91683119325476F800000B0500030A02018C4536FBED0B", WAY_OUT, &t),
			 -EBADMSG);
	assert_int_equal(decode("0061000D91683119325476F80000090500030A0201C4 62", WAY_OUT, &t), 0);
	t.type = TPDU_DELIVER;
	strcpy(t.number, "+8613800138000");
	t.number_type = 0;
	t.scts = (struct tpdu_time){.utc = 1795158000, .zone_minutes = 480};
	assert_int_equal(timestamp_encode(&t.scts), 0);
	assert_int_equal(tpdu_encode_hex(&t, hex, &len), 0);
	assert_int_equal(decode(hex, WAY_IN, &got), 0);
	assert_int_equal(got.type, TPDU_DELIVER);
	assert_string_equal(got.number, "+8613800138000");
	assert_int_equal(got.scts.utc, 1795158000);
	assert_int_equal(got.part, 1);
	assert_int_equal(got.unit_count, t.unit_count);
	assert_memory_equal(got.units, t.units, t.unit_count * 2);
	assert_int_equal(strlen(hex), 2 * (len + 1));

	struct tpdu report;
	tpdu_init(&report, TPDU_STATUS_REPORT);
	report.mr = 42, report.st = 0x46;
	strcpy(report.number, "13912345678");
	report.scts = report.done = t.scts;
	assert_int_equal(tpdu_encode_hex(&report, hex, &len), 0);
	assert_int_equal(decode(hex, WAY_IN, &got), 0);
	assert_int_equal(got.type, TPDU_STATUS_REPORT);
	assert_int_equal(got.mr, 42);
	assert_int_equal(got.st, 0x46);
	assert_string_equal(got.number, "13912345678");
	assert_int_equal(got.number_type, 0x81);
	assert_false(got.has_user_data);
}

static void takes_short_texts(void **state)
{
	(void)state;
	struct tpdu t;
	tpdu_init(&t, TPDU_DELIVER);
	assert_int_equal(tpdu_set_text(&t, "ok [1]"), 0);
	assert_int_equal(t.alphabet, SMS_GSM7);
	assert_int_equal(t.dcs, 0);
	assert_int_equal(tpdu_set_text(&t, "好😀"), 0);
	assert_int_equal(t.alphabet, SMS_UCS2);
	assert_int_equal(t.dcs, 8);
	assert_int_equal(t.unit_count, 3);
	char big[400];
	memset(big, 'a', sizeof big);
	big[160] = 0;
	assert_int_equal(tpdu_set_text(&t, big), 0);
	big[160] = 'a', big[161] = 0;
	assert_int_equal(tpdu_set_text(&t, big), -E2BIG);
	memset(big, '[', 81), big[81] = 0;
	assert_int_equal(tpdu_set_text(&t, big), -E2BIG);
	t.dcs = 8, t.alphabet = SMS_GSM7; /* they disagree */
	char hex[2 * TPDU_MAX + 1];
	int len;
	assert_int_equal(tpdu_encode_hex(&t, hex, &len), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_writes_the_samples),
	    cmocka_unit_test(cut_anywhere_it_is_an_error),
	    cmocka_unit_test(survives_any_octet),
	    cmocka_unit_test(refuses_lies),
	    cmocka_unit_test(reads_headers),
	    cmocka_unit_test(writes_headers),
	    cmocka_unit_test(passes_over_a_records_filling),
	    cmocka_unit_test(reads_flags_and_fields),
	    cmocka_unit_test(a_submit_becomes_a_deliver),
	    cmocka_unit_test(takes_short_texts),
	};
	return cmocka_run_group_tests_name("sms tpdu", tests, NULL, NULL);
}

#include "unit/sms/prelude.h"

#include "sms/dcs.h"

/* 3GPP TS 23.038 clause 4, one row for each form of octet. */
static void reads_every_group(void **state)
{
	(void)state;
	static const struct {
		uint8_t from, to; /* octets from … to have this meaning; class counts up from `class0` */
		enum sms_alphabet alphabet;
		bool compressed, auto_delete;
		int class0, waiting0;
		bool active, store;
	} rows[] = {
	    {0x00, 0x03, SMS_GSM7, false, false, -1, -1, false,
	     false}, /* class bits without bit 4 mean nothing */
	    {0x04, 0x07, SMS_8BIT, false, false, -1, -1, false, false},
	    {0x08, 0x0B, SMS_UCS2, false, false, -1, -1, false, false},
	    {0x0C, 0x0F, SMS_GSM7, false, false, -1, -1, false, false}, /* reserved alphabet */
	    {0x10, 0x13, SMS_GSM7, false, false, 0, -1, false, false},
	    {0x14, 0x17, SMS_8BIT, false, false, 0, -1, false, false},
	    {0x18, 0x1B, SMS_UCS2, false, false, 0, -1, false, false},
	    {0x20, 0x23, SMS_GSM7, true, false, -1, -1, false, false},
	    {0x34, 0x37, SMS_8BIT, true, false, 0, -1, false, false},
	    {0x38, 0x3B, SMS_UCS2, true, false, 0, -1, false, false},
	    {0x40, 0x43, SMS_GSM7, false, true, -1, -1, false, false},
	    {0x48, 0x4B, SMS_UCS2, false, true, -1, -1, false, false},
	    {0x58, 0x5B, SMS_UCS2, false, true, 0, -1, false, false},
	    {0x74, 0x77, SMS_8BIT, true, true, 0, -1, false, false},
	    {0x80, 0xBF, SMS_GSM7, false, false, -1, -1, false, false}, /* reserved groups */
	    {0xC0, 0xC3, SMS_GSM7, false, false, -1, 0, false, false},
	    {0xC8, 0xCB, SMS_GSM7, false, false, -1, 0, true, false},
	    {0xD0, 0xD3, SMS_GSM7, false, false, -1, 0, false, true},
	    {0xD8, 0xDB, SMS_GSM7, false, false, -1, 0, true, true},
	    {0xE0, 0xE3, SMS_UCS2, false, false, -1, 0, false, true},
	    {0xE8, 0xEB, SMS_UCS2, false, false, -1, 0, true, true},
	    {0xF0, 0xF3, SMS_GSM7, false, false, 0, -1, false, false},
	    {0xF4, 0xF7, SMS_8BIT, false, false, 0, -1, false, false},
	    {0xF8, 0xFB, SMS_GSM7, false, false, 0, -1, false, false}, /* bit 3 is reserved */
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (unsigned o = rows[i].from; o <= rows[i].to; o++) {
			struct dcs d;
			int step = (int)(o - rows[i].from);
			dcs_decode((uint8_t)o, &d);
			assert_int_equal(d.alphabet, rows[i].alphabet);
			assert_int_equal(d.compressed, rows[i].compressed);
			assert_int_equal(d.auto_delete, rows[i].auto_delete);
			assert_int_equal(d.message_class, rows[i].class0 < 0 ? -1 : rows[i].class0 + step);
			assert_int_equal(d.waiting, rows[i].waiting0 < 0 ? -1 : rows[i].waiting0 + step);
			assert_int_equal(d.waiting_active, rows[i].active);
			assert_int_equal(d.waiting_store, rows[i].store);
		}
	}
}

static void writes_what_it_reads(void **state)
{
	(void)state;
	static const enum sms_alphabet alphabets[] = {SMS_GSM7, SMS_8BIT, SMS_UCS2};
	for (size_t i = 0; i < ARRAY_LEN(alphabets); i++)
		for (int class = -1; class <= 3; class ++) {
			struct dcs d;
			dcs_decode(dcs_encode(alphabets[i], class), &d);
			assert_int_equal(d.alphabet, alphabets[i]);
			assert_int_equal(d.message_class, class);
			assert_false(d.compressed || d.auto_delete);
			assert_int_equal(d.waiting, -1);
		}
	assert_int_equal(dcs_encode(SMS_GSM7, -1), 0x00);
	assert_int_equal(dcs_encode(SMS_UCS2, -1), 0x08);
	assert_int_equal(dcs_encode(SMS_UCS2, 0), 0x18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_group),
	    cmocka_unit_test(writes_what_it_reads),
	};
	return cmocka_run_group_tests_name("sms dcs", tests, NULL, NULL);
}

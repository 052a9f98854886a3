#include "unit/sms/prelude.h"

#include "sms/address.h"

static void reads_and_writes_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		size_t len;
		const char *number;
		uint8_t type;
		bool same; /* written again, it is the same octets */
	} rows[] = {
#define ROW(octets, number, type, same) {octets, sizeof octets - 1, number, type, same}
	    ROW("\x0D\x91\x68\x31\x19\x32\x54\x76\xF8", "+8613912345678", 0x91, true),
	    ROW("\x0B\x81\x31\x19\x32\x54\x76\xF8", "13912345678", 0x81, true),
	    ROW("\x0B\xA1\x31\x19\x32\x54\x76\xF8", "13912345678", 0xA1, true), /* national */
	    ROW("\x05\x81\x01\x80\xF6", "10086", 0x81, true),
	    ROW("\x05\xB1\x01\x80\xF6", "10086", 0xB1, true),  /* network specific */
	    ROW("\x06\x81\x01\x80\xF6", "10086", 0x81, false), /* the filler was counted */
	    ROW("\x14\x81\x01\x56\x80\x00\x11\x22\x33\x44\x55\x66", "10650800112233445566", 0x81, true),
	    ROW("\x05\x81\xBA\xDC\xFE", "*#abc", 0x81, true),
	    ROW("\x00\x81", "", 0x81, true), /* withheld */
	    ROW("\x00\x91", "", 0x91, true),
#undef ROW
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char number[TPDU_ADDR_MAX];
		uint8_t type, again[ADDRESS_OCTETS_MAX];
		bool name;
		int n = address_decode((const uint8_t *)rows[i].octets, rows[i].len, number, &type, &name);
		assert_int_equal(n, rows[i].len);
		assert_string_equal(number, rows[i].number);
		assert_int_equal(type, rows[i].type);
		assert_int_equal(name, (rows[i].type & 0x70) == 0x50);
		if (rows[i].same) {
			assert_int_equal(address_encode(number, type, again), rows[i].len);
			assert_memory_equal(again, rows[i].octets, rows[i].len);
		}
	}
}

/* The length of a name counts semi-octets: 7 characters are 49 bits, 13 of them. */
static void reads_and_writes_names(void **state)
{
	(void)state;
	static const char *const names[] = {"A",          "AB",          "Bank",  "diafaan", "12345678",
					    "12306 info", "ABCDEFGHIJK", "€€€€€", "Ωmega",   "a@b"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		uint8_t octets[ADDRESS_OCTETS_MAX], type;
		char number[TPDU_ADDR_MAX];
		bool name;
		int n = address_encode(names[i], TON_ALPHANUMERIC, octets);
		assert_in_range(n, 3, ADDRESS_OCTETS_MAX);
		assert_int_equal(address_decode(octets, (size_t)n, number, &type, &name), n);
		assert_string_equal(number, names[i]);
		assert_int_equal(type, 0xD0);
		assert_true(name);
	}
	uint8_t octets[ADDRESS_OCTETS_MAX];
	assert_int_equal(address_encode("diafaan", 0, octets), 9);
	assert_memory_equal(octets, "\x0D\xD0\xE4\x74\xD8\x1C\x0E\xBB\x01", 9);
	assert_int_equal(address_encode("ABCDEFGHIJKL", 0, octets), -EINVAL);
	assert_int_equal(address_encode("€€€€€€", 0, octets), -EINVAL);
	assert_int_equal(address_encode("社区", 0, octets), -EINVAL);

	/* Seven characters counted as fourteen semi-octets: no @ at the end. */
	char number[TPDU_ADDR_MAX];
	uint8_t type;
	bool name;
	assert_int_equal(
	    address_decode((const uint8_t *)"\x0E\xD0\xE4\x74\xD8\x1C\x0E\xBB\x01", 9, number, &type, &name),
	    9);
	assert_string_equal(number, "diafaan");
}

static void refuses_lies(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		size_t len;
	} rows[] = {
	    {"", 0},
	    {"\x0D", 1},
	    {"\x0D\x91", 2},
	    {"\x0D\x91\x68\x31\x19\x32\x54\x76", 8},                          /* one octet short */
	    {"\x15\x91\x68\x31\x19\x32\x54\x76\x98\x68\x31\x19\x32\x54", 14}, /* 21 digits */
	    {"\xFF\x91\x68\x31\x19\x32\x54\x76\x98\x68\x31\x19\x32\x54", 14},
	    {"\x04\x81\x1F\x32", 4}, /* a digit after the filler */
	    {"\x0D\xD0\xE4\x74", 4},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char number[TPDU_ADDR_MAX] = "same";
		uint8_t type;
		bool name;
		assert_int_equal(
		    address_decode((const uint8_t *)rows[i].octets, rows[i].len, number, &type, &name),
		    -EBADMSG);
		assert_string_equal(number, "same");
	}
	uint8_t octets[ADDRESS_OCTETS_MAX];
	assert_int_equal(address_encode("+123456789012345678901", 0, octets), -EINVAL);
	assert_int_equal(address_encode("12x4", 0x81, octets), -EINVAL);
}

static void reads_service_centres(void **state)
{
	(void)state;
	static const struct {
		const char *octets;
		size_t len;
		int taken;
		const char *number;
	} rows[] = {
	    {"\x00\x99", 2, 1, ""},
	    {"\x01\x91", 2, 2, ""},
	    {"\x08\x91\x68\x31\x08\x10\x00\x05\xF0", 9, 9, "+8613800100500"},
	    {"\x04\x81\x01\x80\xF6", 5, 5, "10086"},
	    {"\x08\x91\x68\x31\x08\x10\x00\x05", 8, -EBADMSG, NULL},
	    {"\x0C\x91\x68\x31\x08\x10\x00\x05\xF0\x00\x00\x00\x00", 13, -EBADMSG, NULL},
	    {"", 0, -EBADMSG, NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char number[TPDU_ADDR_MAX];
		assert_int_equal(address_decode_smsc((const uint8_t *)rows[i].octets, rows[i].len, number),
				 rows[i].taken);
		if (rows[i].number)
			assert_string_equal(number, rows[i].number);
	}
	uint8_t octets[ADDRESS_OCTETS_MAX];
	assert_int_equal(address_encode_smsc("+8613800100500", octets), 9);
	assert_memory_equal(octets, "\x08\x91\x68\x31\x08\x10\x00\x05\xF0", 9);
	assert_int_equal(address_encode_smsc("", octets), 1);
	assert_int_equal(octets[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_and_writes_addresses),
	    cmocka_unit_test(reads_and_writes_names),
	    cmocka_unit_test(refuses_lies),
	    cmocka_unit_test(reads_service_centres),
	};
	return cmocka_run_group_tests_name("sms address", tests, NULL, NULL);
}

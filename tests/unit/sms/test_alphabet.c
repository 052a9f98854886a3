#include "unit/sms/prelude.h"

#include "sms/alphabet.h"
#include "sms/tpdu.h"

static char *decode(const char *septets, size_t n, unsigned locking, unsigned single)
{
	uint16_t units[256];
	return sms_utf8(units, gsm_decode((const uint8_t *)septets, n, locking, single, units));
}

/* Positions of 3GPP TS 23.038 clause 6.2.1, A.2 and A.3, one word or row for each language. */
static void decodes_every_language(void **state)
{
	(void)state;
	static const struct {
		unsigned locking, single;
		const char *septets;
		size_t len;
		const uint16_t *text; /* in numbers where an editor might compose or decompose */
	} rows[] = {
#define ROW(l, s, septets, text) {l, s, septets, sizeof septets - 1, u##text}
	    ROW(0, 0, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0B\x0C\x0E\x0F", "@£$¥èéùìòÇØøÅå"),
	    ROW(0, 0, "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1C\x1D\x1E\x1F", "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"),
	    ROW(0, 0, "\x24\x40\x5B\x5C\x5D\x5E\x5F\x60\x7B\x7C\x7D\x7E\x7F", "¤¡ÄÖÑÜ§¿äöñüà"),
	    ROW(0, 0, "\x1B\x0A\x1B\x14\x1B\x28\x1B\x29\x1B\x2F\x1B\x3C\x1B\x3D\x1B\x3E\x1B\x40\x1B\x65",
		"\f^{}\\[~]|€"),
	    ROW(1, 1,
		"\x04\x07\x0B\x0C\x1C\x1D\x40\x60\x1BG\x1BI\x1BS\x1B"
		"c\x1B"
		"e\x1Bg\x1Bi\x1Bs",
		"€ıĞğŞşİçĞİŞç€ğış"),
	    ROW(0, 2,
		"\x1B\x09\x1B"
		"A\x1BI\x1BO\x1BU\x1B"
		"a\x1Bi\x1Bo\x1Bu",
		"çÁÍÓÚáíóú"),
	    ROW(3, 3, "\x04\x06\x07\x08\x09\x0B\x0C\x0E\x0F\x12\x15\x16\x17\x18\x1A\x60\x7D",
		"êúíóçÔôÁáª∞^\\€|~`"),
	    ROW(3, 3, "\x1B\x05\x1B\x12\x1B\x19\x1B\x1F\x1B\x41\x1B\x5B\x1B\x7F", "êΦΘÊÀÃâ"),
	    ROW(4, 4, "\x00\x0B\x10\x22\x28\x29\x2C\x4F\x60\x7B\x7F\x1B\x19\x1B\x24\x1B\x34",
		"\u0981\u098C\u0990\u099F)(,\u09BD\u09CE\u09D7\u09F1\u09E6\u09DF\u09FA"),
	    ROW(5, 5, "\x00\x0C\x22\x50\x7F\x1B\x19\x1B\x1C\x1B\x25",
		"\u0A81\u0A8D\u0A9F\u0ABE\u0AF1\u0964\u0AE6\u0AEF"),
	    ROW(6, 6, "\x00\x39\x3C\x40\x50\x5F\x60\x7F\x1B\x1C\x1B\x3A",
		"\u09019\u0929\u092C\u093E\u094D\u0950\u097F\u0966\u0971"),
	    ROW(7, 7, "\x01\x22\x24\x4F\x60\x7F\x1B\x1C\x1B\x26\x1B\x2A\x1B\x3C",
		"\u0C82\u0C9F\u0CA1\u0CBD\u0CD5\u0CE3\u0CE6\u0CDE\u0CF2["),
	    ROW(8, 8, "\x01\x22\x2E\x4F\x60\x7F\x1B\x1C\x1B\x2E\x1B\x34",
		"\u0D02\u0D1F.\u0D3D\u0D57\u0D79\u0D66\u0D7A\u0D7F"),
	    ROW(9, 9, "\x00\x22\x4F\x60\x7B\x1B\x1C\x1B\x26\x1B\x2C",
		"\u0B01\u0B1F\u0B3D\u0B56\u0B57\u0B66\u0B5C\u0B71"),
	    ROW(10, 10, "\x00\x22\x4E\x60\x7F\x1B\x1C\x1B\x26\x1B\x2D",
		"\u0A01\u0A1F\u0A3C\u0A51\u0A74\u0A66\u0A59\u0A75"),
	    ROW(11, 11, "\x01\x22\x3C\x42\x60\x7F\x1B\x1C\x1B\x24\x1B\x2E",
		"\u0B82\u0B9F\u0BA9\u0BAE\u0BD0\u0BF9\u0BE6\u0BEE\u0BFA"),
	    ROW(12, 12, "\x00\x22\x4F\x60\x7F\x1B\x1C\x1B\x26\x1B\x32\x1B\x65",
		"\u0C01\u0C1F\u0C3D\u0C55\u0C63\u0C66\u0C58\u0C7F€"),
	    ROW(13, 13, "\x00\x01\x10\x1A\x22\x40\x50\x60\x7F\x1B\x19\x1B\x1C\x1B\x26\x1B\x3B\x1B\x3F",
		"\u0627\u0622\u062B\u062F\u068F\u0635\u06BA\u0654\u0670\u0600\u06F0\u060C\u06CD\u06D4"),
#undef ROW
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint16_t got[64];
		size_t n = gsm_decode((const uint8_t *)rows[i].septets, rows[i].len, rows[i].locking,
				      rows[i].single, got);
		got[n] = 0;
		assert_memory_equal(got, rows[i].text, (n + 1) * sizeof *got);
	}
}

static void reads_odd_escapes_as_the_standard_says(void **state)
{
	(void)state;
	static const struct {
		const char *septets, *text;
		size_t len;
	} rows[] = {
	    {"a\x1B", "a ", 2}, /* at the end */
	    {"a\x1B\x1B"
	     "b",
	     "a b", 4},                /* another extension table */
	    {"\x1B\x1B\x65", " e", 3}, /* the second escape does not escape */
	    {"\x1B"
	     "a",
	     "a", 2},              /* not in the table: the basic character */
	    {"\x1B\x0D", "\r", 2}, /* a control position */
	    {"\x1B\x00", "@", 2},
	    {"", "", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *got = decode(rows[i].septets, rows[i].len, 0, 0);
		assert_string_equal(got, rows[i].text);
	}
	cleanup_free char *hole =
	    decode("\x0C\x1B\x0C", 3, 4, 4); /* Bengali leaves 0Ch empty; shifted it is + */
	assert_string_equal(hole, " +");
	cleanup_free char *unknown = decode("\x00\x1B\x65", 3, 99, 99);
	assert_string_equal(unknown, "@€");
	cleanup_free char *spanish = decode("\x00\x1B"
					    "a",
					    3, 2, 2); /* there is no Spanish locking table */
	assert_string_equal(spanish, "@á");
}

static void encodes_what_it_decodes(void **state)
{
	(void)state;
	for (unsigned l = 0; l < GSM_LANGUAGES; l++) {
		for (unsigned s = 0; s < GSM_LANGUAGES; s++) {
			for (unsigned c = 0; c < 256; c++) {
				uint8_t in[2] = {GSM_ESCAPE, c & 0x7F}, out[2];
				uint16_t unit, again;
				if (gsm_decode(c < 128 ? in + 1 : in, c < 128 ? 1 : 2, l, s, &unit) != 1)
					fail();
				int n = gsm_encode_unit(unit, l, s, out);
				assert_in_range(n, 1, 2);
				assert_int_equal(gsm_decode(out, (size_t)n, l, s, &again), 1);
				assert_int_equal(again, unit);
			}
		}
	}
	uint8_t out[2];
	assert_int_equal(gsm_encode_unit(0x4E2D, 0, 0, out), 0);
	assert_int_equal(gsm_encode_unit('`', 0, 0, out), 0);
	assert_int_equal(gsm_encode_unit(0, 6, 6, out), 0);
	assert_int_equal(gsm_encode_unit(GSM_ESCAPE, 0, 0, out), 0);
}

static void tables_are_well_formed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GSM_LANGUAGES; i++) {
		const uint16_t *l = gsm_locking_table(i), *s = gsm_single_table(i);
		assert_true((l == NULL) == (i == 2));
		assert_non_null(s);
		assert_int_equal(s[GSM_ESCAPE], 0);
		assert_int_equal(s[0x0A], '\f');
		assert_int_equal(s[0x0D], 0);
		assert_int_equal(s[0x65], 0x20AC);
		if (!l)
			continue;
		assert_int_equal(l[GSM_ESCAPE], GSM_ESCAPE);
		assert_int_equal(l[0x0A], '\n');
		assert_int_equal(l[0x0D], '\r');
		for (int c = '0'; c <= '9'; c++)
			assert_int_equal(l[c], c);
		for (int c = 'a'; c <= 'z'; c++)
			assert_int_equal(l[c], c);
		for (int a = 0; a < 128; a++)
			for (int b = a + 1; b < 128; b++)
				assert_true(l[a] == 0 || l[a] != l[b]);
	}
	assert_null(gsm_locking_table(GSM_LANGUAGES));
	assert_null(gsm_single_table(GSM_LANGUAGES));
	assert_int_equal(gsm_language_find("tr", 2), 1);
	assert_int_equal(gsm_language_find("ur,x", 2), 13);
	assert_int_equal(gsm_language_find("", 0), -1);
	assert_int_equal(gsm_language_find("zh", 2), -1);
}

static void packs_from_any_bit(void **state)
{
	(void)state;
	uint8_t octets[9] = {0};
	gsm_pack((const uint8_t *)"hellohello", 10, octets, 0);
	assert_memory_equal(octets, "\xE8\x32\x9B\xFD\x46\x97\xD9\xEC\x37", 9);
	struct random r = random_start("packs_from_any_bit");
	for (size_t from = 0; from < 64; from++) {
		for (size_t n = 0; n <= 40; n++) {
			uint8_t in[40], out[40];
			size_t len = (from + n * 7 + 7) / 8;
			cleanup_free uint8_t *exact =
			    mem_alloc(len ? len : 1); /* so that a sanitizer sees one octet more */
			for (size_t i = 0; i < n; i++)
				in[i] = (uint8_t)random_below(&r, 128);
			for (size_t i = 0; i < from / 8; i++)
				exact[i] = 0xA5;
			gsm_pack(in, n, exact, from);
			gsm_unpack(exact, from, n, out);
			assert_memory_equal(in, out, n);
			for (size_t i = 0; i < from / 8; i++)
				assert_int_equal(exact[i], 0xA5);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decodes_every_language),  cmocka_unit_test(reads_odd_escapes_as_the_standard_says),
	    cmocka_unit_test(encodes_what_it_decodes), cmocka_unit_test(tables_are_well_formed),
	    cmocka_unit_test(packs_from_any_bit),
	};
	return cmocka_run_group_tests_name("sms alphabet", tests, NULL, NULL);
}

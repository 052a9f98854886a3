#include "unit/sms/prelude.h"

#include "sms/alphabet.h"
#include "sms/compose.h"
#include "sms/concat.h"

#include "base/buf.h"
#include "base/text.h"

/* n times the same character, and then a tail. The caller frees. */
static char *times(int n, const char *s, const char *tail)
{
	struct buf b = {0};
	while (n-- > 0)
		buf_adds(&b, s);
	buf_adds(&b, tail);
	return buf_take(&b);
}

/* Composes, decodes each part as a network would see it, joins. The caller frees. */
static char *there_and_back(const char *text, const struct compose_options *o, int *ret_parts,
			    struct tpdu *ret_first)
{
	static struct tpdu parts[COMPOSE_PARTS_MAX];
	const struct tpdu *by_part[COMPOSE_PARTS_MAX];
	enum sms_alphabet alphabet;
	cleanup_free struct compose_part *all = NULL;
	int n = compose_count(text, o, &alphabet), again;
	*ret_parts = n;
	if (n < 0)
		return NULL;
	assert_int_equal(compose_all("+8613800138000", text, o, &all), n);
	for (int i = 1; i <= n; i++) {
		struct compose_part p;
		struct err e;
		struct tpdu *t = &parts[i - 1];
		assert_int_equal(compose_part("+8613800138000", text, o, i, &p, &again), 0);
		assert_int_equal(again, n);
		assert_string_equal(p.hex, all[i - 1].hex);
		assert_int_equal(p.length, all[i - 1].length);
		if (tpdu_decode_hex(p.hex, true, TPDU_OUTGOING, p.length, t, &e) < 0)
			fail_msg("%s: %s", p.hex, e.text);
		assert_int_equal(t->alphabet, alphabet);
		assert_string_equal(t->number, "+8613800138000");
		assert_int_equal(t->number_type, 0x91);
		assert_int_equal(t->concat_ref, n > 1 ? o->reference : -1);
		if (n > 1) {
			assert_int_equal(t->part, i);
			assert_int_equal(t->parts, n);
			assert_int_equal(t->concat_bits, o->ref16 ? 16 : 8);
		}
		by_part[i - 1] = t;
	}
	if (ret_first)
		*ret_first = parts[0];
	return concat_text(by_part, n);
}

static void fills_parts_to_the_brim(void **state)
{
	(void)state;
	static const uint8_t turkish[] = {1, 0}, all[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0};
	static const struct {
		int n;
		const char *s, *tail;
		struct compose_options o;
		int parts; /* or −errno */
		enum sms_alphabet alphabet;
	} rows[] = {
	    {0, "", "", {0}, 1, SMS_GSM7},
	    {160, "a", "", {0}, 1, SMS_GSM7},
	    {161, "a", "", {0}, 2, SMS_GSM7},
	    {306, "a", "", {0}, 2, SMS_GSM7},
	    {307, "a", "", {0}, 3, SMS_GSM7},
	    {304, "a", "", {.ref16 = true}, 2, SMS_GSM7},
	    {305, "a", "", {.ref16 = true}, 3, SMS_GSM7},
	    {80, "[", "", {0}, 1, SMS_GSM7},
	    {80, "[", "a", {0}, 2, SMS_GSM7},
	    {152, "[", "", {0}, 2, SMS_GSM7}, /* 76 escape pairs each: the 153rd septet stays empty */
	    {153, "[", "", {0}, 3, SMS_GSM7},
	    {70, "好", "", {0}, 1, SMS_UCS2},
	    {71, "好", "", {0}, 2, SMS_UCS2},
	    {134, "好", "", {0}, 2, SMS_UCS2},
	    {135, "好", "", {0}, 3, SMS_UCS2},
	    {132, "好", "", {.ref16 = true}, 2, SMS_UCS2},
	    {133, "好", "", {.ref16 = true}, 3, SMS_UCS2},
	    {35, "😀", "", {0}, 1, SMS_UCS2},
	    {36, "😀", "", {0}, 2, SMS_UCS2},
	    {66, "😀", "", {0}, 2, SMS_UCS2}, /* 33 pairs in 67 units */
	    {67, "😀", "", {0}, 3, SMS_UCS2},
	    {159, "a", "`", {0}, 3, SMS_UCS2}, /* one back-tick makes the whole text UCS-2 */
	    {70, "a", "", {.alphabet = COMPOSE_UCS2}, 1, SMS_UCS2},
	    {71, "a", "", {.alphabet = COMPOSE_UCS2}, 2, SMS_UCS2},
	    {1, "好", "", {.alphabet = COMPOSE_GSM7}, -EINVAL, SMS_GSM7},
	    {39015, "a", "", {0}, 255, SMS_GSM7},
	    {39016, "a", "", {0}, -E2BIG, SMS_GSM7},
	    {17085, "好", "", {0}, 255, SMS_UCS2},
	    {17086, "好", "", {0}, -E2BIG, SMS_UCS2},
	    {100000, "a", "", {0}, -E2BIG, SMS_GSM7},
	    /* national tables: only allowed ones, and only where they save a part */
	    {100, "ş", "", {0}, 2, SMS_UCS2},
	    {70, "ş", "", {.languages = turkish}, 1, SMS_UCS2},
	    {71, "ş", "", {.languages = turkish}, 1, SMS_GSM7},
	    {155, "ş", "", {.languages = turkish}, 1, SMS_GSM7}, /* a header of 4 octets takes 5 septets */
	    {156, "ş", "", {.languages = turkish}, 2, SMS_GSM7},
	    {298, "ş", "", {.languages = turkish}, 2, SMS_GSM7}, /* 9 octets, 11 septets: 149 a part */
	    {299, "ş", "", {.languages = turkish}, 3, SMS_GSM7},
	    {1, "ş", "", {.alphabet = COMPOSE_GSM7}, -EINVAL, SMS_GSM7},
	    {1, "ş", "", {.alphabet = COMPOSE_GSM7, .languages = turkish}, 1, SMS_GSM7},
	    {160, "a", "", {.languages = all}, 1, SMS_GSM7},
	    {75, "\u0915\u0964", "", {.languages = all}, 2, SMS_GSM7}, /* Hindi: basic letter, shifted danda */
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum sms_alphabet alphabet = SMS_8BIT;
		cleanup_free char *text = times(rows[i].n, rows[i].s, rows[i].tail);
		int n = compose_count(text, &rows[i].o, &alphabet);
		if (n != rows[i].parts)
			fail_msg("row %zu: %d × %s%s takes %d, not %d", i, rows[i].n, rows[i].s, rows[i].tail,
				 n, rows[i].parts);
		if (n < 0)
			continue;
		assert_int_equal(alphabet, rows[i].alphabet);
		cleanup_free char *back = there_and_back(text, &rows[i].o, &n, NULL);
		assert_string_equal(back, text);
	}
}

static void never_cuts_a_pair(void **state)
{
	(void)state;
	for (int before = 60; before < 75; before++) {
		cleanup_free char *text = times(before, "好", "😀😀好好好好好好好好好好好好好好");
		struct compose_part p;
		int parts;
		struct tpdu t;
		struct err e;
		for (int i = 1; compose_part("10086", text, &(struct compose_options){0}, i, &p, &parts) == 0;
		     i++) {
			assert_int_equal(tpdu_decode_hex(p.hex, true, TPDU_OUTGOING, p.length, &t, &e), 0);
			assert_true((t.units[0] & 0xFC00) != 0xDC00);
			assert_true((t.units[t.unit_count - 1] & 0xFC00) != 0xD800);
			assert_int_equal(t.number_type, 0x81);
			assert_string_equal(t.number, "10086");
		}
	}
	for (int before = 150; before < 156; before++) {
		cleanup_free char *text = times(before, "a", "€€€€€€€€€€");
		int n;
		cleanup_free char *back = there_and_back(text, &(struct compose_options){0}, &n, NULL);
		assert_string_equal(back, text);
	}
}

static void says_what_was_asked(void **state)
{
	(void)state;
	struct tpdu t;
	int n;
	struct compose_options o = {.report = true,
				    .reject_duplicates = true,
				    .validity_minutes = 119,
				    .message_class = CLASS_0_FLASH,
				    .reference = 0xBEEF,
				    .ref16 = true};
	cleanup_free char *text = times(200, "好", "");
	cleanup_free char *back = there_and_back(text, &o, &n, &t);
	assert_string_equal(back, text);
	assert_true(t.report_requested && t.reject_duplicates);
	assert_int_equal(t.vp, VP_RELATIVE);
	assert_int_equal(t.validity_minutes, 115);
	assert_int_equal(t.message_class, 0);
	assert_int_equal(t.dcs, 0x18);
	assert_int_equal(t.concat_ref, 0xBEEF);
	cleanup_free char *plain = there_and_back("好", &(struct compose_options){0}, &n, &t);
	assert_string_equal(plain, "好");
	assert_false(t.report_requested || t.reject_duplicates || t.udhi);
	assert_int_equal(t.vp, VP_NONE);
	assert_int_equal(t.message_class, -1);
	assert_int_equal(t.dcs, 8);
	cleanup_free char *mended = there_and_back("a\xFFz", &(struct compose_options){0}, &n, &t);
	assert_string_equal(mended, "a\xEF\xBF\xBDz");
}

static void refuses_what_cannot_go_out(void **state)
{
	(void)state;
	static const char *const numbers[] = {"",    "+", "abc", "+86 138", "138-0013", "123456789012345678901",
					      "社区"};
	struct compose_part p;
	struct compose_part *all = NULL;
	int parts = 7;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		assert_int_equal(compose_part(numbers[i], "x", &(struct compose_options){0}, 1, &p, &parts),
				 -EINVAL);
		assert_int_equal(compose_all(numbers[i], "x", &(struct compose_options){0}, &all), -EINVAL);
	}
	assert_int_equal(compose_part("10086", "x", &(struct compose_options){0}, 0, &p, &parts), -EINVAL);
	assert_int_equal(compose_part("10086", "x", &(struct compose_options){0}, 2, &p, &parts), -EINVAL);
	assert_int_equal(parts, 7);
	assert_int_equal(compose_part("10086", "x", &(struct compose_options){0}, 1, &p, &parts), 0);
	assert_string_equal(p.hex, "0001000581"
				   "0180F6000001"
				   "78");
	assert_int_equal(p.length, 11);
}

/* A character of one of the scripts that texts come in; never a lone surrogate or NUL. */
static uint32_t any_character(struct random *r, int script)
{
	static const struct {
		uint32_t from, count;
	} ranges[] = {
	    {0x20, 95},      {0x4E00, 0x5200}, {0x3040, 192},
	    {0xAC00, 11172}, {0x0400, 256},    {0x0590, 112},
	    {0x0600, 256},   {0x0900, 128},    {0x0980, 128},
	    {0x0A00, 128},   {0x0A80, 128},    {0x0B00, 128},
	    {0x0B80, 128},   {0x0C00, 128},    {0x0C80, 128},
	    {0x0D00, 128},   {0x0E00, 128},    {0x0370, 144},
	    {0xA0, 0x1B0},   {0x1F300, 0x300}, {0x20000, 1000},
	    {0xFF00, 0xF0},  {0x2000, 0x70},   {0xE000, 100},
	    {0x0A, 4},       {0x1F1E6, 26},    {0x10000, 0x10FFFF - 0x10000 + 1},
	};
	int k = script < 0 ? (int)random_below(r, ARRAY_LEN(ranges)) : script % (int)ARRAY_LEN(ranges);
	return ranges[k].from + random_below(r, ranges[k].count);
}

/* What a telephone with a national keyboard would write: any positions of a language's two tables. */
static char *national_text(struct random *r)
{
	uint8_t septets[600];
	uint16_t units[600];
	size_t n = 1 + random_below(r, 599), k = 0;
	unsigned language = 1 + random_below(r, GSM_LANGUAGES - 1);
	const uint16_t *locking = gsm_locking_table(language), *single = gsm_single_table(language);
	while (k + 1 < n) {
		uint8_t c = (uint8_t)random_below(r, 128);
		bool shifted = random_below(r, 12) == 0;
		if (c == GSM_ESCAPE || !(shifted ? single : locking ? locking : gsm_locking_table(0))[c])
			continue;
		if (shifted)
			septets[k++] = GSM_ESCAPE;
		septets[k++] = c;
	}
	return sms_utf8(units, gsm_decode(septets, k, language, language, units));
}

static char *any_text(struct random *r)
{
	if (random_below(r, 4) == 0)
		return national_text(r);
	struct buf b = {0};
	int script = (int)random_below(r, 40) - 8, mixed = (int)random_below(r, 3) ? 0 : -1;
	uint32_t n = random_below(r, random_below(r, 4) ? 120 : 900);
	while (n-- > 0) {
		char utf8[4];
		bool other = mixed && random_below(r, 10) == 0;
		buf_add(&b, utf8, text_put(utf8, any_character(r, other ? -1 : script)));
	}
	return b.data ? buf_take(&b) : mem_dup("");
}

static void random_texts_survive(void **state)
{
	(void)state;
	static const uint8_t all[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0};
	struct random r = random_start("random_texts_survive");
	int gsm = 0, national = 0;
	for (int i = 0; i < 2000; i++) {
		struct tpdu first;
		int n, plain;
		cleanup_free char *text = any_text(&r);
		struct compose_options o = {.reference = (int)random_below(&r, 256),
					    .ref16 = random_below(&r, 2)};
		cleanup_free char *without = there_and_back(text, &o, &plain, &first);
		assert_string_equal(without, text);
		gsm += first.alphabet == SMS_GSM7;
		o.languages = all;
		cleanup_free char *with = there_and_back(text, &o, &n, &first);
		assert_string_equal(with, text);
		assert_true(n <= plain);
		if (first.lang_locking || first.lang_single) {
			assert_true(n < plain);
			national++;
		}
	}
	print_message("%d in the default alphabet, %d with national tables\n", gsm, national);
	assert_true(gsm > 20 && national > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_parts_to_the_brim), cmocka_unit_test(never_cuts_a_pair),
	    cmocka_unit_test(says_what_was_asked),     cmocka_unit_test(refuses_what_cannot_go_out),
	    cmocka_unit_test(random_texts_survive),
	};
	return cmocka_run_group_tests_name("sms composing", tests, NULL, NULL);
}

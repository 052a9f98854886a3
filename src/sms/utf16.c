/* UTF-16, as UCS-2 parts carry it in practice, to and from UTF-8. */
#include "sms/tpdu.h"

#include "base/mem.h"
#include "base/text.h"
#include "sms/alphabet.h"
#include "sms/dcs.h"
#include "sms/utf16.h"

#include <errno.h>

char *sms_utf8(const uint16_t *units, size_t count)
{
	char *s = mem_array(count + 1, 3); /* a pair gives four bytes, any other unit at most three */
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t c = units[i];
		if (utf16_is_high(units[i]) && i + 1 < count && utf16_is_low(units[i + 1]))
			c = 0x10000 + ((c - 0xD800) << 10) + (units[++i] - 0xDC00U);
		n += text_put(s + n, c ? c : 0xFFFD);
	}
	s[n] = 0;
	return s;
}

uint16_t *sms_utf16(const char *text, size_t max, size_t *ret_count)
{
	uint16_t *units = mem_array(max + 2, sizeof *units);
	size_t n = 0;
	uint32_t c;
	while (n <= max && (c = text_next(&text))) {
		if (c >= 0x10000) {
			units[n++] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		units[n++] = (uint16_t)c;
	}
	if (n > max) {
		free(units);
		return NULL;
	}
	*ret_count = n;
	return units;
}

char *tpdu_text(const struct tpdu *t)
{
	return sms_utf8(t->units, t->unit_count);
}

static bool is_gsm(const uint16_t *units, size_t count, size_t *ret_septets)
{
	uint8_t septets[2];
	*ret_septets = 0;
	for (size_t i = 0; i < count; i++) {
		int n = gsm_encode_unit(units[i], 0, 0, septets);
		if (n == 0)
			return false;
		*ret_septets += (size_t)n;
	}
	return true;
}

int tpdu_set_text(struct tpdu *t, const char *utf8)
{
	size_t count, septets;
	cleanup_free uint16_t *units = sms_utf16(utf8, TPDU_UNITS_MAX, &count);
	if (!units)
		return -E2BIG;
	enum sms_alphabet alphabet = is_gsm(units, count, &septets) ? SMS_GSM7 : SMS_UCS2;
	if (alphabet == SMS_GSM7 ? septets > TPDU_UNITS_MAX : count > TPDU_UD_MAX / 2)
		return -E2BIG;
	t->alphabet = alphabet;
	t->dcs = dcs_encode(alphabet, -1);
	t->unit_count = count;
	for (size_t i = 0; i < count; i++)
		t->units[i] = units[i];
	return 0;
}

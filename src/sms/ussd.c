#include "sms/ussd.h"
#include "base/text.h"
#include "sms/alphabet.h"
#include "sms/utf16.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define OCTETS_MAX 320
#define CODE_MAX   24

enum coding { CODING_7BIT, CODING_8BIT, CODING_UCS2 };

/* TS 23.038 clause 5. */
static enum coding coding_of(int dcs)
{
	if (dcs < 0)
		return CODING_7BIT;
	if (dcs == 0x11)
		return CODING_UCS2;
	int group = dcs >> 4;
	if ((group >= 4 && group <= 7) || group == 9) {
		int bits = dcs >> 2 & 3;
		return bits == 1 ? CODING_8BIT : bits == 2 ? CODING_UCS2 : CODING_7BIT;
	}
	return group == 15 && dcs & 4 ? CODING_8BIT : CODING_7BIT;
}

/* 0 when `s` is not hex as a whole. */
static size_t unhex(const char *s, uint8_t out[OCTETS_MAX])
{
	size_t n = 0;
	for (; s[0]; s += 2) {
		uint8_t octet;
		if (!text_octet(s, &octet))
			return 0;
		if (n < OCTETS_MAX)
			out[n++] = octet;
	}
	return n;
}

static void put_units(const uint16_t *u, size_t n, char *ret, size_t size)
{
	size_t len = 0;
	for (size_t i = 0; i < n && len + 5 < size; i++) {
		uint32_t c = u[i];
		if (utf16_is_high(u[i]) && i + 1 < n && utf16_is_low(u[i + 1])) {
			c = 0x10000 + ((c & 0x3FF) << 10) + (u[i + 1] & 0x3FF);
			i++;
		} else if (utf16_is_high(u[i]) || utf16_is_low(u[i]))
			c = 0xFFFD;
		if (c == '\r' || !c)
			continue;
		len += text_put(ret + len, c);
	}
	ret[len] = 0;
}

static void from_ucs2(const uint8_t *o, size_t n, char *ret, size_t size)
{
	uint16_t u[OCTETS_MAX / 2];
	size_t count = n / 2;
	for (size_t i = 0; i < count; i++)
		u[i] = (uint16_t)(o[2 * i] << 8 | o[2 * i + 1]);
	put_units(u, count, ret, size);
}

static void from_septets(const uint8_t *o, size_t n, char *ret, size_t size)
{
	uint8_t septets[OCTETS_MAX * 8 / 7 + 1];
	uint16_t u[OCTETS_MAX * 8 / 7 + 1];
	size_t count = n * 8 / 7;
	gsm_unpack(o, 0, count, septets);
	/* a CR fills the last octet when it would end in a whole spare septet (6.1.2.3.1) */
	if (count && n % 7 == 0 && septets[count - 1] == '\r')
		count--;
	put_units(u, gsm_decode(septets, count, 0, 0, u), ret, size);
}

/* UCS-2 that somebody would write: signs of known blocks, no controls. A text of hex digits in plain ASCII (the code
 * 3132 …) does not look so. */
static bool looks_like_ucs2(const uint8_t *o, size_t n)
{
	if (n < 4 || n % 2)
		return false;
	for (size_t i = 0; i + 1 < n; i += 2) {
		unsigned u = (unsigned)o[i] << 8 | o[i + 1];
		bool ascii = u == '\n' || u == '\r' || (u >= ' ' && u < 0x7F);
		bool wide = (u >= 0x2010 && u < 0x2070) || (u >= 0x3000 && u < 0x3020) ||
			    (u >= 0x4E00 && u < 0xA000) || (u >= 0xFF00 && u < 0xFFE7) || u == 0xA5;
		if (!ascii && !wide)
			return false;
	}
	return true;
}

void ussd_decode(const char *field, int dcs, enum ussd_form form, char *ret, size_t size)
{
	uint8_t o[OCTETS_MAX];
	size_t n = unhex(field, o);
	enum coding coding = coding_of(dcs);
	if (n && (form == USSD_UCS2 || (form == USSD_PLAIN && coding == CODING_UCS2)) && n % 2 == 0)
		from_ucs2(o, n, ret, size);
	else if (n && form == USSD_PACKED && coding == CODING_UCS2)
		from_ucs2(o, n, ret, size);
	else if (n && form == USSD_PACKED && coding == CODING_7BIT)
		from_septets(o, n, ret, size);
	else if (n && form == USSD_PLAIN && looks_like_ucs2(o, n))
		from_ucs2(o, n, ret, size);
	else
		text_copy(ret, size, field);
}

int ussd_encode(const char *code, enum ussd_form form, char *ret, size_t size)
{
	size_t n = strlen(code), bytes = (n * 7 + 7) / 8;
	if (!n || n > CODE_MAX || strspn(code, "0123456789*#") != n)
		return -EINVAL;
	if (size < 4 * n + 1)
		return -EINVAL;
	if (form == USSD_PLAIN) {
		snprintf(ret, size, "%s", code);
		return 0;
	}
	if (form == USSD_UCS2) {
		for (size_t i = 0; i < n; i++)
			snprintf(ret + 4 * i, 5, "%04X", (unsigned)code[i]);
		return 0;
	}
	/* digits, * and # are the same in GSM 7-bit and ASCII */
	uint8_t septets[CODE_MAX + 1], o[CODE_MAX + 1] = {0};
	memcpy(septets, code, n);
	if (n % 8 == 7)
		septets[n++] = '\r';
	gsm_pack(septets, n, o, 0);
	for (size_t i = 0; i < bytes; i++)
		snprintf(ret + 2 * i, 3, "%02X", o[i]);
	return 0;
}

/* The PDU part of anonymise_pieces.h: tpdu.h says whether and as what it decodes, here only the places of numbers and texts are
 * found again and overwritten. 3GPP TS 23.040 9.2.2. */
#include "cli/anonymise_pieces.h"

#include "base/err.h"
#include "base/text.h"
#include "sms/alphabet.h"
#include "sms/tpdu.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define TIME_OCTETS 7
#define ESCAPED     0x2A /* in the place of binary data */

/* `count` septets of text from bit `from_bit` on. */
static void over_septets(uint8_t *octets, size_t from_bit, size_t count, unsigned locking, unsigned single)
{
	const uint16_t *table = gsm_locking_table(locking) ? gsm_locking_table(locking) : gsm_locking_table(0);
	uint8_t septets[TPDU_MAX * 2], tail = octets[from_bit / 8], last;
	size_t end = from_bit + count * 7;
	if (count > sizeof septets || !count)
		return;
	last = octets[(end - 1) / 8];
	gsm_unpack(octets, from_bit, count, septets);
	for (size_t i = 0; i < count; i++) {
		uint8_t code[2];
		if (septets[i] == GSM_ESCAPE) {
			i++; /* what is escaped is mostly a bracket; alone it tells nothing */
			continue;
		}
		uint16_t unit = table[septets[i] & 0x7F], stand_in = anonymous_unit(unit);
		if (stand_in != unit)
			septets[i] = gsm_encode_unit(stand_in, locking, single, code) == 1 ? code[0] : 0x20;
	}
	gsm_pack(septets, count, octets, from_bit);
	/* bits that belong to nobody stay as they were */
	if (end % 8)
		octets[(end - 1) / 8] = (uint8_t)((octets[(end - 1) / 8] & ((1u << end % 8) - 1)) |
						  (last & ~((1u << end % 8) - 1)));
	if (from_bit % 8)
		octets[from_bit / 8] = (uint8_t)((octets[from_bit / 8] & ~((1u << from_bit % 8) - 1)) |
						 (tail & ((1u << from_bit % 8) - 1)));
}

/* Digits in swapped nibbles; the fill F ends them. */
static void swapped_digits(struct anonymous *a, uint8_t *p, size_t octets)
{
	char digits[48];
	size_t n = 0;
	for (size_t i = 0; i < octets * 2 && n < sizeof digits; i++) {
		unsigned nibble = i % 2 ? p[i / 2] >> 4 : p[i / 2] & 15u;
		if (nibble > 9)
			break;
		digits[n++] = (char)('0' + nibble);
	}
	anonymous_digits(a, digits, n);
	for (size_t i = 0; i < n; i++) {
		unsigned v = (unsigned)(digits[i] - '0');
		p[i / 2] = (uint8_t)(i % 2 ? (p[i / 2] & 0x0F) | v << 4 : (p[i / 2] & 0xF0) | v);
	}
}

static uint8_t *over_address(struct anonymous *a, uint8_t *p)
{
	size_t octets = (p[0] + 1u) / 2;
	if ((p[1] & 0x70) == 0x50) {
		if (!a->collecting)
			over_septets(p + 2, 0, p[0] * 4u / 7, 0, 0);
	} else {
		swapped_digits(a, p + 2, octets);
	}
	return p + 2 + octets;
}

static void over_text(const struct tpdu *t, uint8_t *ud, size_t udl)
{
	size_t header = t->udhi ? t->udh_len + 1 : 0;
	if (t->alphabet == SMS_GSM7 && !t->compressed) {
		size_t skip = (header * 8 + 6) / 7;
		over_septets(ud, skip * 7, udl - skip, t->lang_locking, t->lang_single);
	} else if (t->alphabet == SMS_UCS2 && !t->compressed) {
		for (size_t i = header; i + 1 < udl; i += 2) {
			uint16_t u = anonymous_unit((uint16_t)(ud[i] << 8 | ud[i + 1]));
			ud[i] = (uint8_t)(u >> 8);
			ud[i + 1] = (uint8_t)u;
		}
	} else {
		memset(ud + header, ESCAPED, udl - header);
	}
}

/* What stands between the address and the length of the user data. */
static uint8_t *to_user_data(const struct tpdu *t, uint8_t *p)
{
	if (t->type == TPDU_DELIVER)
		return p + 2 + TIME_OCTETS;
	if (t->type == TPDU_SUBMIT)
		return p + 2 + (t->vp == VP_NONE ? 0 : t->vp == VP_RELATIVE ? 1 : TIME_OCTETS);
	p += 2 * TIME_OCTETS + 1;
	uint8_t pi = *p;
	while (*p++ & 0x80)
		;
	return p + !!(pi & 1) + !!(pi & 2);
}

static void over_tpdu(struct anonymous *a, const struct tpdu *t, uint8_t *octets)
{
	uint8_t *p = octets;
	if (*p)
		swapped_digits(a, p + 2, p[0] - 1u);
	p += 1 + *p;
	p = over_address(a, p + (t->type == TPDU_DELIVER ? 1 : 2));
	if (!t->has_user_data || a->collecting)
		return;
	p = to_user_data(t, p);
	over_text(t, p + 1, *p);
}

void anonymous_pdu(struct anonymous *a, char *hex, size_t n)
{
	uint8_t octets[TPDU_MAX] = {0};
	char text[2 * TPDU_MAX + 1];
	struct tpdu t;
	struct err e;
	size_t len = n / 2;
	bool lower = false;
	snprintf(text, sizeof text, "%.*s", (int)n, hex);
	for (size_t i = 0; i < n; i++)
		lower |= islower((unsigned char)hex[i]);
	if (len > sizeof octets || tpdu_decode_hex(text, true, TPDU_INCOMING, -1, &t, &e)) {
		if (!a->collecting)
			memset(hex, '0', n);
		return;
	}
	for (size_t i = 0; i < len; i++)
		text_octet(text + 2 * i, &octets[i]);
	over_tpdu(a, &t, octets);
	for (size_t i = 0; i < len && !a->collecting; i++) {
		char two[3];
		snprintf(two, sizeof two, lower ? "%02x" : "%02X", octets[i]);
		memcpy(hex + 2 * i, two, 2);
	}
}

void anonymous_packed(const struct anonymous *a, char *s, size_t n)
{
	uint8_t octets[TPDU_MAX] = {0};
	char two[3];
	if (a->collecting || n / 2 > sizeof octets)
		return;
	for (size_t i = 0; i < n / 2; i++)
		text_octet(s + 2 * i, &octets[i]);
	over_septets(octets, 0, n / 2 * 8 / 7, 0, 0);
	for (size_t i = 0; i < n / 2; i++) {
		snprintf(two, sizeof two, "%02X", octets[i]);
		memcpy(s + 2 * i, two, 2);
	}
}

#include "sms/alphabet.h"

#include <string.h>

/* A code's index is its identifier; the default has none. */
static const char codes[GSM_LANGUAGES][3] = {"",   "tr", "es", "pt", "bn", "gu", "hi",
					     "kn", "ml", "or", "pa", "ta", "te", "ur"};

int gsm_language_find(const char *code, size_t len)
{
	for (int i = 1; len == 2 && i < GSM_LANGUAGES; i++)
		if (memcmp(codes[i], code, 2) == 0)
			return i;
	return -1;
}

static const uint16_t *locking_or_default(unsigned language)
{
	const uint16_t *t = gsm_locking_table(language);
	return t ? t : gsm_locking_table(0);
}

static const uint16_t *single_or_default(unsigned language)
{
	const uint16_t *t = gsm_single_table(language);
	return t ? t : gsm_single_table(0);
}

size_t gsm_decode(const uint8_t *septets, size_t count, unsigned locking, unsigned single, uint16_t *ret)
{
	const uint16_t *base = locking_or_default(locking), *shifted = single_or_default(single);
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		uint8_t c = septets[i] & 0x7F;
		uint16_t unit = 0;
		if (c == GSM_ESCAPE && i + 1 < count) {
			c = septets[++i] & 0x7F;
			unit = shifted[c];
		}
		if (!unit && c != GSM_ESCAPE)
			unit = base[c];
		ret[n++] = unit ? unit : ' ';
	}
	return n;
}

static int position(const uint16_t *table, uint16_t unit)
{
	for (int i = 0; i < 128; i++)
		if (table[i] == unit)
			return i;
	return -1;
}

int gsm_encode_unit(uint16_t unit, unsigned locking, unsigned single, uint8_t ret[2])
{
	if (unit == 0 || unit == GSM_ESCAPE)
		return 0;
	int at = position(locking_or_default(locking), unit);
	if (at >= 0) {
		ret[0] = (uint8_t)at;
		return 1;
	}
	at = position(single_or_default(single), unit);
	if (at < 0)
		return 0;
	ret[0] = GSM_ESCAPE;
	ret[1] = (uint8_t)at;
	return 2;
}

void gsm_pack(const uint8_t *septets, size_t count, uint8_t *octets, size_t from_bit)
{
	size_t bit = from_bit;
	for (size_t i = 0; i < count; i++, bit += 7) {
		unsigned at = (unsigned)(bit % 8);
		uint8_t *o = octets + bit / 8;
		unsigned keep = *o & ((1U << at) - 1);
		unsigned v = keep | (unsigned)(septets[i] & 0x7F) << at;
		o[0] = (uint8_t)v;
		if (at > 1)
			o[1] = (uint8_t)(v >> 8);
	}
}

void gsm_unpack(const uint8_t *octets, size_t from_bit, size_t count, uint8_t *ret_septets)
{
	size_t bit = from_bit;
	for (size_t i = 0; i < count; i++, bit += 7) {
		unsigned at = (unsigned)(bit % 8);
		const uint8_t *o = octets + bit / 8;
		unsigned v = (unsigned)o[0] >> at;
		if (at > 1)
			v |= (unsigned)o[1] << (8 - at);
		ret_septets[i] = v & 0x7F;
	}
}

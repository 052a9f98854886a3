#include "sms/address.h"

#include "sms/alphabet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX  20
#define SEPTETS_MAX 11 /* in the same ten octets */

static const char digits[] = "0123456789*#abc";

/* Fillers (1111) end the digits; a digit after one is a lie. */
static int read_digits(const uint8_t *p, int count, char *out)
{
	int n = 0;
	bool ended = false;
	for (int i = 0; i < count; i++) {
		int nibble = i % 2 ? p[i / 2] >> 4 : p[i / 2] & 15;
		if (nibble == 15) {
			ended = true;
			continue;
		}
		if (ended)
			return -EBADMSG;
		out[n++] = digits[nibble];
	}
	out[n] = 0;
	return n;
}

static int read_name(const uint8_t *p, int semi_octets, char *out)
{
	uint8_t septets[SEPTETS_MAX];
	uint16_t units[SEPTETS_MAX];
	size_t n = (size_t)semi_octets * 4 / 7;
	gsm_unpack(p, 0, n, septets);
	/* Seven characters fill 49 bits; who counts whole octets writes 14 semi-octets and an eighth septet of
	 * zeros. */
	if (n == 8 && septets[7] == 0)
		n--;
	n = gsm_decode(septets, n, 0, 0, units);
	char *text = sms_utf8(units, n);
	bool fits = strlen(text) < TPDU_ADDR_MAX;
	if (fits)
		strcpy(out, text);
	free(text);
	return fits ? 0 : -EBADMSG;
}

static int read_value(const uint8_t *p, int semi_octets, uint8_t type, char *ret_number)
{
	if ((type & 0x70) == 0x50)
		return read_name(p, semi_octets, ret_number);
	char plain[DIGITS_MAX + 1];
	int n = read_digits(p, semi_octets, plain);
	if (n < 0)
		return n;
	bool international = (type & 0x70) == 0x10 && n > 0;
	ret_number[0] = '+';
	strcpy(ret_number + international, plain);
	return 0;
}

int address_decode(const uint8_t *p, size_t len, char *ret_number, uint8_t *ret_type, bool *ret_alphanumeric)
{
	if (len < 2)
		return -EBADMSG;
	int semi_octets = p[0];
	int octets = (semi_octets + 1) / 2;
	if (semi_octets > DIGITS_MAX || len < (size_t)octets + 2)
		return -EBADMSG;
	char number[TPDU_ADDR_MAX];
	int r = read_value(p + 2, semi_octets, p[1], number);
	if (r < 0)
		return r;
	strcpy(ret_number, number);
	*ret_type = p[1];
	*ret_alphanumeric = (p[1] & 0x70) == 0x50;
	return octets + 2;
}

int address_decode_smsc(const uint8_t *p, size_t len, char *ret_number)
{
	if (len < 1 || p[0] >= ADDRESS_OCTETS_MAX || len < (size_t)p[0] + 1)
		return -EBADMSG;
	ret_number[0] = 0;
	if (p[0] > 1) {
		int r = read_value(p + 2, (p[0] - 1) * 2, p[1], ret_number);
		if (r < 0)
			return r;
	}
	return p[0] + 1;
}

static int write_digits(const char *s, uint8_t *out)
{
	int n = 0;
	for (; s[n]; n++) {
		const char *d = strchr(digits, s[n]);
		if (!d || n >= DIGITS_MAX)
			return -EINVAL;
		unsigned nibble = (unsigned)(d - digits);
		out[n / 2] = (uint8_t)(n % 2 ? (out[n / 2] & 15U) | nibble << 4 : 0xF0U | nibble);
	}
	return n;
}

static int write_name(const char *s, uint8_t *out)
{
	struct tpdu t; /* for its conversion alone */
	tpdu_init(&t, TPDU_DELIVER);
	if (tpdu_set_text(&t, s) < 0 || t.alphabet != SMS_GSM7)
		return -EINVAL;
	uint8_t septets[2 * TPDU_UNITS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < t.unit_count; i++)
		n += (size_t)gsm_encode_unit(t.units[i], 0, 0, septets + n);
	if (n > SEPTETS_MAX)
		return -EINVAL;
	memset(out, 0, ADDRESS_OCTETS_MAX - 2);
	gsm_pack(septets, n, out, 0);
	return (int)((n * 7 + 3) / 4);
}

/* The type that is meant, and where the digits begin. */
static uint8_t type_of(const char *number, uint8_t type)
{
	if (type)
		return type;
	if (number[0] == '+')
		return TON_INTERNATIONAL;
	return strspn(number, digits) == strlen(number) ? TON_UNKNOWN : TON_ALPHANUMERIC;
}

int address_encode(const char *number, uint8_t type, uint8_t *ret)
{
	uint8_t value[ADDRESS_OCTETS_MAX] = {0};
	type = type_of(number, type);
	bool name = (type & 0x70) == 0x50;
	int semi_octets = name ? write_name(number, value) : write_digits(number + (number[0] == '+'), value);
	if (semi_octets < 0)
		return semi_octets;
	ret[0] = (uint8_t)semi_octets;
	ret[1] = type;
	memcpy(ret + 2, value, ADDRESS_OCTETS_MAX - 2);
	return 2 + (semi_octets + 1) / 2;
}

int address_encode_smsc(const char *number, uint8_t *ret)
{
	ret[0] = 0;
	if (!*number)
		return 1;
	int n = address_encode(number, 0, ret);
	if (n > 0)
		ret[0] = (uint8_t)(n - 1);
	return n;
}

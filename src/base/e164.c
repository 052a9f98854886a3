#include "base/e164.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* IP-dial and carrier prefixes that may stand before an 11-digit mobile number. */
static const char *const carrier_prefixes[] = {
    "12520026", "12520070", "125831", "125832", "125833", "12520", "17900", "17901", "17908",
    "17909",    "17910",    "17911",  "17931",  "17950",  "17951", "17960", "17968", "17969",
    "10193",    "10131",    "11808",  "12593",  "96435",  "96531", "19389",
};

static bool is_mobile(const char *d)
{
	return strlen(d) == 11 && d[0] == '1' && d[1] >= '3' && d[1] <= '9';
}

static const char *strip_prefixes(const char *d)
{
	const char *after = strncmp(d, "0086", 4) == 0 ? d + 4 : strncmp(d, "86", 2) == 0 ? d + 2 : d;
	if (is_mobile(after))
		return after;
	for (size_t i = 0; i < ARRAY_LEN(carrier_prefixes); i++) {
		size_t n = strlen(carrier_prefixes[i]);
		if (strncmp(after, carrier_prefixes[i], n) == 0 && is_mobile(after + n))
			return after + n;
	}
	return d;
}

/* What people and contact lists put between digits: blanks, dashes and brackets of every width, and marks of direction and
 * of width nothing, which nobody sees. */
static bool is_between(uint32_t c)
{
	return (c < 0x80 && strchr(" -().\t", (int)c)) || c == 0x3000 || c == 0xA0 ||
	       (c >= 0x2000 && c <= 0x2015) || (c >= 0x202A && c <= 0x202F) || c == 0x2060 ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x2212 || c == 0xFEFF || c == 0xFF08 || c == 0xFF09 ||
	       c == 0xFF0D || c == 0xFF0E;
}

/* Digits (ASCII and full-width) and a leading plus; false when anything but punctuation is among them. */
static bool read_digits(const char *in, char *digits, size_t size, bool *plus)
{
	size_t n = 0;
	uint32_t c;
	*plus = false;
	while ((c = text_next(&in))) {
		if (c >= 0xFF10 && c <= 0xFF19)
			c = c - 0xFF10 + '0';
		if (c >= '0' && c <= '9') {
			if (n + 1 >= size)
				return false;
			digits[n++] = (char)c;
		} else if ((c == '+' || c == 0xFF0B) && n == 0)
			*plus = true;
		else if (!is_between(c))
			return false;
	}
	digits[n] = 0;
	return n > 0;
}

enum e164_kind e164_parse(const char *in, char out[E164_MAX])
{
	char digits[40];
	bool plus;
	if (!in || !*in) {
		out[0] = 0;
		return E164_NONE;
	}
	if (!read_digits(in, digits, sizeof digits, &plus)) {
		text_copy(out, E164_MAX, in);
		text_mask_controls(out);
		return E164_ALPHANUMERIC;
	}
	/* An explicit country code other than 86 is never taken for a prefix: +1 380… is no Chinese mobile. */
	const char *abroad = plus ? digits : strncmp(digits, "00", 2) == 0 ? digits + 2 : NULL;
	if (abroad && strncmp(abroad, "86", 2) != 0 && strlen(abroad) >= 7 && strlen(abroad) <= 15) {
		snprintf(out, E164_MAX, "+%.15s", abroad);
		return E164_FOREIGN;
	}
	const char *d = strip_prefixes(digits);
	if (is_mobile(d)) {
		snprintf(out, E164_MAX, "+86%.11s", d);
		return E164_MOBILE;
	}
	bool china = abroad && strncmp(abroad, "86", 2) == 0;
	const char *national = china ? abroad + 2 : digits;
	size_t len = strlen(national);
	bool area_code = national[0] == '0' && len >= 10 && len <= 12;
	if (area_code) {
		national++, len--;
		china = true;
	}
	/* +86 10 6xxx xxxx is Beijing's fixed line, 106… of any other length a service */
	bool service = (strncmp(national, "106", 3) == 0 && !(china && len == 10)) || len <= 6 || len > 12;
	if (len <= 8)
		service |= !strncmp(national, "95", 2) || !strncmp(national, "96", 2) ||
			   !strncmp(national, "12", 2) || !strncmp(national, "100", 3);
	if (len == 10)
		service |= !strncmp(national, "400", 3) || !strncmp(national, "800", 3);
	if (service && !area_code) {
		text_copy(out, E164_MAX, national);
		return E164_SERVICE;
	}
	if (china) {
		snprintf(out, E164_MAX, "+86%.12s", national);
		return E164_LANDLINE;
	}
	text_copy(out, E164_MAX, national);
	return E164_LANDLINE; /* a local number without area code */
}

bool e164_is_person(enum e164_kind kind)
{
	return kind == E164_MOBILE || kind == E164_LANDLINE || kind == E164_FOREIGN;
}

bool e164_can_text(enum e164_kind kind)
{
	return kind == E164_MOBILE || kind == E164_FOREIGN;
}

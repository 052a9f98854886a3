#include "base/text.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

uint32_t text_next(const char **p)
{
	if (!**p)
		return 0;
	int32_t i = 0;
	UChar32 c;
	/* length -1: the string is NUL-terminated, and a truncated sequence stops before the NUL */
	U8_NEXT((const uint8_t *)*p, i, -1, c);
	*p += i;
	return c < 0 ? 0xFFFD : (uint32_t)c;
}

size_t text_put(char *out, uint32_t c)
{
	int32_t i = 0;
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	U8_APPEND_UNSAFE((uint8_t *)out, i, c);
	return (size_t)i;
}

static bool hostile(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 || c == 0x200E || c == 0x200F ||
	       c == 0xFEFF;
}

void text_mask_controls(char *s)
{
	char *out = s;
	const char *p = s;
	while (*p) {
		const char *from = p;
		uint32_t c = text_next(&p);
		if (c == '\t' || c == '\n' || c == '\r')
			*out++ = ' ';
		else if (c == 0xFFFD && (p - from != 3 || memcmp(from, "\xEF\xBF\xBD", 3) != 0))
			*out++ = '?'; /* a cut sequence of three bytes stands for U+FFFD as well */
		else if (hostile(c) && p - from >= 3)
			out += text_put(out, 0xFFFD);
		else if (hostile(c))
			*out++ = '?';
		else {
			memmove(out, from, (size_t)(p - from));
			out += p - from;
		}
	}
	*out = 0;
}

int text_width(const char *s)
{
	int w = 0;
	uint32_t c;
	while ((c = text_next(&s))) {
		int type = u_charType((UChar32)c);
		if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
			continue;
		int ea = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
		w += ea == U_EA_WIDE || ea == U_EA_FULLWIDTH ? 2 : 1;
	}
	return w;
}

char *text_copy(char *out, size_t size, const char *s)
{
	size_t n = strlen(s);
	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	memcpy(out, s, n);
	out[n] = 0;
	return out;
}

bool text_valid(const char *s, size_t n)
{
	int32_t i = 0, len = (int32_t)n;
	while (i < len) {
		UChar32 c;
		U8_NEXT((const uint8_t *)s, i, len, c);
		if (c <= 0)
			return false;
	}
	return true;
}

char *text_short_number(const char *e164, char *out)
{
	const char *d = strncmp(e164, "+86", 3) == 0 ? e164 + 3 : e164;
	size_t n = strlen(d);
	if (n > 20)
		n = 20;
	memcpy(out, d, n);
	out[n] = 0;
	if (n >= 8)
		memcpy(out + n - 8, "****", 4);
	return out;
}

int text_index(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static bool begins(const char *s, const char *what)
{
	return !strncmp(s, what, strlen(what));
}

static bool one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (begins(s, *list))
			return true;
	return false;
}

/* 和平 and 及时 are words of their own. */
static bool is_conjunction(const char *s)
{
	static const char *const words[] = {"和",   "以及", "及",   "并且", "而且", "但是", "但",       "或者",
					    "还有", "因为", "所以", "and ", "but ", "or ",  "because ", NULL};
	static const char *const others[] = {"和平", "和谐", "和睦", "和解", "和气", "及时", "及格", NULL};
	return one_of(s, words) && !one_of(s, others);
}

size_t text_cut(const char *s, size_t n)
{
	static const char *const marks[] = {"，", "。", "；", "、", "！", "？", "：",
					    "…",  ",",  ";",  "!",  "?",  ". ", NULL};
	size_t clause = 0, conjunction = 0, word = 0, last = 0;
	for (const char *p = s; *p && (size_t)(p - s) <= n; last = (size_t)(p - s)) {
		size_t at = (size_t)(p - s);
		if (at * 2 >= n && one_of(p, marks))
			clause = at;
		else if (at * 2 >= n && is_conjunction(p))
			conjunction = at;
		else if (at * 2 >= n && *p == ' ')
			word = at;
		text_next(&p);
		if ((size_t)(p - s) > n)
			break;
	}
	size_t cut = clause ? clause : conjunction ? conjunction : word ? word : last < n ? last : n;
	while (cut && s[cut - 1] == ' ')
		cut--;
	return cut;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_octet(const char *hex, uint8_t *ret)
{
	int high = hex_digit(hex[0]), low = high < 0 ? -1 : hex_digit(hex[1]);
	if (low < 0)
		return false;
	*ret = (uint8_t)(high << 4 | low);
	return true;
}

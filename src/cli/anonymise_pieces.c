#include "cli/anonymise_pieces.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------------------------------------- numbers */

/* 86 138… and 138… are the same phone. */
static size_t key_of(const char *digits, size_t n)
{
	return n == 13 && !strncmp(digits, "86", 2) ? 2 : n == 15 && !strncmp(digits, "0086", 4) ? 4 : 0;
}

static int find(const struct anonymous *a, const char *digits, size_t n)
{
	for (int i = 0; i < a->count; i++)
		if (strlen(a->key[i]) == n && !strncasecmp(a->key[i], digits, n))
			return i;
	return -1;
}

static char *make_fake(const char *key, int number)
{
	size_t n = strlen(key), keep = 1;
	int width;
	if (n == 11 && key[0] == '1' && key[1] >= '3')
		return mem_printf("138001%05d", number % 100000);
	if (n == 15 && !strncmp(key, "460", 3))
		keep = 5;
	else if (n >= 18 && !strncmp(key, "89", 2))
		keep = 6;
	else if (n == 15)
		return mem_printf("35%013d", number);
	width = (int)(n - keep);
	cleanup_free char *tail = mem_printf("%0*d", width, number);
	return mem_printf("%.*s%.*s", (int)keep, key, width, tail + strlen(tail) - (size_t)width);
}

/* Once all are known: what stands for one may be none of them. */
void anonymous_collected(struct anonymous *a)
{
	a->fake = mem_array((size_t)a->count + 1, sizeof *a->fake);
	for (int i = 0; i < a->count; i++) {
		int number = i + 1;
		do {
			free(a->fake[i]);
			a->fake[i] = make_fake(a->key[i], number);
			number += a->count;
		} while (find(a, a->fake[i], strlen(a->fake[i])) >= 0);
	}
	a->collecting = false;
}

void anonymous_digits(struct anonymous *a, char *digits, size_t n)
{
	size_t skip = key_of(digits, n);
	int i = find(a, digits + skip, n - skip);
	if (n < ANONYMOUS_RUN)
		return;
	if (a->collecting && i < 0) {
		a->key = mem_resize(a->key, (size_t)a->count + 1, sizeof *a->key);
		a->key[a->count++] = mem_printf("%.*s", (int)(n - skip), digits + skip);
	} else if (!a->collecting && i >= 0) {
		memcpy(digits + skip, a->fake[i], n - skip);
	}
}

void anonymous_digit_runs(struct anonymous *a, char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = 0;
		while (i + k < n && isdigit((unsigned char)s[i + k]))
			k++;
		anonymous_digits(a, s + i, k);
		i += k ? k : 1;
	}
}

/* --------------------------------------------------------------------------------------------------- texts */

uint16_t anonymous_unit(uint16_t u)
{
	if (u >= '0' && u <= '9')
		return '0';
	if (u >= 0xFF10 && u <= 0xFF19)
		return 0xFF10;
	if (u < 0x80)
		return isupper(u) ? 'X' : islower(u) ? 'x' : u;
	if (u >= 0xD800 && u <= 0xDBFF)
		return 0xD83D;
	if (u >= 0xDC00 && u <= 0xDFFF)
		return 0xDE00;
	if (u < 0xC0 || (u >= 0x2000 && u <= 0x2BFF) || (u >= 0x3000 && u <= 0x303F) ||
	    (u >= 0xFE00 && u <= 0xFE0F) || (u >= 0xFF00 && u <= 0xFF20))
		return u;
	return u < 0x250 ? 'x' : 0x67D0; /* 某 */
}

void anonymous_text(struct anonymous *a, char *s, size_t n, bool letters)
{
	static const char *const stand_in[] = {"", "?", "×", "某", "😀"};
	for (size_t i = 0; i < n && !a->collecting;) {
		unsigned char c = (unsigned char)s[i];
		size_t k = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		if (c < 0x80 && letters)
			s[i] = (char)anonymous_unit(c);
		else if (c >= 0x80 && i + k <= n)
			memcpy(s + i, stand_in[k], k);
		i += k;
	}
}

static unsigned unit_at(const char *hex)
{
	unsigned v = 0;
	sscanf(hex, "%4x", &v);
	return v;
}

bool anonymous_is_ucs2(const char *s, size_t n)
{
	if (n < 8 || n % 4)
		return false;
	for (size_t i = 0; i < n; i += 4) {
		unsigned u = unit_at(s + i);
		if (u < 0x20 || (u >= 0x7F && u < 0x3000))
			return false;
	}
	return true;
}

void anonymous_ucs2(struct anonymous *a, char *s, size_t n)
{
	char digits[64], four[5];
	size_t count = 0, plus = n >= 4 && unit_at(s) == '+' ? 4 : 0;
	for (size_t i = plus; i < n && count < sizeof digits; i += 4)
		if (unit_at(s + i) >= '0' && unit_at(s + i) <= '9')
			digits[count++] = (char)unit_at(s + i);
	bool number = count && count * 4 + plus == n;
	if (number)
		anonymous_digits(a, digits, count);
	for (size_t i = plus, k = 0; i < n && !a->collecting; i += 4, k++) {
		unsigned u = number ? (unsigned)digits[k] : anonymous_unit((uint16_t)unit_at(s + i));
		snprintf(four, sizeof four, "%04X", u & 0xFFFF);
		memcpy(s + i, four, 4);
	}
}

void anonymous_done(struct anonymous *a)
{
	for (int i = 0; i < a->count; i++) {
		free(a->key[i]);
		if (a->fake)
			free(a->fake[i]);
	}
	free(a->key);
	free(a->fake);
}

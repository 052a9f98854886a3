#include "cli/anonymise.h"

#include "at_commands/fields.h"
#include "at_commands/trace.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/tpdu.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define RUN_MIN    6 /* fewer digits tell nothing of a person */
#define PIN_MIN    4
#define PDU_MIN    24 /* hex digits; shorter lines are numbers */
#define SOURCE_MAX 64 /* "# modem0" in front of a record names who it is of */

struct anonymous {
	char **key, **fake;
	int count;
	bool collecting;
};

struct record {
	struct trace_record at; /* bytes are what is changed */
	char *remark;           /* a comment or blank line, instead */
	char source[SOURCE_MAX];
	bool done;
};

bool anonymous_collecting(const struct anonymous *a)
{
	return a->collecting;
}

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
static void make_fakes(struct anonymous *a)
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
}

void anonymous_digits(struct anonymous *a, char *digits, size_t n)
{
	size_t skip = key_of(digits, n);
	int i = find(a, digits + skip, n - skip);
	if (n < RUN_MIN)
		return;
	if (a->collecting && i < 0) {
		a->key = mem_resize(a->key, (size_t)a->count + 1, sizeof *a->key);
		a->key[a->count++] = mem_printf("%.*s", (int)(n - skip), digits + skip);
	} else if (!a->collecting && i >= 0) {
		memcpy(digits + skip, a->fake[i], n - skip);
	}
}

static void digit_runs(struct anonymous *a, char *s, size_t n)
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

/* UTF-8 in place: a character of as many bytes. */
static void utf8_text(struct anonymous *a, char *s, size_t n, bool letters)
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

/* "002B00380036…": hex of UCS-2, and nothing but characters. */
static bool is_ucs2(const char *s, size_t n)
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

static void ucs2_hex(struct anonymous *a, char *s, size_t n)
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

/* USSD as the octets on the air. */
static void packed_hex(struct anonymous *a, char *s, size_t n)
{
	uint8_t octets[TPDU_MAX] = {0};
	char two[3];
	if (a->collecting || n / 2 > sizeof octets)
		return;
	for (size_t i = 0; i < n / 2; i++)
		text_octet(s + 2 * i, &octets[i]);
	anonymous_septets(octets, 0, n / 2 * 8 / 7, 0, 0);
	for (size_t i = 0; i < n / 2; i++) {
		snprintf(two, sizeof two, "%02X", octets[i]);
		memcpy(s + 2 * i, two, 2);
	}
}

/* --------------------------------------------------------------------------------------------------- lines */

static bool all_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return n > 0;
}

static bool starts(const char *s, size_t n, const char *const *heads)
{
	for (; *heads; heads++)
		if (n >= strlen(*heads) && !strncasecmp(s, *heads, strlen(*heads)))
			return true;
	return false;
}

struct where {
	bool place, name, ussd; /* what the line is about */
};

/* What stands between two quotes. False: nothing but, perhaps, a number. */
static bool quoted(struct anonymous *a, char *s, size_t n, const struct where *w)
{
	bool number = true, hex = all_hex(s, n);
	for (size_t i = 0; i < n; i++)
		number &= strchr("+*#0123456789", s[i]) != NULL;
	if (hex && is_ucs2(s, n)) {
		ucs2_hex(a, s, n);
	} else if (hex && w->place && n >= 4) {
		char wide[RUN_MIN + 24];
		/* place codes are short, and a person's place all the same */
		snprintf(wide, sizeof wide, "%s%.*s", n < RUN_MIN ? "000000" : "", (int)(n < 20 ? n : 20), s);
		anonymous_digits(a, wide, strlen(wide));
		if (!a->collecting && n < 20)
			memcpy(s, wide + strlen(wide) - n, n);
	} else if (hex && w->ussd && n % 2 == 0 && n >= 8 && !number) {
		packed_hex(a, s, n);
	} else if ((w->name || w->ussd) && !number) {
		utf8_text(a, s, n, true);
	} else {
		return false;
	}
	return true;
}

/* Also behind others in one line, and behind garbage. */
static bool holds_secret(const char *s, size_t n)
{
	static const char *const heads[] = {"+CPIN=", "+CPIN2=", "+CLCK=", "+CPWD=", "^CPIN=", "*EPIN=", NULL};
	for (size_t i = 0; i < n; i++)
		if (starts(s + i, n - i, heads))
			return true;
	return false;
}

static void pins(struct anonymous *a, char *s, size_t n)
{
	for (size_t i = 0; i < n && !a->collecting;) {
		size_t k = 0;
		while (i + k < n && isdigit((unsigned char)s[i + k]))
			k++;
		if (k >= PIN_MIN)
			memset(s + i, '*', k);
		i += k ? k : 1;
	}
}

/* One line of either direction; `text`: it stands behind the header of a listing in text mode. */
static void line(struct anonymous *a, char *s, size_t n, bool text)
{
	static const char *const places[] = {"+CREG", "+CGREG", "+CEREG", "+C5GREG", NULL};
	static const char *const names[] = {"+CPBR", "+CPBF", "AT+CPBW", "+CNUM",
					    "+CLIP", "+CCWA", "+CLCC",   NULL};
	static const char *const ussds[] = {"+CUSD", "AT+CUSD", NULL};
	while (n && (*s == ' ' || *s == '>')) {
		s++;
		n--;
	}
	if (all_hex(s, n) && n % 2 == 0 && n >= PDU_MIN) {
		anonymous_pdu(a, s, n);
		return;
	}
	if (holds_secret(s, n)) {
		pins(a, s, n);
		return;
	}
	struct where w = {starts(s, n, places), starts(s, n, names), starts(s, n, ussds)};
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		const char *end = s[i] == '"' ? memchr(s + i + 1, '"', n - i - 1) : NULL;
		if (!end)
			continue;
		size_t len = (size_t)(end - s) - i - 1;
		if (quoted(a, s + i + 1, len, &w)) {
			digit_runs(a, s + from, i - from);
			from = i + 1 + len;
		}
		i += 1 + len;
	}
	digit_runs(a, s + from, n - from);
	utf8_text(a, s, n, text);
}

/* Behind these in text mode stands what people wrote. */
static bool is_text_header(const char *s, size_t n)
{
	static const char *const heads[] = {"+CMGL:", "+CMGR:", "+CMT:", "+CDS:", NULL};
	return starts(s, n, heads) && memchr(s, '"', n);
}

static void stream(struct anonymous *a, char *s, size_t n)
{
	static const char *const codes[] = {"OK", "ERROR", "AT", "+", "^", "RING", NULL};
	bool text = false;
	for (size_t i = 0; i < n;) {
		size_t k = 0;
		while (i + k < n && !strchr("\r\n\x1a\x1b", s[i + k]))
			k++;
		k += !k && i < n && s[i] == 0; /* strchr finds the NUL too */
		bool submit = i + k < n && s[i + k] == '\x1a' && !all_hex(s + i, k);
		if (k) {
			line(a, s + i, k, submit || (text && !starts(s + i, k, codes)));
			text = is_text_header(s + i, k) || (text && !starts(s + i, k, codes));
		}
		i += k + 1;
	}
}

/* ------------------------------------------------------------------------------------------------- the whole */

/* A line may have come in several reads: all bytes of one direction are looked at as one. */
static void run(struct anonymous *a, struct record *r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		r[i].done = false;
	for (size_t i = 0; i < count; i++) {
		cleanup_buf struct buf all = {0};
		if (r[i].remark || r[i].done)
			continue;
		bool alone = r[i].at.kind == TRACE_REMARK;
		for (size_t k = i; k < (alone ? i + 1 : count); k++)
			if (!r[k].remark && r[k].at.kind == r[i].at.kind && !strcmp(r[k].source, r[i].source))
				buf_add(&all, r[k].at.bytes.data, r[k].at.bytes.len);
		if (all.len)
			stream(a, all.data, all.len);
		size_t at = 0;
		for (size_t k = i; k < (alone ? i + 1 : count); k++)
			if (!r[k].remark && r[k].at.kind == r[i].at.kind && !strcmp(r[k].source, r[i].source)) {
				if (r[k].at.bytes.len)
					memcpy(r[k].at.bytes.data, all.data + at, r[k].at.bytes.len);
				at += r[k].at.bytes.len;
				r[k].done = true;
			}
	}
	for (size_t i = 0; i < count; i++)
		if (r[i].remark)
			line(a, r[i].remark, strlen(r[i].remark), false);
}

static int read_records(const char *trace, struct record **ret, size_t *ret_count, struct err *e)
{
	char source[SOURCE_MAX] = "";
	int number = 0;
	for (const char *p = trace; *p;) {
		size_t n = strcspn(p, "\n");
		cleanup_free char *copy = mem_printf("%.*s", (int)n, p);
		*ret = mem_resize(*ret, *ret_count + 1, sizeof **ret);
		struct record *r = &(*ret)[*ret_count];
		*r = (struct record){0};
		number++;
		int got = trace_parse(copy, &r->at, e);
		if (got < 0) {
			e->line = number;
			return got;
		}
		if (!got) {
			r->remark = mem_dup(copy);
			if (!strncmp(copy, "# modem", 7))
				text_copy(source, sizeof source, copy);
		}
		text_copy(r->source, sizeof r->source, source);
		++*ret_count;
		p += n + (p[n] == '\n');
	}
	return 0;
}

int trace_anonymise(const char *trace, struct buf *out, struct err *e)
{
	struct anonymous a = {.collecting = true};
	struct record *r = NULL;
	size_t count = 0;
	int got = read_records(trace, &r, &count, e);
	if (!got) {
		run(&a, r, count);
		make_fakes(&a);
		a.collecting = false;
		run(&a, r, count);
	}
	for (size_t i = 0; i < count; i++) {
		if (!got && r[i].remark)
			buf_addf(out, "%s\n", r[i].remark);
		else if (!got)
			trace_format(out, r[i].at.at_ms, r[i].at.kind, r[i].at.bytes.data, r[i].at.bytes.len);
		free(r[i].remark);
		if (!r[i].remark)
			trace_record_done(&r[i].at);
	}
	for (int i = 0; i < a.count; i++) {
		free(a.key[i]);
		if (a.fake)
			free(a.fake[i]);
	}
	free(a.key);
	free(a.fake);
	free(r);
	return got;
}

#include "cli/anonymise.h"
#include "cli/anonymise_pieces.h"

#include "at_commands/fields.h"
#include "at_commands/trace.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PIN_MIN    4
#define PDU_MIN    24 /* hex digits; shorter lines are numbers */
#define SOURCE_MAX 64 /* "# modem0" in front of a record names who it is of */

struct record {
	struct trace_record at; /* bytes are what is changed */
	char *remark;           /* a comment or blank line, instead */
	char source[SOURCE_MAX];
	bool done;
};

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
	if (hex && anonymous_is_ucs2(s, n)) {
		anonymous_ucs2(a, s, n);
	} else if (hex && w->place && n >= 4) {
		char wide[ANONYMOUS_RUN + 24];
		/* place codes are short, and a person's place all the same */
		snprintf(wide, sizeof wide, "%s%.*s", n < ANONYMOUS_RUN ? "000000" : "", (int)(n < 20 ? n : 20),
			 s);
		anonymous_digits(a, wide, strlen(wide));
		if (!a->collecting && n < 20)
			memcpy(s, wide + strlen(wide) - n, n);
	} else if (hex && w->ussd && n % 2 == 0 && n >= 8 && !number) {
		anonymous_packed(a, s, n);
	} else if ((w->name || w->ussd) && !number) {
		anonymous_text(a, s, n, true);
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
			anonymous_digit_runs(a, s + from, i - from);
			from = i + 1 + len;
		}
		i += 1 + len;
	}
	anonymous_digit_runs(a, s + from, n - from);
	anonymous_text(a, s, n, text);
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
		anonymous_collected(&a);
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
	anonymous_done(&a);
	free(r);
	return got;
}

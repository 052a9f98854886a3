#include "at_commands/fields.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What stands behind the first colon that follows a prefix such as +CMGL or ^HCSQ, or the whole line. */
static const char *body(const char *line)
{
	const char *colon = strchr(line, ':');
	const char *quote = strchr(line, '"');
	if (colon && (!quote || colon < quote))
		line = colon + 1;
	while (is_blank(*line))
		line++;
	return line;
}

/* Trims [s, end) and strips one pair of quotes, or the half of one that is there. */
static const char *strip(char *s, char *end, bool *ret_quoted)
{
	while (s < end && is_blank(*s))
		s++;
	while (end > s && is_blank(end[-1]))
		end--;
	*ret_quoted = false;
	if (s < end && *s == '"') {
		s++;
		*ret_quoted = true;
	}
	if (end > s && end[-1] == '"') {
		end--;
		*ret_quoted = true;
	}
	*end = 0;
	return s;
}

/* The comma or NUL that ends the field at `s`. A quote without a partner ends at the next comma: some modems
 * forget one (`"0B,"0100701",7`), and no quoted field of a modem but a text has a comma. */
static char *field_end(char *s)
{
	char *p = s + strspn(s, " \t");
	if (*p != '"')
		return s + strcspn(s, ",");
	char *close = p + 1;
	for (;; close++) {
		close = strchr(close, '"');
		if (!close)
			return s + strcspn(s, ",");
		const char *after = close + 1 + strspn(close + 1, " \t");
		if (*after == ',' || !*after)
			return close + 1 + strcspn(close + 1, ",");
		if (close > p + 1 && close[-1] == ',')
			return p + strcspn(p, ","); /* the next field opens: ours was never closed */
	}
}

void at_fields_parse(struct at_fields *f, const char *line)
{
	f->count = 0;
	snprintf(f->text, sizeof f->text, "%s", body(line));
	char *s = f->text;
	if (!*s)
		return;
	for (;;) {
		char *end = field_end(s);
		bool more = *end == ',';
		if (f->count == AT_FIELDS_MAX)
			return;
		f->field[f->count] = strip(s, end, &f->quoted[f->count]);
		f->count++;
		if (!more)
			return;
		s = end + 1;
	}
}

static int number(const struct at_fields *f, int i, int base, int fallback)
{
	if (i < 0 || i >= f->count || !*f->field[i])
		return fallback;
	char *end;
	long v = strtol(f->field[i], &end, base);
	return *end || v > 0x7FFFFFFF || v < -0x7FFFFFFF ? fallback : (int)v;
}

int at_fields_int(const struct at_fields *f, int i, int fallback)
{
	return number(f, i, 10, fallback);
}

int at_fields_hex(const struct at_fields *f, int i, int fallback)
{
	return number(f, i, 16, fallback);
}

const char *at_fields_str(const struct at_fields *f, int i)
{
	return i >= 0 && i < f->count ? f->field[i] : "";
}

/* ---- sets ---- */

static void add_name(struct at_sets *s, int set, const char *from, size_t n)
{
	char *names = s->names[set];
	size_t len = strlen(names), room = sizeof s->names[set];
	if (!n || len + n + 3 > room)
		return;
	if (!len)
		names[len++] = ' ';
	memcpy(names + len, from, n);
	names[len + n] = ' ';
	names[len + n + 1] = 0;
}

static void add_range(struct at_sets *s, int set, long from, long to)
{
	for (long v = from; v <= to && v < 32; v++)
		if (v >= 0)
			s->numbers[set] |= 1u << v;
}

/* One element: `2`, `0-3`, `"ME"`, `ME"`, `SM`; advances over it. */
static const char *add_element(struct at_sets *s, int set, const char *p)
{
	if (isdigit((unsigned char)*p)) {
		char *end;
		long from = strtol(p, &end, 10), to = from;
		p = end + strspn(end, " \t");
		if (*p == '-' && isdigit((unsigned char)p[1 + strspn(p + 1, " \t")])) {
			to = strtol(p + 1, &end, 10);
			p = end;
		}
		add_range(s, set, from, to);
		return p;
	}
	const char *start = p;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	add_name(s, set, start, (size_t)(p - start));
	return p;
}

/* A list in brackets, `p` behind the opening one. */
static const char *add_bracket(struct at_sets *s, const char *p)
{
	int set = s->count++;
	while (*p && *p != ')') {
		if (isalnum((unsigned char)*p))
			p = add_element(s, set, p);
		else
			p++;
	}
	return *p ? p + 1 : p;
}

/* `"ME","MT","SM"` without brackets is one list for every memory. */
static bool one_list_for_all(const struct at_sets *s)
{
	for (int i = 0; i < s->count; i++)
		for (int k = 0; k < i; k++)
			if (s->names[i][0] && !strcmp(s->names[i], s->names[k]))
				return false; /* "SM","SM","SM": one name for each */
	return s->count > 1;
}

void at_sets_parse(struct at_sets *s, const char *line)
{
	memset(s, 0, sizeof *s);
	const char *p = body(line);
	bool brackets = strchr(p, '('), all_names = true;
	while (*p && s->count < AT_SETS_MAX) {
		if (*p == '(') {
			while (p[1] == '(' || is_blank(p[1])) /* (("SM","BM"),("SM")) of Wavecom */
				p++;
			p = add_bracket(s, p + 1);
		} else if (isalnum((unsigned char)*p)) {
			all_names &= !isdigit((unsigned char)*p);
			p = add_element(s, s->count++, p);
		} else {
			p++;
		}
	}
	if (brackets || !all_names || !one_list_for_all(s))
		return;
	for (int i = 1; i < s->count; i++)
		if (s->names[i][0]) /* a name that is too long was dropped */
			add_name(s, 0, s->names[i] + 1, strlen(s->names[i]) - 2);
	for (int i = 1; i < 3; i++)
		memcpy(s->names[i], s->names[0], sizeof s->names[i]);
	s->count = 3;
}

bool at_sets_has(const struct at_sets *s, int set, int n)
{
	return set >= 0 && set < s->count && n >= 0 && n < 32 && s->numbers[set] >> n & 1;
}

bool at_sets_has_name(const struct at_sets *s, int set, const char *name)
{
	char wanted[64];
	snprintf(wanted, sizeof wanted, " %s ", name);
	return set >= 0 && set < s->count && strstr(s->names[set], wanted);
}

/* ---- small services ---- */

bool at_has_prefix(const char *line, const char *prefix)
{
	return !strncasecmp(line, prefix, strlen(prefix));
}

bool at_is_hex(const char *s)
{
	size_t n = strspn(s, "0123456789ABCDEFabcdef");
	return n && n % 2 == 0 && !s[n];
}

static int hex_octet(const char *s)
{
	char two[3] = {s[0], s[1], 0};
	return (int)strtol(two, NULL, 16);
}

int at_pdu_length(const char *hex)
{
	if (!at_is_hex(hex))
		return -1;
	int octets = (int)(strlen(hex) / 2), smsc = hex_octet(hex);
	return octets > smsc + 1 ? octets - smsc - 1 : -1;
}

void at_unhex_ucs2(const char *in, char *out, size_t size)
{
	size_t n = strlen(in);
	char plain[64];
	bool ucs2 = n >= 4 && n % 4 == 0 && n / 4 < sizeof plain && at_is_hex(in);
	for (size_t i = 0; ucs2 && i < n / 4; i++) {
		int high = hex_octet(in + 4 * i), low = hex_octet(in + 4 * i + 2);
		plain[i] = (char)low;
		ucs2 = high == 0 && low && strchr("+0123456789*#", low);
	}
	if (ucs2)
		plain[n / 4] = 0;
	text_copy(out, size, ucs2 ? plain : in);
	text_mask_controls(out);
}

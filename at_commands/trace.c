#include "at_commands/trace.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void trace_record_done(struct trace_record *r)
{
	buf_done(&r->bytes);
}

static void add_escaped(struct buf *out, unsigned char c, bool last)
{
	if (c == '\r')
		buf_adds(out, "\\r");
	else if (c == '\n')
		buf_adds(out, "\\n");
	else if (c == '\t')
		buf_adds(out, "\\t");
	else if (c == '\\')
		buf_adds(out, "\\\\");
	else if (c < 0x20 || c >= 0x7F || (c == ' ' && last))
		buf_addf(out, "\\x%02x", c);
	else
		buf_addc(out, (char)c);
}

void trace_format(struct buf *out, int64_t at_ms, enum trace_kind kind, const char *bytes, size_t n)
{
	buf_addf(out, "%7lld %c ", (long long)at_ms, (char)kind);
	for (size_t i = 0; i < n; i++)
		add_escaped(out, (unsigned char)bytes[i], i + 1 == n);
	buf_addc(out, '\n');
}

/* One byte, maybe escaped; the number of characters that it took, 0 for a bad escape. */
static size_t unescape(const char *p, char *ret)
{
	if (*p != '\\') {
		*ret = *p;
		return 1;
	}
	static const char names[] = "rnt\\", values[] = "\r\n\t\\";
	const char *at = p[1] ? strchr(names, p[1]) : NULL;
	if (at) {
		*ret = values[at - names];
		return 2;
	}
	uint8_t octet;
	if (p[1] != 'x' || !text_octet(p + 2, &octet))
		return 0;
	*ret = (char)octet;
	return 4;
}

int trace_parse(const char *line, struct trace_record *ret, struct err *e)
{
	const char *p = line + strspn(line, " \t");
	if (!*p || *p == '#')
		return 0;
	char *end;
	long long at = strtoll(p, &end, 10);
	if (end == p || at < 0 || *end != ' ')
		return err_set(e, NULL, 0, "a record begins with its time in milliseconds and a blank");
	if (!end[1] || !strchr("<>!", end[1]) || (end[2] && end[2] != ' '))
		return err_set(e, NULL, 0, "behind the time stands >, < or ! and a blank");
	struct trace_record r = {.at_ms = at, .kind = (enum trace_kind)end[1]};
	for (p = end[2] ? end + 3 : end + 2; *p;) {
		char c;
		size_t n = unescape(p, &c);
		if (!n) {
			buf_done(&r.bytes);
			return err_set(e, NULL, 0, "%.8s is no escape; known are \\r \\n \\t \\\\ \\xHH", p);
		}
		buf_addc(&r.bytes, c);
		p += n;
	}
	*ret = r;
	return 1;
}

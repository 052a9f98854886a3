#include "at_commands/trace.h"

#include <stdbool.h>

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
	else if (c < 0x20 || c > 0x7e || (c == ' ' && last))
		buf_addf(out, "\\x%02X", c);
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

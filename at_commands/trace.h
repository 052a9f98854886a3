/* What went over a port, as text that people read and tests replay. UTF-8, one record a line:
 *
 *	# free words, ignored
 *	   1203 > AT+CMGS=23\r
 *	   1267 < \r\n>\x20
 *	   1268 > 0011000B91…\x1a
 *	   1269 ! any remark of the session: state changes, time-outs
 *
 * Milliseconds since the trace began, a sign (> sent, < received, ! remark), one blank, bytes. Printable ASCII
 * stands for itself; \r \n \t \\ \xHH for the rest; a blank at the end is written \x20. The last field runs to
 * the end of the line. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

#include <stdint.h>

enum trace_kind { TRACE_SENT = '>', TRACE_RECEIVED = '<', TRACE_REMARK = '!' };

struct trace_record {
	int64_t at_ms;
	enum trace_kind kind;
	struct buf bytes; /* owned; trace_record_done */
};
void trace_record_done(struct trace_record *r);

/* Appends one record with its line end. */
void trace_format(struct buf *out, int64_t at_ms, enum trace_kind kind, const char *bytes, size_t n);

/* One line without its end: 1 and a record, 0 for a comment or blank line, −EINVAL with a sentence. */
int trace_parse(const char *line, struct trace_record *ret, struct err *e);

/* What happened at a port and when, to the microsecond, for those who measure. Kept only while asked for. One
 * entry a line, "MICROSECONDS KIND WORDS", on the clock that CLOCK_MONOTONIC reads:
 *
 *	8123456789 c AT+CMGS=23       a command line is taken up
 *	8123456900 > >                its prompt leaves
 *	8123457000 p 0011000B91…      what was typed at the prompt is complete
 *	8123777100 a +CMGS: 5         the answer leaves
 *	8123777900 u +CMTI: "SM",1    a line of the modem's own leaves
 *	8123777890 d SM 1             a message lies in a store, or "d shown": it is on its way to the terminal
 *
 * What leaves is stamped before it is written, what comes after it was read: the time between the two is the
 * terminal's, with both ways through the kernel. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define STAMP_MAX   (32 * 1024 * 1024) /* bytes; what comes later is not kept */
#define STAMP_WORDS 40                 /* bytes of an entry's words */

enum stamp_kind {
	STAMP_NONE = 0,
	STAMP_COMMAND = 'c',
	STAMP_PAYLOAD = 'p',
	STAMP_PROMPT = '>',
	STAMP_ANSWER = 'a',
	STAMP_URC = 'u',
	STAMP_DELIVERED = 'd',
};

struct stamps {
	bool on;
	struct buf lines;
};
void stamps_done(struct stamps *j);

/* Control characters at the begin are left out, others and bytes beyond ASCII
 * become blanks. */
void stamps_add(struct stamps *j, int64_t us, enum stamp_kind kind, const char *bytes, size_t n);

/* Bytes from a modem → lines and prompts. A pure machine: how the bytes were cut into reads never changes what
 * comes out. Modem-side framing of 3GPP TS 27.007 clause 4, with what real devices make of it:
 *
 *   line ends   CR LF, LF, CR, CR CR LF; blank lines vanish; blanks at both ends of a line too
 *   prompt      `>` at the start of a line, without a line end, while `want_prompt` is set; else the sign is
 *               dropped
 *   glued       `ERROR+CNUM: …` and `OK+CMTI: …` come out as two lines
 *   garbage     NUL and control bytes (the echo of Ctrl-Z, ESC) are dropped and counted; a PPP frame `~…~` too
 *   over-long   what a line has beyond AT_LINE_MAX is dropped, the line is dropped whole and counted
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AT_LINE_MAX 2047 /* +COPS=? of a busy place takes some 1,000; a PDU line takes 352 */

enum at_frame {
	AT_FRAME_NONE,   /* the bytes are used up */
	AT_FRAME_LINE,   /* framer.line: NUL-terminated, never empty; valid until the next call */
	AT_FRAME_PROMPT, /* only while want_prompt */
};

struct at_framer {
	bool want_prompt; /* set by the owner while a command waits for `>` */
	char line[AT_LINE_MAX + 2];
	size_t len;   /* of the line in the making, or of the one that was returned */
	size_t glued; /* where the second half of a glued line begins, itself whole; 0 none */
	bool done;    /* `line` was handed out and is to be cleared */
	bool too_long, ppp;
	uint64_t dropped;  /* bytes that were no text */
	uint64_t overlong; /* lines */
};

void at_framer_reset(struct at_framer *f); /* zero-initialised is ready too; counters are kept */

/* Takes bytes from *bytes (advancing *bytes and *n) until a frame is complete or nothing is left. */
enum at_frame at_framer_next(struct at_framer *f, const char **bytes, size_t *n);

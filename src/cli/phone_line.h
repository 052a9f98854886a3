/* A line of typing on a terminal that other output may interrupt: the terminal's own line buffer would lose
 * what was typed from sight. Knows UTF-8 and wide characters; backspace, Ctrl-U, Ctrl-W, Ctrl-C, Ctrl-D, Enter.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <termios.h>

struct phone_line {
	struct buf text;    /* typed so far, UTF-8 */
	const char *prompt; /* borrowed */
	struct termios before;
};

/* Takes the terminal (characters at once, no echo) and shows the prompt. false: standard input is no terminal.
 */
bool phone_line_begin(struct phone_line *l, const char *prompt);
void phone_line_end(struct phone_line *l);        /* gives it back */
void phone_line_hide(const struct phone_line *l); /* before other output … */
void phone_line_show(const struct phone_line *l); /* … and after it */

enum phone_key { PHONE_MORE, PHONE_ENTER, PHONE_OVER };
/* Reads what was typed. PHONE_ENTER: *ret_line is a whole line, the caller's. PHONE_OVER: end of input. */
enum phone_key phone_line_read(struct phone_line *l, char **ret_line);

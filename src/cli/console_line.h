/* The line that is typed in `yishi modem console`: libedit with a history of one's own and completion of commands, while
 * the modem goes on talking above it. */
#pragma once

#include "cli/dialogue.h"

#include <stdbool.h>

struct console_line;

enum console_typed {
	TYPED_LINE,
	TYPED_NOTHING, /* Ctrl-C: the line was thrown away */
	TYPED_END      /* Ctrl-D, the port is gone, or nobody typed for too long */
};

/* `idle_ms`: so long without a key ends it, 0 never. `pass` is called whenever the modem may have said something. */
struct console_line *console_line_new(struct dialogue *d, int idle_ms, void (*pass)(void *user), void *user);
void console_line_free(struct console_line *l);
/* `prompt` is shown; *ret_line is borrowed until the next call. */
enum console_typed console_line_read(struct console_line *l, const char *prompt, const char **ret_line);
/* It is kept for the next time; not called for what holds a PIN. */
void console_line_keep(struct console_line *l, const char *line);
/* Before something is printed while a line is being typed, and after it. */
void console_line_hide(const struct console_line *l);
void console_line_show(const struct console_line *l);

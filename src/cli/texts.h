/* The text that a verb is to send, from --text or --text-file. */
#pragma once

#include "cli/cli.h"

/* Exactly one of the two options; `--text-file -` is standard input; a final line end is dropped. 0, or the
 * exit status after having printed why. *ret is the caller's; *ret_segments and *ret_ucs2 say how it is
 * composed. */
int texts_read(struct cli *c, char **ret, int *ret_segments, bool *ret_ucs2);
/* The same without composing it. */
int texts_given(struct cli *c, char **ret);

/* The lines that a broadcast leaves by, for estimates of when it is out. */
#pragma once

#include "cli/cli.h"
#include "store/broadcast_plan.h"

/* Every modem that sends, with its quota, what is used of it and how fast it was lately. *ret_left (may be NULL): segments of
 * broadcasts that may go at once, −1 without limit. 0 or -errno; `ret->lines` is the caller's either way. */
int lines_plan(struct cli *c, bool ignore_quiet, struct plan *ret, int64_t *ret_left);

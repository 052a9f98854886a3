/* What the verbs of `yishi poll` share. */
#pragma once

#include "cli/cli.h"
#include "store/poll.h"

extern const struct cli_option poll_new_options[];
int poll_new_run(struct cli *c);
int poll_close_run(struct cli *c);

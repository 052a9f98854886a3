/* What modem list and modem show have in common. */
#pragma once

#include "cli/cli.h"

#include <jansson.h>

/* Rows of all configured modems, in the order of the file: what was written down last, and above it what the running
 * daemon says. *ret is the caller's. 0, or the exit status after having printed why. */
int modem_rows_collect(struct cli *c, json_t **ret);
int modem_show(struct cli *c);
int modem_test(struct cli *c);
extern const struct cli_option modem_test_options[];

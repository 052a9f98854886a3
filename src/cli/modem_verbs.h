/* The verbs of `yishi modem` that talk to a modem; listed in modem.c. */
#pragma once

#include "cli/cli.h"

extern const struct cli_option modem_probe_options[];
int modem_probe(struct cli *c);
extern const struct cli_option modem_console_options[];
int modem_console(struct cli *c);
extern const struct cli_option modem_trace_options[];
int modem_trace(struct cli *c);

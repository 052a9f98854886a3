/* Commands beside the standard's: those of a family's row, and answers that a test has put in. */
#pragma once

#include "simmodem/command.h"

/* True when the family has such a command; its result then. */
bool maker_command(struct modem *m, const char *name, enum op op, const struct args *a, struct result *ret);
/* The answer put in for a command line (without its AT), or NULL. */
struct override *maker_override(struct modem *m, const char *command);
void maker_override_play(struct modem *m, struct override *o);

/* What stands beside the raw lines of `yishi modem console`: answers and codes in words; which commands are asked about
 * before they are sent; which are offered for completion. */
#pragma once

#include "at_commands/modem_row.h"

#include <stdbool.h>
#include <stddef.h>

/* One line of an answer, or an unsolicited one, in words; NULL when they would add nothing. `full`: numbers whole. The
 * caller frees. `row` for its errors. */
char *console_explain(const struct modem_row *row, const char *line, bool full);

/* Why a command (of any of several in one line) is better not sent by mistake, N_(); NULL: it is harmless. */
const char *console_danger(const char *command);
/* It carries a PIN or password: it is kept in no history and shown to nobody. */
bool console_secret(const char *command);

/* Commands that are known, in the order of use, with what they tell; NULL behind the last. */
const char *console_command(int i, const char **ret_what);

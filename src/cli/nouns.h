/* The verbs of each noun, as its own file exports them. */
#pragma once

#include "cli/cli.h"

extern const struct cli_verb cli_help[], cli_message[], cli_pdu[], cli_person[], cli_grid[];

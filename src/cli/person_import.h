/* `yishi person import`: a spreadsheet of people, row by row. */
#pragma once

#include "cli/cli.h"

extern const struct cli_option person_import_options[];
int person_import_run(struct cli *c);

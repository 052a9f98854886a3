/* The verbs of `yishi sensor` that follow the database. */
#pragma once

#include "cli/cli.h"

int sensor_list(struct cli *c);
int sensor_history(struct cli *c);
int sensor_watch(struct cli *c);
